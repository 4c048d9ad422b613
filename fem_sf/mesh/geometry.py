# SPDX-License-Identifier: MIT
"""A mesh as plain arrays before it is distributed, generated from a stack or read from a file."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from fem_sf.errors import InputError, MeshError, Problem
from fem_sf.limits import MOST_CELLS
from fem_sf.mesh.grading import Grading, TooManyCells
from fem_sf.multilayer import Multilayer
from fem_sf.settings import MeshSettings

Cell = Literal["interval", "triangle", "quadrilateral", "tetrahedron"]
"""The cells that a mesh can consist of; all of a mesh are of one kind."""

CELL_FACETS: dict[Cell, tuple[tuple[int, ...], ...]] = {
    "interval": ((0,), (1,)),
    "triangle": ((1, 2), (0, 2), (0, 1)),
    "quadrilateral": ((0, 1), (0, 2), (1, 3), (2, 3)),
    "tetrahedron": ((1, 2, 3), (0, 2, 3), (0, 1, 3), (0, 1, 2)),
}
"""Vertices of the facets of each kind of cell, in the numbering of basix."""

FROM_CYCLIC = (0, 1, 3, 2)
"""A quadrilateral's vertices in tensor-product order, from the order around it; and back."""


@dataclass(frozen=True, eq=False)
class Geometry:
    """A mesh whose cells belong to named layers.

    Parameters
    ----------
    cell
        The kind of all its cells.
    points
        Shape (n, dimension), in ξ0; every point is used.
    cells
        Shape (m, vertices), in the order of basix: quadrilaterals as a tensor product.
    layer_of_cell
        Index into ``layers`` for every cell, −1 where a cell belongs to none; shape (m,).
    layers
        Names, in the order of the stack; groups of cells that are no layer of it come last.
    facet_groups
        Facets that the mesh names itself, as vertices, shape (k, vertices) each. A group called
        ``A|B`` says where these two layers touch.
    starts
        By layer, x of the point from which positions in it are counted, in ξ0; where a layer has
        none, coordinates are those of the mesh.
    """

    cell: Cell
    points: NDArray[np.float64]
    cells: NDArray[np.int64]
    layer_of_cell: NDArray[np.int32]
    layers: tuple[str, ...]
    facet_groups: dict[str, NDArray[np.int64]] = field(default_factory=dict)
    starts: dict[str, float] = field(default_factory=dict)

    @property
    def dimension(self) -> int:
        """1, 2 or 3."""
        return self.points.shape[1]


def same_connectivity(one: Geometry, other: Geometry) -> bool:
    """Whether two meshes differ in nothing but where their points are."""
    return (
        (one.cell, one.layers) == (other.cell, other.layers)
        and one.points.shape == other.points.shape
        and np.array_equal(one.cells, other.cells)
        and np.array_equal(one.layer_of_cell, other.layer_of_cell)
        and one.facet_groups.keys() == other.facet_groups.keys()
        and all(
            np.array_equal(facets, other.facet_groups[name])
            for name, facets in one.facet_groups.items()
        )
    )


class CellLayout(Protocol):
    """What a generated mesh needs to know of the physics: how large its cells are."""

    def layer_points(self, stack: Any, refinement: float) -> tuple[NDArray[np.float64], ...]:
        """Points of every layer, each from 0 to its extent."""

    def row_points(self, stack: Any, width: float, refinement: float) -> NDArray[np.float64]:
        """Points across a rectangle, from 0 to its width."""

    def origin(self, stack: Any) -> float:
        """X of the left end."""


def stack_geometry(
    stack: Multilayer, settings: MeshSettings, grading: CellLayout | None = None
) -> Geometry:
    """A stack as a graded line, or as a rectangle of which each row is such a line.

    Parameters
    ----------
    stack
        Layers from left to right; x = 0 is the left end of the first.
    settings
        Dimension, width and refinement.
    grading
        What the cell sizes are chosen by; the default numbers unless given.

    Raises
    ------
    InputError
        If a layer has no thickness, or there would be too many cells.
    """
    lines = grid_lines(stack, settings, grading)
    x, y, column_layers = lines.x, lines.y, lines.column_layers
    left_ends = x[np.unique(column_layers, return_index=True)[1]]
    starts = {name: float(x) for name, x in zip(stack.names, left_ends, strict=True)}
    if y is None:
        number = np.arange(len(column_layers))
        cells = np.column_stack([number, number + 1])
        return Geometry("interval", x[:, None], cells, column_layers, stack.names, starts=starts)
    points, cells = _rectangle(x, y)
    layers = np.repeat(column_layers, len(y) - 1)
    return Geometry("quadrilateral", points, cells, layers, stack.names, starts=starts)


