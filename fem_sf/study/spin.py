# SPDX-License-Identifier: MIT
"""Solves a spin-transport case: mesh, solution, measurement, error estimate."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fem_sf.errors import NotConverged
from fem_sf.spin.resolution import resolution_cautions
from fem_sf.spin.settings import SpinCase
from fem_sf.spin.steady import SteadySolver
from fem_sf.study.checks import concluded
from fem_sf.study.nodes import element_degree, other_degree
from fem_sf.study.progress import Clock, Progress
from fem_sf.study.results import SpinResult
from fem_sf.study.spin_bench import SpinBench, SpinPlace
from fem_sf.study.spin_measurement import Measurement
from fem_sf.study.spin_sampling import Sampler, measurement
from fem_sf.study.spin_summary import summarise
from fem_sf.study.vtx import write_vtx


def run_spin(
    case: SpinCase, bench: SpinBench, progress: Progress, folder: Path | None = None
) -> SpinResult:
    """Solve a case of spin transport; collective over the ranks of the bench.

    Parameters
    ----------
    case, progress, folder
        As in `fem_sf.study.run.run_case`.
    bench
        Where it is set up.

    Raises
    ------
    MeshError
        If the mesh does not fit the stack.
    NotConverged
        If Newton's method does not get to the whole drive, or what it found breaks a balance.
    """
    comm = bench.comm
    progress.start(case.title or case.name)
    if case.solver.method == "exact":
        from fem_sf.study.spin_exact import run_exact

        result = run_exact(case)
        progress.finish("exact")
        everything = SpinResult(case, *result)
        return concluded(everything if comm.rank == 0 else SpinResult(case, summary=result[2]))
    if case.time is not None:
        from fem_sf.study.spin_time import run_in_time

        return run_in_time(case, comm, progress, folder)
    return _run_steady(case, bench, progress, folder)


def _run_steady(
    case: SpinCase, bench: SpinBench, progress: Progress, folder: Path | None
) -> SpinResult:
    clock = Clock()
    mesh = bench.mesh(case)
    degree = element_degree(case.mesh)
    place = bench.place(case, mesh, degree)
    solver = place.solver
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
        solver.show()
    clock.lap("solve")
    sampler = Sampler(case, solver.system)
    states = place.faces.measure()
    layers, probes = sampler.sample(states)
    fine = measurement(solver.system, states, place.energies, place.precession)
    if case.output.vtx and folder is not None:
        write_vtx(mesh, degree, sampler.local_fields(), folder / "fields.bp")
    clock.lap("output")
    coarse = None
    if case.solver.error_estimate and failure is None:
        coarse = _measure_at(bench.place(case, mesh, other_degree(degree)))
        clock.lap("estimate")
    summary = summarise(case, fine, coarse)
    summary |= _course(solver, failure) | {"seconds": clock.seconds()}
    summary["cautions"] += resolution_cautions(solver.system, case.wave_number)
    summary["cautions"] += _rounding_cautions(solver)
    progress.finish("stopped before the whole drive" if failure else "steady state")
    result = SpinResult(case, layers, probes, bench.comm.bcast(summary))
    if failure is not None:
        failure.partial = result
        raise failure
    return concluded(result)


def _measure_at(place: SpinPlace) -> Measurement:
    """The numbers that another polynomial degree gives."""
    place.solver.solve()
    states = place.faces.measure()
    return measurement(place.solver.system, states, place.energies, place.precession)


_ROUNDING = 1e-9
"""Part of the solution that rounding may leave open without a word."""


def _rounding_cautions(solver: SteadySolver) -> list[str]:
    if solver.report.rounding <= _ROUNDING:
        return []
    return [
        f"rounding leaves {solver.report.rounding:.1e} of the solution open, so that no number is "
        "more exact than this; the layers and interfaces conduct too differently"
    ]


def _course(solver: SteadySolver, failure: NotConverged | None) -> dict[str, Any]:
    """How the solve went."""
    report = solver.report
    course: dict[str, Any] = {
        "iterations": {
            "newton": report.iterations,
            "loads": list(report.loads),
            "reason": report.newton[-1].reason,
            "rounding": report.rounding,
        },
        "unknowns": solver.free.global_size,
    }
    if failure is not None:
        course["converged"] = False
        course["note"] = f"only {report.loads[-1]:.6g} of the drive is applied: {failure}"
    return course
