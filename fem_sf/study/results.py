# SPDX-License-Identifier: MIT
"""What a solve hands on: observables at nodes and probes as plain arrays, and a summary."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fem_sf.settings import UsadelCase

USADEL_COLUMNS = (
    "delta",
    "dM_x",
    "dM_y",
    "dM_z",
    "singlet",
    "triplet_x",
    "triplet_y",
    "triplet_z",
)
"""The observables of a Usadel result, in the order of the tables.

``delta`` in Tc; ``dM`` in units of 2ν|J| of the reference layer; the pair amplitudes (real part of
the singlet, f_t/i of the triplet vector) at the first Matsubara frequency, dimensionless.
"""


AMPLITUDE_COLUMNS = ("singlet", "triplet_x", "triplet_y", "triplet_z")
"""The observables that are also given at chosen frequencies: those of one frequency."""


@dataclass(frozen=True)
class LayerFields:
    """Observables of one layer.

    Parameters
    ----------
    points
        Positions, shape (n, dimension), ξ0; in 1D and on generated meshes x = 0 is the left end of
        the first layer. Sorted by x in 1D.
    cells
        Linear cells through all nodes, shape (m, vertices per cell); empty for probes.
        Vertices in VTK order.
    values
        One array of shape (n,) for each of ``USADEL_COLUMNS``.
    amplitudes
        One array of shape (frequencies, n) for each of ``AMPLITUDE_COLUMNS``, at the frequencies
        that the case's output settings list, in their order; empty for probes and where none are.
    """

    points: NDArray[np.float64]
    cells: NDArray[np.int64]
    values: dict[str, NDArray[np.float64]]
    amplitudes: dict[str, NDArray[np.float64]] = field(default_factory=dict)


@dataclass(frozen=True)
class UsadelResult:
    """A solved Usadel case; complete on rank 0, ``layers`` and ``probes`` empty on the others.

    Parameters
    ----------
    case
        What was solved.
    layers, probes
        Observables by layer, at the nodes and at the asked positions.
    summary
        What ``summary.json`` holds: plain numbers, strings, lists and dictionaries.
    """

    case: UsadelCase
    layers: dict[str, LayerFields] = field(default_factory=dict)
    probes: dict[str, LayerFields] = field(default_factory=dict)
    summary: dict[str, Any] = field(default_factory=dict)
