# SPDX-License-Identifier: MIT
"""Interface of the two ways to solve all frequencies for the gap."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from petsc4py import PETSc

from fem_sf.usadel.copies import Copies
from fem_sf.usadel.system import UsadelSystem

TOGETHER_SIZE = 10_000
"""Unknowns of one frequency up to which all are solved as one system, on a line.

Measured: a third faster up to some hundred, and above 3000, where one alone is for MUMPS, by a
quarter; in between the same.
"""


class PairSource(Protocol):
    """∫ν f φ of a group's frequencies as functions of Δ.

    Attributes
    ----------
    unnoticed
        What is left of θ's residual, over the square of the gap's, the gap's next step will not
        notice.
    """

    unnoticed: float

    def solve(self, tolerance: float) -> Iterator[tuple[int, NDArray[np.float64]]]:
        """Solve at the Δ in the fields, yielding the index of each frequency and ∫ν Re f φ."""

    def recall(self) -> None:
        """Start from the last solution at these frequencies, if it is known, of a similar stack."""

    def predict(self, delta_step: PETSc.Vec) -> None:
        """Move θ at this group's frequencies to first order in a step of Δ."""

    def response(self, delta_step: PETSc.Vec) -> NDArray[np.float64]:
        """Σ_k W_k Re ∂(∫ν f φ)/∂Δ · δΔ over this group's frequencies."""


def copies_for(system: UsadelSystem, count: int) -> Copies | None:
    """The copies of a system in which so many frequencies are solved together, made once.

    ``None`` where that is slower than one after the other.
    """
    on_a_line = system.mesh.dimension == 1 and system.layout.comm.size == 1
    if on_a_line and system.layout.global_size <= TOGETHER_SIZE:
        return system.keep(Copies, count)
    return None
