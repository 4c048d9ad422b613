# SPDX-License-Identifier: MIT
"""Many cases on the grid of some parameters: solved in chains, kept point by point."""
