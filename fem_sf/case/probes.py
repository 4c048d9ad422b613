# SPDX-License-Identifier: MIT
"""Reads the positions at which a case wants its observables."""

from __future__ import annotations

import math
from typing import Any

from pydantic_core import PydanticCustomError

from fem_sf.case.entries import Entry
from fem_sf.case.fields import Context, read_position
from fem_sf.case.names import find_layer
from fem_sf.case.positions import KeyPath
from fem_sf.case.report import Report
from fem_sf.case.schema import LayerTable
from fem_sf.case.tables import Tables
from fem_sf.words import spell

Position = float | tuple[float, float]


def read_probes(tables: Tables[Any, Any, Any], report: Report) -> dict[str, tuple[Any, ...]]:
    """Positions by layer; what is wrong goes into the report."""
    probes: dict[str, tuple[Any, ...]] = {}
    for name, values in tables.output.table.probes.items():
        where = (*tables.output.key("probes"), name)
        layer = find_layer(name, where, tables, report)
        positions = _read_positions(where, values, tables.context, report)
        if tables.has_mesh_file:
            if len({isinstance(position, tuple) for position in positions.values()}) > 1:
                report.add(where, "expected either positions or points [x, y], got both")
                positions = {}
        else:
            for i, position in positions.items():
                _check_inside((*where, i), position, layer, report)
            positions = {i: each for i, each in positions.items() if not isinstance(each, tuple)}
        if layer is not None:
            probes[name] = tuple(positions.values())
    return probes


def _read_positions(
    where: KeyPath, values: list[Any], context: Context, report: Report
) -> dict[int, Position]:
    """Collect the positions that can be read, by their place in the list."""
    positions: dict[int, Position] = {}
    for i, value in enumerate(values):
        try:
            positions[i] = read_position(value, context)
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
    elif layer is None or thickness is None or not thickness > 0:
        return
    elif thickness == math.inf:
        _check_half_space(where, position, layer, report)
    elif not 0 <= position <= thickness:
        end = spell(report.source.value(layer.key("thickness")))
        report.add(where, f"expected a position from 0 to the thickness {end}, got {written}")


def _check_half_space(
    where: KeyPath, position: float, layer: Entry[LayerTable], report: Report
) -> None:
    is_first = layer.where == ("layers", 0)
    if position > 0 if is_first else position < 0:
        sign, side = ("≤", "right") if is_first else ("≥", "left")
        written = spell(report.source.value(where))
        report.add(
            where,
            f"expected a position {sign} 0, got {written}; it is counted from the {side} end, "
            "which is the only one of this layer",
        )
