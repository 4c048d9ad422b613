# SPDX-License-Identifier: MIT
"""Closed formulas of spin drift-diffusion: Eqs. 11 and 12 of Chui et al., Valet-Fert, Hanle.

Units are those of `fem_sf.spin.model`. Lengths hold for semi-infinite layers in linear response.

Where the paper and these functions differ:

* ΔJ_M of Eq. 12 is the modulus of the vector J_M^R p_R − J_M^L p_L; for equal materials the two
  numbers J_M^L and J_M^R are the same.
* ξ of Eq. 12 is g λ/σ with the bare λ = √(Dτ), not the spin-diffusion length √((1 − β²) Dτ).
* A1 and A2 vanish for the barrier of Eq. 2, whose conductance does not depend on spin. For a
  barrier of polarisation P they are 2(P/β)(1 − β²) to first order in P; beyond that Eq. 12 is a
  fit, and `tunnel_spin_current` the exact answer.
* The two conditions of the paper's metallic interface on currents need two on potentials; with
  those that dissipate nothing J_M^L and J_M^R differ in magnitude, against the text.
"""

from __future__ import annotations

import cmath
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from fem_sf.errors import InputError, Problem
from fem_sf.spin.interfaces import Circuit, Law, Transparent
from fem_sf.spin.materials import Ferromagnet, FloatArray, Material, Normal
from fem_sf.spin.model import Layer

_PARALLEL = 1e-9
"""Sine of the angle up to which two directions typed in decimals count as parallel."""


# --- the four lengths: Eq. 11 ---


@dataclass(frozen=True)
class DecayLengths:
    """The lengths l_i = 1/k_i of Eq. 11, real unless said otherwise.

    Parameters
    ----------
    screening, longitudinal
        l_scr = √(α ε D/σ) and l_sf = √((1 − β²) Dτ) for α1 = α2; both shifted, and possibly complex
        conjugate, otherwise.
    transverse
        1/k_+, k_+² = (1/τ − i w)/D, complex, of δM ~ e1 + i e2 with e1 × e2 = p; its conjugate is
        the fourth length, of δM ~ e1 − i e2.
    """

    screening: complex
    longitudinal: complex
    transverse: complex


def decay_lengths(material: Material) -> DecayLengths:
    """Eq. 11: the lengths of a material whose precession vector is along its magnetization.

    In a normal metal, along and across the precession vector.

    Raises
    ------
    InputError
        If the precession vector is oblique; `modes.decay_rates` then has the answer.
    """
    frequency = _precession_about_magnetization(material)
    rate = 1 / material.relaxation_time
    transverse = 1 / cmath.sqrt((rate - 1j * frequency) / material.diffusivity)
    screening, longitudinal = _charge_and_spin_lengths(material)
    return DecayLengths(screening, longitudinal, transverse)


def _precession_about_magnetization(material: Material) -> float:
    field = material.whole_precession
    strength = float(np.linalg.norm(field))
    if not isinstance(material, Ferromagnet):
        return strength
    if np.linalg.norm(np.cross(field, material.axis)) > _PARALLEL * strength:
        raise InputError(
            [Problem("precession", "expected a vector along the magnetization, or zero")]
        )
    return float(field @ material.axis)


def _charge_and_spin_lengths(material: Material) -> tuple[complex, complex]:
    beta, diffusivity = material.spin_asymmetry, material.diffusivity
    alpha1, alpha2 = material.alpha1, material.alpha2
    rate = 1 / material.relaxation_time
    relaxation = material.conductivity / material.permittivity
    if alpha1 == alpha2:
        return (
            math.sqrt(alpha1 * diffusivity / relaxation),
            math.sqrt((1 - beta**2) * diffusivity / rate),
        )
    # D²(α1 − α2 β²) k⁴ − D k² [α1/τ + (1 − β²) σ/ε] + σ/(ετ) = 0, solved for l² = 1/k².
    total = diffusivity * (alpha1 * rate + (1 - beta**2) * relaxation)
    product = diffusivity**2 * (alpha1 - alpha2 * beta**2)
    larger = (total + cmath.sqrt(total**2 - 4 * product * rate * relaxation)) / 2
    lengths = cmath.sqrt(product / larger), cmath.sqrt(larger / (rate * relaxation))
    charge_is_shorter = alpha1 * rate < (1 - beta**2) * relaxation
    return lengths if charge_is_shorter else lengths[::-1]


def spin_conductance(material: Material) -> float:
    """G_m = σ(1 − β²)/l_sf per area of a semi-infinite layer with α1 = α2, J_M = βJ ∓ G_m m."""
    beta = material.spin_asymmetry
    length = math.sqrt((1 - beta**2) * material.diffusivity * material.relaxation_time)
    return material.conductivity * (1 - beta**2) / length


