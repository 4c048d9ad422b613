# SPDX-License-Identifier: MIT
"""Meshes from files: every format gives back the same arrays, every misfit its message."""

from __future__ import annotations

import meshio
import numpy as np
import pytest

from fem_sf.errors import MeshError
from fem_sf.mesh.geometry import FROM_CYCLIC, Geometry
from fem_sf.mesh.read import read_geometry

TO_MESHIO = {
    "interval": "line",
    "triangle": "triangle",
    "quadrilateral": "quad",
    "tetrahedron": "tetra",
}


def line():
    points = np.array([[0.0], [0.5], [1.0], [1.5]])
    return Geometry("interval", points, [[0, 1], [1, 2], [2, 3]], [0, 0, 1], ("S", "F"))


def triangles():
    points = np.array([[0, 0], [1, 0], [2, 0], [0, 1], [1, 1], [2, 1]], dtype=float)
    cells = [[0, 1, 4], [0, 4, 3], [1, 2, 5], [1, 5, 4]]
    return Geometry("triangle", points, cells, [0, 0, 1, 1], ("S", "F"), {"S|F": [[1, 4]]})


def quadrilaterals():
    plane = triangles()
    cells = [[0, 1, 3, 4], [1, 2, 4, 5]]
    return Geometry("quadrilateral", plane.points, cells, [0, 1], ("S", "F"), {"S|F": [[1, 4]]})


def tetrahedra():
    points = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1]], dtype=float)
    cells = [[0, 1, 2, 3], [1, 2, 3, 4]]
    return Geometry("tetrahedron", points, cells, [0, 1], ("S", "F"), {"S|F": [[1, 2, 3]]})


GEOMETRIES = [line(), triangles(), quadrilaterals(), tetrahedra()]


def as_meshio(geometry, tags=True, sets=False):
    """The mesh as meshio would hold it, with one block for each layer."""
    points = np.zeros((len(geometry.points), 3))
    points[:, : geometry.dimension] = geometry.points
    cells, layers = np.array(geometry.cells), np.array(geometry.layer_of_cell)
    if geometry.cell == "quadrilateral":
        cells = cells[:, FROM_CYCLIC]
    kind = TO_MESHIO[geometry.cell]
    blocks = [(kind, cells[layers == i]) for i in range(len(geometry.layers))]
    names = list(geometry.layers)
    dimensions = [geometry.dimension] * len(names)
    facet = {"line": "vertex", "triangle": "line", "quad": "line", "tetra": "triangle"}[kind]
    for name, vertices in geometry.facet_groups.items():
        blocks.append((facet, np.array(vertices)))
        names.append(name)
        dimensions.append(geometry.dimension - 1)
    mesh = meshio.Mesh(points, blocks)
    if tags:
        numbers = [np.full(len(data), i + 1, dtype=np.int32) for i, (_, data) in enumerate(blocks)]
        mesh.cell_data = {"gmsh:physical": numbers, "gmsh:geometrical": numbers}
        mesh.field_data = {
            name: np.array([i + 1, dimension])
            for i, (name, dimension) in enumerate(zip(names, dimensions, strict=True))
        }
    if sets:
        mesh.cell_sets = {
            name: [np.arange(len(data) if i == k else 0) for k, (_, data) in enumerate(blocks)]
            for i, name in enumerate(names)
        }
    return mesh


def assert_same(read, written, facet_groups=True):
    assert read.cell == written.cell
    assert read.layers == written.layers
    np.testing.assert_array_equal(read.points, written.points)
    np.testing.assert_array_equal(read.cells, written.cells)
    np.testing.assert_array_equal(read.layer_of_cell, written.layer_of_cell)
    assert read.points.dtype == np.float64
    assert read.cells.dtype == np.int64
    assert read.layer_of_cell.dtype == np.int32
    expected = written.facet_groups if facet_groups else {}
    assert read.facet_groups.keys() == expected.keys()
    for name, facets in expected.items():
        np.testing.assert_array_equal(read.facet_groups[name], facets)


@pytest.mark.parametrize("geometry", GEOMETRIES, ids=lambda each: each.cell)
@pytest.mark.parametrize("binary", [False, True], ids=["text", "binary"])
def test_msh_2(geometry, binary, tmp_path):
    path = tmp_path / "mesh.msh"
    as_meshio(geometry).write(path, file_format="gmsh22", binary=binary)
    assert_same(read_geometry(path, ("S", "F")), geometry)


