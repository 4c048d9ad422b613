# SPDX-License-Identifier: MIT
"""Types of the values that a case may hold: quantities, words, vectors."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainValidator, ValidationInfo
from pydantic_core import PydanticCustomError

from fem_sf.case.units import (
    CONDUCTIVITY,
    DIFFUSIVITY,
    ENERGY,
    LENGTH,
    RESISTANCE,
    TEMPERATURE,
    THERMAL_ENERGY,
    Kind,
    Physical,
    QuantityError,
    looks_like_quantity,
    read_quantity,
    reduce_quantity,
)
from fem_sf.interfaces import LAWS
from fem_sf.materials import MATERIALS
from fem_sf.settings import GAPS, PhysicalScales
from fem_sf.words import any_of, did_you_mean, spell

ADD_UNITS = (
    'add a [units] table with critical_temperature = "…" and diffusivity = "…" '
    "of the bulk superconductor"
)


@dataclass(frozen=True)
class Context:
    """What the values of a case are read with.

    Parameters
    ----------
    scales
        The units of the case; ``None`` where it has no ``[units]`` table.
    """

    scales: PhysicalScales | None = None


def _context(info: ValidationInfo) -> Context:
    context: Context | None = info.context
    assert context is not None
    return context


def refuse(message: str) -> PydanticCustomError:
    """Make an error with a message that is complete as it is."""
    return PydanticCustomError("refused", "{message}", {"message": message})


def number_or_refuse(value: Any, expected: str) -> float:
    """Read a finite number; booleans are none."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if math.isfinite(number):
            return number
    raise refuse(f"expected {expected}, got {spell(value)}")


def _read_si(text: str, kind: Kind) -> float:
    try:
        return read_quantity(text, kind)
    except QuantityError as error:
        raise refuse(str(error)) from None


def _scales(text: str, context: Context) -> PhysicalScales:
    """Get the units of the case, needed because ``text`` is not a number."""
    scales = context.scales
    if scales is not None:
        return scales
    if looks_like_quantity(text):
        raise refuse(f"{spell(text)} needs units: {ADD_UNITS}")
    hint = "; write it without quotes" if _is_number(text) else ""
    raise refuse(f"expected a number, got {spell(text)}{hint}")


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def read_reduced(value: Any, kind: Kind, context: Context) -> Any:
    """Text with a unit as a reduced number; anything else as it is."""
    if not isinstance(value, str):
        return value
    scales = _scales(value, context)
    return reduce_quantity(_read_si(value, kind), kind, scales)


def _reduced(kind: Kind) -> BeforeValidator:
    def read(value: Any, info: ValidationInfo) -> Any:
        return read_reduced(value, kind, _context(info))

    return BeforeValidator(read)


def _read_positive_si(value: Any, kind: Kind) -> float:
    if not isinstance(value, str):
        example = f'as in "{kind.example}"'
        raise refuse(f"expected {kind.name} with its unit, {example}, got {spell(value)}")
    number = _read_si(value, kind)
    if number <= 0:
        raise refuse(f"expected {kind.name} > 0, got {spell(value)}")
    return number


def _scale(kind: Kind) -> PlainValidator:
    """Text with a unit, kept in SI, for the table that defines the units."""

    def read(value: Any) -> float:
        return _read_positive_si(value, kind)

    return PlainValidator(read)


def _read_resistance(value: Any, info: ValidationInfo) -> Physical:
    if isinstance(value, str):
        _scales(value, _context(info))
    return Physical(_read_positive_si(value, RESISTANCE))


def _read_conductivity(value: Any, info: ValidationInfo) -> float | Physical:
    if isinstance(value, str):
        _scales(value, _context(info))
        return Physical(_read_positive_si(value, CONDUCTIVITY))
    expected = "σ/σ_S, a number > 0"
    number = number_or_refuse(value, expected)
    if number <= 0:
        raise refuse(f"expected {expected}, got {spell(value)}")
    return number


