# SPDX-License-Identifier: MIT
"""From fewer frequencies and elements of lower degree to the same gap, sooner."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from mpi4py import MPI

from fem_sf import compat
from fem_sf.errors import NotConverged
from fem_sf.interfaces import KupriyanovLukichev
from fem_sf.materials import Ferromagnet, Superconductor
from fem_sf.mesh.build import checked_geometry
from fem_sf.mesh.layers import LayeredMesh
from fem_sf.settings import MeshSettings, SolverSettings, UsadelCase
from fem_sf.stack import Interface, Layer, Stack
from fem_sf.study import usadel
from fem_sf.study.run import run_case
from fem_sf.usadel import coarser as coarser_module
from fem_sf.usadel.bulk import bulk_gap
from fem_sf.usadel.coarser import FEWER, LARGE, ROUGHLY, Discretisation, coarser
from fem_sf.usadel.given_gap import fill_gap
from fem_sf.usadel.matsubara import FrequencySum, frequency_sum
from fem_sf.usadel.solution import Solution, solve
from fem_sf.usadel.sweep import (
    FrequencySweep,
    KnownSolution,
    evenly,
    interpolation,
    new_linearisation,
)
from fem_sf.usadel.system import UsadelSystem
from island import DEGREE, island_mesh, stack
from reference_cases import bilayer, ferromagnet, spin_valve

TEMPERATURE = 0.5
RULE = frequency_sum(TEMPERATURE, exact=2, tail=5)


@pytest.fixture(scope="module")
def mesh() -> LayeredMesh:
    return island_mesh(MPI.COMM_SELF, 0)


def solved(
    mesh: LayeredMesh,
    degree: int,
    start: Solution | None = None,
    rule: FrequencySum = RULE,
    **options: float,
) -> Solution:
    system = UsadelSystem(stack(0.3), mesh, degree)
    settings = SolverSettings(tolerance=1e-10)
    return solve(system, rule, "self-consistent", settings, lambda *_: None, start, **options)


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


def test_between_frequencies(mesh: LayeredMesh) -> None:
    few, many = (frequency_sum(TEMPERATURE, tail=tail) for tail in (FEWER, 20))
    rough = solved(mesh, 1, rule=few)
    found, far = (solved(mesh, 1, start, many) for start in (rough, None))
    gaps = [each.sweep.system.gaps["S"].x.array.real for each in (far, found, rough)]
    assert gaps[1] == pytest.approx(gaps[0], abs=1e-9)
    assert gaps[2] == pytest.approx(gaps[0], abs=1e-4)
    assert found.report.sweeps <= 3 < far.report.sweeps
    assert found.sweep.newton_iterations < far.sweep.newton_iterations


def test_interpolation_between_frequencies() -> None:
    """Exact for polynomials in u without a constant: at infinity all of θ vanishes."""
    known, wanted = frequency_sum(0.3, tail=6).frequencies, np.array([1.1, 4.0, 70.0, 1e5])
    weights = interpolation(known, wanted)
    for power in range(1, len(known) + 1):
        values = evenly(known) ** power
        assert weights @ values == pytest.approx(evenly(wanted) ** power, rel=1e-8)
    assert interpolation(known, known) == pytest.approx(np.eye(len(known)), abs=1e-14)


def test_below_all_known_frequencies_nothing_is_known() -> None:
    """At T = 0 sums of few frequencies do not reach as far down as those of many."""
    system = UsadelSystem(rectangle(3.0).stack, strip(), 2)
    sweep = FrequencySweep(system, frequency_sum(0.0, tail=20), SolverSettings())
    above = frequency_sum(0.0, tail=6).frequencies
    theta = np.ones((len(above), sum(system.layout.sizes)), complex)
    sweep.start_from(KnownSolution(above, theta))
    assert not sweep.starts_known
    assert all(each.norm() == 0 for each in sweep.theta)
    sweep.start_from(KnownSolution(sweep.frequency_sum.frequencies, np.ones((20, theta.shape[1]))))
    assert sweep.starts_known


def test_a_start_that_leads_far_is_not_followed() -> None:
    """From near θ = π Newton's method finds θ = π + …, a solution as well."""
    system = UsadelSystem(rectangle(3.0).stack, strip(), 2)
    fill_gap(system, 1.5, {})
    rule = frequency_sum(0.2, tail=8)
    sweeps = [FrequencySweep(system, rule, SolverSettings()) for _ in range(2)]
    wrong = np.full((len(rule), sum(system.layout.sizes)), 2.9 + 0.1j)
    sweeps[1].start_from(KnownSolution(rule.frequencies, wrong))
    for sweep in sweeps:
        for _ in sweep.solve([new_linearisation(sweep)], 1e-11):
            pass
    for theta, other in zip(*(each.theta for each in sweeps), strict=True):
        assert np.abs(theta.getArray() - other.getArray()).max() < 1e-8


def test_a_normal_state_is_no_start(mesh: LayeredMesh) -> None:
    normal = solved(mesh, 1)
    normal = replace(normal, report=replace(normal.report, state="normal"))
    assert solved(mesh, DEGREE, normal).report.sweeps == solved(mesh, DEGREE).report.sweeps


