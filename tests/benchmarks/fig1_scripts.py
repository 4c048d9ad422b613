# SPDX-License-Identifier: MIT
"""The Fig. 1 bilayer as one solves it without fem_sf: solve_bvp, and collocation in plain NumPy.

Both sum the first hundred Matsubara frequencies and leave the rest away, as such scripts do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import NDArray
from scipy.integrate import solve_bvp, trapezoid

from fem_sf.usadel.bulk import bulk_gap

LENGTH_S, LENGTH_F = 10.0, 1.0
EXCHANGE, GAMMA_F = 15.0, 0.1
FREQUENCIES = 100
CLOSE_TO_PLANE = 0.01
"""Where Δ is compared, in ξ0 from the interface."""

GAP_CHANGE = 1e-5
"""The gap is iterated until it changes by less, in Tc: far below what the cutoff costs."""


@dataclass(frozen=True)
class Bilayer:
    """Convention and temperature of one run of the figure.

    Parameters
    ----------
    temperature
        T in Tc.
    diffusivity, density_of_states
        Of F, relative to those of S.
    """

    temperature: float
    diffusivity: float
    density_of_states: float

    @property
    def gamma_s(self) -> float:
        """γ with the conductivity of S."""
        return GAMMA_F / (self.density_of_states * self.diffusivity)

    @property
    def frequencies(self) -> NDArray[np.float64]:
        """The first Matsubara frequencies in Tc."""
        return np.pi * self.temperature * (2 * np.arange(FREQUENCIES) + 1)

    def next_gap(self, sines: NDArray[np.float64]) -> NDArray[np.float64]:
        """Δ of the gap equation with a cutoff, from Re sin θ of shape (frequencies, points)."""
        weight = 2 * np.pi * self.temperature
        return (
            weight
            * sines.sum(axis=0)
            / (np.log(self.temperature) + np.sum(weight / self.frequencies))
        )

    def integrals(self, moment_s: float, moment_f: float) -> tuple[float, float]:
        """∫δM in units of 2ν_F J from Σ ∫Im cos θ of both layers."""
        weight = 2 * np.pi * self.temperature
        unit = self.density_of_states * EXCHANGE
        return weight * moment_s / unit, weight * self.density_of_states * moment_f / unit


@dataclass(frozen=True)
class Answer:
    """What is compared.

    Parameters
    ----------
    integrals
        ∫δM in S and F, in 2ν_F J ξ0.
    gap
        Δ near the interface, in Tc.
    """

    integrals: tuple[float, float]
    gap: float


def by_solve_bvp(bilayer: Bilayer) -> Answer:
    """One boundary-value problem for each frequency, and plain iteration of the gap."""
    x_s = LENGTH_S - np.geomspace(1e-3, LENGTH_S + 1e-3, 200)[::-1] + 1e-3
    x_s[0], x_s[-1] = 0.0, LENGTH_S
    gap = np.full(len(x_s), bulk_gap(bilayer.temperature))
    solutions: list[Any] = [None] * FREQUENCIES
    for _ in range(200):
        _solve_all(bilayer, x_s, gap, solutions)
        sines = np.array([each.sol(x_s / LENGTH_S)[0] for each in solutions])
        last, gap = gap, bilayer.next_gap(np.sin(sines).real)
        if np.abs(gap - last).max() < GAP_CHANGE:
            break
    grid = np.linspace(0, 1, 400)
    values = sum(np.cos(each.sol(grid)[[0, 2]]).imag for each in solutions)
    moments = LENGTH_S * trapezoid(values[0], grid), LENGTH_F * trapezoid(values[1], grid)
    near = float(np.interp(LENGTH_S - CLOSE_TO_PLANE, x_s, gap))
    return Answer(bilayer.integrals(*moments), near)


def _solve_all(bilayer: Bilayer, x_s: NDArray, gap: NDArray, solutions: list[Any]) -> None:
    """Both layers on s ∈ (0, 1), y = (θ_S, θ_S', θ_F, θ_F'), derivatives in x."""
    last = None
    for k in reversed(range(FREQUENCIES)):
        omega = bilayer.frequencies[k]

        def equations(s: NDArray, y: NDArray, omega: float = omega) -> NDArray:
            delta = np.interp(LENGTH_S * s, x_s, gap)
            return np.vstack(
                [
                    LENGTH_S * y[1],
                    LENGTH_S * (omega * np.sin(y[0]) - delta * np.cos(y[0])),
                    LENGTH_F * y[3],
                    LENGTH_F * (omega - 1j * EXCHANGE) * np.sin(y[2]) / bilayer.diffusivity,
                ]
            )

        def conditions(left: NDArray, right: NDArray) -> NDArray:
            jump = np.sin(left[2] - right[0])
            return np.array(
                [left[1], bilayer.gamma_s * right[1] - jump, GAMMA_F * left[3] - jump, right[3]]
            )

        guess = solutions[k] or last
        mesh = np.linspace(0, 1, 60) if guess is None else guess.x
        start = np.zeros((4, len(mesh)), dtype=complex) if guess is None else guess.y
        last = solutions[k] = solve_bvp(
            equations, conditions, mesh, start, tol=1e-5, max_nodes=20000
        )


def by_collocation(bilayer: Bilayer, points_s: int = 40, points_f: int = 20) -> Answer:
    """Chebyshev points in each layer, and Newton's method on all frequencies at once.

    Δ is renewed after every Newton step, and extrapolated by Anderson's method.
    """
    x_s, first_s, weights_s = _chebyshev(points_s, LENGTH_S)
    _, first_f, weights_f = _chebyshev(points_f, LENGTH_F)
    omega = bilayer.frequencies[:, np.newaxis]
    omega_f = omega - 1j * EXCHANGE
    bulk = bulk_gap(bilayer.temperature)
    gap = np.full(points_s, bulk)
    theta_s = np.arctan2(bulk, omega) * np.ones(points_s) + 0j
    theta_f = np.full((FREQUENCIES, points_f), 0.1 + 0j)
    second_s, second_f = first_s @ first_s, bilayer.diffusivity * first_f @ first_f
    size = points_s + points_f
    jacobian = np.zeros((FREQUENCIES, size, size), dtype=complex)
    diagonal_s, diagonal_f = np.arange(points_s), np.arange(points_s, size)
    gaps: list[NDArray] = []
    changes: list[NDArray] = []
    for _ in range(100):
        residual_s = theta_s @ second_s.T - omega * np.sin(theta_s) + gap * np.cos(theta_s)
        residual_f = theta_f @ second_f.T - omega_f * np.sin(theta_f)
        jacobian[:, :points_s, :points_s] = second_s
        jacobian[:, points_s:, points_s:] = second_f
        jacobian[:, diagonal_s, diagonal_s] -= omega * np.cos(theta_s) + gap * np.sin(theta_s)
        jacobian[:, diagonal_f, diagonal_f] -= omega_f * np.cos(theta_f)
        step = theta_f[:, 0] - theta_s[:, -1]
        jump, slope = np.sin(step), np.cos(step)
        residual_s[:, 0] = theta_s @ first_s[0]
        residual_s[:, -1] = bilayer.gamma_s * theta_s @ first_s[-1] - jump
        residual_f[:, 0] = GAMMA_F * theta_f @ first_f[0] - jump
        residual_f[:, -1] = theta_f @ first_f[-1]
        jacobian[:, [0, points_s - 1, points_s, size - 1]] = 0
        jacobian[:, 0, :points_s] = first_s[0]
        jacobian[:, points_s - 1, :points_s] = bilayer.gamma_s * first_s[-1]
        jacobian[:, points_s, points_s:] = GAMMA_F * first_f[0]
        jacobian[:, size - 1, points_s:] = first_f[-1]
        for row in (points_s - 1, points_s):
            jacobian[:, row, points_s - 1] += slope
            jacobian[:, row, points_s] -= slope
        residual = np.concatenate([residual_s, residual_f], axis=1)
        correction = np.linalg.solve(jacobian, -residual[..., np.newaxis])[..., 0]
        theta_s = theta_s + correction[:, :points_s]
        theta_f = theta_f + correction[:, points_s:]
        change = bilayer.next_gap(np.sin(theta_s).real) - gap
        if max(np.abs(change).max(), np.abs(correction).max()) < GAP_CHANGE:
            break
        gap = _anderson(gaps, changes, gap, change)
    moments = np.cos(theta_s).imag @ weights_s, np.cos(theta_f).imag @ weights_f
    near = chebyshev.chebval(
        1 - 2 * CLOSE_TO_PLANE / LENGTH_S,
        chebyshev.chebfit(2 * x_s / LENGTH_S - 1, gap, points_s - 1),
    )
    return Answer(bilayer.integrals(*(each.sum() for each in moments)), float(near))


def _chebyshev(count: int, length: float) -> tuple[NDArray, NDArray, NDArray]:
    """Ascending Chebyshev points on (0, length), the matrix of d/dx, and weights of ∫dx."""
    unit = -np.cos(np.pi * np.arange(count) / (count - 1))
    values = chebyshev.chebvander(unit, count - 1)
    slopes = np.stack(
        [chebyshev.chebval(unit, chebyshev.chebder(row)) for row in np.eye(count)], axis=1
    )
    areas = np.array(
        [chebyshev.chebval(1.0, chebyshev.chebint(row, lbnd=-1)) for row in np.eye(count)]
    )
    inverse = np.linalg.inv(values)
    return length * (1 + unit) / 2, slopes @ inverse * 2 / length, areas @ inverse * length / 2


def _anderson(
    gaps: list[NDArray], changes: list[NDArray], gap: NDArray, change: NDArray, depth: int = 5
) -> NDArray:
    """The next gap from the last few and what each was changed by."""
    gaps.append(gap)
    changes.append(change)
    del gaps[:-depth], changes[:-depth]
    if len(gaps) < 2:
        return gap + change
    differences = np.diff(changes, axis=0).T
    mixing = np.linalg.lstsq(differences, change, rcond=None)[0]
    return gap + change - (np.diff(gaps, axis=0).T + differences) @ mixing
