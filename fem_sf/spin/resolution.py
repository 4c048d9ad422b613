# SPDX-License-Identifier: MIT
"""Checks that the cells of a mesh follow the screening of a layer at its planes.

A mode of a layer starts at a plane and decays over 1/|k| (Eq. 11); the shortest is that of charge,
the screening length. Generated meshes are graded by it, meshes from files are as they are, and an
estimate that compares two polynomial degrees on the same cells sees little of what both miss.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fem_sf.mesh.layers import LayeredMesh
from fem_sf.spin.grading import layer_rates
from fem_sf.spin.system import SpinSystem

_FARTHEST = 0.5
"""Distance of nodes over the shortest length; elements of degree 4 then miss 5·10⁻⁴ of its mode."""


def resolution_cautions(system: SpinSystem, wave_number: float = 0.0) -> list[str]:
    """Sentences on layers whose cells at a plane are long beside their fields; collective.

    Parameters
    ----------
    system
        Its mesh and degree.
    wave_number
        q of a drive cos(qy).
    """
    mesh = system.mesh
    cautions = []
    for name, height in _heights_at_planes(mesh).items():
        material = system.stack.layer(name).material
        shortest = 1 / float(np.abs(layer_rates(material, wave_number)).max())
        if height / system.degree <= _FARTHEST * shortest:
            continue
        screening = material.screening_length
        # of one layer at rest it is the shortest, but precession may be faster
        kind = "screening lengths" if screening < 1.5 * shortest else "of its shortest lengths"
        cautions.append(
            f"cells of {name} where it touches another layer are up to {height / shortest:.3g} "
            f"{kind} thick: charge and spin there are not resolved, and estimates of errors do not "
            f"know; expected at most {_FARTHEST * system.degree:.3g}. Try thinner cells there (a "
            "larger [mesh] refinement of a mesh that is not from a file), or a larger permittivity"
        )
    return cautions


def _heights_at_planes(mesh: LayeredMesh) -> dict[str, float]:
    """The largest height of cells over the planes that a layer has, by layer."""
    own: dict[str, float] = {}
    for plane in mesh.planes:
        sides = plane.facets.reshape(-1, 2, 2)
        for side, name in enumerate((plane.left, plane.right)):
            height = _heights(mesh, sides[:, side]).max(initial=0.0)
            own[name] = max(own.get(name, 0.0), float(height))
    every = mesh.comm.allgather(own)
    return {name: max(each[name] for each in every) for name in own}


def _heights(mesh: LayeredMesh, entities: NDArray[np.int32]) -> NDArray[np.float64]:
    """Extent of cells across one of their facets, given as (cell, local facet)."""
    if not len(entities):
        return np.empty(0)
    dimension = mesh.dimension
    facets = mesh.facet_corners(entities)[:, :dimension, :dimension]
    edges = facets[:, 1:] - facets[:, :1]
    to_middle = mesh.cell_middles(entities[:, 0])[:, :dimension] - facets[:, 0]
    body = np.abs(np.linalg.det(np.concatenate([edges, to_middle[:, np.newaxis]], axis=1)))
    face = np.sqrt(np.linalg.det(edges @ np.swapaxes(edges, 1, 2)))
    # the middle of a simplex is the (d + 1)-th part of its height above any facet
    corners = 2 if mesh.mesh.topology.cell_name() == "quadrilateral" else dimension + 1
    return corners * body / face
