# SPDX-License-Identifier: MIT
"""All frequencies in one system, held against one system after the other."""

from __future__ import annotations

from dataclasses import replace
from unittest.mock import Mock

import numpy as np
import pytest
from mpi4py import MPI
from petsc4py import PETSc

from fem_sf.errors import NotConverged
from fem_sf.interfaces import KupriyanovLukichev, Transparent
from fem_sf.materials import Ferromagnet, Normal, Superconductor
from fem_sf.mesh.geometry import Geometry
from fem_sf.settings import SolverSettings
from fem_sf.signs import NO_SIGNS
from fem_sf.solve.process_grid import whole
from fem_sf.stack import Interface, Layer, Stack
from fem_sf.usadel.copies import Copies
from fem_sf.usadel.gap import follow_gap, solve_gap
from fem_sf.usadel.gap_equation import GapEquation
from fem_sf.usadel.matsubara import frequency_sum
from fem_sf.usadel.one_by_one import OneByOne
from fem_sf.usadel.pair_sources import PairSource, copies_for
from fem_sf.usadel.reservoirs import reservoirs
from fem_sf.usadel.solution import copies_to_solve, solve
from fem_sf.usadel.sweep import FrequencySweep
from fem_sf.usadel.system import UsadelSystem
from fem_sf.usadel.together import Together
from support import graded, interval, layered, uniform

TEMPERATURE = 0.35
TOLERANCE = 1e-12
SIZES = {
    "S": graded(2.2, 0.1, 1.5, 4)[::-1],
    "N": uniform(0.4, 3),
    "F": uniform(0.7, 5),
    "S2": graded(1.8, 0.1, 1.4, 4),
}
GEOMETRY = interval(*SIZES.items())
KINDS = {
    "collinear": ((0.0, 0.0, 2.5), None),
    "noncollinear": ((1.5, 0.0, 2.0), None),
    "phases": ((0.0, 0.0, 2.5), (0.0, 0.9)),
}


def stack_of(kind: str, exchange_factor: float = 1.0, barrier: float = 0.6) -> Stack:
    """S N|F|S2 with N in perfect contact; where J has two directions, N has one of them."""
    exchange, phases = KINDS[kind]
    first, second = phases or (None, None)
    middle = (
        Ferromagnet(0.7, 1.1, (0.0, 0.0, 1.2))
        if kind == "noncollinear"
        else Normal(diffusivity=0.7, density_of_states=1.1)
    )
    scaled = tuple(exchange_factor * each for each in exchange)
    return Stack(
        [
            Layer("S", Superconductor(1.2, 0.8, first)),
            Layer("N", middle),
            Layer("F", Ferromagnet(0.6, 1.7, scaled)),
            Layer("S2", Superconductor(0.9, 1.3, second)),
        ],
        [
            Interface("S", "N", Transparent()),
            Interface("N", "F", KupriyanovLukichev(barrier, "F")),
            Interface("F", "S2", KupriyanovLukichev(1.1, "S2")),
        ],
    )


def system_of(stack: Stack, geometry: Geometry = GEOMETRY) -> UsadelSystem:
    return UsadelSystem(stack, layered(geometry, MPI.COMM_SELF), 2)


def equation_of(system: UsadelSystem) -> GapEquation:
    rule = frequency_sum(TEMPERATURE, tail=8)
    held = reservoirs(system, TEMPERATURE)
    settings = SolverSettings(tolerance=TOLERANCE)
    sweep = FrequencySweep(system, rule, settings, reservoirs=held)
    return GapEquation(sweep, lambda done, total: None, copies_for(system, len(sweep.own)))


def one_by_one(equation: GapEquation) -> OneByOne:
    """The other way to solve the same frequencies, with solutions of its own."""
    known = equation.sweep
    sweep = FrequencySweep(
        known.system, known.frequency_sum, known.settings, reservoirs=known.reservoirs
    )
    return OneByOne(sweep, equation.layout)


def some_gap(equation: GapEquation, seed: int) -> PETSc.Vec:
    """Δ around one, with the phases of the stack, into the fields too."""
    delta = equation.start(1.1, NO_SIGNS)
    values = delta.getArray()
    values *= 1 + 0.2 * np.random.default_rng(seed).random(len(values))
    equation.sweep.reservoirs.hold_gap(values)
    equation.layout.to_functions(delta)
    return delta


