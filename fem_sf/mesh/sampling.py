# SPDX-License-Identifier: MIT
"""Reads fields at the nodes of a layer or at given points, as plain arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import basix
import dolfinx
import numpy as np
import scipy.sparse
import scipy.spatial
from numpy.typing import NDArray

from fem_sf import compat


@dataclass(frozen=True)
class Sampling:
    """How this rank reads its share of some points, and where they go on rank 0.

    Parameters
    ----------
    rows
        Place of each of this rank's points among all of them, shape (n,).
    weights
        Sparse (n, local dofs of the space): a field's values at the points are weights @ field.
    size
        Number of points on all ranks.
    """

    rows: NDArray[np.int64]
    weights: scipy.sparse.csr_array
    size: int

    def gather(self, comm: Any, values: NDArray) -> NDArray | None:
        """All points' values on rank 0, from each rank's own, shape (n, …); ``None`` elsewhere."""
        shares = comm.gather((self.rows, values))
        if shares is None:
            return None
        result = np.full((self.size, *values.shape[1:]), np.nan, dtype=values.dtype)
        for rows, share in shares:
            result[rows] = share
        return result


def node_sampling(space: dolfinx.fem.FunctionSpace) -> Sampling:
    """The nodes of a Lagrange space, in the order of its global numbering."""
    index_map = space.dofmap.index_map
    owned, ghosts = index_map.size_local, index_map.num_ghosts
    start = index_map.local_range[0]
    weights = scipy.sparse.eye_array(owned, owned + ghosts, format="csr")
    return Sampling(np.arange(start, start + owned), weights, index_map.size_global)


def all_local_nodes(space: dolfinx.fem.FunctionSpace) -> Sampling:
    """All nodes that this rank knows, ghosts included, for what is not gathered."""
    index_map = space.dofmap.index_map
    count = index_map.size_local + index_map.num_ghosts
    return Sampling(np.arange(count), scipy.sparse.eye_array(count, format="csr"), count)


def point_sampling(space: dolfinx.fem.FunctionSpace, points: NDArray[np.float64]) -> Sampling:
    """Points anywhere in the mesh of a Lagrange space, shape (n, dimension).

    A point that several ranks hold is read by the lowest; one that none holds becomes NaN.
    """
    mesh = space.mesh
    padded = np.zeros((len(points), 3))
    padded[:, : points.shape[1]] = points
    tree = dolfinx.geometry.bb_tree(mesh, mesh.topology.dim, padding=1e-10)
    candidates = dolfinx.geometry.compute_collisions_points(tree, padded)
    hits = dolfinx.geometry.compute_colliding_cells(mesh, candidates, padded)
    owned = mesh.topology.index_map(mesh.topology.dim).size_local
    cells = np.full(len(points), -1)
    for i in range(len(points)):
        links = hits.links(i)
        mine = links[links < owned]
        if len(mine):
            cells[i] = mine[0]
    holder = np.where(cells >= 0, mesh.comm.rank, mesh.comm.size)
    mine = np.flatnonzero((_minimum(mesh.comm, holder) == mesh.comm.rank) & (cells >= 0))
    return Sampling(mine, _basis_values(space, padded[mine], cells[mine]), len(points))


def matching_dofs(
    space: dolfinx.fem.FunctionSpace,
    cells: NDArray[np.int32],
    other: dolfinx.fem.FunctionSpace,
    other_cells: NDArray[np.int32],
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Dofs of two nodal spaces of one degree at the same places of the same cells, pair by pair.

    Parameters
    ----------
    space, other
        Lagrange or discontinuous Lagrange spaces, on a mesh and a part of it or the reverse.
    cells, other_cells
        The same cells in the two meshes, shape (n,).

    Returns
    -------
    tuple
        Local dofs of both, each of shape (n, nodes per cell).
    """
    here, there = space.dofmap.list[cells], other.dofmap.list[other_cells]
    distance = np.linalg.norm(
        space.tabulate_dof_coordinates()[here][:, :, None]
        - other.tabulate_dof_coordinates()[there][:, None, :],
        axis=-1,
    )
    return here, np.take_along_axis(there, distance.argmin(axis=2), axis=1)


