# SPDX-License-Identifier: MIT
"""Orders of convergence against manufactured complex solutions.

Every layer has its own D, ν, J and Δ(x), none of them one, every barrier its own c, and θ jumps at
it. Sources are derived by hand from the equations in strong form, in the bulk and at the planes,
and added to the action; everything else is solved by the product's own forms and solvers.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
import ufl

from fem_sf import compat
from fem_sf.interfaces import KupriyanovLukichev, Transparent
from fem_sf.materials import Ferromagnet, Normal, Superconductor
from fem_sf.mesh.geometry import Geometry
from fem_sf.stack import Interface, Layer, Stack
from fem_sf.usadel.system import UsadelSystem
from support import Wave, assert_rates, grid, interval, layered, solve_frequency, uniform

OMEGA = 0.83
LEVELS = 3


def rising(value: complex, slope: complex, at: float, k: float) -> Wave:
    """value + slope sin(k (x − at))/k on a line."""
    return Wave(value, slope / k, (k,), (at + math.pi / (2 * k),))


class SystemWithBulkSources(UsadelSystem):
    """A stack with the source ν [−a∇²θ* + ω̃ sin θ* − Δ* cos θ*] in its layers."""

    def __init__(self, stack, mesh, degree, theta: dict[str, Wave], delta: dict[str, Wave]):
        self.exact = {name: wave.expression(mesh.mesh) for name, wave in theta.items()}
        self.exact_gap = {name: wave.expression(mesh.mesh) for name, wave in delta.items()}
        self._measures: dict[tuple, ufl.Measure] = {}
        super().__init__(stack, mesh, degree)
        for name, gap in self.gaps.items():
            gap.interpolate(delta[name])

    def bulk_action(self, conductor):
        dx = self.layer_measure(conductor.layers)
        return super().bulk_action(conductor) - sum(
            self._bulk_source(name) * conductor.theta * dx(k)
            for k, name in enumerate(conductor.layers)
        )

    def _measure(self, kind, subdomains):
        """The same object for the same subdomains, as dolfinx wants it of the terms of a form."""
        key = (kind, *((number, entities.tobytes()) for number, entities in subdomains))
        if key not in self._measures:
            self._measures[key] = super()._measure(kind, subdomains)
        return self._measures[key]

    def _bulk_source(self, name: str):
        data, theta = self.data[name], self.exact[name]
        source = -data.diffusivity * ufl.div(ufl.grad(theta))
        source += (self.omega - 1j * data.exchange) * ufl.sin(theta)
        if name in self.exact_gap:
            source -= self.exact_gap[name] * ufl.cos(theta)
        return data.density_of_states * source


class SystemWithAllSources(SystemWithBulkSources):
    """Also with sources at the barriers: what σ_i ∂_m θ* and c sin(θ_2* − θ_1*) differ by."""

    def barrier_action(self, barriers):
        dS = self._measure("dS", [(k, each.plane.facets) for k, each in enumerate(barriers)])
        action = super().barrier_action(barriers)
        for k, each in enumerate(barriers):
            left, right = self._barrier_sources(each)
            action -= left * self.conductors[each.left].theta("+") * dS(k)
            action -= right * self.conductors[each.right].theta("-") * dS(k)
        return action

    def _barrier_sources(self, barrier):
        normal = ufl.FacetNormal(self.mesh.mesh)("+")
        left, right = barrier.plane.left, barrier.plane.right
        jump = self.exact[right]("-") - self.exact[left]("+")
        current = barrier.numbers["conductance"] * ufl.sin(jump)
        arriving = self._conductivity(left) * ufl.dot(ufl.grad(self.exact[left])("+"), normal)
        leaving = self._conductivity(right) * ufl.dot(ufl.grad(self.exact[right])("-"), normal)
        return arriving - current, current - leaving

    def _conductivity(self, name: str):
        return self.data[name].density_of_states * self.data[name].diffusivity


@dataclass(frozen=True)
class Problem:
    """A stack, its manufactured solution and its meshes by level of refinement."""

    stack: Stack
    theta: dict[str, Wave]
    delta: dict[str, Wave]
    geometry: Callable[[int], Geometry]
    system: type[UsadelSystem] = SystemWithAllSources


S = Layer("S", Superconductor(diffusivity=1.3, density_of_states=0.8))
F = Layer("F", Ferromagnet(diffusivity=0.6, density_of_states=1.9, exchange=2.3))
F2 = Layer("F2", Ferromagnet(diffusivity=1.7, density_of_states=0.45, exchange=-1.4))
N = Layer("N", Normal(diffusivity=0.55, density_of_states=1.45))
S2 = Layer("S2", Superconductor(diffusivity=0.7, density_of_states=1.2))


def barrier(left: Layer, right: Layer, gamma: float) -> Interface:
    return Interface(left.name, right.name, KupriyanovLukichev(gamma, right.name))


def bilayer_line() -> Problem:
    """Fluxes and jump fit c sin(θ_2 − θ_1) as they are: no source at the barrier."""
    stack = Stack([S, F], [barrier(S, F, 0.7)])
    plane, end = 1.0, 1.6
    jump = -0.5 + 0.3j
    current = stack.coupling(stack.interfaces[0]) * cmath.sin(jump)
    left = rising(0.9 + 0.1j, current / S.material.conductivity, plane, math.pi / (2 * plane))
    right = rising(
        0.9 + 0.1j + jump, current / F.material.conductivity, plane, math.pi / (2 * (end - plane))
    )
    return Problem(
        stack,
        {"S": left, "F": right},
        {"S": Wave(1.1, 0.4, (2.1,), (0.2,))},
        lambda n: interval(("S", uniform(plane, 5 * n)), ("F", uniform(end - plane, 3 * n))),
        SystemWithBulkSources,
    )


def trilayer_line() -> Problem:
    """S|F|S' with a free profile in F; the outer layers follow from it through both barriers."""
    stack = Stack([S, F, S2], [barrier(S, F, 0.9), barrier(F, S2, 1.3)])
    first, second, end = 0.8, 1.3, 2.2
    middle = Wave(0.5 - 0.2j, 0.3 + 0.25j, (2.6,), (0.55,))

    def outer(layer: Layer, interface: Interface, at: float, side: int) -> Wave:
        current = F.material.conductivity * middle.slope(at)
        jump = cmath.asin(current / stack.coupling(interface))
        value = complex(middle(np.array([at])) + side * jump)
        length = at if side < 0 else end - at
        return rising(value, current / layer.material.conductivity, at, math.pi / (2 * length))

    return Problem(
        stack,
        {
            "S": outer(S, stack.interfaces[0], first, -1),
            "F": middle,
            "S2": outer(S2, stack.interfaces[1], second, +1),
        },
        {"S": Wave(1.1, 0.4, (2.1,), (0.2,)), "S2": Wave(0.9, -0.3, (1.7,), (1.9,))},
        lambda n: interval(
            ("S", uniform(first, 4 * n)),
            ("F", uniform(second - first, 3 * n)),
            ("S2", uniform(end - second, 4 * n)),
        ),
        SystemWithBulkSources,
    )


