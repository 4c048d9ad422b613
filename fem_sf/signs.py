# SPDX-License-Identifier: MIT
"""Signs of a real Δ from superconductor to superconductor, as in zero and π junctions.

Superconductors in perfect contact have one sign: an island. What no current can reach from an
island has a sign of its own, which makes no difference and is taken to be +.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from itertools import product
from types import MappingProxyType
from typing import Any

from fem_sf.stack import Interface, Stack
from fem_sf.words import all_of, did_you_mean, spell

Signs = Mapping[str, int]
"""By superconductor +1 or −1; 0 where there is no Δ."""

NO_SIGNS: Signs = MappingProxyType({})
"""Where none is asked for."""

MOST_TURNABLE = 3
"""Islands that have a sign up to which all patterns are looked for, at most eight."""

NO_DELTA = 1e-6
"""∫Δ of a superconductor over the largest of all, below which it has no sign."""


def islands(stack: Stack) -> tuple[tuple[str, ...], ...]:
    """Superconductors in groups of one sign, from left to right."""
    gapped = {layer.name for layer in stack.superconductors}

    def is_perfect(interface: Interface) -> bool:
        return interface.law.joins and interface.pair <= gapped

    return tuple(each for each in _joined(stack, is_perfect) if gapped.issuperset(each))


def turnable(stack: Stack) -> tuple[int, ...]:
    """Which islands have a sign against that of another one, the first of those it is joined to."""
    joined = _joined(stack, lambda interface: not interface.law.blocks)
    seen, found = set(), []
    for number, island in enumerate(islands(stack)):
        whole = next(each for each in joined if island[0] in each)
        if whole in seen:
            found.append(number)
        seen.add(whole)
    return tuple(found)


def search_patterns(
    stack: Stack, free_energy: Callable[[Signs], float | None]
) -> Iterator[tuple[Signs, float | None]]:
    """Go through patterns of signs, equal ones first: through all where they are few.

    Of many islands each is turned once, with all behind it, and left so where that lowers the free
    energy: if only neighbours know of each other, this ends in the lowest of all.

    Parameters
    ----------
    stack
        Superconductors and what is between them.
    free_energy
        F of the state with such signs; ``None`` where there is none.
    """
    groups, free = islands(stack), turnable(stack)

    def pattern(minus: frozenset[int]) -> Signs:
        return {name: -1 if i in minus else 1 for i, each in enumerate(groups) for name in each}

    if len(free) <= MOST_TURNABLE:
        for turned in product((False, True), repeat=len(free)):
            signs = pattern(frozenset(i for i, each in zip(free, turned, strict=True) if each))
            yield signs, free_energy(signs)
        return
    best: frozenset[int] = frozenset()
    lowest = free_energy(pattern(best))
    yield pattern(best), lowest
    for number in free:
        turned_on = best ^ {each for each in free if each >= number}
        found = free_energy(pattern(turned_on))
        yield pattern(turned_on), found
        if found is not None and (lowest is None or found < lowest):
            best, lowest = turned_on, found


def is_searched_through(stack: Stack) -> bool:
    """Whether all patterns of signs are looked for."""
    return len(turnable(stack)) <= MOST_TURNABLE


def signs_of(stack: Stack, integrals: Mapping[str, float]) -> Signs:
    """Signs of ∫Δ of the superconductors, one for each island."""
    largest = max(map(abs, integrals.values()), default=0.0)
    signs: dict[str, int] = {}
    for island in islands(stack):
        total = math.fsum(integrals[name] for name in island)
        sign = 0 if abs(total) <= NO_DELTA * largest else int(math.copysign(1, total))
        signs |= dict.fromkeys(island, sign)
    return {name: signs[name] for name in integrals}


def same_pattern(stack: Stack, one: Signs, other: Signs) -> bool:
    """Whether two patterns differ by no more than the sign of what is joined as a whole.

    What is not in one of them agrees with the other.
    """
    for each in _joined(stack, lambda interface: not interface.law.blocks):
        products = {one[name] * other[name] for name in each if name in one and name in other}
        if {1, -1} <= products:
            return False
    return True


def spell_signs(signs: Signs) -> str:
    """As in ``S1 +, S2 −``."""
    words = {1: "+", -1: "−", 0: "0"}
    return ", ".join(f"{name} {words[sign]}" for name, sign in signs.items())


def sign_problems(stack: Stack, signs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What makes no sense in signs that are asked for, as the name of a layer and a message."""
    gapped = [layer.name for layer in stack.superconductors]
    for name, sign in signs.items():
        if name not in stack.names:
            hint = did_you_mean(name, stack.names) or f"; the layers are {', '.join(stack.names)}"
            yield name, f"no layer is called {spell(name)}{hint}"
        elif name not in gapped:
            kind = stack.layer(name).material.kind
            yield name, f'only a superconductor has a sign of Δ; the material here is "{kind}"'
        elif type(sign) is not int or sign not in (1, -1):
            yield name, f"expected 1 or -1, got {spell(sign)}"
        elif stack.phases:
            yield (
                name,
                "a sign is a phase of 0 or π, and a layer has a phase; give one of both",
            )
    for island in islands(stack):
        asked = [name for name in island if name in signs]
        if len({str(signs[name]) for name in asked}) > 1:
            yield asked[-1], f"{all_of(island)} are in perfect contact, and have one sign of Δ"


def whole_pattern(stack: Stack, signs: Signs) -> Signs:
    """Signs of all superconductors, + where none is asked for in an island."""
    pattern: dict[str, int] = {}
    for island in islands(stack):
        asked = next((signs[name] for name in island if name in signs), 1)
        pattern |= dict.fromkeys(island, asked)
    return pattern


def _joined(stack: Stack, joins: Callable[[Interface], bool]) -> list[tuple[str, ...]]:
    """Layers in groups that some interfaces join, in the order of the stack."""
    group = {name: {name} for name in stack.names}
    for interface in filter(joins, stack.interfaces):
        joined = group[interface.left] | group[interface.right]
        for name in joined:
            group[name] = joined
    return list(
        dict.fromkeys(tuple(n for n in stack.names if n in group[each]) for each in stack.names)
    )
