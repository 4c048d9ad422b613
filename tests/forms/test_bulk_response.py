# SPDX-License-Identifier: MIT
"""The gap's tangent in a homogeneous superconductor, and its inverse in front of that of stacks."""

from __future__ import annotations

import math

import numpy as np
import pytest
from mpi4py import MPI
from petsc4py import PETSc

from fem_sf.interfaces import KupriyanovLukichev, Transparent
from fem_sf.materials import Ferromagnet, Normal, Superconductor
from fem_sf.settings import SolverSettings
from fem_sf.signs import NO_SIGNS
from fem_sf.solve.blocks import BlockMatrix
from fem_sf.stack import Interface, Layer, Stack
from fem_sf.usadel.bulk import bulk_gap
from fem_sf.usadel.bulk_response import BulkInverse, inverse_tangent, tangent
from fem_sf.usadel.gap import solve_gap
from fem_sf.usadel.gap_equation import GapEquation
from fem_sf.usadel.matsubara import frequency_sum
from fem_sf.usadel.reservoirs import reservoirs
from fem_sf.usadel.sweep import FrequencySweep
from fem_sf.usadel.system import UsadelSystem
from support import graded, interval, layered, uniform

LENGTH, DENSITY, DIFFUSIVITY = 1.7, 1.3, 0.6


def homogeneous(temperature: float) -> GapEquation:
    """A superconductor by itself at the gap of the bulk, solved there."""
    stack = Stack([Layer("S", Superconductor(DIFFUSIVITY, DENSITY))])
    mesh = layered(interval(("S", uniform(LENGTH, 20))), MPI.COMM_SELF)
    system = UsadelSystem(stack, mesh, 4)
    sweep = FrequencySweep(system, frequency_sum(temperature), SolverSettings())
    equation = GapEquation(sweep, lambda done, total: None)
    delta = equation.start(bulk_gap(temperature), NO_SIGNS)
    equation.residual(delta, equation.layout.vector())
    return equation


def wave(equation: GapEquation, halves: int) -> PETSc.Vec:
    """cos kx with so many half waves, which no flux leaves."""
    (gap,) = equation.sweep.system.gaps.values()
    gap.interpolate(lambda x: np.cos(halves * math.pi * x[0] / LENGTH))
    vector = equation.layout.vector()
    equation.layout.from_functions(vector)
    return vector


def scale(halves: int) -> np.ndarray:
    """The λ = a k² of such a wave."""
    return np.array([DIFFUSIVITY * (halves * math.pi / LENGTH) ** 2])


@pytest.mark.parametrize("temperature", [0.0, 0.3, 0.95])
@pytest.mark.parametrize("halves", [0, 1, 5])
def test_tangent_of_waves(temperature: float, halves: int) -> None:
    equation = homogeneous(temperature)
    step, image = wave(equation, halves), equation.layout.vector()
    equation.tangent(step, image)
    factor = tangent(equation.sweep.frequency_sum, scale(halves)).item()
    difference = image.getArray() - factor * step.getArray()
    assert np.abs(difference).max() < 1e-6


@pytest.mark.parametrize("halves", [0, 1, 5])
def test_inverse_of_waves(halves: int) -> None:
    """The sum of poles, each by a solve on the mesh."""
    equation = homogeneous(0.3)
    mass = BlockMatrix(equation.sweep.system.compile_gap_mass())
    mass.assemble()
    inverse = BulkInverse(equation.sweep.system, equation.sweep.frequency_sum, mass)
    step, image = wave(equation, halves), equation.layout.vector()
    inverse.apply(PETSc.PC(), step, image)
    factor = inverse_tangent(equation.sweep.frequency_sum)(scale(halves)).item()
    difference = image.getArray() - factor * step.getArray()
    assert np.abs(difference).max() < 1e-6 * factor


@pytest.mark.parametrize("temperature", [0.0, 0.02, 0.3, 0.7, 0.95, 0.999, 1 - 1e-14])
def test_poles_meet_the_inverse_within_a_quarter(temperature: float) -> None:
    rule = frequency_sum(temperature)
    scales = np.concatenate([[0.0], np.geomspace(2e-4, 3e7, 97)])
    product = inverse_tangent(rule)(scales) * tangent(rule, scales)
    assert product == pytest.approx(np.ones(len(scales)), abs=0.25)


