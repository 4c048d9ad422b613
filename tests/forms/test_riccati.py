# SPDX-License-Identifier: MIT
"""Order parameters with phases: against (θ, M), gauge, derivatives, and the conserved current."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from fem_sf.errors import MeshError
from fem_sf.interfaces import KupriyanovLukichev, Transparent
from fem_sf.materials import Ferromagnet, Superconductor
from fem_sf.mesh.geometry import Geometry
from fem_sf.settings import SolverSettings, SpectrumSettings
from fem_sf.solve.blocks import BlockMatrix, BlockVector
from fem_sf.stack import Interface, Layer, Stack
from fem_sf.usadel.bulk import bulk_gap
from fem_sf.usadel.matsubara import frequency_sum
from fem_sf.usadel.observables import IntegralForms, Integrals
from fem_sf.usadel.solution import Solution, solve
from fem_sf.usadel.spectra import densities_of_states
from fem_sf.usadel.supercurrent import supercurrent_density
from fem_sf.usadel.system import UsadelSystem
from support import (
    assembled,
    assert_derivative,
    complex_numbers,
    interval,
    layered,
    node_values,
    product,
    solve_frequency,
    uniform,
)

pytestmark = pytest.mark.slow

TEMPERATURE = 0.4
EXCHANGE = {
    "collinear": ((0.0, 0.0, 2.0), (0.0, 0.0, -1.5)),
    "coplanar": ((0.0, 0.0, 2.0), (1.6, 0.0, 1.2)),
    "noncoplanar": ((0.0, 0.0, 2.0), (1.6, 0.0, 1.2), (0.4, 2.5, 0.0)),
}
SIZES = {
    "L": uniform(1.5, 5),
    "F": uniform(0.3, 2),
    "F2": uniform(0.4, 2),
    "F3": uniform(0.3, 2),
    "R": uniform(1.8, 5),
}


def junction(
    phases: tuple[float | None, float | None],
    exchange: Sequence[tuple[float, ...]] = (),
    refinement: int = 1,
) -> tuple[Stack, Geometry]:
    """L|F|F'|…|R of distinct materials behind barriers."""
    bare = (Ferromagnet(0.6, 1.7), Ferromagnet(0.9, 1.3), Ferromagnet(0.8, 1.1))
    ferromagnets = [
        Layer(name, replace(material, exchange=vector))
        for name, material, vector in zip(("F", "F2", "F3"), bare, exchange, strict=False)
    ]
    left = Layer("L", Superconductor(1.2, 0.8, phases[0]))
    right = Layer("R", Superconductor(0.9, 1.1, phases[1]))
    layers = [left, *ferromagnets, right]
    names = [layer.name for layer in layers]
    interfaces = [
        Interface(left, right, KupriyanovLukichev(0.3 + 0.1 * k, left))
        for k, (left, right) in enumerate(pairwise(names))
    ]
    sizes = {name: np.repeat(SIZES[name], refinement) / refinement for name in names}
    return Stack(layers, interfaces), interval(*sizes.items())


def contact(phases: tuple[float, float]) -> tuple[Stack, Geometry]:
    """L|F R with R in perfect contact."""
    stack, geometry = junction(phases, EXCHANGE["collinear"][:1])
    first, second = stack.interfaces
    return Stack(stack.layers, [first, replace(second, law=Transparent())]), geometry


def solved(
    problem: tuple[Stack, Geometry], gap: str | float, temperature: float = TEMPERATURE
) -> Solution:
    stack, geometry = problem
    return solve(
        UsadelSystem(stack, layered(geometry), 2),
        frequency_sum(temperature, tail=8),
        gap,
        SolverSettings(tolerance=1e-12),
        lambda *_: None,
    )


def integrals(solution: Solution) -> Integrals:
    return IntegralForms(solution.sweep.system).evaluate(solution.sweep, "F")


@pytest.mark.parametrize("kind", EXCHANGE)
def test_equal_phases_are_those_of_theta(kind: str):
    """γ = γ̃ e^{2iχ}: all but the phase of Δ and of pair amplitudes is that of a real Δ.

    At the vertices of cells, where quadratic elements converge with the fourth order.
    """
    plain, turned = (
        solved(junction((each, each), EXCHANGE[kind], 24), 1.3) for each in (None, 0.7)
    )
    size = {"collinear": 4, "coplanar": 6, "noncoplanar": 8}[kind]
    assert {each.theta.ufl_shape for each in turned.sweep.system.conductors} == {(size,)}
    factor = np.exp(0.7j)
    found = node_values(turned, "F")
    for name, (_, expected) in node_values(plain, "F").items():
        values = found[name][1]
        assert values.delta == pytest.approx(factor * expected.delta, abs=1e-12)
        for quantity, turn in (("magnetization", 1.0), ("singlet", factor), ("triplet", factor)):
            vertices = getattr(values, quantity)[::2]
            wanted = turn * getattr(expected, quantity)[::2]
            assert vertices == pytest.approx(wanted, abs=1e-8), (name, quantity)
    here, there = integrals(turned), integrals(plain)
    assert here.free_energy == pytest.approx(there.free_energy, rel=1e-8)
    for name, expected in there.spin_current.items():
        assert here.spin_current[name] == pytest.approx(expected, abs=1e-9)
        assert bool(np.any(expected)) == (kind != "collinear")
    assert max(map(abs, here.supercurrent.values())) < 1e-12


