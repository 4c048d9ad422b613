# SPDX-License-Identifier: MIT
"""Spin transport does not depend on the number of ranks, nor on who owns a layer or a contact."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ranks import assert_same, solve

SCRIPT = Path(__file__).parent / "spin_problems.py"
PROBLEMS = (
    "tunnel",
    "without_resistance",
    "floating",
    "endless",
    "finite_bias",
    "walls",
    "one_cell_each",
    "wave",
    "floating_plane",
    "meeting",
    "floating_across_layers",
)
pytestmark = pytest.mark.ranks


@pytest.fixture(scope="module")
def one_rank(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return solve(SCRIPT, 1, tmp_path_factory.mktemp("ranks") / "1.json")


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(2, id="2 ranks"),
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


# a wave's current also flows sideways
@pytest.mark.parametrize("problem", [each for each in PROBLEMS if each != "wave"])
def test_charge_is_conserved(one_rank: dict[str, Any], problem: str):
    left, right = one_rank[problem]["ends"]
    assert left == pytest.approx(right, rel=1e-9)
    assert abs(left) > 0.01


def test_some_rank_owns_no_cell_of_a_layer(several_ranks: dict[str, Any]):
    for problem in ("tunnel", "one_cell_each"):
        cells = several_ranks[problem]["owned_cells"]
        assert any(0 in by_rank for by_rank in cells.values()), cells
