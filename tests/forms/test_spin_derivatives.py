# SPDX-License-Identifier: MIT
"""Every block of the Jacobian of spin transport against its residual, by Taylor expansion.

The remainder of a first-order expansion is of second order, and rounding where a block is linear;
which ones are is known.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest
import ufl
from numpy.typing import NDArray

from fem_sf import compat
from fem_sf.spin import interfaces as laws
from fem_sf.spin import magnetization, materials, model
from fem_sf.spin.system import SpinSystem
from fem_sf.spin.transport import SIZE
from support import (
    assembled,
    assert_derivative,
    interval,
    layered,
    product,
    remainders,
    uniform,
)

LEFT = materials.Ferromagnet(
    1.3, 0.7, 1.9, 0.13, (0.4, -0.3, 0.8), 1.2, 0.9, 0.45, (0.3, 0.5, 0.9), 2.1
)
RIGHT = materials.Ferromagnet(
    0.8, 1.4, 0.6, 0.21, (-0.6, 0.2, 0.5), 0.8, 1.1, -0.35, (0.9, -0.2, 0.4), -1.7
)
MIDDLE = materials.Normal(1.7, 1.2, 2.3, 0.3, (0.2, 0.7, -0.4), 1.4, 1.4)
LEFT_WALL = materials.Wall(0.7, 0.4, 0.25, (0.2, 1.0, -0.3))
RIGHT_WALL = materials.Wall(1.2, 0.6, 0.35, (1.0, 0.1, 0.4))


def shape(kind: str) -> laws.BarrierShape:
    return laws.BarrierShape(kind, 2.0, 3.0)


def system_of(*parts: tuple[str, materials.Material] | model.Interface) -> SpinSystem:
    """A line of layers of two cells each."""
    layers = [model.Layer(*each, 1.0) for each in parts if isinstance(each, tuple)]
    interfaces = [each for each in parts if isinstance(each, model.Interface)]
    geometry = interval(*((layer.name, uniform(1.0, 2)) for layer in layers))
    stack = model.Stack(layers, interfaces)
    system = SpinSystem(stack, model.Current(0.6), layered(geometry), 2)
    system.set_rate(0.7)
    return system


def junction(law: laws.Law, walls: bool) -> SpinSystem:
    left, right = (
        (dataclasses.replace(LEFT, wall=LEFT_WALL), dataclasses.replace(RIGHT, wall=RIGHT_WALL))
        if walls
        else (LEFT, RIGHT)
    )
    return system_of(("L", left), ("R", right), model.Interface("L", "R", law, 0.8))


def barrier_between_walls() -> SpinSystem:
    return junction(laws.Tunnel(0.9, 0.4, -0.3, 0.1, shape("fermi-level")), walls=True)


def open_barrier_between_walls() -> SpinSystem:
    return junction(laws.TunnelVector(0.9, 0.4, -0.3, 0.1), walls=True)


def walls_at_a_normal_metal() -> SpinSystem:
    return system_of(
        ("L", dataclasses.replace(LEFT, wall=LEFT_WALL)),
        ("N", MIDDLE),
        ("R", dataclasses.replace(RIGHT, wall=RIGHT_WALL)),
        model.Interface("L", "N", laws.Circuit(0.9, 0.4, 1.1, 0.3), 0.8),
        model.Interface("N", "R", laws.Circuit(0.7, -0.3, 0.6, -0.2), 1.3),
    )


def general() -> SpinSystem:
    law = laws.General((0.9, 0.6), (0.7, 0.8), (0.5, -0.3), (0.3, -0.1), (0.4, -0.2), (0.5, -0.3))
    return junction(law, walls=False)


NONLINEAR = {
    barrier_between_walls: {(i, j) for i in range(4) for j in range(4)},
    open_barrier_between_walls: {(0, 2), (0, 3), (1, 2), (1, 3), (2, 2), (3, 3)},
    walls_at_a_normal_metal: {(0, 3), (1, 3), (1, 4), (2, 4), (3, 3), (4, 4)},
    general: set(),
}
"""Which blocks are not linear in their column's field; tilts come after all layers."""


