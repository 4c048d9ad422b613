# SPDX-License-Identifier: MIT
"""Integrates spin transport in time, by TR-BDF2 with controlled error or the midpoint rule.

With the densities δn and δM as M u, Eqs. 7 and 10 are M u̇ + R(u) = 0, and Poisson's equation is a
row without u̇: a differential-algebraic equation of index 1. Stages are solved for V together with
the densities, so that V always belongs to them and to the drive of its time.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from petsc4py import PETSc

from fem_sf.errors import NotConverged
from fem_sf.spin.materials import Material
from fem_sf.spin.settings import SpinSolverSettings, TimeSettings
from fem_sf.spin.stages import Stages, Values
from fem_sf.spin.steady import Profile, SteadySolver, uniform
from fem_sf.spin.step_sizes import distinct, fit, next_size, shorter
from fem_sf.spin.system import SpinSystem

_GAMMA = 2 - math.sqrt(2)
"""Part of a TR-BDF2 step that its first stage takes; both stages then have the same matrix."""

_MIDDLE = 1 / (6 * _GAMMA * (1 - _GAMMA))
_LAST = (2 - 3 * _GAMMA) / (6 * (1 - _GAMMA))
_WEIGHTS = (1 - _MIDDLE - _LAST, _MIDDLE, _LAST)
"""Of u̇ at the start, after the first stage and at the end; they integrate parabolas exactly."""

_LEADING_ERROR = abs(-3 * _GAMMA**2 + 4 * _GAMMA - 2) / (12 * (2 - _GAMMA))
"""Error of a step of size h over h³ times the third derivative."""

_SMALL = 1e-3
"""μ, m or V that never were larger than this part of the largest are measured by that part."""

_JUMP = 1e-8
"""Step across a jump of the drive over the shortest time of charge relaxation ε/σ."""

_NOISE_OF_RELAXATION = 3e-17
"""Relative error of V from the rounding of δn, times ε/σ over the filling time.

