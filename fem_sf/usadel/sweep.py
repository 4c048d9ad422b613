# SPDX-License-Identifier: MIT
"""Solves for θ at every frequency at a given Δ."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray
from petsc4py import PETSc

from fem_sf.errors import NotConverged
from fem_sf.settings import SolverSettings
from fem_sf.solve.blocks import BlockMatrix, BlockVector
from fem_sf.solve.linear import renew
from fem_sf.solve.newton import BlockNewton
from fem_sf.solve.process_grid import ProcessGrid, deal, whole
from fem_sf.stack import Stack
from fem_sf.usadel.choices import choose_solver
from fem_sf.usadel.matsubara import FrequencySum
from fem_sf.usadel.physical import require_physical
from fem_sf.usadel.reservoirs import NO_RESERVOIRS, Reservoirs
from fem_sf.usadel.scales import has_weak_layers
from fem_sf.usadel.system import UsadelSystem

LARGEST_BISECTIONS = 8
"""How often the step in frequency is halved before a failed continuation is given up."""

PREDICTING = 4
"""From how many frequencies a start at the next one is predicted, at most."""

MORE_AT_LOW = 1.4
"""How much more it takes to solve at ω = 0, where a gap needs more steps; measured in the plane."""

LARGEST_SURPRISE = 0.2
"""Change of θ on the way from a start, beyond which it may lead to another solution."""

LAST_STEP = 1e-4
"""Change of θ in Newton's last step that leaves about its square, in stacks with weak layers."""

ROUNDING = 1e-12
"""Relative difference of two frequencies that are the same."""

LOW, LARGEST_RATIO = 3.0, 4.0
"""Below which frequency, in Tc, solutions are followed in steps of at most this ratio."""


@dataclass(frozen=True)
class Linearisation:
    """The Jacobian at one frequency's solution, factorised.

    Parameters
    ----------
    jacobian, ksp
        ∂R/∂θ and its solver.
    """

    jacobian: BlockMatrix
    ksp: PETSc.KSP


@dataclass(frozen=True, eq=False)
class KnownSolution:
    """θ of a stack that has been solved.

    Parameters
    ----------
    frequencies
        ω in Tc.
    theta
        The unknowns of this rank at each, shape (frequencies, unknowns).
    """

    frequencies: NDArray[np.float64]
    theta: NDArray[np.complex128]


