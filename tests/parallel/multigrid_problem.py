# SPDX-License-Identifier: MIT
"""The island by multigrid on all ranks; writes what it found to the file that it is given."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from mpi4py import MPI

from fem_sf.solve import linear
from fem_sf.usadel.matsubara import frequency_sum
from fem_sf.usadel.observables import IntegralForms
from island import TEMPERATURE, descend, island_mesh, island_system, true_residuals

if __name__ == "__main__":
    linear.MULTIGRID_SIZE = 0
    system = island_system(island_mesh(MPI.COMM_WORLD, 0), 0.1)
    forms = IntegralForms(system)
    actions, most = [], 0.0
    for report in descend(system, frequency_sum(TEMPERATURE).frequencies[::-1]):
        actions.append(forms.action())
        most = max(most, report.linear_iterations / max(report.iterations, 1))
    left = max(true_residuals(system, 100))
    found = {"real": [each.real for each in actions], "imaginary": [each.imag for each in actions]}
    if MPI.COMM_WORLD.rank == 0:
        Path(sys.argv[1]).write_text(json.dumps({**found, "most_iterations": most, "left": left}))
