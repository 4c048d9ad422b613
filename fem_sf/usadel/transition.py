# SPDX-License-Identifier: MIT
"""Finds where superconductivity ends, and by a transition of which order.

Where the free energy of a small Δ is positive at the instability of the normal state
(`fem_sf.usadel.critical`), the transition is of second order and there. Where it is negative, or
the normal state is stable down to T = 0, a superconducting state of finite Δ and lower free energy
may exist above: it is followed upwards in T, each solve from the last Δ, to where its free energy
is that of the normal state. Free energies of solutions are stationary, so that a rough Δ will do.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from operator import attrgetter

from petsc4py import PETSc
from scipy.optimize import brentq

from fem_sf.errors import NotConverged
from fem_sf.settings import SolverSettings
from fem_sf.signs import Signs, search_patterns, signs_of
from fem_sf.solve.blocks import BlockVector
from fem_sf.usadel.critical import Instability
from fem_sf.usadel.gap import GapReport, follow_gap, solve_gap
from fem_sf.usadel.gap_equation import GapEquation
from fem_sf.usadel.matsubara import FrequencySum
from fem_sf.usadel.observables import IntegralForms
from fem_sf.usadel.sweep import FrequencySweep
from fem_sf.usadel.system import UsadelSystem

DOUBTFUL = 0.3
"""Quartic term below which a distant Δ of lower free energy is looked for although it is positive.

It is 1 where frequencies do not disagree, and 0 at a tricritical point.
"""

BELOW, ABOVE = 0.98, 1.001
"""Temperatures over that of the instability: where a small Δ grows, and where it does not."""

FIRST_STEP, LARGEST_STEP = 0.02, 0.1
"""Steps in T, in Tc, by which the superconducting state is followed."""

OVERSHOOT = 1.1
"""Step over that at which the free energies would be equal, were they linear in T."""

ROOT = 1e-10
"""To which T is found, in Tc."""

ROUGH = 1e-9
"""Tolerance of Δ that is enough for free energies, which have an error of its square.

Near a tricritical point Δ itself is much further off.
"""


@dataclass(frozen=True)
class CriticalTemperature:
    """Where superconductivity ends.

    Parameters
    ----------
    temperature
        In Tc of the bulk superconductor; 0 where there is none at T = 0 either.
    order
        1 or 2; ``None`` without a transition.
    sum_error
        Estimate of what frequency sums miss, and the search leaves.
    slope
        Derivative of the excess (second order) or of the free energy (first order) with respect
        to T; minus or plus infinity without a transition.
    instability
        Of the normal state, at the same temperature or below.
    signs
        Of Δ there, by superconductor.
    """

    temperature: float
    order: int | None
    sum_error: float
    slope: float
    instability: Instability
    signs: Signs


@dataclass(frozen=True)
class BranchPoint:
    """A superconducting state on a branch in T.

    Parameters
    ----------
    temperature
        In Tc.
    free_energy, free_energy_error
        Relative to the normal state, and the estimate of what its frequency sum misses.
    gap
        Δ.
    signs
        Of Δ, by superconductor.
    """

    temperature: float
    free_energy: float
    free_energy_error: float
    gap: PETSc.Vec
    signs: Signs


class SuperconductingBranch:
    """Superconducting states of a stack at several temperatures; uses the system's fields.

    Parameters
    ----------
    system
        Fields and forms; at least one layer is a superconductor.
    rule_at
        Frequencies and weights at a temperature.
    settings
        Tolerances and PETSc options.
    """

    def __init__(
        self,
        system: UsadelSystem,
        rule_at: Callable[[float], FrequencySum],
        settings: SolverSettings,
    ):
        self._system, self._rule_at = system, rule_at
        self._settings = replace(settings, tolerance=max(settings.tolerance, ROUGH))
        self._layout = BlockVector(list(system.gaps.values()))

    @cached_property
    def _forms(self) -> IntegralForms:
        return IntegralForms(self._system)

    def enter(self, temperature: float) -> BranchPoint | None:
        """Look from the bulk gap down, with all signs, for the state of lowest free energy.

        Returns
        -------
        BranchPoint or None
            ``None`` where that ends in the normal state.

        Raises
        ------
        NotConverged
            If a frequency or the gap does not converge.
        """
        found: list[BranchPoint] = []
        failures: list[NotConverged] = []

        def free_energy(signs: Signs) -> float | None:
            equation = self._equation(temperature)
            try:
                report = solve_gap(equation, self._settings.max_sweeps, signs)
            except NotConverged as failure:
                failures.append(failure)
                return None
            state = self._state(equation, report)
            if state is None:
                return None
            found.append(state)
            return state.free_energy

        for _ in search_patterns(self._system.stack, free_energy):
            pass
        if failures and not found:
            raise failures[0]
        return min(found, key=attrgetter("free_energy"), default=None)

    def adopt(self, other: UsadelSystem, temperature: float) -> BranchPoint | None:
        """Look for the state from the Δ in another system's fields, on the same mesh."""
        for name, gap in self._system.gaps.items():
            gap.interpolate(other.gaps[name])
        return self._follow(self._equation(temperature))

    def select(self, state: BranchPoint) -> None:
        """Put the Δ of a state into the system's fields."""
        self._layout.to_functions(state.gap)

    def follow(self, state: BranchPoint, temperature: float) -> BranchPoint | None:
        """Look for the state at another temperature, from its Δ; ``None`` where it is lost."""
        self.select(state)
        return self._follow(self._equation(temperature))

    def _follow(self, equation: GapEquation) -> BranchPoint | None:
        try:
            return self._state(equation, follow_gap(equation))
        except NotConverged:
            return None

    def _equation(self, temperature: float) -> GapEquation:
        sweep = FrequencySweep(self._system, self._rule_at(temperature), self._settings)
        return GapEquation(sweep, lambda done, total: None)

    def _state(self, equation: GapEquation, report: GapReport) -> BranchPoint | None:
        if report.state != "superconducting":
            return None
        found = self._forms.evaluate(equation.sweep, None)
        gap = self._layout.vector()
        self._layout.from_functions(gap)
        temperature = equation.sweep.frequency_sum.temperature
        signs = signs_of(self._system.stack, found.gap)
        return BranchPoint(temperature, found.free_energy, found.free_energy_error, gap, signs)


