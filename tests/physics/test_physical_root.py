# SPDX-License-Identifier: MIT
"""The root of the Usadel equation that is found is the Green function: Re g > 0 everywhere."""

from __future__ import annotations

import math

import numpy as np
import pytest
import ufl
from dolfinx import fem
from hypothesis import given, settings
from hypothesis import strategies as st
from mpi4py import MPI

from fem_sf import (
    Ferromagnet,
    Insulating,
    Interface,
    KupriyanovLukichev,
    Layer,
    MeshSettings,
    SolverSettings,
    Stack,
    Superconductor,
    UsadelCase,
    run_case,
)
from fem_sf.errors import NotConverged
from fem_sf.output.kinds import KINDS
from fem_sf.solve.process_grid import whole
from fem_sf.study.usadel_bench import UsadelBench
from fem_sf.usadel.given_gap import fill_gap
from fem_sf.usadel.growth import growth_of_changes
from fem_sf.usadel.matsubara import frequency_sum
from fem_sf.usadel.physical import lowest_density, require_physical
from fem_sf.usadel.solution import Solution, solve
from fem_sf.usadel.sweep import FrequencySweep, new_linearisation

QUICK = SolverSettings(error_estimate=False)


def valve(exchange: float, angle: float = 0.0) -> Stack:
    """Two thin F around an S, whose superconducting branch ends between J = 8.3 and 8.4."""
    barrier = KupriyanovLukichev(0.3, "F1"), KupriyanovLukichev(0.3, "F2")
    return Stack(
        [
            Layer("F1", Ferromagnet(exchange=exchange), 0.05),
            Layer("S", Superconductor(), 1.0),
            Layer("F2", Ferromagnet(exchange=exchange, angle=angle), 0.05),
        ],
        [Interface("F1", "S", barrier[0]), Interface("S", "F2", barrier[1])],
    )


def case(stack: Stack, temperature: float, gap: str = "self-consistent") -> UsadelCase:
    return UsadelCase(
        stack=stack, temperature=temperature, gap=gap, mesh=MeshSettings(degree=3), solver=QUICK
    )


def solution_of(wanted: UsadelCase) -> Solution:
    """What a run finds, with θ at every frequency."""
    bench = UsadelBench(whole(MPI.COMM_SELF))
    system, _ = bench.system(wanted, bench.mesh(wanted), 3)
    rule = frequency_sum(wanted.temperature)
    return solve(system, rule, wanted.gap, QUICK, lambda done, total, note: None)


def least_normal_component(solution: Solution) -> float:
    """Least Re (g_0 ± |Re g_v|) of all frequencies, at points within cells, from UFL."""
    sweep, system = solution.sweep, solution.sweep.system
    least = math.inf
    for k in range(len(sweep.theta)):
        sweep.select(k)
        for conductor in system.conductors:
            functions = ufl.as_vector(system.parametrisation.normal_functions(conductor.theta))
            points = np.linspace(0.05, 0.95, 5)[:, np.newaxis]
            expression = fem.Expression(functions, points)
            mesh = conductor.part.mesh
            cells = np.arange(mesh.topology.index_map(1).size_local, dtype=np.int32)
            values = expression.eval(mesh, cells).reshape(-1, functions.ufl_shape[0]).real
            density = values[:, 0] - np.linalg.norm(values[:, 1:], axis=1)
            least = min(least, float(density.min()))
    return least


def test_beyond_the_end_of_its_branch_a_stack_is_normal():
    summary = run_case(case(valve(8.7), 0.05)).summary
    assert summary["state"] == summary["ground_state"] == "normal"
    assert summary["free_energy"] == 0


def test_a_gap_above_the_normal_state_is_called_metastable_where_one_looks():
    summary = run_case(case(valve(8.3), 0.05)).summary
    assert summary["free_energy"] > 0
    assert summary["state"] == "superconducting" and summary["ground_state"] == "normal"
    assert "metastable" in summary["note"]
    kind = KINDS["usadel"]
    assert "metastable superconducting" in list(kind.facts(summary))
    assert any("metastable" in each for each in kind.notes(summary))


def test_the_stable_gap_is_not():
    summary = run_case(case(valve(7.0), 0.05)).summary
    assert summary["free_energy"] < 0
    assert summary["ground_state"] == "superconducting" and summary["note"] == ""


def test_of_two_physical_roots_the_stable_one_is_found():
    """Between it and the normal state there is a pass of higher free energy."""
    wanted = case(valve(8.2), 0.05)
    bench = UsadelBench(whole(MPI.COMM_SELF))
    system, forms = bench.system(wanted, bench.mesh(wanted), 3)
    energies, growths = [], []
    for modulus in (1.7, 0.6):
        start = {name: np.full(len(gap.x.array), modulus) for name, gap in system.gaps.items()}
        found = solve(
            system, frequency_sum(0.05), wanted.gap, QUICK, lambda done, total, note: None, start
        )
        assert least_normal_component(found) > 0
        growths.append(growth_of_changes(found.equation))
        energies.append(forms.evaluate(found.sweep, None).free_energy)
    assert 0 < energies[0] < energies[1]
    assert growths[0] < 1 < growths[1]
    summary = run_case(wanted).summary
    assert summary["free_energy"] == pytest.approx(energies[0], rel=1e-8)
    assert "a pass" not in summary["note"]


