# SPDX-License-Identifier: MIT
"""Draws a one-dimensional result as panels over the stack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from fem_sf.output import style
from fem_sf.output.dataset import layer_fields
from fem_sf.output.kinds import KINDS
from fem_sf.output.panels import CloseUp, Curve, OtherUnit, Panel, limits
from fem_sf.output.stack_scale import StackScale
from fem_sf.study.results import LayerFields

_WIDTH, _PANEL, _STRIP, _GAP = 8.0, 2.1, 0.28, 0.26
"""Inches: width of the picture, heights of a panel and of the drawing of the stack, gap between."""
_LEFT, _RIGHT = 0.95, 0.3
_LABELS = 0.45
"""Inches that tick labels and the label of an axis take."""
_CLOSE_UP, _BETWEEN = 1.5, 0.55
"""Inches: height of a close-up, room between two of them."""


def draw_profiles(dataset: xr.Dataset) -> Figure | None:
    """Draw panels over the stack, and close-ups of interfaces below them.

    Layers are shaded by material and named in a drawing of the stack; lines end at interfaces, so
    that jumps are jumps.

    Parameters
    ----------
    dataset
        A one-dimensional result.

    Returns
    -------
    matplotlib.figure.Figure or None
        ``None`` where there is nothing to see.
    """
    kind = KINDS[dataset.attrs["kind"]]
    fields = kind.drawn_layers(dataset, layer_fields(dataset))
    layers = dict(sorted(fields.items(), key=lambda item: item[1].points[0, 0]))
    panels, close_ups = kind.panels(dataset, layers), kind.close_ups(dataset, layers)
    if not panels:
        return None
    thicknesses = [float(np.ptp(each.points)) for each in layers.values()]
    scale = StackScale.of(thicknesses, float(next(iter(layers.values())).points[0, 0]))
    positions = kind.positions(dataset)
    materials = style.materials(dataset)
    shades = {name: style.SHADES[materials[name]] for name in layers}

    figure, strip, axes, below = _lay_out(len(panels), len(close_ups), positions.others is not None)
    if positions.others:
        _other_positions(strip, scale, positions.others[0])
    _draw_stack(strip, shades, scale)
    for each, panel in zip(axes, panels, strict=True):
        _draw_panel(each, panel, scale)
        _shade(each, list(shades.values()), scale, strength=0.13)
        each.tick_params(labelbottom=each is axes[-1])
        if panel.other:
            right = each.secondary_yaxis("right", functions=style.conversion(panel.other.factor))
            right.set_ylabel(panel.other.label)
    axes[-1].set_xlabel(
        positions.along + ("" if scale.to_scale else "   (layers not to scale with each other)")
    )
    for each, close_up in zip(below, close_ups, strict=True):
        _draw_close_up(each, close_up, shades)
        each.set_xlabel(positions.along)
    figure.align_ylabels([*axes, *below[:1]])
    style.caption(figure, dataset, kind.conditions(dataset), kind.footnote(dataset))
    return figure


def _lay_out(
    panels: int, close_ups: int, other_positions: bool
) -> tuple[Figure, Axes, list[Axes], list[Axes]]:
    """Place the drawing of the stack, panels below it and close-ups below those in a figure."""
    extra = _LABELS if other_positions else 0.0
    above = style.TOP + extra
    height = above + _STRIP + panels * (_PANEL + _GAP) + _LABELS + style.BOTTOM
    if close_ups:
        height += _CLOSE_UP + _LABELS + _GAP
    figure = Figure(figsize=(_WIDTH, height))
    width = _WIDTH - _LEFT - _RIGHT - extra
    strip = style.add_axes(figure, _LEFT, above, width, _STRIP)
    first = above + _STRIP + _GAP
    tops = [first + number * (_PANEL + _GAP) for number in range(panels + 1)]
    axes = [style.add_axes(figure, _LEFT, top, width, _PANEL) for top in tops[:-1]]
    each = (width + _BETWEEN) / max(close_ups, 1) - _BETWEEN
    lefts = [_LEFT + number * (each + _BETWEEN) for number in range(close_ups)]
    top = tops[-1] + _LABELS
    below = [style.add_axes(figure, left, top, each, _CLOSE_UP) for left in lefts]
    return figure, strip, axes, below


def _shade(axes: Axes, shades: Sequence[str], scale: StackScale, strength: float) -> None:
    """Colour the layers by material and mark the interfaces."""
    for left, right, shade in zip(scale.edges[:-1], scale.edges[1:], shades, strict=True):
        axes.axvspan(left, right, color=shade, alpha=strength, linewidth=0)
    for edge in scale.edges[1:-1]:
        axes.axvline(edge, color=style.GREY, linewidth=0.8)


def _draw_stack(axes: Axes, shades: Mapping[str, str], scale: StackScale) -> None:
    """Draw the stack as a bar with the names of the layers."""
    scale.apply(axes)
    axes.tick_params(bottom=False, labelbottom=False, left=False, labelleft=False)
    _shade(axes, list(shades.values()), scale, strength=0.5)
    for name, centre in zip(shades, scale.centres, strict=True):
        label = axes.text(centre, 0.47, name, ha="center", va="center", parse_math=False)
        label.set_clip_on(True)


def _draw_panel(axes: Axes, panel: Panel, scale: StackScale) -> None:
    """Lines of all layers and columns."""
    scale.apply(axes)
    _prepare(axes, panel.label, panel.limits)
    for curve in panel.curves:
        _draw_curve(axes, curve, panel.layers, scale.edges[1:-1])
    if panel.legend:
        # above the axes, because a box inside would hide an interface sooner or later
        place: dict[str, Any] = {"loc": "lower right", "bbox_to_anchor": (1.0, 1.0)}
        axes.legend(**place, ncols=len(panel.curves), fontsize=9, frameon=False, borderaxespad=0.0)


def _draw_close_up(axes: Axes, close_up: CloseUp, shades: Mapping[str, str]) -> None:
    """Lines on both sides of an interface."""
    near = [
        each.values[close_up.curve.column][
            (each.points[:, 0] >= close_up.ends[0]) & (each.points[:, 0] <= close_up.ends[1])
        ]
        for each in close_up.layers.values()
    ]
    _prepare(axes, close_up.label, limits(near))
    place = float(next(iter(close_up.layers.values())).points[-1, 0])
    _draw_curve(axes, close_up.curve, close_up.layers, np.array([place]))
    axes.set_xlim(close_up.ends)
    axes.locator_params(axis="x", nbins=4)
    edges = (close_up.ends[0], place, close_up.ends[1])
    for left, right, name in zip(edges[:-1], edges[1:], close_up.layers, strict=True):
        axes.axvspan(left, right, color=shades[name], alpha=0.13, linewidth=0)
    axes.axvline(place, color=style.GREY, linewidth=0.8)
    axes.set_title(close_up.name, fontsize=9, parse_math=False)


def _prepare(axes: Axes, label: str, bounds: tuple[float, float]) -> None:
    """Vertical axis with its label and a line at zero."""
    axes.set_ylim(bounds)
    axes.ticklabel_format(axis="y", scilimits=style.PLAIN_POWERS, useMathText=True)
    axes.set_ylabel(label)
    axes.axhline(0.0, color=style.GREY, linewidth=0.5)


def _draw_curve(
    axes: Axes, curve: Curve, layers: Mapping[str, LayerFields], interfaces: np.ndarray
) -> None:
    """One line a layer; dots where a line ends at an interface."""
    label = curve.symbol
    for fields in layers.values():
        x, y = fields.points[:, 0], fields.values[curve.column]
        axes.plot(x, y, color=curve.colour, linestyle=curve.dashes, linewidth=1.6, label=label)
        label = "_same"
        ends = [i for i in (0, -1) if np.isclose(x[i], interfaces).any()]
        axes.plot(x[ends], y[ends], "o", color=curve.colour, markersize=3.5, clip_on=True)


def _other_positions(axes: Axes, scale: StackScale, other: OtherUnit) -> None:
    """Repeat positions in another unit along the upper edge."""
    upper = axes.twiny()
    scale.in_unit(other.factor).apply(upper)
    upper.set_xlabel(other.label)
