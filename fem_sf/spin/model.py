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
from fem_sf.spin.interfaces import (
    Circuit,
    General,
    Law,
    Metallic,
    MetallicNoAccumulation,
    MetallicReversed,
    Tunnel,
    _Barrier,
)
from fem_sf.spin.materials import Ferromagnet, FloatArray, Material, Vector

_ROUNDING = 1e-12
"""What a sum of coefficients typed in decimals may be off by, relative to the largest."""

_CLAMPED = (Tunnel, Metallic, MetallicReversed, MetallicNoAccumulation, General)


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
        δn = 0 and δM = 0 there.
    """

    name: str
    material: Material
    thickness: float = math.inf


@dataclass(frozen=True)
class Interface:
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

    left: str
    right: str
    law: Law
    capacitance: float = math.inf

    @property
    def name(self) -> str:
        """``left|right``, as in the results."""
        return f"{self.left}|{self.right}"


@dataclass(frozen=True)
class Voltage:
    """Drive by V at the left reservoir minus V at the right one, which is at V = 0."""

    value: float


@dataclass(frozen=True)
class Current:
    """Drive by a charge current J along +y; on the left V is counted from the reservoir.

    Where the left layer is semi-infinite, from the extrapolation of V far inside it to its face.
    """

    value: float


Drive = Voltage | Current


@dataclass(frozen=True)
class Stack:
    """Layers from left to right and the interface of every neighbouring pair.

    Parameters
    ----------
    layers
        At least one; names are unique; only the outer two may be semi-infinite.
    interfaces
        One for every neighbouring pair, in any order; there is no default law.

    Raises
    ------
    StackError
        With every problem at once, each naming the layer or interface.
    """

    layers: tuple[Layer, ...]
    interfaces: tuple[Interface, ...] = ()

    def __init__(self, layers: Sequence[Layer], interfaces: Sequence[Interface] = ()):
        object.__setattr__(self, "layers", tuple(layers))
        problems = list(_layer_list_problems(self.layers))
        if not problems:
            problems = list(_interface_list_problems(self.layers, interfaces))
        if problems:
            raise StackError(problems)
        declared = {(each.left, each.right): each for each in interfaces}
        ordered = [declared[left.name, right.name] for left, right in pairwise(self.layers)]
        object.__setattr__(self, "interfaces", tuple(ordered))

    def layer_index(self, name: str) -> int:
        """Position of the layer of that name.

        Raises
        ------
        StackError
            If there is none.
        """
        names = [layer.name for layer in self.layers]
        if name not in names:
            raise StackError([_unknown_layer("", name, names)])
        return names.index(name)


# --- what is wrong with it ---


def _layer_list_problems(layers: Sequence[Layer]) -> Iterator[Problem]:
    if not layers:
        yield Problem("layers", "a stack needs at least one layer")
    names = [layer.name for layer in layers]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield Problem(f"layers.{name}", f"two layers are called {name!r}; names must be unique")
    for layer in layers:
        yield from _layer_problems(layer)
    for layer in layers[1:-1]:
        if layer.thickness == math.inf:
            yield Problem(
                f"layers.{layer.name}.thickness",
                "only the first and the last layer may be semi-infinite",
            )
    if len(layers) == 1 and layers[0].thickness == math.inf:
        yield Problem(f"layers.{layers[0].name}.thickness", "a single layer must be finite")


def _positive(key: str, value: float, what: str) -> Iterator[Problem]:
    if not (math.isfinite(value) and value > 0):
        yield Problem(key, f"expected {what} > 0, got {value!r}")


def _vector_problems(key: str, vector: Vector) -> Iterator[Problem]:
    if len(vector) != 3 or not all(math.isfinite(each) for each in vector):
        yield Problem(key, f"expected three finite numbers, got {vector!r}")


def _layer_problems(layer: Layer) -> Iterator[Problem]:
    key = f"layers.{layer.name}"
    material = layer.material
    if layer.thickness != math.inf:
        yield from _positive(f"{key}.thickness", layer.thickness, "a thickness")
    for quantity, symbol in (
        ("conductivity", "σ"),
        ("diffusivity", "D"),
        ("relaxation_time", "τ"),
        ("permittivity", "ε"),
        ("alpha1", "α1"),
    ):
        yield from _positive(f"{key}.{quantity}", getattr(material, quantity), symbol)
    yield from _vector_problems(f"{key}.precession", material.precession)
    if isinstance(material, Ferromagnet):
        yield from _vector_problems(f"{key}.direction", material.direction)
        if not any(material.direction):
            yield Problem(f"{key}.direction", "a direction must not be zero")
    beta = material.spin_asymmetry
    if not abs(beta) < 1:
        yield Problem(
            f"{key}.polarisation",
            f"expected |β| < 1, got {beta!r}; otherwise currents would gain energy",
        )
    elif not material.alpha1 > material.alpha2 * beta**2:
        yield Problem(
            f"{key}.alpha1",
            f"expected α1 > α2 β² = {material.alpha2 * beta**2:g}, got {material.alpha1!r}; "
            "otherwise some densities would grow by diffusing",
        )


def _unknown_layer(key: str, name: str, names: Sequence[str]) -> Problem:
    return Problem(key, f"no layer is called {name!r}; the layers are {', '.join(names)}")


def _interface_list_problems(
    layers: Sequence[Layer], interfaces: Sequence[Interface]
) -> Iterator[Problem]:
    by_name = {layer.name: layer for layer in layers}
    pairs = [(left.name, right.name) for left, right in pairwise(layers)]
    seen: set[tuple[str, str]] = set()
    for interface in interfaces:
        key = f"interfaces.{interface.name}"
        pair = (interface.left, interface.right)
        unknown = [name for name in pair if name not in by_name]
        if unknown:
            for name in unknown:
                yield _unknown_layer(key, name, list(by_name))
        elif pair[::-1] in pairs:
            yield Problem(
                key, f"expected the order of the stack, {interface.right}|{interface.left}"
            )
        elif pair not in pairs:
            yield Problem(key, "these two layers do not touch")
        elif pair in seen:
            yield Problem(key, "this pair has a law already; every touching pair has just one")
        else:
            left, right = (by_name[name].material for name in pair)
            yield from _law_problems(key, interface, left, right)
        seen.add(pair)
    for pair in pairs:
        if pair not in seen and pair[::-1] not in seen:
            yield Problem(f"interfaces.{'|'.join(pair)}", "this pair touches and needs a law")


def _law_problems(
    key: str, interface: Interface, left: Material, right: Material
) -> Iterator[Problem]:
    law = interface.law
    if interface.capacitance != math.inf:
        yield from _positive(f"{key}.capacitance", interface.capacitance, "C_b")
    magnetic = [isinstance(each, Ferromagnet) for each in (left, right)]
    if isinstance(law, _CLAMPED) and not all(magnetic):
        yield Problem(
            f"{key}.law",
            f"{law.kind!r} projects on the magnetizations of both sides; next to a normal layer "
            'use "circuit", "tunnel-vector" or "transparent"',
        )
        return
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
    yield from _positive(f"{key}.conductance", law.conductance, "g")
    sides = (("left", law.polarisation_left), ("right", law.polarisation_right))
    for (side, polarisation), has_direction in zip(sides, magnetic, strict=True):
        if polarisation and not has_direction:
            yield Problem(
                f"{key}.polarisation_{side}", "this side is normal; expected 0 or leave it out"
            )
    if law.joint_polarisation and not all(magnetic):
        yield Problem(f"{key}.polarisation_product", "one side is normal; expected 0")
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


def _circuit_problems(key: str, law: Circuit, magnetic: Sequence[bool]) -> Iterator[Problem]:
    yield from _positive(f"{key}.conductance", law.conductance, "g")
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