def test_residual_again_at_the_same_gap() -> None:
    """As a solver asks for it, with frequencies solved roughly first and then as usual."""
    equation = equation_of(system_of(stack_of("collinear")))
    delta = some_gap(equation, 1)
    first, again = equation.layout.vector(), equation.layout.vector()
    equation.residual(delta, first, 1e-3)
    equation.residual(delta, again)
    assert again.norm() > 1e-3
    assert (again - first).norm() < 1e-2 * again.norm()


def pairs_of(source: PairSource) -> dict[int, np.ndarray]:
    return {k: pairs.copy() for k, pairs in source.solve(TOLERANCE)}


@pytest.mark.parametrize("kind", KINDS)
def test_same_pairs_and_response_as_one_by_one(kind: str) -> None:
    """At a first Δ, where both go from frequency to frequency, and at another one from there."""
    system = system_of(stack_of(kind))
    equation = equation_of(system)
    other = one_by_one(equation)
    assert isinstance(equation.pairs, Together)
    first = some_gap(equation, 1)
    assert_same(pairs_of(equation.pairs), pairs_of(other))
    for k, each in zip(other.sweep.own, other.linearisations, strict=True):
        # otherwise it is that of the last step but one
        other.sweep.select(k)
        each.jacobian.assemble()
    step = some_gap(equation, 2)
    step.axpy(-1.0, first)
    step.getArray()[equation.sweep.reservoirs.gap_places] = 0
    together, apart = (each.response(step).copy() for each in (equation.pairs, other))
    assert np.abs(apart).max() > 1e-3
    assert together == pytest.approx(apart, abs=1e-10 * np.abs(apart).max())
    for each in (equation.pairs, other):
        each.predict(step)
    assert_same(pairs_of(equation.pairs), pairs_of(other))
    for mine, theirs in zip(equation.sweep.theta, other.sweep.theta, strict=True):
        assert mine.getArray() == pytest.approx(theirs.getArray(), abs=1e-10)


def assert_same(together: dict[int, np.ndarray], apart: dict[int, np.ndarray]) -> None:
    assert together.keys() == apart.keys()
    for k, expected in apart.items():
        assert together[k] == pytest.approx(expected, abs=1e-10 * np.abs(expected).max())


def test_copies_follow_the_numbers_and_the_points_of_the_original() -> None:
    system = system_of(stack_of("collinear"))
    equation_of(system)
    (copies,) = (system.keep(Copies, 9),)
    stretched = replace(GEOMETRY, points=1.1 * GEOMETRY.points)
    stack = stack_of("collinear", exchange_factor=1.4, barrier=0.9)
    system.mesh.move(stretched)
    system.set_stack(stack)
    moved, fresh = equation_of(system), equation_of(system_of(stack, stretched))
    assert system.keep(Copies, 9) is copies
    for equation in (moved, fresh):
        some_gap(equation, 3)
    assert_same(pairs_of(moved.pairs), pairs_of(fresh.pairs))


