# SPDX-License-Identifier: MIT
"""Reads settings that are tables: PETSc options, probes by layer, names of mesh groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fem_sf.checked import (
    Unexpected,
    finite,
    items,
    number,
    refuse,
    sequence,
    show_key,
)
from fem_sf.words import any_of

_SOLVERS_OF_PETSC = ("snes_", "ksp_", "pc_", "mat_", "mg_", "sub_", "fieldsplit_", "redundant_")
_FILES_AND_CODE = {"file", "filename", "dir", "tmpdir", "path", "load", "python", "shell"}


def read_options(value: Any) -> dict[str, str]:
    """Read PETSc options: names without the leading dash, values as on a command line."""
    if not isinstance(value, Mapping):
        raise refuse('a dictionary of PETSc options, as in {"pc_type": "lu"}', value)
    options = {}
    for name, each in value.items():
        if not isinstance(name, str) or not name or name.startswith("-"):
            raise refuse("names of PETSc options without the leading -", name)
        if isinstance(each, bool):
            options[name] = str(each).lower()
        elif isinstance(each, str | int | float):
            options[name] = str(each)
        else:
            raise refuse("text or a number", each) from None
        expected = _not_of_a_solver(name, options[name])
        if expected:
            raise refuse(expected, f"{name} = {options[name]}")
    return options


def _not_of_a_solver(name: str, value: str) -> str:
    """What is expected instead of a PETSc option that does more than choose how to solve."""
    words = set(name.split("_"))
    if not name.startswith(_SOLVERS_OF_PETSC):
        return f"PETSc options that begin with {any_of(_SOLVERS_OF_PETSC)}"
    if words & _FILES_AND_CODE or value in _FILES_AND_CODE or set(value) & set(":/\\"):
        return "PETSc options that name no file, viewer or Python class"
    if ("view" in name or "monitor" in name) and value not in ("", "true", "false"):
        return "true or false for what PETSc prints, which goes to the terminal"
    return ""


def read_probes(value: Any) -> dict[str, tuple[Any, ...]]:
    """Read by layer all positions, or all points."""
    expected = 'a dictionary of positions by layer, as in {"S": [0.0, 5.0]}'
    if not isinstance(value, Mapping):
        raise refuse(expected, value)
    probes = {}
    for name, given in value.items():
        if not isinstance(name, str):
            raise refuse(expected, value)
        try:
            probes[name] = _read_places(given)
        except Unexpected as error:
            raise Unexpected(str(error), f".{show_key(name)}{error.place}") from None
    return probes


def _read_places(given: Any) -> tuple[Any, ...]:
    expected = "a list of positions, numbers, or of points (x, y)"
    places = items(given, expected)
    if any(hasattr(each, "__len__") and not isinstance(each, str) for each in places):
        points = sequence(sequence(number()))(places)
        if not {len(point) for point in points} <= {2, 3} or len(set(map(len, points))) > 1:
            raise refuse(expected, given)
        return points
    return sequence(number(finite("a position, a finite number")))(places)


def read_group_names(value: Any) -> dict[int, str]:
    """Read names of groups by their numbers, which may be text as in a case."""
    expected = 'names of layers by the numbers of their cells, as in {1: "S", 2: "F"}'
    if not isinstance(value, Mapping):
        raise refuse(expected, value)
    names = {}
    for key, name in value.items():
        is_number = isinstance(key, int) or (isinstance(key, str) and key.isdecimal())
        if not is_number or not isinstance(name, str) or not name:
            raise refuse(expected, value)
        names[int(key)] = name
    return names
