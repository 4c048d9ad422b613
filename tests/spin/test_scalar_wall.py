# SPDX-License-Identifier: MIT
"""The wall of one angle against tables, and against its own equation and energy."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad

from fem_sf.errors import InputError
from fem_sf.spin import closed_forms, scalar_wall
from spin_cases import reference

TABLES = reference("ref_wall")["scalar"]
PARALLEL, ANTIPARALLEL = -1, 1


@pytest.mark.parametrize("row", TABLES["half_wall"])
def test_half_wall(row):
    wall = row["Aex"], row["K"]
    tilt = scalar_wall.tilt(row["T"], *wall)
    assert tilt == pytest.approx(row["theta0"], rel=1e-12)
    assert scalar_wall.linear_tilt(row["T"], *wall) == pytest.approx(row["linear"], rel=1e-12)
    assert scalar_wall.angle(row["y"], tilt, *wall) == pytest.approx(
        np.array(row["theta"]), rel=1e-12
    )
    assert scalar_wall.energy(tilt, *wall) == pytest.approx(row["energy"], rel=1e-12)


def test_energy_is_the_integral_over_the_wall():
    wall, tilt = (2.0, 0.5), 1.2
    width = scalar_wall.wall_width(*wall)
    assert width == 2.0

    def density(y: float) -> float:
        sine = math.sin(float(scalar_wall.angle(y, tilt, *wall)))
        slope = -sine / width
        return wall[0] / 2 * slope**2 + wall[1] / 2 * sine**2

    assert scalar_wall.energy(tilt, *wall) == pytest.approx(quad(density, 0, 60)[0], rel=1e-9)


def test_torque_is_the_slope_of_the_energy():
    wall, torque, step = (0.7, 3.0), 1.1, 1e-5
    tilt = scalar_wall.tilt(torque, *wall)
    ahead, behind = (scalar_wall.energy(tilt + sign * step, *wall) for sign in (1, -1))
    assert (ahead - behind) / (2 * step) == pytest.approx(torque, rel=1e-8)
    assert scalar_wall.tilt(-torque, *wall) == -tilt


def test_no_wall_holds_more_than_its_largest_torque():
    wall = (9.0, 4.0)
    assert scalar_wall.tilt(6.0, *wall) == math.pi / 2
    with pytest.raises(InputError, match=r"holds 6\.001 .*= 6 is the most"):
        scalar_wall.tilt(6.001, *wall)


@pytest.mark.parametrize("row", TABLES["selfconsistent_paper_sign"])
def test_self_consistent_tilt(row):
    root = row["sqrtAK"]
    jump = _tunnel_jump(row["beta"], row["g"], row["J"])
    rest = math.radians(row["Phi_deg"])
    tilt = scalar_wall.self_consistent_tilt(jump, rest, root, root, row["sign"])
    assert tilt == pytest.approx(row["delta"], rel=1e-12)
    assert scalar_wall.linear_tilt(jump(rest), root, root) == pytest.approx(
        row["delta_linear"], rel=1e-12
    )


@pytest.mark.parametrize("sense", [PARALLEL, ANTIPARALLEL])
@pytest.mark.parametrize("current", [0.3, 3.0, 30.0])
def test_the_torque_of_a_barrier_always_comes_to_rest(sense, current):
    """It vanishes for collinear magnetizations, however weak the wall."""
    jump = _tunnel_jump(0.6, 4.0, current)
    for rest in np.radians([1, 40, 90, 150, 179]):
        tilt = scalar_wall.self_consistent_tilt(jump, rest, 0.2, 0.2, sense)
        end = (math.pi - rest) / 2 if sense == ANTIPARALLEL else rest / 2
        assert 0 < tilt < end
        assert 0.2 * math.sin(tilt) == pytest.approx(jump(rest + 2 * sense * tilt), rel=1e-9)


def test_the_smallest_of_several_tilts():
    """Almost antiparallel moments may stay so, or turn until the torque gives way."""
    jump, rest = _tunnel_jump(0.6, 4.0, 0.3), math.radians(179)

    def excess(tilt: float) -> float:
        return 0.2 * math.sin(tilt) - jump(rest - 2 * tilt)

    assert [excess(tilt) > 0 for tilt in (0.0, 0.01, 0.5, 1.5)] == [False, True, False, True]
    assert scalar_wall.self_consistent_tilt(jump, rest, 0.2, 0.2, PARALLEL) < 0.01


def test_collinear_magnetizations_stay():
    jump = _tunnel_jump(0.6, 4.0, 30.0)
    assert scalar_wall.self_consistent_tilt(jump, 0.0, 1.0, 1.0, PARALLEL) == 0
    assert scalar_wall.self_consistent_tilt(jump, 0.0, 1.0, 1.0, ANTIPARALLEL) == 0


def test_a_torque_that_does_not_vanish_may_turn_them_all_the_way():
    """Without accumulation |ΔJ_M| = 2βJ sin(Φ/2) is largest for antiparallel magnetizations."""

    def jump(angle: float) -> float:
        return float(closed_forms.no_accumulation_jump(0.5, angle))

    assert scalar_wall.self_consistent_tilt(jump, 1.0, 1.0, 1.0, PARALLEL) > 0
    with pytest.raises(InputError, match="before the magnetizations are antiparallel"):
        scalar_wall.self_consistent_tilt(jump, 1.0, 0.5, 0.5, ANTIPARALLEL)


@pytest.mark.parametrize("row", reference("ref_analytic")["lattice_wall"])
def test_lattice_wall(row):
    stiffness = scalar_wall.lattice_stiffness(row["J"], row["K"], row["a"])
    assert stiffness == pytest.approx(row["formula"], rel=1e-12)
    assert stiffness == pytest.approx(row["t_over_M0theta0_chain"], rel=1e-12)
    continuum = scalar_wall.largest_torque(row["J"], row["K"]) / row["a"]
    assert continuum == pytest.approx(row["continuum"], rel=1e-12)


def _tunnel_jump(beta, ratio, current):
    def jump(angle: float) -> float:
        return current * float(closed_forms.tunnel_spin_current_jump(beta, ratio, angle))

    return jump
