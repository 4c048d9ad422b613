# SPDX-License-Identifier: MIT
"""Prints the main numbers of a result as a table."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from fem_sf.output.kind import Row
from fem_sf.output.kinds import KINDS

if TYPE_CHECKING:
    from rich.console import Console

_NARROWEST_LOG = 132
"""Characters that a log is wide; vectors with their SI values need them."""
_ROUNDING = 1e-12


def print_summary(summary: Mapping[str, Any], scales: Any = None, dimension: int = 1) -> None:
    """Print the numbers of a summary that a person looks for first.

    Parameters
    ----------
    summary
        What ``summary.json`` holds.
    scales
        SI values of the units of its kind of case, for the columns in SI units.
    dimension
        Of the mesh, for the units of integrals.
    """
    from rich.markup import escape
    from rich.table import Table
    from rich.text import Text

    kind = KINDS[summary["kind"]]
    console = new_console()
    heading = f"{summary.get('title', '')} ({', '.join(kind.facts(summary))})"
    table = Table(title=escape(heading), title_justify="left", title_style="bold")
    for name in (kind.owners, "quantity", "value", "± error", "unit"):
        table.add_column(name, justify="right" if name in ("value", "± error") else "left")
    if scales:
        table.add_column("in SI units", justify="right")
    last_owner = None
    for row in kind.rows(summary, scales, dimension):
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
    for note in kind.notes(summary):
        console.print(Text(note))
    for caution in summary.get("cautions", ()):
        console.print(Text(f"caution: {caution}"))


def print_plan(title: str, lines: Sequence[tuple[str, str]]) -> None:
    """Print how a case would be solved, as headings and what there is to say to each."""
    from rich.markup import escape
    from rich.table import Table
    from rich.text import Text

    table = Table(title=escape(f"{title}: the plan"), title_justify="left", title_style="bold")
    table.show_header = False
    for line in lines:
        table.add_row(*map(Text, line))
    new_console().print(table)


def new_console() -> Console:
    """The terminal, or a log that is wide enough for tables."""
    from rich.console import Console

    console = Console(file=sys.stdout)
    return console if console.is_terminal else Console(file=sys.stdout, width=_NARROWEST_LOG)


def _spell(value: complex | Sequence[float]) -> str:
    """Write a number, or a vector without components that are rounding errors of the others."""
    if isinstance(value, int | float):
        return f"{value:.8g}"
    if isinstance(value, complex):
        return f"{value.real:.6g} {'−' if value.imag < 0 else '+'} {abs(value.imag):.6g}i"
    least = _ROUNDING * max(map(abs, value))
    components = (component if abs(component) > least else 0.0 for component in value)
    return f"[{', '.join(f'{component:.6g}' for component in components)}]"


def _in_si(row: Row) -> str:
    if row.factor is None:
        return ""
    scaled: complex | list[float]
    if isinstance(row.value, int | float | complex):
        scaled = row.value * row.factor
    else:
        scaled = [component * row.factor for component in row.value]
    return f"{_spell(scaled)} {row.si_unit}"
