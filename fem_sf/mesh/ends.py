# SPDX-License-Identifier: MIT
"""Averages fields over the ends of layers.

The left end of a layer is where it touches layers that come before it in the stack. A layer that
touches none has its facets of the group ``left``, where a mesh names its ends by groups ``left``
and ``right``; else the faces of the outer surface that look to −x, each counted by its projection
across x: a whole face at the end of a stack, whose sides then count nothing. The right end is the
same with layers after it and +x. Where a layer has none of these, its whole surface is looked at
so. A corner belongs to the facets that meet there, and has no weight of its own.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import basix
import dolfinx
import numpy as np
from numpy.typing import NDArray

from fem_sf.mesh.geometry import CELL_FACETS
from fem_sf.mesh.layers import LayeredMesh
from fem_sf.mesh.orientation import ENDS
from fem_sf.mesh.sampling import Sampling, basis_rows

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Ends:
    """Both ends of a layer, as points of quadrature on its facets.

    Parameters
    ----------
    points
        Those of this rank, in a space of the layer.
    weights
        Of them in the means over the left and the right end, shape (2, n); of all ranks they add up
        to 1.
    """

    points: Sampling
    weights: FloatArray

    def means(self, mesh: LayeredMesh, values: NDArray) -> NDArray:
        """∫ dS/∫ 1 dS over the left and the right end; collective.

        Parameters
        ----------
        mesh
            Whose layer it is.
        values
            At this rank's points, shape (n, …).

        Returns
        -------
        ndarray
            Shape (2, …), the same on every rank.
        """
        return np.asarray(mesh.comm.allreduce(np.tensordot(self.weights, values, axes=1)))


def ends_of_layer(mesh: LayeredMesh, layer: str, space: dolfinx.fem.FunctionSpace) -> Ends:
    """The ends of a layer; collective.

    Parameters
    ----------
    mesh
        The layered mesh.
    layer
        Name.
    space
        A Lagrange space on the part of the mesh that is this layer. The rule is exact for
        polynomials of twice its degree and two more, as integrals over layers are.
    """
    sides = [_end(mesh, layer, right=right) for right in (False, True)]
    entities = np.concatenate([facets for facets, _ in sides])
    basis, rule = _facet_rule(mesh.mesh.topology.cell_name(), space.element.basix_element)
    cells = mesh.part((layer,)).sub_cells[entities[:, 0]]
    rows = basis_rows(space, basis[entities[:, 1]], cells)
    weights = np.zeros((2, len(entities), len(rule)))
    start = 0
    for side, (facets, sizes) in zip(weights, sides, strict=True):
        side[start : start + len(facets)] = sizes[:, np.newaxis] * rule
        start += len(facets)
    weights = weights.reshape(2, -1)
    totals = mesh.comm.allreduce(weights.sum(axis=1))
    count = rows.shape[0]
    return Ends(Sampling(np.arange(count), rows, count), weights / totals[:, np.newaxis])


def _end(mesh: LayeredMesh, layer: str, *, right: bool) -> tuple[NDArray[np.int32], FloatArray]:
    """Facets of an end on this rank as (cell, local facet), and what each counts, shape (n,)."""
    touching = _facets_of_planes(mesh, layer, right=right)
    sizes = _area_vectors(mesh, touching)
    found = [(touching, np.linalg.norm(sizes, axis=1))]
    number = mesh.names.index(layer)
    if set(ENDS) <= mesh.facet_groups.keys():
        named = mesh.facet_entities(mesh.group_facets(ENDS[right]))
        named = named[mesh.layer_of_cell[named[:, 0]] == number]
        found.append((named, np.linalg.norm(_area_vectors(mesh, named), axis=1)))
    outer = mesh.facet_entities(mesh.outer_facets)
    outer = outer[mesh.layer_of_cell[outer[:, 0]] == number]
    everything = np.concatenate([outer, touching, _facets_of_planes(mesh, layer, right=not right)])
    sign = 1 if right else -1
    for facets in (outer, everything):
        projected = np.maximum(sign * _area_vectors(mesh, facets)[:, 0], 0.0)
        facing = projected > 1e-9 * projected.max(initial=0.0)
        found.append((facets[facing], projected[facing]))
    there = mesh.comm.allreduce(np.array([len(facets) for facets, _ in found]))
    return found[int(np.flatnonzero(there)[0])]


def _facets_of_planes(mesh: LayeredMesh, layer: str, *, right: bool) -> NDArray[np.int32]:
    """Facets of a layer to those after it, or before it, as (cell, local facet)."""
    sides = [
        plane.facets.reshape(-1, 4)[:, slice(0, 2) if right else slice(2, 4)]
        for plane in mesh.planes
        if (plane.left if right else plane.right) == layer
    ]
    return np.concatenate([np.empty((0, 2), dtype=np.int32), *sides])


def _area_vectors(mesh: LayeredMesh, entities: NDArray[np.int32]) -> FloatArray:
    """Size times outward normal of facets, shape (n, 3); in one dimension ±1 along x."""
    corners = mesh.facet_corners(entities)
    edges = corners[:, 1:] - corners[:, :1]
    inside = corners[:, 0] - mesh.cell_middles(entities[:, 0])
    if mesh.dimension == 1:
        vectors = np.zeros((len(entities), 3))
        vectors[:, 0] = 1.0
    elif mesh.dimension == 2:
        vectors = np.cross(edges[:, 0], [0.0, 0.0, 1.0])
    else:
        vectors = np.cross(edges[:, 0], edges[:, 1]) / 2
    return vectors * np.sign(np.einsum("ij,ij->i", vectors, inside))[:, np.newaxis]


@lru_cache
def _facet_rule(cell: str, element: basix.finite_element.FiniteElement) -> tuple:
    """Basis at points of each facet, (facets, points, dofs), and weights that add up to 1."""
    corners = basix.geometry(element.cell_type)
    kind = {1: basix.CellType.interval, 2: basix.CellType.triangle}
    dimension = corners.shape[1] - 1
    if dimension:
        points, weights = basix.make_quadrature(kind[dimension], 2 * element.degree + 2)
    else:
        points, weights = np.zeros((1, 0)), np.ones(1)
    tables = []
    for facet in CELL_FACETS[cell]:
        first, *others = corners[list(facet)]
        along = np.array([each - first for each in others]).reshape(dimension, dimension + 1)
        tables.append(element.tabulate(0, first + points @ along)[0, :, :, 0])
    return np.stack(tables), weights * math.factorial(dimension)
