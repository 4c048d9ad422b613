# SPDX-License-Identifier: MIT
"""Turns quantities with units, ``"2 nm"`` or ``"150 K"``, into reduced numbers.

What a quantity is divided by follows from the ``[units]`` table of its case, in the way that its
kind says.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from fem_sf.words import did_you_mean, spell

_QUANTITY = re.compile(r"\s*(?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(?P<unit>.*)")
_LONGEST = 100
"""Characters of a quantity."""

_NOT_IN_UNITS = re.compile(r"\d{3}|\d[\s)]*(?:\*\*|\^)|[^\w\s*/^().+\-·²³⁻¹⁰-⁹°ÅΩ%]")
"""Numbers that are no exponents, powers of numbers, and signs that no unit has."""

_USUAL_UNITS = (
    *("m", "mm", "um", "µm", "nm", "cm", "Å", "m^2", "cm^2", "nm^2", "um^2", "meter", "nanometer"),
    *("K", "mK", "kelvin", "eV", "meV", "µeV", "ueV", "J", "joule", "s", "second"),
    *("ohm", "Ω", "S", "siemens", "V", "mV", "volt", "A", "ampere", "F", "farad"),
    *("ns", "ps", "fs", "Hz", "MHz", "GHz", "THz", "rad"),
)

Conversion = Callable[[float], float]


@dataclass(frozen=True)
class Kind:
    """A kind of quantity that a case may give with a unit.

    Parameters
    ----------
    name
        What messages call it.
    unit
        The SI unit it is converted to.
    example
        A value as one would write it.
    scale
        From the scales of a case to the value of its reduced unit in ``unit``; ``None`` where
        nothing is reduced.
    also
        Units of other kinds that are understood, each with the way from a value in it to ``unit``.
    ambiguous
        Parts of units by which people mean different things, each with what to write instead.
    """

    name: str
    unit: str
    example: str
    scale: Callable[[Any], float] | None = None
    also: Mapping[str, Conversion] = field(default_factory=dict)
    ambiguous: Mapping[str, str] = field(default_factory=dict)


LENGTH = Kind("a length", "m", "2 nm", attrgetter("length"))
DIFFUSIVITY = Kind("a diffusivity", "m^2/s", "5 cm^2/s", attrgetter("diffusivity"))


class QuantityError(ValueError):
    """A text is not a quantity of the kind asked for; the message says why."""


@dataclass(frozen=True)
class Physical:
    """A value in SI units that only the whole case can reduce.

    Parameters
    ----------
    value
        In the SI unit of its kind.
    """

    value: float


def looks_like_quantity(text: str) -> bool:
    """Whether a text begins with a number and goes on with something like a unit."""
    match = _QUANTITY.fullmatch(text)
    return match is not None and bool(match["unit"])


def read_quantity(text: str, kind: Kind) -> float:
    """Value of a text such as ``"2 nm"`` in the SI unit of its kind.

    Raises
    ------
    QuantityError
        If the text is no number with a unit, or its unit is unknown, ambiguous or of another kind.
    """
    match = _QUANTITY.fullmatch(text)
    if match is None or not match["unit"] or len(text) > _LONGEST:
        raise _unexpected(text, kind)
    unit = match["unit"]
    if _NOT_IN_UNITS.search(unit):
        raise _unexpected(text, kind, f'; "{unit}" cannot be read as a unit')
    for part, reason in kind.ambiguous.items():
        if part in unit:
            raise _unexpected(text, kind, f"; {reason}")
    parsed = _read_unit(text, unit, kind)
    ways: dict[str, Conversion] = {kind.unit: float, **kind.also}
    understood = next((each for each in ways if parsed.is_compatible_with(each)), None)
    if understood is None:
        raise _unexpected(text, kind, f'; "{unit}" is a unit of something else')
    try:
        value = ways[understood](_converted(float(match["number"]), parsed, understood))
    except ZeroDivisionError:
        raise _unexpected(text, kind, "; that has no inverse") from None
    if not math.isfinite(value):
        raise _unexpected(text, kind, "; that is too large")
    return value


def reduce_quantity(value: float, kind: Kind, scales: Any) -> float:
    """Divide an SI value by the reduced unit of its kind."""
    assert kind.scale is not None
    return value / kind.scale(scales)


def _unexpected(text: str, kind: Kind, reason: str = "") -> QuantityError:
    return QuantityError(
        f'expected {kind.name} with its unit, as in "{kind.example}", got {spell(text)}{reason}'
    )


@functools.cache
def _registry() -> Any:
    # pint takes longer to import than everything else in checking a case
    import pint

    return pint.UnitRegistry()


def _converted(value: float, unit: Any, target: str) -> float:
    """A value in another unit; that of a temperature may have another zero too."""
    zero, one = _zero_and_one(unit, target)
    return value * one if zero == 0 else float(_registry().Quantity(value, unit).to(target).m)


@functools.lru_cache(maxsize=100)
def _zero_and_one(unit: Any, target: str) -> tuple[float, float]:
    quantity = _registry().Quantity
    zero, one = (float(quantity(each, unit).to(target).m) for each in (0.0, 1.0))
    return zero, one


def _read_unit(text: str, unit: str, kind: Kind) -> Any:
    import pint

    try:
        return _registry().parse_units(f"1{unit}" if unit.startswith("/") else unit)
    except pint.UndefinedUnitError as error:
        name = str(error.unit_names[0])
        hint = did_you_mean(name, _USUAL_UNITS)
        raise _unexpected(text, kind, f'; unknown unit "{name}"{hint}') from None
    except Exception:  # pint lets through whatever its tokenizer raises
        raise _unexpected(text, kind, f'; "{unit}" cannot be read as a unit') from None
