# SPDX-License-Identifier: MIT
"""Spin that flows through a transparent plane is found where that plane lies between two ranks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ranks import solve

pytestmark = pytest.mark.ranks

SCRIPT = Path(__file__).parent / "joint_problem.py"


def test_a_plane_between_two_ranks(tmp_path: Path) -> None:
    one, two = (solve(SCRIPT, ranks, tmp_path / f"{ranks}.json") for ranks in (1, 2))
    cells = two["owned_cells"]
    assert sorted(np.add(cells["S"], cells["F"]).tolist()) == [0, 6], "the plane is elsewhere"
    assert sorted(cells["A"]) == [0, 6]
    size = np.abs(one["torques"]["A"]).max()
    assert size > 1e-3
    for quantity in ("currents", "torques"):
        for name, expected in one[quantity].items():
            np.testing.assert_allclose(two[quantity][name], expected, rtol=0, atol=1e-9 * size)
    # what flows into the last layer is the torque on it
    np.testing.assert_allclose(
        two["currents"]["F|A"], two["torques"]["A"], rtol=0, atol=1e-8 * size
    )
