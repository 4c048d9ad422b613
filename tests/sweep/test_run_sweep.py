# SPDX-License-Identifier: MIT
"""Points are what ``run`` gives, computed once, and kept whatever happens to others."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from mpi4py import MPI

import fem_sf
from fem_sf.case.sweeps import load_sweep
from fem_sf.cli import main
from fem_sf.errors import NotConverged
from fem_sf.output.sweep.write import read_points
from fem_sf.study import spin
from fem_sf.study.gap_profile import GapProfile
from fem_sf.study.sweep import run as solving
from fem_sf.study.sweep.points import Points, content

from .cases import BILAYER, EXACT, JUNCTION, write

ANGLES = '"layers.FR.direction" = [[1, 0, 0], [1, 0, 1], [1, 1, 1]]'
CONDUCTANCES = '"interfaces.FL|FR.conductance" = [0.1, 0.5, 2.0]'


def sweep_of(path: Path, folder: Path) -> tuple[solving.SweepReport, xr.Dataset]:
    sweep = load_sweep(path)
    report = fem_sf.run_sweep(sweep, folder, MPI.COMM_SELF)
    return report, read_points(sweep, folder)


SIZES = {
    "magnetization": "magnetization",
    "torque": "magnetization",
    "singlet": "singlet",
    "triplet": "singlet",
}
"""Which numbers are of one size: those of δM with what they exert, and all pair amplitudes."""


def size_beside(name: str, values: dict[str, tuple]) -> float:
    """The largest of the numbers that one is alike with; zero where it stands alone."""
    others = [size for word, size in SIZES.items() if word in name]
    return max(
        (
            np.abs(expected).max()
            for each, (_, expected) in values.items()
            if others and others[0] in each
        ),
        default=0.0,
    )


def assert_points(path: Path, dataset: xr.Dataset, tolerance: float) -> None:
    """Every number, vector and probe of every point is that of ``run``, over the largest alike."""
    sweep = load_sweep(path)
    for number, case in enumerate(sweep.cases):
        own = dataset.isel(dict(zip(dataset.attrs["axes"], sweep.indices(number), strict=True)))
        result = fem_sf.run_case(case, MPI.COMM_SELF)
        pairs = {}
        for name, variable in own.data_vars.items():
            place, *parts = str(name).split(".")
            if place in ("iterations", "checks", "converged", "message") or "error" in name:
                continue
            expected = result.summary
            if place == "probes":
                layer, column = parts
                expected = result.probes[layer].values[column]
            else:
                for part in (place, *parts):
                    expected = expected[part]
            pairs[str(name)] = variable.values, np.array(expected)
        assert len(pairs) > 10
        for name, (found, expected) in pairs.items():
            if expected.dtype.kind == "U":
                assert found == expected, name
                continue
            size = max(np.abs(expected).max(), size_beside(name, pairs)) or 1.0
            assert found == pytest.approx(expected, rel=0, abs=tolerance * size), name


def test_exact_points(tmp_path: Path) -> None:
    path = write(tmp_path, JUNCTION + EXACT, ANGLES, CONDUCTANCES)
    report, dataset = sweep_of(path, tmp_path / "out")
    assert (report.stored, report.computed, report.failures) == (0, 9, {})
    assert_points(path, dataset, 1e-14)


@pytest.mark.slow
def test_superconducting_points(tmp_path: Path) -> None:
    """Along T through other temperatures, along J with another number of axes in spin space."""
    lines = (
        '"layers.F.exchange" = [15, [9, 0, 12]]',
        '"usadel.temperature" = [0.1, 0.25, 0.5, 0.75, 0.99, 1.1]',
    )
    path = write(tmp_path, BILAYER, *lines)
    _, dataset = sweep_of(path, tmp_path / "out")
    assert set(dataset["state"].values.ravel()) == {"superconducting", "normal"}
    assert_points(path, dataset, 1e-9)
    # what the points start from saves solves
    assert dataset["iterations.sweeps"].values[0, 1] < 5


@pytest.mark.slow
def test_points_on_other_meshes(tmp_path: Path) -> None:
    line = '"layers.S.thickness, layers.F.thickness" = [3.0, 2.0, 1.5]'
    path = write(tmp_path, BILAYER, line)
    _, dataset = sweep_of(path, tmp_path / "out")
    assert_points(path, dataset, 1e-9)


@pytest.mark.slow
def test_points_of_spin_transport_by_finite_elements(tmp_path: Path) -> None:
    lines = ANGLES, '"layers.FR.thickness" = [2.0, 3.0]', '"interfaces.FL|FR.g" = [0.7, 0.1]'
    path = write(tmp_path, JUNCTION, *lines)
    _, dataset = sweep_of(path, tmp_path / "out")
    assert_points(path, dataset, 1e-12)


@pytest.fixture
def without_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drawing takes longer than solving."""
    monkeypatch.setattr("fem_sf.output.sweep.write.write_picture", lambda *_: [])


