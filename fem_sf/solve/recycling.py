# SPDX-License-Identifier: MIT
"""A preconditioner for operators that change little from one linear system to the next."""

from __future__ import annotations

import numpy as np
from mpi4py import MPI
from numpy.typing import NDArray
from petsc4py import PETSc
from scipy.linalg import cho_factor, cho_solve
from scipy.linalg.lapack import dpstrf

UNRELIABLE = 1e-4
"""Images of which others leave less than this fraction of a largest square are left out.

Images are those of an operator that has changed since, and may come from iterations.
"""

MOST_DIRECTIONS, MOST_VALUES = 80, 2_000_000
"""Bounds on what is kept for other operators: directions, and values of all of them together."""


class RecycledInverse:
    """An inverse that is exact where the operator was applied before, and the identity elsewhere.

    With the images W = A V of directions V it takes a vector r to V c + (r − W c), where c brings
    W c nearest to r. That suits operators A on real vectors which are the identity and something
    compact: a few directions hold most of the latter (compare M. L. Parks et al., SIAM J. Sci.
    Comput. 28, 1651, 2006). It serves PETSc as the context of a preconditioner of type ``python``.

    Parameters
    ----------
    comm
        The ranks that share the vectors.
    size
        How many of a vector's values this rank has.
    """

    def __init__(self, comm: MPI.Comm, size: int):
        self._comm = comm
        self._new: list[tuple[NDArray[np.float64], NDArray[np.float64]]] = []
        self._images = self._corrections = np.empty((size, 0))
        self._factor = np.empty((0, 0))

    def remember(self, direction: PETSc.Vec, image: PETSc.Vec) -> None:
        """Keep what the operator makes of a direction, until `take_in` makes use of it."""
        values = image.getArray(readonly=True).real.copy()
        self._new.append((values, direction.getArray(readonly=True).real - values))

    def take_in(self) -> None:
        """Make use of what was kept since the last time, before another system is solved."""
        if not self._new:
            return
        newest_first = zip(*reversed(self._new), strict=True)
        images, corrections = (np.stack(each, axis=1) for each in newest_first)
        self._new.clear()
        self._images = np.hstack([images, self._images])
        self._corrections = np.hstack([corrections, self._corrections])
        self._keep(self._reliable())

    def forget(self) -> None:
        """Know nothing, as before another operator that is not like the last."""
        self._new.clear()
        self._keep(slice(0))

    def keep_newest(self) -> None:
        """Know what was learnt last, as far as it takes little room, for operators to come."""
        self.take_in()
        most = MOST_VALUES // self._comm.allreduce(len(self._images), op=MPI.MAX)
        self._keep(slice(min(most, MOST_DIRECTIONS)))

    def apply(self, preconditioner: PETSc.PC, vector: PETSc.Vec, result: PETSc.Vec) -> None:
        """What PETSc calls: the inverse of a vector."""
        vector.copy(result)
        if self._factor.size:
            parts = self._total(self._images.T @ vector.getArray(readonly=True).real)
            result.getArray()[:] += self._corrections @ cho_solve((self._factor, False), parts)

    def _keep(self, which: slice | NDArray[np.intp]) -> None:
        """Forget all others, and make ready to apply."""
        self._images, self._corrections = self._images[:, which], self._corrections[:, which]
        self._factor = np.empty((0, 0))
        if self._images.shape[1]:
            self._factor, _ = cho_factor(self._total(self._images.T @ self._images))

    def _reliable(self) -> NDArray[np.intp]:
        """Images that differ enough, the same on all ranks."""
        inner = self._total(self._images.T @ self._images)
        _, pivots, rank, _ = dpstrf(inner, tol=UNRELIABLE * inner.diagonal().max())
        kept: NDArray[np.intp] = self._comm.bcast(np.sort(pivots[:rank]) - 1)
        return kept

    def _total(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The sum over ranks."""
        return values if self._comm.size == 1 else self._comm.allreduce(values)
