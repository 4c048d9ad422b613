# SPDX-License-Identifier: MIT
"""The Usadel problem of a stack on a mesh: fields, constants and compiled forms.

Layers joined by transparent interfaces form one conductor with one continuous unknown; conductors
are coupled only by barriers. Residual and Jacobian are derivatives of one action. The unknown is
called θ here: θ_+ where all exchange fields are along one axis, else θ and M together.
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
from ufl.algorithms.ad import expand_derivatives

from fem_sf import compat
from fem_sf.errors import MeshError, Problem
from fem_sf.interfaces import KupriyanovLukichev, Transparent
from fem_sf.materials import Ferromagnet, Superconductor
from fem_sf.mesh.layers import LayeredMesh, Plane
from fem_sf.mesh.sampling import matching_dofs
from fem_sf.solve.blocks import BlockVector
from fem_sf.stack import Layer, Stack
from fem_sf.textures import varying
from fem_sf.usadel import collinear, noncollinear
from fem_sf.usadel.exchange import exchange_fields
from fem_sf.usadel.parametrisation import LayerData, Parametrisation
from fem_sf.words import missing_interface


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


@dataclass(frozen=True)
class Barrier:
    """A Kupriyanov-Lukichev plane between two conductors.

    Parameters
    ----------
    plane
        Its facets.
    left, right
        Indices of the conductors on the '+' and the '-' side.
    coupling
        c = ν_i a_i/γ_i as a constant.
    """

    plane: Plane
    left: int
    right: int
    coupling: dolfinx.fem.Constant


class UsadelSystem:
    """Fields and forms of a stack, in the parametrisation that its exchange fields need.

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
        self.parametrisation: Parametrisation = noncollinear if self.frame.shape else collinear
        _refuse_undeclared(stack, mesh.planes)
        self.omega = self._constant(1.0)
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
            layer.name: dolfinx.fem.Function(self.layer_space(layer.name), name="delta")
            for layer in stack.layers
            if isinstance(layer.material, Superconductor)
        }
        self.layout = BlockVector([conductor.theta for conductor in self.conductors])
        numbers = range(len(self.conductors))
        self._residuals = [self._residual(i) for i in numbers]
        self.residual_forms = [self._compile(each) for each in self._residuals]
        self.jacobian_forms = [[self._jacobian(i, j) for j in numbers] for i in numbers]

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

    # Actions

    def bulk_action(self, conductor: Conductor) -> Any:
        """The action of a conductor's layers (usadel action without barriers)."""
        return sum(self._layer_action(conductor, k) for k in range(len(conductor.layers)))

    def barrier_action(self, barriers: Sequence[Barrier]) -> Any:
        """The action of some barriers."""
        dS = self.plane_measure([each.plane for each in barriers])
        return sum(
            self.parametrisation.barrier_action(
                self.conductors[each.left].theta("+"),
                self.conductors[each.right].theta("-"),
                each.coupling,
            )
            * dS(k)
            for k, each in enumerate(barriers)
        )

    def joins(self, plane: Plane) -> bool:
        """Whether everything is continuous at a plane."""
        interface = self.stack.interface(plane.left, plane.right)
        return interface is not None and isinstance(interface.law, Transparent)

    def compile_turns(self, barrier: Barrier) -> list[Any]:
        """Change of a barrier's action when all behind it turns about each normal of the frame."""
        behind = self.conductors[barrier.right].theta
        action = self.barrier_action([barrier])
        return [
            self._compile(expand_derivatives(ufl.derivative(action, behind, change)))
            for change in self.parametrisation.turns(behind)
        ]

    def compile_layer_residual(self, layer: str) -> Any:
        """Derivative of the action of one layer and its barriers by the layer's own unknown."""
        number = self.conductor_of(layer)
        conductor = self.conductors[number]
        action = self._layer_action(conductor, conductor.layers.index(layer))
        touching = [each for each in self.barriers if layer in (each.plane.left, each.plane.right)]
        if touching:
            action += self.barrier_action(touching)
        return self._compile(self._variation(action, number))

    @cached_property
    def action_forms(self) -> list[Any]:
        """Compiled integrals whose sum is the action per spin, one per conductor and barrier."""
        return [self._compile(self.bulk_action(each)) for each in self.conductors] + [
            self._compile(self.barrier_action([each])) for each in self.barriers
        ]

    # What couples to the gap, per superconducting layer

    def compile_pair_forms(self) -> list[Any]:
        """∫ ν f φ with the singlet amplitude f, for every superconducting layer."""
        return [self._compile(self._pair_form(name)) for name in self.gaps]

    def compile_pair_jacobian(self) -> list[list[Any]]:
        """Derivative of the pair forms with respect to θ: superconductors × conductors."""
        rows = []
        for name in self.gaps:
            owner = self.conductor_of(name)
            derivative = ufl.derivative(self._pair_form(name), self.theta_of(name))
            compiled = self._compile(derivative)
            rows.append([compiled if i == owner else None for i in range(len(self.conductors))])
        for column in range(len(self.conductors)):
            if all(row[column] is None for row in rows):
                rows[0][column] = self._empty_block(column)
        return rows

    def compile_gap_mass(self) -> list[list[Any]]:
        """∫ ν ψ φ for every superconducting layer, block diagonal."""
        rows = []
        for number, name in enumerate(self.gaps):
            space = self.gaps[name].function_space
            mass = ufl.inner(
                self.data[name].density_of_states * ufl.TrialFunction(space),
                ufl.TestFunction(space),
            )
            compiled = self._compile(mass * self.layer_measure([name])(0))
            rows.append([compiled if i == number else None for i in range(len(self.gaps))])
        return rows

    def compile_integral(self, layer: str, density: Any) -> Any:
        """∫ density over one layer."""
        return self._compile(density * self.layer_measure([layer])(0))

    # Details

    def _layer_action(self, conductor: Conductor, k: int) -> Any:
        """The action of the k-th layer of a conductor."""
        name = conductor.layers[k]
        density = self.parametrisation.layer_action(
            conductor.theta, self.data[name], self.omega, self.gaps.get(name)
        )
        return density * self.layer_measure(conductor.layers)(k)

    def _residual(self, number: int) -> Any:
        touching = [each for each in self.barriers if number in (each.left, each.right)]
        action = self.bulk_action(self.conductors[number])
        if touching:
            action += self.barrier_action(touching)
        return self._variation(action, number)

    def _jacobian(self, row: int, column: int) -> Any:
        if row == column:
            residual = self._residuals[row]
        else:
            between = [each for each in self.barriers if {each.left, each.right} == {row, column}]
            if not between:
                return None
            residual = self._variation(self.barrier_action(between), row)
        return self._compile(ufl.derivative(residual, self.conductors[column].theta))

    def _variation(self, action: Any, number: int) -> Any:
        """The derivative of an action, with the test function conjugated as UFL wants it."""
        theta = self.conductors[number].theta
        test = ufl.TestFunction(theta.function_space)
        derivative = expand_derivatives(ufl.derivative(action, theta, test))
        return ufl.replace(derivative, {test: ufl.conj(test)})

    def _pair_form(self, layer: str) -> Any:
        density = self.data[layer].density_of_states
        amplitude = self.parametrisation.pair_amplitude(self.theta_of(layer))
        test = ufl.TestFunction(self.gaps[layer].function_space)
        return ufl.inner(density * amplitude, test) * self.layer_measure([layer])(0)

    def _empty_block(self, column: int) -> Any:
        """A form over no cell: dolfinx deduces the layout of a matrix from its blocks."""
        test = ufl.TestFunction(next(iter(self.gaps.values())).function_space)
        theta = self.conductors[column].theta
        dx = self._measure("dx", [(0, np.empty(0, dtype=np.int32))])
        form = ufl.inner(self.parametrisation.pair_amplitude(theta), test) * dx(0)
        return self._compile(ufl.derivative(form, theta))

    def _compile(self, expression: Any) -> Any:
        return compat.form(expression, self._entity_maps)

    @cached_property
    def _entity_maps(self) -> Any:
        parts = {conductor.layers: conductor.part for conductor in self.conductors}
        own = [*self.gaps, *(layer.name for layer in varying(self.stack.layers))]
        parts.update({(name,): self.mesh.part((name,)) for name in own})
        return compat.entity_maps(
            list(parts.values()), [each.plane.facets for each in self.barriers]
        )

    def _measure(self, kind: str, subdomains: list[tuple[int, NDArray[np.int32]]]) -> ufl.Measure:
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

    def _theta_space(self, part: compat.SubMesh) -> dolfinx.fem.FunctionSpace:
        return self._space(part, self.parametrisation.field_shape(self.frame.shape))

    def _layer_data(self, layer: Layer) -> LayerData:
        return LayerData(
            self._constant(layer.material.density_of_states),
            self._constant(layer.material.diffusivity),
            self._exchange(layer),
        )

    def _exchange(self, layer: Layer) -> Any:
        material = layer.material
        if not isinstance(material, Ferromagnet):
            return self._constant(self.frame.components(np.zeros(3)))
        if material.is_uniform:
            return self._constant(self.frame.components(material.exchange_vector))
        space = self._space(self.mesh.part((layer.name,)), self.frame.shape)
        field = dolfinx.fem.Function(space, name="exchange")
        values = self.exchange.at(layer.name, space.tabulate_dof_coordinates())
        field.x.array[:] = self.frame.components(values).ravel()
        return field

    def _blocks(self, plane: Plane) -> bool:
        interface = self.stack.interface(plane.left, plane.right)
        return interface is not None and isinstance(interface.law, KupriyanovLukichev)

    def _barrier(self, plane: Plane) -> Barrier:
        interface = self.stack.interface(plane.left, plane.right)
        left, right = self.conductor_of(plane.left), self.conductor_of(plane.right)
        return Barrier(plane, left, right, self._constant(self.stack.coupling(interface)))


def _refuse_undeclared(stack: Stack, planes: Sequence[Plane]) -> None:
    problems = [
        Problem(
            f"interfaces.{plane.left}|{plane.right}",
            missing_interface(plane.left, plane.right, stack.example_law),
        )
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
        if interface is not None and isinstance(interface.law, Transparent):
            joined = group[plane.left] | group[plane.right]
            for name in joined:
                group[name] = joined
    return list(
        dict.fromkeys(
            tuple(name for name in stack.names if name in group[each]) for each in stack.names
        )
    )
