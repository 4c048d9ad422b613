# SPDX-License-Identifier: MIT
"""Exchange fields as numbers and vectors, and the axes that they need."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from fem_sf import Ferromagnet, Insulating, Interface, Layer, Stack, Superconductor
from fem_sf.errors import StackError
from fem_sf.mesh.grading import exchange_length
from fem_sf.settings import UsadelCase
from fem_sf.usadel.frame import spin_frame


def stack(*exchange) -> Stack:
    """A superconductor and ferromagnets with these exchange fields."""
    layers = [Layer("S", Superconductor(), 1.0)]
    layers += [Layer(f"F{i}", Ferromagnet(exchange=each), 1.0) for i, each in enumerate(exchange)]
    names = [layer.name for layer in layers]
    interfaces = [Interface(*pair, Insulating()) for pair in pairwise(names)]
    return Stack(layers, interfaces)


def test_vector_along_z_is_a_number():
    assert Ferromagnet(exchange=(0, 0, -3)) == Ferromagnet(exchange=-3.0)
    assert Ferromagnet(exchange=np.array([0.0, 0.0, 2.0])) == Ferromagnet(exchange=2.0)
    assert Ferromagnet(exchange=[0, 0, 0]).exchange == 0.0


def test_number_and_vector_know_their_direction():
    number, vector = Ferromagnet(exchange=-3.0), Ferromagnet(exchange=[3.0, 0.0, -4.0])
    assert number.exchange_vector == (0.0, 0.0, -3.0)
    assert (number.exchange_strength, number.axis) == (3.0, (0.0, 0.0, 1.0))
    assert vector.exchange_vector == (3.0, 0.0, -4.0)
    assert (vector.exchange_strength, vector.axis) == (5.0, (0.6, 0.0, -0.8))
    assert hash(vector) == hash(Ferromagnet(exchange=(3, 0, -4)))


def test_angle_turns_the_axis_of_a_number():
    turned = Ferromagnet(exchange=-4.0, angle=30.0)
    assert turned.axis == pytest.approx((0.5, 0.0, math.sqrt(0.75)), rel=1e-15)
    assert turned.exchange_vector == pytest.approx((-2.0, 0.0, -math.sqrt(12.0)), rel=1e-15)
    assert turned.exchange_strength == pytest.approx(4.0, rel=1e-15)


@pytest.mark.parametrize(
    ("angle", "direction"),
    ((0, (0, 0, 1)), (90, (1, 0, 0)), (180, (0, 0, -1)), (270, (-1, 0, 0)), (-90, (-1, 0, 0))),
)
def test_right_angles_are_exact(angle, direction):
    vector = Ferromagnet(exchange=3.0, angle=angle).exchange_vector
    assert vector == tuple(3.0 * component for component in direction)
    assert not any(math.copysign(1, each) < 0 for each in vector if each == 0)


def test_antiparallel_angle_needs_no_second_axis():
    def frame(angle):
        turned = Ferromagnet(exchange=5.0, angle=angle)
        layers = [Layer("F", Ferromagnet(exchange=2.0), 1.0), Layer("T", turned, 1.0)]
        return spin_frame(Stack(layers, [Interface("F", "T", Insulating())]))

    assert frame(180).shape == frame(-540).shape == ()
    assert frame(90).shape == (2,)


@pytest.mark.parametrize(
    ("exchange", "angle", "message"),
    (
        ((1.0, 0.0, 2.0), 30.0, "the exchange field is a vector"),
        ((0.0, 0.0, 2.0), 30.0, "the exchange field is a vector"),
        (1.0, math.inf, "expected a finite number of degrees"),
    ),
)
def test_what_is_no_angle(exchange, angle, message):
    with pytest.raises(StackError, match=rf"Ferromagnet\.angle: {message}"):
        Ferromagnet(exchange=exchange, angle=angle)


def test_strength_decides_lengths_and_the_reference():
    turned = Ferromagnet(0.5, exchange=(0.0, 2.4, 3.2))
    along_z = Ferromagnet(0.5, exchange=4.0)
    lengths = [exchange_length(Layer("F", each)) for each in (turned, along_z)]
    assert lengths[0] == pytest.approx(lengths[1])
    assert UsadelCase(stack=stack((0, 0, 0), (1.0, 0, 0)), temperature=0.5).reference == "F1"


@pytest.mark.parametrize("wrong", ((1.0, 2.0), (1.0, 0.0, math.nan), (1, 2, 3, 4), math.inf))
def test_what_is_no_exchange_field(wrong):
    with pytest.raises(StackError, match=r"Ferromagnet\.exchange: expected a finite number, three"):
        stack(wrong)


@pytest.mark.parametrize(
    ("exchange", "axis"),
    (
        ((), (0, 0, 1)),
        ((0.0, (0, 0, 0)), (0, 0, 1)),
        ((2.0, -3.0), (0, 0, 1)),
        ((-2.0, (0, 0, -1)), (0, 0, 1)),
        (((-2, 0, 0), (5, 0, 0)), (1, 0, 0)),
        (((0, -2, 0),), (0, 1, 0)),
        (((3, 0, -4),), (-0.6, 0, 0.8)),
        (((3, 0, 4), (-6, 0, -8), (1.5, 0, 2)), (0.6, 0, 0.8)),
    ),
)
def test_one_axis_points_up(exchange, axis):
    frame = spin_frame(stack(*exchange))
    assert frame.shape == ()
    np.testing.assert_allclose(frame.axes, [axis], atol=1e-15)


def test_rounding_of_an_angle_is_no_second_axis():
    turned = (15 * math.sin(math.pi), 0.0, 15 * math.cos(math.pi))
    assert spin_frame(stack(15.0, turned)).shape == ()
    assert spin_frame(stack(15.0, (1e-9, 0.0, -15.0))).shape == (2,)


@pytest.mark.parametrize(
    ("exchange", "count"),
    (
        ((5.0, (0, 0, 0), (3, 0, 4)), 2),
        (((3, 1, 4), (0.1, 0.2, 0.3), (3.1, 1.2, 4.3)), 2),
        (((3, 1, 4), (0.1, 0.2, 0.3), (1, 1, 0)), 3),
        (((1e-9, 0, 0), 100.0), 2),
        (((1, 0, 0), (0, 1, 0), 1.0, (1, 1, 1)), 3),
    ),
)
def test_axes_span_the_exchange_fields_and_no_more(exchange, count):
    layers = stack(*exchange)
    frame = spin_frame(layers)
    assert frame.shape == (count,)
    np.testing.assert_allclose(frame.axes @ frame.axes.T, np.eye(count), atol=1e-14)
    vectors = np.array([layer.material.exchange_vector for layer in layers.ferromagnets])
    components = frame.components(vectors)
    assert components.shape == (len(vectors), count)
    np.testing.assert_allclose(frame.vectors(components), vectors, atol=1e-13)


PHASE = np.linspace(0, 4, 9)[:, np.newaxis]
HELIX = np.hstack([np.sin(PHASE), 0 * PHASE, np.cos(PHASE)])


@pytest.mark.parametrize(
    ("directions", "axes"),
    (
        ([np.cos(PHASE) * [0, 0, 1]], [(0, 0, 1)]),
        ([np.cos(PHASE) * [0.6, 0, -0.8]], [(-0.6, 0, 0.8)]),
        ([HELIX], [(0, 0, 1), (1, 0, 0)]),
        ([HELIX[:, [0, 2, 1]]], [(1, 0, 0), (0, 1, 0)]),
        ([HELIX + np.array([0, 1e-14, 0])], [(0, 0, 1), (1, 0, 0)]),
        ([HELIX + np.array([0, 1e-9, 0])], [(0, 0, 1), (1, 0, 0), (0, 1, 0)]),
        ([HELIX, np.ones((1, 3))], [(0, 0, 1), (1, 0, 0), (0, 1, 0)]),
        ([HELIX, np.empty((0, 3))], [(0, 0, 1), (1, 0, 0)]),
    ),
)
def test_axes_of_fields_that_vary(directions, axes):
    layers = stack((0, 0, 0))
    np.testing.assert_allclose(spin_frame(layers, directions).axes, axes, atol=1e-12)


def test_axes_of_fields_that_vary_beside_those_that_do_not():
    frame = spin_frame(stack((3, 0, 4)), [np.cos(PHASE) * [-0.6, 0, -0.8]])
    np.testing.assert_allclose(frame.axes, [(0.6, 0, 0.8)], atol=1e-15)
    frame = spin_frame(stack((1, 1, 0)), [HELIX @ np.eye(3)[[0, 2, 1]]])
    np.testing.assert_allclose(frame.axes, [(1, 0, 0), (0, 1, 0)], atol=1e-15)


def test_tilted_plane_is_spanned_whatever_is_found_first():
    rotation = np.linalg.qr(np.array([[1.0, 2, 3], [0, 1, -1], [2, 0, 1]]))[0]
    turned = HELIX @ rotation
    frames = [spin_frame(stack((0, 0, 0)), [each]) for each in (turned, turned[::-1], turned[3:])]
    for frame in frames:
        np.testing.assert_allclose(frame.axes, frames[0].axes, atol=1e-14)
        np.testing.assert_allclose(frame.vectors(frame.components(turned)), turned, atol=1e-14)


def test_normals_are_about_what_spins_turn():
    frame = spin_frame(stack(1.0, (1.0, 0, 0)))
    assert frame.planes == ((0, 1),)
    np.testing.assert_allclose(frame.normals, [(0, 1, 0)])
    assert spin_frame(stack(1.0)).normals.shape == (0, 3)


def test_components_along_one_axis_are_plain_numbers():
    frame = spin_frame(stack((3, 0, -4)))
    assert frame.components([3.0, 0.0, -4.0]) == pytest.approx(-5.0)
    np.testing.assert_allclose(frame.vectors(-5.0), [3, 0, -4])
    assert frame.vectors(np.ones((2, 7))).shape == (2, 7, 3)


def test_zero_has_no_sign():
    vectors = spin_frame(stack(1.0)).vectors(np.array([-2.0, 0.0]))
    assert not np.signbit(vectors[:, :2]).any()
