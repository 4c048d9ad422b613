# SPDX-License-Identifier: MIT
"""A preconditioner for operators that change little from one linear system to the next."""

from __future__ import annotations

import numpy as np
from mpi4py import MPI
from numpy.typing import NDArray
from petsc4py import PETSc

UNRELIABLE = 1e-4
"""Squared singular values of the images below this fraction of the largest are not divided by.

Images are those of an operator that has changed since, and may come from iterations.
"""


class RecycledInverse:
    """An inverse that is exact where the operator was applied before, and the identity elsewhere.

    With the images W = A V of directions V it takes a vector r to V c + (r − W c), where c brings
    W c nearest to r. That suits operators A which are the identity and something compact: a few
    directions hold most of the latter (compare M. L. Parks et al., SIAM J. Sci. Comput. 28, 1651,
    2006). It serves PETSc as the context of a preconditioner of type ``python``.

    Parameters
    ----------
    comm
        The ranks that share the vectors.
    size
        How many of a vector's values this rank has.
    """

    def __init__(self, comm: MPI.Comm, size: int):
        self._comm = comm
        nothing = np.empty((size, 0), dtype=PETSc.ScalarType)
        self._images, self._corrections = nothing, nothing
        self._inner_inverse = np.empty((0, 0), dtype=PETSc.ScalarType)
        self._new: list[tuple[NDArray, NDArray]] = []

    def remember(self, direction: PETSc.Vec, image: PETSc.Vec) -> None:
        """Keep what the operator makes of a direction, until `take_in` makes use of it."""
        values = image.getArray(readonly=True).copy()
        self._new.append((values, direction.getArray(readonly=True) - values))

    def take_in(self) -> None:
        """Make use of what was kept since the last time, before another system is solved."""
        if not self._new:
            return
        images, corrections = (np.stack(each, axis=1) for each in zip(*self._new, strict=True))
        self._images = np.hstack([self._images, images])
        self._corrections = np.hstack([self._corrections, corrections])
        self._new.clear()
        inner = self._total(self._images.conj().T @ self._images)
        self._inner_inverse = np.linalg.pinv(inner, rcond=UNRELIABLE, hermitian=True)

    def apply(self, preconditioner: PETSc.PC, vector: PETSc.Vec, result: PETSc.Vec) -> None:
        """What PETSc calls: the inverse of a vector."""
        parts = self._total(self._images.conj().T @ vector.getArray(readonly=True))
        vector.copy(result)
        result.getArray()[:] += self._corrections @ (self._inner_inverse @ parts)

    def _total(self, values: NDArray) -> NDArray:
        """The sum over ranks."""
        return values if self._comm.size == 1 else self._comm.allreduce(values)
