# SPDX-License-Identifier: MIT
"""Solves linear conditions for as many unknowns as there are conditions.

All unknowns are u = T y + g with free unknowns y, and equations are tested with S. Fields on
several submeshes have one node each at a place that they share; conditions tie the unknowns of the
nodes at one place, and are solved place by place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import scipy.sparse
import scipy.sparse.csgraph
from numpy.typing import NDArray
from scipy.spatial import cKDTree

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Elimination:
    """T and S, as far as their rows are this rank's, and its part of g.

    Parameters
    ----------
    trial, test
        T and S, shape (own unknowns, free unknowns of all ranks). S = T where conditions are
        exchanged against their own reactions. At a reservoir they are not, because what keeps V
        given is not what keeps J given.
    given
        g, shape (own unknowns,).
    free
        Which of this rank's unknowns are free, counted from its first; numbered rank by rank.
    dependent
        All the others, of all ranks, ascending.
    """

    trial: scipy.sparse.csr_array
    test: scipy.sparse.csr_array
    given: NDArray[np.float64]
    free: IntArray
    dependent: IntArray

    @property
    def symmetric(self) -> bool:
        """Whether S = T on this rank."""
        return (self.trial != self.test).nnz == 0


@dataclass(frozen=True)
class Nodes:
    """Nodes of one field on a set of facets, the same on every rank.

    Parameters
    ----------
    unknowns
        Number of each node's first unknown among all, shape (n,); its components follow.
    points
        Places, shape (n, 3).
    size
        Components of a node.
    """

    unknowns: IntArray
    points: FloatArray
    size: int

    def where(self, chosen: NDArray[np.bool_]) -> Nodes:
        """Some of them."""
        return Nodes(self.unknowns[chosen], self.points[chosen], self.size)


@dataclass(frozen=True)
class Condition:
    """Equations between the unknowns at every place that several sets of nodes have in common.

    E z = b + f y, with z the unknowns of the fields in turn and y one common unknown; their test
    functions obey E' z' = f' y'.

    Parameters
    ----------
    nodes
        One set for every field.
    trial
        E, shape (k, unknowns at a place).
    test
        E', of the same shape.
    given
        b at every place, shape (k,) or, by the place of the first set's nodes, (n, k).
    common, common_test
        f and f', shape (k,); all places share y.
    common_unknown
        Which unknown y is; ``None`` without one. It stays free, whatever else is said of it.
    """

    nodes: tuple[Nodes, ...]
    trial: FloatArray
    test: FloatArray
    given: FloatArray
    common: FloatArray
    common_test: FloatArray
    common_unknown: int | None = None

    def equals(self, other: Condition) -> bool:
        """Whether another one says the same at the same places."""
        mine, theirs = self._contents(), other._contents()
        return len(mine) == len(theirs) and all(map(np.array_equal, mine, theirs))

    def _contents(self) -> list[Any]:
        numbers = [self.trial, self.test, self.given, self.common, self.common_test]
        return [*numbers, self.common_unknown, *(nodes.unknowns for nodes in self.nodes)]


@dataclass
class _Place:
    """Everything that holds at one place."""

    starts: list[int] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    rows: list[tuple[int, tuple[int, ...], int]] = field(default_factory=list)


def eliminate(conditions: Sequence[Condition], own: tuple[int, int], total: int) -> Elimination:
    """Solve conditions for as many unknowns as they can.

    Parameters
    ----------
    conditions
        The same on every rank.
    own
        First of this rank's unknowns, and the first of the next rank.
    total
        Number of unknowns.
    """
    triplets: dict[str, list[FloatArray]] = {"trial": [], "test": []}
    given = np.zeros(own[1] - own[0])
    dependent: list[IntArray] = []
    for group in _groups(conditions):
        solved = _solve(group, conditions)
        dependent.append(solved.dependent.ravel())
        for name, rows in (("trial", solved.trial), ("test", solved.test)):
            triplets[name].append(rows)
        mine = (solved.dependent >= own[0]) & (solved.dependent < own[1])
        given[solved.dependent[mine] - own[0]] = solved.given[mine]
    sorted_dependent = np.sort(np.concatenate([*dependent, np.empty(0, dtype=np.int64)]))
    everything = np.arange(own[0], own[1])
    free = everything[~np.isin(everything, sorted_dependent)]
    columns = total - len(sorted_dependent)

    def matrix(rows: list[FloatArray]) -> scipy.sparse.csr_array:
        entries = np.concatenate([*rows, np.empty((0, 3))])
        row, column = entries[:, 0].astype(np.int64), entries[:, 1].astype(np.int64)
        mine = (row >= own[0]) & (row < own[1]) & (entries[:, 2] != 0)
        row, column, value = row[mine], column[mine], entries[mine, 2]
        row = np.concatenate([row, free]) - own[0]
        column = np.concatenate([column, free])
        column -= np.searchsorted(sorted_dependent, column)
        value = np.concatenate([value, np.ones(len(free))])
        return scipy.sparse.csr_array(
            scipy.sparse.coo_array((value, (row, column)), shape=(own[1] - own[0], columns))
        )

    trial, test = matrix(triplets["trial"]), matrix(triplets["test"])
    return Elimination(trial, test, given, free - own[0], sorted_dependent)


@dataclass(frozen=True)
class _Group:
    """Places with the same conditions between the same fields.

    Parameters
    ----------
    unknowns
        First unknowns of the nodes at each place, shape (places, fields).
    sizes
        Components of these nodes.
    rows
        For every condition: its number, and which of the fields are its own.
    positions
        Place of the nodes within the first set of every condition, shape (places, conditions).
    """

    unknowns: IntArray
    sizes: tuple[int, ...]
    rows: tuple[tuple[int, tuple[int, ...]], ...]
    positions: IntArray


def _groups(conditions: Sequence[Condition]) -> list[_Group]:
    sets = [nodes for condition in conditions for nodes in condition.nodes]
    if not sets:
        return []
    place_of = _number_places(np.concatenate([nodes.points for nodes in sets]))
    place_of_set = np.split(place_of, np.cumsum([len(nodes.points) for nodes in sets])[:-1])
    places = [_Place() for _ in range(int(place_of.max(initial=-1)) + 1)]
    first = 0
    for number, condition in enumerate(conditions):
        where = place_of_set[first : first + len(condition.nodes)]
        orders = [np.argsort(each) for each in where]
        for k in range(len(where[0])):
            place = places[where[0][orders[0][k]]]
            local = []
            for nodes, order in zip(condition.nodes, orders, strict=True):
                start = int(nodes.unknowns[order[k]])
                if start not in place.starts:
                    place.starts.append(start)
                    place.sizes.append(nodes.size)
                local.append(place.starts.index(start))
            place.rows.append((number, tuple(local), int(orders[0][k])))
        first += len(condition.nodes)
    shared = _common_unknowns(conditions)
    grouped: dict[tuple, list[_Place]] = {}
    for place in places:
        holds = [
            np.isin(np.arange(start, start + size), shared).any()
            for start, size in zip(place.starts, place.sizes, strict=True)
        ]
        key = (*place.sizes, *((number, local) for number, local, _ in place.rows), *holds)
        grouped.setdefault(key, []).append(place)
    return [
        _Group(
            np.array([place.starts for place in members], dtype=np.int64),
            tuple(members[0].sizes),
            tuple((number, local) for number, local, _ in members[0].rows),
            np.array([[at for _, _, at in place.rows] for place in members], dtype=np.int64),
        )
        for members in grouped.values()
    ]


def _common_unknowns(conditions: Sequence[Condition]) -> list[int]:
    return [each.common_unknown for each in conditions if each.common_unknown is not None]


def _number_places(points: FloatArray) -> IntArray:
    """The same number for points that differ by rounding."""
    if not len(points):
        return np.empty(0, dtype=np.int64)
    tree = cKDTree(points)
    extent = float(np.ptp(points, axis=0).max())
    near = 1e-10 * max(extent, float(np.abs(points).max(initial=0.0)), 1e-300)
    pairs = tree.query_pairs(near, output_type="ndarray")
    count = len(points)
    graph = scipy.sparse.coo_array(
        (np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(count, count)
    )
    _, labels = scipy.sparse.csgraph.connected_components(graph, directed=False)
    return labels.astype(np.int64)


@dataclass(frozen=True)
class _Solved:
    """Dependent unknowns of a group, shape (places, k), what they follow from, and their part of g.

    ``trial`` and ``test`` are rows (dependent unknown, other unknown, factor).
    """

    dependent: IntArray
    trial: FloatArray
    test: FloatArray
    given: FloatArray


def _solve(group: _Group, conditions: Sequence[Condition]) -> _Solved:
    places = len(group.unknowns)
    ends = np.cumsum(group.sizes)
    components = [np.arange(end - size, end) for end, size in zip(ends, group.sizes, strict=True)]
    blocks: dict[str, list[FloatArray]] = {"trial": [], "test": []}
    given, common, common_test = [], [], []
    owner = -np.ones(places, dtype=np.int64)
    for column, (number, local) in enumerate(group.rows):
        condition = conditions[number]
        columns = np.concatenate([components[k] for k in local])
        for name in blocks:
            rows = getattr(condition, name)
            wide = np.zeros((len(rows), ends[-1]))
            wide[:, columns] = rows
            blocks[name].append(wide)
        at = group.positions[:, column]
        values = condition.given[at] if condition.given.ndim == 2 else condition.given[np.newaxis]
        given.append(np.broadcast_to(values, (places, len(condition.trial))))
        common.append(condition.common)
        common_test.append(condition.common_test)
        if condition.common_unknown is not None:
            owner[:] = condition.common_unknown
    trial, test = np.vstack(blocks["trial"]), np.vstack(blocks["test"])
    tied, tied_test = np.concatenate(common), np.concatenate(common_test)
    unknowns = np.column_stack(
        [group.unknowns[:, [column]] + np.arange(size) for column, size in enumerate(group.sizes)]
    )
    stays = np.flatnonzero(np.isin(unknowns[0], _common_unknowns(conditions)))
    # where y is itself at the place, it is one of the unknowns there
    for column in np.flatnonzero(unknowns[0] == owner[0]):
        trial[:, column] -= tied
        test[:, column] -= tied_test
        tied, tied_test = np.zeros_like(tied), np.zeros_like(tied_test)
    kept, pivots = _independent(trial, test, stays)
    trial, test, tied, tied_test = (each[kept] for each in (trial, test, tied, tied_test))
    right = np.concatenate(given, axis=1)[:, kept]
    others = np.setdiff1d(np.arange(ends[-1]), pivots)
    from_trial = _followed(trial, pivots, np.column_stack([-trial[:, others], tied]))
    from_test = _followed(test, pivots, np.column_stack([-test[:, others], tied_test]))
    constants = _followed(trial, pivots, right.T).T
    dependent = unknowns[:, pivots]
    sources = np.column_stack([unknowns[:, others], owner])
    return _Solved(
        dependent,
        _rows(dependent, sources, from_trial),
        _rows(dependent, sources, from_test),
        constants,
    )


def _followed(rows: FloatArray, pivots: list[int], right: FloatArray) -> FloatArray:
    """What the chosen unknowns are, by the right-hand sides of their equations."""
    return np.asarray(np.linalg.solve(rows[:, pivots], right), dtype=np.float64)


def _rows(dependent: IntArray, sources: IntArray, factors: FloatArray) -> FloatArray:
    """Entries (dependent, source, factor) of all places; factors of an absent y are zero."""
    places, count = dependent.shape
    shape = (places, count, sources.shape[1])
    entries = np.stack(
        [
            np.broadcast_to(dependent[:, :, np.newaxis], shape),
            np.broadcast_to(sources[:, np.newaxis], shape),
            np.broadcast_to(factors[np.newaxis], shape),
        ],
        axis=-1,
    ).reshape(-1, 3)
    return entries[entries[:, 2] != 0]


_NOTHING = 1e-12


def _independent(
    trial: FloatArray, test: FloatArray, stays: IntArray
) -> tuple[list[int], list[int]]:
    """Rows that say something new, and the unknown that each is solved for.

    That unknown has to be in the equation for the test functions as well, and none that stays.
    """
    rows = np.stack([trial, test])
    kept: list[int] = []
    pivots: list[int] = []
    for i in range(len(trial)):
        free = np.abs(rows[:, i])
        free[:, pivots] = free[:, stays] = 0
        if free[0].max() <= _NOTHING:
            continue
        pivot = int(np.argmax(free[0] * free[1]))
        factors = rows[:, i + 1 :, pivot] / rows[:, i, np.newaxis, pivot]
        rows[:, i + 1 :] -= factors[:, :, np.newaxis] * rows[:, i, np.newaxis]
        kept.append(i)
        pivots.append(pivot)
    return kept, pivots
