# SPDX-License-Identifier: MIT
"""Fields, constants and actions of a stack on a mesh; nothing is compiled here.

Layers joined by transparent interfaces form one conductor with one continuous unknown; conductors
are coupled only by barriers. Residual and Jacobian are derivatives of one action. The unknown is
called θ here: θ_+ where all exchange fields are along one axis, else θ and M together, or the two
Riccati amplitudes where the order parameter has a phase.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import dolfinx
import numpy as np
import ufl
from numpy.typing import ArrayLike, NDArray
from petsc4py import PETSc

from fem_sf import compat
from fem_sf.errors import MeshError
from fem_sf.materials import Ferromagnet, Superconductor
from fem_sf.mesh.layers import LayeredMesh, Plane
from fem_sf.mesh.sampling import matching_dofs
from fem_sf.multilayer import without_law
from fem_sf.solve.blocks import BlockVector
from fem_sf.stack import Interface, Layer, Stack
from fem_sf.usadel import collinear
from fem_sf.usadel.barriers import Barrier
from fem_sf.usadel.choices import choose_parametrisation
from fem_sf.usadel.exchange import exchange_fields
from fem_sf.usadel.frame import spin_frame
from fem_sf.usadel.parametrisation import LayerData


@dataclass(frozen=True)
class Conductor:
    """Layers joined by transparent interfaces, or a single layer.

    Parameters
    ----------
    layers
        Names, in the order of the stack.
    part
        Their submesh.
    theta
        The unknown on it.
    """

    layers: tuple[str, ...]
    part: compat.SubMesh
    theta: dolfinx.fem.Function

    @property
    def name(self) -> str:
        """The layers' names joined by ``+``."""
        return "+".join(self.layers)