def test_densities_of_states_are_those_of_theta():
    """Of both spins, though (γ, γ̃) is solved for at E alone and θ_+ at E and −E."""
    spectrum = SpectrumSettings((-0.9, 0.2, 1.5), 0.1)
    plain, turned = (
        densities_of_states(
            solved(junction((each, each), EXCHANGE["collinear"], 12), 1.3),
            spectrum,
            {"F": [], "R": []},
            lambda *_: None,
        )[1]
        for each in (None, 0.7)
    )
    for name, expected in plain.items():
        assert turned[name].mean == pytest.approx(expected.mean, abs=1e-6)
        assert np.abs(np.diff(expected.mean, axis=1)).max() > 1e-2


def test_a_common_phase_changes_nothing_but_the_phase():
    here = solved(junction((0.3, 1.5), EXCHANGE["collinear"][:1]), "self-consistent")
    there = solved(junction((-1.8, -0.6), EXCHANGE["collinear"][:1]), "self-consistent")
    assert integrals(there).free_energy == pytest.approx(integrals(here).free_energy, rel=1e-11)
    assert integrals(there).supercurrent == pytest.approx(integrals(here).supercurrent, rel=1e-9)
    found = node_values(there, "F")
    for name, (_, expected) in node_values(here, "F").items():
        turned = expected.delta * np.exp(-2.1j)
        assert found[name][1].delta == pytest.approx(turned, abs=1e-10)


def test_amplitudes_are_conjugate_on_the_matsubara_axis():
    """γ̃ = σ_y γ* σ_y, which nobody has imposed."""
    solution = solved(junction((0.3, 1.5), EXCHANGE["collinear"]), 1.3)
    for k in (0, 5):
        solution.sweep.select(k)
        for each in solution.sweep.system.conductors:
            gamma, tilde = np.moveaxis(each.theta.x.array.reshape(-1, 2, 2), 1, 0)
            assert tilde == pytest.approx(gamma.conj(), abs=1e-10)
            assert np.abs(gamma.imag).max() > 1e-3 or k


@pytest.mark.parametrize("gap", (1.3, "self-consistent"))
def test_current_is_conserved_and_the_slope_of_the_free_energy(gap: str | float):
    """j = ½ dF/dφ, through barrier and perfect contact alike, to the solver's tolerance."""
    found = integrals(solved(contact((0.2, 0.9)), gap))
    left, right = found.supercurrent["L|F"], found.supercurrent["F|R"]
    assert left > 0.1
    assert right == pytest.approx(left, rel=1e-9)
    assert found.supercurrent_balance < 1e-10
    step = 0.02
    energies = [
        integrals(solved(contact((0.2, 0.9 + k * step)), gap)).free_energy for k in (-2, -1, 1, 2)
    ]
    slope = np.dot([1, -8, 8, -1], energies) / (12 * step)
    assert 2 * left == pytest.approx(slope, rel=2e-7)


def test_held_faces_feed_the_current_through_the_superconductors():
    """The density is that of the interfaces everywhere, up to the mesh; Δ has its value outside."""
    differences = []
    for refinement in (4, 8):
        problem = junction((0.2, 0.9), EXCHANGE["collinear"][:1], refinement)
        solution = solved(problem, "self-consistent")
        expected = integrals(solution).supercurrent["L|F"]
        densities = supercurrent_density(solution.sweep).values()
        differences.append(
            max(np.abs(each.x.array.real / expected - 1).max() for each in densities)
        )
    assert differences[0] < 1e-2
    # Δ next to a barrier goes as x ln x
    assert differences[0] / differences[1] > 1.7
    found, bulk = node_values(solution, "F"), bulk_gap(TEMPERATURE)
    assert found["L"][1].delta[0] == pytest.approx(bulk * np.exp(0.2j), abs=1e-14)
    assert found["R"][1].delta[-1] == pytest.approx(bulk * np.exp(0.9j), abs=1e-14)


def test_current_is_odd_and_periodic():
    def current(phase: float) -> float:
        problem = junction((0.1, 0.1 + phase), EXCHANGE["collinear"][:1])
        return integrals(solved(problem, 1.3)).supercurrent["F|R"]

    assert current(-0.8) == pytest.approx(-current(0.8), rel=1e-10)
    assert current(0.8 + 2 * math.pi) == pytest.approx(current(0.8), rel=1e-10)
    assert abs(current(math.pi)) < 1e-11


