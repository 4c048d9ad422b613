# SPDX-License-Identifier: MIT
"""The density of states at an energy is the same on the way to it from anywhere."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.polynomial import chebyshev
from numpy.typing import NDArray

from fem_sf import (
    Interface,
    Layer,
    MeshSettings,
    Normal,
    SolverSettings,
    SpectrumSettings,
    Stack,
    Superconductor,
    Transparent,
    UsadelCase,
    run_case,
)
from fem_sf.usadel.bulk import bulk_gap
from fem_sf.usadel.continuation import Continuation

BROADENING = 2e-6
"""Of edges that are a twenty-thousandth of Δ wide."""

LENGTH = 10.0
ENERGIES = np.linspace(0.0, 0.1, 21)


def junction(phase: float | None) -> Stack:
    """A long wire so thin that it changes nothing in the superconductors."""
    first = {} if phase is None else {"phase": 0.0}
    second = {} if phase is None else {"phase": phase}
    return Stack(
        [
            Layer("S", Superconductor(**first), 2.0),
            Layer("N", Normal(density_of_states=1e-6), LENGTH),
            Layer("S2", Superconductor(**second), 2.0),
        ],
        [Interface("S", "N", Transparent()), Interface("N", "S2", Transparent())],
    )


def densities(
    energies: NDArray[np.float64], phase: float | None, broadening: float = BROADENING
) -> NDArray[np.float64]:
    """N over the wire and at its ends, shape (energies, places)."""
    result = run_case(
        UsadelCase(
            stack=junction(phase),
            temperature=0.1,
            gap="bulk",
            spectra=(SpectrumSettings(tuple(energies.tolist()), broadening),),
            mesh=MeshSettings(refinement=0.7),
            solver=SolverSettings(error_estimate=False),
        )
    )
    layer = result.spectra[0].layers["N"]
    return np.stack([layer.mean[:, 0], layer.left[:, 0], layer.right[:, 0]], axis=1)


@pytest.fixture(scope="module", params=[None, pytest.param(1.2, marks=pytest.mark.slow)])
def known(request) -> tuple[float | None, NDArray[np.float64]]:
    """A phase, and N at ``ENERGIES``."""
    return request.param, densities(ENERGIES, request.param)


def test_nothing_is_negative(known):
    """What there is in the gap is of the size of η, and positive."""
    _, values = known
    assert values.min() > 0
    assert values[0].max() < 100 * BROADENING


@settings(derandomize=True, deadline=None, max_examples=3)
@given(places=st.lists(st.integers(0, 20), min_size=1, max_size=6, unique=True))
def test_any_grid_gives_the_same(known, places: list[int]):
    """Single energies, far apart, in any order: what was asked before leaves no trace."""
    phase, values = known
    found = densities(ENERGIES[places], phase)
    assert found == pytest.approx(values[places], abs=1e-8)


def test_energies_can_be_reached_without_the_ones_before(known, monkeypatch):
    """Where a way along the energies ends, the next one is reached from a large η."""
    phase, values = known
    step = Continuation._try

    def never_along(self, omega, at, behind):
        # the parameter of the way along the energies is the energy
        return np.inf if at == -omega.imag else step(self, omega, at, behind)

    monkeypatch.setattr(Continuation, "_try", never_along)
    places = [0, 4, 9, 15]
    assert densities(ENERGIES[places], phase) == pytest.approx(values[places], abs=1e-8)


def wire_alone(energy: float, gap: float) -> float:
    """N over a wire between two bulks, by collocation at Chebyshev's points."""
    order = 48
    nodes = np.cos(np.pi * np.arange(order + 1) / order)
    values = chebyshev.chebvander(nodes, order)
    slopes = np.stack(
        [chebyshev.chebval(nodes, chebyshev.chebder(row, 2)) for row in np.eye(order + 1)], axis=1
    )
    bend = (2 / LENGTH) ** 2 * slopes @ np.linalg.inv(values)
    theta = np.zeros(order + 1, dtype=complex)
    for broadening in np.geomspace(10.0, BROADENING, 40):
        omega = complex(broadening, -energy)
        theta[[0, -1]] = np.arctan(gap / omega)
        for _ in range(20):
            left = (bend @ theta - omega * np.sin(theta))[1:-1]
            theta[1:-1] -= np.linalg.solve(
                (bend - omega * np.diag(np.cos(theta)))[1:-1, 1:-1], left
            )
    primitive = chebyshev.chebint(np.linalg.solve(values, np.cos(theta)))
    return float(chebyshev.chebval([-1, 1], primitive).real @ [-0.5, 0.5])


def test_a_thin_wire_is_solved_as_well_as_what_it_hangs_on():
    """Of its share in the residual Newton's method could not tell whether it is solved."""
    energy = 0.08
    expected = wire_alone(energy, bulk_gap(0.1))
    assert expected > 0.5
    (found,) = densities(np.array([energy]), None)
    assert found[0] == pytest.approx(expected, rel=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("count", [51, 101, 201])
def test_grids_of_a_junction_with_phases(count: int):
    energies = np.linspace(0.0, 0.1, count)
    values = densities(energies, 0.0)
    assert values.min() > 0
    every = (count - 1) // 10
    assert values[::every] == pytest.approx(densities(energies[::-every], 0.0)[::-1], abs=1e-8)
