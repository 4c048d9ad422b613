# SPDX-License-Identifier: MIT
"""Formulas of interface laws against matrices written out apart from them; UFL against numbers."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from types import SimpleNamespace
from typing import Annotated, Any

import numpy as np
import pytest
import ufl
from numpy.typing import NDArray
from scipy.linalg import null_space

import law_matrices
from fem_sf.case.spin.schema import interface_table
from fem_sf.spin import exact, materials, precise
from fem_sf.spin import interfaces as laws
from fem_sf.spin import laws as folder
from fem_sf.spin.algebra import NUMBERS
from fem_sf.spin.coupling import coupling
from fem_sf.spin.settings import SpinCase
from random_stacks import spin_case
from spin_solves import random_direction

FloatArray = NDArray[np.float64]
SEEDS = range(6)
KINDS = tuple(laws.LAWS)
NO_LAWS = ("law", "barrier")
"""Files of the folder with what laws have in common."""


def polarisations(random: np.random.Generator) -> tuple[float, float]:
    first, second = random.uniform(-0.9, 0.9, 2).tolist()
    return first, second


def general(random: np.random.Generator) -> laws.General:
    """Reciprocal and passive: (J, J_M^L, −J_M^R) of (μ_L − μ_R, m_L, m_R) by a positive matrix."""
    root = random.normal(size=(3, 3))
    matrix = root @ root.T

    def pair(mean: float, half: float) -> tuple[float, float]:
        return (mean + half) / 2, (mean - half) / 2

    (a, b, c), (_, d, e), (_, _, f) = matrix.tolist()
    return laws.General(pair(a, b), pair(a, -c), pair(b, d), pair(b, -e), pair(-c, -e), pair(-c, f))


def random_law(kind: str, random: np.random.Generator) -> laws.Law:
    conductance = 10 ** random.uniform(-1, 1)
    match kind:
        case "tunnel" | "tunnel-vector":
            return laws.LAWS[kind](conductance, *polarisations(random))
        case "general":
            return general(random)
        case "circuit":
            mixing = random.uniform(0, 2), random.uniform(-1, 1)
            return laws.Circuit(conductance, random.uniform(-1, 1), *mixing)
    return laws.LAWS[kind]()


def magnet(random: np.random.Generator) -> materials.Ferromagnet:
    return materials.Ferromagnet(direction=random_direction(random))


def pairs(
    kind: str, random: np.random.Generator
) -> Iterator[tuple[laws.Law, materials.Material, materials.Material]]:
    """A law with all that it may join, by kind."""
    law, normal = random_law(kind, random), materials.Normal()
    fitting = [
        (left, right)
        for left in (magnet(random), normal)
        for right in (magnet(random), normal)
        if not any(law.problems_between(left, right))
    ]
    if kind == "tunnel-vector":
        law = laws.TunnelVector(law.conductance)
        fitting += [(magnet(random), normal), (normal, magnet(random)), (normal, normal)]
    assert fitting
    for left, right in fitting:
        yield law, left, right


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", KINDS)
def test_the_same_equations_as_the_matrices(kind: str, seed: int):
    for law, left, right in pairs(kind, np.random.default_rng(seed)):
        found = coupling(law, left, right)
        expected = law_matrices.coupling(law, left, right)
        allowed = null_space(expected.constraints)
        assert allowed.shape == (16, 8)
        assert found.constraints @ allowed == pytest.approx(0, abs=1e-12)
        assert np.linalg.matrix_rank(found.constraints, tol=1e-6) == 8
        if expected.barrier_current is None:
            assert found.barrier_current is None
        else:
            assert found.barrier_current @ allowed == pytest.approx(
                expected.barrier_current @ allowed, abs=1e-12
            )


def measured(case: SpinCase) -> dict[str, FloatArray]:
    """What flows and what the potentials are at all interfaces, of all digits."""
    states = exact.solve(case.stack, case.drive).interfaces
    sides = [side for state in states for side in (state.left, state.right)]
    inside = [state.barrier_current for state in states if state.barrier_current is not None]
    return {
        "J": np.array([each.current for each in sides]),
        "J_M": np.array([each.spin_current for each in sides]),
        "m": np.array([each.spin_potential for each in sides]),
        "J_B": np.array([*inside, np.zeros(3)]),
    }


@pytest.mark.parametrize("seed", range(60))
def test_the_same_digits_as_by_the_matrices(seed: int, monkeypatch: pytest.MonkeyPatch):
    case = spin_case(np.random.default_rng(seed))
    # refined as far as it goes, whatever is good enough
    monkeypatch.setattr(precise, "_GOOD", 0.0)
    found = measured(case)
    monkeypatch.setattr(exact, "coupling", law_matrices.coupling)
    for name, expected in measured(case).items():
        size = np.abs(expected).max()
        # by one law no spin accumulates, and nothing is left of it but rounding
        assert found[name] == pytest.approx(expected, abs=max(2e-14 * size, 1e-15)), name


def barrier(model: str) -> laws.Tunnel:
    return laws.Tunnel(0.7, 0.4, -0.3, 0.1, laws.BarrierShape(model, 2.0, 5.0))


@pytest.mark.parametrize("law", [*KINDS, *map(barrier, laws.BARRIER_MODELS)], ids=str)
def test_ufl_says_the_same_as_numbers(law: str | laws.Law):
    random = np.random.default_rng(3)
    law = random_law(law, random) if isinstance(law, str) else law
    right_is_magnet = law.kind != "circuit"
    values = [random.uniform(-0.5, 0.5, n) for n in (None, 3, None, None, 3, None)]
    axes = [np.array(random_direction(random)), np.array(random_direction(random))]
    if not right_is_magnet:
        axes[1] = np.zeros(3)

    def flux(ops: Any, scalar: Any, vector: Any) -> laws.Flux | None:
        kept = {name: vector(n) if isinstance(n, tuple) else n for name, n in law.numbers.items()}
        sides = [
            laws.Side(scalar(mu), vector(m), scalar(V), vector(axis), is_magnet)
            for (mu, m, V), axis, is_magnet in zip(
                (values[:3], values[3:]), axes, (True, right_is_magnet), strict=True
            )
        ]
        return law.flux(SimpleNamespace(**kept), *sides, ops)

    plain = flux(NUMBERS, float, np.asarray)
    forms = flux(
        ufl, lambda x: ufl.as_ufl(float(x)), lambda x: ufl.as_vector([float(each) for each in x])
    )
    if plain is None or forms is None:
        assert plain is forms
        assert isinstance(law, laws.WithoutResistance)
        return
    assert float(forms.charge) == pytest.approx(plain.charge, rel=1e-13)
    assert (forms.inside is None) == (plain.inside is None)
    for name in ("left", "right", *(["inside"] if plain.inside is not None else [])):
        found = [float(getattr(forms, name)[i]) for i in range(3)]
        assert found == pytest.approx(getattr(plain, name), rel=1e-12, abs=1e-14)


def test_a_file_in_the_folder_is_a_law():
    for each in iter_modules(folder.__path__):
        names = vars(import_module(f"{folder.__name__}.{each.name}"))
        own = [law for law in laws.LAWS.values() if law.__module__ == names["__name__"]]
        assert bool(own) == (each.name not in NO_LAWS)
        assert all(laws.LAWS[law.kind] is getattr(laws, law.__name__) for law in own)


def test_two_laws_of_one_name_are_refused():
    with pytest.raises(TypeError, match="two laws are called 'tunnel'"):
        type("Other", (laws.Conducting,), {"kind": "tunnel"})
    assert laws.LAWS["tunnel"] is laws.Tunnel


@pytest.mark.parametrize(
    ("name", "word", "key"),
    [
        ("conductance", "conductance", laws.Key("a time in t0", "t0")),
        ("capacitance", "capacitance", laws.Key("a capacitance", "1")),
        ("part", "P", laws.Key("a number", symbols=("P",))),
    ],
)
def test_laws_mean_the_same_by_a_key(name: str, word: str, key: laws.Key):
    made = dataclasses.make_dataclass(
        "Odd",
        [(name, Annotated[float, key])],
        bases=(laws.Conducting,),
        namespace={"kind": "odd"},
        frozen=True,
    )
    try:
        with pytest.raises(TypeError, match=f"means something else by '{word}'"):
            interface_table()
    finally:
        assert laws.LAWS.pop("odd").__name__ == made.__name__
    assert interface_table()
