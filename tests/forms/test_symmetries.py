# SPDX-License-Identifier: MIT
"""Two descriptions of the same stack give the same answer, and limits join up."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fem_sf.interfaces import Insulating, KupriyanovLukichev, Law, Transparent
from fem_sf.materials import Ferromagnet, Normal, Superconductor
from fem_sf.mesh.geometry import Geometry
from fem_sf.stack import Interface, Layer, Stack
from fem_sf.usadel.observables import IntegralForms, Integrals
from fem_sf.usadel.solution import Solution
from fem_sf.usadel.system import UsadelSystem
from support import (
    graded,
    grid,
    interval,
    layered,
    node_values,
    solve_frequency,
    solve_stack,
    uniform,
)

TEMPERATURE = 0.4

S = Layer("S", Superconductor(diffusivity=1.2, density_of_states=0.8))
F = Layer("F", Ferromagnet(diffusivity=0.6, density_of_states=1.7, exchange=3.0))
F2 = Layer("F2", Ferromagnet(diffusivity=0.9, density_of_states=1.3, exchange=-1.5))
N = Layer("N", Normal(diffusivity=0.7, density_of_states=1.4))

SIZES = {
    "F": uniform(0.5, 3),
    "S": np.concatenate([graded(1.8, 0.1, 1.6, 3), graded(2.2, 0.1, 1.6, 3)[::-1]]),
    "F2": graded(0.8, 0.1, 1.6, 2),
    "N": graded(0.8, 0.1, 1.6, 2),
}


def barrier(left: str, right: str, gamma: float, of: str) -> Interface:
    return Interface(left, right, KupriyanovLukichev(gamma, of))


TRILAYER = Stack([F, S, F2], [barrier("F", "S", 0.6, "F"), barrier("S", "F2", 1.1, "F2")])


def line(*names: str) -> Geometry:
    return interval(*((name, SIZES[name]) for name in names))


def solved(stack: Stack, geometry: Geometry, gap: str | float = "self-consistent") -> Solution:
    return solve_stack(stack, layered(geometry), TEMPERATURE, gap)


def integrals(solution: Solution) -> Integrals:
    return IntegralForms(solution.sweep.system).evaluate(solution.sweep, None)


@pytest.fixture(scope="module")
def trilayer() -> Solution:
    return solved(TRILAYER, line("F", "S", "F2"))


def test_mirrored_stack(trilayer: Solution):
    mirrored = Stack(TRILAYER.layers[::-1], TRILAYER.interfaces[::-1])
    sizes = [(name, SIZES[name][::-1]) for name in mirrored.names]
    other = solved(mirrored, interval(*sizes))
    length = sum(cells.sum() for _, cells in sizes)
    there = node_values(other, "F")
    for name, (points, values) in node_values(trilayer, "F").items():
        other_points, other_values = there[name]
        assert other_points[::-1] == pytest.approx(length - points, abs=1e-12)
        for quantity, each in vars(values).items():
            assert getattr(other_values, quantity)[::-1] == pytest.approx(each, abs=1e-10)
    assert np.abs(there["S"][1].magnetization).max() > 1e-3
    assert integrals(other).free_energy == pytest.approx(integrals(trilayer).free_energy, rel=1e-10)


def test_reversed_exchange_fields_reverse_the_magnetization(trilayer: Solution):
    layers = [
        replace(layer, material=replace(layer.material, exchange=-layer.material.exchange))
        if isinstance(layer.material, Ferromagnet)
        else layer
        for layer in TRILAYER.layers
    ]
    other = integrals(solved(Stack(layers, TRILAYER.interfaces), line("F", "S", "F2")))
    here = integrals(trilayer)
    for name, value in here.magnetization.items():
        assert abs(value) > 1e-3
        assert other.magnetization[name] == pytest.approx(-value, rel=1e-13)
    assert other.gap["S"] == pytest.approx(here.gap["S"], rel=1e-13)
    assert other.free_energy == pytest.approx(here.free_energy, rel=1e-13)


def test_antiparallel_ferromagnets_of_one_kind_cancel():
    other = Layer("F2", replace(F.material, exchange=-F.material.exchange))
    stack = Stack([F, S, other], [barrier("F", "S", 0.6, "F"), barrier("S", "F2", 0.6, "F2")])
    half = graded(2.0, 0.1, 1.6, 3)
    geometry = interval(
        ("F", SIZES["F"]), ("S", np.concatenate([half, half[::-1]])), ("F2", SIZES["F"])
    )
    moments = integrals(solved(stack, geometry)).magnetization
    assert abs(moments["F"]) > 1e-2
    assert moments["F"] + moments["F2"] == pytest.approx(0.0, abs=1e-12)
    assert moments["S"] == pytest.approx(0.0, abs=1e-12)


def test_parallel_ferromagnets_of_one_kind_are_even():
    other = Layer("F2", F.material)
    stack = Stack([F, S, other], [barrier("F", "S", 0.6, "F"), barrier("S", "F2", 0.6, "F2")])
    half = graded(2.0, 0.1, 1.6, 3)
    geometry = interval(
        ("F", SIZES["F"]), ("S", np.concatenate([half, half[::-1]])), ("F2", SIZES["F"])
    )
    values = node_values(solved(stack, geometry), "F")
    inside = values["S"][1].magnetization
    assert inside == pytest.approx(inside[::-1], abs=1e-12)
    assert values["F"][1].magnetization == pytest.approx(
        values["F2"][1].magnetization[::-1], abs=1e-12
    )


def test_order_of_names_and_layer_of_gamma_do_not_matter(trilayer: Solution):
    sigma = {layer.name: layer.material.conductivity for layer in TRILAYER.layers}
    turned = Stack(
        TRILAYER.layers,
        [
            barrier("F2", "S", 1.1 * sigma["S"] / sigma["F2"], "S"),
            barrier("S", "F", 0.6 * sigma["S"] / sigma["F"], "S"),
        ],
    )
    other = integrals(solved(turned, line("F", "S", "F2")))
    here = integrals(trilayer)
    assert other.magnetization == pytest.approx(here.magnetization, rel=1e-11)
    assert other.free_energy == pytest.approx(here.free_energy, rel=1e-11)


def test_order_of_the_layers_in_the_mesh_does_not_matter(trilayer: Solution):
    geometry = line("F", "S", "F2")
    order = np.array([2, 0, 1])
    names = tuple(geometry.layers[old] for old in np.argsort(order))
    shuffled = replace(geometry, layer_of_cell=order[geometry.layer_of_cell], layers=names)
    assert integrals(solved(TRILAYER, shuffled)).magnetization == pytest.approx(
        integrals(trilayer).magnetization, rel=1e-11
    )


@pytest.mark.parametrize("gap", ["self-consistent", 1.3])
def test_a_layer_in_two_halves(gap: str | float):
    """Two halves in perfect contact, first of F, with a given gap of S too."""
    layers = {"F_a": F, "F_b": F, "F2": F2}
    interfaces = [Interface("F_a", "F_b", Transparent())]
    cells = {"F_a": SIZES["F"][:1], "F_b": SIZES["F"][1:], "F2": SIZES["F2"]}
    if gap == "self-consistent":
        layers["S"], cells["S"] = S, SIZES["S"]
        interfaces += [barrier("F_b", "S", 0.6, "F_b"), barrier("S", "F2", 1.1, "F2")]
        order = ("F_a", "F_b", "S", "F2")
    else:
        layers["S_a"] = layers["S_b"] = S
        cells["S_a"], cells["S_b"] = SIZES["S"][:5], SIZES["S"][5:]
        interfaces += [
            barrier("F_b", "S_a", 0.6, "F_b"),
            Interface("S_a", "S_b", Transparent()),
            barrier("S_b", "F2", 1.1, "F2"),
        ]
        order = ("F_a", "F_b", "S_a", "S_b", "F2")
    halves = Stack([replace(layers[name], name=name) for name in order], interfaces)
    other = integrals(solved(halves, interval(*((name, cells[name]) for name in order)), gap))
    here = integrals(solved(TRILAYER, line("F", "S", "F2"), gap))
    for name, value in here.magnetization.items():
        together = sum(
            each for part, each in other.magnetization.items() if part.split("_")[0] == name
        )
        assert together == pytest.approx(value, rel=1e-9)
    assert sum(other.gap.values()) == pytest.approx(here.gap["S"], rel=1e-9)
    assert other.free_energy == pytest.approx(here.free_energy, rel=1e-9)


def action(right: Layer, law: Law) -> complex:
    """A_+ of S and another layer at one frequency and a given gap."""
    stack = Stack([S, right], [Interface("S", right.name, law)])
    system = UsadelSystem(stack, layered(line("S", right.name)), 2)
    system.gaps["S"].x.array[:] = 1.3
    solve_frequency(system, 0.7).select(0)
    return IntegralForms(system).action()


@pytest.mark.parametrize("right", [N, F2], ids=lambda layer: layer.name)
@pytest.mark.parametrize(
    ("limit", "gammas"),
    [(Transparent(), (4e-3, 2e-3, 1e-3)), (Insulating(), (1 / 250, 1 / 500, 1 / 1000))],
    ids=["perfect contact", "insulator"],
)
def test_barrier_approaches_its_limits_linearly(
    right: Layer, limit: Law, gammas: tuple[float, ...]
):
    """In γ towards a perfect contact, in 1/γ towards an insulator."""
    inverse = isinstance(limit, Insulating)
    end = action(right, limit)
    distances = np.array(
        [
            action(right, KupriyanovLukichev(1 / gamma if inverse else gamma, "S")) - end
            for gamma in gammas
        ]
    )
    assert distances[:-1] / distances[1:] == pytest.approx(2.0, rel=0.02)
    assert 0 < abs(distances[-1]) < 2e-3 * abs(end)


def test_insulated_layers_are_separate():
    insulated = Stack([F, S, N], [barrier("F", "S", 0.6, "F"), Interface("S", "N", Insulating())])
    separate = Stack([F, S], [barrier("F", "S", 0.6, "F")])
    both = integrals(solved(insulated, line("F", "S", "N")))
    alone = integrals(solved(separate, line("F", "S")))
    assert both.magnetization["N"] == 0.0
    for name, value in alone.magnetization.items():
        assert both.magnetization[name] == pytest.approx(value, rel=1e-11)
    assert both.free_energy == pytest.approx(alone.free_energy, rel=1e-11)


def test_superconductor_alone_is_the_bulk():
    solution = solved(Stack([S]), line("S"))
    for gap in solution.sweep.system.gaps.values():
        # reference: independent multidomain Chebyshev collocation solver
        assert gap.x.array == pytest.approx(1.737478298569, rel=1e-11)


def test_a_plane_without_variation_is_a_line(trilayer: Solution):
    here = integrals(trilayer)
    x = np.concatenate([[0.0], np.cumsum(np.concatenate([SIZES[n] for n in TRILAYER.names]))])
    ends = np.cumsum([SIZES[name].sum() for name in TRILAYER.names])[:-1]
    y = np.array([0.0, 0.3, 0.5])
    geometry = grid("quadrilateral", x, y, TRILAYER.names, lambda x, y: np.searchsorted(ends, x))
    other = integrals(solved(TRILAYER, geometry))
    for name, value in here.magnetization.items():
        assert other.magnetization[name] == pytest.approx(0.5 * value, rel=1e-10)
    assert other.free_energy == pytest.approx(0.5 * here.free_energy, rel=1e-10)
