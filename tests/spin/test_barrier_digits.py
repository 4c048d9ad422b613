# SPDX-License-Identifier: MIT
"""No digit is lost at a barrier, however it conducts, nor to units or the size of the drive."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fem_sf.spin import exact, model
from fem_sf.spin.exact import InterfaceState
from fem_sf.spin.interfaces import Circuit, Tunnel, TunnelVector
from fem_sf.spin.materials import Ferromagnet, Normal
from fem_sf.spin.observables import Faces
from fem_sf.spin.steady import uniform
from spin_solves import steady

THICKNESS, SIGMA, BETA, DIFFUSIVITY, P = 10.0, 10.0, 0.5, 5000.0, 0.6
"""In 1 nm, 1e6 S/m, 1 ps; τ = 1."""


def junction(conductance: float, direction: tuple[float, float, float]) -> model.Stack:
    left = Ferromagnet(SIGMA, DIFFUSIVITY, 1.0, 3.4e-5, polarisation=BETA)
    right = dataclasses.replace(left, direction=direction)
    layers = [model.Layer("L", left, THICKNESS), model.Layer("R", right, THICKNESS)]
    return model.Stack(layers, [model.Interface("L", "R", Tunnel(conductance, P, P), 80.0)])


def states(stack: model.Stack, drive: model.Drive) -> dict[str, InterfaceState]:
    solver = steady(stack, drive)
    return Faces(solver.system, solver.nodes, uniform).measure().interfaces


def antiparallel_current(conductance: float, voltage: float) -> float:
    """Two-current model: both spins in series, m the same on both sides, J_M = 0 at the barrier."""
    length = math.sqrt((1 - BETA**2) * DIFFUSIVITY)
    spin = length * math.tanh(THICKNESS / length) / (SIGMA * (1 - BETA**2))
    bulk = 2 * THICKNESS / SIGMA + 2 * BETA**2 * spin
    return voltage / (bulk + 1 / (conductance * (1 - P**2)))


CONDUCTANCES = [1e-15, 1e-12, 1e-7, 1e-2, 1e3, 1e7, 1e12]


@pytest.mark.parametrize("conductance", CONDUCTANCES)
def test_antiparallel_by_mode_matching(conductance):
    stack = junction(conductance, (0.0, 0.0, -1.0))
    found = exact.solve(stack, model.Voltage(10.0)).interfaces[0].left.current
    assert found == pytest.approx(antiparallel_current(conductance, 10.0), rel=1e-13)


@pytest.mark.parametrize("conductance", [1e-15, 1e-2, 1e12])
def test_antiparallel_by_finite_elements(conductance):
    stack = junction(conductance, (0.0, 0.0, -1.0))
    found = states(stack, model.Voltage(10.0))["L|R"]
    assert found.left.current == pytest.approx(antiparallel_current(conductance, 10.0), rel=1e-11)
    assert found.right.current == pytest.approx(found.left.current, rel=1e-11)


@pytest.mark.parametrize("resistance", [1.0, 1e4, 1e8, 1e12])
@pytest.mark.parametrize("drive", [model.Voltage(10.0), model.Current(1.0)])
def test_resistance_of_a_tunnel_junction(resistance, drive):
    """RA in Ω µm², which are 10³ of the units here; both magnetic layers add 2.03 fΩ m²."""
    stack = junction(1 / (1e3 * resistance), (1.0, 0.0, 0.0))
    solver = steady(stack, drive)
    faces = Faces(solver.system, solver.nodes, uniform).measure()
    voltage = faces.left_end.potential - faces.right_end.potential
    found = voltage / faces.left_end.current
    assert found == pytest.approx(1e3 * resistance + 2.03, rel=5e-3 / (1e3 * resistance) + 1e-11)
    assert_same(faces.interfaces["L|R"], exact.solve(stack, drive).interfaces[0], 1e-9)


def assert_same(ours: InterfaceState, theirs: InterfaceState, tolerance: float) -> None:
    current = abs(theirs.left.current)
    # m in a layer is no larger than what the current drives through its resistance
    spin = max(np.abs(side.spin_potential).max() for side in (theirs.left, theirs.right))
    spin = max(spin, 1e-6 * current * THICKNESS / SIGMA)
    for side in ("left", "right"):
        mine, other = getattr(ours, side), getattr(theirs, side)
        assert mine.current == pytest.approx(other.current, abs=tolerance * current)
        assert mine.spin_current == pytest.approx(other.spin_current, abs=tolerance * current)
        assert mine.spin_potential == pytest.approx(other.spin_potential, abs=tolerance * spin)
    assert ours.torque == pytest.approx(theirs.torque, abs=tolerance * current)


@pytest.mark.parametrize("first_is_good", [True, False])
def test_a_good_and_a_bad_barrier_in_a_row(first_is_good: bool):
    """Resistances in series, from whichever side; the good barrier keeps its digits too."""
    good, bad = 0.3, 1e-12
    metal = Ferromagnet(SIGMA, DIFFUSIVITY, 1.0, 3.4e-5)
    layers = [model.Layer(name, metal, THICKNESS) for name in "ABC"]
    first, second = (good, bad) if first_is_good else (bad, good)
    joints = [
        model.Interface("A", "B", Tunnel(first), 80.0),
        model.Interface("B", "C", Tunnel(second), 80.0),
    ]
    expected = 10.0 / (3 * THICKNESS / SIGMA + 1 / good + 1 / bad)
    found = states(model.Stack(layers, joints), model.Voltage(10.0))
    for state in found.values():
        assert state.left.current == pytest.approx(expected, rel=1e-11)
        assert state.right.current == pytest.approx(expected, rel=1e-11)


@pytest.mark.parametrize("first_is_good", [True, False])
def test_what_a_good_barrier_clamps_beside_a_bad_one(first_is_good: bool):
    """All of the voltage is across the bad one; torques are as the small drop at the other says."""
    magnets = [
        Ferromagnet(
            SIGMA,
            DIFFUSIVITY,
            1.0,
            3.4e-5,
            polarisation=BETA,
            direction=(math.sin(angle), 0.0, math.cos(angle)),
        )
        for angle in (0.0, 1.0, 0.4)
    ]
    layers = [model.Layer(*each, THICKNESS) for each in zip("ABC", magnets, strict=True)]
    first, second = (0.3, 1e-12) if first_is_good else (1e-12, 0.3)
    joints = [
        model.Interface("A", "B", Tunnel(first, 0.3, -0.2), 80.0),
        model.Interface("B", "C", Tunnel(second, 0.3, -0.2), 80.0),
    ]
    stack, drive = model.Stack(layers, joints), model.Voltage(10.0)
    found, expected = states(stack, drive), exact.solve(stack, drive).interfaces
    for joint, theirs in zip(joints, expected, strict=True):
        assert_same(found[joint.name], theirs, 1e-9)
        assert np.linalg.norm(theirs.torque) > 1e-3 * theirs.left.current


@pytest.mark.parametrize("conductance", [1e6, 1e12])
@pytest.mark.parametrize("direction", [(1.0, 0.0, 0.0), (0.0, 0.0, 1.0), (0.6, 0.0, 0.8)])
def test_barriers_that_conduct_well(conductance, direction):
    stack, drive = junction(conductance, direction), model.Voltage(10.0)
    assert_same(states(stack, drive)["L|R"], exact.solve(stack, drive).interfaces[0], 1e-7)


conductances = st.floats(-12, 12).map(lambda exponent: 10**exponent)
numbers = st.floats(-1, 1).map(lambda exponent: 10**exponent)
angles = st.floats(0.1, 3.0)


@st.composite
def chains(draw) -> model.Stack:
    """Three layers with two barriers of any conductance."""
    layers = []
    for name in "ABC":
        angle = draw(angles)
        material = Ferromagnet(
            draw(numbers),
            draw(numbers),
            draw(numbers),
            0.01,
            polarisation=draw(st.floats(-0.7, 0.7)),
            direction=(math.sin(angle), 0.0, math.cos(angle)),
        )
        layers.append(model.Layer(name, material, 1 + draw(numbers)))
    laws = [draw(st.sampled_from([Tunnel, TunnelVector])) for _ in range(2)]
    joints = [
        model.Interface(*pair, law(draw(conductances), 0.3, -0.2), draw(numbers))
        for pair, law in zip(("AB", "BC"), laws, strict=True)
    ]
    return model.Stack(layers, joints)


@pytest.mark.slow
@settings(derandomize=True, max_examples=8, deadline=None)
@given(stack=chains(), by_voltage=st.booleans())
def test_any_conductances_in_a_row(stack, by_voltage):
    drive = model.Voltage(1.0) if by_voltage else model.Current(1.0)
    solver = steady(stack, drive)
    found = Faces(solver.system, solver.nodes, uniform).measure()
    right = exact.solve(stack, drive)
    for joint, theirs in zip(stack.interfaces, right.interfaces, strict=True):
        assert_same(found.interfaces[joint.name], theirs, 1e-7)


def in_other_units(stack: model.Stack, length: float, time: float, sigma: float) -> model.Stack:
    """The same stack in units that are so many times smaller."""
    layers = [
        dataclasses.replace(
            layer,
            thickness=layer.extent * length,
            material=dataclasses.replace(
                layer.material,
                conductivity=layer.material.conductivity * sigma,
                diffusivity=layer.material.diffusivity * length**2 / time,
                relaxation_time=layer.material.relaxation_time * time,
                permittivity=layer.material.permittivity * sigma * time,
            ),
        )
        for layer in stack.layers
    ]
    joints = [
        dataclasses.replace(
            joint,
            law=dataclasses.replace(joint.law, conductance=joint.law.conductance * sigma / length),
            capacitance=joint.capacitance * sigma * time / length,
        )
        for joint in stack.interfaces
    ]
    return model.Stack(layers, joints)


@pytest.mark.slow
@settings(derandomize=True, max_examples=4, deadline=None)
@given(
    stack=chains(),
    factor=st.sampled_from([1e-12, 1e12]),
    units=st.tuples(*[st.sampled_from([1e-9, 1e-3, 1e6])] * 3),
    by_voltage=st.booleans(),
)
def test_units_and_size_of_the_drive_change_no_ratio(stack, factor, units, by_voltage):
    kind = model.Voltage if by_voltage else model.Current
    length, _, sigma = units
    there = in_other_units(stack, *units)
    here, scaled, converted = (
        resistance(*each)
        for each in ((stack, kind(1.0)), (stack, kind(factor)), (there, kind(1.0)))
    )
    assert scaled == pytest.approx(here, rel=1e-12)
    assert converted * sigma / length == pytest.approx(here, rel=1e-12)


def test_a_drive_of_any_size():
    """Without a bound on the step, and to the letter where the factor is a power of two."""
    stack = junction(1e-5, (1.0, 0.0, 0.0))
    small, large = (resistance(stack, model.Voltage(2.0**n)) for n in (-40, 40))
    assert small == large


def resistance(stack: model.Stack, drive: model.Drive) -> float:
    solver = steady(stack, drive)
    faces = Faces(solver.system, solver.nodes, uniform).measure()
    return (faces.left_end.potential - faces.right_end.potential) / faces.left_end.current


@pytest.mark.parametrize("conductance", [1e-6, 1e3, 1e9, 1e12])
@pytest.mark.parametrize("turned", [(0.3, -0.5, 0.8), (0.301, -0.5, 0.8), (-0.7, 0.2, 0.4)])
def test_torques_of_both_sides_are_across_their_magnetizations(conductance, turned):
    """Whatever conducts: by modes and by finite elements, in stacks of any direction."""
    stack = junction(conductance, turned)
    layers = list(stack.layers)
    axis = dataclasses.replace(layers[0].material, direction=(0.3, -0.5, 0.8))
    layers[0] = dataclasses.replace(layers[0], material=axis)
    stack, drive = model.Stack(layers, stack.interfaces), model.Current(1.0)
    found, exactly = states(stack, drive)["L|R"], exact.solve(stack, drive).interfaces[0]
    left, right = (layer.material.axis for layer in stack.layers)
    for each in (found, exactly):
        assert abs(each.torque_left @ left) < 1e-8
        assert abs(each.torque_right @ right) < 1e-8
        assert np.abs(np.cross(each.left.spin_current, left)).max() < 1e-11
        assert np.abs(np.cross(each.right.spin_current, right)).max() < 1e-11
        # J_B is in the plane of both
        assert abs(each.torque_left @ np.cross(left, right)) < 1e-8
        assert each.torque_left + each.torque_right == pytest.approx(-each.torque, abs=1e-8)
    assert found.torque_left == pytest.approx(exactly.torque_left, abs=1e-8)
    assert found.torque_right == pytest.approx(exactly.torque_right, abs=1e-8)


@pytest.mark.parametrize("conductance", [1e-6, 1.0, 1e11, 1e12])
@pytest.mark.parametrize("mirrored", [False, True])
def test_a_mixing_conductance_of_any_size(conductance, mirrored):
    """Without precession all spin is along p: nothing is left at the face to be taken."""
    magnet = Ferromagnet(
        SIGMA, DIFFUSIVITY, 1.0, 3.4e-5, polarisation=BETA, direction=(0.3, 0.5, -0.8)
    )
    normal = Normal(60.0, 2e4, 20.0, 3.4e-5)
    layers = [model.Layer("F", magnet, THICKNESS), model.Layer("N", normal, 3 * THICKNESS)]
    law = Circuit(conductance, 0.6, 1.5 * conductance, 0.3 * conductance)
    if mirrored:
        layers = layers[::-1]
    stack = model.Stack(layers, [model.Interface(*(each.name for each in layers), law)])
    drive = model.Current(1.0)
    found = states(stack, drive)["|".join(stack.names)]
    exactly = exact.solve(stack, drive).interfaces[0]
    for each in (found, exactly):
        for part in (each.torque, each.torque_left, each.torque_right):
            assert np.abs(part).max() < 1e-10
    assert_same(found, exactly, 1e-8)
