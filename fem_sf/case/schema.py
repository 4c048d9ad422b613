# SPDX-License-Identifier: MIT
"""The tables of a case file, key by key.

A description says what is expected; messages about wrong types, wrong ranges and missing keys are
made of it. No key is required by its type, so that what is right in a table can be checked further
while the rest of it is wrong; ``required`` names the keys that must be there.
"""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from fem_sf.case.fields import (
    Conductivity,
    ConductivityScale,
    Diffusivity,
    DiffusivityScale,
    Exchange,
    Frequency,
    Gap,
    LawWord,
    Length,
    MaterialWord,
    OptionName,
    OptionValue,
    Resistance,
    Temperature,
    TemperatureScale,
)
from fem_sf.settings import MeshSettings, SolverSettings

LATER = ("sweep", "spectra", "critical_temperature")
"""Tables of the format that this version refuses by name."""


class Table(BaseModel):
    """What all tables have in common: no other keys, no conversions, no infinite numbers."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)

    required: ClassVar[tuple[str, ...]] = ()


class CaseTable(Table):
    """The whole file; its tables are read one by one."""

    required: ClassVar = ("kind", "usadel", "layers")

    kind: Any = Field(None, description='kind = "usadel" in the first line')
    title: str | None = Field(None, description='text, as in title = "Proximity effect"')
    usadel: Any = Field(None, description="a table [usadel] with temperature = …")
    layers: Any = Field(None, description="[[layers]], one for every layer from left to right")
    interfaces: Any = None
    units: Any = None
    mesh: Any = None
    reference: Any = None
    solver: Any = None
    output: Any = None


class UsadelTable(Table):
    """Conditions."""

    required: ClassVar = ("temperature",)

    temperature: Temperature | None = Field(None, ge=0, description="T/Tc, a number ≥ 0")
    gap: Gap = "self-consistent"


class LayerTable(Table):
    """One layer; which keys it may have depends on its material."""

    required: ClassVar = ("name", "material")

    name: str | None = Field(None, description="the name of the layer, text")
    material: MaterialWord | None = Field(
        None, description='"superconductor", "ferromagnet" or "normal"'
    )
    thickness: Length | None = Field(None, description="a thickness in ξ0, a number > 0")
    exchange: Exchange | None = Field(
        None, description="the exchange field J in Tc, a number of either sign"
    )
    diffusivity: Diffusivity | None = Field(None, description="D/D_S, a number > 0")
    density_of_states: float | None = Field(None, description="ν/ν_S, a number > 0")
    conductivity: Conductivity | None = None
    localized_moment: float | None = Field(
        None, description="a moment in units of 2ν|J| of the layer, a number"
    )


class InterfaceTable(Table):
    """One interface; which keys it may have depends on its law."""

    required: ClassVar = ("between", "law")

    between: list[str] | None = Field(
        None,
        min_length=2,
        max_length=2,
        description='the names of two layers that touch, as in ["S", "F"]',
    )
    law: LawWord | None = Field(
        None, description='"kupriyanov-lukichev", "transparent" or "insulating"'
    )
    gamma: Length | None = Field(None, description="γ = R_b σ/ξ0, a number > 0")
    gamma_of: str | None = Field(
        None, description="the name of the layer whose conductivity σ is in γ"
    )
    resistance: Resistance | None = None


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


class MeshTable(Table):
    """How the stack is meshed."""

    dimension: int = Field(MeshSettings.dimension, ge=1, description="1 or 2")
    width: Length | None = Field(None, gt=0, description="a width in ξ0, a number > 0")
    file: str | None = Field(None, min_length=1, description="the path of a mesh file, text")
    unit: Length | None = Field(
        None, gt=0, description="the length of one unit of the mesh file in ξ0, a number > 0"
    )
    degree: int | None = Field(None, ge=1, le=4, description="a polynomial degree from 1 to 4")
    refinement: float = Field(MeshSettings.refinement, gt=0, description="a number > 0")


class ReferenceTable(Table):
    """What magnetizations are divided by."""

    required: ClassVar = ("layer",)

    layer: str | None = Field(None, description="the name of a ferromagnet")


class SolverTable(Table):
    """How the equations are solved."""

    tolerance: float = Field(
        SolverSettings.tolerance, gt=0, lt=1, description="a relative residual between 0 and 1"
    )
    max_iterations: int = Field(
        SolverSettings.max_iterations, ge=1, description="a whole number ≥ 1"
    )
    max_sweeps: int = Field(SolverSettings.max_sweeps, ge=1, description="a whole number ≥ 1")
    frequencies: int | None = Field(
        None, ge=0, description="how many frequencies are summed one by one, a whole number ≥ 0"
    )
    tail: int | None = Field(
        None, ge=4, le=128, description="how many nodes the tail has, a whole number from 4 to 128"
    )
    error_estimate: bool = Field(SolverSettings.error_estimate, description="true or false")
    petsc: dict[OptionName, OptionValue] = Field(
        {}, description='a table of PETSc options, as in { pc_type = "lu" }'
    )


class OutputTable(Table):
    """What is written besides the standard files."""

    probes: dict[str, list[Any]] = Field(
        {}, description="a table of positions by layer, as in { S = [0.0, 5.0] }"
    )
    vtx: bool = Field(False, description="true or false")
    frequencies: list[Frequency] = Field(
        [], description="a list of frequencies ω/Tc, as in [0.5, 3.0]"
    )
