# SPDX-License-Identifier: MIT
"""A hard axis that is not normal to the direction: without a drive p is along the direction."""

from __future__ import annotations

import math

import numpy as np
import pytest

from fem_sf.errors import StackError
from fem_sf.spin import materials, model
from fem_sf.spin.interfaces import Tunnel
from spin_solves import steady


def stack(hard_axis: tuple[float, float, float], direction=(0.0, 0.0, 1.0), Kd=0.3) -> model.Stack:
    wall = materials.Wall(0.3, 0.4, Kd, hard_axis)
    turning = materials.Ferromagnet(polarisation=0.5, direction=direction, wall=wall)
    clamped = materials.Ferromagnet(polarisation=0.5, direction=(1.0, 0.0, 0.0))
    layers = [model.Layer("L", turning, 3.0), model.Layer("R", clamped, 3.0)]
    return model.Stack(layers, [model.Interface("L", "R", Tunnel(0.7, 0.4, 0.4))])


def tilts(found: model.Stack, voltage: float) -> np.ndarray:
    return steady(found, model.Voltage(voltage)).system.tilts["L"].x.array.real


def test_nothing_turns_without_a_drive():
    assert not tilts(stack((0.0, 1.0, 0.4)), 0.0).any()


def test_only_the_normal_part_counts():
    plain = tilts(stack((0.0, 1.0, 0.0)), 0.5)
    assert np.abs(plain).max() > 1e-3
    assert tilts(stack((0.0, 1.0, 0.4)), 0.5) == pytest.approx(plain, abs=1e-12)


def test_the_angle_is_said():
    (caution,) = model.find_cautions(stack((0.0, 1.0, 0.4)))
    assert caution.key == "layers.L.wall.hard_axis"
    assert f"{math.degrees(math.atan(0.4)):.3g}°" in caution.message
    assert not [*model.find_cautions(stack((0.0, 1.0, 0.4), Kd=0.0))]
    assert not [*model.find_cautions(stack((1e-9, 1.0, 1e-9)))]


def test_a_hard_axis_along_the_direction_is_refused():
    with pytest.raises(StackError, match="hard axis is along the direction"):
        stack((0.0, 1.0, 0.0), direction=(0.0, 2.0, 0.0))
    stack((0.0, 1.0, 0.0), direction=(0.0, 2.0, 0.0), Kd=0.0)
