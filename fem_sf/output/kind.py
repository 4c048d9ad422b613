# SPDX-License-Identifier: MIT
"""Interface of what differs between results of the two physics."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from fem_sf.output.panels import CloseUp, Map, Panel, Positions, TimePanel
from fem_sf.output.quantities import Quantity, SIColumn
from fem_sf.output.sweep.headlines import Headline
from fem_sf.study.results import LayerFields

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True)
class Row:
    """One number of the table on the terminal.

    Parameters
    ----------
    owner
        The layer or interface that it belongs to, or the whole stack.
    quantity, unit
        What it is, and what it is measured in.
    value
        A number, real or complex, or a vector.
    error
        Its estimate, where there is one.
    factor, si_unit
        Its value in SI units over ``value``, where the units of the case say it.
    """

    owner: str
    quantity: str
    unit: str
    value: complex | Sequence[float]
    error: float | None = None
    factor: float | None = None
    si_unit: str = ""


class Kind(ABC):
    """One kind of result: its columns, its table, what is drawn of it.

    Cases and their SI scales are those of this kind; datasets are made by `dataset.to_dataset`.
    """

    name: ClassVar[str]
    """``kind`` of the cases."""

    columns: ClassVar[tuple[str, ...]]
    """All observables that a result may have at nodes, in the order of the tables."""

    si_columns: ClassVar[tuple[SIColumn, ...]]
    """Columns in SI units of whatever else has a name in the dataset, in the order of the tables.

    They are there where the units of the case are known.
    """

    owners: ClassVar[str]
    """What heads the first column of the table on the terminal."""

    @abstractmethod
    def quantities(self, case: Any) -> dict[str, Quantity]:
        """Describe coordinates, ``columns`` and what else has a name in the dataset."""

    @abstractmethod
    def attributes(self, case: Any) -> dict[str, str | float]:
        """Conditions of the case as attributes of the dataset."""

    @abstractmethod
    def facts(self, summary: Mapping[str, Any]) -> Iterator[str]:
        """Conditions of the case behind the title of the table on the terminal."""

    @abstractmethod
    def rows(
        self, summary: Mapping[str, Any], scales: Any = None, dimension: int = 1
    ) -> Iterator[Row]:
        """Rows of the table on the terminal."""

    def notes(self, summary: Mapping[str, Any]) -> Iterator[str]:
        """What is said below that table, a line each; cautions follow by themselves."""
        yield from ()

    @abstractmethod
    def conditions(self, dataset: xr.Dataset) -> str:
        """What is said below the title of a picture."""

    @abstractmethod
    def footnote(self, dataset: xr.Dataset) -> list[str]:
        """What is said below a picture, in parts that are not broken."""

    @abstractmethod
    def positions(self, dataset: xr.Dataset) -> Positions:
        """Labels of positions, in the unit that layers are drawn in."""

    @abstractmethod
    def drawn_layers(
        self, dataset: xr.Dataset, layers: Mapping[str, LayerFields]
    ) -> dict[str, LayerFields]:
        """Layers in the units that they are drawn in."""

    @abstractmethod
    def panels(self, dataset: xr.Dataset, layers: Mapping[str, LayerFields]) -> list[Panel]:
        """What is drawn of a one-dimensional result; nothing where there is nothing to see."""

    def close_ups(self, dataset: xr.Dataset, layers: Mapping[str, LayerFields]) -> list[CloseUp]:
        """What is drawn of the surroundings of interfaces in one dimension, from left to right."""
        return []

    @abstractmethod
    def maps(self, dataset: xr.Dataset, layers: Mapping[str, LayerFields]) -> list[Map]:
        """What is drawn of a two-dimensional result; nothing where there is nothing to see."""

    @abstractmethod
    def summary_quantity(self, name: str, case: Any) -> Quantity:
        """Describe a number of the summary by its dotted path; an unknown unit is empty."""

    @abstractmethod
    def headlines(self, dataset: xr.Dataset) -> list[Headline]:
        """What is looked for first in a sweep, the most important first."""

    def time_panels(self, dataset: xr.Dataset) -> tuple[str, NDArray[np.float64], list[TimePanel]]:
        """Label of time, the times, and what is drawn over them, of a run in time."""
        raise NotImplementedError(f"{self.name} results have no run in time")