@dataclass(frozen=True, eq=False)
class GridLines:
    """Where the points of a generated mesh are.

    Parameters
    ----------
    x
        Along the stack, ascending.
    y
        Across it, ascending; ``None`` for a line.
    column_layers
        Index of the layer of each cell between two x.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64] | None
    column_layers: NDArray[np.int32]

    @property
    def shape(self) -> tuple[int, ...]:
        """How many cells there are along, and across if that is a dimension."""
        return tuple(len(each) - 1 for each in (self.x, self.y) if each is not None)


def grid_lines(
    stack: Multilayer, settings: MeshSettings, grading: CellLayout | None = None
) -> GridLines:
    """The lines of the mesh that `stack_geometry` makes, with the same parameters and errors."""
    problems = list(_stack_problems(stack))
    if problems:
        raise InputError(problems)
    width = settings.width if settings.dimension == 2 else None
    layout: CellLayout = grading or Grading(width=width)
    of_layers = layout.layer_points(stack, settings.refinement)
    x, column_layers = _join(of_layers, layout.origin(stack))
    vanishing = np.unique(column_layers[~(np.diff(x) > 0)])
    if len(vanishing):
        message = "this layer is so thin beside the whole stack that its cells have no size"
        raise MeshError([Problem(f"layers.{stack.names[i]}", message) for i in vanishing])
    if width is None:
        return GridLines(x, None, column_layers)
    lines = GridLines(x, _row_points(layout, stack, width, settings.refinement), column_layers)
    count = math.prod(lines.shape)
    if count > MOST_CELLS:
        columns, rows = lines.shape
        message = (
            f"this rectangle has {columns} × {rows} = {count:.1e} cells, expected at most "
            f"{MOST_CELLS:.0e}; make it narrower, or lower mesh.refinement"
        )
        raise MeshError([Problem("mesh.width", message)])
    return lines


def _row_points(
    layout: CellLayout, stack: Multilayer, width: float, refinement: float
) -> NDArray[np.float64]:
    try:
        return layout.row_points(stack, width, refinement)
    except TooManyCells as error:
        message = f"across this width there are {error}; make it narrower, or refine less"
        raise MeshError([Problem("mesh.width", message)]) from None


def _stack_problems(stack: Multilayer) -> Iterator[Problem]:
    for layer in stack.layers:
        if layer.thickness is None:
            message = "a generated mesh needs a thickness in ξ0 of every layer"
            yield Problem(f"layers.{layer.name}.thickness", message)


def _join(
    of_layers: tuple[NDArray[np.float64], ...], origin: float
) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """Points of all layers in a row, and the layer of each cell between them."""
    # summed from x = 0, so that the place of a plane does not depend on where the mesh begins
    offsets = np.concatenate([[0.0], np.cumsum([points[-1] for points in of_layers])])
    ends, starts = origin + offsets[1:], origin + offsets[:-1]
    inner = [start + points[:-1] for start, points in zip(starts, of_layers, strict=True)]
    counts = [len(points) - 1 for points in of_layers]
    layers = np.repeat(np.arange(len(of_layers), dtype=np.int32), counts)
    return np.concatenate([*inner, ends[-1:]]), layers


def _rectangle(
    x: NDArray[np.floating], y: NDArray[np.floating]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Points and quadrilaterals of a grid, column by column."""
    points = np.stack(np.meshgrid(x, y, indexing="ij"), axis=-1).reshape(-1, 2)
    number = np.arange(len(points)).reshape(len(x), len(y))
    corners = (number[:-1, :-1], number[1:, :-1], number[:-1, 1:], number[1:, 1:])
    return points, np.stack(corners, axis=-1).reshape(-1, 4)
