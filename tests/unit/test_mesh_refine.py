# SPDX-License-Identifier: MIT
"""Refined meshes: as large as before, conforming, finer where asked for, groups where they were."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from math import factorial
from pathlib import Path

import numpy as np
import pytest

from fem_sf.errors import MeshError
from fem_sf.mesh.geometry import Geometry
from fem_sf.mesh.read import read_geometry
from fem_sf.mesh.refine import refine

MESHES = Path(__file__).parents[2] / "meshes"
CORNER = np.array([1.0, 0.0])


@pytest.fixture(scope="module")
def island() -> Geometry:
    return read_geometry(MESHES / "island_on_film.msh", ("S", "F"))


@pytest.fixture(scope="module")
def contact() -> Geometry:
    geometry = read_geometry(MESHES / "point_contact.msh", ("FL", "FR"))
    assert {"left", "right"} <= geometry.facet_groups.keys()
    return geometry


@pytest.fixture(scope="module")
def box() -> Geometry:
    """Two cubes side by side, of six tetrahedra each, with the left face as a group."""
    points = np.array([[x, y, z] for x in (0, 1, 2) for y in (0, 1) for z in (0, 1)], dtype=float)
    paths = [[0, 4, 6, 7], [0, 4, 5, 7], [0, 2, 6, 7], [0, 2, 3, 7], [0, 1, 5, 7], [0, 1, 3, 7]]
    cells = np.array([[4 * k + each for each in path] for k in (0, 1) for path in paths])
    layers = np.repeat(np.arange(2, dtype=np.int32), 6)
    left = np.array([[0, 2, 3], [0, 1, 3]])
    return Geometry("tetrahedron", points, cells, layers, ("S", "F"), {"left": left})


def extents(points: np.ndarray, simplices: np.ndarray) -> np.ndarray:
    """Lengths, areas or volumes."""
    edges = points[simplices[:, 1:]] - points[simplices[:, :1]]
    gram = np.einsum("nik,njk->nij", edges, edges)
    return np.sqrt(np.linalg.det(gram)) / factorial(simplices.shape[1] - 1)


def of_layers(geometry: Geometry) -> np.ndarray:
    return np.bincount(geometry.layer_of_cell, extents(geometry.points, geometry.cells))


def facets(geometry: Geometry) -> tuple[np.ndarray, np.ndarray]:
    """All facets, and how many cells have each."""
    every = [
        list(each) for each in combinations(range(geometry.cells.shape[1]), geometry.dimension)
    ]
    found = np.sort(np.concatenate([geometry.cells[:, each] for each in every]), axis=1)
    return np.unique(found, axis=0, return_counts=True)


def surface(geometry: Geometry) -> float:
    """The extent of the facets of one cell only; larger where nodes hang."""
    found, count = facets(geometry)
    assert count.max() == 2
    return float(extents(geometry.points, found[count == 1]).sum())


def plane(geometry: Geometry) -> float:
    """The extent of what both layers have in common."""
    sides = [{tuple(each) for each in facets(_layer(geometry, k))[0].tolist()} for k in range(2)]
    return float(extents(geometry.points, np.array(sorted(sides[0] & sides[1]))).sum())


def _layer(geometry: Geometry, number: int) -> Geometry:
    return replace(geometry, cells=geometry.cells[geometry.layer_of_cell == number])


def near_corner(geometry: Geometry, fraction: float) -> np.ndarray:
    distance = np.linalg.norm(geometry.points[geometry.cells].mean(axis=1) - CORNER, axis=1)
    return distance <= np.quantile(distance, fraction)


@pytest.mark.parametrize("name", ["island", "contact", "box"])
def test_same_place(name: str, request: pytest.FixtureRequest) -> None:
    """Layers, surface, plane and groups are as large as before; no node hangs."""
    before = request.getfixturevalue(name)
    marked = np.zeros(len(before.cells), dtype=bool)
    marked[::7] = True
    after = refine(before, marked)
    assert of_layers(after) == pytest.approx(of_layers(before), rel=1e-13)
    assert surface(after) == pytest.approx(surface(before), rel=1e-13)
    assert plane(after) == pytest.approx(plane(before), rel=1e-13)
    assert after.facet_groups.keys() == before.facet_groups.keys()
    boundary, count = facets(after)
    outer = {tuple(each) for each in boundary[count == 1].tolist()}
    for group, old in before.facet_groups.items():
        new = after.facet_groups[group]
        assert extents(after.points, new).sum() == pytest.approx(
            extents(before.points, old).sum(), rel=1e-13
        )
        assert {tuple(sorted(each)) for each in new.tolist()} <= outer
    assert np.array_equal(after.points[: len(before.points)], before.points)
    assert np.array_equal(np.unique(after.cells), np.arange(len(after.points)))


def test_marked_cells_are_split(island: Geometry) -> None:
    marked = near_corner(island, 0.1)
    after = refine(island, marked)
    old = {tuple(sorted(each)) for each in island.cells[marked].tolist()}
    assert not old & {tuple(sorted(each)) for each in after.cells.tolist()}
    assert len(after.cells) >= len(island.cells) + marked.sum()


def test_nothing_marked_changes_nothing(island: Geometry) -> None:
    assert refine(island, np.zeros(len(island.cells), dtype=bool)) is island


def test_cells_keep_their_shape(island: Geometry) -> None:
    """Bisecting longest edges leaves angles at least half as large, however often."""

    def smallest_angle(geometry: Geometry) -> float:
        corners = geometry.points[geometry.cells]
        angles = []
        for k in range(3):
            a, b = (corners[:, (k + j) % 3] - corners[:, k] for j in (1, 2))
            cosine = np.sum(a * b, axis=1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)
            angles.append(np.arccos(cosine))
        return float(np.min(angles))

    finer = island
    for _ in range(6):
        finer = refine(finer, near_corner(finer, 0.05))
    assert (
        extents(finer.points, finer.cells).min() < 1e-3 * extents(island.points, island.cells).min()
    )
    assert smallest_angle(finer) > smallest_angle(island) / 2


def test_quadrilaterals_are_refused() -> None:
    points = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    square = Geometry(
        "quadrilateral", points, np.array([[0, 1, 2, 3]]), np.zeros(1, np.int32), ("S",)
    )
    with pytest.raises(MeshError) as caught:
        refine(square, np.ones(1, dtype=bool))
    assert str(caught.value) == (
        "mesh.file: only meshes of triangles or tetrahedra can be refined in places, this one is "
        "of quadrilaterals: make it of triangles, or make it finer itself and leave [accuracy] out"
    )
