# SPDX-License-Identifier: MIT
"""Magnetoelectronic circuit theory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import numpy as np

from fem_sf.checked import Expected, not_negative
from fem_sf.errors import Problem
from fem_sf.keys import Key
from fem_sf.spin.algebra import Algebra
from fem_sf.spin.laws.law import CONDUCTANCE, Conductance, Conducting, Flux, Side
from fem_sf.spin.materials import FloatArray, Material, is_magnet

_P = Key("the polarisation P = (G_↑ − G_↓)/g, a number from −1 to 1", "1", ("P",), -1, 1)
_REAL = Key("Gr = 2 Re G_↑↓ per area, in σ0/L0, a number ≥ 0", CONDUCTANCE, ("Gr",))
_IMAGINARY = Key("Gi = 2 Im G_↑↓ per area, in σ0/L0, a number", CONDUCTANCE, ("Gi",))


@dataclass(frozen=True)
class Circuit(Conducting):
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

    conductance: Conductance
    polarisation: Annotated[float, Expected("|P| ≤ 1", lambda value: abs(value) <= 1), _P]
    mixing_real: Annotated[float, not_negative("2 Re G_↑↓"), _REAL]
    mixing_imaginary: Annotated[float, _IMAGINARY] = 0.0

    kind: ClassVar[str] = "circuit"
    may_turn: ClassVar[bool] = True

    def flux(self, k: Any, left: Side, right: Side, ops: Algebra) -> Flux:
        """Along and across p into the normal metal, along p alone in the magnet."""
        magnet, normal = (left, right) if left.is_magnet else (right, left)
        g, polarised = k.conductance, k.conductance * k.polarisation
        p, mu = magnet.p, magnet.mu - normal.mu
        m = ops.dot(p, magnet.m - normal.m)
        charge = g * mu + polarised * m
        along = (polarised * mu + g * m) * p
        across = normal.m - p * ops.dot(p, normal.m)
        turned = ops.cross(p, normal.m)
        into_normal = along - k.mixing_real * across - k.mixing_imaginary * turned
        if left.is_magnet:
            return Flux(charge, along, into_normal, into_normal)
        from_normal = -into_normal
        return Flux(-charge, from_normal, -along, from_normal)

    def clamps(self, left: Material, right: Material) -> tuple[bool, bool]:
        """The magnet."""
        return is_magnet(left), is_magnet(right)

    def common_spin(self, left: Material, right: Material) -> FloatArray:
        """What the normal metal has across p."""
        axis = (left if is_magnet(left) else right).axis
        return np.eye(3) - np.outer(axis, axis)

    def find_misfits(self, left: Material, right: Material) -> Iterator[Problem]:
        """Layers of one kind."""
        if is_magnet(left) == is_magnet(right):
            yield Problem("law", "'circuit' joins a ferromagnetic and a normal layer")
