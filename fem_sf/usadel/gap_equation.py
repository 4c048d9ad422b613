# SPDX-License-Identifier: MIT
"""The gap equation of a stack, x ↦ Δ(x): its residual, its tangent, and the bulk's inverse of that.

The gap equation Δ ln(T/Tc) = 2πT Σ [Re sin θ_+ − Δ/ω] is used with ln(T/Tc) eliminated by the bulk
solution, ln(T/Tc) = 2πT Σ [1/√(ω² + Δ_b²) − 1/ω] below Tc:

    0 = 2πT Σ [Re sin θ_+ − Δ/√(ω² + Δ_b²)],

which holds at T = 0 too and gives the bulk without any error of the sum. It is stated weakly, as
the derivative of the free energy with respect to Δ, and written as Δ = G(Δ).
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from petsc4py import PETSc

from fem_sf.signs import Signs
from fem_sf.usadel.bulk import bulk_gap
from fem_sf.usadel.bulk_response import BulkInverse
from fem_sf.usadel.copies import Copies
from fem_sf.usadel.gap_mass import GapMass
from fem_sf.usadel.given_gap import fill_gap, first_phases, phases_of
from fem_sf.usadel.matsubara import FrequencySum
from fem_sf.usadel.one_by_one import OneByOne
from fem_sf.usadel.pair_sources import PairSource
from fem_sf.usadel.sweep import FrequencySweep
from fem_sf.usadel.together import Together

TINY = 1e-30
"""A residual norm that counts as zero."""


class GapEquation:
    """Residual Δ − G(Δ) and tangent of the self-consistent gap.

    Parameters
    ----------
    sweep
        The frequencies' solutions, which follow Δ.
    progress
        Called with (frequencies done, frequencies in all) while a sweep goes on.
    copies
        As many copies of the system as there are frequencies, in which all are solved together; by
        default they are solved one after the other.
    last_step
        Step of Δ, relative, after which it is near enough; by default only its residual counts.

    Attributes
    ----------
    begun
        Sweeps so far, with the one that goes on.
    mass, layout
        The mass matrix of Δ, and how Δ is laid out.
    stiffness
        `pairing_stiffness`.
    """

    def __init__(
        self,
        sweep: FrequencySweep,
        progress: Callable[[int, int], None],
        copies: Copies | None = None,
        last_step: float = 0.0,
    ):
        self.sweep, self.progress, self.begun = sweep, progress, 0
        self._last_step = last_step
        system = sweep.system
        self._held = sweep.reservoirs.gap_places
        self.mass = GapMass(system, self._held)
        self.layout = self.mass.layout
        self.pairs: PairSource = (
            OneByOne(sweep, self.layout) if copies is None else Together(sweep, copies)
        )
        self._above = excess_temperature(sweep.frequency_sum.temperature)
        self.stiffness = pairing_stiffness(sweep.frequency_sum)
        self._sum = self.layout.vector()
        self._source = self.layout.vector()
        self._last = self.layout.vector()

    @property
    def is_rough(self) -> bool:
        """Whether Δ is good enough before its residual is small."""
        return self._last_step > 0

    def start(self, modulus: float, signs: Signs) -> PETSc.Vec:
        """Δ of one modulus, with signs or the stack's phases and what is held at outer faces."""
        system = self.sweep.system
        fill_gap(system, modulus, first_phases(system.stack) | phases_of(signs))
        delta = self.layout.vector()
        self.layout.from_functions(delta)
        self.sweep.reservoirs.hold_gap(delta.getArray())
        return delta

    def residual(
        self,
        delta: PETSc.Vec,
        result: PETSc.Vec,
        tolerance: float = 0.0,
        may_be_last: bool = True,
    ) -> None:
        """Δ − G(Δ), after a sweep over the frequencies at this Δ; 0 after a step that is the last.

        Parameters
        ----------
        delta
            Δ.
        result
            Where it goes.
        tolerance
            Relative residual to which frequencies are solved, where that is more than the usual.
        may_be_last
            Whether a short step is one.
        """
        if self.sweep.solved:
            step = delta.copy()
            step.axpy(-1.0, self._last)
            self.pairs.predict(step)
            if may_be_last and 0 < step.norm() <= self._last_step * delta.norm():
                result.zeroEntries()
                return
        delta.copy(self._last)
        self.layout.to_functions(delta)
        self.mass.blocks.matrix.mult(delta, self._source)
        self._sum.getArray()[:] = self._sweep(max(tolerance, self.sweep.settings.tolerance))
        self._sum.getArray()[self._held] = 0
        self.mass.solver.solve(self._sum, result)
        self.sweep.grid.take_from(0, result.getArray())
        result.aypx(-1.0 / self.stiffness, delta)
        result.axpy(self._above / self.stiffness - 1.0, delta)

    def tangent(self, step: PETSc.Vec, result: PETSc.Vec) -> None:
        """The derivative of Δ − G(Δ) in the direction of a real step."""
        self._sum.getArray()[:] = self.response(step)
        self.mass.solver.solve(self._sum, result)
        self.sweep.grid.take_from(0, result.getArray())
        result.aypx(-1.0 / self.stiffness, step)

    def response(self, step: PETSc.Vec) -> NDArray[np.float64]:
        """The derivative of 2πT Σ ∫ν Re f φ in the direction of a step, 0 where Δ is held."""
        response = np.array(self.sweep.grid.total(self.pairs.response(step)))
        response[self._held] = 0
        return response

    def bulk_inverse(self) -> BulkInverse:
        """About the inverse of the tangent."""
        sweep = self.sweep
        rule, grid = sweep.frequency_sum, sweep.grid
        return BulkInverse(sweep.system, rule, self.mass.blocks, self._held, grid)

    def _sweep(self, tolerance: float) -> NDArray[np.float64]:
        """Solve all frequencies and add up ∫ν [Re sin θ_+ − Δ/√(ω² + Δ_b²)] φ."""
        rule, bulk = self.sweep.frequency_sum, bulk_gap(self.sweep.frequency_sum.temperature)
        source = self._source.getArray(readonly=True).real
        total = np.zeros(len(source))
        self.begun += 1
        for k, pairs in self.pairs.solve(tolerance * max(self._source.norm(), TINY)):
            total += rule.weights[k] * (pairs - source / math.hypot(rule.frequencies[k], bulk))
            self.progress(len(self.sweep.theta) - k, len(self.sweep.theta))
        return self.sweep.grid.total(total)


def excess_temperature(temperature: float) -> float:
    """ln(T/Tc) above Tc, 0 below, where the bulk solution has eliminated it."""
    return math.log(temperature) if temperature > 1 else 0.0


def pairing_stiffness(rule: FrequencySum) -> float:
    """The factor of Δ in its equation when the sum is taken apart: Σ W/√(ω² + Δ_b²) + ln(T/Tc)."""
    gap = bulk_gap(rule.temperature)
    roots = np.hypot(rule.frequencies, gap)
    return float(np.sum(rule.weights / roots)) + excess_temperature(rule.temperature)
