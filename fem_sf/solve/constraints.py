# SPDX-License-Identifier: MIT
"""Reduces block vectors and matrices to the unknowns that linear conditions leave free.

With u = T y + g the equations are Sᵀ r(T y + g) = 0, their Jacobian Sᵀ A T.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import scipy.sparse
from numpy.typing import NDArray
from petsc4py import PETSc

from fem_sf.solve.blocks import BlockMatrix, BlockVector
from fem_sf.solve.elimination import Elimination


class FreeVector:
    """The free unknowns of a block vector; stands in its place in front of a Newton solver.

    Parameters
    ----------
    layout
        All unknowns.
    elimination
        How they follow from the free ones.
    """

    def __init__(self, layout: BlockVector, elimination: Elimination):
        self.layout = layout
        self.comm = layout.comm
        own = (sum(layout.sizes), layout.global_size)
        self._rows = elimination.free
        free = (len(self._rows), self.comm.allreduce(len(self._rows)))
        self.global_size = free[1]
        self._free = free
        self.trial = _matrix(elimination.trial, own, free, self.comm)
        symmetric = self.comm.allreduce(int(not elimination.symmetric)) == 0
        self.test = self.trial if symmetric else _matrix(elimination.test, own, free, self.comm)
        self.transposed_test = self.test.transpose(PETSc.Mat())
        self.given = layout.vector()
        self.load = 1.0
        self._all = layout.vector()
        self.set_given(elimination.given)

    def set_given(self, values: NDArray[np.float64]) -> None:
        """Change g, shape (own unknowns,)."""
        self.given.getArray()[:] = values

    def vector(self) -> PETSc.Vec:
        """A new vector of free unknowns, zero."""
        return PETSc.Vec().createMPI(self._free, comm=self.comm)

    def to_functions(self, y: PETSc.Vec) -> None:
        """Put T y + load g into the fields, ghosts included."""
        self.trial.mult(y, self._all)
        self._all.axpy(self.load, self.given)
        self.layout.to_functions(self._all)

    def from_functions(self, y: PETSc.Vec) -> None:
        """Take the free unknowns from fields."""
        self.layout.from_functions(self._all)
        y.getArray()[:] = self._all.getArray(readonly=True)[self._rows]

    def assemble(self, forms: Sequence[Any], b: PETSc.Vec) -> None:
        """Assemble one linear form per block, tested with S."""
        self.layout.assemble(forms, self._all)
        self.transposed_test.mult(self._all, b)

    def norms(self, b: PETSc.Vec) -> list[float]:
        """Euclidean norm of the free unknowns of each block."""
        values = np.abs(b.getArray(readonly=True)) ** 2
        ends = [each.stop for each in self.layout.slices]
        parts = np.split(values, np.searchsorted(self._rows, ends[:-1]))
        squares = self.comm.allreduce(np.array([part.sum() for part in parts]))
        return [float(each) for each in np.sqrt(squares)]


class FreeMatrix:
    """Sᵀ A T of a block matrix A; its pattern is found once.

    Parameters
    ----------
    full
        A.
    free
        The free unknowns.
    """

    def __init__(self, full: BlockMatrix, free: FreeVector):
        self.full = full
        self._left, self._right = free.transposed_test, free.trial
        full.assemble()
        self.matrix = self._left.matMatMult(full.matrix, self._right)

    def assemble(self) -> None:
        """Assemble with the present values of coefficients and constants."""
        self.full.assemble()
        self._left.matMatMult(self.full.matrix, self._right, result=self.matrix)


def _matrix(
    rows: scipy.sparse.csr_array, own: tuple[int, int], free: tuple[int, int], comm: Any
) -> PETSc.Mat:
    csr = (
        rows.indptr.astype(PETSc.IntType),
        rows.indices.astype(PETSc.IntType),
        rows.data.astype(PETSc.ScalarType),
    )
    matrix = PETSc.Mat().createAIJ((own, free), csr=csr, comm=comm)
    matrix.assemble()
    return matrix