class FrequencySweep:
    """The solutions at all frequencies of a sum.

    Parameters
    ----------
    system
        The stack's forms; its Δ fields are the given gap.
    frequency_sum
        Frequencies and weights.
    settings
        Tolerances and PETSc options.
    neighbours
        A solved sweep at the same Δ, whose solutions are starts too.
    reservoirs
        What is held at the outer faces.
    grid
        Groups of ranks that share the frequencies; by default all solve every one together.

    Attributes
    ----------
    own
        Indices of the frequencies that the group of this rank solves.
    solved
        Whether all have been solved.
    starts_known
        Whether, before that, there is a start at all of them.
    """

    def __init__(
        self,
        system: UsadelSystem,
        frequency_sum: FrequencySum,
        settings: SolverSettings,
        neighbours: FrequencySweep | None = None,
        reservoirs: Reservoirs = NO_RESERVOIRS,
        grid: ProcessGrid | None = None,
    ):
        self.grid = whole(system.layout.comm) if grid is None else grid
        self.own = self.grid.share(costs(frequency_sum.frequencies))
        self.grid.require_same(system.coordinates())
        self.system, self.frequency_sum, self.settings = system, frequency_sum, settings
        self.neighbours, self.reservoirs = neighbours, reservoirs
        names = [conductor.name for conductor in system.conductors]
        self.newton = BlockNewton(
            system.layout,
            system.residual_forms,
            settings.max_iterations,
            settings.petsc,
            names,
            reservoirs.places,
            choose_solver(system.parametrisation, system.mesh),
            last_step(system.stack),
        )
        self.theta = [system.layout.vector() for _ in frequency_sum.frequencies]
        self.newton_iterations = 0
        self.sweeps = 0
        self.solved = self.starts_known = False

    def solve(self, linearisations: list[Linearisation], tolerance: float) -> Iterator[int]:
        """Solve this group's frequencies from the largest down, yielding the index of each solved.

        Parameters
        ----------
        linearisations
            One for each of this group's frequencies from the lowest up, which stays at its
            solution, but for the last, which serves all others too.
        tolerance
            Residual norm to reach.

        Raises
        ------
        NotConverged
            Naming the frequency, on all groups; those above it are solved, it and those below are
            not.
        """
        failed = None
        for position, k in reversed(list(enumerate(self.own))):
            linearisation = linearisations[place_of(position, len(linearisations))]
            if self.is_shared(position, len(linearisations)):
                renew(linearisation.ksp)
            try:
                self._solve_from_start(k, linearisation, tolerance)
            except NotConverged as failure:
                failed = failure
                break
            yield k
        self.grid.raise_any(failed)
        self.sweeps += 1
        self.solved = True

    def is_shared(self, position: int, places: int) -> bool:
        """Whether one of so many linearisations serves other frequencies of this group too.

        Parameters
        ----------
        position, places
            Which of this group's frequencies it is for, and how many linearisations there are.
        """
        return place_of(position, places) == places - 1 and places < len(self.own)

    def start_from(self, known: KnownSolution) -> None:
        """Take the solution of a similar stack as the start, also between its frequencies.

        At frequencies below them, as at T = 0, nothing follows from it.
        """
        frequencies = self.frequency_sum.frequencies
        if frequencies[0] >= known.frequencies[0] * (1 - ROUNDING):
            weights = interpolation(known.frequencies, frequencies[self.own])
            self.take(weights @ known.theta)
            self.starts_known = True

    def known(self, layout: BlockVector) -> KnownSolution:
        """What was found at all frequencies, for unknowns of any degree on the same mesh.

        Parameters
        ----------
        layout
            That of those; its fields and the system's are overwritten.
        """
        own = self.system.layout
        theta = [layout.interpolated(each, own).getArray() for each in self.theta]
        return KnownSolution(self.frequency_sum.frequencies, np.array(theta))

    def take(self, solutions: NDArray[np.complex128]) -> None:
        """Take what was found elsewhere as this group's solutions.

        Parameters
        ----------
        solutions
            θ at this group's frequencies, shape (frequencies, unknowns of this rank).
        """
        for k, solution in zip(self.own, solutions, strict=True):
            self.theta[k].getArray()[:] = solution

    def count(self, newton_iterations: int) -> None:
        """Count a sweep that was done elsewhere, with its steps at all frequencies together."""
        self.newton_iterations += newton_iterations
        self.sweeps += 1
        self.solved = True

    def restart(self) -> None:
        """Forget the solutions, so that the next sweep starts from θ = 0."""
        self.solved = self.starts_known = False
        for theta in self.theta:
            theta.zeroEntries()

    def exchange(self) -> None:
        """Give every group the solutions of the others."""
        owners = deal(costs(self.frequency_sum.frequencies), self.grid.groups)
        for owner, theta in zip(owners.tolist(), self.theta, strict=True):
            self.grid.take_from(owner, theta.getArray())

    def of_all(self, own: NDArray) -> NDArray:
        """Values at all frequencies from each group's at its own, along the first dimension."""
        values = np.zeros((len(self.theta), *own.shape[1:]), own.dtype)
        values[self.own] = own
        return self.grid.total(values)

    def all_newton_iterations(self) -> int:
        """Newton's steps at all frequencies so far."""
        return int(self.grid.total(np.array(self.newton_iterations)))

    def select(self, k: int) -> None:
        """Put one frequency's solution into the system's fields."""
        self.system.set_frequency(self.frequency_sum.frequencies[k])
        self.system.layout.to_functions(self.theta[k])

    def _nearest(self, k: int) -> tuple[float, PETSc.Vec] | None:
        """The solved frequency to come from: the next higher, or else the highest of all."""
        frequencies = self.frequency_sum.frequencies
        solved = [(frequencies[j], self.theta[j]) for j in self.own if j > k][:1]
        if self.neighbours is not None:
            others = self.neighbours
            solved += zip(others.frequency_sum.frequencies, others.theta, strict=True)
        above = [each for each in solved if each[0] >= frequencies[k]]
        if above:
            return min(above, key=itemgetter(0))
        return max(solved, key=itemgetter(0), default=None)

    def _set_out(self, k: int) -> list[float]:
        """Put a start into θ at a frequency; the frequencies on the way from there, ascending."""
        nearest = self._nearest(k)
        reached = math.inf if nearest is None else nearest[0]
        way = frequencies_between(self.frequency_sum.frequencies[k], reached)
        if way:
            self._start_from_nearest(k)
        else:
            self._predict(k)
        return way

    def _predict(self, k: int) -> None:
        """Take as the start what the solutions at the frequencies above lead to.

        They are smooth in `evenly`; a polynomial goes through some. Where there are no two, the
        nearest solution is the start.
        """
        above = [j for j in self.own if j > k][:PREDICTING]
        if self.neighbours is not None or len(above) < 2:
            self._start_from_nearest(k)
            return
        here, *known = evenly(self.frequency_sum.frequencies[[k, *above]])
        self.theta[k].zeroEntries()
        for i, j in enumerate(above):
            others = np.delete(known, i)
            weight = np.prod((here - others) / (known[i] - others))
            self.theta[k].axpy(weight, self.theta[j])

    def _start_from_nearest(self, k: int) -> None:
        """Take the nearest solution as the start; θ = 0 where there is none yet."""
        nearest = self._nearest(k)
        if nearest is not None:
            nearest[1].copy(self.theta[k])
        else:
            self.theta[k].zeroEntries()

    def _solve_from_start(self, k: int, linearisation: Linearisation, tolerance: float) -> None:
        """Newton from θ as it is where that is a start, unless it leads far from there."""
        omega, theta = self.frequency_sum.frequencies[k], self.theta[k]
        if self.solved or self.starts_known:
            change = theta.copy()
            self._solve_one(k, [omega], linearisation, tolerance)
            change.axpy(-1.0, theta)
            if self.solved or change.norm(PETSc.NormType.NORM_INFINITY) <= LARGEST_SURPRISE:
                return
        self._solve_one(k, [omega, *self._set_out(k)], linearisation, tolerance)

    def _solve_one(
        self,
        k: int,
        targets: list[float],
        linearisation: Linearisation,
        tolerance: float,
    ) -> None:
        """Newton at each ω from the last to the first, which is the one that is wanted.

        If it fails, approach from the nearest solution in smaller steps.
        """
        omega, failures = targets[0], 0
        nearest = self._nearest(k)
        reached = None if nearest is None else nearest[0]
        while targets:
            self.system.set_frequency(targets[-1])
            self.reservoirs.hold(self.theta[k].getArray(), targets[-1])
            try:
                report = self.newton.solve(
                    self.theta[k], linearisation.jacobian, linearisation.ksp, tolerance
                )
                require_physical(self.system, self.theta[k].getArray(readonly=True))
            except NotConverged as failure:
                failures += 1
                if failures > (LARGEST_BISECTIONS if nearest else 1):
                    raise NotConverged(
                        f"at frequency ω = {omega:.6g} Tc: {failure}. "
                        "Try a finer mesh ([mesh] refinement), or more [solver] max_iterations",
                        failure.history,
                    ) from failure
                if failures == 1:
                    self._start_from_nearest(k)
                if reached is not None:
                    targets.append(math.sqrt(reached * targets[-1]))
                continue
            self.newton_iterations += report.iterations
            reached = targets.pop()


