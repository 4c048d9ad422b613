# SPDX-License-Identifier: MIT
"""Solves a case of any kind."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar, overload

from mpi4py import MPI

from fem_sf.checked import show
from fem_sf.errors import InputError, Problem
from fem_sf.settings import UsadelCase
from fem_sf.spin.settings import SpinCase
from fem_sf.study.physics import PHYSICS
from fem_sf.study.progress import Progress, Silent
from fem_sf.study.results import SpinResult, UsadelResult

Solved = TypeVar("Solved", UsadelResult, SpinResult)


@overload
def run_case(
    case: UsadelCase,
    comm: MPI.Comm = ...,
    progress: Progress | None = ...,
    folder: Path | None = ...,
) -> UsadelResult: ...


@overload
def run_case(
    case: SpinCase,
    comm: MPI.Comm = ...,
    progress: Progress | None = ...,
    folder: Path | None = ...,
) -> SpinResult: ...


def run_case(
    case: UsadelCase | SpinCase,
    comm: MPI.Comm = MPI.COMM_WORLD,
    progress: Progress | None = None,
    folder: Path | None = None,
) -> UsadelResult | SpinResult:
    """Solve a case; collective over the communicator.

    Parameters
    ----------
    case
        What to solve.
    comm
        The ranks that share the work.
    progress
        Told how far the work is; silent by default.
    folder
        Where checkpoints of runs in time go, and ``fields.bp`` if the case asks for it; all other
        files are made of the result.

    Returns
    -------
    UsadelResult or SpinResult
        Complete on rank 0; the summary is on every rank.

    Raises
    ------
    InputError
        If this is no case, the mesh does not fit the stack, or the problem not in the memory of
        this machine.
    NotConverged
        If no solution is found.
    """
    if not isinstance(case, UsadelCase | SpinCase):
        message = f"expected a UsadelCase or a SpinCase, as load_case reads it, got {show(case)}"
        raise InputError([Problem("case", message)])
    progress = progress or Silent()
    result: UsadelResult | SpinResult = PHYSICS[case.kind].run(case, comm, progress, folder)
    return told_unused_options(case, result)


def told_unused_options(case: UsadelCase | SpinCase, result: Solved) -> Solved:
    """Add a caution for each PETSc option of a case that its solvers have not used."""
    if case.solver.petsc:
        from fem_sf.solve.newton import BlockNewton
        from fem_sf.solve.options import unused_options

        cautions = [
            f"PETSc has not used the option {name}: the solver that was chosen does not have it"
            for name in unused_options(case.solver.petsc, BlockNewton.PREFIX)
        ]
        if cautions:
            result.summary["cautions"] = [*result.summary.get("cautions", ()), *cautions]
    return result
