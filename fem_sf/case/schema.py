# SPDX-License-Identifier: MIT
"""Declares the tables that cases of every kind have, key by key.

A description says what is expected; messages about wrong types, wrong ranges and missing keys are
made of it, with the unit of length of the case in the place of ``{length}``. No key is required by
its type, so that what is right in a table can be checked further while the rest of it is wrong;
``required`` names the keys that must be there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from fem_sf.case.fields import Length, OptionName, OptionValue, Title
from fem_sf.limits import MOST_REFINEMENT
from fem_sf.settings import MeshSettings, OutputSettings

_MOST_ENTRIES = 200
"""Of a table whose keys are free."""


class Table(BaseModel):
    """What all tables have in common: no other keys, no conversions, no infinite numbers.

    Attributes
    ----------
    required
        Keys that must be there.
    other_names
        Keys that may be written instead of others, each with the one or more that it gives.
    refused
        Keys that one may expect here, each with the reason why there are none.
    bounded_elsewhere
        Keys whose numbers may be of any size here.
    measured_in
        What the numbers of keys are measured in, in words, with the unit of length of the case in
        the place of ``{length}``; pure numbers are not in it.
    """

    # built where a case has such a table, which not all have
    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, allow_inf_nan=False, defer_build=True
    )

    required: ClassVar[tuple[str, ...]] = ()
    other_names: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    refused: ClassVar[Mapping[str, str]] = {}
    bounded_elsewhere: ClassVar[tuple[str, ...]] = ()
    measured_in: ClassVar[Mapping[str, str]] = {}


class CaseTable(Table):
    """The whole file; its tables are read one by one."""

    kind: Any = None
    title: Title | None = Field(None, description='text, as in title = "Proximity effect"')
    layers: Any = Field(None, description="[[layers]], one for every layer from left to right")
    interfaces: Any = None
    units: Any = None
    mesh: Any = None
    solver: Any = None
    output: Any = None
    sweep: Any = None


class LayerTable(Table):
    """One layer; which keys it may have depends on its material."""

    required: ClassVar = ("name", "material")

    name: str | None = Field(None, description="the name of the layer, text")
    material: str | None = None
    thickness: float | None = None


class InterfaceTable(Table):
    """One interface; which keys it may have depends on its law."""

    required: ClassVar = ("between", "law")

    between: list[str] | None = None
    law: str | None = None


class MeshTable(Table):
    """How the stack is meshed."""

    measured_in: ClassVar = {"width": "{length}", "unit": "{length}"}

    dimension: int = Field(MeshSettings.dimension, ge=1, description="1 or 2")
    width: Length | None = Field(None, gt=0, description="a width in {length}, a number > 0")
    file: str | None = Field(None, min_length=1, description="the path of a mesh file, text")
    unit: Length | None = Field(
        None, gt=0, description="the length of one unit of the mesh file in {length}, a number > 0"
    )
    names: dict[str, str] | None = Field(
        None, description='names of layers by the numbers in the mesh file, as in { 1 = "S" }'
    )
    degree: int | None = Field(None, ge=1, le=4, description="a polynomial degree from 1 to 4")
    refinement: float = Field(
        MeshSettings.refinement,
        gt=0,
        le=MOST_REFINEMENT,
        description=f"a number > 0, at most {MOST_REFINEMENT:g}",
    )


class OutputTable(Table):
    """What is written besides the standard files."""

    probes: dict[str, list[Any]] = Field(
        {},
        max_length=_MOST_ENTRIES,
        description="a table of positions by layer, as in { S = [0.0, 5.0] }",
    )
    vtx: bool = Field(OutputSettings.vtx, description="true or false")


Schemas = Mapping[tuple[str, ...], type[Table]]
"""The tables of a kind of case by the keys that lead to them."""

Pair = Annotated[list[str], Field(min_length=2, max_length=2)]
Tolerance = Annotated[float, Field(gt=0, lt=1, description="a relative residual between 0 and 1")]
Bound = Annotated[int, Field(ge=1, description="a whole number ≥ 1")]
Switch = Annotated[bool, Field(description="true or false")]
PetscOptions = Annotated[
    dict[OptionName, OptionValue],
    Field(
        max_length=_MOST_ENTRIES,
        description='a table of PETSc options, as in { pc_type = "lu" }',
    ),
]
