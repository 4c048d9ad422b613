# SPDX-License-Identifier: MIT
"""Frequency sums against direct sums, integrals, and an independent tail rule."""

from __future__ import annotations

import itertools
import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.special import digamma, roots_jacobi, zeta

from fem_sf.errors import InputError
from fem_sf.usadel.closed_forms import (
    Bilayer,
    bcs_amplitudes,
    ferromagnet_impedance,
    loaded_ferromagnet_amplitude,
    superconductor_wave_number,
    surface_tilt,
    thin_ferromagnet,
)
from fem_sf.usadel.matsubara import COLD, frequency_sum

REFERENCE = Path(__file__).parents[1] / "reference" / "usadel"
TEMPERATURES = (0.0, 1e-5, 0.001, 0.01, 0.05, 0.1, 0.3, 0.5, 0.9, 0.99, 1.5)
DIRECT_TERMS = 20_000
EXCHANGES = (1.0, 10.0, 100.0)
GAMMAS = (0.01, 0.1, 1.0, 10.0)
THICKNESSES = (0.3, math.inf)
GAP = 1.7


def summands(temperature):
    """Summands of every kind the theory has, by name."""
    table = {"bulk": lambda w: 1 / np.hypot(w, GAP) - 1 / np.hypot(w, 1.1 * GAP)}
    for field in (0.5, 1.0, 1.5):
        table[f"field {field}"] = lambda w, h=field: (
            (1 / np.sqrt(1 + (GAP / (w - 1j * h)) ** 2)).imag
        )
    for exchange, (thickness, gamma) in itertools.product(
        (1.0, 20.0, 100.0), ((0.1, 0.1), (0.1, 1.0), (0.02, 1.0), (0.1, 10.0))
    ):
        thin = Bilayer(thickness, exchange, gamma, diffusivity=0.5)
        table[f"Eq. 18 {thin}"] = lambda w, b=thin: thin_ferromagnet(b, w, GAP)[0].imag
    for exchange, gamma, thickness in itertools.product(EXCHANGES, GAMMAS, THICKNESSES):
        bilayer = Bilayer(thickness, exchange, gamma, conductivity=0.5, diffusivity=0.5)
        table[f"gap {bilayer}"] = lambda w, b=bilayer: interface_pairs(b, w)
        # The linearised amplitude has a pole at ω ≈ −iγΔZ: next to ω = 0 it says nothing about
        # the theory, whose |sin θ| does not blow up.
        if temperature >= 0.005 or gamma >= 1:
            table[f"F {bilayer}"] = lambda w, b=bilayer: np.square(amplitude(b, w)).imag
            table[f"S {bilayer}"] = lambda w, b=bilayer: surface_moment(b, w)
    return table


def amplitude(bilayer, omega):
    return loaded_ferromagnet_amplitude(bilayer, omega, GAP)


def surface_moment(bilayer, omega):
    theta = amplitude(bilayer, omega)
    _, s = bcs_amplitudes(omega, GAP)
    return s * surface_tilt(bilayer, omega, GAP, theta, 1 - theta**2 / 2)


def interface_pairs(bilayer, omega):
    """Re θ_S − s at the plane, linear in θ: the slowest tail, ω^{-3/2}."""
    _, s = bcs_amplitudes(omega, GAP)
    load = bilayer.gamma * ferromagnet_impedance(bilayer, omega)
    load = load / (1 + load)
    own = bilayer.gamma_superconductor * superconductor_wave_number(omega, GAP)
    return -(s * load / (own + load)).real


def brute_force(function, temperature):
    """Direct sum with Euler-Maclaurin remainder; trapezoidal rule in ln ω at T = 0."""
    if temperature == 0:
        step = 0.05
        omega = np.exp(np.arange(-40, 75, step))
        return step * np.sum(omega * function(omega))
    spacing = 2 * np.pi * temperature
    edge = spacing * DIRECT_TERMS
    direct = spacing * np.sum(function(spacing * (np.arange(DIRECT_TERMS) + 0.5)))
    nodes, weights = np.polynomial.legendre.leggauss(16)
    panels = 64
    t = ((np.arange(panels)[:, None] + (1 + nodes) / 2) / panels).ravel()
    w = np.tile(weights / 2 / panels, panels)
    integral = np.sum(w * 2 * edge / t**3 * function(edge / t**2))
    slope = (function(np.array([edge + spacing / 2])) - function(np.array([edge - spacing / 2])))[0]
    return direct + integral + spacing / 24 * slope


