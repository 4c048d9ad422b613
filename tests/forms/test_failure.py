# SPDX-License-Identifier: MIT
"""What happens when a solve fails, and when there is nothing but the normal state to find."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest
from petsc4py import PETSc

from fem_sf.errors import InputError, NotConverged
from fem_sf.interfaces import KupriyanovLukichev
from fem_sf.materials import Ferromagnet, Superconductor
from fem_sf.settings import SolverSettings
from fem_sf.solve.linear import use_options
from fem_sf.solve.newton import BlockNewton
from fem_sf.stack import Interface, Layer, Stack
from fem_sf.usadel.copies import Copies
from fem_sf.usadel.gap import solve_gap
from fem_sf.usadel.gap_equation import GapEquation
from fem_sf.usadel.matsubara import frequency_sum
from fem_sf.usadel.observables import IntegralForms
from fem_sf.usadel.pair_sources import copies_for
from fem_sf.usadel.solution import Solution
from fem_sf.usadel.sweep import FrequencySweep, new_linearisation
from fem_sf.usadel.system import UsadelSystem
from support import interval, layered, one_frequency, solve_stack, uniform

BILAYER = Stack(
    [
        Layer("S", Superconductor(diffusivity=1.2, density_of_states=0.8)),
        Layer("F", Ferromagnet(diffusivity=0.6, density_of_states=1.7, exchange=3.0)),
    ],
    [Interface("S", "F", KupriyanovLukichev(0.5, "F"))],
)


@pytest.fixture
def system() -> UsadelSystem:
    geometry = interval(("S", uniform(2.0, 6)), ("F", uniform(0.5, 3)))
    system = UsadelSystem(BILAYER, layered(geometry), 2)
    system.gaps["S"].x.array[:] = 1.5
    return system


def sweep_of(system: UsadelSystem, max_iterations: int) -> FrequencySweep:
    settings = SolverSettings(max_iterations=max_iterations)
    return FrequencySweep(system, one_frequency(0.3), settings)


def attempt(sweep: FrequencySweep, start: np.ndarray) -> tuple[NotConverged, np.ndarray]:
    """The failure of a solve and the vector after it."""
    x = sweep.system.layout.vector()
    x.setArray(start)
    sweep.system.set_frequency(0.3)
    linearisation = new_linearisation(sweep)
    with pytest.raises(NotConverged) as caught:
        sweep.newton.solve(x, linearisation.jacobian, linearisation.ksp, 1e-12)
    return caught.value, x.getArray().copy()


def test_too_few_iterations(system: UsadelSystem):
    sweep = sweep_of(system, max_iterations=2)
    start = np.full(system.layout.global_size, 0.2 + 0.1j)
    failure, after = attempt(sweep, start)
    assert np.array_equal(after, start)
    for theta in system.layout.functions:
        assert np.array_equal(theta.x.array, np.full(len(theta.x.array), 0.2 + 0.1j))
    assert len(failure.history) == 3
    assert failure.history[0] > failure.history[2] > 1e-12
    assert failure.exit_status == 3
    for part in ("2 steps", "DIVERGED_MAX_IT", "S ", "F ", "1.0e-12"):
        assert part in str(failure)


def test_overflow(system: UsadelSystem):
    """cos θ of a large imaginary θ is infinite."""
    sweep = sweep_of(system, max_iterations=20)
    start = np.full(system.layout.global_size, 1e4j)
    failure, after = attempt(sweep, start)
    assert np.array_equal(after, start)
    assert "NAN" in str(failure)


def test_a_failure_leaves_the_solver_usable(system: UsadelSystem):
    sweep = sweep_of(system, max_iterations=20)
    attempt(sweep, np.full(system.layout.global_size, 1e4j))
    x, linearisation = system.layout.vector(), new_linearisation(sweep)
    report = sweep.newton.solve(x, linearisation.jacobian, linearisation.ksp, 1e-12)
    assert report.history[-1] < 1e-12
    assert len(report.history) == report.iterations + 1
    assert np.hypot(*report.block_norms) == pytest.approx(report.history[-1])


def test_failed_sweep_names_the_frequency(system: UsadelSystem):
    sweep = sweep_of(system, max_iterations=1)
    with pytest.raises(NotConverged, match=r"ω = 0\.3 Tc.*max_iterations") as caught:
        list(sweep.solve([new_linearisation(sweep)], 1e-12))
    assert len(caught.value.history) == 2
    assert not sweep.solved


def test_gap_that_needs_more_sweeps(system: UsadelSystem):
    sweep = FrequencySweep(system, frequency_sum(0.3), SolverSettings())
    with pytest.raises(NotConverged, match="max_sweeps") as caught:
        solve_gap(GapEquation(sweep, lambda *_: None), max_sweeps=1)
    assert "newtonls" in str(caught.value)
    assert "anderson" in str(caught.value)
    assert len(caught.value.history) > 1


def test_gap_whose_frequencies_fail(system: UsadelSystem):
    settings = SolverSettings(max_iterations=1)
    sweep = FrequencySweep(system, frequency_sum(0.3), settings)
    with pytest.raises(NotConverged, match="max_iterations") as caught:
        solve_gap(GapEquation(sweep, lambda *_: None), max_sweeps=40)
    for part in ("at frequency", "residual by layer: S"):
        assert part in str(caught.value)


def test_wrong_petsc_option_is_the_users_mistake(system: UsadelSystem):
    settings = SolverSettings(petsc={"pc_type": "nonsense"})
    with pytest.raises(InputError, match=r"solver\.petsc: PETSc does not .*type nonsense"):
        FrequencySweep(system, frequency_sum(0.3), settings)
    use_options({}, BlockNewton.PREFIX)


def test_options_reach_the_solvers_and_are_replaced(system: UsadelSystem):
    options = {"pc_type": "none", "ksp_type": "gmres", "snes_linesearch_type": "basic"}
    FrequencySweep(system, frequency_sum(0.3), SolverSettings(petsc=options))
    assert PETSc.Options(BlockNewton.PREFIX).getAll() == options
    sweep = FrequencySweep(system, frequency_sum(0.3), SolverSettings(petsc={"pc_type": "jacobi"}))
    assert new_linearisation(sweep).ksp.getPC().getType() == "jacobi"
    assert PETSc.Options(BlockNewton.PREFIX).getAll() == {"pc_type": "jacobi"}
    FrequencySweep(system, frequency_sum(0.3), SolverSettings())


def test_gap_after_a_frequency_failed_at_first(
    system: UsadelSystem, monkeypatch: pytest.MonkeyPatch
):
    """Newton's method takes a shorter step instead, and gets there."""
    sweep = FrequencySweep(system, frequency_sum(0.3), SolverSettings())
    solve, calls = sweep.newton.solve, []

    def fail_once(*arguments):
        calls.append(arguments)
        if len(calls) == 30:
            raise NotConverged("on purpose")
        return solve(*arguments)

    undisturbed = solve_gap(GapEquation(sweep, lambda *_: None), max_sweeps=40)
    expected = system.gaps["S"].x.array.copy()
    sweep.restart()
    monkeypatch.setattr(sweep.newton, "solve", fail_once)
    monkeypatch.setattr("fem_sf.usadel.sweep.LARGEST_BISECTIONS", 0)
    report = solve_gap(GapEquation(sweep, lambda *_: None), max_sweeps=40)
    assert report.history[0] == undisturbed.history[0]
    assert undisturbed.history[1] < report.history[1] < report.history[0]
    assert system.gaps["S"].x.array == pytest.approx(expected, rel=1e-8)


