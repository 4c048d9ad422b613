# SPDX-License-Identifier: MIT
"""Follows the branch of steady states of a growing drive around its folds.

Static magnetizations end where the torque is more than exchange and anisotropy can hold. There two
steady states become the same, the Jacobian is singular, and for a larger drive neither is left.
With the length along the branch in the place of the drive, which becomes one more unknown, a fold
is a point like any other (Keller's pseudo-arclength continuation).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from petsc4py import PETSc
from scipy.optimize import brentq

from fem_sf.errors import NotConverged
from fem_sf.spin.steady import SteadySolver

_FIRST, _SHORTEST = 0.1, 1e-6
"""Length of the first step and of the shortest; the whole drive in linear response has √2."""
_MOST = 12
"""Newton steps of one step along the branch."""
_DIFFERENCE = 1e-6
"""Of the part of the drive, for the derivative of the residual by it."""
_FAR = 1e3
"""Parts of the drive beyond which no fold is looked for."""
_NEAR = 1e-6
"""Length within which a fold is found; the drive there is off by the square of it."""


@dataclass(frozen=True)
class Point:
    """A steady state on a branch.

    Parameters
    ----------
    state
        The free unknowns y.
    load
        λ, the part of the drive.
    slope, rise
        y' and λ', derivatives by the length along the branch. λ' is zero at a fold.
    """

    state: PETSc.Vec
    load: float
    slope: PETSc.Vec
    rise: float


class Branch:
    """Steps along the steady states of a stack, which begin without a drive.

    The length along the branch is that of (λ, y/|y₁|) for a part λ of the drive and unknowns y,
    with y₁ those of the whole drive in linear response.

    Parameters
    ----------
    solver
        A solver for the stack. Its fields hold the state that was found last.
    """

    def __init__(self, solver: SteadySolver):
        self._solver = solver
        self._residual, self._change, self._response = (solver.free.vector() for _ in range(3))
        start = solver.free.vector()
        solver.apply_load(1.0)
        self._tolerance = solver.settings.tolerance * solver.newton.residual_norm(start)
        self._linearise(start, 0.0)
        self._weight = float(self._response.norm()) ** -2
        self.start = self._point(start, 0.0)

    def advance(self, old: Point, length: float) -> Point:
        """The state a length further along the tangent, or back if it is negative.

        Raises
        ------
        NotConverged
            If the length is too large; the fields then hold the old state.
        """
        state, load = old.state.copy(), old.load + length * old.rise
        state.axpy(length, old.slope)
        for _ in range(_MOST):
            self._linearise(state, load)
            if self._residual.norm() <= self._tolerance * max(1.0, abs(load)):
                return self._point(state, load, old)
            # what the residual and the plane normal to the old tangent want of y and λ
            self._solver.ksp.solve(self._residual, self._change)
            state.axpy(-1.0, self._change)
            missing = length - self._length(old, state, load)
            by = missing / (old.rise - self._weight * _dot(old.slope, self._response))
            state.axpy(-by, self._response)
            load += by
        self._show(old.state, old.load)
        raise NotConverged(
            f"no steady state was found further along the branch than {old.load:g} of the drive"
        )

    def length(self, first: Point, second: Point) -> float:
        """Length from a point to another along the tangent of the first."""
        return self._length(first, second.state, second.load)

    def _length(self, old: Point, state: PETSc.Vec, load: float) -> float:
        moved = state.copy()
        moved.axpy(-1.0, old.state)
        return old.rise * (load - old.load) + self._weight * _dot(old.slope, moved)

    def _point(self, state: PETSc.Vec, load: float, before: Point | None = None) -> Point:
        """The state that was linearised last, with the tangent that goes on as that before."""
        rise = 1 / math.sqrt(1 + self._weight * float(self._response.norm()) ** 2)
        slope = self._response.copy()
        slope.scale(-rise)
        if before is not None:
            cosine = rise * before.rise + self._weight * _dot(slope, before.slope)
            rise = math.copysign(rise, cosine)
            slope.scale(math.copysign(1.0, cosine))
        return Point(state, load, slope, rise)

    def _linearise(self, state: PETSc.Vec, load: float) -> None:
        """Residual r and Jacobian A at a state, and A⁻¹ ∂r/∂λ."""
        solver, by_load = self._solver, self._change
        self._evaluate(state, load + _DIFFERENCE, by_load)
        self._evaluate(state, load - _DIFFERENCE, self._residual)
        by_load.axpy(-1.0, self._residual)
        by_load.scale(1 / (2 * _DIFFERENCE))
        self._evaluate(state, load, self._residual)
        solver.matrix.assemble()
        solver.ksp.setOperators(solver.matrix.matrix)
        solver.ksp.solve(by_load, self._response)

    def _evaluate(self, state: PETSc.Vec, load: float, residual: PETSc.Vec) -> None:
        self._show(state, load)
        self._solver.free.assemble(self._solver.system.residual_forms, residual)

    def _show(self, state: PETSc.Vec, load: float) -> None:
        """Put a state into the solver and its fields."""
        solver = self._solver
        solver.apply_load(load)
        state.copy(solver.unknowns)
        solver.show()


def follow(branch: Branch, longest: float = math.inf) -> Iterator[Point]:
    """All steady states from no drive on, around folds, without end.

    Parameters
    ----------
    branch
        Its fields hold the state of the point that was given last.
    longest
        Bound on the length of a step.

    Raises
    ------
    NotConverged
        If the branch can be followed no further.
    """
    point, length = branch.start, min(_FIRST, longest)
    while True:
        try:
            point = branch.advance(point, length)
        except NotConverged:
            length /= 4
            if length < _SHORTEST:
                raise
            continue
        yield point
        length = min(1.5 * length, longest)


def find_fold(solver: SteadySolver) -> float:
    """The part of the drive at which steady states end; the fields then hold the last one.

    Parameters
    ----------
    solver
        A solver for the stack and its drive, which may be beyond the fold or short of it.

    Raises
    ------
    NotConverged
        If the branch has no fold up to a thousand times the drive, or cannot be followed.
    """
    branch = Branch(solver)
    before = branch.start
    for point in follow(branch):
        if point.rise < 0:
            return _settle(branch, before, branch.length(before, point)).load
        if point.load > _FAR:
            break
        before = point
    raise NotConverged(f"steady states do not end up to {_FAR:g} times the drive")


def _settle(branch: Branch, before: Point, length: float) -> Point:
    """The fold between a point and one a length beyond it."""

    def rise(part: float) -> float:
        return branch.advance(before, part).rise

    return branch.advance(before, float(brentq(rise, 0.0, length, xtol=_NEAR)))


def _dot(first: PETSc.Vec, second: PETSc.Vec) -> float:
    return float(first.dot(second).real)
