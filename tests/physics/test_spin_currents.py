# SPDX-License-Identifier: MIT
"""Equilibrium spin currents: derivatives of the free energy, balances, and where they are none."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from fem_sf import (
    Ferromagnet,
    Insulating,
    Interface,
    KupriyanovLukichev,
    Layer,
    MeshSettings,
    Normal,
    Stack,
    Superconductor,
    Transparent,
)
from fem_sf.mesh.geometry import stack_geometry
from fem_sf.usadel.matsubara import frequency_sum
from fem_sf.usadel.observables import IntegralForms, Integrals
from fem_sf.usadel.spectra import values_of
from support import grid, layered, solve_stack

S = Layer("S", Superconductor(1.2, 0.8), 1.5)
N = Layer("N", Normal(diffusivity=0.7, density_of_states=1.4), 0.4)
F = Layer("F", Ferromagnet(0.6, 1.7, exchange=3.0), 0.5)
F2 = Layer("F2", Ferromagnet(0.9, 1.3, exchange=-2.0), 0.4)
F3 = Layer("F3", Ferromagnet(0.8, 1.1, exchange=(0.4, 2.5, 0.0)), 0.3)
TEMPERATURE = 0.3


def measured(stack: Stack, mesh=None, gap: str | float = 1.3) -> Integrals:
    mesh = mesh or layered(stack_geometry(stack, MeshSettings()))
    rule = frequency_sum(TEMPERATURE, exact=2, tail=4)
    solution = solve_stack(stack, mesh, TEMPERATURE, gap, 2, rule=rule)
    return IntegralForms(solution.sweep.system).evaluate(solution.sweep, None)


def turned(layer: Layer, angle: float) -> Layer:
    return replace(layer, material=replace(layer.material, angle=angle))


def valve(angle: float, law) -> Stack:
    """F|S|F' with a barrier on the left."""
    return Stack(
        [F, replace(S, thickness=3.5), turned(F2, angle)],
        [Interface("F", "S", KupriyanovLukichev(0.4, "S")), Interface("S", "F2", law)],
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "law", (KupriyanovLukichev(0.3, "S"), Transparent()), ids=lambda law: law.kind
)
def test_energy_by_angle_is_torque_and_spin_current(law):
    """−dF/dα at self-consistent Δ; the turn from +z towards +x is about +y."""
    angle, step = 60.0, 1.0
    energies = [
        measured(valve(angle + k * step, law), gap="self-consistent").free_energy
        for k in (-2, -1, 1, 2)
    ]
    slope = np.dot([1, -8, 8, -1], energies) / (12 * math.radians(step))
    found = measured(valve(angle, law), gap="self-consistent")
    assert abs(slope) > 1e-4
    expected = pytest.approx([0, -slope, 0], rel=1e-6, abs=1e-12)
    assert found.torque["F2"] == expected
    assert found.spin_current["F|S"] == expected
    assert found.spin_current["S|F2"] == expected


def rest(stack: Stack, found: Integrals) -> np.ndarray:
    """Torque on every layer less what flows into it."""
    left = {name: np.array(found.torque.get(name, np.zeros(3))) for name in stack.names}
    for interface in stack.interfaces:
        left[interface.left] += found.spin_current[interface.name]
        left[interface.right] -= found.spin_current[interface.name]
    return np.array(list(left.values()))


@pytest.mark.slow
def test_what_flows_in_and_not_out_is_the_torque():
    """To rounding on a coarse mesh, with planes of all kinds; a reversed name reverses the sign."""
    barriers = [KupriyanovLukichev(0.3, "S"), KupriyanovLukichev(0.7, "F2")]
    stack = Stack(
        [F, S, N, turned(F2, 50.0), F3],
        [
            Interface("F", "S", barriers[0]),
            Interface("N", "S", Transparent()),
            Interface("N", "F2", Transparent()),
            Interface("F2", "F3", barriers[1]),
        ],
    )
    found = measured(stack)
    assert np.linalg.norm(found.spin_current["N|S"]) > 1e-4
    np.testing.assert_allclose(found.spin_current["N|S"], found.torque["F"], atol=1e-12)
    np.testing.assert_allclose(rest(stack, found), 0, atol=1e-12)


