# SPDX-License-Identifier: MIT
"""Computes the energy balance of a stack with α1 = α2: dF/dt = power at the contacts − heat."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import ufl
from numpy.typing import NDArray

from fem_sf import compat
from fem_sf.mesh.layers import Plane
from fem_sf.spin import transport
from fem_sf.spin.conditions import FaceNodes
from fem_sf.spin.system import SpinSystem
from fem_sf.spin.transport import SIZE, Fields

FloatArray = NDArray[np.float64]


class Energies:
    """Measures the free energy and the heat of what the fields hold; per area in one dimension.

    Parameters
    ----------
    system
        The fields.
    """

    def __init__(self, system: SpinSystem):
        self._system = system

    def free_energy(self) -> float:
        """F = ½ ∫ (α1 (D/σ) δn² + (D/σ)|δM|² + ε|∇V|²) + ½ ∫ C_b (V_L − V_R)²."""
        return self._sum(self._energy_forms)

    def heat_in_layers(self) -> float:
        """∫ −J·∇μ − J_M : ∇m + (D/στ)|δM|² over all layers."""
        return self._sum(self._layer_heat_forms)

    def power_stored_by_carriers(self) -> float:
        """∫ μ ∂_t δn + m·∂_t δM over all layers; the time derivative is rate × (u − past)."""
        return self._sum(self._storing_forms)

    def heat_at_interfaces(self) -> float:
        """∫ ψ_L·F_L − ψ_R·F_R over all planes, by their laws; none without resistance."""
        return self._sum(self._interface_heat_forms)

    def _sum(self, forms: list[Any]) -> float:
        own = sum(compat.assemble_scalar(form).real for form in forms)
        return float(self._system.mesh.comm.allreduce(own))

    @cached_property
    def _energy_forms(self) -> list[Any]:
        return [
            *self._in_layers(transport.free_energy),
            *(self._at_plane(plane, self._charging(plane)) for plane in self._system.mesh.planes),
        ]

    @cached_property
    def _layer_heat_forms(self) -> list[Any]:
        return self._in_layers(transport.dissipation)

    @cached_property
    def _storing_forms(self) -> list[Any]:
        system = self._system
        forms = []
        for name, u in system.fields.items():
            layer, now, past = (system.layer_data(name), Fields.of(u), Fields.of(system.past[name]))
            change = transport.storage(now, now, layer) - transport.storage(past, now, layer)
            rate = system.constant("time", "rate")
            forms.append(system.compile(rate * change * system.layer_measure(name)))
        return forms

    @cached_property
    def _interface_heat_forms(self) -> list[Any]:
        heats = [(plane, self._heat(plane)) for plane in self._system.mesh.planes]
        return [self._at_plane(plane, heat) for plane, heat in heats if heat is not None]

    def _in_layers(self, density: Any) -> list[Any]:
        system = self._system
        return [
            system.compile(
                density(Fields.of(u), system.layer_data(name)) * system.layer_measure(name)
            )
            for name, u in system.deviations.items()
        ]

    def _at_plane(self, plane: Plane, density: Any) -> Any:
        return self._system.compile(density * self._system.plane_measure(plane.left, plane))

    def _charging(self, plane: Plane) -> Any:
        left, right = self._system.plane_sides(plane)
        capacitance = self._system.constant(self._system.interface(plane).name, "capacitance")
        drop = left.V - right.V
        return 0.5 * capacitance * ufl.inner(drop, drop)

    def _heat(self, plane: Plane) -> Any:
        flux = self._system.plane_flux(plane)
        if flux is None:
            return None
        left, right = self._system.plane_sides(plane)
        return (
            ufl.inner(flux.charge, left.mu - right.mu)
            + ufl.inner(flux.left, left.m)
            - ufl.inner(flux.right, right.m)
        )


class ContactPower:
    """Measures what the contacts supply: −∮ (μ J + m·J_M + V ∂_t(−ε∇V))·n over both.

    Fluxes are reactions of the weak form; the time derivative is rate × (u − past).

    Parameters
    ----------
    system
        The fields.
    nodes
        Where its faces are.
    """

    def __init__(self, system: SpinSystem, nodes: FaceNodes):
        self._system = system
        self._vector = system.layout.vector()
        self._forms = [self._inside_form(name) for name in system.fields]
        first = [
            nodes.of_contact(contact, name).unknowns
            for contact in system.contacts
            for name in contact.entities
        ]
        everywhere = np.unique(np.concatenate(first))
        mine = (everywhere >= nodes.own[0]) & (everywhere < nodes.own[1])
        self._rows = everywhere[mine, np.newaxis] - nodes.own[0] + np.arange(SIZE)

    def __call__(self) -> float:
        """Power, per area in one dimension."""
        system = self._system
        fields = {name: u.x.array.copy() for name, u in system.fields.items()}
        rate = system.constant("time", "rate").value
        system.layout.from_functions(self._vector)
        values = self._at_contacts()
        reactions = self._reactions()
        for name, past in system.past.items():
            system.fields[name].x.array[:] = rate * (fields[name] - past.x.array)
        reactions[:, -1] = self._reactions()[:, -1]
        for name, u in system.fields.items():
            u.x.array[:] = fields[name]
        return float(system.mesh.comm.allreduce((values * reactions).sum()))

    def _inside_form(self, name: str) -> Any:
        """The residual of a layer without what its contacts supply."""
        system = self._system
        test = ufl.TestFunction(system.fields[name].function_space)
        terms = system.bulk_residual(name, test)
        for plane in system.planes_of(name):
            terms += system.plane_residual(plane, name, test)
        return system.compile(terms)

    def _reactions(self) -> FloatArray:
        self._system.layout.assemble(self._forms, self._vector)
        return self._at_contacts()

    def _at_contacts(self) -> FloatArray:
        return self._vector.getArray(readonly=True).real[self._rows]
