# SPDX-License-Identifier: MIT
"""Newton's method by PETSc SNES: norms by block, history, restored on failure."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from weakref import WeakMethod

import numpy as np
from numpy.typing import NDArray
from petsc4py import PETSc

from fem_sf.errors import NotConverged
from fem_sf.solve.blocks import NOTHING_HELD, BlockMatrix, BlockVector
from fem_sf.solve.linear import (
    REMEDIES,
    SolverChoice,
    direct_solver,
    is_iterative,
    petsc_message,
    read_options,
    use_options,
)

LINEAR_FAILURE = "DIVERGED_LINEAR_SOLVE"
"""PETSc's name of what Newton's method ends with where a linear solver fails."""

MORE_STEPS = 3
"""Bound on those that are made because the last one was large."""

ROUNDING = 1e-12
"""A Newton step this small, relative to the solution, is rounding: no later one gets further."""


@contextmanager
def callback_errors() -> Iterator[None]:
    """Let what one of our functions raises while PETSc calls it come out as itself."""
    try:
        yield
    except PETSc.Error as error:
        if error.__cause__ is None:
            raise
        raise error.__cause__ from None


def without_keeping(method: Callable[..., None]) -> Callable[..., None]:
    """A function that calls a method, but does not keep its object alive.

    PETSc would for ever: Python does not see that an object keeps a solver that keeps the object.
    """
    weak = WeakMethod(method)

    def call(*arguments: Any) -> None:
        alive = weak()
        assert alive is not None
        alive(*arguments)

    return call


@lru_cache
def reason_name(reason: int, kind: type) -> str:
    """PETSc's name of a converged or diverged reason, e.g. ``DIVERGED_LINE_SEARCH``."""
    names = {
        value: name for name, value in vars(kind.ConvergedReason).items() if name[:1].isupper()
    }
    return names.get(reason, str(reason))


def forcing(left: float, usual: float) -> float:
    """How far a step of Newton's method may leave its linear equation unsolved.

    As little as the step itself leaves of the residual, which falls quadratically (R. S. Dembo,
    S. C. Eisenstat and T. Steihaug, SIAM J. Numer. Anal. 19, 400, 1982), within bounds.

    Parameters
    ----------
    left
        The residual before the step over that at the start.
    usual
        The relative tolerance of a linear solver left alone; a hundred times that at first, a tenth
        at last.
    """
    return min(max(100 * usual * left, usual / 10), 100 * usual)


@dataclass(frozen=True)
class NewtonReport:
    """How one nonlinear solve went.

    Parameters
    ----------
    iterations
        Newton steps taken.
    linear_iterations
        Iterations of the linear solver in all of them; one each where it factorises.
    converged
        Whether the wanted residual was reached.
    reason
        PETSc's name of why it stopped.
    history
        Residual norm before each step and after the last.
    block_norms
        Final residual norm of each block.
    """

    iterations: int
    linear_iterations: int
    converged: bool
    reason: str
    history: tuple[float, ...]
    block_norms: tuple[float, ...]


