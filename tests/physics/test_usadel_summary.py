# SPDX-License-Identifier: MIT
"""Numbers of the summary of superconductors against what they are made of, found another way."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from mpi4py import MPI

from fem_sf import (
    Ferromagnet,
    Interface,
    KupriyanovLukichev,
    Layer,
    MeshSettings,
    Normal,
    SolverSettings,
    Stack,
    Superconductor,
    UsadelCase,
    run_case,
)
from fem_sf.interfaces import Transparent
from fem_sf.settings import SpectrumSettings
from fem_sf.solve.process_grid import ProcessGrid
from fem_sf.study.comparison import CAUTION, comparison
from fem_sf.study.nodes import element_degree
from fem_sf.study.usadel_bench import UsadelBench
from fem_sf.study.usadel_checks import find_checks
from fem_sf.study.usadel_critical import (
    MeshError,
    critical_summary,
    find_critical_temperature,
    mesh_error,
)
from fem_sf.study.usadel_measurement import Measurement
from fem_sf.study.usadel_summary import summarise
from fem_sf.usadel.critical import Instability, NormalState
from fem_sf.usadel.frame import SpinFrame
from fem_sf.usadel.gap import GapReport
from fem_sf.usadel.matsubara import frequency_sum
from fem_sf.usadel.observables import Integrals
from fem_sf.usadel.transition import CriticalTemperature

STACK = Stack(
    [
        Layer("S", Superconductor(), 3.0),
        Layer("F", Ferromagnet(diffusivity=0.5, density_of_states=3.0, exchange=4.0), 0.5),
    ],
    [Interface("S", "F", KupriyanovLukichev(0.3, "F"))],
)
SPECTRUM = SpectrumSettings(energies=(0.0, 0.8, 1.5), broadening=0.1)
CASE = UsadelCase(stack=STACK, temperature=0.4, mesh=MeshSettings(refinement=0.25))


@pytest.fixture(scope="module")
def summary() -> dict[str, Any]:
    return run_case(replace(CASE, spectra=(SPECTRUM,))).summary


@pytest.fixture(scope="module")
def again() -> dict[str, Any]:
    """What the case is compared with: solved as a case of its own."""
    degree = element_degree(CASE.mesh)
    exact = CASE.solver.frequencies
    second = comparison(CASE, frequency_sum(CASE.temperature, exact=exact), degree, 1)
    tail = len(second.rule) - (1 if exact is None else exact)
    solver = SolverSettings(tail=tail, tolerance=second.tolerance, error_estimate=False)
    mesh = replace(CASE.mesh, degree=second.degree)
    return run_case(replace(CASE, spectra=(SPECTRUM,), solver=solver, mesh=mesh)).summary


def vectors_and_gap(summary: dict[str, Any]) -> dict[str, np.ndarray]:
    found = {"free_energy": np.array(summary["free_energy"])}
    for name, layer in summary["layers"].items():
        for quantity in ("magnetization", "gap"):
            for place, value in layer.get(quantity, {}).items():
                if place != "error":
                    found[f"{name}.{quantity}.{place}"] = np.asarray(value)
    return found


def stated_errors(summary: dict[str, Any]) -> dict[str, float]:
    found = {"free_energy": summary["free_energy_error"]}
    for name, layer in summary["layers"].items():
        for quantity in ("magnetization", "gap"):
            for place, error in layer.get(quantity, {}).get("error", {}).items():
                found[f"{name}.{quantity}.{place}"] = error
    return found


def test_errors_are_the_differences_from_the_second_solve(
    summary: dict[str, Any], again: dict[str, Any]
) -> None:
    """To the solver's tolerance: the second solve starts elsewhere here."""
    values, others = vectors_and_gap(summary), vectors_and_gap(again)
    stated = stated_errors(summary)
    assert len(stated) == len(values) == 12
    for name, value in values.items():
        expected = CAUTION * np.linalg.norm(np.atleast_1d(value - others[name]))
        assert stated[name] == pytest.approx(expected, rel=0.02, abs=3e-10), name
    # what is compared is no rounding
    assert stated["F.magnetization.left"] > 1e-8


