# SPDX-License-Identifier: MIT
"""Draws a two-dimensional result as maps over the layers."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import LineCollection
from matplotlib.colors import Normalize, SymLogNorm
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.ticker import ScalarFormatter
from matplotlib.tri import Triangulation
from numpy.typing import NDArray

from fem_sf.output import style
from fem_sf.output.dataset import layer_fields
from fem_sf.output.kinds import KINDS
from fem_sf.output.panels import Map, OtherUnit, Positions, peak
from fem_sf.study.results import LayerFields

_COLOURS, _SIGNED_COLOURS = "cividis", "PuOr"
"""Told apart by colour-blind readers; the second has its middle at zero."""
_LONG_SIDE, _SHORT_SIDE, _LEAST_WIDTH = 6.2, 0.9, 6.0
"""Inches: longer side of a map, what the shorter one has at least, what the picture is wide."""
_TALLEST = 1.25
"""Height of a picture over its width beyond which maps stand side by side."""
_LABELS, _OTHER_LABELS, _BAR = 0.85, 0.55, 1.1
"""Inches: room for the labels of an axis, of a second unit, and for a colour bar."""
_LOGARITHMIC = 20.0
"""Ratio between layers beyond which colours are logarithmic away from zero."""


def triangles(cells: NDArray[np.int64]) -> NDArray[np.int64]:
    """Triangles that cover cells; shape (m, 3).

    Parameters
    ----------
    cells
        Triangles, or quadrilaterals with vertices in VTK order (around the cell).
    """
    if cells.shape[1] == 3:
        return cells
    return np.concatenate([cells[:, [0, 1, 2]], cells[:, [0, 2, 3]]])


def outline(fields: LayerFields) -> NDArray[np.float64]:
    """Sides of cells that no other cell of the layer shares; shape (sides, 2, 2)."""
    cells = fields.cells
    sides = np.sort(np.concatenate([cells[:, [i, i - 1]] for i in range(cells.shape[1])]), axis=1)
    keys = sides[:, 0] * len(fields.points) + sides[:, 1]
    _, first, times = np.unique(keys, return_index=True, return_counts=True)
    return fields.points[sides[first[times == 1]]]


def draw_maps(dataset: xr.Dataset) -> Figure | None:
    """Draw maps of what its kind of result shows in a plane.

    Lengths along and across the stack are to the same scale unless one would be unreadable.

    Parameters
    ----------
    dataset
        A two-dimensional result.

    Returns
    -------
    matplotlib.figure.Figure or None
        ``None`` where there is nothing to see.
    """
    kind = KINDS[dataset.attrs["kind"]]
    layers = kind.drawn_layers(dataset, layer_fields(dataset))
    maps, positions = kind.maps(dataset, layers), kind.positions(dataset)
    if not maps:
        return None
    figure, frames = lay_out(layers, len(maps), positions)
    for (axes, bar), each in zip(frames, maps, strict=True):
        scale = figure.colorbar(_paint(axes, each), cax=bar, label=each.label)
        if isinstance(scale.formatter, ScalarFormatter):
            scale.formatter.set_powerlimits(style.PLAIN_POWERS)
            scale.formatter.set_useMathText(True)
        _draw_layers(axes, layers)
        if positions.others:
            _other_axes(axes, positions.others)
    style.caption(figure, dataset, kind.conditions(dataset), kind.footnote(dataset))
    return figure


def signed_norm(layers: Mapping[str, LayerFields], column: str) -> Normalize:
    """Colours symmetric about zero; logarithmic away from it if layers differ very much."""
    peaks = [peak([each], [column]) for each in layers.values()]
    largest = max(peaks) or 1.0
    smallest = min((size for size in peaks if size > 1e-4 * largest), default=largest)
    if largest > _LOGARITHMIC * smallest:
        return SymLogNorm(smallest / 3, vmin=-largest, vmax=largest)
    return Normalize(-largest, largest)


def lay_out(
    layers: Mapping[str, LayerFields], maps: int, positions: Positions
) -> tuple[Figure, list[tuple[Axes, Axes]]]:
    """Place maps and their colour bars in a figure, in as few columns as a page wants."""
    points = np.concatenate([each.points for each in layers.values()])
    low, high = points.min(axis=0), points.max(axis=0)
    width, height = np.maximum((high - low) * _LONG_SIDE / (high - low).max(), _SHORT_SIDE)
    extra = _OTHER_LABELS if positions.others else 0.0
    cell = (_LABELS + width + extra + _BAR, extra + height + _LABELS)
    columns = next(
        columns
        for columns in range(1, maps + 1)
        if columns == maps or ceil(maps / columns) * cell[1] <= _TALLEST * columns * cell[0]
    )
    rows = ceil(maps / columns)
    size = (
        max(columns * cell[0], _LEAST_WIDTH),
        style.TOP + rows * cell[1] + style.BOTTOM,
    )
    figure = Figure(figsize=size)
    frames = []
    for number in range(maps):
        row, column = divmod(number, columns)
        left = column * cell[0] + _LABELS
        top = style.TOP + row * cell[1] + extra
        axes = style.add_axes(figure, left, top, width, height)
        axes.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]), facecolor="#eeeeee")
        axes.set(xlabel=positions.along, ylabel=positions.across)
        bar = style.add_axes(figure, left + width + extra + 0.15, top, 0.14, height)
        frames.append((axes, bar))
    return figure, frames


def _paint(axes: Axes, shown: Map) -> ScalarMappable:
    """Paint each layer by itself, so that colours jump at interfaces."""
    norm, colours = signed_norm(shown.layers, shown.column), _SIGNED_COLOURS
    if shown.limits:
        norm, colours = Normalize(*shown.limits), _COLOURS
    for fields in shown.layers.values():
        mesh = Triangulation(fields.points[:, 0], fields.points[:, 1], triangles(fields.cells))
        values = fields.values[shown.column]
        axes.tripcolor(mesh, values, shading="gouraud", norm=norm, cmap=colours)
    return ScalarMappable(norm, colours)


def _draw_layers(axes: Axes, layers: Mapping[str, LayerFields]) -> None:
    """Outline and name all layers."""
    for name, fields in layers.items():
        axes.add_collection(
            LineCollection(list(outline(fields)), colors=style.GREY, linewidths=0.8)
        )
        middle = 0.5 * (fields.points.min(axis=0) + fields.points.max(axis=0))
        # a node, because the middle of a bent layer may lie in another one
        at = fields.points[np.argmin(np.linalg.norm(fields.points - middle, axis=1))]
        text = axes.text(at[0], at[1], name, ha="center", va="center", parse_math=False)
        text.set_path_effects([withStroke(linewidth=2.5, foreground="white")])


def _other_axes(axes: Axes, others: tuple[OtherUnit, OtherUnit]) -> None:
    """Repeat positions in another unit along the upper and right edges."""
    along, across = others
    upper = axes.secondary_xaxis("top", functions=style.conversion(along.factor))
    upper.set_xlabel(along.label)
    right = axes.secondary_yaxis("right", functions=style.conversion(across.factor))
    right.set_ylabel(across.label)
