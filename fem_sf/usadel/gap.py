# SPDX-License-Identifier: MIT
"""Solves the gap equation by Newton's method, and tells the normal state from a small gap."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from petsc4py import PETSc

from fem_sf.errors import NotConverged
from fem_sf.signs import NO_SIGNS, Signs
from fem_sf.solve.newton import callback_errors, reason_name
from fem_sf.usadel.bulk import bulk_gap
from fem_sf.usadel.gap_equation import GapEquation
from fem_sf.usadel.growth import NEGLIGIBLE, climb, normal_state_growth, turned

SMALL = 1e-2
"""A gap below this fraction of the bulk's is checked for being the normal state.

Next to a continuous transition the residual hardly feels Δ, and is met before Δ has reached zero.
"""

NOTHING_FOUND = (
    "The iteration from the bulk gap found no superconducting solution, and the normal state is "
    "stable: it is taken to be the answer, as beyond a first-order transition."
)
"""Said with a normal state that was not reached but concluded."""

NEWTON = "newtonls"
"""PETSc's name of Newton's method with a line search."""

PATIENCE, STUCK = 3, 0.9
"""Steps within which Newton's method must bring the residual below this part of what it was."""

HALF = 0.5
"""Part of the residual that a step of Newton's method leaves at most where it is to be trusted."""

STEPS_NEARBY = 10
"""Bound on Newton's steps from the gap at a temperature nearby."""


@dataclass(frozen=True)
class GapReport:
    """How the gap was found.

    Parameters
    ----------
    state
        ``"superconducting"`` or ``"normal"``.
    sweeps
        Solves over all frequencies.
    history
        Norm of Δ − G(Δ) relative to that of the bulk gap, per iteration.
    reason
        PETSc's name of why it stopped.
    note
        What a reader should know beyond that; mostly empty.
    """

    state: str
    sweeps: int
    history: tuple[float, ...]
    reason: str
    note: str = ""


@dataclass(frozen=True)
class Start:
    """Where a search for the gap begins.

    Parameters
    ----------
    residual
        What is expected there, over the bulk's gap.
    tolerance
        The residual at the end, over that which is asked for. From nearby it is less, so that where
        it came from leaves no trace: next to a transition Δ is off by much more than the residual.
    """

    residual: float
    tolerance: float


FAR, NEARBY = Start(0.3, 1.0), Start(1e-4, 0.1)
"""From the gap of the bulk; and from that of a similar stack, of a temperature nearby, or of the
same stack with other elements and frequencies."""


class NoGapFound(NotConverged):
    """Every frequency could be solved, but no Δ was found that solves the gap equation."""


def solve_gap(equation: GapEquation, max_sweeps: int, signs: Signs = NO_SIGNS) -> GapReport:
    """Find Δ(x), from the bulk value down; the system's fields are left at the solution.

    Parameters
    ----------
    equation
        The gap equation of a stack with at least one superconductor.
    max_sweeps
        Bound on the sweeps over the frequencies.
    signs
        Of Δ at the start, + where none is given; where that leads nowhere, those of the mode that
        grows most out of the normal state.

    Returns
    -------
    GapReport
        With state ``"normal"`` where that is stable and no other solution is found.

    Raises
    ------
    NotConverged
        If a frequency cannot be solved; or if neither Newton's method nor Anderson acceleration
        finds a gap, and the normal state is unstable.
    """
    temperature = equation.sweep.frequency_sum.temperature
    bulk = bulk_gap(temperature)
    delta = equation.start(bulk, signs)
    if temperature >= 1.0:
        return _settle_normal(equation, delta, (), "T ≥ Tc", "")
    scale = delta.norm()
    # a rough gap is a start, which is not worth more
    methods = [_newton_solver] if equation.is_rough else [_newton_solver, _anderson_solver]
    note = ""
    try:
        history, reason = _iterate(equation, delta, scale, max_sweeps, methods, FAR)
    except NoGapFound as failure:
        if equation.is_rough or equation.sweep.reservoirs.faces:
            raise
        # beyond a first-order transition there is nothing to converge to
        history, reason, note = failure.history, str(failure), NOTHING_FOUND
        delta.zeroEntries()
    if _largest(delta) < SMALL * bulk:
        growth, mode = normal_state_growth(equation)
        if growth <= 1.0:
            return _settle_normal(equation, delta, history, reason, note)
        if _largest(delta) < NEGLIGIBLE * bulk:
            first = next(iter(equation.sweep.system.gaps))
            climb(equation, turned(equation, mode, signs.get(first, 1)), bulk, delta)
        equation.sweep.restart()
        more, reason = _iterate(equation, delta, scale, max_sweeps, methods, NEARBY)
        history += more
        if _largest(delta) < NEGLIGIBLE * bulk:
            raise NoGapFound(
                "the gap iteration ends in the normal state, which is unstable: a small Δ would "
                f"grow by {growth:.6g} in each turn of the gap equation. Try another temperature "
                "nearby",
                history,
            )
    equation.layout.to_functions(delta)
    return GapReport("superconducting", equation.sweep.sweeps, history, reason)


