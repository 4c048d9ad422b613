# SPDX-License-Identifier: MIT
"""Solves the frequencies of the gap equation one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from petsc4py import PETSc

from fem_sf.solve.blocks import NOTHING_HELD, BlockMatrix, BlockVector
from fem_sf.solve.linear import is_iterative, renew, solve_surely
from fem_sf.usadel.sweep import FrequencySweep, Linearisation, new_linearisation, place_of

MOST_KEPT = 5_000_000
"""Unknowns × frequencies of a rank up to which multigrid keeps a linearisation of each frequency.

One takes about 1 kB of each unknown; frequencies beyond share one, which is assembled again.
"""


class OneByOne:
    """∫ν f φ of a group's frequencies as functions of Δ, each with matrices of its own.

    Parameters
    ----------
    sweep
        The solutions, which follow Δ.
    gaps
        How Δ is laid out.
    """

    # iterations leave smooth errors, of which little is seen in residuals
    unnoticed = 1e-3

    def __init__(self, sweep: FrequencySweep, gaps: BlockVector):
        system = sweep.system
        self.sweep = sweep
        count = _kept(sweep)
        self.linearisations = [
            Linearisation(jacobian, sweep.newton.linear_solver(jacobian))
            for jacobian in _alike(system.jacobian_forms, count, sweep.reservoirs.places)
        ]
        # ∂(∫ν f φ)/∂θ, superconductors × conductors; minus its transpose is ∂R/∂Δ
        self._pair_jacobians = _alike(system.compile_pair_jacobian(), count)
        self._source, self._theta_step = system.layout.vector(), system.layout.vector()
        self._reservoirs = sweep.reservoirs
        self._linearised_once: set[int] = set()
        self._gaps, self._pairs = gaps, gaps.vector()
        self._pair_forms = system.compile_pair_forms()

    def solve(self, tolerance: float) -> Iterator[tuple[int, NDArray[np.float64]]]:
        """Solve at the Δ in the fields, yielding the index of each frequency and ∫ν Re f φ.

        Parameters
        ----------
        tolerance
            Residual norm to reach at each frequency.

        Raises
        ------
        NotConverged
            Naming the frequency, on all groups.
        """
        steps = self.sweep.newton_iterations
        for k in self.sweep.solve(self.linearisations, tolerance):
            position = self.sweep.own.index(k)
            if self.sweep.newton_iterations == steps and position not in self._linearised_once:
                # a prediction that needed no step
                self.linearisations[self._place(position)].jacobian.assemble()
            self._linearised_once.add(position)
            steps = self.sweep.newton_iterations
            self._pair_jacobian(position).assemble()
            self._gaps.assemble(self._pair_forms, self._pairs)
            yield k, self._pairs.getArray(readonly=True).real

    def recall(self) -> None:
        """Start afresh: nothing is kept of other stacks."""

    def _step(self, position: int, delta_step: PETSc.Vec) -> PETSc.Vec:
        """δθ = −(∂R/∂θ)⁻¹ (∂R/∂Δ) δΔ at one of this group's frequencies."""
        linearisation = self._linearised(position)
        self._pair_jacobian(position).matrix.multTranspose(delta_step, self._source)
        self.sweep.system.in_residual_order(self._source)
        self._source.getArray()[self._reservoirs.places] = 0
        solve_surely(linearisation.ksp, self._source, self._theta_step)
        return self._theta_step

    def _linearised(self, position: int) -> Linearisation:
        """The linearisation at one of this group's frequencies; a shared one is assembled there."""
        linearisation = self.linearisations[self._place(position)]
        if self.sweep.is_shared(position, len(self.linearisations)):
            self.sweep.select(self.sweep.own[position])
            renew(linearisation.ksp)
            linearisation.jacobian.assemble()
            self._pair_jacobian(position).assemble()
        return linearisation

    def _pair_jacobian(self, position: int) -> BlockMatrix:
        return self._pair_jacobians[self._place(position)]

    def _place(self, position: int) -> int:
        return place_of(position, len(self.linearisations))

    def predict(self, delta_step: PETSc.Vec) -> None:
        """Move θ at this group's frequencies to first order in a step of Δ."""
        for position, k in enumerate(self.sweep.own):
            self.sweep.theta[k].axpy(1.0, self._step(position, delta_step))

    def response(self, delta_step: PETSc.Vec) -> NDArray[np.float64]:
        """Σ_k W_k Re ∂(∫ν f φ)/∂Δ · δΔ over this group's frequencies."""
        self._pairs.zeroEntries()
        for position, k in enumerate(self.sweep.own):
            step = self._step(position, delta_step)
            step.scale(self.sweep.frequency_sum.weights[k])
            self._pair_jacobian(position).matrix.multAdd(step, self._pairs, self._pairs)
        return self._pairs.getArray(readonly=True).real


def _alike(
    forms: list[list[Any]], count: int, held: NDArray[np.intp] = NOTHING_HELD
) -> list[BlockMatrix]:
    """Matrices of the same forms, each with values of its own."""
    first = BlockMatrix(forms, held=held)
    first.assemble()
    return [first, *(BlockMatrix(forms, first, held) for _ in range(count - 1))]


def most_kept(frequencies: int, unknowns: int, ranks: int) -> int:
    """How many linearisations by multigrid fit in memory, at most one for each frequency.

    Parameters
    ----------
    frequencies
        Of one group of ranks.
    unknowns
        Of one frequency.
    ranks
        Of the group.
    """
    return max(min(MOST_KEPT * ranks // unknowns, frequencies), 1)


def _kept(sweep: FrequencySweep) -> int:
    """How many linearisations are kept: of factorisations, one for each of this group's."""
    count, layout = len(sweep.own), sweep.system.layout
    kept = most_kept(count, layout.global_size, layout.comm.size)
    if kept < count and is_iterative(new_linearisation(sweep).ksp):
        return kept
    return count
