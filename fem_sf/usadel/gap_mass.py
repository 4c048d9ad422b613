# SPDX-License-Identifier: MIT
"""Turns values of Δ into their integrals ∫νΔφ over the superconductors, and back."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fem_sf.solve.blocks import NOTHING_HELD, BlockMatrix, BlockVector, hold
from fem_sf.usadel.choices import choose_mass_solver
from fem_sf.usadel.system import UsadelSystem


class GapMass:
    """The mass matrix of Δ, weighed with the density of states ν, and its inverse.

    Parameters
    ----------
    system
        The stack; at least one layer is a superconductor.
    held
        Values of Δ of this rank, counted from its first, that are given: the inverse leaves them.

    Attributes
    ----------
    layout
        How Δ is laid out in vectors.
    blocks
        The matrix, without regard to what is held.
    solver
        What solves with it.
    """

    def __init__(self, system: UsadelSystem, held: NDArray[np.intp] = NOTHING_HELD):
        self.layout = BlockVector(list(system.gaps.values()))
        self.blocks = BlockMatrix(system.compile_gap_mass())
        self.blocks.assemble()
        free = self.blocks.matrix.copy()
        hold(free, held)
        self.solver = choose_mass_solver(system.mesh.dimension)(free, "fem_sf_gap_mass_")
        self._given, self._result = self.layout.vector(), self.layout.vector()

    def weigh(self, delta: NDArray[np.float64]) -> NDArray[np.float64]:
        """∫νΔφ of real values of this rank."""
        self._given.getArray()[:] = delta
        self.blocks.matrix.mult(self._given, self._result)
        return self._result.getArray(readonly=True).real.copy()

    def unweigh(self, integrals: NDArray[np.float64]) -> NDArray[np.float64]:
        """Undo `weigh`."""
        self._given.getArray()[:] = integrals
        self.solver.solve(self._given, self._result)
        return self._result.getArray(readonly=True).real.copy()
