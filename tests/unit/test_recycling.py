# SPDX-License-Identifier: MIT
"""What an operator did before serves as its inverse."""

from __future__ import annotations

import numpy as np
import pytest
from mpi4py import MPI
from petsc4py import PETSc

from fem_sf.solve.recycling import RecycledInverse

SIZE, RANK = 40, 6
RNG = np.random.default_rng(3)


def vector(values: np.ndarray) -> PETSc.Vec:
    return PETSc.Vec().createWithArray(values.astype(PETSc.ScalarType), comm=PETSc.COMM_SELF)


def operator() -> np.ndarray:
    """The identity and something of low rank, not symmetric."""
    return np.eye(SIZE) + RNG.normal(size=(SIZE, RANK)) @ RNG.normal(size=(RANK, SIZE)) / SIZE


def remembered(matrix: np.ndarray, directions: np.ndarray) -> RecycledInverse:
    """What the operator made of the columns, taken in by halves."""
    inverse = RecycledInverse(MPI.COMM_SELF, SIZE)
    for half in np.array_split(directions, 2, axis=1):
        for each in half.T:
            inverse.remember(vector(each.copy()), vector(matrix @ each))
        inverse.take_in()
    return inverse


def applied(inverse: RecycledInverse, values: np.ndarray) -> np.ndarray:
    result = vector(np.zeros(SIZE))
    inverse.apply(PETSc.PC(), vector(values), result)
    return result.getArray().copy()


def test_exact_where_applied_and_the_identity_across() -> None:
    matrix, directions = operator(), RNG.normal(size=(SIZE, RANK))
    inverse = remembered(matrix, directions)
    images = matrix @ directions
    for direction, image in zip(directions.T, images.T, strict=True):
        assert applied(inverse, image) == pytest.approx(direction, abs=1e-9)
    across = np.linalg.svd(images)[0][:, RANK:]
    for each in across.T:
        assert applied(inverse, each.copy()) == pytest.approx(each, abs=1e-9)


def test_repeated_directions_do_no_harm() -> None:
    matrix, directions = operator(), RNG.normal(size=(SIZE, RANK))
    inverse = remembered(matrix, np.hstack([directions, directions]))
    image = matrix @ directions @ np.ones(RANK)
    assert applied(inverse, image) == pytest.approx(directions @ np.ones(RANK), abs=1e-6)


def test_nothing_known_is_the_identity() -> None:
    inverse = RecycledInverse(MPI.COMM_SELF, SIZE)
    inverse.take_in()
    values = RNG.normal(size=SIZE)
    assert applied(inverse, values) == pytest.approx(values, abs=0)


def smoothing(range_: float) -> np.ndarray:
    """The identity and something compact, as the tangent of the gap is."""
    x = np.arange(SIZE)
    return np.eye(SIZE) + 0.5 * np.exp(-np.abs(x[:, np.newaxis] - x) / range_)


def test_the_same_operator_takes_one_iteration() -> None:
    known = remembered(smoothing(8.0), np.eye(SIZE))
    assert iterations(smoothing(8.0), known, RNG.normal(size=SIZE)) == 1


def test_a_neighbouring_operator_takes_fewer_iterations() -> None:
    """Known from what an earlier solve applied it to, for a neighbour and another right side."""
    x = np.arange(SIZE) / SIZE
    directions = [np.exp(-3 * x)]
    for _ in range(10):
        directions.append(smoothing(8.0) @ directions[-1])
    known = remembered(smoothing(8.0), np.linalg.qr(np.stack(directions, axis=1))[0])
    fresh = RecycledInverse(MPI.COMM_SELF, SIZE)
    counts = [iterations(smoothing(8.1), each, np.cos(2 * x)) for each in (known, fresh)]
    assert counts[0] < counts[1]


def test_images_that_are_a_little_wrong_do_no_harm() -> None:
    """Of directions that hardly differ, whose images come from iterations."""
    x = np.arange(SIZE) / SIZE
    directions = np.exp(-np.outer(x, np.linspace(3.0, 3.2, 8)))
    inverse = RecycledInverse(MPI.COMM_SELF, SIZE)
    for each in directions.T:
        image = smoothing(8.0) @ each
        image += 1e-4 * np.linalg.norm(image) * RNG.normal(size=SIZE) / SIZE**0.5
        inverse.remember(vector(each.copy()), vector(image))
    inverse.take_in()
    fresh = RecycledInverse(MPI.COMM_SELF, SIZE)
    counts = [iterations(smoothing(8.0), each, np.cos(2 * x)) for each in (inverse, fresh)]
    assert counts[0] <= counts[1]
    right = np.cos(2 * x)
    exact = np.linalg.solve(smoothing(8.0), right)
    assert np.linalg.norm(applied(inverse, right) - exact) < 2 * np.linalg.norm(right)


def test_what_is_newest_is_kept_for_the_next_operator(monkeypatch: pytest.MonkeyPatch) -> None:
    matrix, directions = operator(), RNG.normal(size=(SIZE, RANK))
    inverse = remembered(matrix, directions)
    monkeypatch.setattr("fem_sf.solve.recycling.MOST_DIRECTIONS", RANK // 2)
    inverse.keep_newest()
    newest = directions[:, RANK // 2 :]
    for direction in newest.T:
        assert applied(inverse, matrix @ direction) == pytest.approx(direction, abs=1e-9)
    across = np.linalg.svd(matrix @ newest)[0][:, RANK // 2]
    assert applied(inverse, across) == pytest.approx(across, abs=1e-9)
    monkeypatch.setattr("fem_sf.solve.recycling.MOST_VALUES", SIZE)
    inverse.keep_newest()
    assert np.linalg.matrix_rank(action(inverse) - np.eye(SIZE), tol=1e-9) == 1
    inverse.forget()
    assert action(inverse) == pytest.approx(np.eye(SIZE), abs=0)


def action(inverse: RecycledInverse) -> np.ndarray:
    return np.stack([applied(inverse, each) for each in np.eye(SIZE)], axis=1)


def iterations(matrix: np.ndarray, inverse: RecycledInverse, right: np.ndarray) -> int:
    dense = PETSc.Mat().createDense(
        (SIZE, SIZE), array=matrix.astype(PETSc.ScalarType), comm=PETSc.COMM_SELF
    )
    dense.assemble()
    ksp = PETSc.KSP().create(PETSc.COMM_SELF)
    ksp.setOperators(dense)
    ksp.setType("gmres")
    ksp.setPCSide(PETSc.PC.Side.RIGHT)
    ksp.getPC().setType("python")
    ksp.getPC().setPythonContext(inverse)
    ksp.setTolerances(rtol=1e-6)
    solution = vector(np.zeros(SIZE))
    ksp.solve(vector(right), solution)
    assert matrix @ solution.getArray() == pytest.approx(right, abs=2e-6 * np.linalg.norm(right))
    return ksp.getIterationNumber()
