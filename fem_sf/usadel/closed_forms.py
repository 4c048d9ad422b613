# SPDX-License-Identifier: MIT
"""The formulas of Bergeret, Volkov and Efetov, Eqs. 9-20, in the θ parametrisation.

A superconductor S fills x < 0, a ferromagnet F of thickness d_F touches it at x = 0 through a
barrier. Energies in Tc, lengths in ξ0 = √(D_S/2Tc), so that a_S = D_S/2 = 1 and a_F = D_F/D_S.
For spin up g = cos θ and sin θ is the pair amplitude; the paper's matrix elements are
f_(1,1) = −i sin θ_+ and f_(2,2) = i sin θ_−, with θ_− = θ_+*. Hence its triplet component is
f_0 = Im sin θ_+, its singlet component f_3 = −i Re sin θ_+, and g_3 = i Im g_+.
Functions of a frequency take scalars or arrays ω > 0 and broadcast.

Where the paper and these functions differ:

* Eq. 16 is printed with a minus sign; Eq. 11 gives a plus. With the minus the moment in S would be
  parallel to that in F, against Eq. 19, Fig. 1 and the text.
* Eq. 11 keeps only the pair amplitude of F. The Kupriyanov-Lukichev condition has a second term,
  −s Im g_F, which is not small for a thin F; Eq. 19 contains it. Functions with ``eq11`` in the
  name leave it out as the paper does.
* The number in Eq. 19 is B(½, ¾)/√2 = 1.6944, not 1.67.
* Eq. 20 holds for γ_S ≫ ξ_S; otherwise the response of the surface of S adds (ν_F/ν_S) r_S.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.special import beta

from fem_sf.usadel.bilayer import Bilayer as Bilayer
from fem_sf.usadel.matsubara import FrequencySum

FloatArray = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]

EQ19_COEFFICIENT = float(beta(0.5, 0.75)) / math.sqrt(2)
"""C = B(½, ¾)/√2 = 1.69442617 in r_S = −C √(Δ d_F²/D_S); the paper prints 1.67."""

_SUPERCONDUCTOR_DIFFUSION = 2.0


# --- the superconductor and the two wave numbers: Eqs. 9, 10, 13 ---


def bcs_amplitudes(frequency: ArrayLike, gap: float) -> tuple[FloatArray, FloatArray]:
    """Eq. 13: c = g_BCS = ω/√(ω² + Δ²) and s = i f_BCS = Δ/√(ω² + Δ²)."""
    frequency = np.asarray(frequency, dtype=float)
    energy = np.hypot(frequency, gap)
    return frequency / energy, gap / energy


def ferromagnet_wave_number(bilayer: Bilayer, frequency: ArrayLike) -> ComplexArray:
    """κ_+ of Eq. 9 in 1/ξ0: κ_+² = 2(ω − iJ)/D_F."""
    return np.sqrt((np.asarray(frequency) - 1j * bilayer.exchange) / bilayer.diffusivity)


def superconductor_wave_number(frequency: ArrayLike, gap: float) -> FloatArray:
    """κ_S of Eq. 10 in 1/ξ0: κ_S² = 2√(ω² + Δ²)/D_S."""
    return np.sqrt(np.hypot(np.asarray(frequency, dtype=float), gap))


def ferromagnet_impedance(bilayer: Bilayer, frequency: ArrayLike) -> ComplexArray:
    """Z = −θ_F'(0)/θ_F(0) = κ_+ tanh(κ_+ d_F) in 1/ξ0, the linear answer of F; κ_+ if d_F = ∞."""
    kappa = ferromagnet_wave_number(bilayer, frequency)
    if math.isinf(bilayer.ferromagnet_thickness):
        return kappa
    return kappa * np.tanh(kappa * bilayer.ferromagnet_thickness)


# --- weak proximity effect: Eqs. 11, 12, 15-17 ---


def ferromagnet_amplitude(bilayer: Bilayer, frequency: ArrayLike, gap: float) -> ComplexArray:
    """θ_F+(0) = s/(γ_F Z) from Eq. 12, which is i b_+ of Eq. 15 for d_F = ∞."""
    _, s = bcs_amplitudes(frequency, gap)
    return s / (bilayer.gamma * ferromagnet_impedance(bilayer, frequency))


def loaded_ferromagnet_amplitude(
    bilayer: Bilayer, frequency: ArrayLike, gap: float
) -> ComplexArray:
    """θ_F+(0) = s/(c + γ_F Z): S is rigid and θ_F small, but the barrier need not be opaque.

    Goes over into `ferromagnet_amplitude` for γ_F |Z| ≫ 1. Im θ_F+(0) > 0 for J > 0 at every
    frequency, thickness and barrier, so that the moment in S has one sign.
    """
    c, s = bcs_amplitudes(frequency, gap)
    return s / (c + bilayer.gamma * ferromagnet_impedance(bilayer, frequency))


