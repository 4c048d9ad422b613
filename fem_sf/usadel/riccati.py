# SPDX-License-Identifier: MIT
"""The Riccati parametrisation, for order parameters with a phase and exchange fields of any kind.

With 2×2 matrices γ, γ̃ and N = (1 + γγ̃)⁻¹, Ñ = (1 + γ̃γ)⁻¹, in the basis in which singlets are
along τ_1 and H = (ω − iJ·σ)τ_3 + Re Δ τ_1 − Im Δ τ_2,

    g = [[N(1 − γγ̃), 2Nγ], [2Ñγ̃, −Ñ(1 − γ̃γ)]].

The unknown is (γ, γ̃), each as q_0 and the components of q in q_0 + i q·σ along the axes of the spin
frame; to what exchange fields in a plane, or along a line, do not drive, no unknown is given. γ and
γ̃ are independent, which keeps the action holomorphic; on the Matsubara axis γ̃ = σ_y γ* σ_y comes
out, that is, complex conjugate components. For a real gap γ̃ = γ, and θ and M of
`fem_sf.usadel.noncollinear` are another way to write it. Order parameters are given by their real
and imaginary part.

The action is that of both spins halved. See `fem_sf.usadel.parametrisation` for what the functions
are for; residual and Jacobian are written out by `fem_sf.usadel.riccati_forms`.
"""

from __future__ import annotations

import math
from itertools import combinations
from typing import Any

import numpy as np
import ufl
from numpy.typing import ArrayLike, NDArray

from fem_sf.usadel import riccati_algebra as algebra
from fem_sf.usadel.laws.kupriyanov_lukichev import KupriyanovLukichev
from fem_sf.usadel.nambu import Nambu
from fem_sf.usadel.parametrisation import LayerData, lowest_of_spins
from fem_sf.usadel.quaternion import ONE, Quaternion, quaternion
from fem_sf.usadel.riccati_algebra import Amplitudes, Gradients


def field_shape(frame_shape: tuple[int, ...]) -> tuple[int, ...]:
    """γ and γ̃, each a scalar and as many components of a vector as there are axes."""
    return (2 * (1 + math.prod(frame_shape)),)


