# SPDX-License-Identifier: MIT
"""Reads all tables of a spin-transport case, one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fem_sf.case.entries import AnyTable, Entry, read_table, read_tables
from fem_sf.case.fields import Context
from fem_sf.case.positions import KeyPath
from fem_sf.case.report import Report
from fem_sf.case.schema import MeshTable, OutputTable
from fem_sf.case.spin.schema import (
    BarrierTable,
    CaseTable,
    DriveTable,
    InterfaceTable,
    LayerTable,
    SolverTable,
    SpinTable,
    TimeTable,
    UnitsTable,
    WallTable,
    WaveformTable,
    interface_table,
)
from fem_sf.case.tables import Tables
from fem_sf.spin.settings import SpinScales

_ADD_UNITS = (
    "add a [units] table; what it does not say there has its default, "
    'length = "1 nm", time = "1 ps", conductivity = "1e6 S/m", voltage = "1 mV"'
)


@dataclass(frozen=True, kw_only=True)
class SpinTables(Tables[LayerTable, InterfaceTable, OutputTable]):
    """The tables of a case of spin transport.

    Parameters
    ----------
    case, spin, drive, time, solver
        As the format names them; an absent one is empty.
    waveform
        That of the drive; ``None`` where it has none.
    walls, barriers
        Those of layers and interfaces, by the places of these.
    """

    case: Entry[CaseTable]
    spin: Entry[SpinTable]
    drive: Entry[DriveTable]
    waveform: Entry[WaveformTable] | None
    time: Entry[TimeTable]
    solver: Entry[SolverTable]
    walls: dict[KeyPath, Entry[WallTable]]
    barriers: dict[KeyPath, Entry[BarrierTable]]

    @property
    def scales(self) -> SpinScales | None:
        """SI values of the units; ``None`` without ``[units]``."""
        scales: SpinScales | None = self.context.scales
        return scales


def read_all(report: Report) -> SpinTables:
    """Read every table of a case; what is wrong goes into the report."""
    units = read_table(UnitsTable, ("units",), report, Context())
    scales = None
    if report.source.value(("units",)) is not None:
        scales = SpinScales(**units.table.model_dump(exclude_none=True))
    context = Context(scales, "L0", _ADD_UNITS)
    layers = read_tables(LayerTable, "layers", report, context)
    interfaces = read_tables(interface_table(), "interfaces", report, context)
    drive = read_table(DriveTable, ("drive",), report, context)
    return SpinTables(
        case=read_table(CaseTable, (), report, context),
        spin=read_table(SpinTable, ("spin",), report, context),
        drive=drive,
        waveform=_inner(WaveformTable, [drive], "waveform", report, context).get(drive.where),
        time=read_table(TimeTable, ("time",), report, context),
        layers=layers,
        interfaces=interfaces,
        walls=_inner(WallTable, layers, "wall", report, context),
        barriers=_inner(BarrierTable, interfaces, "barrier", report, context),
        mesh=read_table(MeshTable, ("mesh",), report, context),
        solver=read_table(SolverTable, ("solver",), report, context),
        output=read_table(OutputTable, ("output",), report, context),
        context=context,
    )


def _inner(
    schema: type[AnyTable],
    entries: Sequence[Entry[Any]],
    key: str,
    report: Report,
    context: Context,
) -> dict[KeyPath, Entry[AnyTable]]:
    """Read the tables that are values of a key, by the places of those that have it."""
    return {
        entry.where: read_table(schema, entry.key(key), report, context)
        for entry in entries
        if getattr(entry.table, key) is not None
    }
