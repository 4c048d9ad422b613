# SPDX-License-Identifier: MIT
"""Any linear law between two clamped magnetizations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, ClassVar

import numpy as np

from fem_sf.checked import finite
from fem_sf.errors import Problem
from fem_sf.keys import Key
from fem_sf.spin.algebra import Algebra
from fem_sf.spin.laws.barrier import ROUNDING
from fem_sf.spin.laws.law import CONDUCTANCE, Conducting, Flux, Side
from fem_sf.spin.materials import FloatArray, Material

Pair = Annotated[tuple[float, float], finite("a finite number")]


def _row(symbol: str) -> Key:
    """Coefficients q1, q2 of J, rL1, rL2 of J_M^L or rR1, rR2 of J_M^R."""
    flux = {"q": "J", "rL": "J_M^L", "rR": "J_M^R"}[symbol[:-1]]
    equation = f"{flux} = Σ {symbol[:-1]}1 μ_L − {symbol[:-1]}2 μ_R"
    return Key(f"two conductances [+, −], {symbol} of {equation}", CONDUCTANCE, (symbol,))


@dataclass(frozen=True)
class General(Conducting):
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

    charge_left: Annotated[Pair, _row("q1")]
    charge_right: Annotated[Pair, _row("q2")]
    spin_left_left: Annotated[Pair, _row("rL1")]
    spin_left_right: Annotated[Pair, _row("rL2")]
    spin_right_left: Annotated[Pair, _row("rR1")]
    spin_right_right: Annotated[Pair, _row("rR2")]

    kind: ClassVar[str] = "general"

    def flux(self, k: Any, left: Side, right: Side, ops: Algebra) -> Flux:
        """Eqs. 5 and 6 with a charge row."""
        on_left, on_right = left.of_spins(ops), right.of_spins(ops)

        def row(name: str) -> Any:
            first, second = getattr(k, f"{name}_left"), getattr(k, f"{name}_right")
            return sum(
                first[i] * on_left[s] - second[i] * on_right[s] for i, s in enumerate((1, -1))
            )

        return Flux(row("charge"), row("spin_left") * left.p, row("spin_right") * right.p)

    def clamps(self, left: Material, right: Material) -> tuple[bool, bool]:
        """Both sides."""
        return True, True

    @property
    def largest_conductance(self) -> float:
        """Of the map of (μ_L, m_L, μ_R, m_R)."""
        return float(np.abs(self.matrix).max())

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

    def find_cautions(self) -> Iterator[Problem]:
        """A map that is not symmetric."""
        heat = self.dissipation
        if np.abs(heat - heat.T).max() > ROUNDING * np.abs(heat).max():
            yield Problem(
                "law",
                "the map (μ_L, m_L, μ_R, m_R) → (J, J_M^L, −J, −J_M^R) is not symmetric, which "
                "contradicts Onsager symmetry",
            )
