# SPDX-License-Identifier: MIT
"""Measures potentials, currents, torques and balances at the faces of a solved stack.

Fluxes through a face are the reactions of the weak form: its residual in a layer alone, tested
with the functions of the face's nodes, is minus what leaves through the face. They converge twice
as fast as gradients do, and charge and spin balance to rounding. In two dimensions the numbers of a
face are amplitudes of the drive's profile φ, ∫ F φ/∫ φ²: means for a uniform drive.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any

import dolfinx
import numpy as np
import ufl
from mpi4py import MPI
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from fem_sf import compat
from fem_sf.mesh.layers import Plane
from fem_sf.solve.blocks import BlockVector
from fem_sf.solve.elimination import Nodes
from fem_sf.spin import transport
from fem_sf.spin.conditions import FaceNodes
from fem_sf.spin.coupling import middle_side
from fem_sf.spin.exact import InterfaceState, Side, clamped_current
from fem_sf.spin.face_states import FaceStates
from fem_sf.spin.joints import find_joints
from fem_sf.spin.materials import Material, wall_of
from fem_sf.spin.reservoirs import Contact
from fem_sf.spin.system import SpinSystem
from fem_sf.spin.transport import SIZE, Fields

FloatArray = NDArray[np.float64]
Profile = Callable[[FloatArray], FloatArray]


@dataclass(frozen=True)
class _Face:
    """One side of a plane, or a layer's part of a contact.

    Parameters
    ----------
    layer
        The layer.
    outward
        1 on the left side of a plane and at the right contact, else −1: the sign of the normal.
    rows
        This rank's nodes on it, shape (k,).
    profile
        φ at them, shape (k,).
    weights
        ∫ φ φ_i for them, shape (k,); zero on layers that only touch a contact in a point.
    interface
        ``left|right`` of the plane; ``None`` at a contact.
    at_contact
        Which of the nodes are at a contact's place, shape (k,).
    """

    layer: str
    outward: int
    rows: NDArray[np.int64]
    profile: FloatArray
    weights: FloatArray
    interface: str | None
    at_contact: NDArray[np.bool_]


class Faces:
    """Measures potentials and fluxes at all faces of a system, as often as wanted.

    Parameters
    ----------
    system
        A system whose fields hold a solution.
    nodes
        Where its faces are.
    profile
        φ of the drive, at places of shape (n, 3).
    """

    def __init__(self, system: SpinSystem, nodes: FaceNodes, profile: Profile):
        self._system, self._nodes, self._profile = system, nodes, profile
        self._comm = system.layout.comm
        self._layout = BlockVector(list(system.fields.values()))
        self._residual = self._layout.vector()
        self._forms = list(system.bulk_forms().values())
        self._names = list(system.fields)
        self._contact_places = _places(
            nodes.of_contact(contact, name)
            for contact in system.contacts
            for name in contact.entities
        )
        self._planes = [self._plane_faces(plane) for plane in system.mesh.planes]
        self._contacts = [self._contact_faces(contact) for contact in system.contacts]
        self._middle = {plane.pair: self._middle_side(plane) for plane in system.mesh.planes}
        self._inside = [self._inside_form(plane) for plane in system.mesh.planes]
        corners = self._have_corners()
        self._exchange_forms = self._find_exchange_forms() if corners else {}
        pairs = [nodes.of_plane(plane) for plane in system.mesh.planes]
        self._joints = find_joints(pairs) if corners else []

    def _plane_faces(self, plane: Plane) -> tuple[_Face, _Face]:
        name = self._system.interface(plane).name
        left, right = (
            self._face(layer, outward, nodes, self._ones(layer, plane, side), name)
            for layer, outward, nodes, side in zip(
                (plane.left, plane.right), (1, -1), self._nodes.of_plane(plane), "+-", strict=True
            )
        )
        return left, right

    def _contact_faces(self, contact: Contact) -> list[_Face]:
        outward = 1 if contact.right else -1
        own = {name: self._nodes.of_contact(contact, name) for name in contact.entities}
        faces = [
            self._face(name, outward, nodes, self._ones(name, contact), None)
            for name, nodes in own.items()
        ]
        # a layer that touches one of them where their plane ends may pass on what comes in there
        places = _places(own.values())
        for plane in self._system.mesh.planes:
            sides = zip((plane.left, plane.right), self._nodes.of_plane(plane), strict=True)
            for name, nodes in sides:
                touching = nodes.where(_are_among(nodes.points, places))
                if name not in own and plane.pair & own.keys() and len(touching.unknowns):
                    faces.append(self._face(name, outward, touching, None, None))
        return faces

    def _face(
        self,
        name: str,
        outward: int,
        nodes: Nodes,
        ones: FloatArray | None,
        interface: str | None,
    ) -> _Face:
        part = self._layout.slices[self._names.index(name)]
        start, end = self._nodes.own[0] + part.start, self._nodes.own[0] + part.stop
        mine = nodes.where((nodes.unknowns >= start) & (nodes.unknowns < end))
        rows = (mine.unknowns - start) // SIZE
        profile = self._profile(mine.points)
        weights = np.zeros(len(rows)) if ones is None else ones[rows] * profile
        at_contact = _are_among(mine.points, self._contact_places)
        return _Face(name, outward, rows, profile, weights, interface, at_contact)

    def _ones(self, name: str, face: Plane | Contact, side: str | None = None) -> FloatArray:
        """∫ φ_i over a face for the nodes of a layer."""
        system = self._system
        test = ufl.TestFunction(system.fields[name].function_space)[0]
        if isinstance(face, Plane):
            test, measure = test(side), system.plane_measure(name, face)
        else:
            measure = system.contact_measure(name, face)
        form = system.compile(ufl.inner(system.constant("everywhere", "one"), test) * measure)
        return self._assemble(self._names.index(name), form).reshape(-1, SIZE)[:, 0]

    def _have_corners(self) -> bool:
        """Whether some node is on two faces, so that its residual is of both."""
        faces = [*chain(*self._planes), *chain(*self._contacts)]
        doubled = False
        for name in self._names:
            rows = [row for face in faces if face.layer == name for row in face.rows.tolist()]
            doubled |= len(set(rows)) < len(rows)
        return bool(self._comm.allreduce(int(doubled)))

    def _find_exchange_forms(self) -> dict[str, dict[str, Any]]:
        """By layer and plane: what leaves by laws that say it."""
        system = self._system
        forms: dict[str, dict[str, Any]] = {name: {} for name in self._names}
        for plane in system.mesh.planes:
            for name in (plane.left, plane.right):
                test = ufl.TestFunction(system.fields[name].function_space)
                terms = system.plane_residual(plane, name, test)
                forms[name][system.interface(plane).name] = system.compile(terms)
        return forms

    def _assemble(self, block: int, form: Any) -> FloatArray:
        """One linear form on one layer; this rank's own entries."""
        space = self._layout.spaces[block]
        vector = dolfinx.la.vector(
            space.dofmap.index_map, space.dofmap.index_map_bs, self._residual_type
        )
        compat.assemble_vector(vector.array, form)
        vector.scatter_reverse(dolfinx.la.InsertMode.add)
        return vector.array[: self._layout.sizes[block]].real

    @property
    def _residual_type(self) -> Any:
        return self._residual.getArray(readonly=True).dtype

    def _inside_form(self, plane: Plane) -> tuple[int, Any] | None:
        """∫ J_B·χ on the left side of a plane that clamps both sides."""
        flux = self._system.plane_flux(plane)
        if flux is None or flux.inside is None or self._middle[plane.pair] is not None:
            return None
        block = self._names.index(plane.left)
        test = Fields.of(ufl.TestFunction(self._layout.spaces[block])("+"))
        measure = self._system.plane_measure(plane.left, plane)
        return block, self._system.compile(ufl.inner(flux.inside, test.m) * measure)

    # --- measuring ---

    def measure(self) -> FaceStates:
        """Potentials and fluxes at all planes and both contacts, for what the fields hold now."""
        self._layout.assemble(self._forms, self._residual)
        self._exchange = {
            name: {
                interface: self._assemble(self._names.index(name), form).reshape(-1, SIZE)
                for interface, form in forms.items()
            }
            for name, forms in self._exchange_forms.items()
        }
        self._passed = self._find_passed()
        planes = {}
        for plane, faces, inside in zip(
            self._system.mesh.planes, self._planes, self._inside, strict=True
        ):
            left, right = (self._side([face]) for face in faces)
            barrier = None
            if inside is not None:
                values = self._assemble(*inside).reshape(-1, SIZE)[faces[0].rows, 1:4]
                barrier = self._sum(faces[0].profile @ values) / self._norm([faces[0]])
            barrier = self._barrier_current(plane, left, right, barrier)
            name = self._system.interface(plane).name
            planes[name] = InterfaceState(left, right, barrier)
        ends = [self._side(faces) for faces in self._contacts]
        # what leaves through all faces of all layers, sorted by where it goes
        leaving = [sum(map(self._power, faces)) for faces in self._contacts]
        through = [sum(map(self._power, faces)) for faces in self._planes]
        totals = self._sum(np.array([sum(leaving), sum(through)]))
        left_norm, right_norm = map(self._norm, self._contacts)
        own = [faces[:1] for faces in self._planes]
        return FaceStates(
            interfaces=planes,
            left_end=ends[0],
            right_end=ends[1],
            extents={name: self._norm(faces) for name, faces in zip(planes, own, strict=True)},
            end_extents=(left_norm, right_norm),
            imbalances=self._imbalances(),
            entering=-float(totals[0]),
            interface_heat=float(totals[1]),
        )

    def _barrier_current(
        self, plane: Plane, left: Side, right: Side, by_law: FloatArray | None
    ) -> FloatArray | None:
        """J_B from what flows, which large conductances do not round, where the law allows."""
        whole = self._middle[plane.pair]
        if whole is not None:
            return (left, right)[whole].spin_current
        materials = self._materials(plane)
        if by_law is not None and not any(map(wall_of, materials)):
            return clamped_current(by_law, left, right, (materials[0].axis, materials[1].axis))
        return by_law

    def _materials(self, plane: Plane) -> tuple[Material, Material]:
        left, right = (
            self._system.stack.layer(name).material for name in (plane.left, plane.right)
        )
        return left, right

    def _middle_side(self, plane: Plane) -> int | None:
        law, flux = self._system.interface(plane).law, self._system.plane_flux(plane)
        return middle_side(flux, law, *self._materials(plane))

    def _imbalances(self) -> dict[str, FloatArray]:
        """What of charge and spin gets lost in each layer: as a whole, or at its worst node."""
        gains = np.zeros((len(self._names), SIZE))
        worst = np.zeros((len(self._names), SIZE))
        faces = [*chain(*self._planes), *chain(*self._contacts)]
        residual = self._residual.getArray(readonly=True).real
        for number, (name, part) in enumerate(zip(self._names, self._layout.slices, strict=True)):
            own = residual[part].reshape(-1, SIZE)
            # test functions add up to 1, which has no gradient: only what is taken up is left
            gains[number] = -own.sum(axis=0)
            inside = np.ones(len(own), dtype=bool)
            for face in faces:
                if face.layer == name:
                    gains[number] -= self._leaving(face).sum(axis=0)
                    inside[face.rows] = False
            worst[number] = np.abs(own[inside]).max(axis=0, initial=0.0)
        if self._comm.size > 1:
            self._comm.Allreduce(MPI.IN_PLACE, worst, op=MPI.MAX)
        lost = np.maximum(np.abs(self._sum(gains)), worst)[:, :4]
        return dict(zip(self._names, lost, strict=True))

    def _power(self, face: _Face) -> float:
        """∫ ψ·F that leaves a layer through this rank's nodes of a face."""
        block = self._names.index(face.layer)
        values = self._layout.functions[block].x.array.real.reshape(-1, SIZE)[face.rows, :4]
        return float((values * self._leaving(face)[:, :4]).sum())

    def _leaving(self, face: _Face) -> FloatArray:
        """What leaves a layer through a face, tested with this rank's nodes, shape (k, 5).

        At a node that is on two faces, a law with a conductance says what leaves through its plane,
        and the rest leaves through the contact. A plane without resistance gets nothing there, and
        what several of them get is that of a joint.
        """
        part = self._layout.slices[self._names.index(face.layer)]
        residual = self._residual.getArray(readonly=True).real[part].reshape(-1, SIZE)[face.rows]
        if not self._exchange:
            return -residual
        exchange = self._exchange[face.layer]
        if face.interface is None:
            return -residual - sum(each[face.rows] for each in exchange.values())
        reaction = -residual
        for row, flux in self._passed.get((face.layer, face.interface), {}).items():
            reaction[face.rows == row] = face.outward * flux
        reaction = np.where(face.at_contact[:, np.newaxis], 0.0, reaction)
        return np.where(
            self._is_said(face.interface), exchange[face.interface][face.rows], reaction
        )

    def _find_passed(self) -> dict[tuple[str, str], dict[int, FloatArray]]:
        """By layer and interface, then by this rank's node: what passes from left to right there.

        Of planes without resistance that meet.
        """
        if not self._joints:
            return {}
        leaving = self._left_over(np.unique(np.concatenate([each.nodes for each in self._joints])))
        planes = self._system.mesh.planes
        names = [self._system.interface(plane).name for plane in planes]
        said = np.array([self._is_said(name) for name in names])
        passed: dict[tuple[str, str], dict[int, FloatArray]] = {}
        for joint in self._joints:
            there = np.array([leaving[node] for node in joint.nodes.tolist()])
            fluxes = joint.fluxes(there, said[joint.planes])
            for number, sides, flux in zip(joint.planes, joint.sides, fluxes, strict=True):
                for layer, node in zip(
                    (planes[number].left, planes[number].right), joint.nodes[sides], strict=True
                ):
                    row = self._own_row(layer, int(node))
                    if row is not None:
                        passed.setdefault((layer, names[number]), {})[row] = flux
        return passed

    def _left_over(self, nodes: NDArray[np.int64]) -> dict[int, FloatArray]:
        """By node, from all ranks: what leaves a layer beside what its laws say, shape (5,)."""
        values = np.zeros((len(nodes), SIZE))
        for block, name in enumerate(self._names):
            part = self._layout.slices[block]
            residual = self._residual.getArray(readonly=True).real[part].reshape(-1, SIZE)
            for i, node in enumerate(nodes.tolist()):
                row = self._own_row(name, node)
                if row is not None:
                    values[i] = -residual[row] - sum(
                        each[row] for each in self._exchange[name].values()
                    )
        return dict(zip(nodes.tolist(), self._sum(values), strict=True))

    def _own_row(self, layer: str, node: int) -> int | None:
        """Number on this rank of a layer's node, from that of its first unknown."""
        part = self._layout.slices[self._names.index(layer)]
        row, rest = divmod(node - self._nodes.own[0] - part.start, SIZE)
        inside = 0 <= row < (part.stop - part.start) // SIZE and not rest
        return int(row) if inside else None

    def _is_said(self, interface: str) -> NDArray[np.bool_]:
        """Which of the fluxes at a plane its law and its capacitance say, shape (5,)."""
        plane = next(
            each
            for each in self._system.mesh.planes
            if self._system.interface(each).name == interface
        )
        said = np.full(SIZE, self._system.plane_flux(plane) is not None)
        said[-1] = math.isfinite(self._system.interface(plane).capacitance)
        return said

    def total_current(self, contact: int = 0) -> float:
        """J + ∂_t(−εV') at a contact: along a line the same everywhere at a time.

        The time derivative is rate × (u − past), as `fem_sf.spin.transient` leaves it.

        Parameters
        ----------
        contact
            0 for the left one, 1 for the right one.
        """
        faces = self._contacts[contact]
        total = self._side(faces).current
        for face in faces:
            block = self._names.index(face.layer)
            entries = self._assemble(block, self._change_forms[face.layer]).reshape(-1, SIZE)
            leaving = face.profile @ entries[face.rows, 4]
            total -= face.outward * float(self._sum(np.array([leaving]))[0]) / self._norm(faces)
        return total

    @cached_property
    def _change_forms(self) -> dict[str, Any]:
        """Poisson's equation for the time derivative of the fields, in layers at contacts."""
        system = self._system
        forms: dict[str, Any] = {}
        for face in chain(*self._contacts):
            if face.layer in forms:
                continue
            name = face.layer
            u, past = system.fields[name], system.past[name]
            change = Fields.of(system.constant("time", "rate") * (u - past))
            test = Fields.of(ufl.TestFunction(u.function_space))
            integrand = transport.poisson(change, test, system.layer_data(name))
            forms[name] = system.compile(integrand * system.layer_measure(name))
        return forms

    def _side(self, faces: list[_Face]) -> Side:
        trace, reaction = np.zeros(SIZE), np.zeros(SIZE)
        for face in faces:
            block = self._names.index(face.layer)
            function = self._layout.functions[block]
            values = function.x.array.real.reshape(-1, SIZE)
            trace += face.weights @ values[face.rows]
            reaction += face.outward * (face.profile @ self._leaving(face))
        norm = self._norm(faces)
        trace, reaction = self._sum(trace) / norm, self._sum(reaction) / norm
        return Side(
            chemical_potential=float(trace[0]),
            spin_potential=trace[1:4],
            current=float(reaction[0]),
            spin_current=reaction[1:4],
            potential=float(trace[4]),
            displacement=float(reaction[4]),
        )

    def _norm(self, faces: list[_Face]) -> float:
        """∫ φ²."""
        return float(self._sum(np.array([sum(face.weights @ face.profile for face in faces)]))[0])

    def _sum(self, values: FloatArray) -> FloatArray:
        return self._comm.allreduce(values) if self._comm.size > 1 else values


def _places(sets: Iterable[Nodes]) -> FloatArray:
    """Points of several sets of nodes, shape (n, 3)."""
    return np.concatenate([nodes.points for nodes in sets])


def _are_among(points: FloatArray, places: FloatArray) -> NDArray[np.bool_]:
    """Which points are one of the places, but for rounding."""
    if not len(points):
        return np.empty(0, dtype=bool)
    return np.asarray(cKDTree(places).query(points)[0] <= 1e-10 * np.abs(places).max())