def ferromagnet_decay(bilayer: Bilayer, frequency: ArrayLike, position: ArrayLike) -> ComplexArray:
    """θ_F+(x)/θ_F+(0): e^{−κ_+ x} (Eq. 15), or cosh κ_+(d_F − x)/cosh κ_+ d_F for a finite d_F.

    Parameters
    ----------
    bilayer
        What F is.
    frequency
        Shape (m,), in Tc.
    position
        x ≥ 0, distance from the interface into F, shape (n,), in ξ0.

    Returns
    -------
    array
        Shape (m, n).
    """
    kappa = ferromagnet_wave_number(bilayer, frequency)[:, np.newaxis]
    position = np.asarray(position, dtype=float)
    direct = np.exp(-kappa * position)
    if math.isinf(bilayer.ferromagnet_thickness):
        return direct
    reflected = np.exp(-kappa * (2 * bilayer.ferromagnet_thickness - position))
    return (direct + reflected) / (1 + np.exp(-2 * kappa * bilayer.ferromagnet_thickness))


def surface_tilt(
    bilayer: Bilayer,
    frequency: ArrayLike,
    gap: float,
    sine: ArrayLike,
    cosine: ArrayLike,
) -> FloatArray:
    """Im δθ_S(0) = [c Im sin θ_F − s Im cos θ_F]/(γ_S κ_S), the spin-odd answer of S.

    From the Kupriyanov-Lukichev condition γ_S θ_S' = sin(θ_F − θ_S), linear in the spin-odd part of
    S. With the second term it is what Eq. 19 rests on.

    Parameters
    ----------
    bilayer, frequency, gap
        The structure, ω and Δ in Tc.
    sine, cosine
        sin θ_F+ and cos θ_F+ at the interface.
    """
    c, s = bcs_amplitudes(frequency, gap)
    source = c * np.imag(sine) - s * np.imag(cosine)
    return source / (bilayer.gamma_superconductor * superconductor_wave_number(frequency, gap))


def surface_tilt_eq11(
    bilayer: Bilayer, frequency: ArrayLike, gap: float, sine: ArrayLike
) -> FloatArray:
    """Im δθ_S(0) from Eq. 11 as printed, c Im sin θ_F/(γ_S κ_S): the leading order in θ_F."""
    return surface_tilt(bilayer, frequency, gap, sine, 1.0)


def triplet_in_superconductor(frequency: ArrayLike, gap: float, tilt: ArrayLike) -> FloatArray:
    """f_S0(0) = c Im δθ_S(0), which is +a_0 of Eq. 16 (printed with a minus sign)."""
    c, _ = bcs_amplitudes(frequency, gap)
    return c * np.asarray(tilt)


def ferromagnet_moment_density(amplitude: ArrayLike) -> FloatArray:
    """Im g_F+ = −½ Im θ_F+², Eq. 17: g_F3 = f_F0 f_F3."""
    return -0.5 * np.imag(np.square(amplitude))


def superconductor_moment_density(frequency: ArrayLike, gap: float, tilt: ArrayLike) -> FloatArray:
    """Im g_S+ = −s Im δθ_S, Eq. 17: g_S3 = f_BCS f_S0/g_BCS."""
    _, s = bcs_amplitudes(frequency, gap)
    return -s * np.asarray(tilt)


def moment(
    rule: FrequencySum, densities: ArrayLike, bilayer: Bilayer, density_of_states: float
) -> FloatArray:
    """δM/M_F0 = (ν/ν_F)(2πT/J) Σ_{ω>0} Im g_+, Eq. 2 with M_F0 = 2ν_F J.

    Parameters
    ----------
    rule
        The frequencies at which the densities are given.
    densities
        Im g_+, frequencies along the first axis.
    bilayer
        The structure.
    density_of_states
        ν/ν_F of the layer in which the moment is.
    """
    return density_of_states / bilayer.exchange * rule.total(densities)


def linear_moment_in_ferromagnet(
    bilayer: Bilayer, gap: float, rule: FrequencySum, position: ArrayLike
) -> FloatArray:
    """δM_F(x)/M_F0 of the linear theory, Eqs. 15 and 17.

    Parameters
    ----------
    bilayer, gap
        The structure, Δ in Tc.
    rule
        Frequencies at the wanted temperature.
    position
        x ≥ 0, distance from the interface into F, shape (n,), in ξ0.

    Returns
    -------
    array
        Shape (n,).
    """
    omega = rule.frequencies
    amplitude = ferromagnet_amplitude(bilayer, omega, gap)[:, np.newaxis]
    profile = amplitude * ferromagnet_decay(bilayer, omega, position)
    return moment(rule, ferromagnet_moment_density(profile), bilayer, 1.0)


