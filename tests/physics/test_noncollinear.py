# SPDX-License-Identifier: MIT
"""Stacks whose exchange fields are not along one axis, against an independent solver."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pytest

from fem_sf import Ferromagnet, Interface, KupriyanovLukichev, Layer, Stack, Superconductor
from fem_sf.study.results import UsadelResult
from reference_cases import ferromagnet, reference, solved, spin_valve, worst

POINTS = 11


@dataclass(frozen=True)
class Run:
    """What the reference has and what the product found, both by layer from the left."""

    expected: list[dict]
    result: UsadelResult

    def probe(self, layer: str, vector: str) -> np.ndarray:
        """A vector at the reference's points, shape (3, points)."""
        values = self.result.probes[layer].values
        return np.array([values[f"{vector}_{axis}"] for axis in "xyz"])


def name(row: dict) -> str:
    return row["name"].replace(" ", "-")


def stack(row: dict) -> Stack:
    parameters = row["params"]
    return general_stack(parameters) if "d" in parameters else valve(row)


def valve(row: dict) -> Stack:
    """F|S|F with the left exchange field along z and the right one turned to x."""
    p, alpha = row["params"], row.get("alpha", math.pi / 2)
    left, right = (
        ferromagnet(p["rD"], p["ratio"], (p["J"] * math.sin(angle), 0.0, p["J"] * math.cos(angle)))
        for angle in (0.0, alpha)
    )
    return spin_valve(left, right, p["dF"], p["dS"], p["gF"])


def general_stack(p: dict) -> Stack:
    """Layers 0, 1, … by the reference's lists."""
    materials = [
        Ferromagnet(a, nu, tuple(exchange)) if any(exchange) else Superconductor(a, nu)
        for a, nu, exchange in zip(p["a"], p["nu"], p["Jvec"], strict=True)
    ]
    layers = [Layer(str(i), *each) for i, each in enumerate(zip(materials, p["d"], strict=True))]
    interfaces = [
        Interface(str(i), str(i + 1), KupriyanovLukichev(gamma, str(i)))
        for i, gamma in enumerate(p["gam_left"])
    ]
    return Stack(layers, interfaces)


@pytest.fixture(scope="module", params=reference("noncollinear"), ids=name)
def run(request) -> Run:
    row = request.param
    layers = stack(row)
    probes = {each.name: np.linspace(0, each.thickness, POINTS) for each in layers.layers}
    result = solved(layers, row["T"], probes=probes, error_estimate=True)
    return Run([row["layers"][f"layer{i}"] for i in range(len(layers.layers))], result)


@pytest.mark.slow
def test_magnetization_profiles(run):
    for layer, expected in zip(run.result.probes, run.expected, strict=True):
        assert worst(run.probe(layer, "dM"), expected["dM"]) < 1e-6


def test_integrals(run):
    layers = run.result.summary["layers"]
    for (layer, found), expected in zip(layers.items(), run.expected, strict=True):
        assert worst(found["magnetization"]["integral"], expected["int_dM"]) < 1e-8, layer


def test_error_estimates_bound_the_errors(run):
    layers = run.result.summary["layers"].values()
    for found, expected in zip(layers, run.expected, strict=True):
        magnetization = found["magnetization"]
        error = np.linalg.norm(np.subtract(magnetization["integral"], expected["int_dM"]))
        assert error <= 2 * magnetization["error"]["integral"] + 1e-11


def test_gap(run):
    for layer, expected in zip(run.result.probes, run.expected, strict=True):
        if "Delta" in expected:
            error = np.abs(run.result.probes[layer].values["delta"] - expected["Delta"])
            assert error[1:-1].max() < 1e-6
            assert error.max() < 1e-4


def test_amplitudes_at_the_first_frequency(run):
    """Singlet M0 sin θ and triplet f_t/i = −M cos θ."""
    for layer, expected in zip(run.result.probes, run.expected, strict=True):
        theta, m = np.array(expected["theta0"]), np.array(expected["M0"])
        singlet = np.sqrt(1 + np.sum(m**2, axis=0)) * np.sin(theta)
        np.testing.assert_allclose(run.result.probes[layer].values["singlet"], singlet, atol=1e-6)
        np.testing.assert_allclose(run.probe(layer, "triplet"), -m * np.cos(theta), atol=1e-6)


def test_torque_balance(run):
    assert np.abs(run.result.summary["checks"]["torque_balance"]).max() < 1e-12


def test_torque_is_minus_the_derivative_of_the_free_energy_by_the_angle():
    """Of a valve at 60° with its gap; Hellmann and Feynman for a turned exchange field."""
    row = reference("noncollinear")[0]

    def summary(angle: float) -> dict:
        return solved(valve({**row, "alpha": angle}), row["T"], tolerance=1e-12).summary

    step = 0.1
    energies = [summary(row["alpha"] + k * step)["free_energy"] for k in (-2, -1, 1, 2)]
    slope = float(np.dot([1, -8, 8, -1], energies)) / (12 * step)
    layers = summary(row["alpha"])["layers"]
    # from z to x is a turn about y
    torque = layers["R"]["torque"]
    assert abs(torque[1]) > 1e-5
    assert torque[1] == pytest.approx(-slope, rel=1e-4)
    np.testing.assert_allclose(torque, -np.array(layers["L"]["torque"]), atol=1e-12)
    assert torque[0] == torque[2] == 0.0


def test_triplet_across_the_exchange_field_reaches_through_a_thick_ferromagnet():
    """Along J it decays over √(D/J), across it over √(D/2ω) only."""
    row = next(each for each in reference("noncollinear") if each["name"].startswith("S|F'|F"))
    layers = stack(row)
    amplitude = solved(layers, row["T"]).layers["2"]
    far = amplitude.points[:, 0].argmax()
    at_end = {axis: abs(amplitude.values[f"triplet_{axis}"][far]) for axis in "xz"}
    at_start = {axis: abs(amplitude.values[f"triplet_{axis}"][0]) for axis in "xz"}
    assert at_end["x"] > 0.3 * at_start["x"]
    assert at_end["z"] < 0.05 * at_start["z"]
