# SPDX-License-Identifier: MIT
"""A tunnel barrier that clamps the spin of both sides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Annotated, Any, ClassVar

import numpy as np

from fem_sf.errors import Problem
from fem_sf.spin.algebra import Algebra
from fem_sf.spin.barriers import BarrierShape, transmission
from fem_sf.spin.laws.barrier import Barrier
from fem_sf.spin.laws.law import Flux, Key, Side
from fem_sf.spin.materials import FloatArray, Material

_SHAPE = Key("a table, as in { height = 1.0, decay = 10.0 }")

_COLLINEAR = 1e-15
"""Sine of an angle between magnetizations that is rounding."""


@dataclass(frozen=True)
class Tunnel(Barrier):
    """Eqs. 2-4: magnetizations are clamped on both sides, so J_M is along p on each.

    Parameters
    ----------
    barrier
        Its shape, for finite bias; ``None`` for linear response.
    """

    barrier: Annotated[BarrierShape | None, _SHAPE] = None

    kind: ClassVar[str] = "tunnel"

    def flux(self, k: Any, left: Side, right: Side, ops: Algebra) -> Flux:
        """Eqs. 3 and 4, h_ss' |R_ss'|² (μ_Ls − μ_Rs') through every channel."""
        cosine = ops.dot(left.p, right.p)
        on_left, on_right = left.of_spins(ops), right.of_spins(ops)
        charge: Any = 0
        along_left: Any = 0
        along_right: Any = 0
        inside: Any = 0
        for s, t in product((1, -1), repeat=2):
            h = 1 + s * k.polarisation_left + t * k.polarisation_right
            h = k.conductance / 2 * (h + s * t * k.polarisation_product)
            difference = on_left[s] - on_right[t]
            current = h * difference
            if self.barrier is not None:
                shape = self.barrier.of_channel(k, s)
                current *= transmission(
                    self.barrier.model, shape, difference, left.V - right.V, ops
                )
            overlap = (1 + s * t * cosine) / 2
            charge += overlap * current
            along_left += s * overlap * current
            along_right += t * overlap * current
            inside += current / 2 * (s * left.p + t * right.p)
        return Flux(charge, along_left * left.p, along_right * right.p, inside)

    @property
    def numbers(self) -> dict[str, float | tuple[float, ...]]:
        """Its parameters, with those of its shape for both spins on the left."""
        return {**super().numbers, **(self.barrier.of_channels if self.barrier else {})}

    @property
    def linear(self) -> Tunnel:
        """The barrier in linear response."""
        return replace(self, barrier=None) if self.barrier else self

    @property
    def nonlinearity(self) -> str:
        """That of its shape."""
        return "a barrier at finite bias" if self.barrier else ""

    @property
    def structure(self) -> str:
        """How the voltage deforms it."""
        return self.barrier.model if self.barrier else ""

    def clamps(self, left: Material, right: Material) -> tuple[bool, bool]:
        """Both sides."""
        return True, True

    def common_spin(self, left: Material, right: Material) -> FloatArray:
        """Between magnetizations along one axis only differences count."""
        turned = np.abs(np.cross(left.axis, right.axis)).max() > _COLLINEAR
        return np.eye(3) if turned else np.zeros((3, 3))

    def find_excess(self, difference: float) -> Iterator[Problem]:
        """Beyond what the model of its shape holds for."""
        if self.barrier:
            yield from self.barrier.find_excess(difference)
