# SPDX-License-Identifier: MIT
"""Cells that do not follow a screening length are told, whatever mesh they are of."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import meshio
import numpy as np
import pytest
from mpi4py import MPI

from fem_sf import run_case
from fem_sf.mesh.geometry import Geometry
from fem_sf.settings import MeshSettings
from fem_sf.spin import interfaces as laws
from fem_sf.spin import materials, model
from fem_sf.spin.resolution import resolution_cautions
from fem_sf.spin.settings import SpinCase, SpinSolverSettings
from fem_sf.spin.system import SpinSystem
from support import grid, interval, layered

SCREENING = 0.05
"""In the right layer; in the left one twice as long."""

DEGREE = 4
PLANE, WIDTH = 1.0, 0.7


def stack() -> model.Stack:
    """Two ferromagnets whose shortest lengths are those of charge."""
    left, right = (
        materials.Ferromagnet(
            conductivity=1.3, diffusivity=0.8, permittivity=1.3 * length**2 / 0.8, polarisation=0.4
        )
        for length in (2 * SCREENING, SCREENING)
    )
    return model.Stack(
        [model.Layer("L", left, PLANE), model.Layer("R", right, 1.2)],
        [model.Interface("L", "R", laws.Tunnel(0.7))],
    )


def box(first: float) -> Geometry:
    """Tetrahedra, six in each box, of which those at the plane are so thick."""
    x = np.array([0.0, PLANE - first, PLANE, PLANE + first, 2.2])
    points = np.stack(np.meshgrid(x, [0, WIDTH], [0, 0.4], indexing="ij"), axis=-1).reshape(-1, 3)
    paths = [(1, 3), (1, 5), (2, 3), (2, 6), (4, 5), (4, 6)]
    # corners of a box by the bits of x, y, z
    cells = np.array([[0, one, two, 7] for one, two in paths])
    offsets = np.array([4 * (bits >> 2) + (bits & 3) for bits in range(8)])
    boxes = np.concatenate([4 * column + offsets[cells] for column in range(4)])
    layers = np.repeat(np.array([0, 0, 1, 1], dtype=np.int32), len(cells))
    return Geometry("tetrahedron", points, boxes, layers, ("L", "R"))


def mesh_of(kind: str, first: float) -> Geometry:
    """A mesh whose cells at the plane are so thick, and whose others are thicker."""
    if kind == "interval":
        return interval(
            ("L", np.array([PLANE - first, first])), ("R", np.array([first, 1 - first]))
        )
    if kind == "tetrahedron":
        return box(first)
    x = np.array([0.0, PLANE - first, PLANE, PLANE + first, 2.2])
    return grid(kind, x, np.array([0, 0.3, WIDTH]), ("L", "R"), lambda x, y: 1 * (x > PLANE))


@pytest.mark.parametrize("kind", ["interval", "triangle", "quadrilateral", "tetrahedron"])
def test_height_of_the_cells_at_a_plane(kind: str) -> None:
    """Two nodes to a screening length are enough: 0.1 of cells of degree 4 for 0.05."""
    thick, thin = (
        resolution_cautions(SpinSystem(stack(), model.Voltage(1.0), mesh, DEGREE))
        for mesh in (layered(mesh_of(kind, each), MPI.COMM_SELF) for each in (0.15, 0.099))
    )
    assert not thin
    (told,) = thick
    assert told.startswith("cells of R ")
    assert "up to 3 screening lengths thick" in told
    assert "expected at most 2." in told


def case(mesh: MeshSettings) -> SpinCase:
    solver = SpinSolverSettings(error_estimate=False)
    return SpinCase(stack=stack(), drive=model.Voltage(1.0), mesh=mesh, solver=solver)


def test_generated_meshes_resolve_it_unless_told_otherwise() -> None:
    fine, coarse = (run_case(case(MeshSettings(refinement=each))) for each in (1.0, 0.1))
    assert not fine.summary["cautions"]
    assert any("screening lengths thick" in each for each in coarse.summary["cautions"])


def test_a_mesh_from_a_file_is_looked_at(tmp_path: Path) -> None:
    geometry = mesh_of("triangle", 0.3)
    path = tmp_path / "coarse.msh"
    tags = geometry.layer_of_cell + 1
    meshio.Mesh(
        np.column_stack([geometry.points, np.zeros(len(geometry.points))]),
        [("triangle", geometry.cells)],
        cell_data={"gmsh:physical": [tags], "gmsh:geometrical": [tags]},
        field_data={"L": np.array([1, 2]), "R": np.array([2, 2])},
    ).write(path, file_format="gmsh22", binary=False)
    known = case(MeshSettings())
    layers = [replace(layer, thickness=None) for layer in known.stack.layers]
    found = run_case(
        replace(
            known,
            stack=model.Stack(layers, known.stack.interfaces),
            mesh=MeshSettings(file=path),
        )
    )
    told = [each for each in found.summary["cautions"] if "screening lengths thick" in each]
    assert [each.split()[2] for each in told] == ["L", "R"]
