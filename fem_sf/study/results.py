# SPDX-License-Identifier: MIT
"""Describes results: observables at nodes and probes as plain arrays, and a summary."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from fem_sf.settings import UsadelCase
from fem_sf.spin.settings import SpinCase

USADEL_COLUMNS = (
    "delta",
    "dM_x",
    "dM_y",
    "dM_z",
    "singlet",
    "triplet_x",
    "triplet_y",
    "triplet_z",
    "triplet_short_range",
    "triplet_long_range",
)
"""The observables of a Usadel result, in the order of the tables.

``delta`` in Tc; ``dM`` in units of 2ν|J| of the reference layer; the pair amplitudes (real part of
the singlet, f_t/i of the triplet vector, its component along the local exchange field and the size
of the rest) at the first Matsubara frequency, dimensionless.
"""


SPIN_COLUMNS = ("V", "dn", "dM_x", "dM_y", "dM_z", "J", "JM_x", "JM_y", "JM_z")
"""The observables of a spin-transport result, in the order of the tables.

``V`` is a voltage; ``dn`` and ``dM`` are charge-like densities, ``J`` and ``JM`` charge-like
current densities along x, the axis of the stack; all in the units of the case.
"""

ACROSS_COLUMNS = ("J_across", "JM_across_x", "JM_across_y", "JM_across_z")
"""Currents along y, in two dimensions."""

DIRECTION_COLUMNS = ("p_x", "p_y", "p_z")
"""The direction of the magnetization, where it is an unknown in some layer; 0 in normal layers."""

AMPLITUDE_COLUMNS = USADEL_COLUMNS[USADEL_COLUMNS.index("singlet") :]
"""The observables that are also given at chosen frequencies: those of one frequency."""

IMAGINARY_COLUMNS = (
    "singlet_imaginary",
    "triplet_imaginary_x",
    "triplet_imaginary_y",
    "triplet_imaginary_z",
    "triplet_short_range_imaginary",
)
"""Imaginary parts of all but the last of them, a size, where a phase is given."""

PHASE_COLUMNS = ("phase", "supercurrent", *IMAGINARY_COLUMNS)
"""What there is besides where a phase is given.

``phase`` of Δ in radians, 0 where Δ = 0; ``supercurrent`` along x in σ_S k_BTc/(eξ0). ``delta`` is
|Δ| then.
"""


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
        One array of shape (n,) for each column of the kind of result.
    amplitudes
        One array of shape (frequencies, n) for each of ``AMPLITUDE_COLUMNS``, and with phases of
        ``IMAGINARY_COLUMNS``, at the frequencies that the case's output settings list, in their
        order; empty for probes and where none are.
    """

    points: NDArray[np.float64]
    cells: NDArray[np.int64]
    values: dict[str, NDArray[np.float64]]
    amplitudes: dict[str, NDArray[np.float64]] = field(default_factory=dict)


@dataclass(frozen=True)
class LayerSpectrum:
    """Density of states of one layer, N(E)/N_normal by spin.

    Parameters
    ----------
    mean, left, right
        Over the layer and over its ends, see `fem_sf.mesh.ends`, shape (energies, spins).
    probes
        At the asked positions, shape (energies, positions, spins).
    probe_points
        These positions, shape (positions, dimension), ξ0.
    """

    mean: NDArray[np.float64]
    left: NDArray[np.float64]
    right: NDArray[np.float64]
    probes: NDArray[np.float64]
    probe_points: NDArray[np.float64]


@dataclass(frozen=True)
class Spectrum:
    """Density of states at real energies.

    Parameters
    ----------
    energies
        E in Tc from the Fermi level, in the order of the case, shape (energies,).
    broadening
        η in Tc.
    spins
        ``("up", "down")`` along the axis of the exchange fields, which points to +z, or where it is
        across z to +y or +x. Where there are several axes ``("up_x", "down_x", …)``, a pair for
        each of x, y, z along which there are components. The mean of each pair is N.
    layers
        By layer.
    """

    energies: NDArray[np.float64]
    broadening: float
    spins: tuple[str, ...]
    layers: dict[str, LayerSpectrum]


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
    spectra
        Densities of states, in the order of the case; empty but on rank 0.
    indicators
        Where a mesh from a file would have to be finer, for every cell of it; on rank 0, and only
        where that is looked for.
    """

    case: UsadelCase
    layers: dict[str, LayerFields] = field(default_factory=dict)
    probes: dict[str, LayerFields] = field(default_factory=dict)
    summary: dict[str, Any] = field(default_factory=dict)
    spectra: tuple[Spectrum, ...] = ()
    indicators: NDArray[np.float64] | None = None

    history: ClassVar[None] = None
    """Nothing goes on in time."""


@dataclass(frozen=True)
class History:
    """What a run in time went through, step by step.

    Parameters
    ----------
    times
        Of the steps, ascending from 0, shape (steps + 1,).
    values
        By name, one array of shape (steps + 1,) each: ``drive`` (factor of the drive), ``energy``,
        ``total_current``, and for every interface ``<left>|<right>.J``, ``….J_right``,
        ``….JM_left_x`` (y, z), ``….JM_right_x`` (y, z), ``….V_left``, ``….V_right``.
    snapshot_times
        At which profiles were kept, ascending, shape (k,).
    snapshots
        By layer, then by column, shape (k, n): profiles at these times at the layer's nodes.
    probes
        By layer, then by column, shape (k, p): the same at the asked positions.
    """

    times: NDArray[np.float64]
    values: dict[str, NDArray[np.float64]]
    snapshot_times: NDArray[np.float64]
    snapshots: dict[str, dict[str, NDArray[np.float64]]]
    probes: dict[str, dict[str, NDArray[np.float64]]]


@dataclass(frozen=True)
class SpinResult:
    """A solved spin-transport case; complete on rank 0, fields are empty on the others.

    Parameters
    ----------
    case
        What was solved.
    layers, probes
        Observables by layer, at the nodes and at the asked positions; of a run in time, at its end.
    summary
        What ``summary.json`` holds: plain numbers, strings, lists and dictionaries.
    history
        The run in time; ``None`` for a steady state.
    """

    case: SpinCase
    layers: dict[str, LayerFields] = field(default_factory=dict)
    probes: dict[str, LayerFields] = field(default_factory=dict)
    summary: dict[str, Any] = field(default_factory=dict)
    history: History | None = None

    spectra: ClassVar[tuple[Spectrum, ...]] = ()
    """No densities of states."""
