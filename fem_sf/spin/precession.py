# SPDX-License-Identifier: MIT
"""Integrates the torque of precession inside layers, ∫ δM × w.

Where a magnetization is not clamped at its faces, this is what clamps it. It acts over the length
in which the spins across p dephase.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import dolfinx
import numpy as np
import ufl
from numpy.typing import NDArray

from fem_sf import compat
from fem_sf.spin import transport
from fem_sf.spin.system import SpinSystem
from fem_sf.spin.transport import SIZE, Fields

FloatArray = NDArray[np.float64]
Profile = Callable[[FloatArray], FloatArray]


class Precession:
    """Measures ∫ φ δM × w over every layer, as often as wanted; a semi-infinite one to its end.

    Parameters
    ----------
    system
        A system whose fields hold a solution.
    profile
        φ of the drive, at places of shape (n, 3).
    """

    def __init__(self, system: SpinSystem, profile: Profile):
        self._system = system
        self._profiles = {
            name: profile(u.function_space.tabulate_dof_coordinates())
            for name, u in system.fields.items()
        }
        one = system.constant("everywhere", "one")
        self._weights = {
            name: self._assemble(name, ufl.inner(one, self._test(name)[0]))[:, 0]
            for name in system.fields
            if name not in system.tilts
        }
        self._forms = {name: self._form(name, self._turning(name)) for name in system.tilts}

    def __call__(self) -> dict[str, FloatArray]:
        """By layer, shape (3,); collective."""
        system = self._system
        own = np.array([self._own(name) for name in system.fields])
        if system.mesh.comm.size > 1:
            own = system.mesh.comm.allreduce(own)
        return dict(zip(system.fields, own, strict=True))

    def _own(self, name: str) -> FloatArray:
        """What this rank adds."""
        if name in self._forms:
            entries = self._entries(name, self._forms[name])
            return np.asarray(self._profiles[name][: len(entries)] @ entries[:, 1:4])
        material = self._system.stack.layer(name).material
        values = self._system.fields[name].x.array.real.reshape(-1, SIZE)
        weights = self._weights[name] * self._profiles[name][: len(self._weights[name])]
        m = weights @ values[: len(weights), 1:4] + self._beyond(name)
        return np.cross(material.conductivity / material.diffusivity * m, material.whole_precession)

    def _beyond(self, name: str) -> FloatArray:
        """∫ m beyond the end of the mesh, where (ν, m) decays as e^{−Ry}."""
        system, total = self._system, np.zeros(3)
        if not system.stack.layer(name).semi_infinite:
            return total
        material = system.stack.layer(name).material
        root = np.asarray(system.constant(name, "decay").value).real
        x = system.fields[name].function_space.tabulate_dof_coordinates()[:, 0]
        values = system.fields[name].x.array.real.reshape(-1, SIZE)
        for contact in system.contacts:
            if name not in contact.entities or not len(contact.entities[name]):
                continue
            mu, *m, V = values[np.argmax(x) if contact.right else np.argmin(x)]
            total += np.linalg.solve(root, [(mu - V) / material.alpha1, *m])[1:]
        return total

    def _turning(self, name: str) -> Any:
        u, test = Fields.of(self._system.fields[name]), Fields.of(self._test(name))
        return ufl.inner(transport.precession(u, self._system.layer_data(name)), test.m)

    def _test(self, name: str) -> Any:
        return ufl.TestFunction(self._system.fields[name].function_space)

    def _form(self, name: str, integrand: Any) -> Any:
        return self._system.compile(integrand * self._system.layer_measure(name))

    def _assemble(self, name: str, integrand: Any) -> FloatArray:
        return self._entries(name, self._form(name, integrand))

    def _entries(self, name: str, form: Any) -> FloatArray:
        """A linear form at this rank's own nodes, shape (n, 5)."""
        dofmap = self._system.fields[name].function_space.dofmap
        vector = dolfinx.la.vector(
            dofmap.index_map, dofmap.index_map_bs, self._system.fields[name].x.array.dtype
        )
        compat.assemble_vector(vector.array, form)
        vector.scatter_reverse(dolfinx.la.InsertMode.add)
        owned = dofmap.index_map.size_local
        return np.asarray(vector.array.real.reshape(-1, SIZE)[:owned])
