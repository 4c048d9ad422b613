# SPDX-License-Identifier: MIT
"""``fields.bp`` for large parallel runs: every rank writes its own part, through ADIOS2."""

from __future__ import annotations

from pathlib import Path

import dolfinx
import numpy as np
import scipy.sparse

from fem_sf.mesh.sampling import Sampling, matching_dofs
from fem_sf.usadel.observables import sample
from fem_sf.usadel.solution import Solution

COLUMNS = {
    "delta": "delta",
    "dM_z": "magnetization",
    "singlet": "singlet",
    "triplet_z": "triplet",
}
"""Names in the file and the sampled fields behind them."""


def write_vtx(solution: Solution, reference: str | None, path: Path) -> None:
    """Write real, discontinuous fields on the parent mesh; collective.

    Parameters
    ----------
    solution
        A solved stack.
    reference
        Layer whose 2ν|J| is the unit of magnetization.
    path
        The ``.bp`` to write; ParaView opens it with its ADIOS2VTXReader.
    """
    system = solution.sweep.system
    mesh = system.mesh
    space = dolfinx.fem.functionspace(mesh.mesh, ("Discontinuous Lagrange", system.degree))
    fields = {
        name: dolfinx.fem.Function(space, name=name, dtype=mesh.mesh.geometry.x.dtype)
        for name in COLUMNS
    }
    everywhere = {name: _all_local_nodes(system.layer_space(name)) for name in mesh.names}
    values = sample(solution.sweep, reference, everywhere)
    for layer in mesh.names:
        part = mesh.part((layer,))
        cells = np.arange(len(part.parent_cells))
        here, there = matching_dofs(system.layer_space(layer), cells, space, part.parent_cells)
        for name, quantity in COLUMNS.items():
            fields[name].x.array[there] = getattr(values[layer], quantity)[here]
    with dolfinx.io.VTXWriter(mesh.comm, path, list(fields.values()), engine="BP4") as file:
        file.write(0.0)


def _all_local_nodes(space: dolfinx.fem.FunctionSpace) -> Sampling:
    index_map = space.dofmap.index_map
    count = index_map.size_local + index_map.num_ghosts
    return Sampling(np.arange(count), scipy.sparse.eye_array(count, format="csr"), count)
