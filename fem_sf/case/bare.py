# SPDX-License-Identifier: MIT
"""Finds bare numbers beside ``[units]`` that may have been meant in the usual unit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from fem_sf.case.source import parse
from fem_sf.errors import Problem

if TYPE_CHECKING:
    from fem_sf.settings import UsadelCase
    from fem_sf.spin.settings import SpinCase

_USADEL = {
    "temperature": ("Tc", "critical_temperature", 1.0, "K"),
    "exchange": ("Tc", "critical_temperature", 1.0, "K"),
    "thickness": ("ξ0", "length", 1e-9, "nm"),
    "width": ("ξ0", "length", 1e-9, "nm"),
    "diffusivity": ("D_S", "diffusivity", 1e-4, "cm^2/s"),
}
"""By key: its reduced unit, the scale of that, and the unit that people use with its size in SI."""

_SPIN = {
    "thickness": ("L0", "length", 1e-9, "nm"),
    "width": ("L0", "length", 1e-9, "nm"),
    "relaxation_time": ("t0", "time", 1e-12, "ps"),
    "end": ("t0", "time", 1e-12, "ps"),
    "step": ("t0", "time", 1e-12, "ps"),
    "voltage": ("V0", "voltage", 1e-3, "mV"),
    "conductivity": ("σ0", "conductivity", 1.0, "S/m"),
}
"""The same for spin transport, told where ``[units]`` does not say the unit itself."""


def bare_numbers(case: UsadelCase | SpinCase) -> Iterator[Problem]:
    """What each bare number of a case with units is in the units that people use, by its key."""
    if case.scales is None or not case.text:
        return
    data = parse(case.text)
    said = data.get("units", {})
    known = _USADEL if case.kind == "usadel" else _SPIN
    for place, table in _tables(data):
        for key, (reduced, scale, size, unit) in known.items():
            value = table.get(key)
            plain = isinstance(value, int | float) and not isinstance(value, bool)
            if not plain or not value or (case.kind == "spin" and scale in said):
                continue
            usual = f"{value * getattr(case.scales, scale) / size:.3g} {unit}"
            yield Problem(
                f"{place}.{key}",
                f'{key} = {value:g} means {value:g} {reduced} = {usual}; write "{usual}" to say '
                f'the same, or "{value:g} {unit}" if that is meant',
            )


def _tables(data: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The tables whose numbers have units, with their dotted keys."""
    for name in ("usadel", "drive", "time", "mesh"):
        if isinstance(data.get(name), dict):
            yield name, data[name]
    for layer in data.get("layers", ()):
        yield f"layers.{layer.get('name')}", layer
    for interface in data.get("interfaces", ()):
        yield f"interfaces.{'|'.join(interface.get('between', ()))}", interface
