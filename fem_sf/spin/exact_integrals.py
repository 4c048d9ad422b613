# SPDX-License-Identifier: MIT
"""Integrates an exact solution over a layer, for its balances and its torque.

Each is a Gauss-Legendre sum between the places that a mesh would have, so that it knows nothing of
the fluxes at the faces, which it is compared with.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fem_sf.spin.exact import Profile, Solution
from fem_sf.spin.materials import FloatArray, Material

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(9)
"""Of Gauss and Legendre between two places."""


@dataclass(frozen=True)
class LayerIntegrals:
    """Of one layer, per area.

    Parameters
    ----------
    taken
        Charge and spin that relax, precess or leave across the stack, shape (4,): what enters
        through the faces, in a solution.
    heat
        ∫ −J·∇μ − J_M : ∇m + (D/στ)|δM|², for α1 = α2.
    precession
        ∫ δM × w, shape (3,).
    """

    taken: FloatArray
    heat: float
    precession: FloatArray


def integrate(
    solution: Solution, name: str, places: FloatArray, wave_number: float
) -> LayerIntegrals:
    """Integrate over a layer.

    Parameters
    ----------
    solution
        The solution.
    name
        The layer.
    places
        From one end to the other, ascending, close enough for its modes, shape (n,).
    wave_number
        q ≥ 0 of fields cos(qx), of which the integrals are amplitudes.
    """
    material = solution.stack.layer(name).material
    sizes = np.diff(places)[:, np.newaxis]
    inside = (places[:-1, np.newaxis] + sizes * (1 + _NODES) / 2).ravel()
    measure = (sizes * _WEIGHTS / 2).ravel()
    profile = solution.profile(name, inside)
    dM, w = profile.magnetization, material.whole_precession
    across = wave_number * _currents_across(profile, material, wave_number)
    precession = measure @ np.cross(dM, w)
    taken = measure @ across
    taken[1:] += measure @ dM / material.relaxation_time - precession
    return LayerIntegrals(
        taken=taken,
        heat=float(measure @ _heat(profile, material, wave_number)),
        precession=precession,
    )


def _fluxes(profile: Profile) -> FloatArray:
    """(J, J_M) along y, shape (n, 4)."""
    return np.column_stack([profile.current, profile.spin_current])


def _currents_across(profile: Profile, material: Material, wave_number: float) -> FloatArray:
    """Amplitudes of (J, J_M) along x, which go as sin(qx), shape (n, 4)."""
    mu, m, V = profile.chemical_potential, profile.spin_potential, profile.potential
    beta, p = material.spin_asymmetry, material.axis
    potential = V + material.alpha2 / material.alpha1 * (mu - V)
    J = mu + beta * (m @ p)
    JM = beta * np.multiply.outer(potential, p) + m
    return material.conductivity * wave_number * np.column_stack([J, JM])


def _heat(profile: Profile, material: Material, wave_number: float) -> FloatArray:
    """Heat per volume at positions, shape (n,)."""
    along = np.eye(4)
    along[0, 1:] = along[1:, 0] = material.spin_asymmetry * material.axis
    resistance = np.linalg.inv(along) / material.conductivity
    currents = (_fluxes(profile), _currents_across(profile, material, wave_number))
    conducted = sum(np.einsum("ni,ij,nj->n", each, resistance, each) for each in currents)
    density = material.conductivity / material.diffusivity
    relaxing = (profile.magnetization**2).sum(axis=1) / (density * material.relaxation_time)
    return np.asarray(conducted + relaxing)
