# SPDX-License-Identifier: MIT
"""Contacts without resistance at which the spin of both sides is clamped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from fem_sf.spin.laws.law import WithoutResistance
from fem_sf.spin.materials import FloatArray, Material


@dataclass(frozen=True)
class Metallic(WithoutResistance):
    """Zero resistance as in the paper, J_M^L = cos Φ J_M^R, with its lossless partner.

    μ_L = μ_R and m_R = cos Φ m_L: the only conditions on the potentials that dissipate nothing.
    """

    kind: ClassVar[str] = "metallic"

    def links(self, left: Material, right: Material) -> FloatArray:
        """Cos Φ m_L = m_R."""
        return np.array([[float(left.axis @ right.axis) * left.axis, right.axis]])

    def clamps(self, left: Material, right: Material) -> tuple[bool, bool]:
        """Both sides."""
        return True, True


@dataclass(frozen=True)
class MetallicReversed(WithoutResistance):
    """The mirror image of `Metallic`: J_M^R = cos Φ J_M^L, m_L = cos Φ m_R."""

    kind: ClassVar[str] = "metallic-reversed"

    def links(self, left: Material, right: Material) -> FloatArray:
        """m_L = cos Φ m_R."""
        return np.array([[left.axis, float(left.axis @ right.axis) * right.axis]])

    def clamps(self, left: Material, right: Material) -> tuple[bool, bool]:
        """Both sides."""
        return True, True
