# SPDX-License-Identifier: MIT
"""Checks identities that every solution obeys, and sets the status where one fails.

A balance that fails is no detail: the numbers that it bounds are wrong by as much. It becomes a
caution and enters their errors, and past a limit the run has not converged.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from fem_sf.errors import NotConverged
from fem_sf.study.results import SpinResult, UsadelResult

Result = TypeVar("Result", UsadelResult, SpinResult)


@dataclass(frozen=True)
class Check:
    """A balance or an identity, and how well a solution obeys it.

    Parameters
    ----------
    name
        Its key in ``checks`` of the summary.
    statement
        What it says, the subject of "… holds to".
    value
        What is missing over the natural size of its terms, which no symmetry makes zero.
    tolerance
        Beyond it the result has a caution.
    limit
        Beyond it the run has not converged.
    amount
        What is missing, in the unit of the numbers that it bounds.
    bounds
        Keys of these numbers, whose errors are at least as large where the check fails.
    """

    name: str
    statement: str
    value: float
    tolerance: float
    limit: float
    amount: float = 0.0
    bounds: tuple[str, ...] = ()

    @property
    def fails(self) -> bool:
        """Whether it is beyond its tolerance; what is no number is."""
        return not self.value <= self.tolerance

    @property
    def is_broken(self) -> bool:
        """Whether it is beyond its limit."""
        return not self.value <= self.limit

    @property
    def finding(self) -> str:
        """How well it holds, in words."""
        return (
            f"{self.statement} holds only to {self.value:.1e} of its terms (checks.{self.name}; "
            f"expected below {self.tolerance:g})"
        )


def relative(difference: ArrayLike, terms: Iterable[ArrayLike]) -> float:
    """Size of what a balance is off by, over that of its largest term; 0 where all are 0."""
    missing = size_of(difference)
    largest = max(map(size_of, terms), default=0.0)
    return missing / largest if largest else (math.inf if missing else 0.0)


def size_of(value: ArrayLike) -> float:
    """Length of a vector, or of a number."""
    return math.hypot(*np.ravel(value).tolist())


def least_errors(checks: Iterable[Check]) -> dict[str, float]:
    """By number, the error that it has at least, because a check fails that bounds it."""
    least: dict[str, float] = {}
    for check in checks:
        if check.fails:
            for key in check.bounds:
                least[key] = max(check.amount, least.get(key, 0.0))
    return least


def with_verdict(summary: Mapping[str, Any], checks: Iterable[Check]) -> dict[str, Any]:
    """A summary with a caution for every check that fails, not converged where one is broken."""
    checks = tuple(checks)
    cautions = [
        f"{each.finding}; take the numbers of this run for no more exact than that"
        for each in checks
        if each.fails
    ]
    judged = {**summary, "cautions": [*summary.get("cautions", ()), *cautions]}
    broken = "; ".join(each.finding for each in checks if each.is_broken)
    if broken:
        said = (
            f"the equations are not solved: {broken}. Try a finer mesh ([mesh] refinement), a "
            "smaller [solver] tolerance, or less extreme parameters"
        )
        note = f"{summary.get('note', '')} {said}".strip()
        judged |= {"converged": False, "note": note}
    return judged


def concluded(result: Result) -> Result:
    """The result, if it has converged; collective, because all ranks have the same summary.

    Raises
    ------
    NotConverged
        With what its note says and the result as ``partial``, if it has not.
    """
    if result.summary["converged"]:
        return result
    failure = NotConverged(result.summary["note"])
    failure.partial = result
    raise failure
