# SPDX-License-Identifier: MIT
"""Where the full solution joins analytic results: Eqs. 18-20, total spin, gap closing."""

from __future__ import annotations

import math

import numpy as np
import pytest

from fem_sf import Ferromagnet
from fem_sf.study.results import UsadelResult
from fem_sf.usadel.bulk import ZERO_TEMPERATURE_GAP
from reference_cases import (
    bilayer,
    ferromagnet,
    magnetization,
    reference,
    solved,
    total_magnetization,
)

LIMITS = reference("limits_checks")
SUM_RULE = next(rows for key, rows in LIMITS.items() if key.startswith("sum_rule_vs_T"))
D_S = 10.0
EQ19 = LIMITS["eq19"]["C19"]
EQ19_AS_PRINTED = 1.67


def of_row(row: dict, temperature: float, gap: str | float = "bulk", **solver) -> UsadelResult:
    f = ferromagnet(row.get("rD", 1.0), row["ratio"], row["J"])
    return solved(bilayer(D_S, f, row["dF"], row["gF"]), temperature, gap, **solver)


# Eq. 19


def eq19_coefficient(row: dict) -> float:
    """C in δM_S(0)/M_F0 = −C √(Δ d_F²/D_S)."""
    length = math.sqrt(ZERO_TEMPERATURE_GAP * row["dF"] ** 2 / 2)
    return -magnetization(of_row(row, 0.0), "S", "right") / length


@pytest.mark.parametrize(
    "row", LIMITS["eq19"]["rows"], ids=lambda row: f"rD{row['rD']}-dF{row['dF']}"
)
def test_eq19_coefficient(row):
    assert eq19_coefficient(row) == pytest.approx(row["c19"], rel=1e-6)


@pytest.mark.parametrize("rD", (0.5, 1.0))
def test_eq19_coefficient_of_the_thinnest_ferromagnet(rD):
    """Linear in d_F, to 1.6944; the printed 1.67 is excluded."""
    rows = [row for row in LIMITS["eq19"]["rows"] if row["rD"] == rD and row["dF"] < 0.005]
    thickness = np.array([row["dF"] for row in rows])
    coefficients = np.array([eq19_coefficient(row) for row in rows])
    slope, limit = np.polyfit(thickness, coefficients, 1)
    assert slope < 0
    assert limit == pytest.approx(EQ19, abs=5e-4)
    assert coefficients.min() > EQ19_AS_PRINTED + 0.01


# Eq. 20 and Eq. 18


@pytest.mark.parametrize("row", LIMITS["eq20"], ids=lambda row: f"dF{row['dF']}-gamma{row['gF']}")
def test_eq20(row):
    """δM_F = −πΔ/2ε_b + (ν_F/ν_S) δM_S, of which Eq. 20 is the first term."""
    result = of_row(row, 0.0)
    surface = [magnetization(result, "S", "right"), magnetization(result, "F", "left")]
    assert surface == pytest.approx([row["rS"], row["rF"]], rel=1e-6)
    printed = -math.pi * ZERO_TEMPERATURE_GAP / (2 * row["eps_b"])
    ratio = row["ratio"] / row["rD"]
    assert (surface[1] - ratio * surface[0]) / printed == pytest.approx(
        row["c20_minus_S"], abs=1e-5
    )


@pytest.mark.parametrize("row", LIMITS["eq18_regime"], ids=lambda row: f"J{row['J']}")
def test_eq18_in_its_regime(row):
    """T = 0.1, D_F = D_S."""
    result = of_row(row, 0.1)
    surface = [magnetization(result, "S", "right"), magnetization(result, "F", "left")]
    assert surface == pytest.approx([row["rS"], row["rF"]], rel=1e-6)
    assert surface == pytest.approx([row["eq18_rS"], row["eq18_rF"]], rel=0.03)


# The total spin


def check_identity(result: UsadelResult, tolerance: float = 1e-8) -> None:
    """Σ ∫δM = Im A_+(0)/(ν_ref |J_ref|) at T = 0, gapped or not."""
    identity = result.summary["checks"]["total_magnetization_from_action"][2]
    total = total_magnetization(result)
    assert total == pytest.approx(identity, abs=tolerance * abs(total))


@pytest.mark.parametrize(
    "row", LIMITS["eq19"]["rows"][::3], ids=lambda row: f"rD{row['rD']}-dF{row['dF']}"
)
def test_total_spin_is_screened_at_zero_temperature(row):
    result = of_row(row, 0.0)
    assert total_magnetization(result) / row["dF"] == pytest.approx(-1, abs=1e-6)
    check_identity(result)


@pytest.mark.parametrize(
    ("d_s", "f", "d_f", "gamma"),
    (
        (10.0, Ferromagnet(0.5, 1.0, 1.0), 0.3, 0.3),
        (2.0, Ferromagnet(1.5, 0.3, 2.0), 0.2, 0.1),
        (1.0, Ferromagnet(0.7, 2.0, -0.2), 0.5, 3.0),
    ),
)
def test_screening_knows_neither_barrier_nor_gap_profile(d_s, f, d_f, gamma):
    result = solved(bilayer(d_s, f, d_f, gamma), 0.0, tail=60)
    expected = -math.copysign(d_f, f.exchange)
    assert total_magnetization(result) == pytest.approx(expected, rel=1e-6)
    check_identity(result)


@pytest.mark.parametrize("gap", ("bulk", "self-consistent"))
def test_gapless_structure_is_not_screened(gap):
    result = solved(bilayer(8.0, ferromagnet(0.5, 0.5, 3.0), 0.3, 0.3), 0.0, gap)
    assert -0.5 < total_magnetization(result) / 0.3 < -0.3
    check_identity(result)


@pytest.mark.parametrize(
    "row", LIMITS["thin_transparent_gap_closing"], ids=lambda row: str(row["J_over_Jc"])
)
def test_gap_closes_at_the_threshold(row):
    """(ν_F/ν_S) J d_F = √(D_S Δ)/2; d_F = 0.005 and γ_F = 1e-4 are thin and transparent."""
    thickness, ratio = 0.005, 0.5
    threshold = math.sqrt(2 * ZERO_TEMPERATURE_GAP) / 2 / (ratio * thickness)
    f = ferromagnet(1.0, ratio, row["J_over_Jc"] * threshold)
    result = solved(bilayer(D_S, f, thickness, 1e-4), 0.0, "bulk")
    total = total_magnetization(result) / thickness
    assert total == pytest.approx(row["total_over_dF"], abs=1e-6)
    assert (abs(total + 1) < 1e-6) == (row["J_over_Jc"] < 1)
    check_identity(result)


@pytest.mark.parametrize(("temperature", "total"), SUM_RULE)
def test_total_spin_against_temperature(temperature, total):
    stack = bilayer(8.0, ferromagnet(0.5, 0.5, 1.0), 0.3, 0.3)
    result = solved(stack, temperature, "bulk")
    assert total_magnetization(result) / 0.3 == pytest.approx(total, abs=1e-8)
