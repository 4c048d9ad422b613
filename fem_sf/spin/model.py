# SPDX-License-Identifier: MIT
"""A stack for spin drift-diffusion as plain data: layers, interface laws, what drives the current.

Units are those of Chui et al.: e = μ_B = 1, so that V and μ are energies, and both J = J_+ + J_-
and J_M = J_+ − J_- are charge-like currents. A length, a time, a conductivity and a voltage may be
chosen freely; everything else follows, e.g. a conductance per area is in σ/length. Spin axes are
independent of y, the axis of the stack, which points from left to right.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product

import numpy as np

from fem_sf.errors import Problem, StackError
from fem_sf.multilayer import Joint, Multilayer, not_positive
from fem_sf.spin.interfaces import (
    BARRIER_MODELS,
    Circuit,
    General,
    Law,
    Metallic,
    MetallicNoAccumulation,
    MetallicReversed,
    Tunnel,
    _Barrier,
)
from fem_sf.spin.materials import Ferromagnet, FloatArray, Material, Vector, Wall
from fem_sf.words import any_of

_ROUNDING = 1e-12
"""What a sum of coefficients typed in decimals may be off by, relative to the largest."""

_CLAMPED = (Tunnel, Metallic, MetallicReversed, MetallicNoAccumulation, General)
_KNOWS_DIRECTIONS = (Metallic, MetallicReversed, MetallicNoAccumulation, General)
"""Laws between magnetizations whose directions are given, not unknown."""


# --- the stack and its drive ---


@dataclass(frozen=True)
class Layer:
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

    name: str
    material: Material
    thickness: float | None = math.inf

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

    law: Law
    capacitance: float = math.inf


@dataclass(frozen=True)
class Voltage:
    """Drive by V at the left reservoir minus V at the right one, which is at V = 0."""

    value: float


@dataclass(frozen=True)
class Current:
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

    def __init__(self, layers: Sequence[Layer], interfaces: Sequence[Interface] = ()):
        super().__init__(layers, interfaces)
        order = sorted(self.interfaces, key=lambda each: self.layer_index(each.left))
        object.__setattr__(self, "interfaces", tuple(order))

    @property
    def has_thicknesses(self) -> bool:
        """Whether the stack says where its layers are, so that no mesh has to."""
        return all(layer.thickness is not None for layer in self.layers)

    @property
    def has_walls(self) -> bool:
        """Whether the direction of some magnetization is unknown."""
        return any(wall_of(layer.material) is not None for layer in self.layers)

    def find_problems(self) -> Iterator[Problem]:
        """Everything that is wrong with the materials, the laws and their order."""
        for layer in self.layers:
            yield from _layer_problems(layer)
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
            yield from _law_problems(f"interfaces.{interface.name}", interface, left, right)
        if self.has_thicknesses and len(known) == len(self.interfaces):
            for first, second in pairwise(self.names):
                if self.interface(first, second) is None:
                    yield Problem(
                        f"interfaces.{first}|{second}", "this pair touches and needs a law"
                    )

    def _order_problems(self, interface: Interface) -> Iterator[Problem]:
        key = f"interfaces.{interface.name}"
        steps = self.layer_index(interface.right) - self.layer_index(interface.left)
        if steps < 0:
            yield Problem(
                key, f"expected the order of the stack, {interface.right}|{interface.left}"
            )
        if abs(steps) > 1 and self.has_thicknesses:
            yield Problem(key, "these two layers do not touch")


# --- what is wrong with it ---


def wall_of(material: Material) -> Wall | None:
    """The wall of a material whose magnetization may turn, else ``None``."""
    return material.wall if isinstance(material, Ferromagnet) else None


def _vector_problems(key: str, vector: Vector) -> Iterator[Problem]:
    if len(vector) != 3 or not all(math.isfinite(each) for each in vector):
        yield Problem(key, f"expected three finite numbers, got {vector!r}")


def _layer_problems(layer: Layer) -> Iterator[Problem]:
    key = f"layers.{layer.name}"
    material = layer.material
    if not layer.semi_infinite:
        yield from not_positive(f"{key}.thickness", layer.thickness, "a thickness")
    for quantity, symbol in (
        ("conductivity", "σ"),
        ("diffusivity", "D"),
        ("relaxation_time", "τ"),
        ("permittivity", "ε"),
        ("alpha1", "α1"),
    ):
        yield from not_positive(f"{key}.{quantity}", getattr(material, quantity), symbol)
    yield from _vector_problems(f"{key}.precession", material.precession)
    if isinstance(material, Ferromagnet):
        yield from _vector_problems(f"{key}.direction", material.direction)
        if not any(material.direction):
            yield Problem(f"{key}.direction", "a direction must not be zero")
        if not math.isfinite(material.exchange_precession):
            yield Problem(
                f"{key}.exchange_precession",
                f"expected a finite number, got {material.exchange_precession!r}",
            )
        if material.wall is not None:
            yield from _wall_problems(f"{key}.wall", layer, material.wall)
    beta = material.spin_asymmetry
    if not abs(beta) < 1:
        yield Problem(
            f"{key}.polarisation",
            f"expected |β| < 1, got {beta!r}; otherwise currents would gain energy",
        )
    elif material.alpha1 > 0 and not material.alpha1 > material.alpha2 * beta**2:
        yield Problem(
            f"{key}.alpha1",
            f"expected α1 > α2 β² = {material.alpha2 * beta**2:g}, got {material.alpha1!r}; "
            "otherwise some densities would grow by diffusing",
        )


def _wall_problems(key: str, layer: Layer, wall: Wall) -> Iterator[Problem]:
    yield from not_positive(f"{key}.stiffness", wall.stiffness, "A_ex")
    yield from not_positive(f"{key}.anisotropy", wall.anisotropy, "K")
    if not (math.isfinite(wall.hard_axis_anisotropy) and wall.hard_axis_anisotropy >= 0):
        yield Problem(
            f"{key}.hard_axis_anisotropy", f"expected K_d ≥ 0, got {wall.hard_axis_anisotropy!r}"
        )
    yield from _vector_problems(f"{key}.hard_axis", wall.hard_axis)
    if not any(wall.hard_axis):
        yield Problem(f"{key}.hard_axis", "a direction must not be zero")
    if layer.semi_infinite:
        yield Problem(
            f"layers.{layer.name}.thickness",
            "a layer whose magnetization turns must be finite; several wall widths √(A_ex/K) do",
        )


def _law_problems(
    key: str, interface: Interface, left: Material, right: Material
) -> Iterator[Problem]:
    law = interface.law
    if interface.capacitance != math.inf:
        yield from not_positive(f"{key}.capacitance", interface.capacitance, "C_b")
    magnetic = [isinstance(each, Ferromagnet) for each in (left, right)]
    if isinstance(law, _CLAMPED) and not all(magnetic):
        yield Problem(
            f"{key}.law",
            f"{law.kind!r} projects on the magnetizations of both sides; next to a normal layer "
            'use "circuit", "tunnel-vector" or "transparent"',
        )
        return
    if isinstance(law, _KNOWS_DIRECTIONS) and (wall_of(left) or wall_of(right)):
        yield Problem(
            f"{key}.law",
            f"{law.kind!r} needs magnetizations of known direction, but a layer here has a wall; "
            'use "tunnel", "tunnel-vector" or "transparent"',
        )
    if isinstance(law, _Barrier):
        yield from _barrier_problems(key, law, magnetic)
    elif isinstance(law, MetallicNoAccumulation):
        if np.linalg.norm(np.cross(left.axis, right.axis)) < _ROUNDING:
            yield Problem(
                f"{key}.law",
                "has no limit for collinear magnetizations, where spin accumulates without a "
                'barrier; use "transparent"',
            )
    elif isinstance(law, General):
        yield from _general_problems(key, law)
    elif isinstance(law, Circuit):
        yield from _circuit_problems(key, law, magnetic)


def _barrier_problems(key: str, law: _Barrier, magnetic: Sequence[bool]) -> Iterator[Problem]:
    yield from not_positive(f"{key}.conductance", law.conductance, "g")
    sides = (("left", law.polarisation_left), ("right", law.polarisation_right))
    for (side, polarisation), has_direction in zip(sides, magnetic, strict=True):
        if polarisation and not has_direction:
            yield Problem(
                f"{key}.polarisation_{side}", "this side is normal; expected 0 or leave it out"
            )
    if law.joint_polarisation and not all(magnetic):
        yield Problem(f"{key}.polarisation_product", "one side is normal; expected 0")
    if isinstance(law, Tunnel):
        yield from _shape_problems(key, law)
    for s, t in product((1, -1), repeat=2):
        channel = (
            1
            + s * law.polarisation_left
            + t * law.polarisation_right
            + s * t * law.joint_polarisation
        )
        if not channel >= -_ROUNDING:
            signs = "".join("+" if each > 0 else "-" for each in (s, t))
            yield Problem(
                f"{key}.polarisation_left",
                f"the channel {signs} has a negative conductance, {channel / 2:g} g; expected "
                "1 + s P_L + s' P_R + s s' P_12 ≥ 0",
            )


def _shape_problems(key: str, law: Tunnel) -> Iterator[Problem]:
    if law.barrier is not None:
        yield from not_positive(f"{key}.barrier.height", law.barrier.height, "U0")
        yield from not_positive(f"{key}.barrier.decay", law.barrier.decay, "2√(2mU0) d/ħ")
        if law.barrier.model not in BARRIER_MODELS:
            yield Problem(
                f"{key}.barrier.model",
                f"expected {any_of(BARRIER_MODELS)}, got {law.barrier.model!r}",
            )


def _circuit_problems(key: str, law: Circuit, magnetic: Sequence[bool]) -> Iterator[Problem]:
    yield from not_positive(f"{key}.conductance", law.conductance, "g")
    if not abs(law.polarisation) <= 1:
        yield Problem(f"{key}.polarisation", f"expected |P| ≤ 1, got {law.polarisation!r}")
    if not law.mixing_real >= 0:
        yield Problem(f"{key}.mixing_real", f"expected 2 Re G_↑↓ ≥ 0, got {law.mixing_real!r}")
    if sum(magnetic) != 1:
        yield Problem(f"{key}.law", "'circuit' joins a ferromagnetic and a normal layer")


def _general_problems(key: str, law: General) -> Iterator[Problem]:
    for name, (left, right) in law.rows.items():
        largest = max(map(abs, (*left, *right)))
        if abs(sum(left) - sum(right)) > _ROUNDING * largest:
            yield Problem(
                f"{key}.{name}_left",
                f"sums to {sum(left):g} but {name}_right to {sum(right):g}; unless they are equal "
                "a shift of all potentials would drive a current",
            )
    heat = _dissipation(law)
    lowest = float(np.linalg.eigvalsh(heat + heat.T)[0]) / 2
    if lowest < -_ROUNDING * float(np.abs(heat).max()):
        yield Problem(
            f"{key}.law",
            f"some potentials would give energy instead of heat (lowest eigenvalue {lowest:g}); "
            "expected a positive semidefinite map (μ_L, m_L, μ_R, m_R) → (J, J_M^L, −J, −J_M^R)",
        )


def _dissipation(law: General) -> FloatArray:
    return np.array([1.0, 1.0, -1.0, -1.0])[:, np.newaxis] * law.matrix


def find_cautions(stack: Stack) -> Iterator[Problem]:
    """What can be computed but contradicts thermodynamics, each with its dotted key."""
    for layer in stack.layers:
        material = layer.material
        if material.alpha1 != material.alpha2:
            yield Problem(
                f"layers.{layer.name}.alpha2",
                "α1 ≠ α2 contradicts Onsager symmetry: a charged surface drives a spin current in "
                "equilibrium, and power does not balance",
            )
    for interface in stack.interfaces:
        if isinstance(interface.law, General):
            heat = _dissipation(interface.law)
            if np.abs(heat - heat.T).max() > _ROUNDING * np.abs(heat).max():
                yield Problem(
                    f"interfaces.{interface.name}.law",
                    "the map (μ_L, m_L, μ_R, m_R) → (J, J_M^L, −J, −J_M^R) is not symmetric, which "
                    "contradicts Onsager symmetry",
                )