def _read_gap(value: Any, info: ValidationInfo) -> str | float:
    if value in GAPS:
        return str(value)
    expected = f"{', '.join(spell(word) for word in GAPS)} or Δ/Tc, a number ≥ 0"
    if isinstance(value, str) and not any(letter.isdigit() for letter in value):
        hint = did_you_mean(value, GAPS)
        raise refuse(f"unknown gap {spell(value)}{hint or f'; expected {expected}'}")
    gap = number_or_refuse(read_reduced(value, ENERGY, _context(info)), expected)
    if gap < 0:
        raise refuse(f"expected {expected}, got {spell(value)}")
    return gap


def _read_exchange(value: Any, info: ValidationInfo) -> float:
    """J along +z, given as a number or as a vector along z."""
    expected = "J in Tc, a number or a vector [Jx, Jy, Jz]"
    components = value if isinstance(value, list) else [0, 0, value]
    if len(components) != 3:
        raise refuse(f"expected {expected}, got a list of {len(components)}")
    x, y, z = (
        number_or_refuse(read_reduced(component, ENERGY, _context(info)), expected)
        for component in components
    )
    if x or y:
        raise refuse(
            f"got {spell(value)}: exchange fields that do not point along z are not available in "
            "this version; only [0, 0, Jz] is"
        )
    return z


def _read_frequency(value: Any, info: ValidationInfo) -> float:
    expected = "ω/Tc, a number > 0"
    omega = number_or_refuse(read_reduced(value, ENERGY, _context(info)), expected)
    if omega <= 0:
        raise refuse(f"expected {expected}, got {spell(value)}")
    return omega


def read_position(value: Any, context: Context) -> float | tuple[float, float]:
    """Read a position from the left end of a layer, or a point (x, y)."""
    expected = "positions in ξ0, numbers"
    coordinates = [
        number_or_refuse(read_reduced(coordinate, LENGTH, context), expected)
        for coordinate in (value if isinstance(value, list) else [value])
    ]
    match coordinates:
        case [x]:
            return x
        case [x, y]:
            return (x, y)
    raise refuse(f"expected positions or points [x, y], got {spell(value)}")


def _read_option(value: Any) -> str:
    """Spell the value of a PETSc option as on a command line."""
    if isinstance(value, str | bool | int | float):
        return value if isinstance(value, str) else spell(value)
    raise refuse(f"expected the value of a PETSc option, text or number, got {spell(value)}")


def _read_option_name(name: str) -> str:
    if name.startswith("-"):
        raise refuse(f"write PETSc options without the leading -, as in {name.lstrip('-')}")
    return name


def _one_of(what: str, words: Iterable[str]) -> PlainValidator:
    known = tuple(words)

    def read(value: Any) -> str:
        if not isinstance(value, str):
            raise refuse(f"expected {any_of(known)}, got {spell(value)}")
        if value not in known:
            hint = did_you_mean(value, known)
            raise refuse(f"unknown {what} {spell(value)}{hint or f'; expected {any_of(known)}'}")
        return value

    return PlainValidator(read)


Length = Annotated[float, _reduced(LENGTH)]
Temperature = Annotated[float, _reduced(THERMAL_ENERGY)]
Diffusivity = Annotated[float, _reduced(DIFFUSIVITY)]
Conductivity = Annotated[float | Physical, PlainValidator(_read_conductivity)]
Resistance = Annotated[Physical, PlainValidator(_read_resistance)]
TemperatureScale = Annotated[float, _scale(TEMPERATURE)]
DiffusivityScale = Annotated[float, _scale(DIFFUSIVITY)]
ConductivityScale = Annotated[float, _scale(CONDUCTIVITY)]
Gap = Annotated[str | float, PlainValidator(_read_gap)]
Exchange = Annotated[float, PlainValidator(_read_exchange)]
Frequency = Annotated[float, PlainValidator(_read_frequency)]
MaterialWord = Annotated[str, _one_of("material", MATERIALS)]
LawWord = Annotated[str, _one_of("law", LAWS)]
OptionValue = Annotated[str, PlainValidator(_read_option)]
OptionName = Annotated[str, PlainValidator(_read_option_name)]
