# SPDX-License-Identifier: MIT
"""Chooses the main numbers of a sweep, each as an array over its axes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from fem_sf.output.sweep.numbers import COMPONENTS

_NEGLIGIBLE = 1e-6
"""Part of the largest component of a vector below which another one says nothing."""


@dataclass(frozen=True)
class Headline:
    """One number of every point.

    Parameters
    ----------
    variable
        Its name in the dataset.
    heading
        Over a column of a table, in words.
    label
        Of an axis, in mathtext, with its unit.
    component
        Of a vector; empty for a number.
    """

    variable: str
    heading: str
    label: str
    component: str = ""

    def values(self, dataset: xr.Dataset) -> xr.DataArray:
        """The number over the axes of the sweep."""
        array = dataset[self.variable]
        return array.sel(component=self.component, drop=True) if self.component else array


def numbers(dataset: xr.Dataset, choices: Sequence[Headline]) -> list[Headline]:
    """Those that some point has."""
    return [
        each
        for each in choices
        if each.variable in dataset and bool(np.isfinite(dataset[each.variable]).any())
    ]


def components(
    dataset: xr.Dataset, variable: str, heading: str, symbol: str, unit: str
) -> Iterator[Headline]:
    """Components of a vector that are not negligible.

    Parameters
    ----------
    dataset
        All points.
    variable
        The vector.
    heading, symbol
        In words and in mathtext, with ``%s`` for the component.
    unit
        Behind the symbol, in mathtext.
    """
    if variable not in dataset:
        return
    vectors = np.abs(dataset[variable].transpose("component", ...).values)
    sizes = np.nanmax(vectors.reshape(len(COMPONENTS), -1), axis=1)
    for component, size in zip(COMPONENTS, sizes, strict=True):
        if size > _NEGLIGIBLE * max(sizes):
            yield Headline(
                variable, heading % component, f"${symbol % component}$ {unit}", component
            )
