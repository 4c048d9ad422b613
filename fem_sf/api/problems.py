# SPDX-License-Identifier: MIT
"""A stack under some conditions, ready to be solved, changed and solved again."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fem_sf.api.changes import changed
from fem_sf.api.number import Number
from fem_sf.api.state import State
from fem_sf.errors import InputError, Problem
from fem_sf.settings import UsadelCase
from fem_sf.spin.model import Current, Voltage
from fem_sf.spin.model import Stack as SpinStack
from fem_sf.spin.settings import SpinCase
from fem_sf.stack import Stack

if TYPE_CHECKING:
    from mpi4py import MPI

    from fem_sf.study.gap_profile import GapProfile
    from fem_sf.study.progress import Progress
    from fem_sf.study.results import UsadelResult
    from fem_sf.study.spin_bench import SpinBench
    from fem_sf.study.usadel_bench import UsadelBench


class Usadel:
    """The Usadel equation of a stack, with its gap; all methods are collective.

    Parameters
    ----------
    stack
        Layers and laws.
    temperature
        T in Tc.
    comm
        The ranks that share the work; all of them by default.
    **settings
        As of `UsadelCase`: ``gap``, ``reference``, ``mesh``, ``solver``, ``output``, ``accuracy``,
        ``scales``, ``title`` …

    Attributes
    ----------
    case
        The same as plain data.

    Raises
    ------
    InputError
        If the settings make no sense, with everything that is wrong.
    """

    def __init__(
        self, stack: Stack, *, temperature: float, comm: MPI.Comm | None = None, **settings: Any
    ):
        settings = {"title": " | ".join(stack.names), **settings}
        self.case = UsadelCase(stack=stack, temperature=temperature, **settings)
        self._comm = comm
        self._benches: dict[str, UsadelBench] = {}

    def __repr__(self) -> str:
        """Layers and temperature."""
        return f"Usadel({' | '.join(self.case.stack.names)}, temperature={self.case.temperature})"

    def with_(self, **changes: Any) -> Usadel:
        """Make the same problem with other numbers; mesh and compiled forms are kept.

        Parameters
        ----------
        **changes
            Settings, or numbers by layer or interface: ``temperature = 0.3``,
            ``thickness = {"F": 2.0}``, ``exchange = {"F": 15.0}``, ``gamma = {"S|F": 0.1}``.

        Raises
        ------
        InputError
            If there is no such number, or it does not take the value.
        """
        other = object.__new__(Usadel)
        other.case = changed(self.case, changes)
        other._comm, other._benches = self._comm, self._benches
        return other

    def solve(self, start: State | None = None, progress: Progress | None = None) -> State:
        """Solve for the state of lowest free energy.

        Parameters
        ----------
        start
            A state of a similar problem. It only saves steps: the answer is the same without.
        progress
            Told how far the work is; silent by default.

        Returns
        -------
        State
            Fields on rank 0, numbers on all ranks.

        Raises
        ------
        InputError
            If the mesh does not fit the stack, or the problem not in the memory of this machine.
        NotConverged
            If no solution is found.
        """
        near = None if start is None else _profile_of(start, self.comm)
        result = self._run(self.case, near, progress)
        profile = _profile(result, self.comm)
        return State.of(result, self.comm, lambda case: self._run(case, profile, None))

    def critical_temperature(self) -> Number:
        """Find where superconductivity ends, without solving for the gap first.

        Returns
        -------
        Number
            In Tc; 0 where there is no superconductivity. Phases are left out.

        Raises
        ------
        InputError
            If no layer is a superconductor.
        NotConverged
            If it is not found.
        """
        from fem_sf.study.comparison import comparison
        from fem_sf.study.frequencies import rule_of
        from fem_sf.study.nodes import element_degree
        from fem_sf.study.usadel_critical import find_critical_temperature, mesh_error

        case = replace(self.case, stack=self.case.stack.without_phases())
        if not case.stack.superconductors:
            raise InputError([Problem("layers", "none of them is a superconductor")])
        bench = self._bench(case)
        bench.forget()
        mesh, degree = bench.mesh(case), element_degree(case.mesh)
        system, _ = bench.system(case, mesh, degree)
        found = find_critical_temperature(case, system, "normal", 0.0)
        other = comparison(case, rule_of(case), degree, mesh.dimension)
        finer, _ = bench.system(case, mesh, other.degree)
        missed = mesh_error(case, found, system, finer, other.factor)
        if missed is None or missed.transition is None:
            error = math.nan
        else:
            error = found.sum_error + missed.transition
        return Number("critical_temperature", found.temperature, error, "Tc")

    @property
    def comm(self) -> MPI.Comm:
        """The ranks that share the work."""
        return self._comm or _all_ranks()

    def _run(
        self, case: UsadelCase, near: GapProfile | None, progress: Progress | None
    ) -> UsadelResult:
        from fem_sf.study.accuracy import run_accurately
        from fem_sf.study.progress import Silent
        from fem_sf.study.run import told_unused_options

        result = run_accurately(case, self._bench(case), progress or Silent(), near=near)
        return told_unused_options(case, result)

    def _bench(self, case: UsadelCase) -> UsadelBench:
        """Where this problem and all that were made of it are set up."""
        from fem_sf.study.plan import process_grid
        from fem_sf.study.usadel_bench import UsadelBench

        if not self._benches:
            self._benches["kept"] = UsadelBench(process_grid(case, self.comm))
        return self._benches["kept"]


class SpinTransport:
    """Spin drift-diffusion through a stack; all methods are collective.

    Parameters
    ----------
    stack
        Layers and laws, of `fem_sf.spin`.
    voltage, current
        What drives it, one of the two.
    comm
        The ranks that share the work; all of them by default.
    **settings
        As of `SpinCase`: ``mesh``, ``solver``, ``output``, ``time``, ``scales``, ``title`` …

    Attributes
    ----------
    case
        The same as plain data.

    Raises
    ------
    InputError
        If the settings make no sense, with everything that is wrong.
    """

    def __init__(
        self,
        stack: SpinStack,
        *,
        voltage: float | None = None,
        current: float | None = None,
        comm: MPI.Comm | None = None,
        **settings: Any,
    ):
        if (voltage is None) == (current is None):
            raise InputError([Problem("voltage", "expected a voltage or a current, one of them")])
        drive = Voltage(voltage) if current is None else Current(current)  # type: ignore[arg-type]
        settings = {"title": " | ".join(stack.names), **settings}
        self.case = SpinCase(stack=stack, drive=drive, **settings)
        self._comm = comm
        self._benches: dict[str, SpinBench] = {}

    def __repr__(self) -> str:
        """Layers and drive."""
        return f"SpinTransport({' | '.join(self.case.stack.names)}, {self.case.drive})"

    def with_(self, **changes: Any) -> SpinTransport:
        """Make the same problem with other numbers; mesh and compiled forms are kept.

        Parameters
        ----------
        **changes
            ``voltage`` or ``current``, settings, or numbers by layer or interface:
            ``polarisation = {"L": 0.3}``, ``conductance = {"L|R": 2.0}``.

        Raises
        ------
        InputError
            If there is no such number, or it does not take the value.
        """
        for name, drive in (("voltage", Voltage), ("current", Current)):
            if name in changes:
                changes["drive"] = drive(changes.pop(name))
        other = object.__new__(SpinTransport)
        other.case = changed(self.case, changes)
        other._comm, other._benches = self._comm, self._benches
        return other

    def solve(self, progress: Progress | None = None) -> State:
        """Solve for the steady state, or through time where the problem has a ``time``.

        Parameters
        ----------
        progress
            Told how far the work is; silent by default.

        Returns
        -------
        State
            Fields on rank 0, numbers on all ranks.

        Raises
        ------
        InputError
            If the mesh does not fit the stack, or the problem not in the memory of this machine.
        NotConverged
            If no solution is found.
        """
        from fem_sf.study.progress import Silent
        from fem_sf.study.run import told_unused_options
        from fem_sf.study.spin import run_spin
        from fem_sf.study.spin_bench import SpinBench

        comm = self._comm or _all_ranks()
        if not self._benches:
            self._benches["kept"] = SpinBench(comm)
        result = run_spin(self.case, self._benches["kept"], progress or Silent())
        return State.of(told_unused_options(self.case, result), comm)


def _all_ranks() -> MPI.Comm:
    from mpi4py import MPI

    return MPI.COMM_WORLD


def _profile_of(start: State, comm: MPI.Comm) -> GapProfile | None:
    if start.result is None or start.kind != "usadel":
        message = "expected a state that Usadel has solved in this session"
        raise InputError([Problem("start", message)])
    return _profile(start.result, comm)


def _profile(result: Any, comm: MPI.Comm) -> GapProfile | None:
    """The gap of a result, on every rank."""
    from fem_sf.study.gap_profile import gap_profile

    found = None
    if comm.rank == 0:
        found = gap_profile(result.case, result.layers, result.summary["state"])
    shared: GapProfile | None = comm.bcast(found)
    return shared
