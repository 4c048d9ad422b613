# SPDX-License-Identifier: MIT
"""Turns an angle into a direction in spin space."""

from __future__ import annotations

import math

_QUARTER = 90.0


def polar_direction(angle: float) -> tuple[float, float, float]:
    """Unit vector in the xz plane at an angle from +z towards +x.

    Parameters
    ----------
    angle
        In degrees, finite.

    Returns
    -------
    tuple of float
        (sin α, 0, cos α), without rounding at multiples of 90°.
    """
    turns = round(angle / _QUARTER)
    rest = math.radians(angle - _QUARTER * turns)
    along, across = math.cos(rest), math.sin(rest)
    for _ in range(turns % 4):
        # adding zero makes −0 a 0
        along, across = -across + 0.0, along
    return (across, 0.0, along)
