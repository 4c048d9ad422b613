# SPDX-License-Identifier: MIT
"""Orders of convergence of θ and M against manufactured solutions, exchange fields not collinear.

The strong equations are

    e_θ = −a∇²θ + ωM0 sin θ − J·M cos θ − ΔM0 cos θ,
    e_M = a∇²M − J sin θ − M[(ω cos θ + Δ sin θ)M0 + J·M sin θ + a(|∇M|² − |∇M0|²)],

and at a barrier γ_i∂_mθ_i = W sin(θ_2 − θ_1), γ_1∂_mM_1 = cos(θ_2 − θ_1)(M_2 − W M_1),
γ_2∂_mM_2 = cos(θ_2 − θ_1)(W M_2 − M_1). M0 is no unknown of its own, and the action's variation by
M is P e_M with P = 1 − M Mᵀ/M0². Sources made of these are added to the action; everything else is
solved by the product's own forms and solvers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field

import numpy as np
import pytest
import ufl

from fem_sf import compat
from fem_sf.interfaces import KupriyanovLukichev, Transparent
from fem_sf.materials import Ferromagnet, Normal, Superconductor
from fem_sf.mesh.geometry import Geometry
from fem_sf.settings import SolverSettings
from fem_sf.stack import Interface, Layer, Stack
from fem_sf.usadel.sweep import FrequencySweep, new_linearisation
from fem_sf.usadel.system import UsadelSystem
from support import Wave, assert_rates, grid, interval, layered, one_frequency, uniform

OMEGA = 0.83
LEVELS = 3


class SystemWithSources(UsadelSystem):
    """A stack with what its equations leave of given θ and M as sources, in layers and planes."""

    def __init__(
        self,
        stack,
        mesh,
        degree,
        field: dict[str, list[Wave]],
        delta: dict[str, Wave],
        exchange: dict[str, Sequence[Wave]],
    ):
        self.exact = {
            name: ufl.as_vector([wave.expression(mesh.mesh) for wave in waves])
            for name, waves in field.items()
        }
        self.exact_gap = {name: wave.expression(mesh.mesh) for name, wave in delta.items()}
        self.varying_exchange = {
            name: [wave.expression(mesh.mesh) for wave in waves] for name, waves in exchange.items()
        }
        super().__init__(stack, mesh, degree)
        for name, gap in self.gaps.items():
            gap.interpolate(delta[name])

    def bulk_action(self, conductor):
        dx = self.layer_measure(conductor.layers)
        return super().bulk_action(conductor) - sum(
            ufl.dot(self._bulk_source(name), conductor.theta) * dx(k)
            for k, name in enumerate(conductor.layers)
        )

    def barrier_action(self, barriers):
        dS = self.plane_measure([each.plane for each in barriers])
        action = super().barrier_action(barriers)
        for k, each in enumerate(barriers):
            left, right = self._barrier_sources(each)
            action -= ufl.dot(left, self.conductors[each.left].theta("+")) * dS(k)
            action -= ufl.dot(right, self.conductors[each.right].theta("-")) * dS(k)
        return action

    def _exact_exchange(self, name: str):
        """J along the axes of the frame, and not what the forms have interpolated of it."""
        if name not in self.varying_exchange:
            return self.data[name].exchange
        return ufl.as_vector(
            [
                sum(float(c) * j for c, j in zip(axis, self.varying_exchange[name], strict=True))
                for axis in self.frame.axes
            ]
        )

    def _bulk_source(self, name: str):
        data, omega, exchange = self.data[name], self.omega, self._exact_exchange(name)
        theta, m = parts(self.exact[name])
        delta = self.exact_gap.get(name, 0.0)
        a, m0, along = data.diffusivity, long(m), ufl.dot(exchange, m)
        sine, cosine = ufl.sin(theta), ufl.cos(theta)
        for_theta = -a * ufl.div(ufl.grad(theta)) + (omega * sine - delta * cosine) * m0
        for_theta -= along * cosine
        slopes, long_slope = ufl.grad(m), ufl.grad(m0)
        bending = a * (
            sum(slopes[i, j] ** 2 for i in range(len(m)) for j in range(slopes.ufl_shape[1]))
            - ufl.dot(long_slope, long_slope)
        )
        bracket = (omega * cosine + delta * sine) * m0 + along * sine + bending
        for_m = a * ufl.div(slopes) - exchange * sine - m * bracket
        return data.density_of_states * joined(for_theta, projected(m, for_m))

    def _barrier_sources(self, barrier):
        normal = ufl.FacetNormal(self.mesh.mesh)("+")
        left, right = barrier.plane.left, barrier.plane.right
        theta_1, m_1 = parts(self.exact[left]("+"))
        theta_2, m_2 = parts(self.exact[right]("-"))
        w = long(m_1) * long(m_2) - ufl.dot(m_1, m_2)
        c, jump = barrier.numbers["conductance"], theta_2 - theta_1
        into = self._current(left, "+", normal) - c * joined(
            w * ufl.sin(jump), ufl.cos(jump) * (m_2 - w * m_1)
        )
        out = self._current(right, "-", normal) - c * joined(
            w * ufl.sin(jump), ufl.cos(jump) * (w * m_2 - m_1)
        )
        # the action has the gradients of θ and M with opposite signs
        return (
            joined(into[0], -projected(m_1, parts(into)[1])),
            joined(-out[0], projected(m_2, parts(out)[1])),
        )

    def _current(self, name: str, side: str, normal):
        sigma = self.data[name].density_of_states * self.data[name].diffusivity
        return sigma * ufl.dot(ufl.grad(self.exact[name])(side), normal)


def parts(field):
    return field[0], ufl.as_vector([field[i] for i in range(1, field.ufl_shape[0])])


def joined(theta, m):
    return ufl.as_vector([theta, *(m[i] for i in range(m.ufl_shape[0]))])


def long(m):
    """M0."""
    return ufl.sqrt(1 + ufl.dot(m, m))


def projected(m, vector):
    return vector - m * ufl.dot(m, vector) / long(m) ** 2


@dataclass(frozen=True)
class Problem:
    """A stack, its manufactured solution and its meshes by level of refinement."""

    stack: Stack
    field: dict[str, list[Wave]]
    delta: dict[str, Wave]
    geometry: Callable[[int], Geometry]
    exchange: dict[str, Sequence[Wave]] = dataclass_field(default_factory=dict)


S = Layer("S", Superconductor(diffusivity=1.3, density_of_states=0.8))
F = Layer("F", Ferromagnet(diffusivity=0.6, density_of_states=1.9, exchange=(0.4, 0.0, 2.3)))
F2 = Layer("F2", Ferromagnet(diffusivity=1.7, density_of_states=0.45, exchange=(1.4, 0.0, -0.3)))
F3 = Layer("F3", Ferromagnet(diffusivity=0.8, density_of_states=1.3, exchange=(0.2, 1.1, 0.6)))
N = Layer("N", Normal(diffusivity=0.55, density_of_states=1.45))


def turning(layer: Layer, waves: Sequence[Wave]) -> Layer:
    """A layer whose exchange field has waves for its components."""

    def exchange(points: np.ndarray) -> np.ndarray:
        return np.stack([np.real(wave(points.T) + 0 * points[:, 0]) for wave in waves], axis=1)

    return replace(layer, material=replace(layer.material, exchange=exchange))


def barrier(left: Layer, right: Layer, gamma: float) -> Interface:
    return Interface(left.name, right.name, KupriyanovLukichev(gamma, right.name))


def line() -> Problem:
    """F|S|F', coplanar."""
    stack = Stack([F, S, F2], [barrier(F, S, 0.9), barrier(S, F2, 0.7)])
    k = {"F": (0.6, 0.0), "S": (1.0, 0.6), "F2": (0.7, 1.6)}
    waves = {name: (math.pi / length, start) for name, (length, start) in k.items()}

    def wave(name: str, offset: float, amplitude: float, turns: int = 1) -> Wave:
        wavenumber, start = waves[name]
        return Wave(offset, amplitude, (turns * wavenumber,), (start,))

    return Problem(
        stack,
        {
            "F": [wave("F", 0.4, 0.2), wave("F", 0.3, -0.2), wave("F", -0.5, 0.2, 2)],
            "S": [wave("S", 0.9, 0.3, 2), wave("S", 0.1, 0.1), wave("S", -0.2, 0.15)],
            "F2": [wave("F2", 0.3, 0.1), wave("F2", -0.6, 0.3, 2), wave("F2", 0.2, 0.2)],
        },
        {"S": Wave(1.1, 0.4, (2.1,), (0.2,))},
        lambda n: interval(
            ("F", uniform(0.6, 3 * n)), ("S", uniform(1.0, 4 * n)), ("F2", uniform(0.7, 3 * n))
        ),
    )