@pytest.fixture
def solved(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Conductances of the junctions that were solved; those above 1 do not converge."""
    seen: list[float] = []
    run_spin = spin.run_spin

    def run(case, bench, progress):
        conductance = case.stack.interfaces[0].law.conductance
        seen.append(conductance)
        if conductance > 1:
            raise NotConverged(f"no solution at {conductance:g}")
        return run_spin(case, bench, progress)

    monkeypatch.setattr(spin, "run_spin", run)
    return seen


def test_only_what_is_new_is_computed(tmp_path: Path, solved: list[float]) -> None:
    folder = tmp_path / "out"
    conductances = '"interfaces.FL|FR.g" = [0.1, 0.5]'
    sweep_of(write(tmp_path, JUNCTION + EXACT, conductances), folder)
    assert solved == [0.1, 0.5]
    report, dataset = sweep_of(
        write(tmp_path, JUNCTION + EXACT, '"interfaces.FL|FR.g" = [0.3, 0.1, 0.5, 0.2]'), folder
    )
    assert (report.stored, report.computed) == (2, 2)
    assert solved == [0.1, 0.5, 0.3, 0.2]
    assert dataset["converged"].all()
    # a value in another place of the file is the same case
    text = (JUNCTION + EXACT).replace("g = 0.7", "g = 0.2")
    sweep_of(write(tmp_path, text, '"layers.FR.polarisation" = [0.4]'), folder)
    assert len(solved) == 4
    sweep_of(write(tmp_path, text.replace("= 3.0", "= 2.5"), conductances), folder)
    assert solved[4:] == [0.1, 0.5]


@pytest.mark.usefixtures("without_pictures")
def test_failures_are_told_kept_and_tried_again(
    tmp_path: Path, solved: list[float], capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path, JUNCTION + EXACT, '"interfaces.FL|FR.g" = [0.1, 2.0, 0.5, 3.0]')
    folder = tmp_path / "out"
    for attempt in (1, 2):
        assert main(["sweep", str(path), "--out", str(folder)]) == 3
        message = capsys.readouterr().err
        assert message.endswith(
            "2 of 4 points have no solution; the same command tries them again\n"
            "interfaces.FL|FR.g = 2: no solution at 2\n"
            "interfaces.FL|FR.g = 3: no solution at 3\n"
        )
        assert solved == [0.1, 2.0, 0.5, 3.0, 2.0, 3.0][: 2 + 2 * attempt]
    dataset = xr.load_dataset(folder / "sweep.nc")
    assert dataset["converged"].values.tolist() == [True, False, True, False]
    assert dataset["message"].values.tolist() == ["", "no solution at 2", "", "no solution at 3"]
    assert np.isfinite(dataset["interfaces.FL|FR.J"]).values.tolist() == [True, False, True, False]


def test_unexpected_errors_end_the_sweep(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*_: object) -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(spin, "run_spin", run)
    monkeypatch.chdir(tmp_path)
    path = write(tmp_path, JUNCTION + EXACT, CONDUCTANCES)
    assert main(["sweep", str(path), "--debug"]) == 1
    assert "unexpected error: ZeroDivisionError" in capsys.readouterr().err


@pytest.mark.usefixtures("without_pictures")
def test_progress_names_points_and_who_solves_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path, JUNCTION + EXACT, CONDUCTANCES)
    folder = str(tmp_path / "out")
    assert main(["sweep", str(path), "--out", folder]) == 0
    printed = capsys.readouterr()
    assert printed.err.splitlines()[0] == "A junction: 3 points; 3 in 1 chain on one rank: start"
    assert "interfaces.FL|FR.conductance = 2 3/3" in printed.err
    assert printed.out.splitlines()[-1] == f"everything is in {folder}"
    assert main(["sweep", str(path), "--out", folder]) == 0
    assert "3 points, all there already" in capsys.readouterr().err
    assert main(["sweep", str(path), "--out", folder, "--groups", "2"]) == 2
    assert "--groups: expected groups from 1 to the one rank there is" in capsys.readouterr().err


def test_a_start_that_a_kill_has_left_goes(tmp_path: Path) -> None:
    """A run that is killed right after the last point of a chain leaves the start of the next."""
    sweep = load_sweep(write(tmp_path, BILAYER, '"usadel.temperature" = [0.1, 0.2]'))
    solving.run_sweep(sweep, tmp_path / "points")
    points = Points(tmp_path / "points")
    key = content(sweep.cases[-1])
    here = np.array([0.0, 1.0])
    points.write_start(key, GapProfile(0.2, {"S": here[:, np.newaxis]}, {"S": 1 + here}))
    assert points.read_start(key) is not None
    solving.run_sweep(sweep, tmp_path / "points")
    assert points.read_start(key) is None
