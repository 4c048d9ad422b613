# SPDX-License-Identifier: MIT
"""Interface laws as UFL fluxes, and as conditions on the potentials where they have no flux law.

A law with a conductance says what flows, F_L = (J, J_M) n on the left and F_R on the right, both
along the normal from left to right: the natural conditions of the weak form. A law without
resistance says which potentials agree; its reactions are then the fluxes, and their work on every
allowed change of the potentials vanishes. All of them are stated a second time, as matrices, in
`fem_sf.spin.coupling`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import singledispatch
from itertools import product
from typing import Any

import numpy as np
import ufl

from fem_sf.multilayer import unknown_law
from fem_sf.spin.barriers import transmission
from fem_sf.spin.interfaces import (
    Circuit,
    General,
    Law,
    Metallic,
    MetallicNoAccumulation,
    MetallicReversed,
    Transparent,
    Tunnel,
    TunnelVector,
)
from fem_sf.spin.materials import Ferromagnet, FloatArray, Material


@dataclass(frozen=True)
class Side:
    """What a law sees on one side; UFL expressions.

    Parameters
    ----------
    mu, m, V
        Potentials.
    p
        Unit vector along the magnetization, zero in a normal metal.
    """

    mu: Any
    m: Any
    V: Any
    p: Any


@dataclass(frozen=True)
class Flux:
    """What flows through an interface from left to right; UFL expressions.

    Parameters
    ----------
    charge
        J, the same on both sides.
    left, right
        J_M on the two sides, vectors.
    inside
        J_B, the spin current in the middle; ``None`` where the law does not say.
    """

    charge: Any
    left: Any
    right: Any
    inside: Any | None


@singledispatch
def flux(law: Law, value: Any, left: Side, right: Side, magnet_is_left: bool) -> Flux | None:
    """What flows, by a law with a conductance; ``None`` for a law without resistance.

    Parameters
    ----------
    law
        Chooses the law; its numbers are not used.
    value
        Its parameters as constants: ``value("conductance")``.
    left, right
        The two sides.
    magnet_is_left
        Whether the left side is ferromagnetic, for laws between a ferromagnet and a normal metal.
    """
    raise unknown_law(law)


@flux.register
def _(
    law: Transparent | Metallic | MetallicReversed | MetallicNoAccumulation,
    value: Any,
    left: Side,
    right: Side,
    magnet_is_left: bool,
) -> None:
    """Without resistance the potentials agree, and the reactions flow."""


@flux.register
def _(law: Tunnel, value: Any, left: Side, right: Side, magnet_is_left: bool) -> Flux:
    """Eqs. 3 and 4, h_ss' |R_ss'|² (μ_Ls − μ_Rs') through every channel."""
    cosine = ufl.dot(left.p, right.p)
    charge: Any = 0
    along_left: Any = 0
    along_right: Any = 0
    inside: Any = 0
    for s, t in product((1, -1), repeat=2):
        difference = left.mu + s * ufl.dot(left.m, left.p)
        difference -= right.mu + t * ufl.dot(right.m, right.p)
        current = _channel(value, s, t) * difference
        if law.barrier is not None:
            current *= transmission(
                law.barrier.model, _of_channel(value, s), difference, left.V - right.V
            )
        overlap = (1 + s * t * cosine) / 2
        charge += overlap * current
        along_left += s * overlap * current
        along_right += t * overlap * current
        inside += current / 2 * (s * left.p + t * right.p)
    return Flux(charge, along_left * left.p, along_right * right.p, inside)


def _of_channel(value: Any, s: int) -> Callable[[str], Any]:
    """What a barrier is for electrons of spin s on the left."""
    return lambda key: value(key, 0 if s > 0 else 1)


def _channel(value: Any, s: int, t: int) -> Any:
    """h_ss' = (g/2)(1 + s P_L + s' P_R + s s' P_12)."""
    left, right = value("polarisation_left"), value("polarisation_right")
    return value("conductance") / 2 * (1 + s * left + t * right + s * t * value("joint"))


@flux.register
def _(law: TunnelVector, value: Any, left: Side, right: Side, magnet_is_left: bool) -> Flux:
    """G4 (ψ_L − ψ_R) with nothing clamped, (J, J_B) by one symmetric matrix."""
    g, joint = value("conductance"), value("joint")
    mu, m = left.mu - right.mu, left.m - right.m
    polarised = value("polarisation_left") * left.p + value("polarisation_right") * right.p
    tilt = joint * ufl.dot(left.p, right.p)
    charge = g * ((1 + tilt) * mu + ufl.dot(polarised, m))
    spin = g * (
        polarised * mu
        + (1 - tilt) * m
        + joint * (right.p * ufl.dot(left.p, m) + left.p * ufl.dot(right.p, m))
    )
    return Flux(charge, spin, spin, spin)


@flux.register
def _(law: General, value: Any, left: Side, right: Side, magnet_is_left: bool) -> Flux:
    """Eqs. 5 and 6 with a charge row."""

    def row(name: str) -> Any:
        return sum(
            value(f"{name}_left", k) * (left.mu + s * ufl.dot(left.m, left.p))
            - value(f"{name}_right", k) * (right.mu + s * ufl.dot(right.m, right.p))
            for k, s in enumerate((1, -1))
        )

    return Flux(row("charge"), row("spin_left") * left.p, row("spin_right") * right.p, None)


@flux.register
def _(law: Circuit, value: Any, left: Side, right: Side, magnet_is_left: bool) -> Flux:
    """Circuit theory; along and across p into the normal metal, along p alone in the magnet."""
    magnet, normal = (left, right) if magnet_is_left else (right, left)
    g, polarised = value("conductance"), value("conductance") * value("polarisation")
    p, mu = magnet.p, magnet.mu - normal.mu
    m = ufl.dot(p, magnet.m - normal.m)
    charge = g * mu + polarised * m
    along = (polarised * mu + g * m) * p
    across = normal.m - p * ufl.dot(p, normal.m)
    into_normal = (
        along - value("mixing_real") * across - value("mixing_imaginary") * ufl.cross(p, normal.m)
    )
    if magnet_is_left:
        return Flux(charge, along, into_normal, into_normal)
    return Flux(-charge, -into_normal, -along, -into_normal)


# --- laws without resistance ---


@singledispatch
def agreement(law: Law, left: Material, right: Material) -> FloatArray:
    """Conditions E (ψ_L, ψ_R) = 0 of a law without resistance, ψ = (μ, m); shape (k, 8)."""
    raise unknown_law(law)


@agreement.register
def _(
    law: Tunnel | TunnelVector | General | Circuit, left: Material, right: Material
) -> FloatArray:
    """With a conductance nothing has to agree."""
    return np.empty((0, 8))


def _equal_mu() -> FloatArray:
    row = np.zeros((1, 8))
    row[0, [0, 4]] = 1, -1
    return row


def _along(left: FloatArray, right: FloatArray) -> FloatArray:
    """The row left·m_L + right·m_R."""
    return np.concatenate([[0.0], left, [0.0], right])[np.newaxis]


@agreement.register
def _(law: Transparent, left: Material, right: Material) -> FloatArray:
    return np.hstack([np.eye(4), -np.eye(4)])


@agreement.register
def _(law: Metallic, left: Material, right: Material) -> FloatArray:
    cosine = float(left.axis @ right.axis)
    return np.vstack([_equal_mu(), _along(-cosine * left.axis, right.axis)])


@agreement.register
def _(law: MetallicReversed, left: Material, right: Material) -> FloatArray:
    cosine = float(left.axis @ right.axis)
    return np.vstack([_equal_mu(), _along(left.axis, -cosine * right.axis)])


@agreement.register
def _(law: MetallicNoAccumulation, left: Material, right: Material) -> FloatArray:
    nothing = np.zeros(3)
    return np.vstack([_equal_mu(), _along(left.axis, nothing), _along(nothing, right.axis)])


# --- how well a law conducts ---


def largest_conductance(law: Law) -> float:
    """Of all that a law says; 0 without resistance."""
    match law:
        case Tunnel() | TunnelVector():
            return law.conductance
        case Circuit():
            return max(law.conductance, law.mixing_real, abs(law.mixing_imaginary))
        case General():
            return float(np.abs(law.matrix).max())
    return 0.0


def common_spin(law: Law, left: Material, right: Material) -> FloatArray:
    """P with P m what a law sees of an m that both sides share; shape (3, 3)."""
    match law:
        case TunnelVector():
            return np.zeros((3, 3))
        case Tunnel() if not np.abs(np.cross(left.axis, right.axis)).max() > _COLLINEAR:
            return np.zeros((3, 3))
        case Circuit():
            axis = (left if is_magnet(left) else right).axis
            return np.eye(3) - np.outer(axis, axis)
    return np.eye(3)


_COLLINEAR = 1e-15
"""Sine of an angle between magnetizations that is rounding."""


# --- parameters ---


def parameters(law: Law) -> dict[str, float | tuple[float, ...]]:
    """Numbers of a law by the names that `flux` asks for."""
    match law:
        case Tunnel() | TunnelVector():
            numbers: dict[str, float | tuple[float, ...]] = {
                "conductance": law.conductance,
                "polarisation_left": law.polarisation_left,
                "polarisation_right": law.polarisation_right,
                "joint": law.joint_polarisation,
            }
            if isinstance(law, Tunnel) and law.barrier is not None:
                numbers |= law.barrier.of_channels
            return numbers
        case Circuit():
            names = ("conductance", "polarisation", "mixing_real", "mixing_imaginary")
            return {name: getattr(law, name) for name in names}
        case General():
            return {
                f"{name}_{side}": pair
                for name, pairs in law.rows.items()
                for side, pair in zip(("left", "right"), pairs, strict=True)
            }
        case Transparent() | Metallic() | MetallicReversed() | MetallicNoAccumulation():
            return {}
    raise unknown_law(law)


def is_magnet(material: Material) -> bool:
    """Whether a material has a magnetization of its own."""
    return isinstance(material, Ferromagnet)
