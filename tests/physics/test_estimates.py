# SPDX-License-Identifier: MIT
"""True errors against their estimates, where superconductors touch other materials."""

from __future__ import annotations

import pytest

from benchmarks.estimates import Problem, problem, ratio, ratios
from fem_sf import Ferromagnet, Interface, Layer, Stack, Superconductor
from fem_sf.interfaces import Transparent

WEAK_FERROMAGNET = Problem(
    Stack(
        [
            Layer("S", Superconductor(), 5.469),
            Layer("F", Ferromagnet(1.225, 2.837, 0.866), 0.8704),
        ],
        [Interface("S", "F", Transparent())],
    ),
    temperature=0.0,
    transparent=True,
)
CROWDED = 10.0
"""Largest estimate over the true error of the worst number of its stack."""


def check(each: Problem) -> None:
    """δM at the ends, ∫δM, the mean of Δ and F: true ≤ 2 × estimate, and not far below it."""
    found = ratios(each)
    assert found is not None
    by_number = {name: ratio(*value) for name, value in found.items()}
    worst = max(by_number, key=by_number.__getitem__)
    assert 1 / CROWDED <= by_number[worst] <= 2, worst


@pytest.mark.slow
def test_estimates_in_a_contact() -> None:
    check(WEAK_FERROMAGNET)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [18, 24, 37, 41])
def test_estimates_of_random_stacks(seed: int) -> None:
    """Contacts and barriers, at several temperatures."""
    check(problem(seed))
