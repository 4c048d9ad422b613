# SPDX-License-Identifier: MIT
"""From a case of spin transport to a result: mesh, solve, measure, estimate the error."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from mpi4py import MPI
from numpy.typing import NDArray

from fem_sf.errors import NotConverged
from fem_sf.mesh.build import checked_geometry
from fem_sf.mesh.layers import LayeredMesh
from fem_sf.parallel import only_first_rank
from fem_sf.spin.energy import Energies
from fem_sf.spin.grading import SpinGrading
from fem_sf.spin.nodal import end_directions, extent
from fem_sf.spin.observables import Faces, FaceStates
from fem_sf.spin.settings import SpinCase
from fem_sf.spin.steady import SteadySolver
from fem_sf.spin.system import SpinSystem
from fem_sf.study.nodes import element_degree, other_degree
from fem_sf.study.progress import Clock, Progress
from fem_sf.study.results import SpinResult
from fem_sf.study.spin_sampling import Sampler
from fem_sf.study.spin_summary import Measurement, has_energy, summarise, voltage_drop
from fem_sf.study.vtx import write_vtx

FloatArray = NDArray[np.float64]


def run_spin(
    case: SpinCase, comm: MPI.Comm, progress: Progress, folder: Path | None = None
) -> SpinResult:
    """Solve a case of spin transport; collective over the communicator.

    Parameters
    ----------
    case, comm, progress, folder
        As in `fem_sf.study.run.run_case`.

    Raises
    ------
    MeshError
        If the mesh does not fit the stack.
    NotConverged
        If Newton's method does not get to the whole drive.
    """
    progress.start(case.title or case.name)
    if case.solver.method == "exact":
        from fem_sf.study.spin_exact import run_exact

        result = run_exact(case)
        progress.finish("exact")
        return SpinResult(case, *result) if comm.rank == 0 else SpinResult(case, summary=result[2])
    if case.time is not None:
        from fem_sf.study.spin_time import run_in_time

        return run_in_time(case, comm, progress, folder)
    return _run_steady(case, comm, progress, folder)


def _run_steady(
    case: SpinCase, comm: MPI.Comm, progress: Progress, folder: Path | None
) -> SpinResult:
    clock = Clock()
    mesh = distribute(case, comm)
    degree = element_degree(case.mesh)
    solver = new_solver(case, mesh, degree)
    clock.lap("setup")

    def tell(load: float) -> None:
        progress.update(round(100 * load), 100, "drive in per cent")

    failure: NotConverged | None = None
    try:
        solver.solve(tell)
    except NotConverged as error:
        if not solver.report.loads:
            raise
        # what part of the drive was reached is worth keeping
        failure = error
        solver.apply_load(solver.report.loads[-1])
        solver.free.to_functions(solver.unknowns)
    clock.lap("solve")
    sampler = Sampler(case, solver.system)
    states = Faces(solver.system, solver.nodes, profile_of(case)).measure()
    layers, probes = sampler.sample(states)
    fine = measurement(solver.system, states)
    if case.output.vtx and folder is not None:
        write_vtx(mesh, degree, sampler.local_fields(), folder / "fields.bp")
    clock.lap("output")
    coarse = None
    if case.solver.error_estimate and failure is None:
        coarse = _measure_at(case, mesh, other_degree(degree))
        clock.lap("estimate")
    summary = summarise(case, fine, coarse)
    summary |= _course(solver, failure) | {"seconds": clock.seconds()}
    progress.finish("stopped before the whole drive" if failure else "steady state")
    result = SpinResult(case, layers, probes, comm.bcast(summary))
    if failure is not None:
        failure.partial = result
        raise failure
    return result


def _measure_at(case: SpinCase, mesh: LayeredMesh, degree: int) -> Measurement:
    """The numbers that another polynomial degree gives."""
    solver = new_solver(case, mesh, degree)
    solver.solve()
    states = Faces(solver.system, solver.nodes, profile_of(case)).measure()
    return measurement(solver.system, states)


def _course(solver: SteadySolver, failure: NotConverged | None) -> dict[str, Any]:
    """How the solve went."""
    report = solver.report
    course: dict[str, Any] = {
        "converged": failure is None,
        "iterations": {
            "newton": report.iterations,
            "loads": list(report.loads),
            "reason": report.newton[-1].reason,
        },
        "unknowns": solver.free.global_size,
    }
    if failure is not None:
        course["note"] = f"only {report.loads[-1]:.6g} of the drive is applied: {failure}"
    return course


def measurement(system: SpinSystem, states: FaceStates) -> Measurement:
    """All numbers of a solution that a summary wants; collective."""
    stack = system.stack
    depths = [float(np.ptp(extent(system, stack.names[end]))) for end in (0, -1)]
    return Measurement(
        interfaces=states.interfaces,
        left_end=states.left_end,
        right_end=states.right_end,
        drop=voltage_drop(stack, states.left_end, states.right_end, (depths[0], depths[1])),
        dimension=system.mesh.dimension,
        extents=states.extents,
        end_extents=states.end_extents,
        charge_gains=states.charge_gains,
        entering=states.entering,
        heat=(
            Energies(system).heat_in_layers() + states.interface_heat if has_energy(stack) else None
        ),
        directions={name: end_directions(system, name) for name in system.tilts},
    )


def distribute(case: SpinCase, comm: MPI.Comm) -> LayeredMesh:
    """The mesh of a case, checked and distributed."""
    geometry = only_first_rank(
        comm, lambda: checked_geometry(case.stack, case.mesh, grading_of(case))
    )
    return LayeredMesh.distribute(comm, geometry)


def grading_of(case: SpinCase) -> SpinGrading:
    """Cell sizes of a case; semi-infinite layers are meshed as far as its probes reach."""
    grading = SpinGrading(wave_number=case.wave_number)
    far = grading.far
    for name, positions in case.output.probes.items():
        layer = case.stack.layer(name)
        if layer.semi_infinite and positions:
            reach = float(np.abs(positions).max())
            far = max(far, grading.far * reach / grading.meshed_thickness(layer))
    return replace(grading, far=far)


def profile_of(case: SpinCase) -> Callable[[FloatArray], FloatArray]:
    """cos(qy) of the drive along the contacts."""

    def profile(points: FloatArray) -> FloatArray:
        return np.cos(case.wave_number * points[:, 1])

    return profile


def new_solver(case: SpinCase, mesh: LayeredMesh, degree: int) -> SteadySolver:
    """A case on its mesh at one polynomial degree."""
    system = SpinSystem(case.stack, case.drive, mesh, degree, case.contacts)
    return SteadySolver(system, case.solver, profile_of(case))
