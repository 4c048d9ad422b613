# SPDX-License-Identifier: MIT
"""What a self-consistent solve in the plane costs, from measured parts; and on how many ranks.

The parts of Newton's method by multigrid are timed on a ladder of meshes of the island, and each is
taken to be proportional to the unknowns of a rank, as the table shows that it is. Communication is
not measured but counted: halo exchanges and sums per iteration times the latency and the bandwidth
of a network, which are assumed. So are: as many steps, iterations and tangents on every mesh, as
large.py and ranks.py find; ranks that do not slow down one another more than those that are run
here; a mesh that is divided evenly, with round parts. Not in it: making and writing the mesh.

    docker/run env OMP_NUM_THREADS=1 PYTHONPATH=.:tests python3 tests/benchmarks/cost_model.py
    docker/run env OMP_NUM_THREADS=1 PYTHONPATH=.:tests mpirun -n 2 \
        python3 tests/benchmarks/cost_model.py --figure docs/scaling.png
"""

from __future__ import annotations

import argparse
import math
from dataclasses import dataclass, replace
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from mpi4py import MPI
from petsc4py import PETSc
from rich.console import Console
from rich.table import Table

from fem_sf.output import style
from fem_sf.solve import linear
from fem_sf.solve.process_grid import choose_groups
from fem_sf.usadel.matsubara import frequency_sum
from island import TEMPERATURE, descend, island_mesh, island_system

GAMMA = 0.1
EVENTS = {
    "residual": "SNESFunctionEval",
    "Jacobian": "SNESJacobianEval",
    "hierarchy": "PCSetUp_GAMG+",
    "iterations": "KSPSolve",
}
"""PETSc's names of the parts of a solve."""

FREQUENCIES = len(frequency_sum(TEMPERATURE))
STEPS, SWEEPS, TANGENTS = 4.6, 3, 12
"""Newton steps at a frequency in all sweeps, sweeps, and linear solves with the gap's tangent."""

COARSER = 0.25
"""Unknowns of linear elements, which come first, over those of quadratic ones on the same mesh."""

COARSENING, COARSEST = 6.5, 50
"""Ratio of the unknowns of multigrid levels, and unknowns of the last."""

EXCHANGES = 8
"""Of halos on a level in one iteration: three smoothings down and up, residual, prolongation."""


@dataclass(frozen=True)
class Network:
    """What communication takes.

    Parameters
    ----------
    latency
        Of one message, in s.
    bandwidth
        Of a rank, in bytes/s.
    """

    latency: float
    bandwidth: float

    def exchange(self, values: float) -> float:
        """Seconds for complex values to neighbours."""
        return self.latency + 16 * values / self.bandwidth

    def total(self, values: float, ranks: int) -> float:
        """Seconds for a sum over ranks."""
        return 2 * math.ceil(math.log2(ranks)) * self.exchange(values) if ranks > 1 else 0.0


@dataclass(frozen=True)
class Parts:
    """Seconds of each part of a solve for one unknown of a rank.

    Parameters
    ----------
    residual, jacobian, hierarchy, iteration
        Once each.
    iterations
        Of one linear system.
    """

    residual: float
    jacobian: float
    hierarchy: float
    iteration: float
    iterations: float

    def seconds(self, unknowns: float, ranks: int, network: Network) -> float:
        """Of a self-consistent solve at all frequencies, with linear elements first."""
        return sum(
            self._seconds_of_one(each, ranks, network) for each in (unknowns, COARSER * unknowns)
        )

    def _seconds_of_one(self, unknowns: float, ranks: int, network: Network) -> float:
        groups = choose_groups(ranks, FREQUENCIES)
        space = ranks // groups
        own, share = unknowns / space, math.ceil(FREQUENCIES / groups)
        system = self.iterations * (
            self.iteration * own + _iteration_messages(unknowns, space, network)
        )
        step = (self.residual + self.jacobian) * own + system
        once = (self.hierarchy + SWEEPS * self.residual) * own
        at_frequency = once + STEPS * step + TANGENTS * system
        return share * at_frequency + (SWEEPS + TANGENTS) * network.total(own, groups)


def _iteration_messages(unknowns: float, ranks: int, network: Network) -> float:
    """Seconds of communication in one iteration of GMRES with multigrid."""
    if ranks == 1:
        return 0.0
    levels = max(math.ceil(math.log(unknowns / COARSEST, COARSENING)), 1)
    halos = sum(
        EXCHANGES * network.exchange(4 * math.sqrt(unknowns / COARSENING**level / ranks))
        for level in range(levels)
    )
    return halos + 2 * network.total(30, ranks)


