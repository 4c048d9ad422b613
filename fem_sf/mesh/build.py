# SPDX-License-Identifier: MIT
"""Makes the mesh of a case, generated or from a file, and checks that it fits the stack."""

from __future__ import annotations

from fem_sf.mesh.check import check_geometry
from fem_sf.mesh.geometry import CellLayout, Geometry, stack_geometry
from fem_sf.mesh.orientation import check_ends, check_thicknesses, names_ends
from fem_sf.mesh.read import read_geometry
from fem_sf.multilayer import Multilayer
from fem_sf.settings import MeshSettings
from fem_sf.stack import Stack


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
        With everything in which the mesh and the stack disagree: of one from a file also where
        its ends and the thicknesses of its layers are.
    """
    if settings.file is not None:
        geometry = read_geometry(settings.file, stack.names, settings.unit, settings.names)
    else:
        geometry = stack_geometry(stack, settings, grading)
    check_geometry(geometry, stack)
    if settings.file is not None:
        check_thicknesses(geometry, stack)
        # a phase is held at the ends along x; reservoirs of spin transport are groups of their own
        if isinstance(stack, Stack) and (stack.phases or not names_ends(geometry)):
            check_ends(geometry, stack)
    return geometry
