# SPDX-License-Identifier: MIT
"""Declares the tables and keys that only Usadel cases have."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, ClassVar

from pydantic import Field, create_model

from fem_sf.case import schema
from fem_sf.case.fields import Diffusivity, Length, one_of, reduced
from fem_sf.case.schema import (
    Bound,
    Pair,
    PetscOptions,
    Schemas,
    Switch,
    Table,
    Tolerance,
)
from fem_sf.case.usadel.fields import (
    ENERGY,
    Broadening,
    Conductivity,
    ConductivityScale,
    DiffusivityScale,
    Energies,
    Exchange,
    Frequency,
    Gap,
    MaterialWord,
    Resistance,
    Temperature,
    TemperatureScale,
)
from fem_sf.interfaces import LAWS, Law
from fem_sf.limits import LARGEST, MOST_FREQUENCIES
from fem_sf.settings import (
    LARGEST_ACCURACY,
    SMALLEST_ACCURACY,
    SMALLEST_INTERPOLATION_ERROR,
    AccuracySettings,
    SolverSettings,
)
from fem_sf.usadel.laws.law import case_keys
from fem_sf.words import any_of


class CaseTable(schema.CaseTable):
    """The whole file; its tables are read one by one."""

    required: ClassVar = ("kind", "usadel", "layers")

    kind: Any = Field(None, description='kind = "usadel" in the first line')
    usadel: Any = Field(None, description="a table [usadel] with temperature = …")
    reference: Any = None
    spectra: Any = None
    critical_temperature: Any = None
    accuracy: Any = None


class UsadelTable(Table):
    """Conditions."""

    required: ClassVar = ("temperature",)
    measured_in: ClassVar = {"temperature": "Tc", "gap": "Tc"}
    bounded_elsewhere: ClassVar = ("temperature",)

    temperature: Temperature | None = Field(
        None, ge=0, le=LARGEST, description="T/Tc, a number ≥ 0"
    )
    gap: Gap = "self-consistent"
    signs: dict[str, Any] = Field(
        {}, description="a table of signs of Δ by layer, as in { S2 = -1 }"
    )


class LayerTable(schema.LayerTable):
    """One layer; which keys it may have depends on its material."""

    measured_in: ClassVar = {
        "thickness": "ξ0",
        "exchange": "Tc",
        "angle": "degrees",
        "diffusivity": "D_S",
        "density_of_states": "ν_S",
        "conductivity": "σ_S",
        "phase": "rad",
        "localized_moment": "2ν|J|",
    }

    material: MaterialWord | None = Field(
        None, description='"superconductor", "ferromagnet" or "normal"'
    )
    thickness: Length | None = Field(None, description="a thickness in ξ0, a number > 0")
    exchange: Exchange | None = Field(
        None, description="the exchange field J in Tc, a number of either sign"
    )
    angle: float | None = Field(
        None, description="the angle of J from +z towards +x in degrees, a number"
    )
    diffusivity: Diffusivity | None = Field(None, description="D/D_S, a number > 0")
    density_of_states: float | None = Field(None, description="ν/ν_S, a number > 0")
    conductivity: Conductivity | None = None
    phase: float | None = Field(None, description="the phase of Δ in radians, a number")
    localized_moment: float | None = Field(
        None, description="a moment in units of 2ν|J| of the layer, a number"
    )


class InterfaceTable(schema.InterfaceTable):
    """One interface; which keys it may have depends on its law, and `interface_table` adds them."""

    between: Pair | None = Field(
        None, description='the names of two layers that touch, as in ["S", "F"]'
    )

    def parameter(self, name: str) -> Any:
        """What it says of a parameter of a law, or ``None``."""
        return getattr(self, name)


_TYPES: dict[str, Any] = {
    "1": float,
    "ξ0": Length,
    "Tc": Annotated[float, reduced(ENERGY)],
    "": str,
}
"""How values are read, by their unit; texts have none."""


def interface_table() -> type[InterfaceTable]:
    """The table of an interface, with the keys of all laws that there are now."""
    return _interface_table(tuple(LAWS.values()))


@cache
def _interface_table(laws: tuple[type[Law], ...]) -> type[InterfaceTable]:
    kinds = [law.kind for law in laws]
    fields: dict[str, Any] = {
        "law": (Annotated[str, one_of("law", kinds)] | None, Field(None, description=any_of(kinds)))
    }
    keys = {name: key for law in laws for name, key in case_keys(law).items()}
    for name, key in keys.items():
        fields[name] = (_TYPES[key.unit] | None, Field(None, description=key.expected))
    fields["resistance"] = (Resistance | None, None)
    table = create_model("InterfaceTable", __base__=InterfaceTable, **fields)
    table.measured_in = {name: key.unit for name, key in keys.items() if key.unit != "1"}
    return table


class UnitsTable(Table):
    """The bulk superconductor in SI units."""

    required: ClassVar = ("critical_temperature", "diffusivity")

    critical_temperature: TemperatureScale | None = Field(
        None, description='Tc with its unit, as in "9.2 K"'
    )
    diffusivity: DiffusivityScale | None = Field(
        None, description='D_S with its unit, as in "4.6 cm^2/s"'
    )
    conductivity: ConductivityScale | None = None


class ReferenceTable(Table):
    """What magnetizations are divided by."""

    required: ClassVar = ("layer",)

    layer: str | None = Field(None, description="the name of a ferromagnet")


class SpectrumTable(Table):
    """A density of states at real energies."""

    required: ClassVar = ("energies", "broadening")
    measured_in: ClassVar = {"broadening": "Tc"}

    energies: Energies | None = Field(
        None, description="energies E/Tc, a list or { start = …, stop = …, count = … }"
    )
    broadening: Broadening | None = Field(None, gt=0, description="η/Tc, a number > 0")
    interpolation_error: float | None = Field(
        None,
        ge=SMALLEST_INTERPOLATION_ERROR,
        lt=1,
        description=f"a number from {SMALLEST_INTERPOLATION_ERROR:g} to 1",
    )


class CriticalTemperatureTable(Table):
    """The critical temperature of the stack; that the table is there asks for it."""


class SolverTable(Table):
    """How the equations are solved."""

    tolerance: Tolerance = SolverSettings.tolerance
    max_iterations: Bound = SolverSettings.max_iterations
    max_sweeps: Bound = SolverSettings.max_sweeps
    frequencies: int | None = Field(
        None,
        ge=0,
        le=MOST_FREQUENCIES,
        description="how many frequencies are summed one by one, a whole number from 0 to "
        f"{MOST_FREQUENCIES}",
    )
    tail: int | None = Field(
        None, ge=4, le=128, description="how many nodes the tail has, a whole number from 4 to 128"
    )
    error_estimate: Switch = SolverSettings.error_estimate
    groups: int | None = Field(
        None, ge=1, description="how many groups of ranks share the frequencies, a whole number ≥ 1"
    )
    petsc: PetscOptions = Field({})


class AccuracyTable(Table):
    """How accurate the result has to be; that the table is there asks for it."""

    required: ClassVar = ("tolerance",)

    tolerance: float | None = Field(
        None,
        ge=SMALLEST_ACCURACY,
        le=LARGEST_ACCURACY,
        description=f"a relative error from {SMALLEST_ACCURACY:g} to {LARGEST_ACCURACY:g}",
    )
    rounds: Bound = AccuracySettings.rounds


class OutputTable(schema.OutputTable):
    """What is written besides the standard files."""

    frequencies: list[Frequency] = Field(
        [],
        max_length=MOST_FREQUENCIES,
        description=f"a list of at most {MOST_FREQUENCIES} frequencies ω/Tc, as in [0.5, 3.0]",
    )


def schemas() -> Schemas:
    """The tables whose keys may be swept."""
    return {
        (): CaseTable,
        ("usadel",): UsadelTable,
        ("layers",): LayerTable,
        ("interfaces",): interface_table(),
        ("spectra",): SpectrumTable,
        ("mesh",): schema.MeshTable,
        ("solver",): SolverTable,
        ("accuracy",): AccuracyTable,
    }
