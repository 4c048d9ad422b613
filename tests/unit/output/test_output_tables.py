# SPDX-License-Identifier: MIT
"""Tables and the summary keep every digit."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from fem_sf.output.dataset import load_dataset, to_dataset
from fem_sf.output.summary import summary_text
from fem_sf.output.tables import history_table, probes_table, profiles_table
from fem_sf.output.write import write_result
from fem_sf.study.results import (
    ACROSS_COLUMNS,
    AMPLITUDE_COLUMNS,
    DIRECTION_COLUMNS,
    SPIN_COLUMNS,
    USADEL_COLUMNS,
)


def read(path):
    return pd.read_csv(path, float_precision="round_trip")


def test_profiles_hold_every_node_exactly(tmp_path, bilayer):
    write_result(bilayer, tmp_path)
    table = read(tmp_path / "profiles.csv")
    assert list(table) == ["layer", "x", *USADEL_COLUMNS]
    assert list(table["layer"]) == ["S"] * 8 + ["F"] * 5
    for name, layer in bilayer.layers.items():
        rows = table[table["layer"] == name]
        np.testing.assert_array_equal(rows["x"], layer.points[:, 0])
        for column in USADEL_COLUMNS:
            np.testing.assert_array_equal(rows[column], layer.values[column])


def test_both_sides_of_an_interface_appear(tmp_path, bilayer):
    write_result(bilayer, tmp_path)
    table = read(tmp_path / "profiles.csv")
    sides = table[table["x"] == 3.0]
    assert list(sides["layer"]) == ["S", "F"]
    assert list(sides["dM_z"]) == [-0.01, -1 / 30]


def test_probes_have_the_same_columns(tmp_path, bilayer):
    write_result(bilayer, tmp_path)
    table = read(tmp_path / "probes.csv")
    assert list(table) == list(read(tmp_path / "profiles.csv"))
    assert list(zip(table["layer"], table["x"], strict=True)) == [
        ("S", 0.0),
        ("S", 1 / 3),
        ("F", 3.0),
    ]
    assert list(table["delta"]) == [1.7, 1.6, 0.0]


def test_no_probes_give_a_table_with_a_header_alone(tmp_path, bilayer):
    bilayer.probes.clear()
    write_result(bilayer, tmp_path)
    table = read(tmp_path / "probes.csv")
    assert list(table) == ["layer", "x", *USADEL_COLUMNS]
    assert len(table) == 0


def test_si_columns_follow_the_reduced_ones(tmp_path, bilayer_in_si):
    write_result(bilayer_in_si, tmp_path)
    for name in ("profiles.csv", "probes.csv"):
        table = read(tmp_path / name)
        assert list(table) == ["layer", "x", *USADEL_COLUMNS, "x_nm", "delta_meV"]
        # ξ0 = √(ħ D_S/2 k_B Tc) and k_B Tc from the exact SI constants
        length = np.sqrt(1.054571817646156e-34 * 4.6e-4 / (2 * 1.380649e-23 * 9.2)) * 1e9
        energy = 1.380649e-23 * 9.2 / 1.602176634e-19 * 1e3
        np.testing.assert_allclose(table["x_nm"], table["x"] * length, rtol=1e-14)
        np.testing.assert_allclose(table["delta_meV"], table["delta"] * energy, rtol=1e-14)


def test_amplitudes_hold_every_frequency_and_node_exactly(tmp_path, bilayer_at_frequencies):
    write_result(bilayer_at_frequencies, tmp_path)
    table = read(tmp_path / "amplitudes.csv")
    assert list(table) == ["layer", "x", "omega", *AMPLITUDE_COLUMNS]
    assert list(table["layer"]) == (["S"] * 8 + ["F"] * 5) * 3
    assert list(table["omega"]) == [3.0] * 13 + [1 / 3] * 13 + [0.5] * 13
    for i, omega in enumerate(bilayer_at_frequencies.case.output.frequencies):
        for name, layer in bilayer_at_frequencies.layers.items():
            rows = table[(table["layer"] == name) & (table["omega"] == omega)]
            np.testing.assert_array_equal(rows["x"], layer.points[:, 0])
            for column in AMPLITUDE_COLUMNS:
                np.testing.assert_array_equal(rows[column], layer.amplitudes[column][i])


def test_amplitudes_with_units_and_in_a_plane(
    tmp_path, bilayer_at_frequencies_in_si, plane_at_frequencies
):
    write_result(bilayer_at_frequencies_in_si, tmp_path)
    table = read(tmp_path / "amplitudes.csv")
    assert list(table) == ["layer", "x", "omega", *AMPLITUDE_COLUMNS, "x_nm", "omega_meV"]
    energy = 1.380649e-23 * 9.2 / 1.602176634e-19 * 1e3
    np.testing.assert_allclose(table["omega_meV"], table["omega"] * energy, rtol=1e-14)
    write_result(plane_at_frequencies, tmp_path)
    table = read(tmp_path / "amplitudes.csv")
    assert list(table) == ["layer", "x", "y", "omega", *AMPLITUDE_COLUMNS]


def test_a_plane_has_two_coordinates(tmp_path, plane):
    write_result(plane, tmp_path)
    assert list(read(tmp_path / "profiles.csv"))[:4] == ["layer", "x", "y", "delta"]
    probes = read(tmp_path / "probes.csv")
    assert (probes["x"][0], probes["y"][0], probes["delta"][0]) == (0.5, 0.5, 1.0)


def test_summary_keeps_digits_and_has_no_nan(tmp_path, bilayer):
    write_result(bilayer, tmp_path)
    text = (tmp_path / "summary.json").read_text(encoding="utf-8")
    summary = json.loads(text, parse_constant=pytest.fail)
    assert summary["free_energy"] == -0.1 * 3
    assert summary["layers"]["S"]["magnetization"]["integral"] == [0.0, 0.0, -1 / 3]
    assert summary["layers"]["F"]["magnetization"]["integral"] == [0.0, 0.0, None]


def test_summary_begins_with_the_verdict_and_ends_with_the_versions(tmp_path, bilayer):
    write_result(bilayer, tmp_path)
    names = list(json.loads((tmp_path / "summary.json").read_text(encoding="utf-8")))
    assert names[:3] == ["kind", "converged", "state"]
    assert names[-2:] == ["seconds", "versions"]


def test_lists_of_numbers_take_one_line_and_text_stays_as_it_is():
    text = summary_text({"integral": (1, 2.5, None), "note": "[\n 1 ]", "rows": [[1], []]})
    assert '"integral": [1, 2.5, null]' in text
    assert json.loads(text) == {"integral": [1, 2.5, None], "note": "[\n 1 ]", "rows": [[1], []]}


def test_spin_profiles_and_probes_hold_every_number_exactly(tmp_path, junction):
    write_result(junction, tmp_path)
    for name, fields in (("profiles.csv", junction.layers), ("probes.csv", junction.probes)):
        table = read(tmp_path / name)
        assert list(table) == ["layer", "x", *SPIN_COLUMNS]
        for layer, each in fields.items():
            rows = table[table["layer"] == layer]
            np.testing.assert_array_equal(rows["x"], each.points[:, 0])
            for column in SPIN_COLUMNS:
                np.testing.assert_array_equal(rows[column], each.values[column])


def test_the_spin_current_on_both_sides_of_an_interface(tmp_path, junction):
    write_result(junction, tmp_path)
    table = read(tmp_path / "profiles.csv")
    left, right = (row for _, row in table[table["x"] == 3.0].iterrows())
    assert (left["layer"], right["layer"]) == ("FL", "FR")
    numbers = junction.summary["interfaces"]["FL|FR"]
    for side, row in (("left", left), ("right", right)):
        current = [row[f"JM_{axis}"] for axis in "xyz"]
        np.testing.assert_allclose(current, numbers[f"JM_{side}"], atol=1e-14)
    # the same size on both sides, each along its own magnetization: the jump is 2 j sin(60°/2)
    size = left["JM_z"]
    jump = [right[f"JM_{axis}"] - left[f"JM_{axis}"] for axis in "xyz"]
    assert np.linalg.norm(jump) == pytest.approx(size, rel=1e-12)


def test_spin_columns_in_si(tmp_path, valve_in_si):
    write_result(valve_in_si, tmp_path)
    table = read(tmp_path / "profiles.csv")
    factors = {  # of L0 = 1 nm, t0 = 1 ps, σ0 = 1e6 S/m, V0 = 1 mV
        "x_nm": 1.0,
        "V_mV": 1.0,
        "dn_C_per_m3": 1e6 * 1e-3 * 1e-12 / 1e-9**2,
        **{f"dM_{axis}_C_per_m3": 1e6 * 1e-3 * 1e-12 / 1e-9**2 for axis in "xyz"},
        "J_A_per_m2": 1e6 * 1e-3 / 1e-9,
        **{f"JM_{axis}_A_per_m2": 1e6 * 1e-3 / 1e-9 for axis in "xyz"},
    }
    assert list(table) == ["layer", "x", *SPIN_COLUMNS, *factors]
    for (name, factor), column in zip(factors.items(), ("x", *SPIN_COLUMNS), strict=True):
        np.testing.assert_allclose(table[name], factor * table[column], rtol=1e-14)


def test_a_spin_plane_has_currents_across_and_directions(tmp_path, spin_plane):
    write_result(spin_plane, tmp_path)
    columns = ["layer", "x", "y", *SPIN_COLUMNS, *ACROSS_COLUMNS, *DIRECTION_COLUMNS]
    assert list(read(tmp_path / "profiles.csv")) == columns


def test_history_has_a_row_a_step(tmp_path, transient):
    write_result(transient, tmp_path)
    table, history = read(tmp_path / "history.csv"), transient.history
    assert list(table)[:4] == ["time", "drive", "energy", "total_current"]
    assert set(table) == {"time", *history.values}
    assert "F.L|F.R.JM_left_z" in table
    np.testing.assert_array_equal(table["time"], history.times)
    for name, values in history.values.items():
        np.testing.assert_array_equal(table[name], values)


def test_history_in_si_follows_the_reduced_one(tmp_path, transient_in_si):
    write_result(transient_in_si, tmp_path)
    table = read(tmp_path / "history.csv")
    reduced = 1 + len(transient_in_si.history.values)
    assert list(table)[reduced : reduced + 2] == ["time_ps", "total_current_A_per_m2"]
    np.testing.assert_allclose(table["time_ps"], table["time"], rtol=1e-14)
    for name in ("total_current", "Co1|Cu.J", "Cu|Co2.JM_right_x"):
        np.testing.assert_allclose(table[f"{name}_A_per_m2"], 1e12 * table[name], rtol=1e-14)
    np.testing.assert_allclose(table["Cu|Co2.V_left_mV"], table["Cu|Co2.V_left"], rtol=1e-14)


def test_spin_tables_are_the_same_from_what_is_stored(tmp_path, transient_in_si):
    write_result(transient_in_si, tmp_path)
    fresh, stored = to_dataset(transient_in_si), load_dataset(tmp_path)
    for table in (profiles_table, probes_table, history_table):
        assert list(table(stored)) == list(table(fresh))
        for name, column in table(fresh).items():
            np.testing.assert_array_equal(table(stored)[name], column)
