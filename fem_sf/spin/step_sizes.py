# SPDX-License-Identifier: MIT
"""Chooses the sizes of time steps."""

from __future__ import annotations

import math
from collections.abc import Iterable

_SAFETY = 0.9
_LEAST_CHANGE, _LARGEST_CHANGE = 0.2, 5.0
"""Bounds on a step over the one before."""

_DEAD_BAND = 1.25
"""A step that could not grow by more stays as it is, and its factorised matrix with it."""

_SAME = 1e-10
"""Relative difference of two steps that are equal but for rounding."""


def distinct(times: Iterable[float], rounding: float) -> list[float]:
    """Times in order, without those that differ from the one before by rounding."""
    ordered = sorted(times)
    end = ordered[-1]
    kept = [ordered[0]]
    for time in ordered[1:]:
        if time - kept[-1] > rounding and end - time > rounding:
            kept.append(time)
    return [*kept, end]


def fit(distance: float, wanted: float, last: float) -> tuple[float, bool]:
    """Size of the next of equal steps over a distance, none longer than wanted; and if it is all.

    It is the last size to the letter where only rounding tells them apart, because a factorised
    matrix belongs to it.
    """
    count = max(1, math.ceil(distance / wanted - _SAME))
    size = distance / count
    if abs(size - last) <= _SAME * last:
        size = last
    return size, count == 1


def next_size(size: float, wanted: float, error: float) -> float:
    """Length that a step wants after one that succeeded at once."""
    change = _SAFETY * error ** (-1 / 3) if error else _LARGEST_CHANGE
    possible = size * min(change, _LARGEST_CHANGE)
    return possible if possible > _DEAD_BAND * wanted else wanted


def shorter(size: float, error: float) -> float:
    """Length of a step that is to be repeated because its error was over the tolerance."""
    return size * max(_LEAST_CHANGE, _SAFETY * error ** (-1 / 3))
