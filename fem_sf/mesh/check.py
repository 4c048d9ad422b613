# SPDX-License-Identifier: MIT
"""Checks that a mesh fits its stack: layers, laws of touching pairs, planes between."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from fem_sf.errors import MeshError, Problem
from fem_sf.mesh.geometry import CELL_FACETS, FROM_CYCLIC, Geometry
from fem_sf.multilayer import Joint, Multilayer, without_law
from fem_sf.words import did_you_mean, spell

_FLAT = 1e-10
"""A cell is flat if its volume is less than this times that of a cube on its longest edge."""

_CLOSE = 1e-7
"""Points are at the same place if they are nearer than this times the extent of the mesh."""

_INWARD = 0.01
"""How far the corners of a facet are drawn to its middle before they count as inside another."""


def touching_pairs(geometry: Geometry) -> dict[frozenset[str], NDArray[np.int64]]:
    """The facets that cells of two different layers share, by the names of the two.

    Returns
    -------
    dict
        Vertices of the facets in ascending order, shape (k, vertices of a facet).
    """
    return Facets.of(geometry).touching


def check_geometry(geometry: Geometry, stack: Multilayer) -> None:
    """Refuse a mesh that does not fit its stack.

    Parameters
    ----------
    geometry
        The mesh.
    stack
        Layers and interfaces.

    Raises
    ------
    MeshError
        With everything that is wrong: layers that are missing or empty, groups that are no layer,
        cells of no layer, flat or overlapping cells, touching pairs without a law, laws without a
        touching pair, planes whose two sides share no points, facet groups that are not where
        their names say, and barriers inside one conductor. Planes are only looked at where the
        cells are sound.
    """
    facets = Facets.of(geometry)
    problems = list(_name_problems(geometry, stack))
    unsound = [*_flat_problems(geometry), *_overlap_problems(facets)]
    problems += unsound or _plane_problems(facets, stack)
    if problems:
        raise MeshError(problems)


@dataclass(frozen=True, eq=False)
class Facets:
    """The facets of a mesh, each once.

    Parameters
    ----------
    geometry
        The mesh.
    vertices
        In ascending order, shape (n, vertices of a facet).
    cells
        Two cells that have the facet, the second −1 at the boundary; shape (n, 2).
    count
        How many cells have it, shape (n,).
    """

    geometry: Geometry
    vertices: NDArray[np.int64]
    cells: NDArray[np.int64]
    count: NDArray[np.int64]

    @classmethod
    def of(cls, geometry: Geometry) -> Facets:
        """Find the facets of a mesh."""
        local = np.array(CELL_FACETS[geometry.cell])
        every = np.sort(geometry.cells[:, local].reshape(-1, local.shape[1]), axis=1)
        order = np.lexsort(every.T[::-1])
        every, cell = every[order], order // len(local)
        new = np.concatenate([[True], (every[1:] != every[:-1]).any(axis=1)])
        start = np.flatnonzero(new)
        count = np.diff(start, append=len(every))
        second = np.where(count > 1, cell[np.minimum(start + 1, len(cell) - 1)], -1)
        return cls(geometry, every[start], np.column_stack([cell[start], second]), count)

    @cached_property
    def touching(self) -> dict[frozenset[str], NDArray[np.int64]]:
        """See :func:`touching_pairs`."""
        inner = self.count == 2
        vertices = self.vertices[inner]
        layers = np.sort(self.geometry.layer_of_cell[self.cells[inner]], axis=1)
        between = (layers[:, 0] != layers[:, 1]) & (layers[:, 0] >= 0)
        layers, vertices = layers[between], vertices[between]
        names = self.geometry.layers
        return {
            frozenset((names[a], names[b])): vertices[(layers == (a, b)).all(axis=1)]
            for a, b in np.unique(layers, axis=0)
        }


def _name_problems(geometry: Geometry, stack: Multilayer) -> Iterator[Problem]:
    count = np.bincount(geometry.layer_of_cell + 1, minlength=len(geometry.layers) + 1)
    groups = ", ".join(map(spell, geometry.layers)) or "none"
    if any(map(str.isdecimal, geometry.layers)):
        groups += "; names of numbers can be given in mesh.names"
    for name in stack.names:
        if name not in geometry.layers:
            message = f"no group of cells in the mesh is called {spell(name)}; its groups: {groups}"
            yield Problem(f"layers.{name}", message)
        elif not count[geometry.layers.index(name) + 1]:
            message = f"the layer {spell(name)} has no cells in the mesh"
            yield Problem(f"layers.{name}", message)
    for name in geometry.layers:
        if name not in stack.names:
            hint = did_you_mean(name, stack.names) or f"; the layers are {', '.join(stack.names)}"
            message = f"the group of cells {spell(name)} in the mesh is no layer of the stack{hint}"
            yield Problem("mesh", message)
    if count[0]:
        cell = int(np.argmax(geometry.layer_of_cell < 0))
        yield Problem(
            "mesh",
            f"the mesh has {_number(count[0], 'cell')} of no layer, for example at "
            f"{_place(_middles(geometry)[cell])}; put every cell into the group of its layer",
        )


def _flat_problems(geometry: Geometry) -> Iterator[Problem]:
    volume, longest = _volumes(geometry)
    flat = volume <= _FLAT * longest**geometry.dimension
    if flat.any():
        where = _place(_middles(geometry)[int(np.argmax(flat))])
        what = "convex area" if geometry.cell == "quadrilateral" else "volume"
        yield Problem(
            "mesh",
            f"the mesh has {_number(flat.sum(), 'cell')} without {what}, for example at {where}; "
            "mesh again, or remove the points that coincide",
        )


def _volumes(geometry: Geometry) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Volume of the parallelepiped at a cell's first, or worst, corner, and its longest edge.

    The worst corner of a quadrilateral counts, negative where it is not convex.
    """
    corners = geometry.points[geometry.cells]
    if geometry.cell == "quadrilateral":
        around = corners[:, FROM_CYCLIC]
        edges = np.roll(around, -1, axis=1) - around
        turns = _determinant(np.stack([np.roll(edges, 1, axis=1), edges], axis=-2))
        volume = (turns * np.sign(turns.sum(axis=1, keepdims=True))).min(axis=1)
    else:
        edges = corners[:, 1:] - corners[:, :1]
        volume = np.abs(_determinant(edges))
    return volume, np.sqrt((edges**2).sum(axis=-1).max(axis=1))


