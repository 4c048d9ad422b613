# SPDX-License-Identifier: MIT
"""The homogeneous superconductor against independent numbers and textbook formulas."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.special import expit

from fem_sf.usadel.bulk import (
    CLOGSTON_CHANDRASEKHAR_FIELD,
    ZERO_TEMPERATURE_GAP,
    bulk_gap,
    critical_field,
    free_energy,
    gap_in_field,
    gaps_in_field,
    magnetization,
    second_order_field,
    second_order_temperature,
    tricritical_point,
)

BULK = json.loads((Path(__file__).parents[1] / "reference" / "usadel" / "bulk.json").read_text())


@pytest.mark.parametrize(("temperature", "gap"), BULK["Delta_T"].items())
def test_gap_agrees_with_reference(temperature, gap):
    assert bulk_gap(float(temperature)) == pytest.approx(gap, abs=1e-12)


@settings(derandomize=True, deadline=None, max_examples=40)
@given(st.floats(-300.0, -1e-4))
@example(-300.0)
@example(-6.0)
@example(math.log10(3e-6))
@example(math.log10(0.999))
def test_gap_solves_the_real_energy_equation(exponent):
    """ln(Δ0/Δ) = 2∫ du/(exp(Δ cosh u/T) + 1), at any temperature."""
    temperature = 10.0**exponent

    def residual(gap):
        end = math.acosh(max(1.0, 40 * temperature / gap) + 1e-9)
        integral = quad(
            lambda u: expit(-gap / temperature * math.cosh(u)),
            0,
            end,
            epsabs=1e-14,
            epsrel=1e-13,
            limit=200,
        )[0]
        return math.log(ZERO_TEMPERATURE_GAP / gap) - 2 * integral

    expected = brentq(residual, 1e-3, ZERO_TEMPERATURE_GAP * 1.001, xtol=1e-14)
    assert bulk_gap(temperature) == pytest.approx(expected, abs=5e-12)


@settings(derandomize=True, deadline=None, max_examples=40)
@given(st.floats(-300.0, math.log10(0.04)))
@example(-5.0)
def test_cold_superconductors_have_no_thermal_energy(exponent):
    """F = −Δ0²/2 + π²T²/3, the second term that of the normal state, to exp(−Δ0/T)."""
    temperature = 10.0**exponent
    expected = -(ZERO_TEMPERATURE_GAP**2) / 2 + (math.pi * temperature) ** 2 / 3
    found = free_energy(ZERO_TEMPERATURE_GAP, temperature)
    assert found == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("temperature", (1e-300, 1e-50, 1e-12, 1e-7, 1e-6, 3e-6, 1e-5, 1e-4))
def test_fields_are_continuous_to_zero_temperature(temperature):
    """What is gapless follows a law in T²: the Sarma state and the second-order line."""
    beside = 100 * temperature**2 + 1e-12
    for field in (0.95, 1.2, 1.5):
        np.testing.assert_allclose(
            gaps_in_field(temperature, field), gaps_in_field(0.0, field), atol=beside
        )
    assert second_order_field(temperature) == pytest.approx(second_order_field(0.0), abs=beside)
    assert critical_field(temperature) == pytest.approx(critical_field(0.0), abs=beside)
    for field in (0.5, 1.2):
        cold = magnetization(ZERO_TEMPERATURE_GAP, temperature, field)
        assert cold == pytest.approx(-1, abs=1e-11)


def test_gap_at_the_ends():
    assert pytest.approx(BULK["Delta0"], rel=1e-15) == ZERO_TEMPERATURE_GAP
    assert bulk_gap(0.0) == pytest.approx(ZERO_TEMPERATURE_GAP, rel=1e-13)
    assert bulk_gap(1.0) == bulk_gap(1.7) == 0.0
    slope = bulk_gap(1 - 1e-6) ** 2 / 1e-6
    assert slope == pytest.approx(8 * math.pi**2 / (7 * 1.2020569031595942), rel=1e-5)


@pytest.mark.parametrize("row", BULK["homogeneous_h"])
def test_gap_and_magnetization_in_a_field(row):
    gap = gap_in_field(row["T"], row["h"])
    assert gap == pytest.approx(row["Delta"], abs=1e-12)
    assert magnetization(gap, row["T"], row["h"]) == pytest.approx(row["dM_over_MN"], abs=1e-12)


def test_zero_temperature_in_a_field_is_analytic():
    field = 1.0
    sarma = math.sqrt(ZERO_TEMPERATURE_GAP * (2 * field - ZERO_TEMPERATURE_GAP))
    np.testing.assert_allclose(gaps_in_field(0.0, field), (sarma, ZERO_TEMPERATURE_GAP), rtol=1e-11)
    assert gap_in_field(0.0, field) == pytest.approx(ZERO_TEMPERATURE_GAP, rel=1e-11)
    assert gap_in_field(0.0, 1.3) == 0.0
    energy = free_energy(ZERO_TEMPERATURE_GAP, 0.0, field)
    assert energy == pytest.approx(-(ZERO_TEMPERATURE_GAP**2) / 2 + field**2, abs=1e-11)
    assert magnetization(ZERO_TEMPERATURE_GAP, 0.0, field) == pytest.approx(-1, abs=1e-12)


@pytest.mark.parametrize(("temperature", "field"), ((0.1, 0.5), (0.5, 0.8), (0.7, 0.3)))
def test_free_energy_is_stationary_and_gives_the_moment(temperature, field):
    """dF/dΔ = 0 at the solution, and −dF/dh = 2h·(δM/2νh), exactly as for the layers."""
    gap, step = gap_in_field(temperature, field), 1e-4
    around = [free_energy(gap + sign * step, temperature, field) for sign in (1, -1)]
    assert abs(around[0] - around[1]) / (2 * step) < 1e-7
    fields = [free_energy(gap, temperature, field + sign * step) for sign in (1, -1)]
    slope = -(fields[0] - fields[1]) / (2 * step)
    moment = 2 * field * magnetization(gap, temperature, field)
    assert slope == pytest.approx(moment, abs=1e-7)


def test_first_order_transition_at_zero_temperature():
    assert pytest.approx(BULK["h_CC"], rel=1e-15) == CLOGSTON_CHANDRASEKHAR_FIELD
    assert critical_field(0.0) == pytest.approx(BULK["h_CC"], rel=1e-11)


@pytest.mark.parametrize(("field", "temperature"), BULK["Tc_h"].items())
def test_second_order_line(field, temperature):
    assert second_order_temperature(float(field)) == pytest.approx(temperature, abs=1e-12)
    assert second_order_field(temperature) == pytest.approx(float(field), abs=1e-12)
    assert 0 < gap_in_field(temperature * (1 - 1e-6), float(field)) < 0.01


def test_second_order_line_at_the_ends():
    assert second_order_temperature(0.0) == 1.0
    assert second_order_temperature(1.2) == 0.0
    assert second_order_field(0.0) == pytest.approx(ZERO_TEMPERATURE_GAP / 2)
    assert second_order_field(0.001) == pytest.approx(ZERO_TEMPERATURE_GAP / 2, rel=1e-4)
    assert second_order_field(1.0) == 0.0


def test_tricritical_point():
    temperature, field = tricritical_point()
    assert temperature == pytest.approx(0.56149317, abs=5e-9)
    assert field == pytest.approx(1.07282741, abs=5e-9)
    assert critical_field(temperature + 0.01) == second_order_field(temperature + 0.01)
    assert critical_field(temperature - 0.02) > second_order_field(temperature - 0.02)