@pytest.mark.parametrize("geometry", GEOMETRIES, ids=lambda each: each.cell)
def test_joined_names(geometry, tmp_path):
    path = tmp_path / "mesh.xdmf"
    mesh = as_meshio(geometry, tags=False, sets=True)
    mesh.cell_sets_to_data("_".join(mesh.cell_sets))
    mesh.write(path)
    assert_same(read_geometry(path, ("S", "F")), geometry)


@pytest.mark.parametrize("geometry", GEOMETRIES, ids=lambda each: each.cell)
@pytest.mark.parametrize("ending", ["vtu", "vtk", "inp"])
def test_cell_sets(geometry, ending, tmp_path):
    path = tmp_path / f"mesh.{ending}"
    bare = Geometry(
        geometry.cell, geometry.points, geometry.cells, geometry.layer_of_cell, geometry.layers
    )
    as_meshio(bare, tags=False, sets=True).write(path)
    assert_same(read_geometry(path, ("S", "F")), geometry, facet_groups=False)


@pytest.mark.parametrize("geometry", GEOMETRIES[1:], ids=lambda each: each.cell)
def test_med_families(geometry, tmp_path):
    mesh = as_meshio(geometry, tags=False)
    # one block for each kind of cell, families instead of blocks
    merged = meshio.Mesh(mesh.points, mesh.cells_dict)
    families = [np.array(geometry.layer_of_cell) * -1 - 1, np.array([-3])]
    merged.cell_data = {"cell_tags": families}
    merged.cell_tags = {-1: ["S"], -2: ["F", "unused"], -3: ["S|F"]}
    path = tmp_path / "mesh.med"
    merged.write(path)
    assert_same(read_geometry(path, ("S", "F")), geometry)


def test_layers_in_the_order_of_the_stack_and_in_its_unit(tmp_path):
    path = tmp_path / "mesh.msh"
    as_meshio(triangles()).write(path, file_format="gmsh22")
    geometry = read_geometry(str(path), ("F", "N", "S"), unit=0.25)
    assert geometry.layers == ("F", "S")
    np.testing.assert_array_equal(geometry.layer_of_cell, [1, 1, 0, 0])
    np.testing.assert_array_equal(geometry.points, triangles().points / 4)


def test_unused_points_are_dropped(tmp_path):
    mesh = as_meshio(triangles())
    mesh.points = np.concatenate([[[7.0, 7.0, 7.0]], mesh.points])
    for block in mesh.cells:
        block.data = block.data + 1
    path = tmp_path / "mesh.msh"
    mesh.write(path, file_format="gmsh22")
    assert_same(read_geometry(path, ("S", "F")), triangles())


def test_a_raised_plane_is_a_plane(tmp_path):
    mesh = as_meshio(triangles())
    mesh.points[:, 2] = 0.3
    path = tmp_path / "mesh.msh"
    mesh.write(path, file_format="gmsh22")
    assert_same(read_geometry(path, ("S", "F")), triangles())


def test_groups_that_are_no_layer(tmp_path):
    """One around all layers does not count; one beside them is kept for the check to tell."""
    mesh = as_meshio(triangles(), tags=False, sets=True)
    mesh.cell_sets["all"] = [np.arange(2), np.arange(2), np.arange(0)]
    path = tmp_path / "mesh.msh"
    mesh.write(tmp_path / "mesh.inp", file_format="abaqus")
    assert read_geometry(tmp_path / "mesh.inp", ("S", "F")).layers == ("S", "F")
    as_meshio(triangles()).write(path, file_format="gmsh22")
    geometry = read_geometry(path, ("S",))
    assert geometry.layers == ("S", "F")
    np.testing.assert_array_equal(geometry.layer_of_cell, [0, 0, 1, 1])


def test_a_physical_group_without_a_name_goes_by_its_number(tmp_path):
    mesh = as_meshio(triangles())
    del mesh.field_data["F"]
    path = tmp_path / "mesh.msh"
    mesh.write(path, file_format="gmsh22")
    assert read_geometry(path, ("S", "F")).layers == ("S", "2")
    assert read_geometry(path, ("S", "2")).layers == ("S", "2")


def test_cells_of_no_group(tmp_path):
    mesh = as_meshio(triangles())
    mesh.cell_data["gmsh:physical"][1][:] = 0
    path = tmp_path / "mesh.msh"
    mesh.write(path, file_format="gmsh22")
    np.testing.assert_array_equal(read_geometry(path, ("S", "F")).layer_of_cell, [0, 0, -1, -1])