def residual_order(frame_shape: tuple[int, ...]) -> NDArray[np.intp]:
    """First γ̃, then γ: the equation of γ is the variation with respect to γ̃, and the reverse.

    In this order the Jacobian has a diagonal.
    """
    size = field_shape(frame_shape)[0]
    return np.roll(np.arange(size), size // 2)


def gap_shape() -> tuple[int, ...]:
    """Re Δ and Im Δ."""
    return (2,)


def gap_components(delta: complex) -> NDArray[np.float64]:
    """Re Δ and Im Δ."""
    return np.array([delta.real, delta.imag])


def gap_values(parts: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """Δ of values of its two parts, shape (…, 2)."""
    return parts[..., 0].real + 1j * parts[..., 1].real


def gap_modulus(delta: Any) -> Any:
    """|Δ|."""
    return ufl.sqrt(delta[0] * delta[0] + delta[1] * delta[1])


def layer_action(field: Any, data: LayerData, omega: Any, delta: Any | None) -> Any:
    """ν ½ tr{2a N∇γÑ∇γ̃ + W(Nγγ̃ + Ñγ̃γ) − ΔÑγ̃ − Δ*Nγ} with W = ω − iJ·σ.

    Its variations are a[∇²γ − 2∇γ Ñγ̃ ∇γ] = ½(Wγ + γW − Δ + γΔ*γ) and the same with γ ↔ γ̃,
    Δ ↔ Δ*. All digits are kept at large ω, where γ is small.
    """
    here, gradients = amplitudes(field), field_gradients(field, data)
    frequency = layer_frequency(data, omega)
    return data.density_of_states * algebra.layer_action(
        here, gradients, frequency, *conjugate_pair(delta)
    )


def _kupriyanov_lukichev(left: Any, right: Any, conductance: Any) -> Any:
    """2c ½ tr[N_1 (γ_1 − γ_2) Ñ_2 (γ̃_1 − γ̃_2)] with c = ν_i a_i/γ_i of the barrier.

    Its variations are the Kupriyanov-Lukichev conditions, per conductivity
    ∂_m γ_1 ∝ (1 + γ_1γ̃_2) N_2 (γ_2 − γ_1) and the same on the other side. All digits are kept where
    the two sides are close.
    """
    return algebra.barrier_action(amplitudes(left), amplitudes(right), conductance)


barrier_actions = {KupriyanovLukichev: _kupriyanov_lukichev}
"""Written with differences, which keeps all digits where the two sides are close."""


def green(field: Any) -> Nambu:
    """[[2N − 1, 2Nγ], [2Ñγ̃, 1 − 2Ñ]]."""
    here = amplitudes(field)
    particle, hole = here.norm.times(2) - ONE, ONE - here.norm_tilde.times(2)
    return Nambu(particle, here.pair.times(2), here.pair_tilde.times(2), hole)


def pair_amplitude(field: Any) -> Any:
    """½ tr(Ñγ̃ + Nγ) and (i/2) tr(Ñγ̃ − Nγ), with real and imaginary part of Δ."""
    here = amplitudes(field)
    pair, pair_tilde = here.pair.scalar, here.pair_tilde.scalar
    return ufl.as_vector([pair_tilde + pair, 1j * (pair_tilde - pair)])


def moments(field: Any) -> list[Any]:
    """The vector of N + Ñ, which is M sin θ for a real gap."""
    here = amplitudes(field)
    vectors = zip(here.norm.vector, here.norm_tilde.vector, strict=True)
    return [one + other for one, other in vectors][: _axes(field.ufl_shape[0])]


def moment_values(field: NDArray[np.complex128]) -> NDArray[np.float64]:
    """The same from values of the unknown; no component axis along a single axis."""
    here = _amplitudes_of(field)
    return _squeezed(
        [a + b for a, b in zip(here.norm.vector, here.norm_tilde.vector, strict=True)], field
    ).real


def amplitude_values(
    field: NDArray[np.complex128],
) -> tuple[NDArray[np.complex128], NDArray[np.complex128]]:
    """Singlet and triplet f_t/i of 2Nγ, both complex."""
    pair = _amplitudes_of(field).pair
    return 2 * pair.scalar, 2 * _squeezed(pair.vector, field)


def components(vector: Any) -> list[Any]:
    """Components along the axes of the spin frame."""
    vector = vector if vector.ufl_shape else ufl.as_vector([vector])
    return [vector[i] for i in range(vector.ufl_shape[0])]


def turns(field: Any) -> list[Any]:
    """Vectors turned about every normal a_i × a_j of γ and γ̃ alike, and iγ with −iγ̃."""
    return [
        ufl.as_vector([ufl.as_ufl(each) for each in change])
        for change in _turned(components(field))
    ]


def turn_values(field: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """The same from values of the unknown."""
    changes = [np.stack(np.broadcast_arrays(*change), axis=-1) for change in _turned(list(field.T))]
    return np.stack(changes, axis=1)


def normal_functions(field: Any) -> list[Any]:
    """g_0 and g_v of N(1 − γγ̃) = 2N − 1."""
    norm = amplitudes(field).norm
    axes = _axes(field.ufl_shape[0])
    return [2 * norm.scalar - 1, *(2j * component for component in norm.vector[:axes])]


def normal_values(field: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """The same from values of the unknown."""
    norm = _amplitudes_of(field).norm
    vector = norm.vector[: _axes(field.shape[1])]
    return np.stack([2 * norm.scalar - 1, *(2j * component for component in vector)], axis=1)


def lowest_density(field: NDArray[np.complex128]) -> float:
    """Of Re g_0 − |Re g_v|."""
    return lowest_of_spins(normal_values(field))


def bulk_values(delta: complex, omega: complex, frame_shape: tuple[int, ...]) -> NDArray:
    """The unknown in a homogeneous superconductor, γ = Δ/(ω + √(ω² + |Δ|²)) and γ̃ with Δ*."""
    values = np.zeros((2, field_shape(frame_shape)[0] // 2), dtype=np.complex128)
    values[:, 0] = np.array([delta, delta.conjugate()])
    return values.ravel() / (omega + np.sqrt(omega**2 + abs(delta) ** 2))


# What the unknown means in terms of matrices


def amplitudes(field: Any) -> Amplitudes:
    """γ and γ̃ of a field."""
    return Amplitudes(*_halves(components(field)))


def field_gradients(field: Any, data: LayerData) -> Gradients:
    """Their derivatives, with 2a of a layer."""
    return Gradients(*derivatives(field), 2 * data.diffusivity)


def derivatives(field: Any) -> tuple[list[Quaternion], list[Quaternion]]:
    """∂γ and ∂γ̃ along every direction."""
    slopes = ufl.grad(field)
    size, directions = slopes.ufl_shape
    along = [_halves([slopes[i, d] for i in range(size)]) for d in range(directions)]
    return [each[0] for each in along], [each[1] for each in along]


def layer_frequency(data: LayerData, omega: Any) -> Quaternion:
    """W = ω − iJ·σ."""
    return quaternion([omega, *(-component for component in components(data.exchange))])


def conjugate_pair(delta: Any | None) -> tuple[Any, Any]:
    """Δ and Δ* of its components; zeros where there is none."""
    if delta is None:
        return 0, 0
    return delta[0] + 1j * delta[1], delta[0] - 1j * delta[1]


def _amplitudes_of(field: ArrayLike) -> Amplitudes:
    return Amplitudes(*_halves(list(np.asarray(field).T)))


def _halves(unknown: list[Any]) -> tuple[Quaternion, Quaternion]:
    half = len(unknown) // 2
    return quaternion(unknown[:half]), quaternion(unknown[half:])


def _turned(unknown: list[Any]) -> list[list[Any]]:
    """Changes of the components of an unknown: by a turn of spins in every plane, by a phase."""
    half = len(unknown) // 2
    changes: list[list[Any]] = []
    for i, j in combinations(range(1, half), 2):
        change: list[Any] = [0] * len(unknown)
        for start in (0, half):
            change[start + i], change[start + j] = -unknown[start + j], unknown[start + i]
        changes.append(change)
    by_phase = [(1j if k < half else -1j) * each for k, each in enumerate(unknown)]
    return [*changes, by_phase]


def _axes(size: int) -> int:
    return size // 2 - 1


def _squeezed(vector: Any, field: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """Components along the axes, shape (n, axes), or (n,) along a single axis."""
    values = np.stack(vector[: _axes(field.shape[1])], axis=1)
    return values[:, 0] if values.shape[1] == 1 else values
