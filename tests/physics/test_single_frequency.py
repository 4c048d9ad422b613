# SPDX-License-Identifier: MIT
"""θ_+ of a bilayer at one frequency and a given Δ, against independent numbers."""

from __future__ import annotations

import numpy as np
import pytest

from fem_sf.mesh.build import checked_geometry
from fem_sf.settings import MeshSettings, SolverSettings
from fem_sf.usadel.matsubara import FrequencySum
from fem_sf.usadel.sweep import FrequencySweep, new_linearisation
from fem_sf.usadel.system import UsadelSystem
from reference_cases import bilayer, ferromagnet, reference
from support import layered

RESIDUAL = 1e-11


def descent(omega: float) -> FrequencySum:
    """Frequencies from far above down to ω: from θ = 0, only there Newton finds its way."""
    frequencies = omega * 4.0 ** np.arange(6)
    weights = np.ones_like(frequencies)
    return FrequencySum(0.0, frequencies, weights, weights)


def theta_at_ends(row: dict, degree: int, refinement: float) -> dict[str, complex]:
    f = ferromagnet(row["rD"], row["ratio"], row["J"])
    stack = bilayer(row["dS"], f, row["dF"], row["gammaF"])
    mesh = layered(checked_geometry(stack, MeshSettings(refinement=refinement)))
    system = UsadelSystem(stack, mesh, degree)
    system.gaps["S"].x.array[:] = row["Delta"]
    sweep = FrequencySweep(system, descent(row["omega"]), SolverSettings())
    list(sweep.solve([new_linearisation(sweep)], RESIDUAL))
    sweep.select(0)
    ends = {}
    for layer, (left, right) in {"S": ("S_vac", "S_if"), "F": ("F_if", "F_vac")}.items():
        theta = system.theta_of(layer)
        x = theta.function_space.tabulate_dof_coordinates()[:, 0]
        ends[left], ends[right] = theta.x.array[x.argmin()], theta.x.array[x.argmax()]
    return ends


@pytest.mark.parametrize(("degree", "refinement"), ((2, 4.0), (3, 1.0), (4, 1.0)))
@pytest.mark.parametrize("row", reference("unit_single_omega"))
def test_theta_at_the_ends_of_both_layers(row, degree, refinement):
    expected = {key: complex(*pair) for key, pair in row["theta_plus"].items()}
    scale = max(map(abs, expected.values()))
    for key, value in theta_at_ends(row, degree, refinement).items():
        assert abs(value - expected[key]) < 1e-7 * min(1, scale), key


@pytest.mark.parametrize("row", reference("unit_single_omega"))
def test_antiparallel_exchange_field_conjugates(row):
    """θ_+(−J) = θ_+(J)*, which is θ_−."""
    flipped = theta_at_ends({**row, "J": -row["J"]}, 3, 1.0)
    for key, value in theta_at_ends(row, 3, 1.0).items():
        assert flipped[key] == pytest.approx(np.conj(value), abs=1e-9)
