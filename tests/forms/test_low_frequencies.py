# SPDX-License-Identifier: MIT
"""A low frequency has one right solution, however far away the solved ones are."""

from __future__ import annotations

import numpy as np
import pytest
from mpi4py import MPI

from fem_sf.mesh.build import checked_geometry
from fem_sf.mesh.layers import LayeredMesh
from fem_sf.settings import MeshSettings, SolverSettings
from fem_sf.usadel.bulk import bulk_gap
from fem_sf.usadel.given_gap import fill_gap
from fem_sf.usadel.matsubara import frequencies_alone
from fem_sf.usadel.sweep import (
    LARGEST_RATIO,
    FrequencySweep,
    frequencies_between,
    new_linearisation,
)
from fem_sf.usadel.system import UsadelSystem
from reference_cases import bilayer, ferromagnet


@pytest.fixture(scope="module")
def system() -> UsadelSystem:
    """Fig. 1's bilayer, where Newton's method from θ = 0 goes astray below 0.5 Tc."""
    stack = bilayer(10.0, ferromagnet(0.5, 0.5, 15.0), 1.0, 0.1)
    geometry = checked_geometry(stack, MeshSettings(refinement=0.5))
    system = UsadelSystem(stack, LayeredMesh.distribute(MPI.COMM_SELF, geometry), 4)
    fill_gap(system, bulk_gap(0.1), {})
    return system


def solved(system: UsadelSystem, frequencies: list[float]) -> np.ndarray:
    """θ at the lowest of these."""
    sweep = FrequencySweep(system, frequencies_alone(0.1, frequencies), SolverSettings())
    assert len(list(sweep.solve([new_linearisation(sweep)], 1e-11))) == len(frequencies)
    return sweep.theta[0].getArray().copy()


@pytest.mark.parametrize("omega", [0.1, 0.3, 0.45])
@pytest.mark.parametrize("above", [[], [28.0], [28.0, 5e3], [3.0, 4.0, 5.0, 6.0]])
def test_same_as_in_many_small_steps(
    system: UsadelSystem, omega: float, above: list[float]
) -> None:
    followed = solved(system, list(np.geomspace(omega, 100.0, 60)))
    assert solved(system, [omega, *above]) == pytest.approx(followed, abs=1e-9)
    assert 0 < followed.real.max() < np.pi / 2, "the singlet of the right branch"


@pytest.mark.parametrize(("omega", "reached"), [(0.1, np.inf), (0.01, 20.0), (0.2, 2.0)])
def test_no_large_step_to_a_low_frequency(omega: float, reached: float) -> None:
    stops = [omega, *frequencies_between(omega, reached)]
    assert np.all(np.diff(stops) > 0)
    assert max(stops) < reached
    assert np.max(np.divide(stops[1:], stops[:-1])) <= LARGEST_RATIO * (1 + 1e-12)
    assert min(reached, 3.0) / stops[-1] <= LARGEST_RATIO * (1 + 1e-12)


@pytest.mark.parametrize(("omega", "reached"), [(0.3, 0.9), (3.5, np.inf), (10.0, 1e5), (2.0, 1.0)])
def test_none_between_where_any_start_will_do(omega: float, reached: float) -> None:
    assert frequencies_between(omega, reached) == []
