# SPDX-License-Identifier: MIT
"""Describes a superconducting multilayer: named layers, and one law for every touching pair."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated, ClassVar

from fem_sf.checked import Checked, Read, known_kind, positive
from fem_sf.errors import Problem, StackError
from fem_sf.interfaces import LAWS, Law
from fem_sf.materials import MATERIALS, Ferromagnet, Material, Superconductor
from fem_sf.multilayer import Joint, LayerName, Multilayer


@dataclass(frozen=True)
class Layer(Checked):
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

    name: LayerName
    material: Annotated[
        Material, Read(known_kind(MATERIALS, "a material of superconducting stacks"))
    ]
    thickness: Annotated[float | None, positive("a thickness in ξ0")] = None

    error: ClassVar = StackError

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

    law: Annotated[Law, Read(known_kind(LAWS, "a law of superconducting stacks"))]


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

    parts: ClassVar = (Layer, Interface)

    def find_problems(self) -> Iterator[Problem]:
        """Everything that is wrong with the laws."""
        for interface in self.interfaces:
            for problem in interface.law.find_misplaced((interface.left, interface.right)):
                yield replace(problem, key=f"interfaces.{interface.name}.{problem.key}")

    def coupling(self, interface: Interface) -> float:
        """Coupling c = ν_i a_i / γ_i in units of ν_S Tc ξ0, the same seen from both sides.

        Only for barriers; a_i = D_i/D_S (units of ξ0² Tc).
        """
        return interface.law.conductance(self._conductivities(interface))

    def law_numbers(self, interface: Interface) -> dict[str, float]:
        """The numbers that the action of a barrier takes, by name."""
        return interface.law.numbers(self._conductivities(interface))

    def _conductivities(self, interface: Interface) -> dict[str, float]:
        """ν_i a_i of its two layers, by name."""
        names = (interface.left, interface.right)
        return {name: self.layer(name).material.conductivity for name in names}

    @property
    def ferromagnets(self) -> tuple[Layer, ...]:
        """The ferromagnetic layers, from left to right."""
        return tuple(each for each in self.layers if isinstance(each.material, Ferromagnet))

    @property
    def superconductors(self) -> tuple[Layer, ...]:
        """The superconducting layers, from left to right."""
        return tuple(each for each in self.layers if isinstance(each.material, Superconductor))

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
