# SPDX-License-Identifier: MIT
"""Linear conditions on unknowns of several fields, on toy numbers and in real systems."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from fem_sf.solve.elimination import Condition, Elimination, Nodes, eliminate

FloatArray = NDArray[np.float64]


def nodes(first: int, places: list[float], size: int = 1) -> Nodes:
    """Nodes of a field whose unknowns follow one another from `first`, on a line."""
    points = np.zeros((len(places), 3))
    points[:, 0] = places
    return Nodes(first + size * np.arange(len(places)), points, size)


def condition(
    sets: tuple[Nodes, ...],
    rows: list[list[float]],
    given: FloatArray | list[float],
    test: list[list[float]] | None = None,
    common: tuple[list[float], list[float], int] | None = None,
) -> Condition:
    trial = np.array(rows, dtype=float)
    nothing = np.zeros(len(trial))
    tied, tied_test, unknown = common or (nothing, nothing, None)
    return Condition(
        sets,
        trial,
        trial if test is None else np.array(test, dtype=float),
        np.array(given, dtype=float),
        np.array(tied, dtype=float),
        np.array(tied_test, dtype=float),
        unknown,
    )


def dense(found: Elimination) -> tuple[FloatArray, FloatArray, FloatArray]:
    return found.trial.toarray(), found.test.toarray(), found.given


def assert_holds(rows: FloatArray, given: FloatArray, found: Elimination) -> None:
    """E (T y + g) = b whatever y, with as many unknowns free as there can be."""
    trial, _, constant = dense(found)
    assert rows @ trial == pytest.approx(0, abs=1e-13)
    assert rows @ constant == pytest.approx(given, abs=1e-13)
    assert trial.shape[1] == len(constant) - np.linalg.matrix_rank(rows)
    assert np.linalg.matrix_rank(trial) == trial.shape[1]
    assert np.array_equal(trial[found.free], np.eye(trial.shape[1]))


def test_nothing_to_eliminate():
    found = eliminate([], (0, 4), 4)
    assert np.array_equal(found.trial.toarray(), np.eye(4))
    assert found.symmetric
    assert not found.given.any()


def test_given_values():
    """Different ones at different places, in the order of the nodes."""
    wanted = np.array([[3.0, -1.0], [5.0, 2.0]])
    fixed = condition((nodes(2, [0.0, 1.0], 2),), [[1, 0], [0, 1]], wanted)
    found = eliminate([fixed], (0, 8), 8)
    assert found.given.tolist() == [0, 0, 3, -1, 5, 2, 0, 0]
    assert found.free.tolist() == [0, 1, 6, 7]
    assert_holds(np.eye(8)[2:6], wanted.ravel(), found)


def test_two_fields_meet():
    """Nodes are matched by place, however each field orders its own."""
    left = nodes(0, [0.0, 1.0, 2.0])
    right = Nodes(left.unknowns + 3, left.points[[2, 0, 1]], 1)
    found = eliminate([condition((left, right), [[2, -1]], [0.5])], (0, 6), 6)
    rows = np.zeros((3, 6))
    for row, (a, b) in enumerate(((0, 4), (1, 5), (2, 3))):
        rows[row, [a, b]] = 2, -1
    assert_holds(rows, np.full(3, 0.5), found)
    assert found.symmetric


def test_places_differ_by_rounding():
    left, right = nodes(0, [1e3]), nodes(1, [1e3 * (1 + 1e-14)])
    found = eliminate([condition((left, right), [[1, -1]], [0.0])], (0, 2), 2)
    assert found.trial.toarray().tolist() == [[1], [1]]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_three_fields_meet_in_a_point(order: tuple[int, int, int]):
    """All three pairs agree: two of the three conditions say everything."""
    fields = [nodes(0, [0.0, 1.0]), nodes(2, [1.0, 2.0]), nodes(4, [1.0, 3.0])]

    def at(which: int, place: float) -> Nodes:
        return fields[which].where(fields[which].points[:, 0] == place)

    pairs = [(0, 1), (1, 2), (0, 2)]
    agreements = [condition((at(a, 1.0), at(b, 1.0)), [[1, -1]], [0.0]) for a, b in pairs]
    found = eliminate([agreements[i] for i in order], (0, 6), 6)
    rows = np.zeros((3, 6))
    # unknowns at x = 1: 1, 2 and 4
    for row, (a, b) in enumerate(((1, 2), (2, 4), (1, 4))):
        rows[row, [a, b]] = 1, -1
    assert_holds(rows, np.zeros(3), found)
    assert found.trial.shape == (6, 4)


def test_an_agreement_meets_a_given_value():
    """The value is that of both fields, and said once."""
    left, right = nodes(0, [0.0, 1.0]), nodes(2, [0.0, 1.0])
    agreement = condition((left, right), [[1, -1]], [0.0])
    corner = condition((left.where(np.array([True, False])),), [[1]], [7.0])
    again = condition((right.where(np.array([True, False])),), [[1]], [7.0])
    rows = np.array([[1, 0, -1, 0], [0, 1, 0, -1], [1, 0, 0, 0]])
    for conditions in ([agreement, corner, again], [corner, again, agreement]):
        found = eliminate(conditions, (0, 4), 4)
        assert_holds(rows, np.array([0, 0, 7.0]), found)


def test_a_condition_is_not_said_twice():
    """The second of two that differ in what they give alone does not count."""
    place = nodes(0, [0.0])
    found = eliminate([condition((place,), [[1]], [g]) for g in (2.0, 3.0)], (0, 1), 1)
    assert found.given.tolist() == [2.0]
    assert found.trial.shape == (1, 0)


def test_other_test_functions():
    """V − μ = 0 for the unknowns, V' = 0 for the test functions: V depends in both."""
    found = eliminate([condition((nodes(0, [0.0], 2),), [[-1, 1]], [0.4], [[0, 1]])], (0, 2), 2)
    trial, test, given = dense(found)
    assert trial.tolist() == [[1], [1]]
    assert test.tolist() == [[1], [0]]
    assert given.tolist() == [0.0, 0.4]
    assert not found.symmetric


