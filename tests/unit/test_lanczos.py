# SPDX-License-Identifier: MIT
"""The largest eigenvalue by Lanczos is the dense solver's."""

from __future__ import annotations

import numpy as np
import pytest
from mpi4py import MPI
from scipy.linalg import eigh, solve

from fem_sf.errors import NotConverged
from fem_sf.solve.lanczos import largest_eigenpair

RANDOM = np.random.default_rng(7)


def symmetric(n: int) -> np.ndarray:
    matrix = RANDOM.normal(size=(n, n))
    return matrix + matrix.T


def positive(n: int) -> np.ndarray:
    matrix = RANDOM.normal(size=(n, n))
    return matrix @ matrix.T + n * np.eye(n)


def largest(s: np.ndarray, m: np.ndarray, start: np.ndarray, tolerance: float = 1e-8, **bound):
    return largest_eigenpair(
        lambda v: s @ v,
        lambda v: m @ v,
        lambda w: solve(m, w),
        start,
        MPI.COMM_SELF,
        tolerance,
        **bound,
    )


@pytest.mark.parametrize("n", (1, 2, 5, 80))
def test_the_same_as_a_dense_solver(n):
    s, m = symmetric(n), positive(n)
    values, vectors = eigh(s, m)
    value, mode = largest(s, m, RANDOM.normal(size=n))
    assert value == pytest.approx(values[-1], rel=1e-12)
    assert mode @ m @ mode == pytest.approx(1, rel=1e-12)
    assert abs(mode @ m @ vectors[:, -1]) == pytest.approx(1, rel=1e-9)


def test_a_start_that_is_the_mode_needs_one_step():
    s, m = symmetric(30), positive(30)
    values, vectors = eigh(s, m)
    value, _ = largest(s, m, 3 * vectors[:, -1], max_iterations=2)
    assert value == pytest.approx(values[-1], rel=1e-12)


def test_nearly_equal_eigenvalues_and_many_small_ones():
    """As of Δ in a thick superconductor: the top is close, the rest reaches far down."""
    exact = np.concatenate([[2.0, 2.0 - 1e-3], -np.geomspace(1e-2, 10, 198)])
    basis = np.linalg.qr(RANDOM.normal(size=(200, 200)))[0]
    matrix = (basis * exact) @ basis.T
    value, mode = largest(matrix, np.eye(200), RANDOM.normal(size=200))
    assert value == pytest.approx(2.0, abs=1e-11)
    assert abs(mode @ basis[:, 0]) == pytest.approx(1, abs=1e-8)


def test_too_few_steps_are_told():
    with pytest.raises(NotConverged, match="not found in 3 steps"):
        largest(symmetric(50), positive(50), RANDOM.normal(size=50), max_iterations=3)


def test_hundreds_of_steps():
    """As of a superconductor of 300 ξ0, whose modes are closer still."""
    exact = 1.0 - np.arange(700) ** 1.5
    rounding = np.finfo(float).eps * np.abs(exact).max()
    start = np.ones(700)
    value, mode = largest_eigenpair(
        lambda v: exact * v, lambda v: v, lambda w: w, start, MPI.COMM_SELF, 1e-7
    )
    assert value == pytest.approx(1.0, rel=0, abs=rounding)
    with pytest.raises(NotConverged, match="in 300 steps"):
        largest_eigenpair(
            lambda v: exact * v, lambda v: v, lambda w: w, start, MPI.COMM_SELF, 1e-7, 300
        )
    assert abs(mode[0]) == pytest.approx(1.0, rel=1e-9)
