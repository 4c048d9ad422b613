# SPDX-License-Identifier: MIT
"""Computes how the gap equation of a bulk superconductor responds to a change of the gap.

A change δΔ of the wavenumber k changes the pair amplitude at ω by (ω/E)² δΔ/(E + a k²), where
E = √(ω² + Δ_b²). The tangent of Δ − G(Δ), `fem_sf.usadel.gap`, is a number there,

    t(λ) = 1 − Σ W (ω/E)²/(E + λ) / Σ W/E = Σ W (Δ_b² + λE)/(E²(E + λ)) / Σ W/E,  λ = a k²,

which rises from t(0) = Σ W Δ_b²/E³ / Σ W/E, small next to Tc, to 1, like a logarithm between. So it
does in each superconductor of a stack at short distances; that it is not compact there costs an
iteration many steps without this.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from petsc4py import PETSc
from scipy.optimize import brentq, nnls

from fem_sf.solve.blocks import NOTHING_HELD, BlockMatrix, hold
from fem_sf.solve.linear import solve_surely
from fem_sf.solve.process_grid import ProcessGrid, whole
from fem_sf.usadel.bulk import bulk_gap
from fem_sf.usadel.choices import choose_elliptic_solver
from fem_sf.usadel.matsubara import FrequencySum
from fem_sf.usadel.system import UsadelSystem

FARTHER_POLES = (1e2, 1e4)
"""Of 1/t, in Tc, besides the first one: with these it is met within a quarter at any T and λ."""

SAMPLED = np.concatenate([[0.0], np.geomspace(1e-3, 1e8, 200)])
"""λ in Tc at which 1/t is approximated."""


def tangent(rule: FrequencySum, scales: NDArray[np.float64]) -> NDArray[np.float64]:
    """The tangent t(λ) of a homogeneous superconductor.

    Parameters
    ----------
    rule
        Frequencies and weights below Tc.
    scales
        λ = a k² in Tc, shape (n,).

    Returns
    -------
    ndarray
        Shape (n,), between 0 and 1 for λ ≥ 0.
    """
    gap, shift = bulk_gap(rule.temperature), scales[:, np.newaxis]
    roots = np.hypot(rule.frequencies, gap)
    # no difference of two numbers that are nearly equal next to Tc
    parts = rule.weights * (gap**2 + shift * roots) / (roots**2 * (roots + shift))
    total: NDArray[np.float64] = np.sum(parts, axis=1)
    return total / np.sum(rule.weights / roots)


@dataclass(frozen=True, eq=False)
class PoleSum:
    """1/t(λ) ≈ c_0 + Σ_j c_j b_j/(b_j + λ).

    Parameters
    ----------
    constant
        c_0.
    poles, weights
        b_j > 0 in Tc, and c_j ≥ 0.
    """

    constant: float
    poles: NDArray[np.float64]
    weights: NDArray[np.float64]

    def __call__(self, scales: NDArray[np.float64]) -> NDArray[np.float64]:
        """The sum at some λ in Tc, shape (n,)."""
        terms = self.weights * self.poles / (self.poles + scales[:, np.newaxis])
        total: NDArray[np.float64] = self.constant + np.sum(terms, axis=1)
        return total


def inverse_tangent(rule: FrequencySum) -> PoleSum:
    """The inverse 1/t(λ) as a sum of few poles, the first of them exact.

    At the first pole −b_0 = a k² a change of the gap needs no cause: it decays over √(a/b_0), which
    diverges at Tc.

    Parameters
    ----------
    rule
        Frequencies and weights below Tc.
    """
    edge = float(np.hypot(rule.frequencies[0], bulk_gap(rule.temperature)))
    # next to Tc the pole is as small as 1 − T/Tc
    first = brentq(
        lambda pole: tangent(rule, np.array([-pole])).item(), 0.0, edge * (1 - 1e-9), xtol=1e-24
    )
    poles = np.array([first, *FARTHER_POLES])
    terms = np.hstack([np.ones((len(SAMPLED), 1)), poles / (poles + SAMPLED[:, np.newaxis])])
    relative = terms * tangent(rule, SAMPLED)[:, np.newaxis]
    (constant, *weights), _ = nnls(relative, np.ones(len(SAMPLED)))
    return PoleSum(float(constant), poles, np.array(weights))


class BulkInverse:
    """What the tangent's inverse would be, were every superconductor a homogeneous one by itself.

    It serves PETSc as the context of a preconditioner of type ``python``.

    Parameters
    ----------
    system
        The stack.
    rule
        Frequencies and weights below Tc.
    mass
        ∫ν ψ φ of the superconductors, assembled.
    held
        Values of Δ of this rank, counted from its first, that are given.
    grid
        Groups of ranks that share the poles; by default all do every one together.
    """

    def __init__(
        self,
        system: UsadelSystem,
        rule: FrequencySum,
        mass: BlockMatrix,
        held: NDArray[np.intp] = NOTHING_HELD,
        grid: ProcessGrid | None = None,
    ):
        self._grid = whole(system.layout.comm) if grid is None else grid
        self._sum, self._mass, self._held = inverse_tangent(rule), mass.matrix, held
        self._choose_solver = choose_elliptic_solver(system.mesh)
        diffusion = BlockMatrix(system.compile_gap_diffusion(), mass)
        diffusion.assemble()
        own = self._grid.share(np.ones(len(self._sum.poles)))
        self._terms = [
            (self._sum.weights[j], self._solver(self._sum.poles[j], diffusion.matrix)) for j in own
        ]
        self._source, self._part, self._own = (self._mass.createVecLeft() for _ in range(3))

    def apply(self, preconditioner: PETSc.PC, residual: PETSc.Vec, result: PETSc.Vec) -> None:
        """What PETSc calls: the inverse of a vector."""
        self._mass.mult(residual, self._source)
        self._source.getArray()[self._held] = 0
        self._own.zeroEntries()
        for weight, solver in self._terms:
            solve_surely(solver, self._source, self._part)
            self._own.axpy(weight, self._part)
        result.getArray()[:] = self._grid.total(self._own.getArray(readonly=True))
        result.axpy(self._sum.constant, residual)

    def _solver(self, pole: float, diffusion: PETSc.Mat) -> PETSc.KSP:
        """Solves ψ − (a/b)∇²ψ = …, without flux through any face but where Δ is given."""
        matrix = self._mass.copy()
        matrix.axpy(1 / pole, diffusion, PETSc.Mat.Structure.SAME_NONZERO_PATTERN)
        hold(matrix, self._held)
        return self._choose_solver(matrix, "fem_sf_bulk_")
