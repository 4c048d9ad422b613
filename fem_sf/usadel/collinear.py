# SPDX-License-Identifier: MIT
"""The collinear parametrisation: one complex angle θ_+ per frequency.

g_+ = cos θ_+, f_+ = sin θ_+; on the Matsubara axis θ_− = θ_+*. The functions below are UFL
densities, stated once; residual, Jacobian and free energy all follow from the action by
differentiation. Only holomorphic operations appear, so that the derivative is the complex one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ufl


@dataclass(frozen=True)
class LayerData:
    """Coefficients of one layer as UFL constants.

    Parameters
    ----------
    density_of_states
        ν in ν_S.
    diffusivity
        a = D/D_S, which is D/2 in units of ξ0² Tc.
    exchange
        J in Tc.
    """

    density_of_states: Any
    diffusivity: Any
    exchange: Any


def layer_action(theta: Any, data: LayerData, omega: Any, delta: Any | None) -> Any:
    """ν [ (a/2)|∇θ|² + 2 (ω − iJ) sin²(θ/2) − Δ sin θ ].

    The variation with respect to θ is the Usadel equation a∇²θ = ω̃ sin θ − Δ cos θ, whose linear
    form in F is Eq. 9 of Bergeret et al. The half angle keeps all digits at large ω.
    """
    frequency = omega - 1j * data.exchange
    density = data.diffusivity / 2 * ufl.dot(
        ufl.grad(theta), ufl.grad(theta)
    ) + 2 * frequency * ufl.sin(theta / 2) * ufl.sin(theta / 2)
    if delta is not None:
        density -= delta * ufl.sin(theta)
    return data.density_of_states * density


def barrier_action(left: Any, right: Any, coupling: Any) -> Any:
    """2 c sin²((θ_2 − θ_1)/2), with c = ν_i a_i/γ_i.

    Its variation is the Kupriyanov-Lukichev condition γ_i ∂_m θ_i = sin(θ_2 − θ_1) on both sides
    (Eqs. 11-12 of Bergeret et al. in linear form).
    """
    half = (right - left) / 2
    return 2 * coupling * ufl.sin(half) * ufl.sin(half)


def pair_amplitude(theta: Any) -> Any:
    """f_+ = sin θ_+; its real part is the singlet, its imaginary part the triplet with S_z = 0."""
    return ufl.sin(theta)


def normal_function(theta: Any) -> Any:
    """g_+ = cos θ_+; its imaginary part carries the magnetization (Eq. 2 of Bergeret et al.)."""
    return ufl.cos(theta)


def one_minus_normal_function(theta: Any) -> Any:
    """1 − g_+ = 2 sin²(θ_+/2), with all digits at large ω."""
    return 2 * ufl.sin(theta / 2) * ufl.sin(theta / 2)
