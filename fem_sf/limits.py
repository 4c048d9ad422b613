# SPDX-License-Identifier: MIT
"""Limits what a case may ask for, before anything is allocated.

The numbers are far beyond what is useful, and small enough that a slip of some zeros is told at
once instead of filling the memory.
"""

from __future__ import annotations

SMALLEST, LARGEST = 1e-100, 1e100
"""Sizes of numbers in reduced units; products of three of them are still numbers."""

SMALLEST_SCALE, LARGEST_SCALE = 1e-30, 1e30
"""Sizes of the units themselves, in SI; they enter with higher powers."""

MOST_REFINEMENT = 1000.0
"""How many times smaller cells may be than those that are chosen by physics."""

MOST_CELLS_IN_A_LINE = 1_000_000
"""Along the stack, or across a rectangle."""

MOST_CELLS = 10_000_000
"""Of a mesh that is generated."""

LARGEST_MESH_FILE = 2_000_000_000
"""Bytes."""

MOST_FREQUENCIES = 10_000
"""Matsubara frequencies that are summed one by one, or at which amplitudes are given."""

MOST_ENERGIES = 20_000
"""Of one density of states."""

MOST_POINTS = 100_000
"""Of a sweep."""

MOST_TIMES = 10_000
"""At which profiles are kept."""

MOST_STEPS = 10_000_000
"""In time."""


def is_within_reach(value: float) -> bool:
    """Whether a number is zero or of a size with which one can compute."""
    return value == 0 or SMALLEST <= abs(value) <= LARGEST


REACH = f"a number of a size between {SMALLEST:g} and {LARGEST:g}"
"""What `is_within_reach` accepts, in words."""
