# SPDX-License-Identifier: MIT
"""Starts a solve from the gap of another, on any mesh and any number of ranks."""

from __future__ import annotations

import numpy as np
from mpi4py import MPI
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from fem_sf.signs import Signs
from fem_sf.study.gap_profile import GapProfile
from fem_sf.usadel.bulk import bulk_gap
from fem_sf.usadel.solution import GapValues
from fem_sf.usadel.system import UsadelSystem

FloatArray = NDArray[np.float64]

_SAME_PLACE = 1e-9
"""Of the extent of a layer: how far a node may be from the one that it is."""


def gap_start(
    profile: GapProfile | None, system: UsadelSystem, temperature: float, signs: Signs
) -> GapValues | None:
    """Δ of a profile at the nodes of a system; collective.

    In one dimension places correspond by their part of the layer; in more they must be the same. Δ
    is scaled as the bulk gap between the two temperatures.

    Parameters
    ----------
    profile
        The same on every rank.
    system
        Where it is wanted.
    temperature
        T in Tc, at which it is wanted.
    signs
        Of Δ, as wanted.

    Returns
    -------
    dict
        ``None`` where there is no profile, or none of these superconductors on this mesh, or it has
        other signs.
    """
    if profile is None or temperature >= 1 or profile.points.keys() != system.gaps.keys():
        return None
    turns = {sign * signs.get(name, 1) for name, sign in profile.signs.items()}
    if len(turns) > 1:
        return None
    scale = turns.pop() * bulk_gap(temperature) / bulk_gap(profile.temperature)
    start: dict[str, FloatArray] = {}
    for name, gap in system.gaps.items():
        dimension = system.mesh.mesh.geometry.dim
        places = gap.function_space.tabulate_dof_coordinates()[:, :dimension]
        read = _along_line if dimension == 1 else _at_same_places
        values = read(profile.points[name], profile.values[name], places, system.mesh.comm)
        if values is None:
            return None
        start[name] = scale * values
    return start


def _along_line(
    points: FloatArray, values: FloatArray, places: FloatArray, comm: MPI.Comm
) -> FloatArray:
    x = places[:, 0]
    low = comm.allreduce(x.min(initial=np.inf), op=MPI.MIN)
    high = comm.allreduce(x.max(initial=-np.inf), op=MPI.MAX)
    known = (points[:, 0] - points[0, 0]) / np.ptp(points[:, 0])
    return np.interp((x - low) / (high - low), known, values)


def _at_same_places(
    points: FloatArray, values: FloatArray, places: FloatArray, comm: MPI.Comm
) -> FloatArray | None:
    margin = _SAME_PLACE * np.ptp(points, axis=0).max()
    distance, node = cKDTree(points).query(places)
    found = points.shape[1] == places.shape[1] and distance.max(initial=0.0) <= margin
    return values[node] if comm.allreduce(int(found), op=MPI.MIN) else None