def fill(system: SpinSystem, generator: np.random.Generator) -> None:
    """Random real numbers in all fields."""
    functions = [*system.fields.values(), *system.past.values(), *system.tilts.values()]
    for function in functions:
        function.x.array[:] = 0.5 * generator.normal(size=len(function.x.array))


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(each, marks=pytest.mark.slow if each is barrier_between_walls else ())
        for each in NONLINEAR
    ],
)
def test_residual_and_jacobian_block_by_block(make: Callable[[], SpinSystem]):
    system, random = make(), np.random.default_rng(1)
    fill(system, random)
    nonlinear = set()
    for column, function in enumerate(system.layout.functions):
        direction = random.normal(size=len(function.x.array))
        for row, forms in enumerate(system.jacobian_forms):

            def residual(row: int = row) -> NDArray:
                return assembled(system.layout, system.residual_forms)[row]

            if forms[column] is None:
                before = residual()
                function.x.array[:] += direction
                assert np.array_equal(residual(), before)
                function.x.array[:] -= direction
                continue
            derivative = product(forms[column], direction)
            left = remainders(residual, function.x.array, direction, derivative)
            if left.max() > 1e-12 * np.linalg.norm(residual()):
                assert left[:-1] / left[1:] == pytest.approx(4.0, rel=0.05), (row, column, left)
                nonlinear.add((row, column))
    assert nonlinear == NONLINEAR[make]


BIASES = (
    (0.3, 0.4),
    (-0.3, 0.4),
    (0.7, -1.1),
    (-0.8, -0.9),
    (3.1, -3.0),
    (-3.1, -0.2),
    (-0.9, 4.7),
    (2.6, -5.2),
)
"""Δ and V_b; the barrier is 2 high. At the last four one of its ends is below the Fermi level."""


def biased(kind: str, difference: float, voltage: float) -> SpinSystem:
    """μ_L − μ_R and V_L − V_R are about the given ones, all else small enough to leave them so."""
    system = junction(laws.Tunnel(0.9, 0.4, -0.3, 0.1, shape(kind)), walls=False)
    random = np.random.default_rng(2)
    for name, sign in (("L", 1), ("R", -1)):
        values = system.fields[name].x.array.reshape(-1, SIZE)
        values[:] = 0.05 * random.normal(size=values.shape)
        values[:, 0] += sign * difference / 2
        values[:, 4] += sign * voltage / 2
    return system


def all_remainders(system: SpinSystem) -> NDArray[np.float64]:
    """Those of all blocks of two layers, shape (4, steps)."""
    random = np.random.default_rng(4)
    found = []
    for column, function in enumerate(system.layout.functions):
        direction = random.normal(size=len(function.x.array))
        for row in range(2):
            derivative = product(system.jacobian_forms[row][column], direction)

            def residual(row: int = row) -> NDArray:
                return assembled(system.layout, system.residual_forms)[row]

            found.append(remainders(residual, function.x.array, direction, derivative))
    return np.array(found)


COSTLY = ("wkb", "simmons")
"""Whose sums over energies take long to compile."""


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(kind, marks=[pytest.mark.slow] if kind in COSTLY else [])
        for kind in laws.BARRIER_MODELS
    ],
)
@pytest.mark.parametrize(("difference", "voltage"), BIASES)
def test_barriers_at_finite_bias(kind: str, difference: float, voltage: float):
    left = all_remainders(biased(kind, difference, voltage))
    assert left[:, :-1] / left[:, 1:] == pytest.approx(4.0, rel=0.1), left


def test_a_barrier_below_the_fermi_level_is_linear():
    assert all_remainders(biased("paper", 3.1, 0.2)).max() < 1e-12


def test_holding_torque_is_the_derivative_of_the_energy():
    system, random = open_barrier_between_walls(), np.random.default_rng(3)
    fill(system, random)
    for name, tilt in system.tilts.items():
        p, wall, dx = system.magnetization(name), system.wall_data(name), system.layer_measure(name)
        test = ufl.TestFunction(tilt.function_space)
        turn = magnetization.holding_torque(p, magnetization.turned(p, tilt, test), wall) * dx
        gradient = system.compile(ufl.replace(turn, {test: ufl.conj(test)}))
        vector = np.zeros(len(tilt.x.array), dtype=tilt.x.array.dtype)
        compat.assemble_vector(vector, gradient)
        energy = system.compile(magnetization.wall_energy(p, wall) * dx)
        direction = random.normal(size=len(vector))
        assert_derivative(
            lambda energy=energy: np.array(compat.assemble_scalar(energy)),
            tilt.x.array,
            direction,
            np.array(vector @ direction),
        )
