# SPDX-License-Identifier: MIT
"""Fig. 2 of Bergeret et al.: thin F, against T and against R_b, and strong superconductors."""

from __future__ import annotations

import pytest

from reference_cases import (
    GAP_MODES,
    bilayer,
    ferromagnet,
    magnetization,
    reference,
    solved,
)

FIG2 = reference("fig2")
ROWS, SCAN = FIG2["rows"], FIG2["Rb_scan_T0.1"]
SMALL_RATIO = reference("limits_checks")["Rb_scan_small_ratio_T0.1_selfconsistent_rD1_J20_dF0.1"]
SCAN_TEMPERATURE = 0.1
GAP_AT_INTERFACE_FROM = 0.01
"""γ_F from which the Δ at the interface of both solvers, x ln x there, is good to 1e-4."""


def fig2_stack(rD: float, gamma_f: float, ratio: float = FIG2["params"]["ratio"]):
    parameters = FIG2["params"]
    f = ferromagnet(rD, ratio, parameters["J"])
    return bilayer(parameters["dS"], f, parameters["dF"], gamma_f)


def row_name(row: dict) -> str:
    return f"{row['convention']}-gamma{row['gammaF']}-T{row['T']}"


def scan_name(row: dict) -> str:
    return f"rD{row['rD']}-gamma{row['gammaF']}"


def check_row(row: dict, mode: str) -> None:
    result = solved(fig2_stack(row["rD"], row["gammaF"]), row["T"], GAP_MODES[mode])
    gap = result.summary["layers"]["S"]["gap"]
    found = {
        "rS": magnetization(result, "S", "right"),
        "rF": magnetization(result, "F", "left"),
        "int_S": magnetization(result, "S", "integral"),
        "int_F": magnetization(result, "F", "integral"),
        "Delta_if": gap["right"],
        "Delta_far": gap["left"],
    }
    assert found == pytest.approx({key: row[mode][key] for key in found}, rel=1e-4)
    assert found["rS"] < 0


def check_scan(row: dict, mode: str) -> None:
    result = solved(fig2_stack(row["rD"], row["gammaF"]), SCAN_TEMPERATURE, GAP_MODES[mode])
    surface = [magnetization(result, "S", "right"), magnetization(result, "F", "left")]
    assert surface == pytest.approx(row[mode][:2], rel=1e-4)
    if mode == "selfconsistent" and row["gammaF"] >= GAP_AT_INTERFACE_FROM:
        gap = result.summary["layers"]["S"]["gap"]["right"]
        assert gap == pytest.approx(row[mode][2], rel=1e-4)


@pytest.mark.parametrize("mode", GAP_MODES)
@pytest.mark.parametrize("row", ROWS[::12], ids=row_name)
def test_some_temperatures(row, mode):
    check_row(row, mode)


@pytest.mark.slow
@pytest.mark.parametrize("mode", GAP_MODES)
@pytest.mark.parametrize("row", ROWS, ids=row_name)
def test_all_temperatures(row, mode):
    check_row(row, mode)


@pytest.mark.parametrize("mode", GAP_MODES)
@pytest.mark.parametrize("row", SCAN[::6], ids=scan_name)
def test_some_barriers(row, mode):
    check_scan(row, mode)


@pytest.mark.slow
@pytest.mark.parametrize("mode", GAP_MODES)
@pytest.mark.parametrize("row", SCAN, ids=scan_name)
def test_all_barriers(row, mode):
    check_scan(row, mode)


def small_ratio_surface(row: dict) -> list[float]:
    result = solved(fig2_stack(1.0, row["gF"], row["ratio"]), SCAN_TEMPERATURE)
    return [magnetization(result, "S", "right"), magnetization(result, "F", "left")]


@pytest.mark.slow
@pytest.mark.parametrize(
    "row", SMALL_RATIO, ids=lambda row: f"ratio{row['ratio']}-gamma{row['gF']}"
)
def test_small_conductivity_ratio(row):
    assert small_ratio_surface(row) == pytest.approx([row["rS"], row["rF"]], rel=1e-4)


def test_paper_statements_at_the_printed_parameters():
    """10 % needs a rigid superconductor: true at σ_F/σ_S ≪ 1, not at the printed 0.5."""
    printed = solved(fig2_stack(0.5, 0.1), 0.1)
    assert abs(magnetization(printed, "S", "right")) < 0.02
    row = next(row for row in SMALL_RATIO if row["ratio"] == 0.05 and row["gF"] == 0.1)
    found = small_ratio_surface(row)
    assert found == pytest.approx([row["rS"], row["rF"]], rel=1e-4)
    assert found[0] < -0.1


def test_magnetization_of_f_is_nonmonotonic_in_the_barrier_for_a_rigid_superconductor():
    """|δM_F| peaks near γ_F = 0.3 for σ_F/σ_S = 0.05; it grows towards R_b → 0 for 0.5."""

    def sizes(ratio: float) -> list[float]:
        rows = ({"ratio": ratio, "gF": gamma} for gamma in (0.01, 0.3, 3.0))
        return [abs(small_ratio_surface(row)[1]) for row in rows]

    thin, middle, thick = sizes(0.05)
    assert middle > max(thin, thick)
    thin, middle, thick = sizes(0.5)
    assert thin > middle > thick
