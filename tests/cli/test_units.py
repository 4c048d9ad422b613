# SPDX-License-Identifier: MIT
from __future__ import annotations

import pytest

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
