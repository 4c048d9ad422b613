# SPDX-License-Identifier: MIT
"""Of states that differ in signs of Δ the one with the lowest free energy is the answer.

Free energies and mean gaps of both states of S|F|S, ``REFERENCE``, are those of an independent
solver, to the digits that are given.
"""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mpi4py import MPI

from fem_sf import (
    AccuracySettings,
    Ferromagnet,
    Interface,
    KupriyanovLukichev,
    Layer,
    MeshSettings,
    SolverSettings,
    Stack,
    Superconductor,
    Sweep,
    UsadelCase,
    run_case,
    run_sweep,
    write_sweep,
)
from fem_sf.errors import NotConverged
from fem_sf.interfaces import Transparent
from fem_sf.output.kinds import KINDS
from fem_sf.solve.process_grid import whole
from fem_sf.study.usadel_bench import UsadelBench
from fem_sf.study.usadel_branches import Branches, FoundState, add_branches, find_branches
from fem_sf.study.usadel_measurement import Measurement
from fem_sf.usadel.matsubara import frequency_sum
from fem_sf.usadel.solution import solve

REFERENCE = {
    # (d_S, d_F, γ, T): F and mean |Δ| with equal, and with opposite signs
    (1.5, 0.4, 0.5, 0.3): ((-0.8405, 1.196), (-0.9353, 1.226)),
    (1.1, 0.35, 0.3, 0.1): ((-0.0515, 0.609), (-0.0963, 0.694)),
    (1.1, 0.35, 0.3, 0.3): ((-0.00054, 0.207), (-0.00871, 0.408)),
}
QUICK = SolverSettings(error_estimate=False)


def junction(d_s: float, d_f: float, gamma: float, phases: tuple[float, ...] = ()) -> Stack:
    """S1|F|S2, J = 15, D_F/D_S = 0.5, ν_F = ν_S."""
    barrier = KupriyanovLukichev(gamma, "F")
    first, second = (Superconductor(phase=each) for each in phases or (None, None))
    return Stack(
        [
            Layer("S1", first, d_s),
            Layer("F", Ferromagnet(0.5, 1.0, 15.0), d_f),
            Layer("S2", second, d_s),
        ],
        [Interface("S1", "F", barrier), Interface("F", "S2", barrier)],
    )


def found(stack: Stack, temperature: float, **others: Any) -> dict[str, Any]:
    """The summary of a case, without error estimate."""
    solver = others.pop("solver", QUICK)
    case = UsadelCase(stack=stack, temperature=temperature, solver=solver, **others)
    return run_case(case).summary


def digits(value: float) -> Any:
    """Approximately, to half a unit of the last digit that is written."""
    places = len(repr(value).partition(".")[2])
    return pytest.approx(value, abs=0.51 * 10.0**-places)


@pytest.mark.parametrize("numbers", REFERENCE)
def test_the_lowest_of_two_states_is_returned_and_both_are_listed(numbers):
    *sizes, temperature = numbers
    summary = found(junction(*sizes), temperature)
    assert summary["signs"] == {"S1": 1, "S2": -1}
    assert [each["signs"]["S2"] for each in summary["branches"]] == [1, -1]
    for branch, (energy, gap) in zip(summary["branches"], REFERENCE[numbers], strict=True):
        assert branch["free_energy"] == digits(energy)
        for name, sign in branch["signs"].items():
            assert sign * branch["gap"][name] == digits(gap)
    assert summary["free_energy"] == min(each["free_energy"] for each in summary["branches"])
    assert summary["layers"]["S2"]["gap"]["mean"] == digits(-REFERENCE[numbers][1][1])
    assert summary["ground_state"] == "superconducting"
    rows = {row.quantity: row.value for row in KINDS["usadel"].rows(summary)}
    assert rows["free energy of the state S1 +, S2 +"] == digits(REFERENCE[numbers][0][0])
    assert "S1 +, S2 −" in list(KINDS["usadel"].facts(summary))


def test_signs_that_are_asked_for():
    """The other state, with what it costs; and that others were not looked for."""
    numbers = (1.5, 0.4, 0.5, 0.3)
    *sizes, temperature = numbers
    for sign, (energy, gap) in zip((1, -1), REFERENCE[numbers], strict=True):
        summary = found(junction(*sizes), temperature, signs={"S2": sign})
        assert summary["free_energy"] == digits(energy)
        assert sign * summary["layers"]["S2"]["gap"]["mean"] == digits(gap)
        assert len(summary["branches"]) == 1
        assert "Only the state" in summary["note"]
    turned = found(junction(*sizes), temperature, signs={"S1": -1})
    assert turned["signs"] == {"S1": -1, "S2": 1}
    assert turned["free_energy"] == digits(REFERENCE[numbers][1][0])


