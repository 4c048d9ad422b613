# SPDX-License-Identifier: MIT
"""Types of values that only Usadel cases hold.

Energies and temperatures are divided by k_B Tc and Tc, lengths by ξ0 = √(ħ D_S / 2 k_B Tc), all of
the bulk superconductor that the ``[units]`` table describes.
"""

from __future__ import annotations

import re
from operator import attrgetter
from typing import Annotated, Any

from pydantic import PlainValidator, ValidationInfo

from fem_sf.case.fields import (
    Context,
    context_of,
    need_scales,
    number_or_refuse,
    one_of,
    read_positive_si,
    read_range,
    read_reduced,
    reduced,
    refuse,
    scale,
)
from fem_sf.case.units import DIFFUSIVITY, Kind, Physical
from fem_sf.formulas import Formula, FormulaError
from fem_sf.limits import MOST_ENERGIES
from fem_sf.materials import MATERIALS, Texture
from fem_sf.settings import GAPS
from fem_sf.words import did_you_mean, spell


def _thermal_energy(kelvin: float) -> float:
    from scipy.constants import Boltzmann

    return kelvin * Boltzmann


def _energy(name: str, example: str) -> Kind:
    return Kind(name, "J", example, attrgetter("energy"), also={"K": _thermal_energy})


TEMPERATURE = Kind("a temperature", "K", "9.2 K")
ENERGY = _energy("an energy or a temperature", "20 meV")
THERMAL_ENERGY = _energy("a temperature or an energy", "2 K")
CONDUCTIVITY = Kind("a conductivity", "S/m", "1e7 S/m")
RESISTANCE = Kind("a resistance times an area", "ohm m^2", "1e-15 ohm m^2")


def _read_resistance(value: Any, info: ValidationInfo) -> Physical:
    if isinstance(value, str):
        need_scales(value, context_of(info))
    return Physical(read_positive_si(value, RESISTANCE))


def _read_conductivity(value: Any, info: ValidationInfo) -> float | Physical:
    if isinstance(value, str):
        need_scales(value, context_of(info))
        return Physical(read_positive_si(value, CONDUCTIVITY))
    expected = "σ/σ_S, a number > 0"
    number = number_or_refuse(value, expected)
    if number <= 0:
        raise refuse(f"expected {expected}, got {spell(value)}")
    return number


def _read_gap(value: Any, info: ValidationInfo) -> str | float:
    if value in GAPS:
        return str(value)
    expected = f"{', '.join(spell(word) for word in GAPS)} or Δ/Tc, a number ≥ 0"
    if isinstance(value, str) and not any(letter.isdigit() for letter in value):
        hint = did_you_mean(value, GAPS)
        raise refuse(f"unknown gap {spell(value)}{hint or f'; expected {expected}'}")
    gap = number_or_refuse(read_reduced(value, ENERGY, context_of(info)), expected)
    if gap < 0:
        raise refuse(f"expected {expected}, got {spell(value)}")
    return gap


_LONGEST_FORMULA = 1000
_FORMULA = re.compile(r"[*()]|\b[xyz]\b|^\s*[^\s\d.+-]")
"""What is in formulas and not in quantities."""


def _read_exchange(value: Any, info: ValidationInfo) -> float | tuple[float, ...] | Texture:
    """J as a number, as a vector, or as formulas of the position."""
    expected = "J in Tc, a number, a vector [Jx, Jy, Jz] or formulas of x in quotes"
    components = value if isinstance(value, list) else [value]
    if isinstance(value, list) and len(components) != 3:
        raise refuse(f"expected {expected}, got a list of {len(components)}")
    if any(isinstance(each, str) and _FORMULA.search(each) for each in components):
        from fem_sf.textures import FormulaTexture

        return FormulaTexture(tuple(_read_formula(each, expected, info) for each in components))
    numbers = tuple(_read_exchange_number(each, expected, info) for each in components)
    return numbers if isinstance(value, list) else numbers[0]


def _read_exchange_number(value: Any, expected: str, info: ValidationInfo) -> float:
    return number_or_refuse(read_reduced(value, ENERGY, context_of(info)), expected)


def _read_formula(value: Any, expected: str, info: ValidationInfo) -> Formula:
    if not (isinstance(value, str) and _FORMULA.search(value)):
        return Formula(repr(_read_exchange_number(value, expected, info)))
    if len(value) > _LONGEST_FORMULA:
        raise refuse(f"a formula has at most {_LONGEST_FORMULA} characters, got {len(value)}")
    try:
        return Formula(value)
    except FormulaError as error:
        raise refuse(str(error)) from None


def _read_frequency(value: Any, info: ValidationInfo) -> float:
    expected = "ω/Tc, a number > 0"
    omega = number_or_refuse(read_reduced(value, ENERGY, context_of(info)), expected)
    if omega <= 0:
        raise refuse(f"expected {expected}, got {spell(value)}")
    return omega


def _read_energies(value: Any, info: ValidationInfo) -> tuple[float, ...]:
    """A list of energies, or a range of them with both ends."""
    context = context_of(info)
    if isinstance(value, dict):
        return read_range(value, lambda end: _read_energy(end, context), "energies", MOST_ENERGIES)
    expected = "energies E/Tc as in [0.0, 0.5], or { start = -3.0, stop = 3.0, count = 301 }"
    if not isinstance(value, list) or not value:
        raise refuse(f"expected {expected}, got {spell(value)}")
    if len(value) > MOST_ENERGIES:
        raise refuse(f"expected at most {MOST_ENERGIES} energies, got {len(value)}")
    return tuple(_read_energy(energy, context) for energy in value)


def _read_energy(value: Any, context: Context) -> float:
    return number_or_refuse(read_reduced(value, ENERGY, context), "E/Tc, a number")


Temperature = Annotated[float, reduced(THERMAL_ENERGY)]
Conductivity = Annotated[float | Physical, PlainValidator(_read_conductivity)]
Resistance = Annotated[Physical, PlainValidator(_read_resistance)]
TemperatureScale = Annotated[float, scale(TEMPERATURE)]
DiffusivityScale = Annotated[float, scale(DIFFUSIVITY)]
ConductivityScale = Annotated[float, scale(CONDUCTIVITY)]
Gap = Annotated[str | float, PlainValidator(_read_gap)]
Exchange = Annotated[float | tuple[float, ...] | Texture, PlainValidator(_read_exchange)]
Frequency = Annotated[float, PlainValidator(_read_frequency)]
Energies = Annotated[tuple[float, ...], PlainValidator(_read_energies)]
Broadening = Annotated[float, reduced(ENERGY)]
MaterialWord = Annotated[str, one_of("material", MATERIALS)]
