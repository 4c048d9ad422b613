# SPDX-License-Identifier: MIT
"""A barrier at which nothing is clamped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from fem_sf.spin.algebra import Algebra
from fem_sf.spin.laws.barrier import Barrier
from fem_sf.spin.laws.law import Flux, Side
from fem_sf.spin.materials import FloatArray, Material


@dataclass(frozen=True)
class TunnelVector(Barrier):
    """A barrier at which nothing is clamped: J_M is one vector on both sides."""

    kind: ClassVar[str] = "tunnel-vector"

    def flux(self, k: Any, left: Side, right: Side, ops: Algebra) -> Flux:
        """G4 (ψ_L − ψ_R) with nothing clamped, (J, J_B) by one symmetric matrix."""
        g, joint = k.conductance, k.polarisation_product
        mu, m = left.mu - right.mu, left.m - right.m
        polarised = k.polarisation_left * left.p + k.polarisation_right * right.p
        tilt = joint * ops.dot(left.p, right.p)
        charge = g * ((1 + tilt) * mu + ops.dot(polarised, m))
        spin = g * (
            polarised * mu
            + (1 - tilt) * m
            + joint * (right.p * ops.dot(left.p, m) + left.p * ops.dot(right.p, m))
        )
        return Flux(charge, spin, spin, spin)

    def common_spin(self, left: Material, right: Material) -> FloatArray:
        """Only differences count."""
        return np.zeros((3, 3))
