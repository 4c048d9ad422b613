# SPDX-License-Identifier: MIT
"""Finds how fast a stack without drive comes to rest: u ∝ e^{−st} with A u = s M u."""

from __future__ import annotations

import numpy as np
import scipy.sparse
import scipy.sparse.linalg
from numpy.typing import NDArray

from fem_sf.errors import InputError, Problem
from fem_sf.parallel import on_first_rank
from fem_sf.spin.steady import SteadySolver

ComplexArray = NDArray[np.complex128]

_SAME = 1e-7
"""Relative difference of two rates found from different sides that are one."""

_SPARE = 4
"""How many more rates are looked for around each frequency than are wanted."""


def relaxation_rates(solver: SteadySolver, count: int) -> ComplexArray:
    """The slowest rates s at which deviations from a steady state decay as e^{−st}; collective.

    Looked for around zero and around the precession frequency of every layer, |γH|: what decays
    slowly precesses with one of these. Of a pair of conjugates only that with Im s ≥ 0 is given.

    Parameters
    ----------
    solver
        Of the stack; the reservoirs are kept as it has them. At finite bias its fields hold the
        steady state.
    count
        How many.

    Returns
    -------
    ndarray
        Shape (count,), complex, by ascending real part; each once.

    Raises
    ------
    InputError
        If the mesh has fewer.
    """
    system = solver.system
    matrices = []
    for rate in (0.0, 1.0):
        system.set_rate(rate)
        solver.matrix.assemble()
        matrices.append(_on_first_rank(solver))
    system.set_rate(0.0)

    def work() -> ComplexArray:
        at_rest, with_storage = matrices
        assert at_rest is not None and with_storage is not None
        return _slowest(at_rest, with_storage - at_rest, _frequencies(solver), count)

    return on_first_rank(system.mesh.comm, work)


def _frequencies(solver: SteadySolver) -> list[float]:
    """Zero and |γH| of every layer, the exchange field included."""
    found = {0.0}
    for layer in solver.system.stack.layers:
        material = layer.material
        exchange = getattr(material, "exchange_precession", 0.0) * material.axis
        found.add(float(np.linalg.norm(np.asarray(material.precession) + exchange)))
    return sorted(found)


def _on_first_rank(solver: SteadySolver) -> scipy.sparse.csc_array | None:
    """The assembled matrix of the free unknowns; ``None`` elsewhere."""
    matrix = solver.matrix.matrix
    shares = solver.free.comm.gather(matrix.getValuesCSR())
    if shares is None:
        return None
    columns = matrix.getSize()[1]
    rows = [
        scipy.sparse.csr_array((values, places, starts), (len(starts) - 1, columns))
        for starts, places, values in shares
    ]
    return scipy.sparse.csc_array(scipy.sparse.vstack(rows))


def _slowest(
    A: scipy.sparse.csc_array, M: scipy.sparse.csc_array, frequencies: list[float], count: int
) -> ComplexArray:
    """Rates near i × each frequency, ever more of them until none can be slower than the result."""
    most = A.shape[0] - 2
    wanted = min(count + _SPARE, most)
    while True:
        groups = [_nearest(A, M, 1j * frequency, wanted) for frequency in frequencies]
        rates = _distinct(np.concatenate(groups))[:count]
        reached = min(
            np.abs(group - 1j * frequency).max()
            for group, frequency in zip(groups, frequencies, strict=True)
        )
        if len(rates) == count and rates.real.max() <= reached:
            return rates
        if wanted == most:
            raise InputError([Problem("", f"{count} rates were asked for; the mesh has fewer")])
        wanted = min(2 * wanted, most)


def _nearest(
    A: scipy.sparse.csc_array, M: scipy.sparse.csc_array, shift: complex, wanted: int
) -> ComplexArray:
    """The rates nearest to a number: 1/(s − shift) are the largest of (A − shift M)⁻¹ M."""
    inverse = scipy.sparse.linalg.splu(A - shift * M)
    operator = scipy.sparse.linalg.LinearOperator(
        A.shape, matvec=lambda x: inverse.solve(M @ x), dtype=complex
    )
    start = np.random.default_rng(0).normal(size=A.shape[0]).astype(complex)
    largest = scipy.sparse.linalg.eigs(
        operator, wanted, v0=start, which="LM", return_eigenvectors=False
    )
    return shift + 1 / largest


def _distinct(rates: ComplexArray) -> ComplexArray:
    """One of each, and of each pair of conjugates, by ascending real part."""
    kept: list[complex] = []
    for rate in rates[np.argsort(rates.real)]:
        upper = complex(rate.real, abs(rate.imag))
        if all(abs(upper - each) > _SAME * abs(upper) for each in kept):
            kept.append(upper)
    return np.array(kept)
