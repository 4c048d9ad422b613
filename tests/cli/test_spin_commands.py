# SPDX-License-Identifier: MIT
"""Cases of spin transport from the command line, solved for real."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from fem_sf.cli import main

JUNCTION = """kind = "spin"
title = "A junction at a right angle"
{extra}
[drive]
voltage = {voltage}
[[layers]]
name = "FL"
material = "ferromagnet"
thickness = 3.0
polarisation = 0.5
permittivity = 0.04
direction = [0, 0, 1]
exchange_precession = 20
{left}
[[layers]]
name = "FR"
material = "ferromagnet"
thickness = 3.0
polarisation = 0.5
permittivity = 0.04
direction = [0.8660254037844386, 0, 0.5]
exchange_precession = 20
{right}
[[interfaces]]
between = ["FL", "FR"]
law = "tunnel"
conductance = 3.0
polarisation_left = 0.5
polarisation_right = 0.5
capacitance = 2.0
[output]
probes = {{ FL = [0.0, 3.0], FR = [0.0] }}
"""
WALL = "wall = { stiffness = 0.3, anisotropy = 0.4, hard_axis_anisotropy = 0.3 }"
EXACT = '[solver]\nmethod = "exact"'


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)

    def write_case(extra: str = "", voltage: float = 1.0, left: str = "", right: str = "") -> str:
        text = JUNCTION.format(extra=extra, voltage=voltage, left=left, right=right)
        Path("junction.toml").write_text(text, encoding="utf-8")
        return "junction.toml"

    return write_case


def interface(folder: str) -> dict:
    return json.loads((Path(folder) / "summary.json").read_text())["interfaces"]["FL|FR"]


def test_finite_elements_and_modes_write_the_same_numbers(write, capsys):
    assert main(["run", write(), "--out", "elements"]) == 0
    assert "|ΔJ_M|" in capsys.readouterr().out
    assert main(["run", write(EXACT), "--out", "exact", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["iterations"]["reason"] == "exact"
    found, expected = interface("elements"), interface("exact")
    for key in ("J", "JM_left", "JM_right", "torque_left", "torque_right", "mu_left", "V_right"):
        assert found[key] == pytest.approx(expected[key], abs=1e-10), key
    for name in ("J", "JM_left", "torque", "V_left"):
        assert found["error"][name] < 1e-7
    tables = (Path(each, "probes.csv").read_text() for each in ("elements", "exact"))
    rows = [list(csv.DictReader(table.splitlines())) for table in tables]
    assert [row["layer"] for row in rows[0]] == ["FL", "FL", "FR"]
    for ours, theirs in zip(*rows, strict=True):
        for column in ("x", "V", "dn", "dM_x", "dM_z", "J", "JM_x", "JM_z"):
            assert float(ours[column]) == pytest.approx(float(theirs[column]), abs=1e-6)


def test_pictures_are_drawn_again_from_what_is_stored(write, capsys):
    main(["run", write(EXACT), "--out", "exact"])
    picture = Path("exact/profiles.png")
    picture.unlink()
    capsys.readouterr()
    assert main(["plot", "exact"]) == 0
    assert capsys.readouterr().out.split() == [str(picture)]
    assert picture.stat().st_size > 10_000


def test_check_tells_what_contradicts_thermodynamics(write, capsys):
    assert main(["check", write(left="alpha1 = 1.3\nalpha2 = 0.7")]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith("caution: junction.toml:15:")
    assert "α1 ≠ α2" in told[0]
    assert told[1] == "junction.toml: no errors (FL | FR)"


def test_beyond_the_last_static_state_the_last_one_is_kept(write, capsys):
    """The end of this family at 60° is at V = 2.469."""
    case = write(voltage=3.0, left=WALL, right=WALL)
    assert main(["run", case, "--out", "walls"]) == 3
    message = capsys.readouterr().err
    assert "static magnetizations end between 2.46" in message
    assert "smaller drive" in message
    assert "What was found up to there is in walls" in message
    summary = json.loads(Path("walls/summary.json").read_text())
    assert summary["converged"] is False
    assert 2.46 / 3 < summary["iterations"]["loads"][-1] < 2.47 / 3
    assert summary["layers"]["FL"]["tilt_right"] > 20
    assert Path("walls/profiles.csv").is_file()