def transparent_line() -> Problem:
    """S and N in perfect contact, θ and σθ' continuous, without any source at the plane."""
    stack = Stack([S, N], [Interface("S", "N", Transparent())])
    plane, end, value, current = 1.0, 1.7, 0.6 + 0.2j, 0.5 - 0.4j
    lengths = {"S": plane, "N": end - plane}
    return Problem(
        stack,
        {
            layer.name: rising(
                value,
                current / layer.material.conductivity,
                plane,
                math.pi / (2 * lengths[layer.name]),
            )
            for layer in stack.layers
        },
        {"S": Wave(1.1, 0.4, (2.1,), (0.2,))},
        lambda n: interval(("S", uniform(plane, 4 * n)), ("N", uniform(end - plane, 3 * n))),
        SystemWithBulkSources,
    )


def flat(cell: str) -> Problem:
    """Two layers of a plane with a straight barrier."""
    stack = Stack([S, F], [barrier(S, F, 0.7)])
    return Problem(
        stack,
        {
            "S": Wave(0.8 + 0.1j, 0.3 - 0.2j, (2.3, math.pi), (0.0, 0.0)),
            "F": Wave(0.3 + 0.3j, 0.2 + 0.1j, (3.1, 2 * math.pi), (1.6, 0.0)),
        },
        {"S": Wave(1.1, 0.4, (2.1, 1.3), (0.2, 0.4))},
        lambda n: grid(
            cell,
            np.concatenate([np.linspace(0, 1, 4 * n + 1), np.linspace(1, 1.6, 3 * n + 1)[1:]]),
            np.linspace(0, 1, 4 * n + 1),
            stack.names,
            lambda x, y: x > 1,
        ),
    )


