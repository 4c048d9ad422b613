# SPDX-License-Identifier: MIT
"""Reads the tables that cases of every kind have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from fem_sf.case.entries import Entry
from fem_sf.case.fields import Context
from fem_sf.case.schema import InterfaceTable, LayerTable, MeshTable, OutputTable

LayerEntries = TypeVar("LayerEntries", bound=LayerTable)
InterfaceEntries = TypeVar("InterfaceEntries", bound=InterfaceTable)
Output = TypeVar("Output", bound=OutputTable)


@dataclass(frozen=True, kw_only=True)
class Tables(Generic[LayerEntries, InterfaceEntries, Output]):
    """Tables of a case that are treated alike whatever its kind.

    Parameters
    ----------
    layers, interfaces, mesh, output
        As the format names them; an absent one is empty.
    context
        What their values were read with.
    """

    layers: list[Entry[LayerEntries]]
    interfaces: list[Entry[InterfaceEntries]]
    mesh: Entry[MeshTable]
    output: Entry[Output]
    context: Context

    @property
    def has_mesh_file(self) -> bool:
        """Whether the geometry comes from a file."""
        return "file" in self.mesh.given
