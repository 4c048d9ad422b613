# SPDX-License-Identifier: MIT
"""Perfect contact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fem_sf.usadel.laws.law import Law


@dataclass(frozen=True)
class Transparent(Law):
    """The limit R_b → 0: the Green function and the current are continuous."""

    kind: ClassVar[str] = "transparent"
    joins: ClassVar[bool] = True
