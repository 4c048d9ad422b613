# SPDX-License-Identifier: MIT
"""Draws a run in time: what passes the interfaces, step by step."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr
from matplotlib.figure import Figure
from numpy.typing import NDArray

from fem_sf.output import style
from fem_sf.output.kinds import KINDS
from fem_sf.output.panels import TimePanel, limits

_WIDTH, _PANEL, _GAP = 8.0, 1.9, 0.25
"""Inches: width of the picture, height of a panel, gap above it for the power of its numbers."""
_LEFT, _RIGHT, _LABELS = 0.95, 1.55, 0.45
"""Inches: room beside the panels, the right one for their legends, and below them."""
_EARLY = 0.02
"""Part of the whole time: where most steps are within it, time is drawn on a logarithmic scale."""

_VISIBLE = 0.01
"""Part of its range by which a curve has visibly moved."""


def draw_history(dataset: xr.Dataset) -> Figure:
    """Draw what its kind of result shows over time, in panels with a common axis of time.

    Parameters
    ----------
    dataset
        The result of a run in time.
    """
    kind = KINDS[dataset.attrs["kind"]]
    time_label, times, panels = kind.time_panels(dataset)
    height = style.TOP + len(panels) * (_PANEL + _GAP) + _LABELS + style.BOTTOM
    figure = Figure(figsize=(_WIDTH, height))
    axes = []
    for number, panel in enumerate(panels):
        top = style.TOP + _GAP + number * (_PANEL + _GAP)
        each = style.add_axes(figure, _LEFT, top, _WIDTH - _LEFT - _RIGHT, _PANEL)
        for trace in panel.traces:
            line = trace.curve
            each.plot(
                times, trace.values, color=line.colour, linestyle=line.dashes, label=line.symbol
            )
        each.set_ylabel(panel.label)
        each.set_ylim(limits([trace.values for trace in panel.traces]))
        each.axhline(0.0, color=style.GREY, linewidth=0.5)
        each.ticklabel_format(axis="y", scilimits=style.PLAIN_POWERS, useMathText=True)
        if changes_early(times):
            each.set_xscale("log")
            each.set_xlim(first_change(times, panels), times[-1])
        else:
            each.set_xlim(times[0], times[-1])
        each.tick_params(labelbottom=number == len(panels) - 1)
        each.legend(fontsize=9, loc="upper left", bbox_to_anchor=(1.01, 1.0), frameon=False)
        axes.append(each)
    axes[-1].set_xlabel(time_label)
    figure.align_ylabels(axes)
    style.caption(figure, dataset, kind.conditions(dataset), kind.footnote(dataset))
    return figure


def first_change(times: NDArray[np.float64], panels: Sequence[TimePanel]) -> float:
    """Where a logarithmic axis begins: a decade before anything differs from right after the start.

    The first step after a jump is as short as it can be, and nothing is to be seen for decades.
    """
    first = len(times) - 1
    for panel in panels:
        for trace in panel.traces:
            away = np.abs(trace.values[1:] - trace.values[1])
            seen = np.flatnonzero(away > _VISIBLE * np.ptp(trace.values))
            if len(seen):
                first = min(first, int(seen[0]) + 1)
    return max(float(times[1]), float(times[first]) / 10)


def changes_early(times: NDArray[np.float64]) -> bool:
    """Whether most time steps are at the very beginning."""
    return bool(np.median(times) < _EARLY * times[-1])
