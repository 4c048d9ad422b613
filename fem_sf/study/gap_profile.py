# SPDX-License-Identifier: MIT
"""Keeps the gap of a solution as plain data, for others to start from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fem_sf.settings import UsadelCase
from fem_sf.study.results import LayerFields

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class GapProfile:
    """A self-consistent gap that has one sign in each superconductor.

    Parameters
    ----------
    temperature
        T in Tc.
    points
        By superconductor, shape (n, dimension); in one dimension ascending.
    values
        Δ there in Tc, shape (n,).
    """

    temperature: float
    points: Mapping[str, FloatArray]
    values: Mapping[str, FloatArray]

    @property
    def signs(self) -> dict[str, int]:
        """Signs of Δ by superconductor."""
        return {name: 1 if values[0] > 0 else -1 for name, values in self.values.items()}

    def arrays(self) -> dict[str, FloatArray]:
        """All of it by name, as `of_arrays` takes it."""
        arrays = {"temperature": np.array(self.temperature)}
        for name, points in self.points.items():
            arrays |= {f"points/{name}": points, f"values/{name}": self.values[name]}
        return arrays

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, FloatArray]) -> GapProfile:
        """The profile that such arrays hold."""
        names = [each.removeprefix("points/") for each in arrays if each.startswith("points/")]
        return cls(
            float(arrays["temperature"]),
            {name: arrays[f"points/{name}"] for name in names},
            {name: arrays[f"values/{name}"] for name in names},
        )


def gap_profile(
    case: UsadelCase, layers: Mapping[str, LayerFields], state: str
) -> GapProfile | None:
    """What a solution leaves for others to start from.

    Parameters
    ----------
    case, layers, state
        As in the result and its summary, on rank 0.

    Returns
    -------
    GapProfile
        ``None`` for a gap that was given or has phases, for the normal state and where Δ changes
        its sign within a superconductor.
    """
    if case.gap != "self-consistent" or case.stack.phases or state != "superconducting":
        return None
    names = [layer.name for layer in case.stack.superconductors]
    values = {name: layers[name].values["delta"] for name in names}
    if min(each.min() * each.max() for each in values.values()) <= 0:
        return None
    points = {name: layers[name].points for name in names}
    return GapProfile(case.temperature, points, values)
