# SPDX-License-Identifier: MIT
"""What barriers have in common: channels for both spins on both sides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Annotated, ClassVar

from fem_sf.errors import Problem
from fem_sf.keys import Key
from fem_sf.spin.laws.law import Conductance, Conducting
from fem_sf.spin.materials import Material, is_magnet

ROUNDING = 1e-12
"""What a sum of coefficients typed in decimals may be off by, relative to the largest."""

_LEFT = Key("P_L, a number from −1 to 1", "1", ("P_left", "PL"), -1, 1)
_RIGHT = Key("P_R, a number from −1 to 1", "1", ("P_right", "PR"), -1, 1)
_PRODUCT = Key("P_12, a number from −1 to 1", "1", ("P12",), -1, 1)


@dataclass(frozen=True)
class Barrier(Conducting):
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

    conductance: Conductance
    polarisation_left: Annotated[float, _LEFT] = 0.0
    polarisation_right: Annotated[float, _RIGHT] = 0.0
    polarisation_product: Annotated[float | None, _PRODUCT] = None

    may_turn: ClassVar[bool] = True

    @property
    def joint_polarisation(self) -> float:
        """P_12."""
        if self.polarisation_product is None:
            return self.polarisation_left * self.polarisation_right
        return self.polarisation_product

    @property
    def numbers(self) -> dict[str, float | tuple[float, ...]]:
        """Its parameters, P_12 always among them."""
        return {**super().numbers, "polarisation_product": self.joint_polarisation}

    def find_problems(self) -> Iterator[Problem]:
        """Channels that would conduct backwards."""
        for s, t in product((1, -1), repeat=2):
            polarised = s * self.polarisation_left + t * self.polarisation_right
            channel = 1 + polarised + s * t * self.joint_polarisation
            if not channel >= -ROUNDING:
                signs = "".join("+" if each > 0 else "-" for each in (s, t))
                yield Problem(
                    "polarisation_left",
                    f"the channel {signs} has a negative conductance, {channel / 2:g} g; expected "
                    "1 + s P_L + s' P_R + s s' P_12 ≥ 0",
                )

    def find_misfits(self, left: Material, right: Material) -> Iterator[Problem]:
        """Polarisations of a side that has no direction."""
        sides = (("left", left, self.polarisation_left), ("right", right, self.polarisation_right))
        for side, material, polarisation in sides:
            if polarisation and not is_magnet(material):
                message = "this side is normal; expected 0 or leave it out"
                yield Problem(f"polarisation_{side}", message)
        if self.joint_polarisation and not all(map(is_magnet, (left, right))):
            yield Problem("polarisation_product", "one side is normal; expected 0")
