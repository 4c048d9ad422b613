# SPDX-License-Identifier: MIT
"""Exchange fields in several directions: limits, rotations, derivatives, and what is paid for."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from fem_sf.interfaces import Insulating, KupriyanovLukichev, Transparent
from fem_sf.materials import Ferromagnet, Normal, Superconductor
from fem_sf.mesh.geometry import Geometry
from fem_sf.settings import SolverSettings
from fem_sf.stack import Interface, Layer, Stack
from fem_sf.usadel.gap import solve_gap
from fem_sf.usadel.gap_equation import GapEquation
from fem_sf.usadel.matsubara import frequency_sum
from fem_sf.usadel.observables import IntegralForms
from fem_sf.usadel.solution import Solution
from fem_sf.usadel.sweep import FrequencySweep
from fem_sf.usadel.system import UsadelSystem
from support import (
    graded,
    interval,
    layered,
    node_values,
    solve_frequency,
    solve_stack,
    uniform,
)

TEMPERATURE = 0.4
UP = (0.0, 0.0, 3.0)
S = Layer("S", Superconductor(diffusivity=1.2, density_of_states=0.8))
N = Layer("N", Normal(diffusivity=0.7, density_of_states=1.4))
SIZES = {
    "F": uniform(0.5, 4),
    "S": np.concatenate([graded(1.8, 0.1, 1.6, 3), graded(2.2, 0.1, 1.6, 3)[::-1]]),
    "N": graded(0.6, 0.1, 1.6, 2),
    "F2": graded(0.8, 0.1, 1.6, 2),
    "F3": uniform(0.3, 2),
}


def ferromagnets(*exchange: tuple[float, ...]) -> list[Layer]:
    bare = (Ferromagnet(0.6, 1.7), Ferromagnet(0.9, 1.3), Ferromagnet(0.8, 1.1))
    return [
        Layer(name, replace(material, exchange=vector))
        for name, material, vector in zip(("F", "F2", "F3"), bare, exchange, strict=False)
    ]


def barrier(left: str, right: str, gamma: float) -> Interface:
    return Interface(left, right, KupriyanovLukichev(gamma, left))


def valve(*exchange: tuple[float, ...]) -> tuple[Stack, Geometry]:
    """F|S N|F' or F|S N|F'|F'', with N in perfect contact."""
    f, f2, *more = ferromagnets(*exchange)
    interfaces = [
        barrier("F", "S", 0.3),
        Interface("S", "N", Transparent()),
        barrier("N", "F2", 0.3),
    ]
    interfaces += [barrier("F2", "F3", 0.7)] * len(more)
    layers = [f, S, N, f2, *more]
    return Stack(layers, interfaces), interval(*((each.name, SIZES[each.name]) for each in layers))


def with_bystander(stack: Stack, geometry: Geometry) -> tuple[Stack, Geometry]:
    """The same beside an insulated ferromagnet along x, which does nothing but need M."""
    bystander = Layer("B", Ferromagnet(exchange=(1.0, 0.0, 0.0)))
    last = stack.layers[-1].name
    layers = [*stack.layers, bystander]
    return (
        Stack(layers, [*stack.interfaces, Interface(last, "B", Insulating())]),
        interval(*((each.name, SIZES[each.name]) for each in layers[:-1]), ("B", uniform(0.5, 2))),
    )


def solved(
    problem: tuple[Stack, Geometry], gap: str | float = "self-consistent", degree: int = 2
) -> Solution:
    stack, geometry = problem
    return solve_stack(stack, layered(geometry), TEMPERATURE, gap, degree)


def observables(solution: Solution) -> dict[str, dict[str, NDArray]]:
    """By layer, at its nodes: Δ and the singlet, δM and the triplet as vectors."""
    frame = solution.sweep.system.frame
    return {
        name: {
            "delta": values.delta,
            "singlet": values.singlet,
            "magnetization": frame.vectors(values.magnetization),
            "triplet": frame.vectors(values.triplet),
        }
        for name, (_, values) in node_values(solution, "F").items()
    }


def free_energy(solution: Solution) -> float:
    return IntegralForms(solution.sweep.system).evaluate(solution.sweep, "F").free_energy


@pytest.mark.parametrize("angle", (0, 180))
@pytest.mark.parametrize("gap", ("self-consistent", 1.3))
def test_parallel_and_antiparallel_agree_with_one_complex_angle(angle: int, gap: str | float):
    """Up to the meshes' error: sinh η is an unknown where θ − iη is one.

    sin(180°) is not zero in floating point, and yet the fields are along one axis.
    """
    alpha = math.radians(angle)
    problem = valve(UP, (2.0 * math.sin(alpha), 0.0, 2.0 * math.cos(alpha)))
    collinear, general = (solved(each, gap, 6) for each in (problem, with_bystander(*problem)))
    assert collinear.sweep.system.frame.shape == ()
    assert general.sweep.system.frame.shape == (2,)
    found = observables(general)
    for name, expected in observables(collinear).items():
        for quantity, values in expected.items():
            assert found[name][quantity] == pytest.approx(values, abs=1e-9), (name, quantity)
    assert free_energy(general) == pytest.approx(free_energy(collinear), rel=1e-9)
    assert not any(np.any(values) for key, values in found["B"].items() if key != "delta")


EXCHANGE = {
    "collinear": (UP, (0.0, 0.0, -2.0)),
    "coplanar": (UP, (1.6, 0.0, 1.2)),
    "noncoplanar": (UP, (1.6, 0.0, 1.2), (0.4, 2.5, 0.0)),
}


@pytest.mark.parametrize("kind", EXCHANGE)
def test_rotation_of_all_spins(kind: str):
    rotation = Rotation.from_rotvec([0.7, -1.1, 0.4])
    here = observables(solved(valve(*EXCHANGE[kind])))
    turned = solved(valve(*(tuple(each) for each in rotation.apply(EXCHANGE[kind]))))
    there = observables(turned)
    for name, expected in here.items():
        for quantity in ("delta", "singlet"):
            assert there[name][quantity] == pytest.approx(expected[quantity], abs=1e-9)
        for quantity in ("magnetization", "triplet"):
            vectors = rotation.apply(expected[quantity])
            assert there[name][quantity] == pytest.approx(vectors, abs=1e-9)
    assert max(np.abs(here["F2"]["magnetization"]).max(axis=0)) > 1e-4


@pytest.mark.parametrize("kind", EXCHANGE)
def test_only_components_that_there_are_become_unknowns(kind: str):
    stack, geometry = valve(*EXCHANGE[kind])
    system = UsadelSystem(stack, layered(geometry), 2)
    sizes = {"collinear": 1, "coplanar": 3, "noncoplanar": 4}
    assert {math.prod(each.theta.ufl_shape) for each in system.conductors} == {sizes[kind]}


def test_component_that_rotations_forbid_vanishes():
    """Coplanar fields beside a bystander out of their plane, at whose axis nothing happens."""
    stack, geometry = valve(*EXCHANGE["coplanar"])
    bystander = Layer("B", Ferromagnet(exchange=(0.0, 1.0, 0.0)))
    other = Stack(
        [*stack.layers, bystander], [*stack.interfaces, Interface("F2", "B", Insulating())]
    )
    sizes = [(layer.name, SIZES[layer.name]) for layer in stack.layers]
    found = observables(solved((other, interval(*sizes, ("B", uniform(0.5, 2))))))
    for name, expected in observables(solved((stack, geometry))).items():
        assert found[name]["magnetization"] == pytest.approx(expected["magnetization"], abs=1e-10)
        assert not found[name]["magnetization"][:, 1].any()


@pytest.mark.parametrize("kind", ("coplanar", "noncoplanar"))
def test_torques_balance_though_each_is_there(kind: str):
    """Σ J × ∫δN_M = 0 because F does not change when all spins are turned together."""
    stack, geometry = valve(*EXCHANGE[kind])
    solution = solved((stack, geometry))
    system = solution.sweep.system
    moments = IntegralForms(system).evaluate(solution.sweep, None).magnetization
    torques = [
        np.cross(layer.material.exchange_vector, system.frame.vectors(moments[layer.name]))
        for layer in stack.ferromagnets
    ]
    assert min(np.linalg.norm(torque) for torque in torques) > 1e-5
    assert np.linalg.norm(sum(torques)) < 1e-12


def test_exchange_energy_derivative_is_the_magnetization():
    """−dF/dJ = ∫δN_M of the layer, component by component, at self-consistent Δ."""
    stack, geometry = valve(*EXCHANGE["noncoplanar"])
    system = UsadelSystem(stack, layered(geometry), 2)
    forms = IntegralForms(system)
    exchange = system.data["F2"].exchange
    start, step = exchange.value.copy(), 0.02

    def solution(value: NDArray) -> FrequencySweep:
        exchange.value[:] = value
        rule = frequency_sum(TEMPERATURE, tail=10)
        equation = GapEquation(
            FrequencySweep(system, rule, SolverSettings(tolerance=1e-13)), lambda *_: None
        )
        solve_gap(equation, 40)
        return equation.sweep

    moment = 2 * np.array(forms.evaluate(solution(start), None).magnetization["F2"])
    assert np.abs(moment).min() > 1e-4
    for axis, expected in zip(np.eye(3), moment, strict=True):
        energies = [
            forms.evaluate(solution(start + k * step * axis), None).free_energy
            for k in (-2, -1, 1, 2)
        ]
        slope = np.dot([1, -8, 8, -1], energies) / (12 * step)
        assert -slope == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("omega", (1e2, 1e4, 1e6))
def test_no_digits_are_lost_at_large_frequencies(omega: float):
    """The action of an S alone, ν[ω − √(ω² + Δ²)] times its volume, without its cancellation."""
    stack, geometry = with_bystander(Stack([S], []), interval(("S", SIZES["S"])))
    turned = Layer("C", Ferromagnet(exchange=(0.0, 0.0, 1.0)))
    stack = Stack([*stack.layers, turned], [*stack.interfaces, Interface("B", "C", Insulating())])
    geometry = interval(("S", SIZES["S"]), ("B", uniform(0.5, 2)), ("C", uniform(0.5, 2)))
    system = UsadelSystem(stack, layered(geometry), 2)
    system.gaps["S"].x.array[:] = 1.3
    solve_frequency(system, omega).select(0)
    exact = -0.8 * 4.0 * 1.3**2 / (omega + math.hypot(omega, 1.3))
    assert IntegralForms(system).action() == pytest.approx(exact, rel=1e-12)
