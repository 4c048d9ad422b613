# SPDX-License-Identifier: MIT
"""Finds the largest eigenvalue of a symmetric operator, known by its products with vectors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh_tridiagonal

from fem_sf.errors import NotConverged

MOST_STEPS = 1000
"""Products with S, of which modes close to each other need many: 4/3 for each ξ0 of a thick S."""

Operator = Callable[[NDArray[np.float64]], NDArray[np.float64]]


def largest_eigenpair(
    apply: Operator,
    weigh: Operator,
    unweigh: Operator,
    start: NDArray[np.float64],
    comm: Any,
    tolerance: float,
    max_iterations: int = MOST_STEPS,
) -> tuple[float, NDArray[np.float64]]:
    """Largest λ of S v = λ M v by the Lanczos process, fully orthogonalised; collective.

    Parameters
    ----------
    apply, weigh, unweigh
        v ↦ S v, v ↦ M v, w ↦ M⁻¹ w on this rank's part of vectors; S symmetric, M positive.
    start
        First vector, shape (n,) of this rank; not orthogonal to the mode that is looked for.
    comm
        The ranks that share the vectors.
    tolerance
        Bound on the residual ‖M⁻¹S v − λ v‖ over |λ|, in the norm of M. The error of λ is of the
        order of its square.
    max_iterations
        Bound on the number of products with S.

    Returns
    -------
    tuple
        λ, and v with vᵀ M v = 1.

    Raises
    ------
    NotConverged
        If the tolerance is not met.
    """
    basis: list[NDArray[Any]] = []
    weighed: list[NDArray[Any]] = []
    diagonal: list[float] = []
    off_diagonal: list[float] = []
    vector = start
    for _ in range(max_iterations):
        weight = weigh(vector)
        size = float(np.sqrt(comm.allreduce(vector @ weight)))
        if basis:
            value, mode = _largest_ritz(diagonal, off_diagonal)
            if size * abs(mode[-1]) <= tolerance * abs(value):
                return value, mode @ np.array(basis)
            off_diagonal.append(size)
        basis.append(vector / size)
        weighed.append(weight / size)
        vector = unweigh(apply(basis[-1]))
        columns, rows = np.array(basis), np.array(weighed)
        diagonal.append(float(comm.allreduce(rows[-1] @ vector)))
        for _ in range(2):
            vector = vector - comm.allreduce(rows @ vector) @ columns
    raise NotConverged(
        f"the largest eigenvalue was not found in {max_iterations} steps. Modes of a thick layer "
        "lie close to each other: try a thinner one"
    )


def _largest_ritz(
    diagonal: list[float], off_diagonal: list[float]
) -> tuple[float, NDArray[np.float64]]:
    last = len(diagonal) - 1
    values, vectors = eigh_tridiagonal(
        np.array(diagonal), np.array(off_diagonal), select="i", select_range=(last, last)
    )
    return float(values[0]), vectors[:, 0]
