# SPDX-License-Identifier: MIT
"""Pictures of a result: the one a person wants first."""

from __future__ import annotations

from pathlib import Path

import xarray as xr
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from fem_sf.output.files import replacing
from fem_sf.output.maps import draw_maps
from fem_sf.output.profiles import draw_profiles
from fem_sf.output.style import materials

DOTS_PER_INCH = 160

FILES = ("profiles.png", "maps.png")
"""What pictures are called, in one dimension and in two."""


def draw(dataset: xr.Dataset) -> dict[str, Figure]:
    """Draw the pictures of a result.

    Parameters
    ----------
    dataset
        As ``to_dataset`` makes it or ``load_dataset`` reads it.

    Returns
    -------
    dict
        Figures by file name, one of ``FILES``; none for normal metals alone, where there is
        nothing to see, and in three dimensions, which are ParaView's.
    """
    nothing_to_see = set(materials(dataset).values()) <= {"normal"}
    if nothing_to_see or "z" in dataset.coords:
        return {}
    line, plane = FILES
    if "y" in dataset.coords:
        return {plane: draw_maps(dataset)}
    return {line: draw_profiles(dataset)}


def write_pictures(dataset: xr.Dataset, folder: Path) -> list[Path]:
    """Draw a result and write its pictures; where they are."""
    paths = []
    for name, figure in draw(dataset).items():
        paths.append(folder / name)
        with replacing(paths[-1]) as draft:
            FigureCanvasAgg(figure).print_figure(draft, dpi=DOTS_PER_INCH)
    return paths
