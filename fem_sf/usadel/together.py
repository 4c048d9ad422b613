# SPDX-License-Identifier: MIT
"""Solves all frequencies of the gap equation as one system.

On a line one frequency has so few unknowns that calling PETSc and dolfinx takes longer than what
they do; copies of the stack, one for each frequency, need one call for all.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from petsc4py import PETSc

from fem_sf.errors import NotConverged
from fem_sf.solve.blocks import BlockMatrix
from fem_sf.solve.linear import uncoupled_solver
from fem_sf.solve.newton import BlockNewton
from fem_sf.usadel.copies import Copies
from fem_sf.usadel.physical import require_physical
from fem_sf.usadel.sweep import (
    LARGEST_SURPRISE,
    FrequencySweep,
    KnownSolution,
    Linearisation,
    last_step,
    new_linearisation,
)


class Together:
    """∫ν f φ of a group's frequencies as functions of Δ, with one matrix for all.

    Where there is nothing to start from, and where all together do not converge, they are solved
    one after the other.

    Parameters
    ----------
    sweep
        The solutions, which follow Δ.
    copies
        As many copies of its system as the group has frequencies.
    """

    unnoticed = 1e-2

    def __init__(self, sweep: FrequencySweep, copies: Copies):
        self.sweep, self._copies = sweep, copies
        self._weights = sweep.frequency_sum.weights[sweep.own]
        self._frequencies = sweep.frequency_sum.frequencies[sweep.own]
        copies.follow(sweep.system, self._frequencies)
        system, unknowns = copies.system, copies.unknowns
        self._held = unknowns.places[:, sweep.reservoirs.places].ravel()
        self._newton = BlockNewton(
            unknowns.layout,
            system.residual_forms,
            sweep.settings.max_iterations,
            sweep.settings.petsc,
            [conductor.name for conductor in system.conductors],
            self._held,
            uncoupled_solver,
            last_step(sweep.system.stack),
        )
        jacobian = BlockMatrix(system.jacobian_forms, copies.jacobian, self._held)
        self._linearisation = Linearisation(jacobian, self._newton.linear_solver(jacobian))
        # ∂(∫ν f φ)/∂θ, superconductors × conductors; minus its transpose is ∂R/∂Δ
        self._pair_jacobian = BlockMatrix(system.compile_pair_jacobian(), copies.pair_jacobian)
        self._is_linearised = False
        self._recalled: NDArray[np.complex128] | None = None
        self._theta, self._theta_step = unknowns.layout.vector(), unknowns.layout.vector()
        self._source = unknowns.layout.vector()
        self._delta, self._pairs = (self._copies.gaps.layout.vector() for _ in range(2))

    def solve(self, tolerance: float) -> Iterator[tuple[int, NDArray[np.float64]]]:
        """Solve at the Δ in the fields, yielding the index of each frequency and ∫ν Re f φ.

        Parameters
        ----------
        tolerance
            Residual norm to reach at all frequencies together.

        Raises
        ------
        NotConverged
            Naming the frequency, on all groups.
        """
        gaps, system = self._copies.gaps, self._copies.system
        original = self.sweep.system
        delta = np.concatenate([gap.x.array for gap in original.gaps.values()])
        gaps.scatter(delta, self._delta)
        gaps.layout.to_functions(self._delta)
        start, self._recalled = self._recalled, None
        if self.sweep.solved:
            start = self._copies.unknowns.gather(self._theta)
        elif self.sweep.starts_known:
            start = np.array([self.sweep.theta[k].getArray() for k in self.sweep.own])
        if start is None or not self._solve_at_once(start, tolerance):
            self._solve_in_turn(tolerance)
        self._pair_jacobian.assemble()
        gaps.layout.assemble(system.compile_pair_forms(), self._pairs)
        pairs = gaps.gather(self._pairs).real
        yield from zip(reversed(self.sweep.own), reversed(pairs), strict=True)

    def recall(self) -> None:
        """Start from the last solution at these frequencies, if it is known, of a similar stack."""
        last = self._copies.last.get(self._pattern())
        if last is not None and np.array_equal(last.frequencies, self._frequencies):
            self._recalled = last.theta.copy()

    def predict(self, delta_step: PETSc.Vec) -> None:
        """Move θ at this group's frequencies to first order in a step of Δ."""
        self._theta.axpy(1.0, self._step(delta_step))
        self.sweep.take(self._copies.unknowns.gather(self._theta))

    def response(self, delta_step: PETSc.Vec) -> NDArray[np.float64]:
        """Σ_k W_k Re ∂(∫ν f φ)/∂Δ · δΔ over this group's frequencies."""
        self._pair_jacobian.matrix.mult(self._step(delta_step), self._pairs)
        response: NDArray[np.float64] = self._weights @ self._copies.gaps.gather(self._pairs).real
        return response

    def _pattern(self) -> tuple[float, ...]:
        """Signs of the Δ in the fields, each in the middle of its superconductor."""
        values = [gap.x.array.real for gap in self.sweep.system.gaps.values()]
        return tuple(float(np.sign(each[len(each) // 2])) for each in values)

    def _step(self, delta_step: PETSc.Vec) -> PETSc.Vec:
        """δθ = −(∂R/∂θ)⁻¹ (∂R/∂Δ) δΔ at all of this group's frequencies."""
        self._copies.gaps.scatter(delta_step.getArray(readonly=True), self._delta)
        self._pair_jacobian.matrix.multTranspose(self._delta, self._source)
        self._copies.system.in_residual_order(self._source)
        self._source.getArray()[self._held] = 0
        if not self._is_linearised:
            self._linearisation.jacobian.assemble()
            self._is_linearised = True
        self._linearisation.ksp.solve(self._source, self._theta_step)
        return self._theta_step

    def _solve_at_once(self, start: NDArray[np.complex128], tolerance: float) -> bool:
        """Solve all from a start; whether that went well, and not far, in all groups."""
        jacobian, ksp = self._linearisation.jacobian, self._linearisation.ksp
        unknowns, sweep = self._copies.unknowns, self.sweep

        def solve() -> tuple[NDArray[np.complex128], int]:
            for omega, theta in zip(self._frequencies, start, strict=True):
                sweep.reservoirs.hold(theta, omega)
            unknowns.scatter(start, self._theta)
            report = self._newton.solve(self._theta, jacobian, ksp, tolerance)
            found = unknowns.gather(self._theta)
            if np.abs(found - start).max() > LARGEST_SURPRISE:
                raise NotConverged("this may be another solution than the one to be followed")
            require_physical(sweep.system, found)
            return found, report.iterations

        try:
            found, iterations = sweep.grid.in_each(solve)
        except NotConverged:
            return False
        self._is_linearised = iterations > 0
        sweep.take(found)
        sweep.count(iterations * len(sweep.own))
        self._copies.last[self._pattern()] = KnownSolution(self._frequencies, found)
        return True

    def _solve_in_turn(self, tolerance: float) -> None:
        """Solve one after the other, from the highest frequency down."""
        for _ in self.sweep.solve([new_linearisation(self.sweep)], tolerance):
            pass
        theta = np.array([self.sweep.theta[k].getArray(readonly=True) for k in self.sweep.own])
        self._copies.unknowns.scatter(theta, self._theta)
        self._copies.unknowns.layout.to_functions(self._theta)
        self._is_linearised = False
