# SPDX-License-Identifier: MIT
"""The supercurrent: through interfaces, conserved to rounding, and its density in layers.

The current is what the free energy answers to a phase. When all that is right of a plane is turned
by δφ, γ → e^{iδφ}γ and γ̃ → e^{−iδφ}γ̃, then I = (2e/ħ) δF/δφ. With F in ν_S Tc² ξ0 for each area
and the current density in σ_S k_BTc/(eξ0), where σ_S = 2e²ν_S D_S and D_S = 2k_BTc ξ0²/ħ,

    j = ½ dF/dφ = 2πT Σ Re ∂A/∂φ.

Positive is along x where a small phase grows along x. Where the unknown solves its equations, the
variation in any direction of the finite-element space is zero; turning the nodes of one layer at a
plane only, its own action changes by what flows out through the plane.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import dolfinx
import numpy as np
import ufl
from numpy.typing import NDArray
from petsc4py import PETSc

from fem_sf import compat
from fem_sf.interfaces import Insulating
from fem_sf.mesh.layers import Plane
from fem_sf.solve.blocks import BlockMatrix, BlockVector
from fem_sf.solve.newton import direct_solver
from fem_sf.usadel import riccati_forms
from fem_sf.usadel.running_sum import RunningSum
from fem_sf.usadel.sweep import FrequencySweep
from fem_sf.usadel.system import UsadelSystem


@dataclass(frozen=True)
class _Outflow:
    """What flows out of a layer through a plane.

    Parameters
    ----------
    theta
        The unknown of the layer's conductor.
    at_plane
        1 at its nodes on the plane and 0 elsewhere, ghosts included, shape (nodes,).
    turn
        A field for the unknown turned at these nodes.
    work
        Compiled change of the layer's action when they are turned.
    """

    theta: dolfinx.fem.Function
    at_plane: NDArray[np.float64]
    turn: dolfinx.fem.Function
    work: Any

    def value(self) -> complex:
        """The part of this rank, at the unknown that is in the field."""
        nodes = self.theta.x.array.reshape(len(self.at_plane), 2, -1)
        turned = nodes * np.array([1j, -1j])[:, np.newaxis] * self.at_plane[:, None, None]
        self.turn.x.array[:] = turned.ravel()
        return compat.assemble_scalar(self.work)


class PlaneCurrents:
    """Currents through all planes that conduct, from both sides; none without phases.

    Parameters
    ----------
    system
        The stack's fields.

    Attributes
    ----------
    names
        Of the interfaces, in the order of the stack.
    """

    def __init__(self, system: UsadelSystem):
        planes = {
            interface.name: plane
            for plane in (system.mesh.planes if system.stack.phases else ())
            for interface in [system.stack.interface(plane.left, plane.right)]
            if interface is not None and not isinstance(interface.law, Insulating)
        }
        self.names = tuple(planes)
        self._sides = [
            (_outflow(system, plane.left, plane, 0), _outflow(system, plane.right, plane, 2))
            for plane in planes.values()
        ]
        one = dolfinx.fem.Constant(system.mesh.mesh, PETSc.ScalarType(1.0))
        self._extents = [
            compat.form(one * system.plane_measure([plane])(0), system.entity_maps)
            for plane in planes.values()
        ]

    def values(self) -> NDArray[np.complex128]:
        """∂A/∂φ as the left and the right side have it, the part of this rank, (planes, 2)."""
        currents = [(left.value(), -right.value()) for left, right in self._sides]
        return np.array(currents, dtype=np.complex128).reshape(-1, 2)

    def extents(self) -> NDArray[np.complex128]:
        """Extents of the planes, the part of this rank, shape (planes,)."""
        return np.array([compat.assemble_scalar(each) for each in self._extents])


def supercurrent_density(sweep: FrequencySweep) -> dict[str, dolfinx.fem.Function]:
    """The density along x by layer, as the closest field of its space; none without phases.

    Parameters
    ----------
    sweep
        The solved frequencies.
    """
    system = sweep.system
    if not system.stack.phases:
        return {}
    densities = {
        name: dolfinx.fem.Function(system.layer_space(name), name="supercurrent")
        for name in system.stack.names
    }
    layout = BlockVector(list(densities.values()))
    fluxes = [_flux_form(system, name, field) for name, field in densities.items()]
    mass = BlockMatrix(
        [
            [_mass_form(system, name, field) if name == other else None for other in densities]
            for name, field in densities.items()
        ]
    )
    mass.assemble()
    at_frequency, result = layout.vector(), layout.vector()
    total = RunningSum(sweep.frequency_sum)
    for k in range(len(sweep.theta)):
        sweep.select(k)
        layout.assemble(fluxes, at_frequency)
        total.add(k, at_frequency.getArray(readonly=True).real.copy())
    at_frequency.getArray()[:] = total.total
    direct_solver(mass.matrix, "fem_sf_projection_").solve(at_frequency, result)
    layout.to_functions(result)
    return densities


def _outflow(system: UsadelSystem, layer: str, plane: Plane, column: int) -> _Outflow:
    """What flows out of a layer whose cells and facets are in these columns of the plane's."""
    conductor = system.conductors[system.conductor_of(layer)]
    turn = dolfinx.fem.Function(conductor.theta.function_space)
    work = riccati_forms.turning_work(system, layer, turn)
    return _Outflow(
        conductor.theta,
        _nodes_at_plane(conductor.theta, conductor.part, plane.facets.reshape(-1, 4)[:, column:]),
        turn,
        compat.form(work, system.entity_maps),
    )


def _nodes_at_plane(
    theta: dolfinx.fem.Function, part: compat.SubMesh, facets: NDArray[np.int32]
) -> NDArray[np.float64]:
    """1 at the nodes of facets given as (cell of the parent, local facet, …), else 0."""
    space = theta.function_space
    marks = dolfinx.la.vector(space.dofmap.index_map, 1, np.float64)
    dimension = space.mesh.topology.dim - 1
    for cell, facet, *_ in facets:
        local = space.dofmap.dof_layout.entity_closure_dofs(dimension, facet)
        marks.array[space.dofmap.cell_dofs(part.sub_cells[cell])[local]] = 1.0
    marks.scatter_reverse(dolfinx.la.InsertMode.add)
    marks.array[:] = marks.array > 0
    marks.scatter_forward()
    return marks.array


def _flux_form(system: UsadelSystem, layer: str, field: dolfinx.fem.Function) -> Any:
    test = ufl.TestFunction(field.function_space)
    flux = riccati_forms.phase_flux(system, layer)
    return system.compile_integral(layer, ufl.inner(flux, test))


def _mass_form(system: UsadelSystem, layer: str, field: dolfinx.fem.Function) -> Any:
    space = field.function_space
    mass = ufl.inner(ufl.TrialFunction(space), ufl.TestFunction(space))
    return system.compile_integral(layer, mass)
