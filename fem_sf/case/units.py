# SPDX-License-Identifier: MIT
"""Quantities with units, ``"2 nm"`` or ``"150 K"``, turned into the reduced numbers used inside.

Energies and temperatures are divided by k_B Tc and Tc, lengths by ξ0 = √(ħ D_S / 2 k_B Tc), all of
the bulk superconductor that the ``[units]`` table describes.
"""

from __future__ import annotations

import functools
import math
import re
from dataclasses import dataclass
from typing import Any

from fem_sf.settings import PhysicalScales
from fem_sf.words import did_you_mean, spell

_QUANTITY = re.compile(r"\s*(?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(?P<unit>.*)")
_USUAL_UNITS = (
    *("m", "mm", "um", "µm", "nm", "cm", "Å", "m^2", "cm^2", "nm^2", "um^2", "meter", "nanometer"),
    *("K", "mK", "kelvin", "eV", "meV", "µeV", "ueV", "J", "joule", "s", "second"),
    *("ohm", "Ω", "S", "siemens"),
)


@dataclass(frozen=True)
class Kind:
    """A kind of quantity that a case may give with a unit.

    Parameters
    ----------
    name
        What messages call it.
    unit
        The SI unit it is converted to.
    example
        A value as one would write it.
    """

    name: str
    unit: str
    example: str


LENGTH = Kind("a length", "m", "2 nm")
TEMPERATURE = Kind("a temperature", "K", "9.2 K")
ENERGY = Kind("an energy or a temperature", "J", "20 meV")
THERMAL_ENERGY = Kind("a temperature or an energy", "J", "2 K")
DIFFUSIVITY = Kind("a diffusivity", "m^2/s", "5 cm^2/s")
CONDUCTIVITY = Kind("a conductivity", "S/m", "1e7 S/m")
RESISTANCE = Kind("a resistance times an area", "ohm m^2", "1e-15 ohm m^2")


class QuantityError(ValueError):
    """A text is not a quantity of the kind asked for; the message says why."""


@dataclass(frozen=True)
class Physical:
    """A value in SI units that only the whole case can reduce.

    Parameters
    ----------
    value
        In the SI unit of its kind.
    """

    value: float


def looks_like_quantity(text: str) -> bool:
    """Whether a text begins with a number and goes on with something like a unit."""
    match = _QUANTITY.fullmatch(text)
    return match is not None and bool(match["unit"])


def read_quantity(text: str, kind: Kind) -> float:
    """Value of a text such as ``"2 nm"`` in the SI unit of its kind.

    Raises
    ------
    QuantityError
        If the text is no number with a unit, or its unit is unknown or of another kind.
    """
    match = _QUANTITY.fullmatch(text)
    if match is None or not match["unit"]:
        raise _unexpected(text, kind)
    unit = match["unit"]
    quantity = _registry().Quantity(float(match["number"]), _read_unit(text, unit, kind))
    if kind.unit == ENERGY.unit and quantity.check("[temperature]"):
        from scipy.constants import Boltzmann

        value = quantity.to("K").magnitude * Boltzmann
    elif quantity.is_compatible_with(kind.unit):
        value = quantity.to(kind.unit).magnitude
    else:
        raise _unexpected(text, kind, f'; "{unit}" is a unit of something else')
    if not math.isfinite(value):
        raise _unexpected(text, kind, "; that is too large")
    return float(value)


def reduce_quantity(value: float, kind: Kind, scales: PhysicalScales) -> float:
    """Divide an SI value by the reduced unit of its kind: ξ0, k_B Tc or D_S."""
    reduced_units = {
        LENGTH.unit: scales.length,
        ENERGY.unit: scales.energy,
        DIFFUSIVITY.unit: scales.diffusivity,
    }
    return value / reduced_units[kind.unit]


def _unexpected(text: str, kind: Kind, reason: str = "") -> QuantityError:
    return QuantityError(
        f'expected {kind.name} with its unit, as in "{kind.example}", got {spell(text)}{reason}'
    )


@functools.cache
def _registry() -> Any:
    # pint takes longer to import than everything else in checking a case
    import pint

    return pint.UnitRegistry()


def _read_unit(text: str, unit: str, kind: Kind) -> Any:
    import pint

    try:
        return _registry().parse_units(f"1{unit}" if unit.startswith("/") else unit)
    except pint.UndefinedUnitError as error:
        name = str(error.unit_names[0])
        hint = did_you_mean(name, _USUAL_UNITS)
        raise _unexpected(text, kind, f'; unknown unit "{name}"{hint}') from None
    except Exception:  # pint lets through whatever its tokenizer raises
        raise _unexpected(text, kind, f'; "{unit}" cannot be read as a unit') from None
