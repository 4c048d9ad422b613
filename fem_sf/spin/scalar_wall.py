# SPDX-License-Identifier: MIT
"""Computes the wall that an interface torque makes, in the paper's picture of one angle θ(y).

A half space y ≥ 0 of a ferromagnet has the energy ∫ [(A_ex/2) θ'² + (K/2) sin² θ] dy per area; a
torque T per area on its face y = 0 tilts the magnetization there by θ0, and θ → 0 far away. A_ex
and K are those of `materials.Wall`, and T = |ΔJ_M| is in units of J_M.

Where the paper fails (below its Eq. 6), and what is computed here:

* K − √(JK) in its tilt mixes units; √(JK)/a of lattice constant a is meant.
* Exchange and anisotropy both restore. A chain of spins (`lattice_stiffness`) gives √(JK)/a with a
  plus sign and without K for a ≪ d, so that δθ = ΔJ_M/(M0 √(JK)), J and K without the factor γM0 of
  A_ex and K here. The paper's bracket is negative where a wall is wider than a.
* Its t0 divides by μ_B but lacks ħ/2: in SI, T is (ħ/2e) ΔJ_M.
* An angle in the plane of p_L and p_R answers a torque normal to that plane. Spin transfer gives
  the magnetizations angular momentum within it, which a tilt out of the plane balances: it is as
  large as δθ only without a hard axis, and Φ changes in second order only. One angle is right for a
  field-like torque.
* Spin transfer turns both magnetizations in the same sense, one towards the other and the other
  away, not against each other; and the indices of −δθ_R(δθ_L) are exchanged.

`fem_sf.spin.steady` solves for the vectors themselves.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq

from fem_sf.errors import InputError, Problem
from fem_sf.spin.materials import FloatArray

_TRIALS = 400
"""Tilts tried for the first that the wall holds, closest where it is small."""


def wall_width(stiffness: float, anisotropy: float) -> float:
    """Length d = √(A_ex/K) over which a small tilt decays."""
    return math.sqrt(stiffness / anisotropy)


def largest_torque(stiffness: float, anisotropy: float) -> float:
    """√(A_ex K), the largest torque per area that a static wall holds."""
    return math.sqrt(stiffness * anisotropy)


def linear_tilt(torque: float, stiffness: float, anisotropy: float) -> float:
    """δθ = T/√(A_ex K), θ0 of a small torque."""
    return torque / largest_torque(stiffness, anisotropy)


def tilt(torque: float, stiffness: float, anisotropy: float) -> float:
    """θ0 at the face: sin θ0 = T/√(A_ex K), |θ0| ≤ π/2.

    Parameters
    ----------
    torque
        T per area, towards positive θ.
    stiffness, anisotropy
        A_ex and K.

    Raises
    ------
    InputError
        If no static wall holds the torque.
    """
    largest = largest_torque(stiffness, anisotropy)
    if abs(torque) > largest:
        raise InputError(
            [
                Problem(
                    "torque",
                    f"no static wall holds {torque:g} per area, √(A_ex K) = {largest:g} is the "
                    "most; take a smaller current or a stiffer wall",
                )
            ]
        )
    return math.asin(torque / largest)


def angle(
    position: ArrayLike, tilt_at_face: float, stiffness: float, anisotropy: float
) -> FloatArray:
    """θ(y) = 2 atan(tan(θ0/2) e^{−y/d}), from the first integral θ' = −sin(θ)/d.

    Parameters
    ----------
    position
        y ≥ 0 from the face, any shape.
    tilt_at_face
        θ0.
    stiffness, anisotropy
        A_ex and K.
    """
    decay = np.exp(-np.asarray(position) / wall_width(stiffness, anisotropy))
    return 2 * np.arctan(math.tan(tilt_at_face / 2) * decay)


def energy(tilt_at_face: float, stiffness: float, anisotropy: float) -> float:
    """2√(A_ex K) sin²(θ0/2) per area, exchange and anisotropy together."""
    return 2 * largest_torque(stiffness, anisotropy) * math.sin(tilt_at_face / 2) ** 2


def self_consistent_tilt(
    jump: Callable[[float], float],
    angle_between: float,
    stiffness: float,
    anisotropy: float,
    sense: Literal[1, -1],
) -> float:
    """δ > 0 of both magnetizations under the torque of the angle that they then make.

    √(A_ex K) sin δ = |ΔJ_M|(Φ + 2δ) where they turn away from each other, of Φ − 2δ where they turn
    towards each other. Of several solutions the smallest, where a current that grows from zero
    leads; it is stable.

    Parameters
    ----------
    jump
        |ΔJ_M| of an angle in radians, such as `closed_forms.tunnel_spin_current_jump` times J.
    angle_between
        Φ of the magnetizations at rest, 0 ≤ Φ ≤ π.
    stiffness, anisotropy
        A_ex and K of both layers.
    sense
        1 away from, −1 towards each other.

    Raises
    ------
    InputError
        If they would turn until they are antiparallel, or parallel, without coming to rest.
    """
    largest = largest_torque(stiffness, anisotropy)

    def excess(delta: float) -> float:
        return largest * math.sin(delta) - jump(angle_between + 2 * sense * delta)

    end = (math.pi - angle_between) / 2 if sense > 0 else angle_between / 2
    deltas = end * np.linspace(0.0, 1.0, _TRIALS) ** 2
    holds = [excess(delta) >= 0 for delta in deltas]
    if holds[0]:
        return 0.0
    if not any(holds):
        configuration = "antiparallel" if sense > 0 else "parallel"
        raise InputError(
            [
                Problem(
                    "jump",
                    f"no static wall holds the torque before the magnetizations are "
                    f"{configuration}: √(A_ex K) = {largest:g} is too small; take a smaller "
                    "current or a stiffer wall",
                )
            ]
        )
    first = holds.index(True)
    return float(brentq(excess, deltas[first - 1], deltas[first], xtol=1e-15))


def lattice_stiffness(exchange: float, anisotropy: float, spacing: float) -> float:
    """t/(M0 θ0) = K/2 + √(K²/4 + JK/a²) of a semi-infinite chain of spins.

    The exact torque t on its first spin that turns this one by a small θ0; goes to √(JK)/a for
    a ≪ d.

    Parameters
    ----------
    exchange, anisotropy
        J and K of the paper, A_ex/(γM0) and K/(γM0).
    spacing
        a.
    """
    return anisotropy / 2 + math.sqrt(anisotropy**2 / 4 + exchange * anisotropy / spacing**2)
