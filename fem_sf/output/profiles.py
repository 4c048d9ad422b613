# SPDX-License-Identifier: MIT
"""The picture of a one-dimensional result: Δ(x) and δM(x) over the stack of layers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from fem_sf.output import style
from fem_sf.output.dataset import layer_fields
from fem_sf.output.stack_scale import StackScale
from fem_sf.study.results import LayerFields

_WIDTH, _PANEL, _STRIP, _GAP = 8.0, 2.1, 0.28, 0.26
"""Inches: width of the picture, heights of a panel and of the drawing of the stack, gap between."""
_LEFT, _RIGHT = 0.95, 0.3
_LABELS = 0.45
"""Inches that tick labels and the label of an axis take."""
_MAGNIFIED = 6.0
"""Ratio of δM between layers beyond which the small ones get a panel of their own."""


@dataclass(frozen=True)
class Panel:
    """One pair of axes over the stack.

    Parameters
    ----------
    label
        Of the vertical axis.
    columns
        What is drawn.
    layers
        Where it is drawn.
    limits
        Of the vertical axis.
    legend
        Whether it is said which line is which column.
    """

    label: str
    columns: tuple[str, ...]
    layers: dict[str, LayerFields]
    limits: tuple[float, float]
    legend: bool = False


def draw_profiles(dataset: xr.Dataset) -> Figure:
    """Draw Δ(x) of the superconductors above δM(x) of all layers.

    Layers are shaded by material and named in a drawing of the stack; lines end at interfaces, so
    that jumps are jumps. Where δM differs much between layers, the small ones are shown once
    more in a magnified panel.

    Parameters
    ----------
    dataset
        A one-dimensional result.
    """
    fields = layer_fields(dataset)
    layers = dict(sorted(fields.items(), key=lambda item: item[1].points[0, 0]))
    thicknesses = [float(np.ptp(each.points)) for each in layers.values()]
    scale = StackScale.of(thicknesses, float(next(iter(layers.values())).points[0, 0]))
    panels = find_panels(dataset, layers)
    shades = [style.SHADES[style.materials(dataset)[name]] for name in layers]

    figure, strip, axes = _lay_out(len(panels), in_nm="xi0_nm" in dataset.attrs)
    if "xi0_nm" in dataset.attrs:
        _nm_axis(strip, scale.in_unit(dataset.attrs["xi0_nm"]))
    _draw_stack(strip, list(layers), shades, scale)
    for each, panel in zip(axes, panels, strict=True):
        _draw_panel(each, panel, scale)
        _shade(each, shades, scale, strength=0.13)
        each.tick_params(labelbottom=each is axes[-1])
        if "delta" in panel.columns and "kTc_meV" in dataset.attrs:
            _mev_axis(each, dataset.attrs["kTc_meV"])
    axes[-1].set_xlabel(
        style.POSITION + ("" if scale.to_scale else "   (layers not to scale with each other)")
    )
    figure.align_ylabels(axes)
    style.caption(figure, dataset, r"$\xi_0$")
    return figure


def find_panels(dataset: xr.Dataset, layers: Mapping[str, LayerFields]) -> list[Panel]:
    """Choose what to draw: Δ, δM, and δM once more where some layers have much less of it."""
    panels = []
    gapped = style.gap_layers(dataset, layers)
    if gapped:
        top = max(float(each.values["delta"].max()) for each in gapped.values())
        panels.append(Panel(style.GAP, ("delta",), gapped, (0.0, 1.12 * top or 1.0)))
    columns = tuple(style.moment_columns(dataset))
    if columns:
        label = style.moment_label(columns)
        limits = _limits(layers.values(), columns)
        panels.append(Panel(label, columns, dict(layers), limits, legend=len(columns) > 1))
        small = _small_layers(style.active_layers(dataset, layers), columns)
        if small:
            limits = _limits(small.values(), columns)
            panels.append(Panel(f"{label}\n(magnified)", columns, dict(layers), limits))
    return panels


def _limits(fields: Collection[LayerFields], columns: Sequence[str]) -> tuple[float, float]:
    """Range of the columns with zero and some room; (−1, 1) where all is zero."""
    values = np.concatenate([[0.0], *(each.values[name] for each in fields for name in columns)])
    room = 0.08 * np.ptp(values)
    return (values.min() - room, values.max() + room) if room else (-1.0, 1.0)


def _small_layers(
    layers: Mapping[str, LayerFields], columns: Sequence[str]
) -> dict[str, LayerFields]:
    """Layers whose δM would be a flat line beside the largest one, yet is not nothing."""
    peaks = {
        name: max(float(np.abs(each.values[column]).max()) for column in columns)
        for name, each in layers.items()
    }
    largest = max(peaks.values())
    return {
        name: layers[name]
        for name, peak in peaks.items()
        if 1e-6 * largest < peak < largest / _MAGNIFIED
    }


def _lay_out(panels: int, in_nm: bool) -> tuple[Figure, Axes, list[Axes]]:
    """Place the drawing of the stack and panels below it in a figure."""
    above = style.TOP + (_LABELS if in_nm else 0.0)
    height = above + _STRIP + panels * (_PANEL + _GAP) + _LABELS + style.BOTTOM
    figure = Figure(figsize=(_WIDTH, height))
    right = _RIGHT + (_LABELS if in_nm else 0.0)
    width = _WIDTH - _LEFT - right
    strip = style.add_axes(figure, _LEFT, above, width, _STRIP)
    first = above + _STRIP + _GAP
    tops = [first + number * (_PANEL + _GAP) for number in range(panels)]
    return figure, strip, [style.add_axes(figure, _LEFT, top, width, _PANEL) for top in tops]


def _shade(axes: Axes, shades: Sequence[str], scale: StackScale, strength: float) -> None:
    """Colour the layers by material and mark the interfaces."""
    for left, right, shade in zip(scale.edges[:-1], scale.edges[1:], shades, strict=True):
        axes.axvspan(left, right, color=shade, alpha=strength, linewidth=0)
    for edge in scale.edges[1:-1]:
        axes.axvline(edge, color=style.GREY, linewidth=0.8)


def _draw_stack(axes: Axes, names: Sequence[str], shades: Sequence[str], scale: StackScale) -> None:
    """Draw the stack as a bar with the names of the layers."""
    scale.apply(axes)
    axes.tick_params(bottom=False, labelbottom=False, left=False, labelleft=False)
    _shade(axes, shades, scale, strength=0.5)
    for name, centre in zip(names, scale.centres, strict=True):
        label = axes.text(centre, 0.47, name, ha="center", va="center", parse_math=False)
        label.set_clip_on(True)


def _draw_panel(axes: Axes, panel: Panel, scale: StackScale) -> None:
    """Lines of all layers and columns; dots where a line ends at an interface."""
    scale.apply(axes)
    axes.set_ylim(panel.limits)
    axes.ticklabel_format(axis="y", scilimits=style.PLAIN_POWERS, useMathText=True)
    axes.set_ylabel(panel.label)
    axes.axhline(0.0, color=style.GREY, linewidth=0.5)
    inner = scale.edges[1:-1]
    for column in panel.columns:
        colour, dashes = style.LINES[column]
        label = style.SYMBOLS[column]
        for fields in panel.layers.values():
            x, y = fields.points[:, 0], fields.values[column]
            axes.plot(x, y, color=colour, linestyle=dashes, linewidth=1.6, label=label)
            label = "_same"
            ends = [i for i in (0, -1) if np.isclose(x[i], inner).any()]
            axes.plot(x[ends], y[ends], "o", color=colour, markersize=3.5, clip_on=True)
    if panel.legend:
        axes.legend(fontsize=9, framealpha=0.8)


def _nm_axis(axes: Axes, scale: StackScale) -> None:
    """Repeat positions in nm along the upper edge."""
    upper = axes.twiny()
    scale.apply(upper)
    upper.set_xlabel("$x$ (nm)")


def _mev_axis(axes: Axes, kTc_meV: float) -> None:
    """Repeat energies in meV along the right edge."""
    right = axes.secondary_yaxis("right", functions=style.conversion(kTc_meV))
    right.set_ylabel("Δ (meV)")
