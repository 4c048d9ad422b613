# SPDX-License-Identifier: MIT
"""A distributed mesh with named layers and planes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import basix.ufl
import dolfinx
import numpy as np
from mpi4py import MPI
from numpy.typing import NDArray

from fem_sf import compat
from fem_sf.errors import MeshError, Problem
from fem_sf.mesh.geometry import Geometry


@dataclass(frozen=True)
class Plane:
    """The facets where two layers touch.

    Parameters
    ----------
    left, right
        The two layers, in the order of the stack.
    facets
        Integration entities [cell+, facet+, cell−, facet−, …] of the facets that this rank owns,
        '+' always on the side of ``left``.
    """

    left: str
    right: str
    facets: NDArray[np.int32]

    @property
    def pair(self) -> frozenset[str]:
        """The two names, in no order."""
        return frozenset((self.left, self.right))


class LayeredMesh:
    """A dolfinx mesh, the layer of each of its cells, and the planes between them.

    Parameters
    ----------
    mesh
        The parent mesh; in parallel with ghost cells across shared facets.
    layer_of_cell
        Index into ``names`` for every local cell, ghosts included, shape (cells,).
    names
        Names of the layers.
    facet_groups
        Facets that a mesh names itself, by the numbers of their vertices in the undistributed mesh,
        shape (k, vertices) each.
    starts
        By layer, x of the point from which positions in it are counted; 0 unless given.
    copies
        How many copies of one stack it consists of, see `repeated`.

    Raises
    ------
    MeshError
        If a layer has no cell, a cell no layer, or a parallel mesh no ghost cells.
    """

    def __init__(
        self,
        mesh: dolfinx.mesh.Mesh,
        layer_of_cell: NDArray[np.int32],
        names: Sequence[str],
        facet_groups: Mapping[str, NDArray[np.int64]] | None = None,
        starts: Mapping[str, float] | None = None,
        copies: int = 1,
    ):
        self.mesh = mesh
        self.copies = copies
        self.names = tuple(names)
        self.layer_of_cell = np.asarray(layer_of_cell, dtype=np.int32)
        self.facet_groups = dict(facet_groups or {})
        self.starts = dict(starts or {})
        self._parts: dict[tuple[str, ...], compat.SubMesh] = {}
        self._check_cells()

    @classmethod
    def distribute(cls, comm: MPI.Comm, geometry: Geometry | None, copies: int = 1) -> LayeredMesh:
        """Distribute a mesh that rank 0 holds; the other ranks pass ``None``."""
        shape = None
        if geometry is not None:
            dimension, vertices = geometry.points.shape[1], geometry.cells.shape[1]
            shape = (geometry.cell, dimension, vertices, geometry.layers)
        cell, dimension, vertices, names = comm.bcast(shape)
        if geometry is not None:
            cells, points = geometry.cells, geometry.points
        else:
            cells, points = np.empty((0, vertices), dtype=np.int64), np.empty((0, dimension))
        element = basix.ufl.element("Lagrange", cell, 1, shape=(dimension,))
        mesh = compat.create_mesh(comm, cells, points, element)
        layer_of_cell = comm.bcast(None if geometry is None else geometry.layer_of_cell)
        groups = comm.bcast(None if geometry is None else geometry.facet_groups)
        starts = comm.bcast(None if geometry is None else geometry.starts)
        own_layers = layer_of_cell[mesh.topology.original_cell_index]
        return cls(mesh, own_layers, names, groups, starts, copies)

    def repeated(self, count: int) -> LayeredMesh:
        """As many copies of this mesh, which one rank holds; they touch one another nowhere."""
        return LayeredMesh.distribute(self.comm, self._repeated_geometry(count), count)

    def move_to(self, original: LayeredMesh) -> None:
        """Move all copies to where the mesh is now that they were made of."""
        self.move(original._repeated_geometry(self.copies))

    @cached_property
    def copy_of_cell(self) -> NDArray[np.int64]:
        """The copy that each local cell belongs to, ghosts included."""
        topology = self.mesh.topology
        cells = topology.index_map(self.dimension).size_global // self.copies
        return np.asarray(topology.original_cell_index) // cells

    def move(self, geometry: Geometry | None) -> None:
        """Move all points to those of a mesh of the same connectivity, which rank 0 holds."""
        points = self.comm.bcast(None if geometry is None else geometry.points)
        self.starts = dict(self.comm.bcast(None if geometry is None else geometry.starts))
        own = self.mesh.geometry
        own.x[:, : points.shape[1]] = points[own.input_global_indices]
        for part in self._parts.values():
            part.mesh.geometry.x[:] = own.x[part.parent_nodes]

    @property
    def comm(self) -> MPI.Comm:
        """The communicator of the mesh."""
        return self.mesh.comm

    @property
    def dimension(self) -> int:
        """1, 2 or 3."""
        return self.mesh.topology.dim

    def slender_share(self, limit: float) -> float:
        """The share of cells of which some length is longer than others by more than a limit.

        Parameters
        ----------
        limit
            Of the mean square length of the edges from a corner, to the power d/2, over their
            volume: 1 at a corner of a cube, half the ratio of the sides of a long rectangle.
        """
        dimension, geometry = self.dimension, self.mesh.geometry
        owned = self.mesh.topology.index_map(dimension).size_local
        nodes, _ = compat.cell_shapes(self.mesh)
        corners = geometry.x[nodes[:owned, : dimension + 1]][:, :, :dimension]
        edges = corners[:, 1:] - corners[:, :1]
        lengths = np.sqrt((edges**2).sum(axis=(1, 2)) / dimension)
        slender = lengths**dimension > limit * np.abs(np.linalg.det(edges))
        counts = self.comm.allreduce(np.array([np.count_nonzero(slender), owned]))
        return float(counts[0] / counts[1])

    def positions(self, layer: str, coordinates: NDArray[np.float64]) -> NDArray[np.float64]:
        """Positions in a layer, shape (n, dimension), from coordinates of shape (n, 3)."""
        positions = coordinates[:, : self.dimension].copy()
        positions[:, 0] -= self.starts.get(layer, 0.0)
        return positions

    def cells(self, layer: str) -> NDArray[np.int32]:
        """Local cells of a layer, ghosts included."""
        return np.flatnonzero(self.layer_of_cell == self.names.index(layer)).astype(np.int32)

    def owned_cells(self, layer: str) -> NDArray[np.int32]:
        """Local cells of a layer that this rank integrates over."""
        cells = self.cells(layer)
        return cells[cells < self.mesh.topology.index_map(self.dimension).size_local]

    def part(self, layers: Sequence[str]) -> compat.SubMesh:
        """The submesh of one or several layers; made once."""
        key = tuple(layers)
        if key not in self._parts:
            wanted = [self.names.index(name) for name in key]
            cells = np.flatnonzero(np.isin(self.layer_of_cell, wanted)).astype(np.int32)
            self._parts[key] = compat.create_submesh(self.mesh, cells)
        return self._parts[key]

    @cached_property
    def planes(self) -> tuple[Plane, ...]:
        """The planes where two layers touch, the same on every rank, sorted by layer."""
        pairs, entities = self._interface_facets()
        touching = sorted(
            set().union(*self.comm.allgather({tuple(pair) for pair in pairs.tolist()}))
        )
        return tuple(
            Plane(
                self.names[left],
                self.names[right],
                entities[(pairs == (left, right)).all(axis=1)].ravel(),
            )
            for left, right in touching
        )

    @cached_property
    def outer_facets(self) -> NDArray[np.int32]:
        """Facets on the outer surface that this rank owns."""
        topology, dimension = self.mesh.topology, self.dimension
        topology.create_connectivity(dimension - 1, dimension)
        topology.create_connectivity(dimension, dimension - 1)
        return dolfinx.mesh.exterior_facet_indices(topology)

    def end_facets(self, *, right: bool) -> NDArray[np.int32]:
        """Outer facets at the least or the largest x of the whole mesh."""
        corners = self._facet_points(self.outer_facets)[:, :, 0]
        x = self.mesh.geometry.x[:, 0]
        low = self.comm.allreduce(x.min(initial=np.inf), op=MPI.MIN)
        high = self.comm.allreduce(x.max(initial=-np.inf), op=MPI.MAX)
        end = high if right else low
        return self.outer_facets[(np.abs(corners - end) < 1e-9 * (high - low)).all(axis=1)]

    def group_facets(self, name: str) -> NDArray[np.int32]:
        """Outer facets of a group that the mesh names."""
        wanted = np.sort(self.facet_groups[name], axis=1)
        numbers = self.mesh.geometry.input_global_indices
        own = np.sort(np.asarray(numbers)[self._facet_nodes(self.outer_facets)], axis=1)
        keys = {tuple(each) for each in wanted.tolist()}
        return self.outer_facets[[tuple(each) in keys for each in own.tolist()]]

    def facet_entities(self, facets: NDArray[np.int32]) -> NDArray[np.int32]:
        """Outer facets as integration entities (cell, local facet), shape (n, 2)."""
        topology, dimension = self.mesh.topology, self.dimension
        cells_of_facet = topology.connectivity(dimension - 1, dimension)
        cells = cells_of_facet.array[cells_of_facet.offsets[facets]]
        facets_of_cell = topology.connectivity(dimension, dimension - 1).array.reshape(
            -1, dolfinx.cpp.mesh.cell_num_entities(topology.cell_type, dimension - 1)
        )
        local = np.argmax(facets_of_cell[cells] == facets[:, None], axis=1)
        return np.stack([cells, local], axis=1).astype(np.int32)

    def facet_corners(self, entities: NDArray[np.int32]) -> NDArray[np.float64]:
        """Corners of facets given as (cell, local facet), shape (n, vertices, 3)."""
        topology, dimension = self.mesh.topology, self.dimension
        facets_of_cell = topology.connectivity(dimension, dimension - 1).array.reshape(
            -1, dolfinx.cpp.mesh.cell_num_entities(topology.cell_type, dimension - 1)
        )
        return self._facet_points(facets_of_cell[entities[:, 0], entities[:, 1]])

    def cell_middles(self, cells: NDArray[np.int32]) -> NDArray[np.float64]:
        """Mean of the corners of some local cells, shape (n, 3)."""
        nodes, _ = compat.cell_shapes(self.mesh)
        return np.asarray(self.mesh.geometry.x[nodes[cells]].mean(axis=1))

    def _facet_nodes(self, facets: NDArray[np.int32]) -> NDArray[np.int32]:
        if not len(facets):
            # dolfinx divides by how many there are
            kind = dolfinx.cpp.mesh.cell_entity_type(
                self.mesh.topology.cell_type, self.dimension - 1, 0
            )
            return np.empty((0, dolfinx.cpp.mesh.cell_num_vertices(kind)), dtype=np.int32)
        return dolfinx.mesh.entities_to_geometry(self.mesh, self.dimension - 1, facets)

    def _facet_points(self, facets: NDArray[np.int32]) -> NDArray[np.float64]:
        """Corners of facets, shape (n, vertices, 3)."""
        return self.mesh.geometry.x[self._facet_nodes(facets)]

    def _repeated_geometry(self, count: int) -> Geometry:
        points = self.mesh.geometry.x[:, : self.dimension]
        cells, _ = compat.cell_shapes(self.mesh)
        first_points = len(points) * np.arange(count)[:, np.newaxis, np.newaxis]
        return Geometry(
            self.mesh.topology.cell_name(),
            np.tile(points, (count, 1)),
            (cells + first_points).reshape(-1, cells.shape[1]),
            np.tile(self.layer_of_cell, count),
            self.names,
            starts=self.starts,
        )

    def _check_cells(self) -> None:
        count = np.bincount(self.layer_of_cell[self.layer_of_cell >= 0], minlength=len(self.names))
        untagged = int(
            (self.layer_of_cell < 0).sum() + (self.layer_of_cell >= len(self.names)).sum()
        )
        count, untagged = self.comm.allreduce(count), self.comm.allreduce(untagged)
        problems = [
            Problem(f"layers.{name}", "no cell of the mesh belongs to this layer")
            for name, cells in zip(self.names, count, strict=True)
            if not cells
        ]
        if untagged:
            problems.append(Problem("mesh", f"{untagged} cells belong to no layer; tag every cell"))
        if problems:
            raise MeshError(problems)

    def _interface_facets(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Layer pairs (n, 2) and integration entities (n, 4) of this rank's interface facets."""
        topology, dimension = self.mesh.topology, self.dimension
        topology.create_connectivity(dimension - 1, dimension)
        topology.create_connectivity(dimension, dimension - 1)
        cells_of_facet = topology.connectivity(dimension - 1, dimension)
        owned = topology.index_map(dimension - 1).size_local
        count = np.diff(cells_of_facet.offsets)[:owned]
        self._check_ghosts(np.flatnonzero(count == 1))
        facets = np.flatnonzero(count == 2)
        first = cells_of_facet.offsets[facets]
        cells = np.column_stack([cells_of_facet.array[first], cells_of_facet.array[first + 1]])
        layers = self.layer_of_cell[cells]
        between = layers[:, 0] != layers[:, 1]
        facets, cells, layers = facets[between], cells[between], layers[between]
        order = np.argsort(layers, axis=1)
        cells = np.take_along_axis(cells, order, axis=1)
        facets_of_cell = topology.connectivity(dimension, dimension - 1).array.reshape(
            -1, dolfinx.cpp.mesh.cell_num_entities(topology.cell_type, dimension - 1)
        )
        local = np.argmax(facets_of_cell[cells] == facets[:, None, None], axis=2)
        entities = np.stack([cells[:, 0], local[:, 0], cells[:, 1], local[:, 1]], axis=1)
        return np.sort(layers, axis=1), entities.astype(np.int32)

    def _check_ghosts(self, lonely_facets: NDArray[Any]) -> None:
        exterior = dolfinx.mesh.exterior_facet_indices(self.mesh.topology)
        missing = self.comm.allreduce(len(np.setdiff1d(lonely_facets, exterior)))
        if missing:
            raise MeshError(
                [
                    Problem(
                        "mesh",
                        f"{missing} facets between two ranks have no ghost cell; make the mesh "
                        "with create_cell_partitioner(GhostMode.shared_facet)",
                    )
                ]
            )
