# SPDX-License-Identifier: MIT
"""What a mesh and its stack can disagree in: each problem alone, with its whole message."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fem_sf.errors import MeshError
from fem_sf.interfaces import Insulating, KupriyanovLukichev, Transparent
from fem_sf.materials import Ferromagnet, Normal, Superconductor
from fem_sf.mesh.check import check_geometry, touching_pairs
from fem_sf.mesh.geometry import Geometry
from fem_sf.stack import Interface, Layer, Stack

BARRIER = KupriyanovLukichev(0.1, "F")
S, F, N = Layer("S", Superconductor()), Layer("F", Ferromagnet(exchange=15.0)), Layer("N", Normal())
BILAYER = Stack([S, F], [Interface("S", "F", BARRIER)])


def grid(kind, x, y=(0.0, 1.0)):
    """Points and cells of a rectangle; cells column by column."""
    points = np.stack(np.meshgrid(x, y, indexing="ij"), axis=-1).reshape(-1, 2)
    number = np.arange(len(points)).reshape(len(x), len(y))
    a, b, c, d = (
        each.ravel()
        for each in (number[:-1, :-1], number[1:, :-1], number[:-1, 1:], number[1:, 1:])
    )
    if kind == "quadrilateral":
        return points, np.column_stack([a, b, c, d])
    return points, np.stack([np.column_stack([a, b, d]), np.column_stack([a, d, c])], 1).reshape(
        -1, 3
    )


def cubes(x, flip=False):
    """Points and tetrahedra of unit cubes in a row, cut by one diagonal or the other."""
    y = [1.0, 0.0] if flip else [0.0, 1.0]
    points = np.stack(np.meshgrid(x, y, [0.0, 1.0], indexing="ij"), axis=-1).reshape(-1, 3)
    number = np.arange(len(points)).reshape(len(x), 2, 2)
    paths = [[0, 4, 6, 7], [0, 4, 5, 7], [0, 2, 6, 7], [0, 2, 3, 7], [0, 1, 5, 7], [0, 1, 3, 7]]
    corner = np.concatenate([number[:-1].reshape(-1, 4), number[1:].reshape(-1, 4)], axis=1)
    return points, corner[:, paths].reshape(-1, 4)


def by_position(kind, points, cells, plane=1.0):
    layers = (points[cells].mean(axis=1)[:, 0] > plane).astype(np.int32)
    return Geometry(kind, points, cells, layers, ("S", "F"))


def joined(kind, parts):
    """Meshes put side by side without joining their points, one layer each."""
    offsets = np.cumsum([0] + [len(points) for points, _ in parts])
    return Geometry(
        kind,
        np.concatenate([points for points, _ in parts]),
        np.concatenate([cells + k for (_, cells), k in zip(parts, offsets, strict=False)]),
        np.repeat(np.arange(len(parts), dtype=np.int32), [len(cells) for _, cells in parts]),
        ("S", "F", "N")[: len(parts)],
    )


def line(x):
    number = np.arange(len(x) - 1)
    return np.array(x, dtype=float)[:, None], np.column_stack([number, number + 1])


SOUND = {
    "interval": by_position("interval", *line([0, 0.5, 1, 1.5])),
    "triangle": by_position("triangle", *grid("triangle", [0, 0.5, 1, 1.5], [0, 1, 2])),
    "quadrilateral": by_position("quadrilateral", *grid("quadrilateral", [0, 0.5, 1, 3], [0, 1])),
    "tetrahedron": by_position("tetrahedron", *cubes([0.0, 1.0, 2.0])),
}
BILAYER_PLANE = SOUND["triangle"]


def messages(geometry, stack=BILAYER):
    with pytest.raises(MeshError) as caught:
        check_geometry(geometry, stack)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize("kind", SOUND)
def test_a_sound_mesh(kind):
    geometry = SOUND[kind]
    check_geometry(geometry, BILAYER)
    ((pair, facets),) = touching_pairs(geometry).items()
    assert pair == {"S", "F"}
    assert len(facets) == {"interval": 1, "triangle": 2, "quadrilateral": 1, "tetrahedron": 2}[kind]
    np.testing.assert_array_equal(geometry.points[facets][..., 0], 1.0)


def test_all_pairs_of_an_island():
    """A square in a square, with N at its right: S touches both others around the corners."""
    points, cells = grid("quadrilateral", [0, 1, 2, 3, 4], [0, 1, 2, 3])
    layers = np.zeros(12, dtype=np.int32)
    layers[[4, 7]] = 1, 2
    geometry = Geometry("quadrilateral", points, cells, layers, ("S", "F", "N"))
    pairs = {pair: len(facets) for pair, facets in touching_pairs(geometry).items()}
    assert pairs == {frozenset("SF"): 3, frozenset("SN"): 3, frozenset("FN"): 1}


def test_orientation_of_simplices_does_not_matter():
    check_geometry(replace(BILAYER_PLANE, cells=BILAYER_PLANE.cells[:, ::-1]), BILAYER)


# Names


def test_missing_layer():
    stack = Stack([S, F, N], BILAYER.interfaces)
    assert messages(BILAYER_PLANE, stack) == [
        'layers.N: no group of cells in the mesh is called "N"; its groups: "S", "F"'
    ]


def test_empty_layer():
    stack = Stack([S, F, N], BILAYER.interfaces)
    assert messages(replace(BILAYER_PLANE, layers=("S", "F", "N")), stack) == [
        'layers.N: the layer "N" has no cells in the mesh'
    ]


def test_group_that_is_no_layer():
    lead = Stack([Layer("Lead", Superconductor())])
    one = replace(BILAYER_PLANE, layer_of_cell=np.zeros(12, dtype=np.int32), layers=("lead",))
    assert messages(one, lead) == [
        'layers.Lead: no group of cells in the mesh is called "Lead"; its groups: "lead"',
        'mesh: the group of cells "lead" in the mesh is no layer of the stack; did you mean '
        '"Lead"?',
    ]
    assert messages(BILAYER_PLANE, Stack([S])) == [
        'mesh: the group of cells "F" in the mesh is no layer of the stack; the layers are S'
    ]


def test_untagged_cells():
    layers = BILAYER_PLANE.layer_of_cell.copy()
    layers[:1] = -1
    assert messages(replace(BILAYER_PLANE, layer_of_cell=layers)) == [
        "mesh: the mesh has 1 cell of no layer, for example at (0.333333, 0.333333); put every "
        "cell into the group of its layer"
    ]


# Cells


def test_flat_cells():
    points = SOUND["interval"].points.copy()
    points[1] = points[0]
    assert messages(replace(SOUND["interval"], points=points)) == [
        "mesh: the mesh has 1 cell without volume, for example at (0); mesh again, or remove the "
        "points that coincide"
    ]


def test_quadrilaterals_in_the_wrong_order():
    geometry = SOUND["quadrilateral"]
    twisted = replace(geometry, cells=geometry.cells[:, [0, 1, 3, 2]])
    assert messages(twisted)[0] == (
        "mesh: the mesh has 3 cells without convex area, for example at (0.25, 0.5); mesh again, "
        "or remove the points that coincide"
    )


def test_a_quadrilateral_that_is_not_convex():
    points = SOUND["quadrilateral"].points.copy()
    points[0] = 0.4, 0.9
    assert messages(replace(SOUND["quadrilateral"], points=points))[0].startswith(
        "mesh: the mesh has 1 cell without convex area"
    )


@pytest.mark.parametrize("kind", SOUND)
def test_folded_cells(kind):
    """The last points are drawn over the interface into S."""
    points = SOUND[kind].points.copy()
    points[points[:, 0] > 1, 0] = 0.7
    (message,) = messages(replace(SOUND[kind], points=points))
    assert message.startswith("mesh: cells of the mesh overlap at ")


def test_cells_twice():
    geometry = SOUND["tetrahedron"]
    twice = replace(
        geometry,
        cells=np.concatenate([geometry.cells, geometry.cells[:1]]),
        layer_of_cell=np.concatenate([geometry.layer_of_cell, geometry.layer_of_cell[:1]]),
    )
    assert messages(twice) == [
        "mesh: cells of the mesh overlap at 4 facets, for example at (0.666667, 0.333333, 0); "
        "parts may be there twice (in Gmsh: Coherence, BooleanFragments), a cell may be in two "
        "physical groups of an MSH 2.2 file, or the mesh is folded"
    ]


# Laws


def test_touching_pair_without_a_law():
    assert messages(BILAYER_PLANE, Stack([S, F])) == [
        'interfaces: layers "S" and "F" touch, but no law says what happens between them, and '
        "there is no default; add an Interface('S', 'F', …) with its law"
    ]


TRILAYER = Stack([S, F, N], [Interface("S", "F", BARRIER), Interface("F", "N", Transparent())])


def three_in_a_row():
    points, cells = grid("triangle", [0, 1, 2, 3.5])
    layers = np.repeat(np.arange(3, dtype=np.int32), 2)
    return Geometry("triangle", points, cells, layers, ("S", "F", "N"))


def test_groups_that_are_numbers_point_at_names():
    geometry = replace(BILAYER_PLANE, layers=("1", "2"))
    assert any(
        'its groups: "1", "2"; names of numbers can be given in mesh.names' in each
        for each in messages(geometry, BILAYER)
    )


def test_law_of_layers_that_do_not_touch():
    stack = Stack([S, F, N], [*TRILAYER.interfaces, Interface("N", "S", Insulating())])
    check_geometry(three_in_a_row(), TRILAYER)
    assert messages(three_in_a_row(), stack) == [
        'interfaces.N|S: a law is given, but the layers "N" and "S" are 1 apart in '
        "the mesh; leave it out, or mend the mesh"
    ]


def test_law_of_layers_that_meet_in_a_corner():
    points, cells = grid("quadrilateral", [0, 1, 2], [0, 1, 2])
    checkers = Geometry("quadrilateral", points, cells, np.array([0, 1, 1, 2]), ("S", "F", "N"))
    stack = Stack([S, F, N], [*TRILAYER.interfaces, Interface("S", "N", Insulating())])
    assert messages(checkers, stack) == [
        'interfaces.S|N: a law is given, but the layers "S" and "N" meet in no facet in the mesh; '
        "leave it out, or mend the mesh"
    ]


def test_a_slit_in_a_conductor():
    """Three sectors around a point: from S to N through F or directly."""
    points, cells = grid("quadrilateral", [0, 1, 2], [0, 1, 2])
    sectors = Geometry("quadrilateral", points, cells, np.array([0, 1, 2, 2]), ("S", "F", "N"))
    through = [Interface("S", "F", Transparent()), Interface("N", "F", Transparent())]
    check_geometry(sectors, Stack([S, F, N], [*through, Interface("S", "N", Transparent())]))
    barrier = Interface("S", "N", KupriyanovLukichev(1.0, "S"))
    check_geometry(sectors, Stack([S, F, N], [*through[:1], Interface("N", "F", BARRIER), barrier]))
    assert messages(sectors, Stack([S, F, N], [barrier, *through])) == [
        'interfaces.S|N: the law "kupriyanov-lukichev" parts "S" from "N", but transparent '
        'interfaces join them through "F"; a slit inside one conductor is not supported: make '
        "this interface transparent too, or close the other way as well"
    ]
    assert messages(sectors, Stack([S, F, N], [*through, Interface("S", "N", Insulating())])) == [
        'interfaces.S|N: the law "insulating" parts "S" from "N", but transparent interfaces join '
        'them through "F"; a slit inside one conductor is not supported: make this interface '
        "transparent too, or close the other way as well"
    ]


# Planes


def open_plane(count, where, layers='layers "S" and "F" touch in the mesh'):
    facets = "1 facet" if count == 1 else f"{count} facets"
    return (
        f"mesh: {layers} without sharing their points, at {facets}, for example at {where}, so "
        "nothing would pass there; join the parts before meshing (in Gmsh: BooleanFragments, or "
        "Coherence), or, if all points are there twice, merge them (Coherence Mesh)"
    )


def test_a_plane_with_its_points_twice():
    left, right = grid("triangle", [0, 1], [0, 1, 2]), grid("triangle", [1, 2], [0, 1, 2])
    assert messages(joined("triangle", [left, right])) == [open_plane(4, "(1, 0.5)")]
    assert messages(joined("interval", [line([0, 1]), line([1, 2])])) == [open_plane(2, "(1)")]
    left, right = cubes([0.0, 1.0]), cubes([1.0, 2.0])
    (message,) = messages(joined("tetrahedron", [left, right]))
    assert message == open_plane(4, "(1, 0.333333, 0.666667)")


def test_a_plane_with_hanging_nodes():
    left, right = grid("quadrilateral", [0, 1], [0, 1]), grid("quadrilateral", [1, 2], [0, 0.3, 1])
    (message,) = messages(joined("quadrilateral", [left, right]))
    assert message == open_plane(3, "(1, 0.5)")
    # the ends of the plane are shared, one node hangs between them
    points = np.array([[0, 0], [0, 1], [1, 0], [1, 1], [1, 0.5], [2, 0.5]], dtype=float)
    cells = np.array([[0, 2, 3], [0, 3, 1], [2, 5, 4], [4, 5, 3]])
    hanging = Geometry("triangle", points, cells, np.array([0, 0, 1, 1]), ("S", "F"))
    assert messages(hanging) == [open_plane(3, "(1, 0.5)")]


def test_a_plane_cut_by_different_diagonals():
    """All points are shared, and still no facet is."""
    parts = [cubes([0.0, 1.0]), cubes([1.0, 2.0], flip=True)]
    geometry = joined("tetrahedron", parts)
    points, numbers = np.unique(geometry.points, axis=0, return_inverse=True)
    geometry = replace(geometry, points=points, cells=numbers.ravel()[geometry.cells])
    (message,) = messages(geometry)
    assert message.startswith('mesh: layers "S" and "F" touch in the mesh without sharing')


def test_a_slanted_plane_in_rounded_numbers():
    turn = np.array([[0.8, -0.6], [0.6, 0.8]])
    left, right = grid("triangle", [0, 1], [0, 1]), grid("triangle", [1, 2], [0, 1 / 3, 1])
    geometry = joined("triangle", [left, right])
    geometry = replace(geometry, points=np.round(geometry.points @ turn / 7, 9))
    (message,) = messages(geometry)
    assert message.startswith('mesh: layers "S" and "F" touch in the mesh without sharing')


def test_a_layer_in_two_parts_that_touch():
    parts = [grid("triangle", [0, 1]), grid("triangle", [1, 2]), grid("triangle", [3, 4])]
    geometry = joined("triangle", parts)
    geometry = replace(geometry, layer_of_cell=np.zeros(6, dtype=np.int32), layers=("S",))
    assert messages(geometry, Stack([S])) == [
        open_plane(2, "(1, 0.5)", 'the mesh of the layer "S" is cut, its parts touch')
    ]


def test_parts_that_meet_in_a_point_are_no_open_plane():
    left, right = grid("triangle", [0, 1], [0, 1]), grid("triangle", [1, 2], [1, 2])
    geometry = joined("triangle", [left, right])
    check_geometry(geometry, Stack([S, F]))


# Groups of facets


def test_groups_of_facets():
    plane = touching_pairs(BILAYER_PLANE)[frozenset("SF")]
    groups = {"F|S": plane[::-1, ::-1], "vacuum": np.array([[0, 1]])}
    check_geometry(replace(BILAYER_PLANE, facet_groups=groups), BILAYER)
    elsewhere = np.concatenate([plane[:1], [[0, 1], [1, 2]]])
    assert messages(replace(BILAYER_PLANE, facet_groups={"S|F": elsewhere})) == [
        'mesh: the group of facets "S|F" is not where these layers touch: 2 of its 3 facets are '
        "elsewhere, and 1 of the 2 where they touch are missing; leave the group out (touching "
        "layers are found without), or mend it"
    ]
    assert messages(replace(BILAYER_PLANE, facet_groups={"S|FF": plane})) == [
        'mesh: the group of facets "S|FF" names no layer "FF"; did you mean "F"?'
    ]


def test_everything_at_once():
    stack = Stack(
        [S, F, N, Layer("N2", Normal())],
        [Interface("S", "N", Insulating()), Interface("N", "N2", Transparent())],
    )
    geometry = replace(
        three_in_a_row(), layers=("S", "F", "N"), facet_groups={"F|N": np.array([[0, 1]])}
    )
    assert [message.splitlines()[0][:60] for message in messages(geometry, stack)] == [
        'layers.N2: no group of cells in the mesh is called "N2"; its',
        'interfaces: layers "S" and "F" touch, but no law says what h',
        'interfaces: layers "F" and "N" touch, but no law says what h',
        'interfaces.S|N: a law is given, but the layers "S" and "N" a',
        'mesh: the group of facets "F|N" is not where these layers to',
    ]