def _determinant(matrices: NDArray[np.float64]) -> NDArray[np.float64]:
    """Determinants of (…, d, d) with d ≤ 3, much faster than by factorisation."""
    rows = np.moveaxis(matrices, (-2, -1), (0, 1))
    if len(rows) == 1:
        return rows[0, 0]
    if len(rows) == 2:
        return rows[0, 0] * rows[1, 1] - rows[0, 1] * rows[1, 0]
    (a, b, c), minor = rows[0], rows[1:]
    return (
        a * (minor[0, 1] * minor[1, 2] - minor[0, 2] * minor[1, 1])
        - b * (minor[0, 0] * minor[1, 2] - minor[0, 2] * minor[1, 0])
        + c * (minor[0, 0] * minor[1, 1] - minor[0, 1] * minor[1, 0])
    )


def _overlap_problems(facets: Facets) -> Iterator[Problem]:
    geometry = facets.geometry
    crowded = facets.count > 2
    inner = facets.count == 2
    corners = geometry.points[facets.vertices[inner]]
    middles = _middles(geometry)[facets.cells[inner]]
    first, second = (
        _determinant(np.concatenate([corners[:, 1:], middles[:, i, None]], axis=1) - corners[:, :1])
        for i in (0, 1)
    )
    crowded[inner] = first * second > 0
    if crowded.any():
        where = _place(geometry.points[facets.vertices[np.argmax(crowded)]].mean(axis=0))
        yield Problem(
            "mesh",
            f"cells of the mesh overlap at {_number(crowded.sum(), 'facet')}, for example at "
            f"{where}; parts may be there twice (in Gmsh: Coherence, BooleanFragments), a cell may "
            "be in two physical groups of an MSH 2.2 file, or the mesh is folded",
        )


