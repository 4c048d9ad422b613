# SPDX-License-Identifier: MIT
"""Chooses the kind of a result."""

from __future__ import annotations

from fem_sf.output.kind import Kind
from fem_sf.output.spin import Spin
from fem_sf.output.usadel import Usadel

KINDS: dict[str, Kind] = {each.name: each for each in (Usadel(), Spin())}
"""By the ``kind`` of a case, a dataset or a summary."""
