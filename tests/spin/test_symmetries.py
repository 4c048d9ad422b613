# SPDX-License-Identifier: MIT
"""What finite-element solutions have in common with others: symmetries, limits, dimensions."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import meshio
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from fem_sf.mesh.build import checked_geometry
from fem_sf.mesh.geometry import Geometry
from fem_sf.settings import MeshSettings
from fem_sf.spin import interfaces as laws
from fem_sf.spin import materials, model
from fem_sf.spin.exact import InterfaceState
from fem_sf.spin.face_states import FaceStates
from fem_sf.spin.grading import SpinGrading
from fem_sf.spin.magnetization import tilt_to_direction
from fem_sf.spin.modes import decay_rates
from fem_sf.spin.observables import Faces
from fem_sf.spin.steady import SteadySolver, uniform
from spin_solves import node_places, steady, values_at
from support import grid

FloatArray = NDArray[np.float64]

LEFT = materials.Ferromagnet(
    1.3, 0.7, 1.9, 0.13, (0.4, -0.3, 0.8), 1.2, 1.2, 0.45, (0.3, 0.5, 0.9), 2.1
)
RIGHT = materials.Ferromagnet(
    0.8, 1.4, 0.6, 0.21, (-0.6, 0.2, 0.5), 0.8, 0.8, -0.35, (0.9, -0.2, 0.4), -1.7
)
NORMAL = materials.Normal(1.7, 1.2, 2.3, 0.3, (0.2, 0.7, -0.4), 1.4, 1.4)
WALL = materials.Wall(0.7, 0.4, 0.25, (0.2, 1.0, -0.3))
VOLTAGE = model.Voltage(1.3)


def junction(
    left: materials.Material = LEFT,
    right: materials.Material = RIGHT,
    law: laws.Law | None = None,
    thicknesses: tuple[float, float] = (1.1, 0.7),
) -> model.Stack:
    layers = [model.Layer(*each) for each in zip("LR", (left, right), thicknesses, strict=True)]
    law = law or laws.TunnelVector(0.9, 0.4, -0.3, 0.1)
    return model.Stack(layers, [model.Interface("L", "R", law, 0.8)])


def valve() -> model.Stack:
    """Two ferromagnets on a normal metal, one of them in perfect contact."""
    return model.Stack(
        [
            model.Layer("L", LEFT, 1.1),
            model.Layer("N", NORMAL, 0.6),
            model.Layer("R", RIGHT, 0.7),
        ],
        [
            model.Interface("L", "N", laws.Circuit(0.9, 0.4, 1.1, 0.3), 0.8),
            model.Interface("N", "R", laws.Transparent()),
        ],
    )


def faces(solver: SteadySolver) -> FaceStates:
    return Faces(solver.system, solver.nodes, uniform).measure()


def at_plane(stack: model.Stack, drive: model.Drive = VOLTAGE) -> InterfaceState:
    return faces(steady(stack, drive)).interfaces["L|R"]


def changed(stack: model.Stack, **changes) -> model.Stack:
    """The same stack with every material changed, by functions of the material."""
    layers = []
    for layer in stack.layers:
        values = {
            key: change(layer.material)
            for key, change in changes.items()
            if hasattr(layer.material, key)
        }
        material = dataclasses.replace(layer.material, **values)
        layers.append(dataclasses.replace(layer, material=material))
    return model.Stack(layers, stack.interfaces)


# --- symmetries ---


TURN = Rotation.from_rotvec([0.4, -1.1, 0.7]).as_matrix()


def rotated(stack: model.Stack) -> model.Stack:
    """All spin vectors of a stack turned alike."""

    def wall(material: materials.Ferromagnet) -> materials.Wall | None:
        if material.wall is None:
            return None
        return dataclasses.replace(material.wall, hard_axis=TURN @ material.wall.hard_axis)

    return changed(
        stack,
        direction=lambda each: TURN @ each.direction,
        precession=lambda each: TURN @ each.precession,
        wall=wall,
    )


@pytest.mark.parametrize(
    "stack",
    [
        junction(),
        valve(),
        junction(dataclasses.replace(LEFT, wall=WALL), RIGHT, laws.Tunnel(0.9, 0.4, -0.3)),
    ],
    ids=["junction", "valve", "wall"],
)
def test_rotation_of_all_spins(stack: model.Stack):
    solver, other = (steady(each, VOLTAGE) for each in (stack, rotated(stack)))
    for layer in stack.layers:
        places = node_places(solver.system, layer.name)
        before = values_at(solver.system, layer.name, places)
        after = values_at(other.system, layer.name, places)
        assert after[:, [0, 4]] == pytest.approx(before[:, [0, 4]], abs=1e-10)
        assert after[:, 1:4] == pytest.approx(before[:, 1:4] @ TURN.T, abs=1e-10)
        if layer.name in solver.system.tilts:
            p, q = (
                tilt_to_direction(
                    values_at(each.system, layer.name, places, tilt=True),
                    each.system.stack.layer(layer.name).material.axis,
                )
                for each in (solver, other)
            )
            assert q == pytest.approx(p @ TURN.T, abs=1e-10)
            assert np.abs(p - layer.material.axis).max() > 1e-3


def test_mirror():
    """Layers in the other order under the opposite voltage."""
    law = laws.TunnelVector(0.9, 0.4, -0.3, 0.1)
    stack = junction(law=law)
    mirrored = model.Stack(
        stack.layers[::-1],
        [model.Interface("R", "L", laws.TunnelVector(0.9, -0.3, 0.4, 0.1), 0.8)],
    )
    solver, image = steady(stack, VOLTAGE), steady(mirrored, model.Voltage(-VOLTAGE.value))
    for layer in stack.layers:
        places = node_places(solver.system, layer.name)
        there = values_at(solver.system, layer.name, places)
        back = values_at(image.system, layer.name, layer.extent - places)
        back[:, [0, 4]] += VOLTAGE.value
        assert back == pytest.approx(there, abs=1e-11)
    state, reflected = (
        faces(each).interfaces[name] for each, name in ((solver, "L|R"), (image, "R|L"))
    )
    assert reflected.left.current == pytest.approx(-state.right.current, rel=1e-11)
    assert reflected.left.spin_current == pytest.approx(-state.right.spin_current, abs=1e-11)


def test_onsager_symmetry_of_the_conductance():
    """Every magnetization and field turned round leaves J under a voltage."""
    reversed_ = changed(
        valve(),
        direction=lambda each: tuple(-x for x in each.direction),
        precession=lambda each: tuple(-x for x in each.precession),
    )
    there, back = (faces(steady(stack, VOLTAGE)) for stack in (valve(), reversed_))
    assert there.left_end.current == pytest.approx(back.left_end.current, rel=1e-10)
    tilted = there.interfaces["L|N"].torque + back.interfaces["L|N"].torque
    assert np.abs(tilted).max() > 1e-3


# --- conservation ---


def test_one_charge_current_everywhere():
    states = faces(steady(valve(), VOLTAGE))
    currents = [states.right_end.current]
    for state in states.interfaces.values():
        currents += [state.left.current, state.right.current]
    assert currents == pytest.approx([states.left_end.current] * 5, rel=1e-11)


COLLINEAR_LAWS = [
    laws.Tunnel(0.9, 0.4, -0.3, 0.1),
    laws.TunnelVector(0.9, 0.4, -0.3, 0.1),
    laws.Metallic(),
    laws.MetallicReversed(),
    laws.Transparent(),
]


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("law", COLLINEAR_LAWS, ids=lambda law: law.kind)
def test_collinear_magnetizations_conserve_spin(law: laws.Law, sign: int):
    """As vectors, parallel or antiparallel; J_M points along them."""
    right = dataclasses.replace(RIGHT, direction=tuple(sign * x for x in LEFT.direction))
    stack = changed(junction(LEFT, right, law), precession=lambda each: (0.0, 0.0, 0.0))
    state = at_plane(stack)
    found = state.left.spin_current
    assert state.right.spin_current == pytest.approx(found, abs=1e-11)
    assert np.linalg.norm(np.cross(found, LEFT.axis)) < 1e-11
    assert abs(found @ LEFT.axis) > 1e-2


@pytest.mark.parametrize("stack", [junction(), valve()], ids=["junction", "valve"])
def test_screening_leaves_currents_alone(stack: model.Stack):
    """For α1 = α2, whatever ε, J and J_M are the same at every face."""
    finer = changed(stack, permittivity=lambda each: 1e-3 * each.permittivity)
    there, here = (faces(steady(each, VOLTAGE)) for each in (stack, finer))
    assert here.left_end.current == pytest.approx(there.left_end.current, rel=1e-9)
    for name, state in there.interfaces.items():
        other = here.interfaces[name]
        for side in ("left", "right"):
            found, expected = getattr(other, side), getattr(state, side)
            assert found.spin_current == pytest.approx(expected.spin_current, abs=1e-9)
            assert abs(found.displacement - expected.displacement) > 1e-3 * abs(
                expected.displacement
            )


def test_screening_matters_where_alphas_differ():
    stack = changed(junction(), alpha2=lambda each: 0.8 * each.alpha1)
    other = changed(stack, permittivity=lambda each: 1e-3 * each.permittivity)
    there, here = (at_plane(each).left.spin_current for each in (stack, other))
    assert np.abs(there - here).max() > 1e-3


# --- dimensions ---


def strip(cell: str, stack: model.Stack) -> Geometry:
    """The points of the line along x, and five rows."""
    x = checked_geometry(stack, MeshSettings(), SpinGrading()).points[:, 0]
    ends = np.cumsum([layer.extent for layer in stack.layers])[:-1]
    return grid(cell, x, np.linspace(0, 1.5, 6), stack.names, lambda x, y: np.searchsorted(ends, x))


def numbers(states: FaceStates) -> FloatArray:
    """Everything that is measured at the faces."""
    sides = [states.left_end, states.right_end]
    for state in states.interfaces.values():
        sides += [state.left, state.right]
    return np.array([np.concatenate([np.atleast_1d(each) for each in side]) for side in sides])


@pytest.mark.parametrize("cell", ["quadrilateral", "triangle"])
@pytest.mark.parametrize("drive", [VOLTAGE, model.Current(0.4)], ids=["voltage", "current"])
def test_a_uniform_plane_is_a_line(cell: str, drive: model.Drive):
    stack = junction()
    line = faces(steady(stack, drive))
    plane = faces(steady(stack, drive, strip(cell, stack)))
    assert plane.end_extents == pytest.approx((1.5, 1.5), rel=1e-12)
    assert numbers(plane) == pytest.approx(numbers(line), abs=1e-9)


def test_layers_of_a_mesh_file(tmp_path: Path):
    """A file whose groups are the layers gives what a generated mesh does."""
    stack = valve()
    geometry = strip("triangle", stack)
    tags = geometry.layer_of_cell + 1
    mesh = meshio.Mesh(
        np.column_stack([geometry.points, np.zeros(len(geometry.points))]),
        [("triangle", geometry.cells)],
        cell_data={"gmsh:physical": [tags], "gmsh:geometrical": [tags]},
        field_data={name: np.array([i + 1, 2]) for i, name in enumerate(stack.names)},
    )
    mesh.write(tmp_path / "strip.msh", file_format="gmsh22", binary=False)
    no_thickness = model.Stack(
        [dataclasses.replace(layer, thickness=None) for layer in stack.layers], stack.interfaces
    )
    read = checked_geometry(no_thickness, MeshSettings(file=tmp_path / "strip.msh"))
    found = faces(steady(no_thickness, VOLTAGE, read))
    assert numbers(found) == pytest.approx(numbers(faces(steady(stack, VOLTAGE))), abs=1e-9)


# --- limits ---


def test_a_semi_infinite_layer_is_the_limit_of_long_ones():
    """A reservoir at a distance L is felt as e^{−2L/l}, l the longest of the decay lengths."""
    right = dataclasses.replace(RIGHT, precession=(0.0, 0.0, 0.0), exchange_precession=30.0)
    length = 1 / decay_rates(right).real.min()
    drive = model.Current(0.6)

    def spin_current(left: float, right_: float) -> FloatArray:
        state = at_plane(junction(LEFT, right, thicknesses=(left, right_)), drive)
        return np.concatenate([state.left.spin_current, state.right.spin_potential])

    endless = spin_current(math.inf, math.inf)
    errors = [np.linalg.norm(spin_current(math.inf, each * length) - endless) for each in (2, 3, 4)]
    assert -np.diff(np.log(errors)) == pytest.approx([2.0, 2.0], rel=0.02)
    assert errors[0] < 0.05
    assert spin_current(20.0, 20.0) == pytest.approx(endless, abs=1e-11)