UNIFORM = {
    "one angle": Stack(
        [Layer("S", Superconductor(), 1.0), Layer("F", Ferromagnet(exchange=3.0), 0.2)],
        [Interface("S", "F", Insulating())],
    ),
    "angle and vector": Stack(
        [
            Layer("F1", Ferromagnet(exchange=3.0), 0.2),
            Layer("S", Superconductor(), 1.0),
            Layer("F2", Ferromagnet(exchange=3.0, angle=60.0), 0.2),
        ],
        [Interface("F1", "S", Insulating()), Interface("S", "F2", Insulating())],
    ),
    "Riccati": Stack([Layer("S", Superconductor(phase=0.4), 1.0)], []),
}


def negated(name: str, theta: np.ndarray) -> np.ndarray:
    """−g, which solves the equation too where nothing varies."""
    if name == "one angle":
        return theta + math.pi
    if name == "angle and vector":
        return theta + math.pi * (np.arange(len(theta)) % 3 == 0)
    scalars, flipped = theta.reshape(-1, 4), np.zeros((len(theta) // 4, 4), dtype=theta.dtype)
    flipped[:, 0], flipped[:, 2] = -1 / scalars[:, 2], -1 / scalars[:, 0]
    return flipped.ravel()


@pytest.mark.parametrize("name", UNIFORM)
def test_a_wrong_root_is_refused_and_left_from_high_frequencies(name):
    wanted = case(UNIFORM[name], 0.2, "bulk")
    bench = UsadelBench(whole(MPI.COMM_SELF))
    system, _ = bench.system(wanted, bench.mesh(wanted), 3)
    sweep = FrequencySweep(system, frequency_sum(0.2), QUICK)
    fill_gap(system, 1.7, wanted.stack.phases)

    def sweep_over() -> np.ndarray:
        for _ in sweep.solve([new_linearisation(sweep)], 1e-10):
            pass
        return np.array([each.getArray() for each in sweep.theta])

    right = sweep_over()
    wrong = np.array([negated(name, each) for each in right])
    system.set_frequency(sweep.frequency_sum.frequencies[0])
    sweep.theta[0].getArray()[:] = wrong[0]
    assert sweep.newton.residual_norm(sweep.theta[0]) < 1e-8
    assert lowest_density(system, right) > 0
    assert lowest_density(system, wrong) < -0.1
    with pytest.raises(NotConverged, match="density of states"):
        require_physical(system, wrong)
    # where conductors do not touch, each may be wrong alone
    for part in system.layout.slices:
        partly = right.copy()
        partly[:, part] = wrong[:, part]
        assert lowest_density(system, partly) < -0.1
    sweep.take(wrong)
    assert sweep_over() == pytest.approx(right, abs=1e-8)


STACKS = st.fixed_dictionaries(
    {
        "exchange": st.floats(6.0, 12.0),
        "other": st.sampled_from((None, 0.0, 90.0, 180.0)),
        "d_s": st.floats(0.8, 1.2),
        "gamma": st.floats(0.1, 0.5),
        "temperature": st.sampled_from((0.0, 0.05, 0.3)),
    }
)


def hybrid(exchange: float, other: float | None, d_s: float, gamma: float) -> Stack:
    """S|F, of half the thickness, or F|S|F with an angle between the fields."""
    f = Ferromagnet(exchange=exchange)
    layers = [Layer("F1", f, 0.05), Layer("S", Superconductor(), d_s / 2)]
    planes = [Interface("F1", "S", KupriyanovLukichev(gamma, "F1"))]
    if other is not None:
        layers = [layers[0], Layer("S", Superconductor(), d_s)]
        layers.append(Layer("F2", Ferromagnet(exchange=exchange, angle=other), 0.05))
        planes.append(Interface("S", "F2", KupriyanovLukichev(gamma, "F2")))
    return Stack(layers, planes)


@pytest.mark.slow
@settings(max_examples=24, derandomize=True, deadline=None)
@given(STACKS)
def test_near_the_transition_every_density_is_positive_and_metastable_states_are_told(drawn):
    temperature = drawn.pop("temperature")
    wanted = case(hybrid(**drawn), temperature)
    summary = run_case(wanted).summary
    found = solution_of(wanted)
    assert found.report.state == summary["state"]
    if found.report.state == "superconducting":
        assert least_normal_component(found) > -1e-6
    assert summary["free_energy"] <= 0 or "metastable" in summary["note"]
