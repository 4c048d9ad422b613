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
import ufl
from numpy.typing import NDArray

from fem_sf.mesh.layers import LayeredMesh, Plane
from fem_sf.solve.blocks import BlockVector
from fem_sf.spin.contacts import DEFAULT_CONTACTS
from fem_sf.spin.interfaces import Conducting
from fem_sf.spin.model import Current, Drive, Interface, Layer, Stack, wall_of
from fem_sf.spin.reservoirs import Contact
from fem_sf.spin.system import SpinSystem

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_MUCH_BETTER = 1e4
"""Conductance of a plane over that of the worse of its layers at which it joins them.

Either way of counting loses a few digits there and none far from it.
"""


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
