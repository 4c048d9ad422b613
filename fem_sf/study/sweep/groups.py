# SPDX-License-Identifier: MIT
"""Splits ranks into groups that work side by side, each on points that nobody has taken."""

from __future__ import annotations

import time
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from mpi4py import MPI

from fem_sf.errors import InputError, Problem

_SECONDS_BETWEEN_LOOKS = 0.02
_TAKEN, _DONE = range(2)


@dataclass(frozen=True)
class Groups:
    """How ranks share work.

    Parameters
    ----------
    count
        How many groups there are.
    size
        Ranks of each; the first groups have one more where they do not come out even.
    ranks
        How many ranks there are; those beyond ``count × size`` have nothing to do where ``size`` is
        one.
    reason
        Why so, in words.
    """

    count: int
    size: int
    ranks: int
    reason: str

    def __str__(self) -> str:
        """Groups, their size, and why."""
        if self.ranks == 1:
            return "on one rank"
        groups = f"{self.count} group{'s' * (self.count > 1)}"
        ranks = f"{self.size} rank{'s' * (self.size > 1)}"
        return f"on {groups} of {ranks} ({self.reason})"

    def number_of(self, rank: int) -> int:
        """The group of a rank; ``MPI.UNDEFINED`` for one without work."""
        if self.size == 1:
            return rank if rank < self.count else MPI.UNDEFINED
        return rank * self.count // self.ranks


def choose_groups(ranks: int, tasks: int, wanted: int | None, *, in_a_line: bool) -> Groups:
    """Choose how many groups there are.

    Parameters
    ----------
    ranks
        How many there are.
    tasks
        How many pieces of work, of which a group takes one at a time.
    wanted
        How many groups are asked for, if any.
    in_a_line
        Whether all meshes are one-dimensional: several ranks on one do not pay.

    Raises
    ------
    InputError
        If there are not enough ranks for as many groups as are asked for.
    """
    if wanted is not None:
        if not 1 <= wanted <= ranks:
            of = "the one rank" if ranks == 1 else f"the {ranks} ranks"
            message = f"expected groups from 1 to {of} there {'is' if ranks == 1 else 'are'}"
            raise InputError([Problem("--groups", f"{message}, got {wanted}")])
        return Groups(wanted, ranks // wanted, ranks, "as asked for")
    count = max(1, min(ranks, tasks))
    if in_a_line:
        reason = "in one dimension a rank each"
        if count < ranks:
            reason += f"; {ranks - count} without work for want of chains"
        return Groups(count, 1, ranks, reason)
    reason = "as many as ranks" if count == ranks else "as many as chains"
    return Groups(count, ranks // count, ranks, reason)


class SharedWork:
    """Pieces of work that each go to the group that asks first.

    Parameters
    ----------
    comm
        All ranks.
    group
        Those of this rank's group; ``None`` for one without work.
    """

    def __init__(self, comm: MPI.Comm, group: MPI.Comm | None):
        self._comm, self._group = comm, group
        size = MPI.INT64_T.Get_size()
        self._window = MPI.Win.Allocate(2 * size if comm.rank == 0 else 0, size, comm=comm)
        if comm.rank == 0:
            memoryview(self._window).cast("B")[:] = bytes(2 * size)
        comm.Barrier()

    def take(self, count: int) -> Iterator[int]:
        """Numbers from 0 to ``count`` that nobody else has, one after the other."""
        if self._group is None:
            return
        while True:
            number = self._add(_TAKEN, 1) if self._group.rank == 0 else None
            number = self._group.bcast(number)
            if number >= count:
                return
            yield number

    def add_done(self) -> None:
        """Count a step of the work, done by the whole group."""
        if self._group is not None and self._group.rank == 0:
            self._add(_DONE, 1)

    def done(self) -> int:
        """Steps that all groups have done."""
        return self._add(_DONE, 0)

    def wait(self, meanwhile: Callable[[], None]) -> None:
        """Wait until no group has work left; nobody uses this any more then.

        Parameters
        ----------
        meanwhile
            Called now and then.
        """
        request = self._comm.Ibarrier()
        while not request.Test():
            meanwhile()
            time.sleep(_SECONDS_BETWEEN_LOOKS)
        self._window.Free()

    def _add(self, counter: int, step: int) -> int:
        """Add to a counter; what it was before."""
        sent, received = array("q", [step]), array("q", [0])
        self._window.Lock(0, MPI.LOCK_SHARED)
        self._window.Fetch_and_op([sent, MPI.INT64_T], [received, MPI.INT64_T], 0, counter, MPI.SUM)
        self._window.Unlock(0)
        return received[0]
