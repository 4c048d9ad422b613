# SPDX-License-Identifier: MIT
"""However ranks share frequencies and mesh, the answer is the same, and no rank waits."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from fem_sf.solve.process_grid import choose_groups, deal
from ranks import assert_same, launch

SCRIPT = Path(__file__).parent / "grid_problem.py"
ACCURACY_SCRIPT = Path(__file__).parent / "accuracy_problem.py"
TWO_GROUPS = """
from mpi4py import MPI
from fem_sf.errors import NotConverged
from fem_sf.solve.process_grid import split
grid = split(MPI.COMM_WORLD, 2)
failed = NotConverged("at the second group") if MPI.COMM_WORLD.rank == 1 else None
try:
    grid.raise_any(failed)
except NotConverged as failure:
    print(f"rank {MPI.COMM_WORLD.rank}: {failure}", flush=True)
"""


@pytest.mark.parametrize(
    ("ranks", "frequencies", "groups"),
    [(1, 25, 1), (2, 25, 2), (12, 25, 12), (16, 25, 8), (7, 25, 7), (64, 25, 8), (3, 1, 1)],
)
def test_groups_divide_the_ranks(ranks: int, frequencies: int, groups: int) -> None:
    """Two frequencies at least for each, so that shares differ by less than a half."""
    assert choose_groups(ranks, frequencies) == groups


@pytest.mark.parametrize("groups", [1, 2, 3, 8, 25])
def test_groups_have_about_as_much_to_do(groups: int) -> None:
    """All pieces are dealt, and no group has more than one of the dearest beyond another."""
    costs = np.linspace(1.0, 2.5, 25)
    owners = deal(costs, groups)
    loads = np.bincount(owners, costs, minlength=groups)
    assert loads.sum() == pytest.approx(costs.sum())
    assert np.ptp(loads) <= costs.max()
    assert loads.max() <= max(loads_in_turn(costs, groups).max(), costs.max())


def loads_in_turn(costs: np.ndarray, groups: int) -> np.ndarray:
    return np.array([costs[first::groups].sum() for first in range(groups)])


def test_dear_pieces_are_weighed_against_many_cheap_ones() -> None:
    """14 against 16, next to the best there is; dealing in turn makes 18 and 12."""
    loads = np.bincount(deal(np.array([8.0, 7.0, 6.0, 5.0, 4.0]), 2), [8, 7, 6, 5, 4])
    assert sorted(loads) == [14, 16]
    assert sorted(loads_in_turn(np.array([8.0, 7.0, 6.0, 5.0, 4.0]), 2)) == [12, 18]


def solve(out: Path, ranks: int, groups: int, script: Path = SCRIPT) -> dict:
    done = launch(script, ranks, str(out), str(groups))
    assert done.returncode == 0, done.stderr
    return json.loads(out.read_text())


@pytest.mark.ranks
@pytest.mark.slow
def test_same_answer(tmp_path: Path) -> None:
    one = solve(tmp_path / "one.json", 1, 1)
    assert one["state"] == "superconducting"
    for ranks, groups in ((2, 2), (3, 3), (4, 2)):
        other = solve(tmp_path / f"{ranks}.json", ranks, groups)
        for each in (one, other):
            each["iterations"].pop("newton", None)
        assert_same(one, other, f"{groups} groups of {ranks // groups}")


@pytest.mark.ranks
@pytest.mark.slow
def test_same_refined_mesh(tmp_path: Path) -> None:
    """Cells are split by what all ranks together find."""
    one = solve(tmp_path / "one.json", 1, 1, ACCURACY_SCRIPT)
    assert one["rounds"] > 1
    for groups in (1, 2):
        other = solve(tmp_path / f"{groups}.json", 2, groups, ACCURACY_SCRIPT)
        assert_same(one, other, f"2 ranks in {groups}")


@pytest.mark.ranks
def test_all_groups_learn_of_a_failure(tmp_path: Path) -> None:
    script = tmp_path / "two_groups.py"
    script.write_text(TWO_GROUPS)
    done = launch(script, 2)
    assert done.returncode == 0, done.stderr
    assert sorted(done.stdout.splitlines()) == [
        "rank 0: at the second group",
        "rank 1: at the second group",
    ]
