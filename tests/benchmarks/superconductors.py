# SPDX-License-Identifier: MIT
"""Three times that a user waits for on one core, with kernels cached, and what each may be.

The errors are against the independent collocation solver's numbers; run it as

    docker/run env OMP_NUM_THREADS=1 python3 tests/benchmarks/superconductors.py
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from mpi4py import MPI
from noncollinear import valve
from rich.console import Console
from rich.table import Table

from fem_sf import (
    Ferromagnet,
    Interface,
    KupriyanovLukichev,
    Layer,
    SolverSettings,
    Stack,
    Superconductor,
    UsadelCase,
    run_case,
)
from fem_sf.settings import SpectrumSettings
from fem_sf.solve.process_grid import whole
from fem_sf.study.progress import Silent
from fem_sf.study.usadel import run_usadel
from fem_sf.study.usadel_bench import UsadelBench

REFERENCE = Path(__file__).parents[1] / "reference" / "usadel"
ONCE = SolverSettings(error_estimate=False)

Timing = tuple[float, float | None]
"""Seconds, and the largest error where a reference is known."""


def reference(name: str) -> Any:
    """Numbers of the collocation solver."""
    return json.loads((REFERENCE / f"{name}.json").read_text())


def self_consistent_valve() -> Timing:
    """The gap of a coplanar F/S/F to 1e-6; error of ∫δM over the largest."""
    row = next(each for each in reference("noncollinear") if each.get("alpha"))
    stack = valve(row["params"], row["alpha"])
    case = UsadelCase(stack=stack, temperature=row["T"], solver=replace(ONCE, tolerance=1e-6))
    summary = run_case(case).summary
    found = [summary["layers"][name]["magnetization"]["integral"] for name in stack.names]
    exact = np.array([row["layers"][f"layer{i}"]["int_dM"] for i in range(3)])
    error = float(np.abs(found - exact).max() / np.abs(exact).max())
    return summary["seconds"]["solve"], error


def critical_temperatures() -> Timing:
    """Tc of one F/S/F at 19 angles, solved as a sweep does; error at 0°, 90° and 180°."""
    row = reference("fsf_collinear")["tc"][0]
    seconds, found, bench = 0.0, [], UsadelBench(whole(MPI.COMM_SELF))
    for angle in np.linspace(0, math.pi, 19):
        case = UsadelCase(
            stack=valve(row, angle),
            temperature=1.0,
            gap=0.0,
            critical_temperature=True,
            solver=ONCE,
        )
        summary = run_usadel(case, bench, Silent()).summary
        seconds += summary["seconds"]["total"]
        found.append(summary["critical_temperature"])
    exact = [row[key] for key in ("Tc_P", "Tc_90deg", "Tc_AP")]
    return seconds, float(np.abs(np.subtract(found[::9], exact)).max())


def density_of_states() -> Timing:
    """N by spin of the Fig. 1 bilayer with its gap, 401 energies."""
    stack = Stack(
        [
            Layer("S", Superconductor(), 10.0),
            Layer("F", Ferromagnet(0.5, 1.0, 15.0), 1.0),
        ],
        [Interface("S", "F", KupriyanovLukichev(0.1, "F"))],
    )
    spectrum = SpectrumSettings(tuple(np.linspace(-3, 3, 401).tolist()), 0.01)
    result = run_case(UsadelCase(stack=stack, temperature=0.1, spectra=(spectrum,), solver=ONCE))
    return result.summary["seconds"]["spectra"], None


TARGETS: dict[str, tuple[Callable[[], Timing], float]] = {
    "F/S/F at an angle with its gap, to 1e-6": (self_consistent_valve, 0.6),
    "Tc of an F/S/F at 19 angles": (critical_temperatures, 10.0),
    "N by spin of the Fig. 1 bilayer at 401 energies": (density_of_states, 3.0),
}


def main() -> None:
    """Print one row for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=3, help="timed runs per row (default 3)")
    repeat = parser.parse_args().repeat
    table = Table(title=f"Superconductors, one core, best of {repeat}")
    for heading in ("what", "seconds", "at most", "error"):
        table.add_column(heading, justify="left" if heading == "what" else "right")
    for what, (run, bound) in TARGETS.items():
        run()
        seconds, error = min(run() for _ in range(repeat))
        known = "" if error is None else f"{error:.0e}"
        table.add_row(what, f"{seconds:.2f}", f"{bound:g}", known)
    Console().print(table)


if __name__ == "__main__":
    main()
