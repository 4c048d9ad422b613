# SPDX-License-Identifier: MIT
"""Reads PETSc options of a case, and tells which of them PETSc knows and has used."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from petsc4py import PETSc

_TRIAL = "fem_sf_trial_"
_SOLVERS: tuple[tuple[Callable[[], Any], str], ...] = (
    (
        lambda: PETSc.SNES().create(PETSc.COMM_SELF),
        "newtonls newtontr nrichardson ngmres ncg qn anderson ksponly",
    ),
    (
        lambda: PETSc.KSP().create(PETSc.COMM_SELF),
        "gmres fgmres lgmres gcr cg bcgs bcgsl tfqmr minres richardson chebyshev cr cgs preonly",
    ),
    (
        lambda: PETSc.PC().create(PETSc.COMM_SELF),
        "lu cholesky ilu icc jacobi bjacobi sor asm mg gamg fieldsplit redundant hypre",
    ),
)
_BY_THEIR_VALUES = ("type", "view", "monitor")


def unknown_options(options: Mapping[str, str]) -> list[str]:
    """Names that no solver of PETSc reads; parts of other solvers are not looked into."""
    return [
        name
        for name in options
        if name.startswith(("snes_", "ksp_", "pc_"))
        and not any(each in name for each in _BY_THEIR_VALUES)
        and not _is_read(name)
    ]


def unused_options(options: Mapping[str, str], prefix: str) -> list[str]:
    """Names that nothing has read so far."""
    return [name for name in options if not _is_used(prefix + name)]


@cache
def _is_read(name: str) -> bool:
    """Whether any solver reads an option."""
    table = PETSc.Options(_TRIAL)
    table.setValue(name, "1")
    matrix = PETSc.Mat().createAIJ((2, 2), nnz=2, comm=PETSc.COMM_SELF)
    matrix.setUp()
    matrix.assemble()
    for make, kinds in _SOLVERS:
        for kind in kinds.split():
            _let_read(make(), kind, matrix)
    read = _is_used(_TRIAL + name)
    table.delValue(name)
    return read


def _let_read(solver: Any, kind: str, matrix: PETSc.Mat) -> None:
    """Let a solver of a kind read its options; whether it likes their values is not asked."""
    solver.setOptionsPrefix(_TRIAL)
    try:
        solver.setType(kind)
        if not isinstance(solver, PETSc.SNES):
            solver.setOperators(matrix)
        solver.setFromOptions()
    except PETSc.Error:
        pass
    solver.destroy()


def _is_used(name: str) -> bool:
    """What petsc4py does not hand on; where PETSc cannot be asked, the option counts as used."""
    used = ctypes.c_int(0)
    try:
        ask = ctypes.CDLL(PETSc.__file__).PetscOptionsUsed
    except (AttributeError, OSError):
        return True
    ask(None, name.encode(), ctypes.byref(used))
    return bool(used.value)
