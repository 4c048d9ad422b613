# SPDX-License-Identifier: MIT
"""S|F of layers so thin that θ is uniform in each: algebra for θ, scipy for Δ and T.

With ε_S = a_S/γ_S d_S and ε_F = a_F/γ_F d_F the Usadel equation integrated over each layer, with
the Kupriyanov-Lukichev condition at its end, is

    ω sin θ_S − Δ cos θ_S = ε_S sin(θ_F − θ_S),    (ω − iJ) sin θ_F = ε_F sin(θ_S − θ_F).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from fem_sf import Stack
from reference_cases import bilayer, ferromagnet

LOWEST = 200
"""How many Matsubara frequencies are summed one by one; beyond, the sum is an integral."""


@dataclass(frozen=True)
class ThinBilayer:
    """The limit of vanishing thickness.

    Parameters
    ----------
    e_s, e_f
        ε_S and ε_F in Tc.
    exchange
        J in Tc.
    """

    e_s: float
    e_f: float
    exchange: float

    def stack(self, thickness: float) -> Stack:
        """Layers of S and F, with D_F/D_S = 0.5, of which F is a fifth as thick."""
        d_f, rD = 0.2 * thickness, 0.5
        gamma_s, gamma_f = 1 / (self.e_s * thickness), rD / (self.e_f * d_f)
        return bilayer(thickness, ferromagnet(rD, gamma_f / gamma_s, self.exchange), d_f, gamma_f)

    def imbalance(self, temperature: float, gap: float) -> float:
        """2πT Σ [Re sin θ_S − Δ/ω] − Δ ln T; positive where Δ is too small."""
        omega, weights = _frequencies(temperature)
        theta_s, _ = self._angles(omega, gap)
        return float(weights @ (np.sin(theta_s).real - gap / omega)) - gap * math.log(temperature)

    def free_energy(self, temperature: float, gap: float) -> float:
        """F − F_n over ν_S d_S: Δ² ln T + 2πT Σ {2 Re A_+ + Δ²/ω}."""
        omega, weights = _frequencies(temperature)
        theta_s, theta_f = self._angles(omega, gap)
        action = (
            2 * omega * np.sin(theta_s / 2) ** 2
            - gap * np.sin(theta_s)
            + self.e_s / self.e_f * 2 * (omega - 1j * self.exchange) * np.sin(theta_f / 2) ** 2
            + 2 * self.e_s * np.sin((theta_f - theta_s) / 2) ** 2
        )
        terms = 2 * action.real + gap**2 / omega
        return gap**2 * math.log(temperature) + float(weights @ terms)

    def gap(self, temperature: float) -> float | None:
        """The largest Δ > 0.1 that solves the gap equation."""
        above = 1.8
        for gap in np.linspace(1.7, 0.1, 33):
            if self.imbalance(temperature, gap) > 0:
                return brentq(lambda x: self.imbalance(temperature, x), gap, above, xtol=1e-12)
            above = gap
        return None

    def first_order_temperature(self, below: float, above: float) -> float:
        """Where the free energies of both states agree, between two temperatures."""

        def free_energy(temperature: float) -> float:
            gap = self.gap(temperature)
            # where superconducting states end, they have long been metastable
            return 1.0 if gap is None else self.free_energy(temperature, gap)

        return brentq(free_energy, below, above, xtol=1e-10)

    def _angles(self, omega: NDArray, gap: float) -> tuple[NDArray, NDArray]:
        """θ_S and θ_F by Newton's method, damped."""
        shifted = omega - 1j * self.exchange
        theta_s = np.arctan(gap / omega) + 0j
        theta_f = theta_s * self.e_f / (self.e_f + shifted)
        for _ in range(100):
            sine, cosine = np.sin(theta_s - theta_f), np.cos(theta_s - theta_f)
            r_s = omega * np.sin(theta_s) - gap * np.cos(theta_s) + self.e_s * sine
            r_f = shifted * np.sin(theta_f) - self.e_f * sine
            j_ss = omega * np.cos(theta_s) + gap * np.sin(theta_s) + self.e_s * cosine
            j_ff = shifted * np.cos(theta_f) + self.e_f * cosine
            j_sf, j_fs = -self.e_s * cosine, -self.e_f * cosine
            determinant = j_ss * j_ff - j_sf * j_fs
            step_s = (j_ff * r_s - j_sf * r_f) / determinant
            step_f = (j_ss * r_f - j_fs * r_s) / determinant
            largest = np.maximum(np.abs(step_s), np.abs(step_f))
            damping = 1 / np.maximum(1, 2 * largest)
            theta_s, theta_f = theta_s - damping * step_s, theta_f - damping * step_f
            if largest.max() < 1e-14:
                break
        assert (np.cos(theta_s).real > 0).all()
        return theta_s, theta_f


def _frequencies(temperature: float) -> tuple[NDArray, NDArray]:
    """The lowest one by one; beyond W = 2πTN a midpoint sum is the integral but for O(1/N²)."""
    spacing = 2 * math.pi * temperature
    edge = spacing * LOWEST
    nodes, weights = np.polynomial.legendre.leggauss(40)
    t = (1 + nodes) / 2
    omega = np.concatenate([spacing * (np.arange(LOWEST) + 0.5), edge / t**2])
    return omega, np.concatenate([np.full(LOWEST, spacing), edge * weights / t**3])