def thin_layers(exchange: float) -> Stack:
    """F/S/F, whose S is so thin that it loses much of its Δ."""
    outer = (ferromagnet(0.5, 1.0, each) for each in (5.0, exchange))
    return spin_valve(*outer, d_f=0.1, d_s=2.0, gamma_f=0.3)


@pytest.mark.parametrize(
    ("layers", "temperature"),
    [
        (bilayer(10.0, ferromagnet(0.5, 1.0, 15.0), 1.0, 0.1), 0.97),
        (bilayer(10.0, ferromagnet(0.5, 1.0, 15.0), 1.0, 0.1), 0.98),
        (bilayer(1.5, ferromagnet(0.5, 1.0, 4.0), 0.3, 0.5), 0.57),
        (bilayer(3.0, ferromagnet(0.5, 1.0, 15.0), 1.0, 0.1), 0.8),
        (thin_layers(5.0), 0.25),
        (thin_layers(-5.0), 0.35),
    ],
)
def test_next_to_a_transition(
    layers: Stack, temperature: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bulk's gap is far from the solution there, and each step only halves what is too much."""
    case = UsadelCase(
        stack=layers, temperature=temperature, solver=SolverSettings(error_estimate=False)
    )
    found = run_case(case, MPI.COMM_SELF)
    monkeypatch.setattr(usadel, "coarser", lambda *_: None)
    # there the usual residual leaves 10⁻⁶ of Δ
    exactly = SolverSettings(error_estimate=False, tolerance=1e-13)
    far = run_case(replace(case, solver=exactly), MPI.COMM_SELF)
    assert found.summary["iterations"]["sweeps"] <= 4 < 6 <= far.summary["iterations"]["sweeps"]
    gaps = [each.layers["S"].values["delta"] for each in (found, far)]
    assert 0 < gaps[1].max() < 0.8 * bulk_gap(temperature)
    assert gaps[0] == pytest.approx(gaps[1], abs=1e-8)


@pytest.mark.parametrize(
    ("dimension", "degree", "unknowns", "tail", "groups", "expected"),
    [
        (1, 8, 200, 24, 1, (8, True)),
        (1, 8, LARGE + 1, 24, 8, (8, True)),
        (1, 8, 200, 24, 9, None),
        (1, 8, 200, 2 * FEWER, 1, None),
        (2, 2, LARGE, 24, 1, (2, True)),
        (2, 2, LARGE + 1, 24, 1, (1, True)),
        (3, 4, LARGE + 1, 24, 9, (2, False)),
        (2, 1, LARGE + 1, 10, 1, None),
    ],
)
def test_where_it_pays(
    dimension: int,
    degree: int,
    unknowns: int,
    tail: int,
    groups: int,
    expected: tuple[int, bool] | None,
) -> None:
    rule = frequency_sum(TEMPERATURE, tail=tail)
    found = coarser(Discretisation(degree, rule), dimension, unknowns, groups)
    if expected is None:
        assert found is None
    else:
        assert (found.degree, len(found.rule) == FEWER + 1) == expected
        assert found.rule.temperature == TEMPERATURE


def test_a_last_step_that_is_small_enough(mesh: LayeredMesh) -> None:
    """What it leaves of Δ is about its square."""
    exact, roughly = solved(mesh, 1), solved(mesh, 1, last_step=ROUGHLY)
    change = np.abs(roughly.gap["S"] - exact.gap["S"]).max()
    assert 1e-8 < change < ROUGHLY**2
    assert roughly.report.sweeps < exact.report.sweeps


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


def strip() -> LayeredMesh:
    """The same on a line."""
    case = rectangle(3.0)
    line = replace(case, mesh=MeshSettings(refinement=0.3))
    return LayeredMesh.distribute(MPI.COMM_SELF, checked_geometry(line.stack, line.mesh))


@pytest.fixture
def purposes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was solved for what; however small the case, coarser ones come first."""
    monkeypatch.setattr(coarser_module, "LARGE", 0)
    told: list[str] = []
    solve_one = usadel.Run.solve

    def told_of(run, system, purpose, *more, **options):
        told.append(purpose)
        return solve_one(run, system, purpose, *more, **options)

    monkeypatch.setattr(usadel.Run, "solve", told_of)
    return told


def test_degree_by_degree(purposes: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    found = run_case(rectangle(3.0), MPI.COMM_SELF).summary
    assert purposes == ["start of degree 1, ", "start of degree 2, ", ""]
    monkeypatch.setattr(coarser_module, "LARGE", 10**9)
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
        if purpose == "start of degree 1, ":
            raise NotConverged("at linear elements")
        return solve_one(run, system, purpose, *more, **options)

    monkeypatch.setattr(usadel.Run, "solve", failing)
    assert run_case(rectangle(3.0), MPI.COMM_SELF).summary["state"] == "superconducting"
    assert purposes == ["start of degree 2, ", ""]
