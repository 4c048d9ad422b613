# SPDX-License-Identifier: MIT
"""Solves the points of a sweep that are not on disk yet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from mpi4py import MPI

from fem_sf.errors import MeshError, NotConverged, StackError
from fem_sf.parallel import on_first_rank, only_first_rank
from fem_sf.settings import UsadelCase
from fem_sf.spin.settings import SpinCase
from fem_sf.study.gap_profile import GapProfile
from fem_sf.study.physics import PHYSICS
from fem_sf.study.progress import Progress, Silent
from fem_sf.study.results import SpinResult, UsadelResult
from fem_sf.study.size import refuse_too_large
from fem_sf.study.sweep.chains import chains
from fem_sf.study.sweep.groups import Groups, SharedWork, choose_groups
from fem_sf.study.sweep.points import Point, Points, content
from fem_sf.sweeps import Sweep

Case = UsadelCase | SpinCase
Result = UsadelResult | SpinResult


@dataclass(frozen=True)
class SweepReport:
    """How a sweep went.

    Parameters
    ----------
    stored
        Points that were there already.
    computed
        Points that were solved, or tried to.
    failures
        Why points have no solution, by point; these count cases from 0.
    """

    stored: int
    computed: int
    failures: Mapping[int, str]


def run_sweep(
    sweep: Sweep,
    folder: Path | str,
    comm: MPI.Comm = MPI.COMM_WORLD,
    progress: Progress | None = None,
    groups: int | None = None,
) -> SweepReport:
    """Solve every point of a sweep that its folder does not have; collective.

    Each point is kept as soon as it is solved. An interrupted sweep resumes where it stopped.
    Points without a solution are tried again. Points of another sweep in the same folder are used
    where their case is the same.

    Parameters
    ----------
    sweep
        The cases.
    folder
        Where points are kept, in a folder of it; made if needed.
    comm
        The ranks that share the work.
    progress
        Told how many points are done; silent by default.
    groups
        How many groups the ranks make, each of which solves one point at a time; by default as many
        as there is work for, of one rank each in one dimension.

    Raises
    ------
    InputError
        If there are fewer ranks than groups, or what is asked for is impossible at some point.
    """
    progress = progress or Silent()
    if comm.size == 1:
        for case in (sweep.cases[0], sweep.cases[-1]):
            refuse_too_large(case)
    points = Points(Path(folder))
    keys, stored = on_first_rank(comm, lambda: _look(sweep, points))
    to_do, done = [], []
    for chain in chains(sweep):
        (done if all(keys[i] in stored for i in chain) else to_do).append(chain)
    # a run that was killed at the end of a chain has left what nobody starts from
    left = [keys[i] for chain in done for i in chain]
    only_first_rank(comm, lambda: points.drop_starts(left))
    total = len({key for key in keys if key not in stored})
    plan = choose_groups(comm.size, len(to_do), groups, in_a_line=_in_a_line(sweep))
    progress.start(_describe(sweep, len(keys) - total, total, len(to_do), plan))
    number = plan.number_of(comm.rank)
    split = comm.Split(number, comm.rank)
    group = None if number == MPI.UNDEFINED else split
    work = SharedWork(comm, group)

    def tell(note: str = "") -> None:
        if comm.rank == 0 and total:
            progress.update(min(work.done(), total), total, note)

    if group is not None:
        chain = _ChainSolver(sweep, keys, set(stored), points, group)
        for task in work.take(len(to_do)):
            for point in chain.solve(to_do[task]):
                work.add_done()
                tell(sweep.describe(point))
    work.wait(tell)
    if group is not None:
        group.Free()
    failures = on_first_rank(comm, lambda: _failures(keys, points))
    failed = f"{len(failures)} without a solution" if failures else "done"
    progress.finish(failed)
    return SweepReport(len(keys) - total, total, failures)


class _ChainSolver:
    """Solves chains of points on one group of ranks, one chain after the other."""

    def __init__(
        self, sweep: Sweep, keys: list[str], stored: set[str], points: Points, comm: MPI.Comm
    ):
        self._sweep, self._keys, self._stored = sweep, keys, stored
        self._points, self._comm = points, comm
        self._solve = PHYSICS[sweep.kind].solver(comm)

    def solve(self, chain: tuple[int, ...]) -> Iterator[int]:
        """Solve the points of a chain that are not there; each is told when it is kept.

        Each starts from the last one before it that has a solution.
        """
        before: str | None = None
        for point in chain:
            key = self._keys[point]
            if key not in self._stored:
                if self._solve_point(point, before):
                    self._stored.add(key)
                    if before is not None:
                        self._on_first(partial(self._points.drop_start, before))
                yield point
            if key in self._stored:
                before = key
        if self._keys[chain[-1]] in self._stored:
            for point in chain:
                self._on_first(partial(self._points.drop_start, self._keys[point]))

    def _solve_point(self, point: int, before: str | None) -> bool:
        """Solve a point and keep what comes out of it; whether that is a solution."""
        key, start = self._keys[point], None
        if before is not None:
            start = on_first_rank(self._comm, lambda: self._points.read_start(before))
        try:
            result, profile = self._solve(self._sweep.cases[point], start)
        except (NotConverged, MeshError, StackError) as failure:
            failed = Point(False, str(failure))
            self._on_first(lambda: self._points.write(key, failed))
            return False
        self._on_first(lambda: self._keep(key, result, profile))
        return True

    def _keep(self, key: str, result: Result, profile: GapProfile | None) -> None:
        # the start first: a point that is there is not solved again
        if profile is not None:
            self._points.write_start(key, profile)
        self._points.write(key, Point.of_result(result))

    def _on_first(self, work: Callable[[], None]) -> None:
        only_first_rank(self._comm, work)


def _look(sweep: Sweep, points: Points) -> tuple[list[str], set[str]]:
    """What the points are known by, and which of them are there with a solution."""
    points.prepare()
    keys = [content(case) for case in sweep.cases]
    found = {key: points.read(key) for key in dict.fromkeys(keys)}
    return keys, {key for key, point in found.items() if point is not None and point.converged}


def _failures(keys: list[str], points: Points) -> dict[int, str]:
    found = {i: points.read(key) for i, key in enumerate(keys)}
    return {
        i: point.message for i, point in found.items() if point is not None and not point.converged
    }


def _in_a_line(sweep: Sweep) -> bool:
    return all(case.mesh.file is None and case.mesh.dimension == 1 for case in sweep.cases)


def _describe(sweep: Sweep, stored: int, to_do: int, tasks: int, plan: Groups) -> str:
    """What is going to be done, and by whom."""
    points = _count(len(sweep.cases), "point")
    if not to_do:
        return f"{sweep.title}: {points}, all there already"
    there = f", {stored} of them there already" if stored else ""
    return f"{sweep.title}: {points}{there}; {to_do} in {_count(tasks, 'chain')} {plan}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + "s" * (number != 1)