@pytest.mark.parametrize("temperature", TEMPERATURES)
def test_default_rule_sums_everything_to_1e_8(temperature):
    rule = frequency_sum(temperature)
    assert len(rule.frequencies) <= (25 if temperature >= 0.1 else 36)
    for name, function in summands(temperature).items():
        values = function(rule.frequencies)
        expected = brute_force(function, temperature)
        assert abs(rule.total(values) - expected) < 1e-8 * abs(expected), name


@pytest.mark.parametrize("temperature", TEMPERATURES)
def test_error_estimate_bounds_the_error_and_is_small(temperature):
    rule = frequency_sum(temperature)
    relative = []
    for name, function in summands(temperature).items():
        values = function(rule.frequencies)
        scale = rule.total(np.abs(values))
        actual = abs(rule.total(values) - brute_force(function, temperature))
        assert actual < 10 * rule.error(values) + 1e-12 * scale, name
        relative.append(rule.error(values) / scale)
    assert np.median(relative) < 1e-6


def test_error_estimate_sees_a_rule_with_too_few_nodes():
    rule = frequency_sum(0.1, tail=8)
    bilayer = Bilayer(math.inf, 100.0, 0.1, conductivity=0.5, diffusivity=0.5)
    values = interface_pairs(bilayer, rule.frequencies)
    actual = abs(rule.total(values) - brute_force(lambda w: interface_pairs(bilayer, w), 0.1))
    assert actual > 1e-5 * abs(rule.total(values))
    assert actual < rule.error(values) < 1e4 * actual


@pytest.mark.parametrize("share", (0.0, 0.5, 0.999))
def test_error_estimate_knows_no_cancellation(share):
    """10 δ²/Σ w|f|: of what is summed, not of what is left of it where terms have both signs."""
    rule = frequency_sum(0.1, tail=8)
    slow, fast = (1 / (1 + rule.frequencies / scale) ** 2 for scale in (0.5, 40.0))
    values = slow * rule.total(fast) - share * fast * rule.total(slow)
    terms = [abs(weight * f) for weight, f in zip(rule.weights, values, strict=True)]
    differences = (rule.weights - rule.coarse_weights) * values
    expected = 10 * math.fsum(differences) ** 2 / math.fsum(terms)
    assert rule.error(values) == pytest.approx(expected, rel=1e-9)
    assert share < 0.9 or abs(rule.total(values)) < 0.01 * math.fsum(terms)


@pytest.mark.parametrize("temperature", (0.1, 0.5))
def test_lowest_frequencies_are_matsubara_frequencies(temperature):
    rule = frequency_sum(temperature)
    assert rule.frequencies[0] == pytest.approx(math.pi * temperature, rel=1e-15)
    rule = frequency_sum(temperature, exact=5, tail=10)
    expected = math.pi * temperature * (2 * np.arange(5) + 1)
    np.testing.assert_allclose(rule.frequencies[:5], expected, rtol=1e-15)
    np.testing.assert_allclose(rule.weights[:5], 2 * math.pi * temperature, rtol=1e-15)
    assert np.all(np.diff(rule.frequencies) > 0)
    assert np.all(rule.weights > 0)


def test_gauss_rule_finds_isolated_matsubara_frequencies_by_itself():
    rule = frequency_sum(0.5, exact=0, tail=24)
    np.testing.assert_allclose(rule.frequencies[:3], math.pi * np.array([0.5, 1.5, 2.5]), rtol=1e-3)
    np.testing.assert_allclose(rule.frequencies[0], math.pi / 2, rtol=1e-12)
    np.testing.assert_allclose(rule.weights[0], math.pi, rtol=1e-12)


def test_zero_temperature_rule_is_gauss_jacobi():
    nodes = 36
    x, weights = roots_jacobi(nodes, 1, 0)
    u = (1 + x) / 2
    rule = frequency_sum(0.0, tail=nodes)
    np.testing.assert_allclose(rule.frequencies, (5 * (1 / u - 1) ** 2)[::-1], rtol=1e-10)
    np.testing.assert_allclose(rule.weights, (2 * 5 * weights / 4 / u**3)[::-1], rtol=1e-10)


@pytest.mark.parametrize("table", json.loads((REFERENCE / "tail_rule.json").read_text())["tables"])
def test_tail_agrees_with_independent_tail_rule(table):
    temperature, exact, nodes = 100.0, table["N"], table["K"]
    spacing = 2 * math.pi * temperature
    rule = frequency_sum(temperature, exact=exact, tail=nodes)
    omega = spacing * exact / np.square(table["t"])
    for power in range(3, nodes + 3):
        expected = spacing * np.sum(table["v"] * omega ** (-power / 2))
        tail = rule.weights[exact:] @ rule.frequencies[exact:] ** (-power / 2)
        assert tail == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("exact", "nodes"), ((8, 8), (16, 8), (100, 12)))
