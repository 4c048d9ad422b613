# SPDX-License-Identifier: MIT
"""A stack that makes no sense is refused, and says where."""

from __future__ import annotations

import dataclasses
import math
import pickle

import pytest

from fem_sf.errors import StackError
from fem_sf.spin import interfaces as laws
from fem_sf.spin import materials, model
from spin_cases import LINEAR_CASES, stack

FERROMAGNET = materials.Ferromagnet(polarisation=0.5)
NORMAL = materials.Normal()


def junction(
    law: laws.Law,
    left: materials.Material = FERROMAGNET,
    right: materials.Material = FERROMAGNET,
    capacitance: float = math.inf,
) -> model.Stack:
    layers = [model.Layer("L", left, 1.0), model.Layer("R", right, 1.0)]
    return model.Stack(layers, [model.Interface("L", "R", law, capacitance)])


@pytest.mark.parametrize(
    ("changes", "key", "words"),
    [
        ({"conductivity": 0.0}, "conductivity", "σ > 0"),
        ({"diffusivity": -1.0}, "diffusivity", "D > 0"),
        ({"relaxation_time": math.inf}, "relaxation_time", "τ > 0"),
        ({"permittivity": math.nan}, "permittivity", "ε > 0"),
        ({"alpha1": 0.0}, "alpha1", "α1 > 0"),
        ({"polarisation": -1.0}, "polarisation", "|β| < 1"),
        ({"polarisation": math.nan}, "polarisation", "|β| < 1"),
        ({"alpha1": 0.2}, "alpha1", "α1 > α2 β² = 0.25"),
        ({"direction": (0, 0, 0)}, "direction", "must not be zero"),
        ({"direction": (0, 1)}, "direction", "three finite numbers"),
        ({"precession": (0, math.inf, 0)}, "precession", "three finite numbers"),
    ],
)
def test_materials(changes, key, words):
    with pytest.raises(StackError) as error:
        dataclasses.replace(FERROMAGNET, **changes)
    assert error.value.problems[0].key == key
    assert words in str(error.value)


@pytest.mark.parametrize(
    ("make", "key", "words"),
    [
        (lambda: laws.Tunnel(0.0), "conductance", "g > 0"),
        (
            lambda: laws.Tunnel(1.0, 0.9, 0.9, -0.5),
            "polarisation_left",
            "channel -- has a negative",
        ),
        (lambda: laws.TunnelVector(1.0, math.nan), "polarisation_left", "finite number"),
        (lambda: laws.Circuit(1.0, 1.1, 1.0), "polarisation", "|P| ≤ 1"),
        (lambda: laws.Circuit(1.0, 0.5, -1.0), "mixing_real", "2 Re G_↑↓ ≥ 0"),
        (
            lambda: laws.General((1, 1), (1, 0.5), (1, -1), (1, -1), (1, -1), (1, -1)),
            "charge_left",
            "shift of all potentials",
        ),
        (
            lambda: laws.General((1, 1), (1, 1), (-1, 1), (-1, 1), (0.5, -0.5), (0.5, -0.5)),
            "law",
            "give energy instead of heat",
        ),
    ],
)
def test_parameters_of_laws(make, key, words):
    with pytest.raises(StackError) as error:
        make()
    assert error.value.problems[0].key == key
    assert words in str(error.value)


@pytest.mark.parametrize(
    ("law", "key", "words"),
    [
        (laws.MetallicNoAccumulation(), "law", "no limit for collinear"),
        (laws.Circuit(1.0, 0.5, 1.0), "law", "joins a ferromagnetic and a normal layer"),
    ],
)
def test_laws(law, key, words):
    with pytest.raises(StackError) as error:
        junction(law)
    assert error.value.problems[0].key == f"interfaces.L|R.{key}"
    assert words in str(error.value)


@pytest.mark.parametrize(
    ("law", "key"),
    [
        (laws.Tunnel(1.0), "law"),
        (laws.Metallic(), "law"),
        (laws.TunnelVector(1.0, 0.3, 0.3), "polarisation_right"),
        (laws.TunnelVector(1.0, 0.3, 0.0, 0.1), "polarisation_product"),
    ],
)
def test_laws_next_to_a_normal_layer(law, key):
    with pytest.raises(StackError) as error:
        junction(law, right=NORMAL)
    assert error.value.problems[0].key == f"interfaces.L|R.{key}"


