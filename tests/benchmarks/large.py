# SPDX-License-Identifier: MIT
"""The island on ever finer meshes: time, memory and iterations of one frequency by multigrid.

    docker/run env OMP_NUM_THREADS=1 PYTHONPATH=.:tests python3 tests/benchmarks/large.py
    docker/run env PYTHONPATH=.:tests mpirun -n 2 python3 tests/benchmarks/large.py

Frequencies are solved from the highest down, each from the one before; the time is that of the
lowest, which is the slowest. With --direct the same by factorisation; with --doublings 1 an island
and its mirror image, on two ranks as many unknowns for each as without on one.
"""

from __future__ import annotations

import argparse
import math
import resource
import time

from mpi4py import MPI
from rich.console import Console
from rich.table import Table

from fem_sf.solve import linear
from fem_sf.usadel.matsubara import frequency_sum
from island import TEMPERATURE, descend, island_mesh, island_system


def peak_megabytes(comm: MPI.Comm) -> float:
    """Memory of all ranks, at its highest so far."""
    return comm.allreduce(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def main() -> None:
    """Print one row per mesh and γ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--halvings", type=int, nargs="+", default=[0, 1, 2, 3, 4])
    parser.add_argument("--gamma", type=float, nargs="+", default=[0.01, 0.1, 1.0, 10.0])
    parser.add_argument("--direct", action="store_true", help="factorise, whatever the size")
    parser.add_argument("--stride", type=int, default=1, help="leave frequencies out (default 1)")
    parser.add_argument("--doublings", type=int, default=0, help="2, 4, … islands (default one)")
    arguments = parser.parse_args()
    linear.MULTIGRID_SIZE = math.inf if arguments.direct else 0
    comm = MPI.COMM_WORLD
    table = Table(title=f"island, one frequency, {comm.size} rank(s)")
    for heading in (
        "unknowns",
        "γ",
        "mesh and forms [s]",
        "lowest ω [s]",
        "Newton steps",
        "linear iterations a step: lowest ω",
        "most at any ω",
        "memory [MB]",
        "bytes/unknown",
    ):
        table.add_column(heading, justify="right")
    before = peak_megabytes(comm)
    frequencies = frequency_sum(TEMPERATURE).frequencies
    chosen = [*frequencies[:1:-1][:: arguments.stride], *frequencies[1::-1]]
    for halvings in arguments.halvings:
        for gamma in arguments.gamma:
            start = time.perf_counter()
            mesh = island_mesh(comm, halvings, arguments.doublings)
            system = island_system(mesh, gamma)
            ready = last = time.perf_counter()
            most = 0.0
            for report in descend(system, chosen):
                last, seconds = time.perf_counter(), time.perf_counter() - last
                each = report.linear_iterations / max(report.iterations, 1)
                most = max(most, each)
            peak, size = peak_megabytes(comm), system.layout.global_size
            table.add_row(
                f"{size}",
                f"{gamma:g}",
                f"{ready - start:.1f}",
                f"{seconds:.2f}",
                f"{report.iterations}",
                f"{each:.1f}",
                f"{most:.1f}",
                f"{peak:.0f}",
                f"{(peak - before) * 2**20 / size:.0f}",
            )
    if comm.rank == 0:
        Console(width=140).print(table)


if __name__ == "__main__":
    main()
