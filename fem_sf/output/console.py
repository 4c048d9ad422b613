# SPDX-License-Identifier: MIT
"""The main numbers of a result as a table for a terminal or a log."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fem_sf.output.quantities import energy_mev, length_nm
from fem_sf.settings import PhysicalScales

_NARROWEST_LOG = 100
_POWERS = {1: "", 2: "²", 3: "³"}


@dataclass(frozen=True)
class Row:
    """One number of the table.

    Parameters
    ----------
    owner
        The layer that it belongs to, or the whole stack.
    quantity, unit
        What it is, and what it is measured in.
    value
        A number or a vector.
    error
        Its estimate, where there is one.
    factor, si_unit
        Its value in SI units over ``value``, where the units of the case say it.
    """

    owner: str
    quantity: str
    unit: str
    value: float | Sequence[float]
    error: float | None = None
    factor: float | None = None
    si_unit: str = ""


def print_summary(
    summary: Mapping[str, Any], scales: PhysicalScales | None = None, dimension: int = 1
) -> None:
    """Print the numbers of a summary that a person looks for first.

    Parameters
    ----------
    summary
        What ``summary.json`` holds.
    scales
        SI values of the units, for the columns in SI units.
    dimension
        Of the mesh, for the units of integrals.
    """
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table
    from rich.text import Text

    console = Console(file=sys.stdout)
    if not console.is_terminal:
        console = Console(file=sys.stdout, width=_NARROWEST_LOG)
    table = Table(title=escape(_heading(summary)), title_justify="left", title_style="bold")
    for name in ("layer", "quantity", "value", "± error", "unit"):
        table.add_column(name, justify="right" if name in ("value", "± error") else "left")
    if scales:
        table.add_column("in SI units", justify="right")
    last_owner = None
    for row in summary_rows(summary, scales, dimension):
        if last_owner not in (None, row.owner):
            table.add_section()
        cells = [
            "" if row.owner == last_owner else row.owner,
            row.quantity,
            _spell(row.value),
            "" if row.error is None else f"{row.error:.1e}",
            row.unit,
            *([_in_si(row)] if scales else []),
        ]
        table.add_row(*(Text(cell) for cell in cells))
        last_owner = row.owner
    console.print(table)
    if summary.get("note"):
        console.print(Text(summary["note"]))


def summary_rows(
    summary: Mapping[str, Any], scales: PhysicalScales | None = None, dimension: int = 1
) -> Iterator[Row]:
    """Yield the rows of the table, layer by layer."""
    length = length_nm(scales) if scales else None
    energy = energy_mev(scales) if scales else None
    reference = summary.get("reference")
    moment = f"2ν|J| of {reference}" if reference else "2 ν_S Tc"
    power = _POWERS[dimension]
    for name, layer in summary["layers"].items():
        magnetization = layer["magnetization"]
        errors = magnetization.get("error", {})
        yield Row(
            name,
            "∫δM",
            f"({moment}) ξ0{power}",
            magnetization["integral"],
            errors.get("integral"),
            length**dimension if length else None,
            f"({moment}) nm{power}",
        )
        for place in ("left", "right"):
            value = magnetization[place]
            yield Row(name, f"δM {place}", moment, value, errors.get(place))
        gap = layer.get("gap")
        for place in ("left", "mean", "right") if gap else ():
            error = gap.get("error", {}).get(place)
            yield Row(name, f"Δ {place}", "Tc", gap[place], error, energy, "meV")
    if summary.get("free_energy") is not None:
        error = summary.get("free_energy_error")
        yield Row("all", "free energy", f"ν_S Tc² ξ0{power}", summary["free_energy"], error)


def _heading(summary: Mapping[str, Any]) -> str:
    facts = [
        str(summary[key]) if key == "state" else f"T = {summary[key]:g} Tc"
        for key in ("temperature", "state")
        if summary.get(key) is not None
    ]
    return f"{summary.get('title', '')} ({', '.join(facts)})"


def _spell(value: float | Sequence[float]) -> str:
    """Write a number, or a vector; one along z by its component."""
    if isinstance(value, int | float):
        return f"{value:.8g}"
    x, y, z = value
    return f"[{x:.6g}, {y:.6g}, {z:.6g}]" if x or y else f"{z:.8g}"


def _in_si(row: Row) -> str:
    if row.factor is None:
        return ""
    components = [row.value] if isinstance(row.value, int | float) else row.value
    scaled = [component * row.factor for component in components]
    number = scaled[0] if len(scaled) == 1 else scaled
    return f"{_spell(number)} {row.si_unit}"
