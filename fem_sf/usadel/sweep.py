# SPDX-License-Identifier: MIT
"""The unknown θ at every frequency for a given Δ, and how it answers to a change of Δ."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray
from petsc4py import PETSc

from fem_sf.errors import NotConverged
from fem_sf.settings import SolverSettings
from fem_sf.solve.blocks import NOTHING_HELD, BlockMatrix, BlockVector
from fem_sf.solve.linear import direct_solver, elliptic_solver, renew
from fem_sf.solve.newton import BlockNewton
from fem_sf.usadel.matsubara import FrequencySum
from fem_sf.usadel.reservoirs import NO_RESERVOIRS, Reservoirs
from fem_sf.usadel.system import UsadelSystem

LARGEST_BISECTIONS = 8
"""How often the step in frequency is halved before a failed continuation is given up."""


@dataclass(frozen=True)
class Linearisation:
    """The Jacobian at one frequency's solution, factorised.

    Parameters
    ----------
    jacobian, ksp
        ∂R/∂θ and its solver.
    """

    jacobian: BlockMatrix
    ksp: PETSc.KSP


class FrequencySweep:
    """The solutions at all frequencies of a sum.

    Parameters
    ----------
    system
        The stack's forms; its Δ fields are the given gap.
    frequency_sum
        Frequencies and weights.
    settings
        Tolerances and PETSc options.
    neighbours
        A solved sweep at the same Δ, whose solutions are starts too.
    reservoirs
        What is held at the outer faces.
    """

    def __init__(
        self,
        system: UsadelSystem,
        frequency_sum: FrequencySum,
        settings: SolverSettings,
        neighbours: FrequencySweep | None = None,
        reservoirs: Reservoirs = NO_RESERVOIRS,
    ):
        self.system, self.frequency_sum, self.settings = system, frequency_sum, settings
        self.neighbours, self.reservoirs = neighbours, reservoirs
        names = [conductor.name for conductor in system.conductors]
        self.newton = BlockNewton(
            system.layout,
            system.residual_forms,
            settings.max_iterations,
            settings.petsc,
            names,
            reservoirs.places,
            elliptic_solver if system.one_spin and system.mesh.dimension > 1 else direct_solver,
        )
        self.theta = [system.layout.vector() for _ in frequency_sum.frequencies]
        self.newton_iterations = 0
        self.sweeps = 0
        self.solved = False

    def solve(self, linearisations: list[Linearisation], tolerance: float) -> Iterator[int]:
        """Solve from the largest frequency down, yielding the index of each as it is solved.

        Parameters
        ----------
        linearisations
            One for all frequencies, or one for each, which then stays at that frequency's solution.
        tolerance
            Residual norm to reach.

        Raises
        ------
        NotConverged
            Naming the frequency; those above it are solved, it and those below are not.
        """
        frequencies = self.frequency_sum.frequencies
        for k in reversed(range(len(frequencies))):
            if not self.solved:
                self._start_from_nearest(k)
            linearisation = linearisations[k % len(linearisations)]
            if len(linearisations) == 1:
                renew(linearisation.ksp)
            self._solve_one(k, frequencies[k], linearisation, tolerance)
            yield k
        self.sweeps += 1
        self.solved = True

    def restart(self) -> None:
        """Forget the solutions, so that the next sweep starts from θ = 0."""
        self.solved = False
        for theta in self.theta:
            theta.zeroEntries()

    def select(self, k: int) -> None:
        """Put one frequency's solution into the system's fields."""
        self.system.omega.value = self.frequency_sum.frequencies[k]
        self.system.layout.to_functions(self.theta[k])

    def _nearest(self, k: int) -> tuple[float, PETSc.Vec] | None:
        """The solved frequency to come from: the next higher, or else the highest of all."""
        frequencies = self.frequency_sum.frequencies
        solved = list(zip(frequencies[k + 1 : k + 2], self.theta[k + 1 : k + 2], strict=True))
        if self.neighbours is not None:
            others = self.neighbours
            solved += zip(others.frequency_sum.frequencies, others.theta, strict=True)
        above = [each for each in solved if each[0] >= frequencies[k]]
        if above:
            return min(above, key=itemgetter(0))
        return max(solved, key=itemgetter(0), default=None)

    def _start_from_nearest(self, k: int) -> None:
        """Take the nearest solution as the start; θ = 0 where there is none yet."""
        nearest = self._nearest(k)
        if nearest is not None:
            nearest[1].copy(self.theta[k])
        else:
            self.theta[k].zeroEntries()

    def _solve_one(
        self,
        k: int,
        omega: float,
        linearisation: Linearisation,
        tolerance: float,
    ) -> None:
        """Newton at ω; if it fails, approach from the nearest solution in smaller steps."""
        targets, failures = [omega], 0
        nearest = self._nearest(k)
        reached = None if nearest is None else nearest[0]
        while targets:
            self.system.omega.value = targets[-1]
            self.reservoirs.hold(self.theta[k].getArray(), targets[-1])
            try:
                report = self.newton.solve(
                    self.theta[k], linearisation.jacobian, linearisation.ksp, tolerance
                )
            except NotConverged as failure:
                failures += 1
                if failures > (LARGEST_BISECTIONS if nearest else 1):
                    raise NotConverged(
                        f"at frequency ω = {omega:.6g} Tc: {failure}. "
                        "Try a finer mesh ([mesh] refinement), or more [solver] max_iterations",
                        failure.history,
                    ) from failure
                if failures == 1:
                    self._start_from_nearest(k)
                if reached is not None:
                    targets.append(math.sqrt(reached * targets[-1]))
                continue
            self.newton_iterations += report.iterations
            reached = targets.pop()


class LinearResponse:
    """How ∫ν f φ, summed over frequencies, answers to a change of Δ.

    Parameters
    ----------
    sweep
        The solutions.
    gap_layout
        Layout of the Δ fields.
    """

    def __init__(self, sweep: FrequencySweep, gap_layout: BlockVector):
        system = sweep.system
        self.sweep = sweep
        frequencies = sweep.frequency_sum.frequencies
        self.linearisations = [
            Linearisation(jacobian, sweep.newton.linear_solver(jacobian))
            for jacobian in _alike(system.jacobian_forms, len(frequencies), sweep.reservoirs.places)
        ]
        # ∂(∫ν f φ)/∂θ, superconductors × conductors; minus its transpose is ∂R/∂Δ
        self._pair_jacobians = _alike(system.compile_pair_jacobian(), len(frequencies))
        self._source, self._theta_step = system.layout.vector(), system.layout.vector()
        self._pairs = gap_layout.vector()
        self._reservoirs = sweep.reservoirs

    def update(self, k: int) -> None:
        """Assemble what depends on the solution at one frequency, which is in the fields."""
        self._pair_jacobians[k].assemble()

    def theta_step(self, k: int, delta_step: PETSc.Vec) -> PETSc.Vec:
        """δθ = −(∂R/∂θ)⁻¹ (∂R/∂Δ) δΔ at one frequency."""
        self._pair_jacobians[k].matrix.multTranspose(delta_step, self._source)
        self.sweep.system.in_residual_order(self._source)
        self._source.getArray()[self._reservoirs.places] = 0
        self.linearisations[k].ksp.solve(self._source, self._theta_step)
        return self._theta_step

    def predict(self, delta_step: PETSc.Vec) -> None:
        """Move θ at every frequency to first order in a step of Δ."""
        for k, theta in enumerate(self.sweep.theta):
            theta.axpy(1.0, self.theta_step(k, delta_step))

    def pair_response(self, delta_step: PETSc.Vec, result: PETSc.Vec) -> None:
        """Σ_k W_k Re ∂(∫ν f φ)/∂Δ · δΔ into ``result``, whose imaginary part is zero."""
        total = result.getArray()
        total[:] = 0
        for k, weight in enumerate(self.sweep.frequency_sum.weights):
            step = self.theta_step(k, delta_step)
            self._pair_jacobians[k].matrix.mult(step, self._pairs)
            total += weight * self._pairs.getArray(readonly=True).real
        total[self._reservoirs.gap_places] = 0


def _alike(
    forms: list[list[Any]], count: int, held: NDArray[np.intp] = NOTHING_HELD
) -> list[BlockMatrix]:
    """Matrices of the same forms, each with values of its own."""
    first = BlockMatrix(forms, held=held)
    first.assemble()
    return [first, *(BlockMatrix(forms, first, held) for _ in range(count - 1))]


def new_linearisation(sweep: FrequencySweep) -> Linearisation:
    """A Jacobian and its solver; one serves all frequencies in turn where Δ is given."""
    jacobian = BlockMatrix(sweep.system.jacobian_forms, held=sweep.reservoirs.places)
    return Linearisation(jacobian, sweep.newton.linear_solver(jacobian))
