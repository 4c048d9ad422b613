# SPDX-License-Identifier: MIT
"""Loads a case file with ``[sweep]`` as all its cases, or lists what is wrong with any."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice, product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fem_sf.case.positions import KeyPath
from fem_sf.case.reading import new_report, read_case, tables_of
from fem_sf.case.report import MOST_PROBLEMS, Report
from fem_sf.case.source import Source, read_source
from fem_sf.case.sweeps.axes import WrittenAxis, plain_axis, read_axes
from fem_sf.case.sweeps.targets import all_targets
from fem_sf.errors import CaseError, LocatedProblem
from fem_sf.sweeps import Axis, Sweep, too_many_points
from fem_sf.words import spell

if TYPE_CHECKING:
    from fem_sf.case.fields import Context
    from fem_sf.sweeps import Case

Choice = tuple[int, ...]
"""A point by the place of its value along each axis."""


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
        With everything that is wrong with the case as it is written, with the table, and with the
        case at any of the points, by line.
    """
    opened = _open(Path(path))
    cases, axes = _read_points(opened, list(product(*map(range, opened.shape))))
    base = opened.base
    return Sweep(axes, cases, base.name, base.title, base.text)


@dataclass(frozen=True)
class CheckedSweep:
    """A right sweep of which only some cases were read.

    Parameters
    ----------
    axes
        As of a `Sweep`.
    points, looked_at
        How many it has, and how many of them were read.
    """

    axes: tuple[Axis, ...]
    points: int
    looked_at: int


def check_sweep(path: Path | str) -> CheckedSweep:
    """Read a case file with ``[sweep]``, but of a large one not all of its points.

    Parameters
    ----------
    path
        As of `load_sweep`.

    Raises
    ------
    CaseError
        As `load_sweep` does, with what is wrong at the points that are read: each value of each
        axis once, and some of the others.
    """
    opened = _open(Path(path))
    most = max(_CHECKED // len(opened.base.text), 1)
    choices = _some_choices(opened.shape, most)
    _, axes = _read_points(opened, choices)
    return CheckedSweep(axes, math.prod(opened.shape), len(choices))


_CHECKED = 500_000
"""Characters of all cases together that are read in about half a second."""


@dataclass(frozen=True)
class _Opened:
    """A case file with ``[sweep]`` whose points are not read yet."""

    report: Report
    context: Context
    axes: list[WrittenAxis]
    base: Case

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(len(axis.values) for axis in self.axes)


def _open(path: Path) -> _Opened:
    source = read_source(path)
    report = new_report(source)
    if "sweep" not in source.data:
        message = 'has no [sweep]; add one, as in "layers.F.thickness" = [0.1, 0.2], or use run'
        raise CaseError([LocatedProblem("", message, str(source.path))])
    schemas, context = tables_of(report)
    written = read_axes(all_targets(report.source.data, schemas), context, report)
    problem = too_many_points([axis.values for axis in written])
    if problem:
        report.add(("sweep",), problem)
    base, wrong = _read_base(report)
    if base is None:
        report.problems.extend(wrong)
        report.problems.extend(_problems_of_values(report.source, written, wrong))
    if base is None or problem:
        raise report.error()
    return _Opened(report, context, written, base)


def _problems_of_values(
    source: Source, axes: Sequence[WrittenAxis], known: Collection[LocatedProblem]
) -> Iterable[LocatedProblem]:
    """What is wrong with values one by one, besides what is known of the case."""
    most = max(_CHECKED // max(len(source.text) * len(axes), 1), 1)
    for axis in axes:
        choices = _some_choices((len(axis.values),), most)
        yield from _load_points(source, [axis], choices, known)[1]


def _read_points(
    opened: _Opened, choices: Sequence[Choice]
) -> tuple[tuple[Case, ...], tuple[Axis, ...]]:
    """The cases at some points, and the axes."""
    report = opened.report
    cases, problems = _load_points(report.source, opened.axes, choices)
    axes = [] if problems else [plain_axis(each, opened.context, report) for each in opened.axes]
    report.problems.extend(problems)
    report.close()
    return cases, tuple(axis for axis in axes if isinstance(axis, Axis))


def _some_choices(shape: Sequence[int], most: int) -> list[Choice]:
    """All points if they are few enough; else every value once, and others evenly spread."""
    total = math.prod(shape)
    if total <= most:
        return list(product(*map(range, shape)))
    alone = (
        tuple(i if other == axis else 0 for other in range(len(shape)))
        for axis, count in enumerate(shape)
        for i in range(count)
    )
    spread = islice(product(*map(range, shape)), 0, None, total // most + 1)
    return list(dict.fromkeys(chain(alone, spread)))[:most]


def _read_base(report: Report) -> tuple[Case | None, list[LocatedProblem]]:
    """The case as it is written, or what is wrong with it."""
    own = Report(report.source)
    try:
        return read_case(own), []
    except CaseError:
        return None, own.problems


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


def _load_points(
    source: Source,
    axes: list[WrittenAxis],
    wanted: Iterable[Choice],
    known: Collection[LocatedProblem] = (),
) -> tuple[tuple[Case, ...], list[LocatedProblem]]:
    """The cases of some points, and every distinct problem that any of them has.

    Parameters
    ----------
    source, axes
        The case as it is written, and what is swept.
    wanted
        The points.
    known
        Problems that are told already.
    """
    cases: list[Case] = []
    problems: dict[LocatedProblem, list[Choice]] = {}
    for choice in wanted:
        try:
            cases.append(read_case(_point_report(source, axes, choice)))
        except CaseError as error:
            for problem in error.problems:
                assert isinstance(problem, LocatedProblem)
                if problem not in known:
                    problems.setdefault(problem, []).append(choice)
        if len(problems) >= MOST_PROBLEMS:
            break
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
