# SPDX-License-Identifier: MIT
"""4×4 matrices in Nambu and spin space, such as ĝ: 2×2 blocks of `fem_sf.usadel.quaternion`.

In the basis of `fem_sf.usadel.riccati`: the normal state is τ_3, singlets are along τ_1. Of one
spin alone they are 2×2, and the blocks plain numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fem_sf.usadel.quaternion import ONE, Quaternion


@dataclass(frozen=True)
class Nambu:
    """The matrix [[particle, pair], [pair_tilde, hole]].

    Parameters
    ----------
    particle, pair, pair_tilde, hole
        The blocks; of ĝ g_0 + g_v·σ, f_0 + f_v·σ and their like of holes.
    """

    particle: Quaternion
    pair: Quaternion
    pair_tilde: Quaternion
    hole: Quaternion

    @property
    def mean(self) -> Any:
        """The trace over that of the unit matrix: ¼ tr, and ½ tr of one spin alone."""
        return (self.particle.scalar + self.hole.scalar) / 2

    def __add__(self, other: Nambu) -> Nambu:
        """The sum."""
        return Nambu(
            self.particle + other.particle,
            self.pair + other.pair,
            self.pair_tilde + other.pair_tilde,
            self.hole + other.hole,
        )

    def __sub__(self, other: Nambu) -> Nambu:
        """The difference."""
        return self + other.times(-1)

    def __matmul__(self, other: Nambu) -> Nambu:
        """The product of matrices."""
        return Nambu(
            self.particle @ other.particle + self.pair @ other.pair_tilde,
            self.particle @ other.pair + self.pair @ other.hole,
            self.pair_tilde @ other.particle + self.hole @ other.pair_tilde,
            self.pair_tilde @ other.pair + self.hole @ other.hole,
        )

    def times(self, factor: Any) -> Nambu:
        """The product with a number."""
        blocks = (self.particle, self.pair, self.pair_tilde, self.hole)
        return Nambu(*(each.times(factor) for each in blocks))


UNIT = Nambu(ONE, ONE.times(0), ONE.times(0), ONE)
"""The unit matrix."""


def mirrored(particle: Quaternion, pair: Quaternion) -> Nambu:
    """τ_3 particle + τ_1 pair, as ĝ is where Δ is real."""
    return Nambu(particle, pair, pair, particle.times(-1))


def log1p(value: Any) -> Any:
    """ln(1 + z) of an UFL expression, with all digits of a small z: 2 artanh(z/(2 + z))."""
    import ufl

    return -2j * ufl.atan(1j * value / (2 + value))
