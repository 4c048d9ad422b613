# SPDX-License-Identifier: MIT
"""Conditions at interfaces without resistance and at reservoirs, for the fields of a system.

At a reservoir δn = 0 and δM = 0, so that m = 0 and μ = V. Under a voltage V is given at both; under
a current the right one floats: its μ takes the charge that the current brings, its V the charge
that screening wants, which nothing has to supply.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fem_sf.mesh.layers import Plane
from fem_sf.solve.elimination import Condition, Nodes
from fem_sf.spin.model import Voltage
from fem_sf.spin.reservoirs import Contact
from fem_sf.spin.system import SpinSystem
from fem_sf.spin.transport import SIZE

FloatArray = NDArray[np.float64]


class FaceNodes:
    """Finds the nodes of fields on facets, and numbers them as all ranks do; each set once.

    Parameters
    ----------
    system
        The fields.
    """

    def __init__(self, system: SpinSystem):
        self._system = system
        layout = system.layout
        comm = layout.comm
        starts = [0, *np.cumsum(comm.allgather(sum(layout.sizes))).tolist()]
        self.own = (int(starts[comm.rank]), int(starts[comm.rank + 1]))
        self.total = int(starts[-1])
        offsets = np.array(comm.allgather([each.start for each in layout.slices]))
        self._starts = np.array(starts[:-1])[:, np.newaxis] + offsets
        self._comm = comm
        self._planes: dict[tuple[str, str], tuple[Nodes, Nodes]] = {}
        self._contacts: dict[tuple[bool, str, bool], Nodes] = {}

    def of_plane(self, plane: Plane) -> tuple[Nodes, Nodes]:
        """Nodes on the left and on the right side of a plane."""
        key = plane.left, plane.right
        if key not in self._planes:
            facets = plane.facets.reshape(-1, 4)
            left, right = facets[:, :2], facets[:, 2:]
            self._planes[key] = self.of_facets(key[0], left), self.of_facets(key[1], right)
        return self._planes[key]

    def of_contact(self, contact: Contact, name: str, tilt: bool = False) -> Nodes:
        """Nodes of a layer's field, or of its tilt, at a contact."""
        key = contact.right, name, tilt
        if key not in self._contacts:
            self._contacts[key] = self.of_facets(name, contact.entities[name], tilt)
        return self._contacts[key]

    def of_facets(self, name: str, entities: NDArray[np.int32], tilt: bool = False) -> Nodes:
        """Nodes of a layer's field on facets given as (cell, local facet), from all ranks."""
        system = self._system
        function = system.tilts[name] if tilt else system.fields[name]
        space = function.function_space
        block = next(i for i, each in enumerate(system.layout.functions) if each is function)
        nodes = _nodes_on_facets(system, name, space, entities)
        index_map = space.dofmap.index_map
        numbers = index_map.local_to_global(nodes.astype(np.int32))
        points = space.tabulate_dof_coordinates()[nodes]
        shares = self._comm.allgather((numbers, points))
        everyone = np.concatenate([each for each, _ in shares])
        places = np.concatenate([each for _, each in shares])
        unique, first = np.unique(everyone, return_index=True)
        ranges = np.array(self._comm.allgather(index_map.local_range))
        owner = np.searchsorted(ranges[:, 1], unique, side="right")
        inside = unique - ranges[owner, 0]
        size = space.dofmap.index_map_bs
        return Nodes(self._starts[owner, block] + size * inside, places[first], size)


def _nodes_on_facets(
    system: SpinSystem, name: str, space: Any, entities: NDArray[np.int32]
) -> NDArray[np.int64]:
    """Local nodes of a field on facets of the parent mesh; each once."""
    if not len(entities):
        return np.empty(0, dtype=np.int64)
    part = system.mesh.part((name,))
    corners = system.mesh.facet_corners(entities)
    dofs = space.dofmap.list[part.sub_cells[entities[:, 0]]]
    points = space.tabulate_dof_coordinates()[dofs]
    from_corner = points - corners[:, :1]
    sides = corners[:, 1:] - corners[:, :1]
    size = np.linalg.norm(points - points[:, :1], axis=2).max(axis=1)
    for k in range(sides.shape[1]):
        side = sides[:, k] / np.linalg.norm(sides[:, k], axis=1, keepdims=True)
        along = np.einsum("nid,nd->ni", from_corner, side)
        from_corner = from_corner - along[:, :, np.newaxis] * side[:, np.newaxis]
        if k + 1 < sides.shape[1]:
            rest = np.einsum("nkd,nd->nk", sides[:, k + 1 :], side)
            sides[:, k + 1 :] -= rest[:, :, np.newaxis] * side[:, np.newaxis]
    on_facet = np.linalg.norm(from_corner, axis=2) < 1e-8 * size[:, np.newaxis]
    return np.unique(dofs[on_facet])


