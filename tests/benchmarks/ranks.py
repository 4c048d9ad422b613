# SPDX-License-Identifier: MIT
"""Strong scaling of a self-consistent bilayer in the plane, over frequencies and over space.

Processor time is that of the rank with the most; unlike seconds it does not count what other
programs on the same cores take. Scaling of one large frequency over space is in large.py.

    docker/run python3 tests/benchmarks/ranks.py
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from mpi4py import MPI
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parents[1]))

from fem_sf import MeshSettings, SolverSettings, UsadelCase, load_case, run_case
from ranks import launch

DEMO = Path(__file__).parents[2] / "demos" / "inverse_proximity" / "fig1.toml"


def plane(refinement: float, groups: int) -> UsadelCase:
    """The bilayer of Fig. 1, 4 ξ0 wide."""
    return replace(
        load_case(DEMO),
        mesh=MeshSettings(2, width=4.0, degree=2, refinement=refinement),
        solver=SolverSettings(error_estimate=False, groups=groups),
    )


def measure(groups: int, refinement: float, out: Path) -> None:
    """Solve on the ranks that run this; a small case first, which compiles the forms."""
    comm = MPI.COMM_WORLD
    run_case(plane(0.5, groups))
    comm.Barrier()
    start = time.process_time()
    summary = run_case(plane(refinement, groups)).summary
    busy = comm.reduce(time.process_time() - start, op=MPI.MAX)
    if comm.rank == 0:
        found = {key: summary[key] for key in ("unknowns", "free_energy", "iterations")}
        out.write_text(json.dumps(found | {"seconds": summary["seconds"]["solve"], "busy": busy}))


def main() -> None:
    """Print one row per grid of ranks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--refinement", type=float, default=3.6, help="3.6: 2·10⁴ unknowns")
    parser.add_argument("--measure", nargs=2, metavar=("GROUPS", "OUT"), help="on these ranks")
    arguments = parser.parse_args()
    if arguments.measure:
        groups, out = arguments.measure
        measure(int(groups), arguments.refinement, Path(out))
        return
    table = Table()
    headings = ("groups × ranks", "Newton steps", "seconds", "× faster", "processor time", "× less")
    for heading in (*headings, "change of F"):
        table.add_column(heading, justify="right")
    alone = None
    for groups, size in ((1, 1), (2, 1), (1, 2)):
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "out.json"
            options = ("--refinement", str(arguments.refinement), "--measure", str(groups))
            done = launch(Path(__file__), groups * size, *options, str(out))
            if done.returncode:
                sys.exit(done.stderr)
            found = json.loads(out.read_text())
        alone = alone or found
        table.title = f"{found['unknowns']} complex unknowns"
        table.add_row(
            f"{groups} × {size}",
            f"{found['iterations']['newton']}",
            f"{found['seconds']:.1f}",
            f"{alone['seconds'] / found['seconds']:.2f}",
            f"{found['busy']:.1f}",
            f"{alone['busy'] / found['busy']:.2f}",
            f"{abs(found['free_energy'] / alone['free_energy'] - 1):.0e}",
        )
    Console().print(table)


if __name__ == "__main__":
    main()
