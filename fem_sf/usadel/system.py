# SPDX-License-Identifier: MIT
"""The Usadel problem of a stack on a mesh: its fields with compiled forms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
import ufl

from fem_sf import compat
from fem_sf.mesh.layers import LayeredMesh
from fem_sf.solve.once import once
from fem_sf.stack import Stack
from fem_sf.usadel import differentiated_forms, riccati, riccati_forms
from fem_sf.usadel.fields import UsadelFields
from fem_sf.usadel.form_writer import FormWriter
from fem_sf.usadel.parametrisation import LayerData

Made = TypeVar("Made")


class UsadelSystem(UsadelFields):
    """Fields and forms of a stack; parameters and errors as of `UsadelFields`.

    Attributes
    ----------
    writer
        Where residual, Jacobian and their like come from.
    residual_forms, jacobian_forms
        Compiled, by conductor and by pair of conductors.
    """

    def __init__(self, stack: Stack, mesh: LayeredMesh, degree: int):
        super().__init__(stack, mesh, degree)
        self._kept: dict[tuple[Any, ...], Any] = {}
        # differentiating the Riccati amplitudes by UFL takes a hundred times as long
        is_riccati = self.parametrisation is riccati
        self.writer: FormWriter = riccati_forms if is_riccati else differentiated_forms
        numbers = range(len(self.conductors))
        self.residual_forms = [self.writer.residual(self, i) for i in numbers]
        self.jacobian_forms = [[self.writer.jacobian(self, i, j) for j in numbers] for i in numbers]

    def keep(self, make: Callable[..., Made], *numbers: int) -> Made:
        """What is made of this system and some numbers; made once for each of them."""
        key = (make, *numbers)
        if key not in self._kept:
            self._kept[key] = make(self, *numbers)
        made: Made = self._kept[key]
        return made

    def kept(self, make: Callable[..., Made]) -> list[Made]:
        """All that was made so, whatever the numbers."""
        return [made for key, made in self._kept.items() if key[0] is make]

    @once
    def compile_action(self) -> list[Any]:
        """Compiled integrals whose sum is the action per spin, one per conductor and barrier."""
        return [self._compile(self.bulk_action(each)) for each in self.conductors] + [
            self._compile(self.barrier_action([each])) for each in self.barriers
        ]

    # What couples to the gap, per superconducting layer

    @once
    def compile_pair_forms(self) -> list[Any]:
        """∫ ν f φ with the singlet amplitude f, for every superconducting layer."""
        return [self._compile(self._pair_form(name)) for name in self.gaps]

    @once
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

    @once
    def compile_gap_mass(self) -> list[list[Any]]:
        """∫ ν ψ φ for every superconducting layer, block diagonal."""
        return self._by_gap(lambda data, psi, phi: data.density_of_states * ufl.inner(psi, phi))

    @once
    def compile_gap_diffusion(self) -> list[list[Any]]:
        """∫ ν a ∇ψ·∇φ for every superconducting layer, block diagonal."""
        return self._by_gap(
            lambda data, psi, phi: (
                data.density_of_states * data.diffusivity * ufl.inner(ufl.grad(psi), ufl.grad(phi))
            )
        )

    def compile_integral(self, layer: str, density: Any) -> Any:
        """∫ density over one layer."""
        return self._compile(density * self.layer_measure([layer])(0))

    def _by_gap(self, density: Callable[[LayerData, Any, Any], Any]) -> list[list[Any]]:
        """Compiled integrals over each superconducting layer, block diagonal."""
        rows = []
        for number, (name, gap) in enumerate(self.gaps.items()):
            space = gap.function_space
            integrand = density(self.data[name], ufl.TrialFunction(space), ufl.TestFunction(space))
            compiled = self._compile(integrand * self.layer_measure([name])(0))
            rows.append([compiled if i == number else None for i in range(len(self.gaps))])
        return rows

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
        return compat.form(expression, self.entity_maps)
