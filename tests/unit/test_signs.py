# SPDX-License-Identifier: MIT
"""Which patterns of signs a stack has, and which are looked for."""

from __future__ import annotations

from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fem_sf import (
    Ferromagnet,
    Insulating,
    Interface,
    KupriyanovLukichev,
    Layer,
    Normal,
    Stack,
    Superconductor,
    UsadelCase,
    load_case,
)
from fem_sf.errors import CaseError, InputError
from fem_sf.interfaces import Transparent
from fem_sf.signs import islands, same_pattern, search_patterns, signs_of, turnable


def chain(kinds: str, laws: dict[int, object] | None = None) -> Stack:
    """Layers S1, N2, … by the letters of their kinds; barriers, but for some laws by position."""
    materials = {"S": Superconductor(), "N": Normal(), "F": Ferromagnet(exchange=1.0)}
    layers = [Layer(f"{kind}{i}", materials[kind], 1.0) for i, kind in enumerate(kinds, 1)]
    return Stack(
        layers,
        [
            Interface(one.name, other.name, (laws or {}).get(i, KupriyanovLukichev(0.5, one.name)))
            for i, (one, other) in enumerate(pairwise(layers))
        ],
    )


def test_superconductors_in_perfect_contact_are_one_island():
    assert islands(chain("SSNS", {0: Transparent(), 1: Transparent(), 2: Transparent()})) == (
        ("S1", "S2"),
        ("S4",),
    )
    assert islands(chain("SS")) == (("S1",), ("S2",))


def test_no_sign_counts_beyond_an_insulator():
    stack = chain("SSS", {0: Insulating()})
    assert turnable(stack) == (2,)
    assert same_pattern(stack, {"S1": 1, "S2": 1, "S3": -1}, {"S1": -1, "S2": 1, "S3": -1})
    assert not same_pattern(stack, {"S1": 1, "S2": 1, "S3": -1}, {"S1": 1, "S2": 1, "S3": 1})


def test_all_patterns_of_up_to_four():
    for count in (1, 2, 3, 4):
        tried = [signs for signs, _ in search_patterns(chain("S" * count), lambda signs: 0.0)]
        assert len({tuple(each.values()) for each in tried}) == len(tried) == 2 ** (count - 1)
        assert all(each["S1"] == 1 for each in tried)


@settings(derandomize=True, deadline=None)
@given(st.lists(st.floats(-1, 1), min_size=4, max_size=7))
def test_of_many_the_lowest_is_found_where_only_neighbours_are_coupled(couplings):
    """As many tries as islands, and the minimum of a chain of Ising spins among them."""
    stack = chain("S" * (len(couplings) + 1))

    def energy(signs) -> float:
        values = list(signs.values())
        return sum(c * a * b for c, (a, b) in zip(couplings, pairwise(values), strict=True))

    tried = list(search_patterns(stack, energy))
    best = min(
        energy(dict(zip(stack.names, each, strict=True)))
        for each in product((1, -1), repeat=len(couplings) + 1)
    )
    assert len(tried) == len(couplings) + 1
    assert min(found for _, found in tried) == pytest.approx(best)


def test_signs_of_integrals():
    stack = chain("SSS", {0: Transparent()})
    assert signs_of(stack, {"S1": 1.0, "S2": -0.2, "S3": -2.0}) == {"S1": 1, "S2": 1, "S3": -1}
    assert signs_of(stack, {"S1": 0.0, "S2": 0.0, "S3": 0.0}) == {"S1": 0, "S2": 0, "S3": 0}


@pytest.mark.parametrize(
    ("signs", "message"),
    (
        ({"S9": 1}, r"signs\.S9.*no layer is called"),
        ({"F2": -1}, r"signs\.F2.*only a superconductor"),
        ({"S3": 2}, r"signs\.S3.*expected 1 or -1, got 2"),
        ({"S3": True}, r"signs\.S3.*expected 1 or -1, got True"),
    ),
)
def test_signs_that_make_no_sense_in_python(signs, message):
    with pytest.raises(InputError, match=message):
        UsadelCase(stack=chain("SFS"), temperature=0.1, signs=signs)


def test_one_sign_in_perfect_contact():
    with pytest.raises(InputError, match="in perfect contact"):
        UsadelCase(
            stack=chain("SS", {0: Transparent()}), temperature=0.1, signs={"S1": 1, "S2": -1}
        )


CASE = """kind = "usadel"
[usadel]
temperature = 0.1
signs = SIGNS
[[layers]]
name = "S1"
material = "superconductor"
thickness = 1.0
[[layers]]
name = "S2"
material = "superconductor"
thickness = 1.0
PHASE
[[interfaces]]
between = ["S1", "S2"]
law = "kupriyanov-lukichev"
gamma = 1.0
gamma_of = "S1"
"""


def read(folder, signs: str, phase: str = ""):
    path = folder / "case.toml"
    path.write_text(CASE.replace("SIGNS", signs).replace("PHASE", phase))
    return load_case(path)


def test_signs_in_a_case(tmp_path):
    assert read(tmp_path, "{ S2 = -1 }").signs == {"S2": -1}


@pytest.mark.parametrize(
    ("signs", "phase", "message"),
    (
        ("{ S3 = 1 }", "", 'no layer is called "S3"'),
        ("{ S2 = 0.5 }", "", "expected 1 or -1, got 0.5"),
        ('{ S2 = "-" }', "", 'expected 1 or -1, got "-"'),
        ("{ S2 = -1 }", "phase = 0.3", "a layer has a phase"),
        ("-1", "", "a table of signs of Δ by layer"),
    ),
)
def test_wrong_signs_are_told_with_their_line(tmp_path, signs, phase, message):
    with pytest.raises(CaseError, match=message) as error:
        read(tmp_path, signs, phase)
    assert "case.toml:4" in str(error.value)
