# SPDX-License-Identifier: MIT
"""What follows from a check: nothing, a caution with errors that know of it, or no result."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fem_sf.errors import NotConverged
from fem_sf.study.checks import Check, concluded, least_errors, relative, with_verdict
from fem_sf.study.results import SpinResult


def check(value: float, amount: float = 0.0, bounds: tuple[str, ...] = ("J",)) -> Check:
    return Check("charge", "the conservation of charge", value, 1e-6, 1e-3, amount, bounds)


@pytest.mark.parametrize("value", (0.0, 1e-9, 1e-6))
def test_nothing_follows_from_a_check_that_holds(value: float):
    summary = with_verdict({"converged": True, "cautions": ["other"]}, [check(value, 3.0)])
    assert summary == {"converged": True, "cautions": ["other"]}
    assert not least_errors([check(value, 3.0)])


@pytest.mark.parametrize("value", (2e-6, 1e-3))
def test_a_check_that_fails_is_a_caution(value: float):
    checks = [check(value, 0.25, ("J", "jump")), check(value, 0.5), check(0.0, 9.0)]
    assert least_errors(checks[::-1]) == least_errors(checks)
    summary = with_verdict({"converged": True, "cautions": ["other"]}, checks)
    assert summary["converged"] and "note" not in summary
    assert len(summary["cautions"]) == 3 and summary["cautions"][0] == "other"
    assert f"the conservation of charge holds only to {value:.1e}" in summary["cautions"][1]
    assert "checks.charge" in summary["cautions"][1]
    assert least_errors(checks) == {"J": 0.5, "jump": 0.25}
    assert concluded(SpinResult(None, summary=summary)).summary is summary


@pytest.mark.parametrize("value", (2e-3, 1.0, math.inf, math.nan))
def test_beyond_its_limit_nothing_has_converged(value: float):
    summary = with_verdict({"converged": True, "cautions": [], "note": "first"}, [check(value)])
    assert not summary["converged"] and len(summary["cautions"]) == 1
    assert summary["note"].startswith("first the equations are not solved: the cons")
    result = SpinResult(None, summary=summary)
    with pytest.raises(NotConverged, match="the conservation of charge") as caught:
        concluded(result)
    assert caught.value.exit_status == 3 and caught.value.partial is result


def test_a_balance_of_nothing_holds_but_something_out_of_nothing_does_not():
    assert relative(0.0, [0.0, [0.0, 0.0, 0.0]]) == 0.0
    assert relative(1e-300, [0.0]) == math.inf
    assert relative([3.0, 0.0, 4.0], [[0.0, 10.0, 0.0], -2.0]) == 0.5


NUMBERS = st.floats(-1e3, 1e3, allow_subnormal=False)


@given(
    st.lists(NUMBERS, min_size=1, max_size=4),
    NUMBERS,
    st.integers(-200, 200),
)
@settings(derandomize=True, deadline=None, max_examples=100)
def test_no_unit_matters(terms: list[float], difference: float, power: int):
    scaled = relative(difference * 2.0**power, [each * 2.0**power for each in terms])
    assert scaled == pytest.approx(relative(difference, terms), rel=1e-12, abs=1e-30)