def test_an_error_of_another_kind_comes_out_as_itself(
    system: UsadelSystem, monkeypatch: pytest.MonkeyPatch
):
    sweep = sweep_of(system, max_iterations=20)

    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(system.layout, "assemble", interrupt)
    with pytest.raises(KeyboardInterrupt):
        list(sweep.solve([new_linearisation(sweep)], 1e-12))


def test_residual_of_rounding_is_a_solution():
    """On very fine meshes rounding keeps the residual above the tolerance."""
    geometry = interval(("S", uniform(2.0, 2000)), ("F", uniform(0.5, 2000)))
    system = UsadelSystem(BILAYER, layered(geometry), 2)
    system.gaps["S"].x.array[:] = 1.5
    sweep = FrequencySweep(system, one_frequency(0.3), SolverSettings())
    list(sweep.solve([new_linearisation(sweep)], 1e-13))
    x = sweep.theta[0]
    assert 1e-13 < sweep.newton.residual_norm(x) < 1e-9


def symmetric(exchanges: tuple[float, float], row: dict[str, float]) -> Stack:
    """F/S/F with γ_F/γ_S = (ν_F/ν_S)(D_F/D_S)."""
    dos = row["gamma_ratio"] / row["diffusivity"]
    left, right = (
        Layer(name, Ferromagnet(row["diffusivity"], dos, exchange), row["d_F"])
        for name, exchange in zip(("F1", "F2"), exchanges, strict=True)
    )
    middle = Layer("S", Superconductor(), row["d_S"])
    law = {name: KupriyanovLukichev(row["gamma_F"], name) for name in ("F1", "F2")}
    return Stack(
        [left, middle, right],
        [Interface("F1", "S", law["F1"]), Interface("S", "F2", law["F2"])],
    )


