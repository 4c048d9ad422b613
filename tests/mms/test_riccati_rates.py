# SPDX-License-Identifier: MIT
"""Orders of convergence of the Riccati amplitudes against manufactured solutions, Δ complex.

Along one axis the matrices are diagonal, γ_σ = γ_0 + iσq for the spins σ = ±1 with ω̃_σ = ω − iσJ,
and the strong equations (with γ ↔ γ̃, Δ ↔ Δ* the other half of them)

    e_σ = 2ω̃_σ γ_σ − Δ + Δ*γ_σ² − 2a [γ_σ'' − 2γ_σ'² γ̃_σ/(1 + γ_σγ̃_σ)],

    Γ_1 ∂_mγ_1 = (1 + γ_1γ̃_2)(γ_2 − γ_1)/(1 + γ_2γ̃_2) at a barrier, and
    Γ_2 ∂_mγ_2 = (1 + γ_2γ̃_1)(γ_2 − γ_1)/(1 + γ_1γ̃_1) with Γ_i = ν_i a_i/c.

The variation of the action by γ̃_σ is ν e_σ/2(1 + γ_σγ̃_σ)². What these leave of given amplitudes is
added as sources; everything else is solved by the product's own forms and solvers.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
import ufl

from fem_sf import compat
from fem_sf.interfaces import KupriyanovLukichev
from fem_sf.materials import Ferromagnet, Superconductor
from fem_sf.settings import SolverSettings
from fem_sf.stack import Interface, Layer, Stack
from fem_sf.usadel.sweep import FrequencySweep, new_linearisation
from fem_sf.usadel.system import UsadelSystem
from support import Wave, assert_rates, interval, layered, one_frequency, uniform

OMEGA, LEVELS = 0.83, 3
STACK = Stack(
    [
        Layer("S", Superconductor(1.2, 0.8, 0.3)),
        Layer("F", Ferromagnet(0.6, 1.7, 1.4)),
    ],
    [Interface("S", "F", KupriyanovLukichev(0.7, "F"))],
)
# γ_0, q, γ̃_0, q̃; with slopes of zero at the outer ends, x = 0 and x = 2
EXACT = {
    "S": [
        Wave(0.4 + 0.1j, 0.2, (2.1,), (0.0,)),
        Wave(0.1, 0.1 - 0.2j, (1.7,), (0.0,)),
        Wave(0.3 - 0.2j, 0.15, (1.4,), (0.0,)),
        Wave(-0.1j, 0.2, (2.4,), (0.0,)),
    ],
    "F": [
        Wave(0.2, 0.1 + 0.1j, (1.9,), (2.0,)),
        Wave(0.1j, -0.2, (2.2,), (2.0,)),
        Wave(0.1, 0.2 - 0.1j, (1.6,), (2.0,)),
        Wave(0.2, 0.1j, (2.5,), (2.0,)),
    ],
}
GAP = [Wave(1.1, 0.4, (2.1,), (0.2,)), Wave(0.3, -0.5, (1.7,), (0.4,))]
SPINS = (1, -1)


class Sources:
    """What the strong equations leave of the exact amplitudes, as forms of a system."""

    def __init__(self, system: UsadelSystem):
        self.system, mesh = system, system.mesh.mesh
        self.exact = {
            name: ufl.as_vector([wave.expression(mesh) for wave in waves])
            for name, waves in EXACT.items()
        }
        re, im = (wave.expression(mesh) for wave in GAP)
        self.delta = {"S": (re + 1j * im, re - 1j * im), "F": (0.0, 0.0)}

    def compile(self, number: int):
        """Of a conductor, which is a layer, minus the source tested as its residual is."""
        system, name = self.system, STACK.names[number]
        theta = system.conductors[number].theta
        test = ufl.conj(ufl.TestFunction(theta.function_space))
        form = -self._bulk(name, test) * system.layer_measure((name,))(0)
        (barrier,) = system.barriers
        side = "+-"[number]
        plane = self._plane(barrier, name, test(side))
        form -= plane * system.plane_measure([barrier.plane])(0)
        return compat.form(form, system.entity_maps)

    def _bulk(self, name: str, test):
        data, (delta, conjugate) = self.system.data[name], self.delta[name]
        total = 0
        for spin in SPINS:
            frequency = self.system.omega - 1j * spin * data.exchange
            first, second = amplitudes(self.exact[name], spin)
            tests = amplitudes(test, spin)
            for g, h, d, c, by in (
                (first, second, delta, conjugate, tests[0]),
                (second, first, conjugate, delta, tests[1]),
            ):
                bending = laplacian(g) - 2 * slope(g) * slope(g) * h / (1 + g * h)
                left = 2 * frequency * g - d + c * g * g - 2 * data.diffusivity * bending
                total += by * left / (2 * (1 + g * h) * (1 + g * h))
        return data.density_of_states * total

    def _plane(self, barrier, name: str, test):
        """ν a ∂_mγ out of the layer less what the barrier takes, half of both spins."""
        near, far = ("+", "-") if name == "S" else ("-", "+")
        other = "F" if name == "S" else "S"
        normal = ufl.FacetNormal(self.system.mesh.mesh)(near)[0]
        sigma = self.system.data[name].density_of_states * self.system.data[name].diffusivity
        total = 0
        for spin in SPINS:
            here = amplitudes(self.exact[name], spin)
            there = amplitudes(self.exact[other], spin)
            tests = amplitudes(test, spin)
            for k in (0, 1):
                g, h = here[k](near), here[1 - k](near)
                g2, h2 = there[k](far), there[1 - k](far)
                out = sigma * slope(here[k])(near) * normal
                taken = barrier.numbers["conductance"] * (1 + g * h2) * (g2 - g) / (1 + g2 * h2)
                total += tests[k] * (out - taken) / ((1 + g * h) * (1 + g * h))
        return total


def amplitudes(field, spin: int):
    """γ_σ and γ̃_σ."""
    return field[0] + 1j * spin * field[1], field[2] + 1j * spin * field[3]


def slope(value):
    return ufl.grad(value)[0]


def laplacian(value):
    return ufl.div(ufl.grad(value))


def errors(degree: int, cells: int) -> dict[str, tuple[float, float]]:
    """Errors of (γ, γ̃) in each layer, in L2 and in the H1 seminorm."""
    mesh = layered(interval(("S", uniform(1.2, 3 * cells)), ("F", uniform(0.8, 2 * cells))))
    system = UsadelSystem(STACK, mesh, degree)
    system.gaps["S"].interpolate(lambda x: np.array([wave(x) for wave in GAP]))
    sources = Sources(system)
    for number, each in enumerate(system.conductors):
        waves = EXACT[STACK.names[number]]
        each.theta.interpolate(lambda x, waves=waves: np.array([wave(x) for wave in waves]))
        system.residual_forms[number] += (sources.compile(number),)
    sweep = FrequencySweep(system, one_frequency(OMEGA), SolverSettings())
    system.layout.from_functions(sweep.theta[0])
    sweep.solved = True
    list(sweep.solve([new_linearisation(sweep)], 2e-12))
    sweep.select(0)
    result = {}
    for name in STACK.names:
        error = system.theta_of(name) - sources.exact[name]
        result[name] = tuple(
            math.sqrt(compat.assemble_scalar(system.compile_integral(name, square)).real)
            for square in (ufl.inner(error, error), ufl.inner(ufl.grad(error), ufl.grad(error)))
        )
    return result


@pytest.mark.slow
@pytest.mark.parametrize("degree", (1, 2, 3))
def test_line(degree: int):
    assert_rates([errors(degree, 2 * 2**level) for level in range(LEVELS)], degree)