def test_first_pole_next_to_tc_is_that_of_ginzburg_and_landau() -> None:
    """There Δ heals over ξ_GL/√2, with ξ_GL² = (π/4) a/(1 − T/Tc) for a dirty superconductor."""
    below = 1e-4
    first = inverse_tangent(frequency_sum(1 - below)).poles[0]
    assert first == pytest.approx(2 / (math.pi / 4 / below), rel=1e-3)


def test_all_is_rigid_at_short_distances_and_soft_next_to_tc() -> None:
    """t goes to 1 at large k; t(0) = 2 (1 − T/Tc)/(Σ W/E) next to Tc, as for any BCS gap."""
    rule = frequency_sum(1 - 1e-4)
    stiffness = np.sum(rule.weights / np.hypot(rule.frequencies, bulk_gap(rule.temperature)))
    assert tangent(rule, np.zeros(1)).item() == pytest.approx(2e-4 / stiffness, rel=1e-3)
    far = tangent(frequency_sum(0.3), np.array([1e3, 1e6, 1e12]))
    assert np.all(np.diff(far) > 0)
    assert far[-1] == pytest.approx(1, abs=1e-3)


FERROMAGNET = Ferromagnet(0.5, 1.0, 15.0)
STACKS = {
    "bilayer": (
        Stack(
            [Layer("F", FERROMAGNET), Layer("S", Superconductor())],
            [Interface("F", "S", KupriyanovLukichev(0.1, "F"))],
        ),
        0.1,
    ),
    "valve": (
        Stack(
            [
                Layer("F", Ferromagnet(0.7, 1.2, (4.0, 0.0, 3.0))),
                Layer("S", Superconductor(1.1, 0.9)),
                Layer("F2", Ferromagnet(0.6, 1.1, (0.0, 0.0, 5.0))),
            ],
            [
                Interface("F", "S", KupriyanovLukichev(0.9, "F")),
                Interface("S", "F2", KupriyanovLukichev(1.3, "S")),
            ],
        ),
        0.4,
    ),
    "contact": (
        Stack(
            [Layer("S", Superconductor()), Layer("N", Normal(1.4, 1.2))],
            [Interface("S", "N", Transparent())],
        ),
        0.6,
    ),
    "junction": (
        Stack(
            [
                Layer("S", Superconductor(phase=0.0)),
                Layer("N", Normal(0.8, 1.1)),
                Layer("S2", Superconductor(1.2, 0.9, 1.1)),
            ],
            [
                Interface("S", "N", KupriyanovLukichev(0.5, "N")),
                Interface("N", "S2", KupriyanovLukichev(0.8, "N")),
            ],
        ),
        0.3,
    ),
}
SIZES = {
    "F": uniform(0.5, 5)[::-1],
    "N": uniform(0.6, 5),
    "S": graded(2.4, 0.05, 1.5, 6),
    "S2": graded(2.1, 0.05, 1.5, 6),
    "F2": uniform(0.4, 4),
}


@pytest.mark.parametrize("kind", STACKS)
def test_few_products_lead_to_the_gap(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A step of the gap takes some five to eight products with the tangent, not twenty."""
    stack, temperature = STACKS[kind]
    mesh = layered(interval(*((name, SIZES[name]) for name in stack.names)), MPI.COMM_SELF)
    system = UsadelSystem(stack, mesh, 3)
    held = reservoirs(system, temperature)
    rule = frequency_sum(temperature)
    sweep = FrequencySweep(system, rule, SolverSettings(), reservoirs=held)
    equation = GapEquation(sweep, lambda done, total: None)
    products = []
    product = equation.tangent
    monkeypatch.setattr(equation, "tangent", lambda *each: products.append(product(*each)))
    report = solve_gap(equation, 10)
    assert report.state == "superconducting"
    assert len(products) <= 8 * (report.sweeps - 1)
