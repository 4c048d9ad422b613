# SPDX-License-Identifier: MIT
"""Densities of states as arrays, table and picture are the numbers of the result."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from fem_sf.output import style
from fem_sf.output.dataset import load_result, to_dataset
from fem_sf.output.plots import draw
from fem_sf.output.write import write_result

PLACES = ("mean", "left", "right", "probes")


@pytest.mark.parametrize("made_up", ["bilayer_spectra", "bilayer_spectra_in_si"])
def test_spectra_come_back_to_the_last_bit(tmp_path, made_up, request):
    result = request.getfixturevalue(made_up)
    write_result(result, tmp_path)
    stored = load_result(tmp_path).spectra
    assert len(stored) == len(result.spectra) == 2
    for found, expected in zip(stored, result.spectra, strict=True):
        np.testing.assert_array_equal(found.energies, expected.energies)
        assert found.broadening == expected.broadening
        assert list(found.layers) == list(expected.layers)
        for name, layer in expected.layers.items():
            for place in (*PLACES, "probe_points"):
                np.testing.assert_array_equal(
                    getattr(found.layers[name], place), getattr(layer, place)
                )


def test_a_result_without_has_none(tmp_path, bilayer, bilayer_spectra):
    write_result(bilayer_spectra, tmp_path)
    assert (tmp_path / "spectra.csv").exists() and (tmp_path / "spectra.png").exists()
    write_result(bilayer, tmp_path)
    assert load_result(tmp_path).spectra == ()
    assert not list(tmp_path.glob("spectra.*"))


def test_places_and_energies_are_labels(tmp_path, bilayer_spectra_in_si):
    write_result(bilayer_spectra_in_si, tmp_path)
    with xr.open_dataset(tmp_path / "result.nc", engine="h5netcdf") as dataset:
        density = dataset["density_of_states"]
        assert density.dims == ("energy", "place", "spin")
        assert dataset["energy"].attrs["units"] == "k_B Tc"
        assert list(dataset["spectrum"].values) == [1, 1, 2, 2, 2]
        # k_B Tc of 9.2 K is 0.792795 meV
        np.testing.assert_allclose(dataset["energy_meV"], 0.792795 * dataset["energy"], rtol=1e-5)
        right = density.sel(place="F.right", spin="down")
        expected = [each.layers["F"].right[:, 1] for each in bilayer_spectra_in_si.spectra]
        np.testing.assert_array_equal(right, np.concatenate(expected))
        second = density.where(dataset["spectrum"] == 2, drop=True)
        probes = second.where(dataset["place_kind"] == "probe", drop=True)
        assert list(probes["place"].values) == ["S.probe1", "S.probe2", "F.probe1"]
        assert probes.shape == (3, 3, 2)


def test_table_has_a_row_an_energy_and_place(tmp_path, bilayer_spectra):
    write_result(bilayer_spectra, tmp_path)
    table = pd.read_csv(tmp_path / "spectra.csv", float_precision="round_trip")
    assert list(table) == [
        *("spectrum", "broadening", "energy", "layer", "place", "x", "N_up", "N_down", "N")
    ]
    assert len(table) == 5 * (3 + 2 + 3 + 1)
    probe = table[(table["place"] == "probe") & (table["x"] == 1 / 3)]
    second = bilayer_spectra.spectra[1]
    rows = probe[probe["spectrum"] == 2]
    assert list(rows["energy"]) == list(second.energies)
    assert set(rows["broadening"]) == {second.broadening} and set(rows["layer"]) == {"S"}
    np.testing.assert_array_equal(rows["N_up"], second.layers["S"].probes[:, 1, 0])
    np.testing.assert_array_equal(rows["N_down"], second.layers["S"].probes[:, 1, 1])
    np.testing.assert_allclose(table["N"], (table["N_up"] + table["N_down"]) / 2, rtol=1e-15)
    ends = table[table["place"].isin(["left", "right"])].groupby(["layer", "place"])["x"].first()
    assert dict(ends) == {
        ("S", "left"): 0.0,
        ("S", "right"): 3.0,
        ("F", "left"): 3.0,
        ("F", "right"): 3.25,
    }
    assert table[table["place"] == "mean"]["x"].isna().all()


def test_picture_has_both_spins_of_every_layer_and_spectrum(bilayer_spectra):
    figure = draw(to_dataset(bilayer_spectra))["spectra.png"]
    assert len(figure.axes) == 4
    for number, axes in enumerate(figure.axes):
        spectrum = bilayer_spectra.spectra[number // 2]
        order = np.argsort(spectrum.energies)
        mean = list(spectrum.layers.values())[number % 2].mean
        for spin, colour in enumerate((style.VERMILLION, style.BLUE)):
            (line,) = (each for each in axes.lines if each.get_color() == colour)
            np.testing.assert_array_equal(line.get_xdata(), spectrum.energies[order])
            np.testing.assert_array_equal(line.get_ydata(), mean[order, spin])
    assert "0.01" in figure.axes[0].get_title(loc="left")
    assert "in S" in figure.axes[0].get_ylabel() and "in F" in figure.axes[1].get_ylabel()
