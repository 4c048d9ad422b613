# SPDX-License-Identifier: MIT
"""Finds which facets of a mesh are reservoirs: groups that it names, or its ends along x."""

from __future__ import annotations

from collections.abc import Iterable

from fem_sf.errors import MeshError, Problem
from fem_sf.mesh.geometry import Geometry
from fem_sf.mesh.orientation import check_ends
from fem_sf.spin.model import Stack
from fem_sf.words import did_you_mean

DEFAULT_CONTACTS = ("left", "right")
"""Groups of facets that are the reservoirs where a mesh has them."""


def are_named(groups: Iterable[str], names: tuple[str, str]) -> bool:
    """Whether a mesh names its contacts; if not, they are its ends along x.

    Parameters
    ----------
    groups
        Names of the groups of facets of the mesh.
    names
        Those of the left and the right contact.

    Raises
    ------
    MeshError
        If there is a group for one of them only, or none for names that are not the default ones.
    """
    known = [name for name in groups if "|" not in name]
    missing = [name for name in names if name not in known]
    if missing and (len(missing) == 1 or tuple(names) != DEFAULT_CONTACTS):
        raise MeshError([_missing(name, known) for name in missing])
    return not missing


def check_contacts(geometry: Geometry, stack: Stack, names: tuple[str, str]) -> None:
    """Refuse a mesh from a file whose reservoirs would not be at the ends of the stack.

    Parameters
    ----------
    geometry, stack
        The mesh, and the stack that it fits.
    names
        Of the left and the right contact.

    Raises
    ------
    MeshError
        As `are_named`; without named contacts as `fem_sf.mesh.orientation.check_ends`.
    """
    if not are_named(geometry.facet_groups, names):
        check_ends(geometry, stack)


def _missing(name: str, known: list[str]) -> Problem:
    others = f"it has {', '.join(known)}" if known else "it has none"
    hint = did_you_mean(name, known) or f"; {others}"
    return Problem("drive.contacts", f"the mesh has no group of outer facets called {name!r}{hint}")
