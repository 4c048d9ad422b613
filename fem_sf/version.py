# SPDX-License-Identifier: MIT
"""Which version of fem_sf this is."""

__version__ = "0.1.0"