def test_errors_of_spectra_are_the_differences_from_the_second_solve(
    summary: dict[str, Any], again: dict[str, Any]
) -> None:
    (spectrum,), (other,) = summary["spectra"], again["spectra"]
    for name, layer in spectrum["layers"].items():
        for place in ("mean", "left", "right"):
            differences = [
                np.abs(layer[place][spin] - other["layers"][name][place][spin]).max()
                for spin in ("up", "down")
            ]
            expected = CAUTION * max(differences)
            assert layer["error"][place] == pytest.approx(expected, rel=0.02, abs=1e-9)
            assert layer["error"][place] > 1e-8


def test_the_error_of_a_mean_is_that_of_the_integral_over_the_volume(
    summary: dict[str, Any],
) -> None:
    for name, layer in summary["layers"].items():
        magnetization = layer["magnetization"]
        error, volume = magnetization["error"], layer["volume"]
        assert volume == pytest.approx(CASE.stack.layer(name).thickness, rel=1e-14)
        assert error["mean"] * volume == pytest.approx(error["integral"], rel=1e-14)
        np.testing.assert_allclose(
            np.multiply(magnetization["mean"], volume), magnetization["integral"], rtol=1e-14
        )


def test_gammas_of_both_sides_have_their_own_conductivities(summary: dict[str, Any]) -> None:
    """γ_S/γ_F = σ_S/σ_F, where σ_F = 3 · 0.5."""
    interface = summary["interfaces"]["S|F"]
    assert interface["gamma_F"] == pytest.approx(0.3, rel=1e-14)
    assert interface["gamma_S"] == pytest.approx(0.3 / 1.5, rel=1e-14)


def test_errors_of_phases_are_the_angles_by_which_errors_turn_the_gap() -> None:
    """A complex Δ that is off by δ is turned by δ/|Δ|."""
    barrier = KupriyanovLukichev(0.4, "N")
    layers = [
        Layer("L", Superconductor(phase=0.0), 1.5),
        Layer("N", Normal(), 0.6),
        Layer("R", Superconductor(phase=1.2), 1.5),
    ]
    stack = Stack(layers, [Interface("L", "N", barrier), Interface("N", "R", barrier)])
    mesh = MeshSettings(refinement=0.25)
    found = run_case(UsadelCase(stack=stack, temperature=0.7, mesh=mesh)).summary
    for name, inner in (("L", "right"), ("R", "left")):
        gap = found["layers"][name]["gap"]
        assert 0.1 < gap[inner] < 0.8
        for side in ("left", "right"):
            turned = gap["error"][f"phase_{side}"] * gap[side]
            assert turned == pytest.approx(gap["error"][side], rel=1e-12)
        assert gap["error"][f"phase_{inner}"] > 1e-9


def test_free_energy_of_a_gap_that_is_given_above_the_critical_temperature() -> None:
    """F/d = Δ² ln T + 2πT Σ [2(ω − √(ω² + Δ²)) + Δ²/ω], here by a sum of 10⁵ terms."""
    temperature, gap, thickness = 1.7, 0.9, 2.0
    stack = Stack([Layer("S", Superconductor(), thickness)], [])
    found = run_case(UsadelCase(stack=stack, temperature=temperature, gap=gap)).summary
    omega = np.pi * temperature * (2 * np.arange(100_000) + 1)
    # ω − √(ω² + Δ²) without its cancellation
    terms = gap**2 / omega - 2 * gap**2 / (omega + np.hypot(omega, gap))
    energy = gap**2 * np.log(temperature) + 2 * np.pi * temperature * terms.sum()
    assert found["free_energy"] == pytest.approx(thickness * energy, rel=1e-9)


