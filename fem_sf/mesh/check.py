# SPDX-License-Identifier: MIT
"""Whether a mesh fits a stack: who touches whom, and whether the planes conform."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from fem_sf.errors import MeshError, Problem
from fem_sf.interfaces import Transparent
from fem_sf.mesh.geometry import Geometry
from fem_sf.stack import Stack

FACETS = {
    "interval": [[0], [1]],
    "triangle": [[0, 1], [1, 2], [0, 2]],
    "quadrilateral": [[0, 1], [0, 2], [1, 3], [2, 3]],
    "tetrahedron": [[0, 1, 2], [0, 1, 3], [0, 2, 3], [1, 2, 3]],
}
"""Vertices of the facets of each cell, in dolfinx' order."""

CLOSE = 1e-8
"""Points nearer than this, relative to the mesh's extent, are at one place."""


def check_geometry(geometry: Geometry, stack: Stack) -> None:
    """Refuse a mesh that does not fit its stack.

    Parameters
    ----------
    geometry
        The mesh; its ``layers`` are the stack's.
    stack
        Layers and laws.

    Raises
    ------
    MeshError
        With every problem: empty layers, cells of no layer, flat cells, touching pairs without a
        law, laws for pairs that do not touch, planes that do not conform, a barrier inside a
        conductor.
    """
    facets = Facets(geometry)
    problems = [
        *_cell_problems(geometry),
        *_pair_problems(facets, stack),
        *_group_problems(geometry, facets),
        *_conformity_problems(geometry, facets),
        *_slit_problems(facets, stack),
    ]
    if problems:
        raise MeshError(problems)


class Facets:
    """The distinct facets of a mesh, the layers on their two sides, and which are exterior.

    Parameters
    ----------
    geometry
        The mesh.
    """

    def __init__(self, geometry: Geometry):
        local = np.array(FACETS[geometry.cell])
        every = np.sort(geometry.cells[:, local].reshape(-1, local.shape[1]), axis=1)
        owner = np.repeat(geometry.layer_of_cell, len(local))
        order = np.lexsort(every.T)
        every, owner = every[order], owner[order]
        same = (every[1:] == every[:-1]).all(axis=1)
        first = np.flatnonzero(same)
        self.names = geometry.layers
        self.interior = every[first]
        self.sides = np.sort(np.column_stack([owner[first], owner[first + 1]]), axis=1)
        lonely = np.ones(len(every), dtype=bool)
        lonely[first] = lonely[first + 1] = False
        self.exterior, self.exterior_layer = every[lonely], owner[lonely]

    def touching_pairs(self) -> dict[frozenset[str], NDArray[np.int64]]:
        """Facets between each pair of touching layers, by the two names."""
        between = (self.sides[:, 0] != self.sides[:, 1]) & (self.sides[:, 0] >= 0)
        sides, facets = self.sides[between], self.interior[between]
        return {
            frozenset((self.names[a], self.names[b])): facets[(sides == (a, b)).all(axis=1)]
            for a, b in np.unique(sides, axis=0)
        }


def cell_volumes(geometry: Geometry) -> NDArray[np.float64]:
    """Signed volume of simplices; of quadrilaterals, that of the parallelogram at vertex 0."""
    corners = geometry.points[geometry.cells]
    dimension = geometry.points.shape[1]
    edges = corners[:, 1 : dimension + 1] - corners[:, :1]
    return np.linalg.det(edges)


def _cell_problems(geometry: Geometry) -> Iterator[Problem]:
    layers = geometry.layer_of_cell
    untagged = int((layers < 0).sum())
    if untagged:
        yield Problem("mesh", f"{untagged} cells belong to no layer; give every cell a layer's name")
    for number, name in enumerate(geometry.layers):
        if not (layers == number).any():
            yield Problem(f"layers.{name}", "no cell of the mesh belongs to this layer")
    extent = np.ptp(geometry.points, axis=0).max()
    flat = int((np.abs(cell_volumes(geometry)) <= (1e-12 * extent) ** geometry.points.shape[1]).sum())
    if flat:
        yield Problem("mesh", f"{flat} cells have no volume; remove points that coincide")


