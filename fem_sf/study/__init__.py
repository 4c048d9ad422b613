# SPDX-License-Identifier: MIT
"""Goes from a case to a result."""