class UsadelFields:
    """Fields of a stack, in the parametrisation that its fields and phases need.

    Parameters
    ----------
    stack
        Layers and laws.
    mesh
        The mesh; its layers are those of the stack.
    degree
        Polynomial degree of θ and Δ.

    Attributes
    ----------
    exchange
        The exchange fields.
    frame
        The axes of all vectors in spin space.
    parametrisation
        What the unknown means.

    Raises
    ------
    MeshError
        If a pair of layers touches without a declared interface.
    StackError
        If an exchange field that varies has no value somewhere.
    MissingDependency
        If PETSc has real scalars.
    """

    def __init__(self, stack: Stack, mesh: LayeredMesh, degree: int):
        compat.require_complex()
        self.stack, self.mesh, self.degree = stack, mesh, degree
        self.exchange = exchange_fields(stack, mesh)
        self.frame = self.exchange.frame
        self.parametrisation = choose_parametrisation(stack, self.frame)
        _refuse_undeclared(stack, mesh.planes)
        self.omega = dolfinx.fem.Function(dolfinx.fem.functionspace(mesh.mesh, ("DG", 0)))
        self.set_frequency(1.0)
        # UFL joins integrals only over one and the same measure
        self._measures: dict[tuple, ufl.Measure] = {}
        self._layer_spaces: dict[str, dolfinx.fem.FunctionSpace] = {}
        self.data = {layer.name: self._layer_data(layer) for layer in stack.layers}
        self.conductors = tuple(
            Conductor(names, part, dolfinx.fem.Function(self._theta_space(part), name="theta"))
            for names in _connected(stack, mesh.planes)
            for part in [mesh.part(names)]
        )
        self.barriers = tuple(self._barrier(plane) for plane in mesh.planes if self._blocks(plane))
        self.gaps = {
            layer.name: dolfinx.fem.Function(self._gap_space(layer.name), name="delta")
            for layer in stack.layers
            if isinstance(layer.material, Superconductor)
        }
        self.layout = BlockVector([conductor.theta for conductor in self.conductors])

    def fits(self, stack: Stack) -> bool:
        """Whether another stack on this mesh differs in numbers only, which `set_stack` takes."""
        uniform = all(
            _is_uniform(layer.material) for each in (self.stack, stack) for layer in each.layers
        )
        return uniform and _structure(stack) == _structure(self.stack)

    def set_stack(self, stack: Stack) -> None:
        """Put the numbers of a stack of the same structure into the forms.

        Parameters
        ----------
        stack
            One that `fits`.
        """
        self.stack, self.exchange = stack, exchange_fields(stack, self.mesh)
        self.frame = self.exchange.frame
        for layer in stack.layers:
            data, material = self.data[layer.name], layer.material
            data.density_of_states.value = material.density_of_states
            data.diffusivity.value = material.diffusivity
            data.exchange.value = self.frame.components(_uniform_exchange(material))
        for barrier in self.barriers:
            for name, value in stack.law_numbers(self._interface(barrier.plane)).items():
                barrier.numbers[name].value = value

    def set_frequency(self, omega: complex | NDArray[np.float64]) -> None:
        """Put a frequency into the forms.

        Parameters
        ----------
        omega
            ω in Tc, or one for each copy that the mesh consists of.
        """
        by_cell = omega[self.mesh.copy_of_cell] if isinstance(omega, np.ndarray) else omega
        self.omega.x.array[:] = by_cell

    # What the forms are made of

    def conductor_of(self, layer: str) -> int:
        """Index of the conductor that a layer belongs to."""
        return next(i for i, each in enumerate(self.conductors) if layer in each.layers)

    def layer_space(self, layer: str) -> dolfinx.fem.FunctionSpace:
        """The space of a layer's own fields; that of θ where it is a scalar on the same mesh."""
        conductor = self.conductors[self.conductor_of(layer)]
        space = conductor.theta.function_space
        if conductor.layers == (layer,) and space.dofmap.index_map_bs == 1:
            return space
        if layer not in self._layer_spaces:
            self._layer_spaces[layer] = self._space(self.mesh.part((layer,)))
        return self._layer_spaces[layer]

    def node_dofs(self, layer: str) -> NDArray[np.int32]:
        """Local node of the conductor's θ at every local dof of ``layer_space(layer)``."""
        space = self.layer_space(layer)
        conductor = self.conductors[self.conductor_of(layer)]
        theta_space = conductor.theta.function_space
        if space is theta_space:
            count = space.dofmap.index_map.size_local + space.dofmap.index_map.num_ghosts
            return np.arange(count, dtype=np.int32)
        part = self.mesh.part((layer,))
        cells = np.arange(len(part.parent_cells))
        here, there = matching_dofs(
            space, cells, theta_space, conductor.part.sub_cells[part.parent_cells]
        )
        dofs = np.empty(here.max(initial=-1) + 1, dtype=np.int32)
        dofs[here] = there
        return dofs

    def layer_measure(self, layers: Sequence[str]) -> ufl.Measure:
        """``dx(k)`` integrates over the k-th of these layers, on the parent mesh."""
        key = tuple(layers)
        if key not in self._measures:
            cells = [(k, self.mesh.owned_cells(name)) for k, name in enumerate(layers)]
            self._measures[key] = self._measure("dx", cells)
        return self._measures[key]

    def plane_measure(self, planes: Sequence[Plane]) -> ufl.Measure:
        """``dS(k)`` integrates over the k-th of these planes, '+' on the side of its ``left``."""
        key = tuple(plane.pair for plane in planes)
        if key not in self._measures:
            facets = [(k, plane.facets) for k, plane in enumerate(planes)]
            self._measures[key] = self._measure("dS", facets)
        return self._measures[key]

    def theta_of(self, layer: str) -> dolfinx.fem.Function:
        """The unknown of the conductor that a layer belongs to."""
        return self.conductors[self.conductor_of(layer)].theta

    def coordinates(self) -> NDArray[np.float64]:
        """Where this rank's unknowns are, shape (nodes, 3)."""
        return np.vstack([each.tabulate_dof_coordinates() for each in self.layout.spaces])

    @property
    def one_spin(self) -> bool:
        """Whether the unknown is of one spin, and the action A_+."""
        return self.parametrisation is collinear

    # Actions

    def bulk_action(self, conductor: Conductor) -> Any:
        """The action of a conductor's layers (usadel action without barriers)."""
        return sum(self.layer_action(conductor, k) for k in range(len(conductor.layers)))

    def layer_action(self, conductor: Conductor, k: int) -> Any:
        """The action of the k-th layer of a conductor."""
        name = conductor.layers[k]
        density = self.parametrisation.layer_action(
            conductor.theta, self.data[name], self.omega, self.gaps.get(name)
        )
        return density * self.layer_measure(conductor.layers)(k)

    def barrier_action(self, barriers: Sequence[Barrier]) -> Any:
        """The action of some barriers."""
        dS = self.plane_measure([each.plane for each in barriers])
        return sum(
            each.action(
                self.parametrisation,
                self.conductors[each.left].theta("+"),
                self.conductors[each.right].theta("-"),
            )
            * dS(k)
            for k, each in enumerate(barriers)
        )

    def joins(self, plane: Plane) -> bool:
        """Whether everything is continuous at a plane."""
        return self._interface(plane).law.joins

    def in_residual_order(self, gradient: PETSc.Vec) -> None:
        """Reorder derivatives with respect to the unknowns as residuals are."""
        order = self.parametrisation.residual_order(self.frame.shape)
        if order is not None:
            # all unknowns of a stack have the same components
            values = gradient.getArray().reshape(-1, len(order))
            values[:] = values[:, order]

    @cached_property
    def entity_maps(self) -> Any:
        """Maps from the parent's cells to conductors and layers, as `compat.form` takes them."""
        return compat.entity_maps(self.parts, [each.plane.facets for each in self.barriers])

    @property
    def parts(self) -> list[compat.SubMesh]:
        """The meshes of conductors and layers, each once."""
        parts = {conductor.layers: conductor.part for conductor in self.conductors}
        parts.update({(name,): self.mesh.part((name,)) for name in self.stack.names})
        return list(parts.values())

    def _measure(self, kind: str, subdomains: list[tuple[int, NDArray[np.int32]]]) -> ufl.Measure:
        """Integrates over numbered sets of cells or facets of the parent mesh."""
        return ufl.Measure(
            kind,
            domain=self.mesh.mesh,
            subdomain_data=subdomains,
            metadata={"quadrature_degree": 2 * self.degree + 2},
        )

    def _constant(self, value: ArrayLike) -> dolfinx.fem.Constant:
        return dolfinx.fem.Constant(self.mesh.mesh, np.asarray(value, dtype=PETSc.ScalarType))

    def _space(
        self, part: compat.SubMesh, shape: tuple[int, ...] = ()
    ) -> dolfinx.fem.FunctionSpace:
        element = ("Lagrange", self.degree, *([shape] if shape else []))
        return dolfinx.fem.functionspace(part.mesh, element)

    def _gap_space(self, layer: str) -> dolfinx.fem.FunctionSpace:
        shape = self.parametrisation.gap_shape()
        return self._space(self.mesh.part((layer,)), shape) if shape else self.layer_space(layer)

    def _theta_space(self, part: compat.SubMesh) -> dolfinx.fem.FunctionSpace:
        return self._space(part, self.parametrisation.field_shape(self.frame.shape))

    def _layer_data(self, layer: Layer) -> LayerData:
        return LayerData(
            self._constant(layer.material.density_of_states),
            self._constant(layer.material.diffusivity),
            self._exchange(layer),
        )

    def _exchange(self, layer: Layer) -> Any:
        if _is_uniform(layer.material):
            return self._constant(self.frame.components(_uniform_exchange(layer.material)))
        space = self._space(self.mesh.part((layer.name,)), self.frame.shape)
        field = dolfinx.fem.Function(space, name="exchange")
        values = self.exchange.at(layer.name, space.tabulate_dof_coordinates())
        field.x.array[:] = self.frame.components(values).ravel()
        return field

    def _blocks(self, plane: Plane) -> bool:
        return self._interface(plane).law.conducts()

    def _barrier(self, plane: Plane) -> Barrier:
        left, right = self.conductor_of(plane.left), self.conductor_of(plane.right)
        interface = self._interface(plane)
        numbers = self.stack.law_numbers(interface)
        constants = {name: self._constant(value) for name, value in numbers.items()}
        turned = interface.left != plane.left
        return Barrier(plane, left, right, type(interface.law), turned, constants)

    def _interface(self, plane: Plane) -> Interface:
        interface = self.stack.interface(plane.left, plane.right)
        assert interface is not None
        return interface


