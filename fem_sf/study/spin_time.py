# SPDX-License-Identifier: MIT
"""A case of spin transport in time: every step is recorded, profiles at the times asked for."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from mpi4py import MPI

from fem_sf.mesh.layers import LayeredMesh
from fem_sf.spin.energy import Energies
from fem_sf.spin.observables import Faces, FaceStates
from fem_sf.spin.settings import SpinCase, TimeSettings
from fem_sf.spin.system import SpinSystem
from fem_sf.spin.transient import TransientSolver, TransientState
from fem_sf.study.nodes import element_degree, other_degree
from fem_sf.study.progress import Clock, Progress
from fem_sf.study.results import History, LayerFields, SpinResult
from fem_sf.study.spin import distribute, measurement, profile_of
from fem_sf.study.spin_sampling import Sampler
from fem_sf.study.spin_summary import Measurement, has_energy, summarise
from fem_sf.study.vtx import write_vtx

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
    clock.lap("setup")
    record = _Record()
    sampler = Sampler(case, run.system)
    for state in run.solver.steps():
        states = run.faces.measure()
        record.add(run, state, states)
        if record.is_due(case.time, state.time):
            record.keep(state.time, *sampler.sample(states))
        progress.update(round(1000 * state.time / case.time.end), 1000, "per mille of the time")
    clock.lap("solve")
    layers, probes = sampler.sample(states)
    fine = measurement(run.system, states)
    if case.output.vtx and folder is not None:
        write_vtx(mesh, degree, sampler.local_fields(), folder / "fields.bp")
    clock.lap("output")
    coarse = None
    if case.solver.error_estimate:
        coarse = _measure_coarsely(case, mesh, other_degree(degree))
        clock.lap("estimate")
    summary = summarise(case, fine, coarse) | {
        "converged": True,
        "time": state.time,
        "iterations": {"steps": state.step, "rejected": state.rejected},
        "unknowns": run.solver.steady.free.global_size,
    }
    # power balances with what is stored, so that a state by itself does not say
    for key in ("charge", "power", "heat", "power_balance"):
        summary["checks"].pop(key, None)
    summary["seconds"] = clock.seconds()
    progress.finish(f"{state.step} steps")
    history = record.history() if comm.rank == 0 else None
    return SpinResult(case, layers, probes, comm.bcast(summary), history)


def _measure_coarsely(case: SpinCase, mesh: LayeredMesh, degree: int) -> Measurement:
    """The numbers at the end that another polynomial degree and coarser steps give."""
    assert case.time is not None
    step = None if case.time.step is None else 2 * case.time.step
    coarser = replace(case.time, step=step, tolerance=min(10 * case.time.tolerance, 0.1))
    run = _Run.of(replace(case, time=coarser), mesh, degree)
    for _ in run.solver.steps():
        pass
    return measurement(run.system, run.faces.measure())


@dataclass(frozen=True)
class _Run:
    """A solver and what measures its states."""

    system: SpinSystem
    solver: TransientSolver
    faces: Faces
    energies: Energies | None

    @classmethod
    def of(cls, case: SpinCase, mesh: LayeredMesh, degree: int) -> _Run:
        assert case.time is not None
        system = SpinSystem(case.stack, case.drive, mesh, degree, case.contacts)
        profile = profile_of(case)
        solver = TransientSolver(system, case.solver, case.time, profile)
        faces = Faces(system, solver.steady.nodes, profile)
        return cls(system, solver, faces, Energies(system) if has_energy(case.stack) else None)


@dataclass
class _Record:
    """What a run went through."""

    times: list[float] = field(default_factory=list)
    rows: list[dict[str, float]] = field(default_factory=list)
    kept_times: list[float] = field(default_factory=list)
    kept: list[dict[str, LayerFields]] = field(default_factory=list)
    kept_probes: list[dict[str, LayerFields]] = field(default_factory=list)

    def add(self, run: _Run, state: TransientState, states: FaceStates) -> None:
        """Take the numbers of a step."""
        row = {
            "drive": state.load,
            "energy": run.energies.free_energy() if run.energies else np.nan,
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
        self.kept.append(layers)
        self.kept_probes.append(probes)

    def history(self) -> History:
        """All of it as arrays."""
        return History(
            times=np.array(self.times),
            values={key: np.array([row[key] for row in self.rows]) for key in self.rows[0]},
            snapshot_times=np.array(self.kept_times),
            snapshots=_stacked(self.kept),
            probes=_stacked(self.kept_probes),
        )


def _stacked(kept: list[dict[str, LayerFields]]) -> dict[str, dict[str, Any]]:
    """Columns of every layer with time in front."""
    if not kept:
        return {}
    return {
        name: {column: np.stack([each[name].values[column] for each in kept]) for column in values}
        for name, values in ((name, fields.values) for name, fields in kept[0].items())
    }
