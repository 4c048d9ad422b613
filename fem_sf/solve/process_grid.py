# SPDX-License-Identifier: MIT
"""Splits ranks into groups; each group has the whole mesh and some of the frequencies."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import chain
from typing import TypeVar

import numpy as np
from mpi4py import MPI
from numpy.typing import NDArray

from fem_sf.errors import FemSFError, NotConverged

Value = TypeVar("Value")

Shares = list[tuple[float, tuple[int, ...]]]
"""What each group has to do: the cost of it all, and which pieces."""


@dataclass(frozen=True)
class ProcessGrid:
    """Groups of as many ranks each.

    Parameters
    ----------
    space
        The ranks of one group, which share a mesh.
    across
        The ranks of the same number in all groups, which hold the same part of the mesh.
    """

    space: MPI.Comm
    across: MPI.Comm

    @property
    def groups(self) -> int:
        """How many groups there are."""
        return self.across.size

    @property
    def is_first(self) -> bool:
        """Whether this rank is of the group that writes the results."""
        return self.across.rank == 0

    def share(self, costs: NDArray[np.float64]) -> list[int]:
        """Which pieces of work, of these costs, are this group's, ascending."""
        return np.flatnonzero(deal(costs, self.groups) == self.across.rank).tolist()

    def total(self, values: NDArray) -> NDArray:
        """The sum over all groups, the same on all of them to the last bit."""
        if self.groups == 1:
            return values
        total = np.empty_like(np.ascontiguousarray(values))
        self.across.Reduce(np.ascontiguousarray(values), total, root=0)
        self.across.Bcast(total, root=0)
        return total

    def take_from(self, group: int, values: NDArray) -> None:
        """Overwrite values with those of one group."""
        if self.groups > 1:
            self.across.Bcast(values, root=group)

    def agreed(self, value: Value) -> Value:
        """The value of the first rank of all, on every rank."""
        return self.across.bcast(self.space.bcast(value))

    def raise_any(self, failure: NotConverged | None) -> None:
        """Raise on all ranks what failed on one of them, if anything did."""
        failures = [failure] if self.groups == 1 else self.across.allgather(failure)
        for each in failures:
            if each is not None:
                raise each

    def stretch(self, values: NDArray) -> NDArray:
        """Take this group's part, maybe none, of what is worked on one after the other."""
        return np.array_split(values, self.groups)[self.across.rank]

    def join(self, part: list[Value]) -> list[Value]:
        """What all groups have found on their parts, in order."""
        if self.groups == 1:
            return part
        return list(chain.from_iterable(self.across.allgather(part)))

    def in_each(self, work: Callable[[], Value]) -> Value:
        """Do something in every group.

        Raises
        ------
        NotConverged
            On all ranks, if it fails in one group.
        """
        failure = None
        try:
            value = work()
        except NotConverged as error:
            failure = error
        self.raise_any(failure)
        return value

    def require_same(self, coordinates: NDArray[np.float64]) -> None:
        """Make sure that all groups number their unknowns alike.

        Raises
        ------
        FemSFError
            If the mesh was not divided in the same way in all of them.
        """
        if self.groups == 1:
            return
        name = hashlib.sha256(np.ascontiguousarray(coordinates).tobytes()).hexdigest()
        same = len(set(self.across.allgather(name))) == 1
        if not self.space.allreduce(same, op=MPI.LAND):
            raise FemSFError(
                "the groups of ranks have divided the mesh in different ways; use one group, "
                "[solver] groups = 1"
            )


def whole(comm: MPI.Comm) -> ProcessGrid:
    """One group of all ranks."""
    return ProcessGrid(comm, MPI.COMM_SELF)


def split(comm: MPI.Comm, groups: int) -> ProcessGrid:
    """Some groups of ranks that follow one another; their number divides that of the ranks."""
    if groups == 1:
        return whole(comm)
    size = comm.size // groups
    return ProcessGrid(comm.Split(comm.rank // size), comm.Split(comm.rank % size))


def deal(costs: NDArray[np.float64], groups: int) -> NDArray[np.intp]:
    """Which group does which piece of work, so that all have about as much to do.

    The two ways to share some of the work that are least even become one, where the most of one
    comes on top of the least of the other (N. Karmarkar and R. M. Karp, 1982). Pieces that follow
    one another and cost about the same so go to different groups.

    Parameters
    ----------
    costs
        Of the pieces, positive.
    groups
        How many; where there are more than pieces, some have nothing to do.
    """
    nothing: Shares = [(0.0, ())] * groups
    ways = [(0.0, len(costs), nothing)]
    for piece, cost in enumerate(costs.tolist()):
        heappush(ways, (-cost, piece, [(cost, (piece,)), *nothing[1:]]))
    while len(ways) > 1:
        (_, first, most), (_, _, other) = heappop(ways), heappop(ways)
        pairs = zip(most, reversed(other), strict=True)
        shares = sorted(((a + b, mine + more) for (a, mine), (b, more) in pairs), reverse=True)
        heappush(ways, (shares[-1][0] - shares[0][0], first, shares))
    owners = np.empty(len(costs), dtype=np.intp)
    for group, (_, pieces) in enumerate(ways[0][2]):
        owners[list(pieces)] = group
    return owners


def choose_groups(ranks: int, frequencies: int) -> int:
    """As many groups as ranks, or the most that divide them and have two frequencies each.

    Frequencies need no communication but a sum for each step of the gap; parts of a mesh do at
    every iteration.
    """
    most = max(1, frequencies // 2)
    return max(each for each in range(1, ranks + 1) if ranks % each == 0 and each <= most)
