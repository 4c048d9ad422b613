# SPDX-License-Identifier: MIT
"""A contact without resistance that clamps nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from fem_sf.spin.laws.law import WithoutResistance
from fem_sf.spin.materials import FloatArray, Material


@dataclass(frozen=True)
class Transparent(WithoutResistance):
    """Potentials and currents are continuous as vectors."""

    kind: ClassVar[str] = "transparent"
    may_turn: ClassVar[bool] = True

    def links(self, left: Material, right: Material) -> FloatArray:
        """m_L = m_R."""
        return np.stack([np.eye(3), np.eye(3)], axis=1)