def _plane_problems(facets: Facets, stack: Multilayer) -> Iterator[Problem]:
    open_planes = _open_planes(facets)
    for pair, (count, where) in open_planes.items():
        yield _open_plane(facets, pair, count, where)
    yield from _undeclared_problems(facets, stack)
    yield from _nowhere_problems(facets, stack, set(open_planes))
    yield from _group_problems(facets, stack)
    yield from _slit_problems(facets, stack)


OpenPlane = tuple[int, NDArray[np.float64]]
"""How many boundary facets lie on another, and the middle of one."""


def _open_planes(facets: Facets) -> dict[frozenset[str], OpenPlane]:
    """Pairs of layers of which boundary facets lie on one another: planes that nothing passes.

    The middle and the corners of each boundary facet, the latter drawn a little inward, are looked
    for in all others.
    """
    geometry = facets.geometry
    outer = (facets.count == 1) & (geometry.layer_of_cell[facets.cells[:, 0]] >= 0)
    vertices = facets.vertices[outer]
    layers = geometry.layer_of_cell[facets.cells[outer, 0]]
    corners = geometry.points[vertices]
    middles = corners.mean(axis=1, keepdims=True)
    inside = np.concatenate([middles, corners + _INWARD * (middles - corners)], axis=1)
    samples = inside.reshape(-1, geometry.dimension)
    owner = np.repeat(np.arange(len(vertices)), inside.shape[1])
    close = _CLOSE * np.ptp(geometry.points, axis=0).max()
    radii = np.sqrt(((corners - middles) ** 2).sum(axis=2).max(axis=1)) + close
    near = KDTree(samples).query_ball_point(middles[:, 0], radii, return_sorted=False)
    facet = np.repeat(np.arange(len(vertices)), [len(each) for each in near])
    sample = np.fromiter(chain.from_iterable(near), dtype=np.int64, count=len(facet))
    other = owner[sample] != facet
    facet, sample = facet[other], sample[other]
    found = _inside(samples[sample], corners[facet], close)
    facet, sample = facet[found], sample[found]
    pairs = np.sort(np.column_stack([layers[facet], layers[owner[sample]]]), axis=1)
    planes = {}
    for a, b in np.unique(pairs, axis=0):
        where = (pairs == (a, b)).all(axis=1)
        involved = np.unique(facet[where])
        names = frozenset((geometry.layers[a], geometry.layers[b]))
        planes[names] = (len(involved), middles[involved[0], 0])
    return planes


def _inside(
    points: NDArray[np.float64], corners: NDArray[np.float64], close: float
) -> NDArray[np.bool_]:
    """Whether each point lies in its own simplex, corners (n, vertices, dimension)."""
    edges = corners[:, 1:] - corners[:, :1]
    offset = points - corners[:, 0]
    gram = edges @ edges.swapaxes(1, 2)
    weights = np.linalg.solve(gram, edges @ offset[:, :, None])
    distance = np.linalg.norm(offset - (weights * edges).sum(axis=1), axis=1)
    return (distance <= close) & (weights >= 0).all(axis=(1, 2)) & (weights.sum(axis=(1, 2)) <= 1)


def _open_plane(
    facets: Facets, pair: frozenset[str], count: int, where: NDArray[np.float64]
) -> Problem:
    names = _in_order(facets, pair)
    if len(names) == 1:
        what = f"the mesh of the layer {spell(names[0])} is cut, its parts touch without"
    else:
        what = f"layers {spell(names[0])} and {spell(names[1])} touch in the mesh without"
    return Problem(
        "mesh",
        f"{what} sharing their points, at {_number(count, 'facet')}, for example at "
        f"{_place(where)}, so nothing would pass there; join the parts before meshing (in Gmsh: "
        "BooleanFragments, or Coherence), or, if all points are there twice, merge them "
        "(Coherence Mesh)",
    )


