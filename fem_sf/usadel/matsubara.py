# SPDX-License-Identifier: MIT
"""Sums over Matsubara frequencies by Gauss rules: few nodes, no cutoff, T = 0 included.

A summand f(ω) of the Usadel theory is analytic for Re ω > 0, regular in √ω at ω = 0, and a power
series in ω^{-1/2} at infinity that starts at ω^{-3/2} next to a barrier (the gap equation). In

    u = 1 / (1 + √(ω/Ω)),     0 < u < 1,

f is therefore u³ times a function that is smooth at both ends, and 2πT Σ_n f(ω_n) is the integral
of that function with the discrete positive measure 2πT Σ_n u_n³ δ(u − u_n). The Gauss rule of this
measure with K nodes is exact for u³ times all polynomials of degree 2K−1. Its nodes are real
positive frequencies, at which the same equations hold as at ω_n. For T → 0 the measure becomes
continuous and the rule becomes a Gauss-Jacobi rule; no case is special. Where the N lowest
frequencies are summed one by one, the Gauss rule is that of the others; and once they reach Ω, the
variable is ω^{-1/2} itself, so that the tail rule is exact for ω^{-j/2}, j = 3 … 2K+2.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import eigh_tridiagonal

from fem_sf.errors import InputError, Problem
from fem_sf.settings import LOWEST_TEMPERATURE, TOO_COLD

FloatArray = NDArray[np.float64]

_TAIL_POWER = 3
_PANEL_NODES = 32
_LARGEST_PANEL_EDGE = 1e9
_SMALLEST_PANEL = 1e-12
USUAL_LOWEST, HIGHEST = 2.5e-3, 1e4
"""Energies in Tc between which summands may vary, for which the usual rule is made."""
COLD = 1e-6
"""Temperature in Tc below which no frequency is summed alone by default: πT is below all nodes."""
MAX_TAIL_NODES = 128
"""Of a rule; more would not add to what doubles resolve."""
_ESTIMATE_MARGIN = 10.0
# Neither coefficients of one sign nor alternating ones that fall geometrically cancel with these.
_LAST_SIGNS = np.array([-1.0, -1.0, 1.0, 1.0])


@dataclass(frozen=True, eq=False)
class FrequencySum:
    """A rule 2πT Σ_{n≥0} f(ω_n) ≈ Σ_k weights[k] f(frequencies[k]); at T = 0, ∫_0^∞ dω f(ω).

    Parameters
    ----------
    temperature
        T in Tc.
    frequencies
        Shape (m,), ascending, in Tc; at T > 0 the first is πT if at least one frequency is summed
        exactly.
    weights
        Shape (m,), positive, in Tc.
    coarse_weights
        Shape (m,), in Tc: a rule on the same nodes that gets the last four orthogonal polynomials
        which the nodes resolve wrong, so that δ = Σ_k (weights − coarse_weights)_k f_k tells how
        large these are in f. The relative error of ``weights`` is about the square of δ's, see
        `estimate`.
    """

    temperature: float
    frequencies: FloatArray
    weights: FloatArray
    coarse_weights: FloatArray

    def __len__(self) -> int:
        """Return the number of nodes."""
        return len(self.frequencies)

    def total(self, values: ArrayLike, axis: int = 0) -> NDArray[Any]:
        """Sum values at ``frequencies``.

        Parameters
        ----------
        values
            f at the nodes, real or complex, m entries along ``axis``.
        axis
            The axis of the frequencies; it is summed away.
        """
        return np.tensordot(self.weights, np.asarray(values), axes=(0, axis))

    def error(self, values: ArrayLike, axis: int = 0) -> NDArray[np.floating]:
        """Estimate of what `total` of the same values still misses, from these values alone.

        Parameters
        ----------
        values, axis
            As in `total`.

        Returns
        -------
        array
            Not negative, in the units of `total`; zero where all values are zero.
        """
        values = np.asarray(values)
        difference = np.tensordot(self.weights - self.coarse_weights, values, axes=(0, axis))
        scale = np.tensordot(self.weights, np.abs(values), axes=(0, axis))
        return self.estimate(difference, scale)

    @staticmethod
    def estimate(difference: ArrayLike, scale: ArrayLike) -> NDArray[np.floating]:
        """Estimate the error of a sum that was added up by hand, 10 |δ|²/scale.

        The coefficients of f in orthogonal polynomials fall geometrically, and a Gauss rule misses
        them only from twice the resolved degree on: hence the square.

        Parameters
        ----------
        difference
            δ = Σ_k (weights − coarse_weights)_k f_k.
        scale
            Σ_k weights_k |f_k|, of the same shape.
        """
        scale = np.asarray(scale, dtype=float)
        square = _ESTIMATE_MARGIN * np.abs(difference) ** 2
        return np.divide(square, scale, out=np.zeros_like(scale), where=scale > 0)


def frequency_sum(
    temperature: float,
    *,
    exact: int | None = None,
    tail: int | None = None,
    lowest: float = math.inf,
) -> FrequencySum:
    """Frequencies and weights for sums over all Matsubara frequencies at a temperature.

    Parameters
    ----------
    temperature
        T in Tc; 0 is allowed.
    exact
        How many of the lowest Matsubara frequencies are summed one by one, see `usual_exact`.
    tail
        How many nodes carry all the others, K of the Gauss rule. By default a number, from 17 at
        high to 36 at low temperature, with which summands of S/F structures with J up to 100 Tc
        and γ from 0.01 ξ0 to 10 ξ0 are summed to about 1e-8; more where ``lowest`` needs them.
    lowest
        The smallest energy of the structure besides T, in Tc, such as D/L² of a long normal layer.

    Returns
    -------
    FrequencySum
        With ``exact + tail`` nodes.

    Raises
    ------
    InputError
        If the temperature is negative or not finite, or a number of nodes makes no sense.

    Notes
    -----
    Ω = 5 Tc + 50 T is about the geometric mean of the energies that matter, from the smallest gap
    or πT up to 1/γ² and J; the error depends weakly on it. Where they begin at a smaller E, it is
    that of E and 1e4 Tc. What varies at E is a distance of √(E/Ω) from the end of the range of u,
    to which nodes come near with the square of their number: that grows as E^{-1/8}.
    """
    _check(temperature, exact, tail)
    if exact is None:
        exact = usual_exact(temperature)
    least = max(lowest, math.pi * temperature)
    if tail is None:
        tail = _default_nodes(temperature, least) - exact
    spacing = 2 * math.pi * temperature
    middle = 5.0 + 50.0 * temperature
    if least < USUAL_LOWEST:
        middle = min(middle, math.sqrt(least * HIGHEST))
    offset = math.sqrt(max(middle - spacing * exact, 0.0))
    frequencies, weights, last = _gauss_rule(spacing, exact, tail, offset)
    alone = spacing * (np.arange(exact) + 0.5)
    steps = np.full(exact, spacing)
    return FrequencySum(
        temperature,
        np.concatenate([alone, frequencies]),
        np.concatenate([steps, weights]),
        np.concatenate([steps, weights - last]),
    )


def usual_exact(temperature: float) -> int:
    """How many of the lowest frequencies are summed one by one unless it is said.

    One, so that πT is among the frequencies. None at T = 0, where they are continuous, and none
    just above, where the rule is that of T = 0.

    Parameters
    ----------
    temperature
        T in Tc.
    """
    return int(temperature >= COLD)


def frequencies_alone(temperature: float, frequencies: ArrayLike) -> FrequencySum:
    """Frequencies that are solved for their own sake, without weight in any sum.

    Parameters
    ----------
    temperature
        T in Tc.
    frequencies
        Positive, ascending, in Tc.
    """
    nodes = np.asarray(frequencies, dtype=float)
    return FrequencySum(temperature, nodes, np.zeros_like(nodes), np.zeros_like(nodes))


def _check(temperature: float, exact: int | None, tail: int | None) -> None:
    problems = []
    if not (math.isfinite(temperature) and temperature >= 0):
        problems.append(Problem("temperature", f"expected T ≥ 0 in Tc, got {temperature!r}"))
    elif 0 < temperature < LOWEST_TEMPERATURE:
        problems.append(Problem("temperature", TOO_COLD.format(temperature)))
    if exact is not None and exact < 0:
        problems.append(Problem("exact", f"expected a number of frequencies ≥ 0, got {exact!r}"))
    if exact and temperature == 0:
        problems.append(
            Problem("exact", "at T = 0 the frequencies are continuous; none can be summed alone")
        )
    least = len(_LAST_SIGNS)
    if tail is not None and not least <= tail <= MAX_TAIL_NODES:
        problems.append(
            Problem(
                "tail", f"expected {least} to {MAX_TAIL_NODES} nodes for the rest, got {tail!r}"
            )
        )
    if problems:
        raise InputError(problems)


def _default_nodes(temperature: float, least: float) -> int:
    if least < USUAL_LOWEST:
        return min(math.ceil(36 * (USUAL_LOWEST / least) ** (1 / 8)), MAX_TAIL_NODES)
    if temperature == 0:
        return 36
    wanted = math.ceil(25 - 7 * math.log10(temperature / 0.1))
    return min(36, max(18, wanted))


@lru_cache(maxsize=128)
def _gauss_rule(
    spacing: float, first: int, nodes: int, offset: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Build the Gauss rule in u = 1/(offset + √ω) for all n ≥ ``first``.

    Returns frequencies and weights, and the weights of the functional that gives how much of f is
    in the last orthogonal polynomials that the nodes resolve. The three-term recurrence comes from
    the Lanczos process on a much finer rule for the same measure.
    """
    fine, fine_weights = _fine_rule(spacing, first)
    u = 1 / (offset + np.sqrt(fine))
    diagonal, off_diagonal, norm = _lanczos(u, fine_weights * u**_TAIL_POWER, nodes)
    u, vectors = eigh_tridiagonal(diagonal, off_diagonal)
    u, vectors = u[::-1], vectors[:, ::-1]
    tail = u**_TAIL_POWER
    weights = (norm * vectors[0]) ** 2 / tail
    last = norm**2 * vectors[0] * (_LAST_SIGNS @ vectors[-len(_LAST_SIGNS) :]) / tail
    return (1 / u - offset) ** 2, weights, last


