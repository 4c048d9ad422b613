# SPDX-License-Identifier: MIT
"""Chooses the kind of a result."""

from __future__ import annotations

from fem_sf.output.kind import Kind
from fem_sf.output.spin import SpinKind
from fem_sf.output.usadel import UsadelKind

KINDS: dict[str, Kind] = {each.name: each for each in (UsadelKind(), SpinKind())}
"""By the ``kind`` of a case, a dataset or a summary."""
