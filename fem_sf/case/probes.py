# SPDX-License-Identifier: MIT
"""The positions at which a case wants its observables."""

from __future__ import annotations

from typing import Any

from pydantic_core import PydanticCustomError

from fem_sf.case.entries import Entry
from fem_sf.case.fields import Context, read_position
from fem_sf.case.positions import KeyPath
from fem_sf.case.report import Report
from fem_sf.case.schema import LayerTable
from fem_sf.case.stacks import find_layer
from fem_sf.case.tables import Tables
from fem_sf.words import spell

Position = float | tuple[float, float]


def read_probes(tables: Tables, report: Report) -> dict[str, tuple[Any, ...]]:
    """Positions by layer, in ξ0; what is wrong goes into the report."""
    probes: dict[str, tuple[Any, ...]] = {}
    for name, values in tables.output.table.probes.items():
        where = (*tables.output.key("probes"), name)
        layer = find_layer(name, where, tables, report)
        positions = _read_positions(where, values, tables, report)
        if tables.has_mesh_file:
            if len({isinstance(position, tuple) for position in positions.values()}) > 1:
                report.add(where, "expected either positions or points [x, y], got both")
        else:
            for i, position in positions.items():
                _check_inside((*where, i), position, layer, report)
        probes[name] = tuple(positions.values())
    return probes


def _read_positions(
    where: KeyPath, values: list[Any], tables: Tables, report: Report
) -> dict[int, Position]:
    """Collect the positions that can be read, by their place in the list."""
    positions: dict[int, Position] = {}
    for i, value in enumerate(values):
        try:
            positions[i] = read_position(value, Context(tables.scales))
        except PydanticCustomError as error:
            report.add((*where, i), error.message())
    return positions


def _check_inside(
    where: KeyPath, position: Position, layer: Entry[LayerTable] | None, report: Report
) -> None:
    thickness = layer.table.thickness if layer else None
    written = spell(report.source.value(where))
    if isinstance(position, tuple):
        report.add(
            where,
            f"expected a position from the left end of the layer, got {written}; only meshes from "
            "a file take points [x, y]",
        )
    elif layer and thickness is not None and thickness > 0 and not 0 <= position <= thickness:
        end = spell(report.source.value(layer.key("thickness")))
        report.add(where, f"expected a position from 0 to the thickness {end}, got {written}")