def last_step(stack: Stack) -> float:
    """Bound on Newton's last step, where the residual alone does not tell."""
    return LAST_STEP if has_weak_layers(stack) else math.inf


def place_of(position: int, places: int) -> int:
    """Which of so many linearisations serves a frequency of a group, counted from its lowest."""
    return min(position, places - 1)


def evenly(frequencies: NDArray[np.float64]) -> NDArray[np.float64]:
    """The variable u = 1/(1 + √ω), in which the frequencies of a sum are about evenly dense."""
    return 1 / (1 + np.sqrt(frequencies))


def interpolation(known: NDArray[np.float64], wanted: NDArray[np.float64]) -> NDArray[np.float64]:
    """What makes θ at some frequencies of θ at others: polynomials in `evenly`, 0 at infinity.

    Parameters
    ----------
    known, wanted
        Frequencies, shapes (n,) and (m,).

    Returns
    -------
    ndarray
        Shape (m, n).
    """
    places = np.append(evenly(known), 0.0)
    to_places = evenly(wanted)[:, np.newaxis] - places
    weights = np.empty((len(wanted), len(known)))
    for i, place in enumerate(places[:-1]):
        ratios = np.delete(to_places, i, axis=1) / (place - np.delete(places, i))
        weights[:, i] = np.prod(ratios, axis=1)
    return weights


def costs(frequencies: NDArray[np.float64]) -> NDArray[np.float64]:
    """About what it takes to solve at frequencies, over what it takes at very high ones."""
    return 1 + MORE_AT_LOW * evenly(frequencies)


def frequencies_between(omega: float, reached: float) -> list[float]:
    """Where to stop on the way from a solved frequency down to a low one, ascending.

    At high frequencies any start leads to the solution; from one of these, or from θ = 0, Newton's
    method may find another one at a low frequency, where there are several.

    Parameters
    ----------
    omega, reached
        The wanted frequency and the solved one, in Tc; the latter infinite where there is none.
    """
    top = min(reached, LOW)
    if reached <= LARGEST_RATIO * omega or omega >= LOW:
        return []
    count = math.ceil(math.log(top / omega) / math.log(LARGEST_RATIO))
    stops = np.geomspace(omega, top, count + 1)[1:]
    return [float(each) for each in stops if each < reached]


def new_linearisation(sweep: FrequencySweep) -> Linearisation:
    """A Jacobian and its solver; one serves all frequencies in turn where Δ is given."""
    jacobian = BlockMatrix(sweep.system.jacobian_forms, held=sweep.reservoirs.places)
    return Linearisation(jacobian, sweep.newton.linear_solver(jacobian))
