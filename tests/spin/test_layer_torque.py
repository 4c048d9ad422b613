# SPDX-License-Identifier: MIT
"""The torque on whole layers, inside and at their faces, against balances of spin."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.integrate import simpson

from fem_sf.output.spin import SpinKind
from fem_sf.settings import MeshSettings
from fem_sf.spin import exact, materials, model
from fem_sf.spin import interfaces as laws
from fem_sf.spin.settings import SpinCase, SpinScales, SpinSolverSettings, TimeSettings
from fem_sf.study.run import run_case

FloatArray = NDArray[np.float64]
EXACT = SpinSolverSettings(method="exact")
QUICK = SpinSolverSettings(error_estimate=False)


def magnet(direction: tuple[float, float, float], turns: float = 50.0) -> materials.Ferromagnet:
    return materials.Ferromagnet(
        polarisation=0.5, direction=direction, exchange_precession=turns, permittivity=0.04
    )


def valve(law: laws.Law, other: laws.Law, outer: float = 5.0) -> model.Stack:
    """z | normal | x."""
    return model.Stack(
        [
            model.Layer("F1", magnet((0, 0, 1)), outer),
            model.Layer("N", materials.Normal(relaxation_time=100), 1.0),
            model.Layer("F2", magnet((1, 0, 0)), outer),
        ],
        [model.Interface("F1", "N", law), model.Interface("N", "F2", other)],
    )


TRANSPARENT = valve(laws.Transparent(), laws.Transparent())
CIRCUIT = valve(laws.Circuit(1.4, 0.6, 1.5, 0.2), laws.Circuit(0.9, 0.3, 2.0, -0.4))
JUNCTION = model.Stack(
    [model.Layer("L", magnet((0, 0, 1), 3.0), 2.0), model.Layer("R", magnet((1, 0, 1), 3.0), 2.5)],
    [model.Interface("L", "R", laws.Tunnel(0.9, 0.4, -0.3), capacitance=0.5)],
)


def torques(case: SpinCase) -> dict[str, FloatArray]:
    summary = run_case(case).summary
    return {name: np.array(layer["torque"]) for name, layer in summary["layers"].items()}


def relaxing(solution: exact.Solution, name: str, reach: float) -> FloatArray:
    """∫ δM/τ by the rule of Simpson."""
    layer = solution.stack.layer(name)
    places = np.linspace(0, reach, 20001)
    profile = solution.profile(name, places)
    return simpson(profile.magnetization, x=places, axis=0) / layer.material.relaxation_time


def test_nothing_clamped_at_the_faces():
    """The numbers of a rough evaluation, and the balance of spin to all digits."""
    case = SpinCase(stack=TRANSPARENT, drive=model.Current(1.0))
    summary = run_case(case).summary
    found = np.array(summary["layers"]["F2"]["torque"])
    assert found == pytest.approx([0, 0.0054, -0.2549], abs=2e-4)
    solution = exact.solve(TRANSPARENT, case.drive)
    entering = solution.interface("N", "F2").right.spin_current
    leaving = solution.right_end.spin_current
    balance = leaving - entering + relaxing(solution, "F2", 5.0)
    assert found == pytest.approx(balance, abs=1e-9)
    assert 0 < summary["layers"]["F2"]["torque_error"] < 1e-7
    # what the two magnets get adds up with what leaves and relaxes
    assert summary["interfaces"]["N|F2"]["jump"] < 1e-10


@pytest.mark.parametrize(
    "stack",
    [TRANSPARENT, CIRCUIT, JUNCTION, valve(*2 * [laws.Transparent()], math.inf)],
    ids=["transparent", "circuit", "tunnel", "half spaces"],
)
def test_finite_elements_and_modes_agree(stack: model.Stack):
    case = SpinCase(stack=stack, drive=model.Current(0.7), solver=QUICK)
    found, expected = torques(case), torques(replace(case, solver=EXACT))
    for name, torque in expected.items():
        assert found[name] == pytest.approx(torque, abs=1e-8)
    assert max(np.abs(each).max() for each in expected.values()) > 0.05


@pytest.mark.parametrize("stack", [CIRCUIT, JUNCTION], ids=["circuit", "tunnel"])
def test_torques_of_all_layers_are_what_relaxes_and_what_leaves(stack: model.Stack):
    """Also where part of it is at the faces: they are counted once, on their own side."""
    drive = model.Current(0.7)
    solution = exact.solve(stack, drive)
    lost = solution.right_end.spin_current - solution.left_end.spin_current
    for layer in stack.layers:
        lost = lost + relaxing(solution, layer.name, layer.extent)
    found = torques(SpinCase(stack=stack, drive=drive, solver=EXACT))
    assert sum(found.values()) == pytest.approx(lost, abs=1e-9)
    # what the left side takes is not counted on the right one
    state = solution.interfaces[0]
    first = stack.layers[0]
    inside = state.left.spin_current - solution.left_end.spin_current
    clamped = inside + relaxing(solution, first.name, first.extent) - state.torque_left
    assert found[first.name] == pytest.approx(clamped, abs=1e-9)
    assert np.linalg.norm(state.torque_left) > 0.02


def test_in_the_plane_it_is_the_integral_over_the_layer():
    width = 0.4
    line = SpinCase(stack=JUNCTION, drive=model.Voltage(1.0), solver=QUICK)
    plane = replace(line, mesh=MeshSettings(dimension=2, width=width, refinement=0.3))
    expected, found = torques(line), torques(plane)
    for name, torque in expected.items():
        assert found[name] == pytest.approx(width * torque, abs=1e-6)


def test_of_a_drive_along_the_plane_it_is_the_amplitude():
    """∫ cos² over half a period is half of that."""
    q = 2.0
    amplitude = SpinCase(stack=JUNCTION, drive=model.Voltage(1.0), wave_number=q, solver=EXACT)
    mesh = MeshSettings(dimension=2, width=math.pi / q, refinement=0.3)
    plane = replace(amplitude, mesh=mesh, solver=QUICK)
    expected, found = torques(amplitude), torques(plane)
    for name, torque in expected.items():
        assert found[name] == pytest.approx(math.pi / q / 2 * torque, abs=1e-4)


def test_a_law_that_does_not_share_the_torque_leaves_it_open():
    stack = replace_law(JUNCTION, laws.Metallic())
    summary = run_case(SpinCase(stack=stack, drive=model.Voltage(1.0))).summary
    assert all(layer["torque"] is None for layer in summary["layers"].values())


def replace_law(stack: model.Stack, law: laws.Law) -> model.Stack:
    return model.Stack(stack.layers, [model.Interface("L", "R", law)])


def test_a_magnetization_that_hardly_turns_gets_what_a_clamped_one_does():
    stiff = [
        replace(each, material=replace(each.material, wall=materials.Wall(1e7, 1e7)))
        for each in JUNCTION.layers
    ]
    case = SpinCase(stack=JUNCTION, drive=model.Voltage(1.0), solver=QUICK)
    walls = replace(case, stack=model.Stack(stiff, JUNCTION.interfaces))
    expected, found = torques(case), torques(walls)
    for name, torque in expected.items():
        assert found[name] == pytest.approx(torque, abs=1e-6)


def test_at_the_end_of_time_it_is_that_of_the_steady_state():
    steady = SpinCase(stack=JUNCTION, drive=model.Voltage(1.0), solver=QUICK)
    late = replace(steady, time=TimeSettings(end=30.0, checkpoint=None))
    expected, found = torques(steady), torques(late)
    for name, torque in expected.items():
        assert found[name] == pytest.approx(torque, abs=1e-5)


POLARISATIONS = st.floats(0.1, 0.9)


@pytest.mark.parametrize("clamped", [True, False], ids=["tunnel", "transparent"])
@given(st.floats(0.2, 2.9), POLARISATIONS, POLARISATIONS, st.floats(0.05, 5.0))
@settings(derandomize=True, deadline=None, max_examples=40)
def test_a_current_turns_what_it_flows_into_towards_where_it_comes_from(
    clamped: bool, angle: float, beta: float, polarisation: float, conductance: float
):
    """And what it flows out of away; backwards, the other way round."""
    law = laws.Tunnel(conductance, polarisation, polarisation) if clamped else laws.Transparent()
    turned = (math.sin(angle), 0.0, math.cos(angle))
    layers = [
        model.Layer(name, replace(magnet(direction), polarisation=beta), 3.0)
        for name, direction in (("L", (0, 0, 1)), ("R", turned))
    ]
    stack = model.Stack(layers, [model.Interface("L", "R", law)])
    for current in (0.5, -0.5):
        case = SpinCase(stack=stack, drive=model.Current(current), solver=EXACT)
        summary = run_case(case).summary
        left, right = (each.material.axis for each in layers)
        # the magnetization takes the opposite of what clamps it
        taken = {name: -each for name, each in torques(case).items()}
        towards_left = left - right * (left @ right)
        towards_right = right - left * (left @ right)
        assert np.sign(taken["R"] @ towards_left) == np.sign(current)
        assert np.sign(taken["L"] @ towards_right) == -np.sign(current)
        if clamped:
            sides = summary["interfaces"]["L|R"]
            assert np.sign(sides["torque_right"] @ towards_left) == np.sign(current)
            assert np.sign(sides["torque_left"] @ towards_right) == -np.sign(current)


@pytest.mark.parametrize(
    ("dimension", "unit", "si_unit"), [(1, "ħ/2e σ0 V0/L0", "J/m²"), (2, "ħ/2e σ0 V0", "J/m")]
)
def test_the_table_has_it_in_si_units(dimension: int, unit: str, si_unit: str):
    """(ħ/2e) σ0 V0/L0 = 3.2910597e-16 V s × 1e6 S/m × 1 mV/1 nm."""
    summary = run_case(SpinCase(stack=TRANSPARENT, drive=model.Current(1.0), solver=EXACT)).summary
    rows = [
        row
        for row in SpinKind().rows(summary, SpinScales(), dimension)
        if row.quantity == "torque" and row.owner in TRANSPARENT.names
    ]
    assert [row.owner for row in rows] == ["F1", "F2"]
    assert rows[1].value == summary["layers"]["F2"]["torque"]
    assert (rows[1].unit, rows[1].si_unit) == (unit, si_unit)
    length = 1e-9 ** (dimension - 1)
    assert rows[1].factor == pytest.approx(3.2910597e-16 * 1e12 * length, rel=1e-6)
