# SPDX-License-Identifier: MIT
"""Degrees of elements, places of probes, and an order of nodes that ranks do not change."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from fem_sf.settings import MeshSettings

if TYPE_CHECKING:
    from fem_sf.study.results import LayerFields


def element_degree(mesh: MeshSettings) -> int:
    """The degree asked for, or 4 on generated meshes and 2 on meshes from a file."""
    return mesh.degree or (4 if mesh.file is None else 2)


def other_degree(degree: int) -> int:
    """The degree compared with for the mesh error: one lower, or 2 for linear elements."""
    return degree - 1 if degree > 1 else 2


def probe_points(asked: tuple, nodes: np.ndarray) -> np.ndarray:
    """Coordinates of the probes of one layer.

    A number is a distance from the layer's left end, halfway up the layer; a tuple is a point.
    """
    low, high = nodes.min(axis=0), nodes.max(axis=0)
    points = np.tile((low + high) / 2, (len(asked), 1))
    for point, each in zip(points, asked, strict=True):
        if np.ndim(each) == 0:
            point[0] = low[0] + each
        else:
            point[:] = each
    return points


def sorted_fields(fields: LayerFields) -> LayerFields:
    """The same fields with nodes in ascending x (then y, …), cells renumbered.

    Coordinates that differ by rounding are equal, so that the order is that of any number of ranks,
    and those that are zero but for rounding are zero.
    """
    extent = np.ptp(fields.points, axis=0).max()
    points = np.where(np.abs(fields.points) < 1e-14 * extent, 0.0, fields.points)
    order = np.lexsort(np.round(points / extent, 10).T[::-1])
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    values = {key: each[order] for key, each in fields.values.items()}
    amplitudes = {key: each[:, order] for key, each in fields.amplitudes.items()}
    cells = rank[fields.cells]
    return replace(fields, points=points[order], cells=cells, values=values, amplitudes=amplitudes)
