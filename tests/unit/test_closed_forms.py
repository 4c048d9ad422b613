# SPDX-License-Identifier: MIT
"""The paper's formulas against independent numbers and against each other."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from fem_sf.errors import StackError
from fem_sf.interfaces import KupriyanovLukichev, Transparent
from fem_sf.materials import Ferromagnet, Normal, Superconductor
from fem_sf.stack import Interface, Layer, Stack
from fem_sf.usadel.bulk import ZERO_TEMPERATURE_GAP, bulk_gap
from fem_sf.usadel.closed_forms import (
    EQ19_COEFFICIENT,
    Bilayer,
    ferromagnet_amplitude,
    ferromagnet_decay,
    ferromagnet_impedance,
    gapped_total_moment,
    linear_moment_in_ferromagnet,
    linear_moment_in_superconductor,
    loaded_ferromagnet_amplitude,
    minigap,
    opacity,
    rigidity,
    sign_relative_to_total,
    surface_tilt_eq11,
    thin_ferromagnet,
    thin_moment_in_ferromagnet,
    thin_moment_in_superconductor,
    thin_moment_in_superconductor_eq11,
    thin_triplet_in_superconductor,
    triplet_in_superconductor,
    zero_temperature_moment_in_ferromagnet,
    zero_temperature_moment_in_ferromagnet_with_surface,
    zero_temperature_moment_in_superconductor,
)
from fem_sf.usadel.matsubara import frequency_sum

REFERENCE = Path(__file__).parents[1] / "reference" / "usadel"
FIG1 = json.loads((REFERENCE / "fig1.json").read_text())
FIG2 = json.loads((REFERENCE / "fig2.json").read_text())
LIMITS = json.loads((REFERENCE / "limits_checks.json").read_text())
LINEAR_RUNS = [run for run in FIG1["runs"] if "linear_theory" in run]


def fig1_bilayer(run, thickness):
    parameters = FIG1["params"]
    ratio = parameters["gammaF_over_gammaS"]
    return Bilayer(thickness, parameters["J"], parameters["gammaF"], ratio, run["rD"])


def fig2_bilayer(row):
    parameters = FIG2["params"]
    return Bilayer(parameters["dF"], parameters["J"], row["gammaF"], parameters["ratio"], row["rD"])


@pytest.mark.parametrize("run", LINEAR_RUNS, ids=lambda run: f"rD{run['rD']}-T{run['T']}")
@pytest.mark.parametrize("kind", ("semi_inf", "finite_dF"))
def test_linear_theory_agrees_with_reference(run, kind):
    thickness = math.inf if kind == "semi_inf" else FIG1["params"]["dF"]
    bilayer = fig1_bilayer(run, thickness)
    gap, rule = run["Delta_bulk"], frequency_sum(run["T"])
    expected = run["linear_theory"][kind]
    superconductor = linear_moment_in_superconductor(bilayer, gap, rule, FIG1["xS"])
    np.testing.assert_allclose(superconductor, expected["dM_S"], rtol=1e-10)
    ferromagnet = linear_moment_in_ferromagnet(bilayer, gap, rule, FIG1["xF"])
    np.testing.assert_allclose(
        ferromagnet, expected["dM_F"], rtol=0, atol=1e-10 * abs(ferromagnet[0])
    )
    first = ferromagnet_amplitude(bilayer, math.pi * run["T"], gap)
    assert first == pytest.approx(complex(*expected["thF0_first"]), rel=1e-13)


@pytest.mark.parametrize("row", FIG2["rows"], ids=str)
def test_eq18_agrees_with_reference(row):
    bilayer, gap, rule = fig2_bilayer(row), row["Delta_bulk"], frequency_sum(row["T"])
    assert bilayer.escape_energy == pytest.approx(row["eps_b"], rel=1e-14)
    superconductor = thin_moment_in_superconductor(bilayer, gap, rule)
    assert superconductor == pytest.approx(row["eq18_rS"], rel=1e-9)
    assert thin_moment_in_ferromagnet(bilayer, gap, rule) == pytest.approx(row["eq18_rF"], rel=1e-9)
    literal = thin_moment_in_superconductor_eq11(bilayer, gap, rule)
    assert literal == pytest.approx(row["eq18_rS_literal_eq11"], rel=1e-9)
    matsubara = math.pi * row["T"] * (2 * np.arange(400) + 1)
    largest = np.max(np.abs(thin_triplet_in_superconductor(bilayer, matsubara, gap)))
    assert largest == pytest.approx(row["eq18_max_abs_fS0"], rel=1e-12)


@pytest.mark.parametrize("row", FIG2["Rb_scan_T0.1"], ids=lambda row: str(row["gammaF"]))
def test_eq18_against_barrier(row):
    bilayer, gap, rule = fig2_bilayer(row), bulk_gap(0.1), frequency_sum(0.1)
    superconductor, ferromagnet = row["eq18"]
    assert thin_moment_in_superconductor(bilayer, gap, rule) == pytest.approx(
        superconductor, rel=1e-8
    )
    assert thin_moment_in_ferromagnet(bilayer, gap, rule) == pytest.approx(ferromagnet, rel=1e-8)


@pytest.mark.parametrize("row", LIMITS["eq18_regime"], ids=lambda row: str(row["eb"]))
def test_eq18_where_it_holds_is_close_to_the_full_solution(row):
    bilayer = Bilayer(row["dF"], row["J"], row["gF"], row["ratio"])
    gap, rule = bulk_gap(0.1), frequency_sum(0.1)
    superconductor = thin_moment_in_superconductor(bilayer, gap, rule)
    ferromagnet = thin_moment_in_ferromagnet(bilayer, gap, rule)
    assert superconductor == pytest.approx(row["eq18_rS"], rel=1e-10)
    assert ferromagnet == pytest.approx(row["eq18_rF"], rel=1e-10)
    assert superconductor == pytest.approx(row["rS"], rel=3e-3)
    assert ferromagnet == pytest.approx(row["rF"], rel=3e-2)


@pytest.mark.parametrize("row", LIMITS["eq20"], ids=lambda row: str(row["eps_b"]))
def test_eq20(row):
    bilayer = Bilayer(row["dF"], row["J"], row["gF"], row["ratio"], row["rD"])
    temperature = 0.02
    gap, rule = bulk_gap(temperature), frequency_sum(temperature)
    thin = thin_moment_in_ferromagnet(bilayer, gap, rule)
    assert thin == pytest.approx(row["eq18_rF"], rel=2e-9)
    eq20 = zero_temperature_moment_in_ferromagnet(bilayer, gap)
    assert thin / eq20 == pytest.approx(row["eq18_c20"], rel=2e-9)
    full = zero_temperature_moment_in_ferromagnet_with_surface(bilayer, gap)
    # Eq. 20 is the leading order in Δ/ε_b with a logarithm, 0.9 of it at ε_b = 100 Tc.
    assert row["rF"] == pytest.approx(full, rel=1.5 * abs(row["eq18_c20"] - 1))


def test_eq19_coefficient():
    assert pytest.approx(LIMITS["eq19"]["C19"], rel=1e-14) == EQ19_COEFFICIENT
    assert pytest.approx(1.69442617, abs=5e-9) == EQ19_COEFFICIENT


@pytest.mark.parametrize("diffusivity", (0.5, 1.0))
def test_eq19_is_the_thin_limit_of_the_full_solution(diffusivity):
    rows = [row for row in LIMITS["eq19"]["rows"] if row["rD"] == diffusivity]
    thickness = np.array([row["dF"] for row in rows[-2:]])
    coefficient = np.array([row["c19"] for row in rows[-2:]])
    limit = coefficient[1] - thickness[1] * np.diff(coefficient)[0] / np.diff(thickness)[0]
    assert limit == pytest.approx(EQ19_COEFFICIENT, abs=2e-5)
    assert limit != pytest.approx(1.67, abs=0.02)


def test_eq19_follows_from_eq18_with_both_terms_but_not_from_eq11():
    bilayer = Bilayer(1e-4, 0.01, 1e-7, 0.5, 0.5)
    rule = frequency_sum(0.0)
    eq19 = zero_temperature_moment_in_superconductor(bilayer, ZERO_TEMPERATURE_GAP)
    both = thin_moment_in_superconductor(bilayer, ZERO_TEMPERATURE_GAP, rule)
    literal = thin_moment_in_superconductor_eq11(bilayer, ZERO_TEMPERATURE_GAP, rule)
    assert both == pytest.approx(eq19, rel=1e-5)
    assert EQ19_COEFFICIENT * literal / eq19 == pytest.approx(0.6778, abs=5e-5)


def test_finite_thickness_goes_over_into_semi_infinite():
    omega, positions = np.array([0.3, 3.0, 30.0]), np.linspace(0, 2, 5)
    thick, infinite = (Bilayer(d, 15.0, 0.1, 0.5, 0.5) for d in (50.0, math.inf))
    for function in (ferromagnet_impedance, lambda b, w: ferromagnet_decay(b, w, positions)):
        np.testing.assert_allclose(function(thick, omega), function(infinite, omega), rtol=1e-12)


def test_decay_solves_the_linear_equation_with_a_closed_end():
    bilayer, omega, step = Bilayer(0.7, 15.0, 0.1, 0.5, 0.5), np.array([0.3]), 1e-4
    positions = 0.3 + step * np.array([-1, 0, 1])
    left, middle, right = ferromagnet_decay(bilayer, omega, positions)[0]
    curvature = (left - 2 * middle + right) / step**2
    assert 0.5 * curvature == pytest.approx((0.3 - 15j) * middle, rel=1e-5)
    end = ferromagnet_decay(bilayer, omega, [0.7 - step, 0.7])[0]
    assert abs(end[1] - end[0]) < 1e-4 * abs(end[1])
    start = ferromagnet_decay(bilayer, omega, [0.0, step])[0]
    slope = -(start[1] - start[0]) / step
    assert slope == pytest.approx(ferromagnet_impedance(bilayer, omega)[0], rel=1e-3)


def test_loaded_amplitude_is_the_opaque_one_for_a_high_barrier():
    bilayer = Bilayer(0.7, 15.0, 1e4, 0.5, 0.5)
    omega = np.geomspace(0.1, 100, 7)
    np.testing.assert_allclose(
        loaded_ferromagnet_amplitude(bilayer, omega, 1.7),
        ferromagnet_amplitude(bilayer, omega, 1.7),
        rtol=1e-4,
    )


@pytest.mark.parametrize("gamma", (0.01, 1.0, 100.0))
@pytest.mark.parametrize("thickness", (0.01, 0.5, math.inf))
def test_moment_in_superconductor_has_one_sign_at_every_frequency(gamma, thickness):
    bilayer = Bilayer(thickness, 15.0, gamma, 0.5, 0.5)
    omega = np.geomspace(1e-3, 1e4, 50)
    assert np.all(loaded_ferromagnet_amplitude(bilayer, omega, 1.7).imag > 0)


def test_eq16_has_a_plus_so_that_the_moments_in_both_layers_are_negative():
    bilayer, rule = fig1_bilayer(LINEAR_RUNS[0], math.inf), frequency_sum(0.1)
    omega, gap = rule.frequencies, bulk_gap(0.1)
    amplitude = ferromagnet_amplitude(bilayer, omega, gap)
    tilt = surface_tilt_eq11(bilayer, omega, gap, amplitude)
    assert np.all(triplet_in_superconductor(omega, gap, tilt) * amplitude.imag > 0)
    assert linear_moment_in_superconductor(bilayer, gap, rule, [0.0])[0] < 0
    assert linear_moment_in_ferromagnet(bilayer, gap, rule, [0.0])[0] < 0


def test_moment_in_units_of_the_exchange_does_not_know_its_sign():
    rule, gap = frequency_sum(0.1), bulk_gap(0.1)
    up, down = (Bilayer(0.1, sign * 20.0, 0.3, 0.5, 0.5) for sign in (1, -1))
    np.testing.assert_allclose(
        thin_moment_in_superconductor(up, gap, rule, [0.0, 1.0]),
        thin_moment_in_superconductor(down, gap, rule, [0.0, 1.0]),
        rtol=1e-13,
    )


def test_thin_ferromagnet_is_normalised_and_has_its_two_limits():
    omega, gap = np.geomspace(0.01, 100, 9), 1.7
    cosine, sine = thin_ferromagnet(Bilayer(0.1, 20.0, 0.3, 0.5, 0.5), omega, gap)
    np.testing.assert_allclose(cosine**2 + sine**2, 1, rtol=1e-12)
    assert np.all(cosine.real > 0)
    open_cosine, _ = thin_ferromagnet(Bilayer(1e-3, 1.0, 1e-6), omega, gap)
    np.testing.assert_allclose(open_cosine, omega / np.hypot(omega, gap), rtol=1e-6)
    closed_cosine, _ = thin_ferromagnet(Bilayer(1.0, 1.0, 1e9), omega, gap)
    np.testing.assert_allclose(closed_cosine, 1, rtol=1e-6)


def test_minigap():
    bilayer = Bilayer(0.1, 0.0, 2.5, 0.1, 0.5)
    assert bilayer.escape_energy == pytest.approx(2.0)
    edge = minigap(bilayer, ZERO_TEMPERATURE_GAP)
    assert edge == pytest.approx(1.02736, abs=5e-6)
    energies = edge + np.array([-0.01, 0.01])
    density, _ = thin_ferromagnet(bilayer, 1e-9 - 1j * energies, ZERO_TEMPERATURE_GAP)
    assert density[0].real < 1e-5
    assert density[1].real > 1
    assert minigap(Bilayer(0.1, 0.0, 5e4), 1.7) == pytest.approx(2e-4, rel=1e-3)
    assert minigap(Bilayer(0.1, 0.0, 1e-5), 1.7) == pytest.approx(1.7, rel=1e-4)


def test_measures_of_validity():
    fig1 = {rate: Bilayer(1.0, 15.0, 0.1, 0.5, rate) for rate in (0.5, 1.0)}
    assert opacity(fig1[0.5]) == pytest.approx(2.58, abs=0.01)
    assert opacity(fig1[1.0]) == pytest.approx(3.65, abs=0.01)
    fig2 = {rate: Bilayer(0.1, 20.0, 0.1, 0.5, rate) for rate in (0.5, 1.0)}
    threshold = math.sqrt(2 * ZERO_TEMPERATURE_GAP) / 2
    assert threshold == pytest.approx(0.939, abs=5e-4)
    assert rigidity(fig2[0.5], ZERO_TEMPERATURE_GAP) == pytest.approx(2 / threshold)
    assert rigidity(fig2[1.0], ZERO_TEMPERATURE_GAP) == pytest.approx(1 / threshold)


@pytest.mark.parametrize("row", LIMITS["thin_transparent_gap_closing"], ids=str)
def test_sum_rule_holds_up_to_the_gapless_threshold(row):
    bilayer = Bilayer(0.01, 1.0, 0.001)
    per_thickness = gapped_total_moment(bilayer) / bilayer.ferromagnet_thickness
    screened = row["total_over_dF"] == pytest.approx(per_thickness, abs=1e-9)
    assert screened == (row["J_over_Jc"] < 1)


@pytest.mark.parametrize(
    ("exchange", "localized", "sign"),
    ((15.0, 0.0, -1), (15.0, 3.0, -1), (-15.0, 3.0, 1), (-15.0, 0.5, -1), (0.0, 1.0, 0)),
)
def test_sign_relative_to_the_total_moment(exchange, localized, sign):
    assert sign_relative_to_total(exchange, localized) == sign


def bilayer_stack(law, superconductor=Superconductor()):  # noqa: B008
    ferromagnet = Ferromagnet(diffusivity=0.5, density_of_states=1.2, exchange=15.0)
    layers = [Layer("S", superconductor, 10.0), Layer("F", ferromagnet, 1.0)]
    return Stack(layers, [Interface("S", "F", law)])


def test_bilayer_from_a_stack():
    stack = bilayer_stack(KupriyanovLukichev(0.1, "F"))
    bilayer = Bilayer.from_stack(stack)
    assert bilayer.ferromagnet_thickness == 1.0
    assert bilayer.exchange == 15.0
    assert bilayer.gamma == pytest.approx(0.1)
    assert bilayer.conductivity == pytest.approx(0.6)
    assert bilayer.gamma_superconductor == pytest.approx(0.1 / 0.6)
    assert bilayer.density_of_states == pytest.approx(1.2)
    other = Bilayer.from_stack(bilayer_stack(KupriyanovLukichev(0.1 / 0.6, "S")))
    assert other.gamma == pytest.approx(0.1)
    mirrored = Bilayer.from_stack(Stack(stack.layers[::-1], stack.interfaces))
    assert mirrored == bilayer


@pytest.mark.parametrize(
    ("stack", "message"),
    (
        (bilayer_stack(Transparent()), "barrier"),
        (bilayer_stack(KupriyanovLukichev(0.1, "F"), Superconductor(diffusivity=2.0)), "units"),
        (bilayer_stack(KupriyanovLukichev(0.1, "F"), Normal()), "one S and one F"),
        (Stack([Layer("S", Superconductor(), 1.0)]), "one S and one F"),
    ),
)
def test_other_stacks_are_refused(stack, message):
    with pytest.raises(StackError, match=message):
        Bilayer.from_stack(stack)
