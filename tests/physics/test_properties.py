# SPDX-License-Identifier: MIT
"""What no change of view may change, on random stacks, from the case to its summary."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from fem_sf import Insulating, Interface, KupriyanovLukichev, Stack, Transparent, run_case
from fem_sf.settings import UsadelCase
from fem_sf.spin import interfaces as laws
from fem_sf.spin import model
from fem_sf.spin.settings import SpinCase
from random_stacks import spin_case, usadel_case

ROTATION = Rotation.from_rotvec([0.7, -1.1, 0.4])
Numbers = dict[str, np.ndarray]

# --- superconductors ------------------------------------------------------------------------------

SEEDS = {"collinear": (2, 3, 8), "noncollinear": (4, 7, 9), "phases": (2, 3)}
"""Of stacks with a gap."""
DRAWN = [(form, seed) for form, seeds in SEEDS.items() for seed in seeds]


def drawn(form: str, seed: int) -> UsadelCase:
    """A random case that is solved for more than rounding asks for."""
    case = usadel_case(np.random.default_rng(seed), form)
    return replace(case, solver=replace(case.solver, tolerance=1e-12))


def usadel_numbers(case: UsadelCase) -> Numbers:
    """F, and by layer and side δM in 2ν_S Tc and Δ; currents by interface."""
    summary = run_case(case).summary
    unit = 1.0
    if case.reference is not None:
        layer = next(each for each in case.stack.layers if each.name == case.reference)
        density = layer.material.density_of_states
        unit = density * float(np.linalg.norm(layer.material.exchange_vector))
    found = {"free_energy": np.array(summary["free_energy"])}
    for name, layer in summary["layers"].items():
        for place in ("integral", "left", "right"):
            found[f"{name}.M.{place}"] = unit * np.array(layer["magnetization"][place])
        for place in ("left", "right", "mean"):
            if "gap" in layer:
                found[f"{name}.gap.{place}"] = np.array(layer["gap"][place])
    for name, interface in summary["interfaces"].items():
        if "supercurrent" in interface:
            found[f"{name}.supercurrent"] = np.array(interface["supercurrent"])
    return found


@lru_cache
def solved(form: str, seed: int) -> Numbers:
    return usadel_numbers(drawn(form, seed))


def assert_equal(found: Mapping[str, Any], expected: Mapping[str, Any], tolerance: float) -> None:
    """To a part of the largest number of the same kind; or of 10⁻³, below which all is small."""
    for name, value in expected.items():
        kind = name.split(".")[1:2]
        alike = [
            np.abs(each).max() for key, each in expected.items() if key.split(".")[1:2] == kind
        ]
        scale = max(1e-3, *alike) if len(alike) > 1 else max(1e-3, *alike, 0.0)
        np.testing.assert_allclose(found[name], value, rtol=0, atol=tolerance * scale, err_msg=name)


def changed(case: UsadelCase, change: Callable[[Any], Any]) -> UsadelCase:
    """The case with a change of every material."""
    layers = [replace(each, material=change(each.material)) for each in case.stack.layers]
    return replace(case, stack=Stack(layers, case.stack.interfaces))


def with_exchange(material: Any, turn: Callable[[np.ndarray], np.ndarray]) -> Any:
    if material.kind != "ferromagnet":
        return material
    return replace(material, exchange=tuple(turn(np.array(material.exchange_vector))))


@pytest.mark.parametrize(("form", "seed"), DRAWN)
def test_a_mirror_exchanges_the_ends(form: str, seed: int) -> None:
    case = drawn(form, seed)
    interfaces = [Interface(each.right, each.left, each.law) for each in case.stack.interfaces]
    mirrored = replace(case, stack=Stack(case.stack.layers[::-1], interfaces))
    found, expected = usadel_numbers(mirrored), {}
    swap = {"left": "right", "right": "left"}
    for name, value in solved(form, seed).items():
        *head, last = name.split(".")
        if last == "supercurrent":
            # from what is now the left one: the other way
            left, right = head[0].split("|")
            expected[f"{right}|{left}.supercurrent"] = -value
        else:
            expected[".".join([*head, swap.get(last, last)])] = value
    assert_equal(found, expected, 1e-8)


@pytest.mark.parametrize(("form", "seed"), DRAWN)
def test_reversed_exchange_fields_reverse_the_magnetization_alone(form: str, seed: int) -> None:
    case = drawn(form, seed)
    found = usadel_numbers(changed(case, lambda each: with_exchange(each, np.negative)))
    expected = {
        name: -value if ".M." in name else value for name, value in solved(form, seed).items()
    }
    assert_equal(found, expected, 1e-8)


@pytest.mark.parametrize("seed", SEEDS["noncollinear"])
def test_rotated_exchange_fields_rotate_the_magnetization_alone(seed: int) -> None:
    case = drawn("noncollinear", seed)
    found = usadel_numbers(changed(case, lambda each: with_exchange(each, ROTATION.apply)))
    expected = {
        name: ROTATION.apply(value) if ".M." in name else value
        for name, value in solved("noncollinear", seed).items()
    }
    assert_equal(found, expected, 1e-8)


@pytest.mark.parametrize("seed", SEEDS["phases"])
def test_opposite_phases_reverse_the_current_and_common_ones_do_nothing(seed: int) -> None:
    case = drawn("phases", seed)

    def with_phases(change: Callable[[float], float]) -> Numbers:
        def of(material: Any) -> Any:
            has = material.kind == "superconductor" and material.phase is not None
            return replace(material, phase=change(material.phase)) if has else material

        return usadel_numbers(changed(case, of))

    expected = solved("phases", seed)
    assert_equal(with_phases(lambda phase: phase + 0.9), expected, 1e-8)
    conjugate = {
        name: -value if name.endswith("supercurrent") else value for name, value in expected.items()
    }
    assert_equal(with_phases(lambda phase: -phase), conjugate, 1e-8)


@pytest.mark.parametrize(("form", "seed"), DRAWN)
def test_a_layer_may_be_cut_in_two(form: str, seed: int) -> None:
    """The mesh is finer at the cut; what changes is the error of the mesh."""
    case = drawn(form, seed)
    layers, interfaces = list(case.stack.layers), list(case.stack.interfaces)
    number = len(layers) // 2 if form == "phases" and len(layers) > 2 else 0
    if form == "phases" and len(layers) == 2:
        return  # both are held at a phase from outside
    whole = layers[number]
    halves = [
        replace(whole, thickness=0.4 * whole.thickness),
        replace(whole, name="rest", thickness=0.6 * whole.thickness),
    ]
    layers[number : number + 1] = halves
    cut = [
        replace(each, left="rest", law=_renamed(each.law, whole.name))
        if each.left == whole.name
        else each
        for each in interfaces
    ]
    stack = Stack(layers, [*cut, Interface(whole.name, "rest", Transparent())])
    found, expected = usadel_numbers(replace(case, stack=stack)), solved(form, seed)
    assert found["free_energy"] == pytest.approx(expected["free_energy"], rel=1e-5, abs=1e-7)
    for kind in ("M.integral",):
        both = found[f"{whole.name}.{kind}"] + found[f"rest.{kind}"]
        scale = max(np.abs(v).max() for k, v in expected.items() if k.endswith(kind))
        np.testing.assert_allclose(both, expected[f"{whole.name}.{kind}"], atol=1e-5 * scale + 1e-8)


def _renamed(law: Any, name: str) -> Any:
    """γ of the half that touches."""
    of_whole = isinstance(law, KupriyanovLukichev) and law.gamma_of == name
    return replace(law, gamma_of="rest") if of_whole else law


@pytest.mark.parametrize("seed", (2, 3))
@pytest.mark.parametrize(
    ("gammas", "limit"), [((1e-2, 1e-3), Transparent()), ((1e4, 1e5), Insulating())]
)
def test_barriers_approach_their_limits_linearly(
    seed: int, gammas: tuple[float, float], limit: Any
) -> None:
    case = drawn("collinear", seed)
    first = case.stack.interfaces[0]

    def energy(law: Any) -> float:
        interfaces = [replace(first, law=law), *case.stack.interfaces[1:]]
        numbers = usadel_numbers(replace(case, stack=Stack(case.stack.layers, interfaces)))
        return float(numbers["free_energy"])

    of_limit = energy(limit)
    far, near = (abs(energy(KupriyanovLukichev(g, first.left)) - of_limit) for g in gammas)
    assert near < 0.2 * far + 1e-7 * abs(of_limit)
    assert far < 0.05 * abs(of_limit) + 1e-6


# --- spin transport -------------------------------------------------------------------------------

SPIN_SEEDS = (0, 3, 6, 11)


def spin_numbers(case: SpinCase) -> Numbers:
    """Currents, potentials and torques at interfaces, and those of the whole."""
    summary = run_case(case).summary
    found = {f"all.{key}": np.array(summary[key]) for key in ("current", "voltage")}
    for name, interface in summary["interfaces"].items():
        for key in ("J", "JM_left", "JM_right", "mu_left", "mu_right", "m_left", "m_right"):
            found[f"{name}.{key}"] = np.array(interface[key])
    return found


@lru_cache
def spin_solved(seed: int) -> Numbers:
    return spin_numbers(spin_case(np.random.default_rng(seed)))


POTENTIALS, CURRENTS = 1e-10, 1e-7
"""Currents through perfect contacts are differences of what flows in thin cells."""


def assert_same_state(found: Numbers, expected: Numbers) -> None:
    """To the digits that potentials and currents have."""
    for tolerance, of_kind in ((POTENTIALS, False), (CURRENTS, True)):
        kept = {key: each for key, each in expected.items() if (".J" in key) == of_kind}
        assert_equal(found, kept, tolerance)


@pytest.mark.parametrize("seed", SPIN_SEEDS)
@pytest.mark.parametrize("factor", [-1.0, 2.0**-40, 2.0**40])
def test_linear_response_is_linear_to_the_last_bit(seed: int, factor: float) -> None:
    """By factors that no rounding sees."""
    case = spin_case(np.random.default_rng(seed))
    drive = replace(case.drive, value=factor * case.drive.value)
    found = {key: value / factor for key, value in spin_numbers(replace(case, drive=drive)).items()}
    assert_equal(found, spin_solved(seed), 1e-14)


@pytest.mark.parametrize("seed", SPIN_SEEDS)
@pytest.mark.parametrize("factor", [1e-12, 1e12])
def test_linear_response_is_linear(seed: int, factor: float) -> None:
    case = spin_case(np.random.default_rng(seed))
    drive = replace(case.drive, value=factor * case.drive.value)
    found = {key: value / factor for key, value in spin_numbers(replace(case, drive=drive)).items()}
    expected = spin_solved(seed)
    assert_same_state(found, expected)
    ratio = expected["all.voltage"] / expected["all.current"]
    assert found["all.voltage"] / found["all.current"] == pytest.approx(ratio, rel=1e-11)


@pytest.mark.parametrize("seed", SPIN_SEEDS)
def test_rotated_spins_rotate_every_vector_alone(seed: int) -> None:
    case = spin_case(np.random.default_rng(seed))

    def turned(layer: model.Layer) -> model.Layer:
        material = layer.material
        turns = {"precession": tuple(ROTATION.apply(material.precession))}
        if material.kind == "ferromagnet":
            turns["direction"] = tuple(ROTATION.apply(material.direction))
        return replace(layer, material=replace(material, **turns))

    stack = model.Stack([turned(each) for each in case.stack.layers], case.stack.interfaces)
    expected = {
        key: ROTATION.apply(value) if value.shape == (3,) else value
        for key, value in spin_solved(seed).items()
    }
    assert_same_state(spin_numbers(replace(case, stack=stack)), expected)


@pytest.mark.parametrize("seed", SPIN_SEEDS)
def test_a_layer_of_a_junction_may_be_cut_in_two(seed: int) -> None:
    case = spin_case(np.random.default_rng(seed))
    first, *others = case.stack.layers
    halves = [
        replace(first, name="start", thickness=0.3 * first.extent),
        replace(first, thickness=0.7 * first.extent),
    ]
    cut = model.Interface("start", first.name, laws.Transparent())
    stack = model.Stack([*halves, *others], [cut, *case.stack.interfaces])
    found = spin_numbers(replace(case, stack=stack))
    assert_equal(found, spin_solved(seed), 1e-7)


@pytest.mark.parametrize("end", [0.0, math.pi])
def test_clamped_currents_are_continuous_where_magnetizations_become_collinear(end: float) -> None:
    """Quadratically: the sign of the angle has no meaning for what is along the magnetizations."""
    case = spin_case(np.random.default_rng(SPIN_SEEDS[0]))
    base = next(each.material for each in case.stack.layers if each.material.kind == "ferromagnet")

    def current(angle: float) -> float:
        layers = [
            model.Layer(
                name,
                replace(base, direction=(math.sin(a), 0.0, math.cos(a)), precession=(0.0,) * 3),
                2.0,
            )
            for name, a in (("L", 0.0), ("R", angle))
        ]
        tunnel = model.Interface("L", "R", laws.Tunnel(0.7, 0.4, 0.3), capacitance=0.5)
        changes = {"stack": model.Stack(layers, [tunnel]), "drive": model.Voltage(1.0)}
        return float(spin_numbers(replace(case, **changes))["all.current"])

    limit = current(end)
    changes = [current(end + delta) - limit for delta in (-1e-2, 1e-2, 2e-2)]
    assert changes[0] == pytest.approx(changes[1], rel=1e-3)
    assert changes[2] == pytest.approx(4 * changes[1], rel=1e-2)
