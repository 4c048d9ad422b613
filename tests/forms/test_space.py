# SPDX-License-Identifier: MIT
"""Three dimensions: a gap by iterations alone, the same as by factors and as on a line."""

from __future__ import annotations

from collections.abc import Iterator

import dolfinx
import numpy as np
import pytest
from mpi4py import MPI

from fem_sf.interfaces import KupriyanovLukichev
from fem_sf.materials import Ferromagnet, Superconductor
from fem_sf.mesh.layers import LayeredMesh
from fem_sf.settings import SolverSettings
from fem_sf.solve import linear
from fem_sf.solve.newton import BlockNewton
from fem_sf.stack import Interface, Layer, Stack
from fem_sf.usadel.matsubara import frequency_sum
from fem_sf.usadel.solution import Solution, solve
from fem_sf.usadel.system import UsadelSystem
from support import interval, layered, uniform

SUPERCONDUCTOR, FERROMAGNET, CELLS = 1.5, 0.5, 16
STACK = Stack(
    [Layer("S", Superconductor(1.1, 0.8)), Layer("F", Ferromagnet(0.6, 1.3, 4.0))],
    [Interface("S", "F", KupriyanovLukichev(0.5, "F"))],
)
RULE = frequency_sum(0.4, exact=2, tail=5)


@pytest.fixture(scope="module")
def box() -> LayeredMesh:
    """The two layers, as wide as high, of tetrahedra that end at their plane."""
    ends = [np.zeros(3), np.array([SUPERCONDUCTOR + FERROMAGNET, 0.3, 0.3])]
    kind = dolfinx.mesh.CellType.tetrahedron
    mesh = dolfinx.mesh.create_box(MPI.COMM_SELF, ends, [CELLS, 2, 2], kind)
    count = mesh.topology.index_map(3).size_local
    middles = dolfinx.mesh.compute_midpoints(mesh, 3, np.arange(count, dtype=np.int32))
    return LayeredMesh(mesh, (middles[:, 0] > SUPERCONDUCTOR).astype(np.int32), STACK.names)


@pytest.fixture
def iterations(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(linear, "MULTIGRID_SIZE_IN_SPACE", 0)
    yield
    linear.use_options({}, BlockNewton.PREFIX)
    linear.use_options({}, "fem_sf_bulk_")


def solved(mesh: LayeredMesh, degree: int = 2) -> Solution:
    settings = SolverSettings(tolerance=1e-10)
    system = UsadelSystem(STACK, mesh, degree)
    return solve(system, RULE, "self-consistent", settings, lambda *_: None)


def test_same_gap_by_iterations_as_by_factors(
    box: LayeredMesh, monkeypatch: pytest.MonkeyPatch, iterations: None
) -> None:
    iterated = solved(box)
    assert iterated.equation.pairs.linearisations[0].ksp.getPC().getType() == "gamg"
    monkeypatch.setattr(linear, "MULTIGRID_SIZE_IN_SPACE", np.inf)
    factorised = solved(box)
    assert factorised.equation.pairs.linearisations[0].ksp.getPC().getType() == "lu"
    assert iterated.report.sweeps == factorised.report.sweeps
    gaps = [each.sweep.system.gaps["S"].x.array.real for each in (iterated, factorised)]
    assert gaps[0] == pytest.approx(gaps[1], rel=0, abs=1e-8)


def test_same_gap_as_on_a_line(box: LayeredMesh) -> None:
    """Where nothing depends on y and z; next to the plane Δ converges slowly on even meshes."""
    step = (SUPERCONDUCTOR + FERROMAGNET) / CELLS
    lengths = {"S": SUPERCONDUCTOR, "F": FERROMAGNET}
    sizes = [(name, uniform(length, round(length / step))) for name, length in lengths.items()]
    line = solved(layered(interval(*sizes), MPI.COMM_SELF), 4)
    on_line, in_space = (each.sweep.system.gaps["S"] for each in (line, solved(box)))
    x, places = (
        each.function_space.tabulate_dof_coordinates()[:, 0] for each in (on_line, in_space)
    )
    order = np.argsort(x)
    difference = in_space.x.array.real - np.interp(places, x[order], on_line.x.array.real[order])
    both = np.isclose(places[:, np.newaxis], x).any(axis=1)
    assert np.abs(difference[both]).max() < 1e-3
    assert np.abs(difference[both & (places < SUPERCONDUCTOR - 0.3)]).max() < 5e-5


def test_mass_matrix_to_all_digits(box: LayeredMesh) -> None:
    mass = solved(box).equation.mass
    right, result, left = (mass.layout.vector() for _ in range(3))
    right.getArray()[:] = np.random.default_rng(3).normal(size=right.getLocalSize())
    mass.solver.solve(right, result)
    mass.blocks.matrix.mult(result, left)
    left.axpy(-1.0, right)
    assert mass.solver.getType() == "cg"
    assert left.norm() < 1e-13 * right.norm()
