# SPDX-License-Identifier: MIT
"""Writes ``fields.bp`` for large parallel runs: every rank writes its own part, by ADIOS2."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import dolfinx
import numpy as np
from numpy.typing import NDArray

from fem_sf.files import replacing_together
from fem_sf.mesh.layers import LayeredMesh
from fem_sf.mesh.sampling import matching_dofs


@dataclass(frozen=True)
class LocalFields:
    """Columns of one layer at this rank's nodes.

    Parameters
    ----------
    space
        A Lagrange space on the layer's submesh.
    values
        By column, at all its local nodes, ghosts included, shape (n,).
    """

    space: dolfinx.fem.FunctionSpace
    values: Mapping[str, NDArray[np.float64]]


def write_vtx(
    mesh: LayeredMesh, degree: int, layers: Mapping[str, LocalFields], path: Path
) -> None:
    """Write real, discontinuous fields on the parent mesh; collective.

    Parameters
    ----------
    mesh
        The mesh.
    degree
        Polynomial degree of the layers' spaces.
    layers
        Fields of every layer, all with the same columns.
    path
        The ``.bp`` to write; ParaView opens it with its ADIOS2VTXReader.
    """
    space = dolfinx.fem.functionspace(mesh.mesh, ("Discontinuous Lagrange", degree))
    columns = list(next(iter(layers.values())).values)
    fields = {
        name: dolfinx.fem.Function(space, name=name, dtype=mesh.mesh.geometry.x.dtype)
        for name in columns
    }
    for name, layer in layers.items():
        part = mesh.part((name,))
        cells = np.arange(len(part.parent_cells))
        here, there = matching_dofs(layer.space, cells, space, part.parent_cells)
        for column, values in layer.values.items():
            fields[column].x.array[there] = values[here]
    with (
        replacing_together(mesh.comm, path) as draft,
        dolfinx.io.VTXWriter(mesh.comm, draft, list(fields.values()), engine="BP4") as file,
    ):
        file.write(0.0)