def _pair_problems(facets: Facets, stack: Stack) -> Iterator[Problem]:
    touching = facets.touching_pairs()
    for pair in touching:
        left, right = (name for name in stack.names if name in pair)
        if stack.interface(left, right) is None:
            yield Problem(
                f"interfaces.{left}|{right}",
                "these layers touch in the mesh and have no law; add\n"
                f'    [[interfaces]]\n    between = ["{left}", "{right}"]\n'
                '    law = "transparent"    # or "kupriyanov-lukichev", "insulating"',
            )
    for interface in stack.interfaces:
        if interface.pair not in touching:
            yield Problem(
                f"interfaces.{interface.name}",
                "these layers have a law and touch nowhere in the mesh; remove the law, or join "
                "the layers in the mesh",
            )


def _group_problems(geometry: Geometry, facets: Facets) -> Iterator[Problem]:
    """A facet group that is named after a pair must be just where the pair touches."""
    touching = facets.touching_pairs()
    for name, group in geometry.facet_groups.items():
        pair = frozenset(name.split("|"))
        if len(pair) != 2 or not pair <= set(geometry.layers):
            continue
        wanted = {tuple(each) for each in touching.get(pair, np.empty((0, 0))).tolist()}
        given = {tuple(each) for each in np.sort(group, axis=1).tolist()}
        if wanted != given:
            yield Problem(
                f"interfaces.{name}",
                f"the facets named {name!r} are not those where the two layers touch: "
                f"{len(given - wanted)} too many, {len(wanted - given)} missing",
            )


def _conformity_problems(geometry: Geometry, facets: Facets) -> Iterator[Problem]:
    extent = np.ptp(geometry.points, axis=0).max()
    outer = np.unique(facets.exterior)
    layer_of_point = np.full(len(geometry.points), -1)
    layer_of_point[facets.exterior] = facets.exterior_layer[:, None]
    tree = cKDTree(geometry.points[outer])
    doubles = outer[tree.query_pairs(CLOSE * extent, output_type="ndarray")]
    clashes = {
        frozenset(pair) for pair in layer_of_point[doubles].tolist() if -1 not in pair
    }
    if geometry.points.shape[1] == 2:
        clashes |= set(_hanging(geometry, facets, outer, tree, layer_of_point, extent))
    for clash in sorted(clashes, key=sorted):
        names = " and ".join(repr(geometry.layers[number]) for number in sorted(clash))
        yield Problem(
            "mesh",
            f"the plane between {names} does not conform: its points are not shared by the cells "
            "on both sides; in Gmsh, fragment the geometry (BooleanFragments or Coherence) before "
            "meshing",
        )


def _hanging(
    geometry: Geometry,
    facets: Facets,
    outer: NDArray[np.int64],
    tree: cKDTree,
    layer_of_point: NDArray[np.int64],
    extent: float,
) -> Iterator[frozenset[int]]:
    """Layers of which one has an exterior point inside an exterior edge of the other."""
    ends = geometry.points[facets.exterior]
    middle, half = ends.mean(axis=1), np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1) / 2
    near = tree.query_ball_point(middle, half * (1 - CLOSE))
    count = np.array([len(each) for each in near])
    edge = np.repeat(np.arange(len(near)), count)
    point = outer[np.concatenate([np.array(each, dtype=np.int64) for each in near])]
    along = ends[edge, 1] - ends[edge, 0]
    offset = geometry.points[point] - ends[edge, 0]
    distance = np.abs(along[:, 0] * offset[:, 1] - along[:, 1] * offset[:, 0])
    inside = distance <= CLOSE * extent * np.linalg.norm(along, axis=1)
    pairs = np.column_stack([facets.exterior_layer[edge], layer_of_point[point]])[inside]
    return (frozenset(pair) for pair in pairs.tolist() if -1 not in pair)


def _slit_problems(facets: Facets, stack: Stack) -> Iterator[Problem]:
    """A barrier between two layers that a transparent path joins would be a slit."""
    group = {name: {name} for name in stack.names}
    touching = facets.touching_pairs()
    for interface in stack.interfaces:
        if isinstance(interface.law, Transparent) and interface.pair in touching:
            joined = group[interface.left] | group[interface.right]
            group.update({name: joined for name in joined})
    for interface in stack.interfaces:
        closed = not isinstance(interface.law, Transparent) and interface.pair in touching
        if closed and interface.right in group[interface.left]:
            yield Problem(
                f"interfaces.{interface.name}",
                "a barrier between layers that transparent interfaces join elsewhere is a slit in "
                "one conductor, which is not supported; give one of the transparent interfaces a "
                "barrier too",
            )