def test_capacitance():
    with pytest.raises(StackError, match="C_b > 0"):
        junction(laws.Tunnel(1.0), capacitance=0.0)


def test_stacks():
    layers = [model.Layer(name, FERROMAGNET, 1.0) for name in "ABC"]
    first = model.Interface("A", "B", laws.Transparent())
    second = model.Interface("B", "C", laws.Transparent())
    assert model.Stack(layers, [second, first]).interfaces == (first, second)
    for interfaces, words in (
        ([first], "touch, but no law"),
        ([first, second, second], "just one"),
        ([first, model.Interface("C", "B", laws.Transparent())], "order of the stack"),
        ([first, second, model.Interface("A", "C", laws.Transparent())], "do not touch"),
        (
            [first, second, model.Interface("A", "X", laws.Transparent())],
            "no layer is called 'X'",
        ),
    ):
        with pytest.raises(StackError, match=words):
            model.Stack(layers, interfaces)


def test_lists_of_layers():
    endless = model.Layer("N", NORMAL)
    finite = model.Layer("F", FERROMAGNET, 1.0)
    for layers, words in (
        ([], "at least one"),
        ([endless], "single layer must be finite"),
        ([finite, finite], "names must be unique"),
        ([finite, endless, dataclasses.replace(finite, name="G")], "first and the last"),
    ):
        with pytest.raises(StackError, match=words):
            model.Stack(layers)


def test_every_problem_is_told_at_once():
    with pytest.raises(StackError) as error:
        dataclasses.replace(FERROMAGNET, conductivity=-1.0, diffusivity=-1.0)
    assert [each.key for each in error.value.problems] == ["conductivity", "diffusivity"]
    layers = [model.Layer(name, NORMAL) for name in "ABC"]
    laws_of = [model.Interface(*pair, laws.Tunnel(1.0)) for pair in ("AB", "BC")]
    with pytest.raises(StackError) as error:
        model.Stack(layers, laws_of)
    keys = ["layers.B.thickness", "interfaces.A|B.law", "interfaces.B|C.law"]
    assert [each.key for each in error.value.problems] == keys


def test_cautions():
    cautions = {
        name: [str(each) for each in model.find_cautions(stack(case["input"]))]
        for name, case in LINEAR_CASES.items()
    }
    remarkable = {name: each for name, each in cautions.items() if each}
    assert set(remarkable) == {
        "F_general_eq56",
        "H_alpha1_ne_alpha2_tunnel",
        "H_alpha1_ne_alpha2_vector_oblique",
    }
    assert "not symmetric" in remarkable["F_general_eq56"][0]
    assert "Onsager" in remarkable["H_alpha1_ne_alpha2_tunnel"][0]


def test_general_contains_the_barrier():
    """The coefficients of Eqs. 5 and 6 that stand for a tunnel barrier are a passive law."""
    h = {
        (s, t): 0.35 * (1 + 0.4 * s) * (1 + 0.25 * t) * (1 + 0.5 * s * t) / 2
        for s in (1, -1)
        for t in (1, -1)
    }

    def over_right(weight):
        return tuple(sum(weight(s, t) * h[s, t] for t in (1, -1)) for s in (1, -1))

    def over_left(weight):
        return tuple(sum(weight(s, t) * h[s, t] for s in (1, -1)) for t in (1, -1))

    weights = (lambda s, t: 1, lambda s, t: s, lambda s, t: t)
    rows = [row for weight in weights for row in (over_right(weight), over_left(weight))]
    law = laws.General(*rows)
    assert list(model.find_cautions(junction(law))) == []


def test_a_stack_can_be_sent_to_another_rank():
    sent = junction(laws.Tunnel(1.0))
    assert pickle.loads(pickle.dumps(sent)) == sent


def test_directions_may_be_lists_of_any_length():
    assert materials.Ferromagnet(direction=[0, 3, 4]).axis.tolist() == [0.0, 0.6, 0.8]
    assert hash(materials.Ferromagnet(direction=[0, 3, 4])) == hash(
        materials.Ferromagnet(direction=(0, 3, 4))
    )
