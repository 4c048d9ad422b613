# SPDX-License-Identifier: MIT
"""Makes a `UsadelCase` from its tables, or reports all that is wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fem_sf.case.meshes import mesh_settings
from fem_sf.case.places import add_problems
from fem_sf.case.probes import read_probes
from fem_sf.case.report import Report
from fem_sf.case.source import Source
from fem_sf.case.usadel.checks import check_tables
from fem_sf.case.usadel.conductivities import reference_conductivity
from fem_sf.case.usadel.schema import AccuracyTable, SpectrumTable
from fem_sf.case.usadel.stacks import build_stack
from fem_sf.case.usadel.tables import UsadelTables, read_all
from fem_sf.errors import InputError
from fem_sf.settings import (
    AccuracySettings,
    OutputSettings,
    PhysicalScales,
    SolverSettings,
    SpectrumSettings,
    UsadelCase,
    misplaced_phases,
)
from fem_sf.signs import sign_problems
from fem_sf.stack import Stack


def read_usadel_case(report: Report) -> UsadelCase:
    """Read the case of a report, in reduced units.

    Raises
    ------
    CaseError
        With everything that is wrong with it.
    """
    tables = read_all(report)
    stack = build_stack(tables, report)
    check_tables(tables, report)
    if stack is not None:
        phases = misplaced_phases(stack, tables.usadel.table.gap)
        add_problems(InputError(list(phases)), report)
        for name, message in sign_problems(stack, tables.usadel.table.signs):
            report.add((*tables.usadel.key("signs"), name), message)
    probes = read_probes(tables, report)
    report.close()
    assert stack is not None
    return _case(tables, stack, probes, report.source)


def _case(
    tables: UsadelTables, stack: Stack, probes: dict[str, tuple[Any, ...]], source: Source
) -> UsadelCase:
    temperature = tables.usadel.table.temperature
    assert temperature is not None
    return UsadelCase(
        name=source.path.stem,
        title=tables.case.table.title or source.path.stem,
        stack=stack,
        temperature=temperature,
        gap=tables.usadel.table.gap,
        signs=tables.usadel.table.signs,
        reference=tables.reference.table.layer,
        spectra=tuple(_spectrum(entry.table) for entry in tables.spectra),
        critical_temperature=source.value(("critical_temperature",)) is not None,
        mesh=mesh_settings(tables, source),
        accuracy=_accuracy(tables.accuracy.table, source),
        solver=SolverSettings(**tables.solver.table.model_dump()),
        output=OutputSettings(
            probes, tables.output.table.vtx, tuple(tables.output.table.frequencies)
        ),
        scales=_scales(tables),
        text=source.text,
    )


def _scales(tables: UsadelTables) -> PhysicalScales | None:
    """The SI values of the units, with σ_S where the case says it."""
    if tables.scales is None:
        return None
    return replace(tables.scales, conductivity=reference_conductivity(tables))


def _accuracy(table: AccuracyTable, source: Source) -> AccuracySettings | None:
    """The accuracy that is asked for by a table that is there."""
    if source.value(("accuracy",)) is None:
        return None
    assert table.tolerance is not None
    return AccuracySettings(table.tolerance, table.rounds)


def _spectrum(table: SpectrumTable) -> SpectrumSettings:
    assert table.energies is not None
    assert table.broadening is not None
    return SpectrumSettings(table.energies, table.broadening, table.interpolation_error)
