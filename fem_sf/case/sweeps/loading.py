# SPDX-License-Identifier: MIT
"""From a case file with ``[sweep]`` to all its cases, or to all that is wrong with any of them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fem_sf.case.loading import new_report, read_case, tables_of
from fem_sf.case.positions import KeyPath
from fem_sf.case.report import Report
from fem_sf.case.source import Source, read_source
from fem_sf.case.sweeps.axes import WrittenAxis, plain_axis, read_axes
from fem_sf.case.sweeps.targets import all_targets
from fem_sf.errors import CaseError, LocatedProblem
from fem_sf.sweeps import Axis, Sweep
from fem_sf.words import spell

if TYPE_CHECKING:
    from fem_sf.sweeps import Case


def load_sweep(path: Path | str) -> Sweep:
    """Read a case file with ``[sweep]``.

    Parameters
    ----------
    path
        A TOML file in the format of the command line.

    Returns
    -------
    Sweep
        All combinations of the values, the last key of the table going round fastest.

    Raises
    ------
    CaseError
        With everything that is wrong with the case as it is written, with the table, or else with
        the case at any of the points, by line.
    """
    source = read_source(Path(path))
    report = new_report(source)
    if "sweep" not in source.data:
        message = 'has no [sweep]; add one, as in "layers.F.thickness" = [0.1, 0.2], or use run'
        raise CaseError([LocatedProblem("", message, str(source.path))])
    schemas, context = tables_of(report)
    written = read_axes(all_targets(report.source.data, schemas), context, report)
    base = _read_base(report)
    cases, problems = _load_points(report.source, written)
    axes = [] if problems else [plain_axis(each, context, report) for each in written]
    report.problems.extend(problems)
    report.close()
    found = tuple(axis for axis in axes if isinstance(axis, Axis))
    return Sweep(found, cases, base.name, base.title, base.text)


def _read_base(report: Report) -> Case:
    """The case as it is written; if it is wrong, that is told with what is wrong with the table."""
    own = Report(report.source)
    try:
        return read_case(own)
    except CaseError:
        report.problems.extend(own.problems)
        raise report.error() from None


class PointReport(Report):
    """The problems of a case with swept values, told where these are written.

    Parameters
    ----------
    source
        The case at this point.
    origins
        By the places of swept values: where they are written, and the value.
    """

    def __init__(self, source: Source, origins: Mapping[KeyPath, tuple[KeyPath, Any]]):
        super().__init__(source)
        self._origins = origins

    def add(self, where: KeyPath, message: str, *, at: KeyPath | None = None) -> None:
        """Add a problem, of a swept value at its line in ``[sweep]``."""
        for place, (origin, value) in self._origins.items():
            if where[: len(place)] == place:
                told = spell(value)
                subject = "" if told in message else f"at {told}: "
                super().add((*origin, *where[len(place) :]), f"{subject}{message}")
                return
        super().add(where, message, at=at)


Choice = tuple[int, ...]
"""A point by the place of its value along each axis."""


def _load_points(
    source: Source, axes: list[WrittenAxis]
) -> tuple[tuple[Case, ...], list[LocatedProblem]]:
    """The cases of all points, and every distinct problem that any of them has."""
    cases: list[Case] = []
    problems: dict[LocatedProblem, list[Choice]] = {}
    for choice in product(*(range(len(axis.values)) for axis in axes)):
        try:
            cases.append(read_case(_point_report(source, axes, choice)))
        except CaseError as error:
            for problem in error.problems:
                assert isinstance(problem, LocatedProblem)
                problems.setdefault(problem, []).append(choice)
    told = [_at_points(problem, axes, choices) for problem, choices in problems.items()]
    return tuple(cases), told


def _at_points(
    problem: LocatedProblem, axes: list[WrittenAxis], choices: list[Choice]
) -> LocatedProblem:
    """A problem with the values that it needs, unless the swept value that it is of is all."""
    total = math.prod(len(axis.values) for axis in axes)
    for number, axis in enumerate(axes):
        needed = list(dict.fromkeys(choice[number] for choice in choices))
        # whatever the other values are
        if len(choices) * len(axis.values) == len(needed) * total:
            if problem.key.startswith("sweep."):
                return problem
            more = f" and {len(needed) - 1} more of its values" if len(needed) > 1 else ""
            return _told_at(problem, f"{_at(axis, needed[0])}{more}")
    first = ", ".join(map(_at, axes, choices[0]))
    more = f" and {len(choices) - 1} more points" if len(choices) > 1 else ""
    return _told_at(problem, f"{first}{more}")


def _told_at(problem: LocatedProblem, where: str) -> LocatedProblem:
    return replace(problem, message=f"{problem.message} (at {where})")


def _at(axis: WrittenAxis, place: int) -> str:
    return f"{axis.name} = {spell(axis.values[place])}"


def _point_report(source: Source, axes: list[WrittenAxis], choice: Choice) -> PointReport:
    data: Any = source.data
    origins: dict[KeyPath, tuple[KeyPath, Any]] = {}
    for axis, i in zip(axes, choice, strict=True):
        for place in (place for target in axis.targets for place in target.places):
            data = _with_value(data, place, axis.values[i])
            origins[place] = axis.places[i], axis.values[i]
    return PointReport(replace(source, data=data), origins)


def _with_value(data: Any, place: KeyPath, value: Any) -> Any:
    """The same data with another value at one place; tables on the way there are made."""
    if not place:
        return value
    first, *rest = place
    if isinstance(first, int):
        return [
            _with_value(each, tuple(rest), value) if i == first else each
            for i, each in enumerate(data)
        ]
    inside = data.get(first, {})
    return {**data, first: _with_value(inside, tuple(rest), value)}
