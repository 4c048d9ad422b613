# SPDX-License-Identifier: MIT
"""Describes what is measured on a solved stack, before it is summed up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fem_sf.settings import UsadelCase
from fem_sf.usadel.frame import SpinFrame
from fem_sf.usadel.observables import Integrals, Moment
from fem_sf.usadel.scales import Scale, number_scales

EndValues = dict[str, dict[str, tuple[Moment, Moment]]]
"""By layer, then ``magnetization`` or ``gap``: values at the left and the right end."""


@dataclass(frozen=True)
class Measurement:
    """Numbers of one solution.

    Parameters
    ----------
    frame
        The axes of its vectors.
    strengths
        |J| of every layer in Tc, the largest where it varies.
    integrals
        Over layers.
    ends
        At the layers' ends.
    action_at_zero
        A_+ at ω → 0, at T = 0 and for collinear stacks only.
    """

    frame: SpinFrame
    strengths: Mapping[str, float]
    integrals: Integrals
    ends: EndValues
    action_at_zero: complex | None


def scales_of(case: UsadelCase, volumes: Mapping[str, float]) -> dict[str, Scale]:
    """What the kinds of numbers of a case are measured by, see `number_scales`.

    Parameters
    ----------
    case
        What is solved.
    volumes
        Of its layers, in ξ0^dimension.
    """
    gap = None if isinstance(case.gap, str) else case.gap
    return number_scales(case.stack, case.temperature, volumes, case.mesh, gap)


def moment_size(value: NDArray[np.float64] | Moment) -> float:
    """Magnitude of a number or a vector."""
    return float(np.linalg.norm(np.atleast_1d(value)))


def magnetization_unit(case: UsadelCase, measured: Measurement) -> float:
    """2ν|J| of the reference layer in 2ν_S Tc; 1 where nothing has an exchange field."""
    if case.reference is None:
        return 1.0
    density = case.stack.layer(case.reference).material.density_of_states
    return density * measured.strengths[case.reference] or 1.0