class BlockNewton:
    """Newton's method for one residual form per block.

    Parameters
    ----------
    layout
        The unknown fields.
    residual_forms
        One compiled linear form per block.
    max_iterations
        Bound on Newton steps.
    options
        PETSc options without prefix (``snes_…``, ``ksp_…``, ``pc_…``).
    names
        What the blocks are called in messages.
    held
        Unknowns of this rank, counted from its first, that keep the values which they start with.
    choose_solver
        Makes the linear solver of a Jacobian.
    last_step
        Largest change of an unknown in the last step. What is left is about its square, also where
        the residual hardly shows it, as that of layers with a small density of states.
    """

    PREFIX = "fem_sf_"

    def __init__(
        self,
        layout: BlockVector,
        residual_forms: Sequence,
        max_iterations: int,
        options: Mapping[str, str],
        names: Sequence[str],
        held: NDArray[np.intp] = NOTHING_HELD,
        choose_solver: SolverChoice = direct_solver,
        last_step: float = math.inf,
    ):
        self.layout = layout
        self._last_step = last_step
        self.held = held
        self.names = tuple(names)
        self._choose_solver = choose_solver
        self._residual_forms = tuple(residual_forms)
        self._jacobian: BlockMatrix | None = None
        self._residual = layout.vector()
        self._history: list[float] = []
        self._usual = 0.0
        self._snes = PETSc.SNES().create(layout.comm)
        self._snes.setOptionsPrefix(self.PREFIX)
        self._snes.setType("newtonls")
        self._snes.setFunction(without_keeping(self._evaluate_residual), self._residual)
        self._snes.setTolerances(rtol=0.0, stol=ROUNDING, max_it=max_iterations)
        history = self._history
        self._snes.setMonitor(lambda snes, iteration, norm: history.append(norm))
        use_options(options, self.PREFIX)
        read_options(self._snes)

    def linear_solver(self, jacobian: BlockMatrix) -> PETSc.KSP:
        """A linear solver for a Jacobian, with this solver's options."""
        return self._choose_solver(jacobian.matrix, self.PREFIX)

    def residual_norm(self, x: PETSc.Vec) -> float:
        """Euclidean norm of the residual at ``x``."""
        self._assemble_residual(x, self._residual)
        return float(self._residual.norm())

    def solve(
        self, x: PETSc.Vec, jacobian: BlockMatrix, ksp: PETSc.KSP, tolerance: float
    ) -> NewtonReport:
        """Solve from the start ``x``, which becomes the solution.

        Parameters
        ----------
        x
            Start and solution; left as it was if the solve fails.
        jacobian, ksp
            Where the Jacobian is assembled, and its solver; both keep the last linearisation.
        tolerance
            Residual norm to reach.

        Raises
        ------
        NotConverged
            With PETSc's reason, the residual of every block and the history.
        """
        start = x.copy()
        report = self._attempt(x, jacobian, ksp, tolerance)
        for remedy in REMEDIES:
            if report.reason == LINEAR_FAILURE and is_iterative(ksp):
                start.copy(x)
                remedy(ksp)
                report = self._attempt(x, jacobian, ksp, tolerance)
        if not report.converged:
            start.copy(x)
            self.layout.to_functions(x)
            raise NotConverged(self._complaint(report, tolerance), report.history)
        return self._settled(x, jacobian, ksp, tolerance, report)

    def _settled(
        self,
        x: PETSc.Vec,
        jacobian: BlockMatrix,
        ksp: PETSc.KSP,
        tolerance: float,
        report: NewtonReport,
    ) -> NewtonReport:
        """Go on with whole steps from where the residual is small while the last step is not.

        Its rounding in strong layers may hide what weak ones still lack, and no line search helps.
        """
        if not report.iterations or math.isinf(self._last_step):
            return report
        step, largest = self._snes.getSolutionUpdate(), math.inf
        history = list(report.history)
        for _ in range(MORE_STEPS):
            before, largest = largest, float(step.norm(PETSc.NormType.NORM_INFINITY))
            if not self._last_step < largest < before:
                break
            step = x.duplicate()
            self._assemble_residual(x, self._residual)
            jacobian.assemble()
            ksp.solve(self._residual, step)
            x.axpy(-1.0, step)
            norm = self.residual_norm(x)
            if not norm <= tolerance:
                x.axpy(1.0, step)
                self.layout.to_functions(x)
                break
            history.append(norm)
        more = len(history) - len(report.history)
        return replace(report, iterations=report.iterations + more, history=tuple(history))

    def refine(self, x: PETSc.Vec, ksp: PETSc.KSP, wanted: float) -> float:
        """Improve a solution by steps with its last linearisation, which cost little.

        The residual of a layer that counts little against others says little of its unknowns;
        the size of a step says how far they are off.

        Parameters
        ----------
        x
            The solution, as `solve` has left it; improved.
        ksp
            The solver that it was found with.
        wanted
            Size of a step after which no other one is tried.

        Returns
        -------
        float
            The largest component of the last step; what is left is less where steps shrink.
        """
        step, last = self.layout.vector(), math.inf
        while True:
            self._assemble_residual(x, self._residual)
            ksp.solve(self._residual, step)
            size = float(step.norm(PETSc.NormType.NORM_INFINITY))
            if not size < last / 2:
                self.layout.to_functions(x)
                return min(size, last)
            x.axpy(-1.0, step)
            if size <= wanted:
                self.layout.to_functions(x)
                return size
            last = size

    def _attempt(
        self, x: PETSc.Vec, jacobian: BlockMatrix, ksp: PETSc.KSP, tolerance: float
    ) -> NewtonReport:
        """One run of PETSc's solver, whatever comes of it."""
        self._history.clear()
        self._jacobian = jacobian
        self._snes.setKSP(ksp)
        self._snes.setJacobian(without_keeping(self._evaluate_jacobian), jacobian.matrix)
        self._snes.setTolerances(atol=tolerance)
        # what iterations left just below the tolerance is not left so for ever
        self._snes.setForceIteration(is_iterative(ksp))
        self._usual = ksp.getTolerances()[0]
        failure = ""
        try:
            with callback_errors():
                self._snes.solve(None, x)
        except PETSc.Error as error:
            failure = f"PETSc: {petsc_message(error)}"
        ksp.setTolerances(rtol=self._usual)
        reason = self._snes.getConvergedReason()
        return NewtonReport(
            self._snes.getIterationNumber(),
            self._snes.getLinearSolveIterations(),
            not failure and reason > 0,
            failure or reason_name(reason, PETSc.SNES),
            tuple(self._history),
            tuple(self.layout.norms(self._residual)),
        )

    def _complaint(self, report: NewtonReport, tolerance: float) -> str:
        blocks = ", ".join(
            f"{name} {norm:.1e}" for name, norm in zip(self.names, report.block_norms, strict=True)
        )
        return (
            f"Newton stopped after {report.iterations} steps ({report.reason}); residual by layer: "
            f"{blocks}; wanted {tolerance:.1e}"
        )

    def _evaluate_residual(self, snes: PETSc.SNES, x: PETSc.Vec, f: PETSc.Vec) -> None:
        self._assemble_residual(x, f)

    def _assemble_residual(self, x: PETSc.Vec, f: PETSc.Vec) -> None:
        self.layout.to_functions(x)
        self.layout.assemble(self._residual_forms, f)
        f.getArray()[self.held] = 0

    def _evaluate_jacobian(
        self, snes: PETSc.SNES, x: PETSc.Vec, matrix: PETSc.Mat, preconditioner: PETSc.Mat
    ) -> None:
        assert self._jacobian is not None
        self._jacobian.assemble()
        ksp = snes.getKSP()
        if is_iterative(ksp):
            left = self._history[-1] / self._history[0]
            ksp.setTolerances(rtol=forcing(left, self._usual))
