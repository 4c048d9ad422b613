# SPDX-License-Identifier: MIT
"""A ferromagnetic island on a superconducting film, on a ladder of ever finer meshes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from mpi4py import MPI

from fem_sf import Ferromagnet, Interface, KupriyanovLukichev, Layer, Stack, Superconductor
from fem_sf.mesh.geometry import CELL_FACETS, Geometry
from fem_sf.mesh.layers import LayeredMesh
from fem_sf.mesh.read import read_geometry
from fem_sf.solve.blocks import BlockMatrix
from fem_sf.solve.linear import elliptic_solver, renew
from fem_sf.solve.newton import BlockNewton, NewtonReport
from fem_sf.usadel.bulk import bulk_gap
from fem_sf.usadel.system import UsadelSystem

FILE = Path(__file__).parents[1] / "meshes" / "island_on_film.msh"
TEMPERATURE = 0.1
DEGREE = 2


def stack(gamma: float) -> Stack:
    """The materials of Fig. 1."""
    return Stack(
        [Layer("F", Ferromagnet(0.5, 1.0, 15.0), 0.5), Layer("S", Superconductor(), 2.0)],
        [Interface("F", "S", KupriyanovLukichev(gamma, "F"))],
    )


def halved(geometry: Geometry) -> Geometry:
    """Every triangle of a mesh in four."""
    sides = geometry.cells[:, list(CELL_FACETS["triangle"])]
    edges, edge_of_side = np.unique(
        np.sort(sides.reshape(-1, 2), axis=1), axis=0, return_inverse=True
    )
    points = np.vstack([geometry.points, geometry.points[edges].mean(axis=1)])
    a, b, c = geometry.cells.T
    opposite_a, opposite_b, opposite_c = len(geometry.points) + edge_of_side.reshape(-1, 3).T
    corners = (
        (a, opposite_c, opposite_b),
        (opposite_c, b, opposite_a),
        (opposite_b, opposite_a, c),
        (opposite_a, opposite_b, opposite_c),
    )
    cells = np.vstack([np.column_stack(each) for each in corners])
    return replace(
        geometry, points=points, cells=cells, layer_of_cell=np.tile(geometry.layer_of_cell, 4)
    )


def doubled(geometry: Geometry) -> Geometry:
    """A mesh and its mirror image at its right end, which share the points there."""
    count, end = len(geometry.points), geometry.points[:, 0].max()
    inside = geometry.points[:, 0] < end - 1e-9 * abs(end)
    images = geometry.points[inside] * (-1, 1) + (2 * end, 0)
    image_of = np.arange(count)
    image_of[inside] = count + np.arange(inside.sum())
    return replace(
        geometry,
        points=np.vstack([geometry.points, images]),
        cells=np.vstack([geometry.cells, image_of[geometry.cells]]),
        layer_of_cell=np.tile(geometry.layer_of_cell, 2),
        facet_groups={},
    )


def island_mesh(comm: MPI.Comm, halvings: int, doublings: int = 0) -> LayeredMesh:
    """The mesh of the repository, halved some times: 5000 unknowns, then four times as many.

    Each doubling puts its mirror image beside all that is there.
    """
    geometry = None
    if comm.rank == 0:
        geometry = read_geometry(FILE, ("F", "S"))
        for _ in range(halvings):
            geometry = halved(geometry)
        for _ in range(doublings):
            geometry = doubled(geometry)
    return LayeredMesh.distribute(comm, geometry)


def island_system(mesh: LayeredMesh, gamma: float) -> UsadelSystem:
    """The island with the gap of the bulk."""
    system = UsadelSystem(stack(gamma), mesh, DEGREE)
    system.gaps["S"].x.array[:] = bulk_gap(TEMPERATURE)
    return system


def descend(system: UsadelSystem, frequencies: Sequence[float]) -> Iterator[NewtonReport]:
    """Solve at descending frequencies, each from the one before, with one solver for all."""
    newton = BlockNewton(
        system.layout, system.residual_forms, 20, {}, ("F", "S"), choose_solver=elliptic_solver
    )
    theta = system.layout.vector()
    tolerance = 1e-10 * newton.residual_norm(theta)
    jacobian = BlockMatrix(system.jacobian_forms)
    ksp = newton.linear_solver(jacobian)
    for omega in frequencies:
        system.set_frequency(omega)
        renew(ksp)
        yield newton.solve(theta, jacobian, ksp, tolerance)


def true_residuals(system: UsadelSystem, count: int) -> Iterator[float]:
    """‖A x − b‖/‖b‖ of random right-hand sides that multigrid says it has solved, else infinite."""
    jacobian = BlockMatrix(system.jacobian_forms)
    jacobian.assemble()
    ksp = elliptic_solver(jacobian.matrix, BlockNewton.PREFIX)
    rng = np.random.default_rng(5 + system.layout.comm.rank)
    b, x, left = (system.layout.vector() for _ in range(3))
    for _ in range(count):
        b.getArray()[:] = rng.normal(size=(2, b.getLocalSize())).T @ (1, 1j)
        ksp.solve(b, x)
        jacobian.matrix.mult(x, left)
        left.axpy(-1.0, b)
        yield left.norm() / b.norm() if ksp.getConvergedReason() > 0 else math.inf
