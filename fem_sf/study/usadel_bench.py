# SPDX-License-Identifier: MIT
"""Keeps mesh, fields and forms of Usadel cases for the next case that they fit."""

from __future__ import annotations

from fem_sf.mesh.build import checked_geometry
from fem_sf.mesh.geometry import Geometry
from fem_sf.mesh.layers import LayeredMesh
from fem_sf.settings import UsadelCase
from fem_sf.solve.process_grid import ProcessGrid
from fem_sf.study.kept_mesh import Change, KeptMesh
from fem_sf.usadel.observables import IntegralForms
from fem_sf.usadel.solution import forget
from fem_sf.usadel.system import UsadelSystem


class UsadelBench:
    """Where one case after the other is set up; all methods are collective.

    Parameters
    ----------
    grid
        The ranks that share a mesh, and those that share the frequencies.
    lasting
        Whether many cases are to come, for which what saves time only later is made ready too.
    """

    def __init__(self, grid: ProcessGrid, *, lasting: bool = False):
        self.grid, self.lasting = grid, lasting
        self._meshes = KeptMesh(grid.space)
        self._systems: dict[int, tuple[UsadelSystem, IntegralForms]] = {}

    def mesh(self, case: UsadelCase, refined: Geometry | None = None) -> LayeredMesh:
        """The mesh of a case; that of the last one, with points moved, if it has as many.

        Parameters
        ----------
        case
            What is solved.
        refined
            The mesh of its file as it has been refined, on rank 0 of those that share it.

        Raises
        ------
        MeshError
            If it does not fit the stack.
        """
        mesh, change = self._meshes.take(lambda: refined or checked_geometry(case.stack, case.mesh))
        if change is Change.EVERYTHING:
            self._systems.clear()
        return mesh

    def system(
        self, case: UsadelCase, mesh: LayeredMesh, degree: int
    ) -> tuple[UsadelSystem, IntegralForms]:
        """Fields and forms of a case on its mesh, with its numbers in them."""
        kept = self._systems.get(degree)
        if kept is not None and kept[0].fits(case.stack):
            kept[0].set_stack(case.stack)
            return kept
        system = UsadelSystem(case.stack, mesh, degree)
        self._systems[degree] = system, IntegralForms(system)
        return self._systems[degree]

    def forget(self) -> None:
        """Solve the next case as if there had been none before, but for the mesh and the forms."""
        for system, _ in self._systems.values():
            forget(system)
