# SPDX-License-Identifier: MIT
"""Chains of points, groups of ranks, and what a point is known by."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import pytest

from fem_sf import Sweep, version
from fem_sf.case.sweeps import load_sweep
from fem_sf.errors import InputError
from fem_sf.study.sweep import chains as order
from fem_sf.study.sweep.groups import choose_groups
from fem_sf.study.sweep.points import Point, Points, content

from .cases import BILAYER, write
from .test_loading import junction


def sweep(*counts: int) -> Sweep:
    """Conductances times words."""
    conductances = [0.1 * (i + 1) for i in range(counts[0])]
    words = [f"word {i}" for i in range(counts[1])]
    return Sweep.over({"conductance": conductances, "angle": words}, junction)


def test_every_point_is_in_one_chain() -> None:
    found = order.chains(sweep(19, 3))
    assert sorted(itertools.chain(*found)) == list(range(57))
    assert max(map(len, found)) == order.LENGTH


def test_chains_go_along_numbers_not_along_words() -> None:
    first, *_ = order.chains(sweep(4, 30))
    assert first == (0, 30, 60, 90)


@pytest.mark.parametrize(
    ("ranks", "tasks", "wanted", "line", "groups"),
    [
        (1, 9, None, True, [0]),
        (4, 9, None, True, [0, 1, 2, 3]),
        (4, 2, None, True, [0, 1, None, None]),
        (4, 2, None, False, [0, 0, 1, 1]),
        (5, 2, None, False, [0, 0, 0, 1, 1]),
        (4, 9, 2, True, [0, 0, 1, 1]),
        (4, 9, 1, True, [0, 0, 0, 0]),
        (3, 0, None, True, [0, None, None]),
    ],
)
def test_groups(ranks: int, tasks: int, wanted: int | None, line: bool, groups: list) -> None:
    from mpi4py import MPI

    found = choose_groups(ranks, tasks, wanted, in_a_line=line)
    numbers = [found.number_of(rank) for rank in range(ranks)]
    assert [None if each == MPI.UNDEFINED else each for each in numbers] == groups


@pytest.mark.parametrize("wanted", [0, 3])
def test_more_groups_than_ranks(wanted: int) -> None:
    with pytest.raises(InputError, match=f"--groups: expected groups from 1 to .* got {wanted}"):
        choose_groups(2, 9, wanted, in_a_line=True)


def test_a_case_is_known_by_all_that_its_numbers_follow_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, BILAYER, '"usadel.temperature" = [0.1, 0.2]')
    case, other = load_sweep(path).cases
    key = content(case)
    assert content(replace(case, title="another", name="another", text="")) == key
    others = [
        other,
        replace(case, gap="bulk"),
        replace(case, output=replace(case.output, probes={})),
        replace(case, solver=replace(case.solver, tolerance=1e-9)),
    ]
    monkeypatch.setattr(version, "__version__", "0.0")
    keys = {content(case), *map(content, others)}
    monkeypatch.undo()
    assert len({key, *keys, *map(content, others)}) == 10


def test_a_mesh_file_is_known_by_what_it_holds(tmp_path: Path) -> None:
    case, *_ = load_sweep(write(tmp_path, BILAYER, '"usadel.temperature" = [0.1]')).cases
    meshes = []
    for name, text in (("one.msh", "a"), ("same.msh", "a"), ("other.msh", "b")):
        (tmp_path / name).write_text(text)
        meshes.append(content(replace(case, mesh=replace(case.mesh, file=tmp_path / name))))
    assert meshes[0] == meshes[1] != meshes[2]


def test_points_are_complete_or_absent(tmp_path: Path) -> None:
    points = Points(tmp_path)
    points.prepare()
    point = Point(True, summary={"free_energy": -0.1 - 1e-17, "vector": [1 / 3, None]})
    points.write("key", point)
    assert points.read("key") == point
    assert points.read("another") is None
    (tmp_path / "points" / "half.json").write_text('{"converged": tr')
    assert points.read("half") is None
    left = tmp_path / "points" / ".unfinished-1-key.json"
    left.write_text("{")
    points.prepare()
    assert not left.exists()
