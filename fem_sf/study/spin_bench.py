# SPDX-License-Identifier: MIT
"""Keeps mesh, fields and forms of steady spin transport for the next case that they fit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from mpi4py import MPI
from numpy.typing import NDArray

from fem_sf.mesh.build import checked_geometry
from fem_sf.mesh.geometry import Geometry
from fem_sf.mesh.layers import LayeredMesh
from fem_sf.spin.conductors import steady_system
from fem_sf.spin.contacts import check_contacts
from fem_sf.spin.energy import Energies
from fem_sf.spin.grading import grading_of
from fem_sf.spin.model import Stack, wall_of
from fem_sf.spin.observables import Faces
from fem_sf.spin.precession import Precession
from fem_sf.spin.settings import SpinCase
from fem_sf.spin.steady import SteadySolver, uniform
from fem_sf.spin.system import SpinSystem
from fem_sf.study.kept_mesh import Change, KeptMesh

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class SpinPlace:
    """What one polynomial degree needs.

    Parameters
    ----------
    solver
        With the numbers of the present case.
    faces, energies, precession
        Measure its solution.
    structure
        Key: layers, laws and settings that need another compilation.
    """

    solver: SteadySolver
    faces: Faces
    energies: Energies
    precession: Precession
    structure: tuple[Any, ...]


class SpinBench:
    """Where one case after the other is set up; all methods are collective.

    Parameters
    ----------
    comm
        The ranks that share a mesh.
    """

    def __init__(self, comm: MPI.Comm):
        self.comm = comm
        self._meshes = KeptMesh(comm)
        self._places: dict[int, SpinPlace] = {}

    def mesh(self, case: SpinCase) -> LayeredMesh:
        """The mesh of a case; that of the last one if it is the same.

        Raises
        ------
        MeshError
            If it does not fit the stack.
        """
        mesh, change = self._meshes.take(lambda: geometry_of(case))
        if change is not Change.NOTHING:
            self._places.clear()
        return mesh

    def place(self, case: SpinCase, mesh: LayeredMesh, degree: int) -> SpinPlace:
        """Solver and faces of a case on its mesh, ready to start from nothing."""
        kept, structure = self._places.get(degree), _structure(case)
        if kept is not None and kept.structure == structure:
            kept.solver.set_stack(case.stack, case.drive)
            kept.solver.unknowns.zeroEntries()
            return kept
        solver = new_solver(case, mesh, degree)
        system, profile = solver.system, profile_of(case)
        self._places[degree] = SpinPlace(
            solver,
            Faces(system, solver.nodes, profile),
            Energies(system),
            Precession(system, profile),
            structure,
        )
        return self._places[degree]


def geometry_of(case: SpinCase) -> Geometry:
    """The mesh of a case as arrays, found to fit its stack."""
    geometry = checked_geometry(case.stack, case.mesh, grading_of(case))
    if case.mesh.file is not None:
        check_contacts(geometry, case.stack, case.contacts)
    return geometry


def distribute(case: SpinCase, comm: MPI.Comm) -> LayeredMesh:
    """The mesh of a case, checked and distributed."""
    mesh, _ = KeptMesh(comm).take(lambda: geometry_of(case))
    return mesh


def profile_of(case: SpinCase) -> Callable[[FloatArray], FloatArray]:
    """cos(qy) of the drive along the contacts."""
    if not case.wave_number:
        return uniform

    def profile(points: FloatArray) -> FloatArray:
        return np.cos(case.wave_number * points[:, 1])

    return profile


def new_solver(case: SpinCase, mesh: LayeredMesh, degree: int) -> SteadySolver:
    """A case on its mesh at one polynomial degree."""
    make = steady_system if case.time is None else SpinSystem
    system = make(case.stack, case.drive, mesh, degree, case.contacts)
    return SteadySolver(system, case.solver, profile_of(case))


def _structure(case: SpinCase) -> tuple[Any, ...]:
    """What forms, conditions and solvers depend on beyond numbers."""
    drive = (type(case.drive), case.wave_number, case.contacts)
    return (*_stack_structure(case.stack), drive, case.solver)


def _stack_structure(stack: Stack) -> tuple[Any, ...]:
    layers = [
        (layer.name, layer.material.kind, wall_of(layer.material) is None, layer.semi_infinite)
        for layer in stack.layers
    ]
    laws = [(each.name, each.law.kind, each.law.structure) for each in stack.interfaces]
    return layers, laws
