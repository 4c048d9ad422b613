# SPDX-License-Identifier: MIT
"""Runs in time whose relaxation of charge is too short to be followed: rounding hides it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from fem_sf.spin import interfaces as laws
from fem_sf.spin import materials, model
from fem_sf.spin.observables import Faces
from fem_sf.spin.settings import TimeSettings
from fem_sf.spin.steady import uniform
from spin_runs import new_run

TIMES = (0.01, 0.1, 0.5)
CAPACITANCES = [None, 0.7]


def junction(permittivity: float, capacitance: float | None, size: float = 1.0) -> model.Stack:
    """Two magnets; the barrier's capacitance goes with ε where none is given."""
    left = materials.Ferromagnet(
        conductivity=1.7,
        diffusivity=0.6,
        relaxation_time=0.8,
        permittivity=permittivity,
        precession=(0, 0, 5.0),
        polarisation=0.45,
        direction=(0, 0, 1),
    )
    right = materials.Ferromagnet(
        conductivity=0.8,
        diffusivity=0.9,
        relaxation_time=0.5,
        permittivity=permittivity,
        precession=(3.0, 0, 0),
        polarisation=0.3,
        direction=(math.sin(1.1), 0, math.cos(1.1)),
    )
    plates = permittivity if capacitance is None else capacitance
    barrier = model.Interface("F", "G", laws.Tunnel(0.5, 0.3, 0.2), plates)
    layers = [model.Layer("F", left, 0.7 * size), model.Layer("G", right, 0.9 * size)]
    return model.Stack(layers, [barrier])


def currents(
    stack: model.Stack, voltage: float, tolerance: float, times: tuple[float, ...] = TIMES
) -> NDArray[np.float64]:
    """J that enters over the voltage, at some times after a step of it."""
    settings = TimeSettings(end=times[-1], times=times, tolerance=tolerance)
    run = new_run(stack, model.Voltage(voltage), settings)
    faces = Faces(run.system, run.steady.nodes, uniform)
    found = [
        faces.measure().left_end.current.real / voltage
        for state in run.steps()
        if state.time in times
    ]
    assert len(found) == len(times)
    return np.array(found)


@pytest.mark.parametrize("tolerance", [1e-3, 1e-5])
@pytest.mark.parametrize("capacitance", CAPACITANCES)
def test_small_permittivities_come_to_one_limit(
    capacitance: float | None, tolerance: float
) -> None:
    expected = currents(junction(1e-8, capacitance), 1.3, tolerance)
    for permittivity in (1e-11, 1e-12, 1e-14, 1e-20):
        found = currents(junction(permittivity, capacitance), 1.3, tolerance)
        np.testing.assert_allclose(found, expected, rtol=tolerance)


@pytest.mark.parametrize("permittivity", [1e-6, 1e-9, 1e-12, 1e-15])
def test_so_they_do_in_thick_layers(permittivity: float) -> None:
    found = currents(junction(permittivity, None, 30.0), 1.3, 1e-6)
    expected = currents(junction(1e-5, None, 30.0), 1.3, 1e-6)
    np.testing.assert_allclose(found[1:], expected[1:], rtol=1e-5)


@pytest.mark.parametrize("capacitance", CAPACITANCES)
def test_late_currents_are_those_of_the_steady_state(capacitance: float | None) -> None:
    stack = junction(1e-14, capacitance)
    late = currents(stack, 1.0, 1e-5, times=(20.0,))
    run = new_run(stack, model.Voltage(1.0), TimeSettings(end=1.0))
    run.steady.solve()
    steady = Faces(run.system, run.steady.nodes, uniform).measure().left_end.current.real
    np.testing.assert_allclose(late, steady, rtol=1e-5)


@pytest.mark.parametrize("exponent", [-40, 40])
def test_the_size_of_the_drive_changes_no_ratio(exponent: int) -> None:
    stack = junction(1e-14, None)
    found = currents(stack, 2.0**exponent, 1e-4)
    np.testing.assert_allclose(found, currents(stack, 1.0, 1e-4), rtol=1e-12)
