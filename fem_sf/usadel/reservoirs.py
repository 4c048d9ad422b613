# SPDX-License-Identifier: MIT
"""Holds outer faces at the bulk superconductor with a phase, where a current enters."""

from __future__ import annotations

import cmath
from dataclasses import dataclass

import numpy as np
from mpi4py import MPI
from numpy.typing import NDArray

from fem_sf.errors import MeshError, Problem
from fem_sf.solve.blocks import BlockVector
from fem_sf.usadel.bulk import bulk_gap
from fem_sf.usadel.riccati import bulk_values, gap_components
from fem_sf.usadel.system import UsadelSystem

SAME_POSITION = 1e-9
"""Difference in x over the length of the stack that is rounding."""

Places = NDArray[np.intp]


@dataclass(frozen=True)
class Face:
    """The outer face of a superconductor, as this rank has it.

    Parameters
    ----------
    layer
        Its name.
    delta
        Δ_b e^{iφ} in Tc.
    places, gap_places
        Where the unknowns and the components of Δ at the owned nodes of the face are in the local
        part of a vector, shapes (n, components).
    """

    layer: str
    delta: complex
    places: Places
    gap_places: Places


def _joined(places: list[Places]) -> Places:
    return np.concatenate([each.ravel() for each in places]) if places else np.empty(0, np.intp)


class Reservoirs:
    """What is held, and at which values; empty arrays where nothing is.

    Parameters
    ----------
    faces
        Of the layers whose phase is given.
    frame_shape
        Shape of a vector in spin space.
    """

    def __init__(self, faces: tuple[Face, ...] = (), frame_shape: tuple[int, ...] = ()):
        self.faces, self._frame_shape = faces, frame_shape
        self.places = _joined([face.places for face in faces])
        self.gap_places = _joined([face.gap_places for face in faces])

    def hold(self, theta: NDArray[np.complex128], omega: complex) -> None:
        """Put the bulk's solution at a frequency into the local part of a vector of unknowns."""
        for face in self.faces:
            theta[face.places] = bulk_values(face.delta, omega, self._frame_shape)

    def hold_gap(self, delta: NDArray[np.complex128]) -> None:
        """Put the bulk's Δ into the local part of a vector of Δ."""
        for face in self.faces:
            delta[face.gap_places] = gap_components(face.delta)


NO_RESERVOIRS = Reservoirs()
"""Where no phase is held: vacuum outside."""


def reservoirs(system: UsadelSystem, temperature: float) -> Reservoirs:
    """The outer faces of all superconductors with a phase, below Tc; collective.

    Raises
    ------
    MeshError
        If a mesh has no such face.
    """
    gap = bulk_gap(temperature)
    if not gap:
        return NO_RESERVOIRS
    gap_layout = BlockVector(list(system.gaps.values()))
    faces, problems = [], []
    for layer, phase in system.stack.phases.items():
        nodes = face_nodes(system, layer)
        if not system.mesh.comm.allreduce(len(nodes)):
            message = (
                "the mesh has no face of this layer at its least or largest x, where the "
                "phase could be held; give Δ (gap = …), or another mesh"
            )
            problems.append(Problem(f"layers.{layer}.phase", message))
        theta_nodes = system.node_dofs(layer)[nodes]
        block = list(system.gaps).index(layer)
        faces.append(
            Face(
                layer,
                cmath.rect(gap, phase),
                _places(system.layout, system.conductor_of(layer), theta_nodes),
                _places(gap_layout, block, nodes),
            )
        )
    if problems:
        raise MeshError(problems)
    return Reservoirs(tuple(faces), system.frame.shape)


def face_nodes(system: UsadelSystem, layer: str) -> NDArray[np.intp]:
    """Owned nodes of a layer at the ends of the mesh, among those of ``layer_space(layer)``."""
    space = system.layer_space(layer)
    x = space.tabulate_dof_coordinates()[: space.dofmap.index_map.size_local, 0]
    everything = system.mesh.mesh.geometry.x[:, 0]
    comm = system.mesh.comm
    low = comm.allreduce(everything.min(initial=np.inf), op=MPI.MIN)
    high = comm.allreduce(everything.max(initial=-np.inf), op=MPI.MAX)
    margin = SAME_POSITION * (high - low)
    first, last = system.stack.names[0], system.stack.names[-1]
    at_left = (x < low + margin) & (layer == first)
    at_right = (x > high - margin) & (layer == last)
    return np.flatnonzero(at_left | at_right)


def _places(layout: BlockVector, block: int, nodes: NDArray) -> Places:
    """Where all components at some nodes of a block are."""
    size = layout.spaces[block].dofmap.index_map_bs
    return layout.slices[block].start + nodes[:, np.newaxis] * size + np.arange(size)