def follow_gap(equation: GapEquation) -> GapReport:
    """Find Δ(x) from one that is near, in the system's fields, and leave it there.

    Parameters
    ----------
    equation
        The gap equation below Tc of the bulk.

    Returns
    -------
    GapReport
        With state ``"normal"`` where Δ has gone to zero, stable or not.

    Raises
    ------
    NotConverged
        If Newton's method finds nothing there.
    """
    bulk = bulk_gap(equation.sweep.frequency_sum.temperature)
    delta = equation.layout.vector()
    delta.set(bulk)
    scale = delta.norm()
    equation.layout.from_functions(delta)
    equation.pairs.recall()
    history, reason = _iterate(equation, delta, scale, STEPS_NEARBY, (_newton_solver,), NEARBY)
    if _largest(delta) < SMALL * bulk:
        return _settle_normal(equation, delta, history, reason, "")
    equation.layout.to_functions(delta)
    return GapReport("superconducting", equation.sweep.sweeps, history, reason)


def _iterate(
    equation: GapEquation,
    delta: PETSc.Vec,
    scale: float,
    max_sweeps: int,
    methods: Sequence[Callable[[GapEquation], PETSc.SNES]],
    start: Start,
) -> tuple[tuple[float, ...], str]:
    """Solvers of PETSc, each from the start in ``delta`` until one converges."""
    first = delta.copy()
    history: list[float] = []
    complaints = []
    for method in methods:
        first.copy(delta)
        snes = method(equation)
        snes.setTolerances(max_it=max_sweeps)
        watched = _Watched(equation, scale, start)
        watched.solve(snes, delta)
        history += watched.norms
        reason = snes.getConvergedReason()
        name = reason_name(reason, PETSc.SNES)
        if reason > 0:
            return tuple(history), name
        complaints.append(f"{snes.getType()}: {name}")
        equation.sweep.restart()
    if watched.failures:
        raise watched.failures[-1]
    raise NoGapFound(
        f"the gap did not converge ({'; '.join(complaints)}). Try more [solver] max_sweeps, or a "
        "temperature a little lower: near a first-order transition no solution may exist",
        history,
    )


