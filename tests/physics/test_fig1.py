# SPDX-License-Identifier: MIT
"""The bilayer of Fig. 1 of Bergeret et al. against an independent solver, by way of a case."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from fem_sf.mesh.build import checked_geometry
from fem_sf.settings import MeshSettings, SolverSettings
from fem_sf.study.results import UsadelResult
from fem_sf.usadel.matsubara import FrequencySum
from reference_cases import (
    GAP_MODES,
    bilayer,
    ferromagnet,
    magnetization,
    reference,
    solved,
    worst,
)
from support import layered, node_values, solve_stack

FIG1 = reference("fig1")
D_S, D_F, J, GAMMA_F, RATIO = (
    FIG1["params"][key] for key in ("dS", "dF", "J", "gammaF", "gammaF_over_gammaS")
)
X = {"S": D_S - np.array(FIG1["xS"]), "F": np.array(FIG1["xF"])}
"""Positions of the reference's grids from the left ends of the layers."""


@dataclass(frozen=True)
class Run:
    """What the reference has and what the product found."""

    expected: dict
    result: UsadelResult

    def probe(self, layer: str, column: str) -> np.ndarray:
        return self.result.probes[layer].values[column]


def name(run: dict) -> str:
    return f"{run['convention'][0]}-T{run['T']}-{run['mode']}"


def stack(rD: float, exchange: float = J, localized_moment: float = 0.0):
    return bilayer(D_S, ferromagnet(rD, RATIO, exchange, localized_moment), D_F, GAMMA_F)


@pytest.fixture(scope="module", params=FIG1["runs"], ids=name)
def run(request) -> Run:
    row = request.param
    gap = GAP_MODES[row["mode"]]
    return Run(row, solved(stack(row["rD"]), row["T"], gap, X, error_estimate=True))


@pytest.mark.parametrize("layer", ("S", "F"))
def test_magnetization_profile(run, layer):
    assert worst(run.probe(layer, "dM_z"), run.expected[f"dM_{layer}"]) < 1e-5


@pytest.mark.parametrize("layer", ("S", "F"))
def test_integrated_magnetization(run, layer):
    expected = run.expected[f"int_dM_{layer}"]
    assert magnetization(run.result, layer, "integral") == pytest.approx(expected, rel=1e-6)


def test_gap_profile(run):
    """All but the first point, which is the interface, where Δ varies as x ln x."""
    gap, expected = run.probe("S", "delta"), np.array(run.expected["Delta"])
    np.testing.assert_allclose(gap[1:], expected[1:], rtol=1e-4)


def test_free_energy(run):
    expected = run.expected["free_energy"]
    assert run.result.summary["free_energy"] == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("layer", ("S", "F"))
def test_pair_amplitudes_at_the_first_frequency(run, layer):
    """sin θ_+, whose real part is the singlet and whose imaginary part the triplet."""
    real, imaginary = map(np.array, run.expected[f"theta_plus_first_matsubara_{layer}"])
    amplitude = run.probe(layer, "singlet") + 1j * run.probe(layer, "triplet_z")
    np.testing.assert_allclose(amplitude, np.sin(real + 1j * imaginary), atol=1e-6)


@pytest.mark.parametrize("layer", ("S", "F"))
def test_error_estimate_of_the_integral_bounds_its_error(run, layer):
    estimate = run.result.summary["layers"][layer]["magnetization"]["error"]["integral"]
    value = magnetization(run.result, layer, "integral")
    assert abs(value - run.expected[f"int_dM_{layer}"]) <= 2 * estimate + 1e-10
    assert estimate < 1e-6 * abs(value)


def test_error_estimate_of_the_free_energy_bounds_its_error(run):
    summary = run.result.summary
    error = abs(summary["free_energy"] - run.expected["free_energy"])
    assert error <= 2 * summary["free_energy_error"] + 1e-10


def test_superconductor_is_magnetized_against_the_ferromagnet(run):
    """The paper's main statement: δM_S < 0 all over S."""
    nodes = run.result.layers["S"].values["dM_z"]
    assert nodes.max() < 1e-7 * -nodes.min()
    assert magnetization(run.result, "S", "integral") < 0
    assert magnetization(run.result, "F", "left") < 0


def test_ferromagnet_has_a_small_positive_bump(run):
    """δM_F oscillates as Im e^{−2 k_F x}, to 2 or 3 % of |δM_F(0)| above zero."""
    nodes = run.result.layers["F"]
    peak = nodes.values["dM_z"].argmax()
    expected = X["F"][np.argmax(run.expected["dM_F"])]
    assert nodes.points[peak, 0] - D_S == pytest.approx(expected, abs=0.1)
    height = nodes.values["dM_z"][peak] / -magnetization(run.result, "F", "left")
    assert 0.015 < height < 0.035


