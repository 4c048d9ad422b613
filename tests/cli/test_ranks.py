# SPDX-License-Identifier: MIT
"""Several ranks end as one program."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from .conftest import CASE, environment

pytestmark = pytest.mark.ranks

LONELY = """
import sys
from mpi4py import MPI
from fem_sf import parallel
parallel._SECONDS_TO_MEET = 0.5
if MPI.COMM_WORLD.rank == 1:
    sys.exit(parallel.end_together(3, lambda: "rank 1 gave up"))
MPI.COMM_WORLD.Barrier()
MPI.COMM_WORLD.Barrier()
"""

TOGETHER = """
import sys
from mpi4py import MPI
from fem_sf import parallel
rank = MPI.COMM_WORLD.rank
status = parallel.end_together((0, 1, 3, 3)[rank], lambda: f"said by rank {rank}")
print("rank", rank, "ends with", status, flush=True)
"""


def launch(ranks: int, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run Python on some ranks."""
    command = ["mpirun", "-n", str(ranks), sys.executable, *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=300, env=environment()
    )


@pytest.mark.parametrize("ranks", [1, 2, 3])
def test_one_message(ranks: int, tmp_path: Path) -> None:
    path = tmp_path / "case.toml"
    path.write_text(CASE)
    right = launch(ranks, "-m", "fem_sf", "check", path)
    assert right.returncode == 0
    *cautions, last = right.stdout.splitlines()
    assert last == f"{path}: no errors (S | F)"
    assert len(set(cautions)) == len(cautions) == 4
    assert all(line.startswith(f"caution: {path}:") for line in cautions)
    path.write_text(CASE.replace("0.5", "-1"))
    wrong = launch(ranks, "-m", "fem_sf", "check", path)
    assert wrong.returncode == 2
    assert wrong.stderr.count(f"{path}:4: usadel.temperature") == 1
    usage = launch(ranks, "-m", "fem_sf", "chek", path)
    assert usage.returncode == 2
    assert usage.stderr.count("No such command") == 1


def test_a_rank_that_fails_alone_ends_all(tmp_path: Path) -> None:
    script = tmp_path / "lonely.py"
    script.write_text(LONELY)
    start = time.perf_counter()
    run = launch(3, script)
    assert time.perf_counter() - start < 20
    assert run.returncode == 3
    assert run.stderr.count("rank 1 gave up") == 1


def test_highest_status_wins_and_its_first_rank_speaks(tmp_path: Path) -> None:
    script = tmp_path / "together.py"
    script.write_text(TOGETHER)
    run = launch(4, script)
    assert run.returncode == 0
    assert sorted(run.stdout.splitlines()) == [f"rank {rank} ends with 3" for rank in range(4)]
    assert run.stderr.count("said by rank") == 1
    assert "said by rank 2" in run.stderr