# --- two equal half spaces: Eq. 12 ---


def interface_ratio(conductance: float, material: Material) -> float:
    """ξ = gλ/σ of Eq. 12 with λ = √(Dτ)."""
    return (
        conductance
        * math.sqrt(material.diffusivity * material.relaxation_time)
        / material.conductivity
    )


def tunnel_spin_current(
    beta: ArrayLike, ratio: ArrayLike, angle: ArrayLike, barrier_polarisation: ArrayLike = 0.0
) -> FloatArray:
    """J_M^L/J = J_M^R/J, exact, of two equal half spaces with the barrier of Eqs. 2-4.

    Parameters
    ----------
    beta
        β, the same on both sides; α1 = α2.
    ratio
        ξ, see `interface_ratio`.
    angle
        Φ between the magnetizations in radians.
    barrier_polarisation
        P = P_L = P_R.
    """
    beta, p = np.asarray(beta), np.asarray(barrier_polarisation)
    k = np.asarray(ratio) / np.sqrt(1 - beta**2)
    cosine = np.cos(angle)
    weight = k * (1 - p**2) * (1 - cosine * p**2)
    return (1 + cosine) * (p + beta * weight) / (1 + cosine * p**2 + (1 + cosine) * weight)


def tunnel_spin_current_jump(
    beta: ArrayLike, ratio: ArrayLike, angle: ArrayLike, barrier_polarisation: ArrayLike = 0.0
) -> FloatArray:
    """|J_M^R p_R − J_M^L p_L|/J, exact; arguments as in `tunnel_spin_current`."""
    current = tunnel_spin_current(beta, ratio, angle, barrier_polarisation)
    return 2 * np.abs(current * np.sin(np.asarray(angle) / 2))


def eq12(
    beta: ArrayLike, ratio: ArrayLike, angle: ArrayLike, a1: ArrayLike = 0.0, a2: ArrayLike = 0.0
) -> FloatArray:
    """Eq. 12 as printed, e ΔJ_M/J, for 0 ≤ Φ ≤ π; exact for A1 = A2 = 0 and P = 0.

    Parameters
    ----------
    beta, ratio, angle
        As in `tunnel_spin_current`.
    a1, a2
        A1 and A2, see `eq12_constant`.
    """
    beta, ratio, angle = np.asarray(beta), np.asarray(ratio), np.asarray(angle)
    square = 1 - beta**2
    half = np.sin(angle / 2) ** 2
    numerator = a1 + 2 * np.sqrt(square) * ratio * (1 + a2 * half / square) + 4 * ratio**2 * half
    denominator = square + 2 * np.sqrt(square) * ratio + (ratio * np.sin(angle)) ** 2
    return beta * np.cos(angle / 2) * np.sin(angle) * numerator / denominator


def eq12_constant(beta: ArrayLike, barrier_polarisation: ArrayLike) -> FloatArray:
    """A1 = A2 = 2(P/β)(1 − β²), with which Eq. 12 is exact to first order in P."""
    beta = np.asarray(beta)
    return 2 * np.asarray(barrier_polarisation) / beta * (1 - beta**2)


