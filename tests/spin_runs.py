# SPDX-License-Identifier: MIT
"""Runs in time that several tests share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from mpi4py import MPI
from numpy.typing import NDArray

from fem_sf.mesh.build import checked_geometry
from fem_sf.mesh.layers import LayeredMesh
from fem_sf.settings import MeshSettings
from fem_sf.spin import model
from fem_sf.spin.grading import SpinGrading
from fem_sf.spin.settings import SpinSolverSettings, TimeSettings
from fem_sf.spin.system import SpinSystem
from fem_sf.spin.transient import TransientSolver
from fem_sf.spin.transport import SIZE
from spin_cases import reference, stack

FloatArray = NDArray[np.float64]
TIMES: Any = reference("ref_time")


def junction(number: int = 0) -> model.Stack:
    """The two ferromagnets of the references, with a clamped (0) or a vector barrier (1)."""
    return stack(TIMES["T4_voltage_step"][number]["input"])


def new_run(
    stack: model.Stack,
    drive: model.Drive,
    time: TimeSettings,
    degree: int = 4,
    mesh: MeshSettings | None = None,
) -> TransientSolver:
    """A run on the mesh that a case gets, on all ranks."""
    comm = MPI.COMM_WORLD
    settings = mesh or MeshSettings()
    geometry = None if comm.rank else checked_geometry(stack, settings, SpinGrading())
    system = SpinSystem(stack, drive, LayeredMesh.distribute(comm, geometry), degree)
    return TransientSolver(system, SpinSolverSettings(), time)


def fields(run: TransientSolver) -> FloatArray:
    """(μ, m, V) at the nodes of all layers, shape (n, 5)."""
    values = [u.x.array.real.reshape(-1, SIZE) for u in run.system.fields.values()]
    return np.concatenate(values)


def history(run: TransientSolver) -> Iterator[tuple[float, FloatArray]]:
    """Time and fields of every step."""
    for state in run.steps():
        yield state.time, fields(run)


def end(run: TransientSolver) -> FloatArray:
    """The fields at the end."""
    for _ in run.steps():
        pass
    return fields(run)
