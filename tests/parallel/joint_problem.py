# SPDX-License-Identifier: MIT
"""Spin through a transparent plane between two ranks; writes what it found as JSON.

mpirun -n 2 python3 -m mpi4py tests/parallel/joint_problem.py OUT.json
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from mpi4py import MPI

from fem_sf import Ferromagnet, Interface, Layer, Stack, Superconductor, Transparent
from fem_sf.usadel.observables import IntegralForms
from support import interval, layered, solve_stack, uniform

STACK = Stack(
    [
        Layer("S", Superconductor(), 2.0),
        Layer("F", Ferromagnet(0.8, 1.2, exchange=(2.0, 0.0, 1.0)), 0.5),
        Layer("A", Ferromagnet(1.1, 0.7, exchange=(0.3, 0.0, -2.6)), 0.4),
    ],
    [Interface("S", "F", Transparent()), Interface("F", "A", Transparent())],
)

if __name__ == "__main__":
    # the halves of the line meet where F and A do
    mesh = layered(interval(("S", uniform(2, 3)), ("F", uniform(0.5, 3)), ("A", uniform(0.4, 6))))
    solution = solve_stack(STACK, mesh, 0.3, "bulk")
    integrals = IntegralForms(solution.sweep.system).evaluate(solution.sweep, "F")
    owned = {name: mesh.comm.gather(len(mesh.owned_cells(name))) for name in STACK.names}
    currents = {name: list(each) for name, each in integrals.spin_current.items()}
    torques = {name: list(each) for name, each in integrals.torque.items()}
    if MPI.COMM_WORLD.rank == 0:
        found = {"owned_cells": owned, "currents": currents, "torques": torques}
        Path(sys.argv[1]).write_text(json.dumps(found))
