# SPDX-License-Identifier: MIT
"""Writes all files of a sweep into its folder."""

from __future__ import annotations

from pathlib import Path

import xarray as xr

from fem_sf.output.sweep.dataset import to_dataset, write_dataset
from fem_sf.output.sweep.picture import write_picture
from fem_sf.output.sweep.table import write_table
from fem_sf.study.sweep.points import Points, content
from fem_sf.sweeps import Sweep


def write_sweep(sweep: Sweep, folder: Path | str) -> xr.Dataset:
    """Write ``sweep.nc``, ``sweep.csv`` and ``sweep.png`` from the points that are in a folder.

    Parameters
    ----------
    sweep
        The cases.
    folder
        Where ``run_sweep`` solved them.

    Returns
    -------
    xarray.Dataset
        What ``sweep.nc`` holds.
    """
    target = Path(folder)
    dataset = read_points(sweep, target)
    write_dataset(dataset, target)
    write_table(dataset, target)
    write_picture(dataset, target)
    return dataset


def read_points(sweep: Sweep, folder: Path) -> xr.Dataset:
    """What ``sweep.nc`` is to hold, from the points that are in a folder."""
    points = Points(folder)
    return to_dataset(sweep, [points.read(content(case)) for case in sweep.cases])
