# SPDX-License-Identifier: MIT
"""Order parameters with phases do not depend on the number of ranks, nor do their currents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ranks import assert_same, solve

SCRIPT = Path(__file__).parent / "josephson_problems.py"
pytestmark = [pytest.mark.ranks, pytest.mark.slow]


def on_ranks(ranks: int, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """All numbers but that which is zero but for rounding, and has to be."""
    found = solve(SCRIPT, ranks, tmp_path_factory.mktemp("ranks") / f"{ranks}.json")
    assert found["junction"]["integrals"].pop("supercurrent_balance") < 1e-11
    return found


@pytest.fixture(scope="module")
def one_rank(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return on_ranks(1, tmp_path_factory)


@pytest.mark.parametrize("ranks", (2, 3))
def test_same_answer(
    one_rank: dict[str, Any], tmp_path_factory: pytest.TempPathFactory, ranks: int
):
    several = on_ranks(ranks, tmp_path_factory)
    for problem, expected in one_rank.items():
        assert_same(expected, several[problem], problem)


def test_current_flows(one_rank: dict[str, Any]):
    currents = one_rank["junction"]["integrals"]["supercurrent"]
    assert currents["S|F"] > 0.01
    assert currents["N|S2"] == pytest.approx(currents["S|F"], rel=1e-9)
