# SPDX-License-Identifier: MIT
"""The gap by multigrid, with a linearisation for each frequency and with one for all."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from mpi4py import MPI

from fem_sf.mesh.layers import LayeredMesh
from fem_sf.settings import SolverSettings
from fem_sf.solve import linear
from fem_sf.solve.blocks import BlockMatrix
from fem_sf.solve.newton import BlockNewton
from fem_sf.usadel import one_by_one
from fem_sf.usadel.matsubara import frequency_sum
from fem_sf.usadel.solution import solve
from island import island_mesh, island_system

TOLERANCE = 1e-9


@pytest.fixture
def no_options_left() -> Iterator[None]:
    yield
    linear.use_options({}, BlockNewton.PREFIX)


@pytest.fixture(scope="module")
def mesh() -> LayeredMesh:
    return island_mesh(MPI.COMM_SELF, 0)


def gap(mesh: LayeredMesh) -> tuple[np.ndarray, int, int]:
    """Δ at the nodes, the sweeps that it took, and the linearisations that were kept."""
    system = island_system(mesh, 0.1)
    rule = frequency_sum(0.5, exact=3, tail=4)
    settings = SolverSettings(tolerance=TOLERANCE)
    solution = solve(system, rule, "self-consistent", settings, lambda *_: None)
    assert solution.equation is not None
    kept = len(solution.equation.pairs.linearisations)
    return system.gaps["S"].x.array.copy(), solution.report.sweeps, kept


@pytest.mark.slow
@pytest.mark.parametrize("places", [1, 3])
def test_same_gap_with_few_linearisations(
    places: int, mesh: LayeredMesh, monkeypatch: pytest.MonkeyPatch, no_options_left: None
) -> None:
    """One for all frequencies; or one for each of the two lowest, and one for the others."""
    factorised, _, each = gap(mesh)
    monkeypatch.setattr(linear, "MULTIGRID_SIZE", 0)
    monkeypatch.setattr(
        one_by_one, "MOST_KEPT", places * island_system(mesh, 0.1).layout.global_size
    )
    shared, sweeps, few = gap(mesh)
    assert each == len(frequency_sum(0.5, exact=3, tail=4))
    assert few == places
    assert sweeps <= 5
    error = 100 * TOLERANCE * np.abs(factorised).max()
    assert shared == pytest.approx(factorised, rel=0, abs=error)


def test_a_linear_solve_that_fails_is_done_by_a_factorisation(
    mesh: LayeredMesh, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(linear, "MULTIGRID_SIZE", 0)
    system = island_system(mesh, 0.1)
    jacobian = BlockMatrix(system.jacobian_forms)
    jacobian.assemble()
    prefix = "one_iteration_"
    linear.use_options({"ksp_max_it": "1"}, prefix)
    ksp = linear.elliptic_solver(jacobian.matrix, prefix)
    b, x, left = (system.layout.vector() for _ in range(3))
    b.set(1.0)
    linear.solve_surely(ksp, b, x)
    linear.use_options({}, prefix)
    jacobian.matrix.mult(x, left)
    left.axpy(-1.0, b)
    assert ksp.getPC().getType() == "lu"
    assert left.norm() <= 1e-10 * b.norm()
