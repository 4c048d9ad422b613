# SPDX-License-Identifier: MIT
"""Arrays, table and picture of made-up points."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from fem_sf import Sweep
from fem_sf.case.sweeps import load_sweep
from fem_sf.cli import main
from fem_sf.output.sweep import dataset as arrays
from fem_sf.output.sweep import picture, table
from fem_sf.output.sweep.console import print_sweep
from fem_sf.study.sweep.points import Point

from .cases import BILAYER, write

TURNS = [[math.sin(math.radians(each)), 0, math.cos(math.radians(each))] for each in (0, 60, 120)]
LINES = '"usadel.temperature" = [0.2, 0.1]', f'"layers.F.exchange" = {TURNS}'


def point(number: int, *, spins: tuple[str, ...] = ("up", "down")) -> Point:
    """Made-up numbers of a bilayer."""
    moment = {"integral": [0.0, 0.25, -number], "error": {"integral": 1e-7}}
    density = {place: {spin: [1.0, 2.0 + i] for i, spin in enumerate(spins)} for place in "abc"}
    places = dict(zip(("mean", "left", "right"), density.values(), strict=True))
    spectrum = {"energies": [0.0, 0.5], "layers": {"S": {**places, "probes": []}}}
    return Point(
        converged=True,
        summary={
            "state": "normal" if number else "superconducting",
            "temperature": 0.1,
            "critical_temperature": 0.5 + number,
            "layers": {
                "S": {"gap": {"mean": 1.5 * number}, "magnetization": moment},
                "F": {"moment": {"total": 1.0}, "magnetization": moment},
            },
            "free_energy": -1.0 if number else None,
            "spectra": [spectrum],
            "checks": {"metastable": bool(number)},
            "iterations": {"sweeps": 3, "gap_residuals": [1, 0.1, 0.01]},
        },
        probes={
            "F": {"positions": [0.0, 0.4], "values": {"delta": [0.0, 0.0], "dM_z": [1, number]}}
        },
    )


@pytest.fixture
def sweep(tmp_path: Path) -> Sweep:
    return load_sweep(write(tmp_path, BILAYER, *LINES))


@pytest.fixture
def dataset(sweep: Sweep) -> xr.Dataset:
    points: list[Point | None] = [point(i) for i in range(6)]
    points[3], points[4] = Point(False, "no gap"), None
    return arrays.to_dataset(sweep, points)


def test_arrays(dataset: xr.Dataset) -> None:
    axes = ("usadel.temperature", "layers.F.exchange")
    gap = dataset["layers.S.gap.mean"]
    assert gap.dims == axes
    assert gap.attrs["units"] == "Tc"
    np.testing.assert_array_equal(gap.values, [[0, 1.5, 3], [np.nan, np.nan, 7.5]])
    assert float(gap.sel({axes[0]: 0.2, axes[1]: dataset[axes[1]].values[1]})) == 1.5
    moment = dataset["layers.F.magnetization.integral"]
    assert moment.dims == (*axes, "component")
    assert moment.attrs["units"] == "(2ν|J| of F) ξ0"
    np.testing.assert_array_equal(moment.sel(component="z").values[0], [0, -1, -2])
    assert dataset["layers.F.magnetization.error.integral"].values[0, 0] == 1e-7
    assert dataset["free_energy"].isnull().values.tolist() == [
        [True, False, False],
        [True, True, False],
    ]
    assert dataset["state"].values.tolist()[1] == ["", "", "normal"]
    assert dataset["converged"].values.tolist() == [[True] * 3, [False, False, True]]
    assert dataset["message"].values.tolist()[1] == ["no gap", "not solved yet", ""]
    assert dataset["checks.metastable"].values[0].tolist() == [0, 1, 1]
    assert "iterations.gap_residuals" not in dataset
    probe = dataset["probes.F.dM_z"].sel({"probes.F.position": 0.4})
    assert probe.values[0].tolist() == [0, 1, 2]
    assert dataset["layers.F.exchange_z"].values == pytest.approx([1, 0.5, -0.5])
    density = dataset["spectra[0].layers.S.left.N_down"]
    assert density.dims == (*axes, "spectra[0].energy")
    assert density.values[0, 0].tolist() == [1, 3]
    assert dataset["spectra[0].layers.S.mean.N"].values[1, 2].tolist() == [1, 2.5]
    assert dataset.attrs["case"].startswith("kind =")
    assert "seconds" not in str(dataset.attrs)


def test_spins_along_other_axes_leave_the_mean(sweep: Sweep) -> None:
    points = [point(0), *(point(i, spins=("up_x", "down_x")) for i in range(1, 6))]
    found = arrays.to_dataset(sweep, points)
    assert np.isnan(found["spectra[0].layers.S.mean.N_up"].values[0, 1]).all()
    assert np.isfinite(found["spectra[0].layers.S.mean.N"].values).all()


def test_spectra_that_found_more_energies_than_others(sweep: Sweep) -> None:
    points = [point(i) for i in range(6)]
    (spectrum,) = points[1].summary["spectra"]
    spectrum["energies"] = [0.0, 0.25, 0.5]
    for place in ("mean", "left", "right"):
        spectrum["layers"]["S"][place] = {"up": [1.0, 4.0, 2.0], "down": [1.0, 6.0, 3.0]}
    found = arrays.to_dataset(sweep, points)
    for name, few, many in (
        ("energies", [0.0, 0.5], [0.0, 0.25, 0.5]),
        ("layers.S.left.N_down", [1.0, 3.0], [1.0, 6.0, 3.0]),
    ):
        values = found[f"spectra[0].{name}"].values[0]
        np.testing.assert_array_equal(values[0], [*few, np.nan])
        np.testing.assert_array_equal(values[1], many)


def test_the_same_numbers_are_the_same_bytes(dataset: xr.Dataset, tmp_path: Path) -> None:
    folders = tmp_path / "one", tmp_path / "two"
    for folder in folders:
        folder.mkdir()
        arrays.write_dataset(dataset, folder)
    one, two = (folder / arrays.FILE for folder in folders)
    assert one.read_bytes() == two.read_bytes()
    read = arrays.load_dataset(folders[0])
    assert read.attrs["axes"] == dataset.attrs["axes"]
    xr.testing.assert_equal(read, dataset)


def test_table(dataset: xr.Dataset, tmp_path: Path) -> None:
    table.write_table(dataset, tmp_path)
    rows = list(csv.DictReader((tmp_path / table.FILE).read_text().splitlines()))
    assert list(rows[0])[:2] == ["usadel.temperature", "layers.F.exchange"]
    assert list(rows[0])[-2:] == ["converged", "message"]
    assert [row["usadel.temperature"] for row in rows] == ["0.2"] * 3 + ["0.1"] * 3
    assert [row["layers.S.gap.mean"] for row in rows] == ["0.0", "1.5", "3.0", "nan", "nan", "7.5"]
    assert rows[2]["layers.F.magnetization.integral_z"] == "-2.0"
    assert float(rows[1]["layers.F.exchange_z"]) == pytest.approx(0.5)
    assert rows[3]["message"] == "no gap"


def test_curves_over_the_angle(dataset: xr.Dataset) -> None:
    figure = picture.draw_sweep(dataset)
    assert figure is not None
    labels = [axes.get_ylabel() for axes in figure.axes]
    assert labels[0] == r"$T_{\mathrm{c}}^*\,/\,T_{\mathrm{c}}$"
    assert labels[1].startswith("mean $\\Delta$\nin S")
    assert [r"\delta M_y" in label for label in labels[2:]] == [True, False]
    assert figure.axes[-1].get_xlabel() == "angle of layers.F.exchange (°)"
    first, second = figure.axes[1].lines
    assert first.get_xdata() == pytest.approx([0, 60, 120])
    assert first.get_label() == "0.2"
    assert list(first.get_ydata()) == [0, 1.5, 3]
    assert np.isnan(second.get_ydata()[:2]).all()
    assert any("2 of 6 points have no solution" in each.get_text() for each in figure.texts)


def test_maps_over_two_long_axes(tmp_path: Path) -> None:
    lines = (
        '"usadel.temperature" = { start = 0.1, stop = 1.0, count = 10 }',
        '"layers.F.thickness" = { start = 1.0, stop = 2.0, count = 11 }',
    )
    sweep = load_sweep(write(tmp_path, BILAYER, *lines))
    figure = picture.draw_sweep(arrays.to_dataset(sweep, [point(i) for i in range(110)]))
    assert figure is not None
    maps = [axes for axes in figure.axes if axes.get_title(loc="left")]
    assert len(maps) == 4
    assert maps[-1].get_xlabel() == "layers.F.thickness (ξ0)"
    assert maps[0].get_ylabel() == "usadel.temperature (Tc)"
    assert maps[1].collections[0].get_array().ravel()[[0, 1, 11]].tolist() == [0, 1.5, 16.5]


def test_nothing_to_see(sweep: Sweep, tmp_path: Path) -> None:
    failed = arrays.to_dataset(sweep, [Point(False, "no")] * 6)
    (tmp_path / picture.FILE).write_text("old")
    assert picture.write_picture(failed, tmp_path) == []
    assert not (tmp_path / picture.FILE).exists()


def test_printed_table(dataset: xr.Dataset, capsys: pytest.CaptureFixture[str]) -> None:
    print_sweep(dataset)
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("│")]
    cells = [[cell.strip() for cell in line.split("│")[1:-1]] for line in lines]
    assert len(cells) == 6
    assert cells[1][:4] == ["0.2", "[0.866, 0, 0.5]", "1.5", "1.5"]
    assert cells[3][2:4] == ["–", "–"]


def test_plot_draws_a_sweep_again(
    dataset: xr.Dataset, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arrays.write_dataset(dataset, tmp_path)
    assert main(["plot", str(tmp_path)]) == 0
    assert capsys.readouterr().out == f"{tmp_path / picture.FILE}\n"
    assert (tmp_path / picture.FILE).stat().st_size > 10_000
