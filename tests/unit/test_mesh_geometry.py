# SPDX-License-Identifier: MIT
"""Generated lines and rectangles."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from fem_sf.errors import InputError
from fem_sf.interfaces import KupriyanovLukichev, Transparent
from fem_sf.materials import Ferromagnet, Normal, Superconductor
from fem_sf.mesh.check import check_geometry, touching_pairs
from fem_sf.mesh.geometry import CELL_FACETS, FROM_CYCLIC, stack_geometry
from fem_sf.settings import MeshSettings
from fem_sf.stack import Interface, Layer, Stack

STACK = Stack(
    [
        Layer("S", Superconductor(), 3.0),
        Layer("F", Ferromagnet(exchange=15.0), 0.7),
        Layer("N", Normal(), 0.1),
    ],
    [
        Interface("S", "F", KupriyanovLukichev(0.1, "F")),
        Interface("F", "N", Transparent()),
    ],
)


def test_a_line():
    geometry = stack_geometry(STACK, MeshSettings())
    check_geometry(geometry, STACK)
    assert geometry.cell == "interval"
    assert geometry.layers == ("S", "F", "N")
    assert geometry.points.dtype == np.float64
    assert geometry.cells.dtype == np.int64
    assert geometry.layer_of_cell.dtype == np.int32
    ends = geometry.points[geometry.cells][..., 0]
    for layer, (start, end) in enumerate([(0.0, 3.0), (3.0, 3.7), (3.7, 3.8)]):
        of_layer = ends[geometry.layer_of_cell == layer]
        assert of_layer.min() == pytest.approx(start, abs=1e-14)
        assert of_layer.max() == pytest.approx(end, abs=1e-14)
        assert (of_layer[:, 1] - of_layer[:, 0]).sum() == pytest.approx(end - start)


def areas(geometry):
    """Areas of both triangles of a quadrilateral that is in tensor-product order."""
    corners = geometry.points[geometry.cells]
    first, second = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    third, fourth = corners[:, 2] - corners[:, 3], corners[:, 1] - corners[:, 3]
    return (
        (first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]) / 2,
        (third[:, 0] * fourth[:, 1] - third[:, 1] * fourth[:, 0]) / 2,
    )


def test_a_rectangle():
    geometry = stack_geometry(STACK, MeshSettings(dimension=2, width=2.5))
    check_geometry(geometry, STACK)
    assert geometry.cell == "quadrilateral"
    lower, upper = areas(geometry)
    np.testing.assert_allclose(lower, upper)
    assert (lower > 0).all()
    of_layer = np.bincount(geometry.layer_of_cell, lower + upper)
    np.testing.assert_allclose(of_layer, [3.0 * 2.5, 0.7 * 2.5, 0.1 * 2.5])
    line = stack_geometry(STACK, MeshSettings())
    np.testing.assert_array_equal(np.unique(geometry.points[:, 0]), line.points[:, 0])
    np.testing.assert_allclose(np.unique(geometry.points[:, 1]), np.linspace(0, 2.5, 6))


@pytest.mark.parametrize(("width", "refinement", "rows"), [(0.1, 1, 4), (3, 1, 6), (3, 2, 12)])
def test_rows_of_a_rectangle(width, refinement, rows):
    settings = MeshSettings(dimension=2, width=width, refinement=refinement)
    geometry = stack_geometry(STACK, settings)
    assert len(np.unique(geometry.points[:, 1])) == rows + 1
    pairs = touching_pairs(geometry)
    assert {pair: len(facets) for pair, facets in pairs.items()} == {
        frozenset("SF"): rows,
        frozenset("FN"): rows,
    }


def test_facets_of_a_quadrilateral_are_its_sides():
    """Each side joins neighbours of the cyclic order, never the ends of a diagonal."""
    around = [FROM_CYCLIC[i] for i in (0, 1, 2, 3, 0)]
    sides = {frozenset(pair) for pair in pairwise(around)}
    assert {frozenset(facet) for facet in CELL_FACETS["quadrilateral"]} == sides


def test_what_makes_no_mesh():
    stack = Stack([Layer("S", Superconductor())])
    with pytest.raises(InputError) as caught:
        stack_geometry(stack, MeshSettings())
    assert str(caught.value).splitlines() == [
        "layers.S.thickness: a generated mesh needs a thickness in ξ0 of every layer",
    ]


@pytest.mark.parametrize(
    ("settings", "messages"),
    [
        (
            {"dimension": 3, "refinement": 0.0},
            [
                "mesh.dimension: expected 1 or 2, got 3; more dimensions are not available in this "
                "version",
                "mesh.refinement: expected a number > 0, at most 1000, got 0.0",
            ],
        ),
        ({"dimension": 2}, ["mesh.width: a rectangle (dimension = 2) needs a width"]),
        ({"width": 1.0}, ["mesh.width: only a rectangle has a width; add dimension = 2"]),
        ({"unit": 2.0}, ["mesh.unit: only a mesh from a file has a unit of its own"]),
        (
            {"file": "a.msh", "dimension": 2, "refinement": 2},
            [
                "mesh.dimension: a mesh file has this already; leave one of them out",
                "mesh.refinement: a mesh file has this already; leave one of them out",
            ],
        ),
    ],
)
def test_mesh_settings_that_contradict_each_other(settings, messages):
    with pytest.raises(InputError) as caught:
        MeshSettings(**settings)
    assert str(caught.value).splitlines() == messages
