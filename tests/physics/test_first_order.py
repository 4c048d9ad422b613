# SPDX-License-Identifier: MIT
"""Transitions of first order, against algebra and free energies."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from mpi4py import MPI
from scipy.optimize import brentq

from fem_sf import (
    Ferromagnet,
    Interface,
    Layer,
    MeshSettings,
    SolverSettings,
    Stack,
    Superconductor,
    UsadelCase,
    run_case,
)
from fem_sf.interfaces import Insulating, Transparent
from fem_sf.mesh.build import checked_geometry
from fem_sf.mesh.layers import LayeredMesh
from fem_sf.study.usadel_critical import find_critical_temperature, mesh_error
from fem_sf.usadel.bulk import critical_field
from fem_sf.usadel.critical import Instability
from fem_sf.usadel.matsubara import frequency_sum
from fem_sf.usadel.system import UsadelSystem
from fem_sf.usadel.transition import BranchPoint, SuperconductingBranch, critical_temperature
from reference_cases import solved
from thin_bilayer import ThinBilayer


def summary(stack: Stack, temperature: float = 0.5, gap: str | float = 0.0, **options) -> dict:
    """Without a solve of the gap at the temperature of the case, unless one is asked for."""
    case = UsadelCase(
        stack=stack,
        temperature=temperature,
        gap=gap,
        critical_temperature=True,
        solver=SolverSettings(**{"error_estimate": False, **options}),
    )
    return run_case(case).summary


UNSTABLE, STABLE = ThinBilayer(20.0, 400.0, 16.4), ThinBilayer(20.0, 400.0, 17.0)
"""Whose normal state is unstable at low temperatures, and is stable at all of them."""


@pytest.mark.parametrize(
    ("thin", "between"), ((UNSTABLE, (0.37, 0.381)), (STABLE, (0.25, 0.28))), ids=("some", "no")
)
def test_thin_layers_of_which_a_normal_state_is_unstable(thin, between):
    """What the thickness changes is of second order, and is taken away."""
    coarse, fine = (summary(thin.stack(d)) for d in (0.02, 0.01))
    expected = {"critical_temperature": thin.first_order_temperature(*between)}
    if thin is UNSTABLE:
        root = brentq(lambda T: thin.imbalance(T, 1e-4), 0.35, 0.4)
        expected["critical_temperature_linear"] = root
    for key, value in expected.items():
        assert (coarse[key] - value) / (fine[key] - value) == pytest.approx(4, abs=0.2)
        assert (4 * fine[key] - coarse[key]) / 3 == pytest.approx(value, abs=1e-5)
    for each in (coarse, fine):
        assert each["transition"] == "first order"
        assert each["critical_temperature"] > each["critical_temperature_linear"]


def test_a_layer_that_touches_nothing_makes_it_no_other():
    """Its exchange field across that of F asks for θ and M instead of θ_+."""
    alone = UNSTABLE.stack(0.02)
    tilted = Layer("X", Ferromagnet(exchange=(3.0, 0.0, 0.0)), 0.1)
    beside = Stack([*alone.layers, tilted], [*alone.interfaces, Interface("F", "X", Insulating())])
    first, second = summary(alone), summary(beside)
    for key in ("critical_temperature", "critical_temperature_linear"):
        assert second[key] == pytest.approx(first[key], abs=1e-9)
    assert second["transition"] == "first order"


def test_thin_layers_become_a_homogeneous_superconductor_in_a_field():
    """With ν_F d_F/ν_S d_S = r → 0 in good contact, J = h(1 + r)/r; T is off by r (a + b ln r)."""
    field = 1.15
    exact = brentq(lambda T: critical_field(T) - field, 0.1, 0.55, xtol=1e-9)
    r = np.array([5e-4, 2.5e-4, 1.25e-4])
    found = [
        ThinBilayer(1 / x, 1 / x**2, field * (1 + x) / x).first_order_temperature(0.1, 0.4)
        for x in r
    ]
    limit, *_ = np.linalg.solve(np.stack([np.ones(3), r, r * np.log(r)], axis=1), found)
    assert abs(found[-1] - exact) < 0.01
    assert limit == pytest.approx(exact, abs=2e-4)


def split(field: float) -> Stack:
    """A thin S that a much thinner F splits."""
    d_s, d_f = 0.2, 0.002
    exchange = field * (d_s + d_f) / d_f
    return Stack(
        [Layer("S", Superconductor(), d_s), Layer("F", Ferromagnet(exchange=exchange), d_f)],
        [Interface("S", "F", Transparent())],
    )


def test_free_energies_of_both_states_agree_there():
    """From solves at two temperatures nearby, where the superconducting state is found anyway."""
    step = 1e-4
    first = summary(split(1.0), error_estimate=True)
    t_c, error = first["critical_temperature"], first["critical_temperature_error"]
    below, above = (solved(split(1.0), t_c + sign * step).summary for sign in (-1, 1))
    assert below["free_energy"] < 0 < above["free_energy"]
    slope = (above["free_energy"] - below["free_energy"]) / (2 * step)
    middle = (above["free_energy"] + below["free_energy"]) / 2
    # the curvature of F over this step is worth some 1e-7 in T
    assert abs(middle / slope) < 2e-7
    assert 0 < error < 1e-3
    assert first["critical_temperature_linear"] == 0.0


def test_the_mesh_error_is_what_another_degree_finds():
    """To first order in it: the other degree's own critical temperature, found from scratch."""
    case = UsadelCase(stack=split(1.0), temperature=0.5, mesh=MeshSettings(refinement=0.1))
    mesh = LayeredMesh.distribute(MPI.COMM_SELF, checked_geometry(case.stack, case.mesh))
    systems = [UsadelSystem(case.stack, mesh, degree) for degree in (1, 2)]
    other = find_critical_temperature(case, systems[1], "normal", 0.0)
    found = find_critical_temperature(case, systems[0], "normal", 0.0)
    error = mesh_error(case, found, *systems, factor=1.5)
    assert error is not None and found.order == other.order == 1
    expected = 1.5 * abs(other.temperature - found.temperature)
    assert expected > 1e-6
    assert error.transition == pytest.approx(expected, rel=0.05)


