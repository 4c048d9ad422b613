# SPDX-License-Identifier: MIT
"""A law of one's own: a magnetic film, thin as a plane, that filters spins between two metals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import numpy as np

from fem_sf.checked import Expected, not_negative
from fem_sf.errors import Problem
from fem_sf.spin.interfaces import CONDUCTANCE, Conductance, Conducting, Flux, Key, Side
from fem_sf.spin.materials import Direction, Material, is_magnet


@dataclass(frozen=True)
class SpinFilter(Conducting):
    """Circuit theory on both faces of a film whose magnetization is along n.

    J = g(U + P n·M) and n·J_M = g(P U + n·M) with the differences U of μ and M of m; across n each
    face takes up what its metal has, by 2 G_↑↓.
    """

    conductance: Conductance
    polarisation: Annotated[
        float, Expected("|P| ≤ 1", lambda P: abs(P) <= 1), Key("P of the film", symbols=("P",))
    ]
    mixing_real: Annotated[float, not_negative("Gr"), Key("Gr, a number ≥ 0", CONDUCTANCE)]
    direction: Annotated[Direction, Key("the direction n of the film, three numbers [x, y, z]")]
    mixing_imaginary: Annotated[float, Key("Gi, a number", CONDUCTANCE)] = 0.0

    kind: ClassVar[str] = "spin-filter"

    @property
    def numbers(self) -> dict[str, float | tuple[float, ...]]:
        """Its parameters, n of length 1."""
        n = np.array(self.direction) / np.linalg.norm(self.direction)
        return {**super().numbers, "direction": tuple(n.tolist())}

    def flux(self, k: Any, left: Side, right: Side, ops: Any) -> Flux:
        """What flows, of `Circuit` theory with the film in the place of the ferromagnet."""
        n, g, P = k.direction, k.conductance, k.polarisation
        U, M = left.mu - right.mu, ops.dot(n, left.m - right.m)
        along = g * (P * U + M) * n

        def taken(m: Any) -> Any:
            across = m - n * ops.dot(n, m)
            return k.mixing_real * across + k.mixing_imaginary * ops.cross(n, m)

        return Flux(g * (U + P * M), along + taken(left.m), along - taken(right.m))

    def find_misfits(self, left: Material, right: Material) -> Iterator[Problem]:
        """The metals have no direction of their own."""
        if is_magnet(left) or is_magnet(right):
            yield Problem("law", "'spin-filter' joins two normal layers")
