# SPDX-License-Identifier: MIT
"""The diffusive S/F problem as a physics: how its cases are checked, planned and solved."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fem_sf.errors import Problem
from fem_sf.materials import Ferromagnet
from fem_sf.settings import UsadelCase
from fem_sf.study.usadel_memory import FEWEST_FREQUENCIES, PER_FREQUENCY_IN_A_LINE, PER_UNKNOWN

if TYPE_CHECKING:
    from mpi4py import MPI

    from fem_sf.mesh.geometry import Geometry
    from fem_sf.study.gap_profile import GapProfile
    from fem_sf.study.progress import Progress
    from fem_sf.study.results import UsadelResult

_USUAL_THICKNESS = 1e-4, 30.0
"""In ξ0."""

_USUAL_WAVE_NUMBERS = 1e4
"""J/D in Tc/D_S: squares of 1/ξ_F in 1/ξ0."""


class UsadelPhysics:
    """The physics of ``kind = "usadel"``; see `fem_sf.study.physics.Physics`."""

    needs_complex = True

    def cautions(self, case: UsadelCase) -> Iterator[Problem]:
        """None: what contradicts the physics is refused."""
        yield from ()

    def check_mesh(self, case: UsadelCase, geometry: Geometry) -> None:
        """Nothing more to check than that it fits the stack."""

    def is_small(self, case: UsadelCase) -> bool:
        """Whether this is a line of thin layers with the usual settings."""
        mesh = case.mesh
        if mesh.file is not None or mesh.dimension > 1 or mesh.refinement > 2:
            return False
        few = not (case.solver.frequencies or case.solver.tail)
        return few and all(
            layer.thickness is not None
            and _USUAL_THICKNESS[0] <= layer.thickness <= _USUAL_THICKNESS[1]
            and _is_usual_exchange(layer.material)
            for layer in case.stack.layers
        )

    def cells(self, case: UsadelCase) -> tuple[int, ...]:
        """Graded by the coherence lengths."""
        from fem_sf.mesh.geometry import grid_lines

        return grid_lines(case.stack, case.mesh).shape

    def bytes_needed(self, case: UsadelCase, cells: tuple[int, ...]) -> float:
        """In a line all frequencies are one system; else each keeps its solution."""
        from fem_sf.study.nodes import element_degree

        nodes = math.prod(element_degree(case.mesh) * count for count in cells)
        tail = case.solver.tail or FEWEST_FREQUENCIES
        frequencies = (case.solver.frequencies or 0) + tail
        if len(cells) == 1:
            return nodes * PER_FREQUENCY_IN_A_LINE * frequencies
        return nodes * (PER_UNKNOWN + 16 * frequencies)

    def plan(self, case: UsadelCase, comm: MPI.Comm) -> Sequence[tuple[str, str]]:
        """Groups of ranks, frequencies, solvers and memory."""
        from fem_sf.study.plan import plan

        return plan(case, comm).lines

    def run(
        self, case: UsadelCase, comm: MPI.Comm, progress: Progress, folder: Path | None
    ) -> UsadelResult:
        """Solve a case, again until it is as accurate as it asks for."""
        from fem_sf.study.accuracy import run_accurately
        from fem_sf.study.plan import process_grid
        from fem_sf.study.usadel_bench import UsadelBench

        return run_accurately(case, UsadelBench(process_grid(case, comm)), progress, folder)

    def solver(
        self, comm: MPI.Comm
    ) -> Callable[[UsadelCase, GapProfile | None], tuple[UsadelResult, GapProfile | None]]:
        """Starts from the gap of another case, and leaves its own."""
        from fem_sf.solve.process_grid import whole
        from fem_sf.study.accuracy import run_accurately
        from fem_sf.study.gap_profile import gap_profile
        from fem_sf.study.progress import Silent
        from fem_sf.study.usadel_bench import UsadelBench

        bench = UsadelBench(whole(comm), lasting=True)

        def solve(
            case: UsadelCase, near: GapProfile | None
        ) -> tuple[UsadelResult, GapProfile | None]:
            # the same to the last bit, whatever this process has solved before
            bench.forget()
            result = run_accurately(case, bench, Silent(), near=near)
            state = result.summary["state"]
            return result, gap_profile(case, result.layers, state) if result.layers else None

        return solve


def _is_usual_exchange(material: Any) -> bool:
    if not isinstance(material, Ferromagnet):
        return True
    if not material.is_uniform:
        return False
    return math.hypot(*material.exchange_vector) <= _USUAL_WAVE_NUMBERS * material.diffusivity
