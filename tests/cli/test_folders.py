# SPDX-License-Identifier: MIT
"""A folder belongs to the case that made it."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from pathlib import Path

import pytest

from fem_sf.cli import main
from fem_sf.errors import NotConverged

from .conftest import CASE, pretended_result

SWEEP = CASE + '[sweep]\n"usadel.temperature" = [0.1, 0.2]\n'


def solve(case, comm, progress, folder):
    """Pretend to solve."""
    return pretended_result(case)


def results_of(folder: str) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in Path(folder).iterdir() if path.is_file()}


@pytest.fixture
def two_cases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pretend) -> None:
    """Two cases of the same name in folders of their own, of which the first is solved."""
    monkeypatch.chdir(tmp_path)
    pretend(solve)
    for folder, temperature in (("a", "0.5"), ("b", "0.25")):
        Path(folder).mkdir()
        Path(folder, "film.toml").write_text(CASE.replace("0.5", temperature, 1))
    assert main(["run", "a/film.toml"]) == 0


def test_another_case_is_refused(two_cases, capsys) -> None:
    before = results_of("results/film")
    capsys.readouterr()
    assert main(["run", "b/film.toml"]) == 2
    assert capsys.readouterr() == (
        "",
        "--out: results/film holds the results of fem-sf run a/film.toml, not of fem-sf run "
        "b/film.toml; give another folder with --out, or --force to have these removed\n",
    )
    assert results_of("results/film") == before


def test_force_takes_it(two_cases) -> None:
    for stale in ("checkpoint.npz", "sweep.nc", "amplitudes.csv", "fields_7_G.vtu"):
        Path("results/film", stale).touch()
    Path("results/film/notes.txt").write_text("mine")
    assert main(["run", "b/film.toml", "--force"]) == 0
    names = set(results_of("results/film"))
    assert {"summary.json", "notes.txt"} <= names
    assert not names & {"checkpoint.npz", "sweep.nc", "amplitudes.csv", "fields_7_G.vtu"}
    assert json.loads(Path("results/film/summary.json").read_text())["temperature"] == 0.25
    assert main(["run", "a/film.toml"]) == 2


def test_an_edited_case_goes_on(two_cases) -> None:
    Path("a/film.toml").write_text(CASE.replace("0.5", "0.125", 1))
    assert main(["run", "a/film.toml"]) == 0
    assert main(["run", "a/../a/film.toml"]) == 0


@pytest.mark.parametrize("moved", ["case", "both", "results"])
def test_moved(two_cases, tmp_path: Path, moved: str) -> None:
    out = "results/film"
    if moved == "case":
        shutil.move("a/film.toml", "renamed.toml")
        assert main(["run", "renamed.toml", "--out", out]) == 0
        return
    if moved == "results":
        shutil.move("results", "elsewhere")
        out = "elsewhere/film"
    else:
        Path("deeper").mkdir()
        for each in ("a", "results"):
            shutil.move(each, "deeper")
        os.chdir("deeper")
        Path("a/film.toml").write_text(CASE.replace("0.5", "0.125", 1))
    assert main(["run", "a/film.toml", "--out", out]) == 0


def test_runs_and_sweeps_do_not_mix(two_cases, capsys) -> None:
    Path("a/film.toml").write_text(SWEEP)
    capsys.readouterr()
    assert main(["sweep", "a/film.toml"]) == 2
    assert "results/film holds the results of fem-sf run a/film.toml, not of fem-sf sweep" in (
        capsys.readouterr().err
    )
    assert not Path("results/film/points").exists()


def test_points_of_a_sweep_are_not_a_run_s(case_path, pretend, capsys) -> None:
    pretend(solve)
    Path("results/bilayer/points").mkdir(parents=True)
    assert main(["run", str(case_path)]) == 2
    assert "holds the results of fem-sf sweep, not of" in capsys.readouterr().err
    assert main(["run", str(case_path), "--force"]) == 0
    # they are the costly part, and in nobody's way
    assert Path("results/bilayer/points").is_dir()


def test_a_damaged_record_is_none(two_cases) -> None:
    Path("results/film/made-by.json").write_text('{"command": ')
    assert main(["run", "b/film.toml"]) == 0


def test_two_processes_at_once(two_cases, capsys) -> None:
    other = os.open("results/film", os.O_RDONLY)
    fcntl.flock(other, fcntl.LOCK_EX)
    assert main(["run", "a/film.toml"]) == 2
    assert "another process is writing to results/film" in capsys.readouterr().err
    os.close(other)
    assert main(["run", "a/film.toml"]) == 0


def test_a_failed_run_leaves_no_empty_folder(case_path, pretend) -> None:
    def fail(*_: object) -> None:
        raise NotConverged("the gap did not converge")

    pretend(fail)
    assert main(["run", str(case_path), "--out", "fresh"]) == 3
    assert not Path("fresh").exists()
    Path("old").mkdir()
    assert main(["run", str(case_path), "--out", "old"]) == 3
    assert Path("old").is_dir() and not any(Path("old").iterdir())


def test_a_link_to_nothing(case_path, pretend, capsys) -> None:
    pretend(solve)
    Path("link").symlink_to("nowhere")
    assert main(["run", str(case_path), "--out", "link/deep"]) == 2
    assert main(["run", str(case_path), "--out", "link"]) == 2
    assert capsys.readouterr().err.splitlines() == [
        "--out: link/deep cannot be a folder, because link is a link to nothing",
        "--out: link cannot be a folder, because link is a link to nothing",
    ]


@pytest.mark.parametrize("name", ["x" * 256, "deep/" + "x" * 256])
def test_names_that_no_file_system_takes(case_path, pretend, capsys, name: str) -> None:
    pretend(solve)
    assert main(["run", str(case_path), "--out", name]) == 2
    assert capsys.readouterr().err.startswith("--out: results cannot be written to ")
