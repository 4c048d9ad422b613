# SPDX-License-Identifier: MIT
"""Finds the critical temperature of a case, its error, and what to say about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fem_sf.settings import UsadelCase
from fem_sf.signs import same_pattern, spell_signs
from fem_sf.study.usadel_summary import is_metastable
from fem_sf.usadel.critical import NormalState, highest_instability
from fem_sf.usadel.matsubara import FrequencySum, frequency_sum
from fem_sf.usadel.scales import smallest_energy
from fem_sf.usadel.system import UsadelSystem
from fem_sf.usadel.transition import (
    CriticalTemperature,
    SuperconductingBranch,
    critical_temperature,
)

ORDERS = {1: "first order", 2: "second order", None: None}
"""Words for the order of a transition."""

NO_TRANSITION = (
    "There is no critical temperature, and 0 is given for it: the normal state is stable against a "
    "small Δ at every temperature, and at T = 0 no superconducting state of lower free energy was "
    "found."
)
"""Said where nothing is superconducting."""

METASTABLE = (
    "At T = {temperature:g} Tc the superconducting state that was found is metastable: "
    "superconductivity ends below, at the critical temperature."
)
"""Said where a gap is found above the critical temperature."""

OTHER_STATE = (
    "The critical temperature belongs to another state than the profiles: to that with signs "
    "{there} of Δ, which is superconducting up to there, and not to {here}."
)
"""Said where the state of lowest free energy changes its signs on the way to Tc."""


@dataclass(frozen=True)
class MeshError:
    """Estimates from another polynomial degree, in Tc.

    Parameters
    ----------
    instability
        Of the temperature at which the normal state becomes unstable.
    transition
        Of the critical temperature; ``None`` where the state was not found with that degree.
    """

    instability: float
    transition: float | None


def rule_for(case: UsadelCase) -> Callable[[float], FrequencySum]:
    """Frequencies and weights at a temperature, as many as the case asks for."""
    solver, lowest = case.solver, smallest_energy(case.stack, case.mesh)

    def rule_at(temperature: float) -> FrequencySum:
        # at T = 0 frequencies are continuous, and none is summed alone
        exact = solver.frequencies if temperature > 0 else None
        return frequency_sum(temperature, exact=exact, tail=solver.tail, lowest=lowest)

    return rule_at


def find_critical_temperature(
    case: UsadelCase, system: UsadelSystem, state: str, free_energy: float
) -> CriticalTemperature:
    """Where superconductivity ends; uses the fields of the system; collective.

    Parameters
    ----------
    case
        What was solved.
    system
        Fields of the stack without phases.
    state, free_energy
        At the temperature of the case.
    """
    rule_at = rule_for(case)
    instability = highest_instability(NormalState(system, rule_at))
    branch = SuperconductingBranch(system, rule_at, case.solver)
    stable = _found_superconducting(case, state) and free_energy < 0
    return critical_temperature(instability, branch, case.temperature if stable else 0.0)


def mesh_error(
    case: UsadelCase,
    found: CriticalTemperature,
    system: UsadelSystem,
    other: UsadelSystem,
    factor: float,
) -> MeshError | None:
    """Estimate the error of the mesh from another degree's deviation at the same temperature.

    Parameters
    ----------
    case, found, system
        What was solved; the system's fields are as they were left.
    other
        Fields of another polynomial degree on the same mesh.
    factor
        Of what it deviates.

    Returns
    -------
    MeshError or None
        ``None`` without a transition.
    """
    if found.order is None:
        return None
    rule_at, instability = rule_for(case), 0.0
    if found.instability.temperature > 0:
        excess = NormalState(other, rule_at).excess(found.instability.temperature)
        instability = factor * abs(excess / found.instability.slope)
    if found.order == 2:
        return MeshError(instability, instability)
    state = SuperconductingBranch(other, rule_at, case.solver).adopt(system, found.temperature)
    transition = None if state is None else factor * abs(state.free_energy / found.slope)
    return MeshError(instability, transition)


def critical_summary(
    case: UsadelCase,
    summary: Mapping[str, Any],
    found: CriticalTemperature,
    mesh: MeshError | None,
) -> dict[str, Any]:
    """Numbers and notes of ``summary.json``.

    Parameters
    ----------
    case, summary
        What was solved, and the numbers of the state at the temperature of the case.
    found
        The critical temperature.
    mesh
        ``None`` gives no estimates of errors.
    """
    error, linear_error = None, None
    if mesh is not None:
        linear_error = found.instability.sum_error + mesh.instability
        if mesh.transition is not None:
            error = found.sum_error + mesh.transition
    notes = [summary["note"]] if summary["note"] else []
    if found.order is None:
        notes.append(NO_TRANSITION)
    above = case.temperature > found.temperature + (error or 0.0)
    metastable = is_metastable(summary["state"], summary["ground_state"])
    if above and not metastable and _found_superconducting(case, summary["state"]):
        notes.append(METASTABLE.format(temperature=case.temperature))
    signs = summary["signs"]
    if found.signs and signs and not same_pattern(case.stack, signs, found.signs):
        notes.append(OTHER_STATE.format(here=spell_signs(signs), there=spell_signs(found.signs)))
    return {
        "critical_temperature": found.temperature,
        "critical_temperature_error": error,
        "transition": ORDERS[found.order],
        "critical_temperature_linear": found.instability.temperature,
        "critical_temperature_linear_error": linear_error,
        "note": " ".join(notes),
    }


def _found_superconducting(case: UsadelCase, state: str) -> bool:
    """Whether the case itself found a gap of the stack alone, which no reservoir feeds."""
    alone = case.gap == "self-consistent" and not case.stack.phases
    return alone and state == "superconducting"