# Critical temperatures of F/S/F, parallel and antiparallel: independent multidomain Chebyshev
# collocation solver.
COLUMNS = ("d_F", "d_S", "J", "gamma_F", "gamma_ratio", "diffusivity", "parallel", "antiparallel")
TABLE = [
    dict(zip(COLUMNS, row, strict=True))
    for row in (
        (0.1, 2.0, 5.0, 0.3, 0.5, 0.5, 0.67925856508, 0.68581338872),
        (0.1, 1.0, 5.0, 1.0, 0.5, 0.5, 0.49589583189, 0.52357461951),
        (0.5, 2.0, 10.0, 0.3, 0.5, 0.5, 0.26544899335, 0.27323413943),
        (0.3, 2.5, 6.0, 0.4, 0.6, 1.0, 0.63572586707, 0.63835714418),
    )
]


def near_transition(row: dict[str, float], sign: int, temperature: float) -> Solution:
    stack = symmetric((row["J"], sign * row["J"]), row)
    outer, inner = uniform(row["d_F"], 3), uniform(row["d_S"], 16)
    mesh = layered(interval(("F1", outer), ("S", inner), ("F2", outer)))
    return solve_stack(
        stack, mesh, temperature, "self-consistent", degree=3, settings=SolverSettings()
    )


@pytest.mark.parametrize(("alignment", "sign"), [("parallel", 1), ("antiparallel", -1)])
@pytest.mark.parametrize("row", TABLE, ids=[f"{row['parallel']:.3f}" for row in TABLE])
def test_normal_just_above_the_critical_temperature(
    row: dict[str, float], alignment: str, sign: int
):
    solution = near_transition(row, sign, 1.001 * row[alignment])
    assert solution.report.state == "normal"
    for gap in solution.sweep.system.gaps.values():
        assert np.all(gap.x.array == 0)
    assert all(theta.norm() == 0 for theta in solution.sweep.theta)
    forms = IntegralForms(solution.sweep.system)
    assert forms.evaluate(solution.sweep, "F1").free_energy == 0


@pytest.mark.parametrize(("alignment", "sign"), [("parallel", 1), ("antiparallel", -1)])
@pytest.mark.parametrize("row", TABLE, ids=[f"{row['parallel']:.3f}" for row in TABLE])
def test_superconducting_just_below_the_critical_temperature(
    row: dict[str, float], alignment: str, sign: int
):
    solution = near_transition(row, sign, 0.999 * row[alignment])
    assert solution.report.state == "superconducting"
    gap = solution.sweep.system.gaps["S"].x.array
    assert np.all(gap.real > 0.01)
    assert np.all(gap.imag == 0)
    forms = IntegralForms(solution.sweep.system)
    assert forms.evaluate(solution.sweep, "F1").free_energy < 0


def test_turning_one_ferromagnet_switches_the_superconductor_off():
    row = TABLE[1]
    assert near_transition(row, 1, 0.51).report.state == "normal"
    assert near_transition(row, -1, 0.51).report.state == "superconducting"


@pytest.mark.parametrize("together", [True, False])
def test_nothing_of_a_solve_outlives_it(system: UsadelSystem, together: bool):
    """PETSc's solvers would keep matrices and factors where they keep what keeps them."""
    sweep = FrequencySweep(system, frequency_sum(0.3), SolverSettings())
    copies = copies_for(system, len(sweep.own)) if together else None
    equation = GapEquation(sweep, lambda *_: None, copies)
    solve_gap(equation, max_sweeps=40)
    remains = [weakref.ref(each) for each in (equation, equation.pairs, sweep.newton)]
    del equation, sweep, copies
    assert [each() for each in remains] == [None, None, None]
    gone = weakref.ref(system.keep(Copies, 3).system)
    system._kept.clear()
    gc.collect()
    assert gone() is None
