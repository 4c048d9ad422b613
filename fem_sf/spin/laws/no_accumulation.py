# SPDX-License-Identifier: MIT
"""A contact without resistance that leaves no spin accumulation along either magnetization."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from fem_sf.errors import Problem
from fem_sf.spin.laws.barrier import ROUNDING
from fem_sf.spin.laws.law import WithoutResistance
from fem_sf.spin.materials import FloatArray, Material


@dataclass(frozen=True)
class MetallicNoAccumulation(WithoutResistance):
    """The limit g → ∞ of `Tunnel` for 0 < Φ < π: m_L = m_R = 0, μ continuous."""

    kind: ClassVar[str] = "metallic-no-accumulation"

    def links(self, left: Material, right: Material) -> FloatArray:
        """p_L·m_L = 0 and p_R·m_R = 0."""
        nothing = np.zeros(3)
        return np.array([[left.axis, nothing], [nothing, right.axis]])

    def clamps(self, left: Material, right: Material) -> tuple[bool, bool]:
        """Both sides."""
        return True, True

    def find_misfits(self, left: Material, right: Material) -> Iterator[Problem]:
        """Collinear magnetizations."""
        if np.linalg.norm(np.cross(left.axis, right.axis)) < ROUNDING:
            yield Problem(
                "law",
                "has no limit for collinear magnetizations, where spin accumulates without a "
                'barrier; use "transparent"',
            )
