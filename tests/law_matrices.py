# SPDX-License-Identifier: MIT
"""Every interface law of spin transport written out as a matrix, apart from the product's formulas.

ψ = (μ, m) are the four potentials on a side, m = (D/σ) δM a vector, and F = (J, J_M) the four
fluxes along +y. Every law is eight equations for the sixteen numbers x = (ψ_L, ψ_R, F_L, F_R).
"""

from __future__ import annotations

from functools import singledispatch

import numpy as np

from fem_sf.spin.coupling import Coupling
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
from fem_sf.spin.materials import Ferromagnet, FloatArray, Material, normal_plane

_IDENTITY = np.eye(4)
_LEFT_FLUX = np.eye(4, 16, 8)
_RIGHT_FLUX = np.eye(4, 16, 12)


@singledispatch
def coupling(law: Law, left: Material, right: Material) -> Coupling:
    """The equations of a law between two materials."""
    raise NotImplementedError(law)


def tunnel_conductance(law: Tunnel | TunnelVector, left: Material, right: Material) -> FloatArray:
    """G of a barrier, (J, J_B) = G (ψ_L − ψ_R), symmetric and not negative; shape (4, 4)."""
    p_left, p_right = left.axis, right.axis
    product = law.joint_polarisation
    tilt = product * float(p_left @ p_right)
    matrix = np.empty((4, 4))
    matrix[0, 0] = 1 + tilt
    matrix[0, 1:] = matrix[1:, 0] = (
        law.polarisation_left * p_left + law.polarisation_right * p_right
    )
    outer = np.outer(p_right, p_left)
    matrix[1:, 1:] = (1 - tilt) * np.eye(3) + product * (outer + outer.T)
    return law.conductance * matrix


def _projector(material: Material) -> FloatArray:
    projector = np.zeros((4, 4))
    projector[0, 0] = 1
    projector[1:, 1:] = np.outer(material.axis, material.axis)
    return projector


def _from_fluxes(left_flux: FloatArray, right_flux: FloatArray) -> FloatArray:
    """F_L and F_R given by the potentials: the constraints from two maps of shape (4, 8)."""
    constraints = np.vstack([_LEFT_FLUX, _RIGHT_FLUX])
    constraints[:4, :8] = -left_flux
    constraints[4:, :8] = -right_flux
    return constraints


@coupling.register
def _(law: Tunnel, left: Material, right: Material) -> Coupling:
    project_left, project_right = _projector(left), _projector(right)
    inside = tunnel_conductance(law, left, right) @ np.hstack([project_left, -project_right])
    along = np.vstack([inside[0], left.axis @ inside[1:], right.axis @ inside[1:]])
    return Coupling(_clamped(along, left, right), np.hstack([inside[1:], np.zeros((3, 8))]))


def _clamped(along: FloatArray, left: Material, right: Material) -> FloatArray:
    """J, p_L·J_M^L and p_R·J_M^R given by the potentials, shape (3, 8); nothing flows across p."""
    constraints = np.zeros((8, 16))
    constraints[:3, :8] = -along
    constraints[[0, 3, 3], [8, 8, 12]] = 1, 1, -1
    constraints[1, 9:12], constraints[2, 13:16] = left.axis, right.axis
    constraints[4:6, 9:12], constraints[6:, 13:16] = map(normal_plane, (left.axis, right.axis))
    return constraints


@coupling.register
def _(law: TunnelVector, left: Material, right: Material) -> Coupling:
    inside = tunnel_conductance(law, left, right) @ np.hstack([_IDENTITY, -_IDENTITY])
    return Coupling(_from_fluxes(inside, inside), _LEFT_FLUX[1:])


@coupling.register
def _(law: Transparent, left: Material, right: Material) -> Coupling:
    constraints = np.zeros((8, 16))
    constraints[:4, :8] = np.hstack([_IDENTITY, -_IDENTITY])
    constraints[4:, 8:] = np.hstack([_IDENTITY, -_IDENTITY])
    return Coupling(constraints, _LEFT_FLUX[1:])


def _without_resistance(left: Material, right: Material) -> FloatArray:
    """μ and J continuous, J_M along p on each side; the last two rows are left to the law."""
    constraints = np.zeros((8, 16))
    constraints[0, [0, 4]] = 1, -1
    constraints[1, [8, 12]] = 1, -1
    constraints[2:4, 9:12] = normal_plane(left.axis)
    constraints[4:6, 13:16] = normal_plane(right.axis)
    return constraints


@coupling.register
def _(law: Metallic, left: Material, right: Material) -> Coupling:
    constraints = _without_resistance(left, right)
    cosine = float(left.axis @ right.axis)
    constraints[6, 1:4] = -cosine * left.axis
    constraints[6, 5:8] = right.axis
    constraints[7, 9:12] = left.axis
    constraints[7, 13:16] = -cosine * right.axis
    return Coupling(constraints)


@coupling.register
def _(law: MetallicReversed, left: Material, right: Material) -> Coupling:
    constraints = _without_resistance(left, right)
    cosine = float(left.axis @ right.axis)
    constraints[6, 1:4] = left.axis
    constraints[6, 5:8] = -cosine * right.axis
    constraints[7, 9:12] = -cosine * left.axis
    constraints[7, 13:16] = right.axis
    return Coupling(constraints)


@coupling.register
def _(law: MetallicNoAccumulation, left: Material, right: Material) -> Coupling:
    constraints = _without_resistance(left, right)
    constraints[6, 1:4] = left.axis
    constraints[7, 5:8] = right.axis
    return Coupling(constraints)


@coupling.register
def _(law: General, left: Material, right: Material) -> Coupling:
    along = law.matrix[[0, 1, 3]] @ np.vstack(
        [
            np.hstack([_lift(left).T, np.zeros((2, 4))]),
            np.hstack([np.zeros((2, 4)), _lift(right).T]),
        ]
    )
    return Coupling(_clamped(along, left, right))


def _lift(material: Material) -> FloatArray:
    """(a, b) ↦ (a, b p), shape (4, 2)."""
    lift = np.zeros((4, 2))
    lift[0, 0] = 1
    lift[1:, 1] = material.axis
    return lift


@coupling.register
def _(law: Circuit, left: Material, right: Material) -> Coupling:
    magnet_is_left = isinstance(left, Ferromagnet)
    magnet = left if magnet_is_left else right
    axis = magnet.axis
    g, polarised = law.conductance, law.conductance * law.polarisation
    from_magnet = np.empty((4, 4))
    from_magnet[0, 0] = g
    from_magnet[0, 1:] = from_magnet[1:, 0] = polarised * axis
    from_magnet[1:, 1:] = g * np.outer(axis, axis)
    from_normal = -from_magnet
    x, y, z = axis
    turn = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    from_normal[1:, 1:] -= (
        law.mixing_real * (np.eye(3) - np.outer(axis, axis)) + law.mixing_imaginary * turn
    )
    # the magnet takes what of the flux is along p
    taken = _RIGHT_FLUX if magnet_is_left else _LEFT_FLUX
    kept = _LEFT_FLUX if magnet_is_left else _RIGHT_FLUX
    constraints = np.vstack([taken, kept - _projector(magnet) @ taken])
    constraints[:4, :8] = (
        -np.hstack([from_magnet, from_normal])
        if magnet_is_left
        else np.hstack([from_normal, from_magnet])
    )
    return Coupling(constraints, taken[1:])
