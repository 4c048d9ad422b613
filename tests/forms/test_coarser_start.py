# SPDX-License-Identifier: MIT
"""A gap in the plane that starts from elements of lower degree: the same answer, sooner."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from mpi4py import MPI

from fem_sf import compat
from fem_sf.errors import NotConverged
from fem_sf.interfaces import KupriyanovLukichev
from fem_sf.materials import Ferromagnet, Superconductor
from fem_sf.mesh.layers import LayeredMesh
from fem_sf.settings import MeshSettings, SolverSettings, UsadelCase
from fem_sf.stack import Interface, Layer, Stack
from fem_sf.study import usadel
from fem_sf.study.run import run_case
from fem_sf.usadel import choices
from fem_sf.usadel.matsubara import frequency_sum
from fem_sf.usadel.solution import Solution, solve
from fem_sf.usadel.system import UsadelSystem
from island import DEGREE, island_mesh, stack

TEMPERATURE = 0.5
RULE = frequency_sum(TEMPERATURE, exact=2, tail=5)


@pytest.fixture(scope="module")
def mesh() -> LayeredMesh:
    return island_mesh(MPI.COMM_SELF, 0)


def solved(mesh: LayeredMesh, degree: int, coarser: Solution | None = None) -> Solution:
    system = UsadelSystem(stack(0.3), mesh, degree)
    settings = SolverSettings(tolerance=1e-10)
    return solve(system, RULE, "self-consistent", settings, lambda *_: None, coarser=coarser)


def test_same_gap_in_fewer_sweeps(mesh: LayeredMesh) -> None:
    far = solved(mesh, DEGREE)
    near = solved(mesh, DEGREE, solved(mesh, 1))
    gaps = [each.sweep.system.gaps["S"].x.array.real for each in (far, near)]
    assert gaps[1] == pytest.approx(gaps[0], abs=1e-9)
    for k, theta in enumerate(far.sweep.theta):
        other = near.sweep.theta[k].getArray(readonly=True)
        assert np.abs(theta.getArray(readonly=True) - other).max() < 1e-8
    assert near.report.sweeps <= 3 < far.report.sweeps
    assert near.report.history[0] < far.report.history[0] / 50
    assert near.sweep.newton_iterations < far.sweep.newton_iterations


def test_theta_is_raised_as_it_is(mesh: LayeredMesh) -> None:
    """θ of linear elements, the same function among quadratic ones."""
    lower = solved(mesh, 1)
    higher = UsadelSystem(stack(0.3), mesh, DEGREE)
    known = lower.sweep.known(higher.layout)
    assert known.frequencies == pytest.approx(RULE.frequencies, abs=0)
    lower.sweep.select(0)
    theta = higher.layout.vector()
    theta.getArray()[:] = known.theta[0]
    higher.layout.to_functions(theta)
    for name in ("F", "S"):
        integrals = [
            compat.assemble_scalar(system.compile_integral(name, system.theta_of(name)))
            for system in (lower.sweep.system, higher)
        ]
        assert integrals[1] == pytest.approx(integrals[0], rel=1e-12)


def test_solutions_at_other_frequencies_are_no_start(mesh: LayeredMesh) -> None:
    lower = replace(solved(mesh, 1), equation=None)
    system = UsadelSystem(stack(0.3), mesh, DEGREE)
    other = frequency_sum(TEMPERATURE, exact=2, tail=6)
    settings = SolverSettings(tolerance=1e-10)
    args = ("self-consistent", settings, lambda *_: None)
    found = solve(system, other, *args, coarser=lower)
    cold = solve(UsadelSystem(stack(0.3), mesh, DEGREE), other, *args)
    gaps = [each.sweep.system.gaps["S"].x.array.real for each in (cold, found)]
    assert gaps[1] == pytest.approx(gaps[0], abs=1e-9)


def test_a_normal_state_is_no_start(mesh: LayeredMesh) -> None:
    normal = solved(mesh, 1)
    normal = replace(normal, report=replace(normal.report, state="normal"))
    assert solved(mesh, DEGREE, normal).report.sweeps == solved(mesh, DEGREE).report.sweeps


def test_where_it_pays() -> None:
    many = choices.COARSER_SIZE + 1
    assert choices.coarser_degree(stack(0.3), 2, 2, many) == 1
    assert choices.coarser_degree(stack(0.3), 3, 4, many) == 2
    assert choices.coarser_degree(stack(0.3), 2, 2, many - 1) is None
    assert choices.coarser_degree(stack(0.3), 1, 2, many) is None
    assert choices.coarser_degree(stack(0.3), 2, 1, many) is None
    phases = Stack(
        [Layer("F", Ferromagnet(0.5, 1.0, 15.0)), Layer("S", Superconductor(phase=0.4))],
        stack(0.3).interfaces,
    )
    assert choices.coarser_degree(phases, 2, 2, many) is None


def rectangle(exchange: float, temperature: float = 0.3) -> UsadelCase:
    """S|F with numbers of its own, of degree 4."""
    return UsadelCase(
        stack=Stack(
            [
                Layer("S", Superconductor(1.2, 0.8), 1.9),
                Layer("F", Ferromagnet(0.6, 1.7, exchange), 0.5),
            ],
            [Interface("S", "F", KupriyanovLukichev(0.7, "F"))],
        ),
        temperature=temperature,
        mesh=MeshSettings(dimension=2, width=0.2, refinement=0.5),
        solver=SolverSettings(tail=6, error_estimate=False),
    )


@pytest.fixture
def purposes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was solved for what; however small the case, coarser ones come first."""
    monkeypatch.setattr(choices, "COARSER_SIZE", 0)
    told: list[str] = []
    solve_one = usadel.Run.solve

    def told_of(run, system, purpose, *more, **options):
        told.append(purpose)
        return solve_one(run, system, purpose, *more, **options)

    monkeypatch.setattr(usadel.Run, "solve", told_of)
    return told


