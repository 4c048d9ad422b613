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
from functools import cached_property
from itertools import pairwise, product
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from fem_sf.errors import Problem, StackError

FloatArray = NDArray[np.float64]
Vector = tuple[float, float, float]

_ROUNDING = 1e-12
"""What a sum of coefficients typed in decimals may be off by, relative to the largest."""


# --- what layers are made of ---


@dataclass(frozen=True)
class Material:
    """What ferromagnets and normal metals have in common; a layer of it is homogeneous.

    Parameters
    ----------
    conductivity
        σ > 0.
    diffusivity
        D > 0, in length²/time.
    relaxation_time
        τ > 0 of the spin accumulation δM.
    permittivity
        ε > 0 in σ·time; sets the screening length, l_scr² = α ε D/σ.
    precession
        w = γH in 1/time. Enters as ∂_t δM = δM × w + … (Eq. 7), with the large exchange field of
        the local moments as well as any external field.
    alpha1, alpha2
        Coefficients of ∇δn in J and J_M (Eqs. 8 and 9). Only α1 = α2 agrees with Onsager and a free
        energy; see `find_cautions`.
    """

    conductivity: float = 1.0
    diffusivity: float = 1.0
    relaxation_time: float = 1.0
    permittivity: float = 0.01
    precession: Vector = (0.0, 0.0, 0.0)
    alpha1: float = 1.0
    alpha2: float = 1.0

    kind: ClassVar[str] = "material"

    def __post_init__(self) -> None:
        """Take any sequence for a vector."""
        object.__setattr__(self, "precession", tuple(self.precession))

    @property
    def spin_asymmetry(self) -> float:
        """β of Eqs. 8 and 9."""
        return 0.0

    @cached_property
    def axis(self) -> FloatArray:
        """Unit vector p, zero where there is no magnetization."""
        return np.zeros(3)


@dataclass(frozen=True)
class Normal(Material):
    """A normal metal: β = 0, and no direction of its own."""

    kind: ClassVar[str] = "normal"


@dataclass(frozen=True)
class Ferromagnet(Material):
    """A ferromagnet with a clamped magnetization.

    Parameters
    ----------
    polarisation
        β = (σ_+ − σ_-)/(σ_+ + σ_-), |β| < 1.
    direction
        p, direction of the magnetization; its length has no meaning.
    """

    polarisation: float = 0.0
    direction: Vector = (0.0, 0.0, 1.0)

    kind: ClassVar[str] = "ferromagnet"

    def __post_init__(self) -> None:
        """Take any sequence for a vector."""
        super().__post_init__()
        object.__setattr__(self, "direction", tuple(self.direction))

    @property
    def spin_asymmetry(self) -> float:
        """β of Eqs. 8 and 9."""
        return self.polarisation

    @cached_property
    def axis(self) -> FloatArray:
        """Unit vector p."""
        direction = np.asarray(self.direction, dtype=float)
        return direction / np.linalg.norm(direction)


MATERIALS: dict[str, type[Material]] = {each.kind: each for each in (Ferromagnet, Normal)}
"""The materials by the name that a case gives them."""


# --- interface laws ---


@dataclass(frozen=True)
class Law:
    """What all interface laws have in common."""

    kind: ClassVar[str] = "law"


@dataclass(frozen=True)
class _Barrier(Law):
    """A tunnel barrier in linear response, from channel s on the left to s' on the right.

    The conductance of that channel is h_ss' = (g/2)(1 + s P_L + s' P_R + s s' P_12).

    Parameters
    ----------
    conductance
        g > 0 per area, in σ/length.
    polarisation_left, polarisation_right
        P_L, P_R; zero in Eq. 2.
    polarisation_product
        P_12; ``None`` for P_L P_R.
    """

    conductance: float
    polarisation_left: float = 0.0
    polarisation_right: float = 0.0
    polarisation_product: float | None = None

    @property
    def joint_polarisation(self) -> float:
        """P_12."""
        if self.polarisation_product is None:
            return self.polarisation_left * self.polarisation_right
        return self.polarisation_product


