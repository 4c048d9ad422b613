# SPDX-License-Identifier: MIT
"""Parametrises the direction of a free magnetization by two fields, with its energy.

p = (2a e1 + 2b e2 + (1 − a² − b²) e)/(1 + a² + b²) for unknown (a, b), with e the easy axis: a unit
vector whatever they are, which covers every direction but −e.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ufl
from ufl.algorithms.ad import expand_derivatives

from fem_sf.spin.materials import FloatArray, normal_plane


@dataclass(frozen=True)
class WallData:
    """Coefficients of a wall as UFL constants, see `fem_sf.spin.materials.Wall`.

    Parameters
    ----------
    Aex, K, Kd
        Stiffness and anisotropies.
    easy, hard
        Unit vectors e and n.
    first, second
        Unit vectors e1 and e2 normal to e and to each other.
    """

    Aex: Any
    K: Any
    Kd: Any
    easy: Any
    hard: Any
    first: Any
    second: Any


def direction(tilt: Any, wall: WallData) -> Any:
    """The unit vector p of a tilt (a, b)."""
    a, b = tilt[0], tilt[1]
    square = a * a + b * b
    return (2 * a * wall.first + 2 * b * wall.second + (1 - square) * wall.easy) / (1 + square)


def tilt_to_direction(tilt: FloatArray, easy: FloatArray) -> FloatArray:
    """The same for arrays: tilts of shape (n, 2) to directions of shape (n, 3)."""
    square = (tilt**2).sum(axis=1, keepdims=True)
    return (2 * tilt @ normal_plane(easy) + (1 - square) * easy) / (1 + square)


def turned(p: Any, tilt: Any, test: Any) -> Any:
    """How p changes with a change ``test`` of the tilt: a vector normal to p."""
    return expand_derivatives(ufl.derivative(p, tilt, test))


def holding_torque(p: Any, q: Any, wall: WallData) -> Any:
    """Weak form of −h·q, h = A_ex ∇²p + K (p·e) e − K_d (p·n) n, for changes q normal to p."""
    return (
        wall.Aex * _contract(ufl.grad(p), ufl.grad(q))
        - wall.K * ufl.dot(p, wall.easy) * ufl.dot(q, wall.easy)
        + wall.Kd * ufl.dot(p, wall.hard) * ufl.dot(q, wall.hard)
    )


def _contract(first: Any, second: Any) -> Any:
    """Full product of two tensors, linear in both (`ufl.inner` conjugates)."""
    return ufl.tr(ufl.dot(first, ufl.transpose(second)))


def wall_energy(p: Any, wall: WallData) -> Any:
    """(A_ex/2)|∇p|² + (K/2)(1 − (p·e)²) + (K_d/2)(p·n)², zero along the easy axis."""
    along, across = ufl.dot(p, wall.easy), ufl.dot(p, wall.hard)
    stretched = _contract(ufl.grad(p), ufl.grad(p))
    return (wall.Aex * stretched + wall.K * (1 - along * along) + wall.Kd * across * across) / 2
