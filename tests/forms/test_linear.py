# SPDX-License-Identifier: MIT
"""Multigrid solves what a factorisation does, in as many iterations on any mesh, or says so."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from mpi4py import MPI
from petsc4py import PETSc

from fem_sf import MeshSettings
from fem_sf.mesh.build import checked_geometry
from fem_sf.mesh.layers import LayeredMesh
from fem_sf.solve import linear
from fem_sf.solve.blocks import BlockMatrix
from fem_sf.solve.newton import BlockNewton
from fem_sf.usadel.matsubara import frequency_sum
from fem_sf.usadel.system import UsadelSystem
from island import TEMPERATURE, descend, island_mesh, island_system, stack, true_residuals

MOST_ITERATIONS = 12
FREQUENCIES = frequency_sum(TEMPERATURE).frequencies[::-1]


@pytest.fixture
def multigrid(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Multigrid whatever the size, and no options left behind."""
    monkeypatch.setattr(linear, "MULTIGRID_SIZE", 0)
    yield
    linear.use_options({}, BlockNewton.PREFIX)


@pytest.fixture(scope="module")
def mesh() -> LayeredMesh:
    return island_mesh(MPI.COMM_SELF, 0)


def solutions(system: UsadelSystem) -> list[np.ndarray]:
    """θ at every fourth frequency."""
    found = []
    for _ in descend(system, FREQUENCIES[::4]):
        found.append(np.concatenate([each.x.array for each in system.layout.functions]))
    return found


def test_the_choice_is_by_size(mesh: LayeredMesh, monkeypatch: pytest.MonkeyPatch) -> None:
    matrix = BlockMatrix(island_system(mesh, 0.1).jacobian_forms).matrix
    size = matrix.getSize()[0]
    chosen = []
    for threshold in (size, size - 1):
        monkeypatch.setattr(linear, "MULTIGRID_SIZE", threshold)
        chosen.append(linear.elliptic_solver(matrix, "chosen_by_size_").getPC().getType())
    assert chosen == ["cholesky", "gamg"]


def test_same_answer_as_a_factorisation(
    mesh: LayeredMesh, monkeypatch: pytest.MonkeyPatch, multigrid: None
) -> None:
    iterated = solutions(island_system(mesh, 0.1))
    monkeypatch.setattr(linear, "MULTIGRID_SIZE", np.inf)
    factorised = solutions(island_system(mesh, 0.1))
    for one, other in zip(iterated, factorised, strict=True):
        assert one == pytest.approx(other, rel=0, abs=1e-9 * np.abs(other).max())


@pytest.mark.parametrize("gamma", [0.01, 10.0])
def test_few_iterations_at_all_frequencies(
    mesh: LayeredMesh, gamma: float, multigrid: None
) -> None:
    reports = list(descend(island_system(mesh, gamma), FREQUENCIES))
    most = max(each.linear_iterations / max(each.iterations, 1) for each in reports)
    assert 2 <= most <= MOST_ITERATIONS


@pytest.mark.slow
@pytest.mark.parametrize("gamma", [0.01, 0.1, 10.0])
def test_as_many_iterations_on_finer_meshes(gamma: float, multigrid: None) -> None:
    """Flat within 30 % from 5000 to 70 000 unknowns, where it takes most of them."""
    lowest = FREQUENCIES[-3:]
    counts = []
    for halvings in range(3):
        system = island_system(island_mesh(MPI.COMM_SELF, halvings), gamma)
        *_, last = descend(system, [FREQUENCIES[-12], FREQUENCIES[-6], *lowest])
        counts.append(last.linear_iterations / last.iterations)
    assert max(counts) <= MOST_ITERATIONS
    assert max(counts) <= 1.3 * min(counts)


def test_a_hundred_right_hand_sides_are_truly_solved(mesh: LayeredMesh, multigrid: None) -> None:
    system = island_system(mesh, 0.1)
    *_, _ = descend(system, FREQUENCIES[::3])
    assert max(true_residuals(system, 100)) <= 1.01e-4


def test_factorised_where_multigrid_fails(monkeypatch: pytest.MonkeyPatch, multigrid: None) -> None:
    """On cells that are a hundred times longer than wide."""
    settings = MeshSettings(dimension=2, width=10.0, degree=2)
    mesh = LayeredMesh.distribute(MPI.COMM_SELF, checked_geometry(stack(0.1), settings))
    kinds = []
    make = linear.elliptic_solver

    def seen(matrix: PETSc.Mat, prefix: str) -> PETSc.KSP:
        kinds.append(make(matrix, prefix))
        return kinds[-1]

    monkeypatch.setattr("island.elliptic_solver", seen)
    iterated = solutions(island_system(mesh, 0.1))
    assert [each.getPC().getType() for each in kinds] == ["lu"]
    monkeypatch.setattr(linear, "MULTIGRID_SIZE", np.inf)
    factorised = solutions(island_system(mesh, 0.1))
    for one, other in zip(iterated, factorised, strict=True):
        assert one == pytest.approx(other, rel=0, abs=1e-9 * np.abs(other).max())
