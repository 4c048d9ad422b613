# SPDX-License-Identifier: MIT
"""Solves small linear systems to all digits of every unknown, however small it is.

Products are split without error (Dekker) and summed without error (Shewchuk, in `math.fsum`), and
unknowns are sums of two numbers; iterative refinement does the rest.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import lu_factor, lu_solve

from fem_sf.errors import NotConverged

FloatArray = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]

_GOOD = 1e-12
"""What rounding may do to what is measured where an ordinary solve is good enough."""

_LAST = 1e-15
"""Correction of what is measured after which no more is needed."""

_FAIR = 1e-6
"""Correction of what is measured beyond which there is no answer."""

_STUCK = 4
"""Corrections in turn that may fail to halve the smallest before them."""

_MOST = 100

_SPLITTER = 2.0**27 + 1


def solve_exactly(
    matrix: ComplexArray,
    right: FloatArray,
    last: NDArray[np.int64],
    measured: ComplexArray,
    kinds: NDArray[np.int64],
) -> ComplexArray:
    """Solve a system of equations in all sorts of units.

    Parameters
    ----------
    matrix, right
        The equations, shapes (n, n) and (n,).
    last
        Unknowns to eliminate last: large ones, of which small differences to others matter.
    measured
        What is wanted is these times the unknowns, shape (places, m, n).
    kinds
        Which of the m are to be as exact as the largest of them, shape (m,).

    Returns
    -------
    ndarray
        Two parts of the unknowns, shape (2, n).

    Raises
    ------
    NotConverged
        If 32 digits do not hold the answer.
    """
    # powers of two, which scale without rounding
    column = _power_of_two(np.abs(matrix).max(axis=0))
    scaled = matrix * column
    row = _power_of_two(np.abs(scaled).max(axis=1))
    scaled, right = row[:, np.newaxis] * scaled, row * right
    order = np.concatenate([np.delete(np.arange(len(right)), last), last])
    factors = lu_factor(scaled[:, order], check_finite=False)

    def solved(vector: ComplexArray) -> ComplexArray:
        solution = np.empty(len(vector), dtype=complex)
        solution[order] = lu_solve(factors, vector, check_finite=False)
        return solution

    seen = measured * column

    def rounding(solution: ComplexArray) -> FloatArray:
        """A bound of what rounded products change of what is measured, shape (places, m)."""
        sizes = np.abs(scaled) @ np.abs(solution) + np.abs(right)
        inverse = lu_solve(factors, seen[..., order].reshape(-1, len(right)).T, trans=1)
        return (np.abs(inverse).T @ sizes).reshape(seen.shape[:-1]) * np.finfo(float).eps

    def relative_to_kinds(change: FloatArray, parts: ComplexArray) -> float:
        """A change of what is measured, as a share of the largest of its kind; the worst."""
        changes, values = np.zeros(kinds.max() + 1), np.zeros(kinds.max() + 1)
        np.maximum.at(changes, kinds, change.max(axis=0))
        np.maximum.at(values, kinds, np.abs(product(seen, parts)).max(axis=0))
        return float((changes / np.where(values > 0, values, 1)).max())

    parts = np.array([solved(right.astype(complex)), np.zeros(len(right))])
    change = np.abs(seen @ solved(right - scaled @ parts[0])) + rounding(parts[0])
    if relative_to_kinds(change, parts) <= _GOOD:
        return column * parts
    smallest, stuck = math.inf, 0
    for _ in range(_MOST):
        change = solved(-product(scaled, parts, -right))
        total = parts[1] + change
        whole = parts[0] + total
        parts = np.array([whole, total - (whole - parts[0])])
        size = relative_to_kinds(np.abs(seen @ change), parts)
        stuck = 0 if size < smallest / 2 else stuck + 1
        smallest = min(smallest, size)
        if size <= _LAST or stuck == _STUCK:
            break
    if not smallest <= _FAIR:
        raise NotConverged(
            "mode matching: conductances and lengths differ by more decades than its 32 digits "
            "hold; solve by finite elements, or leave out what does not matter"
        )
    return column * parts


def _power_of_two(sizes: FloatArray) -> FloatArray:
    """1/size to the next power of two."""
    return np.ldexp(1.0, -np.frexp(sizes)[1])


def product(
    matrix: ComplexArray, parts: ComplexArray, plus: FloatArray | None = None
) -> ComplexArray:
    """The product with a vector that is a sum of two parts, plus another, rounded once.

    Parameters
    ----------
    matrix
        Shape (…, m, n).
    parts
        Shape (2, n).
    plus
        Shape (m,).
    """
    vectors = np.concatenate([parts.real, parts.imag])
    if not parts[1].any() and plus is None:
        return matrix @ parts[0]
    shape = matrix.shape[:-1]
    flat = matrix.reshape(-1, matrix.shape[-1])
    added = np.zeros(len(flat)) if plus is None else plus
    real = _sums(flat, vectors, (1, 1, -1, -1), added)
    imaginary = _sums(flat, vectors[[2, 3, 0, 1]], (1, 1, 1, 1), np.zeros(len(flat)))
    return (real + 1j * imaginary).reshape(shape)


def _sums(
    matrix: ComplexArray, vectors: FloatArray, signs: tuple[int, ...], plus: FloatArray
) -> FloatArray:
    """Re A·(v1 + v2) ± Im A·(v3 + v4) + plus, rounded once."""
    terms = [plus[:, np.newaxis]]
    for number, (vector, sign) in enumerate(zip(vectors, signs, strict=True)):
        factor = matrix.real if number < 2 else matrix.imag
        terms += _products(factor, sign * vector)
    return np.array([math.fsum(row) for row in np.concatenate(terms, axis=1).tolist()])


def _products(first: FloatArray, second: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Products and what rounding takes from them."""
    whole = first * second
    (high, low), (other, rest) = _halves(first), _halves(second)
    return whole, low * rest - (((whole - high * other) - low * other) - high * rest)


def _halves(numbers: FloatArray) -> tuple[FloatArray, FloatArray]:
    large = _SPLITTER * numbers
    high = large - (large - numbers)
    return high, numbers - high
