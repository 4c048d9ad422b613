# SPDX-License-Identifier: MIT
"""Draws densities of states: a row for each layer, a column for each spectrum."""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from numpy.typing import NDArray

from fem_sf.output import style
from fem_sf.output.kinds import KINDS
from fem_sf.output.panels import Curve
from fem_sf.output.spectra import DENSITY

_WIDTH, _PANEL, _GAP = 8.0, 2.0, 0.3
"""Inches: width of the picture, height of a panel, gap between panels."""
_LEFT, _RIGHT, _LABELS = 0.95, 0.3, 0.45
"""Inches: room beside the panels and below them."""

_COLOURS = {"up": style.VERMILLION, "down": style.BLUE}
"""Of the spins along one axis; along several the colours are those of the axes."""
_ENERGY = r"$E\,/\,k_{\mathrm{B}}T_{\mathrm{c}}$"
_HIGHEST, _LOW = 5.0, 0.5
"""The highest N that panels reach to, for peaks at small broadening would hide all else; and the
lowest N of a layer below which its panel begins at 0."""


def draw_spectra(dataset: xr.Dataset) -> Figure:
    """Draw the mean density of states of every layer over the energy, by spin.

    Parameters
    ----------
    dataset
        A result with densities of states.
    """
    means = dataset[DENSITY].isel(place=np.flatnonzero(dataset["place_kind"].values == "mean"))
    names = [str(name) for name in means["place_layer"].values]
    numbers = np.unique(dataset["spectrum"].values)
    height = style.TOP + len(names) * (_PANEL + _GAP) + _LABELS + style.BOTTOM
    figure = Figure(figsize=(_WIDTH, height))
    width = (_WIDTH - _LEFT - _RIGHT + _GAP) / len(numbers) - _GAP
    shades = style.materials(dataset)
    for column, number in enumerate(numbers):
        spectrum = means.isel(energy=np.flatnonzero(dataset["spectrum"].values == number))
        for row, name in enumerate(names):
            left = _LEFT + column * (width + _GAP)
            top = style.TOP + _GAP + row * (_PANEL + _GAP)
            axes = style.add_axes(figure, left, top, width, _PANEL)
            axes.set_facecolor(to_rgba(style.SHADES[shades[name]], 0.13))
            _draw_lines(axes, spectrum.isel(place=row))
            axes.set_ylim(_limits(means.isel(place=row).values))
            if column == 0:
                axes.set_ylabel(rf"$N\,/\,N_{{\mathrm{{n}}}}$ in {style.escaped(name)}")
            if row == 0:
                broadening = float(spectrum["broadening"].values[0])
                axes.set_title(rf"$\eta = {style.formula(broadening)}$", fontsize=9.5, loc="left")
            axes.tick_params(labelleft=column == 0, labelbottom=row == len(names) - 1)
        axes.set_xlabel(_ENERGY)
    figure.axes[0].legend(
        loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=6, frameon=False, borderaxespad=0.0
    )
    figure.align_ylabels()
    kind = KINDS[dataset.attrs["kind"]]
    style.caption(figure, dataset, kind.conditions(dataset))
    return figure


def _draw_lines(axes: Axes, spectrum: xr.DataArray) -> None:
    """Both spins over the energy, dots where there are few energies."""
    ordered = spectrum.sortby("energy")
    energies = ordered["energy"].values
    marker = "o" if len(energies) < 3 else ""
    for spin in ordered["spin"].values:
        line = _line(str(spin))
        axes.plot(
            energies,
            ordered.sel(spin=spin).values,
            color=line.colour,
            linestyle=line.dashes,
            marker=marker,
            label=line.symbol,
        )
    axes.axhline(1.0, color=style.GREY, linewidth=0.5)


def _line(spin: str) -> Curve:
    """How a spin is drawn, ``up``, ``down`` or one of them with its axis as in ``up_x``."""
    sign, _, axis = spin.partition("_")
    colour = style.vector_curves("N", "N_%s")[f"N_{axis}"].colour if axis else _COLOURS[sign]
    arrow = rf"\{sign}arrow"
    symbol = rf"$N_{{{arrow} {axis}}}$"
    return Curve(spin, symbol, colour, "-" if sign == "up" else "--")


def _limits(values: NDArray[np.float64]) -> tuple[float, float]:
    """Range of N of a layer with 1 and some room."""
    low, high = min(1.0, float(values.min())), max(1.0, float(values.max()))
    room = 0.08 * (high - low) or 0.08
    return (0.0 if low < _LOW else low - room), min(_HIGHEST, high + room)
