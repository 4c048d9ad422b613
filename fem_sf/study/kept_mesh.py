# SPDX-License-Identifier: MIT
"""Keeps a distributed mesh while cases ask for the same one, or one of its kind."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

import numpy as np
from mpi4py import MPI

from fem_sf.mesh.geometry import Geometry, same_connectivity
from fem_sf.mesh.layers import LayeredMesh
from fem_sf.parallel import only_first_rank


class Change(Enum):
    """What is new about a mesh since the last time."""

    NOTHING = "nothing"
    POSITIONS = "positions"
    EVERYTHING = "everything"


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

    def take(self, make: Callable[[], Geometry]) -> tuple[LayeredMesh, Change]:
        """The mesh of a geometry; collective.

        The mesh that was there is moved where only its points are elsewhere.

        Parameters
        ----------
        make
            Makes the geometry, on rank 0.

        Returns
        -------
        tuple
            The mesh, and what has changed since the last time.
        """
        last, self._geometry = self._geometry, only_first_rank(self.comm, make)
        change = self.comm.bcast(_change(last, self._geometry))
        if self._mesh is None or change is Change.EVERYTHING:
            self._mesh = LayeredMesh.distribute(self.comm, self._geometry)
        elif change is Change.POSITIONS:
            self._mesh.move(self._geometry)
        return self._mesh, change


def _change(last: Geometry | None, now: Geometry | None) -> Change:
    """The difference of two geometries; of no meaning where there is none."""
    if last is None or now is None or not same_connectivity(last, now):
        return Change.EVERYTHING
    same = np.array_equal(last.points, now.points) and last.starts == now.starts
    return Change.NOTHING if same else Change.POSITIONS
