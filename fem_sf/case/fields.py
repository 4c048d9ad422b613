# SPDX-License-Identifier: MIT
"""Types of values that cases of every kind hold: quantities, words, options."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, PlainValidator, ValidationInfo
from pydantic_core import PydanticCustomError

from fem_sf.case.units import (
    DIFFUSIVITY,
    LENGTH,
    Kind,
    QuantityError,
    looks_like_quantity,
    read_quantity,
    reduce_quantity,
)
from fem_sf.limits import (
    LARGEST_SCALE,
    REACH,
    SMALLEST_SCALE,
    is_within_reach,
)
from fem_sf.words import any_of, did_you_mean, printable, spell


@dataclass(frozen=True)
class Context:
    """What the values of a case are read with.

    Parameters
    ----------
    scales
        The units of the case; ``None`` where it has no ``[units]`` table.
    length
        What the unit of length is called.
    add_units
        How to add units where a quantity needs them.
    """

    scales: Any = None
    length: str = ""
    add_units: str = ""


def context_of(info: ValidationInfo) -> Context:
    """What a value is read with."""
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
            if not is_within_reach(number):
                raise refuse(f"expected {REACH}, got {spell(value)}")
            return number
    raise refuse(f"expected {expected}, got {spell(value)}")


def need_scales(text: str, context: Context) -> Any:
    """Get the units of the case, needed because ``text`` is not a number."""
    if context.scales is not None:
        return context.scales
    if looks_like_quantity(text):
        raise refuse(f"{spell(text)} needs units: {context.add_units}")
    hint = "; write it without quotes" if _is_number(text) else ""
    raise refuse(f"expected a number, got {spell(text)}{hint}")


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _read_si(text: str, kind: Kind) -> float:
    try:
        return read_quantity(text, kind)
    except QuantityError as error:
        raise refuse(str(error)) from None


def read_reduced(value: Any, kind: Kind, context: Context) -> Any:
    """Text with a unit as a reduced number; anything else as it is."""
    if not isinstance(value, str):
        return value
    scales = need_scales(value, context)
    number = reduce_quantity(_read_si(value, kind), kind, scales)
    if not is_within_reach(number):
        raise refuse(f"{spell(value)} is {number:.3g} in reduced units; expected {REACH}")
    return number


def reduced(kind: Kind) -> BeforeValidator:
    """Read a number, or text with a unit."""

    def read(value: Any, info: ValidationInfo) -> Any:
        return read_reduced(value, kind, context_of(info))

    return BeforeValidator(read, json_schema_input_type=float | str)


def read_positive_si(value: Any, kind: Kind) -> float:
    """Read text with a unit, kept in SI."""
    if not isinstance(value, str):
        example = f'as in "{kind.example}"'
        raise refuse(f"expected {kind.name} with its unit, {example}, got {spell(value)}")
    number = _read_si(value, kind)
    if number <= 0:
        raise refuse(f"expected {kind.name} > 0, got {spell(value)}")
    if not SMALLEST_SCALE <= number <= LARGEST_SCALE:
        ends = f"between {SMALLEST_SCALE:g} and {LARGEST_SCALE:g} {kind.unit}"
        raise refuse(f"expected {kind.name} {ends}, got {spell(value)}")
    return number


def scale(kind: Kind) -> PlainValidator:
    """Text with a unit, kept in SI, for the table that defines the units."""

    def read(value: Any) -> float:
        return read_positive_si(value, kind)

    return PlainValidator(read, json_schema_input_type=str)


def read_position(value: Any, context: Context) -> float | tuple[float, float]:
    """Read a position from the left end of a layer, or a point (x, y)."""
    expected = f"positions in {context.length}, numbers"
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


_LONGEST_TITLE = 500
_RANGE = ("start", "stop", "count")


def read_range(
    value: dict[str, Any], read_end: Callable[[Any], float], what: str, most: int
) -> tuple[float, ...]:
    """Read ``{ start, stop, count }`` as equally spaced numbers, both ends included.

    Parameters
    ----------
    value
        The table.
    read_end
        Reads its start and its stop.
    what
        What messages call the numbers, in the plural.
    most
        How many there may be.
    """
    unknown = next((key for key in value if key not in _RANGE), None)
    if unknown is not None:
        hint = did_you_mean(unknown, _RANGE) or f"; the keys here are {', '.join(_RANGE)}"
        raise refuse(f"unknown key {spell(unknown)}{hint}")
    missing = next((key for key in _RANGE if key not in value), None)
    if missing is not None:
        raise refuse(f'missing key "{missing}"; expected {{ start = …, stop = …, count = … }}')
    start, stop = (read_end(value[key]) for key in ("start", "stop"))
    count = value["count"]
    if not isinstance(count, int) or isinstance(count, bool) or count < 2:
        raise refuse(f"expected a count of {what}, a whole number ≥ 2, got {spell(count)}")
    if count > most:
        raise refuse(f"expected at most {most} {what}, got {spell(count)}")
    if not start < stop:
        ends = f"start = {spell(value['start'])} and stop = {spell(value['stop'])}"
        raise refuse(f"expected a stop above the start, got {ends}")
    return tuple(start + (stop - start) * i / (count - 1) for i in range(count))


def _read_title(value: Any) -> str:
    """Read text for headings of pictures and tables."""
    if not isinstance(value, str):
        raise refuse(f'expected text, as in title = "Proximity effect", got {spell(value)}')
    if len(value) > _LONGEST_TITLE:
        raise refuse(f"expected at most {_LONGEST_TITLE} characters, got {len(value)}")
    if printable(value, but="\xa0\u2009\u202f") != value:
        raise refuse(f"expected one line of text without control characters, got {spell(value)}")
    return value


def _read_option(value: Any) -> str:
    """Spell the value of a PETSc option as on a command line."""
    if isinstance(value, str | bool | int | float):
        return value if isinstance(value, str) else spell(value)
    raise refuse(f"expected the value of a PETSc option, text or number, got {spell(value)}")


def _read_option_name(name: str) -> str:
    if name.startswith("-"):
        raise refuse(f"write PETSc options without the leading -, as in {name.lstrip('-')}")
    return name


def one_of(what: str, words: Iterable[str]) -> PlainValidator:
    """One of some words."""
    known = tuple(words)

    def read(value: Any) -> str:
        if not isinstance(value, str):
            raise refuse(f"expected {any_of(known)}, got {spell(value)}")
        if value not in known:
            hint = did_you_mean(value, known)
            raise refuse(f"unknown {what} {spell(value)}{hint or f'; expected {any_of(known)}'}")
        return value

    return PlainValidator(read, json_schema_input_type=Literal[known])


Length = Annotated[float, reduced(LENGTH)]
Diffusivity = Annotated[float, reduced(DIFFUSIVITY)]
Title = Annotated[str, PlainValidator(_read_title)]
OptionValue = Annotated[str, PlainValidator(_read_option)]
OptionName = Annotated[str, PlainValidator(_read_option_name)]
