# SPDX-License-Identifier: MIT
"""A Python session on the ranks that run this; its numbers as JSON.

mpirun -n 2 python3 -m mpi4py tests/parallel/session_problem.py OUT.json
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from mpi4py import MPI

import fem_sf as sf

film = sf.Stack(
    sf.Layer("S", sf.Superconductor(), 4.0),
    sf.KupriyanovLukichev(0.3, gamma_of="F"),
    sf.Layer("F", sf.Ferromagnet(exchange=6.0, diffusivity=0.5), 1.0),
)
problem = sf.Usadel(film, temperature=0.3)
state = problem.solve()
warmer = problem.with_(temperature=0.35).solve(start=state)
state.save(Path(sys.argv[1]).with_suffix(""))
numbers = {
    "free_energy": float(state.number("free_energy")),
    "warmer": float(warmer.number("free_energy")),
    "critical_temperature": float(problem.critical_temperature()),
}
if MPI.COMM_WORLD.rank == 0:
    numbers["gap"] = state["gap"].values.tolist()
    Path(sys.argv[1]).write_text(json.dumps(numbers))
else:
    try:
        state["gap"]
    except sf.FemSFError as error:
        assert "rank 0" in str(error)