def node_cells(space: dolfinx.fem.FunctionSpace) -> NDArray[np.int64] | None:
    """Linear cells through all nodes of a Lagrange space on rank 0, numbered as the nodes.

    VTK's vertex order; shape (cells, vertices).
    """
    mesh = space.mesh
    owned = mesh.topology.index_map(mesh.topology.dim).size_local
    dofs = space.dofmap.list[:owned]
    numbers = space.dofmap.index_map.local_to_global(dofs.ravel().astype(np.int32))
    pattern = subcells(space.element.basix_element)
    cells = numbers.reshape(dofs.shape)[:, pattern].reshape(-1, pattern.shape[1])
    shares = mesh.comm.gather(cells)
    return None if shares is None else np.concatenate(shares)


def subcells(element: Any) -> NDArray[np.int64]:
    """Linear cells between the nodes of a reference element, as local dofs in VTK's order."""
    nodes = np.asarray(element.points)
    if element.cell_type == basix.CellType.interval:
        order = np.argsort(nodes[:, 0])
        return np.column_stack([order[:-1], order[1:]])
    if element.cell_type == basix.CellType.quadrilateral:
        grid = np.lexsort((nodes[:, 0], nodes[:, 1])).reshape(element.degree + 1, -1)
        corners = (grid[:-1, :-1], grid[:-1, 1:], grid[1:, 1:], grid[1:, :-1])
        return np.stack([corner.ravel() for corner in corners], axis=1)
    simplices = scipy.spatial.Delaunay(nodes).simplices.astype(np.int64)
    edges = nodes[simplices[:, 1:]] - nodes[simplices[:, :1]]
    volume = np.linalg.det(edges)
    simplices[volume < 0] = simplices[volume < 0][:, [1, 0, *range(2, simplices.shape[1])]]
    return simplices[np.abs(volume) > 1e-10]


def _minimum(comm: Any, values: NDArray) -> NDArray:
    from mpi4py import MPI

    result = np.empty_like(values)
    comm.Allreduce(np.ascontiguousarray(values), result, op=MPI.MIN)
    return result


def _basis_values(
    space: dolfinx.fem.FunctionSpace, points: NDArray[np.float64], cells: NDArray[np.int64]
) -> scipy.sparse.csr_array:
    """Basis functions of the cells at one point each, as rows over the local dofs."""
    mesh, dofmap = space.mesh, space.dofmap
    dimension = mesh.topology.dim
    geometry_nodes, cell_map = compat.cell_shapes(mesh)
    basis = np.empty((len(points), 1, dofmap.list.shape[1]))
    for row, (point, cell) in enumerate(zip(points, cells, strict=True)):
        corners = mesh.geometry.x[geometry_nodes[cell]][:, : mesh.geometry.dim]
        reference = cell_map.pull_back(point[None, : mesh.geometry.dim], corners)
        basis[row] = space.element.basix_element.tabulate(0, reference[:, :dimension])[0, :, :, 0]
    return basis_rows(space, basis, cells)


def basis_rows(
    space: dolfinx.fem.FunctionSpace, basis: NDArray[np.float64], cells: NDArray[np.integer]
) -> scipy.sparse.csr_array:
    """Values of the basis functions of cells at points of each, as rows over the local dofs.

    Parameters
    ----------
    space
        A Lagrange space.
    basis
        Values, shape (cells, points of each, nodes of each).
    cells
        Local numbers of the cells.

    Returns
    -------
    csr_array
        A row for every point, of the first cell first.
    """
    index_map = space.dofmap.index_map
    points, nodes = basis.shape[1:]
    columns = np.repeat(space.dofmap.list[cells], points, axis=0)
    starts = nodes * np.arange(len(columns) + 1)
    return scipy.sparse.csr_array(
        (basis.ravel(), columns.ravel(), starts),
        shape=(len(columns), index_map.size_local + index_map.num_ghosts),
    )
