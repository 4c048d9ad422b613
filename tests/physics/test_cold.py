# SPDX-License-Identifier: MIT
"""Temperatures between zero and where they are usual: nothing changes but as it has to."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from fem_sf import UsadelCase, run_case
from fem_sf.settings import SpectrumSettings
from fem_sf.usadel.bulk import bulk_gap
from fem_sf.usadel.josephson import short_bridge_current, tunnel_current
from reference_cases import bilayer, ferromagnet

THICKNESSES = {"S": 10.0, "F": 1.0}
FIG1 = UsadelCase(
    stack=bilayer(THICKNESSES["S"], ferromagnet(0.5, 0.5, 15.0), THICKNESSES["F"], 0.1),
    temperature=0.0,
)
COLD = (1e-300, 1e-100, 1e-12, 9e-7, 1.1e-6, 3e-6, 1e-5, 1e-4, 1e-3)


@pytest.fixture(scope="module")
def frozen() -> dict:
    """Fig. 1 at T = 0, with the density of states at E = 0."""
    spectrum = SpectrumSettings(energies=(0.0,), broadening=1e-4)
    return run_case(replace(FIG1, spectra=(spectrum,))).summary


def numbers(summary: dict) -> dict[str, tuple[float, float]]:
    """F and ∫δM of both layers with their errors."""
    found = {"energy": (summary["free_energy"], summary["free_energy_error"])}
    for name, layer in summary["layers"].items():
        moment = layer["magnetization"]
        found[name] = moment["integral"][2], moment["error"]["integral"]
    return found


@pytest.mark.parametrize("temperature", COLD)
def test_fig1_is_continuous_to_zero_temperature(frozen: dict, temperature: float) -> None:
    """F − F(0) = π²T²/3 ∫ν(1 − N(0)) dx of what is gapless; moments follow T² too."""
    summary = run_case(replace(FIG1, temperature=temperature)).summary
    here, there = numbers(summary), numbers(frozen)
    lost = sum(
        THICKNESSES[name] * (1 - sum(layer["mean"][spin][0] for spin in ("up", "down")) / 2)
        for name, layer in frozen["spectra"][0]["layers"].items()
    )
    thermal = math.pi**2 * temperature**2 / 3 * lost
    (energy, error), (at_zero, error_at_zero) = here["energy"], there["energy"]
    allowed = 2 * (error + error_at_zero) + 1e-3 * thermal + 1e-14 * abs(at_zero)
    assert energy - at_zero == pytest.approx(thermal, abs=allowed)
    for name in THICKNESSES:
        (moment, error), (at_zero, error_at_zero) = here[name], there[name]
        allowed = 2 * (error + error_at_zero) + abs(at_zero) * 10 * temperature**2 + 1e-14
        assert abs(moment - at_zero) <= allowed


def test_what_is_measured_besides_is_continuous_too(frozen: dict) -> None:
    spectrum = SpectrumSettings(energies=(0.0,), broadening=1e-4)
    case = replace(FIG1, temperature=1e-300, spectra=(spectrum,), critical_temperature=True)
    summary = run_case(case).summary
    assert summary["spectra"][0]["layers"]["S"]["left"]["up"][0] == pytest.approx(
        frozen["spectra"][0]["layers"]["S"]["left"]["up"][0], rel=1e-9
    )
    warm = run_case(replace(FIG1, temperature=0.5, critical_temperature=True)).summary
    assert summary["critical_temperature"] == pytest.approx(warm["critical_temperature"], abs=1e-10)


@pytest.mark.parametrize("temperature", (1e-300, 1e-20, 1e-6, 1e-5))
@pytest.mark.parametrize("current", (tunnel_current, short_bridge_current))
def test_josephson_currents_are_continuous(current, temperature: float) -> None:
    there = current(bulk_gap(0.0), 0.0, 1.0, 1.0)
    assert current(bulk_gap(temperature), temperature, 1.0, 1.0) == pytest.approx(there, rel=1e-10)