@pytest.mark.slow
def test_balance_where_planes_meet():
    """Triangles: transparent planes and barriers of one layer have nodes in common."""
    layers = [S, F, turned(F2, 50.0), turned(replace(F2, name="G"), 120.0)]
    stack = Stack(
        [replace(layer, thickness=None) for layer in layers],
        [
            Interface("S", "F", Transparent()),
            Interface("F", "F2", Transparent()),
            Interface("S", "F2", Transparent()),
            Interface("F", "G", Insulating()),
            Interface("F2", "G", KupriyanovLukichev(0.8, "F2")),
        ],
    )
    mesh = layered(
        grid(
            "triangle",
            np.linspace(0, 3, 7),
            np.linspace(0, 1, 5),
            stack.names,
            lambda x, y: np.where(x < 1.5, 0, np.where(x > 2.5, 3, np.where(y < 0.5, 1, 2))),
        )
    )
    found = measured(stack, mesh)
    sizes = {name: np.linalg.norm(each) for name, each in found.spin_current.items()}
    assert sizes["F|G"] == 0 < 1e-5 < min(size for name, size in sizes.items() if name != "F|G")
    np.testing.assert_allclose(rest(stack, found), 0, atol=1e-12)


@pytest.mark.slow
def test_current_is_the_same_everywhere_in_between_and_that_of_the_gradients():
    """4πT Σ νa M × M' in the middle of N, cut there by a transparent plane."""
    half = replace(N, thickness=0.2)
    other = replace(half, name="M")
    stack = Stack(
        [F, half, other, S, turned(F2, 70.0)],
        [
            Interface("F", "N", KupriyanovLukichev(0.4, "F")),
            Interface("N", "M", Transparent()),
            Interface("M", "S", KupriyanovLukichev(0.4, "S")),
            Interface("S", "F2", KupriyanovLukichev(0.3, "S")),
        ],
    )
    mesh = layered(stack_geometry(stack, MeshSettings()))
    rule = frequency_sum(TEMPERATURE, tail=6)
    sweep = solve_stack(stack, mesh, TEMPERATURE, 1.3, 4, rule=rule).sweep
    system = sweep.system
    found = IntegralForms(system).evaluate(sweep, None).spin_current
    for current in found.values():
        np.testing.assert_allclose(current, found["F|N"], atol=1e-12)
    theta = system.theta_of("N")
    x = theta.function_space.tabulate_dof_coordinates()[:, 0]
    order = np.argsort(x)
    total = np.zeros(3)
    for k, weight in enumerate(rule.weights):
        sweep.select(k)
        m = system.frame.vectors(values_of(theta)[order, 1:].real)
        near = np.argsort(np.abs(x[order] - 0.7))[:9]
        fit = np.polynomial.Polynomial.fit
        value, slope = np.empty(3), np.empty(3)
        for i in range(3):
            curve = fit(x[order][near], m[near, i], 8)
            value[i], slope[i] = curve(0.7), curve.deriv()(0.7)
        total += 2 * weight * np.cross(value, slope)
    conductivity = N.material.conductivity
    assert np.abs(total).max() > 1e-4
    np.testing.assert_allclose(conductivity * total, found["N|M"], rtol=1e-5, atol=1e-12)


def test_none_along_one_axis():
    law = KupriyanovLukichev(0.3, "S")
    found = measured(valve(180.0, law))
    assert found.spin_current == {"F|S": [0, 0, 0], "S|F2": [0, 0, 0]}
    assert found.torque == {"F": [0, 0, 0], "F2": [0, 0, 0]}
