# SPDX-License-Identifier: MIT
"""Describes a sweep as plain data: cases on the product of some axes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass, field, is_dataclass
from itertools import product
from typing import TYPE_CHECKING, Annotated, Any

from fem_sf.checked import (
    Checked,
    Expected,
    Read,
    Reader,
    Unexpected,
    items,
    number,
    reader_of,
    show,
    vector,
)
from fem_sf.errors import InputError, Problem
from fem_sf.limits import MOST_POINTS

if TYPE_CHECKING:
    from fem_sf.settings import UsadelCase
    from fem_sf.spin.settings import SpinCase

    Case = UsadelCase | SpinCase
else:
    Case = Any

Value = float | str | tuple[float, ...]
"""A number, a text, or a vector of three numbers."""

_COMPONENTS = 3


def _read_values(value: Any) -> tuple[Value, ...]:
    """Read all numbers, all vectors of three components, or all texts, each once."""
    parts = [_plain(each) for each in items(value, "a list of values")]
    if not parts:
        raise Unexpected("expected at least one value, got none")
    vectors = [each for each in parts if isinstance(each, tuple)]
    if vectors and any(len(each) != _COMPONENTS for each in vectors):
        raise Unexpected("expected vectors of three components")
    kinds = {_is_number(each) + 2 * isinstance(each, tuple) for each in parts}
    if len(kinds) > 1:
        raise Unexpected("expected all numbers, all vectors or all texts")
    for part in parts:
        _READERS[kinds == {1}, bool(vectors)](part)
    seen: set[Value] = set()
    for part in parts:
        if part in seen:
            raise Unexpected(f"the value {_spell(part)} appears twice")
        seen.add(part)
    return tuple(parts)


_READERS: dict[tuple[bool, bool], Reader] = {
    (True, False): number(Expected("numbers", infinite=True)),
    (False, True): vector("vectors of three finite numbers"),
    (False, False): reader_of(str),
}
"""What checks values, by whether they are numbers, and vectors."""


def _read_cases(value: Any) -> tuple[Case, ...]:
    cases = items(value, "a list of cases")
    for i, each in enumerate(cases):
        if not (is_dataclass(each) and hasattr(each, "kind") and hasattr(each, "stack")):
            raise Unexpected(f"expected a UsadelCase or a SpinCase, got {show(each)}", f"[{i}]")
    return tuple(cases)


@dataclass(frozen=True)
class Axis(Checked):
    """One parameter, or several that have the same value, and the values it takes.

    Parameters
    ----------
    name
        What tables and arrays call it, as in ``layers.F.thickness``.
    values
        Each once: all numbers, all vectors of three components, or all texts.
    unit
        Of numbers and components, in words; ``"1"`` for pure numbers.
    written
        The values as the case writes them, where it gives them with units; else empty.

    Raises
    ------
    InputError
        If there is no value, one appears twice, or they are not of one kind.
    """

    name: str
    values: Annotated[tuple[Value, ...], Read(_read_values)]
    unit: str = "1"
    written: tuple[str, ...] = ()

    def find_problems(self) -> Iterator[Problem]:
        """Values that are not all written."""
        if self.written and len(self.written) != len(self.values):
            yield Problem("written", f"expected {len(self.values)} texts or none")

    def __len__(self) -> int:
        """Return how many values there are."""
        return len(self.values)

    @property
    def is_numeric(self) -> bool:
        """Whether the values are numbers."""
        return all(map(_is_number, self.values))

    @property
    def is_vector(self) -> bool:
        """Whether the values are vectors."""
        return all(isinstance(value, tuple) for value in self.values)

    @property
    def labels(self) -> tuple[str, ...]:
        """The values as text: as they are written, else to 12 digits."""
        return self.written or tuple(map(_spell, self.values))


@dataclass(frozen=True)
class Sweep(Checked):
    """Cases on the grid of some axes.

    Parameters
    ----------
    axes
        At least one; the last one goes round fastest.
    cases
        In that order, one for each combination of values.
    name
        The results go to ``results/<name>`` by default.
    title
        What pictures and tables are headed with.
    text
        The case file as it was read, kept with the results.

    Raises
    ------
    InputError
        If axes have the same name, or the cases are not as many as the points of the grid, not of
        one kind.
    """

    axes: tuple[Axis, ...]
    cases: Annotated[tuple[Case, ...], Read(_read_cases)] = field(repr=False)
    name: str = "sweep"
    title: str = ""
    text: str = field(default="", repr=False)

    def find_problems(self) -> Iterator[Problem]:
        """Axes and cases that are no grid."""
        yield from _sweep_problems(self)

    @classmethod
    def over(
        cls,
        parameters: Mapping[str, Sequence[Value]],
        make_case: Callable[..., Case],
        *,
        units: Mapping[str, str] | None = None,
        name: str = "sweep",
        title: str = "",
    ) -> Sweep:
        """All combinations of some values.

        Parameters
        ----------
        parameters
            Values by the name of the parameter.
        make_case
            Called with a value for each name, as keyword arguments; returns the case there.
        units
            Of parameters, in words.
        name, title
            As of the sweep.

        Raises
        ------
        InputError
            If the values or the cases make no sweep, or a case makes no sense.
        """
        axes = tuple(
            Axis(each, tuple(values), (units or {}).get(each, "1"))
            for each, values in parameters.items()
        )
        problem = too_many_points(axes)
        if problem:
            raise InputError([Problem("sweep", problem)])
        points = product(*(axis.values for axis in axes))
        cases = tuple(make_case(**dict(zip(parameters, values, strict=True))) for values in points)
        return cls(axes, cases, name, title or name)

    @property
    def shape(self) -> tuple[int, ...]:
        """How many values each axis has."""
        return tuple(map(len, self.axes))

    @property
    def kind(self) -> str:
        """The kind of its cases."""
        return self.cases[0].kind

    def indices(self, point: int) -> tuple[int, ...]:
        """Place along each axis of a point, which counts cases from 0."""
        places = []
        for count in reversed(self.shape):
            point, place = divmod(point, count)
            places.append(place)
        return tuple(reversed(places))

    def describe(self, point: int) -> str:
        """The values at a point, as in ``layers.F.thickness = 0.1, usadel.temperature = 0.5``."""
        places = zip(self.axes, self.indices(point), strict=True)
        return ", ".join(f"{axis.name} = {axis.labels[i]}" for axis, i in places)


def too_many_points(axes: Sequence[Sized]) -> str:
    """That a grid has more points than anybody waits for; nothing where it has not."""
    points = math.prod(map(len, axes))
    if points <= MOST_POINTS:
        return ""
    shape = " × ".join(str(len(axis)) for axis in axes)
    return f"{shape} are {points:.3g} points, expected at most {MOST_POINTS}; give fewer values"


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _plain(value: Value) -> Value:
    """A value without NumPy's types."""
    plain = value.tolist() if hasattr(value, "tolist") else value
    return tuple(plain) if isinstance(plain, list | tuple) else plain


def _spell(value: Value) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(f'{each:.12g}' for each in value)}]"
    return f"{value:.12g}" if _is_number(value) else str(value)


def _sweep_problems(sweep: Sweep) -> Iterator[Problem]:
    if not sweep.axes:
        yield Problem("sweep", "expected at least one axis, got none")
    names = [axis.name for axis in sweep.axes]
    for name in sorted({each for each in names if names.count(each) > 1}):
        yield Problem(f"sweep.{name}", "two axes have this name")
    if len(sweep.cases) != math.prod(sweep.shape):
        message = f"expected {math.prod(sweep.shape)} cases, got {len(sweep.cases)}"
        yield Problem("sweep", message)
    if len({case.kind for case in sweep.cases}) > 1:
        yield Problem("sweep", "expected cases of one kind")
