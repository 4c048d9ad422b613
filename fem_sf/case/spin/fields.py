# SPDX-License-Identifier: MIT
"""Types of values that only spin-transport cases hold.

A length, a time, a conductivity and a voltage are the units, L0, t0, σ0 and V0; everything else is
divided by what follows from these.
"""

from __future__ import annotations

import math
from operator import attrgetter
from typing import Annotated, Any

from pydantic import PlainValidator, ValidationInfo

from fem_sf.case.fields import (
    context_of,
    number_or_refuse,
    one_of,
    read_reduced,
    reduced,
    refuse,
    scale,
)
from fem_sf.case.units import LENGTH, Kind
from fem_sf.spin.interfaces import BARRIER_MODELS
from fem_sf.spin.materials import MATERIALS, Vector
from fem_sf.spin.settings import INITIAL_STATES, METHODS, SCHEMES, WAVEFORMS
from fem_sf.words import did_you_mean, spell

MODES = ("steady", "transient")
SEMI_INFINITE = "semi-infinite"


def _inverse(value: float) -> float:
    return 1 / value


def _volts(energy: float) -> float:
    from scipy.constants import elementary_charge

    return energy / elementary_charge


_TURNS = "that counts turns, and w = γH is an angle per time: 2π times as many rad/s"
_RADIANS = "that is an angle per time, and f counts turns: 2π times less in Hz"

TIME = Kind("a time", "s", "1 ps", attrgetter("time"))
CONDUCTIVITY = Kind(
    "a conductivity or a resistivity",
    "S/m",
    "1e7 S/m",
    attrgetter("conductivity"),
    also={"ohm m": _inverse},
)
CONDUCTANCE = Kind(
    "a conductance per area or a resistance times an area",
    "S/m^2",
    "1e15 S/m^2",
    attrgetter("conductance"),
    also={"ohm m^2": _inverse},
)
PERMITTIVITY = Kind("a permittivity", "F/m", "8.85e-12 F/m", attrgetter("permittivity"))
CAPACITANCE = Kind("a capacitance per area", "F/m^2", "0.01 F/m^2", attrgetter("capacitance"))
PRECESSION = Kind(
    "a rate of precession",
    "1/s",
    "1e15 rad/s",
    attrgetter("rate"),
    ambiguous={"Hz": _TURNS, "hertz": _TURNS},
)
FREQUENCY = Kind("a frequency", "1/s", "1 GHz", attrgetter("rate"), ambiguous={"rad": _RADIANS})
VOLTAGE = Kind("a voltage", "V", "1 mV", attrgetter("voltage"))
BARRIER_HEIGHT = Kind(
    "an energy or a voltage", "V", "1 eV", attrgetter("voltage"), also={"J": _volts}
)
CURRENT = Kind("a current density", "A/m^2", "1e11 A/m^2", attrgetter("current_density"))
STIFFNESS = Kind("an energy per length", "J/m", "3e-11 J/m", attrgetter("stiffness"))
ANISOTROPY = Kind("an energy density", "J/m^3", "5e5 J/m^3", attrgetter("anisotropy"))
WAVE_NUMBER = Kind("a wave number", "1/m", "1e7 /m", lambda scales: 1 / scales.length)


def _read_thickness(value: Any, info: ValidationInfo) -> float:
    expected = f"a thickness in L0, a number > 0, or {spell(SEMI_INFINITE)}"
    if value == SEMI_INFINITE:
        return math.inf
    if isinstance(value, str) and not any(letter.isdigit() for letter in value):
        hint = did_you_mean(value, [SEMI_INFINITE]) or f"; expected {expected}"
        raise refuse(f"unknown thickness {spell(value)}{hint}")
    return number_or_refuse(read_reduced(value, LENGTH, context_of(info)), expected)


def _numbers(count: int, expected: str, kind: Kind | None = None) -> PlainValidator:
    """A list of numbers, or of texts with a unit."""

    def read(value: Any, info: ValidationInfo) -> tuple[float, ...]:
        if not isinstance(value, list) or len(value) != count:
            raise refuse(f"expected {expected}, got {spell(value)}")
        if kind is None:
            return tuple(number_or_refuse(each, expected) for each in value)
        context = context_of(info)
        return tuple(
            number_or_refuse(read_reduced(each, kind, context), expected) for each in value
        )

    return PlainValidator(read)


