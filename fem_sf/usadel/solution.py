# SPDX-License-Identifier: MIT
"""Solves one stack on one mesh."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from petsc4py import PETSc

from fem_sf.errors import NotConverged
from fem_sf.settings import SolverSettings
from fem_sf.signs import NO_SIGNS, Signs
from fem_sf.solve.process_grid import ProcessGrid
from fem_sf.usadel.bulk import bulk_gap
from fem_sf.usadel.copies import Copies
from fem_sf.usadel.gap import GapReport, follow_gap, solve_gap
from fem_sf.usadel.gap_equation import GapEquation
from fem_sf.usadel.given_gap import fill_gap, phases_of
from fem_sf.usadel.matsubara import FrequencySum, frequencies_alone
from fem_sf.usadel.pair_sources import copies_for
from fem_sf.usadel.reservoirs import reservoirs
from fem_sf.usadel.sweep import FrequencySweep, costs, new_linearisation
from fem_sf.usadel.system import UsadelSystem

Progress = Callable[[int, int, str], None]
"""Called with frequencies done, frequencies in all, and a note."""

CLEAR = 0.1
"""Fraction of the bulk gap above which Δ is far from the normal state and a change of its sign."""

ALMOST = 0.1
"""Fraction of the largest Δ that another discretisation may make of it, with the same solution."""

GapValues = Mapping[str, NDArray[np.float64]]
"""Δ in Tc at all local nodes of every superconductor, ghosts included."""


@dataclass(frozen=True)
class Solution:
    """A solved stack.

    Parameters
    ----------
    sweep
        θ at every frequency; its system's Δ fields hold the gap until another is solved there.
    report
        How the gap was found.
    gap
        Δ.
    equation
        The gap equation at the solution; ``None`` where Δ was given or is zero.
    """

    sweep: FrequencySweep
    report: GapReport
    gap: GapValues
    equation: GapEquation | None


def is_self_consistent(system: UsadelSystem, gap: str | float) -> bool:
    """Whether there is a gap to be found."""
    return gap == "self-consistent" and bool(system.gaps)


def copies_to_solve(
    system: UsadelSystem, rule: FrequencySum, gap: str | float, grid: ProcessGrid
) -> Copies | None:
    """The copies that make `solve` faster, if any; arguments as there.

    To make them takes about as long as they save once.
    """
    # all groups alike, because they tell one another in one way whether they failed
    if not is_self_consistent(system, gap) or len(rule) < 2 * grid.groups:
        return None
    return copies_for(system, len(grid.share(costs(rule.frequencies))))


def solve(
    system: UsadelSystem,
    rule: FrequencySum,
    gap: str | float,
    settings: SolverSettings,
    progress: Progress,
    start: GapValues | Solution | None = None,
    grid: ProcessGrid | None = None,
    copies: Copies | None = None,
    last_step: float = 0.0,
    signs: Signs = NO_SIGNS,
) -> Solution:
    """Solve the Usadel equation of a stack at all frequencies, with its gap.

    Parameters
    ----------
    system
        The stack on its mesh.
    rule
        Frequencies and weights at the temperature.
    gap
        ``"self-consistent"``, ``"bulk"`` (uniform BCS Δ(T)) or a uniform Δ in Tc.
    settings
        Tolerances and PETSc options.
    progress
        Told about every frequency.
    start
        Where a self-consistent gap is looked for first: Δ of similar conditions, or a solution of
        the same stack on the same mesh, with elements of any degree and at any frequencies. By
        default, and where that leads to nothing clear, it is looked for from the bulk value.
    grid
        Groups of ranks that share the frequencies; by default all solve every one together.
    copies
        Those of `copies_to_solve`; by default frequencies are solved one after the other.
    last_step
        Step of a self-consistent Δ, relative, after which it is near enough; by default only its
        residual counts.
    signs
        Of a real Δ, + where none is given: of a given one, and of the start of one that is looked
        for, which may end with others.

    Raises
    ------
    NotConverged
        If a frequency or the gap does not converge.
    """
    if is_self_consistent(system, gap):
        held = reservoirs(system, rule.temperature)
        sweep = FrequencySweep(system, rule, settings, reservoirs=held, grid=grid)
        equation = GapEquation(
            sweep,
            lambda done, total: progress(done, total, f"sweep {equation.begun}"),
            copies,
            last_step,
        )
        report = None
        if rule.temperature < 1:
            if isinstance(start, Solution):
                report = _follow_solution(equation, start)
            elif start is not None:
                report = _follow_gap(equation, start, signs)
        if report is None:
            sweep.restart()
            report = solve_gap(equation, settings.max_sweeps, signs)
        sweep.exchange()
        found = equation if report.state == "superconducting" else None
        return Solution(sweep, report, _gap(system), found)
    sweep = FrequencySweep(system, rule, settings, grid=grid)
    value = bulk_gap(rule.temperature) if isinstance(gap, str) else float(gap)
    fill_gap(system, value, system.stack.phases | phases_of(signs))
    state = "superconducting" if value > 0 and system.gaps else "normal"
    if state == "superconducting":
        _sweep_once(sweep, lambda done, total: progress(done, total, "sweep"))
    return Solution(sweep, GapReport(state, sweep.sweeps, (), "GIVEN"), _gap(system), None)


def _gap(system: UsadelSystem) -> GapValues:
    return {name: field.x.array.copy() for name, field in system.gaps.items()}


def put_back(solution: Solution) -> None:
    """Put the Δ of a solution into its system's fields, where others may have been solved since."""
    for name, field in solution.sweep.system.gaps.items():
        field.x.array[:] = solution.gap[name]


