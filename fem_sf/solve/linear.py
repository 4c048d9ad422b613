# SPDX-License-Identifier: MIT
"""Chooses the solver of a linear system: factorisation, or GMRES with algebraic multigrid."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Protocol

import numpy as np
from petsc4py import PETSc

from fem_sf.errors import InputError, Problem
from fem_sf.solve.options import unknown_options

OWN_FACTORISATION_SIZE = 3000
"""Serial systems up to this many unknowns use PETSc's own LU, which starts faster than MUMPS."""

MULTIGRID_SIZE = 100_000
"""Elliptic systems in the plane with more unknowns than this are solved by multigrid.

Measured: here it overtakes a factorisation, which needs four times its memory, and more later.
"""

MULTIGRID_SIZE_IN_SPACE = 10_000
"""The same in three dimensions, where factors fill up faster: at 30 000 it takes a seventh."""

MULTIGRID = {
    "ksp_type": "gmres",
    # only on the right is the true residual watched: on the left GMRES may believe a useless step
    "ksp_pc_side": "right",
    "ksp_rtol": "1e-4",
    "ksp_max_it": "30",
    "pc_type": "gamg",
    "pc_gamg_threshold": "0.02",
    "pc_gamg_esteig_ksp_max_it": "5",
    "mg_levels_ksp_type": "richardson",
    "mg_levels_ksp_max_it": "3",
    "mg_levels_pc_type": "sor",
    # a sweep there and back costs two of these, and helps less
    "mg_levels_pc_sor_local_forward": "true",
}
"""PETSc options that keep the number of iterations where it is, whatever the mesh and ω."""


class SolverChoice(Protocol):
    """Makes a solver of a matrix, with the PETSc options of a prefix on top."""

    def __call__(self, matrix: PETSc.Mat, prefix: str) -> PETSc.KSP:
        """Make it."""


def direct_solver(matrix: PETSc.Mat, prefix: str) -> PETSc.KSP:
    """A linear solver that factorises; PETSc options of its prefix come on top."""
    ksp = _solver(matrix, prefix)
    factorise(ksp)
    read_options(ksp)
    return ksp


def unscaled_solver(matrix: PETSc.Mat, prefix: str) -> PETSc.KSP:
    """The same for a matrix in any units, in which no pivot is too small but zero itself."""
    ksp = _solver(matrix, prefix)
    factorise(ksp)
    ksp.getPC().setFactorPivot(zeropivot=float(np.finfo(float).tiny))
    read_options(ksp)
    return ksp


def symmetric_solver(matrix: PETSc.Mat, prefix: str) -> PETSc.KSP:
    """The same for a matrix that equals its transpose, as second derivatives do: L D Lᵀ."""
    matrix.setOption(PETSc.Mat.Option.SYMMETRIC, True)
    matrix.setOption(PETSc.Mat.Option.SYMMETRY_ETERNAL, True)
    return direct_solver(matrix, prefix)


def uncoupled_solver(matrix: PETSc.Mat, prefix: str) -> PETSc.KSP:
    """A linear solver for many small systems on a line in one matrix, on one rank: PETSc's own LU.

    PETSc options of its prefix come on top.
    """
    ksp = _solver(matrix, prefix)
    ksp.setType("preonly")
    pc = ksp.getPC()
    pc.setType("lu")
    # a narrow band, which on a line fills up with nothing
    pc.setFactorOrdering("rcm")
    read_options(ksp)
    return ksp


def elliptic_solver(matrix: PETSc.Mat, prefix: str) -> PETSc.KSP:
    """The solver of a symmetric matrix like −∇² + k² in the plane: multigrid, or direct.

    PETSc options of its prefix come on top. Where multigrid fails, on cells much longer than wide,
    `factorise` makes it a direct one.
    """
    return _elliptic(matrix, prefix, MULTIGRID_SIZE)


def elliptic_solver_in_space(matrix: PETSc.Mat, prefix: str) -> PETSc.KSP:
    """The same in three dimensions."""
    return _elliptic(matrix, prefix, MULTIGRID_SIZE_IN_SPACE)


def multigrid_size(chosen: SolverChoice) -> float:
    """Unknowns above which a solver is multigrid; infinite for one that factorises at any size."""
    sizes = {elliptic_solver: MULTIGRID_SIZE, elliptic_solver_in_space: MULTIGRID_SIZE_IN_SPACE}
    return sizes.get(chosen, math.inf)


