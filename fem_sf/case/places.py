# SPDX-License-Identifier: MIT
"""Finds the line of a case file for a problem that names a layer or an interface."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from fem_sf.case.positions import KeyPath, spell_key
from fem_sf.case.report import Report
from fem_sf.case.source import Source
from fem_sf.case.units import looks_like_quantity
from fem_sf.errors import InputError, MissingInterface
from fem_sf.words import spell

_PART = re.compile(r"\[(?P<index>\d+)\]|(?P<key>[^.\[\]]+)")


def add_problems(error: InputError, report: Report) -> None:
    """Put the problems of a stack or a mesh into the report, each with its place in the file."""
    for problem in error.problems:
        where = find_place(problem.key, report.source)
        written = report.source.value(where)
        # a converted value is not what the user wrote
        has_unit = isinstance(written, str) and looks_like_quantity(written)
        origin = f" (from {spell(written)})" if has_unit else ""
        message = problem.in_case if isinstance(problem, MissingInterface) else problem.message
        report.add(where, f"{message}{origin}")


Made = TypeVar("Made")


def make(
    kind: Callable[..., Made],
    values: Mapping[str, Any],
    owner: str,
    report: Report,
    anything: Mapping[str, Any],
) -> Made:
    """Make an object of what a table says; what is wrong with it goes into the report.

    Parameters
    ----------
    kind
        Its class.
    values
        Its parameters, as far as the table has them.
    owner
        What the keys of its problems begin with, as in ``layers.F``.
    report
        Of the case.
    anything
        Stand-ins for parameters that are wrong or missing, so that the rest is still checked.
    """
    right = dict(values)
    for _ in range(2):
        try:
            return kind(**{**anything, **right})
        except InputError as error:
            told = [
                replace(each, key=each.key.removeprefix(f"{owner}.")) for each in error.problems
            ]
        wrong = {problem: next(_parts(problem.key)) for problem in told}
        # of what the stand-ins do not fit, nothing is said
        own = [each for each in told if wrong[each] in right or right == values]
        add_problems(InputError([replace(each, key=f"{owner}.{each.key}") for each in own]), report)
        right = {key: value for key, value in right.items() if key not in wrong.values()}
    return kind(**anything)


def find_place(key: str, source: Source) -> KeyPath:
    """Path of a key such as ``layers.F.thickness`` or ``interfaces.S|F.gamma``."""
    places = [place for place in _named_places(source.data) if f"{key}.".startswith(f"{place[0]}.")]
    # of "F" and "F.1" the longer name is meant
    prefix, path = max(places, key=lambda place: len(place[0]), default=("", ()))
    return (*path, *_parts(key.removeprefix(prefix)))


def _parts(key: str) -> Iterator[str | int]:
    """Split ``time.times[2]`` into its keys and indices."""
    for match in _PART.finditer(key):
        yield int(match["index"]) if match["index"] else match["key"]


def stand_in(where: KeyPath) -> str:
    """Name a layer while it has no name of its own."""
    return spell_key(where)


def _named_places(data: dict[str, Any]) -> Iterator[tuple[str, KeyPath]]:
    for i, layer in enumerate(_entries(data, "layers")):
        yield f"layers.{layer.get('name')}", ("layers", i)
        yield f"layers.{stand_in(('layers', i))}", ("layers", i)
    for i, interface in enumerate(_entries(data, "interfaces")):
        match interface.get("between"):
            case [left, right]:
                yield f"interfaces.{left}|{right}", ("interfaces", i)
                yield f"interfaces.{right}|{left}", ("interfaces", i)


def _entries(data: dict[str, Any], name: str) -> list[dict[str, Any]]:
    raw = data.get(name)
    return [each if isinstance(each, dict) else {} for each in raw] if isinstance(raw, list) else []
