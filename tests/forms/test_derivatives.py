# SPDX-License-Identifier: MIT
"""Every form against the one that it is the derivative of, by Taylor expansion.

Where f' is the derivative of f, |f(x + hd) − f(x) − h f'(x)d| is of order h²: four times smaller
when h is halved. x and d are random and complex; where M is among them, x is small, because
√(1 + M²) is analytic for |M| < 1 only.
"""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from fem_sf.interfaces import Insulating, KupriyanovLukichev, Transparent
from fem_sf.materials import Ferromagnet, Normal, Superconductor
from fem_sf.solve.blocks import BlockMatrix, BlockVector
from fem_sf.stack import Interface, Layer, Stack
from fem_sf.usadel.observables import IntegralForms
from fem_sf.usadel.system import UsadelSystem
from support import (
    assembled,
    assert_derivative,
    complex_numbers,
    grid,
    interval,
    layered,
    product,
    uniform,
)

S = Layer("S", Superconductor(diffusivity=1.3, density_of_states=0.8))
F = Layer("F", Ferromagnet(diffusivity=0.6, density_of_states=1.9, exchange=2.3))
F2 = Layer("F2", Ferromagnet(diffusivity=1.7, density_of_states=0.45, exchange=-1.4))
TILTED = Layer("T", Ferromagnet(0.8, 1.3, exchange=(1.2, 0.0, 0.7)))
ACROSS = Layer("A", Ferromagnet(1.1, 0.7, exchange=(0.3, -1.6, 0.2)))
N = Layer("N", Normal(diffusivity=0.55, density_of_states=1.45))
S2 = Layer("S2", Superconductor(diffusivity=0.7, density_of_states=1.2))


def barrier(left: Layer, right: Layer, gamma: float) -> Interface:
    return Interface(left.name, right.name, KupriyanovLukichev(gamma, right.name))


def line() -> UsadelSystem:
    """S|F|S': the outer conductors are not coupled."""
    stack = Stack([S, F, S2], [barrier(S, F, 0.7), barrier(F, S2, 1.3)])
    geometry = interval(*((layer.name, uniform(1.0, 4)) for layer in stack.layers))
    return UsadelSystem(stack, layered(geometry), 3)


def junction() -> UsadelSystem:
    """Three layers of triangles that meet in a point."""
    stack = Stack([S, F, F2], [barrier(S, F, 0.7), barrier(F, F2, 0.5), barrier(S, F2, 1.6)])
    geometry = grid(
        "triangle",
        np.linspace(0, 2, 7),
        np.linspace(0, 1, 5),
        stack.names,
        lambda x, y: np.where(x < 1, 0, np.where(y < 0.5, 1, 2)),
    )
    return UsadelSystem(stack, layered(geometry), 2)


def mixed() -> UsadelSystem:
    """S in perfect contact with N, a barrier to F, and an insulated S' on top of both."""
    stack = Stack(
        [S, N, F, S2],
        [
            Interface("S", "N", Transparent()),
            barrier(N, F, 0.9),
            Interface("S", "S2", Insulating()),
            Interface("S2", "N", Insulating()),
            barrier(F, S2, 0.8),
        ],
    )
    geometry = grid(
        "quadrilateral",
        np.linspace(0, 3, 7),
        np.linspace(0, 1.5, 4),
        stack.names,
        lambda x, y: np.where(y > 1, 3, np.floor(x)),
    )
    return UsadelSystem(stack, layered(geometry), 2)


def tilted() -> UsadelSystem:
    """F|S|F' with exchange fields in a plane."""
    stack = Stack([F, S, TILTED], [barrier(F, S, 0.7), barrier(S, TILTED, 1.3)])
    geometry = interval(*((layer.name, uniform(1.0, 4)) for layer in stack.layers))
    return UsadelSystem(stack, layered(geometry), 3)


def noncoplanar() -> UsadelSystem:
    """Triangles: N in perfect contact with F, S and others behind barriers, in three directions."""
    stack = Stack(
        [S, F, N, TILTED, ACROSS],
        [
            barrier(S, F, 0.7),
            Interface("F", "N", Transparent()),
            barrier(N, TILTED, 0.9),
            barrier(TILTED, ACROSS, 0.8),
        ],
    )
    geometry = grid(
        "triangle",
        np.linspace(0, 5, 6),
        np.linspace(0, 1, 4),
        stack.names,
        lambda x, y: np.floor(x),
    )
    return UsadelSystem(stack, layered(geometry), 2)


@pytest.fixture(
    scope="module",
    params=[line, junction, mixed, tilted, noncoplanar],
    ids=lambda make: make.__name__,
)
def system(request: pytest.FixtureRequest) -> UsadelSystem:
    return request.param()


