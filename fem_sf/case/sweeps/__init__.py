# SPDX-License-Identifier: MIT
"""Reads the ``[sweep]`` table: which keys take which values, and the cases that this makes."""

from __future__ import annotations

from fem_sf.case.sweeps.loading import check_sweep, load_sweep

__all__ = ["check_sweep", "load_sweep"]
