# SPDX-License-Identifier: MIT
"""Cautions about quantities that are far from those of metals.

The ranges are wide: what is outside is hardly meant, most often because a unit or some zeros are
others than one thinks. Nothing is refused for it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fem_sf.errors import Problem
from fem_sf.interfaces import Resistive
from fem_sf.materials import Ferromagnet

if TYPE_CHECKING:
    from fem_sf.settings import UsadelCase
    from fem_sf.spin.settings import SpinCase

    Case = UsadelCase | SpinCase


@dataclass(frozen=True)
class Range:
    """Between what a quantity is in anything that is built.

    Parameters
    ----------
    quantity
        Last part of its key in a case.
    low, high
        In ``unit``.
    unit
        In which messages say values.
    why
        What is known of it, a sentence without its full stop.
    size
        The unit in SI, or in the reduced unit where the range is of reduced numbers.
    """

    quantity: str
    low: float
    high: float
    unit: str
    why: str
    size: float = 1.0


_ATOMS = "atoms are 0.2 nm to 0.3 nm apart, and films beyond a millimetre are no films"
_DIFFUSIVITY = "metals have 0.1 cm²/s to 1000 cm²/s, and 1 m²/s is 10⁴ cm²/s"
_CONDUCTIVITY = "metals have 1e5 S/m to 1e9 S/m at low temperature"

USADEL = (
    Range("thickness", 0.2, 1e6, "nm", _ATOMS, 1e-9),
    Range("diffusivity", 0.01, 1e4, "cm²/s", _DIFFUSIVITY, 1e-4),
    Range("conductivity", 1e4, 1e10, "S/m", _CONDUCTIVITY),
    Range(
        "exchange",
        0.0,
        5000.0,
        "K",
        "the Usadel equation holds where J is small beside ħ over the time between collisions, for "
        "weak ferromagnets of some 10 K to 2000 K, not for the exchange splitting of iron",
    ),
    Range(
        "resistance",
        1e-5,
        1e4,
        "Ω µm²",
        "contacts of metals have 1e-4 Ω µm² to 10 Ω µm² and tunnel barriers up to some 1000 Ω µm²",
        1e-12,
    ),
    Range("critical_temperature", 0.01, 150.0, "K", "superconductors have 0.01 K to 150 K"),
)
"""Of superconductors, in SI; the diffusivity of a case is that of a layer."""

REDUCED_USADEL = (
    Range(
        "thickness", 1e-3, 1e4, "ξ0", "ξ0 is 5 nm to 300 nm, and 1e-3 of it is less than an atom"
    ),
    Range("diffusivity", 1e-4, 1e4, "D_S", _DIFFUSIVITY),
    Range("density_of_states", 1e-3, 1e3, "ν_S", "those of metals differ by a factor of 10 or so"),
    Range("exchange", 0.0, 1e3, "Tc", "the Usadel equation holds for weak ferromagnets"),
    Range("temperature", 0.0, 10.0, "Tc", "nothing is superconducting far above Tc"),
    Range("broadening", 0.0, 1.0, "Tc", "a broadening beyond the gap leaves nothing to be seen"),
    Range(
        "gamma", 1e-6, 1e8, "ξ0", "contacts have 1e-3 ξ0 to 100 ξ0, tunnel barriers up to 1e6 ξ0"
    ),
)
"""Of superconductors in reduced numbers, where nothing says what they are in SI."""

SPIN = (
    Range("thickness", 0.2, 1e6, "nm", _ATOMS, 1e-9),
    Range("diffusivity", 0.01, 1e4, "cm²/s", _DIFFUSIVITY, 1e-4),
    Range("conductivity", 1e3, 1e10, "S/m", _CONDUCTIVITY),
    Range("relaxation_time", 1e-3, 1e6, "ps", "spins of metals relax in 0.01 ps to 1000 ps", 1e-12),
    Range(
        "conductance",
        1e6,
        1e17,
        "S/m²",
        "contacts of metals have up to 1e16 S/m², and tunnel barriers 1e8 S/m² to 1e13 S/m²",
    ),
    Range("capacitance", 1e-4, 100.0, "F/m²", "barriers of 1 nm have about 0.01 F/m² to 0.1 F/m²"),
    Range(
        "exchange_precession",
        0.0,
        1e17,
        "rad/s",
        "an exchange splitting of 1 eV is 1.5e15 rad/s",
    ),
    Range("voltage", 0.0, 10.0, "V", "barriers of 1 nm break through at 1 V to 2 V"),
    Range("current", 0.0, 1e14, "A/m²", "metals melt at 1e12 A/m² to 1e13 A/m²"),
)
"""Of spin transport, in SI; without ``[units]`` all of its units are free."""


def implausible(case: Case) -> Iterator[Problem]:
    """Everything in a case that metals do not have, by its key in the case."""
    for ranges, key, value in _QUANTITIES[case.kind](case):
        found = next((each for each in ranges if each.quantity == key.rpartition(".")[2]), None)
        size = abs(value)
        if found is None or not math.isfinite(size) or size == 0:
            continue
        shown = size / found.size
        if not found.low <= shown <= found.high:
            yield Problem(key, f"{shown:.3g} {found.unit} is hardly meant: {found.why}")
    for more in _FURTHER.get(case.kind, ()):
        yield from more(case)


Quantity = tuple[tuple[Range, ...], str, float]
"""Ranges to look in, the key of a quantity, and its value in their units."""


def _of_superconductors(case: Any) -> Iterator[Quantity]:
    """The quantities of a case, in SI where it says what its units are."""
    scales = case.scales
    ranges = REDUCED_USADEL if scales is None else USADEL
    length, energy, diffusivity = (
        (1.0, 1.0, 1.0)
        if scales is None
        else (scales.length, scales.critical_temperature, scales.diffusivity)
    )
    yield REDUCED_USADEL, "usadel.temperature", case.temperature
    for i, spectrum in enumerate(case.spectra):
        yield REDUCED_USADEL, f"spectra[{i}].broadening", spectrum.broadening
    for layer in case.stack.layers:
        key, material = f"layers.{layer.name}", layer.material
        if layer.thickness is not None:
            yield ranges, f"{key}.thickness", layer.thickness * length
        if material.diffusivity != 1:
            yield ranges, f"{key}.diffusivity", material.diffusivity * diffusivity
        yield REDUCED_USADEL, f"{key}.density_of_states", material.density_of_states
        if isinstance(material, Ferromagnet) and material.is_uniform:
            yield ranges, f"{key}.exchange", material.exchange_strength * energy
        if scales is not None and scales.conductivity is not None:
            yield ranges, f"{key}.conductivity", material.conductivity * scales.conductivity
    for interface in case.stack.interfaces:
        law = interface.law
        if not isinstance(law, Resistive):
            continue
        key = f"interfaces.{interface.name}"
        if scales is None or scales.conductivity is None:
            yield REDUCED_USADEL, f"{key}.gamma", law.gamma
        else:
            sigma = case.stack.layer(law.gamma_of).material.conductivity * scales.conductivity
            yield ranges, f"{key}.resistance", law.gamma * scales.length / sigma
    if scales is not None:
        yield ranges, "units.critical_temperature", scales.critical_temperature
        yield ranges, "units.diffusivity", scales.diffusivity


def _of_spin(case: Any) -> Iterator[Quantity]:
    scales = case.scales
    if scales is None:
        return
    for layer in case.stack.layers:
        key, material = f"layers.{layer.name}", layer.material
        yield SPIN, f"{key}.thickness", (layer.thickness or 0.0) * scales.length
        yield SPIN, f"{key}.diffusivity", material.diffusivity * scales.diffusivity
        yield SPIN, f"{key}.conductivity", material.conductivity * scales.conductivity
        yield SPIN, f"{key}.relaxation_time", material.relaxation_time * scales.time
        exchange = getattr(material, "exchange_precession", 0.0)
        yield SPIN, f"{key}.exchange_precession", exchange * scales.rate
    for interface in case.stack.interfaces:
        key = f"interfaces.{interface.name}"
        conductance = getattr(interface.law, "conductance", 0.0)
        yield SPIN, f"{key}.conductance", conductance * scales.conductance
        yield SPIN, f"{key}.capacitance", interface.capacitance * scales.capacitance
    drive = type(case.drive).__name__.lower()
    unit = scales.voltage if drive == "voltage" else scales.current_density
    yield SPIN, f"drive.{drive}", case.drive.value * unit


_QUANTITIES: dict[str, Callable[[Any], Iterator[Quantity]]] = {
    "usadel": _of_superconductors,
    "spin": _of_spin,
}


_LONGEST_SCREENING = 1e-9
"""In m; that of metals is 0.05 to 0.1 nm."""

_THICK = 10
"""Screening lengths that a layer is thick at least, if its inside is to be neutral."""


def _long_screening(case: Any) -> Iterator[Problem]:
    """Layers of spin transport that are hardly metals, where the case says what its units are."""
    if case.scales is None:
        return
    scale = case.scales.length
    for layer in case.stack.layers:
        length = layer.material.screening_length
        told = f"the screening length √(α ε D/σ) is {length * scale * 1e9:.3g} nm"
        key = f"layers.{layer.name}.permittivity"
        if length * scale > _LONGEST_SCREENING:
            yield Problem(key, f"{told}; that of metals is about 0.1 nm, which is the default")
        elif layer.thickness is not None and _THICK * length > layer.thickness:
            yield Problem(key, f"{told}, more than a tenth of the layer, which is charged all over")


_FURTHER: dict[str, tuple[Callable[[Any], Iterator[Problem]], ...]] = {"spin": (_long_screening,)}
