# SPDX-License-Identifier: MIT
"""Tests whether a root of the Usadel equation is a physical Green function.

The equation has many roots. Of the physical one Re g, the normal component of a spin along any
axis, is a density of states N(E) ≥ 0 at real energies; it is harmonic in the half plane Re ω > 0
and 1 at infinity, and so positive at every Matsubara frequency,

    Re g(ω) = (1/π) ∫ N(E) ω/(ω² + E²) dE > 0.

With g = g_0 + g_v·σ the spin in which it is least has Re g_0 − |Re g_v|. At a Matsubara frequency
g_v is imaginary but with phases, and this is g_0: Re cos θ_+ of one angle, M0 cos θ of θ and M.

A wrong root cannot come near. Were θ_+ the first to touch Re θ = π/2 somewhere, it had a maximum
there, but the equation says a∇² Re θ = ω cosh Im θ > 0. So no change of Δ, J or ω, however large,
turns the physical root into one that is negative somewhere, or the reverse.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fem_sf.errors import NotConverged
from fem_sf.usadel.system import UsadelSystem

NEGATIVE = -1e-3
"""Re g below this is negative by more than elements leave where it is about zero, as in a gap."""

WRONG_ROOT = "this root has a negative density of states, which no physical solution has"
"""Said of what is not the Green function."""


def require_physical(system: UsadelSystem, unknowns: NDArray[np.complex128]) -> None:
    """Refuse a root with Re g < 0 at some node; collective.

    Parameters
    ----------
    system
        Of the unknowns.
    unknowns
        The local part of one vector or of several, shape (…, unknowns).

    Raises
    ------
    NotConverged
        On all ranks of the mesh.
    """
    if lowest_density(system, unknowns) < NEGATIVE:
        raise NotConverged(WRONG_ROOT)


def lowest_density(system: UsadelSystem, unknowns: NDArray[np.complex128]) -> float:
    """Least Re g at the nodes, of any spin, or a bound above zero; arguments as above."""
    layout, shape = system.layout, system.parametrisation.field_shape(system.frame.shape)
    lowest = min(
        system.parametrisation.lowest_density(unknowns[..., part].reshape(-1, *shape))
        for part in layout.slices
    )
    return min(layout.comm.allgather(lowest)) if layout.comm.size > 1 else lowest
