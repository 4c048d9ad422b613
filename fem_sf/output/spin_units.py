# SPDX-License-Identifier: MIT
"""Columns of spin-transport results and their units, reduced and SI."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING

from fem_sf.output import style
from fem_sf.output.quantities import Quantity
from fem_sf.spin.settings import SpinScales
from fem_sf.study.results import ACROSS_COLUMNS, DIRECTION_COLUMNS, SPIN_COLUMNS

if TYPE_CHECKING:
    import xarray as xr

_ACCUMULATION, _SPIN_CURRENT = SPIN_COLUMNS[2:5], SPIN_COLUMNS[6:9]


@dataclass(frozen=True)
class Unit:
    """A unit that the units of the case make, and the SI unit that it is told in.

    Parameters
    ----------
    words, formula
        The first, in words and in mathtext.
    si
        The second, in words.
    ending
        The same as a part of a name.
    scale
        The first in basic SI units, from the SI values of the case's units.
    size
        The second in basic SI units.
    """

    words: str
    formula: str
    si: str
    ending: str
    scale: Callable[[SpinScales], float]
    size: float = 1.0

    def factor(self, scales: SpinScales) -> float:
        """Number in the SI unit over number in the reduced one."""
        return self.scale(scales) / self.size

    def label(self, symbol: str, scales: SpinScales | None) -> str:
        """Label of an axis."""
        return f"{symbol} ({self.si})" if scales else f"{symbol} $({self.formula})$"

    def tell(self, value: float, scales: SpinScales | None) -> str:
        """A number with its unit."""
        if scales:
            return f"${style.formula(value * self.factor(scales))}$ {self.si}"
        return rf"${style.formula(value)}\,{self.formula}$"


LENGTH = Unit("L0", "L_0", "nm", "nm", attrgetter("length"), 1e-9)
TIME = Unit("t0", "t_0", "ps", "ps", attrgetter("time"), 1e-12)
VOLTAGE = Unit("V0", "V_0", "mV", "mV", attrgetter("voltage"), 1e-3)
DENSITY = Unit(
    "σ0 V0 t0/L0²", r"\sigma_0V_0t_0/L_0^2", "C/m³", "C_per_m3", attrgetter("charge_density")
)
CURRENT_DENSITY = Unit(
    "σ0 V0/L0", r"\sigma_0V_0/L_0", "A/m²", "A_per_m2", attrgetter("current_density")
)
WAVE_NUMBER = Unit("1/L0", "L_0^{-1}", "/nm", "per_nm", lambda scales: 1 / scales.length, 1e9)

UNITS: dict[str, Unit] = {
    "x": LENGTH,
    "y": LENGTH,
    "V": VOLTAGE,
    "dn": DENSITY,
    **dict.fromkeys(_ACCUMULATION, DENSITY),
    "J": CURRENT_DENSITY,
    **dict.fromkeys(_SPIN_CURRENT, CURRENT_DENSITY),
    **dict.fromkeys(ACROSS_COLUMNS, CURRENT_DENSITY),
    "time": TIME,
    "snapshot_time": TIME,
    "total_current": CURRENT_DENSITY,
    "J_right": CURRENT_DENSITY,
    **{f"JM_{side}_{axis}": CURRENT_DENSITY for side in ("left", "right") for axis in "xyz"},
    "V_left": VOLTAGE,
    "V_right": VOLTAGE,
}
"""By column, of those whose unit does not depend on the dimension."""

_WORDS: dict[str, str] = {
    "x": "position along the stack",
    "y": "position across the stack",
    "V": "potential V, screening included",
    "dn": "charge density e δn",
    **{name: f"spin accumulation e δM, component along {name[-1]}" for name in _ACCUMULATION},
    "J": "charge current density along the stack",
    **{
        name: f"spin current density along the stack, spin along {name[-1]}"
        for name in _SPIN_CURRENT
    },
    "J_across": "charge current density across the stack",
    **{
        name: f"spin current density across the stack, spin along {name[-1]}"
        for name in ACROSS_COLUMNS[1:]
    },
    **{
        name: f"direction of the magnetization, component along {name[-1]}"
        for name in DIRECTION_COLUMNS
    },
    "time": "time",
    "snapshot_time": "times at which profiles were kept",
    "drive": "factor of the drive",
    "energy": "free energy of the accumulations and of the electric field",
    "total_current": "current density with the displacement current",
    "J_right": "charge current density on the right of the interface",
    **{
        f"JM_{side}_{axis}": f"spin current density {side} of the interface, spin along {axis}"
        for side in ("left", "right")
        for axis in "xyz"
    },
    "V_left": "potential on the left of the interface",
    "V_right": "potential on the right of the interface",
}

_SCALES = {
    "length": "length_in_m",
    "time": "time_in_s",
    "conductivity": "conductivity_in_S_per_m",
    "voltage": "voltage_in_V",
}
"""Attributes of the dataset by the field of `SpinScales`."""


def scale_attributes(scales: SpinScales) -> dict[str, float]:
    """SI values of the four units as attributes of a dataset."""
    return {name: getattr(scales, field) for field, name in _SCALES.items()}


def scales_of(dataset: xr.Dataset) -> SpinScales | None:
    """SI values of the units of a dataset, where they are known."""
    if any(name not in dataset.attrs for name in _SCALES.values()):
        return None
    return SpinScales(**{field: float(dataset.attrs[name]) for field, name in _SCALES.items()})


def quantities() -> dict[str, Quantity]:
    """Coordinates, observables, values of a run in time, and its profiles by ``…_at_time``."""
    units = {name: unit.words for name, unit in UNITS.items()}
    units["energy"] = "σ0 V0² t0 L0^(dimension − 2)"
    described = {name: Quantity(words, units.get(name, "1")) for name, words in _WORDS.items()}
    for name in (*SPIN_COLUMNS, *ACROSS_COLUMNS, *DIRECTION_COLUMNS):
        words = f"{described[name].long_name}, at the times snapshot_time"
        described[f"{name}_at_time"] = Quantity(words, described[name].unit)
    return described