def test_one_phase_alone_carries_no_current():
    solution = solved(junction((0.4, None), EXCHANGE["collinear"][:1]), "self-consistent")
    assert solution.report.state == "superconducting"
    assert max(map(abs, integrals(solution).supercurrent.values())) < 1e-10
    delta = node_values(solution, "F")["R"][1].delta
    assert np.angle(delta) == pytest.approx(0.4, abs=1e-9)


def test_above_the_transition_there_is_nothing_to_hold():
    problem = junction((0.4, 1.0), EXCHANGE["collinear"][:1])
    assert solved(problem, "self-consistent", 1.1).report.state == "normal"


def test_a_mesh_without_the_face_is_refused():
    """R is the last layer of the stack, but F is at the right end of the mesh."""
    stack, _ = junction((0.0, 1.0), EXCHANGE["collinear"][:1])
    stack = Stack(
        stack.layers, [stack.interfaces[1], Interface("L", "R", KupriyanovLukichev(0.3, "L"))]
    )
    geometry = interval(*((name, SIZES[name]) for name in "LRF"))
    number = [stack.names.index(name) for name in geometry.layers]
    geometry = replace(
        geometry, layers=stack.names, layer_of_cell=np.take(number, geometry.layer_of_cell)
    )
    with pytest.raises(MeshError, match=r"layers\.R\.phase: the mesh has no face of this layer"):
        solved((stack, geometry), "self-consistent")


# --- derivatives ---


def arbitrary(kind: str) -> tuple[UsadelSystem, np.random.Generator]:
    """All fields at random, which they never are in a solution."""
    stack, geometry = junction((0.2, 0.9), EXCHANGE[kind])
    system = UsadelSystem(stack, layered(geometry), 2)
    system.set_frequency(0.7)
    generator = np.random.default_rng(11)
    for each in system.conductors:
        each.theta.x.array[:] = 0.1 * complex_numbers(generator, len(each.theta.x.array))
    for gap in system.gaps.values():
        gap.x.array[:] = generator.normal(size=len(gap.x.array))
    return system, generator


@pytest.mark.parametrize("kind", ("collinear", "noncoplanar"))
def test_residual_and_jacobian_are_derivatives_of_the_action(kind: str):
    system, generator = arbitrary(kind)
    action = IntegralForms(system).action
    layout = system.layout
    residual = layout.vector()

    def residuals() -> NDArray:
        layout.assemble(system.residual_forms, residual)
        return residual.getArray().copy()

    for number, each in enumerate(system.conductors):
        field = each.theta.x.array
        direction = 0.2 * complex_numbers(generator, len(field))
        step = layout.vector()
        step.getArray()[layout.slices[number]] = direction
        system.in_residual_order(step)
        change = step.getArray() @ residuals()
        assert_derivative(lambda: np.array([action()]), field, direction, np.array([change]))
        column = [
            product(row[number], direction) if row[number] is not None else np.zeros(size)
            for row, size in zip(system.jacobian_forms, layout.sizes, strict=True)
        ]
        assert_derivative(residuals, field, direction, np.concatenate(column))


def test_what_couples_to_the_gap_is_the_derivative_of_the_action():
    """∫ν f_i φ = −∂A/∂Δ_i, and ∂R/∂Δ is made of it; A is linear in Δ."""
    system, generator = arbitrary("collinear")
    layout = BlockVector(list(system.gaps.values()))
    pairs, action = assembled(layout, system.compile_pair_forms()), IntegralForms(system).action
    jacobian = BlockMatrix(system.compile_pair_jacobian())
    jacobian.assemble()
    step, source = layout.vector(), system.layout.vector()
    step.setArray(generator.normal(size=layout.global_size))
    jacobian.matrix.multTranspose(step, source)
    system.in_residual_order(source)
    energy, forces = action(), np.concatenate(assembled(system.layout, system.residual_forms))
    for gap, part in zip(layout.functions, layout.slices, strict=True):
        gap.x.array[:] += step.getArray()[part]
    after = np.concatenate(assembled(system.layout, system.residual_forms))
    assert action() - energy == pytest.approx(-step.getArray() @ np.concatenate(pairs), rel=1e-10)
    assert forces - after == pytest.approx(source.getArray(), abs=1e-12)


def test_no_digits_are_lost_at_large_frequencies():
    stack = Stack([Layer("L", Superconductor(1.2, 0.8, 0.3))], [])
    system = UsadelSystem(stack, layered(interval(("L", SIZES["L"]))), 2)
    delta = 1.3 * np.exp(0.3j)
    system.gaps["L"].x.array[:] = np.resize([delta.real, delta.imag], len(system.gaps["L"].x.array))
    for omega in (1e2, 1e6):
        solve_frequency(system, omega).select(0)
        exact = -0.8 * 1.5 * 1.3**2 / (omega + math.hypot(omega, 1.3))
        assert IntegralForms(system).action() == pytest.approx(exact, rel=1e-12)
