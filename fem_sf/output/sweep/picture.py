# SPDX-License-Identifier: MIT
"""Draws ``sweep.png``: the main numbers over the swept values, as curves or maps."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import ScalarFormatter
from numpy.typing import NDArray

from fem_sf.files import replacing
from fem_sf.output import style
from fem_sf.output.kinds import KINDS
from fem_sf.output.sweep.headlines import Headline
from fem_sf.output.sweep.numbers import COMPONENTS

FILE = "sweep.png"
"""Its name in the folder of a sweep."""

_WIDTH, _PANEL, _GAP = 8.0, 2.1, 0.35
"""Inches: width of the picture, height of a panel, gap between panels."""
_LEFT, _RIGHT, _LABELS = 1.0, 0.3, 0.5
"""Inches: room beside the panels and below them."""
_LEGEND, _CHARACTER = 0.55, 0.075
"""Inches: room for the line of a legend, and for each of its characters."""
_BAR, _BAR_GAP, _BAR_LABELS = 0.15, 0.15, 0.5
"""Inches: width of the scale of colours of a map, the gap before it, and room for its numbers."""
_MOST_PANELS, _MOST_CURVES = 6, 8
_COLOURS = colormaps["viridis"]
_DARKEST, _LIGHTEST = 0.0, 0.85
_SAME_ANGLE = 1e-6


@dataclass(frozen=True)
class Scale:
    """An axis of the sweep as an axis of the picture.

    Parameters
    ----------
    name
        Of the axis of the sweep.
    values
        Along it; angles for vectors in one plane, else the numbers of the values.
    label
        With its unit.
    ticks
        What the values are called where they are only numbered.
    """

    name: str
    values: NDArray[np.float64]
    label: str
    ticks: tuple[str, ...] = ()


def draw_sweep(dataset: xr.Dataset) -> Figure | None:
    """Draw a sweep; ``None`` where no point has anything to show.

    Over the longest axis of numbers or of vectors in a plane, a curve for each combination of the
    other values; over two axes that have many values, maps.
    """
    kind = KINDS[dataset.attrs["kind"]]
    shown = kind.headlines(dataset)[:_MOST_PANELS]
    if not shown:
        return None
    scales = [_scale(dataset, name) for name in dataset.attrs["axes"]]
    graded = [each for each in scales if not each.ticks and len(each.values) > 1]
    along = max(graded or scales, key=lambda each: len(each.values))
    others = [each for each in scales if each.name != along.name and len(each.values) > 1]
    if len(others) == 1 and len(others[0].values) > _MOST_CURVES and not others[0].ticks:
        return _draw_maps(dataset, shown, along, others[0])
    return _draw_curves(dataset, shown, along, others)


def _draw_curves(
    dataset: xr.Dataset, shown: Sequence[Headline], along: Scale, others: Sequence[Scale]
) -> Figure:
    choices = list(itertools.product(*(range(len(each.values)) for each in others)))
    kept = [choices[i] for i in _spread(len(choices), _MOST_CURVES)]
    entries = [_entry(dataset, others, choice) for choice in kept]
    room = _LEGEND * math.ceil(len(entries) / _columns(entries)) / 2 if others else 0.0
    figure = _new_figure(len(shown), room)
    colours = _COLOURS(np.linspace(_DARKEST, _LIGHTEST, max(len(kept), 2)))
    order = np.argsort(along.values, kind="stable")
    for number, headline in enumerate(shown):
        axes = _panel(figure, number, room, _WIDTH - _LEFT - _RIGHT)
        values = headline.values(dataset)
        for choice, entry, colour in zip(kept, entries, colours, strict=False):
            places = {each.name: i for each, i in zip(others, choice, strict=True)}
            line = values.isel(places).squeeze(drop=True).values.reshape(-1)
            marker = "o" if len(order) <= 40 else ""
            axes.plot(
                along.values[order], line[order], marker, ms=3, ls="-", color=colour, label=entry
            )
        axes.set_ylabel(_broken(headline.label))
        axes.ticklabel_format(axis="y", scilimits=style.PLAIN_POWERS, useMathText=True)
        _set_ticks(axes, along, is_last=number == len(shown) - 1)
    if others:
        figure.axes[0].legend(
            loc="lower left",
            bbox_to_anchor=(0.0, 1.0),
            ncols=_columns(entries),
            frameon=False,
            fontsize=9,
            title=", ".join(each.label for each in others),
            title_fontsize=9,
            alignment="left",
        )
    left_out = len(choices) - len(kept)
    note = [f"{len(kept)} of {len(choices)} curves are shown"] if left_out else []
    return _finished(figure, dataset, note)


def _draw_maps(dataset: xr.Dataset, shown: Sequence[Headline], along: Scale, up: Scale) -> Figure:
    figure = _new_figure(len(shown), 0.0)
    width = _WIDTH - _LEFT - _RIGHT - _BAR_GAP - _BAR - _BAR_LABELS
    across, upwards = (np.argsort(each.values, kind="stable") for each in (along, up))
    for number, headline in enumerate(shown):
        axes = _panel(figure, number, 0.0, width)
        values = headline.values(dataset).transpose(up.name, along.name, ...)
        grid = values.values.reshape(len(up.values), len(along.values))[np.ix_(upwards, across)]
        drawn = axes.pcolormesh(
            along.values[across], up.values[upwards], grid, cmap=_COLOURS, shading="nearest"
        )
        axes.set_ylabel(up.label)
        left = _LEFT + width + _BAR_GAP
        scale = style.add_axes(figure, left, _top(number, 0.0), _BAR, _PANEL)
        powers = ScalarFormatter(useMathText=True)
        powers.set_powerlimits(style.PLAIN_POWERS)
        figure.colorbar(drawn, cax=scale, format=powers)
        axes.set_title(headline.label, loc="left", fontsize=10)
        _set_ticks(axes, along, is_last=number == len(shown) - 1)
    return _finished(figure, dataset, [])


def _scale(dataset: xr.Dataset, name: str) -> Scale:
    coordinate = dataset[name]
    if np.issubdtype(coordinate.dtype, np.number):
        finite = bool(np.isfinite(coordinate.values).all())
        if finite:
            return Scale(name, coordinate.values, _named(name, coordinate.attrs["units"]))
    labels = tuple(map(str, coordinate.values))
    if f"{name}_x" in dataset.coords:
        vectors = np.stack([dataset[f"{name}_{each}"].values for each in COMPONENTS], axis=1)
        angles = _angles(vectors)
        if angles is not None:
            return Scale(name, angles, f"angle of {style.escaped(name)} (°)")
    return Scale(name, np.arange(len(labels), dtype=float), style.escaped(name), labels)


def _angles(vectors: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Angles from the first of some vectors, in degrees; ``None`` unless they turn one way."""
    sizes = np.linalg.norm(vectors, axis=1)
    if len(vectors) < 2 or not sizes.all():
        return None
    directions = vectors / sizes[:, np.newaxis]
    angles = np.degrees(np.arccos(np.clip(directions @ directions[0], -1, 1)))
    return angles if (np.diff(angles) > _SAME_ANGLE).all() else None


