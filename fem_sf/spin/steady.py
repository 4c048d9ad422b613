# SPDX-License-Identifier: MIT
"""The steady state of a stack by PETSc's Newton method, the drive applied in steps where needed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from petsc4py import PETSc

from fem_sf.errors import NotConverged
from fem_sf.solve.blocks import BlockMatrix
from fem_sf.solve.constraints import FreeMatrix, FreeVector
from fem_sf.solve.elimination import Condition, Elimination, eliminate
from fem_sf.solve.newton import BlockNewton, NewtonReport
from fem_sf.spin import conditions
from fem_sf.spin.interfaces import Tunnel
from fem_sf.spin.model import Drive, Stack
from fem_sf.spin.settings import SpinSolverSettings
from fem_sf.spin.system import SpinSystem

_CLOSEST = 1e-3
"""Part of the drive within which the end of static solutions is found."""

_DIRECT = 1e-8
"""Residual over that of the drive that one direct solve of linear equations surely gets below.

The rest is rounding: 10⁻¹⁰ where cells are as small as a screening length, whatever the step.
"""

Profile = Callable[[NDArray[np.float64]], NDArray[np.float64]]


def uniform(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same voltage everywhere on a contact."""
    return np.ones(len(points))


@dataclass(frozen=True)
class SteadyReport:
    """How a steady state was found.

    Parameters
    ----------
    loads
        Parts of the drive that were solved in turn; the last is 1 if all went well.
    newton
        Reports of these solves.
    """

    loads: tuple[float, ...] = ()
    newton: tuple[NewtonReport, ...] = ()

    def after(self, load: float, newton: NewtonReport) -> SteadyReport:
        """The report with one more solve."""
        return SteadyReport((*self.loads, load), (*self.newton, newton))

    @property
    def iterations(self) -> int:
        """Newton steps in all."""
        return sum(each.iterations for each in self.newton)


class SteadySolver:
    """Solves stacks of one structure on one mesh, again and again.

    Parameters
    ----------
    system
        Fields and forms.
    settings
        Tolerances and PETSc options.
    profile
        Factor of the voltage along the contacts, a function of places of shape (n, 3).
    """

    def __init__(
        self, system: SpinSystem, settings: SpinSolverSettings, profile: Profile = uniform
    ):
        self.system, self.settings = system, settings
        self._profile = profile
        self.report = SteadyReport()
        self.nodes = conditions.FaceNodes(system)
        self._full = BlockMatrix(system.jacobian_forms)
        self._conditions = conditions.find(system, self.nodes, profile)
        self._apply(self._eliminate())

    def _eliminate(self) -> Elimination:
        return eliminate(self._conditions, self.nodes.own, self.nodes.total)

    def _apply(self, elimination: Elimination) -> None:
        system, settings = self.system, self.settings
        self._elimination = elimination
        self.free = FreeVector(system.layout, elimination)
        self.matrix = FreeMatrix(self._full, self.free)
        self.newton = BlockNewton(
            self.free,
            system.residual_forms,
            settings.max_iterations,
            settings.petsc,
            system.block_names,
        )
        self.ksp = self.newton.linear_solver(self.matrix)
        self.unknowns = self.free.vector()

    def set_stack(self, stack: Stack, drive: Drive) -> None:
        """Take the numbers of another stack of the same structure; the start is kept."""
        self.system.set_stack(stack, drive)
        found = conditions.find(self.system, self.nodes, self._profile)
        if _same_conditions(found, self._conditions):
            return
        self._conditions = found
        elimination = self._eliminate()
        if _same_matrices(elimination, self._elimination, self.free.comm):
            self.free.set_given(elimination.given)
        else:
            self._apply(elimination)

    def apply_load(self, load: float) -> None:
        """Apply a part of the drive from now on."""
        self.free.load = load
        self.system.set_load(load)

    def solve(self, note: Callable[[float], None] = lambda load: None) -> SteadyReport:
        """Solve for the whole drive; the system's fields then hold the solution.

        Where Newton's method does not get there at once, the drive grows in steps, each starting
        from the last solution.

        Parameters
        ----------
        note
            Told the part of the drive that is reached.

        Raises
        ------
        NotConverged
            Saying how much of the drive could be applied; `report` has the solves that worked.
        """
        self.report = SteadyReport()
        reached, step = 0.0, 1.0
        while reached < 1:
            load = min(1.0, reached + step)
            try:
                newton = self.solve_at(load)
            except NotConverged as error:
                step = min(step / 2, self.settings.first_load)
                if not self.is_nonlinear or step < _CLOSEST:
                    raise self._end(reached, load, error) from error
                continue
            reached = load
            self.report = self.report.after(load, newton)
            note(reached)
            # twice as far only after a solve that was easy
            if newton.iterations <= self.settings.max_iterations // 4:
                step *= 2
        return self.report

    def solve_at(self, load: float) -> NewtonReport:
        """Solve for a part of the drive, starting from the unknowns as they are."""
        self.apply_load(load)
        scale = self.newton.residual_norm(self.free.vector())
        # without a drive nothing is left to be solved, but not even zero is below zero
        tolerance = max(self._tolerance * scale, float(np.finfo(float).tiny))
        return self.newton.solve(self.unknowns, self.matrix, self.ksp, tolerance)

    @property
    def _tolerance(self) -> float:
        if self.is_nonlinear or self.ksp.getType() != "preonly":
            return self.settings.tolerance
        return max(self.settings.tolerance, _DIRECT)

    @property
    def is_nonlinear(self) -> bool:
        """Whether barriers at finite bias or magnetizations that turn make the equations so."""
        laws = [interface.law for interface in self.system.stack.interfaces]
        bent = any(isinstance(law, Tunnel) and law.barrier is not None for law in laws)
        return bent or self.system.stack.has_walls

    def _end(self, reached: float, load: float, error: NotConverged) -> NotConverged:
        if not self.is_nonlinear:
            return error
        value = self.system.drive.value
        where = f"between {reached * value:.6g} and {load * value:.6g}"
        if self.system.stack.has_walls:
            message = (
                f"static magnetizations end {where} of the drive {value:g}: there the torque is "
                "more than exchange and anisotropy can hold (a fold; beyond it they move, or jump "
                "to another state). Use a smaller drive, or a stiffer wall. "
                f"The last attempt: {error}"
            )
        else:
            message = (
                f"no steady state was found beyond {reached * value:.6g} of the drive {value:g}, "
                f"with steps down to {_CLOSEST:g} of it. Check the barrier's height and decay, or "
                f"use a smaller drive. The last attempt: {error}"
            )
        return NotConverged(message, error.history)


def _same_conditions(first: Sequence[Condition], second: Sequence[Condition]) -> bool:
    return len(first) == len(second) and all(map(Condition.equals, first, second))


def _same_matrices(first: Elimination, second: Elimination, comm: PETSc.Comm) -> bool:
    """Whether two eliminations differ in what is given at most, on all ranks."""
    same = (
        np.array_equal(first.free, second.free)
        and (first.trial != second.trial).nnz == 0
        and (first.test != second.test).nnz == 0
    )
    return bool(comm.allreduce(int(not same)) == 0)