def noncoplanar_line() -> Problem:
    """F|F'|S|F'' with three components of M; J of F' varies, with a slope at its ends."""
    waves = [
        Wave(0.4, 1.3, (2.9,), (0.2,)),
        Wave(0, 0, (1,), (0,)),
        Wave(-0.3, 0.8, (4.1,), (0.1,)),
    ]
    stack = Stack(
        [F, turning(F2, waves), S, F3],
        [barrier(F, F2, 0.8), barrier(F2, S, 0.9), barrier(S, F3, 0.6)],
    )
    lengths = {"F": 0.5, "F2": 0.6, "S": 1.0, "F3": 0.5}
    starts = dict(zip(lengths, np.cumsum([0, *lengths.values()]), strict=False))
    amplitudes = {
        "F": [(0.4, 0.2), (0.3, -0.2), (-0.5, 0.2), (0.1, 0.2)],
        "F2": [(0.6, 0.1), (-0.4, 0.3), (0.2, 0.2), (0.3, -0.1)],
        "S": [(0.9, 0.3), (0.1, 0.1), (-0.2, 0.15), (0.2, -0.1)],
        "F3": [(0.3, 0.1), (-0.2, 0.1), (0.2, 0.2), (-0.6, 0.2)],
    }
    return Problem(
        stack,
        {
            name: [
                Wave(offset, amplitude, (math.pi / lengths[name],), (starts[name],))
                for offset, amplitude in pairs
            ]
            for name, pairs in amplitudes.items()
        },
        {"S": Wave(1.1, 0.4, (2.1,), (0.2,))},
        lambda n: interval(*((name, uniform(length, 3 * n)) for name, length in lengths.items())),
        {"F2": waves},
    )


