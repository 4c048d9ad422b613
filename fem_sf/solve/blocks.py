# SPDX-License-Identifier: MIT
"""Fields on several submeshes as one PETSc system, assembled block by block."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import dolfinx
import numpy as np
from numpy.typing import NDArray
from petsc4py import PETSc

from fem_sf import compat

NOTHING_HELD = np.empty(0, dtype=np.intp)
"""Where all unknowns are free."""


class BlockVector:
    """How fields on several submeshes are laid out in one PETSc vector.

    On every rank the owned values of the fields follow one another; ghosts live in the fields only.

    Parameters
    ----------
    functions
        The fields, one per block.
    """

    def __init__(self, functions: Sequence[dolfinx.fem.Function]):
        self.functions = tuple(functions)
        self.spaces = tuple(function.function_space for function in functions)
        maps = [(space.dofmap.index_map, space.dofmap.index_map_bs) for space in self.spaces]
        self.sizes = [index_map.size_local * size for index_map, size in maps]
        ends = np.cumsum([0, *self.sizes])
        self.slices = [slice(*pair) for pair in pairwise(ends)]
        self.global_size = sum(index_map.size_global * size for index_map, size in maps)
        self.comm = self.spaces[0].mesh.comm
        self._accumulators = [
            dolfinx.la.vector(index_map, size, PETSc.ScalarType) for index_map, size in maps
        ]

    def vector(self) -> PETSc.Vec:
        """A new PETSc vector of this layout, zero."""
        return PETSc.Vec().createMPI((sum(self.sizes), self.global_size), comm=self.comm)

    def to_functions(self, x: PETSc.Vec) -> None:
        """Copy a vector into the fields, ghosts included."""
        values = x.getArray(readonly=True)
        for function, part, size in zip(self.functions, self.slices, self.sizes, strict=True):
            function.x.array[:size] = values[part]
            if self.comm.size > 1:
                function.x.scatter_forward()

    def from_functions(self, x: PETSc.Vec) -> None:
        """Copy the owned values of the fields into a vector."""
        values = x.getArray()
        for function, part, size in zip(self.functions, self.slices, self.sizes, strict=True):
            values[part] = function.x.array[:size]

    def interpolated(self, x: PETSc.Vec, other: BlockVector) -> PETSc.Vec:
        """A vector of fields of another degree on the same meshes as one of this layout.

        The fields of both layouts are overwritten.

        Parameters
        ----------
        x, other
            The vector and its layout.
        """
        other.to_functions(x)
        for function, of_other_degree in zip(self.functions, other.functions, strict=True):
            function.interpolate(of_other_degree)
        result = self.vector()
        self.from_functions(result)
        return result

    def assemble(self, forms: Sequence[Any], b: PETSc.Vec) -> None:
        """Assemble one linear form per block, or several in a tuple, into a vector."""
        values = b.getArray()
        for compiled, accumulator, part, size in zip(
            forms, self._accumulators, self.slices, self.sizes, strict=True
        ):
            array = accumulator.array
            array[:] = 0
            compat.assemble_vector(array, compiled)
            if self.comm.size > 1:
                accumulator.scatter_reverse(dolfinx.la.InsertMode.add)
            values[part] = array[:size]

    def norms(self, x: PETSc.Vec) -> list[float]:
        """Euclidean norm of each block."""
        values = x.getArray(readonly=True)
        squares = np.array([np.vdot(values[part], values[part]).real for part in self.slices])
        if self.comm.size > 1:
            squares = self.comm.allreduce(squares)
        return [float(each) for each in np.sqrt(squares)]


def hold(matrix: PETSc.Mat, held: NDArray[np.intp]) -> None:
    """Make rows and columns of unknowns whose values are given those of the identity.

    Parameters
    ----------
    matrix
        One that equals its transpose, which it goes on to do.
    held
        Which of this rank, counted from its first.
    """
    first = matrix.getOwnershipRange()[0]
    matrix.zeroRowsColumns((first + held).astype(PETSc.IntType), diag=1.0)


class BlockMatrix:
    """A PETSc matrix made of compiled bilinear forms; its blocks are looked up once.

    Parameters
    ----------
    forms
        Rectangular array of compiled forms, several in a tuple where their sum is meant; ``None``
        where two blocks are not coupled.
    like
        A matrix of the same forms, assembled before, to take the sparsity from: finding it takes
        longer than many an assembly.
    held
        Rows of this rank, counted from its first, that are those of the identity: of unknowns whose
        values are given.
    """

    def __init__(
        self,
        forms: Sequence[Sequence[Any]],
        like: BlockMatrix | None = None,
        held: NDArray[np.intp] = NOTHING_HELD,
    ):
        self.matrix = compat.block_matrix(forms) if like is None else like.matrix.duplicate()
        self.matrix.setOption(PETSc.Mat.Option.KEEP_NONZERO_PATTERN, True)
        self._held = (self.matrix.getOwnershipRange()[0] + held).astype(PETSc.IntType)
        self._holds = self.matrix.comm.tompi4py().allreduce(len(held)) > 0
        row_spaces = [_argument_space(row, 0) for row in forms]
        column_spaces = [_argument_space(column, 1) for column in zip(*forms, strict=True)]
        rows, columns = compat.block_index_sets(row_spaces), compat.block_index_sets(column_spaces)
        self._blocks = [
            (self.matrix.getLocalSubMatrix(rows[i], columns[j]), compiled)
            for i, row in enumerate(forms)
            for j, compiled in enumerate(row)
            if compiled is not None
        ]

    def assemble(self) -> None:
        """Assemble all blocks with the present values of coefficients and constants."""
        self.matrix.zeroEntries()
        for block, compiled in self._blocks:
            compat.assemble_matrix(block, compiled)
        self.matrix.assemble()
        if self._holds:
            self.matrix.zeroRows(self._held, diag=1.0)


def _argument_space(forms: Sequence[Any], number: int) -> Any:
    compiled = next(each for each in forms if each is not None)
    return compat.parts_of(compiled)[0].function_spaces[number]
