# SPDX-License-Identifier: MIT
"""Prints the main numbers of a sweep as a table."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import xarray as xr

from fem_sf.output.console import new_console
from fem_sf.output.kinds import KINDS
from fem_sf.output.sweep.numbers import COMPONENTS
from fem_sf.output.sweep.table import sweep_table

_MOST_ROWS, _MOST_NUMBERS = 24, 6


def print_sweep(dataset: xr.Dataset) -> None:
    """Print swept values and the numbers that a person looks for first.

    Of many points only the first and the last are printed.
    """
    from rich.markup import escape
    from rich.table import Table
    from rich.text import Text

    columns = _columns(dataset)
    count = dataset["converged"].size
    table = Table(title=escape(dataset.attrs["title"]), title_justify="left", title_style="bold")
    for name in columns:
        table.add_column(escape(name), justify="right")
    shown = list(range(count))
    if count > _MOST_ROWS:
        half = _MOST_ROWS // 2
        shown = [*shown[:half], *shown[-half:]]
    for place, row in enumerate(shown):
        if place and row != shown[place - 1] + 1:
            table.add_row(*(Text("…") for _ in columns))
        table.add_row(*(Text(_spell(values[row])) for values in columns.values()))
    new_console().print(table)


def _columns(dataset: xr.Dataset) -> dict[str, np.ndarray]:
    """Swept values as they are written, then numbers."""
    everything = sweep_table(dataset)
    columns = {}
    for axis in dataset.attrs["axes"]:
        unit = dataset[axis].attrs.get("units", "1")
        written = f"{axis}_written"
        if written in everything:
            columns[axis] = everything[written]
            continue
        columns[axis if unit == "1" else f"{axis} ({unit})"] = everything[axis]
        if f"{axis}_x" in everything:
            vectors = zip(*(everything[f"{axis}_{each}"] for each in COMPONENTS), strict=True)
            columns[axis] = np.array([_spell_vector(each) for each in vectors])
    for headline in KINDS[dataset.attrs["kind"]].headlines(dataset)[:_MOST_NUMBERS]:
        unit = dataset[headline.variable].attrs.get("units", "1")
        heading = headline.heading if unit == "1" else f"{headline.heading} ({unit})"
        columns[heading] = headline.values(dataset).values.ravel()
    return columns


def _spell_vector(vector: Iterable[float]) -> str:
    return f"[{', '.join(f'{each:.4g}' for each in vector)}]"


def _spell(value: float | str) -> str:
    if isinstance(value, str):
        return value
    return "–" if np.isnan(value) else f"{value:.6g}"
