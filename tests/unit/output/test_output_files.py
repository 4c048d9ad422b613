# SPDX-License-Identifier: MIT
"""Files are complete or absent; a folder says when it is complete."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from fem_sf.errors import FemSFError
from fem_sf.files import replacing
from fem_sf.output import plots
from fem_sf.output.dataset import load_dataset, load_result
from fem_sf.output.write import plot_folder, write_result
from fem_sf.study.results import SpinResult, UsadelResult


def test_a_file_appears_when_its_block_ends(tmp_path):
    path = tmp_path / "a.txt"
    with replacing(path) as draft:
        draft.write_text("new")
        assert not path.exists()
        assert draft.parent == tmp_path and draft.suffix == ".txt"
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(RuntimeError, match="half way"), replacing(path) as draft:
        draft.write_text("ne")
        raise RuntimeError("half way")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_all_files_of_a_line(tmp_path, bilayer):
    write_result(bilayer, tmp_path / "results" / "made-up")
    assert sorted(path.name for path in (tmp_path / "results" / "made-up").iterdir()) == [
        "fields.pvd",
        "fields_0_S.vtu",
        "fields_1_F.vtu",
        "probes.csv",
        "profiles.csv",
        "profiles.png",
        "result.nc",
        "summary.json",
    ]


def test_amplitudes_of_an_earlier_run_go(tmp_path, bilayer, bilayer_at_frequencies):
    write_result(bilayer_at_frequencies, tmp_path)
    assert (tmp_path / "amplitudes.csv").exists()
    write_result(bilayer, tmp_path)
    assert not (tmp_path / "amplitudes.csv").exists()


def test_all_files_of_a_run_in_time(tmp_path, transient):
    write_result(transient, tmp_path)
    blocks = [f"fields_{i}_F.{name}" for i, name in enumerate("LR")]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "fields.pvd",
        *sorted(f"{each}{step}.vtu" for each in blocks for step in ("", "_0", "_1")),
        "history.csv",
        "history.png",
        "probes.csv",
        "profiles.csv",
        "profiles.png",
        "result.nc",
        "summary.json",
    ]


def test_an_earlier_run_in_time_leaves_nothing(tmp_path, transient, spin_plane, bilayer):
    write_result(transient, tmp_path)
    write_result(spin_plane, tmp_path)
    names = {path.name for path in tmp_path.iterdir()}
    assert "maps.png" in names
    assert not names & {"history.csv", "history.png", "profiles.png", "fields_0_F.L_0.vtu"}
    write_result(bilayer, tmp_path)
    assert not {path.name for path in tmp_path.iterdir()} & {"history.csv", "maps.png"}


def test_a_folder_is_not_complete_until_its_pictures_are(tmp_path, bilayer, monkeypatch):
    write_result(bilayer, tmp_path)

    def fail(*_):
        raise RuntimeError("no picture")

    monkeypatch.setattr(plots, "write_pictures", fail)
    with pytest.raises(RuntimeError, match="no picture"):
        write_result(bilayer, tmp_path)
    assert not (tmp_path / "summary.json").exists()
    assert (tmp_path / "result.nc").exists()


def test_other_files_stay(tmp_path, bilayer):
    (tmp_path / "notes.txt").write_text("mine")
    write_result(bilayer, tmp_path)
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_ranks_without_layers_write_nothing(tmp_path, bilayer):
    summary = write_result(UsadelResult(bilayer.case, summary={"kind": "usadel"}), tmp_path / "a")
    assert summary == {"kind": "usadel"}
    assert not (tmp_path / "a").exists()


def test_ranks_without_spin_layers_write_nothing(tmp_path, junction):
    assert write_result(SpinResult(junction.case, summary={"kind": "spin"}), tmp_path / "a")
    assert not (tmp_path / "a").exists()


def test_the_time_of_writing_is_told_and_counted(tmp_path, bilayer):
    summary = write_result(bilayer, tmp_path)
    seconds = json.loads((tmp_path / "summary.json").read_text())["seconds"]
    assert seconds == summary["seconds"]
    assert seconds["output"] > 0
    assert seconds["total"] == pytest.approx(1.0 + 2.0 + seconds["output"])


@pytest.mark.parametrize("load", [load_dataset, load_result, plot_folder])
def test_a_folder_without_a_result_is_named(tmp_path, load):
    with pytest.raises(FemSFError, match=f"{tmp_path} holds no result"):
        load(tmp_path)


def test_importing_is_light_and_drawing_needs_neither_dolfinx_nor_pyplot():
    program = (
        "import sys, fem_sf.output\n"
        "assert not {'xarray', 'matplotlib', 'meshio', 'pandas'} & set(sys.modules)\n"
        "import fem_sf.output.plots, fem_sf.output.paraview\n"
        "assert not {'dolfinx', 'matplotlib.pyplot', 'mpi4py'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
