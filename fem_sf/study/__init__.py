# SPDX-License-Identifier: MIT
"""From a case to a result."""