def linear_moment_in_superconductor(
    bilayer: Bilayer, gap: float, rule: FrequencySum, distance: ArrayLike
) -> FloatArray:
    """δM_S/M_F0 of the linear theory, Eqs. 11, 15, 16 (with a plus) and 17.

    Parameters
    ----------
    bilayer, gap
        The structure, Δ in Tc.
    rule
        Frequencies at the wanted temperature.
    distance
        −x ≥ 0, distance from the interface into S, shape (n,), in ξ0.

    Returns
    -------
    array
        Shape (n,).
    """
    omega = rule.frequencies
    tilt = surface_tilt_eq11(bilayer, omega, gap, ferromagnet_amplitude(bilayer, omega, gap))
    return _moment_in_superconductor(bilayer, gap, rule, tilt, distance)


def _moment_in_superconductor(
    bilayer: Bilayer, gap: float, rule: FrequencySum, tilt: ArrayLike, distance: ArrayLike
) -> FloatArray:
    kappa = superconductor_wave_number(rule.frequencies, gap)
    decay = np.exp(-kappa[:, np.newaxis] * np.asarray(distance, dtype=float))
    surface = superconductor_moment_density(rule.frequencies, gap, tilt)
    return moment(rule, surface[:, np.newaxis] * decay, bilayer, 1 / bilayer.density_of_states)


# --- thin ferromagnet on a rigid superconductor: Eq. 18 ---


def thin_ferromagnet(
    bilayer: Bilayer, frequency: ArrayLike, gap: float
) -> tuple[ComplexArray, ComplexArray]:
    """Eq. 18: g_F+ = ω̃_+/ζ_+ and sin θ_F+ = ε_bF s/ζ_+ of a thin F on a rigid S.

    ω̃_+ = ω + ε_bF c − iJ and ζ_+² = ω̃_+² + ε_bF² s². Any strength of the proximity effect.

    Parameters
    ----------
    bilayer
        The structure; κ_+ d_F ≪ 1, and `rigidity` ≪ 1 or γ_S ≫ ξ_S.
    frequency, gap
        ω (also at real energies, ω = η − iE, as complex numbers) and Δ in Tc.
    """
    frequency = np.asarray(frequency)
    energy = np.sqrt(frequency**2 + gap**2)
    escape = bilayer.escape_energy
    shifted = frequency + escape * frequency / energy - 1j * bilayer.exchange
    ratio = escape * gap / energy / shifted
    cosine = 1 / np.sqrt(1 + ratio**2)
    return cosine, ratio * cosine


def thin_moment_in_ferromagnet(bilayer: Bilayer, gap: float, rule: FrequencySum) -> float:
    """δM_F/M_F0 of a thin F, uniform over F, from g_F of Eq. 18."""
    cosine, _ = thin_ferromagnet(bilayer, rule.frequencies, gap)
    return float(moment(rule, cosine.imag, bilayer, 1.0))


def thin_moment_in_superconductor(
    bilayer: Bilayer, gap: float, rule: FrequencySum, distance: ArrayLike = 0.0
) -> FloatArray:
    """δM_S/M_F0 next to a thin F: Eq. 18 as source of the linear answer of S (`surface_tilt`).

    Parameters
    ----------
    bilayer, gap, rule
        The structure, Δ in Tc, frequencies at the wanted temperature.
    distance
        −x ≥ 0, distance from the interface into S, shape (n,), in ξ0.
    """
    cosine, sine = thin_ferromagnet(bilayer, rule.frequencies, gap)
    tilt = surface_tilt(bilayer, rule.frequencies, gap, sine, cosine)
    return _moment_in_superconductor(bilayer, gap, rule, tilt, np.atleast_1d(distance))


def thin_moment_in_superconductor_eq11(
    bilayer: Bilayer, gap: float, rule: FrequencySum, distance: ArrayLike = 0.0
) -> FloatArray:
    """δM_S/M_F0 next to a thin F with Eq. 11 as printed (`surface_tilt_eq11`).

    Parameters
    ----------
    bilayer, gap, rule, distance
        As in `thin_moment_in_superconductor`.
    """
    _, sine = thin_ferromagnet(bilayer, rule.frequencies, gap)
    tilt = surface_tilt_eq11(bilayer, rule.frequencies, gap, sine)
    return _moment_in_superconductor(bilayer, gap, rule, tilt, np.atleast_1d(distance))