def trilayer(cell: str) -> Problem:
    """Perfect contact S-N with a natural plane, and a barrier N|F on the same conductor."""
    stack = Stack([S, N, F], [Interface("S", "N", Transparent()), barrier(N, F, 0.9)])
    value, current, k = 0.6 + 0.2j, 0.5 - 0.4j, (math.pi / 2, 1.9)
    joined = {
        layer.name: Wave(
            value,
            current / layer.material.conductivity / wavenumber,
            (wavenumber, math.pi),
            (1 + math.pi / (2 * wavenumber), 0.0),
        )
        for layer, wavenumber in zip(stack.layers[:2], k, strict=True)
    }
    alone = {"F": Wave(0.3 + 0.3j, 0.2 + 0.1j, (3.1, math.pi), (2.1, 0.0))}
    return Problem(
        stack,
        joined | alone,
        {"S": Wave(1.1, 0.4, (2.1, 1.3), (0.2, 0.4))},
        lambda n: grid(
            cell,
            np.concatenate(
                [
                    np.linspace(0, 1, 4 * n + 1),
                    np.linspace(1, 1.6, 3 * n + 1)[1:],
                    np.linspace(1.6, 2.1, 2 * n + 1)[1:],
                ]
            ),
            np.linspace(0, 1, 4 * n + 1),
            stack.names,
            lambda x, y: (x > 1).astype(int) + (x > 1.6),
        ),
    )


def island(cell: str) -> Problem:
    """A square ferromagnet all around which is superconductor: four corners."""
    stack = Stack([S, F], [barrier(S, F, 0.7)])
    return Problem(
        stack,
        {
            "S": Wave(0.8 + 0.1j, 0.3 - 0.2j, (math.pi, 2 * math.pi / 1.25), (0.0, 0.0)),
            "F": Wave(0.3 + 0.3j, 0.3 + 0.2j, (2.7, 1.6), (0.1, 0.3)),
        },
        {"S": Wave(1.1, 0.4, (2.1, 1.3), (0.2, 0.4))},
        lambda n: grid(
            cell,
            np.linspace(0, 1, 4 * n + 1),
            np.linspace(0, 1.25, 5 * n + 1),
            stack.names,
            lambda x, y: (abs(x - 0.5) < 0.25) & (y > 0.25) & (y < 1.0),
        ),
    )


def junction(cell: str) -> Problem:
    """Three layers that meet in a point, with a barrier between every two of them."""
    stack = Stack([S, F, F2], [barrier(S, F, 0.7), barrier(F, F2, 0.5), barrier(S, F2, 1.6)])
    return Problem(
        stack,
        {
            "S": Wave(0.8 + 0.1j, 0.3 - 0.2j, (2.3, math.pi), (0.0, 0.0)),
            "F": Wave(0.3 + 0.3j, 0.2 + 0.1j, (3.1, 1.8), (1.75, 0.0)),
            "F2": Wave(0.2 - 0.3j, 0.25 + 0.2j, (2.2, 2.9), (1.75, 1.0)),
        },
        {"S": Wave(1.1, 0.4, (2.1, 1.3), (0.2, 0.4))},
        lambda n: grid(
            cell,
            np.linspace(0, 1.75, 7 * n + 1),
            np.linspace(0, 1, 4 * n + 1),
            stack.names,
            lambda x, y: np.where(x < 1, 0, np.where(y < 0.5, 1, 2)),
        ),
    )


def errors(problem: Problem, degree: int, refinement: int) -> dict[str, tuple[float, float]]:
    """Errors of θ in each layer, in L2 and in the H1 seminorm."""
    mesh = layered(problem.geometry(refinement))
    system = problem.system(problem.stack, mesh, degree, problem.theta, problem.delta)
    sweep = solve_frequency(system, OMEGA, 2e-12)
    sweep.select(0)
    result = {}
    for name in problem.stack.names:
        error = system.theta_of(name) - system.exact[name]
        squares = [ufl.inner(error, error), ufl.inner(ufl.grad(error), ufl.grad(error))]
        l2, h1 = (
            math.sqrt(compat.assemble_scalar(system.compile_integral(name, each)).real)
            for each in squares
        )
        result[name] = l2, h1
    return result


def assert_optimal(problem: Problem, degree: int, coarsest: int) -> None:
    measured = [errors(problem, degree, coarsest * 2**level) for level in range(LEVELS)]
    assert_rates(measured, degree)


@pytest.mark.parametrize("degree", [1, 2, 3])
@pytest.mark.parametrize("problem", [bilayer_line, trilayer_line, transparent_line])
def test_line(problem: Callable[[], Problem], degree: int):
    assert_optimal(problem(), degree, coarsest=2)


@pytest.mark.slow
@pytest.mark.parametrize("degree", [1, 2, 3])
@pytest.mark.parametrize("cell", ["quadrilateral", "triangle"])
@pytest.mark.parametrize("problem", [flat, trilayer, island, junction])
def test_plane(problem: Callable[[str], Problem], cell: str, degree: int):
    assert_optimal(problem(cell), degree, coarsest=2 if degree < 3 else 1)
