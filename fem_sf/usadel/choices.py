# SPDX-License-Identifier: MIT
"""Which unknowns a stack needs, which solver they, and which elements come first."""

from __future__ import annotations

from fem_sf.solve.linear import (
    SolverChoice,
    direct_solver,
    elliptic_solver,
    elliptic_solver_in_space,
    mass_solver,
    symmetric_solver,
)
from fem_sf.stack import Stack
from fem_sf.usadel import (
    collinear,
    differentiated_forms,
    noncollinear,
    riccati,
    riccati_forms,
)
from fem_sf.usadel.frame import SpinFrame
from fem_sf.usadel.parametrisation import FormWriter, Parametrisation

COARSER_SIZE = 3000
"""Unknowns of one frequency above which a gap starts from a coarser one; measured in the plane."""


def choose_parametrisation(stack: Stack, frame: SpinFrame) -> tuple[Parametrisation, FormWriter]:
    """The one with the fewest unknowns that does, and what writes its residual and Jacobian."""
    if stack.phases:
        return riccati, riccati_forms
    return (noncollinear if frame.shape else collinear), differentiated_forms


def coarser_degree(stack: Stack, dimension: int, degree: int, unknowns: int) -> int | None:
    """The degree of the elements from whose solution a self-consistent gap starts sooner, if any.

    Parameters
    ----------
    stack
        What is solved.
    dimension, degree
        Of the mesh and its elements.
    unknowns
        Of one frequency.
    """
    pays = dimension > 1 and degree > 1 and unknowns > COARSER_SIZE
    return degree // 2 if pays and not stack.phases else None


def choose_solver(parametrisation: Parametrisation, dimension: int) -> SolverChoice:
    """What solves the linear systems at one frequency.

    With one angle the operator is −∇² + ω cos θ + Δ sin θ, whose real part is positive; the others
    have none, and on a line nothing is faster than a factorisation. Only Riccati's equations are
    not in the order in which their Jacobian is symmetric.
    """
    if parametrisation is collinear and dimension > 1:
        return choose_elliptic_solver(dimension)
    return direct_solver if parametrisation is riccati else symmetric_solver


def choose_elliptic_solver(dimension: int) -> SolverChoice:
    """What solves −∇² + k² in so many dimensions."""
    return elliptic_solver_in_space if dimension > 2 else elliptic_solver


def choose_mass_solver(dimension: int) -> SolverChoice:
    """What solves with the mass matrix of Δ, whose factors are the largest thing in space."""
    return mass_solver if dimension > 2 else symmetric_solver
