# SPDX-License-Identifier: MIT
"""``profiles.csv``, ``probes.csv``, ``amplitudes.csv``: a row a node, probe, ω and node."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import xarray as xr

from fem_sf.output.dataset import AT_OMEGA
from fem_sf.output.files import replacing
from fem_sf.output.quantities import SI_COLUMNS, usadel_quantities
from fem_sf.study.results import AMPLITUDE_COLUMNS

AMPLITUDES = "amplitudes.csv"
"""The table at chosen frequencies, only there where some are."""


def profiles_table(dataset: xr.Dataset) -> dict[str, np.ndarray]:
    """Columns ``layer, x[, y], delta, …`` at all nodes; both sides of an interface appear."""
    return {name: dataset[name].values for name in _columns(dataset)}


def probes_table(dataset: xr.Dataset) -> dict[str, np.ndarray]:
    """Columns as in the profiles at the asked positions; empty where none were asked for."""
    columns = _columns(dataset)
    if "probe" not in dataset.dims:
        return {name: np.empty(0) for name in columns}
    return {name: dataset[f"probe_{name}"].values for name in columns}


def amplitudes_table(dataset: xr.Dataset) -> dict[str, np.ndarray]:
    """Columns ``layer, x[, y], omega, singlet, …``: all nodes at the first ω, at the second, …."""
    observables = [column + AT_OMEGA for column in AMPLITUDE_COLUMNS]
    names = ("layer", "x", "y", "omega", *observables, "x_nm", "y_nm", "omega_meV")
    grid = dataset[observables[0]]
    present = {name: dataset[name] for name in names if name in dataset}
    return {
        name.removesuffix(AT_OMEGA): each.broadcast_like(grid).transpose(*grid.dims).values.ravel()
        for name, each in present.items()
    }


def _columns(dataset: xr.Dataset) -> list[str]:
    """Names along ``node``: coordinates first, then observables, then those in SI units."""
    names = ("layer", *usadel_quantities(None), *SI_COLUMNS)
    return [name for name in names if name in dataset and dataset[name].dims == ("node",)]


def write_tables(dataset: xr.Dataset, folder: Path) -> None:
    """Write the tables; numbers with all their digits. No amplitudes leave no file of them."""
    tables = {"profiles.csv": profiles_table(dataset), "probes.csv": probes_table(dataset)}
    if "omega" in dataset.dims:
        tables[AMPLITUDES] = amplitudes_table(dataset)
    else:
        (folder / AMPLITUDES).unlink(missing_ok=True)
    for name, table in tables.items():
        with (
            replacing(folder / name) as draft,
            draft.open("w", encoding="utf-8", newline="") as file,
        ):
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(table)
            writer.writerows(zip(*(column.tolist() for column in table.values()), strict=True))
