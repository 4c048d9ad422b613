# SPDX-License-Identifier: MIT
"""Sets the cell sizes of a generated mesh: small at interfaces, growing away.

Three lengths decide. Δ varies as x ln x at barriers and as 1/ln x in contacts; a
Kupriyanov-Lukichev barrier makes steps over γ = R_b σ; the frequency ω has a boundary layer of
width √(a/ω), in a ferromagnet never wider than about ξ_F = √(2a/|J|), with a = D/D_S. Where an
exchange field varies, its largest |J| counts, and a fourth length is that over which it varies.
Lengths are in ξ0.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from fem_sf.errors import MeshError, Problem
from fem_sf.limits import MOST_CELLS_IN_A_LINE
from fem_sf.materials import Ferromagnet
from fem_sf.stack import Interface, Layer, Stack
from fem_sf.textures import layer_samples, texture_scales, varying


@dataclass(frozen=True)
class Grading:
    """The numbers behind the cell sizes; meant for elements of degree 3 or 4.

    Parameters
    ----------
    first
        Cell size at an interface over the shortest length there: the boundary layer, γ and ξ_F of
        both sides and the thickness of both layers.
    boundary_layer
        √(a/ω) of the highest frequencies that matter, in √a ξ0.
    contact_layer
        The same where a superconductor touches another material without a barrier. Δ vanishes there
        as slowly as a logarithm, and all frequencies of the sum matter.
    smallest
        No cell at an interface needs to be smaller than this, in ξ0: it is well below √(a/ω) of
        the last node of the frequency sum. Only thinner layers have smaller cells.
    ratio
        Bound on the size of a cell over that of its neighbour.
    largest, largest_in_ferromagnet
        Bounds far from interfaces, in √a ξ0 and, for ferromagnets, also in ξ_F.
    largest_in_texture
        Bound where an exchange field varies, over the length on which it does, 1/Q of a helix.
    row
        Height of the cells of a rectangle, in ξ0, where no exchange field varies across it.
    fewest
        Cells of the thinnest layer, and rows of the narrowest rectangle.
    width
        Extent of a rectangle along y in ξ0; ``None`` for a line.
    """

    first: float = 0.1
    boundary_layer: float = 0.05
    contact_layer: float = 0.01
    smallest: float = 1e-4
    ratio: float = 1.3
    largest: float = 0.8
    largest_in_ferromagnet: float = 0.5
    largest_in_texture: float = 0.4
    row: float = 0.5
    fewest: int = 4
    width: float | None = None

    def layer_points(self, stack: Stack, refinement: float) -> tuple[NDArray[np.float64], ...]:
        """Points of every layer of a stack, see `layer_points`."""
        return layer_points(stack, refinement, self)

    def row_points(self, stack: Stack, width: float, refinement: float) -> NDArray[np.float64]:
        """Points across a rectangle: equally far apart but for where an exchange field varies."""
        scales = [texture_scales(layer, width) for layer in varying(stack.layers)]
        fewest = math.ceil(self.fewest * refinement)
        if not scales:
            return equal_points(width, self.row / refinement, fewest)
        middles = layer_samples(varying(stack.layers)[0], width)[1]
        middles = (middles[1:] + middles[:-1]) / 2
        lengths = np.min([each.across for each in scales], axis=0)
        sizes = np.minimum(self.row, self.largest_in_texture * lengths) / refinement
        return resolved_points(width, middles, sizes, self.ratio ** (1 / refinement), fewest)

    def origin(self, stack: Stack) -> float:
        """X of the left end of the mesh."""
        return 0.0


@dataclass(frozen=True)
class CellSizes:
    """Cell sizes wanted in one layer, in ξ0.

    Parameters
    ----------
    first, last
        At the left and the right end; ``None`` at an end through which nothing passes.
    largest
        Anywhere.
    """

    first: float | None
    last: float | None
    largest: float


def graded_points(
    length: float,
    first: float | None,
    last: float | None,
    largest: float,
    ratio: float,
    fewest: int = Grading.fewest,
) -> NDArray[np.float64]:
    """Points that cut an interval into cells which grow geometrically away from its ends.

    Parameters
    ----------
    length
        Of the interval; the points run from 0 to exactly this.
    first, last
        Bounds on the size of the first and the last cell; ``None`` where any will do.
    largest
        Bound on the size of every cell.
    ratio
        Bound on the size of a cell over that of its neighbour, > 1.
    fewest
        Least number of cells.

    Returns
    -------
    ndarray
        Shape (cells + 1,), increasing.

    Notes
    -----
    Cells of ratio r have sizes h(x) = h(0) + x ln r with x = ∫ h dk over the number k of cells.
    The wanted size is the least of three such lines (growing from the left, from the right, and
    constant); equal steps of ∫ dx/h are the points. |h'| ≤ ln r bounds every ratio by r, also
    where the lines meet, and rounding the number of cells up only makes cells smaller.
    """
    slope = math.log(ratio)
    # a line through h(0) has a first cell of h(0) (r − 1)/ln r
    start, end = (largest if h is None else h * slope / (ratio - 1) for h in (first, last))
    x, sizes = _size_function(length, min(start, largest), min(end, largest), largest, slope)
    counts = np.concatenate([[0.0], np.cumsum(_cell_counts(np.diff(x), sizes))])
    cells = _whole_number(counts[-1], fewest)
    points = _invert(np.linspace(0, counts[-1], cells + 1), counts, x, sizes)
    points[0], points[-1] = 0.0, length
    return points


def equal_points(length: float, largest: float, fewest: int) -> NDArray[np.float64]:
    """Points from 0 to a length that cut it into equal cells, no larger than a bound."""
    cells = _whole_number(length / largest, fewest)
    return np.linspace(0, length, cells + 1, dtype=np.float64)


def resolved_points(
    length: float,
    places: NDArray[np.float64],
    sizes: NDArray[np.float64],
    ratio: float,
    fewest: int = Grading.fewest,
) -> NDArray[np.float64]:
    """Points from 0 to a length whose cells are as small as is wanted at some places.

    Parameters
    ----------
    length
        Of the interval.
    places, sizes
        Bounds on the size of the cells at some places, shape (n,); places are dense and ascending.
    ratio
        Bound on the size of a cell over that of its neighbour, > 1.
    fewest
        Least number of cells.

    Notes
    -----
    As in `graded_points`, equal steps of ∫ dx/h are the points, with the largest h below all sizes
    of which |h'| ≤ ln r.
    """
    slope = math.log(ratio)
    distances = np.abs(places[:, np.newaxis] - places)
    allowed = np.min(sizes + slope * distances, axis=1)
    x = np.concatenate([[0.0], places, [length]])
    allowed = np.concatenate([allowed[:1], allowed, allowed[-1:]])
    counts = np.concatenate([[0.0], np.cumsum(_cell_counts(np.diff(x), allowed))])
    cells = _whole_number(counts[-1], fewest)
    points = _invert(np.linspace(0, counts[-1], cells + 1), counts, x, allowed)
    points[0], points[-1] = 0.0, length
    return points


def cell_sizes(stack: Stack, grading: Grading | None = None) -> tuple[CellSizes, ...]:
    """Cell sizes by physics, for layers that touch their neighbours in the stack.

    Parameters
    ----------
    stack
        Every layer has a thickness.
    grading
        The numbers; the default ones unless given.

    Returns
    -------
    tuple of CellSizes
        One for every layer, from left to right.
    """
    grading = grading or Grading()
    at_planes = [_size_at_plane(stack, pair, grading) for pair in pairwise(stack.layers)]
    return tuple(
        CellSizes(first, last, _largest(layer, grading))
        for layer, first, last in zip(
            stack.layers, [None, *at_planes], [*at_planes, None], strict=True
        )
    )


def layer_points(
    stack: Stack, refinement: float = 1.0, grading: Grading | None = None
) -> tuple[NDArray[np.float64], ...]:
    """Points of every layer of a stack, each from 0 to the layer's thickness.

    Parameters
    ----------
    stack
        Every layer has a thickness.
    refinement
        Divides the cell size at every place, so that the number of cells grows as much.
    grading
        The numbers; the default ones unless given.

    Returns
    -------
    tuple of ndarray
        One for every layer, from left to right, in ξ0.
    """
    grading = grading or Grading()
    ratio = grading.ratio ** (1 / refinement)
    fewest = math.ceil(grading.fewest * refinement)
    sizes = [_refined(each, refinement) for each in cell_sizes(stack, grading)]
    points = []
    for layer, each in zip(stack.layers, sizes, strict=True):
        with cells_of(layer.name):
            points.append(
                graded_points(_thickness(layer), each.first, each.last, each.largest, ratio, fewest)
            )
    return tuple(points)


class TooManyCells(ValueError):
    """An interval wants more cells than are made.

    Parameters
    ----------
    count
        About how many it wants.
    """

    def __init__(self, count: float):
        self.count = count
        super().__init__(f"about {count:.1e} cells, expected at most {MOST_CELLS_IN_A_LINE:.0e}")


@contextlib.contextmanager
def cells_of(layer: str) -> Iterator[None]:
    """Tell which layer wants too many cells.

    Raises
    ------
    MeshError
        In the place of `TooManyCells`.
    """
    try:
        yield
    except TooManyCells as error:
        message = (
            f"this layer wants {error}; cells are a part of the shortest length there, over all of "
            "its thickness: is a thickness, an exchange field, a diffusivity or mesh.refinement "
            "off by some powers of ten?"
        )
        raise MeshError([Problem(f"layers.{layer}", message)]) from None


def bounded(count: float) -> float:
    """A number of cells as it is.

    Raises
    ------
    TooManyCells
        If it is larger than what is made.
    """
    if not count <= MOST_CELLS_IN_A_LINE:
        raise TooManyCells(count)
    return count


def _whole_number(count: float, fewest: int) -> int:
    """A number of cells, rounded up; 10.000000000000002 cells are 10."""
    return math.ceil(bounded(max(count, fewest)) * (1 - 1e-12))


def exchange_length(layer: Layer, width: float | None = None) -> float:
    """ξ_F = √(D_F/J) = √(2a/|J|) in ξ0; infinite without an exchange field.

    Parameters
    ----------
    layer
        With a thickness where its exchange field varies; the largest |J| then counts.
    width
        Extent across in ξ0; ``None`` in one dimension.
    """
    material = layer.material
    if not isinstance(material, Ferromagnet):
        return math.inf
    strength = (
        material.exchange_strength if material.is_uniform else texture_scales(layer, width).strength
    )
    return math.sqrt(2 * material.diffusivity / strength) if strength else math.inf


def _size_function(
    length: float, start: float, end: float, largest: float, slope: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Corners of the least of the three lines, and their sizes."""
    candidates = np.array(
        [
            0,
            (largest - start) / slope,
            (length + (end - start) / slope) / 2,
            length - (largest - end) / slope,
            length,
        ]
    )
    x = np.unique(np.clip(candidates, 0, length))
    sizes = np.minimum(np.minimum(start + slope * x, end + slope * (length - x)), largest)
    # rounding may take all of a size that is 1e-16 of the length
    return x, np.maximum(sizes, min(start, end))


