# SPDX-License-Identifier: MIT
"""Units of the numbers of Usadel summaries, and the main ones of a sweep."""

from __future__ import annotations

import re
from collections.abc import Iterator

import xarray as xr

from fem_sf.output import style
from fem_sf.output.quantities import Quantity
from fem_sf.output.sweep.headlines import Headline, components, numbers
from fem_sf.settings import UsadelCase

CURRENT_UNIT = "σ_S k_BTc/(e ξ0)"
"""Of supercurrent densities."""

CURRENT_LABEL = r"$j\,/\,(\sigma_{\mathrm{S}}k_{\mathrm{B}}T_{\mathrm{c}}/e\xi_0)$"

_ERROR = re.compile(r"\.error|_error$")
_REFERENCE = r"$/\,M_{\mathrm{ref}}$"
_ENERGY = r"$/\,k_{\mathrm{B}}T_{\mathrm{c}}$"


def summary_quantity(name: str, case: UsadelCase) -> Quantity:
    """Describe a number of a summary by its dotted path; the unit of others is empty."""
    bare = _ERROR.sub("", name)
    words = f"error estimate of {bare}" if bare != name else bare
    return Quantity(words, _unit(bare, case))


def _unit(name: str, case: UsadelCase) -> str:
    volume = "ξ0" if case.mesh.dimension == 1 and case.mesh.file is None else "ξ0^dimension"
    moment = f"2ν|J| of {case.reference}" if case.reference else "2 ν_S Tc"
    units = {
        r"free_energy": f"ν_S Tc² {volume}",
        r"critical_temperature(_linear)?": "Tc",
        r"layers\..*\.volume": volume,
        r"layers\..*\.gap\.phase_\w+": "rad",
        r"layers\..*\.gap\.\w+": "Tc",
        r"layers\..*\.magnetization\.integral": f"({moment}) {volume}",
        r"layers\..*\.magnetization\.\w+": moment,
        r"layers\..*\.moment\.relative_change": "1",
        r"layers\..*\.moment\.\w+": moment,
        r"layers\..*\.torque": f"ν_S Tc² {volume}",
        r"interfaces\..*\.gamma_.*": "ξ0",
        r"interfaces\..*\.spin_current": f"ν_S Tc² {volume}",
        r"interfaces\..*\.supercurrent": CURRENT_UNIT,
        r"spectra\[\d+\]\.energies": "Tc",
        r"spectra\[\d+\]\.layers\..*": "1",
        r"checks\.total_magnetization.*": f"({moment}) {volume}",
        r"checks\.torque_balance": f"({moment}) Tc {volume}",
        r"signs\..*": "1",
        r"checks\.\w+|iterations\.\w+": "1",
    }
    return next((unit for path, unit in units.items() if re.fullmatch(path, name)), "")


def headlines(dataset: xr.Dataset) -> list[Headline]:
    """What says most: critical temperature, supercurrent, Δ in superconductors, ∫δM in F."""
    symbol = r"$T_{\mathrm{c}}^*\,/\,T_{\mathrm{c}}$"
    choices = [Headline("critical_temperature", "critical temperature", symbol)]
    currents = [str(name) for name in dataset if str(name).endswith(".supercurrent")]
    # in a row of layers it is the same through all interfaces
    choices += [Headline(name, "supercurrent", CURRENT_LABEL) for name in currents[:1]]
    layers = dataset.attrs["layers"]
    choices += [
        Headline(
            f"layers.{layer}.gap.mean",
            f"mean Δ in {layer}",
            rf"mean $\Delta$ in {style.escaped(layer)} {_ENERGY}",
        )
        for layer in layers
    ]
    found = numbers(dataset, choices)
    for layer in layers:
        # only ferromagnets have a moment of their own
        if f"layers.{layer}.moment.total" in dataset:
            found += _moments(dataset, layer)
    return found


def _moments(dataset: xr.Dataset, layer: str) -> Iterator[Headline]:
    symbol = r"\int\delta M_%s"
    unit = rf"in {style.escaped(layer)} {_REFERENCE}$\,\xi_0$"
    name = f"layers.{layer}.magnetization.integral"
    return components(dataset, name, f"∫δM_%s in {layer}", symbol, unit)
