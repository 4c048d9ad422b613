# SPDX-License-Identifier: MIT
"""Which state is found where a structure has several, or none that the start leads to."""

from __future__ import annotations

import math

import numpy as np
import pytest

from fem_sf import Ferromagnet, Interface, KupriyanovLukichev, Layer, Stack, Superconductor
from fem_sf.interfaces import Transparent
from fem_sf.usadel.matsubara import frequency_sum
from reference_cases import solved

D_S, D_F = 0.2, 0.002


def exchange_split(field: float) -> Stack:
    """A thin S that a much thinner F splits like a homogeneous field."""
    exchange = field * (D_S + D_F) / D_F
    return Stack(
        [Layer("S", Superconductor(), D_S), Layer("F", Ferromagnet(exchange=exchange), D_F)],
        [Interface("S", "F", Transparent())],
    )


@pytest.mark.parametrize(
    ("field", "sign"), ((0.5, -1), (0.8, -1), (1.2, 1)), ids=("stable", "stable", "metastable")
)
def test_superconducting_state_is_found_beyond_its_stability(field, sign):
    """The start is the bulk gap: the free energy tells that the normal state is lower."""
    summary = solved(exchange_split(field), 0.1).summary
    assert summary["state"] == "superconducting"
    assert math.copysign(1, summary["free_energy"]) == sign
    assert summary["checks"]["metastable"] == (sign > 0)


@pytest.mark.parametrize("field", (1.0, 1.5, 2.5))
def test_normal_above_the_tricritical_temperature(field):
    assert solved(exchange_split(field), 0.6).summary["state"] == "normal"


def test_normal_where_a_first_order_transition_leaves_no_other_solution():
    """At T = 0.1 no Δ > 0 solves h = 1.5 > Δ0/√2, and the normal state is stable."""
    summary = solved(exchange_split(1.5), 0.1).summary
    assert summary["state"] == summary["ground_state"] == "normal"


# Zero and π


JUNCTION = {"rD": 0.5, "J": 15.0, "gamma": 0.05, "d_s": 1.35, "d_f": 0.5}
"""S|F|S with ν_F = ν_S whose superconductors are so thin that only one state survives."""


def junction(d_a: float = JUNCTION["d_s"], d_b: float = JUNCTION["d_s"]) -> Stack:
    f = Ferromagnet(JUNCTION["rD"], 1.0, JUNCTION["J"])
    barrier = KupriyanovLukichev(JUNCTION["gamma"], "F")
    return Stack(
        [
            Layer("A", Superconductor(), d_a),
            Layer("F", f, JUNCTION["d_f"]),
            Layer("B", Superconductor(), d_b),
        ],
        [Interface("A", "F", barrier), Interface("F", "B", barrier)],
    )


def pairing_excess(temperature: float, parity: int) -> float:
    """Top eigenvalue of 2πT Σ [Re K_ω − 1/ω] minus ln T: > 0 where the normal state is unstable.

    K_ω is the linear answer of one S, −θ'' + ωθ = Δ, with the other half of the junction, even
    (parity 1, a zero junction) or odd (−1, a π junction), as its boundary condition. In cosines,
    K = (Λ + c Y v vᵀ)⁻¹, Λ = ω + q², with Y the answer of half of F and the barrier.
    """
    rD, gamma, d_s = JUNCTION["rD"], JUNCTION["gamma"], JUNCTION["d_s"]
    orders = np.arange(1500)
    at_plane = np.where(orders == 0, 1.0, math.sqrt(2)) * (-1.0) ** orders / math.sqrt(d_s)
    rule = frequency_sum(temperature, tail=40)
    kernel = np.zeros((len(orders), len(orders)))
    for omega, weight in zip(rule.frequencies, rule.weights, strict=True):
        wave = np.sqrt((omega - 1j * JUNCTION["J"]) / rD)
        half = np.tanh(wave * JUNCTION["d_f"] / 2)
        load = gamma * wave * (half if parity > 0 else 1 / half)
        admittance = rD / gamma * load / (1 + load)
        free = 1 / (omega + (np.pi * orders / d_s) ** 2)
        shape = free * at_plane
        change = admittance / (1 + admittance * (shape @ at_plane))
        kernel += weight * (np.diag(free - 1 / omega) - change.real * np.outer(shape, shape))
    return float(np.linalg.eigvalsh(kernel)[-1]) - math.log(temperature)


def test_linear_theory_of_the_junction():
    """It is superconducting at T = 0.1, and that only as a π junction."""
    assert pairing_excess(0.1, 1) < -0.01
    assert pairing_excess(0.1, -1) > 0.01


def test_junction_whose_only_superconducting_state_is_pi_is_found():
    summary = solved(junction(), 0.1).summary
    left, right = (summary["layers"][name]["gap"]["mean"] for name in ("A", "B"))
    assert summary["state"] == "superconducting"
    assert summary["free_energy"] < 0
    assert left == pytest.approx(-right, rel=1e-6)


def test_unequal_junction_does_not_stay_at_the_unstable_normal_state():
    """Newton's method falls through to Δ = 0 from above and from 0.3 of the bulk's gap."""
    summaries = [solved(junction(*sizes), 0.1).summary for sizes in ((1.35, 1.5), (1.5, 1.35))]
    for summary in summaries:
        assert summary["state"] == "superconducting"
        assert summary["note"] == ""
        assert summary["free_energy"] < 0
    (thin, thick), (mirrored_thick, mirrored_thin) = (
        [summary["layers"][name]["gap"]["mean"] for name in ("A", "B")] for summary in summaries
    )
    assert -thick > thin > 0.1
    assert (-mirrored_thin, -mirrored_thick) == pytest.approx((thin, thick), rel=1e-7)
    assert summaries[0]["free_energy"] == pytest.approx(summaries[1]["free_energy"], rel=1e-7)
