# SPDX-License-Identifier: MIT
"""The parametrisation by θ and M, for exchange fields in several directions and a real gap.

With M0 = √(1 + M²) (Ivanov and Fominov), in the basis in which singlets are along τ_1,

    g = τ_3 (M0 cos θ + i M·σ sin θ) + τ_1 (M0 sin θ − i M·σ cos θ).

The unknown is (θ, M) with the components of M along the axes of the spin frame, all real on the
Matsubara axis. Along a single axis n, M = n sinh η and θ_+ = θ − iη. The action is that of both
spins halved, so that it becomes Re A_+ of the collinear parametrisation; it is not bounded from
below. See `fem_sf.usadel.parametrisation` for what the functions are for.
"""

from __future__ import annotations

import math
from itertools import combinations
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
    """θ and as many components of M as there are axes."""
    (axes,) = frame_shape
    return (1 + axes,)


def layer_action(field: Any, data: LayerData, omega: Any, delta: Any | None) -> Any:
    """ν {(a/2)[|∇θ|² + |∇M0|² − |∇M|²] + ω(1 − M0 cos θ) − J·M sin θ − Δ M0 sin θ}.

    Its variations are a∇²θ = ωM0 sin θ − J·M cos θ − ΔM0 cos θ and, with
    |∇M0|² = |M·∇M|²/M0², a∇²M = J sin θ + M[(ω cos θ + Δ sin θ)M0 + J·M sin θ + a(|∇M|² − |∇M0|²)].
    1 − M0 cos θ = 2 sin²(θ/2) − (M0 − 1) cos θ with M0 − 1 = M²/(1 + M0) keeps all digits at large
    ω.
    """
    theta, vector = _parts(field)
    long = _long(vector)
    gradients = [ufl.grad(component) for component in vector]
    long_gradient = sum(m * g for m, g in zip(vector, gradients, strict=True)) / long
    stiffness = _square(ufl.grad(theta)) + _square(long_gradient) - sum(map(_square, gradients))
    excess = sum(m * m for m in vector) / (1 + long)
    half = ufl.sin(theta / 2)
    projection = sum(j * m for j, m in zip(components(data.exchange), vector, strict=True))
    density = (
        data.diffusivity / 2 * stiffness
        + omega * (2 * half * half - excess * ufl.cos(theta))
        - projection * ufl.sin(theta)
    )
    if delta is not None:
        density -= delta * long * ufl.sin(theta)
    return data.density_of_states * density


def _kupriyanov_lukichev(left: Any, right: Any, conductance: Any) -> Any:
    """[1 − cos(θ_2 − θ_1) W] c with W = M0_1 M0_2 − M_1·M_2 and c = ν_i a_i/γ_i.

    Its variations are the Kupriyanov-Lukichev conditions γ_i ∂_m θ_i = W sin(θ_2 − θ_1),
    γ_1 ∂_m M_1 = cos(θ_2 − θ_1)(M_2 − W M_1), γ_2 ∂_m M_2 = cos(θ_2 − θ_1)(W M_2 − M_1).
    W − 1 = (|M_2 − M_1|² − (M0_2 − M0_1)²)/2 keeps all digits where the two sides are close.
    """
    (theta_1, vector_1), (theta_2, vector_2) = _parts(left), _parts(right)
    differences = [b - a for a, b in zip(vector_1, vector_2, strict=True)]
    sums = [a + b for a, b in zip(vector_1, vector_2, strict=True)]
    long_difference = sum(d * s for d, s in zip(differences, sums, strict=True)) / (
        _long(vector_1) + _long(vector_2)
    )
    excess = (sum(d * d for d in differences) - long_difference * long_difference) / 2
    jump = theta_2 - theta_1
    half = ufl.sin(jump / 2)
    return conductance * (2 * half * half - ufl.cos(jump) * excess)


