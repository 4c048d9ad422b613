# SPDX-License-Identifier: MIT
"""Transmission of a barrier at finite bias: the factor B of every channel, in UFL and numbers.

With u = Δ_ss'/U0, the difference of potentials over the height of the barrier, and its decay at the
Fermi level λ = 2√(2mU0) d/ħ. B → 1 for small bias. All models but `paper` are smooth at u = 0.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import ufl

LARGEST_BIAS = {"simmons": 1.0, "brinkman": 0.4}
"""|u| up to which a model holds; the others hold for any."""

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(12)
"""Of Gauss and Legendre for WKB: 10⁻⁸ of B for |u| < 2 and λ ≤ 20, 10⁻⁷ for |u| < 5."""


def wkb(u: Any, decay: Any) -> Any:
    """Electrons between both Fermi levels through a barrier that is tilted.

    B = (1/u) ∫ exp(−λ(I(e) − 1)) de over |e| < u/2, I = ∫₀¹ √max(0, 1 + (u/2)(1 − 2t) − e) dt.

    Even in u, so v = |u|. Where the lower end of the barrier is above the energy, the ends are
    φ + v and φ = 1 − c + c s², c = min(v, 1), and the root is smooth in s. Elsewhere they are
    1 + d s² and below zero, d = max(v − 1, 0): tunneling of Fowler and Nordheim.
    """
    v = absolute(u)
    d = (absolute(v - 1) + v - 1) / 2
    c, above = v - d, d / v
    through: Any = 0
    emitted: Any = 0
    for node, weight in zip(_NODES, _WEIGHTS, strict=True):
        s = float(1 + node) / 2
        share = float(weight) * s
        low = 1 - c * (1 - s * s)
        a, b = ufl.sqrt(low + v), ufl.sqrt(low)
        # (2/3)(a³ − b³)/(a² − b²)
        through += share * ufl.exp(decay * (1 - 2 / 3 * (a + b - a * b / (a + b))))
        high = 1 + d * s * s
        emitted += share * ufl.exp(decay * (1 - 2 / 3 * high * ufl.sqrt(high) / (1 + d)))
    return (1 - above) * through + above * emitted


def simmons(u: Any, decay: Any) -> Any:
    """Simmons (1963), all transverse momenta, for |u| < 1 and λ > 2.

    B = [f(−u/2) − f(u/2)]/(u(λ/2 − 1)), f(x) = (1 + x) exp(−λ(√(1 + x) − 1)). With the mean m and
    half the difference u/(4m) of both roots, and z = λu/(4m), that is
    exp(−λ(m − 1)) [λ/(2m) sinh(z)/z − cosh(z)]/(λ/2 − 1), which has all digits at any bias.
    """
    mean = (ufl.sqrt(absolute(1 + u / 2)) + ufl.sqrt(absolute(1 - u / 2))) / 2
    z = absolute(decay * u / (4 * mean))
    through = decay / (2 * mean) * ufl.sinh(z) / z - ufl.cosh(z)
    return ufl.exp(-decay * (mean - 1)) * through / (decay / 2 - 1)


def brinkman(u: Any, decay: Any, asymmetry: Any) -> Any:
    """Brinkman, Dynes and Rowell: 1 − λδu/48 + λ²u²/96, for |u| < 0.4.

    δ is the height on the right minus that on the left, over U0.
    """
    return 1 - decay * asymmetry / 48 * u + decay**2 / 96 * u**2


def fermi_level(u: Any, decay: Any) -> Any:
    """Electrons at the Fermi level alone: exp(−λ(I − 1)), φ from 1 to 1 − |u|; with a cusp."""
    return _at_one_energy(1 + 0 * u, 1 - absolute(u), decay)


def paper(u: Any, decay: Any, voltage: Any) -> Any:
    """Eq. 2 to the letter, φ from 1 − u to 1 − u − V_b/U0: not odd in the voltage."""
    return _at_one_energy(1 - u, 1 - u - voltage, decay)


def transmission(model: str, value: Callable[[str], Any], difference: Any, voltage: Any) -> Any:
    """B(Δ_ss', V_b) of a channel.

    Parameters
    ----------
    model
        One of ``BARRIER_MODELS``.
    value
        ``height``, ``decay`` and ``asymmetry`` of the channel by name.
    difference, voltage
        Δ_ss', and V_b = V_L − V_R.
    """
    height, decay = value("height"), value("decay")
    u = difference / height
    if model == "wkb":
        return wkb(u, decay)
    if model == "simmons":
        return simmons(u, decay)
    if model == "brinkman":
        return brinkman(u, decay, value("asymmetry") / height)
    if model == "fermi-level":
        return fermi_level(u, decay)
    return paper(u, decay, voltage / height)


def _at_one_energy(first: Any, last: Any, decay: Any) -> Any:
    return ufl.exp(-decay * (mean_root(first, last) - 1))


def mean_root(first: Any, last: Any) -> Any:
    """∫₀¹ √max(φ, 0) dt for φ that goes linearly from one value to the other.

    (2/3)(a³ − b³)/(a² − b²) of the roots a, b of two positive ends, without its 0/0; of one
    positive end, (2/3) a³/(a² + |other end|). The root of a negative end is zero.
    """
    below = (absolute(first) - first + absolute(last) - last) / 2
    a, b = ((absolute(end) + end) / (2 * ufl.sqrt(absolute(end))) for end in (first, last))
    total = a + b
    return 2 * (total**2 - a * b) * total / (3 * (total**2 + below))


def absolute(x: Any) -> Any:
    """|x| of a real x by holomorphic operations, which alone are differentiated rightly.

    Comparisons cannot be compiled with complex scalars. Zero has a size too, for divisions by it.
    """
    return ufl.sqrt(x * x + 1e-60)
