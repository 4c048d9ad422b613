# SPDX-License-Identifier: MIT
"""A superconductor alone, through the whole product: bulk values at every point."""

from __future__ import annotations

import numpy as np
import pytest

from fem_sf import (
    Ferromagnet,
    Insulating,
    Interface,
    Layer,
    Normal,
    Stack,
    Superconductor,
)
from fem_sf.usadel.bulk import free_energy
from reference_cases import magnetization, reference, solved

BULK = reference("bulk")
THICKNESS = 3.0
GAPS = [(0.0, BULK["Delta0"])] + [(float(t), gap) for t, gap in BULK["Delta_T"].items()]


def bare(diffusivity: float = 1.0, density_of_states: float = 1.0) -> Stack:
    return Stack([Layer("S", Superconductor(diffusivity, density_of_states), THICKNESS)])


@pytest.mark.parametrize(("temperature", "gap"), GAPS)
def test_gap_and_free_energy(temperature, gap):
    result = solved(bare(), temperature, error_estimate=True)
    np.testing.assert_allclose(result.layers["S"].values["delta"], gap, rtol=1e-8)
    expected = THICKNESS * free_energy(gap, temperature)
    assert result.summary["free_energy"] == pytest.approx(expected, rel=1e-8, abs=1e-10)
    assert np.abs(result.layers["S"].values["dM_z"]).max() == 0
    assert result.summary["state"] == "superconducting"


def test_zero_temperature_free_energy():
    """−ν Δ0²/2, whatever the diffusivity."""
    energy = solved(bare(0.3, 1.7), 0.0).summary["free_energy"]
    assert energy == pytest.approx(-1.7 * THICKNESS * BULK["Delta0"] ** 2 / 2, rel=1e-8)


@pytest.mark.parametrize("temperature", (1.0, 1.0001, 1.5))
def test_normal_from_the_critical_temperature_on(temperature):
    summary = solved(bare(), temperature).summary
    assert summary["state"] == "normal"
    assert summary["layers"]["S"]["gap"]["mean"] == 0
    assert summary["free_energy"] == 0


def test_superconducting_just_below_the_critical_temperature():
    """Δ² → (8π²/7ζ(3)) (1 − T)."""
    temperature = 1 - 1e-4
    gap = solved(bare(), temperature).summary["layers"]["S"]["gap"]["mean"]
    slope = 8 * np.pi**2 / (7 * 1.2020569031595942)
    assert gap == pytest.approx(np.sqrt(slope * (1 - temperature)), rel=2e-4)


def test_insulated_neighbours_change_nothing():
    stack = Stack(
        [
            Layer("F", Ferromagnet(0.5, 1.3, 7.0), 1.0),
            Layer("S", Superconductor(), THICKNESS),
            Layer("N", Normal(2.0, 0.4), 0.5),
        ],
        [Interface("F", "S", Insulating()), Interface("S", "N", Insulating())],
    )
    result = solved(stack, 0.5)
    np.testing.assert_allclose(
        result.layers["S"].values["delta"], BULK["Delta_T"]["0.5"], rtol=1e-8
    )
    assert magnetization(result, "F", "integral") == 0
    assert result.summary["free_energy"] == pytest.approx(
        THICKNESS * free_energy(BULK["Delta_T"]["0.5"], 0.5), rel=1e-8
    )


def test_normal_stack_without_superconductor():
    stack = Stack([Layer("F", Ferromagnet(0.5, 1.3, 7.0), 1.0)])
    summary = solved(stack, 0.1).summary
    assert summary["state"] == "normal"
    assert summary["free_energy"] == 0
