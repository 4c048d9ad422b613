# SPDX-License-Identifier: MIT
"""Orders the points of a sweep.

Neighbours along the longest axis follow one another in chains of a fixed length, so that each
starts from the one before it, and from which one does not depend on how many ranks there are.
"""

from __future__ import annotations

import numpy as np

from fem_sf.sweeps import Sweep

LENGTH = 8
"""Points of a chain. The first of them starts from nothing; different chains go on side by side."""


def chains(sweep: Sweep) -> list[tuple[int, ...]]:
    """All points, each once, in chains.

    Parameters
    ----------
    sweep
        Points count its cases from 0.

    Returns
    -------
    list
        Along the longest axis of numbers or vectors, of several the last; where all axes are of
        words, along the longest.
    """
    graded = [axis.is_numeric or axis.is_vector for axis in sweep.axes]
    ranks = [(graded[i], count, i) for i, count in enumerate(sweep.shape)]
    along = max(ranks)[2]
    lines = np.moveaxis(np.arange(len(sweep.cases)).reshape(sweep.shape), along, -1)
    return [
        tuple(map(int, line[start : start + LENGTH]))
        for line in lines.reshape(-1, sweep.shape[along])
        for start in range(0, len(line), LENGTH)
    ]
