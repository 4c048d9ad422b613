# SPDX-License-Identifier: MIT
"""A strip of triangles as accurate as it is asked for, by so many groups; writes its summary.

mpirun -n 2 python3 -m mpi4py tests/parallel/accuracy_problem.py OUT.json 2
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from mpi4py import MPI

from fem_sf import AccuracySettings, MeshSettings, SolverSettings, UsadelCase, run_case
from reference_cases import bilayer, ferromagnet

STRIP = Path(__file__).parents[2] / "meshes" / "bilayer.msh"


def case(groups: int) -> UsadelCase:
    """With a given Δ and linear elements, which need several rounds."""
    return UsadelCase(
        stack=bilayer(10.0, ferromagnet(0.6, 0.4, 7.0), 1.0, 0.3),
        temperature=0.45,
        gap="bulk",
        mesh=MeshSettings(file=STRIP, degree=1),
        solver=SolverSettings(tolerance=1e-12, groups=groups),
        accuracy=AccuracySettings(2e-2),
    )


if __name__ == "__main__":
    result = run_case(case(int(sys.argv[2])))
    if MPI.COMM_WORLD.rank == 0:
        kept = ("unknowns", "layers", "free_energy")
        summary = {key: result.summary[key] for key in kept}
        summary["rounds"] = result.summary["accuracy"]["rounds"]
        Path(sys.argv[1]).write_text(json.dumps(summary))