# Refusals


def message(path, names=("S", "F")):
    with pytest.raises(MeshError) as caught:
        read_geometry(path, names)
    (problem,) = caught.value.problems
    assert problem.key == "mesh.file"
    return problem.message.removeprefix(f"{path}: ")


def written(mesh, tmp_path, name="mesh.vtk"):
    path = tmp_path / name
    mesh.write(path)
    return path


def test_no_such_file(tmp_path):
    assert message(tmp_path / "nowhere.msh") == "cannot be read: No such file or directory"


def test_unknown_format(tmp_path, capfd):
    path = tmp_path / "mesh.docx"
    path.touch()
    assert message(path) == (
        f"this is no mesh that can be read (Could not deduce file format from path '{path}'.); "
        "Gmsh's .msh (4.1 or 2.2, in one piece, of straight cells) can"
    )
    path = tmp_path / "mesh.msh"
    path.write_text("something else")
    assert message(path) == (
        "this is no mesh that can be read; Gmsh's .msh (4.1 or 2.2, in one piece, of straight "
        "cells) can"
    )
    assert capfd.readouterr() == ("", "")


def test_no_cells(tmp_path):
    mesh = meshio.Mesh(np.zeros((1, 3)), [("vertex", [[0]])])
    assert message(written(mesh, tmp_path)) == (
        "there are no cells in it; mesh the layers before saving, and give each a physical group "
        "of surfaces (2D) or volumes (3D)"
    )


def test_mixed_cells(tmp_path):
    points = as_meshio(triangles()).points
    mesh = meshio.Mesh(points, [("triangle", [[0, 1, 3]]), ("quad", [[1, 2, 5, 4]])])
    assert message(written(mesh, tmp_path)) == (
        "it mixes quad and triangle cells; all cells of a mesh have to be of one kind (in Gmsh: "
        "recombine all surfaces or none)"
    )


def test_second_order(tmp_path):
    mesh = meshio.Mesh(np.random.default_rng(1).random((6, 3)), [("triangle6", [range(6)])])
    assert message(written(mesh, tmp_path)) == (
        "its cells (triangle6) are of higher order; save straight ones (in Gmsh: "
        "Mesh.ElementOrder = 1), the degree of the solution is set in the case"
    )


def test_other_cells(tmp_path):
    mesh = meshio.Mesh(np.random.default_rng(1).random((8, 3)), [("hexahedron", [range(8)])])
    assert message(written(mesh, tmp_path)) == (
        "hexahedron cells are not supported; a mesh consists of lines, triangles, quadrilaterals "
        "or tetrahedra"
    )


def test_no_names(tmp_path):
    mesh = as_meshio(triangles(), tags=False)
    assert message(written(mesh, tmp_path)) == (
        "it names no groups of cells; give each layer a physical group with its name (S, F)"
    )


def test_a_plane_that_is_not_flat(tmp_path):
    mesh = as_meshio(triangles())
    mesh.points[0, 2] = 0.01
    assert message(written(mesh, tmp_path, "mesh.xdmf")) == (
        "its cells are surfaces that do not lie in the xy plane; turn the mesh there, or, if "
        "layers are missing, give each a group of volumes"
    )


def test_only_the_outlines(tmp_path):
    mesh = as_meshio(triangles())
    mesh.cells = [meshio.CellBlock("line", block.data[:, :2]) for block in mesh.cells[:2]]
    mesh.cell_data = {"gmsh:physical": mesh.cell_data["gmsh:physical"][:2]}
    mesh.field_data = {"S": np.array([1, 1]), "F": np.array([2, 1])}
    mesh.cells[0].data = np.array([[0, 3], [1, 4]])
    assert message(written(mesh, tmp_path, "mesh.xdmf")) == (
        "its cells are lines that do not lie along the x axis; turn the mesh there, or, if layers "
        "are missing, give each a group of surfaces"
    )


def test_cells_of_two_layers(tmp_path):
    mesh = as_meshio(triangles(), tags=False)
    mesh = meshio.Mesh(mesh.points, {"triangle": mesh.cells_dict["triangle"]})
    mesh.cell_data = {"cell_tags": [np.array([-1, -1, -2, -3])]}
    mesh.cell_tags = {-1: ["S"], -2: ["S", "F"], -3: ["F"]}
    assert message(written(mesh, tmp_path, "mesh.med")) == (
        'cells in both layers "S" and "F": 1; a cell belongs to one layer'
    )