def test_numbers_of_a_field_that_varies_are_along_it_wherever_it_points() -> None:
    """Where ∫δM vanishes by symmetry: δM·J/|J| and |J| count, in 2ν|J| of F at its largest.

    Made by hand: ν = 3 and |J| ≤ 6 in F, ∫δM·J/|J| = 0.3 and ∫|J| = 2 over a volume of 0.4.
    """
    field = Ferromagnet(density_of_states=3.0, exchange=lambda points: 6 * np.sign(points[:, 0]))
    layers = [Layer("S", Superconductor(), 1.5), Layer("F", field, 0.4)]
    stack = Stack(layers, [Interface("S", "F", KupriyanovLukichev(0.3, "F"))])
    integrals = Integrals(
        magnetization={"S": 0.0, "F": 2e-5},
        gap={"S": 1.5 * 1.7},
        volume={"S": 1.5, "F": 0.4},
        free_energy=-0.4,
        torque={"F": [0.0, 0.0, 1e-3]},
        spin_current={"S|F": [0.0, 0.0, 0.0]},
        along_exchange={"F": 0.3},
        exchange={"F": 2.0},
        free_energy_error=0.0,
        sum_errors={},
        supercurrent={},
        supercurrent_balance=0.0,
        extents={"S|F": 1.0},
    )
    ends = {name: {"magnetization": (0.0, 0.0), "gap": (1.7, 1.7)} for name in ("S", "F")}
    frame = SpinFrame(np.array([[0.0, 0.0, 1.0]]))
    measured = Measurement(frame, {"S": 0.0, "F": 6.0}, integrals, ends, 0j)
    case = UsadelCase(stack=stack, temperature=0.0, reference="F")
    checks = {each.name: each for each in find_checks(case, measured)}
    assert checks["total_magnetization"].value == pytest.approx(2e-5 / 0.3, rel=1e-6)
    # 2ν|J| times 2|J| times the moment
    assert checks["torque_balance"].value == pytest.approx(1e-3 / (18 * 12 * 0.3), rel=1e-12)
    report = GapReport("superconducting", 3, (), "")
    moment = summarise(case, report, measured, None, 7)["layers"]["F"]["moment"]
    assert moment["free_electrons"] == pytest.approx(3 * (2.0 / 0.4) / 18, rel=1e-12)
    assert moment["total"] == moment["free_electrons"]
    assert moment["relative_change"] == pytest.approx(0.3 / 0.4 / moment["total"], rel=1e-12)


def test_a_supercurrent_that_gets_lost_is_a_density_by_the_smallest_extent() -> None:
    """6e-7 of 0.2 through 3 and 0.6 through 0.5; a plane that nothing passes has no extent.

    Made by hand.
    """
    layers = [
        Layer("L", Superconductor(phase=0.0), 1.0),
        Layer("N", Normal(), 0.6),
        Layer("R", Superconductor(phase=1.2), 1.0),
    ]
    stack = Stack(layers, [Interface("L", "N", Transparent()), Interface("N", "R", Transparent())])
    zeros = dict.fromkeys("LNR", 0.0)
    currents = {"L|N": 0.2, "N|R": 0.6}
    integrals = Integrals(
        magnetization=zeros,
        gap={"L": 1.7, "R": 1.7 + 0j},
        volume={"L": 1.0, "N": 0.6, "R": 1.0},
        free_energy=-0.4,
        torque={},
        spin_current={name: [0.0, 0.0, 0.0] for name in currents},
        along_exchange={},
        exchange={},
        free_energy_error=0.0,
        sum_errors={},
        supercurrent=currents,
        supercurrent_balance=6e-7,
        extents={"L|N": 3.0, "N|R": 0.5, "L|R": 0.0},
    )
    frame = SpinFrame(np.array([[0.0, 0.0, 1.0]]))
    measured = Measurement(frame, zeros, integrals, {}, None)
    case = UsadelCase(stack=stack, temperature=0.3)
    checks = {each.name: each for each in find_checks(case, measured)}
    found = checks["supercurrent_balance"]
    assert found.value == pytest.approx(6e-7 / 0.6, rel=1e-12)
    assert found.amount == pytest.approx(6e-7 / 0.5, rel=1e-12)
    assert found.bounds == ("L|N.supercurrent", "N|R.supercurrent")