def _cell_counts(widths: NDArray, sizes: NDArray) -> NDArray[np.float64]:
    """∫ dx/h over each piece of a piecewise linear h."""
    growth = np.diff(sizes) / sizes[:-1]
    # next to −1 the growth has lost the digits of the ratio
    shrinks = growth < -0.5
    logarithm = np.where(
        shrinks, np.log(sizes[1:] / sizes[:-1]), np.log1p(np.where(shrinks, 0.0, growth))
    )
    quotient = np.divide(logarithm, growth, out=np.ones_like(growth), where=growth != 0)
    return widths / sizes[:-1] * quotient


def _invert(steps: NDArray, counts: NDArray, x: NDArray, sizes: NDArray) -> NDArray[np.float64]:
    """Where ∫ dx/h reaches each of the given steps."""
    piece = np.clip(np.searchsorted(counts, steps, side="right") - 1, 0, len(x) - 2)
    slopes = np.diff(sizes) / np.diff(x)
    beyond = steps - counts[piece]
    z = slopes[piece] * beyond
    quotient = np.divide(np.expm1(z), z, out=np.ones_like(z), where=z != 0)
    return x[piece] + sizes[piece] * beyond * quotient


def _refined(sizes: CellSizes, refinement: float) -> CellSizes:
    return CellSizes(
        sizes.first and sizes.first / refinement,
        sizes.last and sizes.last / refinement,
        sizes.largest / refinement,
    )


