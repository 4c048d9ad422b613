# SPDX-License-Identifier: MIT
"""Laws of the interface between two layers; units as in `fem_sf.spin.model`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from fem_sf.spin.materials import FloatArray


@dataclass(frozen=True)
class Law:
    """What all interface laws have in common."""

    kind: ClassVar[str] = "law"


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

    conductance: float
    polarisation_left: float = 0.0
    polarisation_right: float = 0.0
    polarisation_product: float | None = None

    @property
    def joint_polarisation(self) -> float:
        """P_12."""
        if self.polarisation_product is None:
            return self.polarisation_left * self.polarisation_right
        return self.polarisation_product


BARRIER_MODELS = ("simmons", "paper")
"""How the voltage deforms a barrier at finite bias."""


@dataclass(frozen=True)
class BarrierShape:
    """A barrier at finite bias: every channel conducts B(Δ_ss', V_b) times as well, Eq. 2.

    B = exp(−λ(I − 1)), I = ∫₀¹ √(φ(t)/U0) dt, φ = U0 (A − B t).

    Parameters
    ----------
    model
        ``"simmons"``: A = 1, B = |Δ_ss'|/U0, odd in the voltage. ``"paper"``: A = 1 − Δ_ss'/U0,
        B = V_b/U0 with V_b = V_L − V_R, Eq. 2 to the letter.
    height
        U0 > 0 above the Fermi level, an energy.
    decay
        λ = 2√(2 m U0) d/ħ > 0.
    """

    model: str
    height: float
    decay: float


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

    charge_left: tuple[float, float]
    charge_right: tuple[float, float]
    spin_left_left: tuple[float, float]
    spin_left_right: tuple[float, float]
    spin_right_left: tuple[float, float]
    spin_right_right: tuple[float, float]

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

    conductance: float
    polarisation: float
    mixing_real: float
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
