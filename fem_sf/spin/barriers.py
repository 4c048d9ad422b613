# SPDX-License-Identifier: MIT
"""Shapes of barriers at finite bias, and how they conduct: the factor B of every channel.

With u = Δ_ss'/U0, the difference of potentials over the height of the barrier, and its decay at the
Fermi level λ = 2√(2mU0) d/ħ. B → 1 for small bias. All models but `paper` are smooth at u = 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import numpy as np

from fem_sf.checked import Checked, Read, number, one_of, positive, sequence
from fem_sf.errors import Problem, StackError
from fem_sf.spin.algebra import NUMBERS, Algebra
from fem_sf.words import any_of

LARGEST_BIAS = {"simmons": 1.0, "brinkman": 0.4}
"""|u| up to which a model holds; the others hold for any."""

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(12)
"""Of Gauss and Legendre for WKB: 10⁻⁸ of B for |u| < 2 and λ ≤ 20, 10⁻⁷ for |u| < 5."""


BARRIER_MODELS = ("wkb", "simmons", "brinkman", "fermi-level", "paper")
"""How the voltage deforms a barrier at finite bias."""

_BY_SPIN = ("wkb", "simmons", "fermi-level")
"""Those that may have another height for either spin."""

_SIMMONS_LEAST = 2.0
"""λ beyond which the formula of Simmons holds."""

Heights = float | tuple[float, float]


def _read_heights(value: Any) -> Heights:
    """One height, or one for either spin."""
    if isinstance(value, list | tuple | np.ndarray) and np.ndim(value):
        up, down = sequence(_HEIGHT, 2, "two heights [up, down]")(value)
        return up, down
    return float(_HEIGHT(value))


_HEIGHT = number(positive("U0"))


@dataclass(frozen=True)
class BarrierShape(Checked):
    """A barrier at finite bias: every channel conducts B(Δ_ss', V_b) times as well.

    Parameters
    ----------
    model
        One of ``BARRIER_MODELS``, each of which is a function below.
    height
        U0 > 0 above the Fermi level, an energy; or two, for electrons of spin along and against the
        magnetization on the left. What they are at zero bias is in the polarisations.
    decay
        λ = 2√(2 m U0) d/ħ > 0, of two heights that of the first.
    asymmetry
        Height on the right minus that on the left, an energy; of ``"brinkman"`` only.
    """

    model: Annotated[str, one_of(BARRIER_MODELS)]
    height: Annotated[Heights, Read(_read_heights)]
    decay: Annotated[float, positive("2√(2mU0) d/ħ")]
    asymmetry: float = 0.0

    error: ClassVar = StackError

    @property
    def heights(self) -> tuple[float, float]:
        """U0 of both spins on the left."""
        return self.height if isinstance(self.height, tuple) else (self.height, self.height)

    @property
    def of_channels(self) -> dict[str, tuple[float, float]]:
        """Height, decay and asymmetry for both spins on the left; λ goes as √U0."""
        up, down = self.heights
        decays = (self.decay, self.decay * math.sqrt(down / up))
        return {"height": (up, down), "decay": decays, "asymmetry": (self.asymmetry,) * 2}

    def of_channel(self, k: Any, s: int) -> Callable[[str], Any]:
        """The same by name for spin s on the left, of numbers or UFL constants in their places."""
        return lambda key: getattr(k, key)[0 if s > 0 else 1]

    def find_problems(self) -> Iterator[Problem]:
        """What a model cannot have."""
        if isinstance(self.height, tuple) and self.model not in _BY_SPIN:
            yield Problem(
                "height",
                f"the model {self.model!r} has one height; two are for {any_of(_BY_SPIN)}",
            )
        if self.asymmetry and self.model != "brinkman":
            yield Problem("asymmetry", "only the model 'brinkman' has this")
        if self.model == "simmons" and min(self.of_channels["decay"]) <= _SIMMONS_LEAST:
            yield Problem(
                "decay",
                f"the formula of Simmons is for λ > {_SIMMONS_LEAST:g}, a barrier that hardly "
                f"passes anything; got {min(self.of_channels['decay']):g}. The model 'wkb' has no "
                "such limit",
            )

    def find_excess(self, difference: float) -> Iterator[Problem]:
        """Where potentials differ by more than the model holds for."""
        share = LARGEST_BIAS.get(self.model, math.inf)
        allowed = share * min(self.heights)
        if difference > allowed:
            yield Problem(
                "barrier",
                f"potentials differ by {difference:.6g} V0, but the model {self.model!r} holds up "
                f"to {allowed:g} V0, {share:g} of the height. Use the model 'wkb', or a smaller "
                "drive",
            )


def wkb(u: Any, decay: Any, ops: Algebra = NUMBERS) -> Any:
    """Electrons between both Fermi levels through a barrier that is tilted.

    B = (1/u) ∫ exp(−λ(I(e) − 1)) de over |e| < u/2, I = ∫₀¹ √max(0, 1 + (u/2)(1 − 2t) − e) dt.

    Even in u, so v = |u|. Where the lower end of the barrier is above the energy, the ends are
    φ + v and φ = 1 − c + c s², c = min(v, 1), and the root is smooth in s. Elsewhere they are
    1 + d s² and below zero, d = max(v − 1, 0): tunneling of Fowler and Nordheim.
    """
    v = absolute(u, ops)
    d = (absolute(v - 1, ops) + v - 1) / 2
    c, above = v - d, d / v
    through: Any = 0
    emitted: Any = 0
    for node, weight in zip(_NODES, _WEIGHTS, strict=True):
        s = float(1 + node) / 2
        share = float(weight) * s
        low = 1 - c * (1 - s * s)
        a, b = ops.sqrt(low + v), ops.sqrt(low)
        # (2/3)(a³ − b³)/(a² − b²)
        through += share * ops.exp(decay * (1 - 2 / 3 * (a + b - a * b / (a + b))))
        high = 1 + d * s * s
        emitted += share * ops.exp(decay * (1 - 2 / 3 * high * ops.sqrt(high) / (1 + d)))
    return (1 - above) * through + above * emitted


def simmons(u: Any, decay: Any, ops: Algebra = NUMBERS) -> Any:
    """Simmons (1963), all transverse momenta, for |u| < 1 and λ > 2.

    B = [f(−u/2) − f(u/2)]/(u(λ/2 − 1)), f(x) = (1 + x) exp(−λ(√(1 + x) − 1)). With the mean m and
    half the difference u/(4m) of both roots, and z = λu/(4m), that is
    exp(−λ(m − 1)) [λ/(2m) sinh(z)/z − cosh(z)]/(λ/2 − 1), which has all digits at any bias.
    """
    mean = (ops.sqrt(absolute(1 + u / 2, ops)) + ops.sqrt(absolute(1 - u / 2, ops))) / 2
    z = absolute(decay * u / (4 * mean), ops)
    through = decay / (2 * mean) * ops.sinh(z) / z - ops.cosh(z)
    return ops.exp(-decay * (mean - 1)) * through / (decay / 2 - 1)


def brinkman(u: Any, decay: Any, asymmetry: Any) -> Any:
    """Brinkman, Dynes and Rowell: 1 − λδu/48 + λ²u²/96, for |u| < 0.4.

    δ is the height on the right minus that on the left, over U0.
    """
    return 1 - decay * asymmetry / 48 * u + decay**2 / 96 * u**2


def fermi_level(u: Any, decay: Any, ops: Algebra = NUMBERS) -> Any:
    """Electrons at the Fermi level alone: exp(−λ(I − 1)), φ from 1 to 1 − |u|; with a cusp."""
    return _at_one_energy(1 + 0 * u, 1 - absolute(u, ops), decay, ops)


def paper(u: Any, decay: Any, voltage: Any, ops: Algebra = NUMBERS) -> Any:
    """Eq. 2 to the letter, φ from 1 − u to 1 − u − V_b/U0: not odd in the voltage."""
    return _at_one_energy(1 - u, 1 - u - voltage, decay, ops)


def transmission(
    model: str,
    value: Callable[[str], Any],
    difference: Any,
    voltage: Any,
    ops: Algebra = NUMBERS,
) -> Any:
    """B(Δ_ss', V_b) of a channel.

    Parameters
    ----------
    model
        One of ``BARRIER_MODELS``.
    value
        ``height``, ``decay`` and ``asymmetry`` of the channel by name.
    difference, voltage
        Δ_ss', and V_b = V_L − V_R.
    ops
        Of numbers, or ``ufl``.
    """
    height, decay = value("height"), value("decay")
    u = difference / height
    if model == "wkb":
        return wkb(u, decay, ops)
    if model == "simmons":
        return simmons(u, decay, ops)
    if model == "brinkman":
        return brinkman(u, decay, value("asymmetry") / height)
    if model == "fermi-level":
        return fermi_level(u, decay, ops)
    return paper(u, decay, voltage / height, ops)


def _at_one_energy(first: Any, last: Any, decay: Any, ops: Algebra) -> Any:
    return ops.exp(-decay * (mean_root(first, last, ops) - 1))


def mean_root(first: Any, last: Any, ops: Algebra = NUMBERS) -> Any:
    """∫₀¹ √max(φ, 0) dt for φ that goes linearly from one value to the other.

    (2/3)(a³ − b³)/(a² − b²) of the roots a, b of two positive ends, without its 0/0; of one
    positive end, (2/3) a³/(a² + |other end|). The root of a negative end is zero.
    """
    below = (absolute(first, ops) - first + absolute(last, ops) - last) / 2
    a, b = (
        (absolute(end, ops) + end) / (2 * ops.sqrt(absolute(end, ops))) for end in (first, last)
    )
    total = a + b
    return 2 * (total**2 - a * b) * total / (3 * (total**2 + below))


def absolute(x: Any, ops: Algebra = NUMBERS) -> Any:
    """|x| of a real x by holomorphic operations, which alone are differentiated rightly.

    Comparisons cannot be compiled with complex scalars. Zero has a size too, for divisions by it.
    """
    return ops.sqrt(x * x + 1e-60)