def test_facets_of_no_cell(tmp_path):
    mesh = as_meshio(triangles())
    mesh.points = np.concatenate([mesh.points, [[1.0, 0.5, 0.0]]])
    mesh.cells[2].data = np.array([[1, 6]])
    path = tmp_path / "mesh.msh"
    mesh.write(path, file_format="gmsh22")
    assert message(path) == (
        'the group "S|F" has facets that belong to no cell; mesh the layers together with their '
        "boundaries"
    )


# What Gmsh itself writes


@pytest.fixture
def gmsh():
    gmsh = pytest.importorskip("gmsh")
    gmsh.initialize(["gmsh", "-v", "0"], interruptible=False)
    occ = gmsh.model.occ
    occ.fragment([(2, occ.addRectangle(0, 0, 0, 1, 1))], [(2, occ.addRectangle(1, 0, 0, 1, 1))])
    occ.synchronize()
    gmsh.option.setNumber("Mesh.MeshSizeMax", 0.5)
    yield gmsh
    gmsh.finalize()


def name_layers(gmsh):
    (plane,) = (
        tag
        for _, tag in gmsh.model.getEntities(1)
        if gmsh.model.getBoundingBox(1, tag)[0] > 0.9 and gmsh.model.getBoundingBox(1, tag)[3] < 1.1
    )
    gmsh.model.addPhysicalGroup(2, [2], name="F")
    gmsh.model.addPhysicalGroup(2, [1], name="S")
    # against the direction of the curve
    gmsh.model.addPhysicalGroup(1, [-plane], name="S|F")


@pytest.mark.parametrize("recombine", [False, True], ids=["triangles", "quadrilaterals"])
@pytest.mark.parametrize("binary", [0, 1], ids=["text", "binary"])
@pytest.mark.parametrize("version", [2.2, 4.1])
def test_what_gmsh_writes(gmsh, version, binary, recombine, tmp_path):
    name_layers(gmsh)
    gmsh.option.setNumber("Mesh.MshFileVersion", version)
    gmsh.option.setNumber("Mesh.Binary", binary)
    if recombine:
        for surface in (1, 2):
            gmsh.model.mesh.setTransfiniteSurface(surface)
            gmsh.model.mesh.setRecombine(2, surface)
    gmsh.model.mesh.generate(2)
    path = tmp_path / "mesh.msh"
    gmsh.write(str(path))
    geometry = read_geometry(path, ("S", "F"))
    assert geometry.cell == ("quadrilateral" if recombine else "triangle")
    assert geometry.layers == ("S", "F")
    middles = geometry.points[geometry.cells].mean(axis=1)
    np.testing.assert_array_equal(geometry.layer_of_cell, middles[:, 0] > 1)
    (facets,) = geometry.facet_groups.values()
    np.testing.assert_allclose(geometry.points[facets][..., 0], 1.0)
    assert set(geometry.facet_groups) == {"S|F"}


def test_gmsh_saves_cells_of_no_group(gmsh, tmp_path):
    gmsh.model.addPhysicalGroup(2, [1], name="S")
    gmsh.option.setNumber("Mesh.SaveAll", 1)
    gmsh.model.mesh.generate(2)
    path = tmp_path / "mesh.msh"
    gmsh.write(str(path))
    assert message(path) == (
        "some cells belong to no physical group; put every layer into one, and save only these "
        "(in Gmsh: Mesh.SaveAll = 0)"
    )


def test_gmsh_saves_parametric_nodes(gmsh, tmp_path):
    name_layers(gmsh)
    gmsh.option.setNumber("Mesh.SaveParametric", 1)
    gmsh.model.mesh.generate(2)
    path = tmp_path / "mesh.msh"
    gmsh.write(str(path))
    assert message(path) == (
        "parametric nodes cannot be read; save without them (Mesh.SaveParametric = 0)"
    )


def saved(gmsh, tmp_path, version=4.1):
    gmsh.option.setNumber("Mesh.MshFileVersion", version)
    path = tmp_path / "mesh.msh"
    gmsh.write(str(path))
    return path


