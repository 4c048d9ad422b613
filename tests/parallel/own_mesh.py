# SPDX-License-Identifier: MIT
"""A mesh that a user made with dolfinx, without ghost cells: refused on every rank alike."""

from __future__ import annotations

import dolfinx
import numpy as np
from mpi4py import MPI

from fem_sf.errors import MeshError
from fem_sf.mesh.layers import LayeredMesh

mesh = dolfinx.mesh.create_unit_square(MPI.COMM_WORLD, 8, 8, ghost_mode=dolfinx.mesh.GhostMode.none)
cells = mesh.topology.index_map(2)
number = np.arange(cells.size_local + cells.num_ghosts, dtype=np.int32)
middle = dolfinx.mesh.compute_midpoints(mesh, 2, number)
try:
    planes = LayeredMesh(mesh, (middle[:, 0] > 0.5).astype(np.int32), ("S", "F")).planes
except MeshError as error:
    messages = MPI.COMM_WORLD.gather(str(error))
    if messages is not None:
        assert len(set(messages)) == 1
        print(messages[0])
else:
    print("accepted", len(planes))
