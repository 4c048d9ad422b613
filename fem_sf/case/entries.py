# SPDX-License-Identifier: MIT
"""Reads the tables of a case by its schema and reports what is wrong."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from fem_sf.case.fields import Context
from fem_sf.case.positions import KeyPath
from fem_sf.case.report import Report
from fem_sf.case.schema import Table
from fem_sf.case.source import Source
from fem_sf.limits import REACH, is_within_reach
from fem_sf.words import did_you_mean, nearest, spell

_MOST_KEYS = 200
"""Keys of one table; the largest has a quarter of that."""

_MOST_TABLES = 1000
"""Tables of an array of tables."""

# How the schema's library marks that a key of a dictionary is wrong and not its value.
_KEY_ITSELF = "[key]"

AnyTable = TypeVar("AnyTable", bound=Table)


@dataclass(frozen=True)
class Entry(Generic[AnyTable]):
    """A table of a case, as far as it is right.

    Parameters
    ----------
    where
        Its path.
    table
        Its values; a wrong or missing one has its default.
    given
        The keys that it was given, also those with wrong values.
    meant
        The same and those that a misspelt key was probably meant to be.
    wrong
        Those of them whose values were wrong.
    """

    where: KeyPath
    table: AnyTable
    given: frozenset[str]
    meant: frozenset[str]
    wrong: frozenset[str]

    def key(self, name: str) -> KeyPath:
        """Path of one of its keys."""
        return (*self.where, name)


def read_table(
    schema: type[AnyTable], where: KeyPath, report: Report, context: Context
) -> Entry[AnyTable]:
    """Read the table at a path; one that is not there is empty and right."""
    raw = report.source.value(where)
    if raw is None:
        return _empty(schema, where)
    if not isinstance(raw, dict):
        name = "" if isinstance(where[-1], int) else f" [{where[-1]}]"
        report.add(where, f"expected a table{name}, got {_shape(raw)}")
        return _empty(schema, where)
    if len(raw) > _MOST_KEYS:
        report.add(where, f"has {len(raw)} keys; no table has more than {_MOST_KEYS}")
        return _empty(schema, where)
    wrong = _tell_out_of_reach(schema, where, report)
    crowded = {
        key: len(value)
        for key, value in raw.items()
        if isinstance(value, dict) and len(value) > _MOST_KEYS
    }
    for key, count in crowded.items():
        report.add((*where, key), f"has {count} keys; no table has more than {_MOST_KEYS}")
    wrong |= crowded.keys()
    errors: list[ErrorDetails] = []
    right = {key: value for key, value in raw.items() if key not in wrong}
    try:
        table = schema.model_validate(right, context=context)
    except ValidationError as error:
        errors = error.errors(include_url=False)
        wrong |= {str(each["loc"][0]) for each in errors}
        right = {key: value for key, value in raw.items() if key not in wrong}
        table = schema.model_validate(right, context=context)
    for each in errors:
        path = (*where, *(part for part in each["loc"] if part != _KEY_ITSELF))
        report.add(path, _message(schema, path, each, report.source, context))
    meant = frozenset(each for key in raw for each in _meant(key, schema))
    entry = Entry(where, table, frozenset(raw), meant, wrong)
    for key in schema.required:
        if key not in meant:
            add_missing(entry, key, report)
    return entry


def _empty(schema: type[AnyTable], where: KeyPath) -> Entry[AnyTable]:
    return Entry(where, schema.model_construct(), frozenset(), frozenset(), frozenset())


def _tell_out_of_reach(schema: type[Table], where: KeyPath, report: Report) -> frozenset[str]:
    """Report numbers with which nobody can compute; the keys that have one."""
    found = [
        (path, number)
        for key, value in report.source.value(where).items()
        if key not in schema.bounded_elsewhere
        for path, number in _numbers(value, (*where, key))
        if math.isfinite(number) and not is_within_reach(number)
    ]
    for path, number in found:
        report.add(path, f"expected {REACH}, got {spell(number)}")
    return frozenset(str(path[len(where)]) for path, _ in found)


def _numbers(value: Any, where: KeyPath) -> Iterator[tuple[KeyPath, float]]:
    """The numbers of a value, also those in a list, with their places."""
    if isinstance(value, float):
        yield where, value
    elif isinstance(value, list):
        for i, each in enumerate(value):
            yield from _numbers(each, (*where, i))


def _meant(key: str, schema: type[Table]) -> tuple[str, ...]:
    near = nearest(key, [*schema.model_fields, *schema.other_names])
    return schema.other_names.get(near, (near,)) if near else (key,)


def add_missing(entry: Entry[Any], key: str, report: Report) -> None:
    """Report that a key is missing."""
    report.add(entry.where, f'missing key "{key}"; expected {_description(type(entry.table), key)}')


def read_tables(
    schema: type[AnyTable], name: str, report: Report, context: Context
) -> list[Entry[AnyTable]]:
    """Read an array of tables; one that is not there counts as empty."""
    raw = report.source.data.get(name, [])
    if not isinstance(raw, list):
        report.add((name,), f"expected [[{name}]] in double brackets, got {_shape(raw)}")
        return []
    if len(raw) > _MOST_TABLES:
        report.add((name,), f"are {len(raw)} tables; expected at most {_MOST_TABLES}")
        return []
    return [read_table(schema, (name, i), report, context) for i in range(len(raw))]


def _shape(raw: Any) -> str:
    match raw:
        case dict():
            return "a table in single brackets"
        case [dict(), *_]:
            return "an array of tables in double brackets"
    return spell(raw)


def _message(
    schema: type[Table], path: KeyPath, error: ErrorDetails, source: Source, context: Context
) -> str:
    """Tell an error of the schema in the words of the schema."""
    if error["type"] == "extra_forbidden":
        return _unexpected(schema, path, source)
    return tell_error(schema, error, source.value(path), context)


def tell_error(schema: type[Table], error: ErrorDetails, value: Any, context: Context) -> str:
    """Tell what is wrong with a value in the words of the schema."""
    if error["type"] == "refused":
        return error["msg"]
    expected = _description(schema, str(error["loc"][0])).replace("{length}", context.length)
    return f"expected {expected}, got {spell(value)}"


def _description(schema: type[Table], key: str) -> str:
    return schema.model_fields[key].description or ""


def _unexpected(schema: type[Table], path: KeyPath, source: Source) -> str:
    key = str(path[-1])
    if key in schema.refused:
        return schema.refused[key]
    if key in schema.other_names:
        keys = [(*path[:-1], each) for each in schema.other_names[key]]
        other = next(each for each in keys if source.value(each) is not None)
        return f"says the same as {source.written(other)[-1]}; leave one of them out"
    if not schema.model_fields:
        return "unknown key; this table has none"
    known = ", ".join(schema.model_fields)
    hint = did_you_mean(key, [*schema.model_fields, *schema.other_names])
    return f"unknown key{hint or f'; the keys here are {known}'}"
