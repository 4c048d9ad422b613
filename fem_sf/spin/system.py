# SPDX-License-Identifier: MIT
"""The spin-transport problem of a stack on a mesh: fields, constants and compiled forms.

Every layer has its own fields u = (μ, m, V) on its own submesh, and a tilt where its magnetization
may turn. Interfaces with a conductance are natural conditions; what agrees without resistance and
what reservoirs fix is left to `fem_sf.spin.conditions`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property
from types import SimpleNamespace
from typing import Any

import dolfinx
import numpy as np
import ufl
from mpi4py import MPI
from numpy.typing import NDArray
from petsc4py import PETSc
from scipy.linalg import sqrtm
from scipy.spatial import cKDTree

from fem_sf import compat
from fem_sf.errors import MeshError
from fem_sf.mesh.layers import LayeredMesh, Plane
from fem_sf.multilayer import without_law
from fem_sf.solve.blocks import BlockVector
from fem_sf.spin import magnetization, transport
from fem_sf.spin.contacts import DEFAULT_CONTACTS
from fem_sf.spin.interfaces import Flux, Side
from fem_sf.spin.materials import Ferromagnet, Material, is_magnet, normal_plane
from fem_sf.spin.model import Current, Drive, Interface, Stack, wall_of
from fem_sf.spin.modes import transport_matrices
from fem_sf.spin.reservoirs import Contact, corners_of, find_contacts
from fem_sf.spin.transport import SIZE, Fields, LayerData


class SpinSystem:
    """Fields and forms of a stack.

    Parameters
    ----------
    stack
        Layers and laws.
    drive
        Voltage or current.
    mesh
        The mesh; its layers are those of the stack.
    degree
        Polynomial degree of all fields.
    contacts
        Names of facet groups of the mesh; where it has none, the two ends along x.

    Raises
    ------
    MeshError
        If a pair of layers touches without a declared law, or a contact has no facet.
    """

    def __init__(
        self,
        stack: Stack,
        drive: Drive,
        mesh: LayeredMesh,
        degree: int,
        contacts: tuple[str, str] = DEFAULT_CONTACTS,
    ):
        self.mesh, self.degree = mesh, degree
        _refuse_undeclared(stack, mesh.planes)
        self.contacts = find_contacts(mesh, contacts)
        self.fields = {
            name: dolfinx.fem.Function(self._space(name, SIZE), name="u") for name in stack.names
        }
        # what layers and what planes see of the fields
        self.deviations = self._like_fields("deviation")
        self.traces = self._like_fields("trace")
        self.past = {
            name: dolfinx.fem.Function(u.function_space, name="past")
            for name, u in self.fields.items()
        }
        self.tilts = {
            layer.name: dolfinx.fem.Function(self._space(layer.name, 2), name="tilt")
            for layer in stack.layers
            if wall_of(layer.material) is not None
        }
        self._measures: dict[tuple, ufl.Measure] = {}
        self._constants: dict[tuple[str, str], dolfinx.fem.Constant] = {}
        self._last_numbers: dict[tuple[str, str], float | tuple] = {}
        self._set("everywhere", "one", 1.0)
        self.set_stack(stack, drive)
        self.set_rate(0.0)
        self.layout = BlockVector([*self.fields.values(), *self.tilts.values()])
        self.solved = self._solved_layout()

    def _like_fields(self, name: str) -> dict[str, dolfinx.fem.Function]:
        """Functions that layers or planes see instead of the fields; here the fields themselves."""
        return self.fields

    def _solved_layout(self) -> BlockVector:
        """The functions that `residual_forms` and `jacobian_forms` have their blocks of."""
        return self.layout

    @property
    def block_names(self) -> tuple[str, ...]:
        """What the blocks that are solved for are called in messages."""
        return (*self.fields, *(f"wall of {name}" for name in self.tilts))

    # --- numbers ---

    def set_stack(self, stack: Stack, drive: Drive, load: float = 1.0) -> None:
        """Put the numbers of a stack of the same structure into the forms.

        Parameters
        ----------
        stack
            The same layers and laws with any parameters.
        drive
            Voltage or current.
        load
            Part of the drive that is applied.
        """
        self.stack, self.drive = stack, drive
        for layer in stack.layers:
            self._set_material(layer.name, layer.material)
        for interface in stack.interfaces:
            self._set_law(interface)
        self.set_load(load)
        for contact in self.contacts:
            layer = self.stack.layers[-1 if contact.right else 0]
            if layer.semi_infinite:
                gradient, reaction = transport_matrices(layer.material)
                root = np.asarray(sqrtm(np.linalg.solve(gradient, reaction))).real
                self._set(layer.name, "decay", root)
                self._set(layer.name, "spin gradient", gradient[1:])

    def set_load(self, load: float) -> None:
        """Apply a part of the drive; of a voltage the conditions know it, not the forms."""
        current = self.drive.value if isinstance(self.drive, Current) else 0.0
        self._set("drive", "current", load * current)

    def set_rate(self, rate: float) -> None:
        """1/time by which what is stored changes, (u − past) × rate; 0 in a steady state."""
        self._set("time", "rate", rate)

    def _set_material(self, name: str, material: Material) -> None:
        values = {
            "sigma": material.conductivity,
            "D": material.diffusivity,
            "beta": material.spin_asymmetry,
            "alpha1": material.alpha1,
            "alpha2": material.alpha2,
            "tau": material.relaxation_time,
            "eps": material.permittivity,
            "p": material.axis,
            "w": material.precession,
            "w0": getattr(material, "exchange_precession", 0.0),
        }
        wall = wall_of(material)
        if isinstance(material, Ferromagnet) and wall is not None:
            first, second = normal_plane(material.axis)
            values |= {
                "Aex": wall.stiffness,
                "K": wall.anisotropy,
                "Kd": wall.hard_axis_anisotropy,
                "easy": material.axis,
                "hard": material.hard_axis,
                "first": first,
                "second": second,
            }
        for key, value in values.items():
            self._set(name, key, value)

    def _set_law(self, interface: Interface) -> None:
        for key, value in interface.law.numbers.items():
            self._set(interface.name, key, value)
        # V is continuous where the capacitance is infinite; the condition is then elsewhere
        finite = 0.0 if math.isinf(interface.capacitance) else interface.capacitance
        self._set(interface.name, "capacitance", finite)

    def _set(self, owner: str, key: str, value: Any) -> None:
        known = isinstance(value, float | tuple)
        if known and self._last_numbers.get((owner, key)) == value:
            return
        if known:
            self._last_numbers[owner, key] = value
        # contiguous, because dolfinx takes no views
        array = np.array(value, dtype=PETSc.ScalarType, order="C")
        constant = self._constants.get((owner, key))
        if constant is None:
            self._constants[owner, key] = dolfinx.fem.Constant(self.mesh.mesh, array)
        else:
            constant.value = array

    def constant(self, owner: str, key: str) -> dolfinx.fem.Constant:
        """A number of a layer or an interface in the forms."""
        return self._constants[owner, key]

    # --- what the forms are made of ---

    def layer_data(self, name: str) -> LayerData:
        """Coefficients of a layer, with its magnetization as it may turn."""
        keys = ("sigma", "D", "beta", "alpha1", "alpha2", "tau", "eps", "w", "w0")
        constants = {key: self.constant(name, key) for key in keys}
        return LayerData(p=self.magnetization(name), **constants)

    def wall_data(self, name: str) -> magnetization.WallData:
        """Coefficients of a wall."""
        keys = ("Aex", "K", "Kd", "easy", "hard", "first", "second")
        return magnetization.WallData(**{key: self.constant(name, key) for key in keys})

    def magnetization(self, name: str) -> Any:
        """Unit vector p of a layer."""
        if name in self.tilts:
            return magnetization.direction(self.tilts[name], self.wall_data(name))
        return self.constant(name, "p")

    @cached_property
    def reach(self) -> float:
        """Twice the largest distance to a contact; the size of a mesh without contacts."""
        comm, places = self.mesh.comm, self.mesh.mesh.geometry.x
        if self.contacts:
            corners = [corners_of(self.mesh, contact) for contact in self.contacts]
            ends = np.concatenate(comm.allgather(np.concatenate(corners)))
            distances, _ = cKDTree(ends).query(places)
            return 2 * float(comm.allreduce(distances.max(initial=0.0), op=MPI.MAX))
        lowest = np.array(comm.allgather(places.min(axis=0, initial=math.inf))).min(axis=0)
        highest = np.array(comm.allgather(places.max(axis=0, initial=-math.inf))).max(axis=0)
        return float(np.linalg.norm(highest - lowest))

    def planes_of(self, name: str) -> list[Plane]:
        """Planes that a layer has a side of."""
        return [plane for plane in self.mesh.planes if name in plane.pair]

    def layer_measure(self, name: str) -> ufl.Measure:
        """Integration over a layer, on the parent mesh."""
        return self._measure("dx", name, [self.mesh.owned_cells(name)])(0)

    def plane_measure(self, name: str, plane: Plane) -> ufl.Measure:
        """Integration over a plane of a layer, '+' on the side of the plane's ``left``."""
        planes = self.planes_of(name)
        measure = self._measure("dS", name, [each.facets for each in planes])
        return measure(planes.index(plane))

    def contact_measure(self, name: str, contact: Contact) -> ufl.Measure:
        """Integration over the part of a contact that a layer has."""
        own = [each for each in self.contacts if name in each.entities]
        measure = self._measure("ds", name, [each.entities[name].ravel() for each in own])
        return measure(own.index(contact))

    # --- forms ---

    def bulk_residual(self, name: str, test: Any) -> Any:
        """Eqs. 7-10 and Poisson's equation in one layer, without what flows through its faces."""
        layer, dx = self.layer_data(name), self.layer_measure(name)
        u, past, v = (Fields.of(each) for each in (self.deviations[name], self.past[name], test))
        rate = self.constant("time", "rate")
        change = transport.storage(u, v, layer) - transport.storage(past, v, layer)
        return (transport.steady(u, v, layer) + rate * change) * dx

    def plane_flux(self, plane: Plane) -> Flux | None:
        """What flows through a plane by its law; ``None`` without resistance."""
        interface = self.interface(plane)
        names = interface.law.numbers
        constants = {name: self.constant(interface.name, name) for name in names}
        return interface.law.flux(SimpleNamespace(**constants), *self.plane_sides(plane), ufl)

    def plane_sides(self, plane: Plane) -> tuple[Side, Side]:
        """Potentials and magnetizations on the two sides of a plane."""
        sides = []
        for name, side in ((plane.left, "+"), (plane.right, "-")):
            u = Fields.of(self.traces[name])(side)
            p = self.magnetization(name)
            turning = p(side) if name in self.tilts else p
            magnet = is_magnet(self.stack.layer(name).material)
            sides.append(Side(u.mu, u.m, u.V, turning, magnet))
        return sides[0], sides[1]

    def plane_residual(self, plane: Plane, name: str, test: Any) -> Any:
        """What leaves a layer through a plane: +F on the left side, −F on the right one."""
        is_left = name == plane.left
        sign, side = (1, "+") if is_left else (-1, "-")
        v = Fields.of(test)(side)
        left, right = self.plane_sides(plane)
        capacitance = self.constant(self.interface(plane).name, "capacitance")
        terms = sign * ufl.inner(capacitance * (left.V - right.V), v.V)
        flux = self.plane_flux(plane)
        if flux is not None:
            terms += sign * ufl.inner(flux.charge, v.mu)
            terms += sign * ufl.inner(flux.left if is_left else flux.right, v.m)
        return terms * self.plane_measure(name, plane)

    def _current_out(self, contact: Contact) -> Any:
        sign = 1 if contact.right else -1
        return sign * self.constant("drive", "current")

    def current_residual(self, contact: Contact, name: str, test: Any) -> Any:
        """The given current.

        In time it is that of a source, which charges the contact as well: J + ∂_t(−ε∇V).
        """
        terms = ufl.inner(self._current_out(contact), Fields.of(test).mu)
        return terms * self.contact_measure(name, contact)

    def contact_residual(self, contact: Contact, name: str, test: Any) -> Any:
        """What leaves at a contact beside that: all that a semi-infinite layer passes on there."""
        layer, u, v = self.layer_data(name), Fields.of(self.deviations[name]), Fields.of(test)
        if self.stack.layer(name).semi_infinite:
            # beyond the end (ν, m) decays as e^{−Ry}, and only V_h' = −J/σ is left
            nu = (u.mu - u.V) / layer.alpha1
            state = ufl.as_vector([nu, u.m[0], u.m[1], u.m[2]])
            slope = -ufl.dot(self.constant(name, "decay"), state)
            m_slope = ufl.as_vector([slope[1], slope[2], slope[3]])
            spin = -layer.sigma * ufl.dot(self.constant(name, "spin gradient"), slope)
            J = self._current_out(contact)
            terms = ufl.inner(spin + layer.beta * layer.p * J, v.m)
            field = layer.alpha1 * slope[0] + layer.beta * ufl.dot(layer.p, m_slope)
            terms += ufl.inner(layer.eps * (field + J / layer.sigma), v.V)
        else:
            past = Fields.of(self.past[name])
            change = transport.displacement(u, layer) - transport.displacement(past, layer)
            outward = ufl.dot(change, ufl.FacetNormal(self.mesh.mesh))
            terms = -ufl.inner(self.constant("time", "rate") * outward, v.mu)
        return terms * self.contact_measure(name, contact)

    def wall_residual(self, name: str, test: Any) -> Any:
        """P × h = 0 with the torque of the interfaces, tested by turning p."""
        p, dx = self.magnetization(name), self.layer_measure(name)
        q = magnetization.turned(p, self.tilts[name], test)
        layer = self.layer_data(name)
        dM = transport.spin_density(Fields.of(self.deviations[name]), layer)
        holding = magnetization.holding_torque(p, q, self.wall_data(name))
        terms = (holding - layer.w0 * ufl.dot(dM, q)) * dx
        for plane in self.planes_of(name):
            flux = self.plane_flux(plane)
            if flux is not None:
                is_left = name == plane.left
                side = "+" if is_left else "-"
                taken = flux.left - flux.inside if is_left else flux.inside - flux.right
                torque = ufl.dot(ufl.cross(taken, p(side)), q(side))
                terms -= torque * self.plane_measure(name, plane)
        return terms

    def residual(self, number: int) -> Any:
        """All terms of one block, a linear form in its test function."""
        blocks = [*self.fields, *self.tilts]
        name = blocks[number]
        test = ufl.TestFunction(self.layout.spaces[number])
        if number >= len(self.fields):
            # changes of p are linear in the test function, which UFL wants conjugated
            return ufl.replace(self.wall_residual(name, test), {test: ufl.conj(test)})
        terms = self.bulk_residual(name, test)
        for plane in self.planes_of(name):
            terms += self.plane_residual(plane, name, test)
        for contact in self.contacts:
            if name in contact.entities:
                terms += self.contact_residual(contact, name, test)
                terms += self.current_residual(contact, name, test)
        return terms

    @cached_property
    def residual_forms(self) -> list[Any]:
        """One compiled linear form per block."""
        return [self.compile(self.residual(i)) for i in range(len(self.solved.functions))]

    @cached_property
    def jacobian_forms(self) -> list[list[Any]]:
        """Compiled derivatives of the residual of every block by every field it knows of."""
        functions = self.solved.functions
        return [
            [
                self.compile(ufl.derivative(self.residual(i), column))
                if self._coupled(i, j)
                else None
                for j, column in enumerate(functions)
            ]
            for i in range(len(functions))
        ]

    def bulk_forms(self) -> dict[str, Any]:
        """Compiled residuals of the layers alone: at their faces, minus what flows out of them."""
        return {
            name: self.compile(self.bulk_residual(name, ufl.TestFunction(u.function_space)))
            for name, u in self.fields.items()
        }

    def _coupled(self, row: int, column: int) -> bool:
        names = [*self.fields, *self.tilts]
        pair = {names[row], names[column]}
        if len(pair) == 2:
            return any(pair == set(plane.pair) for plane in self.mesh.planes)
        return True

    # --- details ---

    def interface(self, plane: Plane) -> Interface:
        """The declared interface of a plane."""
        found = self.stack.interface(plane.left, plane.right)
        assert found is not None
        return found

    def compile(self, expression: Any) -> Any:
        """Compile a form on the parent mesh."""
        return compat.form(expression, self._entity_maps)

    @cached_property
    def _entity_maps(self) -> Any:
        parts = [self.mesh.part((name,)) for name in self.fields]
        return compat.entity_maps(parts, [plane.facets for plane in self.mesh.planes])

    def _space(self, name: str, components: int) -> dolfinx.fem.FunctionSpace:
        part = self.mesh.part((name,))
        return dolfinx.fem.functionspace(part.mesh, ("Lagrange", self.degree, (components,)))

    def _measure(
        self, kind: str, name: str, subdomains: Sequence[NDArray[np.int32]]
    ) -> ufl.Measure:
        """One measure of a kind for each layer: UFL joins integrals only over the same one."""
        if (kind, name) not in self._measures:
            degree = 2 * self.degree + (4 if self.tilts else 0)
            self._measures[kind, name] = ufl.Measure(
                kind,
                domain=self.mesh.mesh,
                subdomain_data=list(enumerate(subdomains)),
                metadata={"quadrature_degree": degree},
            )
        return self._measures[kind, name]


def _refuse_undeclared(stack: Stack, planes: Sequence[Plane]) -> None:
    problems = [
        without_law(stack, plane.left, plane.right)
        for plane in planes
        if stack.interface(plane.left, plane.right) is None
    ]
    if problems:
        raise MeshError(problems)
