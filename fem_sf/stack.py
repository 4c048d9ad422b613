# SPDX-License-Identifier: MIT
"""A superconducting multilayer as plain data: named layers, and one law for every touching pair."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from fem_sf.errors import Problem
from fem_sf.interfaces import KupriyanovLukichev, Law
from fem_sf.materials import Ferromagnet, Material, Superconductor, Texture
from fem_sf.multilayer import Joint, Multilayer, not_positive

_COMPONENTS = 3

TWO_DIRECTIONS = "the exchange field is a vector, which has a direction; leave the angle out"
"""Said of an angle beside a vector."""

NO_DIRECTION = (
    "the exchange field varies within this layer, where localized moments have no one direction "
    "to be counted along; leave it out"
)
"""Said of a localized moment where the exchange field varies."""


@dataclass(frozen=True)
class Layer:
    """One layer.

    Parameters
    ----------
    name
        What the layer is called everywhere: in the mesh, in messages, in the results.
    material
        What it is made of.
    thickness
        In ξ0; ``None`` where a mesh from a file gives the geometry.
    """

    name: str
    material: Material
    thickness: float | None = None

    @property
    def phase(self) -> float | None:
        """Phase that its order parameter is given, in radians."""
        return self.material.phase if isinstance(self.material, Superconductor) else None


@dataclass(frozen=True)
class Interface(Joint):
    """The law that couples two layers wherever they touch.

    Parameters
    ----------
    left, right
        Names of the two layers; the order has no meaning for the laws of this package.
    law
        The law.
    """

    law: Law


class Stack(Multilayer[Layer, Interface]):
    """Layers from left to right and the interfaces between them.

    Parameters
    ----------
    layers
        At least one; names are unique.
    interfaces
        One for every touching pair; there is no default law.

    Raises
    ------
    StackError
        With every problem at once, each naming the layer or interface.
    """

    example_law = '"transparent"  # or "insulating", or "kupriyanov-lukichev" with its gamma'

    def find_problems(self) -> Iterator[Problem]:
        """Everything that is wrong with the materials and the laws."""
        for layer in self.layers:
            yield from _layer_problems(layer)
        for interface in self.interfaces:
            yield from _law_problems(f"interfaces.{interface.name}", interface)

    def coupling(self, interface: Interface) -> float:
        """Coupling c = ν_i a_i / γ_i in units of ν_S Tc ξ0, the same seen from both sides.

        Only for Kupriyanov-Lukichev interfaces; a_i = D_i/D_S (units of ξ0² Tc).
        """
        law = interface.law
        assert isinstance(law, KupriyanovLukichev)
        return self.layer(law.gamma_of).material.conductivity / law.gamma

    @property
    def ferromagnets(self) -> tuple[Layer, ...]:
        """The ferromagnetic layers, from left to right."""
        return tuple(each for each in self.layers if isinstance(each.material, Ferromagnet))

    @property
    def phases(self) -> dict[str, float]:
        """By layer, from left to right, the phases that order parameters are given, in radians."""
        return {layer.name: layer.phase for layer in self.layers if layer.phase is not None}

    def without_phases(self) -> Stack:
        """The same stack with a real order parameter."""
        layers = (
            replace(layer, material=replace(layer.material, phase=None))
            if isinstance(layer.material, Superconductor)
            else layer
            for layer in self.layers
        )
        return Stack(tuple(layers), self.interfaces)


def _layer_problems(layer: Layer) -> Iterator[Problem]:
    key = f"layers.{layer.name}"
    material = layer.material
    yield from not_positive(f"{key}.thickness", layer.thickness, "a thickness in ξ0")
    yield from not_positive(f"{key}.diffusivity", material.diffusivity, "D/D_S")
    yield from not_positive(f"{key}.density_of_states", material.density_of_states, "ν/ν_S")
    if layer.phase is not None and not math.isfinite(layer.phase):
        yield Problem(f"{key}.phase", f"expected a phase in radians, got {layer.phase!r}")
    if isinstance(material, Ferromagnet):
        if not _is_exchange(material.exchange):
            yield Problem(
                f"{key}.exchange",
                f"expected a finite number or three, (J_x, J_y, J_z), got {material.exchange!r}",
            )
        if material.localized_moment and not material.is_uniform:
            yield Problem(f"{key}.localized_moment", NO_DIRECTION)
        if not math.isfinite(material.angle):
            yield Problem(
                f"{key}.angle", f"expected a finite number of degrees, got {material.angle!r}"
            )
        elif material.angle and isinstance(material.exchange, Sequence):
            yield Problem(f"{key}.angle", TWO_DIRECTIONS)
        if not math.isfinite(material.localized_moment):
            yield Problem(
                f"{key}.localized_moment",
                f"expected a finite number, got {material.localized_moment!r}",
            )


def _is_exchange(value: float | Sequence[float] | Texture) -> bool:
    if callable(value):
        return True
    if isinstance(value, Sequence):
        return len(value) == _COMPONENTS and all(math.isfinite(each) for each in value)
    return math.isfinite(value)


def _law_problems(key: str, interface: Interface) -> Iterator[Problem]:
    law = interface.law
    if not isinstance(law, KupriyanovLukichev):
        return
    hint = "" if law.gamma else '; for a perfect contact write law = "transparent"'
    for problem in not_positive(f"{key}.gamma", law.gamma, "γ = R_b σ/ξ0"):
        yield Problem(problem.key, problem.message + hint)
    if law.gamma_of not in (interface.left, interface.right):
        yield Problem(
            f"{key}.gamma_of",
            f"expected one of the two layers of this interface, {interface.left!r} or "
            f"{interface.right!r}, got {law.gamma_of!r}",
        )
