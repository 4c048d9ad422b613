# SPDX-License-Identifier: MIT
"""``fem-sf run --plan``: how a case would be solved, and what cannot be."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from mpi4py import MPI

from fem_sf.case import load_case
from fem_sf.cli import main
from fem_sf.mesh.build import checked_geometry
from fem_sf.solve import linear
from fem_sf.study import plan as planning
from fem_sf.study.plan import Plan, plan
from fem_sf.usadel import choices, coarser, one_by_one
from fem_sf.usadel.matsubara import frequency_sum

from .conftest import CASE

PLANE = "[mesh]\ndimension = 2\nwidth = 0.5\ndegree = 1\n"


@pytest.fixture
def plane(tmp_path: Path) -> Path:
    path = tmp_path / "plane.toml"
    path.write_text(CASE + PLANE)
    return path


def test_nothing_is_solved(
    plane: Path, tmp_path: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["run", str(plane), "--plan"]) == 0
    told = capsys.readouterr().out
    assert "1: 1 group of 1 rank" in told
    assert f"{len(frequency_sum(0.5))}, at most" in told
    assert [each.name for each in tmp_path.iterdir()] == ["plane.toml"]


def test_unknowns_are_those_of_every_layer(plane: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With linear elements as many as points, those of the interface counted on both sides."""
    case = load_case(plane)
    geometry = checked_geometry(case.stack, case.mesh)
    expected = sum(
        len(set(geometry.cells[geometry.layer_of_cell == number].ravel().tolist()))
        for number in range(len(geometry.layers))
    )
    found = plan(case, MPI.COMM_SELF)
    assert (found.unknowns, found.linear_solver) == (expected, "factorised")
    monkeypatch.setattr(linear, "MULTIGRID_SIZE", expected - 1)
    assert plan(case, MPI.COMM_SELF).linear_solver == "factorised"  # its cells are slender
    monkeypatch.setattr(choices, "FEW", 1.0)
    assert plan(case, MPI.COMM_SELF).linear_solver == "multigrid"


def test_rougher_problems_that_come_first_are_planned_too(
    plane: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    """They may take more memory: below a size all is factorised."""
    few = coarser.FEWER + 1
    case = load_case(plane)
    quadratic = replace(case, mesh=replace(case.mesh, degree=2))
    linear_alone = plan(case, MPI.COMM_SELF)
    monkeypatch.setattr(coarser, "LARGE", 0)
    monkeypatch.setattr(linear, "MULTIGRID_SIZE", linear_alone.unknowns)
    monkeypatch.setattr(choices, "FEW", 1.0)
    monkeypatch.setattr(one_by_one, "MOST_KEPT", 3 * linear_alone.unknowns)
    found = plan(quadratic, MPI.COMM_SELF)
    assert found.first == linear_alone.first
    assert (found.first.unknowns, found.first.frequencies) == (linear_alone.unknowns, few)
    assert (found.linear_solver, found.first.linear_solver) == ("multigrid", "factorised")
    assert found.kept < found.most_frequencies
    assert found.first.kept == found.first.most_frequencies == few
    assert found.bytes_of_a_rank == max(
        found.first.bytes_of_a_rank, replace(found, first=None).bytes_of_a_rank
    )
    told = dict(found.lines)["unknowns"]
    assert f"after {linear_alone.unknowns} at {few} frequencies" in told
    for other in ({"gap": "bulk"}, {"temperature": 1.1}):
        assert plan(replace(quadratic, **other), MPI.COMM_SELF).first is None


def test_an_accuracy_may_take_more(plane: Path, capsys: pytest.CaptureFixture) -> None:
    plane.write_text(f"{plane.read_text()}[accuracy]\ntolerance = 1e-3\nrounds = 5\n")
    assert main(["run", str(plane), "--plan"]) == 0
    told = " ".join(capsys.readouterr().out.replace("│", " ").split())
    assert "then as much as takes every number to 0.001, in at most 5 rounds" in told


def test_the_group_with_most_frequencies_is_what_is_planned_for(
    plane: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Groups share by cost, and so have different numbers of frequencies."""
    monkeypatch.setattr(planning, "deal", lambda costs, groups: np.arange(len(costs)) < 3)
    found = plan(load_case(plane), MPI.COMM_SELF)
    assert found.most_frequencies == found.frequencies - 3 > 3


def test_groups_take_the_same_memory_but_for_what_a_rank_starts_with() -> None:
    one, four = (Plan(n, 4 // n, 24, 24 // n, 10**6, "factorised", 24 // n) for n in (1, 4))
    assert one.bytes_of_a_rank == four.bytes_of_a_rank


def test_impossible_groups_are_told_by_line(plane: Path, capsys: pytest.CaptureFixture) -> None:
    plane.write_text(CASE + "[solver]\ngroups = 3\n")
    line = len(CASE.splitlines()) + 2
    for options in ([], ["--plan"]):
        assert main(["run", str(plane), "--out", str(plane.parent / "out"), *options]) == 2
        told = capsys.readouterr().err
        assert told.startswith(f"{plane}:{line}: solver.groups: 1 rank and ")
        assert "as many groups as 1, not to 3" in told


def test_spin_transport_has_nothing_to_plan(capsys: pytest.CaptureFixture) -> None:
    demo = Path(__file__).parents[2] / "demos" / "cpp_spin_valve" / "valve.toml"
    assert main(["run", str(demo), "--plan"]) == 0
    assert "All ranks share one mesh" in capsys.readouterr().out
