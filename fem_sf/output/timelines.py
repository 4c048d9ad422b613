# SPDX-License-Identifier: MIT
"""The picture of a run in time: what passes the interfaces, step by step."""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.figure import Figure
from numpy.typing import NDArray

from fem_sf.output import style
from fem_sf.output.kinds import KINDS
from fem_sf.output.panels import limits

_WIDTH, _PANEL, _GAP = 8.0, 1.9, 0.25
"""Inches: width of the picture, height of a panel, gap above it for the power of its numbers."""
_LEFT, _RIGHT, _LABELS = 0.95, 1.55, 0.45
"""Inches: room beside the panels, the right one for their legends, and below them."""
_EARLY = 0.02
"""Part of the whole time: where most steps are within it, time is drawn on a logarithmic scale."""


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
            each.set_xlim(times[1], times[-1])
        else:
            each.set_xlim(times[0], times[-1])
        each.tick_params(labelbottom=number == len(panels) - 1)
        each.legend(fontsize=9, loc="upper left", bbox_to_anchor=(1.01, 1.0), frameon=False)
        axes.append(each)
    axes[-1].set_xlabel(time_label)
    figure.align_ylabels(axes)
    style.caption(figure, dataset, kind.conditions(dataset), kind.footnote(dataset))
    return figure


def changes_early(times: NDArray[np.float64]) -> bool:
    """Whether most time steps are at the very beginning."""
    return bool(np.median(times) < _EARLY * times[-1])
