# SPDX-License-Identifier: MIT
"""Spin transport as a physics: how its cases are checked, planned and solved."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from fem_sf.errors import Problem

if TYPE_CHECKING:
    from mpi4py import MPI

    from fem_sf.mesh.geometry import Geometry
    from fem_sf.spin.settings import SpinCase
    from fem_sf.study.progress import Progress
    from fem_sf.study.results import SpinResult

PER_NODE = 28e3
"""Bytes for each node, measured in a line of 5000 cells."""


class SpinPhysics:
    """The physics of ``kind = "spin"``; see `fem_sf.study.physics.Physics`."""

    needs_complex = False

    def cautions(self, case: SpinCase) -> Iterator[Problem]:
        """What contradicts Onsager symmetry, or counts in part."""
        from fem_sf.spin.model import find_cautions

        return find_cautions(case.stack)

    def check_mesh(self, case: SpinCase, geometry: Geometry) -> None:
        """Its reservoirs have to be at the ends of the stack."""
        from fem_sf.spin.contacts import check_contacts

        check_contacts(geometry, case.stack, case.contacts)

    def is_small(self, case: SpinCase) -> bool:
        """Never told without counting."""
        return False

    def cells(self, case: SpinCase) -> tuple[int, ...]:
        """Graded by the modes of each layer."""
        from fem_sf.mesh.geometry import grid_lines
        from fem_sf.spin.grading import grading_of

        return grid_lines(case.stack, case.mesh, grading_of(case)).shape

    def bytes_needed(self, case: SpinCase, cells: tuple[int, ...]) -> float:
        """None for mode matching, which has no mesh."""
        from fem_sf.study.nodes import element_degree

        nodes = math.prod(element_degree(case.mesh) * count for count in cells)
        return 0.0 if case.solver.method == "exact" else nodes * PER_NODE

    def plan(self, case: SpinCase, comm: MPI.Comm) -> Sequence[tuple[str, str]]:
        """There is nothing to choose."""
        return [("ranks", "All ranks share one mesh; only superconductors have more to plan.")]

    def run(
        self, case: SpinCase, comm: MPI.Comm, progress: Progress, folder: Path | None
    ) -> SpinResult:
        """Solve a case, steady or in time."""
        from fem_sf.study.spin import run_spin
        from fem_sf.study.spin_bench import SpinBench

        return run_spin(case, SpinBench(comm), progress, folder)

    def solver(self, comm: MPI.Comm) -> Callable[[SpinCase, None], tuple[SpinResult, None]]:
        """Starts from rest: a step of Newton's method solves most cases."""
        from fem_sf.study.progress import Silent
        from fem_sf.study.spin import run_spin
        from fem_sf.study.spin_bench import SpinBench

        bench = SpinBench(comm)
        return lambda case, near: (run_spin(case, bench, Silent()), None)
