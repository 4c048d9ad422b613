# SPDX-License-Identifier: MIT
"""A horizontal scale for stacks whose layers differ much in thickness."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

_READABLE = 0.15
"""Part of the width below which a layer is drawn wider than to scale."""
_TICKS, _CLEARANCE = 11, 0.045
"""Ticks over the whole width, and the part of it that parts two labels at least."""


@dataclass(frozen=True)
class StackScale:
    """Linear within each layer, with a width of its own for each.

    Parameters
    ----------
    edges
        Where layers begin and end, increasing, one more than layers.
    shares
        Part of the width that each layer gets; they add up to 1.
    """

    edges: NDArray[np.float64]
    shares: NDArray[np.float64]

    @classmethod
    def of(cls, thicknesses: Sequence[float], start: float) -> StackScale:
        """To scale where every layer can be read so, else with widths like √thickness."""
        sizes = np.asarray(thicknesses, dtype=float)
        edges = start + np.concatenate([[0.0], np.cumsum(sizes)])
        least = min(_READABLE, 0.6 / len(sizes))
        shares = sizes / sizes.sum()
        if shares.min() < least:
            shares = np.sqrt(sizes) / np.sqrt(sizes).sum()
            shares = np.maximum(shares, least)
            shares /= shares.sum()
        return cls(edges, shares)

    @property
    def to_scale(self) -> bool:
        """Whether layers are to scale with each other."""
        return bool(np.allclose(self.shares, np.diff(self.edges) / np.ptp(self.edges)))

    @property
    def marks(self) -> NDArray[np.float64]:
        """The edges as parts of the width."""
        return np.concatenate([[0.0], np.cumsum(self.shares)])

    @property
    def centres(self) -> NDArray[np.float64]:
        """Middle of each layer."""
        return 0.5 * (self.edges[1:] + self.edges[:-1])

    def forward(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Part of the width at a position."""
        return np.interp(x, self.edges, self.marks)

    def inverse(self, part: NDArray[np.float64]) -> NDArray[np.float64]:
        """Position at a part of the width."""
        return np.interp(part, self.marks, self.edges)

    def in_unit(self, factor: float) -> StackScale:
        """Scale in the same way lengths multiplied by ``factor``."""
        return StackScale(self.edges * factor, self.shares)

    def ticks(self) -> list[float]:
        """Round positions in every layer, far enough from each other for their labels."""
        candidates: list[float] = []
        for left, right, share in zip(self.edges[:-1], self.edges[1:], self.shares, strict=True):
            locator = MaxNLocator(max(1, round(_TICKS * share)), steps=[1, 2, 2.5, 5, 10])
            slack = 1e-9 * (right - left)
            candidates += [
                tick
                for tick in locator.tick_values(left, right)
                if left - slack <= tick <= right + slack
            ]
        kept: list[float] = []
        last = -1.0
        ticks = np.unique(np.round(candidates, 12))
        for tick, part in zip(ticks, self.forward(ticks), strict=True):
            if part - last > _CLEARANCE:
                kept.append(float(tick))
                last = part
        return kept

    def apply(self, axes: Axes) -> None:
        """Give axes this horizontal scale and its ticks."""
        axes.set_xscale("function", functions=(self.forward, self.inverse))
        axes.set_xlim(self.edges[0], self.edges[-1])
        ticks = self.ticks()
        axes.set_xticks(ticks, labels=[f"{tick:g}" for tick in ticks])
