# SPDX-License-Identifier: MIT
"""The gap equation and the free energy as derivatives of each other and of what they depend on."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from fem_sf import compat
from fem_sf.interfaces import KupriyanovLukichev
from fem_sf.materials import Ferromagnet, Superconductor
from fem_sf.settings import SolverSettings
from fem_sf.solve.blocks import BlockMatrix
from fem_sf.stack import Interface, Layer, Stack
from fem_sf.usadel.bulk import bulk_gap
from fem_sf.usadel.gap import solve_gap
from fem_sf.usadel.gap_equation import GapEquation
from fem_sf.usadel.matsubara import frequency_sum
from fem_sf.usadel.observables import IntegralForms
from fem_sf.usadel.sweep import FrequencySweep
from fem_sf.usadel.system import UsadelSystem
from support import graded, interval, layered, uniform

STACK = Stack(
    [
        Layer("S", Superconductor(diffusivity=1.2, density_of_states=0.8)),
        Layer("F", Ferromagnet(diffusivity=0.6, density_of_states=1.7, exchange=2.0)),
        Layer("S2", Superconductor(diffusivity=0.9, density_of_states=1.3)),
    ],
    [
        Interface("S", "F", KupriyanovLukichev(0.6, "F")),
        Interface("F", "S2", KupriyanovLukichev(1.1, "S2")),
    ],
)


@pytest.fixture(scope="module")
def system() -> UsadelSystem:
    geometry = interval(
        ("S", graded(2.5, 0.1, 1.5, 4)[::-1]),
        ("F", uniform(0.6, 4)),
        ("S2", graded(2.0, 0.1, 1.5, 4)),
    )
    return UsadelSystem(STACK, layered(geometry), 2)


def gap_equation(system: UsadelSystem) -> GapEquation:
    rule = frequency_sum(0.4, tail=10)
    sweep = FrequencySweep(system, rule, SolverSettings(tolerance=1e-13))
    return GapEquation(sweep, lambda *_: None)


@pytest.fixture(scope="module")
def forms(system: UsadelSystem) -> IntegralForms:
    return IntegralForms(system)


def random_gap(equation: GapEquation, generator: np.random.Generator):
    delta, step = equation.layout.vector(), equation.layout.vector()
    delta.setArray(0.8 + 0.6 * generator.random(delta.getSize()))
    step.setArray(generator.normal(size=step.getSize()))
    return delta, step


def test_tangent(system: UsadelSystem):
    equation = gap_equation(system)
    delta, step = random_gap(equation, np.random.default_rng(2))
    value, tangent, moved = (equation.layout.vector() for _ in range(3))
    equation.residual(delta, value)
    equation.tangent(step, tangent)
    remainders = []
    for h in (0.02, 0.01, 0.005):
        equation.residual(delta + h * step, moved)
        remainders.append((moved - value - h * tangent).norm())
    ratios = np.divide(remainders[:-1], remainders[1:])
    assert ratios == pytest.approx(4.0, rel=0.03), remainders


def test_residual_is_the_derivative_of_the_free_energy(system: UsadelSystem, forms: IntegralForms):
    """dF/dΔ = 2 ν [Δ Σ W/√(ω² + Δ_b²) − Σ W Re sin θ], away from the solution."""
    equation = gap_equation(system)
    delta, step = random_gap(equation, np.random.default_rng(3))
    step.scale(0.05)
    residual, weighted = equation.layout.vector(), equation.layout.vector()
    equation.residual(delta, residual)
    mass = mass_matrix(system)
    mass.mult(residual, weighted)
    rule = equation.sweep.frequency_sum
    stiffness = np.sum(rule.weights / np.hypot(rule.frequencies, bulk_gap(0.4)))
    expected = 2 * stiffness * weighted.tDot(step).real

    def energy(h: float) -> float:
        equation.residual(delta + h * step, residual)
        return forms.evaluate(equation.sweep, None).free_energy

    assert derivative(energy, 0.0, 0.5) == pytest.approx(expected, rel=1e-7)


def mass_matrix(system: UsadelSystem):
    mass = BlockMatrix(system.compile_gap_mass())
    mass.assemble()
    return mass.matrix


def derivative(function: Callable[[float], float], at: float, step: float) -> float:
    """Central difference of sixth order."""
    differences = [function(at + k * step) - function(at - k * step) for k in (1, 2, 3)]
    return float(np.dot([45, -9, 1], differences)) / (60 * step)


def self_consistent_energy(system: UsadelSystem, forms: IntegralForms, constant):
    """The free energy of the self-consistent solution as a function of a coefficient."""

    def energy(value: complex) -> float:
        constant.value = value
        equation = gap_equation(system)
        solve_gap(equation, 40)
        return forms.evaluate(equation.sweep, None).free_energy

    return energy


def test_exchange_energy_derivative_is_the_magnetization(
    system: UsadelSystem, forms: IntegralForms
):
    """−dF/dJ = ∫δN_M of the layer, at self-consistent Δ (Hellmann and Feynman)."""
    exchange = system.data["F"].exchange
    energy = self_consistent_energy(system, forms, exchange)
    slope = derivative(energy, 2.0, 0.05)
    exchange.value = 2.0
    equation = gap_equation(system)
    solve_gap(equation, 40)
    moment = 2 * forms.evaluate(equation.sweep, None).magnetization["F"]
    assert abs(moment) > 1e-3
    assert -slope == pytest.approx(moment, rel=1e-7)


def test_coupling_derivative_is_the_barrier_energy(system: UsadelSystem, forms: IntegralForms):
    """dF/dc = 2πT Σ 2 Re ∫ 2 sin²((θ_2 − θ_1)/2) at the barrier, at self-consistent Δ."""
    barrier = system.barriers[0]
    coupling = barrier.numbers["conductance"]
    before = complex(coupling.value)
    slope = derivative(self_consistent_energy(system, forms, coupling), before, 0.05)
    coupling.value = before
    equation = gap_equation(system)
    solve_gap(equation, 40)
    action = system.compile_action()[len(system.conductors)]
    expected, sweep = 0.0, equation.sweep
    for k, weight in enumerate(sweep.frequency_sum.weights):
        sweep.select(k)
        expected += weight * 2 * (compat.assemble_scalar(action) / before).real
    assert slope == pytest.approx(expected, rel=1e-7)
