# SPDX-License-Identifier: MIT
"""The same sweep on 1, 2 and 3 ranks, in any groups."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import xarray as xr

from cli.test_spin_commands import JUNCTION as WALLS
from cli.test_spin_commands import WALL
from ranks import ENVIRONMENT

from .cases import BILAYER, JUNCTION, write

pytestmark = [pytest.mark.ranks, pytest.mark.slow]

LINES = '"layers.F.exchange" = [15, 5]', '"usadel.temperature" = [0.1, 0.3]'


def launch(ranks: int, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The program on some ranks."""
    command = ["mpirun", "-n", str(ranks), sys.executable, "-m", "fem_sf", *arguments]
    environment = {**os.environ, **ENVIRONMENT}
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, timeout=900
    )


def test_same_numbers(tmp_path: Path) -> None:
    path = str(write(tmp_path, BILAYER, *LINES))
    found = []
    for ranks, options, line in (
        (1, (), "on one rank"),
        (2, (), "on 2 groups of 1 rank (in one dimension a rank each)"),
        (
            3,
            (),
            "(in one dimension a rank each; 1 without work for want of chains)",
        ),
        (2, ("--groups", "1"), "on 1 group of 2 ranks (as asked for)"),
    ):
        folder = tmp_path / f"{ranks}{'-'.join(options)}"
        done = launch(ranks, "sweep", path, "--out", str(folder), *options)
        assert done.returncode == 0, done.stderr
        assert line in done.stderr.splitlines()[0]
        assert done.stdout.count("everything is in") == 1
        found.append(folder / "sweep.nc")
    alone, two, three, together = found
    assert alone.read_bytes() == two.read_bytes() == three.read_bytes()
    first, last = xr.load_dataset(alone), xr.load_dataset(together)
    assert last["iterations.sweeps"].equals(first["iterations.sweeps"])
    for name in ("layers.S.gap.mean", "layers.F.magnetization.integral", "probes.F.dM_z"):
        largest = abs(first[name]).max()
        assert abs(last[name] - first[name]).max() < 1e-9 * largest, name


def test_groups_of_two_ranks_share_a_rectangle(tmp_path: Path) -> None:
    mesh = "[mesh]\ndimension = 2\nwidth = 1.0\ndegree = 2\n"
    path = str(write(tmp_path, JUNCTION + mesh, '"drive.voltage" = [1.0, 2.0]'))
    for ranks in (1, 2):
        done = launch(ranks, "sweep", path, "--out", str(tmp_path / str(ranks)), "--groups", "1")
        assert done.returncode == 0, done.stderr
    alone, together = (xr.load_dataset(tmp_path / each / "sweep.nc") for each in ("1", "2"))
    current = alone["interfaces.FL|FR.J"].values
    assert together["interfaces.FL|FR.J"].values == pytest.approx(current, rel=1e-9)
    assert current[1] == pytest.approx(2 * current[0], rel=1e-9)


def test_failures_are_told_once(tmp_path: Path) -> None:
    """The end of this family of static magnetizations is at V = 2.469."""
    text = WALLS.format(extra="", voltage=1.0, left=WALL, right=WALL)
    path = str(write(tmp_path, text, '"drive.voltage" = [1.0, 3.0]'))
    done = launch(2, "sweep", path, "--out", str(tmp_path / "out"))
    assert done.returncode == 3, done.stderr
    assert done.stderr.count("1 of 2 points have no solution") == 1
    assert done.stderr.count("drive.voltage = 3: static magnetizations end between 2.46") == 1