def metallic_spin_currents(beta: ArrayLike, angle: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """J_M^L/J and J_M^R/J of two equal half spaces joined by `model.Metallic`.

    βc(1 + c)/(1 + c²) and β(1 + c)/(1 + c²) with c = cos Φ.
    """
    cosine = np.cos(angle)
    right = np.asarray(beta) * (1 + cosine) / (1 + cosine**2)
    return cosine * right, right


def no_accumulation_jump(beta: ArrayLike, angle: ArrayLike) -> FloatArray:
    """|ΔJ_M|/J = 2|β sin(Φ/2)|, the limit ξ → ∞ of Eq. 12 and the paper's parallel circuit."""
    return 2 * np.abs(np.asarray(beta) * np.sin(np.asarray(angle) / 2))


# --- known effects ---


def valet_fert_extra_resistance(
    ferromagnet: Ferromagnet, normal: Normal, thickness: float, *, parallel: bool
) -> float:
    """Resistance × area by which F|N|F exceeds its layers in series, transparent interfaces.

    2β²/(1/r_F + coth(t/2l_N)/r_N) for parallel magnetizations, tanh for antiparallel ones, with
    r = l_sf/(σ(1 − β²)).

    Parameters
    ----------
    ferromagnet
        Both ferromagnets, semi-infinite.
    normal
        The metal between them.
    thickness
        t of the normal layer.
    parallel
        Which of the two configurations.
    """
    length = math.sqrt(normal.diffusivity * normal.relaxation_time)
    half = math.tanh(thickness / (2 * length))
    weight = 1 / half if parallel else half
    conductance = spin_conductance(ferromagnet) + spin_conductance(normal) * weight
    return 2 * ferromagnet.polarisation**2 / conductance


@dataclass(frozen=True)
class _Injector:
    """A ferromagnet and its interface as seen from the normal metal.

    J_M = ``asymmetry`` J ∓ ``leak`` m_N into it, and ``resistance`` where m_N = 0.
    """

    asymmetry: float
    leak: float
    resistance: float


def collinear_resistance(
    outer: tuple[Layer, Layer], normal: Layer, laws: tuple[Law, Law], *, parallel: bool
) -> float:
    """Resistance × area of F|N|F between reservoirs by the two-channel model of Valet and Fert.

    R = Σ L/σ + Σ [1/g + (β − P)²/(G_F + g')] + aᵀ M⁻¹ a, with G_F = σ(1 − β²) coth(L/l_sf)/l_sf and
    g' = g(1 − P²) of each ferromagnet and its interface, a = (P G_F + β g')/(G_F + g') of the left
    one, −a of the right one if parallel, and M the conductances of both and of the normal metal
    that m at its two faces sees. A semi-infinite layer counts from its face.

    Parameters
    ----------
    outer
        Left and right ferromagnet, with α1 = α2; their directions are not used.
    normal
        The metal between them.
    laws
        `Circuit` or `Transparent` on the left and on the right.
    parallel
        Which of the two configurations.

    Raises
    ------
    InputError
        If a law is another one.
    """
    left, right = map(_injector, outer, laws)
    sink = spin_conductance(normal.material)
    length = normal.material.conductivity / sink
    own, mutual = sink / math.tanh(normal.extent / length), sink / math.sinh(normal.extent / length)
    matrix = np.array([[left.leak + own, -mutual], [-mutual, right.leak + own]])
    sources = np.array([left.asymmetry, -right.asymmetry if parallel else right.asymmetry])
    series = left.resistance + normal.extent / normal.material.conductivity + right.resistance
    return float(series + sources @ np.linalg.solve(matrix, sources))


def _injector(layer: Layer, law: Law) -> _Injector:
    beta, sigma = layer.material.spin_asymmetry, layer.material.conductivity
    sink = spin_conductance(layer.material)
    bulk = 0.0
    if not layer.semi_infinite:
        bulk = layer.extent / sigma
        sink /= math.tanh(layer.extent * sink / (sigma * (1 - beta**2)))
    if isinstance(law, Transparent):
        return _Injector(beta, sink, bulk)
    if not isinstance(law, Circuit):
        raise InputError([Problem("law", f"expected Circuit or Transparent, got {law.kind!r}")])
    barrier = law.conductance * (1 - law.polarisation**2)
    both = sink + barrier
    return _Injector(
        asymmetry=(law.polarisation * sink + beta * barrier) / both,
        leak=sink * barrier / both,
        resistance=bulk + 1 / law.conductance + (beta - law.polarisation) ** 2 / both,
    )


def hanle_accumulation(
    ferromagnet: Ferromagnet, normal: Normal, law: Circuit, frequency: float
) -> complex:
    """m_N/J at the face of a normal half space into which a ferromagnetic one injects.

    The precession vector w in N is normal to p. Returned is M = m·p + i m·(ŵ × p); in N it decays
    with k² = (1/τ + iw)/D, and carries F_N = σ_N k M.

    Parameters
    ----------
    ferromagnet
        On the left; its own precession vector is along p, and α1 = α2.
    normal
        On the right; its own precession vector is not used.
    law
        The interface.
    frequency
        |w| in N.

    Raises
    ------
    InputError
        If 2 Im G_↑↓ ≠ 0, which turns m out of the plane of p and ŵ × p.
    """
    if law.mixing_imaginary:
        raise InputError([Problem("law.mixing_imaginary", "expected 0 in the closed form")])
    _precession_about_magnetization(ferromagnet)
    barrier = law.conductance * (1 - law.polarisation**2)
    share = barrier / spin_conductance(ferromagnet)
    injected = (law.polarisation + share * ferromagnet.polarisation) / (1 + share)
    back = barrier / (1 + share)
    rate = 1 / normal.relaxation_time
    drain = normal.conductivity * cmath.sqrt((rate + 1j * frequency) / normal.diffusivity)
    across = drain.real + law.mixing_real
    along = injected / (drain.real + back + drain.imag**2 / across)
    return complex(along, -drain.imag * along / across)