def _named(name: str, unit: str) -> str:
    shown = style.escaped(name)
    return shown if unit == "1" else f"{shown} ({unit})"


def _entry(dataset: xr.Dataset, others: Sequence[Scale], choice: Sequence[int]) -> str:
    """What tells a curve from the others."""
    parts = []
    for scale, place in zip(others, choice, strict=True):
        written = f"{scale.name}_written"
        if scale.ticks:
            parts.append(scale.ticks[place])
        elif written in dataset.coords:
            parts.append(str(dataset[written].values[place]))
        else:
            parts.append(f"{scale.values[place]:.4g}")
    return style.escaped(", ".join(parts))


def _columns(entries: Sequence[str]) -> int:
    """Columns of a legend as wide as the picture."""
    widest = max(map(len, entries), default=1)
    return max(1, min(len(entries), int((_WIDTH - _LEFT) / (_LEGEND + _CHARACTER * widest))))


def _spread(count: int, most: int) -> list[int]:
    """All of some numbers, or as many as there may be, from the first to the last."""
    if count <= most:
        return list(range(count))
    return [round(i * (count - 1) / (most - 1)) for i in range(most)]


def _broken(label: str) -> str:
    """A long label on two lines."""
    first, separator, rest = label.partition(" in ")
    return f"{first}\nin {rest}" if separator else label


def _new_figure(panels: int, legend: float) -> Figure:
    height = style.TOP + legend + panels * (_PANEL + _GAP) + _LABELS + style.BOTTOM
    return Figure(figsize=(_WIDTH, height))


def _top(number: int, legend: float) -> float:
    return style.TOP + legend + _GAP + number * (_PANEL + _GAP)


def _panel(figure: Figure, number: int, legend: float, width: float) -> Axes:
    return style.add_axes(figure, _LEFT, _top(number, legend), width, _PANEL)


def _set_ticks(axes: Axes, along: Scale, *, is_last: bool) -> None:
    if along.ticks:
        axes.set_xticks(along.values, [style.escaped(each) for each in along.ticks])
    axes.tick_params(labelbottom=is_last)
    if is_last:
        axes.set_xlabel(along.label)


def _finished(figure: Figure, dataset: xr.Dataset, note: Sequence[str]) -> Figure:
    figure.align_ylabels()
    solved = dataset["converged"].values
    grid = " × ".join(f"{name} ({dataset.sizes[name]})" for name in dataset.attrs["axes"])
    parts = list(note)
    if not solved.all():
        parts.append(f"{np.sum(~solved)} of {solved.size} points have no solution")
    style.caption(figure, dataset, style.escaped(grid), parts)
    return figure


def write_picture(dataset: xr.Dataset, folder: Path) -> list[Path]:
    """Draw a sweep and write ``sweep.png``; where it is, if there is anything to see."""
    figure = draw_sweep(dataset)
    path: Any = folder / FILE
    if figure is None:
        path.unlink(missing_ok=True)
        return []
    with replacing(path) as draft:
        FigureCanvasAgg(figure).print_figure(draft, dpi=style.DOTS_PER_INCH)
    return [path]
