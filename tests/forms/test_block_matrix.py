# SPDX-License-Identifier: MIT
"""The Jacobian as a matrix has every entry that its forms have, whatever they reach."""

from __future__ import annotations

import numpy as np
import pytest
from petsc4py import PETSc

from fem_sf import (
    Ferromagnet,
    Interface,
    KupriyanovLukichev,
    Layer,
    Normal,
    Stack,
    Superconductor,
    Transparent,
)
from fem_sf.mesh.geometry import Geometry
from fem_sf.solve.blocks import BlockMatrix
from fem_sf.usadel.system import UsadelSystem
from support import assembled, complex_numbers, grid, interval, layered, uniform


def barrier(left: str, right: str) -> Interface:
    return Interface(left, right, KupriyanovLukichev(0.6, right))


def three_in_a_row() -> tuple[Stack, Geometry]:
    """A conductor with a barrier on either side."""
    stack = Stack(
        [
            Layer("S", Superconductor(phase=0.0), 1.0),
            Layer("F", Ferromagnet(exchange=3.0), 0.5),
            Layer("S2", Superconductor(phase=1.0), 1.0),
        ],
        [barrier("S", "F"), barrier("F", "S2")],
    )
    return stack, interval(("S", uniform(1, 3)), ("F", uniform(0.5, 2)), ("S2", uniform(1, 3)))


def twice_the_same_two() -> tuple[Stack, Geometry]:
    """Two conductors with two barriers between them, for one is of two layers."""
    stack = Stack(
        [
            Layer("S", Superconductor(phase=0.5)),
            Layer("N", Normal()),
            Layer("M", Normal(diffusivity=0.5)),
        ],
        [barrier("S", "N"), barrier("S", "M"), Interface("N", "M", Transparent())],
    )
    return stack, grid(
        "triangle",
        np.linspace(0, 2, 5),
        np.linspace(0, 1, 5),
        stack.names,
        lambda x, y: np.where(x < 1, 0, np.where(y < 0.5, 1, 2)),
    )


@pytest.mark.parametrize("make", [three_in_a_row, twice_the_same_two])
def test_nothing_is_lost_in_the_matrix(make):
    """Its product with a direction is the slope of the residual, which knows no sparsity."""
    stack, geometry = make()
    system = UsadelSystem(stack, layered(geometry), 2)
    system.set_frequency(0.8)
    generator = np.random.default_rng(5)
    for gap in system.gaps.values():
        gap.x.array[:] = 0.7
    places = [conductor.theta.x.array for conductor in system.conductors]
    starts = [0.2 * complex_numbers(generator, len(each)) for each in places]
    steps = [complex_numbers(generator, len(each)) for each in places]

    def residual(h: float) -> np.ndarray:
        for place, start, step in zip(places, starts, steps, strict=True):
            place[:] = start + h * step
        return np.concatenate(assembled(system.layout, system.residual_forms))

    h = 1e-4
    slope = (8 * (residual(h) - residual(-h)) - (residual(2 * h) - residual(-2 * h))) / (12 * h)
    residual(0.0)
    jacobian = BlockMatrix(system.jacobian_forms)
    jacobian.assemble()
    direction = jacobian.matrix.createVecRight()
    direction.setArray(np.concatenate(steps))
    product = (jacobian.matrix * direction).getArray()
    assert np.abs(product - slope).max() < 1e-9 * np.abs(slope).max()
    # and PETSc had to make no room for anything, which would be slow
    assert jacobian.matrix.getInfo(PETSc.Mat.InfoType.GLOBAL_SUM)["mallocs"] == 0
