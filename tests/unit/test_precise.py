# SPDX-License-Identifier: MIT
"""Systems of equations whose unknowns differ by less than one number can hold."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from fem_sf.spin.precise import product, solve_exactly

CONDUCTANCES = (1e8, 1e-6, 1e11, 3.0)


@pytest.mark.parametrize("conductances", list(permutations(CONDUCTANCES))[::5])
@pytest.mark.parametrize("voltage", (1.0, 1e-7))
def test_resistors_in_series(conductances: tuple[float, ...], voltage: float) -> None:
    """The same current through all, V/Σ(1/g), although potentials at both sides of some agree."""
    count = len(conductances)
    g = np.array(conductances)
    differences = np.eye(count + 1) - np.eye(count + 1, k=1)
    # unknowns are all potentials, then all currents
    flow = np.zeros((2 * count + 1, 2 * count + 1))
    flow[0, 0] = flow[1, count] = 1.0
    for k in range(count):
        # g (V_k − V_{k+1}) − I_k = 0
        flow[2 + k, : count + 1] = g[k] * differences[k]
        flow[2 + k, count + 1 + k] = -1.0
    for k in range(count - 1):
        flow[2 + count + k, count + 1 + k] = 1.0
        flow[2 + count + k, count + 2 + k] = -1.0
    drive = np.zeros(2 * count + 1)
    drive[0] = voltage
    measured = np.zeros((1, count, 2 * count + 1))
    measured[0, :, : count + 1] = g[:, np.newaxis] * differences[:count]
    kinds = np.zeros(count, dtype=np.int64)
    parts = solve_exactly(flow + 0j, drive, np.arange(count + 1), measured + 0j, kinds)
    expected = voltage / sum(1 / each for each in conductances)
    np.testing.assert_allclose(product(measured + 0j, parts)[0], expected, rtol=1e-12)
