# SPDX-License-Identifier: MIT
"""Interface of what commands and sweeps need of a physics, and where each physics is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from fem_sf.errors import Problem
from fem_sf.study.spin_physics import SpinPhysics
from fem_sf.study.usadel_physics import UsadelPhysics

if TYPE_CHECKING:
    from mpi4py import MPI

    from fem_sf.mesh.geometry import Geometry
    from fem_sf.study.progress import Progress

Solver = Callable[[Any, Any], tuple[Any, Any]]
"""From a case and what it may start from, on every rank, to its result and, on rank 0, a start."""


class Physics(Protocol):
    """One physics; cases and results are those of its kind.

    Nothing heavy is loaded before it is needed: whatever does not solve needs no dolfinx.
    """

    needs_complex: bool
    """Whether solving needs a PETSc with complex scalars."""

    def cautions(self, case: Any) -> Iterator[Problem]:
        """What can be computed but contradicts the physics, each with its dotted key."""

    def check_mesh(self, case: Any, geometry: Geometry) -> None:
        """Refuse a mesh from a file that does not fit the case beyond its stack.

        Raises
        ------
        MeshError
            Saying what the mesh lacks.
        """

    def is_small(self, case: Any) -> bool:
        """Whether a case is so small that nobody has to count its cells, which takes NumPy."""

    def cells(self, case: Any) -> tuple[int, ...]:
        """Cells of a generated mesh along the stack, and across it if that is a dimension.

        Raises
        ------
        MeshError
            If there would be too many.
        """

    def bytes_needed(self, case: Any, cells: tuple[int, ...]) -> float:
        """About what memory a solve on so many cells needs at least."""

    def plan(self, case: Any, comm: MPI.Comm) -> Sequence[tuple[str, str]]:
        """How a case would be solved on some ranks, as headings with a text each."""

    def run(self, case: Any, comm: MPI.Comm, progress: Progress, folder: Path | None) -> Any:
        """Solve a case; collective. As `fem_sf.study.run.run_case`."""

    def solver(self, comm: MPI.Comm) -> Solver:
        """One solver for many cases, which keeps what they have in common; collective."""


PHYSICS: dict[str, Physics] = {"usadel": UsadelPhysics(), "spin": SpinPhysics()}
"""By the ``kind`` of a case."""