# Reports


def fixed_gap_run(rD: float = 0.5, temperature: float = 0.1) -> dict:
    return next(
        run
        for run in FIG1["runs"]
        if (run["rD"], run["T"], run["mode"]) == (rD, temperature, "fixed")
    )


@pytest.mark.parametrize("localized", (0.0, 0.4, 3.0))
@pytest.mark.parametrize("sign", (1, -1))
def test_sign_relative_to_the_total_moment(sign, localized):
    """J < 0 and |M_loc| > |M_e|: δM is parallel to the total moment, else against it."""
    result = solved(stack(0.5, sign * J, localized), 0.1, "bulk")
    expected = fixed_gap_run()["int_dM_F"]
    moment = result.summary["layers"]["F"]["moment"]
    assert magnetization(result, "F", "integral") == pytest.approx(sign * expected, rel=1e-6)
    assert moment["total"] == pytest.approx(sign + localized)
    assert moment["relative_change"] == pytest.approx(sign * expected / (sign + localized))
    assert (moment["relative_change"] > 0) == (sign < 0 and localized > 1)


# Sums


def plain_sum(temperature: float, count: int) -> FrequencySum:
    """The lowest Matsubara frequencies alone, as one sums without thinking of the tail."""
    frequencies = np.pi * temperature * (2 * np.arange(count) + 1)
    weights = np.full(count, 2 * np.pi * temperature)
    return FrequencySum(temperature, frequencies, weights, weights)


def surface_magnetization(gap: str, rule: FrequencySum) -> tuple[float, float]:
    """δM in S and F at the interface, Fig. 1, convention A, T = 0.5."""
    bare = stack(0.5)
    mesh = layered(checked_geometry(bare, MeshSettings()))
    solution = solve_stack(bare, mesh, 0.5, gap, 4, SolverSettings(), rule)
    values = node_values(solution, "F")
    return values["S"][1].magnetization[-1], values["F"][1].magnetization[0]


@pytest.mark.parametrize("row", reference("cutoff_study")["rows"], ids=lambda row: f"N{row['N']}")
def test_plain_sum_at_fixed_gap(row):
    """The same truncated sum, term by term, as the independent solver's."""
    values = surface_magnetization("bulk", plain_sum(0.5, row["N"]))
    np.testing.assert_allclose(values, [row["fixed_dM_S0"], row["fixed_dM_F0"]], rtol=1e-8)


@pytest.mark.parametrize("row", reference("cutoff_study")["rows"], ids=lambda row: f"N{row['N']}")
def test_plain_sum_with_its_gap(row):
    """The reference truncates ln(T/Tc) too, here the bulk solution has eliminated it.

    That changes Δ relatively by a few times the truncated bulk tail Δ²/(4W²), W = 2πTN, which
    falls as 1/N², while the error of the sum itself falls as N^{−1/2}.
    """
    values = surface_magnetization("self-consistent", plain_sum(0.5, row["N"]))
    expected = [row["sc_dM_S0"], row["sc_dM_F0"]]
    forms_differ = 4 * (1.6878 / (2 * 2 * np.pi * 0.5 * row["N"])) ** 2
    np.testing.assert_allclose(values, expected, rtol=max(forms_differ, 1e-5))
    if row["N"] >= 64:
        np.testing.assert_allclose(values, expected, rtol=1e-4)


def test_what_a_cutoff_at_24_Tc_costs():
    """5 % in δM_S(0), which the default sum does not lose."""
    expected = next(
        run["dM_S"][0]
        for run in FIG1["runs"]
        if (run["rD"], run["T"], run["mode"]) == (0.5, 0.5, "selfconsistent")
    )
    plain, _ = surface_magnetization("self-consistent", plain_sum(0.5, 8))
    assert plain / expected - 1 == pytest.approx(0.053, abs=0.005)
    ours = magnetization(solved(stack(0.5), 0.5), "S", "right")
    assert ours == pytest.approx(expected, rel=1e-6)


def test_few_sweeps_find_the_gap(run):
    """Of all frequencies, after a few frequencies; a given gap takes a single sweep."""
    wanted = 1 if run.expected["mode"] == "fixed" else 5
    assert run.result.summary["iterations"]["sweeps"] <= wanted
