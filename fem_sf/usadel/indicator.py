# SPDX-License-Identifier: MIT
"""Finds which cells of a mesh the error of a solution comes from."""

from __future__ import annotations

from typing import Any

import dolfinx
import numpy as np
import ufl
from mpi4py import MPI
from numpy.typing import NDArray

from fem_sf import compat
from fem_sf.usadel.fields import Conductor
from fem_sf.usadel.sweep import FrequencySweep
from fem_sf.usadel.system import UsadelSystem


def cell_indicators(sweep: FrequencySweep) -> NDArray[np.float64] | None:
    """How much of the solution each cell has in its highest polynomials, in the energy norm.

    2πT Σ ∫ν (a/2)|∇(θ − Iθ)|² over each cell, where I interpolates with elements of one degree
    less: the gradient part of the action that these would miss. It tells where cells are too large,
    not how large the error is.

    Parameters
    ----------
    sweep
        The solved frequencies.

    Returns
    -------
    ndarray or None
        For every cell of the undistributed mesh, in its order, not negative; on rank 0 of the ranks
        that share the mesh, ``None`` on the others. Collective.
    """
    system, mesh = sweep.system, sweep.system.mesh
    parts = [_Missed(system, conductor) for conductor in system.conductors]
    topology = mesh.mesh.topology
    local = np.zeros(len(mesh.layer_of_cell))
    for k, weight in enumerate(sweep.frequency_sum.weights):
        sweep.select(k)
        for each in parts:
            local[each.conductor.part.parent_cells] += weight * each.values()
    index_map = topology.index_map(mesh.dimension)
    whole = np.zeros(index_map.size_global)
    owned = slice(0, index_map.size_local)
    whole[topology.original_cell_index[owned]] = local[owned]
    return mesh.comm.reduce(whole, op=MPI.SUM)


class _Missed:
    """What elements of one degree less miss of one conductor's unknown."""

    def __init__(self, system: UsadelSystem, conductor: Conductor):
        self.conductor = conductor
        theta, mesh = conductor.theta, conductor.part.mesh
        shape = [theta.ufl_shape] if theta.ufl_shape else []
        lower = ("Discontinuous Lagrange", system.degree - 1, *shape)
        self._lower = dolfinx.fem.Function(dolfinx.fem.functionspace(mesh, lower))
        self._cells = dolfinx.fem.functionspace(mesh, ("Discontinuous Lagrange", 0))
        self._form = compat.form(self._integral(system), system.entity_maps)

    def _integral(self, system: UsadelSystem) -> Any:
        missed = ufl.grad(self.conductor.theta - self._lower)
        square, test = ufl.real(ufl.inner(missed, missed)), ufl.TestFunction(self._cells)
        measure = system.layer_measure(self.conductor.layers)
        data = [system.data[name] for name in self.conductor.layers]
        return sum(
            ufl.inner(each.density_of_states * each.diffusivity / 2 * square, test) * measure(k)
            for k, each in enumerate(data)
        )

    def values(self) -> NDArray[np.float64]:
        """By cell of the conductor, those that this rank owns; others have nothing."""
        self._lower.interpolate(self.conductor.theta)
        dofs = self._cells.dofmap.list[:, 0]
        array = np.zeros(len(dofs), dtype=self._lower.x.array.dtype)
        compat.assemble_vector(array, self._form)
        return array[dofs].real
