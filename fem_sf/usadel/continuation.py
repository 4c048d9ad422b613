# SPDX-License-Identifier: MIT
"""Follows θ along paths of complex frequencies.

Away from the Matsubara axis the equation has many solutions; the physical one is that which is
connected with large ω, where θ is small.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import dolfinx
import numpy as np
from numpy.typing import NDArray
from petsc4py import PETSc

from fem_sf.errors import NotConverged
from fem_sf.usadel.parametrisation import lowest_of_spins
from fem_sf.usadel.solution import Solution
from fem_sf.usadel.sweep import new_linearisation

LARGEST_SURPRISE, SMALL_SURPRISE = 0.2, 0.02
"""Change of θ by the solve, from what was extrapolated: refused above, longer steps below."""

NEGATIVE, NOTHING = 1e-4, 1e-9
"""N below minus the first of the largest N, or minus the second, is another branch's."""

SHORTEST_STEP = 1e-3
"""Step over the first one at which a way is given up."""

LAST_STEP = 1e-9
"""Change of θ by what Newton's method would still do, where it is done."""

ROUGHLY = 1e3
"""Residual at which its own steps end, over the solver's tolerance: cheaper ones do the rest."""

TIGHTER = (1.0, 1e-3, 1e-6)
"""Factors of that residual, in turn, where they do not."""


class Continuation:
    """θ_+ along paths of complex frequencies, at the Δ of a solution.

    Parameters
    ----------
    solution
        A solved stack in the superconducting state.
    """

    def __init__(self, solution: Solution):
        sweep = solution.sweep
        self.system, self.newton = sweep.system, sweep.newton
        self._reservoirs = sweep.reservoirs
        self.theta = self.system.layout.vector()
        self._linearisation = new_linearisation(sweep)
        self._predicted = self.system.layout.vector()
        # at θ = 0 the residual is the source ∫νΔφ that drives everything
        self._tolerance = sweep.settings.tolerance * self.newton.residual_norm(self.theta)

    def largest_gap(self) -> float:
        """Largest |Δ|."""
        gaps = self.system.gaps.values()
        largest = max(float(np.abs(gap.x.array).max(initial=0.0)) for gap in gaps)
        return max(self.system.mesh.comm.allgather(largest))

    def follow(
        self,
        path: Callable[[float], complex],
        stops: Sequence[float],
        step: float,
        afresh: Callable[[float], None] | None = None,
    ) -> Iterator[float]:
        """Solve along a path, from the θ that is there at the first of its stops.

        Parameters
        ----------
        path
            Frequency ω by a real parameter.
        stops
            Ascending parameters.
        step
            Change of the parameter that is tried first.
        afresh
            Solves at a stop by another way, where this one goes no further.

        Yields
        ------
        float
            Each parameter, all stops among them, when the solution there is in the system's fields.
            ``theta`` may be changed then.

        Raises
        ------
        NotConverged
            Naming the frequency.
        """
        first, *others = stops
        try:
            self._solve(path(first))
        except NotConverged as failure:
            raise _stuck(path(first)) from failure
        start = self.theta.copy()
        yield first
        start.copy(self.theta)
        yield from self.go_on(path, first, others, step, afresh)

    def go_on(
        self,
        path: Callable[[float], complex],
        at: float,
        stops: Sequence[float],
        step: float,
        afresh: Callable[[float], None] | None = None,
    ) -> Iterator[float]:
        """Follow a path from the solution that ``theta`` is at a parameter below the stops."""
        first, shortest = step, SHORTEST_STEP * step
        behind = deque([(at, self.theta.copy())], maxlen=3)
        for stop in stops:
            while at < stop:
                count = math.ceil((stop - at) / step)
                trial = stop if count == 1 else at + (stop - at) / count
                surprise = self._try(path(trial), trial, behind)
                if surprise > LARGEST_SURPRISE:
                    step = (trial - at) / 2
                    if step >= shortest:
                        continue
                    if afresh is None:
                        raise _stuck(path(at))
                    afresh(stop)
                    trial, step = stop, first
                    behind.clear()
                elif surprise < SMALL_SURPRISE:
                    step = max(step, 2 * (trial - at))
                at = trial
                behind.append((at, self.theta.copy()))
                yield at

    def _try(self, omega: complex, at: float, behind: deque[tuple[float, PETSc.Vec]]) -> float:
        """Solve from an extrapolation; how far it was off, infinite if that gave no solution."""
        self.theta.zeroEntries()
        for weight, (_, theta) in zip(_extrapolation(at, behind), behind, strict=True):
            self.theta.axpy(weight, theta)
        self.theta.copy(self._predicted)
        try:
            self._solve(omega)
        except NotConverged:
            return math.inf
        if not self._is_physical():
            return math.inf
        self._predicted.axpy(-1.0, self.theta)
        return float(self._predicted.norm(PETSc.NormType.NORM_INFINITY))

    def _is_physical(self) -> bool:
        """Whether N of any spin is nowhere negative, but for what elements leave."""
        normal = self.system.parametrisation.normal_values
        values = [normal(values_of(each.theta)) for each in self.system.conductors]
        lowest = min(lowest_of_spins(each) for each in values)
        highest = max(float(each[:, 0].real.max(initial=-math.inf)) for each in values)
        comm = self.system.mesh.comm
        if comm.size > 1:
            lowest, highest = min(comm.allgather(lowest)), max(comm.allgather(highest))
        return lowest >= -max(NEGATIVE * highest, NOTHING)

    def _solve(self, omega: complex) -> None:
        self.system.set_frequency(omega)
        self._reservoirs.hold(self.theta.getArray(), omega)
        jacobian, ksp = self._linearisation.jacobian, self._linearisation.ksp
        for tighter in TIGHTER:
            self.newton.solve(self.theta, jacobian, ksp, ROUGHLY * tighter * self._tolerance)
            left = self.newton.refine(self.theta, ksp, LAST_STEP)
            if left <= LAST_STEP:
                return
        raise NotConverged(f"Newton's last step is {left:.1e}; wanted {LAST_STEP:.0e}")


def values_of(field: dolfinx.fem.Function) -> NDArray[np.complex128]:
    """Values of the unknown at the nodes of this rank, shape (nodes, *field)."""
    return field.x.array.reshape(-1, *field.ufl_shape)


def _extrapolation(at: float, behind: Any) -> list[float]:
    """Lagrange's weights of the solutions behind."""
    places = [place for place, _ in behind]
    return [
        math.prod((at - other) / (place - other) for other in places if other != place)
        for place in places
    ]


def _stuck(omega: complex) -> NotConverged:
    return NotConverged(
        f"the density of states cannot be found from E = {-omega.imag:.6g} Tc, "
        f"η = {omega.real:.3g} Tc on. Try a larger broadening or a finer mesh ([mesh] refinement)"
    )
