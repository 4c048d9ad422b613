# SPDX-License-Identifier: MIT
"""The mesh of a case: generated or read, and found to fit its stack."""

from __future__ import annotations

from fem_sf.mesh.check import check_geometry
from fem_sf.mesh.geometry import CellLayout, Geometry, stack_geometry
from fem_sf.mesh.read import read_geometry
from fem_sf.multilayer import Multilayer
from fem_sf.settings import MeshSettings


def checked_geometry(
    stack: Multilayer, settings: MeshSettings, grading: CellLayout | None = None
) -> Geometry:
    """The mesh of a stack as arrays.

    Parameters
    ----------
    stack
        Layers and laws; thicknesses are used where the mesh is generated.
    settings
        Dimension, file, refinement.
    grading
        What cell sizes are chosen by; that of the Usadel equation unless given.

    Raises
    ------
    MeshError
        With everything in which the mesh and the stack disagree.
    """
    if settings.file is not None:
        geometry = read_geometry(settings.file, stack.names, settings.unit)
    else:
        geometry = stack_geometry(stack, settings, grading)
    check_geometry(geometry, stack)
    return geometry
