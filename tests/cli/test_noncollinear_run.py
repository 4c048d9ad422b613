# SPDX-License-Identifier: MIT
"""A valve at 60°, from its case to every file."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from fem_sf.cli import main
from fem_sf.output.panels import significant

ANGLE = math.radians(60)
J = 5.0
CASE = f"""kind = "usadel"
title = "F/S/F at 60°"
[usadel]
temperature = 0.2
[[layers]]
name = "L"
material = "ferromagnet"
thickness = 0.4
exchange = {J}
diffusivity = 0.5
[[layers]]
name = "S"
material = "superconductor"
thickness = 4.0
[[layers]]
name = "R"
material = "ferromagnet"
thickness = 0.4
exchange = [{J * math.sin(ANGLE)}, 0.0, {J * math.cos(ANGLE)}]
diffusivity = 0.5
localized_moment = 0.5
[[interfaces]]
between = ["L", "S"]
law = "kupriyanov-lukichev"
gamma = 0.3
gamma_of = "L"
[[interfaces]]
between = ["S", "R"]
law = "kupriyanov-lukichev"
gamma = 0.3
gamma_of = "R"
[mesh]
degree = 2
[output]
probes = {{ S = [0.0, 4.0] }}
frequencies = [1.5, 0.4]
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    here = tmp_path_factory.mktemp("valve")
    (here / "valve.toml").write_text(CASE, encoding="utf-8")
    assert main(["run", str(here / "valve.toml"), "--out", str(here / "out")]) == 0
    return here / "out"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_files(folder: Path):
    names = {each.name for each in folder.iterdir()}
    assert {"summary.json", "profiles.csv", "probes.csv", "amplitudes.csv", "result.nc"} <= names
    assert {"profiles.png", "fields.pvd", "fields_2_R.vtu"} <= names


def test_the_valve_has_a_mirror_plane_between_its_fields(folder: Path):
    """Left and right change places when spins are reflected at the bisector of the two fields."""
    bisector = np.array([math.sin(ANGLE / 2), 0.0, math.cos(ANGLE / 2)])
    reflection = 2 * np.outer(bisector, bisector) - np.eye(3)
    profile = rows(folder / "profiles.csv")
    for vector in ("dM", "triplet"):
        values = np.array([[float(row[f"{vector}_{axis}"]) for axis in "xyz"] for row in profile])
        largest = np.abs(values).max(axis=0)
        assert values[::-1] == pytest.approx(values @ reflection, abs=1e-9 * largest.max())
        assert largest[1] == 0.0
        assert min(largest[0], largest[2]) > 1e-3


def test_summary(folder: Path):
    summary = json.loads((folder / "summary.json").read_text())
    layers, checks = summary["layers"], summary["checks"]
    total = sum(np.array(each["magnetization"]["integral"]) for each in layers.values())
    assert checks["total_magnetization"] == pytest.approx(total)
    assert np.abs(checks["torque_balance"]).max() < 1e-12
    assert "total_magnetization_from_action" not in checks
    along = [math.sin(ANGLE), 0.0, math.cos(ANGLE)]
    moment, mean = layers["R"]["moment"], layers["R"]["magnetization"]["mean"]
    assert (moment["free_electrons"], moment["localized"]) == pytest.approx((1.0, 0.5))
    assert moment["relative_change"] == pytest.approx(np.dot(mean, along) / 1.5)
    assert 0 < layers["R"]["torque_error"] < 0.1 * abs(layers["R"]["torque"][1])


def test_amplitudes_at_chosen_frequencies(folder: Path):
    found = [row for row in rows(folder / "amplitudes.csv") if row["layer"] == "R"]
    assert {float(row["omega"]) for row in found} == {1.5, 0.4}
    assert all(abs(float(row["triplet_x"])) > 1e-3 for row in found)
    assert not any(float(row["triplet_y"]) for row in found)


def test_the_picture_shows_both_components(folder: Path):
    with xr.open_dataset(folder / "result.nc", engine="h5netcdf") as dataset:
        assert significant(dataset, ["dM_x", "dM_y", "dM_z"], 1e-9) == ["dM_x", "dM_z"]


def test_paraview_gets_vectors(folder: Path):
    fields = (folder / "fields_1_S.vtu").read_text(encoding="utf-8")
    assert 'Name="dM" NumberOfComponents="3"' in fields