def measure(halvings: int) -> tuple[int, dict[str, float], float]:
    """Unknowns, seconds of each part once, and iterations of a linear system."""
    system = island_system(island_mesh(MPI.COMM_WORLD, halvings), GAMMA)
    frequencies = frequency_sum(TEMPERATURE).frequencies[:4][::-1]
    before = {name: PETSc.Log.Event(event).getPerfInfo() for name, event in EVENTS.items()}
    reports = list(descend(system, frequencies))
    seconds = {}
    for name, event in EVENTS.items():
        after = PETSc.Log.Event(event).getPerfInfo()
        calls = after["count"] - before[name]["count"]
        seconds[name] = (after["time"] - before[name]["time"]) / calls
    steps = sum(each.iterations for each in reports)
    iterations = sum(each.linear_iterations for each in reports) / steps
    seconds["iterations"] /= iterations
    return system.layout.global_size, seconds, iterations


def fit(rows: list[tuple[int, dict[str, float], float]]) -> Parts:
    """Seconds for one unknown of a rank: geometric means over the meshes."""
    ranks = MPI.COMM_WORLD.size

    def mean(name: str) -> float:
        return math.exp(np.mean([math.log(parts[name] * ranks / n) for n, parts, _ in rows]))

    return Parts(*(mean(name) for name in EVENTS), iterations=max(each[2] for each in rows))


def draw(
    rows: list[tuple[int, dict[str, float], float]], parts: Parts, network: Network, file: Path
) -> None:
    """Measured parts against unknowns; predicted strong and weak scaling."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.0, 3.6), layout="constrained")
    unknowns = np.array([row[0] for row in rows])
    colours = (style.BLUE, style.VERMILLION, style.GREEN, style.ORANGE)
    for name, marker, colour in zip(EVENTS, "osD^", colours, strict=True):
        values = np.array([row[1][name] for row in rows])
        label = "one iteration" if name == "iterations" else name
        left.loglog(unknowns, values, marker, color=colour, label=label)
        left.loglog(unknowns, np.mean(values / unknowns) * unknowns, "-", lw=0.7, color=style.GREY)
    left.set(xlabel="complex unknowns", ylabel="time (s)")
    left.set_title("measured; lines are proportional", fontsize="medium")
    left.legend(fontsize="small")
    many, ranks = 2 ** np.arange(6, 11), 2 ** np.arange(11)
    strong = np.array([parts.seconds(1e7, int(each), network) for each in many])
    weak = np.array([parts.seconds(1e5 * each, int(each), network) for each in ranks])
    right.loglog(many, strong, "o-", color=style.BLUE, label="$10^7$ unknowns in all")
    right.loglog(many, strong[0] * many[0] / many, "--", lw=0.7, color=style.GREY, label="ideal")
    right.loglog(ranks, weak, "s-", color=style.VERMILLION, label="$10^5$ unknowns a rank")
    right.set(xlabel="ranks", ylabel="self-consistent solve (s)", ylim=(10, 1000))
    right.set_title("predicted", fontsize="medium")
    right.legend(fontsize="small")
    figure.savefig(file, dpi=style.DOTS_PER_INCH)


def main() -> None:
    """Print the parts, and what a solve takes on up to 1024 ranks."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--halvings", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--latency", type=float, default=2e-6, help="of a message, s")
    parser.add_argument("--bandwidth", type=float, default=2e9, help="of a rank, bytes/s")
    parser.add_argument("--figure", type=Path, help="where to draw both")
    arguments = parser.parse_args()
    network = Network(arguments.latency, arguments.bandwidth)
    PETSc.Log.begin()
    linear.MULTIGRID_SIZE = 0
    measure(0)
    rows = [measure(each) for each in arguments.halvings]
    parts = fit(rows)
    if MPI.COMM_WORLD.rank:
        return
    console = Console()
    table = Table(title=f"Parts on {MPI.COMM_WORLD.size} rank(s), µs for an unknown of a rank")
    for heading in ("unknowns", *EVENTS, "iterations a system"):
        table.add_column(heading, justify="right")
    for unknowns, seconds, iterations in rows:
        own = unknowns / MPI.COMM_WORLD.size
        values = [f"{1e6 * seconds[name] / own:.2f}" for name in EVENTS]
        table.add_row(str(unknowns), *values, f"{iterations:.1f}")
    console.print(table)
    table = Table(title=f"Predicted, {FREQUENCIES} frequencies, self-consistent")
    for heading in ("ranks", "groups", "10⁷ unknowns: s", "efficiency", "10⁵ a rank: s"):
        table.add_column(heading, justify="right")
    fewest = 64
    most_work = fewest * parts.seconds(1e7, fewest, network)
    for ranks in (fewest, 128, 256, 512, 1024):
        strong = parts.seconds(1e7, ranks, network)
        table.add_row(
            str(ranks),
            str(choose_groups(ranks, FREQUENCIES)),
            f"{strong:.1f}",
            f"{most_work / strong / ranks:.2f}",
            f"{parts.seconds(1e5 * ranks, ranks, network):.1f}",
        )
    console.print(table)
    slow = replace(network, latency=10 * network.latency)
    console.print(f"1024 ranks with ten times the latency: {parts.seconds(1e7, 1024, slow):.1f} s")
    if arguments.figure is not None:
        draw(rows, parts, network, arguments.figure)


if __name__ == "__main__":
    main()