def find(
    system: SpinSystem, nodes: FaceNodes, profile: Callable[[FloatArray], FloatArray]
) -> list[Condition]:
    """All conditions of a system at its present numbers, under the whole drive.

    Parameters
    ----------
    system
        Fields, stack and drive.
    nodes
        Where its faces are.
    profile
        Factor of the voltage at places of shape (n, 3).
    """
    return [
        *_plane_conditions(system, nodes),
        *_contact_conditions(system, nodes, profile),
        *_wall_conditions(system, nodes),
    ]


def _plane_conditions(system: SpinSystem, nodes: FaceNodes) -> Iterator[Condition]:
    for plane in system.mesh.planes:
        interface = system.interface(plane)
        left, right = (system.stack.layer(name).material for name in (plane.left, plane.right))
        agreement = interface.law.agreement(left, right)
        rows = np.zeros((len(agreement), 2 * SIZE))
        rows[:, :4] = agreement[:, :4]
        rows[:, SIZE : SIZE + 4] = agreement[:, 4:]
        if math.isinf(interface.capacitance):
            equal_potential = np.zeros((1, 2 * SIZE))
            equal_potential[0, [SIZE - 1, 2 * SIZE - 1]] = 1, -1
            rows = np.vstack([rows, equal_potential])
        if len(rows):
            yield _homogeneous(nodes.of_plane(plane), rows)


def _homogeneous(nodes: tuple[Nodes, ...], rows: FloatArray) -> Condition:
    nothing = np.zeros(len(rows))
    return Condition(nodes, rows, rows, nothing, nothing, nothing)


def _contact_conditions(
    system: SpinSystem, nodes: FaceNodes, profile: Callable[[FloatArray], FloatArray]
) -> Iterator[Condition]:
    for contact in system.contacts:
        layer = system.stack.layers[-1 if contact.right else 0]
        sets = [nodes.of_contact(contact, name) for name in contact.entities]
        if layer.semi_infinite:
            if not contact.right:
                yield _far_gauge(system, sets[0])
        elif isinstance(system.drive, Voltage):
            value = 0.0 if contact.right else system.drive.value
            for each in sets:
                yield _reservoir(each, value * profile(each.points))
        elif contact.right:
            yield from _floating(sets)
        else:
            for each in sets:
                yield _reservoir(each, np.zeros(len(each.points)))


def _reservoir(nodes: Nodes, voltage: FloatArray) -> Condition:
    """μ = V = voltage and m = 0."""
    given = np.zeros((len(voltage), SIZE))
    given[:, 0] = given[:, -1] = voltage
    return Condition((nodes,), np.eye(SIZE), np.eye(SIZE), given, np.zeros(SIZE), np.zeros(SIZE))


def _floating(sets: Sequence[Nodes]) -> Iterator[Condition]:
    """μ = V = y and m = 0 at all places; charge is balanced as a whole, V takes what it needs."""
    leader = min(int(each.unknowns.min()) for each in sets)
    nothing = np.zeros(SIZE)
    for each in sets:
        first, others = (
            each.where(chosen) for chosen in (each.unknowns == leader, each.unknowns != leader)
        )
        if len(first.unknowns):
            # y is μ here
            trial = np.eye(SIZE)[1:]
            trial[-1, 0] = -1
            yield Condition((first,), trial, np.eye(SIZE)[1:], *[nothing[1:]] * 3)
        if len(others.unknowns):
            both, mu = np.zeros(SIZE), np.zeros(SIZE)
            both[[0, -1]] = mu[0] = 1
            yield Condition((others,), np.eye(SIZE), np.eye(SIZE), nothing, both, mu, leader)


def _far_gauge(system: SpinSystem, nodes: Nodes) -> Condition:
    """V of the far side of the first layer, extrapolated to its face, is zero: μ + β p·m = Jd/σ.

    J itself is known there, so that its balance is not tested.
    """
    material = system.stack.layers[0].material
    depth = -float(nodes.points[0, 0])
    row = np.zeros((1, SIZE))
    row[0, 0] = 1
    row[0, 1:4] = material.spin_asymmetry * material.axis
    test = np.zeros((1, SIZE))
    test[0, 0] = 1
    given = np.array([system.drive.value * depth / material.conductivity])
    return Condition((nodes,), row, test, given, np.zeros(1), np.zeros(1))


def _wall_conditions(system: SpinSystem, nodes: FaceNodes) -> Iterator[Condition]:
    """At a reservoir the magnetization is along its easy axis."""
    for contact in system.contacts:
        for name in contact.entities:
            if name in system.tilts:
                yield _homogeneous((nodes.of_contact(contact, name, tilt=True),), np.eye(2))
