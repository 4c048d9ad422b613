# SPDX-License-Identifier: MIT
"""A tunnel barrier that clamps the spin of both sides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Annotated, Any, ClassVar

import numpy as np

from fem_sf.errors import Problem
from fem_sf.keys import Key
from fem_sf.spin.algebra import Algebra
from fem_sf.spin.barriers import BarrierShape, transmission
from fem_sf.spin.laws.barrier import Barrier
from fem_sf.spin.laws.law import Flux, Side
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
        currents, passing = {}, {}
        for s, t in product((1, -1), repeat=2):
            h = 1 + s * k.polarisation_left + t * k.polarisation_right
            h = k.conductance / 2 * (h + s * t * k.polarisation_product)
            difference = on_left[s] - on_right[t]
            currents[s, t] = h * difference
            if self.barrier is not None:
                drop, shape = left.V - right.V, self.barrier.of_channel(k, s)
                currents[s, t] *= transmission(self.barrier.model, shape, difference, drop, ops)
            passing[s, t] = (1 + s * t * cosine) / 2 * currents[s, t]
        charge = sum(passing.values())
        along_left, along_right = _spins(passing)
        of_left, of_right = _spins(currents)
        inside = of_left / 2 * left.p + of_right / 2 * right.p
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
    def structure(self) -> tuple[Any, ...]:
        """How the voltage deforms it."""
        return (self.barrier and self.barrier.model,)

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


def _spins(currents: dict[tuple[int, int], Any]) -> tuple[Any, Any]:
    """Spin that leaves the left by all channels s, s', and spin that enters the right."""
    leaving = {s: currents[s, 1] + currents[s, -1] for s in (1, -1)}
    entering = {t: currents[1, t] + currents[-1, t] for t in (1, -1)}
    return leaving[1] - leaving[-1], entering[1] - entering[-1]