@dataclass(frozen=True)
class Tunnel(_Barrier):
    """Eqs. 2-4: magnetizations are clamped on both sides, so J_M is along p on each."""

    kind: ClassVar[str] = "tunnel"


@dataclass(frozen=True)
class TunnelVector(_Barrier):
    """A barrier at which nothing is clamped: J_M is one vector on both sides."""

    kind: ClassVar[str] = "tunnel-vector"


@dataclass(frozen=True)
class Metallic(Law):
    """Zero resistance as in the paper, J_M^L = cos Φ J_M^R, with its lossless partner.

    μ_L = μ_R and m_R = cos Φ m_L: the only conditions on the potentials that dissipate nothing.
    """

    kind: ClassVar[str] = "metallic"


@dataclass(frozen=True)
class MetallicReversed(Law):
    """The mirror image of `Metallic`: J_M^R = cos Φ J_M^L, m_L = cos Φ m_R."""

    kind: ClassVar[str] = "metallic-reversed"


@dataclass(frozen=True)
class MetallicNoAccumulation(Law):
    """The limit g → ∞ of `Tunnel` for 0 < Φ < π: m_L = m_R = 0, μ continuous."""

    kind: ClassVar[str] = "metallic-no-accumulation"


@dataclass(frozen=True)
class Transparent(Law):
    """Potentials and currents are continuous as vectors."""

    kind: ClassVar[str] = "transparent"


@dataclass(frozen=True)
class General(Law):
    """Eqs. 5 and 6 with the charge row that the paper leaves out; pairs are for s = +, −.

    J = Σ_s q1_s μ_Ls − q2_s μ_Rs, J_M^L = Σ_s rL1_s μ_Ls − rL2_s μ_Rs, and J_M^R likewise. They are
    conductances per area, although the paper calls them resistances.

    Parameters
    ----------
    charge_left, charge_right
        q1, q2.
    spin_left_left, spin_left_right
        rL1, rL2: J_M^L from the potentials on the left and on the right.
    spin_right_left, spin_right_right
        rR1, rR2: J_M^R from the potentials on the left and on the right.
    """

    charge_left: tuple[float, float]
    charge_right: tuple[float, float]
    spin_left_left: tuple[float, float]
    spin_left_right: tuple[float, float]
    spin_right_left: tuple[float, float]
    spin_right_right: tuple[float, float]

    kind: ClassVar[str] = "general"

    @property
    def rows(self) -> dict[str, tuple[tuple[float, float], tuple[float, float]]]:
        """Coefficients on the left and on the right of J, J_M^L and J_M^R."""
        return {
            "charge": (self.charge_left, self.charge_right),
            "spin_left": (self.spin_left_left, self.spin_left_right),
            "spin_right": (self.spin_right_left, self.spin_right_right),
        }

    @cached_property
    def matrix(self) -> FloatArray:
        """Map of (μ_L, m_L, μ_R, m_R) on (J, J_M^L, J, J_M^R), m along the own p. Shape (4, 4)."""
        lines = {
            name: [left[0] + left[1], left[0] - left[1], -right[0] - right[1], right[1] - right[0]]
            for name, (left, right) in self.rows.items()
        }
        return np.array([lines[name] for name in ("charge", "spin_left", "charge", "spin_right")])


@dataclass(frozen=True)
class Circuit(Law):
    """Magnetoelectronic circuit theory between a ferromagnet and a normal metal.

    Parameters
    ----------
    conductance
        g = G_↑ + G_↓ > 0 per area, in σ/length.
    polarisation
        P = (G_↑ − G_↓)/g, |P| ≤ 1.
    mixing_real, mixing_imaginary
        2 Re G_↑↓ ≥ 0 (of a real interface ≥ g) and 2 Im G_↑↓.
    """

    conductance: float
    polarisation: float
    mixing_real: float
    mixing_imaginary: float = 0.0

    kind: ClassVar[str] = "circuit"


LAWS: dict[str, type[Law]] = {
    each.kind: each
    for each in (
        Tunnel,
        TunnelVector,
        Metallic,
        MetallicReversed,
        MetallicNoAccumulation,
        Transparent,
        General,
        Circuit,
    )
}
"""The laws by the name that a case gives them."""

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
