# SPDX-License-Identifier: MIT
"""Makes a `SpinCase` from its tables, or reports all that is wrong."""

from __future__ import annotations

from typing import Any

from fem_sf.case.meshes import mesh_settings
from fem_sf.case.places import add_problems, make
from fem_sf.case.probes import read_probes
from fem_sf.case.report import Report
from fem_sf.case.spin.checks import check_tables
from fem_sf.case.spin.stacks import build_stack
from fem_sf.case.spin.tables import SpinTables, read_all
from fem_sf.errors import InputError
from fem_sf.settings import OutputSettings
from fem_sf.spin.model import Current, Drive, Stack, Voltage
from fem_sf.spin.settings import SpinCase, SpinSolverSettings, TimeSettings, Waveform


def read_spin_case(report: Report) -> SpinCase:
    """Read the case of a report, in the units of its numbers.

    Raises
    ------
    CaseError
        With everything that is wrong with it.
    """
    tables = read_all(report)
    stack = build_stack(tables, report)
    check_tables(tables, report)
    probes = read_probes(tables, report)
    case = None
    if stack is not None:
        try:
            case = _case(tables, stack, probes, report)
        except InputError as error:
            add_problems(error, report)
    report.close()
    assert case is not None
    return case


def _case(
    tables: SpinTables, stack: Stack, probes: dict[str, tuple[Any, ...]], report: Report
) -> SpinCase:
    source = report.source
    drive = _drive(tables)
    values: dict[str, Any] = {}
    if tables.drive.table.contacts is not None:
        values["contacts"] = tuple(tables.drive.table.contacts)
    if drive is not None:
        values["wave_number"] = tables.drive.table.wave_number
    return SpinCase(
        name=source.path.stem,
        title=tables.case.table.title or source.path.stem,
        stack=stack,
        # a drive that cannot be read is told already, and a current fits every stack
        drive=Current(1.0) if drive is None else drive,
        time=_time(tables, report) if tables.spin.table.mode == "transient" else None,
        mesh=mesh_settings(tables, source),
        solver=SpinSolverSettings(**tables.solver.table.model_dump()),
        output=OutputSettings(probes, tables.output.table.vtx),
        scales=tables.scales,
        text=source.text,
        **values,
    )


def _drive(tables: SpinTables) -> Drive | None:
    voltage, current = tables.drive.table.voltage, tables.drive.table.current
    if voltage is not None:
        return Voltage(voltage) if current is None else None
    return None if current is None else Current(current)


def _time(tables: SpinTables, report: Report) -> TimeSettings:
    values = tables.time.table.model_dump()
    if values["end"] is None:
        values["end"] = max((1.0, *values["times"]))
    values["waveform"] = _waveform(tables, report)
    return make(TimeSettings, values, TimeSettings.table, report, {"end": 1.0})


def _waveform(tables: SpinTables, report: Report) -> Waveform:
    if tables.waveform is None:
        return Waveform()
    given = tables.waveform.table.model_dump(exclude_none=True)
    own = {"pulse": "duration", "sine": "frequency"}.get(given.get("shape", ""))
    # anything in the place of what is missing or cannot be read, which is told already
    anything = {own: 1.0} if own else {}
    return make(Waveform, given, Waveform.table, report, anything)
