# SPDX-License-Identifier: MIT
"""Solves a Usadel case a second time; the difference from the first estimates the error."""

from __future__ import annotations

import math
from dataclasses import dataclass

from fem_sf.settings import UsadelCase
from fem_sf.study.frequencies import rule_of
from fem_sf.study.nodes import other_degree
from fem_sf.usadel.matsubara import MAX_TAIL_NODES, FrequencySum, usual_exact

MORE_NODES = 1.5
"""How many times as many nodes the frequency sum of the second solve has."""

CAUTION = 2.0
"""Differences from a better answer count twice, because it is off too, by up to half as much."""


TIGHTER = 0.1
"""How far its residuals are below those of the first, whose remainder counts as an error too."""


@dataclass(frozen=True)
class Comparison:
    """What an answer is compared with.

    Parameters
    ----------
    degree
        Polynomial degree of its elements.
    rule
        Its frequencies and weights.
    factor
        Of the differences, in estimates of errors.
    tolerance
        Relative residual at which its solvers stop.
    """

    degree: int
    rule: FrequencySum
    factor: float
    tolerance: float


def comparison(case: UsadelCase, rule: FrequencySum, degree: int, dimension: int) -> Comparison:
    """What to compare a case with; with more frequencies, or fewer where it has the most.

    On a line, and where an accuracy is asked for, with elements of one degree more, which bounds
    the error from both sides. In the plane these take three times the memory: otherwise elements of
    one degree less do there, which only bound it from above.

    Parameters
    ----------
    case, rule, degree, dimension
        What is solved, its frequencies, the degree of its elements and the dimension of its mesh.
    """
    exact = case.solver.frequencies
    tail = len(rule) - (exact if exact is not None else usual_exact(case.temperature))
    other = math.ceil(MORE_NODES * tail)
    if other > MAX_TAIL_NODES:
        # where there are no more, fewer tell from above
        other = int(tail / MORE_NODES)
    finer = rule_of(case, other)
    if dimension == 1 or case.accuracy is not None:
        tolerance = TIGHTER * case.solver.tolerance
        return Comparison(degree + 1, finer, CAUTION, tolerance)
    return Comparison(other_degree(degree), finer, 1.0, case.solver.tolerance)
