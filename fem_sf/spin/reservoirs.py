# SPDX-License-Identifier: MIT
"""Finds the reservoirs of a distributed mesh: the facets of its two contacts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from fem_sf.errors import MeshError, Problem
from fem_sf.mesh.layers import LayeredMesh
from fem_sf.spin.contacts import are_named


@dataclass(frozen=True)
class Contact:
    """A reservoir, or the far side of a semi-infinite layer.

    Parameters
    ----------
    right
        Which of the two.
    entities
        Its facets that this rank owns, by layer, as (cell, local facet), shape (n, 2).
    """

    right: bool
    entities: dict[str, NDArray[np.int32]]


def find_contacts(mesh: LayeredMesh, names: tuple[str, str]) -> tuple[Contact, Contact]:
    """The two reservoirs by the names of facet groups; without such groups the ends along x."""
    named = are_named(mesh.facet_groups, names)
    found = []
    for right, name in enumerate(names):
        facets = mesh.group_facets(name) if named else mesh.end_facets(right=bool(right))
        entities = mesh.facet_entities(facets)
        layers = mesh.layer_of_cell[entities[:, 0]]
        touched = sorted(set().union(*mesh.comm.allgather(set(layers.tolist()))))
        if not touched:
            message = f"no outer facet of the mesh is in {name!r}"
            raise MeshError([Problem("drive.contacts", message)])
        by_layer = {mesh.names[k]: entities[layers == k] for k in touched}
        found.append(Contact(bool(right), by_layer))
    _refuse_touching(mesh, found, names)
    return found[0], found[1]


def _refuse_touching(mesh: LayeredMesh, contacts: Sequence[Contact], names: Sequence[str]) -> None:
    """Two potentials cannot both be given at one place."""
    left, right = (
        np.concatenate(mesh.comm.allgather(corners_of(mesh, contact))) for contact in contacts
    )
    distances, _ = cKDTree(left).query(right)
    nearest = int(distances.argmin())
    if distances[nearest] < 1e-9 * np.ptp(np.concatenate([left, right]), axis=0).max():
        place = ", ".join(f"{each:g}" for each in right[nearest, : mesh.dimension])
        message = f"{names[0]!r} and {names[1]!r} touch at ({place}); leave a gap between them"
        raise MeshError([Problem("drive.contacts", message)])


def corners_of(mesh: LayeredMesh, contact: Contact) -> NDArray[np.float64]:
    """Corners of this rank's facets of a contact, shape (n, 3)."""
    return np.concatenate(
        [mesh.facet_corners(each).reshape(-1, 3) for each in contact.entities.values()]
    )
