# SPDX-License-Identifier: MIT
"""Reads and checks all tables of a Usadel case, one by one."""

from __future__ import annotations

from dataclasses import dataclass

from fem_sf.case.entries import Entry, read_table, read_tables
from fem_sf.case.fields import Context
from fem_sf.case.report import Report
from fem_sf.case.schema import MeshTable
from fem_sf.case.tables import Tables
from fem_sf.case.usadel.schema import (
    AccuracyTable,
    CaseTable,
    CriticalTemperatureTable,
    InterfaceTable,
    LayerTable,
    OutputTable,
    ReferenceTable,
    SolverTable,
    SpectrumTable,
    UnitsTable,
    UsadelTable,
    interface_table,
)
from fem_sf.settings import PhysicalScales

_ADD_UNITS = (
    'add a [units] table with critical_temperature = "…" and diffusivity = "…" '
    "of the bulk superconductor"
)

# Stands in for units that are themselves wrong, so that the rest of a case is still checked.
_ANY_SCALES = PhysicalScales(critical_temperature=1.0, diffusivity=1.0)


@dataclass(frozen=True, kw_only=True)
class UsadelTables(Tables[LayerTable, InterfaceTable, OutputTable]):
    """The tables of a Usadel case.

    Parameters
    ----------
    case, usadel, units, reference, spectra, critical_temperature, solver, accuracy
        As the format names them; an absent one is empty.
    """

    case: Entry[CaseTable]
    usadel: Entry[UsadelTable]
    units: Entry[UnitsTable]
    reference: Entry[ReferenceTable]
    spectra: list[Entry[SpectrumTable]]
    critical_temperature: Entry[CriticalTemperatureTable]
    solver: Entry[SolverTable]
    accuracy: Entry[AccuracyTable]

    @property
    def scales(self) -> PhysicalScales | None:
        """SI values of the reduced units; ``None`` without ``[units]``."""
        scales: PhysicalScales | None = self.context.scales
        return scales


def read_all(report: Report) -> UsadelTables:
    """Read every table of a case; what is wrong goes into the report."""
    units = read_table(UnitsTable, ("units",), report, Context())
    scales = _scales(units) if report.source.value(("units",)) is not None else None
    context = Context(scales, "ξ0", _ADD_UNITS)
    return UsadelTables(
        case=read_table(CaseTable, (), report, context),
        usadel=read_table(UsadelTable, ("usadel",), report, context),
        layers=read_tables(LayerTable, "layers", report, context),
        interfaces=read_tables(interface_table(), "interfaces", report, context),
        units=units,
        mesh=read_table(MeshTable, ("mesh",), report, context),
        reference=read_table(ReferenceTable, ("reference",), report, context),
        spectra=read_tables(SpectrumTable, "spectra", report, context),
        critical_temperature=read_table(
            CriticalTemperatureTable, ("critical_temperature",), report, context
        ),
        solver=read_table(SolverTable, ("solver",), report, context),
        accuracy=read_table(AccuracyTable, ("accuracy",), report, context),
        output=read_table(OutputTable, ("output",), report, context),
        context=context,
    )


def _scales(units: Entry[UnitsTable]) -> PhysicalScales:
    temperature, diffusivity = units.table.critical_temperature, units.table.diffusivity
    if temperature is None or diffusivity is None:
        return _ANY_SCALES
    return PhysicalScales(temperature, diffusivity)