def test_tail_is_exact_for_half_integer_powers(exact, nodes):
    temperature = 100.0
    spacing = 2 * math.pi * temperature
    rule = frequency_sum(temperature, exact=exact, tail=nodes)
    for power in range(3, 2 * nodes + 3):
        expected = spacing ** (1 - power / 2) * zeta(power / 2, exact + 0.5)
        tail = rule.weights[exact:] @ rule.frequencies[exact:] ** (-power / 2)
        assert tail == pytest.approx(expected, rel=1e-12)


def test_rule_goes_over_into_the_integral_as_temperature_vanishes():
    zero, cold = frequency_sum(0.0, tail=30), frequency_sum(1e-7, exact=0, tail=30)
    np.testing.assert_allclose(cold.frequencies[5:], zero.frequencies[5:], rtol=1e-4)
    np.testing.assert_allclose(cold.weights[5:], zero.weights[5:], rtol=1e-4)


EXPONENTS = st.floats(-300.0, 0.3)
"""lg T/Tc."""


@settings(derandomize=True, deadline=None, max_examples=60)
@given(EXPONENTS, st.floats(0.3, 3.0), st.floats(1.1, 10.0))
@example(-300.0, 1.0, 2.0)
@example(math.log10(COLD), 1.0, 2.0)
@example(-6.1, 1.0, 2.0)
def test_sums_at_any_temperature(exponent, one, ratio):
    """2πT Σ [1/(ω + a) − 1/(ω + b)] = ψ(½ + b/2πT) − ψ(½ + a/2πT), ln(b/a) at T → 0."""
    temperature, other = 10.0**exponent, one * ratio
    rule = frequency_sum(temperature)
    expected = math.log(ratio)
    if temperature > 1e-12:
        below = 2 * math.pi * temperature
        expected = digamma(0.5 + other / below) - digamma(0.5 + one / below)
    values = (other - one) / ((rule.frequencies + one) * (rule.frequencies + other))
    scale = rule.total(np.abs(values))
    assert abs(rule.total(values) - expected) <= rule.error(values) + 1e-11 * scale
    assert rule.error(values) <= 1e-8 * scale


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.floats(-300.0, -4.0), st.floats(0.5, 3.0))
@example(-5.9, 1.0)
@example(-6.1, 1.0)
def test_gapless_sums_approach_the_integral_as_powers_of_temperature(exponent, root):
    """Σ of (√ω + s)⁻³, regular in √ω: 1/s + Σ_j f_j (2πT)^{1+j/2} ζ(−j/2, ½), j = 1, 3, ….

    ζ(−½, ½) and ζ(−1, ½) from ζ(−½) = −0.20788622497735457 and ζ(−1) = −1/12.
    """
    temperature = 10.0**exponent
    rule = frequency_sum(temperature)
    values = (np.sqrt(rule.frequencies) + root) ** -3
    below = 2 * math.pi * temperature
    first = -3 / root**4 * (math.sqrt(0.5) - 1) * -0.20788622497735457 * below**1.5
    second = 6 / root**5 * (0.5 - 1) * (-1 / 12) * below**2
    rest = 20 / root**6 * below**2.5
    error = abs(rule.total(values) - (1 / root + first + second))
    assert error <= rule.error(values) + rest + 1e-12 / root


def test_totals_act_along_any_axis_and_on_complex_values():
    rule = frequency_sum(0.2)
    values = 1 / (rule.frequencies[:, None] - 1j * np.array([1.0, 2.0, 3.0])) ** 2
    columns = [rule.total(values[:, k]) for k in range(3)]
    np.testing.assert_allclose(rule.total(values), columns, rtol=1e-14)
    np.testing.assert_allclose(rule.total(values.T, axis=1), columns, rtol=1e-14)
    np.testing.assert_allclose(rule.error(values.T, axis=1), rule.error(values), rtol=1e-12)


def test_error_of_nothing_is_zero():
    rule = frequency_sum(0.2)
    assert rule.error(np.zeros_like(rule.frequencies)) == 0


@pytest.mark.parametrize(
    ("temperature", "arguments", "key"),
    (
        (-0.1, {}, "temperature"),
        (math.nan, {}, "temperature"),
        (1e-301, {}, "temperature"),
        (0.0, {"exact": 3}, "exact"),
        (0.5, {"exact": -1}, "exact"),
        (0.5, {"tail": 1}, "tail"),
        (0.5, {"tail": 1000}, "tail"),
    ),
)
def test_senseless_arguments_are_named(temperature, arguments, key):
    with pytest.raises(InputError, match=key) as caught:
        frequency_sum(temperature, **arguments)
    assert caught.value.problems[0].key == key