def mass_solver(matrix: PETSc.Mat, prefix: str) -> PETSc.KSP:
    """The solver of a mass matrix without factors: conjugate gradients, to all digits."""
    ksp = _solver(matrix, prefix)
    ksp.setType("cg")
    ksp.getPC().setType("jacobi")
    ksp.setTolerances(rtol=1e-14, atol=0.0, max_it=1000)
    read_options(ksp)
    return ksp


def _elliptic(matrix: PETSc.Mat, prefix: str, most_factorised: float) -> PETSc.KSP:
    if matrix.getSize()[0] <= most_factorised:
        return symmetric_solver(matrix, prefix)
    _offer_multigrid(prefix)
    ksp = _solver(matrix, prefix)
    # SNES asks for a new preconditioner with every Jacobian, and this is called after it
    ksp.setPreSolve(_keep_hierarchy)
    read_options(ksp)
    return ksp


def factorise(ksp: PETSc.KSP) -> None:
    """Let a solver factorise from now on."""
    matrix = ksp.getOperators()[0]
    ksp.setType("preonly")
    pc = ksp.getPC()
    pc.setReusePreconditioner(False)
    if matrix.comm.size == 1 and matrix.getSize()[0] <= OWN_FACTORISATION_SIZE:
        pc.setType("lu")
    else:
        pc.setType("cholesky" if all(matrix.isSymmetricKnown()) else "lu")
        pc.setFactorSolverType("mumps")


def is_iterative(ksp: PETSc.KSP) -> bool:
    """Whether a solver may fail where a factorisation would not."""
    return ksp.getType() != "preonly"


def solve_surely(ksp: PETSc.KSP, b: PETSc.Vec, x: PETSc.Vec) -> None:
    """Solve one system; where iterating fails, with each remedy in turn, which stays."""
    ksp.solve(b, x)
    for remedy in REMEDIES:
        if is_iterative(ksp) and ksp.getConvergedReason() <= 0:
            remedy(ksp)
            ksp.solve(b, x)


def renew(ksp: PETSc.KSP) -> None:
    """Forget a multigrid hierarchy, which is kept otherwise, whatever becomes of the matrix."""
    if _is_multigrid(ksp):
        _offer_multigrid(ksp.getOptionsPrefix())
        operators = ksp.getOperators()
        ksp.getPC().reset()
        ksp.setOperators(*operators)


REMEDIES = (renew, factorise)
"""What may help where iterating fails: a hierarchy may be too old, or none may do."""


def use_options(options: Mapping[str, str], prefix: str) -> None:
    """Put options for the solvers of a prefix into PETSc's table, instead of those there now.

    They stay, because some are only read when a solver is used (those of MUMPS and of multigrid's
    levels).

    Raises
    ------
    InputError
        If no solver of PETSc knows one of them.
    """
    unknown = unknown_options(options)
    if unknown:
        message = "no solver of PETSc knows this option; see its manual page for what it is called"
        raise InputError([Problem(f"solver.petsc.{name}", message) for name in unknown])
    table = PETSc.Options(prefix)
    for key in table.getAll():
        table.delValue(key)
    for key, value in options.items():
        table.setValue(key, value)


def read_options(solver: PETSc.SNES | PETSc.KSP) -> None:
    """Let a solver take what PETSc's table holds for its prefix.

    Raises
    ------
    InputError
        If PETSc does not take something.
    """
    try:
        solver.setFromOptions()
    except PETSc.Error as error:
        message = f"PETSc does not take these options: {petsc_message(error)}"
        raise InputError([Problem("solver.petsc", message)]) from None


def petsc_message(error: PETSc.Error) -> str:
    """What PETSc says went wrong, without the calls that led there."""
    return str(error).splitlines()[-1].partition("] ")[2] or f"error {error.ierr}"


def _offer_multigrid(prefix: str) -> None:
    """Put what multigrid needs beside the options of a prefix; its levels look there when made."""
    table = PETSc.Options(prefix)
    for key, value in MULTIGRID.items():
        if not table.hasName(key):
            table.setValue(key, value)


def _is_multigrid(ksp: PETSc.KSP) -> bool:
    return ksp.getPC().getType() == "gamg"


def _keep_hierarchy(ksp: PETSc.KSP, b: PETSc.Vec, x: PETSc.Vec) -> None:
    """Let multigrid stay what it was made from, while the matrix changes little."""
    ksp.getPC().setReusePreconditioner(_is_multigrid(ksp))


def _solver(matrix: PETSc.Mat, prefix: str) -> PETSc.KSP:
    ksp = PETSc.KSP().create(matrix.comm)
    ksp.setOptionsPrefix(prefix)
    ksp.setOperators(matrix)
    return ksp
