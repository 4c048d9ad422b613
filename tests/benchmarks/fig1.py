# SPDX-License-Identifier: MIT
"""Time and error of the Fig. 1 bilayer, self-consistent, beside two scripts without fem_sf.

The scripts leave frequencies beyond the hundredth away; fem_sf has a rule for all of them. Errors
are those against the independent collocation solver's reference.

    docker/run env OMP_NUM_THREADS=1 python3 tests/benchmarks/fig1.py
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import fig1_scripts
import numpy as np
from mpi4py import MPI
from rich.console import Console
from rich.table import Table

from fem_sf import (
    Ferromagnet,
    Interface,
    KupriyanovLukichev,
    Layer,
    MeshSettings,
    OutputSettings,
    SolverSettings,
    Stack,
    Superconductor,
    UsadelCase,
)
from fem_sf.solve.process_grid import whole
from fem_sf.study.gap_profile import GapProfile, gap_profile
from fem_sf.study.progress import Silent
from fem_sf.study.results import UsadelResult
from fem_sf.study.usadel import run_usadel
from fem_sf.study.usadel_bench import UsadelBench

REFERENCE = Path(__file__).parents[1] / "reference" / "usadel" / "fig1.json"
NEIGHBOURS = 16
"""Points of a fit: J is varied by a few percent around that of the figure."""


def case(record: dict, exchange: float, refinement: float) -> UsadelCase:
    """One run of the reference, without error estimate, as neither script has one."""
    stack = Stack(
        [
            Layer("S", Superconductor(), fig1_scripts.LENGTH_S),
            Layer(
                "F",
                Ferromagnet(record["rD"], record["nuF_over_nuS"], exchange),
                fig1_scripts.LENGTH_F,
            ),
        ],
        [Interface("S", "F", KupriyanovLukichev(fig1_scripts.GAMMA_F, "F"))],
    )
    near = fig1_scripts.LENGTH_S - fig1_scripts.CLOSE_TO_PLANE
    return UsadelCase(
        stack=stack,
        temperature=record["T"],
        mesh=MeshSettings(refinement=refinement),
        solver=SolverSettings(error_estimate=False),
        output=OutputSettings(probes={"S": (near,)}),
    )


def once(record: dict, refinement: float) -> tuple[float, fig1_scripts.Answer]:
    """The solve from a cold start; mesh and forms are not counted, the gap is."""
    asked = case(record, fig1_scripts.EXCHANGE, refinement)
    result = run_usadel(asked, new_bench(), Silent())
    return result.summary["seconds"]["solve"], answer(result)


def neighbour_seconds(record: dict, refinement: float) -> float:
    """Everything that a further point of a fit takes, output included; the median."""
    bench, near, seconds = new_bench(), None, []
    for exchange in fig1_scripts.EXCHANGE * np.linspace(1.0, 1.05, NEIGHBOURS):
        start = time.perf_counter()
        asked = case(record, float(exchange), refinement)
        result = run_usadel(asked, bench, Silent(), near=near)
        seconds.append(time.perf_counter() - start)
        near = profile(result)
    return statistics.median(seconds[1:])


def new_bench() -> UsadelBench:
    return UsadelBench(whole(MPI.COMM_SELF))


def profile(result: UsadelResult) -> GapProfile | None:
    return gap_profile(result.case, result.layers, result.summary["state"])


def answer(result: UsadelResult) -> fig1_scripts.Answer:
    layers = result.summary["layers"]
    integrals = tuple(layers[name]["magnetization"]["integral"][2] for name in ("S", "F"))
    return fig1_scripts.Answer(integrals, float(result.probes["S"].values["delta"][0]))


def script(
    solve: Callable[[fig1_scripts.Bilayer], fig1_scripts.Answer], record: dict
) -> tuple[float, fig1_scripts.Answer]:
    """A script's time and answer."""
    start = time.perf_counter()
    found = solve(fig1_scripts.Bilayer(record["T"], record["rD"], record["nuF_over_nuS"]))
    return time.perf_counter() - start, found


def errors(found: fig1_scripts.Answer, record: dict, places: list[float]) -> list[str]:
    """Relative errors of both integrals, the larger one, and of Δ close to the interface."""
    exact = np.array([record["int_dM_S"], record["int_dM_F"]])
    gap = np.interp(fig1_scripts.CLOSE_TO_PLANE, places, record["Delta"])
    worst = np.abs(np.array(found.integrals) / exact - 1).max()
    return [f"{worst:.0e}", f"{abs(found.gap / gap - 1):.0e}"]


def main() -> None:
    """Print a few rows per run of the reference."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=5, help="timed solves (default 5)")
    parser.add_argument("--no-bvp", action="store_true", help="leave solve_bvp out")
    parser.add_argument("--refinement", type=float, default=1.0, help="of the mesh (default 1)")
    arguments = parser.parse_args()
    refinement = arguments.refinement
    table = Table(title="Fig. 1 bilayer, self-consistent gap, one core")
    for heading in ("run", "way", "seconds", "over fem_sf", "error ∫δM", "error Δ(0.01 ξ0)"):
        table.add_column(heading, justify="right")
    reference = json.loads(REFERENCE.read_text())
    for record in reference["runs"]:
        if record["mode"] != "selfconsistent":
            continue
        title = f"{record['convention'][0]}, T = {record['T']}"
        once(record, refinement)
        runs = (once(record, refinement) for _ in range(arguments.repeat))
        times, found = zip(*runs, strict=True)
        ours = statistics.median(times)
        table.add_section()
        table.add_row(
            title, "fem_sf", f"{ours:.3f}", "", *errors(found[0], record, reference["xS"])
        )
        again = neighbour_seconds(record, refinement)
        table.add_row("", "fem_sf, next point of a fit", f"{again:.3f}", f"{again / ours:.1f}")
        ways = {"Chebyshev in NumPy": fig1_scripts.by_collocation}
        if not arguments.no_bvp:
            ways["solve_bvp"] = fig1_scripts.by_solve_bvp
        for name, solve in ways.items():
            seconds, theirs = script(solve, record)
            ratio = f"{seconds / ours:.1f}" if seconds < 100 * ours else f"{seconds / ours:.0f}"
            table.add_row(
                "", name, f"{seconds:.3g}", ratio, *errors(theirs, record, reference["xS"])
            )
    console = Console(width=110)
    console.print(table)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    console.print(f"peak memory of this process: {peak:.0f} MB")


if __name__ == "__main__":
    main()
