# SPDX-License-Identifier: MIT
"""Weak links whose smallest energy is far below Tc, and currents far below 1."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from fem_sf import (
    AccuracySettings,
    Ferromagnet,
    Interface,
    KupriyanovLukichev,
    Layer,
    MeshSettings,
    Normal,
    SolverSettings,
    Stack,
    Superconductor,
    UsadelCase,
    run_case,
)
from fem_sf.formulas import Formula
from fem_sf.interfaces import Transparent
from fem_sf.textures import FormulaTexture
from fem_sf.usadel.josephson import tunnel_current
from fem_sf.usadel.matsubara import frequency_sum
from fem_sf.usadel.scales import (
    critical_currents,
    has_weak_layers,
    number_scales,
    smallest_energy,
)

LENGTH, DENSITY = 300.0, 1e-6
LONG = 10.82
"""e I_c R/E_Th of a long junction at T = 0, at a phase of 1.27 π/2: P. Dubos et al.,
Phys. Rev. B 63, 064502 (2001)."""


def junction(phase: float, length: float = LENGTH, density: float = DENSITY) -> Stack:
    """S|N|S in contact, so weak that it does not disturb S."""
    return Stack(
        [
            Layer("A", Superconductor(phase=0.0), 3.0),
            Layer("N", Normal(1.0, density), length),
            Layer("B", Superconductor(phase=phase), 3.0),
        ],
        [Interface("A", "N", Transparent()), Interface("N", "B", Transparent())],
    )


def in_thouless_energies(current: float, length: float = LENGTH) -> float:
    """e I R/E_Th with R = L/σ and E_Th = D/L²."""
    return current * length / DENSITY / (2 / length**2)


@pytest.mark.parametrize("tolerance", [None, 1e-2])
def test_long_junction(tolerance: float | None) -> None:
    case = UsadelCase(
        stack=junction(1.9949),
        temperature=0.0,
        gap="bulk",
        mesh=MeshSettings(refinement=0.3),
        accuracy=None if tolerance is None else AccuracySettings(tolerance),
        solver=SolverSettings(error_estimate=tolerance is not None),
    )
    summary = run_case(case).summary
    currents = [
        in_thouless_energies(each["supercurrent"]) for each in summary["interfaces"].values()
    ]
    # the first correction to a long junction is √(E_Th/Δ) or so
    np.testing.assert_allclose(currents, LONG, rtol=5e-3)
    assert currents[0] == pytest.approx(currents[1], rel=1e-5)
    if tolerance is not None:
        assert summary["accuracy"]["reached"]
        error = in_thouless_energies(summary["interfaces"]["A|N"]["supercurrent_error"])
        assert error <= tolerance * currents[0]


@pytest.mark.parametrize("length", (1.0, 30.0, 300.0, 3000.0))
def test_sums_of_a_long_junction(length: float) -> None:
    """∫ k/sinh(kL) dω = 7ζ(3) a/L³, k² = ω/a, with frequencies for its smallest energy."""
    rule = frequency_sum(0.0, lowest=smallest_energy(junction(1.0, length), MeshSettings()))
    k = np.sqrt(rule.frequencies)
    values = 2 * k * np.exp(-k * length) / -np.expm1(-2 * k * length)
    expected = 7 * 1.2020569031595942 / length**3
    assert rule.total(values) == pytest.approx(expected, rel=2e-6)
    assert abs(rule.total(values) - expected) <= 2 * rule.error(values) + 1e-12 * expected


def test_rules_without_a_small_energy_are_the_usual_ones() -> None:
    for temperature in (0.0, 1e-5, 0.1, 0.5):
        usual, other = frequency_sum(temperature), frequency_sum(temperature, lowest=0.1)
        np.testing.assert_array_equal(usual.frequencies, other.frequencies)
    assert len(frequency_sum(0.5, lowest=1e-9)) == len(frequency_sum(0.5))


def test_natural_scales_of_weak_links() -> None:
    """A long junction's to a factor of three."""
    found = critical_currents(junction(1.0), 0.0, 1.76, MeshSettings())
    assert set(found) == {"A|N", "N|B"}
    assert 1 / 3 < in_thouless_energies(found["A|N"]) / LONG < 3
    barrier = Stack(
        [Layer("A", Superconductor(phase=0.0), 3.0), Layer("B", Superconductor(phase=1.0), 3.0)],
        [Interface("A", "B", KupriyanovLukichev(50.0, "A"))],
    )
    expected = tunnel_current(1.76, 0.0, math.pi / 2, 50.0)
    assert critical_currents(barrier, 0.0, 1.76, MeshSettings())["A|B"] == pytest.approx(
        expected, rel=1e-6
    )


