# SPDX-License-Identifier: MIT
"""Frequency sums of arrays that are added up as the frequencies are solved, one by one."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from fem_sf.solve.process_grid import ProcessGrid
from fem_sf.usadel.matsubara import FrequencySum


@dataclass
class RunningSum:
    """A frequency sum that is added up term by term, with the estimate of what it misses.

    Parameters
    ----------
    rule
        The frequencies and weights.
    """

    rule: FrequencySum
    total: NDArray = field(default_factory=lambda: np.zeros(()))
    difference: NDArray = field(default_factory=lambda: np.zeros(()))
    scale: NDArray = field(default_factory=lambda: np.zeros(()))

    def add(self, k: int, values: NDArray) -> None:
        """Add the summand at the k-th frequency."""
        weight, coarse = self.rule.weights[k], self.rule.coarse_weights[k]
        self.total = self.total + weight * values
        self.difference = self.difference + (weight - coarse) * values
        self.scale = self.scale + weight * np.abs(values)

    def over(self, grid: ProcessGrid) -> RunningSum:
        """The sum over the terms that all groups of ranks have added."""
        parts = np.stack([self.total, self.difference, self.scale])
        return RunningSum(self.rule, *grid.total(parts))

    @property
    def error(self) -> NDArray[np.floating]:
        """Estimate of what the sum still misses."""
        return self.rule.estimate(self.difference, self.scale)