def test_gmsh_saves_no_cell_in_its_groups(gmsh, tmp_path):
    """MSH 2.2 with Mesh.SaveAll: the groups have names and no cells."""
    name_layers(gmsh)
    gmsh.option.setNumber("Mesh.SaveAll", 1)
    gmsh.model.mesh.generate(2)
    told = message(saved(gmsh, tmp_path, 2.2))
    assert told.startswith("it names no groups of cells; it declares ")
    assert "Mesh.SaveAll = 0" in told


def test_partitions(gmsh, tmp_path):
    name_layers(gmsh)
    gmsh.model.mesh.generate(2)
    gmsh.model.mesh.partition(2)
    assert message(saved(gmsh, tmp_path)).startswith("a mesh in partitions cannot be read; save it")
    layers = read_geometry(saved(gmsh, tmp_path, 2.2), ("S", "F")).layers
    assert layers == ("S", "F")


def test_periodic_boundaries(gmsh, tmp_path):
    name_layers(gmsh)
    (low,), (high,) = (
        gmsh.model.getEntitiesInBoundingBox(-0.1, y - 0.1, -0.1, 1.1, y + 0.1, 0.1, 1)
        for y in (0, 1)
    )
    shift = [1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 1, 0, 0, 0, 0, 1]
    gmsh.model.mesh.setPeriodic(1, [high[1]], [low[1]], shift)
    gmsh.model.mesh.generate(2)
    assert message(saved(gmsh, tmp_path)).startswith("it couples boundaries to each other ($Period")


def test_outlines_of_a_layer_without_surface(gmsh, tmp_path):
    """What is missing is the surface, not something of the outlines."""
    gmsh.model.addPhysicalGroup(2, [1], name="S")
    outlines = [tag for _, tag in gmsh.model.getBoundary([(2, 2)], oriented=False)]
    gmsh.model.addPhysicalGroup(1, outlines, name="right")
    gmsh.model.mesh.generate(2)
    with pytest.raises(MeshError, match=r'layers\.F: .* no group of surfaces is called "F"'):
        read_geometry(saved(gmsh, tmp_path), ("S", "F"))


def test_grids_of_dolfinx(tmp_path):
    path = tmp_path / "mesh.xdmf"
    grids = "".join(f'<Grid Name="{name}" GridType="Uniform"></Grid>' for name in ("mesh", "tags"))
    path.write_text(f'<Xdmf Version="3.0"><Domain>{grids}</Domain></Xdmf>')
    assert message(path).startswith("an XDMF file of several grids, as DOLFINx writes a mesh with")


def numbered(key="material", **more):
    points, cells = [[0, 0], [1, 0], [0, 1], [1, 1], [2, 0]], [[0, 1, 2], [1, 3, 2], [1, 4, 3]]
    data = {key: [np.array([7, 7, 3])], **{name: [np.array(of)] for name, of in more.items()}}
    return meshio.Mesh(np.array(points, float), [("triangle", np.array(cells))], cell_data=data)


@pytest.mark.parametrize("name", ["mesh.vtu", "mesh.xdmf", "mesh.mesh", "mesh.vtk"])
def test_names_of_numbers(name, tmp_path):
    mesh = numbered("medit:ref" if name == "mesh.mesh" else "material")
    path = written(mesh, tmp_path, name)
    geometry = read_geometry(path, ("S", "F"), names={7: "S", 3: "F"})
    assert geometry.layers == ("S", "F")
    assert geometry.layer_of_cell.tolist() == [0, 0, 1]
    assert "its cells have the integers 3, 7" in message(path)
    with pytest.raises(MeshError, match=r"mesh\.names: .* no array of integers has all of 3, 8"):
        read_geometry(path, ("S", "F"), names={8: "S", 3: "F"})


def test_numbers_that_are_two_things(tmp_path):
    path = written(numbered(other=[7, 3, 3]), tmp_path, "mesh.vtu")
    with pytest.raises(MeshError, match=r"more than one array has all of 3, 7"):
        read_geometry(path, ("S", "F"), names={7: "S", 3: "F"})


def test_names_of_physical_groups_without_one(gmsh, tmp_path):
    gmsh.model.addPhysicalGroup(2, [2], 5)
    gmsh.model.addPhysicalGroup(2, [1], 4)
    gmsh.model.mesh.generate(2)
    geometry = read_geometry(saved(gmsh, tmp_path), ("S", "F"), names={4: "S", 5: "F"})
    assert geometry.layers == ("S", "F")
    assert (geometry.layer_of_cell >= 0).all()
