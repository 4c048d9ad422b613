# SPDX-License-Identifier: MIT
"""Chooses the Matsubara frequencies of a case."""

from __future__ import annotations

from fem_sf.settings import UsadelCase
from fem_sf.usadel.matsubara import FrequencySum, frequency_sum
from fem_sf.usadel.scales import smallest_energy


def rule_of(case: UsadelCase, tail: int | None = None) -> FrequencySum:
    """Frequencies and weights of a case.

    Parameters
    ----------
    case
        With its temperature, and numbers of frequencies if it asks for any.
    tail
        Nodes beside those summed one by one, instead of the case's.
    """
    return frequency_sum(
        case.temperature,
        exact=case.solver.frequencies,
        tail=case.solver.tail if tail is None else tail,
        lowest=smallest_energy(case.stack, case.mesh),
    )
