# SPDX-License-Identifier: MIT
"""The factor of a barrier at finite bias against quadrature and against its closed forms."""

from __future__ import annotations

import math
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from fem_sf.spin import barriers
from fem_sf.spin.interfaces import BARRIER_MODELS

HEIGHT, DECAY = 2.0, 8.0
VALUES = {"height": HEIGHT, "decay": DECAY, "asymmetry": 0.3}
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
    found = float(barriers.mean_root(first, last))
    assert found == pytest.approx(mean_root(first, last), rel=1e-12, abs=1e-15)


def transmission(model: str, difference: float, voltage: float) -> float:
    return float(barriers.transmission(model, VALUES.__getitem__, difference, voltage))


def at_one_energy(model: str, difference: float, voltage: float) -> float:
    """Eq. 2 as it is written in the description of a barrier's shape."""
    if model == "fermi-level":
        near, slope = 1.0, abs(difference) / HEIGHT
    else:
        near, slope = 1 - difference / HEIGHT, voltage / HEIGHT
    return math.exp(-DECAY * (mean_root(near, near - slope) - 1))


@pytest.mark.parametrize("model", ["fermi-level", "paper"])
@pytest.mark.parametrize("sign", [1, -1])
def test_transmission_at_one_energy(model: str, sign: int):
    for size, voltage in product(DIFFERENCES, (-5.0, -1.5, -1e-9, 0.0, 1e-9, 0.3, 2.5, 30.0)):
        found = transmission(model, sign * size, voltage)
        expected = at_one_energy(model, sign * size, voltage)
        assert found == pytest.approx(expected, rel=1e-12), (size, voltage)


@pytest.mark.parametrize(
    ("model", "decay", "u", "expected"),
    [
        ("wkb", 10, 0.02, 1.00050),
        ("wkb", 10, 0.1, 1.01258),
        ("wkb", 10, 0.4, 1.22187),
        ("wkb", 20, 0.4, 1.98706),
        ("simmons", 10, 0.02, 1.00035),
        ("simmons", 10, 0.1, 1.00876),
        ("simmons", 10, 0.4, 1.14827),
        ("simmons", 20, 0.4, 1.78620),
    ],
)
def test_published_forms(model: str, decay: float, u: float, expected: float):
    for sign in (1, -1):
        found = getattr(barriers, model)(sign * u, decay)
        assert float(found) == pytest.approx(expected, abs=6e-6)


def wkb_by_quadrature(u: float, decay: float) -> float:
    """The definition, with every singular point of the integrand told."""
    zero = 1 - u / 2
    points = [zero] if -u / 2 < zero < u / 2 else None
    value, _ = quad(
        lambda e: math.exp(-decay * (mean_root(1 + u / 2 - e, 1 - u / 2 - e) - 1)),
        -u / 2,
        u / 2,
        points=points,
        epsabs=0,
        epsrel=1e-11,
        limit=200,
    )
    return value / u


@pytest.mark.parametrize("decay", [1.0, 5.0, 10.0, 20.0])
@pytest.mark.parametrize("u", [1e-3, 0.3, 0.9, 0.999, 1.0, 1.001, 1.3, 2.0, 2.5, 4.0])
def test_wkb_is_its_integral(decay: float, u: float):
    """Below, at and far beyond the bias at which electrons leave above the lower end."""
    tolerance = 3e-8 if u < 2 else 2e-7
    expected = wkb_by_quadrature(u, decay)
    assert float(barriers.wkb(u, decay)) == pytest.approx(expected, rel=tolerance)


@pytest.mark.parametrize("u", [1e-3, 0.3, 0.9])
@pytest.mark.parametrize("decay", [2.5, 8.0, 20.0])
def test_simmons_is_his_formula(u: float, decay: float):
    def side(x: float) -> float:
        return (1 + x) * math.exp(-decay * (math.sqrt(1 + x) - 1))

    expected = (side(-u / 2) - side(u / 2)) / (u * (decay / 2 - 1))
    assert float(barriers.simmons(u, decay)) == pytest.approx(expected, rel=1e-10)


def test_brinkman_by_its_conductance():
    """G/G0 = 1 − (A0 δφ/16 φ^{3/2}) V + (9/128)(A0²/φ) V² of their paper, integrated over V."""
    height, decay, asymmetry, voltage = 2.0, 9.0, 0.5, 0.3
    a0 = 2 / 3 * decay / math.sqrt(height)
    linear, square = a0 * asymmetry / (16 * height**1.5), 9 / 128 * a0**2 / height
    current = voltage - linear * voltage**2 / 2 + square * voltage**3 / 3
    values = {"height": height, "decay": decay, "asymmetry": asymmetry}
    found = float(barriers.transmission("brinkman", values.__getitem__, voltage, 0.0))
    assert found * voltage == pytest.approx(current, rel=1e-12)


def test_no_bias_leaves_the_linear_barrier():
    for model in BARRIER_MODELS:
        assert transmission(model, 0.0, 0.0) == pytest.approx(1, abs=1e-13)


@given(st.floats(1e-12, 0.9), st.floats(2.5, 30.0))
@settings(derandomize=True, deadline=None, max_examples=50)
def test_even_and_quadratic_at_small_bias(u: float, decay: float):
    """Curvatures are (λ² + 2λ)/96 of WKB, and (λ/2 − 3 + …) of Simmons by its second derivative."""
    for model in (barriers.wkb, barriers.simmons):
        factor = float(model(u, decay))
        assert factor == pytest.approx(float(model(-u, decay)), rel=1e-13)
        assert factor >= 1 - 1e-12 or decay < 8
    small = 1e-3 * u
    curvature = (decay**2 + 2 * decay) / 96
    assert float(barriers.wkb(small, decay)) == pytest.approx(
        1 + curvature * small**2, abs=1e-13 + small**4 * decay**4 / 100
    )


def test_only_the_fermi_level_has_a_cusp():
    """Its slope is λ/4 in |u|; the others have none."""
    step = 1e-6
    for model, slope in (("fermi-level", DECAY / 4), ("wkb", 0.0), ("simmons", 0.0)):
        found = (transmission(model, step * HEIGHT, 0.0) - 1) / step
        assert found == pytest.approx(slope, abs=1e-4)


def test_paper_lowers_the_barrier_of_one_sign_only():
    assert transmission("paper", 1.0, 1.0) > 10 * transmission("paper", -1.0, -1.0)


@pytest.mark.parametrize("a", [0.5, 1.0, 1.7])
def test_series_of_small_slopes(a: float):
    """∫₀¹ √(A − Bt) dt = √A (1 − B/4A − B²/24A² − B³/64A³ − …)."""
    for b in (1e-2, 1e-3):
        series = math.sqrt(a) * (1 - b / (4 * a) - b**2 / (24 * a**2))
        found = float(barriers.mean_root(a, a - b))
        assert found - series == pytest.approx(-math.sqrt(a) * (b / a) ** 3 / 64, rel=0.02)
