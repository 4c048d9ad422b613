# SPDX-License-Identifier: MIT
"""Makes the columns of Usadel tables from sampled fields."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from dolfinx.fem import Function
from numpy.typing import NDArray

from fem_sf.mesh.sampling import Sampling
from fem_sf.study.results import AMPLITUDE_COLUMNS, IMAGINARY_COLUMNS, USADEL_COLUMNS
from fem_sf.usadel.frame import SpinFrame
from fem_sf.usadel.observables import PairAmplitudes, SampledFields

Columns = dict[str, NDArray[np.float64]]


def columns(values: SampledFields, frame: SpinFrame) -> Columns:
    """``USADEL_COLUMNS`` of some points, shape (n,) each; with phases more of ``PHASE_COLUMNS``."""
    moment = dict(zip(USADEL_COLUMNS[1:4], frame.vectors(values.magnetization).T, strict=True))
    amplitudes = amplitude_columns(values, frame.vectors(values.triplet))
    delta = {"delta": values.delta.real}
    if np.iscomplexobj(values.singlet):
        modulus = np.abs(values.delta)
        phase = np.where(modulus > 0, np.angle(values.delta), 0.0)
        delta = {"delta": modulus, "phase": phase}
    return delta | moment | amplitudes


def current_column(currents: Mapping[str, Function], layer: str, points: Sampling) -> Columns:
    """``supercurrent`` at some points of a layer, where there is one."""
    if layer not in currents:
        return {}
    return {"supercurrent": (points.weights @ currents[layer].x.array).real}


def amplitude_columns(values: SampledFields | PairAmplitudes, triplet: NDArray) -> Columns:
    """``AMPLITUDE_COLUMNS``, and where amplitudes are complex ``IMAGINARY_COLUMNS``.

    With the triplet as vectors, shape (…, 3).
    """
    components = (values.singlet, *np.moveaxis(triplet, -1, 0), values.short_range)
    columns = (*map(np.real, components), values.long_range)
    named = dict(zip(AMPLITUDE_COLUMNS, columns, strict=True))
    if np.iscomplexobj(values.singlet):
        named |= dict(zip(IMAGINARY_COLUMNS, map(np.imag, components), strict=True))
    return named
