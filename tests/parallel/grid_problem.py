# SPDX-License-Identifier: MIT
"""A rectangle, self-consistent, by so many groups of ranks; writes what came out as JSON.

mpirun -n 4 python3 -m mpi4py tests/parallel/grid_problem.py OUT.json 2
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from mpi4py import MPI

from fem_sf import (
    Ferromagnet,
    Interface,
    KupriyanovLukichev,
    Layer,
    MeshSettings,
    OutputSettings,
    SolverSettings,
    SpectrumSettings,
    Stack,
    Superconductor,
    UsadelCase,
    run_case,
)
from fem_sf.usadel import coarser

# small as it is, linear elements come first, at fewer frequencies
coarser.LARGE = 0


def case(groups: int) -> UsadelCase:
    """A small S|F with numbers of its own."""
    return UsadelCase(
        stack=Stack(
            [Layer("S", Superconductor(), 3.0), Layer("F", Ferromagnet(0.6, 1.7, 3.0), 0.5)],
            [Interface("S", "F", KupriyanovLukichev(0.7, "F"))],
        ),
        temperature=0.35,
        mesh=MeshSettings(dimension=2, width=0.1, degree=2),
        solver=SolverSettings(tolerance=1e-12, tail=15, groups=groups),
        spectra=(SpectrumSettings((-0.3, 0.2, 1.6, 2.5), 0.05),),
        output=OutputSettings(probes={"S": (0.0, 3.0), "F": (0.25,)}, frequencies=(0.4, 2.5)),
    )


if __name__ == "__main__":
    result = run_case(case(int(sys.argv[2])))
    if MPI.COMM_WORLD.rank == 0:
        summary = {
            key: result.summary[key] for key in ("state", "layers", "free_energy", "iterations")
        }
        del summary["iterations"]["gap_residuals"]
        densities = {
            layer: {place: found[place] for place in ("mean", "left", "right")}
            for layer, found in result.summary["spectra"][0]["layers"].items()
        }
        probes = {
            layer: {name: column.tolist() for name, column in fields.values.items()}
            for layer, fields in result.probes.items()
        }
        Path(sys.argv[1]).write_text(
            json.dumps(
                {**summary, "densities": densities, "probes": probes}, default=np.ndarray.tolist
            )
        )
