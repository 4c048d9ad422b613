# SPDX-License-Identifier: MIT
"""Chooses unknowns and linear solvers for a stack."""

from __future__ import annotations

from fem_sf.mesh.layers import LayeredMesh
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
    noncollinear,
    riccati,
)
from fem_sf.usadel.frame import SpinFrame
from fem_sf.usadel.parametrisation import Parametrisation

SLENDER, FEW = 5.0, 0.05
"""Slenderness of cells, and the largest fraction of those at which multigrid still converges."""


def choose_parametrisation(stack: Stack, frame: SpinFrame) -> Parametrisation:
    """Choose the unknowns of a stack: the fewest that do."""
    if stack.phases:
        return riccati
    return noncollinear if frame.shape else collinear


def choose_solver(parametrisation: Parametrisation, mesh: LayeredMesh) -> SolverChoice:
    """What solves the linear systems at one frequency; collective.

    With one angle the operator is −∇² + ω cos θ + Δ sin θ, whose real part is positive; the others
    have none, and on a line nothing is faster than a factorisation. Only Riccati's equations are
    not in the order in which their Jacobian is symmetric.
    """
    if parametrisation is collinear and mesh.dimension > 1:
        return choose_elliptic_solver(mesh)
    return direct_solver if parametrisation is riccati else symmetric_solver


def choose_elliptic_solver(mesh: LayeredMesh) -> SolverChoice:
    """What solves −∇² + k²; collective.

    On cells much longer than wide the smoother of multigrid does nothing for what varies along.
    """
    if mesh.slender_share(SLENDER) > FEW:
        return symmetric_solver
    return elliptic_solver_in_space if mesh.dimension > 2 else elliptic_solver


def choose_mass_solver(dimension: int) -> SolverChoice:
    """What solves with the mass matrix of Δ, whose factors are the largest thing in space."""
    return mass_solver if dimension > 2 else symmetric_solver
