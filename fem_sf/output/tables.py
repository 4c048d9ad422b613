# SPDX-License-Identifier: MIT
"""Writes tables: a row for each node, probe, frequency, time step or energy."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import xarray as xr

from fem_sf.files import replacing
from fem_sf.output.dataset import AT_OMEGA
from fem_sf.output.history import time_columns
from fem_sf.output.kinds import KINDS
from fem_sf.output.spectra import spectra_table
from fem_sf.study.results import AMPLITUDE_COLUMNS, IMAGINARY_COLUMNS

AMPLITUDES, HISTORY, SPECTRA = "amplitudes.csv", "history.csv", "spectra.csv"
"""The tables at chosen frequencies, of a run in time and of densities of states, where such are."""


def profiles_table(dataset: xr.Dataset) -> dict[str, np.ndarray]:
    """Columns ``layer, x[, y]`` and observables at all nodes; both sides of an interface appear."""
    return {name: dataset[name].values for name in _columns(dataset)}


def probes_table(dataset: xr.Dataset) -> dict[str, np.ndarray]:
    """Columns as in the profiles at the asked positions; empty where none were asked for."""
    columns = _columns(dataset)
    if "probe" not in dataset.dims:
        return {name: np.empty(0) for name in columns}
    return {name: dataset[f"probe_{name}"].values for name in columns}


def amplitudes_table(dataset: xr.Dataset) -> dict[str, np.ndarray]:
    """Columns ``layer, x[, y], omega, singlet, …``: all nodes at the first ω, at the second, …."""
    observables = [column + AT_OMEGA for column in (*AMPLITUDE_COLUMNS, *IMAGINARY_COLUMNS)]
    names = ("layer", "x", "y", "omega", *observables, "x_nm", "y_nm", "omega_meV")
    grid = dataset[observables[0]]
    present = {name: dataset[name] for name in names if name in dataset}
    return {
        name.removesuffix(AT_OMEGA): each.broadcast_like(grid).transpose(*grid.dims).values.ravel()
        for name, each in present.items()
    }


def history_table(dataset: xr.Dataset) -> dict[str, np.ndarray]:
    """Columns ``time, drive, …, left|right.J, …`` at all time steps, then those in SI units."""
    repeated = {si.name for si in KINDS[dataset.attrs["kind"]].si_columns}
    columns = time_columns(dataset)
    in_si = [name for name in columns if name.rpartition(".")[2] in repeated]
    reduced = [name for name in columns if name not in ("time", *in_si)]
    return {name: columns[name] for name in ("time", *reduced, *in_si)}


def _columns(dataset: xr.Dataset) -> list[str]:
    """Names along ``node``: coordinates first, then observables, then those in SI units."""
    kind = KINDS[dataset.attrs["kind"]]
    names = ("layer", *"xyz", *kind.columns, *(si.name for si in kind.si_columns))
    return [name for name in names if name in dataset and dataset[name].dims == ("node",)]


def write_tables(dataset: xr.Dataset, folder: Path) -> None:
    """Write the tables; numbers with all their digits. What a result lacks leaves no file."""
    tables = {"profiles.csv": profiles_table(dataset), "probes.csv": probes_table(dataset)}
    for name, dimension, table_of in (
        (AMPLITUDES, "omega", amplitudes_table),
        (HISTORY, "time", history_table),
        (SPECTRA, "energy", spectra_table),
    ):
        if dimension in dataset.dims:
            tables[name] = table_of(dataset)
        else:
            (folder / name).unlink(missing_ok=True)
    for name, table in tables.items():
        with (
            replacing(folder / name) as draft,
            draft.open("w", encoding="utf-8", newline="") as file,
        ):
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(table)
            writer.writerows(zip(*(column.tolist() for column in table.values()), strict=True))