class _Watched:
    """The residual as a solver of PETSc asks for it.

    On the way the frequencies are solved no better than the next step needs, whose residual goes
    with the square of the last one; where that would do for the end, or what is left of the gap may
    be what is left of them, they are solved as usual.

    Parameters
    ----------
    equation, scale, start
        As of `_iterate`.

    Attributes
    ----------
    norms
        Of the residual over ``scale``, at the start and after each step.
    failures
        What went wrong at a frequency.
    """

    def __init__(self, equation: GapEquation, scale: float, start: Start):
        self._equation, self._scale, self._expected = equation, scale, start.residual
        self._tolerance = start.tolerance * equation.sweep.settings.tolerance * scale
        self.norms: list[float] = []
        self.failures: list[NotConverged] = []

    def solve(self, snes: PETSc.SNES, delta: PETSc.Vec) -> None:
        """Let a solver go on from a start until it stops."""
        snes.setFunction(self._evaluate, self._equation.layout.vector())
        snes.setConvergenceTest(self._outcome)
        snes.setMonitor(lambda snes, iteration, norm: self.norms.append(norm / self._scale))
        with callback_errors():
            snes.solve(None, delta)

    def _outcome(
        self, snes: PETSc.SNES, iteration: int, norms: tuple[float, float, float]
    ) -> PETSc.SNES.ConvergedReason:
        """Converged at the tolerance; hopeless where a minimum of the norm holds Newton's steps."""
        reasons = PETSc.SNES.ConvergedReason
        if norms[2] <= self._tolerance:
            return reasons.CONVERGED_FNORM_ABS
        if snes.getType() == NEWTON and not self._falls_below(STUCK, PATIENCE):
            return reasons.DIVERGED_LOCAL_MIN
        return reasons.CONVERGED_ITERATING

    def _falls_below(self, part: float, steps: int = 1) -> bool:
        """Whether the last steps have brought the residual below a part of what it was."""
        return len(self.norms) <= steps or self.norms[-1] <= part * self.norms[-1 - steps]

    def _evaluate(self, snes: PETSc.SNES, delta: PETSc.Vec, result: PETSc.Vec) -> None:
        """Not a number where a frequency fails: an error would leave PETSc's vectors locked."""
        last = self.norms[-1] if self.norms else self._expected
        loose = self._equation.pairs.unnoticed * last**2
        usual = self._equation.sweep.settings.tolerance
        try:
            # the length of steps that a line search has cut tells nothing
            self._equation.residual(delta, result, loose, may_be_last=self._falls_below(HALF))
            if loose > usual and result.norm() <= max(self._tolerance, loose * self._scale):
                self._equation.residual(delta, result)
        except NotConverged as failure:
            self.failures.append(failure)
            result.set(math.nan)


def _newton_solver(equation: GapEquation) -> PETSc.SNES:
    """Newton's method with GMRES on the tangent, preconditioned by the response of the bulk."""
    layout, comm = equation.layout, equation.layout.comm
    size = (sum(layout.sizes), layout.global_size)
    tangent = PETSc.Mat().createPython((size, size), _Tangent(equation), comm)
    snes = PETSc.SNES().create(comm)
    snes.setType(NEWTON)
    snes.setJacobian(lambda *_: None, tangent)
    ksp = snes.getKSP()
    # the bulk's inverse may come from iterations, which differ from one vector to the next
    ksp.setType("fgmres")
    ksp.setPCSide(PETSc.PC.Side.RIGHT)
    ksp.getPC().setType("python")
    ksp.getPC().setPythonContext(equation.bulk_inverse())
    ksp.setTolerances(rtol=1e-4)
    return snes


def _anderson_solver(equation: GapEquation) -> PETSc.SNES:
    snes = PETSc.SNES().create(equation.layout.comm)
    snes.setType("anderson")
    return snes


class _Tangent:
    """The tangent as a PETSc shell matrix."""

    def __init__(self, equation: GapEquation):
        self.equation = equation

    def mult(self, matrix: PETSc.Mat, x: PETSc.Vec, y: PETSc.Vec) -> None:
        self.equation.tangent(x, y)


def _settle_normal(
    equation: GapEquation, delta: PETSc.Vec, history: tuple[float, ...], reason: str, note: str
) -> GapReport:
    delta.zeroEntries()
    equation.layout.to_functions(delta)
    equation.sweep.restart()
    return GapReport("normal", equation.sweep.sweeps, history, reason, note)


def _largest(delta: PETSc.Vec) -> float:
    return float(delta.norm(PETSc.NormType.NORM_INFINITY))
