# SPDX-License-Identifier: MIT
"""Shared style of all pictures: colours, captions, numbers, names."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from fem_sf.output.panels import Curve

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito's palette, told apart by colour-blind readers too
BLUE, VERMILLION, GREEN, ORANGE, SKY = "#0072B2", "#D55E00", "#009E73", "#E69F00", "#56B4E9"
BLACK, GREY = "#000000", "#555555"
SHADES = {"superconductor": SKY, "ferromagnet": ORANGE, "normal": "#999999"}
"""Colour of each kind of material."""

POSITION, POSITION_ACROSS = r"$x\,/\,\xi_0$", r"$y\,/\,\xi_0$"
"""Labels of positions in the unit of superconductors."""

DOTS_PER_INCH = 160

PLAIN_POWERS = (-2, 3)
"""Powers of ten between which tick labels are written out; beyond, the power heads the axis."""

TOP, BOTTOM = 0.7, 0.6
"""Inches that ``caption`` needs above and below the axes and their labels."""

_COMPONENTS = {"x": (VERMILLION, "--"), "y": (GREEN, "-."), "z": (BLUE, "-")}
"""Colour and dashes of the components of any vector."""


def vector_curves(name: str, symbol: str) -> dict[str, Curve]:
    """How the columns ``name_x``, ``name_y``, ``name_z`` are drawn, by column.

    Parameters
    ----------
    name
        Of the vector.
    symbol
        How it is written in formulas, without dollar signs, with ``%s`` for the component.
    """
    return {
        f"{name}_{axis}": Curve(f"{name}_{axis}", f"${symbol % axis}$", colour, dashes)
        for axis, (colour, dashes) in _COMPONENTS.items()
    }


def materials(dataset: xr.Dataset) -> dict[str, str]:
    """Kind of material by layer."""
    kinds = dataset["material"]
    return {
        str(name): str(kind)
        for name, kind in zip(kinds["layer_name"].values, kinds.values, strict=True)
    }


def escaped(name: str) -> str:
    """Protect a layer's name inside mathtext."""
    return name.replace("$", r"\$")


def number(value: float | None) -> str:
    """Write a number with five digits, a missing one as a dash."""
    return "–" if value is None else f"{value:.5g}".replace("-", "−")


def formula(value: float) -> str:
    """Write a number with four digits in mathtext, without dollar signs."""
    digits, _, power = f"{value:.4g}".partition("e")
    if not power:
        return digits
    exponent = f"10^{{{int(power)}}}"
    return exponent if digits == "1" else rf"{digits}\times {exponent}"


def conversion(factor: float) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    """To another unit and back, as secondary axes want it."""
    return (lambda values: values * factor, lambda values: values / factor)


def add_axes(figure: Figure, left: float, top: float, width: float, height: float) -> Axes:
    """Axes by their place in inches from the left and upper edges of a picture."""
    across, down = figure.get_size_inches()
    return figure.add_axes(
        (left / across, 1 - (top + height) / down, width / across, height / down)
    )


def caption(
    figure: Figure, dataset: xr.Dataset, conditions: str, footnote: Sequence[str] = ()
) -> None:
    """Write title and conditions above a picture and a footnote below it.

    Parameters
    ----------
    figure
        A picture with ``TOP`` and ``BOTTOM`` inches left free.
    dataset
        The result that it shows.
    conditions
        One line.
    footnote
        Parts that are not broken.
    """
    width, height = figure.get_size_inches()
    left, right = 0.12 / width, 1 - 0.12 / width
    first, second, last = 1 - 0.12 / height, 1 - 0.38 / height, 0.1 / height
    title = textwrap.shorten(dataset.attrs["title"] or dataset.attrs["name"], int(width * 10))
    figure.text(left, first, title, va="top", fontsize=12, parse_math=False)
    figure.text(left, second, conditions, va="top", fontsize=9.5, color=GREY)
    if not json.loads(dataset.attrs.get("summary", "{}")).get("converged", True):
        warning: dict[str, Any] = {"va": "top", "ha": "right", "fontsize": 12, "color": VERMILLION}
        figure.text(right, first, "not converged", weight="bold", **warning)
    text = _flow(footnote, int(width * 15))
    figure.text(left, last, text, va="bottom", fontsize=8, color=GREY)


def _flow(parts: Iterable[str], characters: int) -> str:
    """Parts on lines of limited length as a reader sees it, none broken."""
    lines: list[str] = []
    room = 0
    for part in parts:
        length = len(re.sub(r"\\[A-Za-z]+|\\.|[${}^_]", "", part)) + 3
        if length > room:
            lines.append(part)
            room = characters - length
        else:
            lines[-1] += "    " + part
            room -= length
    return "\n".join(lines)