def _is_uniform(material: Any) -> bool:
    return not isinstance(material, Ferromagnet) or material.is_uniform


def _uniform_exchange(material: Any) -> ArrayLike:
    """J as a vector, of a material in which it does not vary."""
    return material.exchange_vector if isinstance(material, Ferromagnet) else np.zeros(3)


def _structure(stack: Stack) -> tuple[Any, ...]:
    """What forms depend on beyond numbers; fields that vary are numbers of their own."""
    materials = [(layer.name, layer.material.kind) for layer in stack.layers]
    laws = {(interface.pair, interface.law.kind) for interface in stack.interfaces}
    return materials, laws, spin_frame(stack).shape, bool(stack.phases)


def _refuse_undeclared(stack: Stack, planes: Sequence[Plane]) -> None:
    problems = [
        without_law(stack, plane.left, plane.right)
        for plane in planes
        if stack.interface(plane.left, plane.right) is None
    ]
    if problems:
        raise MeshError(problems)


def _connected(stack: Stack, planes: Sequence[Plane]) -> list[tuple[str, ...]]:
    """Layers grouped by transparent interfaces, in the order of the stack."""
    group = {name: {name} for name in stack.names}
    for plane in planes:
        interface = stack.interface(plane.left, plane.right)
        if interface is not None and interface.law.joins:
            joined = group[plane.left] | group[plane.right]
            for name in joined:
                group[name] = joined
    return list(
        dict.fromkeys(
            tuple(name for name in stack.names if name in group[each]) for each in stack.names
        )
    )
