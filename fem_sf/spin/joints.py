# SPDX-License-Identifier: MIT
"""Shares currents among planes that meet in one place.

A layer's residual at a node is what leaves through all its planes there together. Where they have
no resistance no law says how much through each; but what leaves one layer enters another. Of all
fluxes that do this, the smallest are taken: nothing runs in circles around the place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from fem_sf.solve.elimination import Nodes

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class Joint:
    """A place on several planes.

    Parameters
    ----------
    nodes
        First unknown of the node of every layer there, ascending, shape (k,).
    planes
        Numbers of the planes, shape (n,).
    sides
        By plane: which of the nodes is on its left and which on its right, shape (n, 2).
    """

    nodes: IntArray
    planes: IntArray
    sides: IntArray

    def fluxes(self, leaving: FloatArray, said: NDArray[np.bool_]) -> FloatArray:
        """What passes through every plane from left to right, shape (n, c).

        Parameters
        ----------
        leaving
            What leaves the layers by planes without resistance, shape (k, c).
        said
            Which components the laws of the planes say; they get nothing here. Shape (n, c).
        """
        edge = np.arange(len(self.planes))
        incidence = np.zeros((len(self.nodes), len(self.planes)))
        incidence[self.sides[:, 0], edge] = 1.0
        incidence[self.sides[:, 1], edge] -= 1.0
        fluxes = np.zeros(said.shape)
        for component in range(said.shape[1]):
            free = ~said[:, component]
            if free.any():
                wanted = leaving[:, component]
                fluxes[free, component] = np.linalg.lstsq(incidence[:, free], wanted)[0]
        return fluxes


def find_joints(planes: Sequence[tuple[Nodes, Nodes]]) -> list[Joint]:
    """All places on more than one plane.

    Parameters
    ----------
    planes
        Nodes on the left and the right side of every plane.
    """
    edges = [
        np.column_stack([np.full(len(left.unknowns), number), left.unknowns, _beside(left, right)])
        for number, (left, right) in enumerate(planes)
    ]
    every = np.concatenate(edges)
    unknowns, ends = np.unique(every[:, 1:], return_inverse=True)
    ends = ends.reshape(-1, 2)
    shape = (len(unknowns), len(unknowns))
    graph = coo_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=shape)
    place = connected_components(graph, directed=False)[1][ends[:, 0]]
    joints = []
    for number in np.flatnonzero(np.bincount(place) > 1):
        here = every[place == number]
        nodes = np.unique(here[:, 1:])
        joints.append(Joint(nodes, here[:, 0], np.searchsorted(nodes, here[:, 1:])))
    return joints


def _beside(left: Nodes, right: Nodes) -> IntArray:
    """Unknowns on the right at the places of those on the left."""
    return right.unknowns[cKDTree(right.points).query(left.points)[1]]
