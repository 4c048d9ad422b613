# SPDX-License-Identifier: MIT
"""Solves the implicit stages of time steps: R(u) + rate (M u − M past) = 0.

M u are the densities δn and δM of the weak form, R(u) is everything else of it. The row of V has
no time derivative.
"""

from __future__ import annotations

import numpy as np
from mpi4py import MPI
from numpy.typing import NDArray
from petsc4py import PETSc

from fem_sf.errors import NotConverged
from fem_sf.solve.newton import petsc_message, reason_name
from fem_sf.spin.steady import SteadySolver
from fem_sf.spin.transport import SIZE

FloatArray = NDArray[np.float64]

_SETTLED = 1e-6
"""Change over the fields that a Newton step may have if no other is to follow."""

Values = dict[str, NDArray]
"""Values of the fields of all layers at all local nodes, ghosts included."""


class Stages:
    """Solves with any rate, past and drive; the matrix stays factorised while the rate does.

    Parameters
    ----------
    solver
        Of the steady state; its unknowns are those that are solved for.
    """

    def __init__(self, solver: SteadySolver):
        self._solver, self._system = solver, solver.system
        self._free = solver.free
        self.unknowns = solver.unknowns
        self._all = self._free.layout.vector()
        self._factorised: float | None = None
        # one step of Newton's method is enough for linear laws, unless its solver iterates itself
        self._at_once = not solver.is_nonlinear and solver.ksp.getType() == "preonly"
        self._densities = self._rows_of_densities()

    def _rows_of_densities(self) -> PETSc.Vec:
        """1 for the rows of charge and spin, 0 for those of Poisson's equation."""
        for u in self._system.fields.values():
            u.x.array.reshape(-1, SIZE)[:] = [1, 1, 1, 1, 0]
        rows = self._free.vector()
        self._free.from_functions(rows)
        return rows

    # --- fields ---

    def values(self) -> Values:
        """A copy of what the fields hold."""
        return {name: u.x.array.copy() for name, u in self._system.fields.items()}

    @property
    def rate(self) -> float:
        """What the change since the past is multiplied with to be a time derivative."""
        return float(np.real(self._system.constant("time", "rate").value))

    def derivative(self) -> Values:
        """Rate × (u − past)."""
        past = self._system.past
        return {name: self.rate * (u - past[name].x.array) for name, u in self.values().items()}

    def set_past(self, *terms: tuple[float, Values]) -> None:
        """Let the past be a sum of factors times values."""
        for name, past in self._system.past.items():
            past.x.array[:] = sum(factor * values[name] for factor, values in terms)

    def show(self, load: float) -> None:
        """Put the unknowns into the fields, under a part of the drive."""
        self._solver.apply_load(load)
        self._free.to_functions(self.unknowns)

    def go_to(self, unknowns: PETSc.Vec, load: float) -> None:
        """Take other unknowns, and put them into the fields."""
        unknowns.copy(self.unknowns)
        self.show(load)

    def extrapolate(self, start: PETSc.Vec, load: float) -> None:
        """Go on from a start through the middle, which the unknowns are, to the end."""
        self.unknowns.scale(2)
        self.unknowns.axpy(-1, start)
        self.show(load)

    def take(self, load: float, rate: float) -> None:
        """Take the unknowns from the fields, which hold a state under a part of the drive."""
        self._solver.apply_load(load)
        self._system.set_rate(rate)
        self._free.from_functions(self.unknowns)

    def largest(self) -> FloatArray:
        """Largest |μ|, |m| and |V| of the fields, shape (3,)."""
        self._free.layout.from_functions(self._all)
        return self._largest()

    def largest_change(self, change: PETSc.Vec) -> FloatArray:
        """The same of a change of the unknowns."""
        self._free.trial.mult(change, self._all)
        return self._largest()

    def _largest(self) -> FloatArray:
        values = np.abs(self._all.getArray(readonly=True)).reshape(-1, SIZE)
        components = values.max(axis=0, initial=0.0)
        groups = np.array([components[0], components[1:4].max(), components[4]])
        self._free.comm.Allreduce(MPI.IN_PLACE, groups, op=MPI.MAX)
        return groups

    # --- equations ---

    def solve(self, rate: float, load: float) -> None:
        """Solve for the fields by Newton's method, starting from the unknowns as they are.

        It ends by what its steps change: with a rate high above that of anything that happens, the
        residual is mostly the rounding of rate × M u.

        Raises
        ------
        NotConverged
            If it does not end, or the linear solver gives up.
        """
        norms = []
        for _ in range(self._solver.settings.max_iterations):
            change = self.newton_step(rate, load)
            if self._at_once:
                return
            norms.append(float(change.max()))
            if norms[-1] <= _SETTLED * self.largest().max():
                return
        raise NotConverged(
            f"Newton stopped after {len(norms)} steps, the last of which changed μ, m or V by "
            f"{norms[-1]:.1e}",
            norms,
        )

    def newton_step(self, rate: float, load: float) -> FloatArray:
        """Take one Newton step from the unknowns as they are; its largest |μ|, |m| and |V|.

        With a direct solver it is all that linear laws need.
        """
        self.show(load)
        residual = self.residual(rate)
        self._assemble(rate)
        change = self.respond(residual)
        self.unknowns.axpy(-1, change)
        self.show(load)
        return self.largest_change(change)

    def _assemble(self, rate: float) -> None:
        if rate != self._factorised or not self._at_once:
            self._system.set_rate(rate)
            self._solver.matrix.assemble()
            self._factorised = rate

    def instant_derivative(self, size: float, load: float) -> Values:
        """U̇ of the fields under a drive, from a backward Euler step of next to no length.

        It is solved for its change, because differences would be mostly rounding. The fields stay
        as they are.
        """
        self._assemble(1 / size)
        residual = self.residual(0.0)
        # V belongs to the densities already, and what rounding has left of that is no change
        residual.pointwiseMult(residual, self._densities)
        change, here = self.respond(residual), self.unknowns.copy()
        self.go_to(change, 0.0)
        slope = {name: -values / size for name, values in self.values().items()}
        self.go_to(here, load)
        return slope

    def residual(self, rate: float) -> PETSc.Vec:
        """The residual of what the fields hold."""
        self._system.set_rate(rate)
        residual = self._free.vector()
        self._free.assemble(self._system.residual_forms, residual)
        return residual

    def respond(self, right: PETSc.Vec) -> PETSc.Vec:
        """Solve with the matrix of the last solve."""
        ksp, solution = self._solver.ksp, right.duplicate()
        try:
            ksp.solve(right, solution)
        except PETSc.Error as error:
            raise NotConverged(f"PETSc: {petsc_message(error)}") from None
        if ksp.getConvergedReason() < 0:
            reason = reason_name(ksp.getConvergedReason(), PETSc.KSP)
            raise NotConverged(f"the linear solver gave up ({reason})")
        return solution
