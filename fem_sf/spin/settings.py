# SPDX-License-Identifier: MIT
"""Describes a spin-transport case as plain data: drive, time, solver, units."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Annotated, ClassVar

from fem_sf.checked import Checked, Expected, not_negative, one_of, positive
from fem_sf.errors import Problem
from fem_sf.limits import MOST_STEPS, MOST_TIMES
from fem_sf.settings import (
    Count,
    MeshSettings,
    OutputSettings,
    PetscOptions,
    Residual,
    probe_problems,
)
from fem_sf.spin.model import Current, Drive, Stack, Voltage
from fem_sf.words import spell

METHODS = ("finite-element", "exact")
"""How a steady state is found: by finite elements, or by matching modes of homogeneous layers."""

WAVEFORMS = ("step", "pulse", "sine")
"""How a drive depends on time; all are zero before their start."""

SCHEMES = ("tr-bdf2", "crank-nicolson")
"""How time is stepped: L-stable with controlled error, or with the discrete energy balance."""

CHECKPOINT = "checkpoint.npz"
"""What the checkpoint of a run in time is called in the folder of its results."""

TIMES_NOT_ASCENDING = "expected times that ascend, but this is not later than the one before"
"""Said of a time at which profiles are kept."""

INITIAL_STATES = ("equilibrium", "steady")
"""Where a time-dependent run begins: no drive, or the steady state of the drive as it is given."""


_STEPS_PER_PERIOD = 100
"""About what the tolerance needs of a sine."""


@dataclass(frozen=True)
class Waveform(Checked):
    """A factor of the drive that depends on time; 0 before ``start``.

    Parameters
    ----------
    shape
        ``"step"``: 1 from ``start`` on. ``"pulse"``: 1 for a ``duration``. ``"sine"``:
        sin(2π f (t − start)).
    start
        When it begins, ≥ 0.
    duration
        Of a pulse.
    frequency
        f of a sine, in 1/time.
    """

    shape: Annotated[str, one_of(WAVEFORMS)] = "step"
    start: Annotated[float, not_negative("a time")] = 0.0
    duration: Annotated[float | None, positive("a time")] = None
    frequency: Annotated[float | None, positive("f")] = None

    table: ClassVar = "drive.waveform"

    def find_problems(self) -> Iterator[Problem]:
        """What the shape needs."""
        for shape, key in (("pulse", "duration"), ("sine", "frequency")):
            if self.shape == shape and getattr(self, key) is None:
                yield Problem(key, f"a {shape} needs one > 0, got None")

    def __call__(self, time: float) -> float:
        """The factor at a time, at jumps the value after it."""
        since = time - self.start
        if since < 0:
            return 0.0
        if self.shape == "sine":
            assert self.frequency is not None
            return math.sin(2 * math.pi * self.frequency * since)
        if self.shape == "pulse":
            assert self.duration is not None
            return 1.0 if since < self.duration else 0.0
        return 1.0

    @property
    def corners(self) -> tuple[float, ...]:
        """Times at which the factor or its slope jumps; a time step ends at each."""
        if self.shape == "pulse":
            assert self.duration is not None
            return (self.start, self.start + self.duration)
        return (self.start,)


@dataclass(frozen=True)
class TimeSettings(Checked):
    """A run in time, from t = 0.

    Parameters
    ----------
    end
        When it stops.
    waveform
        How the drive depends on time.
    initial
        One of ``INITIAL_STATES``. From the steady state the waveform is what is added: at t = 0
        the drive is as given, and becomes (1 − waveform) times it.
    scheme
        One of ``SCHEMES``.
    tolerance
        Error of one step over the largest value so far, of each of μ, m and V.
    step
        A fixed step; ``None`` lets the tolerance choose. Crank-Nicolson needs one.
    times
        At which profiles are kept besides that at the end; ascending.
    checkpoint
        Seconds of computing between two checkpoints; ``None`` writes none.
    """

    end: Annotated[float, positive("a time")]
    waveform: Waveform = field(default_factory=Waveform)
    initial: Annotated[str, one_of(INITIAL_STATES)] = "equilibrium"
    scheme: Annotated[str, one_of(SCHEMES)] = "tr-bdf2"
    tolerance: Annotated[float, Residual] = 1e-6
    step: Annotated[float | None, positive("a time")] = None
    times: tuple[float, ...] = ()
    checkpoint: Annotated[float | None, positive("seconds of computing")] = 60.0

    table: ClassVar = "time"

    def find_problems(self) -> Iterator[Problem]:
        """A step that is missing, times out of reach or out of order."""
        if self.scheme == "crank-nicolson" and self.step is None:
            yield Problem("step", "crank-nicolson does not choose its step; give one")
        for i, each in enumerate(self.times):
            if not 0 <= each <= self.end:
                message = f"expected a time from 0 to {self.end:g}, got {each}"
                yield Problem(f"times[{i}]", message)
        for i, (before, after) in enumerate(pairwise(self.times)):
            if after <= before:
                yield Problem(f"times[{i + 1}]", TIMES_NOT_ASCENDING)

    def factor(self, time: float) -> float:
        """What the drive is multiplied with."""
        value = self.waveform(time)
        return 1 - value if self.initial == "steady" else value


_PART = Expected("a number > 0 and ≤ 1", lambda value: 0 < value <= 1)


@dataclass(frozen=True)
class SpinSolverSettings(Checked):
    """How the equations are solved.

    Parameters
    ----------
    method
        One of ``METHODS``.
    tolerance
        In time of an iterating linear solver, and of the approach to a nonlinear steady state: the
        residual over that of the drive. A steady state is then solved down to rounding.
    max_iterations
        Bound on the Newton steps of one solve.
    first_load
        Part of the drive that is applied first where all of it at once does not converge.
    error_estimate
        Whether the solve is repeated one polynomial degree lower, for the mesh error.
    petsc
        PETSc options of the linear and nonlinear solver, without prefix.
    """

    method: Annotated[str, one_of(METHODS)] = "finite-element"
    tolerance: Annotated[float, Residual] = 1e-11
    max_iterations: Count = 30
    first_load: Annotated[float, _PART] = 0.25
    error_estimate: bool = True
    petsc: PetscOptions = field(default_factory=dict)

    table: ClassVar = "solver"


@dataclass(frozen=True)
class SpinScales(Checked):
    """SI values of the four units that may be chosen, and of all that follow from them.

    Parameters
    ----------
    length, time, conductivity, voltage
        In m, s, S/m and V.
    """

    length: Annotated[float, positive("a length in m")] = 1e-9
    time: Annotated[float, positive("a time in s")] = 1e-12
    conductivity: Annotated[float, positive("a conductivity in S/m")] = 1e6
    voltage: Annotated[float, positive("a voltage in V")] = 1e-3

    @property
    def angular_momentum(self) -> float:
        """ħ/2e in V s, what J_M, which is charge-like, is multiplied with as angular momentum."""
        from scipy.constants import elementary_charge, hbar

        return hbar / (2 * elementary_charge)

    @property
    def diffusivity(self) -> float:
        """D0 = L0²/t0 in m²/s."""
        return self.length**2 / self.time

    @property
    def charge_density(self) -> float:
        """Of e δn and e δM, σ0 V0/D0 in C/m³."""
        return self.conductivity * self.voltage / self.diffusivity

    @property
    def current_density(self) -> float:
        """J0 = σ0 V0/L0 in A/m²."""
        return self.conductivity * self.voltage / self.length

    @property
    def conductance(self) -> float:
        """g0 = σ0/L0 in S/m²."""
        return self.conductivity / self.length

    @property
    def permittivity(self) -> float:
        """σ0 t0 in F/m."""
        return self.conductivity * self.time

    @property
    def capacitance(self) -> float:
        """σ0 t0/L0 in F/m²."""
        return self.permittivity / self.length

    @property
    def rate(self) -> float:
        """1/t0 in 1/s."""
        return 1 / self.time

    @property
    def stiffness(self) -> float:
        """Of A_ex as an energy per length, (ħ/2e) J0 L0 in J/m."""
        return self.angular_momentum * self.current_density * self.length

    @property
    def anisotropy(self) -> float:
        """Of K as an energy density, (ħ/2e) J0/L0 in J/m³."""
        return self.angular_momentum * self.current_density / self.length


@dataclass(frozen=True, kw_only=True)
class SpinCase(Checked):
    """A complete problem of spin transport.

    Parameters
    ----------
    stack
        Layers and interfaces.
    drive
        Voltage or current.
    wave_number
        q ≥ 0 of a drive cos(qy) along a rectangle, or of the amplitudes that ``exact`` gives.
    contacts
        Groups of facets of a mesh file that are the left and the right reservoir; by default those
        called ``left`` and ``right``. Without a file, the two ends of the stack.
    time
        ``None`` for the steady state.
    mesh, solver, output
        Settings; lengths are in the unit of the stack.
    scales
        SI values of the units, where the case has a ``[units]`` table.
    name
        File name without ending; the results go to ``results/<name>`` by default.
    title
        What pictures and tables are headed with.
    text
        The case file as it was read, kept with the results.

    Raises
    ------
    InputError
        With everything in which drive, time and method do not fit the stack.
    """

    stack: Stack
    drive: Drive
    wave_number: Annotated[float, not_negative("q")] = 0.0
    contacts: tuple[str, str] = ("left", "right")
    time: TimeSettings | None = None
    mesh: MeshSettings = field(default_factory=MeshSettings)
    solver: SpinSolverSettings = field(default_factory=SpinSolverSettings)
    output: OutputSettings = field(default_factory=OutputSettings)
    scales: SpinScales | None = None
    name: str = "case"
    title: str = ""
    text: str = ""

    kind: ClassVar[str] = "spin"

    def find_problems(self) -> Iterator[Problem]:
        """What does not fit the stack, or each other."""
        yield from _drive_problems(self)
        yield from _solver_problems(self)
        yield from _mesh_problems(self)
        yield from probe_problems(self.stack, self.output)
        if self.time is not None:
            yield from _time_problems(self)
            yield from _step_problems(self.time)
        if len(set(self.contacts)) < len(self.contacts):
            groups = spell(list(self.contacts))
            yield Problem("drive.contacts", f"expected two different groups, got {groups}")


def _drive_problems(case: SpinCase) -> Iterator[Problem]:
    endless = [layer.name for layer in case.stack.layers if layer.semi_infinite]
    if isinstance(case.drive, Voltage) and endless:
        yield Problem(
            "drive.voltage",
            f"layer {endless[0]!r} is semi-infinite and takes any voltage without a current; "
            "drive by a current, or make it finite",
        )
    if case.wave_number:
        if isinstance(case.drive, Current):
            yield Problem("drive.wave_number", "only a voltage can be cos(qy), not a current")
        if case.solver.method != "exact" and (case.mesh.dimension != 2 or case.mesh.file):
            yield Problem(
                "drive.wave_number",
                "a drive cos(qy) needs a rectangle, dimension = 2 with its width, or "
                'method = "exact"',
            )


def _solver_problems(case: SpinCase) -> Iterator[Problem]:
    solver = case.solver
    if solver.method != "exact":
        return
    exact = 'method = "exact" matches modes of homogeneous layers in linear response'
    if case.time is not None:
        yield Problem("solver.method", f"{exact}; a run in time needs finite elements")
    if case.mesh.dimension != 1 or case.mesh.file is not None:
        yield Problem("solver.method", f"{exact} in one dimension; leave the mesh out")
    for layer in case.stack.layers:
        if getattr(layer.material, "wall", None) is not None:
            yield Problem("solver.method", f"{exact}; layer {layer.name!r} has a wall")
    for interface in case.stack.interfaces:
        reason = interface.law.nonlinearity
        if reason:
            yield Problem("solver.method", f"{exact}; {interface.name} has {reason}")


def _mesh_problems(case: SpinCase) -> Iterator[Problem]:
    endless = [layer.name for layer in case.stack.layers if layer.semi_infinite]
    for name in endless:
        if case.mesh.dimension != 1 or case.mesh.file is not None:
            yield Problem(
                f"layers.{name}.thickness",
                "a semi-infinite layer is one-dimensional; in two dimensions give it a thickness",
            )
        elif case.time is not None:
            yield Problem(
                f"layers.{name}.thickness",
                "a semi-infinite layer has a steady state only; in time give it a thickness",
            )


def _step_problems(time: TimeSettings) -> Iterator[Problem]:
    """Runs of so many steps that they never end."""
    wave = time.waveform
    limit = f"expected at most {MOST_STEPS:g}"
    if time.step is not None and time.end / time.step > MOST_STEPS:
        steps = f"about {time.end / time.step:.1e} steps"
        yield Problem(
            "time.step", f"{steps} up to {time.end:g}, {limit}; take longer steps or end earlier"
        )
    periods = time.end * (wave.frequency or 0.0)
    if wave.shape == "sine" and periods * _STEPS_PER_PERIOD > MOST_STEPS:
        steps = f"about {periods * _STEPS_PER_PERIOD:.1e} steps"
        yield Problem(
            "drive.waveform.frequency",
            f"{periods:.1e} periods are {steps} up to {time.end:g}, {limit}; lower the frequency "
            "or end earlier",
        )
    if len(time.times) > MOST_TIMES:
        yield Problem("time.times", f"expected at most {MOST_TIMES} times, got {len(time.times)}")


def _time_problems(case: SpinCase) -> Iterator[Problem]:
    for layer in case.stack.layers:
        if getattr(layer.material, "wall", None) is not None:
            yield Problem(
                f"layers.{layer.name}.wall",
                "in time magnetizations are clamped; leave the wall out",
            )
