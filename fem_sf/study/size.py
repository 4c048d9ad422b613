# SPDX-License-Identifier: MIT
"""About how large the problem of a case is, known before anything is allocated."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from fem_sf.errors import InputError, Problem
from fem_sf.mesh.geometry import grid_lines
from fem_sf.study.nodes import element_degree

if TYPE_CHECKING:
    from fem_sf.settings import UsadelCase
    from fem_sf.spin.settings import SpinCase

    Case = UsadelCase | SpinCase

FEWEST_FREQUENCIES = 17
"""Of a sum over all frequencies, at the highest temperatures."""

PER_FREQUENCY_IN_A_LINE = 1.2e3
PER_UNKNOWN = 5.5e3
"""Bytes for superconductors: in a line of each unknown at each frequency, else of each at all."""

PER_SPIN_NODE = 28e3
"""Bytes of spin transport for each node, measured in a line of 5000 cells."""


def mesh_shape(case: Case) -> tuple[int, ...]:
    """Cells along the stack, and across it if that is a dimension, of a mesh that is generated.

    Raises
    ------
    MeshError
        If there would be too many.
    """
    if case.kind == "usadel":
        return grid_lines(case.stack, case.mesh).shape
    from fem_sf.spin.grading import grading_of
    from fem_sf.spin.settings import SpinCase

    assert isinstance(case, SpinCase)
    return grid_lines(case.stack, case.mesh, grading_of(case)).shape


def bytes_needed(case: Case) -> float:
    """About what memory solving a case needs at least; 0 for a mesh from a file or no mesh.

    Raises
    ------
    MeshError
        If its mesh would have too many cells.
    """
    if case.mesh.file is not None or getattr(case.solver, "method", "") == "exact":
        return 0.0
    degree = element_degree(case.mesh)
    shape = mesh_shape(case)
    nodes = math.prod(degree * count for count in shape)
    if case.kind == "spin":
        return nodes * PER_SPIN_NODE
    summed = getattr(case.solver, "frequencies", None) or 0
    frequencies = summed + (getattr(case.solver, "tail", None) or FEWEST_FREQUENCIES)
    if len(shape) == 1:
        return nodes * PER_FREQUENCY_IN_A_LINE * frequencies
    return nodes * (PER_UNKNOWN + 16 * frequencies)


def memory_of_this_machine() -> float:
    """Bytes; infinite where the system does not say."""
    try:
        return float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    except (AttributeError, ValueError, OSError):
        return math.inf


def memory_problems(case: Case) -> Iterator[Problem]:
    """That a case needs more memory than this machine has."""
    needed, there = bytes_needed(case), memory_of_this_machine()
    if needed > there:
        yield Problem(
            "mesh",
            f"solving this needs about {needed / 1e9:.3g} GB of memory at least, and this machine "
            f"has {there / 1e9:.3g} GB; use fewer cells (mesh.refinement, mesh.width) or "
            "frequencies, or more machines",
        )


def refuse_too_large(case: Case) -> None:
    """Refuse to solve on this machine alone what does not fit in its memory.

    Raises
    ------
    InputError
        Saying what is needed and what is there.
    """
    problems = list(memory_problems(case))
    if problems:
        raise InputError(problems)
