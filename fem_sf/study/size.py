# SPDX-License-Identifier: MIT
"""Estimates the size of a case before anything is allocated."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from fem_sf.errors import InputError, Problem
from fem_sf.study.physics import PHYSICS

if TYPE_CHECKING:
    from fem_sf.settings import UsadelCase
    from fem_sf.spin.settings import SpinCase

    Case = UsadelCase | SpinCase

_PLENTY = 1e9
"""Bytes that are more than a small case needs."""


def bytes_needed(case: Case) -> float:
    """About what memory solving a case needs at least; 0 for a mesh from a file or no mesh.

    Raises
    ------
    MeshError
        If its mesh would have too many cells.
    """
    if case.mesh.file is not None:
        return 0.0
    physics = PHYSICS[case.kind]
    return physics.bytes_needed(case, physics.cells(case))


def memory_of_this_machine() -> float:
    """Bytes; infinite where the system does not say."""
    try:
        return float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    except (AttributeError, ValueError, OSError):
        return math.inf


def memory_problems(case: Case) -> Iterator[Problem]:
    """That a case needs more memory than this machine has."""
    there = memory_of_this_machine()
    if there >= _PLENTY and PHYSICS[case.kind].is_small(case):
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
