# SPDX-License-Identifier: MIT
"""The table on the terminal."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.constants import elementary_charge, hbar

from fem_sf.output.console import print_summary
from fem_sf.output.kinds import KINDS

INTERFACE = ("J", "J_M left", "J_M right", "|ΔJ_M|", "torque", "μ left", "μ right")


def rows(result):
    """Rows of the table by owner and quantity."""
    table = KINDS[result.case.kind].rows(result.summary, result.case.scales)
    return {(row.owner, row.quantity): row for row in table}


def printed(result, capsys):
    print_summary(result.summary, result.case.scales)
    return capsys.readouterr().out


def test_rows_of_interfaces_layers_and_stack(junction):
    table = rows(junction)
    assert [name for owner, name in table if owner == "FL|FR"] == list(INTERFACE)
    numbers = junction.summary["interfaces"]["FL|FR"]
    assert table["FL|FR", "J"].value == numbers["J"]
    assert table["FL|FR", "J"].error == 1e-9
    assert table["FL|FR", "J_M left"].value == numbers["JM_left"]
    assert table["FL|FR", "J_M left"].error is None
    assert table["FL|FR", "torque"].value == numbers["torque"]
    assert table["FL|FR", "|ΔJ_M|"].value == numbers["jump"]
    assert table["FL|FR", "μ right"].value == numbers["mu_right"]
    assert table["FL", "l transverse"].value == 0.2 + 0.1j
    assert table["all", "resistance × area"].value == 1.0 / numbers["J"]
    assert all(row.factor is None for row in table.values())


def test_rows_in_si(valve_in_si):
    table = rows(valve_in_si)
    density = 1e6 * 1e-3 / 1e-9
    assert table["Co1|Cu", "J_M right"].factor == pytest.approx(density)
    assert table["Co1|Cu", "J_M right"].si_unit == "A/m²"
    torque = hbar / (2 * elementary_charge) * density
    assert table["Co1|Cu", "torque"].factor == pytest.approx(torque)
    assert table["Co1|Cu", "torque"].si_unit == "J/m²"
    assert table["Co1|Cu", "μ left"].factor == pytest.approx(1.0)
    assert table["Co1", "l screening"].factor == pytest.approx(1.0)
    assert table["all", "resistance × area"].factor == pytest.approx(1e-9 / 1e6)


def test_critical_temperature_in_kelvin(bilayer_in_si, capsys):
    bilayer_in_si.summary["layers"] = {}
    numbers = {"critical_temperature": 0.5, "critical_temperature_error": 1e-9}
    bilayer_in_si.summary.update(numbers)
    row = rows(bilayer_in_si)["all", "critical temperature"]
    assert (row.value, row.error, row.unit) == (0.5, 1e-9, "Tc")
    text = printed(bilayer_in_si, capsys)
    assert "4.6 K" in text and "1.0e-09" in text


def test_critical_temperature_of_a_first_order_transition(bilayer_in_si):
    bilayer_in_si.summary["layers"] = {}
    numbers = {
        "critical_temperature": 0.5,
        "critical_temperature_error": 1e-9,
        "transition": "first order",
        "critical_temperature_linear": 0.4,
        "critical_temperature_linear_error": 1e-10,
    }
    bilayer_in_si.summary.update(numbers)
    table = rows(bilayer_in_si)
    assert table["all", "critical temperature, first order"].value == 0.5
    assert table["all", "normal state unstable"].value == 0.4


def test_printed_with_conditions_errors_and_cautions(junction, capsys):
    text = printed(junction, capsys)
    assert text.startswith("A made-up junction (steady, voltage = 1)")
    assert "± error" in text and "1.0e-09" in text
    assert "in SI units" not in text
    assert "0.2 + 0.1i" in text
    assert text.rstrip().endswith("caution: layers.FL.alpha2: contradicts Onsager symmetry")


def test_rounding_errors_are_zeros(junction, capsys):
    junction.summary["interfaces"]["FL|FR"]["JM_left"] = [1e-17, -1e-18, 0.25]
    assert "[0, 0, 0.25]" in printed(junction, capsys)


def test_a_log_is_wide_enough_for_vectors_in_si(valve_in_si, capsys):
    lines = printed(valve_in_si, capsys).splitlines()
    torques = [line for line in lines if " torque " in line]
    assert len(torques) == 2
    assert all("ħ/2e σ0 V0/L0" in line and "J/m²" in line for line in torques)


def test_a_run_in_time_tells_its_steps(transient, capsys):
    assert rows(transient)["all", "time steps"].value == 40
    assert "(transient, voltage = 1)" in printed(transient, capsys)


def test_superconductors_have_a_table_too(bilayer_in_si, capsys):
    zero = {"integral": [0.0, 0.0, -0.5], "left": [0.0, 0.0, 0.0], "right": [0.0, 0.1, -0.2]}
    summary = {
        "kind": "usadel",
        "title": "A film",
        "temperature": 0.1,
        "state": "superconducting",
        "note": "a note",
        "reference": "F",
        "layers": {"S": {"magnetization": zero, "gap": {"left": 1, "mean": 2, "right": 3}}},
    }
    bilayer_in_si.summary.clear()
    bilayer_in_si.summary.update(summary)
    text = printed(bilayer_in_si, capsys)
    assert text.startswith("A film (T = 0.1 Tc, superconducting)")
    assert "[0, 0.1, -0.2]" in text and "meV" in text
    assert text.rstrip().endswith("a note")
    assert rows(bilayer_in_si)["S", "∫δM"].value == -0.5


@pytest.mark.parametrize(
    ("dimension", "current", "ohm"),
    [(2, ("A/m", 1e6 * 1e-3), ("Ω m", 1e-6)), (3, ("A", 1e-6), ("Ω", 1e3))],
)
def test_current_and_resistance_as_a_whole(valve_in_si, dimension, current, ohm):
    summary = valve_in_si.summary | {"resistance_area": None}
    summary |= {"integrated_current": 0.5, "resistance": 2.0}
    rows = KINDS["spin"].rows(summary, valve_in_si.case.scales, dimension)
    table = {row.quantity: row for row in rows if row.owner == "all"}
    assert set(table) == {"current", "resistance"}
    for name, value, (unit, factor) in (("current", 0.5, current), ("resistance", 2.0, ohm)):
        assert table[name].value == value
        assert table[name].si_unit == unit
        assert table[name].factor == pytest.approx(factor)


@pytest.mark.parametrize(("dimension", "power"), [(1, ""), (2, "²"), (3, "³")])
def test_integrals_have_the_power_of_the_length_of_their_dimension(bilayer_in_si, dimension, power):
    zero = {"integral": [0.0, 0.0, -0.5], "left": [0.0, 0.0, 0.0], "right": [0.0, 0.0, 0.0]}
    summary = {"layers": {"S": {"magnetization": zero}}, "reference": "F"}
    scales = bilayer_in_si.case.scales
    (row,) = (
        row for row in KINDS["usadel"].rows(summary, scales, dimension) if row.quantity == "∫δM"
    )
    # xi0 = sqrt(hbar D / 2 k_B Tc), with D = 4.6e-4 m²/s and Tc = 9.2 K
    xi0_nm = 1e9 * np.sqrt(1.054571817e-34 * 4.6e-4 / (2 * 1.380649e-23 * 9.2))
    assert row.unit == f"(2ν|J| of F) ξ0{power}"
    assert row.si_unit == f"(2ν|J| of F) nm{power}"
    assert row.factor == pytest.approx(xi0_nm**dimension, rel=1e-9)