Steps that were followed down to ε/σ failed from 7e-18 over the tolerance on.
"""

_NOISE_OF_STEPS = 3e-15
"""The same times the size of a step that is longer than ε/σ; measured: 3e-16."""

_WINDOW = 10.0
"""Steps of that size after a jump whose error may be any, over the cube root of the tolerance."""

_ROUNDING = 1e-16
"""Of potentials, which in cells as small as screening lengths are currents whatever the step."""

_INSTANT = 1e-4
"""Step over that across a jump in which nothing happens at all."""


_NO_JUMP = 1e-7
"""Difference of two factors of the drive that is no jump: that of a sine over a rounding of t."""

_FEWEST_ULPS = 64
"""Steps shorter than this many roundings of t are none."""


@dataclass(frozen=True)
class TransientState:
    """Where a run is; with the fields and their past, all that it needs to go on.

    Parameters
    ----------
    time
        t.
    load
        Factor of the drive at t; where it jumps, before that.
    step
        How many steps led here.
    size
        Length of the last one, 0 at the start.
    wanted
        Length of the next one, as far as the error is concerned.
    largest
        Largest |μ|, |m| and |V| so far.
    error
        Of the last step over the tolerance; 0 where it is not estimated.
    rejected
        How many steps were repeated with a shorter one.
    rate
        What u − past is multiplied with to be u̇.
    """

    time: float
    load: float
    step: int = 0
    size: float = 0.0
    wanted: float = 0.0
    largest: tuple[float, ...] = (0.0, 0.0, 0.0)
    error: float = 0.0
    rejected: int = 0
    rate: float = 0.0


@dataclass(frozen=True)
class _Start:
    """What a step starts from.

    Parameters
    ----------
    state
        Where the run is.
    unknowns, values, derivative
        The fields, as unknowns and as values, and u̇.
    residual
        R(u), where the error is controlled.
    """

    state: TransientState
    unknowns: PETSc.Vec
    values: Values
    derivative: Values
    residual: PETSc.Vec | None


class TransientSolver:
    """Takes a stack through time.

    After each step the fields of the system hold the state, and rate × (u − past) its time
    derivative, so that the reactions at faces are the currents at that time.

    Parameters
    ----------
    system
        Fields and forms.
    settings
        Tolerances and PETSc options.
    time
        Times, waveform and scheme.
    profile
        Factor of the voltage along the contacts, a function of places of shape (n, 3).
    """

    def __init__(
        self,
        system: SpinSystem,
        settings: SpinSolverSettings,
        time: TimeSettings,
        profile: Profile = uniform,
    ):
        self.system, self.time = system, time
        self.steady = SteadySolver(system, settings, profile)
        self.state: TransientState | None = None
        self._stages = Stages(self.steady)
        self._residual: PETSc.Vec | None = None
        self._rounding = 16 * float(np.spacing(time.end))
        corners = (each for each in time.waveform.corners if each < time.end)
        self._edges = distinct([0.0, *time.times, *corners, time.end], self._rounding)
        materials = [layer.material for layer in system.stack.layers]
        self._charge_relaxation = min(each.permittivity / each.conductivity for each in materials)
        # δn is a difference of μ and V, and known to their rounding. In a step of size h that is a
        # current ~ 1/h, which displacement (ε/h) or conduction (σ) must lead off: the error of V
        # is the rounding times the filling time over ε/σ or h, whichever is longer
        noise = _filling_time(system) / time.tolerance
        self._follows_charge = self._charge_relaxation >= _NOISE_OF_RELAXATION * noise
        self._quiet = 0.0 if self._follows_charge else _NOISE_OF_STEPS * noise
        self._rounding_of_currents = _ROUNDING * system.reach / _screening_length(materials)

    # --- the run ---

    def steps(self) -> Iterator[TransientState]:
        """Go through time, from the initial state or from where the run is.

        A step ends at each corner of the waveform and at each time that is asked for. Where the
        drive jumps, a step follows that is so short that only V changes; or, where rounding hides
        the relaxation of charge, one after which that is over.

        Yields
        ------
        TransientState
            The initial state of a new run, then the state after every step.

        Raises
        ------
        NotConverged
            If a step does not succeed, however short.
        """
        if self.state is None:
            self.state = self._initial_state()
            yield self.state
        while self.state.time < self.time.end:
            self.state = self._next_state(self.state)
            yield self.state

    def resume(self, state: TransientState) -> None:
        """Go on from a state of another run, whose fields and past the system holds."""
        self.state = state
        self._stages.take(state.load, state.rate)

    def _initial_state(self) -> TransientState:
        load = 0.0
        self.system.set_rate(0.0)
        if self.time.initial == "steady":
            load = 1.0
            self.steady.solve()
        self._stages.show(load)
        self._stages.set_past((1.0, self._stages.values()))
        largest = tuple(self._stages.largest().tolist())
        return TransientState(0.0, load, wanted=self._first_size, largest=largest)

    @property
    def _first_size(self) -> float:
        """A step that follows the relaxation of charge, or the shortest that rounding allows."""
        if self.time.step is not None:
            return self.time.step
        if not self._follows_charge:
            return self._quiet
        return self._charge_relaxation * (self.time.tolerance / _LEADING_ERROR) ** (1 / 3)

    def _next_state(self, state: TransientState) -> TransientState:
        load = self._load(state.time, state.time)
        if abs(load - state.load) > _NO_JUMP:
            return self._across_jump(state, load)
        return self._after_step(state)

    def _load(self, time: float, since: float) -> float:
        """Factor of the drive at a time of the piece without corners that begins at or before."""
        first = int(np.searchsorted(self._edges, since, side="right")) - 1
        begin, end = self._edges[first : first + 2]
        # corners are known to rounding only; at both ends the limit from inside is wanted
        margin = 2 * self._rounding
        return self.time.factor(min(max(time, begin + margin), end - margin))

    def _next_edge(self, time: float) -> float:
        return self._edges[int(np.searchsorted(self._edges, time, side="right"))]

    def _shortest(self, time: float) -> float:
        relaxation = max(self._charge_relaxation, self._quiet)
        return max(_JUMP * relaxation, _FEWEST_ULPS * float(np.spacing(time)))

    def _is_hidden(self, time: float, size: float, error: float) -> bool:
        """Whether what goes on in a step is over before the time that rounding lets steps see.

        What is shorter decays, in steps as in truth; what does not is followed later, or refused.
        """
        begin = self._edges[int(np.searchsorted(self._edges, time, side="right")) - 1]
        window = _WINDOW * self.time.tolerance ** (-1 / 3)
        is_early = time - begin <= window * self._quiet
        return math.isfinite(error) and size <= self._quiet and is_early

    # --- steps ---

    def _across_jump(self, state: TransientState, load: float) -> TransientState:
        """Backward Euler twice, while V follows the drive and little else happens."""
        size = max(self._shortest(state.time), self._quiet)
        size = min(size, (self._next_edge(state.time) - state.time) / 4)
        try:
            if self._follows_charge:
                self._at_once(size, load)
            else:
                self._past_charge_relaxation(size, load)
        except NotConverged as failure:
            raise _located(failure, state.time, size) from failure
        self._residual = None
        return self._accepted(state, state.time + 2 * size, load, size, self._first_size)

    def _at_once(self, size: float, load: float) -> None:
        """Two steps in which only V has the time to change.

        Whatever the laws are, one Newton step is all that V needs; the second puts in order what
        the size of the jump has left of rounding.
        """
        stages = self._stages
        for _ in range(2):
            stages.set_past((1.0, stages.values()))
            stages.newton_step(1 / size, load)
        slope = stages.instant_derivative(_INSTANT * size, load)
        stages.set_past((1.0, stages.values()), (-self._first_size, slope))
        self.system.set_rate(1 / self._first_size)

    def _past_charge_relaxation(self, size: float, load: float) -> None:
        """Two steps after which charge is at rest, and whose last change is the derivative."""
        stages = self._stages
        for _ in range(2):
            past = stages.values()
            stages.set_past((1.0, past))
            stages.solve(1 / size, load)
        self.system.set_rate(1 / size)

    def _after_step(self, state: TransientState) -> TransientState:
        """A step of the scheme, repeated with shorter ones until its error is small enough."""
        start = self._start(state)
        edge = self._next_edge(state.time)
        wanted, rejected = state.wanted, 0
        while True:
            size, is_last = fit(edge - state.time, wanted, state.size)
            time = edge if is_last else state.time + size
            try:
                error = self._take_step(start, state.time, time, size)
            except NotConverged as failure:
                if self.time.step is not None or size < self._shortest(state.time):
                    raise _located(failure, state.time, size) from failure
                error = math.inf
            if error <= 1 or self._is_hidden(state.time, size, error):
                break
            if size < self._shortest(state.time):
                raise NotConverged(
                    f"at t = {state.time:.6g} not even a step of {size:.3g} is as exact as "
                    f"wanted, {self.time.tolerance:g}; raise time.tolerance"
                )
            self._stages.go_to(start.unknowns, start.state.load)
            wanted = shorter(size, error)
            if size > self._quiet:
                wanted = max(wanted, self._quiet)
            rejected += 1
        if error > 1:
            self._residual = None
        if self.time.step is None and not rejected:
            wanted = next_size(size, wanted, error)
        return self._accepted(
            state,
            time,
            self._load(time, state.time),
            size=size,
            wanted=wanted,
            error=error,
            rejected=rejected,
        )

    def _start(self, state: TransientState) -> _Start:
        stages = self._stages
        values, derivative = stages.values(), stages.derivative()
        if self._is_controlled and self._residual is None:
            self._residual = stages.residual(0.0)
        return _Start(state, stages.unknowns.copy(), values, derivative, self._residual)

    @property
    def _is_controlled(self) -> bool:
        return self.time.step is None

    def _take_step(self, start: _Start, begin: float, end: float, size: float) -> float:
        """A step of the scheme; its error over the tolerance, 0 where that is not controlled."""
        load = self._load(end, begin)
        if self.time.scheme == "crank-nicolson":
            self._midpoint(start, size, load)
            return 0.0
        return self._tr_bdf2(start, size, self._load(begin + _GAMMA * size, begin), load)

    def _midpoint(self, start: _Start, size: float, load: float) -> None:
        """The implicit midpoint rule, which for linear laws is that of Crank and Nicolson."""
        stages, rate = self._stages, 2 / size
        stages.set_past((1.0, start.values))
        stages.solve(rate, (start.state.load + load) / 2)
        stages.extrapolate(start.unknowns, load)
        stages.set_past((1.0, start.values), (size / 2, start.derivative))

    def _tr_bdf2(self, start: _Start, size: float, stage_load: float, load: float) -> float:
        """The midpoint rule up to γh, then BDF2 with the matrix that both have in common."""
        stages, rate = self._stages, 2 / (_GAMMA * size)
        self._midpoint(start, _GAMMA * size, stage_load)
        stage = stages.values()
        stage_residual = stages.residual(0.0) if self._is_controlled else None
        past = (
            (1 / (_GAMMA * (2 - _GAMMA)), stage),
            (-((1 - _GAMMA) ** 2) / (_GAMMA * (2 - _GAMMA)), start.values),
        )
        stages.set_past(*past)
        stages.solve(rate, load)
        if start.residual is None or stage_residual is None:
            return 0.0
        residual = stages.residual(0.0)
        error = self._error(start, (start.residual, stage_residual, residual), size, rate)
        if error <= 1:
            self._residual = residual
        stages.set_past(*past)
        self.system.set_rate(rate)
        return error

    def _error(
        self, start: _Start, residuals: tuple[PETSc.Vec, ...], size: float, rate: float
    ) -> float:
        """Error of a step over the tolerance, of whichever of μ, m and V has the largest.

        The embedded method of third order takes M u̇ = −R(u) at all three times. Its difference goes
        through the matrix of the stages once (Hosea and Shampine, Appl. Numer. Math. 20, 21,
        1996): modes that decay within the step do not count then, and V follows from the densities.
        """
        stages = self._stages
        stages.set_past((1.0, start.values))
        # rate × M (u − u_start), and rate × h M u̇ of the embedded method
        difference = stages.residual(rate)
        difference.axpy(-1, residuals[-1])
        for weight, residual in zip(_WEIGHTS, residuals, strict=True):
            difference.axpy(weight * size * rate, residual)
        change = stages.largest_change(stages.respond(difference))
        largest = np.maximum(start.state.largest, stages.largest())
        # of steps that rounding lets be no shorter, what is small counts only with what is large
        least = _SMALL if size > self._quiet else 1.0
        scale = np.maximum(largest, least * largest.max())
        if not scale.all():
            return 0.0
        return float((change / scale).max()) / (self.time.tolerance + self._rounding_of_currents)

    def _accepted(
        self,
        state: TransientState,
        time: float,
        load: float,
        size: float,
        wanted: float,
        error: float = 0.0,
        rejected: int = 0,
    ) -> TransientState:
        return TransientState(
            time,
            load,
            step=state.step + 1,
            size=size,
            wanted=wanted,
            largest=tuple(np.maximum(state.largest, self._stages.largest()).tolist()),
            error=error,
            rejected=state.rejected + rejected,
            rate=self._stages.rate,
        )


def _filling_time(system: SpinSystem) -> float:
    """Time to fill the stack with charge, without screening: its capacity times its resistance."""
    materials = [layer.material for layer in system.stack.layers]
    capacity = max(each.conductivity / (each.alpha1 * each.diffusivity) for each in materials)
    resistivity = max(1 / each.conductivity for each in materials)
    return capacity * resistivity * system.reach**2


def _screening_length(materials: Iterable[Material]) -> float:
    """The shortest of some materials."""
    squares = (
        each.alpha1 * each.diffusivity * each.permittivity / each.conductivity for each in materials
    )
    return math.sqrt(min(squares))


def _located(failure: NotConverged, time: float, size: float) -> NotConverged:
    message = f"the step of {size:.3g} from t = {time:.6g} failed: {failure}"
    return NotConverged(message, failure.history)
