# SPDX-License-Identifier: MIT
"""Finds what is doubtful about a case before it is solved."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fem_sf.case.bare import bare_numbers
from fem_sf.errors import Problem
from fem_sf.plausible import implausible

if TYPE_CHECKING:
    from fem_sf.settings import UsadelCase
    from fem_sf.spin.settings import SpinCase


_MOST = 20
"""Sentences that one reads."""


def doubts(case: UsadelCase | SpinCase) -> Iterator[Problem]:
    """Numbers that are hardly meant, and bare numbers beside units, each with its key."""
    found = [*implausible(case), *bare_numbers(case), *_long_screening(case)]
    yield from found[:_MOST]
    if len(found) > _MOST:
        yield Problem("", f"{len(found) - _MOST} more numbers are doubtful in the same way")


def cautions_before(case: UsadelCase | SpinCase) -> list[str]:
    """The same as sentences that begin with the key."""
    return [str(each) for each in doubts(case)]


_LONGEST_SCREENING = 1e-9
"""In m; that of metals is 0.05 to 0.1 nm."""

_THICK = 10
"""Screening lengths that a layer is thick at least, if its inside is to be neutral."""


def _long_screening(case: UsadelCase | SpinCase) -> Iterator[Problem]:
    """Layers that are hardly metals, where the case says what its units are."""
    if case.kind != "spin" or case.scales is None:
        return
    from fem_sf.spin.settings import SpinCase

    assert isinstance(case, SpinCase)
    scale = case.scales.length
    for layer in case.stack.layers:
        length = layer.material.screening_length
        told = f"the screening length √(α ε D/σ) is {length * scale * 1e9:.3g} nm"
        key = f"layers.{layer.name}.permittivity"
        if length * scale > _LONGEST_SCREENING:
            yield Problem(key, f"{told}; that of metals is about 0.1 nm, which is the default")
        elif layer.thickness is not None and _THICK * length > layer.thickness:
            yield Problem(key, f"{told}, more than a tenth of the layer, which is charged all over")