def island(cell: str) -> Problem:
    """A square F' all around which is S, next to F: corners, and a transparent plane S-N.

    θ and M go through the plane with zero slope; J of F' varies in the plane.
    """
    waves = [
        Wave(0.4, 1.3, (1.9, 1.4), (0.2, 0.1)),
        Wave(0, 0, (1, 1), (0, 0)),
        Wave(-0.3, 0.8, (2.1, 1.7), (0.1, 0.3)),
    ]
    stack = Stack(
        [N, S, F, turning(F2, waves)],
        [
            Interface("N", "S", Transparent()),
            barrier(S, F, 0.7),
            barrier(S, F2, 0.9),
        ],
    )
    k = (2 * math.pi, 2 * math.pi / 1.25)
    conductor = [
        Wave(0.8, 0.3, k, (0.0, 0.0)),
        Wave(0.2, -0.2, k, (0.0, 0.0)),
        Wave(-0.3, 0.2, k, (0.0, 0.0)),
    ]
    return Problem(
        stack,
        {
            "N": conductor,
            "S": conductor,
            "F": [
                Wave(0.3, 0.2, (math.pi / 0.5, math.pi / 1.25), (2.0, 0.0)),
                Wave(0.3, 0.1, (math.pi / 0.5, math.pi / 1.25), (2.0, 0.0)),
                Wave(-0.5, 0.2, (2 * math.pi / 0.5, math.pi / 1.25), (2.0, 0.0)),
            ],
            "F2": [
                Wave(0.3, 0.3, (2.7, 1.6), (0.1, 0.3)),
                Wave(-0.6, 0.2, (1.7, 2.6), (0.1, 0.3)),
                Wave(0.1, 0.2, (2.1, 2.2), (0.4, 0.3)),
            ],
        },
        {"S": Wave(1.1, 0.4, (2.1, 1.3), (0.2, 0.4))},
        lambda n: grid(
            cell,
            np.concatenate(
                [
                    np.linspace(0, 1.5, 6 * n + 1),
                    np.linspace(1.5, 2.0, 2 * n + 1)[1:],
                ]
            ),
            np.linspace(0, 1.25, 5 * n + 1),
            stack.names,
            lambda x, y: np.select(
                [x < 0.5, x > 1.5, (abs(x - 1.0) < 0.25) & (y > 0.25) & (y < 1.0)], [0, 2, 3], 1
            ),
        ),
        {"F2": waves},
    )


def solve_from_exact(system: UsadelSystem, problem: Problem) -> FrequencySweep:
    """Newton from the interpolated solution: with such sources there may be others nearer to 0."""
    for conductor in system.conductors:
        for name in conductor.layers:
            cells = system.mesh.part((name,)).parent_cells
            conductor.theta.interpolate(
                lambda x, name=name: np.array([wave(x) for wave in problem.field[name]]),
                cells0=conductor.part.sub_cells[cells],
            )
    sweep = FrequencySweep(system, one_frequency(OMEGA), SolverSettings())
    system.layout.from_functions(sweep.theta[0])
    sweep.solved = True
    list(sweep.solve([new_linearisation(sweep)], 2e-12))
    return sweep


def errors(problem: Problem, degree: int, refinement: int) -> dict[str, tuple[float, float]]:
    """Errors of (θ, M) in each layer, in L2 and in the H1 seminorm."""
    mesh = layered(problem.geometry(refinement))
    system = SystemWithSources(
        problem.stack, mesh, degree, problem.field, problem.delta, problem.exchange
    )
    solve_from_exact(system, problem).select(0)
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


@pytest.mark.slow
@pytest.mark.parametrize("degree", [1, 2, 3])
@pytest.mark.parametrize("problem", [line, noncoplanar_line])
def test_line(problem: Callable[[], Problem], degree: int):
    assert_optimal(problem(), degree, coarsest=2)


@pytest.mark.slow
@pytest.mark.parametrize("degree", [1, 2])
@pytest.mark.parametrize("cell", ["quadrilateral", "triangle"])
def test_plane(cell: str, degree: int):
    assert_optimal(island(cell), degree, coarsest=4 // degree)
