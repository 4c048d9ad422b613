# SPDX-License-Identifier: MIT
"""Chooses the unknowns of a steady state: deviations from constants, differences, jumps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse
from mpi4py import MPI
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from fem_sf.solve.elimination import Elimination
from fem_sf.solve.refinement import Groups
from fem_sf.spin.conditions import FaceNodes
from fem_sf.spin.conductors import Conductors, ConductorSystem
from fem_sf.spin.system import SpinSystem
from fem_sf.spin.transport import SIZE

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_ROUNDING = 1e-12
"""Of a tie between unknowns."""

_POTENTIALS = (0, SIZE - 1)
"""Components that a constant is part of: μ and V."""


@dataclass(frozen=True)
class Unknowns:
    """What is solved for.

    Parameters
    ----------
    solved
        How the blocks of `SpinSystem.solved` follow from the unknowns.
    whole
        How the fields and tilts do.
    groups
        Which unknowns are of one unit and size.
    """

    solved: Elimination
    whole: Elimination
    groups: Groups


def plain_unknowns(system: SpinSystem, elimination: Elimination) -> Unknowns:
    """The fields themselves, as far as conditions leave them free."""
    return Unknowns(elimination, elimination, Groups(_labels(system, elimination), _KINDS))


_KINDS = np.array([0, 0, 2, 3, 4, 0, 0, 2])
"""Of μ, m, V, tilts, differences between constants, and jumps of μ, m and V."""

_DIFFERENCE, _JUMPS = 4, 5

_ALL = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))


def _labels(system: SpinSystem, elimination: Elimination) -> NDArray[np.intp]:
    """By free unknown: μ, m, V or a tilt."""
    inside = elimination.free < system.layout.slices[len(system.fields) - 1].stop
    component = np.array([0, 1, 1, 1, 2])[elimination.free % SIZE]
    return np.where(inside, component, 3)


def count_from_constants(
    system: ConductorSystem,
    nodes: FaceNodes,
    elimination: Elimination,
    conductors: Conductors,
) -> Unknowns:
    """What deviations and traces follow from, and what the whole fields do.

    Parameters
    ----------
    system, nodes
        Fields, and where their faces are.
    elimination
        How the fields follow from those that conditions leave free, which become: at one place of
        every conductor without a reservoir the difference of its constant, where the deviation is
        zero; on the left of joining planes the difference across; everywhere else the deviations.
    conductors
        Of the system.
    """
    return _Counting(system, nodes, elimination, conductors).result()


class _Counting:
    """Makes the matrices; rows are this rank's unknowns, columns are free ones of all ranks."""

    def __init__(
        self,
        system: ConductorSystem,
        nodes: FaceNodes,
        elimination: Elimination,
        conductors: Conductors,
    ):
        self.system, self.nodes = system, nodes
        self.elimination, self.conductors = elimination, conductors
        self.first, end = nodes.own
        self.rows = end - self.first
        self.layer = np.full(self.rows, -1)
        self.component = np.full(self.rows, -1)
        for i, part in enumerate(system.layout.slices[: len(system.fields)]):
            self.layer[part] = i
            self.component[part] = np.arange(part.stop - part.start) % SIZE
        self.names = list(system.fields)
        pairs = [nodes.of_plane(plane) for plane in system.mesh.planes]
        at_contacts = [
            nodes.of_contact(contact, name).unknowns
            for contact in system.contacts
            for name in contact.entities
        ]
        sides = [each.unknowns for pair in pairs for each in pair]
        unknowns, counts = np.unique(np.concatenate([*sides, *at_contacts]), return_counts=True)
        self.several = unknowns[counts > 1]
        self.pairs = pairs
        self.at_contacts = np.unique(np.concatenate(at_contacts))
        self.sides = np.unique(np.concatenate([*sides, np.empty(0, dtype=np.int64)]))

    def result(self) -> Unknowns:
        columns = self._difference_columns()
        stays = np.ones(self.elimination.trial.shape[1])
        stays[list(columns.values())] = 0
        keep = scipy.sparse.diags_array(stays)
        jumps = self._jumps(set(columns.values()))
        basis = self._jump_basis(jumps)
        tied, deviation = self._tied_constants(columns)
        trial = scipy.sparse.csr_array(self.elimination.trial @ keep @ basis + tied)
        test = scipy.sparse.csr_array(self.elimination.test @ keep @ basis)
        constants, part = self._seen_constants(columns)
        seen = self._rows_of(trial, self._numbers(self.sides)) + constants
        seen = self._with_jumps(seen, jumps)
        balance = self._balances(columns)
        faces = np.concatenate([self.sides, self.at_contacts])
        tested = self._rows_of(test + balance, self._numbers(faces))
        faced = np.concatenate(
            [np.flatnonzero(self.layer == self.names.index(name)) for name in self.system.faced]
        )
        free = self.elimination.free
        dependent = self.elimination.dependent
        solved = Elimination(
            scipy.sparse.csr_array(scipy.sparse.vstack([trial, seen[faced]])),
            scipy.sparse.csr_array(scipy.sparse.vstack([test, tested[faced]])),
            np.concatenate([deviation, (deviation + part)[faced]]),
            free,
            dependent,
        )
        whole = scipy.sparse.csr_array(trial + self._whole_constants(columns))
        held = deviation + self._held_constants()
        return Unknowns(
            solved,
            Elimination(whole, whole, held, free, dependent),
            Groups(self._groups(set(columns.values()), jumps), _KINDS),
        )

    def _groups(
        self, differences: set[int], jumps: list[tuple[int, IntArray, IntArray]]
    ) -> NDArray[np.intp]:
        labels = _labels(self.system, self.elimination)
        own = self._column(self.elimination.free + self.first)
        across = np.concatenate([*(left.ravel() for _, left, _ in jumps), [-1]])
        is_jump = np.isin(self.elimination.free + self.first, across)
        labels = np.where(is_jump, labels + _JUMPS, labels)
        return np.where(np.isin(own, list(differences)), _DIFFERENCE, labels)

    # --- columns ---

    def _column(self, unknowns: IntArray) -> IntArray:
        """Columns of unknowns that are free."""
        return unknowns - np.searchsorted(self.elimination.dependent, unknowns)

    def _is_free(self, unknowns: IntArray) -> NDArray[np.bool_]:
        return ~np.isin(unknowns, self.elimination.dependent)

    def _difference_columns(self) -> dict[int, int]:
        """By conductor without a reservoir: the column of the difference of its constant."""
        places = {}
        comm = self.system.mesh.comm
        for conductor in self.conductors.paths:
            if conductor in self.conductors.held:
                continue
            own = [n for n, number in self.conductors.of_layer.items() if number == conductor]
            floating = [
                self.nodes.of_contact(contact, name).unknowns
                for contact in self.system.contacts
                for name in contact.entities
                if contact.right and name in own
            ]
            at_reservoir = np.concatenate([*floating, np.empty(0, dtype=np.int64)])
            # the one place of a floating reservoir whose μ is free is the whole reservoir's
            chosen = at_reservoir[self._is_free(at_reservoir)]
            if not len(chosen):
                chosen = self._inner_places(own[0])
            places[conductor] = int(comm.allreduce(int(chosen.min()), op=MPI.MIN))
        return {each: int(self._column(np.array([place]))[0]) for each, place in places.items()}

    def _inner_places(self, name: str) -> IntArray:
        """Own nodes of a layer that are on no face; a number beyond all if there is none."""
        inside = (self.layer == self.names.index(name)) & (self.component == 0)
        own = np.flatnonzero(inside) + self.first
        own = own[~np.isin(own, np.concatenate([self.sides, self.at_contacts]))]
        return own if len(own) else np.array([self.nodes.total])

    # --- differences across joining planes ---

    def _jumps(self, taken: set[int]) -> list[tuple[int, IntArray, IntArray]]:
        """By joining plane: its number, and free unknowns on its left and right, shape (n, 5).

        Unknowns that are not both free, or on several faces, are −1.
        """
        found = []
        for number, ((left, right), joins) in enumerate(
            zip(self.pairs, self.conductors.joining, strict=True)
        ):
            if not joins:
                continue
            beside = right.unknowns[cKDTree(right.points).query(left.points)[1]]
            single = ~(np.isin(left.unknowns, self.several) | np.isin(beside, self.several))
            components = np.arange(SIZE)
            both = [each[single][:, np.newaxis] + components for each in (left.unknowns, beside)]
            free = self._is_free(both[0]) & self._is_free(both[1])
            for each in both:
                free &= ~np.isin(self._column(each), list(taken))
            if self.conductors.common_spin[number] == _ALL:
                # what such a law sees of m on each side is small itself
                free[:, 1 : SIZE - 1] = False
            found.append((number, *(np.where(free, each, -1) for each in both)))
        return found

    def _jump_basis(self, jumps: list[tuple[int, IntArray, IntArray]]) -> scipy.sparse.csr_array:
        """Unknowns as they were from those with differences: left = difference + right."""
        count = self.elimination.trial.shape[1]
        left, right = (
            np.concatenate(
                [*(each[k][each[k] >= 0] for each in jumps), np.empty(0, dtype=np.int64)]
            )
            for k in (1, 2)
        )
        entries = scipy.sparse.coo_array(
            (np.ones(len(left)), (self._column(left), self._column(right))), shape=(count, count)
        )
        return scipy.sparse.csr_array(scipy.sparse.eye_array(count) + entries)

    def _with_jumps(
        self, seen: scipy.sparse.csr_array, jumps: list[tuple[int, IntArray, IntArray]]
    ) -> scipy.sparse.csr_array:
        """What planes see, of joining ones only what their laws do not cancel."""
        cleared, entries = [], []
        for number, left, right in jumps:
            common = np.asarray(self.conductors.common_spin[number])
            cleared += [left[left >= 0], right[right >= 0]]
            there = left[left >= 0]
            entries.append(np.column_stack([there, self._column(there), np.ones(len(there))]))
            for i, j in zip(*np.nonzero(common), strict=True):
                both = (left[:, 1 + i] >= 0) & (left[:, 1 + j] >= 0)
                column = self._column(right[both, 1 + j])
                factor = np.full(len(column), common[i, j])
                for side in (left, right):
                    entries.append(np.column_stack([side[both, 1 + i], column, factor]))
        if not cleared:
            return seen
        keep = np.ones(self.rows)
        keep[self._mine(np.concatenate(cleared))] = 0
        row, column, value = np.concatenate(entries).T
        mine = (row >= self.first) & (row < self.first + self.rows)
        places = row[mine].astype(np.int64) - self.first, column[mine].astype(np.int64)
        added = scipy.sparse.coo_array((value[mine], places), shape=seen.shape)
        return scipy.sparse.csr_array(scipy.sparse.diags_array(keep) @ seen + added)

    # --- constants ---

    def _tied_constants(self, columns: dict[int, int]) -> tuple[scipy.sparse.csr_array, FloatArray]:
        """What deviations have of the constants, of which they are free but for two cases.

        Where V is given, the constant has a part of it already; and where V is the same on both
        sides of a plane, the constants make up for what they differ by.
        """
        shape = self.elimination.trial.shape
        ones = {each: np.zeros(self.rows) for each in columns}
        for name, conductor in self.conductors.of_layer.items():
            for each in self.conductors.paths[conductor][0]:
                ones[each][self._potentials(name)] = 1
        entries = []
        for each, rows in ones.items():
            missing = self._what_ties_lack(rows)
            place = np.flatnonzero(missing)
            entries.append(
                scipy.sparse.coo_array(
                    (missing[place], (place, np.full(len(place), columns[each]))), shape=shape
                )
            )
        held = self._held_constants()
        tied = scipy.sparse.csr_array(sum(entries, scipy.sparse.coo_array(shape)))
        return tied, self.elimination.given + self._what_ties_lack(held)

    def _what_ties_lack(self, values: FloatArray) -> FloatArray:
        """What the unknowns that others tie would be if these had these values, less their own."""
        comm = self.system.mesh.comm
        free = np.concatenate(comm.allgather(values[self.elimination.free]))
        missing = self.elimination.trial @ free - values
        return np.where(np.abs(missing) > _ROUNDING * np.abs(values).max(initial=0.0), missing, 0.0)

    def _potentials(self, name: str, components: Sequence[int] = _POTENTIALS) -> NDArray[np.bool_]:
        """Which rows are μ or V of a layer."""
        return (self.layer == self.names.index(name)) & np.isin(self.component, components)

    def _seen_constants(self, columns: dict[int, int]) -> tuple[scipy.sparse.csr_array, FloatArray]:
        """What planes see of the constants: differences of them, and given numbers.

        A node on several planes sees all of its own constant.
        """
        entries: list[tuple[IntArray, int]] = []
        given = np.zeros(self.rows)
        for plane, sides in zip(self.system.mesh.planes, self.pairs, strict=True):
            for side, (name, differences, part) in zip(
                sides, self.conductors.constants(plane), strict=True
            ):
                single = self._numbers(side.unknowns[~np.isin(side.unknowns, self.several)])
                rows = np.flatnonzero(single & self._potentials(name))
                given[rows] = part
                entries += [(rows, columns[each]) for each in differences]
        several = self._numbers(self.several)
        for name, conductor in self.conductors.of_layer.items():
            path, root = self.conductors.paths[conductor]
            rows = np.flatnonzero(several & self._potentials(name))
            given[rows] = self.conductors.held[root]
            entries += [(rows, columns[each]) for each in path]
        return self._ones(entries), given

    def _held_constants(self) -> FloatArray:
        constants = np.zeros(self.rows)
        for name, conductor in self.conductors.of_layer.items():
            root = self.conductors.paths[conductor][1]
            constants[self._potentials(name)] = self.conductors.held[root]
        return constants

    def _whole_constants(self, columns: dict[int, int]) -> scipy.sparse.csr_array:
        return self._ones(
            [
                (np.flatnonzero(self._potentials(name)), columns[each])
                for name, conductor in self.conductors.of_layer.items()
                for each in self.conductors.paths[conductor][0]
            ]
        )

    def _balances(self, columns: dict[int, int]) -> scipy.sparse.csr_array:
        """The charge of a conductor and all that are counted from it, by the rows of μ."""
        return self._ones(
            [
                (np.flatnonzero(self._potentials(name, (0,))), columns[each])
                for name, conductor in self.conductors.of_layer.items()
                for each in self.conductors.paths[conductor][0]
            ]
        )

    # --- rows ---

    def _mine(self, unknowns: IntArray) -> IntArray:
        """Rows of unknowns, as far as they are on this rank."""
        own = (unknowns >= self.first) & (unknowns < self.first + self.rows)
        return unknowns[own] - self.first

    def _numbers(self, first: IntArray) -> NDArray[np.bool_]:
        """Which rows belong to nodes given by their first unknown."""
        rows = np.zeros(self.rows, dtype=bool)
        for component in range(SIZE):
            rows[self._mine(first + component)] = True
        return rows

    def _rows_of(
        self, matrix: scipy.sparse.csr_array, rows: NDArray[np.bool_]
    ) -> scipy.sparse.csr_array:
        return scipy.sparse.csr_array(scipy.sparse.diags_array(rows.astype(float)) @ matrix)

    def _ones(self, entries: list[tuple[IntArray, int]]) -> scipy.sparse.csr_array:
        rows = np.concatenate([*(rows for rows, _ in entries), np.empty(0, dtype=np.int64)])
        sizes = [len(rows) for rows, _ in entries]
        column = np.repeat(np.array([column for _, column in entries], dtype=np.int64), sizes)
        shape = self.elimination.trial.shape
        return scipy.sparse.csr_array(
            scipy.sparse.coo_array((np.ones(len(rows)), (rows, column)), shape=shape)
        )