def thin_triplet_in_superconductor(
    bilayer: Bilayer, frequency: ArrayLike, gap: float
) -> FloatArray:
    """f_S0(0) next to a thin F; the paper's check on Fig. 2 is that it stays below 1."""
    cosine, sine = thin_ferromagnet(bilayer, frequency, gap)
    tilt = surface_tilt(bilayer, frequency, gap, sine, cosine)
    return triplet_in_superconductor(frequency, gap, tilt)


def minigap(bilayer: Bilayer, gap: float) -> float:
    """E_g in Tc of a thin normal layer (J = 0) on a rigid S: E = ε_bF √((Δ − E)/(Δ + E)).

    It is ε_bF for ε_bF ≪ Δ and Δ for ε_bF ≫ Δ (below Eq. 18). With J ≠ 0 and ε_bF ≪ Δ the edges
    of the two spins are at E_g ∓ J.
    """
    escape = bilayer.escape_energy

    def residual(energy: float) -> float:
        return energy * math.sqrt(gap + energy) - escape * math.sqrt(gap - energy)

    return float(brentq(residual, 0.0, gap, xtol=1e-15, rtol=1e-14))


# --- low temperature: Eqs. 19, 20 ---


def zero_temperature_moment_in_superconductor(bilayer: Bilayer, gap: float) -> float:
    """r_S = −C √(Δ d_F²/D_S), Eq. 19: T = 0, thin F, J ≪ ε_bF; ν, D_F and R_b cancel."""
    thickness = bilayer.ferromagnet_thickness
    return -EQ19_COEFFICIENT * thickness * math.sqrt(gap / _SUPERCONDUCTOR_DIFFUSION)


def zero_temperature_moment_in_ferromagnet(bilayer: Bilayer, gap: float) -> float:
    """r_F = −πΔ/(2ε_bF), Eq. 20: T = 0, thin F, J ≪ ε_bF, Δ ≪ ε_bF and a rigid S (γ_S ≫ ξ_S)."""
    return -math.pi * gap / (2 * bilayer.escape_energy)


def zero_temperature_moment_in_ferromagnet_with_surface(bilayer: Bilayer, gap: float) -> float:
    """r_F = −πΔ/(2ε_bF) + (ν_F/ν_S) r_S: Eq. 20 where the surface of S gives way.

    For a perfect contact (ε_bF → ∞) it tends to (ν_F/ν_S) r_S and not to zero.
    """
    surface = zero_temperature_moment_in_superconductor(bilayer, gap)
    return (
        zero_temperature_moment_in_ferromagnet(bilayer, gap) + bilayer.density_of_states * surface
    )


def gapped_total_moment(bilayer: Bilayer) -> float:
    """∫ δM dx over S and F in units of M_F0 ξ0, at T = 0 with a gapped spectrum: −d_F.

    Exact for any barrier, thickness and profile of Δ: the free electrons' moment is screened
    completely. It fails where the spectrum is gapless (`rigidity` > 1 at a transparent contact).
    """
    return -bilayer.ferromagnet_thickness


# --- where the formulas hold, and the sign ---


def opacity(bilayer: Bilayer) -> float:
    """ξ_F/γ_F = R_F/R_b with ξ_F = √(D_F/|J|); the linear theory wants it ≪ 1 (below Eq. 16)."""
    length = math.sqrt(_SUPERCONDUCTOR_DIFFUSION * bilayer.diffusivity / abs(bilayer.exchange))
    return length / bilayer.gamma


def rigidity(bilayer: Bilayer, gap: float) -> float:
    """(ν_F/ν_S) |J| d_F over √(D_S Δ)/2: how much a thin F in good contact disturbs S.

    Eqs. 18-20 want it ≪ 1, unless γ_S ≫ ξ_S. At a transparent contact the surface of S becomes
    gapless at exactly 1.
    """
    pull = bilayer.density_of_states * abs(bilayer.exchange) * bilayer.ferromagnet_thickness
    return pull / (math.sqrt(_SUPERCONDUCTOR_DIFFUSION * gap) / 2)


def sign_relative_to_total(exchange: float, localized_moment: float = 0.0) -> int:
    """Sign of δM (in S, and of the change in F) relative to the total moment M above Tc.

    δM is antiparallel to J always. The free electrons' moment is parallel to J, M = M_loc + M_e.
    An itinerant ferromagnet and J1 > 0 give −1. For J1 < 0 with |M_loc| > |M_e| the moment M is
    antiparallel to J and |M| grows below Tc: +1 (discussion below Eq. 20).

    Parameters
    ----------
    exchange
        J along +z in Tc.
    localized_moment
        M_loc along +z in units of 2ν|J|, the size of M_e.

    Returns
    -------
    int
        −1, 0 (where J or M vanishes) or 1.
    """
    total = np.sign(exchange) + localized_moment
    return -int(np.sign(exchange) * np.sign(total))
