# SPDX-License-Identifier: MIT
"""Sets the cell sizes of a generated mesh: small at planes, where modes of a layer start.

A layer's fields are exponentials e^{±ky} with four wave numbers k (Eq. 11). They start at planes
between layers; a reservoir, where δn = 0 and δM = 0, reflects each of them into itself. An element
of degree 4 misses (h|k|)⁵ e^{−Re k d} of a mode at a distance d from its plane, the same everywhere
for h ∝ e^{Re k d/5}: beyond a few of its lengths a mode wants no cells any more, and a screening
length 10³ times shorter than the others costs some twenty cells.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fem_sf.mesh.grading import TooManyCells, bounded, cells_of, equal_points
from fem_sf.spin.materials import Material
from fem_sf.spin.model import Layer, Stack, wall_of
from fem_sf.spin.modes import decay_rates
from fem_sf.spin.settings import SpinCase

FloatArray = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]

_ORDER = 5
"""Order of the error in L∞ of the elements of degree 4 that the numbers are meant for."""

_ROUNDING = 1e-14
"""Size over the thickness of a layer below which a cell has no room between two numbers."""

_HUGE = 700.0
"""An exponent whose exponential is still a number."""


@dataclass(frozen=True)
class SpinGrading:
    """The numbers behind the cell sizes; meant for elements of degree 4.

    Parameters
    ----------
    finest
        Cell size over a length 1/|k| at the plane where its mode starts.
    ratio
        Bound on the size of a cell over that of its neighbour.
    far
        How many of its longest lengths of a semi-infinite layer are meshed; beyond, the exact
        decay of its modes is the boundary condition.
    row
        Height of the cells of a rectangle over the longest length of any layer.
    fewest
        Cells of the thinnest layer, and rows of the narrowest rectangle.
    wave_number
        q of a drive cos(qy), which reaches everywhere: no cell is longer or higher than
        ``finest``/q.
    """

    finest: float = 0.4
    ratio: float = 1.5
    far: float = 6.0
    row: float = 0.5
    fewest: int = 4
    wave_number: float = 0.0

    def layer_points(self, stack: Stack, refinement: float) -> tuple[FloatArray, ...]:
        """Points of every layer from left to right, each from 0 to its extent on the mesh.

        Parameters
        ----------
        stack
            Every layer has a thickness, finite or not.
        refinement
            Divides the cell size at every place.
        """
        last = len(stack.layers) - 1
        points = []
        for i, layer in enumerate(stack.layers):
            # where p turns right up to a reservoir, modes are mixed there too
            turns = wall_of(layer.material) is not None
            with cells_of(layer.name):
                points.append(self._points(layer, turns or i > 0, turns or i < last, refinement))
        return tuple(points)

    def origin(self, stack: Stack) -> float:
        """X of the left end of the mesh: below 0 where the first layer is semi-infinite."""
        first = stack.layers[0]
        return -self.meshed_thickness(first) if first.semi_infinite else 0.0

    def row_points(self, stack: Stack, width: float, refinement: float) -> FloatArray:
        """Points across a rectangle, equally far apart."""
        longest = max(_longest(layer.material) for layer in stack.layers)
        height = min(self.row * longest, self._largest) / refinement
        return equal_points(width, height, math.ceil(self.fewest * refinement))

    def meshed_thickness(self, layer: Layer) -> float:
        """Extent of a layer on the mesh."""
        if not layer.semi_infinite:
            return layer.extent
        return self.far * _longest(layer.material)

    @property
    def _largest(self) -> float:
        return self.finest / self.wave_number if self.wave_number else math.inf

    def _points(
        self, layer: Layer, from_left: bool, from_right: bool, refinement: float
    ) -> FloatArray:
        thickness = self.meshed_thickness(layer)
        rates = layer_rates(layer.material, self.wave_number)
        fewest = math.ceil(self.fewest * refinement)
        if from_left and from_right:
            half = self._from_plane(rates, thickness / 2, -(-fewest // 2), refinement)
            return np.concatenate([half, thickness - half[-2::-1]])
        points = self._from_plane(rates, thickness, fewest, refinement)
        return thickness - points[::-1] if from_right else points

    def _from_plane(
        self, rates: ComplexArray, length: float, fewest: int, refinement: float
    ) -> FloatArray:
        """Points from 0, a plane, to a length exactly."""
        finest = self.finest / (refinement * np.abs(rates))
        growth = rates.real / _ORDER
        ratio = self.ratio ** (1 / refinement)
        largest = min(self._largest / refinement, length / fewest)
        bounded(max(length / largest, fewest))
        points = [0.0]
        size = math.inf
        # four quarters of a length are the whole of it, whatever their rounding
        while points[-1] < length * (1 - 1e-12):
            wanted = finest * np.exp(np.minimum(growth * points[-1], _HUGE))
            size = min(float(wanted.min()), ratio * size, largest)
            if not size > _ROUNDING * length:
                raise TooManyCells(1 / _ROUNDING)
            points.append(points[-1] + size)
            bounded(len(points))
        cells = np.array(points) * (length / points[-1])
        cells[-1] = length
        return cells


def grading_of(case: SpinCase) -> SpinGrading:
    """Cell sizes of a case; semi-infinite layers are meshed as far as its probes reach."""
    grading = SpinGrading(wave_number=case.wave_number)
    far = grading.far
    for name, positions in case.output.probes.items():
        layer = case.stack.layer(name)
        if layer.semi_infinite and positions:
            reach = float(np.abs(positions).max())
            far = max(far, grading.far * reach / grading.meshed_thickness(layer))
    return replace(grading, far=far)


def layer_rates(material: Material, wave_number: float = 0.0) -> ComplexArray:
    """Wave numbers k of the modes of a layer, and the inverse widths of its wall."""
    rates = decay_rates(material, wave_number)
    wall = wall_of(material)
    if wall is not None:
        stiffest = wall.anisotropy + wall.hard_axis_anisotropy
        widths = np.sqrt(np.array([wall.anisotropy, stiffest]) / wall.stiffness)
        rates = np.concatenate([rates, widths])
    return rates


def _longest(material: Material) -> float:
    """The length over which the slowest field of a layer decays."""
    return float((1 / np.abs(layer_rates(material))).max())
