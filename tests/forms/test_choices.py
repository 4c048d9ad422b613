# SPDX-License-Identifier: MIT
"""What solves the linear systems at one frequency, by the mesh and the unknowns."""

from __future__ import annotations

import dolfinx
import numpy as np
from mpi4py import MPI

from fem_sf.mesh.geometry import Geometry
from fem_sf.mesh.layers import LayeredMesh
from fem_sf.solve import linear
from fem_sf.usadel import choices, collinear, noncollinear, riccati
from support import interval, layered, uniform


def rectangle(ratio: float) -> LayeredMesh:
    """Two layers of four quadrilaterals each, so many times as long as wide."""
    x, y = np.meshgrid(0.3 * ratio * np.arange(5), 0.3 * np.arange(3), indexing="ij")
    first = (3 * np.arange(4)[:, np.newaxis] + np.arange(2)).ravel()
    cells = first[:, np.newaxis] + [0, 1, 3, 4]
    points = np.stack([x.ravel(), y.ravel()], axis=1)
    geometry = Geometry("quadrilateral", points, cells, np.repeat([0, 1], 4), ("S", "F"))
    return LayeredMesh.distribute(MPI.COMM_SELF, geometry)


def box(height: float) -> LayeredMesh:
    """Cubes cut into tetrahedra, and flattened or drawn out."""
    ends = [np.zeros(3), np.array([1.0, 1.0, height])]
    kind = dolfinx.mesh.CellType.tetrahedron
    mesh = dolfinx.mesh.create_box(MPI.COMM_SELF, ends, [2, 2, 2], kind)
    layers = np.zeros(mesh.topology.index_map(3).size_local, np.int32)
    return LayeredMesh(mesh, layers, ("S",))


def test_multigrid_in_the_plane_and_in_space() -> None:
    plane, space = (choices.choose_solver(collinear, mesh) for mesh in (rectangle(1.0), box(1.0)))
    assert plane is linear.elliptic_solver
    assert space is linear.elliptic_solver_in_space
    assert linear.multigrid_size(space) < linear.multigrid_size(plane) < np.inf


def test_factors_on_a_line_and_for_several_components() -> None:
    line = layered(interval(("S", uniform(1.0, 3)), ("F", uniform(0.5, 2))))
    assert choices.choose_solver(collinear, line) is linear.symmetric_solver
    assert choices.choose_solver(noncollinear, box(1.0)) is linear.symmetric_solver
    assert choices.choose_solver(riccati, box(1.0)) is linear.direct_solver


def test_factors_where_cells_are_slender() -> None:
    for mesh in (rectangle(20.0), rectangle(0.05), box(0.02), box(50.0)):
        assert choices.choose_solver(collinear, mesh) is linear.symmetric_solver
        assert choices.choose_elliptic_solver(mesh) is linear.symmetric_solver


def test_share_of_slender_cells() -> None:
    """Of a rectangle with sides of ratio r the measure is (r + 1/r)/2, whatever their lengths."""
    for ratio in (1 / 7, 3.0):
        slenderness = (ratio + 1 / ratio) / 2
        shares = [rectangle(ratio).slender_share(f * slenderness) for f in (0.999, 1.001)]
        assert shares == [1.0, 0.0]
