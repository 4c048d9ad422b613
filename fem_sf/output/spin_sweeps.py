# SPDX-License-Identifier: MIT
"""Units of the numbers of spin-transport summaries, and the main ones of a sweep."""

from __future__ import annotations

import itertools
import re

import xarray as xr

from fem_sf.output import style
from fem_sf.output.quantities import Quantity
from fem_sf.output.spin_units import CURRENT_DENSITY
from fem_sf.output.sweep.headlines import Headline, numbers
from fem_sf.spin.settings import SpinCase

_ERROR = re.compile(r"\.error|_error$")
_UNITS = {
    r"interfaces\..*\.(J|JM_left|JM_right|jump)": "σ0 V0/L0",
    r"interfaces\..*\.(torque|torque_left|torque_right)": "ħ/2e σ0 V0/L0",
    r"interfaces\..*\.(mu|m|V)_(left|right)": "V0",
    r"interfaces\..*\.displacement": "σ0 V0 t0/L0",
    r"interfaces\..*\.dissipation": "σ0 V0²/L0",
    r"interfaces\..*\.extent": "L0^(dimension − 1)",
    r"layers\..*\.torque": "ħ/2e σ0 V0 L0^(dimension − 2)",
    r"layers\..*\.lengths\.\w+": "L0",
    r"layers\..*\.direction\w*": "1",
    r"layers\..*\.tilt_\w+": "degrees",
    r"current": "σ0 V0/L0",
    r"voltage": "V0",
    r"resistance_area": "L0/σ0",
    r"integrated_current": "σ0 V0 L0^(dimension − 2)",
    r"resistance": "L0^(2 − dimension)/σ0",
    r"iterations\.\w+|checks\.(charge|spin_balance|power_balance)": "1",
}


def summary_quantity(name: str, case: SpinCase) -> Quantity:
    """Describe a number of a summary by its dotted path; the unit of others is empty."""
    bare = _ERROR.sub("", name)
    words = f"error estimate of {bare}" if bare != name else bare
    unit = next((unit for path, unit in _UNITS.items() if re.fullmatch(path, bare)), "")
    return Quantity(words, unit)


def headlines(dataset: xr.Dataset) -> list[Headline]:
    """The resistance, the jump of J_M (a torque) at every interface, and how far walls turn."""
    choices = [Headline("resistance_area", "resistance × area", r"$RA$ $(L_0/\sigma_0)$")]
    unit = f"$({CURRENT_DENSITY.formula})$"
    for name in dataset.attrs["interfaces"]:
        shown, owner = style.escaped(name), f"interfaces.{name}"
        jump = rf"$|\Delta\mathbf{{J}}_M|$ at {shown} {unit}"
        choices.append(Headline(f"{owner}.J", f"J at {name}", rf"$J$ at {shown} {unit}"))
        choices.append(Headline(f"{owner}.jump", f"|ΔJ_M| at {name}", jump))
    for name, side in itertools.product(dataset.attrs["layers"], ("left", "right")):
        label = f"tilt on the {side} of {style.escaped(name)} (°)"
        choices.append(Headline(f"layers.{name}.tilt_{side}", f"tilt {side} of {name}", label))
    return numbers(dataset, choices)