@pytest.fixture
def random(system: UsadelSystem) -> np.random.Generator:
    """Random numbers, with which θ and Δ are filled."""
    generator = np.random.default_rng(1)
    system.set_frequency(0.7)
    for theta in system.layout.functions:
        scale = 0.2 if system.frame.shape else 1.0
        theta.x.array[:] = scale * complex_numbers(generator, len(theta.x.array))
    for gap in system.gaps.values():
        gap.x.array[:] = 1 + generator.random(len(gap.x.array))
    return generator


def test_residual_and_jacobian_block_by_block(system: UsadelSystem, random: np.random.Generator):
    for column, theta in enumerate(system.layout.functions):
        direction = complex_numbers(random, len(theta.x.array))
        for row, forms in enumerate(system.jacobian_forms):

            def residual(row: int = row) -> NDArray:
                return assembled(system.layout, system.residual_forms)[row]

            if forms[column] is not None:
                derivative = product(forms[column], direction)
                assert_derivative(residual, theta.x.array, direction, derivative)
            else:
                before = residual()
                theta.x.array[:] += direction
                assert np.array_equal(residual(), before)
                theta.x.array[:] -= direction


def test_jacobian_is_complex_symmetric(system: UsadelSystem, random: np.random.Generator):
    jacobian = BlockMatrix(system.jacobian_forms)
    jacobian.assemble()
    difference = jacobian.matrix.copy()
    difference.axpy(-1.0, jacobian.matrix.copy().transpose())
    assert difference.norm() < 1e-13 * jacobian.matrix.norm()
    assert jacobian.matrix.norm() > 1.0


def test_uncoupled_blocks_are_left_out(system: UsadelSystem):
    coupled = {(each.left, each.right) for each in system.barriers}
    numbers = range(len(system.conductors))
    for i in numbers:
        for j in numbers:
            expected = i == j or (i, j) in coupled or (j, i) in coupled
            assert (system.jacobian_forms[i][j] is not None) == expected


def test_residual_is_the_derivative_of_the_action(
    system: UsadelSystem, random: np.random.Generator
):
    forms = IntegralForms(system)
    for number, theta in enumerate(system.layout.functions):
        direction = complex_numbers(random, len(theta.x.array))
        gradient = assembled(system.layout, system.residual_forms)[number]
        derivative = np.array(gradient @ direction)
        assert_derivative(lambda: np.array(forms.action()), theta.x.array, direction, derivative)


def test_pair_jacobian(system: UsadelSystem, random: np.random.Generator):
    layout = BlockVector(list(system.gaps.values()))
    forms, jacobian = system.compile_pair_forms(), system.compile_pair_jacobian()
    for row, name in enumerate(system.gaps):
        column = system.conductor_of(name)
        theta = system.theta_of(name)
        direction = complex_numbers(random, len(theta.x.array))
        assert_derivative(
            lambda row=row: assembled(layout, forms)[row],
            theta.x.array,
            direction,
            product(jacobian[row][column], direction),
        )


def test_action_is_linear_in_the_gap_with_the_pair_form(
    system: UsadelSystem, random: np.random.Generator
):
    layout = BlockVector(list(system.gaps.values()))
    pairs, forms = assembled(layout, system.compile_pair_forms()), IntegralForms(system)
    for gap, pair in zip(system.gaps.values(), pairs, strict=True):
        before, direction = forms.action(), random.normal(size=len(pair))
        gap.x.array[:] += direction
        assert forms.action() - before == pytest.approx(-(pair @ direction), rel=1e-12)


def test_pair_jacobian_is_minus_the_transposed_derivative_of_the_residual_by_the_gap(
    system: UsadelSystem, random: np.random.Generator
):
    jacobian = BlockMatrix(system.compile_pair_jacobian())
    jacobian.assemble()
    layout = BlockVector(list(system.gaps.values()))
    step, expected = layout.vector(), system.layout.vector()
    step.setArray(random.normal(size=layout.global_size))
    jacobian.matrix.multTranspose(step, expected)
    before = np.concatenate(assembled(system.layout, system.residual_forms))
    for gap, part in zip(layout.functions, layout.slices, strict=True):
        gap.x.array[:] += step.getArray()[part]
    after = np.concatenate(assembled(system.layout, system.residual_forms))
    assert before - after == pytest.approx(expected.getArray(), abs=1e-12)


def test_gap_mass_measures_the_layers(system: UsadelSystem):
    mass = BlockMatrix(system.compile_gap_mass())
    mass.assemble()
    ones, product_ = mass.matrix.createVecs()
    ones.set(1.0)
    mass.matrix.mult(ones, product_)
    volume = {"S": 1.0, "S2": 1.0, "N": 1.0, "F": 1.0}
    if len(system.stack.layers) == 4:
        volume["S2"] = 1.5
    expected = sum(system.data[name].density_of_states.value * volume[name] for name in system.gaps)
    assert product_.sum() == pytest.approx(expected, rel=1e-13)