def electrode(leader: int, sets: list[Nodes]) -> list[Condition]:
    """μ = V = y on all nodes (μ, V), y being μ of one of them; of test functions, μ' = y' alone."""
    conditions = []
    for each in sets:
        first = each.unknowns == leader
        if first.any():
            conditions.append(condition((each.where(first),), [[-1, 1]], [0.0], [[0, 1]]))
        conditions.append(
            condition(
                (each.where(~first),),
                [[1, 0], [0, 1]],
                [0.0, 0.0],
                common=([1, 1], [1, 0], leader),
            )
        )
    return conditions


def test_floating_electrode():
    found = eliminate(electrode(2, [nodes(2, [0.0, 1.0, 2.0], 2)]), (0, 10), 10)
    trial, test, _ = dense(found)
    assert found.free.tolist() == [0, 1, 2, 8, 9]
    y = found.free.tolist().index(2)
    assert trial[2:8, y].tolist() == [1] * 6
    assert test[2:8, y].tolist() == [1, 0] * 3
    assert np.delete(trial[2:8], y, axis=1).tolist() == [[0] * 4] * 6


@pytest.mark.parametrize("leader", [0, 2, 4, 6])
@pytest.mark.parametrize("agreement_first", [True, False])
def test_floating_electrode_of_two_fields_that_agree(leader: int, agreement_first: bool):
    """Whichever node is the one that stays, at the common place of both fields or elsewhere."""
    left, right = nodes(0, [0.0, 1.0], 2), nodes(4, [1.0, 2.0], 2)
    meeting = (left.where(np.array([False, True])), right.where(np.array([True, False])))
    agreement = condition(meeting, [[1, 0, -1, 0], [0, 1, 0, -1]], [0.0, 0.0])
    floating = electrode(leader, [left, right])
    conditions = [agreement, *floating] if agreement_first else [*floating, agreement]
    found = eliminate(conditions, (0, 9), 9)
    trial, test, given = dense(found)
    assert found.free.tolist() == [leader, 8]
    assert trial.tolist() == [[1, 0]] * 8 + [[0, 1]]
    assert test.tolist() == [[1, 0], [0, 0]] * 4 + [[0, 1]]
    assert not given.any()


def test_an_electrode_next_to_a_field_that_agrees():
    """The field beyond is no part of the electrode, but follows at the place where it touches."""
    left, beyond = nodes(0, [0.0, 1.0], 2), nodes(4, [0.0, 3.0], 2)
    meeting = (left.where(np.array([True, False])), beyond.where(np.array([True, False])))
    agreement = condition(meeting, [[1, 0, -1, 0], [0, 1, 0, -1]], [0.0, 0.0])
    found = eliminate([agreement, *electrode(0, [left])], (0, 8), 8)
    trial, test, _ = dense(found)
    assert found.free.tolist() == [0, 6, 7]
    assert trial[:, 0].tolist() == [1] * 6 + [0] * 2
    assert test[:, 0].tolist() == [1, 0, 1, 0, 1, 0, 0, 0]


def test_each_rank_has_its_own_rows():
    """Columns are numbered by all free unknowns; an electrode's y belongs to one rank."""
    conditions = [
        *electrode(2, [nodes(2, [0.0, 1.0, 2.0], 2)]),
        condition((nodes(8, [5.0]),), [[1]], [4.0]),
    ]
    whole = eliminate(conditions, (0, 10), 10)
    parts = [eliminate(conditions, own, 10) for own in ((0, 3), (3, 3), (3, 9), (9, 10))]
    for name in ("trial", "test"):
        stacked = np.vstack([getattr(each, name).toarray() for each in parts])
        assert np.array_equal(stacked, getattr(whole, name).toarray())
    assert np.concatenate([each.given for each in parts]).tolist() == whole.given.tolist()
    assert [each.free.tolist() for each in parts] == [[0, 1, 2], [], [], [0]]