def test_a_gap_above_it_is_said_to_be_metastable():
    """Here at all temperatures: the normal state has the lower free energy at T = 0 too."""
    found = summary(split(1.2), temperature=0.1, gap="self-consistent")
    assert found["state"] == "superconducting" and found["checks"]["metastable"]
    assert found["critical_temperature"] == 0.0 and found["transition"] is None
    assert "no critical temperature" in found["note"] and "is metastable" in found["note"]


def test_a_state_that_is_known_leads_there_too():
    """Where the normal state says nothing of it."""
    stack = UNSTABLE.stack(0.02)
    mesh = LayeredMesh.distribute(MPI.COMM_SELF, checked_geometry(stack, MeshSettings()))
    branch = SuperconductingBranch(UsadelSystem(stack, mesh, 4), frequency_sum, SolverSettings())
    silent = Instability(temperature=0.379, sum_error=0.0, slope=-0.2, quartic=1.0)
    assert critical_temperature(silent, branch).order == 2
    found = critical_temperature(silent, branch, superconducting_at=0.3797)
    assert found.order == 1
    doubtful = replace(silent, quartic=0.1)
    assert critical_temperature(doubtful, branch).temperature == pytest.approx(
        found.temperature, abs=1e-8
    )


class Weak:
    """States that begin where the normal state is unstable and end a little above, F = T − T_c."""

    def __init__(self, transition: float, end: float):
        self.transition, self.end = transition, end

    def enter(self, temperature: float) -> BranchPoint | None:
        if temperature > self.end:
            return None
        return BranchPoint(temperature, temperature - self.transition, 1e-12, None, {"S": 1})

    def follow(self, state: BranchPoint, temperature: float) -> BranchPoint | None:
        return self.enter(temperature)

    def select(self, state: BranchPoint) -> None:
        """Nothing holds fields here."""


def test_weak_transitions_are_looked_for_where_a_small_gap_grows():
    """Too near to the instability for a state to be found just above that."""
    instability = Instability(temperature=0.5, sum_error=0.0, slope=-0.2, quartic=-0.01)
    found = critical_temperature(instability, Weak(0.50002, 0.50005))
    assert found.order == 1
    assert found.temperature == pytest.approx(0.50002, abs=1e-9)
    assert found.signs == {"S": 1}
