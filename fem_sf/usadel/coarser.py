# SPDX-License-Identifier: MIT
"""Solves rougher problems of a stack first, to start a self-consistent gap from.

From the gap of the bulk Newton's method takes the more steps the more of it is lost, above all next
to a transition, where each only halves what is too much. Few frequencies and elements of lower
degree take these steps at a fraction of the cost; Δ from a Gauss rule of seven nodes is off by
some 10⁻⁴, at low temperatures by 10⁻³ at most, and θ between them by at most a few hundredths.
"""

from __future__ import annotations

from dataclasses import dataclass

from fem_sf.usadel.matsubara import FrequencySum, frequency_sum

LARGE = 3000
"""Unknowns of one frequency above which elements of lower degree come first: as measured."""

FEWER = 7
"""Nodes of a rough sum beside its lowest frequency."""

ROUGHLY = 0.05
"""Newton's step, over Δ, after which a rough solution is near enough: what is left is the square.

A residual tells little next to a transition.
"""


@dataclass(frozen=True)
class Discretisation:
    """What a gap is solved with.

    Parameters
    ----------
    degree
        Of the elements.
    rule
        Frequencies and weights.
    """

    degree: int
    rule: FrequencySum


def coarser(
    own: Discretisation, dimension: int, unknowns: int, groups: int
) -> Discretisation | None:
    """From which solution a self-consistent gap below Tc starts sooner than from the bulk's.

    Parameters
    ----------
    own
        What it is to be solved with.
    dimension, unknowns
        Of the mesh, and of one frequency.
    groups
        Of ranks, which share the frequencies.

    Returns
    -------
    Discretisation
        ``None`` where the gap of the bulk is as good.
    """
    few = frequency_sum(own.rule.temperature, tail=FEWER)
    fewer = 2 * len(few) <= len(own.rule) and groups <= len(few)
    lower = dimension > 1 and own.degree > 1 and unknowns > LARGE
    if not (fewer or lower):
        return None
    return Discretisation(own.degree // 2 if lower else own.degree, few if fewer else own.rule)
