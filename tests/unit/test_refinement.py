# SPDX-License-Identifier: MIT
"""Steps that go on until they change nothing, and what they say that another one would change."""

from __future__ import annotations

import numpy as np
import pytest
from petsc4py import PETSc

from fem_sf.errors import NotConverged
from fem_sf.solve.refinement import Groups, Refined, refine

SOLUTION = np.array([2.0, -3e-9, 1.0])
MATRIX = np.array([[4.0, 1e8, 1.0], [0.0, 2.0, 0.0], [1.0, 0.0, 3.0]])
GROUPS = Groups(np.array([0, 1, 0]), np.array([0, 1]))
"""The second unknown is of a unit of its own."""


def refined(off: float, most: int = 30) -> tuple[Refined, np.ndarray]:
    """Solve with an operator that is too large by a fraction, from zero."""
    operator = PETSc.Mat().createDense(MATRIX.shape, array=(1 + off) * MATRIX, comm=PETSc.COMM_SELF)
    operator.assemble()
    ksp = PETSc.KSP().create(PETSc.COMM_SELF)
    ksp.setOperators(operator)
    ksp.setType("preonly")
    ksp.getPC().setType("lu")
    x = operator.createVecRight()

    def evaluate(at: PETSc.Vec, residual: PETSc.Vec) -> None:
        residual.setArray(MATRIX @ (at.getArray() - SOLUTION))

    report = refine(evaluate, lambda: None, ksp, x, GROUPS, most)
    return report, x.getArray().real.copy()


@pytest.mark.parametrize("off", (1e-2, 1e-4))
def test_what_another_step_would_change(off: float) -> None:
    """The k-th step changes (1 − r) rᵏ⁻¹ of all, r = ε/(1 + ε): the next one r times the last."""
    report, found = refined(off)
    ratio = off / (1 + off)
    np.testing.assert_allclose(found, SOLUTION, rtol=1e-12)
    expected = (1 - ratio) * ratio**report.steps
    assert 0 < expected < 1e-13
    assert report.error == pytest.approx(expected, rel=0.05, abs=0)
    np.testing.assert_allclose(np.array(report.history[1:]) / report.history[:-1], ratio, rtol=0.05)


def test_steps_that_get_no_smaller_are_no_solution() -> None:
    """r = −2: each step is off by twice as much as the one before."""
    with pytest.raises(NotConverged, match="did not settle in 12 steps"):
        refined(-2 / 3, 12)


def test_changes_are_measured_by_the_largest_of_their_unit() -> None:
    change, sizes = np.array([1e-3, 1e-6]), np.array([2.0, 1e-5])
    assert GROUPS.relative(change, sizes) == pytest.approx(0.1)
    of_one_unit = Groups(GROUPS.labels, np.array([0, 0]))
    assert of_one_unit.relative(change, sizes) == pytest.approx(5e-4)
    assert GROUPS.relative(np.zeros(2), np.zeros(2)) == 0.0
