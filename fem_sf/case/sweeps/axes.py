# SPDX-License-Identifier: MIT
"""Reads the axes of a sweep: each line of ``[sweep]`` with its targets and their values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from fem_sf.case.entries import tell_error
from fem_sf.case.fields import Context, read_range, refuse
from fem_sf.case.positions import KeyPath
from fem_sf.case.report import Report
from fem_sf.case.sweeps.targets import Target, UnknownTarget, find_target, split_paths
from fem_sf.case.units import Physical, looks_like_quantity
from fem_sf.errors import InputError
from fem_sf.limits import MOST_POINTS
from fem_sf.sweeps import Axis, Value
from fem_sf.words import spell

_EXAMPLE = "as in [0.1, 0.2], or { start = 0.1, stop = 0.5, count = 5 }"
_RANGE = {"start", "stop", "count"}
_DIGITS = 15
_MOST_AXES = 20
_LONGEST_KEY = 1000
_COMPONENTS = 3


@dataclass(frozen=True)
class WrittenAxis:
    """One line of ``[sweep]``.

    Parameters
    ----------
    name
        Its key, with single spaces.
    where
        Its place.
    targets
        What it changes.
    values
        As they are put into the case.
    places
        Where each of them is written.
    """

    name: str
    where: KeyPath
    targets: tuple[Target, ...]
    values: tuple[Any, ...]
    places: tuple[KeyPath, ...]


def read_axes(targets: Mapping[str, Target], context: Context, report: Report) -> list[WrittenAxis]:
    """Read ``[sweep]``, as far as it is right; what is wrong goes into the report.

    Parameters
    ----------
    targets
        What may be swept, by its path.
    context
        What the values of the case are read with.
    report
        Of the case.
    """
    table = report.source.value(("sweep",))
    if not isinstance(table, dict) or not table:
        message = "expected a table [sweep] with keys of the case and values for them"
        report.add(("sweep",), f'{message}, as in "layers.F.thickness" = [0.1, 0.2]')
        return []
    if len(table) > _MOST_AXES:
        report.add(("sweep",), f"has {len(table)} keys; expected at most {_MOST_AXES}")
        return []
    axes = []
    seen: dict[KeyPath, str] = {}
    for written, raw in table.items():
        where = ("sweep", written)
        if len(written) > _LONGEST_KEY:
            report.add(where, f"a key has at most {_LONGEST_KEY} characters, got {len(written)}")
            continue
        if isinstance(raw, dict) and not _RANGE & raw.keys():
            path = ".".join((written, *_inner_keys(raw)))
            report.add(where, f'write dotted paths in quotes, as in "{path}" = [0.1, 0.2]')
            continue
        found = _find_targets(written, where, targets, seen, report)
        values = _read_values(raw, where, found, context, report)
        if found and values:
            name = ", ".join(split_paths(written, targets))
            numbers, places = zip(*values, strict=True)
            axes.append(WrittenAxis(name, where, found, numbers, places))
    return axes


def _inner_keys(table: dict[str, Any]) -> Iterator[str]:
    """The first key of a table, of the table that it holds, and so on."""
    for key, value in table.items():
        yield key
        if isinstance(value, dict) and not _RANGE & value.keys():
            yield from _inner_keys(value)
        return


def _find_targets(
    written: str,
    where: KeyPath,
    targets: Mapping[str, Target],
    seen: dict[KeyPath, str],
    report: Report,
) -> tuple[Target, ...]:
    """The targets of a key, all of which must be known and of no other axis."""
    found = []
    right = True
    paths = split_paths(written, targets)
    for path in paths:
        subject = f"{spell(path)}: " if len(paths) > 1 else ""
        try:
            target = find_target(path, targets)
        except UnknownTarget as error:
            report.add(where, f"{subject}{error}")
            right = False
            continue
        for place in target.places:
            if place in seen:
                report.add(where, f"{subject}this is swept by {spell(seen[place])} already")
                right = False
            seen.setdefault(place, written)
        found.append(target)
    return tuple(found) if right else ()


def _read_values(
    raw: Any, where: KeyPath, targets: tuple[Target, ...], context: Context, report: Report
) -> list[tuple[Any, KeyPath]]:
    """Values with their places; empty where they cannot be read."""
    if isinstance(raw, list) and len(raw) > MOST_POINTS:
        report.add(where, f"expected at most {MOST_POINTS} values, got {len(raw)}")
        return []
    if isinstance(raw, list) and raw:
        return [(value, (*where, i)) for i, value in enumerate(raw)]
    if not isinstance(raw, dict):
        report.add(where, f"expected a list of values, {_EXAMPLE}, got {spell(raw)}")
        return []

    def read_end(value: Any) -> float:
        number = reduced(targets[0], value, context) if targets else value
        if isinstance(number, int | float) and not isinstance(number, bool):
            return number
        raise refuse(f"expected numbers as start and stop, got {spell(value)}")

    try:
        numbers = read_range(raw, read_end, "values", MOST_POINTS)
    except PydanticCustomError as error:
        report.add(where, error.message())
        return []
    whole = all(isinstance(raw[end], int) for end in ("start", "stop"))
    return [(_rounded(number, whole=whole), where) for number in numbers]


def _rounded(number: float, *, whole: bool) -> float:
    """A number as one would write it; whole where both ends of its range are."""
    short = float(f"{number:.{_DIGITS}g}")
    return int(short) if whole and short.is_integer() else short


def reduced(target: Target, value: Any, context: Context) -> Any:
    """Read a value of a key as the case does.

    Raises
    ------
    PydanticCustomError
        Saying what was expected.
    """
    try:
        table = target.schema.model_validate({target.key: value}, context=context)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise refuse(tell_error(target.schema, first, value, context)) from None
    return getattr(table, target.key)


def plain_axis(axis: WrittenAxis, context: Context, report: Report) -> Axis | None:
    """The axis as plain data, in reduced units; its values are right one by one."""
    target = axis.targets[0]
    values = [reduced(target, value, context) for value in axis.values]
    unit = ", ".join(dict.fromkeys(each.unit(context) for each in axis.targets))
    if all(isinstance(value, Physical) for value in values):
        values, unit = [value.value for value in values], "SI"
    with_units = any(_has_unit(value) for value in axis.values)
    try:
        return Axis(
            axis.name,
            _of_one_kind(values, axis.values),
            unit,
            tuple(_bare(value) for value in axis.values) if with_units else (),
        )
    except InputError as error:
        report.add(axis.where, error.problems[0].message)
    return None


def _of_one_kind(values: list[Any], written: tuple[Any, ...]) -> tuple[Value, ...]:
    """Numbers, vectors (a number among them is along z), or texts as the case writes them."""
    numbers = [isinstance(each, int | float) and not isinstance(each, bool) for each in values]
    if all(numbers):
        return tuple(values)
    vectors = [isinstance(each, list | tuple) and len(each) == _COMPONENTS for each in values]
    if all(map(max, zip(numbers, vectors, strict=True))):
        return tuple(
            tuple(map(float, each)) if isinstance(each, list | tuple) else (0.0, 0.0, float(each))
            for each in values
        )
    return tuple(map(_bare, written))


def _has_unit(value: Any) -> bool:
    if isinstance(value, list):
        return any(map(_has_unit, value))
    return isinstance(value, str) and looks_like_quantity(value)


def _bare(value: Any) -> str:
    """A value as a case would write it; text without its quotes."""
    match value:
        case str():
            return value
        case dict():
            return f"{{ {', '.join(f'{key} = {spell(each)}' for key, each in value.items())} }}"
    return spell(value)
