# SPDX-License-Identifier: MIT
"""Where static magnetizations end: folds of the branch of steady states, and what is around."""

from __future__ import annotations

import numpy as np
import pytest

from fem_sf.errors import NotConverged
from fem_sf.settings import MeshSettings
from fem_sf.spin import model
from fem_sf.spin.fold import Branch, find_fold, follow
from fem_sf.spin.nodal import end_directions
from spin_cases import LINEAR_CASES, WALL_CASES, drive, stack, wall_stack
from spin_solves import default_mesh, steady

JUNCTION = wall_stack(WALL_CASES["W2_tunnel_sym_060_strong"]["input"])
FOLD = 2.469
"""Of this junction, by continuation in the voltage with collocation; these digits are known."""


@pytest.fixture(scope="module")
def solver():
    return steady(JUNCTION, model.Voltage(1.0))


@pytest.fixture(scope="module")
def fold(solver):
    return find_fold(solver)


def test_static_magnetizations_end_where_the_reference_says(fold):
    assert fold == pytest.approx(FOLD, abs=1e-3)


def test_fold_depends_neither_on_the_mesh_nor_on_the_drive_that_is_asked_for(fold):
    finer = default_mesh(JUNCTION, MeshSettings(refinement=2.0))
    other = steady(JUNCTION, model.Voltage(0.5), finer)
    assert 0.5 * find_fold(other) == pytest.approx(fold, rel=1e-8)


def test_newtons_method_finds_a_state_below_the_fold_and_none_above(fold):
    steady(JUNCTION, model.Voltage(0.999 * fold))
    with pytest.raises(NotConverged, match="a fold"):
        steady(JUNCTION, model.Voltage(1.001 * fold))


def test_beyond_the_fold_the_branch_goes_back_with_larger_tilts(solver, fold):
    points = follow(Branch(solver))
    point = next(each for each in points if each.rise < 0 and each.load < 0.98 * fold)
    residual = solver.newton.residual_norm(point.state)
    beyond = end_directions(solver.system, "L")[1]
    below = steady(JUNCTION, model.Voltage(point.load))
    assert residual < 1e-8 * below.newton.residual_norm(below.free.vector())
    easy = JUNCTION.layer("L").material.axis
    assert beyond @ easy < end_directions(below.system, "L")[1] @ easy - 0.1


def test_a_branch_is_straight_in_linear_response_and_has_no_fold():
    case = LINEAR_CASES["B_tunnel_asym_finite_060"]["input"]
    solver = steady(stack(case), drive(case))
    expected = solver.unknowns.copy()
    point = Branch(solver).advance(Branch(solver).start, np.sqrt(2.0))
    assert point.load == pytest.approx(1, rel=1e-8)
    expected.axpy(-1.0, point.state)
    assert expected.norm() < 1e-8 * point.state.norm()
    with pytest.raises(NotConverged, match="do not end"):
        find_fold(solver)
