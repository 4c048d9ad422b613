# SPDX-License-Identifier: MIT
"""How large the cells of a generated mesh are: small where modes of a layer decay from its faces.

A layer's fields are exponentials e^{±ky} with four wave numbers k (Eq. 11), all of which start at
both faces. At a distance d from a face those with 1/|k| far below d are gone, so cells may grow
with d; far inside only the longest is left. A screening length 10³ times shorter than the others
costs some ten cells more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fem_sf.mesh.grading import graded_points
from fem_sf.spin.materials import Ferromagnet, Material
from fem_sf.spin.model import Layer, Stack
from fem_sf.spin.modes import decay_rates

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class SpinGrading:
    """The numbers behind the cell sizes; meant for elements of degree 4.

    Parameters
    ----------
    first
        Cell size at a face over the shortest length 1/|k|.
    ratio
        Bound on the size of a cell over that of its neighbour.
    largest
        Bound anywhere over the longest length.
    far
        How many of its longest lengths of a semi-infinite layer are meshed; beyond, the exact
        decay of its modes is the boundary condition.
    row
        Height of the cells of a rectangle over the longest length of any layer.
    fewest
        Cells of the thinnest layer, and rows of the narrowest rectangle.
    """

    first: float = 0.5
    ratio: float = 1.5
    largest: float = 0.5
    far: float = 6.0
    row: float = 0.5
    fewest: int = 4

    def layer_points(self, stack: Stack, refinement: float) -> tuple[FloatArray, ...]:
        """Points of every layer from left to right, each from 0 to its extent on the mesh.

        Parameters
        ----------
        stack
            Every layer has a thickness, finite or not.
        refinement
            Divides the cell size at every place.
        """
        return tuple(self._points(layer, refinement) for layer in stack.layers)

    def origin(self, stack: Stack) -> float:
        """X of the left end of the mesh: below 0 where the first layer is semi-infinite."""
        first = stack.layers[0]
        return -self.meshed_thickness(first) if first.semi_infinite else 0.0

    def row_height(self, stack: Stack) -> float:
        """Height of the cells of a rectangle."""
        return self.row * max(layer_lengths(layer.material).max() for layer in stack.layers)

    def meshed_thickness(self, layer: Layer) -> float:
        """Extent of a layer on the mesh."""
        if not layer.semi_infinite:
            return layer.extent
        return self.far * float(layer_lengths(layer.material).max())

    def _points(self, layer: Layer, refinement: float) -> FloatArray:
        lengths = layer_lengths(layer.material)
        thickness = self.meshed_thickness(layer)
        first = self.first * min(float(lengths.min()), thickness) / refinement
        largest = self.largest * float(lengths.max()) / refinement
        ratio = self.ratio ** (1 / refinement)
        return graded_points(thickness, first, first, largest, ratio, self.fewest)


def layer_lengths(material: Material) -> FloatArray:
    """Lengths over which fields of a layer vary: its modes' 1/|k|, and the width of a wall."""
    lengths = 1 / np.abs(decay_rates(material))
    if isinstance(material, Ferromagnet) and material.wall is not None:
        wall = material.wall
        stiffest = wall.anisotropy + wall.hard_axis_anisotropy
        widths = np.sqrt(wall.stiffness / np.array([wall.anisotropy, stiffest]))
        lengths = np.concatenate([lengths, widths])
    return lengths
