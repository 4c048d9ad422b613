# SPDX-License-Identifier: MIT
"""fem_sf: superconductor/ferromagnet multilayers by finite elements.

Everything below is imported when it is first used, so that checking a case or plotting a result
needs neither dolfinx nor the time to load it.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

from fem_sf.version import __version__ as __version__

if TYPE_CHECKING:
    from fem_sf import spin as spin
    from fem_sf.api.number import Number as Number
    from fem_sf.api.problems import SpinTransport as SpinTransport
    from fem_sf.api.problems import Usadel as Usadel
    from fem_sf.api.scan import scan as scan
    from fem_sf.api.state import State as State
    from fem_sf.api.state import load_state as load_state
    from fem_sf.case import load_case as load_case
    from fem_sf.case.sweeps import load_sweep as load_sweep
    from fem_sf.errors import FemSFError as FemSFError
    from fem_sf.errors import InputError as InputError
    from fem_sf.errors import NotConverged as NotConverged
    from fem_sf.interfaces import Insulating as Insulating
    from fem_sf.interfaces import KupriyanovLukichev as KupriyanovLukichev
    from fem_sf.interfaces import Transparent as Transparent
    from fem_sf.materials import Ferromagnet as Ferromagnet
    from fem_sf.materials import Normal as Normal
    from fem_sf.materials import Superconductor as Superconductor
    from fem_sf.output.dataset import load_result as load_result
    from fem_sf.output.sweep.write import write_sweep as write_sweep
    from fem_sf.output.write import write_result as write_result
    from fem_sf.settings import AccuracySettings as AccuracySettings
    from fem_sf.settings import MeshSettings as MeshSettings
    from fem_sf.settings import OutputSettings as OutputSettings
    from fem_sf.settings import PhysicalScales as PhysicalScales
    from fem_sf.settings import SolverSettings as SolverSettings
    from fem_sf.settings import SpectrumSettings as SpectrumSettings
    from fem_sf.settings import UsadelCase as UsadelCase
    from fem_sf.spin.settings import SpinCase as SpinCase
    from fem_sf.spin.settings import SpinScales as SpinScales
    from fem_sf.stack import Interface as Interface
    from fem_sf.stack import Layer as Layer
    from fem_sf.stack import Stack as Stack
    from fem_sf.study.run import run_case as run_case
    from fem_sf.study.sweep.run import run_sweep as run_sweep
    from fem_sf.sweeps import Sweep as Sweep

_HOMES = {
    "fem_sf.errors": ("FemSFError", "InputError", "NotConverged"),
    "fem_sf.api.number": ("Number",),
    "fem_sf.api.problems": ("SpinTransport", "Usadel"),
    "fem_sf.api.scan": ("scan",),
    "fem_sf.api.state": ("State", "load_state"),
    "fem_sf.case": ("load_case",),
    "fem_sf.case.sweeps": ("load_sweep",),
    "fem_sf.interfaces": ("Insulating", "KupriyanovLukichev", "Transparent"),
    "fem_sf.materials": ("Ferromagnet", "Normal", "Superconductor"),
    "fem_sf.output.dataset": ("load_result",),
    "fem_sf.output.sweep.write": ("write_sweep",),
    "fem_sf.output.write": ("write_result",),
    "fem_sf.settings": (
        "AccuracySettings",
        "MeshSettings",
        "OutputSettings",
        "PhysicalScales",
        "SolverSettings",
        "SpectrumSettings",
        "UsadelCase",
    ),
    "fem_sf.spin.settings": ("SpinCase", "SpinScales"),
    "fem_sf.stack": ("Interface", "Layer", "Stack"),
    "fem_sf.study.run": ("run_case",),
    "fem_sf.study.sweep.run": ("run_sweep",),
    "fem_sf.sweeps": ("Sweep",),
}

__all__ = ["__version__", "spin", *(name for names in _HOMES.values() for name in names)]


def __getattr__(name: str) -> Any:
    if name == "spin":
        return import_module("fem_sf.spin")
    for home, names in _HOMES.items():
        if name in names:
            return getattr(_imported(home, name), name)
    raise AttributeError(f"module 'fem_sf' has no attribute {name!r}")


def _imported(home: str, name: str) -> ModuleType:
    try:
        return import_module(home)
    except ModuleNotFoundError as error:
        from fem_sf.errors import HOW_TO_GET, MissingDependency

        if isinstance(error, MissingDependency) or (error.name or "").startswith("fem_sf"):
            raise
        message = (
            f"fem_sf.{name} needs dolfinx, and there is no {error.name}; to get it: {HOW_TO_GET}"
        )
        raise MissingDependency(message) from error


def __dir__() -> list[str]:
    return sorted(__all__)
