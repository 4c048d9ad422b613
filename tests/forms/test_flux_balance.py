# SPDX-License-Identifier: MIT
"""What leaves a layer through a barrier enters the other, and is c ∫ sin(θ_2 − θ_1).

The flux on each side comes from the assembled equations of the layer alone, without the barrier:
they vanish at every node but those of the barrier, where they are what the barrier has to bring.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import ufl
from numpy.typing import NDArray

from fem_sf import compat
from fem_sf.interfaces import KupriyanovLukichev, Transparent
from fem_sf.materials import Ferromagnet, Normal, Superconductor
from fem_sf.mesh.geometry import Geometry
from fem_sf.stack import Interface, Layer, Stack
from fem_sf.usadel import differentiated_forms
from fem_sf.usadel.barriers import Barrier
from fem_sf.usadel.system import UsadelSystem
from support import grid, interval, layered, solve_frequency, uniform

S = Layer("S", Superconductor(diffusivity=1.3, density_of_states=0.8))
F = Layer("F", Ferromagnet(diffusivity=0.6, density_of_states=1.9, exchange=2.3))
N = Layer("N", Normal(diffusivity=0.55, density_of_states=1.45))
S2 = Layer("S2", Superconductor(diffusivity=0.7, density_of_states=1.2))

TRILAYER = Stack(
    [S, F, S2],
    [
        Interface("S", "F", KupriyanovLukichev(0.7, "S")),
        Interface("F", "S2", KupriyanovLukichev(1.3, "F")),
    ],
)
WITH_CONTACT = Stack(
    [S, N, F],
    [Interface("S", "N", Transparent()), Interface("F", "N", KupriyanovLukichev(0.4, "F"))],
)
ISLAND = Stack([S, F], [Interface("S", "F", KupriyanovLukichev(0.3, "F"))])


class SystemInParts(UsadelSystem):
    """A stack whose bulk equations and barrier currents can be assembled alone."""

    def compile_bulk_residual(self, number: int):
        action = self.bulk_action(self.conductors[number])
        return self._compile(differentiated_forms.variation(self, action, number))

    def compile_current(self, barrier: Barrier):
        left, right = self.conductors[barrier.left].theta, self.conductors[barrier.right].theta
        dS = self._measure("dS", [(0, barrier.plane.facets)])
        return self._compile(
            barrier.numbers["conductance"] * ufl.sin(right("-") - left("+")) * dS(0)
        )


def line(stack: Stack) -> Geometry:
    return interval(*((name, uniform(0.5, 5)) for name in stack.names))


def strip(cell: str) -> Callable[[Stack], Geometry]:
    def geometry(stack: Stack) -> Geometry:
        x, y = np.linspace(0, 1.5, 10), np.linspace(0, 1, 4)
        return grid(cell, x, y, stack.names, lambda x, y: np.floor(2 * x))

    return geometry


def square(cell: str) -> Callable[[Stack], Geometry]:
    def geometry(stack: Stack) -> Geometry:
        x = np.linspace(0, 1, 7)
        return grid(
            cell, x, x, stack.names, lambda x, y: (abs(x - 0.5) < 1 / 6) & (abs(y - 0.5) < 1 / 3)
        )

    return geometry


@pytest.mark.parametrize(
    ("stack", "geometry"),
    [
        pytest.param(TRILAYER, line, id="line"),
        pytest.param(WITH_CONTACT, line, id="line with a perfect contact"),
        pytest.param(TRILAYER, strip("quadrilateral"), id="strip of quadrilaterals"),
        pytest.param(WITH_CONTACT, strip("triangle"), id="strip of triangles"),
        pytest.param(ISLAND, square("quadrilateral"), id="island of quadrilaterals"),
        pytest.param(ISLAND, square("triangle"), id="island of triangles"),
    ],
)
def test_flux_balance(stack: Stack, geometry: Callable[[Stack], Geometry]):
    system = SystemInParts(stack, layered(geometry(stack)), 2)
    for gap in system.gaps.values():
        gap.interpolate(lambda x: 1.2 + 0.5 * np.cos(3 * x[0]) * np.cos(2 * x[1]))
    solve_frequency(system, 0.6, 1e-13).select(0)
    residuals = [bulk_residual(system, number) for number in range(len(system.conductors))]
    left_over = [residual.copy() for residual in residuals]
    for barrier in system.barriers:
        current = compat.assemble_scalar(system.compile_current(barrier))
        assert abs(current) > 1e-2
        left, right = (
            barrier_nodes(system, number, barrier) for number in (barrier.left, barrier.right)
        )
        assert residuals[barrier.left][left].sum() == pytest.approx(current, abs=1e-12)
        assert residuals[barrier.right][right].sum() == pytest.approx(-current, abs=1e-12)
        left_over[barrier.left][left] = 0
        left_over[barrier.right][right] = 0
    assert np.abs(np.concatenate(left_over)).max() < 1e-13


def bulk_residual(system: SystemInParts, number: int) -> NDArray:
    residual = np.zeros_like(system.conductors[number].theta.x.array)
    compat.assemble_vector(residual, system.compile_bulk_residual(number))
    return residual


def barrier_nodes(system: UsadelSystem, number: int, barrier: Barrier) -> NDArray:
    """Nodes of a conductor that are also nodes of the conductor across a barrier."""
    other = barrier.right if number == barrier.left else barrier.left
    here, there = (
        system.conductors[each].theta.function_space.tabulate_dof_coordinates()
        for each in (number, other)
    )
    distance = np.linalg.norm(here[:, None] - there[None], axis=-1)
    return np.flatnonzero(distance.min(axis=1) < 1e-12)
