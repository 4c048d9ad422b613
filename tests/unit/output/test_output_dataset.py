# SPDX-License-Identifier: MIT
"""``result.nc`` gives back what was stored, to the last bit."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

from fem_sf.output.dataset import load_dataset, load_result, to_dataset
from fem_sf.output.summary import summary_text
from fem_sf.output.tables import probes_table, profiles_table
from fem_sf.output.write import write_result


def assert_same_layers(seen, expected):
    assert list(seen) == list(expected)
    for name, layer in expected.items():
        np.testing.assert_array_equal(seen[name].points, layer.points)
        assert list(seen[name].values) == list(layer.values)
        for column, values in layer.values.items():
            np.testing.assert_array_equal(seen[name].values[column], values)
        assert list(seen[name].amplitudes) == list(layer.amplitudes)
        for column, values in layer.amplitudes.items():
            np.testing.assert_array_equal(seen[name].amplitudes[column], values)


@pytest.mark.parametrize(
    "made_up",
    [
        *("bilayer", "bilayer_in_si", "plane"),
        *("bilayer_at_frequencies", "bilayer_at_frequencies_in_si", "plane_at_frequencies"),
        *("junction", "valve_in_si", "turning", "spin_plane", "transient", "transient_in_si"),
    ],
)
def test_round_trip(tmp_path, made_up, request):
    result = request.getfixturevalue(made_up)
    write_result(result, tmp_path)
    stored = load_result(tmp_path)
    assert_same_layers(stored.layers, result.layers)
    assert_same_layers(stored.probes, result.probes)
    for name, layer in result.layers.items():
        np.testing.assert_array_equal(stored.layers[name].cells, layer.cells)
    assert stored.kind == result.case.kind
    assert stored.title == result.case.title
    assert stored.text == result.case.text
    assert stored.frequencies == result.case.output.frequencies
    assert stored.summary == json.loads(summary_text(result.summary))


def test_tables_are_the_same_from_what_is_stored(tmp_path, bilayer_in_si):
    write_result(bilayer_in_si, tmp_path)
    fresh, stored = to_dataset(bilayer_in_si), load_dataset(tmp_path)
    for table in (profiles_table, probes_table):
        assert list(table(stored)) == list(table(fresh))
        for name, column in table(fresh).items():
            np.testing.assert_array_equal(table(stored)[name], column)


def test_xarray_alone_reads_it_with_labels_and_units(tmp_path, bilayer):
    write_result(bilayer, tmp_path)
    with xr.open_dataset(tmp_path / "result.nc", engine="h5netcdf") as dataset:
        magnet = dataset["dM_z"].where(dataset["layer"] == "F", drop=True)
        np.testing.assert_array_equal(magnet, bilayer.layers["F"].values["dM_z"])
        assert dataset["dM_z"].attrs["units"] == "2ν|J| of layer F"
        assert dataset["delta"].attrs["units"] == "k_B Tc"
        assert dataset["x"].attrs["units"] == "ξ0"
        observables = [name for name, each in dataset.data_vars.items() if each.dims == ("node",)]
        assert all("long_name" in dataset[name].attrs for name in observables)
        assert str(dataset["material"].sel(layer_name="F").item()) == "ferromagnet"
        assert json.loads(dataset.attrs["versions"]) == {"fem_sf": "0.0"}


def test_frequencies_are_labels(tmp_path, bilayer_at_frequencies):
    write_result(bilayer_at_frequencies, tmp_path)
    with xr.open_dataset(tmp_path / "result.nc", engine="h5netcdf") as dataset:
        triplet = dataset["triplet_z_at_omega"]
        assert triplet.dims == ("omega", "node")
        assert triplet.attrs["units"] == "1" and "long_name" in triplet.attrs
        assert dataset["omega"].attrs["units"] == "k_B Tc"
        magnet = triplet.sel(omega=0.5).where(dataset["layer"] == "F", drop=True)
        expected = bilayer_at_frequencies.layers["F"].amplitudes["triplet_z"][2]
        np.testing.assert_array_equal(magnet, expected)


def test_cells_point_into_the_node_dimension(plane):
    dataset = to_dataset(plane)
    cells = dataset["cells"].values
    assert cells.shape == (36 + 6, 4)
    assert (cells[:36, 3] == -1).all() and (cells[36:] >= 28).all()
    corner = cells[36, 0]
    assert dataset["layer"].values[corner] == "F"
    assert (dataset["x"].values[corner], dataset["y"].values[corner]) == (3.0, 0.0)


def test_a_long_summary_fits(tmp_path, bilayer):
    bilayer.summary["spectra"] = [float(number) for number in np.linspace(0, 1, 20_000)]
    write_result(bilayer, tmp_path)
    assert load_result(tmp_path).summary["spectra"] == bilayer.summary["spectra"]


@pytest.mark.parametrize("made_up", ["transient", "transient_in_si"])
def test_a_run_in_time_comes_back_to_the_last_bit(tmp_path, made_up, request):
    result = request.getfixturevalue(made_up)
    write_result(result, tmp_path)
    stored, history = load_result(tmp_path).history, result.history
    np.testing.assert_array_equal(stored.times, history.times)
    np.testing.assert_array_equal(stored.snapshot_times, history.snapshot_times)
    assert set(stored.values) == set(history.values)
    for name, values in history.values.items():
        np.testing.assert_array_equal(stored.values[name], values)
    for kept in ("snapshots", "probes"):
        seen, expected = getattr(stored, kept), getattr(history, kept)
        assert list(seen) == list(expected)
        for layer, columns in expected.items():
            assert list(seen[layer]) == list(columns)
            for column, values in columns.items():
                np.testing.assert_array_equal(seen[layer][column], values)


def test_a_run_in_time_without_snapshots(tmp_path, transient):
    history = replace(transient.history, snapshot_times=np.empty(0), snapshots={}, probes={})
    write_result(replace(transient, history=history), tmp_path)
    stored = load_result(tmp_path).history
    assert stored.snapshot_times.shape == (0,)
    assert stored.snapshots == stored.probes == {}
    np.testing.assert_array_equal(stored.times, history.times)


def test_steady_states_have_no_history(tmp_path, junction):
    write_result(junction, tmp_path)
    assert load_result(tmp_path).history is None


def test_interfaces_and_times_are_labels(tmp_path, transient_in_si):
    write_result(transient_in_si, tmp_path)
    with xr.open_dataset(tmp_path / "result.nc", engine="h5netcdf") as dataset:
        assert dataset.attrs["kind"] == "spin"
        current = dataset["interface_JM_right_x"].sel(interface="Cu|Co2")
        assert current.dims == ("time",)
        assert current.attrs["units"] == "σ0 V0/L0"
        expected = transient_in_si.history.values["Cu|Co2.JM_right_x"]
        np.testing.assert_array_equal(current, expected)
        assert dataset["interface_JM_right_x_A_per_m2"].attrs["units"] == "A/m²"
        late = dataset["dM_x_at_time"].sel(snapshot_time=20.0)
        middle = late.where(dataset["layer"] == "Cu", drop=True)
        snapshots = transient_in_si.history.snapshots
        np.testing.assert_array_equal(middle, snapshots["Cu"]["dM_x"][2])
        assert dataset["probe_V_at_time"].dims == ("snapshot_time", "probe")
        assert all(each.attrs["long_name"] for each in dataset.data_vars.values() if each.attrs)
        assert dataset["time"].attrs["units"] == "t0" and "time_ps" in dataset
