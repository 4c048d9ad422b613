# SPDX-License-Identifier: MIT
"""Laws of the interface between two layers; units as in `fem_sf.spin.model`."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Annotated, Any, ClassVar

import numpy as np

from fem_sf.checked import (
    Checked,
    Expected,
    Read,
    finite,
    not_negative,
    number,
    one_of,
    positive,
    sequence,
)
from fem_sf.errors import Problem, StackError
from fem_sf.spin.materials import FloatArray
from fem_sf.words import any_of

ROUNDING = 1e-12
"""What a sum of coefficients typed in decimals may be off by, relative to the largest."""


@dataclass(frozen=True)
class Law(Checked):
    """What all interface laws have in common."""

    kind: ClassVar[str] = "law"
    error: ClassVar = StackError


@dataclass(frozen=True)
class _Barrier(Law):
    """A tunnel barrier in linear response, from channel s on the left to s' on the right.

    The conductance of that channel is h_ss' = (g/2)(1 + s P_L + s' P_R + s s' P_12).

    Parameters
    ----------
    conductance
        g > 0 per area, in σ/length.
    polarisation_left, polarisation_right
        P_L, P_R; zero in Eq. 2.
    polarisation_product
        P_12; ``None`` for P_L P_R.
    """

    conductance: Annotated[float, positive("g")]
    polarisation_left: float = 0.0
    polarisation_right: float = 0.0
    polarisation_product: float | None = None

    @property
    def joint_polarisation(self) -> float:
        """P_12."""
        if self.polarisation_product is None:
            return self.polarisation_left * self.polarisation_right
        return self.polarisation_product

    def find_problems(self) -> Iterator[Problem]:
        """Channels that would conduct backwards."""
        for s, t in product((1, -1), repeat=2):
            channel = (
                1
                + s * self.polarisation_left
                + t * self.polarisation_right
                + s * t * self.joint_polarisation
            )
            if not channel >= -ROUNDING:
                signs = "".join("+" if each > 0 else "-" for each in (s, t))
                yield Problem(
                    "polarisation_left",
                    f"the channel {signs} has a negative conductance, {channel / 2:g} g; expected "
                    "1 + s P_L + s' P_R + s s' P_12 ≥ 0",
                )


BARRIER_MODELS = ("wkb", "simmons", "brinkman", "fermi-level", "paper")
"""How the voltage deforms a barrier at finite bias; `fem_sf.spin.barriers` has them."""

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
        One of ``BARRIER_MODELS``; `fem_sf.spin.barriers` says what they are.
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


@dataclass(frozen=True)
class Tunnel(_Barrier):
    """Eqs. 2-4: magnetizations are clamped on both sides, so J_M is along p on each.

    Parameters
    ----------
    barrier
        Its shape, for finite bias; ``None`` for linear response.
    """

    barrier: BarrierShape | None = None

    kind: ClassVar[str] = "tunnel"


@dataclass(frozen=True)
class TunnelVector(_Barrier):
    """A barrier at which nothing is clamped: J_M is one vector on both sides."""

    kind: ClassVar[str] = "tunnel-vector"


@dataclass(frozen=True)
class Metallic(Law):
    """Zero resistance as in the paper, J_M^L = cos Φ J_M^R, with its lossless partner.

    μ_L = μ_R and m_R = cos Φ m_L: the only conditions on the potentials that dissipate nothing.
    """

    kind: ClassVar[str] = "metallic"


@dataclass(frozen=True)
class MetallicReversed(Law):
    """The mirror image of `Metallic`: J_M^R = cos Φ J_M^L, m_L = cos Φ m_R."""

    kind: ClassVar[str] = "metallic-reversed"


@dataclass(frozen=True)
class MetallicNoAccumulation(Law):
    """The limit g → ∞ of `Tunnel` for 0 < Φ < π: m_L = m_R = 0, μ continuous."""

    kind: ClassVar[str] = "metallic-no-accumulation"


@dataclass(frozen=True)
class Transparent(Law):
    """Potentials and currents are continuous as vectors."""

    kind: ClassVar[str] = "transparent"


Pair = Annotated[tuple[float, float], finite("a finite number")]


@dataclass(frozen=True)
class General(Law):
    """Eqs. 5 and 6 with the charge row that the paper leaves out; pairs are for s = +, −.

    J = Σ_s q1_s μ_Ls − q2_s μ_Rs, J_M^L = Σ_s rL1_s μ_Ls − rL2_s μ_Rs, and J_M^R likewise. They are
    conductances per area, although the paper calls them resistances.

    Parameters
    ----------
    charge_left, charge_right
        q1, q2.
    spin_left_left, spin_left_right
        rL1, rL2: J_M^L from the potentials on the left and on the right.
    spin_right_left, spin_right_right
        rR1, rR2: J_M^R from the potentials on the left and on the right.
    """

    charge_left: Pair
    charge_right: Pair
    spin_left_left: Pair
    spin_left_right: Pair
    spin_right_left: Pair
    spin_right_right: Pair

    kind: ClassVar[str] = "general"

    @property
    def rows(self) -> dict[str, tuple[tuple[float, float], tuple[float, float]]]:
        """Coefficients on the left and on the right of J, J_M^L and J_M^R."""
        return {
            "charge": (self.charge_left, self.charge_right),
            "spin_left": (self.spin_left_left, self.spin_left_right),
            "spin_right": (self.spin_right_left, self.spin_right_right),
        }

    @cached_property
    def matrix(self) -> FloatArray:
        """Map of (μ_L, m_L, μ_R, m_R) on (J, J_M^L, J, J_M^R), m along the own p. Shape (4, 4)."""
        lines = {
            name: [left[0] + left[1], left[0] - left[1], -right[0] - right[1], right[1] - right[0]]
            for name, (left, right) in self.rows.items()
        }
        return np.array([lines[name] for name in ("charge", "spin_left", "charge", "spin_right")])

    @property
    def dissipation(self) -> FloatArray:
        """Map of (μ_L, m_L, μ_R, m_R) on what works against them, (J, J_M^L, −J, −J_M^R)."""
        return np.array([1.0, 1.0, -1.0, -1.0])[:, np.newaxis] * self.matrix

    def find_problems(self) -> Iterator[Problem]:
        """Currents in equilibrium, and energy from nothing."""
        for name, (left, right) in self.rows.items():
            largest = max(map(abs, (*left, *right)))
            if abs(sum(left) - sum(right)) > ROUNDING * largest:
                yield Problem(
                    f"{name}_left",
                    f"sums to {sum(left):g} but {name}_right to {sum(right):g}; unless they are "
                    "equal a shift of all potentials would drive a current",
                )
        heat = self.dissipation
        lowest = float(np.linalg.eigvalsh(heat + heat.T)[0]) / 2
        if lowest < -ROUNDING * float(np.abs(heat).max()):
            yield Problem(
                "law",
                f"some potentials would give energy instead of heat (lowest eigenvalue {lowest:g})"
                "; expected a positive semidefinite map (μ_L, m_L, μ_R, m_R) → "
                "(J, J_M^L, −J, −J_M^R)",
            )


@dataclass(frozen=True)
class Circuit(Law):
    """Magnetoelectronic circuit theory between a ferromagnet and a normal metal.

    Parameters
    ----------
    conductance
        g = G_↑ + G_↓ > 0 per area, in σ/length.
    polarisation
        P = (G_↑ − G_↓)/g, |P| ≤ 1.
    mixing_real, mixing_imaginary
        2 Re G_↑↓ ≥ 0 (of a real interface ≥ g) and 2 Im G_↑↓.
    """

    conductance: Annotated[float, positive("g")]
    polarisation: Annotated[float, Expected("|P| ≤ 1", lambda value: abs(value) <= 1)]
    mixing_real: Annotated[float, not_negative("2 Re G_↑↓")]
    mixing_imaginary: float = 0.0

    kind: ClassVar[str] = "circuit"


LAWS: dict[str, type[Law]] = {
    each.kind: each
    for each in (
        Tunnel,
        TunnelVector,
        Metallic,
        MetallicReversed,
        MetallicNoAccumulation,
        Transparent,
        General,
        Circuit,
    )
}
"""The laws by the name that a case gives them."""
