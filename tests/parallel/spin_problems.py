# SPDX-License-Identifier: MIT
"""Solve some small problems of spin transport on the ranks that run this; numbers as JSON.

mpirun -n 3 python3 -m mpi4py tests/parallel/spin_problems.py OUT.json
"""

from __future__ import annotations

import dataclasses
import json
import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from mpi4py import MPI

from fem_sf.mesh.geometry import Geometry
from fem_sf.spin import interfaces as laws
from fem_sf.spin import materials, model
from fem_sf.spin.observables import Faces
from fem_sf.spin.steady import Profile, SteadySolver, uniform
from fem_sf.spin.transport import SIZE
from spin_solves import steady
from support import by_position, grid, interval
from support import uniform as equal_cells

COMM = MPI.COMM_WORLD

LEFT = materials.Ferromagnet(
    1.3, 0.7, 1.9, 0.13, (0.4, -0.3, 0.8), 1.2, 1.2, 0.45, (0.3, 0.5, 0.9), 2.1
)
RIGHT = materials.Ferromagnet(
    0.8, 1.4, 0.6, 0.21, (-0.6, 0.2, 0.5), 0.8, 0.8, -0.35, (0.9, -0.2, 0.4), -1.7
)
NORMAL = materials.Normal(1.7, 1.2, 2.3, 0.3, (0.2, 0.7, -0.4), 1.4, 1.4)
TUNNEL = laws.Tunnel(0.9, 0.4, -0.3)
VOLTAGE, CURRENT = model.Voltage(1.3), model.Current(0.6)


def junction(
    law: laws.Law = TUNNEL,
    left: materials.Material = LEFT,
    right: materials.Material = RIGHT,
    capacitance: float = 0.8,
    thickness: float = 1.0,
) -> model.Stack:
    layers = [model.Layer("L", left, thickness), model.Layer("R", right, 0.7 * thickness)]
    return model.Stack(layers, [model.Interface("L", "R", law, capacitance)])


def without_resistance() -> model.Stack:
    return model.Stack(
        [
            model.Layer("L", LEFT, 1.0),
            model.Layer("R", RIGHT, 0.5),
            model.Layer("N", NORMAL, 0.7),
        ],
        [
            model.Interface("L", "R", laws.Metallic()),
            model.Interface("R", "N", laws.Transparent()),
        ],
    )


def walls() -> model.Stack:
    left = dataclasses.replace(LEFT, wall=materials.Wall(0.7, 0.4, 0.25, (0.2, 1.0, -0.3)))
    return junction(TUNNEL, left, RIGHT)


def one_cell_each() -> tuple[model.Stack, Geometry]:
    """Three layers of a single cell: fewer than ranks."""
    stack = without_resistance()
    return stack, interval(*((layer.name, equal_cells(layer.extent, 1)) for layer in stack.layers))


def rectangle(cell: str, stack: model.Stack) -> Geometry:
    return grid(
        cell,
        np.concatenate([np.linspace(0, 1, 4), np.linspace(1, 1.7, 3)[1:]]),
        np.linspace(0, 1, 4),
        stack.names,
        lambda x, y: x > 1,
    )


def meeting() -> tuple[model.Stack, Geometry]:
    """Three layers that meet in a point, two of them at the right contact."""
    layers = [
        model.Layer(name, material, None)
        for name, material in (("L", LEFT), ("R", RIGHT), ("N", NORMAL))
    ]
    stack = model.Stack(
        layers,
        [
            model.Interface("L", "R", laws.Transparent()),
            model.Interface("L", "N", laws.Circuit(0.9, 0.4, 1.1, 0.3), 0.8),
            model.Interface("R", "N", laws.Transparent()),
        ],
    )
    return stack, grid(
        "triangle",
        np.linspace(0, 1.5, 4),
        np.linspace(0, 1, 3),
        stack.names,
        lambda x, y: np.where(x < 1, 0, np.where(y < 0.5, 1, 2)),
    )


def wave(points: np.ndarray) -> np.ndarray:
    return np.cos(math.pi * points[:, 1])


def solved(
    stack: model.Stack,
    drive: model.Drive = VOLTAGE,
    geometry: Geometry | None = None,
    profile: Profile = uniform,
) -> dict[str, Any]:
    degree = 2 if geometry is not None and geometry.dimension == 2 else 4
    solver = steady(stack, drive, geometry, degree, profile)
    mesh = solver.system.mesh
    states = Faces(solver.system, solver.nodes, profile).measure()
    return {
        "owned_cells": {name: COMM.allgather(len(mesh.owned_cells(name))) for name in mesh.names},
        "nodes": nodes(solver),
        "faces": {
            name: {side: vars_of(getattr(state, side)) for side in ("left", "right")}
            for name, state in states.interfaces.items()
        },
        "ends": [states.left_end.current, states.right_end.current],
    }


def vars_of(side: Any) -> dict[str, Any]:
    return {key: value for key, value in side._asdict().items() if key != "displacement"}


def nodes(solver: SteadySolver) -> dict[str, Any]:
    """Positions and fields at all nodes, ordered by position; rank 0 has them all."""
    system, result = solver.system, {}
    for kind, functions, size in (("u", system.fields, SIZE), ("tilt", system.tilts, 2)):
        for name, function in functions.items():
            space = function.function_space
            owned = space.dofmap.index_map.size_local
            points = COMM.gather(space.tabulate_dof_coordinates()[:owned])
            values = COMM.gather(function.x.array.real.reshape(-1, size)[:owned])
            if COMM.rank == 0:
                points, values = np.concatenate(points), np.concatenate(values)
                order = by_position(points)
                columns = values[order].T
                result[f"{kind} of {name}"] = {"x": points[order], "values": [*columns]}
    return result


PROBLEMS: dict[str, Callable[[], dict[str, Any]]] = {
    "tunnel": lambda: solved(junction()),
    "without_resistance": lambda: solved(without_resistance()),
    "floating": lambda: solved(junction(), CURRENT),
    "endless": lambda: solved(junction(thickness=math.inf), CURRENT),
    "finite_bias": lambda: solved(
        junction(laws.Tunnel(0.9, 0.4, -0.3, None, laws.BarrierShape("paper", 1.1, 2.3)))
    ),
    "walls": lambda: solved(walls()),
    "one_cell_each": lambda: solved(*swapped(one_cell_each())),
    "wave": lambda: solved(junction(), VOLTAGE, rectangle("quadrilateral", junction()), wave),
    "floating_plane": lambda: solved(junction(), CURRENT, rectangle("triangle", junction())),
    "meeting": lambda: solved(*swapped(meeting())),
    "floating_across_layers": lambda: solved(*swapped(meeting(), CURRENT)),
}


def swapped(
    made: tuple[model.Stack, Geometry], drive: model.Drive = VOLTAGE
) -> tuple[model.Stack, model.Drive, Geometry]:
    return made[0], drive, made[1]


def main(out: Path) -> None:
    results = {}
    for name, problem in PROBLEMS.items():
        if COMM.rank == 0:
            print(f"{name} on {COMM.size} ranks", file=sys.stderr, flush=True)
        results[name] = problem()
    if COMM.rank == 0:
        out.write_text(json.dumps(results, default=np.ndarray.tolist))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