def _read_height(value: Any, info: ValidationInfo) -> float | tuple[float, float]:
    expected = (
        "the height U0 above the Fermi level in V0, a number > 0, or one for either spin, "
        "[up, down]"
    )
    context = context_of(info)
    if not isinstance(value, list):
        return number_or_refuse(read_reduced(value, BARRIER_HEIGHT, context), expected)
    if len(value) != 2:
        raise refuse(f"expected {expected}, got {spell(value)}")
    up, down = (
        number_or_refuse(read_reduced(each, BARRIER_HEIGHT, context), expected) for each in value
    )
    return up, down


def _read_time(value: Any, info: ValidationInfo) -> float:
    return number_or_refuse(
        read_reduced(value, TIME, context_of(info)), "a time in t0, a number ≥ 0"
    )


def _read_checkpoint(value: Any) -> float | None:
    if value is False:
        return None
    expected = "the seconds of computing between two checkpoints, a number > 0, or false for none"
    seconds = number_or_refuse(value, expected)
    if seconds <= 0:
        raise refuse(f"expected {expected}, got {spell(value)}")
    return seconds


Thickness = Annotated[float, PlainValidator(_read_thickness)]
Time = Annotated[float, reduced(TIME)]
TimeInList = Annotated[float, PlainValidator(_read_time)]
Checkpoint = Annotated[float | None, PlainValidator(_read_checkpoint)]
Conductivity = Annotated[float, reduced(CONDUCTIVITY)]
Permittivity = Annotated[float, reduced(PERMITTIVITY)]
Capacitance = Annotated[float, reduced(CAPACITANCE)]
Rate = Annotated[float, reduced(PRECESSION)]
Precession = Annotated[Vector, _numbers(3, "w = γH in 1/t0, a vector [wx, wy, wz]", PRECESSION)]
Direction = Annotated[Vector, _numbers(3, "a direction, three numbers [x, y, z]")]
Frequency = Annotated[float, reduced(FREQUENCY)]
Voltage = Annotated[float, reduced(VOLTAGE)]
BarrierEnergy = Annotated[float, reduced(BARRIER_HEIGHT)]
BarrierHeight = Annotated[float | tuple[float, float], PlainValidator(_read_height)]
CurrentDensity = Annotated[float, reduced(CURRENT)]
Stiffness = Annotated[float, reduced(STIFFNESS)]
Anisotropy = Annotated[float, reduced(ANISOTROPY)]
WaveNumber = Annotated[float, reduced(WAVE_NUMBER)]
LengthScale = Annotated[float, scale(LENGTH)]
TimeScale = Annotated[float, scale(TIME)]
ConductivityScale = Annotated[float, scale(CONDUCTIVITY)]
VoltageScale = Annotated[float, scale(VOLTAGE)]
MaterialWord = Annotated[str, one_of("material", MATERIALS)]
BarrierModel = Annotated[str, one_of("model", BARRIER_MODELS)]
ModeWord = Annotated[str, one_of("mode", MODES)]
Method = Annotated[str, one_of("method", METHODS)]
Shape = Annotated[str, one_of("shape", WAVEFORMS)]
Scheme = Annotated[str, one_of("scheme", SCHEMES)]
InitialState = Annotated[str, one_of("initial state", INITIAL_STATES)]

_OF_UNIT = {
    "σ0/L0": CONDUCTANCE,
    "L0": LENGTH,
    "t0": TIME,
    "1/t0": PRECESSION,
    "V0": VOLTAGE,
    "σ0": CONDUCTIVITY,
    "σ0 t0/L0": CAPACITANCE,
}
_LISTS = {
    (2, "σ0/L0"): "two conductances [+, −] per area, in σ0/L0",
    (3, "1"): "a direction, three numbers [x, y, z]",
}


def numbers_in(count: int, unit: str, expected: str) -> Any:
    """What reads a number or a list of numbers that are measured in a unit.

    Parameters
    ----------
    count
        How many.
    unit
        In words, ``"1"`` for none.
    expected
        What messages say that was expected.
    """
    kind = None if unit == "1" else _OF_UNIT[unit]
    if count == 1:
        return float if kind is None else Annotated[float, reduced(kind)]
    words = _LISTS.get((count, unit), expected)
    return Annotated[tuple[float, ...], _numbers(count, words, kind)]
