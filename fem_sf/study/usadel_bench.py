# SPDX-License-Identifier: MIT
"""Mesh, fields and forms of Usadel cases, kept from one case to the next where they still fit."""

from __future__ import annotations

from fem_sf.mesh.build import checked_geometry
from fem_sf.mesh.layers import LayeredMesh
from fem_sf.settings import UsadelCase
from fem_sf.solve.process_grid import ProcessGrid
from fem_sf.study.kept_mesh import Change, KeptMesh
from fem_sf.usadel.observables import IntegralForms
from fem_sf.usadel.sweep import FrequencySweep
from fem_sf.usadel.system import UsadelSystem


class UsadelBench:
    """Where one case after the other is set up; all methods are collective.

    Parameters
    ----------
    grid
        The ranks that share a mesh, and those that share the frequencies.
    """

    def __init__(self, grid: ProcessGrid):
        self.grid = grid
        self._meshes = KeptMesh(grid.space)
        self._systems: dict[int, tuple[UsadelSystem, IntegralForms]] = {}
        self._sweeps: dict[UsadelSystem, FrequencySweep] = {}

    def mesh(self, case: UsadelCase) -> LayeredMesh:
        """The mesh of a case; that of the last one, with points moved, if it has as many.

        Raises
        ------
        MeshError
            If it does not fit the stack.
        """
        mesh, change = self._meshes.take(lambda: checked_geometry(case.stack, case.mesh))
        if change is Change.EVERYTHING:
            self._systems.clear()
            self._sweeps.clear()
        return mesh

    def system(
        self, case: UsadelCase, mesh: LayeredMesh, degree: int
    ) -> tuple[UsadelSystem, IntegralForms]:
        """Fields and forms of a case on its mesh, with its numbers in them."""
        kept = self._systems.get(degree)
        if kept is not None and kept[0].fits(case.stack):
            kept[0].set_stack(case.stack)
            return kept
        if kept is not None:
            self._sweeps.pop(kept[0], None)
        system = UsadelSystem(case.stack, mesh, degree)
        self._systems[degree] = system, IntegralForms(system)
        return self._systems[degree]

    def keep(self, sweep: FrequencySweep) -> None:
        """Keep the solutions on a system of this bench, for a case nearby to start from."""
        self._sweeps[sweep.system] = sweep

    def kept(self, system: UsadelSystem) -> FrequencySweep | None:
        """The last solutions on a system."""
        return self._sweeps.get(system)
