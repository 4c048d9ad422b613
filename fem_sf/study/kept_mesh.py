# SPDX-License-Identifier: MIT
"""A distributed mesh that is kept while cases ask for the same one."""

from __future__ import annotations

from collections.abc import Callable

from mpi4py import MPI

from fem_sf.mesh.geometry import Geometry, same_geometry
from fem_sf.mesh.layers import LayeredMesh
from fem_sf.parallel import only_first_rank


class KeptMesh:
    """The last mesh that was asked for.

    Parameters
    ----------
    comm
        The ranks that share it.
    """

    def __init__(self, comm: MPI.Comm):
        self.comm = comm
        self._geometry: Geometry | None = None
        self._mesh: LayeredMesh | None = None

    def take(self, make: Callable[[], Geometry]) -> tuple[LayeredMesh, bool]:
        """The mesh of a geometry; collective.

        Parameters
        ----------
        make
            Makes the geometry, on rank 0.

        Returns
        -------
        tuple
            The mesh, and whether it is another one than the last time.
        """
        geometry = only_first_rank(self.comm, make)
        is_same = (
            geometry is not None
            and self._geometry is not None
            and same_geometry(geometry, self._geometry)
        )
        if self._mesh is not None and self.comm.bcast(is_same):
            return self._mesh, False
        self._geometry = geometry
        self._mesh = LayeredMesh.distribute(self.comm, geometry)
        return self._mesh, True