def test_the_critical_temperature_is_of_the_same_state_or_it_is_said():
    *sizes, temperature = (1.1, 0.35, 0.3, 0.3)
    asked = {"critical_temperature": True}
    summary = found(junction(*sizes), temperature, **asked)
    assert summary["note"] == ""
    other = found(junction(*sizes), temperature, signs={"S2": 1}, **asked)
    assert other["critical_temperature"] == pytest.approx(summary["critical_temperature"], 1e-9)
    assert "another state than the profiles" in other["note"]


ONLY_PI = (1.35, 0.5, 0.05)
"""At T = 0.1 superconducting with opposite signs only, by linear theory (`test_states`)."""


def test_a_pattern_without_a_state_is_listed_as_such():
    summary = found(junction(*ONLY_PI), 0.1)
    equal, opposite = summary["branches"]
    assert equal == {"signs": {"S1": 1, "S2": 1}, "free_energy": None, "gap": None}
    assert opposite["free_energy"] == summary["free_energy"] < 0
    assert any("S1 +, S2 +" in each for each in KINDS["usadel"].notes(summary))


def test_a_state_that_is_not_there_is_refused():
    with pytest.raises(NotConverged, match=r"no state with signs S1 \+, S2 \+ here.*S2 −"):
        found(junction(*ONLY_PI), 0.1, signs={"S2": 1})


def test_signs_of_a_given_gap():
    """The same free energies as with phases 0 and π, in another parametrisation."""
    sizes = (1.5, 0.4, 0.5)
    summary = found(junction(*sizes), 0.3, gap="bulk")
    energies = [each["free_energy"] for each in summary["branches"]]
    for energy, phase in zip(energies, (0.0, math.pi), strict=True):
        by_phase = found(junction(*sizes, phases=(0.0, phase)), 0.3, gap="bulk")
        assert by_phase["free_energy"] == pytest.approx(energy, rel=1e-8)
        assert by_phase["branches"] == []
    assert summary["free_energy"] == min(energies) == energies[1]
    assert summary["layers"]["S2"]["gap"]["mean"] < 0 and summary["ground_state"] is None
    asked = found(junction(*sizes), 0.3, gap="bulk", signs={"S2": 1})
    assert asked["free_energy"] == energies[0]


def test_superconductors_in_perfect_contact_have_one_sign():
    stack = Stack(
        [Layer("A", Superconductor(), 0.8), Layer("B", Superconductor(0.5), 0.8)],
        [Interface("A", "B", Transparent())],
    )
    summary = found(stack, 0.5)
    assert [each["signs"] for each in summary["branches"]] == [{"A": 1, "B": 1}]


def test_errors_are_those_of_the_same_state():
    """From a start of equal signs the second solve would be off by twice the gap."""
    summary = found(junction(1.5, 0.4, 0.5), 0.3, solver=SolverSettings())
    assert summary["layers"]["S2"]["gap"]["error"]["mean"] < 1e-6
    assert summary["free_energy_error"] < 1e-8
    assert summary["cautions"] == []


@pytest.mark.slow
def test_an_accuracy_is_reached_in_the_ground_state():
    accuracy = AccuracySettings(1e-3)
    summary = found(junction(1.5, 0.4, 0.5), 0.3, solver=SolverSettings(), accuracy=accuracy)
    assert summary["accuracy"]["reached"] and summary["signs"]["S2"] == -1
    assert summary["free_energy"] == pytest.approx(-0.9353, rel=1e-3)


@pytest.mark.slow
def test_of_three_superconductors_neighbours_are_opposite():
    f = Ferromagnet(0.5, 1.0, 15.0)
    barriers = {name: KupriyanovLukichev(0.5, name) for name in ("F1", "F2")}
    planes = (("S1", "F1", "F1"), ("F1", "S2", "F1"), ("S2", "F2", "F2"), ("F2", "S3", "F2"))
    stack = Stack(
        [
            Layer("S1", Superconductor(), 1.5),
            Layer("F1", f, 0.4),
            Layer("S2", Superconductor(), 2.0),
            Layer("F2", f, 0.4),
            Layer("S3", Superconductor(), 1.5),
        ],
        [Interface(left, right, barriers[each]) for left, right, each in planes],
    )
    summary = found(stack, 0.3, mesh=MeshSettings(degree=3, refinement=0.7))
    assert summary["signs"] == {"S1": 1, "S2": -1, "S3": 1}
    energies = [each["free_energy"] for each in summary["branches"]]
    assert len(energies) == 4 and summary["free_energy"] == min(energies)
    # mirror images
    by_signs = {tuple(each["signs"].values()): each["free_energy"] for each in summary["branches"]}
    assert by_signs[1, 1, -1] == pytest.approx(by_signs[1, -1, -1], rel=1e-8)


