# SPDX-License-Identifier: MIT
"""Spin drift-diffusion through junctions with non-collinear magnetizations (Chui et al.).

Materials, laws and stacks of spin transport, imported when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fem_sf.spin.interfaces import BarrierShape as BarrierShape
    from fem_sf.spin.interfaces import Circuit as Circuit
    from fem_sf.spin.interfaces import General as General
    from fem_sf.spin.interfaces import Metallic as Metallic
    from fem_sf.spin.interfaces import MetallicNoAccumulation as MetallicNoAccumulation
    from fem_sf.spin.interfaces import MetallicReversed as MetallicReversed
    from fem_sf.spin.interfaces import Transparent as Transparent
    from fem_sf.spin.interfaces import Tunnel as Tunnel
    from fem_sf.spin.interfaces import TunnelVector as TunnelVector
    from fem_sf.spin.materials import Ferromagnet as Ferromagnet
    from fem_sf.spin.materials import Normal as Normal
    from fem_sf.spin.materials import Wall as Wall
    from fem_sf.spin.model import Current as Current
    from fem_sf.spin.model import Interface as Interface
    from fem_sf.spin.model import Layer as Layer
    from fem_sf.spin.model import Stack as Stack
    from fem_sf.spin.model import Voltage as Voltage
    from fem_sf.spin.settings import SpinSolverSettings as SpinSolverSettings
    from fem_sf.spin.settings import TimeSettings as TimeSettings
    from fem_sf.spin.settings import Waveform as Waveform

_HOMES = {
    "interfaces": (
        *("BarrierShape", "Circuit", "General", "Metallic", "MetallicNoAccumulation"),
        *("MetallicReversed", "Transparent", "Tunnel", "TunnelVector"),
    ),
    "materials": ("Ferromagnet", "Normal", "Wall"),
    "model": ("Current", "Interface", "Layer", "Stack", "Voltage"),
    "settings": ("SpinSolverSettings", "TimeSettings", "Waveform"),
}

__all__ = [name for names in _HOMES.values() for name in names]


def __getattr__(name: str) -> Any:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"fem_sf.spin.{home}"), name)
    raise AttributeError(f"module 'fem_sf.spin' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
