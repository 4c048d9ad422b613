# SPDX-License-Identifier: MIT
"""Puts copies of a stack into one system, one for each of several frequencies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from petsc4py import PETSc

from fem_sf.solve.blocks import BlockMatrix, BlockVector
from fem_sf.usadel.sweep import KnownSolution
from fem_sf.usadel.system import UsadelSystem


@dataclass(frozen=True)
class CopiedLayout:
    """Where the values of a vector are in that of the copies.

    Parameters
    ----------
    layout
        How the copies' fields are laid out.
    places
        Place of every value of every copy, shape (copies, values).
    """

    layout: BlockVector
    places: NDArray[np.intp]

    def gather(self, vector: PETSc.Vec) -> NDArray:
        """Values of all copies from a vector, shape (copies, values)."""
        values: NDArray = vector.getArray(readonly=True)[self.places]
        return values

    def scatter(self, values: NDArray, vector: PETSc.Vec) -> None:
        """Put values of all copies, or the same for each, into a vector."""
        vector.getArray()[self.places] = values


class Copies:
    """As many copies of a system, on one rank and on a line.

    Parameters
    ----------
    original
        The system of one.
    count
        How many.

    Attributes
    ----------
    system
        The system of all; integrals of its forms are over every copy.
    unknowns, gaps
        Where the unknowns and Δ of the original are in it.
    jacobian, pair_jacobian
        Matrices to take the sparsity from.
    last
        The last solution in it for every pattern of signs of Δ.
    """

    def __init__(self, original: UsadelSystem, count: int):
        mesh = original.mesh.repeated(count)
        self.system = UsadelSystem(original.stack, mesh, original.degree)
        self.unknowns = self._copied(original.layout, self.system.layout)
        gaps = (BlockVector(list(each.gaps.values())) for each in (original, self.system))
        self.gaps = self._copied(*gaps)
        self.jacobian = BlockMatrix(self.system.jacobian_forms)
        self.pair_jacobian = BlockMatrix(self.system.compile_pair_jacobian())
        for each in (self.jacobian, self.pair_jacobian):
            each.assemble()
        self.last: dict[tuple[float, ...], KnownSolution] = {}

    def follow(self, original: UsadelSystem, frequencies: NDArray[np.float64]) -> None:
        """Take the frequencies of the copies, and points and numbers that the original has now.

        Parameters
        ----------
        original
            The system that they are copies of; they do not keep it, as it keeps them.
        frequencies
            ω in Tc, one for each copy.
        """
        self.system.mesh.move_to(original.mesh)
        if self.system.stack is not original.stack:
            self.system.set_stack(original.stack)
        self.system.set_frequency(frequencies)

    def _copied(self, original: BlockVector, copied: BlockVector) -> CopiedLayout:
        """Nodes at one place by their copy, and on a line by where they are in it."""
        count = self.system.mesh.copies
        places = []
        for number, space in enumerate(copied.spaces):
            nodes = np.empty((count, original.sizes[number] // space.dofmap.index_map_bs), np.intp)
            x = original.spaces[number].tabulate_dof_coordinates()[:, 0]
            copied_x = space.tabulate_dof_coordinates()[:, 0]
            order = np.lexsort((copied_x, self._copy_of_node(space)))
            nodes[:, np.argsort(x)] = order.reshape(count, -1)
            size = space.dofmap.index_map_bs
            components = nodes[:, :, np.newaxis] * size + np.arange(size)
            places.append(copied.slices[number].start + components.reshape(count, -1))
        return CopiedLayout(copied, np.hstack(places))

    def _copy_of_node(self, space: Any) -> NDArray[np.intp]:
        """The copy that each node of a space belongs to."""
        (part,) = (each for each in self.system.parts if each.mesh is space.mesh)
        dofs = space.dofmap.list
        copies = np.empty(dofs.max() + 1, np.intp)
        copies[dofs] = self.system.mesh.copy_of_cell[part.parent_cells][:, np.newaxis]
        return copies
