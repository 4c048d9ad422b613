# SPDX-License-Identifier: MIT
"""Profiles on the mesh that a case gets by default: one millionth of the largest, with few cells.

Against mode matching for stacks of random materials, and against collocation for walls.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable

import numpy as np
import pytest

from fem_sf.mesh.build import checked_geometry
from fem_sf.settings import MeshSettings
from fem_sf.spin import exact, materials, model
from fem_sf.spin import interfaces as laws
from fem_sf.spin.grading import SpinGrading
from fem_sf.spin.magnetization import tilt_to_direction
from fem_sf.spin.transport import SIZE
from spin_cases import CASES, WALL_CASES, wall_stack
from spin_cases import drive as drive_of
from spin_cases import stack as stack_of
from spin_solves import (
    default_mesh,
    observables,
    profile_errors,
    random_layer,
    steady,
    values_at,
)

WANTED = 1e-6


def random_barrier(random: np.random.Generator) -> laws.Tunnel:
    polarisations = random.uniform(-0.9, 0.9, 2)
    return laws.Tunnel(10 ** random.uniform(-2, 2), *polarisations)


def random_capacitance(random: np.random.Generator) -> float:
    return math.inf if random.uniform() < 0.3 else 10 ** random.uniform(-2, 1)


def barrier(random: np.random.Generator, **limits: float | bool) -> model.Stack:
    layers = [random_layer(random, name, **limits) for name in "LR"]
    interface = model.Interface("L", "R", random_barrier(random), random_capacitance(random))
    return model.Stack(layers, [interface])


def inconsistent(random: np.random.Generator) -> model.Stack:
    """α1 ≠ α2: the screening mode carries spin."""
    return barrier(random, onsager=False)


def contacts(random: np.random.Generator) -> model.Stack:
    """Ferromagnet, normal metal and ferromagnet without any barrier."""
    layers = [random_layer(random, "L"), random_layer(random, "N", True), random_layer(random, "R")]
    pairs = [model.Interface(*pair, laws.Transparent()) for pair in (("L", "N"), ("N", "R"))]
    return model.Stack(layers, pairs)


def valve(random: np.random.Generator) -> model.Stack:
    """Two ferromagnets on a normal metal by circuit theory."""
    layers = [random_layer(random, "L"), random_layer(random, "N", True), random_layer(random, "R")]
    pairs = [
        model.Interface(
            *pair,
            laws.Circuit(
                10 ** random.uniform(-1, 1), random.uniform(-1, 1), *random.uniform(0, 3, 2)
            ),
            random_capacitance(random),
        )
        for pair in (("L", "N"), ("N", "R"))
    ]
    return model.Stack(layers, pairs)


def endless(random: np.random.Generator) -> model.Stack:
    """Both layers semi-infinite."""
    stack = barrier(random)
    layers = [dataclasses.replace(layer, thickness=math.inf) for layer in stack.layers]
    return model.Stack(layers, stack.interfaces)


def drive(stack: model.Stack) -> model.Drive:
    return model.Current(0.7) if stack.layers[0].semi_infinite else model.Voltage(1.3)


STRUCTURES = (barrier, inconsistent, contacts, valve, endless)


def assert_accurate(make: Callable[..., model.Stack], seeds: range) -> None:
    for seed in seeds:
        stack = make(np.random.default_rng(seed))
        errors = profile_errors(steady(stack, drive(stack)))
        assert max(errors.values()) < WANTED, f"seed {seed}: {errors}"


@pytest.mark.parametrize("make", STRUCTURES)
def test_random_stacks(make: Callable[..., model.Stack]):
    assert_accurate(make, range(12))


@pytest.mark.slow
@pytest.mark.parametrize("make", STRUCTURES)
def test_many_random_stacks(make: Callable[..., model.Stack]):
    assert_accurate(make, range(12, 200))


@pytest.mark.slow
@pytest.mark.parametrize("thickness", [1e-3, 1.0, 50.0])
@pytest.mark.parametrize("screening", [1e-3, 0.2])
def test_thin_and_thick_layers(screening: float, thickness: float):
    for seed in range(5):
        random = np.random.default_rng(seed)
        stack = barrier(random, screening=screening, thickness=thickness)
        solver = steady(stack, model.Voltage(1.0))
        assert max(profile_errors(solver).values()) < WANTED, seed


def test_a_junction_of_real_metals():
    """Cobalt and permalloy in nm, ps, 10⁶ S/m and mV: screening over 0.06 nm, w0 = 1/fs."""
    cobalt, permalloy = (
        materials.Ferromagnet(
            conductivity=sigma,
            diffusivity=D,
            relaxation_time=tau,
            permittivity=0.06**2 * sigma / D,
            polarisation=beta,
            direction=direction,
            exchange_precession=1e3,
        )
        for sigma, D, tau, beta, direction in (
            (13.3, 4e3, 0.8, 0.46, (0.0, 0.0, 1.0)),
            (4.5, 1.5e3, 0.04, 0.73, (0.8, 0.1, 0.6)),
        )
    )
    for law in (laws.Tunnel(1e-4, 0.4, 0.5), laws.TunnelVector(2.0, 0.7, 0.7)):
        layers = [model.Layer("Co", cobalt, 120.0), model.Layer("Py", permalloy, 8.0)]
        stack = model.Stack(layers, [model.Interface("Co", "Py", law, 2e-2)])
        solver = steady(stack, model.Voltage(100.0))
        assert max(profile_errors(solver).values()) < WANTED


def cells(stack: model.Stack) -> int:
    return default_mesh(stack).mesh.topology.index_map(1).size_global


def test_short_screening_lengths_cost_few_cells():
    """A thousand times shorter: some twenty cells a layer more, in any layer."""
    for seed in range(5):
        long, short = (
            cells(barrier(np.random.default_rng(seed), screening=each, thickness=2.0))
            for each in (1.0, 1e-3)
        )
        assert short < long + 2 * 24
        assert short < 80


def test_half_spaces_are_meshed_as_far_as_their_slowest_mode_reaches():
    """Six times √((1 − β²) D τ), however short screening and precession are."""
    material = materials.Ferromagnet(1.3, 2.0, 3.0, 1e-3, (0.0, 0.0, 40.0), polarisation=0.6)
    layers = [model.Layer(name, material, math.inf) for name in "LR"]
    stack = model.Stack(layers, [model.Interface("L", "R", laws.Tunnel(0.4))])
    slowest = math.sqrt((1 - 0.6**2) * 2.0 * 3.0)
    grading = SpinGrading()
    assert grading.meshed_thickness(layers[0]) == pytest.approx(6 * slowest, rel=1e-9)
    assert grading.origin(stack) == pytest.approx(-6 * slowest, rel=1e-9)
    # rows of a plane are half as high as that length, too
    thin = model.Stack(
        [dataclasses.replace(each, thickness=0.7) for each in layers], stack.interfaces
    )
    rows = grading.row_points(thin, 30.0, 1.0)
    assert np.diff(rows).max() == pytest.approx(slowest / 2, rel=0.05)


def test_cells_of_a_refined_mesh():
    stack = barrier(np.random.default_rng(1), screening=1e-3)
    assert cells(stack) < 80
    finer = default_mesh(stack, MeshSettings(refinement=2.0))
    assert finer.mesh.topology.index_map(1).size_global == pytest.approx(2 * cells(stack), rel=0.1)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case["input"].get("q")])
def test_waves_on_a_rectangle(name: str):
    """A drive cos(qy) at all nodes, half a wave wide."""
    data = CASES[name]["input"]
    stack, q = stack_of(data), data["q"]
    settings = MeshSettings(dimension=2, width=math.pi / q)
    geometry = checked_geometry(stack, settings, SpinGrading(wave_number=q))
    solver = steady(
        stack, drive_of(data), geometry, profile=lambda points: np.cos(q * points[:, 1])
    )
    solution = exact.solve(stack, drive_of(data), q)
    for layer in stack.layers:
        function = solver.system.fields[layer.name]
        x, y, _ = function.function_space.tabulate_dof_coordinates().T
        profile = solution.profile(layer.name, np.clip(x - x.min(), 0, layer.extent))
        wave = np.cos(q * y)
        found = observables(layer.material, function.x.array.real.reshape(-1, SIZE))
        expected = {"V": profile.potential, "dn": profile.charge, "dM": profile.magnetization}
        for key, value in expected.items():
            error = np.abs(found[key].T - wave * value.T).max()
            assert error < WANTED * np.abs(value).max(), key


# --- walls ---


@pytest.mark.slow
@pytest.mark.parametrize("name", WALL_CASES)
def test_walls(name: str):
    case = WALL_CASES[name]
    solver = steady(wall_stack(case["input"]), drive_of(case["input"]))
    system = solver.system
    errors: dict[str, list[float]] = {"V": [], "dn": [], "dM": [], "p": []}
    sizes: dict[str, list[float]] = {key: [] for key in errors}
    for layer, profile in zip(system.stack.layers, case["result"]["profiles"], strict=True):
        rows = np.array(profile["rows"])
        found = observables(layer.material, values_at(system, layer.name, rows[:, 0]))
        tilts = values_at(system, layer.name, rows[:, 0], tilt=True)
        found["p"] = tilt_to_direction(tilts, layer.material.axis)
        expected = {"V": rows[:, 1], "dn": rows[:, 2], "dM": rows[:, 3:6], "p": rows[:, 6:9]}
        for key in errors:
            errors[key].append(np.abs(found[key] - expected[key]).max())
            sizes[key].append(np.abs(expected[key]).max())
    for key in errors:
        assert max(errors[key]) < WANTED * max(sizes[key]), key