@pytest.mark.slow
def test_the_points_of_a_sweep_have_their_own_ground_states(tmp_path):
    """Between these thicknesses of F the sign of the coupling changes, as with cos(d_F/ξ_F)."""

    def case(d_f: float) -> UsadelCase:
        return UsadelCase(stack=junction(1.5, d_f, 0.5), temperature=0.3, solver=QUICK)

    sweep = Sweep.over({"d_f": [0.05, 0.06, 0.4, 0.41]}, case)
    run_sweep(sweep, tmp_path)
    dataset = write_sweep(sweep, tmp_path)
    assert dataset["signs.S2"].values.tolist() == [1, 1, -1, -1]
    alone = [run_case(case(d_f)).summary["free_energy"] for d_f in (0.05, 0.06, 0.4, 0.41)]
    assert dataset["free_energy"].values == pytest.approx(alone, rel=1e-8)


@pytest.mark.slow
@settings(max_examples=10, derandomize=True, deadline=None)
@given(
    st.floats(0.9, 2.0), st.floats(0.9, 2.0), st.floats(0.02, 0.6), st.floats(0.1, 1.0),
    st.sampled_from((0.0, 0.1, 0.4)),
)  # fmt: skip
def test_what_is_returned_is_the_lowest_of_all_states(d_1, d_2, d_f, gamma, temperature):
    barrier = KupriyanovLukichev(gamma, "F")
    stack = Stack(
        [
            Layer("S1", Superconductor(), d_1),
            Layer("F", Ferromagnet(0.5, 1.0, 15.0), d_f),
            Layer("S2", Superconductor(), d_2),
        ],
        [Interface("S1", "F", barrier), Interface("F", "S2", barrier)],
    )
    mesh = MeshSettings(degree=3, refinement=0.7)
    summary = found(stack, temperature, mesh=mesh)
    energies = []
    for branch in summary["branches"]:
        if branch["free_energy"] is None:
            continue
        alone = found(stack, temperature, mesh=mesh, signs=branch["signs"])
        assert alone["free_energy"] == pytest.approx(branch["free_energy"], rel=1e-6, abs=1e-9)
        energies.append(branch["free_energy"])
    assert summary["free_energy"] == pytest.approx(min(energies, default=0.0), rel=1e-8)
    assert summary["free_energy"] <= 0 or "metastable" in summary["note"]


def test_a_second_solve_that_ends_in_another_state_is_told():
    """The numbers of one state beside those of the other."""
    case = UsadelCase(stack=junction(1.5, 0.4, 0.5), temperature=0.3, solver=QUICK)
    bench = UsadelBench(whole(MPI.COMM_SELF))
    system, forms = bench.system(case, bench.mesh(case), 3)
    states = []
    for sign in (1, -1):
        signs = {"S1": 1, "S2": sign}
        solution = solve(
            system, frequency_sum(0.3), "bulk", QUICK, lambda done, total, note: None, signs=signs
        )
        measured = Measurement(system.frame, {}, forms.evaluate(solution.sweep, "F"), {}, None)
        states.append(FoundState(solution, measured, signs))
    for other, count in zip(states, (0, 1), strict=True):
        summary = {"free_energy": -1.0, "free_energy_error": None, "note": "", "cautions": []}
        add_branches(summary, Branches(states[0], ()), other.measured)
        assert len(summary["cautions"]) == count


@pytest.mark.parametrize(("lower", "sign"), [(0.0, 1), (5e-10, 1), (1e-8, -1), (-1e-8, 1)])
def test_of_equal_free_energies_the_state_of_equal_signs_is_the_answer(
    monkeypatch: pytest.MonkeyPatch, lower: float, sign: int
):
    """A pattern that is looked for later has to be lower by more than rounding."""
    monkeypatch.setattr("fem_sf.study.usadel_branches.put_back", lambda solution: None)
    case = UsadelCase(stack=junction(1.5, 0.4, 0.5), temperature=0.3)

    def solve_with(signs):
        energy = -0.5 if signs["S2"] > 0 else -0.5 * (1 + lower)
        integrals = SimpleNamespace(
            gap={name: 1.5 * 1.2 * each for name, each in signs.items()},
            volume=dict.fromkeys(signs, 1.5),
            free_energy=energy,
        )
        solution = SimpleNamespace(report=SimpleNamespace(state="superconducting"), equation=None)
        return solution, SimpleNamespace(integrals=integrals)

    branches = find_branches(case, solve_with)
    assert branches.ground.signs == {"S1": 1, "S2": sign}
    assert [each.signs["S2"] for each in branches.all] == [1, -1]
    assert all(
        each.gap == pytest.approx({"S1": 1.2, "S2": 1.2 * each.signs["S2"]})
        for each in branches.all
    )


def test_signs_are_zero_without_a_gap_at_any_temperature():
    """So that a sweep through Tc has a number at each of its points."""
    for temperature in (0.95, 1.0, 1.1):
        summary = found(junction(1.1, 0.35, 0.3), temperature)
        assert summary["state"] == "normal"
        assert summary["signs"] == {"S1": 0, "S2": 0}
    assert "Only the state" not in found(junction(1.1, 0.35, 0.3), 1.1, signs={"S2": -1})["note"]
