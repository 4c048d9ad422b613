# SPDX-License-Identifier: MIT
"""Potentials counted from a constant of each conductor, so that no digit is lost at a barrier.

Behind a barrier of low conductance μ is the same all over a layer but for a part of next to
nothing, whose gradient carries the current; across one of high conductance μ and m jump by next to
nothing, and that carries the current. As numbers of one sum neither can be told. So layers see what
μ and V deviate by from a constant of their conductor, and laws see differences that are unknowns
themselves: of these constants, and of the two sides of a plane that conducts well.

A conductor is what layers are together that are joined without a barrier, or by one that conducts
much better than they do. Its constant is that of a reservoir, or is unknown: the difference to a
neighbour, the one at the other side of the best of the barriers that lead there. Charge is then
balanced for it as a whole, by what flows through its planes alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import dolfinx
import numpy as np
import scipy.sparse
import ufl
from mpi4py import MPI
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from fem_sf.mesh.layers import LayeredMesh, Plane
from fem_sf.solve.blocks import BlockVector
from fem_sf.solve.elimination import Elimination
from fem_sf.solve.refinement import Groups
from fem_sf.spin.conditions import FaceNodes
from fem_sf.spin.contacts import DEFAULT_CONTACTS
from fem_sf.spin.interfaces import Conducting
from fem_sf.spin.model import Current, Drive, Interface, Layer, Stack, wall_of
from fem_sf.spin.system import Contact, SpinSystem
from fem_sf.spin.transport import SIZE

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_MUCH_BETTER = 1e4
"""Conductance of a plane over that of the worse of its layers at which it joins them.

