# SPDX-License-Identifier: MIT
"""A Python session gives the same numbers on one rank and on two."""

from __future__ import annotations

from pathlib import Path

import pytest

from fem_sf import load_state
from ranks import assert_same, solve

SCRIPT = Path(__file__).parent / "session_problem.py"
pytestmark = [pytest.mark.ranks, pytest.mark.slow]


def test_same_numbers(tmp_path: Path) -> None:
    alone, shared = (solve(SCRIPT, ranks, tmp_path / f"{ranks}.json") for ranks in (1, 2))
    assert_same(alone, shared, "session")
    assert load_state(tmp_path / "2")["gap"].size == len(alone["gap"])
