# SPDX-License-Identifier: MIT
from __future__ import annotations

import pytest

from fem_sf.case.spin import fields as spin
from fem_sf.case.units import DIFFUSIVITY, LENGTH, Kind, QuantityError, read_quantity
from fem_sf.case.usadel.fields import CONDUCTIVITY, ENERGY, RESISTANCE, TEMPERATURE


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("2 nm", LENGTH, 2e-9),
        ("2nm", LENGTH, 2e-9),
        (" -2.5e+1 µm ", LENGTH, -25e-6),
        (".5 Å", LENGTH, 5e-11),
        ("1.e-9 m", LENGTH, 1e-9),
        ("9.2 K", TEMPERATURE, 9.2),
        ("950 mK", TEMPERATURE, 0.95),
        ("150 K", ENERGY, 150 * 1.380649e-23),
        ("20 meV", ENERGY, 20e-3 * 1.602176634e-19),
        ("5 cm^2/s", DIFFUSIVITY, 5e-4),
        ("5 cm²/s", DIFFUSIVITY, 5e-4),
        ("5 cm**2 / s", DIFFUSIVITY, 5e-4),
        ("1e7 S/m", CONDUCTIVITY, 1e7),
        ("1e5 1/(ohm cm)", CONDUCTIVITY, 1e7),
        ("1e5/ohm/cm", CONDUCTIVITY, 1e7),
        ("1e-15 ohm m^2", RESISTANCE, 1e-15),
        ("1 mΩ µm²", RESISTANCE, 1e-15),
        ("1e7 S/m", spin.CONDUCTIVITY, 1e7),
        ("75 nohm m", spin.CONDUCTIVITY, 1 / 75e-9),
        ("7.5 µΩ cm", spin.CONDUCTIVITY, 1 / 75e-9),
        ("-2 fohm m^2", spin.CONDUCTANCE, -5e14),
        ("1 S/um^2", spin.CONDUCTANCE, 1e12),
        ("1 eV", spin.BARRIER_HEIGHT, 1.0),
        ("3 V", spin.BARRIER_HEIGHT, 3.0),
        ("1e7 /m", spin.WAVE_NUMBER, 1e7),
        ("0.01 /nm", spin.WAVE_NUMBER, 1e7),
        ("1e15 /s", spin.PRECESSION, 1e15),
        ("1 rad/fs", spin.PRECESSION, 1e15),
        ("1 GHz", spin.FREQUENCY, 1e9),
        ("10 MA/cm^2", spin.CURRENT, 1e11),
        ("30 pJ/m", spin.STIFFNESS, 3e-11),
        ("500 kJ/m^3", spin.ANISOTROPY, 5e5),
    ],
)
def test_values(text: str, kind: Kind, value: float) -> None:
    assert read_quantity(text, kind) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    "text",
    [
        *("", "nm", "2", "2 ", "2 K", "2 nm nm", "2,5 nm", "two nm", "2 nm)", "2 (nm", "nan nm"),
        *("1e400 nm", "2 nm^x", "2 ^", "2 3 nm", "2 __import__('os')", "2 $", "--2 nm", "2 %"),
    ],
)
def test_what_is_not_a_length(text: str) -> None:
    with pytest.raises(QuantityError, match="expected a length with its unit"):
        read_quantity(text, LENGTH)


@pytest.mark.parametrize(
    ("text", "kind", "reason"),
    [
        ("28 GHz", spin.PRECESSION, "that counts turns"),
        ("28 gigahertz", spin.PRECESSION, "that counts turns"),
        ("1 rad/ns", spin.FREQUENCY, "that is an angle per time"),
        ("0 ohm m", spin.CONDUCTIVITY, "that has no inverse"),
        ("0.0 ohm m^2", spin.CONDUCTANCE, "that has no inverse"),
        ("1 ohm", spin.CONDUCTANCE, "a unit of something else"),
        ("1 eV", spin.VOLTAGE, "a unit of something else"),
    ],
)
def test_units_that_would_be_misunderstood(text: str, kind: Kind, reason: str) -> None:
    with pytest.raises(QuantityError, match=reason):
        read_quantity(text, kind)
