# SPDX-License-Identifier: MIT
"""Changes some settings, layers or laws of a case by their names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from typing import Any

from fem_sf.errors import InputError, Problem
from fem_sf.words import did_you_mean


def changed(case: Any, changes: Mapping[str, Any]) -> Any:
    """Make a case with other settings.

    Parameters
    ----------
    case
        A case.
    changes
        By name: a setting of the case, as ``temperature``; or by layer or interface a number of
        that, as ``thickness = {"F": 2.0}``, ``exchange = {"F": 15.0}``, ``gamma = {"S|F": 0.1}``.

    Raises
    ------
    InputError
        If there is no such setting, or it does not take the value.
    """
    settings = {each.name for each in fields(case)}
    own = {name: value for name, value in changes.items() if name in settings}
    for name, value in changes.items():
        if name in settings:
            continue
        if not isinstance(value, Mapping):
            raise InputError([Problem(name, _unknown(name, settings))])
        stack = own.get("stack", case.stack)
        for owner, each in value.items():
            stack = _with_part(stack, owner, name, each)
        own["stack"] = stack
    return replace(case, **own)


def _with_part(stack: Any, owner: str, name: str, value: Any) -> Any:
    """A stack in which a number of one layer or interface is another."""
    for kind in ("layers", "interfaces"):
        parts = list(getattr(stack, kind))
        for i, part in enumerate(parts):
            if part.name == owner:
                parts[i] = _with_number(part, owner, name, value)
                whole = {"layers": stack.layers, "interfaces": stack.interfaces, kind: parts}
                return type(stack)(whole["layers"], whole["interfaces"])
    names = [part.name for part in (*stack.layers, *stack.interfaces)]
    hint = did_you_mean(owner, names)
    message = f"expected a layer or an interface, {', '.join(names)}; got {owner!r}{hint}"
    raise InputError([Problem(name, message)])


def _with_number(part: Any, owner: str, name: str, value: Any) -> Any:
    """A layer or an interface with another number of its own, its material or its law."""
    if name in _names(part):
        return replace(part, **{name: value})
    for inner in ("material", "law"):
        if name in _names(getattr(part, inner, None)):
            return replace(part, **{inner: replace(getattr(part, inner), **{name: value})})
    known = [*_names(part), *_names(getattr(part, "material", None) or part.law)]
    raise InputError([Problem(f"{name}.{owner}", _unknown(name, known))])


def _names(part: Any) -> Iterator[str]:
    return iter(()) if part is None else (each.name for each in fields(part))


def _unknown(name: str, known: Any) -> str:
    names = sorted(known)
    return f"there is no such number{did_you_mean(name, names)}; there are {', '.join(names)}"
