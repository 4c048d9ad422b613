# SPDX-License-Identifier: MIT
"""Splits some cells of a mesh, and as many neighbours as keep it conforming."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import basix.ufl
import dolfinx
import numpy as np
from mpi4py import MPI
from numpy.typing import NDArray
from scipy.spatial import KDTree

from fem_sf import compat
from fem_sf.errors import MeshError, Problem
from fem_sf.mesh.geometry import CELL_FACETS, Geometry

ONLY_SIMPLICES = (
    "only meshes of triangles or tetrahedra can be refined in places, this one is of "
    "quadrilaterals: make it of triangles, or make it finer itself and leave [accuracy] out"
)
"""Said of other meshes."""


def refine(geometry: Geometry, marked: NDArray[np.bool_]) -> Geometry:
    """Split cells by bisecting edges, the longest first (Á. Plaza and G. F. Carey, 2000).

    Points stay where they are and keep their numbers; further ones are middles of edges. Layers and
    groups of facets keep their extent.

    Parameters
    ----------
    geometry
        Of intervals, triangles or tetrahedra.
    marked
        Which cells have to be split, shape (cells,); others are too, so that no node hangs.

    Raises
    ------
    MeshError
        If its cells are of another kind.
    """
    if geometry.cell == "quadrilateral":
        raise MeshError([Problem("mesh.file", ONLY_SIMPLICES)])
    if not marked.any():
        return geometry
    mesh = _serial_mesh(geometry)
    number = np.empty(len(marked), dtype=np.int64)
    number[mesh.topology.original_cell_index] = np.arange(len(marked))
    cells = np.sort(number[marked]).astype(np.int32)
    refined, parents = compat.split_edges(mesh, cells)
    points, names, edges = _with_middles(geometry, refined.geometry.x)
    finer = replace(
        geometry,
        points=points,
        cells=names[compat.cell_shapes(refined)[0]],
        layer_of_cell=geometry.layer_of_cell[mesh.topology.original_cell_index[parents]],
    )
    groups = {
        name: _children(facets, edges, finer) for name, facets in geometry.facet_groups.items()
    }
    return replace(finer, facet_groups=groups)


def _serial_mesh(geometry: Geometry) -> dolfinx.mesh.Mesh:
    element = basix.ufl.element("Lagrange", geometry.cell, 1, shape=(geometry.dimension,))
    return compat.create_mesh(MPI.COMM_SELF, geometry.cells, geometry.points, element)


def _with_middles(
    geometry: Geometry, x: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.int64], dict[tuple[int, int], int]]:
    """Points of a refined mesh, old ones first; the number of each place; and the split edges."""
    old = len(geometry.points)
    pairs = [geometry.cells[:, each] for each in combinations(range(geometry.cells.shape[1]), 2)]
    edges = np.unique(np.sort(np.concatenate(pairs), axis=1), axis=0)
    middles = geometry.points[edges].mean(axis=1)
    known = np.concatenate([geometry.points, middles])
    _, found = KDTree(known).query(x[:, : geometry.dimension])
    split = np.unique(found[found >= old])
    numbers = np.concatenate([np.arange(old), np.full(len(edges), -1)])
    numbers[split] = old + np.arange(len(split))
    points = np.concatenate([geometry.points, known[split]])
    by_edge = zip(map(tuple, edges[split - old].tolist()), numbers[split].tolist(), strict=True)
    return points, numbers[found], dict(by_edge)


def _children(
    facets: NDArray[np.int64], middles: dict[tuple[int, int], int], finer: Geometry
) -> NDArray[np.int64]:
    """The facets of a refined mesh that make up those of the mesh before."""
    vertices = [finer.cells[:, each] for each in CELL_FACETS[finer.cell]]
    there = set(map(tuple, np.sort(np.concatenate(vertices), axis=1).tolist()))
    children = []
    for facet in np.sort(facets, axis=1).tolist():
        halves = [middles[each] for each in combinations(facet, 2) if each in middles]
        candidates = combinations(sorted([*facet, *halves]), len(facet))
        children += [each for each in candidates if each in there]
    return np.array(children, dtype=np.int64).reshape(-1, facets.shape[1])
