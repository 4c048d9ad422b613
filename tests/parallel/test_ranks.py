# SPDX-License-Identifier: MIT
"""The answer does not depend on the number of ranks, not even where some own no cell of a layer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ranks import NEEDS_MPIRUN, launch

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
)
pytestmark = NEEDS_MPIRUN


def run(ranks: int, out: Path) -> dict[str, Any]:
    done = launch(SCRIPT, ranks, str(out))
    assert done.returncode == 0, f"exit status {done.returncode} on {ranks} ranks:\n{done.stderr}"
    return json.loads(out.read_text())


@pytest.fixture(scope="module")
def one_rank(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return run(1, tmp_path_factory.mktemp("ranks") / "1.json")


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
    return run(request.param, tmp_path_factory.mktemp("ranks") / f"{request.param}.json")


def assert_same(here: Any, there: Any, place: str) -> None:
    """Every number to 1e-9 of the largest in its array; everything else to the letter.

    Not where the cells are, nor error estimates, which are differences of nearly equal numbers.
    """
    if isinstance(here, dict):
        assert here.keys() == there.keys(), place
        for key in here:
            if key != "owned_cells" and not key.endswith("error"):
                assert_same(here[key], there[key], f"{place}.{key}")
    elif isinstance(here, (list, float)) and here:
        scale = np.abs(np.array(here, dtype=float)).max()
        assert np.array(here) == pytest.approx(np.array(there), rel=0, abs=1e-9 * scale), place
    else:
        assert here == there, place


@pytest.mark.parametrize("problem", PROBLEMS)
def test_same_answer(one_rank: dict[str, Any], several_ranks: dict[str, Any], problem: str):
    assert_same(one_rank[problem], several_ranks[problem], problem)


@pytest.mark.parametrize("problem", PROBLEMS)
def test_there_is_an_answer(one_rank: dict[str, Any], problem: str):
    assert one_rank[problem]["state"] == "superconducting"


def test_some_rank_owns_no_cell_of_a_layer(several_ranks: dict[str, Any]):
    for problem in ("two_cells", "line"):
        cells = several_ranks[problem]["owned_cells"]
        assert any(0 in by_rank for by_rank in cells.values()), cells
