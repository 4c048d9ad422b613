# SPDX-License-Identifier: MIT
"""Graded points: exact ends, bounded sizes and ratios, and the physics that chooses them."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from fem_sf.interfaces import Insulating, KupriyanovLukichev, Transparent
from fem_sf.materials import Ferromagnet, Normal, Superconductor
from fem_sf.mesh.grading import Grading, cell_sizes, exchange_length, graded_points, layer_points
from fem_sf.stack import Interface, Layer, Stack

ROUNDING = 1 + 1e-9

WANTED = list(
    itertools.product(
        [1e-4, 0.03, 1.0, 10.0, 777.7],
        [None, 1e-5, 0.02, 5.0],
        [None, 0.003, 0.5],
        [0.1, 0.8],
        [1.05, 1.3, 2.0],
    )
)


@pytest.mark.parametrize(("length", "first", "last", "largest", "ratio"), WANTED)
def test_bounds(length, first, last, largest, ratio):
    points = graded_points(length, first, last, largest, ratio)
    sizes = np.diff(points)
    assert points[0] == 0.0
    assert points[-1] == length
    assert len(sizes) >= 4
    assert (sizes > 0).all()
    assert sizes.max() <= largest * ROUNDING
    assert sizes[0] <= (first or math.inf) * ROUNDING
    assert sizes[-1] <= (last or math.inf) * ROUNDING
    neighbours = sizes[1:] / sizes[:-1]
    assert neighbours.max() <= ratio * ROUNDING
    assert neighbours.min() >= 1 / ratio / ROUNDING


def test_sizes_grow_from_the_only_small_end():
    sizes = np.diff(graded_points(10.0, 0.01, None, 0.8, 1.3))
    assert (np.diff(sizes) >= -1e-12).all()
    mirrored = np.diff(graded_points(10.0, None, 0.01, 0.8, 1.3))
    np.testing.assert_allclose(mirrored, sizes[::-1], rtol=1e-9)


def test_sizes_rise_and_fall_once_between_two_small_ends():
    growth = np.sign(np.diff(np.diff(graded_points(2.0, 0.01, 0.002, 5.0, 1.3))))
    assert np.count_nonzero(np.diff(growth)) == 1
    assert growth[0] == 1
    assert growth[-1] == -1


def test_a_geometric_series_is_met_exactly():
    series = 0.01 * 1.3 ** np.arange(12)
    points = graded_points(series.sum(), 0.01, None, 100.0, 1.3)
    np.testing.assert_allclose(np.diff(points), series, rtol=1e-9)


def test_no_small_end_gives_equal_cells():
    np.testing.assert_allclose(graded_points(1.0, None, None, 0.1, 1.3), np.linspace(0, 1, 11))


def test_number_of_cells_is_no_more_than_the_bounds_need():
    """Growing from 0.01 by 1.3 to 0.8 takes 17 cells, the rest of 10 at most 0.8 each another 9."""
    assert len(graded_points(10.0, 0.01, None, 0.8, 1.3)) - 1 <= 17 + 9 + 1


def bilayer(law, exchange=15.0, thickness=1.0, diffusivity=0.5):
    ferromagnet = Ferromagnet(diffusivity, exchange=exchange)
    return Stack(
        [Layer("S", Superconductor(), 10.0), Layer("F", ferromagnet, thickness)],
        [Interface("S", "F", law)],
    )


GRADING = Grading(first=0.1, boundary_layer=0.05, smallest=1e-4)


def at_plane(stack):
    left, right = cell_sizes(stack, GRADING)
    assert left.last == right.first
    assert left.first is None
    assert right.last is None
    return left.last


def test_the_shortest_length_at_an_interface_decides():
    # boundary layer √a 0.05 of F
    assert at_plane(bilayer(KupriyanovLukichev(5.0, "F"))) == pytest.approx(0.005 * math.sqrt(0.5))
    # γ_F = 0.02; γ_S = γ_F σ_S/σ_F = 0.04
    assert at_plane(bilayer(KupriyanovLukichev(0.02, "F"))) == pytest.approx(0.002)
    # γ_S = 0.02 means γ_F = 0.01
    assert at_plane(bilayer(KupriyanovLukichev(0.02, "S"))) == pytest.approx(0.001)
    # a contact of S and F, √a 0.01
    assert at_plane(bilayer(Transparent())) == pytest.approx(0.001 * math.sqrt(0.5))
    # ξ_F = √(2 · 0.5/40000) = 0.005
    assert at_plane(bilayer(Transparent(), exchange=-4e4)) == pytest.approx(0.0005)
    assert at_plane(bilayer(Transparent(), thickness=0.002)) == pytest.approx(0.0002)
    # never below the least size …
    assert at_plane(bilayer(KupriyanovLukichev(1e-6, "F"))) == pytest.approx(1e-4)
    # … but for a layer that is thinner
    assert at_plane(bilayer(Transparent(), thickness=3e-4)) == pytest.approx(3e-5)


def test_an_insulating_interface_is_like_a_vacuum():
    for sizes in cell_sizes(bilayer(Insulating())):
        assert sizes.first is None
        assert sizes.last is None


def test_largest_cells_follow_the_coherence_lengths():
    superconductor, ferromagnet = cell_sizes(bilayer(Transparent()), Grading(largest=0.8))
    assert superconductor.largest == pytest.approx(0.8)
    assert ferromagnet.largest == pytest.approx(0.5 * math.sqrt(2 * 0.5 / 15))
    weak = cell_sizes(bilayer(Transparent(), exchange=0.001))[1]
    assert weak.largest == pytest.approx(0.8 * math.sqrt(0.5))


def test_exchange_length():
    assert exchange_length(Layer("F", Ferromagnet(0.5, exchange=-4.0))) == pytest.approx(0.5)
    assert exchange_length(Layer("F", Ferromagnet(exchange=0.0))) == math.inf
    assert exchange_length(Layer("N", Normal())) == math.inf


def test_the_ratio_holds_across_interfaces():
    stack = Stack(
        [
            Layer("S", Superconductor(), 10.0),
            Layer("F", Ferromagnet(0.5, exchange=15.0), 0.1),
            Layer("N", Normal(), 0.03),
            Layer("S2", Superconductor(), 4.0),
        ],
        [
            Interface("S", "F", KupriyanovLukichev(0.3, "F")),
            Interface("F", "N", Transparent()),
            Interface("N", "S2", KupriyanovLukichev(0.01, "N")),
        ],
    )
    sizes = np.concatenate([np.diff(points) for points in layer_points(stack)])
    neighbours = sizes[1:] / sizes[:-1]
    # rounding numbers of cells up shrinks the two sides of an interface by different amounts
    assert neighbours.max() <= Grading.ratio * 1.1
    assert neighbours.min() >= 1 / Grading.ratio / 1.1


@pytest.mark.parametrize("refinement", [0.5, 2.0, 4.0])
def test_refinement_divides_the_size_everywhere(refinement):
    stack = bilayer(KupriyanovLukichev(0.1, "F"))
    for coarse, fine in zip(layer_points(stack), layer_points(stack, refinement), strict=True):
        cells = len(coarse) - 1
        assert abs((len(fine) - 1) / cells - refinement) <= (1 + refinement) / cells
        places = np.linspace(0, coarse[-1], 201)[1:-1]
        size = np.interp(places, (coarse[1:] + coarse[:-1]) / 2, np.diff(coarse))
        finer = np.interp(places, (fine[1:] + fine[:-1]) / 2, np.diff(fine))
        np.testing.assert_allclose(size / finer, refinement, rtol=0.2)


def test_exchange_field_that_varies_is_resolved():
    """By its largest |J|, by how it turns along the stack and, in two dimensions, across it."""

    def spiral(points: np.ndarray) -> np.ndarray:
        x, y = points[:, 0], points[:, 1] if points.shape[1] > 1 else 0 * points[:, 0]
        return np.stack([np.sin(5 * x), np.sin(9 * y), np.cos(5 * x)], axis=1)

    layer = Layer("F", Ferromagnet(exchange=spiral), 4.0)
    stack = Stack([layer])
    (sizes,) = cell_sizes(stack)
    assert sizes.largest == pytest.approx(0.4 / 5, rel=1e-3)
    assert exchange_length(layer) == pytest.approx(math.sqrt(2), rel=1e-6)
    # |J| is √2 at most, |∂J/∂y| 9
    rows = np.diff(Grading(width=2.0).row_points(stack, 2.0, 1.0))
    assert rows.max() < 0.5
    assert rows.min() == pytest.approx(0.4 * math.sqrt(2) / 9, rel=0.1)
    assert exchange_length(layer, 2.0) == pytest.approx(math.sqrt(2 / math.sqrt(2)), rel=1e-3)


def test_rows_are_small_only_where_the_field_varies():
    """At a wall, growing away from it; finer by the refinement."""

    def wall(points: np.ndarray) -> np.ndarray:
        y = (points[:, 1] - 12.0) / 0.3
        return np.stack([1 / np.cosh(y), 0 * y, np.tanh(y)], axis=1)

    stack = Stack([Layer("F", Ferromagnet(exchange=wall), 1.0)])
    counts = []
    for refinement in (1.0, 2.0):
        y = Grading().row_points(stack, 20.0, refinement)
        assert (y[0], y[-1]) == (0.0, 20.0)
        rows = np.diff(y)
        nearest = np.argmin(np.abs(y - 12.0))
        assert rows[nearest] == pytest.approx(0.4 * 0.3 / refinement, rel=0.1)
        assert rows[0] == pytest.approx(0.5 / refinement, rel=0.1)
        steps = np.maximum(rows[1:] / rows[:-1], rows[:-1] / rows[1:])
        assert steps.max() < 1.3 ** (1 / refinement) * 1.05
        counts.append(len(rows))
    assert counts[1] == pytest.approx(2 * counts[0], abs=2)
    assert len(Grading().row_points(Stack([Layer("S", Superconductor(), 1.0)]), 20.0, 1.0)) == 41


def test_modulated_strength_counts_with_its_largest_value():
    modulated = Layer("F", Ferromagnet(exchange=lambda points: 8 * np.exp(-points[:, 0])), 3.0)
    assert exchange_length(modulated) == pytest.approx(0.5)
    uniform = Layer("F", Ferromagnet(exchange=8.0), 3.0)
    assert cell_sizes(Stack([modulated]))[0].largest <= cell_sizes(Stack([uniform]))[0].largest
