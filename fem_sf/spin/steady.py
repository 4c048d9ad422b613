# SPDX-License-Identifier: MIT
"""Solves for the steady state by PETSc's Newton method, in steps of the drive where needed."""

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
from fem_sf.solve.linear import unscaled_solver
from fem_sf.solve.newton import BlockNewton, NewtonReport
from fem_sf.solve.refinement import Refined, refine
from fem_sf.spin import conditions
from fem_sf.spin.conductors import Conductors, ConductorSystem, find_conductors
from fem_sf.spin.counting import Unknowns, count_from_constants, plain_unknowns
from fem_sf.spin.model import Drive, Stack
from fem_sf.spin.settings import SpinSolverSettings
from fem_sf.spin.system import SpinSystem

_CLOSEST = 1e-3
"""Part of the drive within which the end of static solutions is found."""

_NO_BOUND = {"snes_linesearch_maxstep": "1e300"}
"""PETSc's own bound is a number, 1e8, which a unit of nanovolts makes a small one."""

_NEAR = 1e-8
"""Residual over that of the drive from which on steps of Newton's method need no bounds."""

Profile = Callable[[NDArray[np.float64]], NDArray[np.float64]]


def _nothing() -> None:
    """What linear equations need for another linearisation."""


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
    rounding
        What another step would change, over the unknowns: the error that rounding leaves.
    """

    loads: tuple[float, ...] = ()
    newton: tuple[NewtonReport, ...] = ()
    rounding: float = 0.0

    def after(self, load: float, newton: NewtonReport, rounding: float) -> SteadyReport:
        """The report with one more solve."""
        return SteadyReport((*self.loads, load), (*self.newton, newton), rounding)

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
        self._conductors = self._find_conductors()
        self._apply(self._eliminate())

    def _find_conductors(self) -> Conductors | None:
        if not isinstance(self.system, ConductorSystem):
            return None
        return find_conductors(self.system, self._profile is uniform)

    def _eliminate(self) -> Unknowns:
        elimination = eliminate(self._conditions, self.nodes.own, self.nodes.total)
        if self._conductors is None:
            return plain_unknowns(self.system, elimination)
        assert isinstance(self.system, ConductorSystem)
        return count_from_constants(self.system, self.nodes, elimination, self._conductors)

    def _apply(self, unknowns: Unknowns) -> None:
        system, settings = self.system, self.settings
        self._elimination, self._groups = unknowns.solved, unknowns.groups
        self.free = FreeVector(system.solved, unknowns.solved)
        self._whole = self.free
        if system.solved is not system.layout:
            self._whole = FreeVector(system.layout, unknowns.whole)
        self.matrix = FreeMatrix(self._full, self.free)
        self.newton = BlockNewton(
            self.free,
            system.residual_forms,
            settings.max_iterations,
            {**(_NO_BOUND if self.is_nonlinear else {}), **settings.petsc},
            system.block_names,
            choose_solver=unscaled_solver,
        )
        self.ksp = self.newton.linear_solver(self.matrix)
        self.unknowns = self.free.vector()

    def set_stack(self, stack: Stack, drive: Drive) -> None:
        """Take the numbers of another stack of the same structure; the start is kept."""
        self.system.set_stack(stack, drive)
        found = conditions.find(self.system, self.nodes, self._profile)
        conductors = self._find_conductors()
        if conductors == self._conductors and _same_conditions(found, self._conditions):
            return
        self._conditions, self._conductors = found, conductors
        unknowns = self._eliminate()
        if _same_matrices(unknowns.solved, self._elimination, self.free.comm):
            self.free.set_given(unknowns.solved.given)
            self._whole.set_given(unknowns.whole.given)
        else:
            self._apply(unknowns)

    def apply_load(self, load: float) -> None:
        """Apply a part of the drive from now on."""
        self.free.load = self._whole.load = load
        self.system.set_load(load)

    def show(self) -> None:
        """Put the unknowns into the fields of the system."""
        self.free.to_functions(self.unknowns)
        if self._whole is not self.free:
            self._whole.to_functions(self.unknowns)

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
                newton, refined = self.solve_at(load)
            except NotConverged as error:
                step = min(step / 2, self.settings.first_load)
                if not self.is_nonlinear or step < _CLOSEST:
                    raise self._end(reached, load, error) from error
                continue
            reached = load
            self.report = self.report.after(load, newton, refined.error)
            note(reached)
            # twice as far only after a solve that was easy
            if newton.iterations <= self.settings.max_iterations // 4:
                step *= 2
        return self.report

    def solve_at(self, load: float) -> tuple[NewtonReport, Refined]:
        """Solve for a part of the drive; nonlinear equations from the unknowns as they are."""
        self.apply_load(load)
        start = self.unknowns.copy()
        try:
            report = self._approach() if self.is_nonlinear else None
            refined = self._refine()
        except NotConverged:
            start.copy(self.unknowns)
            self.free.to_functions(start)
            raise
        finally:
            self.show()
        if report is None:
            report = NewtonReport(
                refined.steps, refined.steps, True, "CONVERGED_ROUNDING", refined.history, ()
            )
        return report, refined

    def _approach(self) -> NewtonReport:
        """Come near the solution, by steps that PETSc bounds where they lead astray."""
        scale = self.newton.residual_norm(self.free.vector())
        # without a drive nothing is left to be solved, but not even zero is below zero
        tolerance = max(self.settings.tolerance, _NEAR) * scale
        tolerance = max(tolerance, float(np.finfo(float).tiny))
        return self.newton.solve(self.unknowns, self.matrix, self.ksp, tolerance)

    def _refine(self) -> Refined:
        """Go on until the rest is rounding; linear equations from the beginning."""
        if not self.is_nonlinear:
            self.unknowns.zeroEntries()
            self._linearise()

        def evaluate(x: PETSc.Vec, residual: PETSc.Vec) -> None:
            self.free.to_functions(x)
            self.free.assemble(self.system.residual_forms, residual)

        linearise = self._linearise if self.is_nonlinear else _nothing
        most = self.settings.max_iterations
        return refine(evaluate, linearise, self.ksp, self.unknowns, self._groups, most)

    def _linearise(self) -> None:
        self.matrix.assemble()
        self.ksp.setOperators(self.matrix.matrix)

    @property
    def is_nonlinear(self) -> bool:
        """Whether barriers at finite bias or magnetizations that turn make the equations so."""
        stack = self.system.stack
        return stack.has_walls or any(each.law.nonlinearity for each in stack.interfaces)

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
