# SPDX-License-Identifier: MIT
"""Reading a case from TOML: every error with file, line and key."""

from __future__ import annotations

from fem_sf.case.loading import has_sweep, load_case, locate_error

__all__ = ["has_sweep", "load_case", "locate_error"]
