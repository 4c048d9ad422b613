# SPDX-License-Identifier: MIT
"""No contact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fem_sf.usadel.laws.law import Law


@dataclass(frozen=True)
class Insulating(Law):
    """The limit R_b → ∞: nothing passes."""

    kind: ClassVar[str] = "insulating"
    blocks: ClassVar[bool] = True
