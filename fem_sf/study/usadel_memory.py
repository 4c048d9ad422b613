# SPDX-License-Identifier: MIT
"""What memory superconductors need, as measured."""

from __future__ import annotations

FEWEST_FREQUENCIES = 17
"""Of a sum over all frequencies, at the highest temperatures."""

PER_FREQUENCY_IN_A_LINE = 1.2e3
PER_UNKNOWN = 5.5e3
"""Bytes: in a line of each unknown at each frequency, else of each at all."""