def _lanczos(
    points: FloatArray, masses: FloatArray, count: int
) -> tuple[FloatArray, FloatArray, float]:
    """Recurrence of the polynomials orthonormal to Σ masses δ(x − points), fully orthogonalised.

    Returns the diagonal (count,) and off-diagonal (count − 1,) of the Jacobi matrix and the root
    of the total mass.
    """
    norm = float(np.sqrt(masses.sum()))
    basis = np.zeros((count, len(points)))
    diagonal, off_diagonal = np.zeros(count), np.zeros(count)
    vector = np.sqrt(masses) / norm
    for k in range(count):
        basis[k] = vector
        vector = points * vector
        diagonal[k] = basis[k] @ vector
        for _ in range(2):
            vector = vector - (basis[: k + 1] @ vector) @ basis[: k + 1]
        off_diagonal[k] = np.linalg.norm(vector)
        vector = vector / off_diagonal[k]
    return diagonal, off_diagonal[:-1], norm


def _fine_rule(spacing: float, first: int) -> tuple[FloatArray, FloatArray]:
    """Build a rule of many nodes for n ≥ ``first``, exact to rounding for powers ω^{-j/2}.

    Panels that double in width carry the Gauss rule of their equidistant points; beyond the last
    the points are dense on every scale that matters and the sum is an integral in (W/ω)^{1/2}.
    """
    left = spacing * first
    # as many whole spacings as make up the smallest panel
    width = (
        spacing * max(_PANEL_NODES, math.ceil(_SMALLEST_PANEL / spacing))
        if spacing
        else (_SMALLEST_PANEL)
    )
    panels: list[tuple[FloatArray, FloatArray]] = []
    while left < _LARGEST_PANEL_EDGE * max(1.0, spacing):
        panels.append(_panel_rule(left, width, spacing))
        left += width
        width *= 2
    nodes, node_weights = np.polynomial.legendre.leggauss(_PANEL_NODES)
    t: FloatArray = (1 + nodes) / 2
    beyond: FloatArray = left * node_weights / t**3
    panels.append((left / np.square(t), beyond))
    frequencies, weights = zip(*panels, strict=True)
    return np.concatenate(frequencies), np.concatenate(weights)


def _panel_rule(left: float, width: float, spacing: float) -> tuple[FloatArray, FloatArray]:
    """Gauss rule of equidistant points, ``spacing`` at each midpoint, on (left, left + width).

    The polynomials are Gram's (discrete Chebyshev), which become Legendre's for spacing → 0.
    """
    nodes, weights = _gram_rule(spacing / width)
    return left + width * (0.5 + nodes), width * weights


@lru_cache(maxsize=256)
def _gram_rule(spacing: float) -> tuple[FloatArray, FloatArray]:
    """The same on (−½, ½) for a spacing in units of the width."""
    k = np.arange(1, _PANEL_NODES)
    squares = k**2 * np.maximum(1 - (spacing * k) ** 2, 0) / (4 * (4 * k**2 - 1.0))
    nodes, vectors = eigh_tridiagonal(np.zeros(_PANEL_NODES), np.sqrt(squares))
    return nodes, vectors[0] ** 2
