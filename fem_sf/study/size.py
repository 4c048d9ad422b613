# SPDX-License-Identifier: MIT
"""Estimates the size of a case before anything is allocated."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from fem_sf.errors import InputError, Problem
from fem_sf.materials import Ferromagnet
from fem_sf.settings import UsadelCase

if TYPE_CHECKING:
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
    from fem_sf.mesh.geometry import grid_lines

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
    from fem_sf.study.nodes import element_degree

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


def is_usual(case: Case) -> bool:
    """Whether this is a line of superconductors so short that nobody has to count its cells.

    Counting them takes NumPy, a fifth of what a command needs to start.
    """
    mesh = case.mesh
    if not isinstance(case, UsadelCase) or mesh.file is not None or mesh.dimension > 1:
        return False
    few = mesh.refinement <= 2 and not (case.solver.frequencies or case.solver.tail)
    return few and all(
        layer.thickness is not None
        and _USUAL_THICKNESS[0] <= layer.thickness <= _USUAL_THICKNESS[1]
        and _is_usual_exchange(layer.material)
        for layer in case.stack.layers
    )


_USUAL_THICKNESS = 1e-4, 30.0
"""In ξ0."""

_PLENTY = 1e9
"""Bytes that are more than such a line needs."""

_USUAL_WAVE_NUMBERS = 1e4
"""J/D in Tc/D_S: squares of 1/ξ_F in 1/ξ0."""


def _is_usual_exchange(material: Any) -> bool:
    if not isinstance(material, Ferromagnet):
        return True
    if not material.is_uniform:
        return False
    return math.hypot(*material.exchange_vector) <= _USUAL_WAVE_NUMBERS * material.diffusivity


def memory_problems(case: Case) -> Iterator[Problem]:
    """That a case needs more memory than this machine has."""
    there = memory_of_this_machine()
    if there >= _PLENTY and is_usual(case):
        return
    needed = bytes_needed(case)
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