Either way of counting loses a few digits there and none far from it.
"""

_ROUNDING = 1e-12
"""Of a tie between unknowns."""

_POTENTIALS = (0, SIZE - 1)
"""Components that a constant is part of: μ and V."""


class ConductorSystem(SpinSystem):
    """A system whose layers and planes see the fields as this module describes.

    The blocks that are solved for are the deviations, the tilts, and the traces of layers with a
    barrier or a contact: equations of layers, of walls, and of what flows through planes.
    """

    def _like_fields(self, name: str) -> dict[str, dolfinx.fem.Function]:
        return {
            layer: dolfinx.fem.Function(u.function_space, name=name)
            for layer, u in self.fields.items()
        }

    def _solved_layout(self) -> BlockVector:
        self._set("everywhere", "nothing", 0.0)
        self.faced = [name for name in self.fields if self._barriers(name) or self._ends(name)]
        traces = [self.traces[name] for name in self.faced]
        return BlockVector([*self.deviations.values(), *self.tilts.values(), *traces])

    @property
    def block_names(self) -> tuple[str, ...]:
        """What the blocks that are solved for are called in messages."""
        return (*super().block_names, *(f"planes of {name}" for name in self.faced))

    def _barriers(self, name: str) -> list[Plane]:
        """Planes of a layer whose law or capacitance says what flows."""
        return [plane for plane in self.planes_of(name) if is_barrier(self.interface(plane))]

    def _ends(self, name: str) -> list[Contact]:
        """The contact of a layer whose current is balanced by that of a whole conductor."""
        return [contact for contact in self.contacts if contact.right and name in contact.entities]

    def residual(self, number: int) -> Any:
        """All terms of one block, a linear form in its test function."""
        walls = len(self.fields)
        traces = walls + len(self.tilts)
        if walls <= number < traces:
            return super().residual(number)
        test = ufl.TestFunction(self.solved.spaces[number])
        if number < walls:
            name = list(self.fields)[number]
            terms = self.bulk_residual(name, test)
            for contact in self.contacts:
                if name in contact.entities:
                    terms += self.contact_residual(contact, name, test)
            return terms
        name = self.faced[number - traces]
        terms = [self.plane_residual(plane, name, test) for plane in self._barriers(name)]
        for contact in self._ends(name):
            # nothing, so that the block is never without an entry
            nothing = self.constant("everywhere", "nothing") * self.traces[name]
            terms.append(ufl.inner(nothing, test) * self.contact_measure(name, contact))
            terms.append(self.current_residual(contact, name, test))
        return sum(terms[1:], terms[0])

    def _coupled(self, row: int, column: int) -> bool:
        first, second = self._kinds[row], self._kinds[column]
        kinds, same = {first[0], second[0]}, first[1] == second[1]
        if kinds == {"layer", "plane"}:
            return False
        if "layer" in kinds:
            return same
        return same or any({first[1], second[1]} == plane.pair for plane in self.mesh.planes)

    @cached_property
    def _kinds(self) -> list[tuple[str, str]]:
        return [
            *(("layer", name) for name in self.fields),
            *(("wall", name) for name in self.tilts),
            *(("plane", name) for name in self.faced),
        ]


def is_barrier(interface: Interface) -> bool:
    """Whether a law or a capacitance says what flows, so that a potential may jump."""
    return isinstance(interface.law, Conducting) or math.isfinite(interface.capacitance)


def steady_system(
    stack: Stack,
    drive: Drive,
    mesh: LayeredMesh,
    degree: int,
    contacts: tuple[str, str] = DEFAULT_CONTACTS,
) -> SpinSystem:
    """The system of a steady state; parameters and errors as of `SpinSystem`."""
    kind = ConductorSystem if any(map(is_barrier, stack.interfaces)) else SpinSystem
    return kind(stack, drive, mesh, degree, contacts)


# --- which layers are one conductor, and what they are counted from ---


@dataclass(frozen=True)
class Conductors:
    """What the potentials of the layers are counted from.

    Parameters
    ----------
    of_layer
        Number of the conductor of every layer.
    held
        By conductor with a reservoir: its constant.
    paths
        By conductor: the differences that its constant is a sum of, each named by the conductor
        at its end; and the conductor with a reservoir where they begin.
    joining
        By plane: whether it conducts so well that it joins its layers.
    common_spin
        By joining plane: P, shape (3, 3), with P m what the law sees of an m that both sides share.
    """

    of_layer: dict[str, int]
    held: dict[int, float]
    paths: dict[int, tuple[tuple[int, ...], int]]
    joining: tuple[bool, ...]
    common_spin: tuple[tuple[tuple[float, ...], ...] | None, ...]

    def constants(self, plane: Plane) -> list[tuple[str, list[int], float]]:
        """What each side of a plane sees of the constants: differences, and a given part."""
        (left, left_root), (right, right_root) = (
            self.paths[self.of_layer[n]] for n in _sides(plane)
        )
        same = left_root == right_root
        return [
            (name, [each for each in own if each not in other], 0.0 if same else self.held[root])
            for name, own, other, root in (
                (plane.left, left, right, left_root),
                (plane.right, right, left, right_root),
            )
        ]


def _sides(plane: Plane) -> tuple[str, str]:
    return plane.left, plane.right


def find_conductors(system: SpinSystem, uniform: bool) -> Conductors:
    """The conductors of a system at its present numbers.

    Parameters
    ----------
    system
        Stack, drive and planes.
    uniform
        Whether the voltage is the same all over a contact.
    """
    stack, planes = system.stack, system.mesh.planes
    interfaces = [system.interface(plane) for plane in planes]
    joining = tuple(_joins(stack, each) for each in interfaces)
    links = _Links(stack.names)
    for plane, interface, joins in zip(planes, interfaces, joining, strict=True):
        if joins or not isinstance(interface.law, Conducting):
            links.join(*_sides(plane))
    if isinstance(system.drive, Current):
        # a reservoir that floats gives all its layers one potential
        floating = list(system.contacts[1].entities)
        for name in floating[1:]:
            links.join(floating[0], name)
    roots = [links.find(name) for name in stack.names]
    of_layer = {name: roots.index(root) for name, root in zip(stack.names, roots, strict=True)}
    held = {of_layer[name]: value for name, value in _held(system, uniform)}
    weighted = [
        (interface.law.largest_conductance, *(of_layer[name] for name in _sides(plane)))
        for plane, interface in zip(planes, interfaces, strict=True)
    ]
    return Conductors(
        of_layer,
        held,
        _paths(held, weighted),
        joining,
        tuple(
            _common_spin(stack, interface) if joins else None
            for interface, joins in zip(interfaces, joining, strict=True)
        ),
    )


class _Links:
    """What is joined to what."""

    def __init__(self, names: Sequence[Any]):
        self._parent = {name: name for name in names}

    def find(self, name: Any) -> Any:
        while self._parent[name] != name:
            name = self._parent[name]
        return name

    def join(self, first: Any, second: Any) -> bool:
        """Join two; whether they were apart."""
        first, second = self.find(first), self.find(second)
        self._parent[second] = first
        return first != second


def _joins(stack: Stack, interface: Interface) -> bool:
    conductance = interface.law.largest_conductance
    sides = [stack.layer(name) for name in (interface.left, interface.right)]
    return conductance > _MUCH_BETTER * min(map(_layer_conductance, sides))


def _layer_conductance(layer: Layer) -> float:
    """σ over the thickness, or over the spin-diffusion length √(Dτ) if that is less."""
    material = layer.material
    length = math.sqrt(material.diffusivity * material.relaxation_time)
    return material.conductivity / min(length, layer.thickness or math.inf)


def _held(system: SpinSystem, uniform: bool) -> list[tuple[str, float]]:
    """Layers with a reservoir whose potential is given, and that potential."""
    left, right = (list(contact.entities) for contact in system.contacts)
    if isinstance(system.drive, Current):
        return [(name, 0.0) for name in left]
    value = system.drive.value if uniform else 0.0
    return [*((name, value) for name in left), *((name, 0.0) for name in right)]


def _paths(
    held: dict[int, float], weighted: Sequence[tuple[float, int, int]]
) -> dict[int, tuple[tuple[int, ...], int]]:
    """From a held conductor to each, by the best barriers: a tree with the most conductance.

    What is left out are the worst barriers of all rings, across which the difference is largest.
    """
    numbers = {number for _, *pair in weighted for number in pair} | held.keys()
    links = _Links(sorted(numbers))
    first = next(iter(held))
    for other in held:
        links.join(first, other)
    tree = [
        (left, right)
        for _, left, right in sorted(weighted, reverse=True)
        if links.join(left, right)
    ]
    paths: dict[int, tuple[tuple[int, ...], int]] = {number: ((), number) for number in held}
    while tree:
        rest = []
        for left, right in tree:
            known, new = (left, right) if left in paths else (right, left)
            if known in paths:
                path, root = paths[known]
                paths[new] = (*path, new), root
            else:
                rest.append((left, right))
        tree = rest
    return paths


def _common_spin(stack: Stack, interface: Interface) -> tuple[tuple[float, ...], ...]:
    left, right = (stack.layer(name).material for name in (interface.left, interface.right))
    turns = any(wall_of(material) is not None for material in (left, right))
    seen = np.eye(3) if turns else interface.law.common_spin(left, right)
    return tuple(tuple(row) for row in seen.tolist())


# --- the unknowns ---


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