def critical_temperature(
    instability: Instability, branch: SuperconductingBranch, superconducting_at: float = 0.0
) -> CriticalTemperature:
    """Find where superconductivity ends; collective.

    Parameters
    ----------
    instability
        The highest one of the normal state.
    branch
        Superconducting states of the same stack.
    superconducting_at
        A temperature at which one is known to have a lower free energy than the normal state.

    Raises
    ------
    NotConverged
        If the search for a superconducting state fails.
    """
    start = _stable_start(instability, branch, superconducting_at)
    if start is not None:
        last, slope = _end(branch, start)
        branch.select(last)
        if last.temperature > instability.temperature + ROOT:
            error = last.free_energy_error / abs(slope) + ROOT
            return CriticalTemperature(last.temperature, 1, error, slope, instability, last.signs)
    order = 2 if instability.temperature > 0 else None
    found = instability
    return CriticalTemperature(
        found.temperature, order, found.sum_error, found.slope, found, found.signs
    )


def _stable_start(
    instability: Instability, branch: SuperconductingBranch, superconducting_at: float
) -> BranchPoint | None:
    """A state of lower free energy from which to go up; ``None`` where all is of second order."""
    unstable = instability.temperature
    if unstable > 0 and instability.quartic < 0:
        return branch.enter(BELOW * unstable)
    candidates = []
    if unstable == 0 or instability.quartic < DOUBTFUL:
        candidates.append(ABOVE * unstable)
    if superconducting_at > unstable:
        candidates.append(superconducting_at)
    for temperature in candidates:
        state = branch.enter(temperature) if temperature < 1 else None
        if state is not None and state.free_energy < 0:
            return state
    return None


def _end(branch: SuperconductingBranch, start: BranchPoint) -> tuple[BranchPoint, float]:
    """The state whose free energy is that of the normal state, and dF/dT there.

    Where superconducting states end before, the last one.
    """
    below, above, slope = _bracket(branch, start)
    if above is None:
        return below, slope
    states = {each.temperature: each for each in (below, above)}

    def free_energy(temperature: float) -> float:
        if temperature not in states:
            nearest = min(states, key=lambda each: abs(each - temperature))
            state = branch.follow(states[nearest], temperature)
            if state is None:
                raise NotConverged(
                    f"the superconducting state is lost at T = {temperature:.6g} Tc, although it "
                    "was found below and above. Try a finer mesh ([mesh] refinement)"
                )
            states[temperature] = state
        return states[temperature].free_energy

    brentq(free_energy, below.temperature, above.temperature, xtol=ROOT)
    return min(states.values(), key=lambda each: abs(each.free_energy)), slope


def _bracket(
    branch: SuperconductingBranch, start: BranchPoint
) -> tuple[BranchPoint, BranchPoint | None, float]:
    """Follow a state up to where its free energy is no longer the lower one.

    Returns
    -------
    tuple
        The last state before and the first one beyond, and dF/dT between them; ``None`` where
        there is no state beyond, and dF/dT before.
    """
    below, slope, step, lost = start, math.inf, FIRST_STEP, 1.0
    while lost - below.temperature > ROOT:
        room = (lost - below.temperature) / 2
        state = branch.follow(below, below.temperature + min(step, room))
        if state is None:
            lost = below.temperature + min(step, room)
            continue
        rise = state.free_energy - below.free_energy
        slope = rise / (state.temperature - below.temperature)
        if state.free_energy >= 0:
            return below, state, slope
        below = state
        step = min(LARGEST_STEP, OVERSHOOT * abs(state.free_energy / slope) + ROOT)
    return below, None, slope
