# SPDX-License-Identifier: MIT
"""Names, symbols and units of the columns of a result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Quantity:
    """One column of a result.

    Parameters
    ----------
    long_name
        What it is, in words.
    unit
        Its unit, in words; ``"1"`` for a pure number.
    """

    long_name: str
    unit: str

    @property
    def attributes(self) -> dict[str, str]:
        """The two as attributes of a labelled array."""
        return {"long_name": self.long_name, "units": self.unit}


@dataclass(frozen=True)
class SIColumn:
    """A column that repeats another one in an SI unit.

    Parameters
    ----------
    source
        The column in reduced units.
    unit
        Its SI unit, in words.
    ending
        What is put behind the name of the source: the unit as a part of a name.
    factor
        New number over old number, from the SI values of the reduced units; ``None`` where these
        do not say it, and the column is left out.
    """

    source: str
    unit: str
    ending: str
    factor: Callable[[Any], float | None]

    @property
    def name(self) -> str:
        """What the new column is called."""
        return f"{self.source}_{self.ending}"

    def of(self, source: Quantity) -> Quantity:
        """What the new column is and in which unit."""
        return Quantity(source.long_name, self.unit)
