# SPDX-License-Identifier: MIT
"""The Riccati action against 4×4 matrices, and its written variations against differences of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from fem_sf.usadel import riccati_algebra as algebra
from fem_sf.usadel.quaternion import ONE, Quaternion, half_trace, quaternion
from fem_sf.usadel.riccati_algebra import NO_GRADIENTS, Amplitudes, Gradients, Step

SIGMA = np.array([[[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]], dtype=complex)
DIRECTIONS = 2
STIFFNESS, COUPLING = 1.4, 1.3
RANDOM = np.random.default_rng(7)


def random_numbers(count: int) -> NDArray[np.complex128]:
    return RANDOM.normal(size=count) + 1j * RANDOM.normal(size=count)


def random_quaternion(size: float = 0.4) -> Quaternion:
    return quaternion(size * random_numbers(4))


def several() -> list[Quaternion]:
    return [random_quaternion() for _ in range(DIRECTIONS)]


def random_step() -> Step:
    return Step(random_quaternion(), random_quaternion(), several(), several())


HERE = Amplitudes(random_quaternion(), random_quaternion())
THERE = Amplitudes(random_quaternion(), random_quaternion())
GRADIENTS = Gradients(several(), several(), STIFFNESS)
FREQUENCY = random_quaternion()
DELTA, DELTA_CONJUGATE = random_numbers(2)


def matrix(q: Quaternion) -> NDArray[np.complex128]:
    return q.scalar * np.eye(2) + 1j * np.tensordot(q.vector, SIGMA, axes=1)


def green_function(at: Amplitudes) -> NDArray[np.complex128]:
    one, gamma, tilde = np.eye(2), matrix(at.gamma), matrix(at.gamma_tilde)
    norm, norm_tilde = np.linalg.inv(one + gamma @ tilde), np.linalg.inv(one + tilde @ gamma)
    return np.block(
        [
            [norm @ (one - gamma @ tilde), 2 * norm @ gamma],
            [2 * norm_tilde @ tilde, -norm_tilde @ (one - tilde @ gamma)],
        ]
    )


def moved(at: Amplitudes, step: Step, size: complex) -> Amplitudes:
    return Amplitudes(
        at.gamma + step.gamma.times(size), at.gamma_tilde + step.gamma_tilde.times(size)
    )


def moved_gradients(step: Step, size: complex) -> Gradients:
    def along(slopes: Sequence[Quaternion], steps: Sequence[Quaternion]) -> list[Quaternion]:
        return [one + other.times(size) for one, other in zip(slopes, steps, strict=True)]

    return Gradients(
        along(GRADIENTS.gamma, step.gamma_gradient),
        along(GRADIENTS.gamma_tilde, step.gamma_tilde_gradient),
        STIFFNESS,
    )


def slope(function: Callable[[complex], complex]) -> complex:
    """Derivative at 0 of a holomorphic function, to rounding, from points on a small circle."""
    points = 0.02 * np.exp(2j * np.pi * np.arange(16) / 16)
    return complex(np.mean([function(point) / point for point in points]))


def layer_projections(at: Amplitudes) -> algebra.Projections:
    return algebra.layer_projections(at, FREQUENCY, DELTA, DELTA_CONJUGATE)


def layer_action(at: Amplitudes, gradients: Gradients) -> complex:
    return algebra.layer_action(at, gradients, FREQUENCY, DELTA, DELTA_CONJUGATE)


def at_plane(step: Step) -> Step:
    return Step(step.gamma, step.gamma_tilde)


def test_products_traces_and_inverses_are_those_of_matrices():
    one, other = random_quaternion(), random_quaternion()
    assert matrix(one @ other) == pytest.approx(matrix(one) @ matrix(other), abs=1e-14)
    trace = np.trace(matrix(one) @ matrix(other)) / 2
    assert half_trace(one, other) == pytest.approx(trace, abs=1e-14)
    assert matrix(one @ one.inverse()) == pytest.approx(matrix(ONE), abs=1e-14)


def test_layer_action_is_that_of_the_4_by_4_matrices():
    """½ {(a/4) tr(∇g)² − ½ tr[H (g − τ_3)]} with D = 2a, in one step of ∇."""
    one = np.eye(2)
    hamiltonian = np.block(
        [[matrix(FREQUENCY), DELTA * one], [DELTA_CONJUGATE * one, -matrix(FREQUENCY)]]
    )
    normal = np.diag([1.0, 1.0, -1.0, -1.0])
    expected = -np.trace(hamiltonian @ (green_function(HERE) - normal)) / 4
    for k in range(DIRECTIONS):
        along = Step(GRADIENTS.gamma[k], GRADIENTS.gamma_tilde[k])
        points = 0.02 * np.exp(2j * np.pi * np.arange(16) / 16)
        change = np.mean([green_function(moved(HERE, along, z)) / z for z in points], axis=0)
        expected += STIFFNESS / 16 * np.trace(change @ change)
    assert layer_action(HERE, GRADIENTS) == pytest.approx(expected, abs=1e-12)


def test_barrier_action_is_that_of_the_4_by_4_matrices():
    product = np.trace(green_function(HERE) @ green_function(THERE))
    expected = COUPLING / 2 * (2 - product / 2)
    found = algebra.barrier_action(HERE, THERE, COUPLING)
    assert found == pytest.approx(expected, abs=1e-12)
    assert algebra.barrier_action(THERE, HERE, COUPLING) == pytest.approx(expected, abs=1e-12)


def test_layer_variations_are_derivatives():
    step, other = random_step(), random_step()

    def action(size: complex) -> complex:
        return layer_action(moved(HERE, step, size), moved_gradients(step, size))

    def variation(size: complex) -> complex:
        at = moved(HERE, other, size)
        return algebra.variation(at, moved_gradients(other, size), layer_projections(at), step)

    assert variation(0) == pytest.approx(slope(action), abs=1e-11)
    second = algebra.second_variation(HERE, GRADIENTS, layer_projections(HERE), step, other)
    assert second == pytest.approx(slope(variation), abs=1e-10)


def test_barrier_variations_are_derivatives():
    step, other = at_plane(random_step()), at_plane(random_step())

    def action(size: complex) -> complex:
        return algebra.barrier_action(moved(HERE, step, size), THERE, COUPLING)

    def variation(size: complex, on: Amplitudes) -> complex:
        here, there = (moved(each, other, size) if each is on else each for each in (HERE, THERE))
        projections = algebra.barrier_projections(here, there, COUPLING)
        return algebra.variation(here, NO_GRADIENTS, projections, step)

    assert variation(0, HERE) == pytest.approx(slope(action), abs=1e-11)
    projections = algebra.barrier_projections(HERE, THERE, COUPLING)
    second = algebra.second_variation(HERE, NO_GRADIENTS, projections, step, other)
    assert second == pytest.approx(slope(lambda size: variation(size, HERE)), abs=1e-10)
    mixed = algebra.mixed_variation(HERE, THERE, COUPLING, step, other)
    assert mixed == pytest.approx(slope(lambda size: variation(size, THERE)), abs=1e-10)


def test_turning_the_phase_changes_the_action_by_its_flux():
    """γ → γ(1 + iχ), γ̃ → γ̃(1 − iχ) with ∇χ along one direction and χ = 0 here."""
    turn = Step(
        ONE.times(0),
        ONE.times(0),
        [HERE.gamma.times(1j), ONE.times(0)],
        [HERE.gamma_tilde.times(-1j), ONE.times(0)],
    )
    expected = algebra.variation(HERE, GRADIENTS, layer_projections(HERE), turn)
    found = algebra.phase_fluxes(HERE, GRADIENTS)[0]
    assert found == pytest.approx(expected, abs=1e-13)