def forget(system: UsadelSystem) -> None:
    """Forget what solutions left for others in a system of fields; only its forms stay."""
    for copies in system.kept(Copies):
        copies.last.clear()


def _follow_solution(equation: GapEquation, other: Solution) -> GapReport | None:
    """The gap that a solution with other elements and frequencies leads to, if it is the same."""
    if other.report.state != "superconducting":
        return None
    others, system = other.sweep.system, equation.sweep.system
    equation.sweep.start_from(other.sweep.known(system.layout))
    for name, gap in system.gaps.items():
        others.gaps[name].x.array[:] = other.gap[name]
        gap.interpolate(others.gaps[name])
    change, found = equation.layout.vector(), equation.layout.vector()
    equation.layout.from_functions(change)
    report = _followed(equation, found)
    change.aypx(-1.0, found)
    return report if _largest(change) <= ALMOST * _largest(found) else None


def _follow_gap(equation: GapEquation, start: GapValues, signs: Signs) -> GapReport | None:
    """The gap that one nearby leads to; ``None`` if that of the bulk may lead elsewhere."""
    gaps, layout = equation.sweep.system.gaps, equation.layout
    for name, field in gaps.items():
        field.x.array[:] = start[name]
    found = layout.vector()
    report = _followed(equation, found)
    for name, part in zip(gaps, layout.slices, strict=True):
        found.getArray()[part] *= signs.get(name, 1)
    bulk = bulk_gap(equation.sweep.frequency_sum.temperature)
    return report if found.min()[1] >= CLEAR * bulk else None


def _followed(equation: GapEquation, found: PETSc.Vec) -> GapReport | None:
    """What the gap in the fields leads to, if anything; Δ is put into a vector."""
    try:
        report = follow_gap(equation)
    except NotConverged:
        return None
    equation.layout.from_functions(found)
    return report if report.state == "superconducting" else None


def _largest(delta: PETSc.Vec) -> float:
    return float(delta.norm(PETSc.NormType.NORM_INFINITY))


def solve_at(
    solution: Solution, frequencies: NDArray[np.float64], progress: Progress
) -> FrequencySweep:
    """Solve at further frequencies, with the Δ of a solution and continued from its frequencies.

    Parameters
    ----------
    solution
        A solved stack; in the normal state θ = 0 at any frequency.
    frequencies
        Positive, ascending, in Tc.
    progress
        Told about every frequency.

    Raises
    ------
    NotConverged
        If a frequency does not converge.
    """
    known = solution.sweep
    rule = frequencies_alone(known.frequency_sum.temperature, frequencies)
    sweep = FrequencySweep(known.system, rule, known.settings, known, known.reservoirs)
    if solution.report.state == "superconducting" and len(rule):
        _sweep_once(sweep, lambda done, total: progress(done, total, "chosen frequencies"))
    return sweep


def _sweep_once(sweep: FrequencySweep, progress: Callable[[int, int], None]) -> None:
    total = len(sweep.theta)
    # At θ = 0 the residual is the source ∫νΔφ that drives everything.
    tolerance = sweep.settings.tolerance * sweep.newton.residual_norm(sweep.theta[0])
    for k in sweep.solve([new_linearisation(sweep)], tolerance):
        progress(total - k, total)
    sweep.exchange()
