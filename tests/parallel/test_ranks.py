# SPDX-License-Identifier: MIT
"""The answer does not depend on the number of ranks, not even where some own no cell of a layer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ranks import assert_same, solve

SCRIPT = Path(__file__).parent / "problems.py"
PROBLEMS = (
    "two_cells",
    "line",
    "strip",
    "island",
    "junction",
    "case_line",
    "case_line_at_zero",
    "case_rectangle",
    "tilted_line",
    "tilted_junction",
    "case_tilted",
    "case_noncoplanar_at_zero",
    "first_order",
)
pytestmark = pytest.mark.ranks


@pytest.fixture(scope="module")
def one_rank(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return solve(SCRIPT, 1, tmp_path_factory.mktemp("ranks") / "1.json")


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(2, id="2 ranks", marks=pytest.mark.slow),
        pytest.param(3, id="3 ranks", marks=pytest.mark.slow),
    ],
)
def several_ranks(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    return solve(SCRIPT, request.param, tmp_path_factory.mktemp("ranks") / f"{request.param}.json")


@pytest.mark.parametrize("problem", PROBLEMS)
def test_same_answer(one_rank: dict[str, Any], several_ranks: dict[str, Any], problem: str):
    assert_same(one_rank[problem], several_ranks[problem], problem)


@pytest.mark.parametrize("problem", [each for each in PROBLEMS if each != "first_order"])
def test_there_is_an_answer(one_rank: dict[str, Any], problem: str):
    """Superconducting; the branch of a first-order transition is one or is not found at all."""
    assert one_rank[problem]["state"] == "superconducting"


def test_some_rank_owns_no_cell_of_a_layer(several_ranks: dict[str, Any]):
    for problem in ("two_cells", "line"):
        cells = several_ranks[problem]["owned_cells"]
        assert any(0 in by_rank for by_rank in cells.values()), cells
