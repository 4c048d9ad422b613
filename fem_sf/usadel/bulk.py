# SPDX-License-Identifier: MIT
"""The homogeneous superconductor, alone and in an exchange field h.

Energies in Tc, free energies in ν_S Tc² relative to the normal state in the same field. With
ω̃ = ω − ih the Green function is g = ω̃/E, sin θ = Δ/E, E = √(ω̃² + Δ²).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import digamma, k0

from fem_sf.usadel.matsubara import FrequencySum, frequency_sum

ZERO_TEMPERATURE_GAP = math.pi * math.exp(-np.euler_gamma)
"""Δ0/Tc = π e^{-γ_E} = 1.7638…"""

CLOGSTON_CHANDRASEKHAR_FIELD = ZERO_TEMPERATURE_GAP / math.sqrt(2)
"""h_CC/Tc = Δ0/(√2 Tc): the first-order transition to the normal state at T = 0."""

_NODES = 64
_IMAGES = np.arange(1, 25)
"""Which of the terms of `_thermal_log` count: the others are below 1e-17 up to Tc."""
_GAP_SAMPLES = 400


@lru_cache(maxsize=256)
def bulk_gap(temperature: float) -> float:
    """Δ(T)/Tc of a homogeneous superconductor.

    Solves ln(T/Tc) = 2πT Σ [1/√(ω² + Δ²) − 1/ω] (the gap equation, no cutoff) to 1e-12 Tc.

    Parameters
    ----------
    temperature
        T in Tc, at least 0.

    Returns
    -------
    float
        Δ in Tc; zero from Tc on.
    """
    if temperature >= 1:
        return 0.0
    rule = _rule(temperature)
    return _root(lambda gap: _gap_residual(gap, 0.0, rule), 0.0, 1.01 * ZERO_TEMPERATURE_GAP)


def gaps_in_field(temperature: float, field: float) -> tuple[float, ...]:
    """All Δ > 0 that solve the gap equation of a homogeneous superconductor in a field.

    ln(T/Tc) = 2πT Σ Re[1/√((ω − ih)² + Δ²) − 1/ω].

    Parameters
    ----------
    temperature, field
        T and h in Tc.

    Returns
    -------
    tuple of float
        Ascending, in Tc: none, one, or two, the smaller of which is the unstable (Sarma) one.
    """
    rule = _rule(temperature)
    samples = np.linspace(0.0, 1.01 * ZERO_TEMPERATURE_GAP, _GAP_SAMPLES)
    residuals = np.array([_gap_residual(gap, field, rule) for gap in samples])
    changes = np.flatnonzero(residuals[:-1] * residuals[1:] < 0)
    return tuple(
        _root(lambda gap: _gap_residual(gap, field, rule), samples[k], samples[k + 1])
        for k in changes
    )


def gap_in_field(temperature: float, field: float) -> float:
    """Δ/Tc in equilibrium: of all solutions, Δ = 0 among them, that of the lowest free energy.

    Parameters
    ----------
    temperature, field
        T and h in Tc.
    """
    candidates = (0.0, *gaps_in_field(temperature, field))
    return min(candidates, key=lambda gap: free_energy(gap, temperature, field))


def magnetization(gap: float, temperature: float, field: float) -> float:
    """δM/(2νh) = (2πT/h) Σ_{ω>0} Im g of a homogeneous superconductor (Eq. 2).

    −1 where the Pauli paramagnetism is fully cancelled (T = 0, h < Δ), 0 in the normal state.

    Parameters
    ----------
    gap, temperature, field
        Δ, T and h in Tc; h not zero.
    """
    rule = _rule(temperature)
    shifted = rule.frequencies - 1j * field
    green = 1 / np.sqrt(1 + (gap / shifted) ** 2)
    return float(rule.total(green.imag)) / field


def free_energy(gap: float, temperature: float, field: float = 0.0) -> float:
    """(F − F_n)/(ν_S Tc²) = Δ² ln(T/Tc) + 2πT Σ { 2 Re[ω̃ − √(ω̃² + Δ²)] + Δ²/ω }.

    F_n is that of the normal state in the same field. −Δ0²/2 + h² at T = 0 for h < Δ = Δ0.

    Parameters
    ----------
    gap, temperature, field
        Δ, T and h in Tc; Δ need not solve the gap equation.
    """
    rule = _rule(temperature)
    shifted = rule.frequencies - 1j * field
    action = -(gap**2) / (shifted + np.sqrt(shifted**2 + gap**2))
    log, pairs = _normal_pairs(rule)
    return gap**2 * log + float(rule.total(2 * action.real + gap**2 * pairs))


def second_order_field(temperature: float) -> float:
    """h/Tc at which the linearised gap equation has a solution: ln(T/Tc) = ψ(½) − Re ψ(½ + ih/2πT).

    Above the tricritical temperature the transition to the normal state; below, the limit of
    metastability of the normal state. Δ0/2 at T = 0, zero from Tc on.

    Parameters
    ----------
    temperature
        T in Tc.
    """
    if temperature >= 1:
        return 0.0
    if temperature == 0:
        return ZERO_TEMPERATURE_GAP / 2
    return _root(lambda field: _instability(temperature, field), 0.0, 2 * ZERO_TEMPERATURE_GAP)


def second_order_temperature(field: float) -> float:
    """Tc(h)/Tc: the highest temperature on the second-order line, zero if h is beyond it.

    Parameters
    ----------
    field
        h in Tc.
    """
    if field == 0:
        return 1.0
    samples = np.linspace(1.0, 0.01, 200)
    unstable = np.flatnonzero([_instability(temperature, field) > 0 for temperature in samples])
    if len(unstable) == 0:
        return 0.0
    low, high = samples[unstable[0]], samples[unstable[0] - 1]
    return _root(lambda temperature: _instability(temperature, field), low, high)


def tricritical_point() -> tuple[float, float]:
    """(T, h) in Tc at which the transition in a field changes from second to first order.

    There the quartic term of the free energy vanishes, Re Σ (ω − ih)^{-3} = 0, which fixes
    h/2πT; the second-order line then gives T.
    """
    rule = frequency_sum(1 / (2 * math.pi), tail=_NODES)

    def quartic(ratio: float) -> float:
        return float(rule.total(((rule.frequencies - 1j * ratio) ** -3).real))

    ratio = _root(quartic, 0.1, 0.5)
    temperature = math.exp(_pair_breaking(ratio))
    return temperature, 2 * math.pi * temperature * ratio


def critical_field(temperature: float) -> float:
    """h/Tc beyond which the normal state is the equilibrium.

    The second-order line above the tricritical temperature; below, the first-order transition,
    where both states have the same free energy (`CLOGSTON_CHANDRASEKHAR_FIELD` at T = 0).

    Parameters
    ----------
    temperature
        T in Tc.
    """
    low, high = second_order_field(temperature), 1.01 * CLOGSTON_CHANDRASEKHAR_FIELD
    if temperature >= tricritical_point()[0]:
        return low

    def energy_difference(field: float) -> float:
        gaps = gaps_in_field(temperature, field)
        return free_energy(gaps[-1], temperature, field) if gaps else 1.0

    return _root(energy_difference, low, high)


def _rule(temperature: float) -> FrequencySum:
    return frequency_sum(temperature, tail=_NODES)


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    return float(brentq(function, low, high, xtol=1e-15, rtol=1e-14))


def _normal_pairs(rule: FrequencySum) -> tuple[float, NDArray[np.float64]]:
    """Return the counter-terms ln T and 1/ω; up to Tc equal ones that are regular as T → 0.

    Sums of 1/ω and ln T grow as T vanishes, and only their difference has a limit. With
    ln(T/Tc) = 2πT Σ [1/√(ω² + Δ0²) − 1/ω] + `_thermal_log` both are replaced.
    """
    if rule.temperature > 1:
        return math.log(rule.temperature), 1 / rule.frequencies
    return _thermal_log(rule.temperature), 1 / np.hypot(rule.frequencies, ZERO_TEMPERATURE_GAP)


def _thermal_log(temperature: float) -> float:
    """2 Σ_{m≥1} (−1)^{m+1} K_0(mΔ0/T), what the sum of 1/√(ω² + Δ0²) lacks to its integral.

    By Poisson's formula, 2πT Σ f(ω_n) = ∫ f dω + 2 Σ_m (−1)^m ∫ f cos(mω/T) dω over ω > 0.
    """
    if temperature == 0:
        return 0.0
    terms = k0(_IMAGES * (ZERO_TEMPERATURE_GAP / temperature))
    return float(2 * np.sum(np.where(_IMAGES % 2, terms, -terms)))


def _gap_residual(gap: float, field: float, rule: FrequencySum) -> float:
    """2πT Σ Re[1/E − 1/ω] − ln T; positive where the gap is too small."""
    shifted = rule.frequencies - 1j * field
    log, pairs = _normal_pairs(rule)
    return float(rule.total((1 / np.sqrt(shifted**2 + gap**2)).real - pairs)) - log


def _pair_breaking(ratio: float) -> float:
    """ψ(½) − Re ψ(½ + i ratio)."""
    return float(digamma(0.5) - digamma(0.5 + 1j * ratio).real)


def _instability(temperature: float, field: float) -> float:
    """Positive where the normal state is unstable, zero on the second-order line."""
    return _pair_breaking(field / (2 * math.pi * temperature)) - math.log(temperature)
