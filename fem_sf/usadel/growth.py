# SPDX-License-Identifier: MIT
"""Finds the Δ that grows fastest out of the normal state, and where it leads."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from petsc4py import PETSc

from fem_sf.solve.lanczos import largest_eigenpair
from fem_sf.usadel.bulk import bulk_gap
from fem_sf.usadel.gap_equation import GapEquation

NEGLIGIBLE = 1e-5
"""A gap below this fraction of the bulk's has gone to the normal state, stable or not."""

LOPSIDED = -0.6
"""Ratio of Δ in a superconductor to that in the one before it, where no symmetry is wanted."""

MODE_TOLERANCE = 1e-6
"""Residual of the mode that grows most; its growth is off by about the square."""

HALVINGS = 20
"""How often the amplitude of the growing mode is halved in search of its branch."""


def climb(equation: GapEquation, mode: PETSc.Vec, bulk: float, delta: PETSc.Vec) -> None:
    """Put the growing mode into ``delta``, with an amplitude at most twice that of its branch.

    Along the mode the gap equation pushes Δ up below the branch and down above it; from above,
    Newton's method comes down to the branch, from too far above it falls through to Δ = 0.
    """
    result = equation.layout.vector()
    mode.copy(delta)
    delta.scale(bulk / float(mode.norm(PETSc.NormType.NORM_INFINITY)))
    for _ in range(HALVINGS):
        delta.scale(0.5)
        equation.sweep.restart()
        equation.residual(delta, result)
        if result.dot(mode).real <= 0:
            break
    delta.scale(2.0)


def normal_state_growth(equation: GapEquation) -> tuple[float, PETSc.Vec]:
    """Largest eigenvalue of ∂G/∂Δ at Δ = 0 and its mode; above 1 the normal state is unstable.

    Raises
    ------
    NotConverged
        If it is not found.
    """
    mode = equation.layout.vector()
    mode.getArray()[:] = NEGLIGIBLE * bulk_gap(0.0) * _lopsided(equation)
    equation.sweep.restart()
    equation.residual(mode, equation.layout.vector())
    return _fastest(equation)


def growth_of_changes(equation: GapEquation) -> float:
    """Largest eigenvalue of ∂G/∂Δ at the solution that was found last.

    Above 1 it is unstable, a pass between two states: small changes of Δ grow.

    Raises
    ------
    NotConverged
        If it is not found.
    """
    return _fastest(equation)[0]


def _fastest(equation: GapEquation) -> tuple[float, PETSc.Vec]:
    """Largest eigenvalue of ∂G/∂Δ where the frequencies are solved, and its mode."""
    mode, mass = equation.layout.vector(), equation.mass

    def response(delta: NDArray[np.float64]) -> NDArray[np.float64]:
        mode.getArray()[:] = delta
        return equation.response(mode)

    comm, start = equation.layout.comm, _lopsided(equation)
    largest, found = largest_eigenpair(
        response, mass.weigh, mass.unweigh, start, comm, MODE_TOLERANCE
    )
    mode.getArray()[:] = found
    return largest / equation.stiffness, mode


def _lopsided(equation: GapEquation) -> NDArray[np.float64]:
    """A Δ without symmetry: across a ferromagnet the mode that grows most may change its sign."""
    start = np.empty(sum(equation.layout.sizes))
    for number, part in enumerate(equation.layout.slices):
        start[part] = LOPSIDED**number
    return start


def turned(equation: GapEquation, mode: PETSc.Vec, sign: int) -> PETSc.Vec:
    """A mode with a given sign in the first superconductor; collective."""
    first = mode.getArray(readonly=True)[equation.layout.slices[0]].real.sum()
    if sign * equation.layout.comm.allreduce(float(first)) < 0:
        mode.scale(-1.0)
    return mode
