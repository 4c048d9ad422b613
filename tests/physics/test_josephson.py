# SPDX-License-Identifier: MIT
"""Josephson currents against Ambegaokar-Baratoff, Kulik-Omelyanchuk and the linear S|F|S."""

from __future__ import annotations

import math

import pytest
from scipy.optimize import brentq

from fem_sf.interfaces import KupriyanovLukichev, Transparent
from fem_sf.materials import Ferromagnet, Normal, Superconductor
from fem_sf.settings import SolverSettings
from fem_sf.stack import Interface, Layer, Stack
from fem_sf.usadel.currents import Currents
from fem_sf.usadel.josephson import (
    short_bridge_current,
    tunnel_current,
    weak_ferromagnet_current,
)
from fem_sf.usadel.matsubara import frequency_sum
from fem_sf.usadel.observables import IntegralForms
from fem_sf.usadel.solution import solve
from fem_sf.usadel.sweep import FrequencySweep
from fem_sf.usadel.system import UsadelSystem
from support import graded, interval, layered, uniform

TEMPERATURE, GAP = 0.4, 1.3


def solved(stack: Stack, middle: dict[str, tuple[float, int]]) -> FrequencySweep:
    """Superconductors 3 ξ0 thick and what is between them."""
    left, *_, right = stack.names
    sizes = graded(3.0, 0.02, 1.4, 8)
    inner = ((name, uniform(*each)) for name, each in middle.items())
    geometry = interval((left, sizes[::-1]), *inner, (right, sizes))
    system = UsadelSystem(stack, layered(geometry), 2)
    solution = solve(
        system,
        frequency_sum(TEMPERATURE, tail=16),
        GAP,
        SolverSettings(tolerance=1e-13),
        lambda *_: None,
    )
    return solution.sweep


def current(stack: Stack, middle: dict[str, tuple[float, int]]) -> float:
    """Through the first interface."""
    sweep = solved(stack, middle)
    found = IntegralForms(sweep.system).evaluate(sweep, None)
    return next(iter(found.supercurrent.values()))


def superconductors(phase: float) -> tuple[Layer, Layer]:
    return Layer("L", Superconductor(1.0, 1.0, 0.0)), Layer("R", Superconductor(1.0, 1.0, phase))


@pytest.mark.parametrize("phase", (0.7, 2.5))
def test_tunnel_barrier(phase: float):
    """The first correction is of the order of 1/γ, and 10 times less for 10 times the γ."""
    deviations = []
    for gamma in (1e4, 1e5):
        stack = Stack(superconductors(phase), [Interface("L", "R", KupriyanovLukichev(gamma, "L"))])
        expected = tunnel_current(GAP, TEMPERATURE, phase, gamma)
        deviations.append(current(stack, {}) / expected - 1)
    assert abs(deviations[0]) < 2e-4
    assert deviations[0] / deviations[1] == pytest.approx(10, rel=0.01)
    assert (10 * deviations[1] - deviations[0]) / 9 == pytest.approx(0, abs=1e-8)


@pytest.mark.parametrize("phase", (0.7, 2.5))
def test_short_bridge(phase: float):
    length, density = 0.005, 1e-8
    bridge = Layer("N", Normal(1.0, density))
    left, right = superconductors(phase)
    stack = Stack(
        [left, bridge, right],
        [Interface("L", "N", Transparent()), Interface("N", "R", Transparent())],
    )
    expected = short_bridge_current(GAP, TEMPERATURE, phase, length / density)
    assert current(stack, {"N": (length, 4)}) == pytest.approx(expected, rel=1e-4)


def weak(thickness: float) -> tuple[float, float]:
    """I/sin φ of the solver and of the closed form."""
    gamma, exchange, phase = 50.0, 12.0, 1.1
    material = Ferromagnet(0.7, 0.01, exchange)
    left, right = superconductors(phase)
    stack = Stack(
        [left, Layer("F", material), right],
        [Interface(*pair, KupriyanovLukichev(gamma, "F")) for pair in (("L", "F"), ("F", "R"))],
    )
    closed = weak_ferromagnet_current(GAP, TEMPERATURE, material, exchange, thickness, gamma)
    return current(stack, {"F": (thickness, 12)}) / math.sin(phase), closed


def test_ferromagnet_makes_a_pi_junction():
    """Beyond the crossing of the closed form, at which the solver's current vanishes too."""
    material = Ferromagnet(0.7, 0.01, 12.0)

    def closed(thickness: float) -> float:
        return weak_ferromagnet_current(GAP, TEMPERATURE, material, 12.0, thickness, 50.0)

    crossing = float(brentq(closed, 0.02, 0.6))
    assert closed(0.01) > 0 > closed(crossing + 0.05)
    for thickness in (0.5 * crossing, 1.5 * crossing):
        found, expected = weak(thickness)
        assert found == pytest.approx(expected, rel=1e-3)
    found, _ = weak(crossing)
    assert abs(found) < 1e-3 * closed(0.5 * crossing)


def test_what_the_sum_of_a_supercurrent_misses_is_in_its_unit():
    """Frequency by frequency what is passed, −∂A/∂φ, and the rule's estimate of its sum."""
    law = KupriyanovLukichev(50.0, "L")
    sweep = solved(Stack(superconductors(1.1), [Interface("L", "R", law)]), {})
    found = IntegralForms(sweep.system).evaluate(sweep, None)
    currents = Currents(sweep.system)
    passed = []
    for k in range(len(sweep.frequency_sum)):
        sweep.select(k)
        passed.append(-float(currents.local_values()[0, -1]) / 2)
    rule = sweep.frequency_sum
    assert found.supercurrent["L|R"] == pytest.approx(float(rule.total(passed)), rel=1e-12)
    error = float(rule.error(passed))
    assert error > 0
    assert found.sum_errors["supercurrent"] == pytest.approx(error, rel=1e-9)
