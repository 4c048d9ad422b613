# SPDX-License-Identifier: MIT
"""Closed forms of Josephson currents, in σ_S k_BTc/(eξ0) for each area.

φ is the phase on the right minus that on the left. Δ of the superconductors is uniform and not
disturbed by the junction. Energies are in Tc, lengths in ξ0, conductivities in σ_S.
"""

from __future__ import annotations

import math

import numpy as np

from fem_sf.materials import Material
from fem_sf.usadel.matsubara import FrequencySum, frequency_sum

_NODES = 64


def tunnel_current(gap: float, temperature: float, phase: float, resistance: float) -> float:
    """(πΔ/2eR) tanh(Δ/2T) sin φ of a tunnel barrier between equal superconductors.

    Parameters
    ----------
    gap, temperature
        Δ and T.
    phase
        φ.
    resistance
        R for a unit of area, in ξ0/σ_S; 1/c of a barrier.

    References
    ----------
    Ambegaokar and Baratoff (1963).
    """
    occupied = math.tanh(gap / (2 * temperature)) if temperature else 1.0
    amplitude = math.pi * gap / 2 * occupied
    return amplitude * math.sin(phase) / resistance


def short_bridge_current(gap: float, temperature: float, phase: float, resistance: float) -> float:
    """(4πT/eR) Σ Δ cos(φ/2)/δ · arctan[Δ sin(φ/2)/δ], δ² = ω² + Δ² cos²(φ/2).

    A diffusive bridge much shorter than √(D/2Δ) in perfect contact with superconductors.

    Parameters
    ----------
    gap, temperature
        Δ and T.
    phase
        φ.
    resistance
        R of the bridge for a unit of area, in ξ0/σ_S.

    References
    ----------
    Kulik and Omelyanchuk (1975).
    """
    rule = _rule(temperature)
    cosine, sine = gap * math.cos(phase / 2), gap * math.sin(phase / 2)
    root = np.hypot(rule.frequencies, cosine)
    return float(2 * rule.total(cosine / root * np.arctan(sine / root))) / resistance


def weak_ferromagnet_current(
    gap: float,
    temperature: float,
    material: Material,
    exchange: float,
    thickness: float,
    gamma: float,
) -> float:
    """I_c of I = I_c sin φ through S|F|S with two equal barriers and weak pairing in F.

    2πT Σ Re σk s²/[(γ²k² + c²) sinh kd + 2γkc cosh kd] with k² = (ω − iJ)/a, s = Δ/E, c = ω/E,
    E² = ω² + Δ². Negative is a π junction.

    From the linear equation a f'' = (ω − iJ) f (Bergeret et al., Eq. 9) for the pair amplitude of a
    spin, with γf' = cf − s e^{iφ} at either barrier: of the parts of f that are even and odd about
    the middle, P = s cos(φ/2)/(γk sinh kd/2 + c cosh kd/2) and Q = is sin(φ/2)/(γk cosh kd/2 +
    c sinh kd/2) make up the current σk PQ/i.

    Parameters
    ----------
    gap, temperature
        Δ and T.
    material
        Of the ferromagnet.
    exchange, thickness
        J and d.
    gamma
        γ of both barriers with the conductivity of the ferromagnet.
    """
    rule = _rule(temperature)
    root = np.hypot(rule.frequencies, gap)
    singlet, normal = gap / root, rule.frequencies / root
    k = np.sqrt((rule.frequencies - 1j * exchange) / material.diffusivity)
    # divided by the exponential, which overflows
    decay = np.exp(-k * thickness)
    sinh, cosh = (1 - decay**2) / 2, (1 + decay**2) / 2
    bent = (gamma * k) ** 2 + normal**2
    current = k * singlet**2 * decay / (bent * sinh + 2 * gamma * k * normal * cosh)
    return material.conductivity * float(rule.total(current.real))


def _rule(temperature: float) -> FrequencySum:
    return frequency_sum(temperature, tail=_NODES)
