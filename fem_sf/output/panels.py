# SPDX-License-Identifier: MIT
"""Describes a picture before it is drawn: panels, curves, maps, scales."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fem_sf.study.results import LayerFields

_MAGNIFIED = 6.0
"""Ratio between layers beyond which the small ones get a panel of their own."""


@dataclass(frozen=True)
class Curve:
    """How a column is drawn.

    Parameters
    ----------
    column
        Its name.
    symbol
        How it is written in formulas, in mathtext.
    colour, dashes
        Of the line.
    """

    column: str
    symbol: str
    colour: str
    dashes: str


@dataclass(frozen=True)
class OtherUnit:
    """A second scale of an axis, in another unit.

    Parameters
    ----------
    label
        Of the second scale.
    factor
        Number on the second scale over number on the first.
    """

    label: str
    factor: float


@dataclass(frozen=True)
class Positions:
    """How positions are labelled.

    Parameters
    ----------
    along, across
        Labels of x and y.
    others
        Second scales of the two; ``None`` without.
    """

    along: str
    across: str
    others: tuple[OtherUnit, OtherUnit] | None = None


@dataclass(frozen=True)
class Panel:
    """One pair of axes over the stack.

    Parameters
    ----------
    label
        Of the vertical axis.
    curves
        What is drawn.
    layers
        Where it is drawn.
    limits
        Of the vertical axis.
    legend
        Whether it is said which line is which column.
    other
        A second vertical scale; ``None`` without.
    """

    label: str
    curves: tuple[Curve, ...]
    layers: dict[str, LayerFields]
    limits: tuple[float, float]
    legend: bool = False
    other: OtherUnit | None = None


@dataclass(frozen=True)
class CloseUp:
    """The surroundings of one interface.

    Parameters
    ----------
    label
        Of the vertical axis.
    curve
        What is drawn.
    layers
        The layer on the left and the one on the right, by name.
    ends
        Where it begins and ends.
    """

    label: str
    curve: Curve
    layers: dict[str, LayerFields]
    ends: tuple[float, float]

    @property
    def name(self) -> str:
        """``left|right``."""
        return "|".join(self.layers)


@dataclass(frozen=True)
class Map:
    """A column over a plane.

    Parameters
    ----------
    label
        Of the colours.
    column
        What is drawn.
    layers
        Where it is drawn.
    limits
        Of the colours; ``None`` makes them symmetric about zero, with a middle colour there.
    """

    label: str
    column: str
    layers: dict[str, LayerFields]
    limits: tuple[float, float] | None = None


@dataclass(frozen=True)
class Trace:
    """A line over time.

    Parameters
    ----------
    values
        Shape (steps + 1,).
    curve
        How it is drawn.
    """

    values: NDArray[np.float64]
    curve: Curve


@dataclass(frozen=True)
class TimePanel:
    """One pair of axes over time.

    Parameters
    ----------
    label
        Of the vertical axis.
    traces
        What is drawn.
    """

    label: str
    traces: tuple[Trace, ...]


def limits(values: Collection[NDArray[np.float64]]) -> tuple[float, float]:
    """Range of all values with zero and some room; (−1, 1) where all is zero."""
    everything = np.concatenate([[0.0], *values])
    room = 0.08 * np.ptp(everything)
    return (everything.min() - room, everything.max() + room) if room else (-1.0, 1.0)


def peak(fields: Collection[LayerFields], columns: Sequence[str]) -> float:
    """Largest absolute value of some columns in some layers."""
    return max(float(np.abs(each.values[column]).max()) for each in fields for column in columns)


def significant(arrays: Mapping[Any, Any], columns: Sequence[str], threshold: float) -> list[str]:
    """Columns whose peak is more than ``threshold`` of the largest one; all zero, none."""
    sizes = {column: float(np.abs(arrays[column]).max()) for column in columns}
    return [name for name, size in sizes.items() if size > threshold * max(sizes.values())]


def panels_of(
    label: str,
    curves: Sequence[Curve],
    layers: Mapping[str, LayerFields],
    magnifiable: Mapping[str, LayerFields] | None = None,
) -> list[Panel]:
    """One panel of some columns, and a magnified one where some layers have much less of it.

    Parameters
    ----------
    label
        Of the vertical axis.
    curves
        What is drawn.
    layers
        Where it is drawn.
    magnifiable
        The layers that are looked at for whether they need to be magnified; none by default.
    """
    columns = [curve.column for curve in curves]
    panels = []
    small = _small_layers(magnifiable or {}, columns)
    for kind, shown in (("", layers), ("\n(magnified)", small)):
        if shown:
            range_ = limits([each.values[name] for each in shown.values() for name in columns])
            legend = len(curves) > 1 and not kind
            panels.append(Panel(label + kind, tuple(curves), dict(layers), range_, legend))
    return panels


def _small_layers(
    layers: Mapping[str, LayerFields], columns: Sequence[str]
) -> dict[str, LayerFields]:
    """Layers whose values would be a flat line beside the largest ones, yet are not nothing."""
    peaks = {name: peak([each], columns) for name, each in layers.items()}
    largest = max(peaks.values(), default=0.0)
    return {
        name: layers[name]
        for name, size in peaks.items()
        if 1e-6 * largest < size < largest / _MAGNIFIED
    }