def test_moments_are_those_of_electrons_and_of_what_is_localized() -> None:
    """Above Tc 2ν|J| is the unit; what is localized is along the axis whatever the sign of J."""
    for exchange in (4.0, -4.0):
        material = Ferromagnet(0.5, 3.0, exchange, localized_moment=2.5)
        stack = Stack(
            [Layer("S", Superconductor(), 3.0), Layer("F", material, 0.5)],
            [Interface("S", "F", KupriyanovLukichev(0.3, "F"))],
        )
        solver = SolverSettings(error_estimate=False)
        case = replace(CASE, stack=stack, gap="bulk", solver=solver)
        layer = run_case(case).summary["layers"]["F"]
        sign = np.sign(exchange)
        moment = layer["moment"]
        assert moment["free_electrons"] == pytest.approx(sign, rel=1e-12)
        assert moment["localized"] == pytest.approx(2.5, rel=1e-12)
        assert moment["total"] == pytest.approx(2.5 + sign, rel=1e-12)
        change = layer["magnetization"]["mean"][2]
        assert moment["relative_change"] == pytest.approx(change / (2.5 + sign), rel=1e-12)
        # superconductivity takes from the electrons
        assert change * sign < -0.001


def test_the_mesh_error_of_a_critical_temperature_is_what_another_degree_finds() -> None:
    """To first order in it: the other degree's own critical temperature, found from scratch."""
    bench = UsadelBench(ProcessGrid(MPI.COMM_SELF, 1))
    case = replace(CASE, mesh=MeshSettings(refinement=0.1, degree=2))
    mesh = bench.mesh(case, None)
    systems = [bench.system(case, mesh, degree)[0] for degree in (2, 3)]
    found, other = (find_critical_temperature(case, each, "normal", 0.0) for each in systems)
    error = mesh_error(case, found, *systems, factor=1.5)
    assert error is not None
    expected = 1.5 * abs(other.temperature - found.temperature)
    assert expected > 1e-7
    assert error.transition == error.instability == pytest.approx(expected, rel=1e-2)
    state = {"state": "normal", "ground_state": "normal", "signs": {}, "note": ""}
    numbers = critical_summary(case, state, found, error)
    stated = numbers["critical_temperature_error"]
    assert stated == pytest.approx(found.sum_error + expected, rel=1e-2)


def test_errors_of_critical_temperatures_are_those_of_sum_and_mesh_together() -> None:
    """Each of its own: of the transition, and of the instability of the normal state."""
    instability = Instability(0.4, sum_error=3e-6, slope=-2.0, quartic=-0.2)
    found = CriticalTemperature(0.5, 1, 7e-6, -1.0, instability, {})
    state = {"state": "normal", "ground_state": "normal", "signs": {}, "note": ""}
    numbers = critical_summary(CASE, state, found, MeshError(instability=2e-6, transition=4e-6))
    assert numbers["critical_temperature_error"] == pytest.approx(11e-6, rel=1e-12)
    assert numbers["critical_temperature_linear_error"] == pytest.approx(5e-6, rel=1e-12)
    lost = critical_summary(CASE, state, found, MeshError(instability=2e-6, transition=None))
    assert lost["critical_temperature_error"] is None
    assert lost["critical_temperature_linear_error"] == pytest.approx(5e-6, rel=1e-12)
    bare = critical_summary(CASE, state, found, None)
    assert bare["critical_temperature_error"] is bare["critical_temperature_linear_error"] is None


def test_the_excess_of_the_normal_state_has_its_root_at_the_critical_temperature() -> None:
    bench = UsadelBench(ProcessGrid(MPI.COMM_SELF, 1))
    system, _ = bench.system(CASE, bench.mesh(CASE, None), element_degree(CASE.mesh))
    found = find_critical_temperature(CASE, system, "normal", 0.0)
    state = NormalState(system, lambda temperature: frequency_sum(temperature))
    assert abs(state.excess(found.temperature)) < 1e-8
    assert state.excess(0.99 * found.temperature) > 1e-3 > -1e-3
