# SPDX-License-Identifier: MIT
"""One number of a state with its error and its unit, found by its name."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from fem_sf.errors import InputError, Problem
from fem_sf.output.kinds import KINDS
from fem_sf.output.sweep.numbers import Variable, variables
from fem_sf.plain import plain
from fem_sf.words import did_you_mean

_USUAL = ("integral", "mean")
"""Which number of several under one name is meant."""

_MOST_SHOWN = 30


@dataclass(frozen=True, eq=False)
class Number:
    """A number or a vector, what it is of, and how exact it is.

    Parameters
    ----------
    name
        Its dotted path in the summary, as in ``layers.F.magnetization.integral``.
    value
        A float, or a vector of shape (3,).
    error
        Estimate of its error; of a vector that of its components; NaN where there is none.
    unit
        Its unit in words; empty where it is not known.
    """

    name: str
    value: Any
    error: float
    unit: str

    def __str__(self) -> str:
        """Value ± error unit."""
        exact = math.isfinite(self.error)
        value = np.array2string(np.asarray(self.value), precision=8, separator=", ")
        return f"{value}{f' ± {self.error:.1e}' if exact else ''} {self.unit}".rstrip()

    def __repr__(self) -> str:
        """Name and value."""
        return f"{self.name} = {self}"

    def __float__(self) -> float:
        """The value of a number that is no vector."""
        return float(self.value)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        """The value."""
        return np.array(self.value, dtype=dtype)


def find_number(summary: Mapping[str, Any], case: Any, name: str, owner: str | None) -> Number:
    """Find a number of a summary.

    Parameters
    ----------
    summary
        What ``summary.json`` holds.
    case
        What was solved, for the unit; ``None`` where it is not known.
    name
        Its name, or its dotted path below the owner, as in ``gap.right``. Of several under one
        name the integral is meant, else the mean.
    owner
        A layer, an interface as in ``S|F``, or ``None`` for the whole stack.

    Raises
    ------
    InputError
        If there is no such number, with those that there are.
    """
    found = variables(plain(summary))
    start = _beginning(summary, owner)
    known = {path.removeprefix(start): each for path, each in found.items() if _is_number(each)}
    known = {path: each for path, each in known.items() if f"{start}{path}" == each.name}
    for path in (name, *(f"{name}.{each}" for each in _USUAL)):
        if path in known:
            variable = known[path]
            unit = (
                ""
                if case is None
                else KINDS[summary["kind"]].summary_quantity(variable.name, case).unit
            )
            return Number(variable.name, variable.value, _error_of(variable, found), unit)
    raise InputError([Problem("name", _unknown(name, owner, known))])


def _beginning(summary: Mapping[str, Any], owner: str | None) -> str:
    """Of the paths of what belongs to an owner."""
    if owner is None:
        return ""
    for kind in ("layers", "interfaces"):
        if owner in summary.get(kind, {}):
            return f"{kind}.{owner}."
    owners = [*summary.get("layers", ()), *summary.get("interfaces", ())]
    hint = did_you_mean(owner, owners)
    message = f"expected a layer or an interface, {', '.join(owners)}; got {owner!r}{hint}"
    raise InputError([Problem("owner", message)])


def _is_number(variable: Variable) -> bool:
    return not isinstance(variable.value, str) and variable.dimensions in ((), ("component",))


def _error_of(variable: Variable, found: Mapping[str, Variable]) -> float:
    parent, _, leaf = variable.name.rpartition(".")
    for path in (f"{variable.name}_error", f"{parent}.error.{leaf}"):
        if path in found:
            return float(np.max(found[path].value))
    return math.nan


def _unknown(name: str, owner: str | None, known: Iterable[str]) -> str:
    numbers = [each for each in known if "error" not in each]
    shown = ", ".join(numbers[:_MOST_SHOWN])
    more = ", …" if len(numbers) > _MOST_SHOWN else ""
    whose = "the stack" if owner is None else owner
    return f"{whose} has no number {name!r}{did_you_mean(name, numbers)}; it has {shown}{more}"
