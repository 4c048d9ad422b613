# SPDX-License-Identifier: MIT
"""Where cells are too large, against integrals by hand of a θ that is given."""

from __future__ import annotations

import numpy as np
import pytest

from fem_sf import Ferromagnet, Insulating, Interface, Layer, Stack, Superconductor
from fem_sf.settings import SolverSettings
from fem_sf.usadel.indicator import cell_indicators
from fem_sf.usadel.matsubara import FrequencySum
from fem_sf.usadel.sweep import FrequencySweep
from fem_sf.usadel.system import UsadelSystem
from support import interval, layered

SIZES = {"S": np.array([0.5, 0.2, 0.3]), "F": np.array([0.7, 0.4])}
WEIGHTS = np.array([1.3, 0.4])
MATERIALS = {"S": Superconductor(diffusivity=1.5, density_of_states=0.8)}
MATERIALS["F"] = Ferromagnet(diffusivity=0.6, density_of_states=1.7, exchange=2.0)


@pytest.fixture(scope="module")
def system() -> UsadelSystem:
    layers = [Layer(name, MATERIALS[name], sizes.sum()) for name, sizes in SIZES.items()]
    stack = Stack(layers, [Interface("S", "F", Insulating())])
    return UsadelSystem(stack, layered(interval(*SIZES.items())), 3)


def test_what_quadratic_elements_miss_of_a_cubic(system: UsadelSystem) -> None:
    """In a cell of size h, c x³ less its interpolant at both ends and the middle is c(ξ³ − h²ξ/4).

    ∫(3ξ² − h²/4)² = h⁵/20, to be weighted with ν a/2 and the weights of the frequencies.
    """
    rule = FrequencySum(0.5, np.array([1.0, 3.0]), WEIGHTS, np.zeros(2))
    sweep = FrequencySweep(system, rule, SolverSettings())
    amplitudes = np.array([0.3 - 0.4j, 1.1j])
    for amplitude, theta in zip(amplitudes, sweep.theta, strict=True):
        for conductor in system.conductors:
            conductor.theta.interpolate(lambda x, c=amplitude: c * x[0] ** 3)
        system.layout.from_functions(theta)
    squares = float(WEIGHTS @ np.abs(amplitudes) ** 2)
    expected = [
        MATERIALS[name].density_of_states * MATERIALS[name].diffusivity / 2 * squares * h**5 / 20
        for name, sizes in SIZES.items()
        for h in sizes
    ]
    np.testing.assert_allclose(cell_indicators(sweep), expected, rtol=1e-10)


def test_nothing_is_missed_of_a_parabola(system: UsadelSystem) -> None:
    rule = FrequencySum(0.5, np.ones(1), np.ones(1), np.zeros(1))
    sweep = FrequencySweep(system, rule, SolverSettings())
    for conductor in system.conductors:
        conductor.theta.interpolate(lambda x: (1 + 2j) * x[0] ** 2 - x[0])
    system.layout.from_functions(sweep.theta[0])
    assert np.abs(cell_indicators(sweep)).max() < 1e-25
