# SPDX-License-Identifier: MIT
"""Draws the pictures of a result."""

from __future__ import annotations

from pathlib import Path

import xarray as xr
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from fem_sf.files import replacing
from fem_sf.output import style
from fem_sf.output.maps import draw_maps
from fem_sf.output.profiles import draw_profiles
from fem_sf.output.spectra_plot import draw_spectra
from fem_sf.output.timelines import draw_history

PROFILES, MAPS, HISTORY, SPECTRA = FILES = (
    "profiles.png",
    "maps.png",
    "history.png",
    "spectra.png",
)
"""What pictures are called: in one dimension, in two, over time, and over energy."""


def draw(dataset: xr.Dataset) -> dict[str, Figure]:
    """Draw the pictures of a result.

    Parameters
    ----------
    dataset
        As ``to_dataset`` makes it or ``load_dataset`` reads it.

    Returns
    -------
    dict
        Figures by file name, some of ``FILES``; none of the fields where there is nothing to see,
        as in normal metals next to nothing, and in three dimensions, which are ParaView's.
    """
    figures: dict[str, Figure | None] = {}
    if "y" not in dataset.coords:
        figures[PROFILES] = draw_profiles(dataset)
    elif "z" not in dataset.coords:
        figures[MAPS] = draw_maps(dataset)
    if "time" in dataset.dims:
        figures[HISTORY] = draw_history(dataset)
    if "energy" in dataset.dims:
        figures[SPECTRA] = draw_spectra(dataset)
    return {name: figure for name, figure in figures.items() if figure is not None}


def write_pictures(dataset: xr.Dataset, folder: Path) -> list[Path]:
    """Draw a result and write its pictures; where they are."""
    paths = []
    for name, figure in draw(dataset).items():
        paths.append(folder / name)
        with replacing(paths[-1]) as draft:
            FigureCanvasAgg(figure).print_figure(draft, dpi=style.DOTS_PER_INCH)
    return paths