@pytest.mark.parametrize("kind", KINDS)
def test_same_gap_as_one_by_one(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    together = equation_of(system_of(stack_of(kind)))
    report = solve_gap(together, 40)
    monkeypatch.setattr("fem_sf.usadel.pair_sources.TOGETHER_SIZE", 0)
    apart = equation_of(system_of(stack_of(kind)))
    expected = solve_gap(apart, 40)
    assert isinstance(together.pairs, Together) and isinstance(apart.pairs, OneByOne)
    assert (report.state, report.sweeps) == (expected.state, expected.sweeps)
    for name, gap in together.sweep.system.gaps.items():
        other = apart.sweep.system.gaps[name].x.array
        assert gap.x.array == pytest.approx(other, abs=1e-9)


def test_a_solution_nearby_is_recalled_and_one_far_away_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of another J: the same gap as without, and no way down from the highest frequency."""
    system = system_of(stack_of("collinear"))
    equation = equation_of(system)
    solve_gap(equation, 40)
    start = {name: gap.x.array.copy() for name, gap in system.gaps.items()}
    in_turn, gaps = {}, {}
    for way in ("recalled", "forgotten", "misled"):
        system.set_stack(stack_of("collinear", exchange_factor=1.02))
        for name, gap in system.gaps.items():
            gap.x.array[:] = start[name]
        copies = system.keep(Copies, len(equation.sweep.own))
        ((pattern, known),) = copies.last.items()
        copies.last = {
            "recalled": {pattern: known},
            "forgotten": {},
            "misled": {pattern: replace(known, theta=known.theta + 1.5)},
        }[way]
        following = equation_of(system)
        solve = Mock(wraps=following.sweep.solve)
        monkeypatch.setattr(following.sweep, "solve", solve)
        follow_gap(following)
        in_turn[way] = solve.call_count
        gaps[way] = np.concatenate([gap.x.array for gap in system.gaps.values()])
        copies.last = {pattern: known}
    assert gaps["recalled"] == pytest.approx(gaps["forgotten"], abs=1e-9)
    assert gaps["misled"] == pytest.approx(gaps["forgotten"], abs=1e-9)
    assert in_turn == {"recalled": 0, "forgotten": 1, "misled": 1}


def test_what_fails_together_is_solved_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    equation = equation_of(system_of(stack_of("collinear")))
    other = one_by_one(equation)
    some_gap(equation, 1)
    pairs_of(equation.pairs), pairs_of(other)

    def fail(*_) -> None:
        raise NotConverged("on purpose")

    monkeypatch.setattr(equation.pairs._newton, "solve", fail)
    some_gap(equation, 2)
    assert_same(pairs_of(equation.pairs), pairs_of(other))
    assert equation.sweep.sweeps == 2


def test_the_last_residual_is_not_one_of_loosely_solved_frequencies() -> None:
    """What is left of the gap equation is measured again at frequencies solved on their own."""
    system = system_of(stack_of("collinear"))
    equation = equation_of(system)
    report = solve_gap(equation, 40)
    delta, residual = equation.layout.vector(), equation.layout.vector()
    equation.layout.from_functions(delta)
    anew = equation_of(system)
    anew.residual(delta, residual)
    assert residual.norm() < 10 * TOLERANCE * delta.norm()
    assert report.history[-1] < TOLERANCE


@pytest.mark.parametrize("size", [0, 10_000])
def test_sweeps_are_told_by_their_number(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fem_sf.usadel.pair_sources.TOGETHER_SIZE", size)
    told = []
    rule, settings = frequency_sum(TEMPERATURE, tail=8), SolverSettings()
    system = system_of(stack_of("collinear"))
    solution = solve(
        system,
        rule,
        "self-consistent",
        settings,
        lambda *each: told.append(each),
        copies=copies_for(system, len(rule)),
    )
    numbers = range(1, solution.report.sweeps + 1)
    frequencies = range(1, len(rule) + 1)
    assert told == [(k, len(rule), f"sweep {number}") for number in numbers for k in frequencies]


def test_large_systems_are_solved_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    system = system_of(stack_of("collinear"))
    monkeypatch.setattr("fem_sf.usadel.pair_sources.TOGETHER_SIZE", system.layout.global_size - 1)
    assert isinstance(equation_of(system).pairs, OneByOne)
    monkeypatch.setattr("fem_sf.usadel.pair_sources.TOGETHER_SIZE", system.layout.global_size)
    assert isinstance(equation_of(system).pairs, Together)


def test_copies_are_for_groups_that_all_have_several_frequencies() -> None:
    """Else one group would tell the others of a failure that they do not ask for."""
    system, grid = system_of(stack_of("collinear")), whole(MPI.COMM_SELF)
    several, two_groups = frequency_sum(TEMPERATURE, tail=8), Mock(groups=2, share=grid.share)
    few = replace(
        several,
        frequencies=several.frequencies[:3],
        weights=several.weights[:3],
        coarse_weights=several.coarse_weights[:3],
    )
    assert copies_to_solve(system, few, "self-consistent", two_groups) is None
    assert copies_to_solve(system, few, "self-consistent", grid) is not None
    assert copies_to_solve(system, several, "self-consistent", two_groups) is not None
    assert copies_to_solve(system, several, "bulk", grid) is None