@pytest.mark.parametrize("formula", ["9*y", lambda points: 9 * points[:, 1]])
def test_scales_of_a_field_that_varies_across(formula):
    """Its largest value where the width is known, else as if there were none."""
    field = FormulaTexture((Formula(formula),)) if isinstance(formula, str) else formula
    law = KupriyanovLukichev(2.0, "F")
    volumes = {"S": 1.0, "F": 1.0}

    def scales(thickness: float | None, mesh: MeshSettings) -> tuple[float, float]:
        layers = [
            Layer("S", Superconductor(), thickness),
            Layer("F", Ferromagnet(exchange=field), thickness),
        ]
        stack = Stack(layers, [Interface("S", "F", law)])
        assert not has_weak_layers(stack)
        torque = number_scales(stack, 0.1, volumes, mesh)["torque"].rounding
        return smallest_energy(stack, mesh), torque

    assert scales(1.0, MeshSettings(dimension=2, width=0.5)) == pytest.approx((4.5, 9e-14))
    assert scales(None, MeshSettings(file=Path("any.msh"))) == (math.inf, 0.0)
    assert scales(1.0, MeshSettings(file=Path("any.msh")))[0] == pytest.approx(1.0)


def test_smallest_energy_behind_two_barriers():
    """2a/(L max(L, γ)) of the better barrier, through which a thin layer empties faster."""
    near, far = KupriyanovLukichev(5.0, "N"), KupriyanovLukichev(70.0, "N")
    layers = [
        Layer("A", Superconductor(), 3.0),
        Layer("N", Normal(0.6, 2.0), 0.5),
        Layer("B", Superconductor(), 3.0),
    ]
    for first, second in ((near, far), (far, near)):
        stack = Stack(layers, [Interface("A", "N", first), Interface("N", "B", second)])
        found = smallest_energy(stack, MeshSettings())
        assert found == pytest.approx(2 * 0.6 / (0.5 * 5.0), rel=1e-12)


def test_rounding_is_measured_by_the_terms_of_a_number():
    """1e-14 of 2ν|J| of all ferromagnets for torques, and of the volumes for moments."""
    layers = [
        Layer("F", Ferromagnet(1.0, 3.0, 4.0), 0.5),
        Layer("S", Superconductor(1.0, 0.7), 2.0),
        Layer("G", Ferromagnet(1.0, 0.2, -7.0), 0.3),
    ]
    law = KupriyanovLukichev(2.0, "S")
    stack = Stack(layers, [Interface("F", "S", law), Interface("S", "G", law)])
    scales = number_scales(stack, 0.1, {"F": 0.5, "S": 2.0, "G": 0.3}, MeshSettings())
    terms = 2 * (3.0 * 0.5 * 4.0 + 0.2 * 0.3 * 7.0)
    assert scales["torque"].rounding == pytest.approx(1e-14 * terms, rel=1e-12, abs=0)
    assert scales["spin current"].rounding == pytest.approx(1e-14 * terms, rel=1e-12, abs=0)
    assert scales["∫δM"].rounding == pytest.approx(1e-14 * 2.8, rel=1e-12, abs=0)
    assert scales["free energy"].rounding == pytest.approx(1e-14 * 0.7 * 2.0, rel=1e-12, abs=0)
    # far below Tc the bulk gains νΔ²/2 but for ν(πT)²/3 of the electrons that it binds
    gained = 1.763877**2 / 2 - (math.pi * 0.1) ** 2 / 3
    assert scales["free energy"].natural == pytest.approx(1.4 * gained, rel=1e-5)


def test_of_several_regions_the_longest_has_the_smallest_energy():
    """2a/L² of what lies between superconductors or behind them, without barriers."""
    lengths = {"N": 4.0, "S": 2.0, "M": 9.0, "R": 2.0, "O": 5.0}
    layers = [
        Layer(name, Superconductor() if name in "SR" else Normal(0.7), length)
        for name, length in lengths.items()
    ]
    joints = [Interface(one.name, other.name, Transparent()) for one, other in pairwise(layers)]
    found = smallest_energy(Stack(layers, joints), MeshSettings())
    assert found == pytest.approx(2 * 0.7 / 9.0**2, rel=1e-12)
