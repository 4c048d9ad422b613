# SPDX-License-Identifier: MIT
"""The collinear parametrisation: one complex angle θ_+ per frequency.

g_+ = cos θ_+, f_+ = sin θ_+, with the spin along the axis of all exchange fields; on the Matsubara
axis θ_− = θ_+*. See `fem_sf.usadel.parametrisation` for what the functions are for.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import ufl
from numpy.typing import NDArray

from fem_sf.usadel.laws.kupriyanov_lukichev import KupriyanovLukichev
from fem_sf.usadel.nambu import Nambu, mirrored
from fem_sf.usadel.parametrisation import LayerData, lowest_of_spins
from fem_sf.usadel.quaternion import quaternion
from fem_sf.usadel.real_gap import gap_components as gap_components
from fem_sf.usadel.real_gap import gap_modulus as gap_modulus
from fem_sf.usadel.real_gap import gap_shape as gap_shape
from fem_sf.usadel.real_gap import gap_values as gap_values
from fem_sf.usadel.real_gap import largest_angle
from fem_sf.usadel.real_gap import residual_order as residual_order


def field_shape(frame_shape: tuple[int, ...]) -> tuple[int, ...]:
    """One number: θ_+."""
    return ()


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
        # sin θ by the half angle too: functions of one argument are computed once
        density -= 2 * delta * ufl.sin(theta / 2) * ufl.cos(theta / 2)
    return data.density_of_states * density


def _kupriyanov_lukichev(left: Any, right: Any, conductance: Any) -> Any:
    """2 c sin²((θ_2 − θ_1)/2), with c = ν_i a_i/γ_i.

    Its variation is the Kupriyanov-Lukichev condition γ_i ∂_m θ_i = sin(θ_2 − θ_1) on both sides
    (Eqs. 11-12 of Bergeret et al. in linear form).
    """
    half = (right - left) / 2
    return 2 * conductance * ufl.sin(half) * ufl.sin(half)


barrier_actions = {KupriyanovLukichev: _kupriyanov_lukichev}
"""Written with the half angle, which keeps all digits where the two sides are close."""


def green(theta: Any) -> Nambu:
    """τ_3 cos θ_+ + τ_1 sin θ_+, of one spin."""
    return mirrored(quaternion([ufl.cos(theta)]), quaternion([ufl.sin(theta)]))


def pair_amplitude(theta: Any) -> Any:
    """f_+ = sin θ_+; its real part is the singlet, its imaginary part the triplet with S_z = 0."""
    return ufl.sin(theta)


def moments(theta: Any) -> list[Any]:
    """i(1 − g_+) = 2i sin²(θ_+/2), with all digits at large ω.

    Its real part Im g_+ carries the magnetization (Eq. 2 of Bergeret et al.).
    """
    return [2j * ufl.sin(theta / 2) * ufl.sin(theta / 2)]


def moment_values(theta: NDArray[np.complex128]) -> NDArray[np.float64]:
    """Im g_+ from values of θ_+."""
    return np.cos(theta).imag


def amplitude_values(
    theta: NDArray[np.complex128],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Singlet Re sin θ_+ and triplet f_t/i = Im sin θ_+ from values of θ_+."""
    amplitude = np.sin(theta)
    return amplitude.real, amplitude.imag


def components(vector: Any) -> list[Any]:
    """The component along the axis."""
    return [vector]


def turns(theta: Any) -> list[Any]:
    """None: nothing turns."""
    return []


def turn_values(theta: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """None."""
    return np.empty((len(theta), 0), dtype=theta.dtype)


def normal_functions(theta: Any) -> list[Any]:
    """g_+ = cos θ_+ of the spin along the axis."""
    return [ufl.cos(theta)]


def normal_values(theta: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """The same from values of θ_+."""
    return np.cos(theta)[:, np.newaxis]


def lowest_density(theta: NDArray[np.complex128]) -> float:
    """Of Re cos θ_+ = cos Re θ_+ cosh Im θ_+, which both spins have, at least its first factor."""
    largest = largest_angle(theta)
    return math.cos(largest) if largest <= math.pi / 2 else lowest_of_spins(normal_values(theta))
