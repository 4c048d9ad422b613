# SPDX-License-Identifier: MIT
"""Describes potentials and fluxes at all faces of a solved stack."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fem_sf.spin.exact import InterfaceState, Side

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class FaceStates:
    """Potentials and fluxes at all faces, fluxes along +x.

    Parameters
    ----------
    interfaces
        By ``left|right``.
    left_end, right_end
        At the contacts, or at the ends of the mesh of semi-infinite layers.
    extents, end_extents
        ∫ φ² over each plane and over both contacts: of a uniform drive their length or area, by
        which means become totals; 1 in one dimension.
    imbalances
        By layer, shape (4,): size of the charge and the spin per time that enter through its faces
        and are neither stored inside nor relax nor precess, or that get lost at a node; zero in a
        solution.
    entering
        Power ∫ ψ·F that enters on the left minus what leaves on the right, ψ = (μ, m).
    interface_heat
        ∫ ψ_L·F_L − ψ_R·F_R over all planes.
    """

    interfaces: dict[str, InterfaceState]
    left_end: Side
    right_end: Side
    extents: dict[str, float]
    end_extents: tuple[float, float]
    imbalances: dict[str, FloatArray]
    entering: float
    interface_heat: float