def _undeclared_problems(facets: Facets, stack: Multilayer) -> Iterator[Problem]:
    for pair in facets.touching:
        left, right = _in_order(facets, pair)
        if pair <= set(stack.names) and stack.interface(left, right) is None:
            yield without_law(stack, left, right)


def _nowhere_problems(
    facets: Facets, stack: Multilayer, open_planes: set[frozenset[str]]
) -> Iterator[Problem]:
    there = {facets.geometry.layers[i] for i in np.unique(facets.geometry.layer_of_cell) if i >= 0}
    for interface in stack.interfaces:
        known = facets.touching.keys() | open_planes
        if interface.pair <= there and interface.pair not in known:
            distance = _distance(facets.geometry, interface)
            what = f"are {distance:.3g} apart" if distance else "meet in no facet"
            yield Problem(
                f"interfaces.{interface.name}",
                f"a law is given, but the layers {spell(interface.left)} and "
                f"{spell(interface.right)} {what} in the mesh; leave it out, or mend the mesh",
            )


def _distance(geometry: Geometry, interface: Joint) -> float:
    """Least distance between points of two layers."""
    left, right = (
        geometry.points[np.unique(geometry.cells[geometry.layer_of_cell == number])]
        for number in map(geometry.layers.index, (interface.left, interface.right))
    )
    return float(KDTree(left).query(right)[0].min())


def _group_problems(facets: Facets, stack: Multilayer) -> Iterator[Problem]:
    for name, vertices in facets.geometry.facet_groups.items():
        pair = name.split("|")
        if len(pair) != 2:
            continue
        unknown = [each for each in pair if each not in stack.names]
        for each in unknown:
            hint = did_you_mean(each, stack.names) or f"; the layers are {', '.join(stack.names)}"
            message = f"the group of facets {spell(name)} names no layer {spell(each)}{hint}"
            yield Problem("mesh", message)
        if unknown:
            continue
        given = np.unique(np.sort(vertices, axis=1), axis=0)
        touching = facets.touching.get(frozenset(pair), given[:0])
        common = (
            len(given) + len(touching) - len(np.unique(np.concatenate([given, touching]), axis=0))
        )
        if not common == len(given) == len(touching):
            yield Problem(
                "mesh",
                f"the group of facets {spell(name)} is not where these layers touch: "
                f"{len(given) - common} of its {_number(len(given), 'facet')} are elsewhere, and "
                f"{len(touching) - common} of the {len(touching)} where they touch are missing; "
                "leave the group out (touching layers are found without), or mend it",
            )


def _slit_problems(facets: Facets, stack: Multilayer) -> Iterator[Problem]:
    conductor = {name: frozenset((name,)) for name in stack.names}
    here = [interface for interface in stack.interfaces if interface.pair in facets.touching]
    for interface in here:
        if interface.law.joins:
            joined = conductor[interface.left] | conductor[interface.right]
            conductor.update(dict.fromkeys(joined, joined))
    for interface in here:
        joined = conductor[interface.left]
        if not interface.law.joins and interface.right in joined:
            others = [name for name in stack.names if name in joined - interface.pair]
            yield Problem(
                f"interfaces.{interface.name}",
                f'the law "{interface.law.kind}" parts {spell(interface.left)} from '
                f"{spell(interface.right)}, but transparent interfaces join them through "
                f"{' and '.join(map(spell, others))}; a slit inside one conductor is not "
                "supported: make this interface transparent too, or close the other way as well",
            )


def _in_order(facets: Facets, pair: frozenset[str]) -> list[str]:
    return sorted(pair, key=facets.geometry.layers.index)


def _middles(geometry: Geometry) -> NDArray[np.float64]:
    return geometry.points[geometry.cells].mean(axis=1)


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _place(point: NDArray[np.float64]) -> str:
    return f"({', '.join(f'{coordinate:.6g}' for coordinate in point)})"
