# SPDX-License-Identifier: MIT
"""fem_sf: superconductor/ferromagnet multilayers by finite elements."""
