# SPDX-License-Identifier: MIT
"""Solve some small problems on the ranks that run this, and write their numbers as JSON.

mpirun -n 3 python3 -m mpi4py tests/parallel/problems.py OUT.json
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from mpi4py import MPI

from fem_sf.interfaces import Insulating, KupriyanovLukichev, Transparent
from fem_sf.materials import Ferromagnet, Normal, Superconductor
from fem_sf.mesh.ends import ends_of_layer
from fem_sf.mesh.geometry import Geometry
from fem_sf.mesh.layers import LayeredMesh
from fem_sf.mesh.sampling import node_cells, node_sampling, point_sampling
from fem_sf.settings import (
    MeshSettings,
    OutputSettings,
    SolverSettings,
    SpectrumSettings,
    UsadelCase,
)
from fem_sf.stack import Interface, Layer, Stack
from fem_sf.study.run import run_case
from fem_sf.usadel.matsubara import frequency_sum
from fem_sf.usadel.observables import IntegralForms, sample
from fem_sf.usadel.solution import Solution
from fem_sf.usadel.system import UsadelSystem
from fem_sf.usadel.transition import SuperconductingBranch
from support import by_position, grid, interval, layered, solve_stack, uniform

COMM = MPI.COMM_WORLD
TEMPERATURE = 0.35

S = Layer("S", Superconductor(diffusivity=1.2, density_of_states=0.8), 3.0)
F = Layer("F", Ferromagnet(diffusivity=0.6, density_of_states=1.7, exchange=3.0), 0.5)
F2 = Layer("F2", Ferromagnet(diffusivity=0.9, density_of_states=1.3, exchange=-1.5), 0.4)
TILTED = Layer("T", Ferromagnet(0.8, 1.2, exchange=(2.0, 0.0, 1.0)), 0.5)
ACROSS = Layer("A", Ferromagnet(1.1, 0.7, exchange=(0.3, -2.6, 0.2)), 0.4)


def spiral(points: np.ndarray) -> np.ndarray:
    """An exchange field that turns along x, and varies along y where there is one."""
    phase = 2.5 * points[:, 0]
    size = 2.0 + points[:, 1:].sum(axis=1)
    return size[:, np.newaxis] * np.stack([np.sin(phase), 0 * phase, np.cos(phase)], axis=1)


SPIRAL = Layer("T", Ferromagnet(0.8, 1.2, exchange=spiral), 0.5)
N = Layer("N", Normal(diffusivity=0.7, density_of_states=1.4), 0.6)
S2 = Layer("S2", Superconductor(diffusivity=0.9, density_of_states=1.1), 2.0)


def barrier(left: str, right: str, gamma: float) -> Interface:
    return Interface(left, right, KupriyanovLukichev(gamma, right))


def anywhere(*layers: Layer) -> list[Layer]:
    """Layers that only their mesh puts in places, so that any two may touch."""
    return [replace(layer, thickness=None) for layer in layers]


def two_cells() -> tuple[Stack, Geometry]:
    """One cell in each layer, fewer than ranks."""
    stack = Stack([S, F], [barrier("S", "F", 1.5)])
    return stack, interval(("S", uniform(3.0, 1)), ("F", uniform(0.5, 1)))


def line() -> tuple[Stack, Geometry]:
    """Four layers, the outer ones of a single cell."""
    stack = Stack(
        [F, S, N, S2],
        [barrier("F", "S", 0.9), Interface("S", "N", Transparent()), barrier("N", "S2", 1.1)],
    )
    counts = (1, 6, 2, 1)
    return stack, interval(
        *(
            (layer.name, uniform(layer.thickness, count))
            for layer, count in zip(stack.layers, counts, strict=True)
        )
    )


def strip() -> tuple[Stack, Geometry]:
    """Quadrilaterals in four layers, one of them insulated from what it touches on one side."""
    stack = Stack(
        anywhere(F, S, N, F2),
        [
            barrier("F", "S", 0.9),
            Interface("S", "N", Transparent()),
            Interface("N", "F2", Insulating()),
            barrier("S", "F2", 0.7),
        ],
    )
    return stack, grid(
        "quadrilateral",
        np.linspace(0, 4.0, 9),
        np.linspace(0, 1.5, 4),
        stack.names,
        lambda x, y: np.where(x < 0.5, 0, np.where(x < 3.0, 1, np.where(y < 0.5, 2, 3))),
    )


def island() -> tuple[Stack, Geometry]:
    """Triangles: a ferromagnet of one square in the middle of a superconductor."""
    stack = Stack([S, F], [barrier("S", "F", 0.9)])
    x = np.linspace(0, 3, 6)
    return stack, grid(
        "triangle", x, x, stack.names, lambda x, y: (abs(x - 1.5) < 0.3) & (abs(y - 1.5) < 0.3)
    )


def junction() -> tuple[Stack, Geometry]:
    """Triangles: three layers that meet in a point."""
    stack = Stack(
        anywhere(S, F, F2), [barrier("S", "F", 0.7), barrier("F", "F2", 0.5), barrier("S", "F2", 1)]
    )
    return stack, grid(
        "triangle",
        np.linspace(0, 3, 7),
        np.linspace(0, 1, 5),
        stack.names,
        lambda x, y: np.where(x < 2, 0, np.where(y < 0.5, 1, 2)),
    )


def tilted_line() -> tuple[Stack, Geometry]:
    """Exchange fields in a plane, outer layers of a single cell."""
    stack = Stack(
        [F, S, N, TILTED],
        [barrier("F", "S", 0.9), Interface("S", "N", Transparent()), barrier("N", "T", 1.1)],
    )
    return stack, interval(
        ("F", uniform(0.5, 1)), ("S", uniform(3.0, 6)), ("N", uniform(0.6, 2)), ("T", uniform(1, 1))
    )


def tilted_junction() -> tuple[Stack, Geometry]:
    """Triangles: exchange fields in all directions, three joined layers that meet in a point."""
    stack = Stack(
        anywhere(S, F, SPIRAL, ACROSS),
        [
            barrier("S", "F", 0.7),
            Interface("F", "T", Transparent()),
            barrier("S", "T", 1),
            Interface("F", "A", Transparent()),
            Interface("T", "A", Transparent()),
        ],
    )
    return stack, grid(
        "triangle",
        np.linspace(0, 4, 9),
        np.linspace(0, 1, 5),
        stack.names,
        lambda x, y: np.where(x < 2, 0, np.where(x > 3, 3, np.where(y < 0.5, 1, 2))),
    )


GEOMETRIES: dict[str, tuple[Callable[[], tuple[Stack, Geometry]], int]] = {
    "two_cells": (two_cells, 3),
    "line": (line, 3),
    "strip": (strip, 2),
    "island": (island, 2),
    "junction": (junction, 2),
    "tilted_line": (tilted_line, 3),
    "tilted_junction": (tilted_junction, 2),
}
"""Stacks on their meshes, and the degree."""


def solved(stack: Stack, geometry: Geometry, degree: int) -> dict[str, Any]:
    mesh = layered(geometry, COMM)
    rule = frequency_sum(TEMPERATURE, tail=5)
    solution = solve_stack(stack, mesh, TEMPERATURE, "self-consistent", degree, rule=rule)
    forms = IntegralForms(solution.sweep.system)
    return {
        "state": solution.report.state,
        "owned_cells": owned_cells(mesh),
        "integrals": vars(forms.evaluate(solution.sweep, "F")),
        "ends": ends(solution),
        "nodes": nodes(solution),
        "points": points(solution, geometry),
    }


def owned_cells(mesh: LayeredMesh) -> dict[str, list[int]]:
    """Cells of every layer by rank."""
    return {name: COMM.allgather(len(mesh.owned_cells(name))) for name in mesh.names}


def ends(solution: Solution) -> dict[str, Any]:
    """Means over the ends of all layers."""
    system = solution.sweep.system
    found = {
        name: ends_of_layer(system.mesh, name, system.layer_space(name)) for name in system.data
    }
    values = sample(solution.sweep, "F", {name: each.points for name, each in found.items()})
    return {
        name: {
            "magnetization": each.means(system.mesh, values[name].magnetization),
            "gap": each.means(system.mesh, values[name].delta),
        }
        for name, each in found.items()
    }


def nodes(solution: Solution) -> dict[str, Any]:
    """Positions, values and cells of all nodes, ordered by position; rank 0 has them all."""
    system = solution.sweep.system
    spaces = {name: system.layer_space(name) for name in system.stack.names}
    samplings = {name: node_sampling(space) for name, space in spaces.items()}
    values = sample(solution.sweep, "F", samplings)
    result = {}
    for name, sampling in samplings.items():
        owned = sampling.weights.shape[0]
        where = sampling.gather(COMM, spaces[name].tabulate_dof_coordinates()[:owned])
        columns = {key: sampling.gather(COMM, each) for key, each in vars(values[name]).items()}
        cells = node_cells(spaces[name])
        if where is not None:
            order = by_position(where)
            result[name] = {
                "x": where[order],
                "cells": len(cells),
                "used": len(np.unique(cells)),
                **{key: each[order] for key, each in columns.items()},
            }
    return result


def points(solution: Solution, geometry: Geometry) -> dict[str, Any]:
    """Values at the middles of some cells."""
    system = solution.sweep.system
    middles = geometry.points[geometry.cells].mean(axis=1)
    samplings = {
        name: point_sampling(
            system.layer_space(name), middles[geometry.layer_of_cell == number][:3]
        )
        for number, name in enumerate(geometry.layers)
    }
    values = sample(solution.sweep, "F", samplings)
    result = {}
    for name, sampling in samplings.items():
        gathered = {key: sampling.gather(COMM, each) for key, each in vars(values[name]).items()}
        result[name] = {key: each for key, each in gathered.items() if each is not None}
    return result


def case(
    dimension: int,
    temperature: float,
    *more: Layer,
    first: Layer = S,
    interpolation_error: float | None = None,
    groups: int | None = 1,
) -> dict[str, Any]:
    """A whole case from its layers S|F|… to its summary; all ranks share the mesh."""
    layers = [first, F, *more]
    stack = Stack(layers, [barrier(a.name, b.name, 0.7) for a, b in pairwise(layers)])
    result = run_case(
        UsadelCase(
            stack=stack,
            temperature=temperature,
            reference="F",
            spectra=(SpectrumSettings((1.6, -0.3, 2.5), 0.05, interpolation_error),),
            critical_temperature=True,
            mesh=MeshSettings(
                dimension, width=0.1 if dimension == 2 else None, degree=2, refinement=0.5
            ),
            # with fewer nodes the total spin at T = 0 is not that of the action
            solver=SolverSettings(tolerance=1e-12, tail=5 if temperature else 28, groups=groups),
            output=OutputSettings(
                probes={"S": (0.0, 1.0, 3.0), "F": (0.25,)}, frequencies=(2.5, 0.4)
            ),
        ),
        COMM,
    )
    summary = result.summary
    return {
        "state": summary["state"],
        "layers": summary["layers"],
        "spin_currents": [each["spin_current"] for each in summary["interfaces"].values()],
        "free_energy": summary["free_energy"],
        "critical_temperature": summary["critical_temperature"],
        "energies": [each.energies for each in result.spectra],
        "spectra": {
            name: {key: values for key, values in vars(layer).items() if values.size}
            for each in result.spectra
            for name, layer in each.layers.items()
        },
        "nodes": {
            name: {"x": layer.points, **layer.values} for name, layer in result.layers.items()
        },
        "amplitudes": {name: layer.amplitudes for name, layer in result.layers.items()},
        "probes": {name: layer.values for name, layer in result.probes.items()},
    }


def first_order() -> dict[str, Any]:
    """Free energies of a thin S that a thinner F splits, followed and taken over."""
    film = Layer("F", Ferromagnet(exchange=4.0), 0.02)
    stack = Stack([Layer("S", Superconductor(), 0.2), film], [Interface("S", "F", Transparent())])
    mesh = layered(interval(("S", uniform(0.2, 2)), ("F", uniform(0.02, 1))), COMM)
    fine, coarse = (UsadelSystem(stack, mesh, degree) for degree in (2, 1))
    branches = [
        SuperconductingBranch(each, lambda T: frequency_sum(T, tail=5), SolverSettings())
        for each in (fine, coarse)
    ]
    cold = branches[0].enter(0.2)
    warm = branches[0].follow(cold, 0.22)
    rough = branches[1].adopt(fine, 0.22)
    return {"free_energies": [each.free_energy for each in (cold, warm, rough)]}


PROBLEMS: dict[str, Callable[[], dict[str, Any]]] = {
    **{
        name: lambda make=make, degree=degree: solved(*make(), degree)
        for name, (make, degree) in GEOMETRIES.items()
    },
    "case_line": lambda: case(1, TEMPERATURE, interpolation_error=0.3),
    "case_line_at_zero": lambda: case(1, 0.0),
    "case_rectangle": lambda: case(2, TEMPERATURE),
    "case_tilted": lambda: case(1, TEMPERATURE, TILTED),
    "case_noncoplanar_at_zero": lambda: case(1, 0.0, SPIRAL, ACROSS),
    "first_order": first_order,
}


def solve_all(problems: dict[str, Callable[[], dict[str, Any]]], out: Path) -> None:
    results = {}
    for name, problem in problems.items():
        if COMM.rank == 0:
            print(f"{name} on {COMM.size} ranks", file=sys.stderr, flush=True)
        results[name] = problem()
    if COMM.rank == 0:
        out.write_text(json.dumps(results, default=as_list))


def as_list(array: np.ndarray) -> list:
    """A complex one as its real and its imaginary part."""
    parts = np.stack([array.real, array.imag]) if np.iscomplexobj(array) else array
    return parts.tolist()


if __name__ == "__main__":
    solve_all(PROBLEMS, Path(sys.argv[1]))
