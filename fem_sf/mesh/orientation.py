# SPDX-License-Identifier: MIT
"""Checks that a mesh from a file lies along x and has the thicknesses of its stack."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fem_sf.errors import MeshError, Problem
from fem_sf.mesh.geometry import CELL_FACETS, Geometry
from fem_sf.multilayer import Multilayer
from fem_sf.words import spell

ENDS = ("left", "right")
"""Groups of outer facets that are the ends of a stack, wherever they lie."""

_END = 1e-9
"""How near the least or the largest x a point of an end is, over the extent of the mesh."""

_AGREEMENT = 1e-3
"""How far a thickness that is given may be from an extent in the mesh, relative to it."""


def check_thicknesses(geometry: Geometry, stack: Multilayer[Any, Any]) -> None:
    """Refuse thicknesses that are no extent of their layers.

    Parameters
    ----------
    geometry
        A mesh whose groups are the layers of the stack.
    stack
        Layers, with or without thicknesses.

    Raises
    ------
    MeshError
        With every layer whose thickness is no extent of it.
    """
    problems = list(_thickness_problems(geometry, stack))
    if problems:
        raise MeshError(problems)


def check_ends(geometry: Geometry, stack: Multilayer[Any, Any]) -> None:
    """Refuse a mesh whose least and largest x are not the ends of the stack.

    Parameters
    ----------
    geometry, stack
        As of `check_thicknesses`.

    Raises
    ------
    MeshError
        If a layer is at both of them and not alone, or they come in another order than the layers.
    """
    problems = list(_end_problems(geometry, stack))
    if problems:
        raise MeshError(problems)


def names_ends(geometry: Geometry) -> bool:
    """Whether groups of facets say where the ends are."""
    return set(ENDS) <= geometry.facet_groups.keys()


def _thickness_problems(geometry: Geometry, stack: Multilayer[Any, Any]) -> Iterator[Problem]:
    for layer in stack.layers:
        if layer.thickness is None or math.isinf(layer.thickness):
            continue
        cells = geometry.cells[geometry.layer_of_cell == geometry.layers.index(layer.name)]
        extents = np.ptp(geometry.points[np.unique(cells)], axis=0)
        if (np.abs(extents - layer.thickness) > _AGREEMENT * layer.thickness).all():
            there = ", ".join(
                f"{x} {extent:.6g}" for x, extent in zip("xyz", extents, strict=False)
            )
            yield Problem(
                f"layers.{layer.name}.thickness",
                f"no extent of this layer in the mesh is {layer.thickness:.6g} ({there}); the mesh "
                "says how thick it is, so leave the thickness out, or mend the unit of the mesh",
            )


def _end_problems(geometry: Geometry, stack: Multilayer[Any, Any]) -> Iterator[Problem]:
    left, right = (_layers_at_end(geometry, right=right) for right in (False, True))
    name = 'turn the mesh, or name the groups of facets that are its ends, "left" and "right"'
    several = list(dict.fromkeys([*left, *right]))
    if len(several) > 1 and set(left) & set(right):
        yield Problem(
            "mesh.file",
            f"the layers {' and '.join(map(spell, several))} lie along x, from its least to its "
            f"largest value, so that no end of the stack is there; {name}",
        )
    elif min(map(stack.layer_index, left)) > max(map(stack.layer_index, right)):
        yield Problem(
            "mesh.file",
            f"the layers run against x: {spell(left[0])} is at its least and {spell(right[0])} "
            f"at its largest value; list the layers from left to right, or {name}",
        )


def _layers_at_end(geometry: Geometry, *, right: bool) -> list[str]:
    """Layers with a whole facet at the least or the largest x, in the order of the mesh."""
    x = geometry.points[:, 0]
    end = x.max() if right else x.min()
    at_end: NDArray[np.bool_] = np.abs(x - end) <= _END * np.ptp(x)
    facets = np.array(CELL_FACETS[geometry.cell])
    has_facet = at_end[geometry.cells[:, facets]].all(axis=2).any(axis=1)
    return [geometry.layers[i] for i in np.unique(geometry.layer_of_cell[has_facet])]
