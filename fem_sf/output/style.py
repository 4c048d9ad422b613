# SPDX-License-Identifier: MIT
"""What all pictures share: colours, captions, which quantities are worth drawing."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from fem_sf.study.results import LayerFields

# Okabe and Ito's palette, told apart by colour-blind readers too
BLUE, VERMILLION, GREEN, ORANGE, SKY = "#0072B2", "#D55E00", "#009E73", "#E69F00", "#56B4E9"
LINES = {
    "delta": ("#000000", "-"),
    "dM_x": (VERMILLION, "--"),
    "dM_y": (GREEN, "-."),
    "dM_z": (BLUE, "-"),
}
"""Colour and dashes of each column that is drawn."""
SYMBOLS = {
    "delta": r"$\Delta$",
    "dM_x": r"$\delta M_x$",
    "dM_y": r"$\delta M_y$",
    "dM_z": r"$\delta M_z$",
}
"""The columns that are drawn as they are written in formulas."""
SHADES = {"superconductor": SKY, "ferromagnet": ORANGE, "normal": "#999999"}
"""Colour of each kind of material."""
GREY = "#555555"

POSITION, POSITION_ACROSS = r"$x\,/\,\xi_0$", r"$y\,/\,\xi_0$"
GAP = r"$\Delta\,/\,k_{\mathrm{B}}T_{\mathrm{c}}$"

PLAIN_POWERS = (-2, 3)
"""Powers of ten between which tick labels are written out; beyond, the power heads the axis."""

_NEGLIGIBLE = 1e-9


def moment_label(columns: Sequence[str]) -> str:
    """Axis label of one or more components of δM."""
    symbol = SYMBOLS[columns[0]] if len(columns) == 1 else r"$\delta\mathbf{M}$"
    return symbol + r"$\,/\,M_{\mathrm{ref}}$"


def materials(dataset: xr.Dataset) -> dict[str, str]:
    """Kind of material by layer."""
    kinds = dataset["material"]
    return {
        str(name): str(kind)
        for name, kind in zip(kinds["layer_name"].values, kinds.values, strict=True)
    }


def gap_layers(dataset: xr.Dataset, layers: Mapping[str, LayerFields]) -> dict[str, LayerFields]:
    """Layers that have an order parameter."""
    kinds = materials(dataset)
    return {name: each for name, each in layers.items() if kinds[name] == "superconductor"}


def active_layers(dataset: xr.Dataset, layers: Mapping[str, LayerFields]) -> dict[str, LayerFields]:
    """Superconductors and ferromagnets: what a reader looks at first."""
    kinds = materials(dataset)
    return {name: each for name, each in layers.items() if kinds[name] != "normal"}


def moment_columns(dataset: xr.Dataset) -> list[str]:
    """Components of δM that are not negligible; z if all are; none without a ferromagnet."""
    if "ferromagnet" not in materials(dataset).values():
        return []
    sizes = {column: float(np.abs(dataset[column]).max()) for column in ("dM_x", "dM_y", "dM_z")}
    largest = max(sizes.values())
    return [name for name, size in sizes.items() if size > _NEGLIGIBLE * largest] or ["dM_z"]


def conditions(dataset: xr.Dataset) -> str:
    """Tell temperature, state and scale in the line below the title."""
    summary = json.loads(dataset.attrs["summary"])
    temperature = dataset.attrs["temperature"]
    unit = r"\,T_{\mathrm{c}}" if temperature else ""
    parts = [f"$T = {temperature:g}{unit}$"]
    if "state" in summary:
        parts.append(f"{summary['state']} state")
    if "xi0_nm" in dataset.attrs:
        parts.append(rf"$\xi_0 = {dataset.attrs['xi0_nm']:.3g}$ nm")
    return "    ".join(parts)


def integrals(dataset: xr.Dataset, unit: str) -> list[str]:
    """Tell below the picture ∫δM of each layer, and what it is divided by.

    Parameters
    ----------
    dataset
        The result.
    unit
        Unit of the integrals in mathtext.
    """
    layers = json.loads(dataset.attrs["summary"]).get("layers", {})
    columns = moment_columns(dataset)
    parts = []
    for name, numbers in layers.items():
        integral = numbers.get("magnetization", {}).get("integral")
        if integral is not None and columns:
            kept = [integral["xyz".index(column[-1])] for column in columns]
            parts.append(f"{_escaped(name)}: {', '.join(_number(each) for each in kept)}")
    if not parts:
        return []
    symbols = ", ".join(SYMBOLS[column] for column in columns)
    return [
        rf"Integrals of {symbols} in {unit}$M_{{\mathrm{{ref}}}}$",
        *parts,
        rf"$M_{{\mathrm{{ref}}}} = 2\nu|J|$ of {_escaped(dataset.attrs['reference'])}",
    ]


def _escaped(name: str) -> str:
    """Protect a layer's name inside mathtext."""
    return name.replace("$", r"\$")


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.5g}".replace("-", "−")


def conversion(factor: float) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    """To another unit and back, as secondary axes want it."""
    return (lambda values: values * factor, lambda values: values / factor)


def add_axes(figure: Figure, left: float, top: float, width: float, height: float) -> Axes:
    """Axes by their place in inches from the left and upper edges of a picture."""
    across, down = figure.get_size_inches()
    return figure.add_axes(
        (left / across, 1 - (top + height) / down, width / across, height / down)
    )


def caption(figure: Figure, dataset: xr.Dataset, unit: str) -> None:
    """Write title and conditions above a picture and the integrals of δM below it.

    Parameters
    ----------
    figure
        A picture with ``TOP`` and ``BOTTOM`` inches left free.
    dataset
        The result that it shows.
    unit
        Unit of length or area in mathtext, for the integrals.
    """
    width, height = figure.get_size_inches()
    left, right = 0.12 / width, 1 - 0.12 / width
    first, second, last = 1 - 0.12 / height, 1 - 0.38 / height, 0.1 / height
    title = textwrap.shorten(dataset.attrs["title"] or dataset.attrs["name"], int(width * 10))
    figure.text(left, first, title, va="top", fontsize=12, parse_math=False)
    figure.text(left, second, conditions(dataset), va="top", fontsize=9.5, color=GREY)
    if not json.loads(dataset.attrs["summary"]).get("converged", True):
        warning: dict[str, Any] = {"va": "top", "ha": "right", "fontsize": 12, "color": VERMILLION}
        figure.text(right, first, "not converged", weight="bold", **warning)
    footnote = _flow(integrals(dataset, unit), int(width * 15))
    figure.text(left, last, footnote, va="bottom", fontsize=8, color=GREY)


def _flow(parts: Iterable[str], characters: int) -> str:
    """Parts on lines of limited length as a reader sees it, none broken."""
    lines: list[str] = []
    room = 0
    for part in parts:
        length = len(re.sub(r"\\[a-z]+|[${}]", "", part)) + 3
        if length > room:
            lines.append(part)
            room = characters - length
        else:
            lines[-1] += "    " + part
            room -= length
    return "\n".join(lines)


TOP, BOTTOM = 0.7, 0.6
"""Inches that ``caption`` needs above and below the axes and their labels."""