def _size_at_plane(stack: Stack, pair: tuple[Layer, Layer], grading: Grading) -> float | None:
    interface = stack.interface(pair[0].name, pair[1].name)
    if interface is None or interface.law.blocks:
        return None
    lengths = [length for layer in pair for length in _lengths(stack, interface, layer, grading)]
    thinnest = min(_thickness(layer) for layer in pair)
    # a layer thinner than the least size still has its few cells
    return grading.first * min(max(min(lengths), grading.smallest / grading.first), thinnest)


def _lengths(stack: Stack, interface: Interface, layer: Layer, grading: Grading) -> Iterator[float]:
    """The lengths on one side of an interface."""
    sides = (stack.layer(name).material for name in (interface.left, interface.right))
    touched = interface.law.joins and len({each.kind for each in sides}) > 1
    width = grading.contact_layer if touched else grading.boundary_layer
    yield width * math.sqrt(layer.material.diffusivity)
    yield exchange_length(layer, grading.width)
    if interface.law.conducts():
        yield layer.material.conductivity / stack.coupling(interface)


def _largest(layer: Layer, grading: Grading) -> float:
    return min(
        grading.largest * math.sqrt(layer.material.diffusivity),
        grading.largest_in_ferromagnet * exchange_length(layer, grading.width),
        *(
            grading.largest_in_texture * texture_scales(each, grading.width).along
            for each in varying([layer])
        ),
    )


def _thickness(layer: Layer) -> float:
    assert layer.thickness is not None
    return layer.thickness
