# SPDX-License-Identifier: MIT
"""From where a mode that grows comes down to the state that it leads to."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from petsc4py import PETSc

from fem_sf.usadel.growth import climb

MODE = np.array([0.2, -0.7, 0.4])


def vector(values: np.ndarray) -> PETSc.Vec:
    return PETSc.Vec().createWithArray(values.astype(PETSc.ScalarType), comm=PETSc.COMM_SELF)


class Quartic:
    """G(Δ) − Δ = (a² − |Δ|²) Δ: pushes up below the amplitude a of its branch, down above it."""

    def __init__(self, amplitude: float):
        self.amplitude = amplitude
        self.layout = SimpleNamespace(vector=lambda: vector(np.zeros(3)))
        self.sweep = SimpleNamespace(restart=lambda: None)

    def residual(self, delta: PETSc.Vec, result: PETSc.Vec) -> None:
        size = delta.norm(PETSc.NormType.NORM_INFINITY)
        delta.copy(result)
        result.scale(size**2 - self.amplitude**2)


@pytest.mark.parametrize("amplitude", (1.7, 0.9, 0.31, 0.02))
@pytest.mark.parametrize("scale", (1.0, 1e-4))
def test_the_start_is_above_the_branch_by_a_factor_of_two_at_most(
    amplitude: float, scale: float
) -> None:
    bulk, delta = 1.76, vector(np.zeros(3))
    climb(Quartic(amplitude), vector(scale * MODE), bulk, delta)
    found = delta.getArray().real
    size = np.abs(found).max()
    assert amplitude < size <= min(2 * amplitude, bulk) * (1 + 1e-12)
    np.testing.assert_allclose(found, MODE * size / 0.7, rtol=1e-12)