barrier_actions = {KupriyanovLukichev: _kupriyanov_lukichev}
"""Written with differences, which keeps all digits where the two sides are close."""


def green(field: Any) -> Nambu:
    """τ_3 (M0 cos θ + i M·σ sin θ) + τ_1 (M0 sin θ − i M·σ cos θ)."""
    theta, vector = _parts(field)
    long, cosine, sine = _long(vector), ufl.cos(theta), ufl.sin(theta)
    normal = quaternion([long * cosine, *(m * sine for m in vector)])
    pair = quaternion([long * sine, *(-m * cosine for m in vector)])
    return mirrored(normal, pair)


def pair_amplitude(field: Any) -> Any:
    """M0 sin θ, the singlet."""
    theta, vector = _parts(field)
    return _long(vector) * ufl.sin(theta)


def moments(field: Any) -> list[Any]:
    """M sin θ, whose sum over frequencies is the magnetization."""
    theta, vector = _parts(field)
    return [component * ufl.sin(theta) for component in vector]


def moment_values(field: NDArray[np.complex128]) -> NDArray[np.float64]:
    """M sin θ from values of (θ, M)."""
    theta, vector = field.real[:, :1], field.real[:, 1:]
    return vector * np.sin(theta)


def amplitude_values(
    field: NDArray[np.complex128],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Singlet M0 sin θ and triplet f_t/i = −M cos θ from values of (θ, M)."""
    theta, vector = field.real[:, 0], field.real[:, 1:]
    long = np.sqrt(1 + np.sum(vector**2, axis=1))
    return long * np.sin(theta), -vector * np.cos(theta)[:, np.newaxis]


def components(vector: Any) -> list[Any]:
    """Components along the axes of the spin frame."""
    return [vector[i] for i in range(vector.ufl_shape[0])]


def turns(field: Any) -> list[Any]:
    """δM = n × M about every normal n = a_i × a_j: M_i along a_j, and −M_j along a_i."""
    _, vector = _parts(field)
    changes = []
    for i, j in combinations(range(len(vector)), 2):
        change = [ufl.as_ufl(0.0)] * (1 + len(vector))
        change[1 + i], change[1 + j] = -vector[j], vector[i]
        changes.append(ufl.as_vector(change))
    return changes


def turn_values(field: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """The same from values of (θ, M)."""
    pairs = list(combinations(range(1, field.shape[1]), 2))
    changes = np.zeros((len(field), len(pairs), field.shape[1]), dtype=field.dtype)
    for turn, (i, j) in enumerate(pairs):
        changes[:, turn, i], changes[:, turn, j] = -field[:, j], field[:, i]
    return changes


def normal_functions(field: Any) -> list[Any]:
    """g_0 = M0 cos θ and g_v = i M sin θ."""
    theta, vector = _parts(field)
    return [_long(vector) * ufl.cos(theta), *(1j * m * ufl.sin(theta) for m in vector)]


def normal_values(field: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """The same from values of (θ, M), complex away from the Matsubara axis."""
    theta, vector = field[:, :1], field[:, 1:]
    long = np.sqrt(1 + np.sum(vector**2, axis=1, keepdims=True))
    return np.concatenate([long * np.cos(theta), 1j * vector * np.sin(theta)], axis=1)


def lowest_density(field: NDArray[np.complex128]) -> float:
    """Of g_0 = M0 cos θ, which all spins have where θ and M are real; M0 ≥ 1."""
    largest = largest_angle(field[:, 0])
    return math.cos(largest) if largest <= math.pi / 2 else lowest_of_spins(normal_values(field))


def _parts(field: Any) -> tuple[Any, list[Any]]:
    """θ and the components of M."""
    theta, *vector = components(field)
    return theta, vector


def _long(vector: list[Any]) -> Any:
    """M0."""
    return ufl.sqrt(1 + sum(component * component for component in vector))


def _square(gradient: Any) -> Any:
    return ufl.dot(gradient, gradient)
