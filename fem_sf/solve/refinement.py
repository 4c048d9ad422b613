# SPDX-License-Identifier: MIT
"""Newton's method without line search, down to what rounding allows.

For linear equations it is iterative refinement: one factorisation, a residual and a solve a step.
Unknowns of one unit and one size are a group, so that small ones are as exact as large ones and no
choice of units matters.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from petsc4py import PETSc

from fem_sf.errors import NotConverged
from fem_sf.solve.linear import solve_surely
from fem_sf.solve.newton import callback_errors, petsc_message, reason_name

FloatArray = NDArray[np.float64]

_ROUNDING = 1e-13
"""What is left to change, over a group, that is rounding."""

_SLOWER = 0.5
"""Change over the one before from which on it does not get smaller any more."""

_USELESS = 1e-3
"""Change over the largest group of its kind with which nothing is solved."""


@dataclass(frozen=True)
class Groups:
    """Unknowns of the same unit and size.

    Parameters
    ----------
    labels
        By unknown of this rank: its group.
    kinds
        By group: the group that it has its unit with and is largest of, as a rule.
    """

    labels: NDArray[np.intp]
    kinds: NDArray[np.intp]

    def sizes(self, x: PETSc.Vec) -> FloatArray:
        """Euclidean norm of every group."""
        values = x.getArray(readonly=True)
        squares = values.real**2 + values.imag**2
        sums = np.bincount(self.labels, weights=squares, minlength=len(self.kinds))
        if x.comm.size > 1:
            sums = x.comm.tompi4py().allreduce(sums)
        return np.sqrt(sums)

    def relative(self, change: FloatArray, sizes: FloatArray) -> float:
        """The largest change over what its kind has."""
        largest = np.zeros(len(self.kinds))
        np.maximum.at(largest, self.kinds, sizes)
        whole = largest[self.kinds]
        return float(np.max(np.divide(change, whole, out=np.zeros_like(whole), where=whole > 0)))


@dataclass(frozen=True)
class Refined:
    """How it went.

    Parameters
    ----------
    steps
        How many were taken.
    history
        Residual norm before each.
    error
        The change that would be next, over what is solved for: the largest of all kinds.
    """

    steps: int
    history: tuple[float, ...]
    error: float


def refine(
    evaluate: Callable[[PETSc.Vec, PETSc.Vec], None],
    linearise: Callable[[], None],
    ksp: PETSc.KSP,
    x: PETSc.Vec,
    groups: Groups,
    most: int,
) -> Refined:
    """Take Newton steps from ``x``, which becomes the solution, until they change nothing.

    Parameters
    ----------
    evaluate
        Puts the residual at its first argument into the second.
    linearise
        Called after `evaluate` and before a step: the operator of ``ksp`` is then the derivative.
    ksp
        Solves with the derivative.
    groups
        Of the unknowns.
    most
        Bound on the steps.

    Raises
    ------
    NotConverged
        If steps do not get smaller before they are.
    """
    residual, change = x.duplicate(), x.duplicate()
    history: list[float] = []
    before = np.zeros(len(groups.kinds))
    error = np.inf
    for step in range(1, most + 1):
        evaluate(x, residual)
        history.append(float(residual.norm()))
        if not np.isfinite(history[-1]):
            break
        if history[-1] == 0:
            return Refined(step - 1, tuple(history), 0.0)
        linearise()
        _solve(ksp, residual, change)
        x.axpy(-1.0, change)
        sizes, changes = groups.sizes(x), groups.sizes(change)
        error = groups.relative(changes, sizes)
        if step > 1:
            # the next change is as much smaller than this as this than the one before
            is_done = changes**2 <= _ROUNDING * sizes * before
            if np.all(is_done | (changes >= _SLOWER * before)) and error < _USELESS:
                smaller = np.divide(changes, before, out=np.ones_like(before), where=before > 0)
                left = groups.relative(changes * np.minimum(smaller, 1), sizes)
                return Refined(step, tuple(history), left)
        before = changes
    raise NotConverged(
        f"Newton's method did not settle in {len(history)} steps; the last changed the unknowns by "
        f"{error:.1e} of their size",
        tuple(history),
    )


def _solve(ksp: PETSc.KSP, right: PETSc.Vec, solution: PETSc.Vec) -> None:
    try:
        with callback_errors():
            solve_surely(ksp, right, solution)
    except PETSc.Error as error:
        raise NotConverged(f"PETSc: {petsc_message(error)}") from None
    if ksp.getConvergedReason() < 0:
        reason = reason_name(ksp.getConvergedReason(), PETSc.KSP)
        raise NotConverged(f"the linear solver gave up ({reason})")
