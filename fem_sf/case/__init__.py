# SPDX-License-Identifier: MIT
"""Reads cases from TOML; every error names file, line and key."""

from __future__ import annotations

from fem_sf.case.loading import has_sweep, load_case, locate_error

__all__ = ["has_sweep", "load_case", "locate_error"]
