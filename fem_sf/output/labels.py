# SPDX-License-Identifier: MIT
"""Turns columns into labelled arrays with names and units, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from fem_sf.output.quantities import Quantity, SIColumn

Columns = Mapping[str, NDArray[np.float64]]


@dataclass(frozen=True)
class Labels:
    """What is known about the columns of a result.

    Parameters
    ----------
    quantities
        By column.
    si_columns
        Columns in SI units.
    scales
        SI values of the reduced units; ``None`` leaves those columns out.
    """

    quantities: Mapping[str, Quantity]
    si_columns: Sequence[SIColumn]
    scales: Any

    def variables(
        self, columns: Columns, dimensions: Sequence[str], prefix: str = ""
    ) -> dict[str, Any]:
        """Columns of the same dimensions, those in SI units behind them, as xarray takes them."""
        described = {
            name: (values, self.quantities.get(name, Quantity(name, "")))
            for name, values in columns.items()
        }
        for si in self.si_columns if self.scales else ():
            factor = si.factor(self.scales)
            if si.source in columns and factor is not None:
                values, quantity = described[si.source]
                described[si.name] = (factor * values, si.of(quantity))
        return {
            prefix + name: (tuple(dimensions), values, quantity.attributes)
            for name, (values, quantity) in described.items()
        }

    def axis(self, name: str, values: Iterable[float]) -> dict[str, Any]:
        """The coordinate of a dimension."""
        return self.variables({name: np.array(list(values), dtype=float)}, (name,))

    def stacked(
        self, owners: Iterable[Columns], ending: str, dimensions: Sequence[str], prefix: str = ""
    ) -> dict[str, Any]:
        """Columns of several owners joined along the second of two dimensions, without SI units.

        Parameters
        ----------
        owners
            Columns of shape (k, n) for every layer, in the order of the second dimension.
        ending
            What is put behind the names of the columns.
        dimensions
            The two.
        prefix
            What is put before the names.
        """
        parts = list(owners)
        return {
            prefix + name + ending: (
                tuple(dimensions),
                np.concatenate([each[name] for each in parts], axis=1),
                self.quantities[name + ending].attributes,
            )
            for name in parts[0]
        }


def owners_of(dataset: xr.Dataset, label: str) -> dict[str, NDArray[np.int64]]:
    """Where the nodes or probes of each layer are along their dimension."""
    owners = dataset[label].values
    return {str(name): np.flatnonzero(owners == name) for name in dict.fromkeys(owners)}


def unstacked(
    dataset: xr.Dataset,
    columns: Iterable[str],
    ending: str,
    places: NDArray[np.int64],
    prefix: str = "",
) -> dict[str, NDArray[np.float64]]:
    """What `Labels.stacked` made of the columns of one owner."""
    return {
        name: dataset[prefix + name + ending].values[:, places]
        for name in columns
        if prefix + name + ending in dataset
    }
