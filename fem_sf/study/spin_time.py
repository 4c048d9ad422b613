# SPDX-License-Identifier: MIT
"""Solves a spin-transport case in time: records every step, and profiles at times asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from mpi4py import MPI
from numpy.typing import NDArray

from fem_sf.errors import NotConverged
from fem_sf.mesh.layers import LayeredMesh
from fem_sf.spin.checkpoint import Checkpoints, case_parts
from fem_sf.spin.energy import Energies
from fem_sf.spin.face_states import FaceStates
from fem_sf.spin.model import Voltage
from fem_sf.spin.observables import Faces
from fem_sf.spin.precession import Precession
from fem_sf.spin.resolution import resolution_cautions
from fem_sf.spin.settings import CHECKPOINT, SpinCase, TimeSettings
from fem_sf.spin.system import SpinSystem
from fem_sf.spin.transient import TransientSolver, TransientState
from fem_sf.study.checks import concluded
from fem_sf.study.nodes import element_degree, other_degree
from fem_sf.study.progress import Clock, Progress
from fem_sf.study.results import History, LayerFields, SpinResult
from fem_sf.study.spin_bench import distribute, profile_of
from fem_sf.study.spin_measurement import Flow, Measurement, has_energy
from fem_sf.study.spin_sampling import Sampler, measurement
from fem_sf.study.spin_summary import bias_beyond_model, summarise
from fem_sf.study.vtx import write_vtx

Columns = dict[str, NDArray]
"""Values of one layer by column."""

_SPIN_ENDINGS = tuple(f".JM_{side}_{axis}" for side in ("left", "right") for axis in "xyz")

_SAME_TIME = 1e-9
"""Of the whole run: how near a step has to come to a time asked for."""


def run_in_time(
    case: SpinCase, comm: MPI.Comm, progress: Progress, folder: Path | None
) -> SpinResult:
    """Take a case through time; collective over the communicator.

    Parameters
    ----------
    case, comm, progress, folder
        As in `fem_sf.study.run.run_case`.

    Raises
    ------
    NotConverged
        If a step does not succeed, however short.
    """
    assert case.time is not None
    clock = Clock()
    mesh = distribute(case, comm)
    degree = element_degree(case.mesh)
    run = _Run.of(case, mesh, degree)
    sampler = Sampler(case, run.system)
    checkpoints = None
    record = _Record()
    if folder is not None and case.time.checkpoint is not None:
        checkpoints = Checkpoints(
            folder / CHECKPOINT, case_parts(case), run.solver, case.time.checkpoint
        )
        record = _Record.of(checkpoints.restore() or {})
    clock.lap("setup")
    failure = _go_through(case, run, sampler, record, checkpoints, progress)
    clock.lap("solve")
    states = run.faces.measure()
    layers, probes = sampler.sample(states)
    fine = replace(
        measurement(run.system, states, run.energies, run.precession), flow=record.flow(case, run)
    )
    if case.output.vtx and folder is not None:
        write_vtx(mesh, degree, sampler.local_fields(), folder / "fields.bp")
    clock.lap("output")
    coarse = None
    if case.solver.error_estimate and failure is None:
        coarse = _measure_coarsely(case, mesh, other_degree(degree))
        clock.lap("estimate")
    summary = summarise(case, fine, coarse) | _course(run, failure)
    summary["cautions"] += resolution_cautions(run.system, case.wave_number)
    summary["seconds"] = clock.seconds()
    progress.finish("stopped before the end" if failure else f"{run.last.step} steps")
    history = record.history() if comm.rank == 0 else None
    result = SpinResult(case, layers, probes, comm.bcast(summary), history)
    if failure is not None:
        failure.partial = result
        raise failure
    return concluded(result)


def _go_through(
    case: SpinCase,
    run: _Run,
    sampler: Sampler,
    record: _Record,
    checkpoints: Checkpoints | None,
    progress: Progress,
) -> NotConverged | None:
    """Take all steps and record them; what ended them early, whose last state the fields hold."""
    assert case.time is not None
    held = run.held()
    try:
        for state in run.solver.steps():
            states = run.faces.measure()
            beyond = bias_beyond_model(case.stack, states.interfaces)
            if beyond is not None:
                raise NotConverged(beyond)
            record.add(run, state, states)
            if record.is_due(case.time, state.time):
                record.keep(state.time, *sampler.sample(states))
            if checkpoints is not None and checkpoints.is_due():
                checkpoints.write(record.arrays())
            held = run.held()
            progress.update(round(1000 * state.time / case.time.end), 1000, "per mille of the time")
    except NotConverged as error:
        if not record.times:
            raise
        run.put_back(held)
        return error
    return None


def _course(run: _Run, failure: NotConverged | None) -> dict[str, Any]:
    """How the run went."""
    state = run.last
    course: dict[str, Any] = {
        "time": state.time,
        "iterations": {"steps": state.step, "rejected": state.rejected},
        "unknowns": run.solver.steady.free.global_size,
    }
    if failure is not None:
        course["converged"] = False
        course["note"] = f"the run ends at t = {state.time:.6g}: {failure}"
    return course


def _measure_coarsely(case: SpinCase, mesh: LayeredMesh, degree: int) -> Measurement:
    """The numbers at the end that another polynomial degree and coarser steps give."""
    assert case.time is not None
    step = None if case.time.step is None else 2 * case.time.step
    coarser = replace(case.time, step=step, tolerance=min(10 * case.time.tolerance, 0.1))
    run = _Run.of(replace(case, time=coarser), mesh, degree)
    for _ in run.solver.steps():
        pass
    return measurement(run.system, run.faces.measure(), run.energies, run.precession)


@dataclass(frozen=True)
class _Run:
    """A solver and what measures its states."""

    system: SpinSystem
    solver: TransientSolver
    faces: Faces
    energies: Energies
    precession: Precession

    def held(self) -> list[NDArray]:
        """A copy of what all fields hold."""
        return [each.x.array.copy() for each in self._fields]

    def put_back(self, held: list[NDArray]) -> None:
        """Let the fields hold the last state again, after a step that failed."""
        for function, values in zip(self._fields, held, strict=True):
            function.x.array[:] = values
        self.solver.resume(self.last)

    @property
    def _fields(self) -> list[Any]:
        return [*self.system.fields.values(), *self.system.past.values()]

    @property
    def last(self) -> TransientState:
        """Where the run is."""
        assert self.solver.state is not None
        return self.solver.state

    @classmethod
    def of(cls, case: SpinCase, mesh: LayeredMesh, degree: int) -> _Run:
        assert case.time is not None
        system = SpinSystem(case.stack, case.drive, mesh, degree, case.contacts)
        profile = profile_of(case)
        solver = TransientSolver(system, case.solver, case.time, profile)
        faces = Faces(system, solver.steady.nodes, profile)
        return cls(system, solver, faces, Energies(system), Precession(system, profile))


@dataclass
class _Record:
    """What a run went through; profiles on rank 0 only."""

    times: list[float] = field(default_factory=list)
    rows: list[dict[str, float]] = field(default_factory=list)
    kept_times: list[float] = field(default_factory=list)
    kept: dict[str, list[dict[str, Columns]]] = field(
        default_factory=lambda: {"layers": [], "probes": []}
    )

    def add(self, run: _Run, state: TransientState, states: FaceStates) -> None:
        """Take the numbers of a step."""
        row = {
            "drive": state.load,
            "energy": run.energies.free_energy() if has_energy(run.system.stack) else np.nan,
            "total_current": run.faces.total_current(),
        }
        for name, each in states.interfaces.items():
            row[f"{name}.J"] = each.left.current
            row[f"{name}.J_right"] = each.right.current
            for side, values in (("left", each.left), ("right", each.right)):
                for axis, component in zip("xyz", values.spin_current, strict=True):
                    row[f"{name}.JM_{side}_{axis}"] = float(component)
                row[f"{name}.V_{side}"] = values.potential
        self.times.append(state.time)
        self.rows.append(row)

    def flow(self, case: SpinCase, run: _Run) -> Flow:
        """What the state that the fields hold is checked by; collective."""
        columns = self._columns()
        drive = abs(case.drive.value) * self._largest(columns, ("drive",))
        is_voltage = isinstance(case.drive, Voltage)
        current = self._largest(columns, ("total_current", ".J", ".J_right", *_SPIN_ENDINGS))
        voltage = self._largest(columns, (".V_left", ".V_right"))
        return Flow(
            total_currents=(run.faces.total_current(0), run.faces.total_current(1)),
            stored=run.energies.power_stored_by_carriers(),
            largest_current=current if is_voltage else max(current, drive),
            largest_voltage=max(voltage, drive) if is_voltage else voltage,
        )

    @staticmethod
    def _largest(columns: Mapping[str, NDArray], endings: tuple[str, ...]) -> float:
        """Of all columns whose names end so."""
        found = [np.abs(each).max() for key, each in columns.items() if key.endswith(endings)]
        return float(max(found, default=0.0))

    def is_due(self, time: TimeSettings, now: float) -> bool:
        """Whether the next time that profiles are wanted at is reached."""
        wanted = sorted(time.times)
        done = len(self.kept_times)
        return done < len(wanted) and now >= wanted[done] - _SAME_TIME * time.end

    def keep(
        self, time: float, layers: dict[str, LayerFields], probes: dict[str, LayerFields]
    ) -> None:
        """Keep profiles; empty but on rank 0."""
        self.kept_times.append(time)
        for place, fields in (("layers", layers), ("probes", probes)):
            self.kept[place].append({name: dict(each.values) for name, each in fields.items()})

    def arrays(self) -> dict[str, NDArray]:
        """All of it as arrays by name, for a checkpoint."""
        found = {"times": np.array(self.times), "kept_times": np.array(self.kept_times)}
        found |= {f"row/{key}": values for key, values in self._columns().items()}
        for place, kept in self.kept.items():
            for name, columns in _stacked(kept).items():
                found |= {f"{place}/{name}/{key}": values for key, values in columns.items()}
        return found

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray]) -> _Record:
        """What a checkpoint says was recorded; empty without one."""
        record = cls(
            times=arrays.get("times", np.empty(0)).tolist(),
            kept_times=arrays.get("kept_times", np.empty(0)).tolist(),
        )
        columns = {key[4:]: each for key, each in arrays.items() if key.startswith("row/")}
        record.rows = [
            {key: float(each[i]) for key, each in columns.items()} for i in range(len(record.times))
        ]
        for place, kept in record.kept.items():
            for i in range(len(record.kept_times)):
                fields: dict[str, Columns] = {}
                for key, values in arrays.items():
                    if key.startswith(f"{place}/"):
                        name, column = key[len(place) + 1 :].rsplit("/", 1)
                        fields.setdefault(name, {})[column] = values[i]
                kept.append(fields)
        return record

    def history(self) -> History:
        """All of it as a result has it."""
        return History(
            times=np.array(self.times),
            values=self._columns(),
            snapshot_times=np.array(self.kept_times),
            snapshots=_stacked(self.kept["layers"]),
            probes=_stacked(self.kept["probes"]),
        )

    def _columns(self) -> dict[str, NDArray]:
        if not self.rows:
            return {}
        return {key: np.array([row[key] for row in self.rows]) for key in self.rows[0]}


def _stacked(kept: list[dict[str, Columns]]) -> dict[str, Columns]:
    """Columns of every layer with time in front."""
    if not kept:
        return {}
    return {
        name: {column: np.stack([each[name][column] for each in kept]) for column in columns}
        for name, columns in kept[0].items()
    }