def test_degree_by_degree(purposes: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    found = run_case(rectangle(3.0), MPI.COMM_SELF).summary
    assert purposes == ["degree 1, ", "degree 2, ", ""]
    monkeypatch.setattr(choices, "COARSER_SIZE", 10**9)
    far = run_case(rectangle(3.0), MPI.COMM_SELF).summary
    assert purposes[3:] == [""]
    assert found["free_energy"] == pytest.approx(far["free_energy"], rel=1e-10)
    for name in ("S", "F"):
        moments = [each["layers"][name]["magnetization"]["integral"] for each in (found, far)]
        assert np.asarray(moments[0]) == pytest.approx(np.asarray(moments[1]), rel=1e-7)
    assert found["iterations"]["sweeps"] < far["iterations"]["sweeps"]


def test_a_gap_that_is_given_needs_no_start(purposes: list[str]) -> None:
    run_case(replace(rectangle(3.0), gap="bulk"), MPI.COMM_SELF)
    assert purposes == [""]


def test_normal_states_stay_normal(purposes: list[str]) -> None:
    """A thin film of S beside a strong F at a high temperature."""
    thin = rectangle(3.0, 0.9)
    layers = [replace(thin.stack.layers[0], thickness=0.3), thin.stack.layers[1]]
    found = run_case(replace(thin, stack=Stack(layers, thin.stack.interfaces)), MPI.COMM_SELF)
    assert found.summary["state"] == "normal"


def test_what_fails_with_lower_degree_is_no_matter(
    purposes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    solve_one = usadel.Run.solve

    def failing(run, system, purpose, *more, **options):
        if purpose == "degree 1, ":
            raise NotConverged("at linear elements")
        return solve_one(run, system, purpose, *more, **options)

    monkeypatch.setattr(usadel.Run, "solve", failing)
    assert run_case(rectangle(3.0), MPI.COMM_SELF).summary["state"] == "superconducting"
    assert purposes == ["degree 2, ", ""]
