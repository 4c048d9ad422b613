# SPDX-License-Identifier: MIT
"""The factor of a barrier at finite bias against quadrature and against its closed forms."""

from __future__ import annotations

import math
from itertools import product

import pytest
from scipy.integrate import quad

from fem_sf.spin import laws
from fem_sf.spin.interfaces import BARRIER_MODELS

HEIGHT, DECAY = 2.0, 8.0
VALUES = {"height": HEIGHT, "decay": DECAY}
DIFFERENCES = (0.0, 1e-9, 0.01, 0.7, 1.9, 2.0, 2.1, 3.7, 40.0)
"""Δ_ss', up to and beyond that at which the barrier's end reaches the Fermi level."""


def mean_root(first: float, last: float) -> float:
    """∫₀¹ √max(φ, 0) dt, φ from `first` to `last`; between the ends only where φ > 0."""
    start, end = 0.0, 1.0
    if first * last < 0:
        zero = first / (first - last)
        start, end = (start, zero) if first > 0 else (zero, end)
    if max(first, last) <= 0:
        return 0.0
    # t² from the zero of φ makes the root smooth
    flip = first < last
    low, high = (first, last) if flip else (last, first)
    low = max(low, 0.0)
    value, _ = quad(
        lambda s: 2 * s * math.sqrt(low + (high - low) * s * s), 0, 1, epsabs=0, epsrel=1e-12
    )
    return (end - start) * value


ENDS = (-40.0, -1.0, -1e-3, -1e-9, -1e-14, 0.0, 1e-14, 1e-9, 1e-3, 0.3, 1.0, 1 + 1e-9, 2.5)


@pytest.mark.parametrize("first", ENDS)
@pytest.mark.parametrize("last", ENDS)
def test_mean_root(first: float, last: float):
    found = float(laws._mean_root(first, last))
    assert found == pytest.approx(mean_root(first, last), rel=1e-12, abs=1e-15)


def transmission(model: str, difference: float, voltage: float) -> float:
    return float(laws.transmission(model, VALUES.__getitem__, difference, voltage))


def expected_transmission(model: str, difference: float, voltage: float) -> float:
    """Eq. 2 as it is written in the description of a barrier's shape."""
    if model == "simmons":
        near, slope = 1.0, abs(difference) / HEIGHT
    else:
        near, slope = 1 - difference / HEIGHT, voltage / HEIGHT
    return math.exp(-DECAY * (mean_root(near, near - slope) - 1))


@pytest.mark.parametrize("model", BARRIER_MODELS)
@pytest.mark.parametrize("sign", [1, -1])
def test_transmission(model: str, sign: int):
    for size, voltage in product(DIFFERENCES, (-5.0, -1.5, -1e-9, 0.0, 1e-9, 0.3, 2.5, 30.0)):
        found = transmission(model, sign * size, voltage)
        expected = expected_transmission(model, sign * size, voltage)
        assert found == pytest.approx(expected, rel=1e-12), (size, voltage)


def test_no_bias_leaves_the_linear_barrier():
    for model in BARRIER_MODELS:
        assert transmission(model, 0.0, 0.0) == pytest.approx(1, abs=1e-14)


def test_simmons_does_not_know_the_sign():
    for size in DIFFERENCES:
        assert transmission("simmons", size, 0.3) == transmission("simmons", -size, -0.3)


def test_paper_lowers_the_barrier_of_one_sign_only():
    assert transmission("paper", 1.0, 1.0) > 10 * transmission("paper", -1.0, -1.0)


@pytest.mark.parametrize("a", [0.5, 1.0, 1.7])
def test_series_of_small_slopes(a: float):
    """∫₀¹ √(A − Bt) dt = √A (1 − B/4A − B²/24A² − B³/64A³ − …)."""
    for b in (1e-2, 1e-3):
        series = math.sqrt(a) * (1 - b / (4 * a) - b**2 / (24 * a**2))
        found = float(laws._mean_root(a, a - b))
        assert found - series == pytest.approx(-math.sqrt(a) * (b / a) ** 3 / 64, rel=0.02)
