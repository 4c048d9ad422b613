# SPDX-License-Identifier: MIT
"""F|S|F with parallel and antiparallel exchange fields, and which of several states is found."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from fem_sf import Stack
from fem_sf.study.results import UsadelResult
from reference_cases import (
    ferromagnet,
    magnetization,
    reference,
    solved,
    spin_valve,
    total_magnetization,
    worst,
)

VALVES = reference("fsf_collinear")


@dataclass(frozen=True)
class Run:
    """What the reference has and what the product found."""

    expected: dict
    result: UsadelResult

    def probe(self, layer: str, column: str) -> np.ndarray:
        return self.result.probes[layer].values[column]


def name(row: dict) -> str:
    return f"{row['config']}-dF{row['dF']}-dS{row['dS']}-T{row['T']}"


def stack(row: dict, config: str) -> Stack:
    left = ferromagnet(row["rD"], row["ratio"], row["J"])
    right = ferromagnet(row["rD"], row["ratio"], row["J"] if config == "P" else -row["J"])
    return spin_valve(left, right, row["dF"], row["dS"], row["gF"])


@pytest.fixture(scope="module", params=VALVES["collinear"], ids=name)
def run(request) -> Run:
    row = request.param
    in_f = np.linspace(0, row["dF"], len(row["dM_F_left"]))
    probes = {"L": in_f, "S": np.array(row["x_S_over_dS"]) * row["dS"], "R": in_f}
    result = solved(stack(row, row["config"]), row["T"], probes=probes, error_estimate=True)
    return Run(row, result)


@pytest.mark.slow
def test_gap(run):
    error = np.abs(run.probe("S", "delta") - run.expected["Delta"])
    x = np.array(run.expected["x_S_over_dS"])
    assert error[(x > 0) & (x < 1)].max() < 1e-6
    assert error.max() < 1e-4
    assert run.result.summary["state"] == "superconducting"


@pytest.mark.parametrize(("layer", "key"), (("S", "dM_S"), ("L", "dM_F_left"), ("R", "dM_F_right")))
def test_magnetization_profile(run, layer, key):
    assert worst(run.probe(layer, "dM_z"), run.expected[key]) < 1e-5


def test_integrals(run):
    found = [magnetization(run.result, layer, "integral") for layer in ("L", "S", "R")]
    expected = np.array(run.expected["int_left_S_right"])
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-6 * np.abs(expected).max())


def test_free_energy(run):
    expected = run.expected["free_energy"]
    assert run.result.summary["free_energy"] == pytest.approx(expected, rel=1e-6)


def test_error_estimates_bound_the_errors(run):
    layers = run.result.summary["layers"]
    for layer, expected in zip(("L", "S", "R"), run.expected["int_left_S_right"], strict=True):
        found = layers[layer]["magnetization"]
        error = abs(found["integral"][2] - expected)
        assert error <= 2 * found["error"]["integral"] + 1e-10, layer
    error = abs(run.result.summary["free_energy"] - run.expected["free_energy"])
    assert error <= 2 * run.result.summary["free_energy_error"] + 1e-10


def test_symmetry(run):
    """P is even about the middle of S; AP is odd, so that nothing is magnetized in all."""
    sign = 1 if run.expected["config"] == "P" else -1
    left, right = (magnetization(run.result, layer, "integral") for layer in ("L", "R"))
    assert right == pytest.approx(sign * left, rel=1e-8)
    if sign < 0:
        assert abs(total_magnetization(run.result)) < 1e-9 * abs(left)


@pytest.mark.parametrize(
    "row", [row for row in VALVES["collinear"] if row["config"] == "P"], ids=name
)
def test_antiparallel_is_the_lower_state(row):
    """F_AP < F_P always, though the gap in the middle need not follow at low T."""
    parallel, antiparallel = (solved(stack(row, config), row["T"]) for config in ("P", "AP"))
    assert antiparallel.summary["free_energy"] < parallel.summary["free_energy"] < 0


def test_gap_in_the_middle_need_not_follow():
    row = VALVES["collinear"][0]
    middle = {"S": (row["dS"] / 2,)}
    parallel, antiparallel = (
        solved(stack(row, config), 0.1, probes=middle).probes["S"].values["delta"][0]
        for config in ("P", "AP")
    )
    assert (parallel, antiparallel) == pytest.approx((1.42135, 1.41330), abs=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("config", ("P", "AP"))
@pytest.mark.parametrize("row", VALVES["tc"], ids=lambda row: f"dF{row['dF']}-dS{row['dS']}")
def test_critical_temperature_lies_between(row, config):
    """Superconducting 1 % below the Tc of the linearised theory, normal 1 % above."""
    critical = row[f"Tc_{config}"]
    below, above = (solved(stack(row, config), factor * critical) for factor in (0.99, 1.01))
    assert below.summary["state"] == "superconducting"
    assert below.summary["layers"]["S"]["gap"]["mean"] > 0.05
    assert below.summary["free_energy"] < 0
    assert above.summary["state"] == "normal"
    assert above.summary["layers"]["S"]["gap"]["mean"] == 0
    assert above.summary["free_energy"] == 0
