# SPDX-License-Identifier: MIT
"""A stack for spin drift-diffusion as plain data: layers, interface laws, what drives the current.

Units are those of Chui et al.: e = μ_B = 1, so that V and μ are energies, and both J = J_+ + J_-
and J_M = J_+ − J_- are charge-like currents. A length, a time, a conductivity and a voltage may be
chosen freely; everything else follows, e.g. a conductance per area is in σ/length. Spin axes are
independent of y, the axis of the stack, which points from left to right.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from fem_sf.checked import Checked, Expected, Read, known_kind
from fem_sf.errors import Problem, StackError
from fem_sf.multilayer import Joint, LayerName, Multilayer
from fem_sf.spin.interfaces import LAWS, Law
from fem_sf.spin.materials import MATERIALS, PARALLEL, Ferromagnet, Material
from fem_sf.spin.materials import wall_of as wall_of

# --- the stack and its drive ---


_THICKNESS = Expected("a thickness > 0", lambda value: value > 0, infinite=True)
_CAPACITANCE = Expected("C_b > 0", lambda value: value > 0, infinite=True)


@dataclass(frozen=True)
class Layer(Checked):
    """One homogeneous layer.

    Parameters
    ----------
    name
        What the layer is called everywhere.
    material
        What it is made of.
    thickness
        ``math.inf`` for a semi-infinite outer layer. A finite outer layer ends at a reservoir:
        δn = 0 and δM = 0 there. ``None`` where a mesh from a file gives the geometry.
    """

    name: LayerName
    material: Annotated[Material, Read(known_kind(MATERIALS, "a material of spin transport"))]
    thickness: Annotated[float | None, _THICKNESS] = math.inf

    error: ClassVar = StackError

    @property
    def semi_infinite(self) -> bool:
        """Whether the layer has one face only."""
        return self.thickness == math.inf

    @property
    def extent(self) -> float:
        """Its thickness, where the stack says it."""
        if self.thickness is None:
            raise StackError(
                [Problem(f"layers.{self.name}.thickness", "needed where no mesh has the geometry")]
            )
        return self.thickness


@dataclass(frozen=True)
class Interface(Joint):
    """The law between two neighbours.

    Parameters
    ----------
    left, right
        Names of the two layers, in the order of the stack.
    law
        The law.
    capacitance
        C_b > 0 per area of a barrier without charge in it; ``math.inf`` for a contact at which V is
        continuous.
    """

    law: Annotated[Law, Read(known_kind(LAWS, "a law of spin transport"))]
    capacitance: Annotated[float, _CAPACITANCE] = math.inf


@dataclass(frozen=True)
class Voltage(Checked):
    """Drive by V at the left reservoir minus V at the right one, which is at V = 0."""

    value: float


@dataclass(frozen=True)
class Current(Checked):
    """Drive by a charge current J along +y; on the left V is counted from the reservoir.

    Where the left layer is semi-infinite, from the extrapolation of V far inside it to its face. In
    time it is what a source gives, J + ∂_t(−ε∇V), which charges the contacts as well.
    """

    value: float


Drive = Voltage | Current


class Stack(Multilayer[Layer, Interface]):
    """Layers from left to right and the interface of every pair that touches.

    Parameters
    ----------
    layers
        At least one; names are unique; only the outer two may be semi-infinite.
    interfaces
        One for every touching pair, in any order; there is no default law. Without a mesh from a
        file, neighbours in the list touch.

    Raises
    ------
    StackError
        With every problem at once, each naming the layer or interface.
    """

    example_law = '"transparent"  # or "tunnel", "circuit" at a normal layer, with their parameters'
    parts: ClassVar = (Layer, Interface)

    def __init__(self, *given: Any, layers: Any = None, interfaces: Any = ()) -> None:
        super().__init__(*given, layers=layers, interfaces=interfaces)
        order = sorted(self.interfaces, key=lambda each: self.layer_index(each.left))
        object.__setattr__(self, "interfaces", tuple(order))

    @property
    def has_walls(self) -> bool:
        """Whether the direction of some magnetization is unknown."""
        return any(wall_of(layer.material) is not None for layer in self.layers)

    def find_problems(self) -> Iterator[Problem]:
        """Everything that is wrong with the materials, the laws and their order."""
        for layer in self.layers:
            yield from _wall_problems(layer)
        for layer in self.layers[1:-1]:
            if layer.semi_infinite:
                yield Problem(
                    f"layers.{layer.name}.thickness",
                    "only the first and the last layer may be semi-infinite",
                )
        if len(self.layers) == 1 and self.layers[0].semi_infinite:
            yield Problem(
                f"layers.{self.layers[0].name}.thickness", "a single layer must be finite"
            )
        known = [each for each in self.interfaces if each.pair <= set(self.names)]
        for interface in known:
            yield from self._order_problems(interface)
            left, right = (self.layer(name).material for name in (interface.left, interface.right))
            for problem in interface.law.problems_between(left, right):
                yield Problem(f"interfaces.{interface.name}.{problem.key}", problem.message)

    def _order_problems(self, interface: Interface) -> Iterator[Problem]:
        key = f"interfaces.{interface.name}"
        steps = self.layer_index(interface.right) - self.layer_index(interface.left)
        if steps < 0:
            yield Problem(
                key, f"expected the order of the stack, {interface.right}|{interface.left}"
            )


# --- what is wrong with it ---


def _wall_problems(layer: Layer) -> Iterator[Problem]:
    if wall_of(layer.material) is not None and layer.semi_infinite:
        yield Problem(
            f"layers.{layer.name}.thickness",
            "a layer whose magnetization turns must be finite; several wall widths √(A_ex/K) do",
        )
    if math.cos(_hard_axis_tilt(layer.material)) < PARALLEL:
        yield Problem(
            f"layers.{layer.name}.wall.hard_axis",
            "the hard axis is along the direction, which is the easy axis; expected one normal to "
            "it, or hard_axis_anisotropy = 0",
        )


def _hard_axis_tilt(material: Material) -> float:
    """Angle by which the hard axis is off the plane normal to the easy one, where it matters."""
    wall = wall_of(material)
    if not isinstance(material, Ferromagnet) or wall is None or not wall.hard_axis_anisotropy:
        return 0.0
    return material.hard_axis_tilt


def find_cautions(stack: Stack) -> Iterator[Problem]:
    """What can be computed but is hardly meant, each with its dotted key."""
    for layer in stack.layers:
        material = layer.material
        if material.alpha1 != material.alpha2:
            yield Problem(
                f"layers.{layer.name}.alpha2",
                "α1 ≠ α2 contradicts Onsager symmetry: a charged surface drives a spin current in "
                "equilibrium, and power does not balance",
            )
        tilt = _hard_axis_tilt(material)
        if tilt > PARALLEL:
            yield Problem(
                f"layers.{layer.name}.wall.hard_axis",
                f"the hard axis is {math.degrees(tilt):.3g}° off the plane normal to the "
                "direction; only its part in that plane counts, so that without a drive the "
                "magnetization is along its direction",
            )
    for interface in stack.interfaces:
        for problem in interface.law.find_cautions():
            yield Problem(f"interfaces.{interface.name}.{problem.key}", problem.message)
