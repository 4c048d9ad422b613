# SPDX-License-Identifier: MIT
"""The action of a Riccati-parametrised Green function and its first and second variations.

Derived from the 4×4 matrices of `fem_sf.usadel.riccati`. With the columns u = (1; γ̃), v = (−γ; 1),
the rows ū = (1, γ), v̄ = (−γ̃, 1) and N = (1 + γγ̃)⁻¹, Ñ = (1 + γ̃γ)⁻¹,

    P = (1 + g)/2 = u N ū,    1 − P = v Ñ v̄,    δP = u N δγ Ñ v̄ + v Ñ δγ̃ N ū,

so that tr(∇P)² = 2 tr[N ∇γ Ñ ∇γ̃]. Everything else in the action is linear in P: −½ tr(H P) per
spin with an H that does not depend on P, be it that of the layer or 2c(P_2 − 1) of the other side
of a barrier. All of it is unchanged by γ ↔ γ̃ with H mirrored, which is why each variation is
written once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from fem_sf.usadel.quaternion import ONE, Quaternion, half_trace


@dataclass(frozen=True)
class Amplitudes:
    """γ and γ̃ at a point.

    Parameters
    ----------
    gamma, gamma_tilde
        The two amplitudes.
    """

    gamma: Quaternion
    gamma_tilde: Quaternion

    @cached_property
    def mirrored(self) -> Amplitudes:
        """γ̃ in the place of γ, and the reverse."""
        return Amplitudes(self.gamma_tilde, self.gamma)

    @cached_property
    def norm(self) -> Quaternion:
        """N = (1 + γγ̃)⁻¹."""
        return (ONE + self.gamma @ self.gamma_tilde).inverse()

    @cached_property
    def norm_tilde(self) -> Quaternion:
        """Ñ = (1 + γ̃γ)⁻¹."""
        return (ONE + self.gamma_tilde @ self.gamma).inverse()

    @cached_property
    def pair(self) -> Quaternion:
        """F = Nγ = γÑ, half of the block of g above the diagonal."""
        return self.norm @ self.gamma

    @cached_property
    def pair_tilde(self) -> Quaternion:
        """F̃ = Ñγ̃ = γ̃N, half of the block of g below the diagonal."""
        return self.norm_tilde @ self.gamma_tilde


@dataclass(frozen=True)
class Projections:
    """An H between the columns and rows that make up P and 1 − P.

    Parameters
    ----------
    particle, hole
        ū H u and −v̄ H v.
    raising, lowering
        ū H v and v̄ H u, zero where H and P commute.
    """

    particle: Quaternion
    hole: Quaternion
    raising: Quaternion
    lowering: Quaternion

    @property
    def mirrored(self) -> Projections:
        """What they are for the mirrored amplitudes."""
        return Projections(self.hole, self.particle, self.lowering, self.raising)


@dataclass(frozen=True)
class Gradients:
    """Derivatives of γ and γ̃, and what multiplies them.

    Parameters
    ----------
    gamma, gamma_tilde
        ∂γ and ∂γ̃, one quaternion for each direction.
    stiffness
        2a.
    """

    gamma: Sequence[Quaternion]
    gamma_tilde: Sequence[Quaternion]
    stiffness: Any

    @property
    def mirrored(self) -> Gradients:
        """Those of the mirrored amplitudes."""
        return Gradients(self.gamma_tilde, self.gamma, self.stiffness)


@dataclass(frozen=True)
class Step:
    """A variation of γ and γ̃ at a point, with its derivatives where they matter.

    Parameters
    ----------
    gamma, gamma_tilde
        δγ and δγ̃.
    gamma_gradient, gamma_tilde_gradient
        Their derivatives, one for each direction.
    """

    gamma: Quaternion
    gamma_tilde: Quaternion
    gamma_gradient: Sequence[Quaternion] = ()
    gamma_tilde_gradient: Sequence[Quaternion] = ()

    @property
    def mirrored(self) -> Step:
        """The same of the mirrored amplitudes."""
        return Step(self.gamma_tilde, self.gamma, self.gamma_tilde_gradient, self.gamma_gradient)


NO_GRADIENTS = Gradients((), (), 0)
"""At a plane nothing depends on derivatives."""


# What H is


def layer_projections(
    here: Amplitudes, frequency: Quaternion, delta: Any, delta_conjugate: Any
) -> Projections:
    """Those of H = [[W, Δ], [Δ*, −W]] with W = ω − iJ·σ."""
    gamma, tilde = here.gamma, here.gamma_tilde
    pair, pair_tilde = gamma.times(delta_conjugate), tilde.times(delta)
    gap, gap_conjugate = ONE.times(delta), ONE.times(delta_conjugate)
    mixed = pair + pair_tilde
    return Projections(
        frequency + mixed - gamma @ frequency @ tilde,
        frequency + mixed - tilde @ frequency @ gamma,
        gap - frequency @ gamma - gamma @ frequency - gamma @ pair,
        gap_conjugate - frequency @ tilde - tilde @ frequency - tilde @ pair_tilde,
    )


def barrier_projections(here: Amplitudes, there: Amplitudes, coupling: Any) -> Projections:
    """Those of H = −2c (1 − P_2), from v̄_1 v_2 = 1 + γ̃_1γ_2 and ū_1 v_2 = γ_1 − γ_2."""
    jump = here.gamma - there.gamma
    jump_tilde = here.gamma_tilde - there.gamma_tilde
    norm = there.norm_tilde.times(2 * coupling)
    left = ONE + here.gamma_tilde @ there.gamma
    right = ONE + there.gamma_tilde @ here.gamma
    zero = ONE.times(0)
    return Projections(
        zero - jump @ norm @ jump_tilde,
        left @ norm @ right,
        zero - jump @ norm @ right,
        zero - left @ norm @ jump_tilde,
    )


# Actions


def layer_action(
    here: Amplitudes,
    gradients: Gradients,
    frequency: Quaternion,
    delta: Any,
    delta_conjugate: Any,
) -> Any:
    """½ tr{2a N∇γÑ∇γ̃ + W(Nγγ̃ + Ñγ̃γ) − ΔÑγ̃ − Δ*Nγ}, zero in the normal state.

    Half of (a/2) tr(∇g)²/2 − ½ tr(Hg), both relative to the normal state.
    """
    pair, pair_tilde = here.pair, here.pair_tilde
    stiffness = sum(
        half_trace(here.norm @ p, here.norm_tilde @ q)
        for p, q in zip(gradients.gamma, gradients.gamma_tilde, strict=True)
    )
    pairs = pair @ here.gamma_tilde + pair_tilde @ here.gamma
    return (
        gradients.stiffness * stiffness
        + half_trace(frequency, pairs)
        - delta * pair_tilde.scalar
        - delta_conjugate * pair.scalar
    )


def barrier_action(here: Amplitudes, there: Amplitudes, coupling: Any) -> Any:
    """2c ½ tr[N_1 (γ_1 − γ_2) Ñ_2 (γ̃_1 − γ̃_2)], which is (c/2)[2 − ½ tr g_1 g_2]."""
    jump = here.gamma - there.gamma
    jump_tilde = here.gamma_tilde - there.gamma_tilde
    return 2 * coupling * half_trace(here.norm @ jump, there.norm_tilde @ jump_tilde)


# Variations


def variation(here: Amplitudes, gradients: Gradients, projections: Projections, step: Step) -> Any:
    """The change of the action to first order in a step.

    2a ½ tr[K̃ Dδγ] − ½ tr[δγ Ñ v̄Hu N] and its mirror image, with K̃ = Ñ∂γ̃N and
    Dδγ = ∂δγ − ∂γ F̃ δγ − δγ F̃ ∂γ.
    """
    return _half_variation(here, gradients, projections, step) + _half_variation(
        here.mirrored, gradients.mirrored, projections.mirrored, step.mirrored
    )


def second_variation(
    here: Amplitudes, gradients: Gradients, projections: Projections, step: Step, other: Step
) -> Any:
    """How the change by one step changes to first order in another one; symmetric in the two."""
    return _half_second_variation(
        here, gradients, projections, step, other
    ) + _half_second_variation(
        here.mirrored, gradients.mirrored, projections.mirrored, step.mirrored, other.mirrored
    )


def mixed_variation(
    here: Amplitudes, there: Amplitudes, coupling: Any, step: Step, other: Step
) -> Any:
    """The same of a barrier for a step on one side and another one on the other side.

    −2c ½ tr[δP_1 δP_2].
    """
    return (
        -2
        * coupling
        * (
            _half_mixed_variation(here, there, step, other)
            + _half_mixed_variation(here.mirrored, there.mirrored, step.mirrored, other.mirrored)
        )
    )


def phase_fluxes(here: Amplitudes, gradients: Gradients) -> list[Any]:
    """Derivative of the action by ∇χ where γ = |γ|e^{iχ}, γ̃ = |γ̃|e^{−iχ}, in every direction.

    2a (i/2) tr[K̃γ − Kγ̃], the current of particles.
    """
    return [
        1j
        * gradients.stiffness
        * (half_trace(flux, here.gamma) - half_trace(flux_tilde, here.gamma_tilde))
        for flux, flux_tilde in zip(
            _fluxes(here, gradients), _fluxes(here.mirrored, gradients.mirrored), strict=True
        )
    ]


def _half_variation(
    here: Amplitudes, gradients: Gradients, projections: Projections, step: Step
) -> Any:
    """The part with δγ."""
    change = half_trace(step.gamma, _body(here, gradients, projections))
    for flux, gradient in zip(_fluxes(here, gradients), step.gamma_gradient, strict=True):
        change += gradients.stiffness * half_trace(gradient, flux)
    return change


def _fluxes(here: Amplitudes, gradients: Gradients) -> list[Quaternion]:
    """K̃ = Ñ∂γ̃N in every direction."""
    return [here.norm_tilde @ gradient @ here.norm for gradient in gradients.gamma_tilde]


def _body(here: Amplitudes, gradients: Gradients, projections: Projections) -> Quaternion:
    """What δγ itself is multiplied with, −2a(K̃∂γF̃ + F̃∂γK̃) − Ñ v̄Hu N."""
    body = ONE.times(0) - here.norm_tilde @ projections.lowering @ here.norm
    for flux, gradient in zip(_fluxes(here, gradients), gradients.gamma, strict=True):
        bent = flux @ gradient @ here.pair_tilde + here.pair_tilde @ gradient @ flux
        body = body - bent.times(gradients.stiffness)
    return body


def _half_second_variation(
    here: Amplitudes, gradients: Gradients, projections: Projections, step: Step, other: Step
) -> Any:
    """The part with δγ of the first step."""
    return _same_variation(here, gradients, projections, step, other) + _cross_variation(
        here, gradients, projections, step, other
    )


def _same_variation(
    here: Amplitudes, gradients: Gradients, projections: Projections, step: Step, other: Step
) -> Any:
    """δγ of both steps; from δK̃ = −F̃δγK̃ − K̃δγF̃ and δF̃ = −F̃δγF̃."""
    pair = here.pair_tilde
    body = _body(here, gradients, projections)
    gamma, other_gamma = step.gamma, other.gamma
    change = -_sandwich(gamma, pair, other_gamma, body) - _sandwich(gamma, body, other_gamma, pair)
    for p, flux, gradient, other_gradient in zip(
        gradients.gamma,
        _fluxes(here, gradients),
        step.gamma_gradient,
        other.gamma_gradient,
        strict=True,
    ):
        bent = pair @ p @ pair
        change += gradients.stiffness * (
            _sandwich(gamma, flux, other_gamma, bent)
            + _sandwich(gamma, bent, other_gamma, flux)
            - _sandwich(gradient, pair, other_gamma, flux)
            - _sandwich(gradient, flux, other_gamma, pair)
            - _sandwich(gamma, pair, other_gradient, flux)
            - _sandwich(gamma, flux, other_gradient, pair)
        )
    return change


def _cross_variation(
    here: Amplitudes, gradients: Gradients, projections: Projections, step: Step, other: Step
) -> Any:
    """δγ of the first step and δγ̃ of the other.

    2a ½ tr[Dδγ Ñ Dδγ̃ N] + ½ tr[δγ Ñ δγ̃ N(ūHu − 2a ∂γÑ∂γ̃)N − δγ Ñ(v̄Hv + 2a ∂γ̃N∂γ)Ñ δγ̃ N].
    """
    norm, norm_tilde = here.norm, here.norm_tilde
    pair, pair_tilde = here.pair, here.pair_tilde
    particle, hole = projections.particle, projections.hole
    change = 0
    for p, q, gradient, other_gradient in zip(
        gradients.gamma,
        gradients.gamma_tilde,
        step.gamma_gradient,
        other.gamma_tilde_gradient,
        strict=True,
    ):
        particle = particle - (p @ norm_tilde @ q).times(gradients.stiffness)
        hole = hole - (q @ norm @ p).times(gradients.stiffness)
        bent = _covariant(gradient, step.gamma, p, pair_tilde)
        other_bent = _covariant(other_gradient, other.gamma_tilde, q, pair)
        change += gradients.stiffness * _sandwich(bent, norm_tilde, other_bent, norm)
    return (
        change
        + _sandwich(step.gamma, norm_tilde, other.gamma_tilde, norm @ particle @ norm)
        + _sandwich(step.gamma, norm_tilde @ hole @ norm_tilde, other.gamma_tilde, norm)
    )


def _covariant(
    gradient: Quaternion, step: Quaternion, slope: Quaternion, pair: Quaternion
) -> Quaternion:
    """Dδγ = ∂δγ − ∂γ F̃ δγ − δγ F̃ ∂γ."""
    return gradient - slope @ pair @ step - step @ (pair @ slope)


def _half_mixed_variation(here: Amplitudes, there: Amplitudes, step: Step, other: Step) -> Any:
    """½ tr[δγ_1 Ñ_1 v̄_1 δP_2 u_1 N_1]."""
    jump = (here.gamma_tilde - there.gamma_tilde) @ here.norm
    change_by_gamma = _sandwich(
        step.gamma,
        here.norm_tilde @ (there.gamma_tilde - here.gamma_tilde) @ there.norm,
        other.gamma,
        there.norm_tilde @ jump,
    )
    change_by_tilde = _sandwich(
        step.gamma,
        here.norm_tilde @ (ONE + here.gamma_tilde @ there.gamma) @ there.norm_tilde,
        other.gamma_tilde,
        there.norm @ (ONE + there.gamma @ here.gamma_tilde) @ here.norm,
    )
    return change_by_gamma + change_by_tilde


def _sandwich(step: Quaternion, left: Quaternion, other: Quaternion, right: Quaternion) -> Any:
    """½ tr[δ A δ' B] of two steps."""
    return half_trace(step @ left, other @ right)
