# SPDX-License-Identifier: MIT
"""Multigrid on one rank and on two: the same answer, in about as many iterations."""

from __future__ import annotations

from pathlib import Path

import pytest

from ranks import assert_same, solve

pytestmark = pytest.mark.ranks

SCRIPT = Path(__file__).parent / "multigrid_problem.py"
MOST_ITERATIONS = 12


@pytest.mark.slow
def test_two_ranks(tmp_path: Path) -> None:
    one, two = (solve(SCRIPT, ranks, tmp_path / f"{ranks}.json") for ranks in (1, 2))
    assert max(one.pop("most_iterations"), two.pop("most_iterations")) <= MOST_ITERATIONS
    assert max(one.pop("left"), two.pop("left")) <= 1.01e-4, "what is said to be solved is"
    assert_same(one, two, "island")
