# SPDX-License-Identifier: MIT
"""Writes ``sweep.csv``: a row for each point, swept values first."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import xarray as xr

from fem_sf.files import replacing
from fem_sf.output.sweep.numbers import COMPONENTS

FILE = "sweep.csv"
"""Its name in the folder of a sweep."""

_LAST = ("converged", "message")


def sweep_table(dataset: xr.Dataset) -> dict[str, np.ndarray]:
    """Columns of all points, the last axis going round fastest.

    Swept values come first, then numbers and texts in the order of the dataset, vectors by
    component as in ``layers.F.torque_x``, and ``converged`` and ``message`` last.
    """
    axes = tuple(dataset.attrs["axes"])
    grid = dataset["converged"]
    columns = {}
    for axis in axes:
        own = [name for name, each in dataset.coords.items() if each.dims == (axis,)]
        for name in (axis, *(str(each) for each in own if each != axis)):
            columns[name] = dataset[name].broadcast_like(grid).transpose(*axes).values.ravel()
    for name, array in dataset.data_vars.items():
        if array.dims == axes and name not in _LAST:
            columns[str(name)] = array.values.ravel()
        elif array.dims == (*axes, "component"):
            for component in COMPONENTS:
                column = array.sel(component=component).values.ravel()
                columns[f"{name}_{component}"] = column
    return columns | {name: dataset[name].values.ravel() for name in _LAST}


def write_table(dataset: xr.Dataset, folder: Path) -> None:
    """Write ``sweep.csv``; numbers with all their digits."""
    table = sweep_table(dataset)
    with replacing(folder / FILE) as draft, draft.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(table)
        writer.writerows(zip(*(column.tolist() for column in table.values()), strict=True))
