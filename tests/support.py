# SPDX-License-Identifier: MIT
"""Small meshes and solves that several tests share."""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import dolfinx
import numpy as np
import pytest
import ufl
from mpi4py import MPI
from numpy.typing import NDArray
from petsc4py import PETSc

from fem_sf.mesh.geometry import Geometry
from fem_sf.mesh.layers import LayeredMesh
from fem_sf.mesh.sampling import node_sampling
from fem_sf.settings import SolverSettings
from fem_sf.solve.blocks import BlockMatrix, BlockVector
from fem_sf.stack import Stack
from fem_sf.usadel.matsubara import FrequencySum, frequency_sum
from fem_sf.usadel.observables import SampledFields, sample
from fem_sf.usadel.solution import Solution, solve
from fem_sf.usadel.sweep import FrequencySweep, new_linearisation
from fem_sf.usadel.system import UsadelSystem


def interval(*layers: tuple[str, NDArray[np.float64]]) -> Geometry:
    """A line; each layer by its name and the sizes of its cells, from left to right."""
    sizes = np.concatenate([cells for _, cells in layers])
    x = np.concatenate([[0.0], np.cumsum(sizes)])
    number = np.arange(len(sizes))
    counts = [len(cells) for _, cells in layers]
    return Geometry(
        "interval",
        x[:, None],
        np.column_stack([number, number + 1]),
        np.repeat(np.arange(len(layers), dtype=np.int32), counts),
        tuple(name for name, _ in layers),
    )


def uniform(length: float, count: int) -> NDArray[np.float64]:
    """Sizes of equal cells."""
    return np.full(count, length / count)


def graded(length: float, smallest: float, ratio: float, count: int) -> NDArray[np.float64]:
    """Sizes that grow from the left by a ratio and then fill the length equally."""
    sizes = smallest * ratio ** np.arange(count)
    rest = length - sizes.sum()
    assert rest > 0
    return np.concatenate([sizes, uniform(rest, int(np.ceil(rest / sizes[-1])))])


def grid(
    cell: str,
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    names: Sequence[str],
    layer_of: Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.int32]],
) -> Geometry:
    """A grid of quadrilaterals, or of triangles, two in each quadrilateral.

    ``layer_of`` gives the index of the layer from the middles of the quadrilaterals.
    """
    points = np.stack(np.meshgrid(x, y, indexing="ij"), axis=-1).reshape(-1, 2)
    i, j = np.meshgrid(np.arange(len(x) - 1), np.arange(len(y) - 1), indexing="ij")
    first = (i * len(y) + j).ravel()
    corners = np.column_stack([first, first + len(y), first + 1, first + len(y) + 1])
    middle = points[corners].mean(axis=1)
    layers = np.asarray(layer_of(middle[:, 0], middle[:, 1]), dtype=np.int32)
    if cell == "triangle":
        corners = np.concatenate([corners[:, [0, 1, 3]], corners[:, [0, 3, 2]]])
        layers = np.concatenate([layers, layers])
    return Geometry(cell, points, corners, layers, tuple(names))


def layered(geometry: Geometry, comm: MPI.Comm = MPI.COMM_WORLD) -> LayeredMesh:
    """The mesh distributed over the ranks."""
    return LayeredMesh.distribute(comm, geometry if comm.rank == 0 else None)


def one_frequency(omega: float) -> FrequencySum:
    """A sum of a single term of weight 1."""
    one = np.ones(1)
    return FrequencySum(0.5, omega * one, one, one)


def solve_frequency(system: UsadelSystem, omega: float, tolerance: float = 1e-12) -> FrequencySweep:
    """θ at one frequency, for the Δ that the system's fields hold, from the start θ = 0."""
    sweep = FrequencySweep(system, one_frequency(omega), SolverSettings())
    list(sweep.solve([new_linearisation(sweep)], tolerance))
    return sweep


def solve_stack(
    stack: Stack,
    mesh: LayeredMesh,
    temperature: float,
    gap: str | float,
    degree: int = 2,
    settings: SolverSettings | None = None,
    rule: FrequencySum | None = None,
) -> Solution:
    """All frequencies of a stack, with its gap."""
    return solve(
        UsadelSystem(stack, mesh, degree),
        rule or frequency_sum(temperature),
        gap,
        settings or SolverSettings(tolerance=1e-12),
        lambda *_: None,
    )


def by_position(points: NDArray[np.float64]) -> NDArray[np.intp]:
    """The order of points by x, then y; coordinates that differ by rounding count as equal."""
    return np.lexsort(np.round(points, 9).T[::-1])


def node_values(
    solution: Solution, reference: str | None
) -> dict[str, tuple[NDArray[np.float64], SampledFields]]:
    """Positions and observables at the nodes of every layer, ordered by position; serial."""
    system = solution.sweep.system
    spaces = {name: system.layer_space(name) for name in system.stack.names}
    nodes = {name: node_sampling(space) for name, space in spaces.items()}
    result = {}
    for name, values in sample(solution.sweep, reference, nodes).items():
        points = spaces[name].tabulate_dof_coordinates()[:, : system.mesh.dimension]
        order = by_position(points)
        ordered = {key: each[order] for key, each in vars(values).items()}
        result[name] = points[order], SampledFields(**ordered)
    return result


# --- derivatives ---


STEPS = 1e-2 / 2.0 ** np.arange(3)


def complex_numbers(generator: np.random.Generator, count: int) -> NDArray[np.complex128]:
    return generator.normal(size=count) + 1j * generator.normal(size=count)


def remainders(
    function: Callable[[], NDArray], field: NDArray, direction: NDArray, derivative: NDArray
) -> NDArray[np.float64]:
    """|f(x + hd) − f(x) − h f'd| for every step h; ``function`` reads ``field``."""
    start, value = field.copy(), function()
    found = []
    for step in STEPS:
        field[:] = start + step * direction
        found.append(float(np.linalg.norm(function() - value - step * derivative)))
    field[:] = start
    return np.array(found)


def assert_derivative(
    function: Callable[[], NDArray], field: NDArray, direction: NDArray, derivative: NDArray
) -> None:
    """``derivative`` is that of ``function``, which is not linear, in a direction."""
    left = remainders(function, field, direction, derivative)
    assert left[:-1] / left[1:] == pytest.approx(4.0, rel=0.03), left


def assembled(layout: BlockVector, forms) -> list[NDArray]:
    vector = layout.vector()
    layout.assemble(forms, vector)
    return [vector.getArray()[part].copy() for part in layout.slices]


def product(form, direction: NDArray) -> NDArray:
    """A bilinear form's matrix times a vector."""
    block = BlockMatrix([[form]])
    block.assemble()
    x, y = block.matrix.createVecs()
    x.setArray(direction)
    block.matrix.mult(x, y)
    return y.getArray().copy()


# --- manufactured solutions ---


@dataclass(frozen=True)
class Wave:
    """offset + amplitude Π_d cos(k_d (x_d − o_d))."""

    offset: complex
    amplitude: complex
    wavenumbers: tuple[float, ...]
    origin: tuple[float, ...]

    def expression(self, mesh: dolfinx.mesh.Mesh):
        x = ufl.SpatialCoordinate(mesh)

        def constant(value: complex):
            return dolfinx.fem.Constant(mesh, PETSc.ScalarType(value))

        result = constant(self.amplitude)
        for d, (k, o) in enumerate(zip(self.wavenumbers, self.origin, strict=True)):
            result = result * ufl.cos(constant(k) * (x[d] - constant(o)))
        return constant(self.offset) + result

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """At points, shape (dimension, n)."""
        phases = zip(self.wavenumbers, x, self.origin, strict=False)
        return self.offset + self.amplitude * math.prod(
            np.cos(k * (each - o)) for k, each, o in phases
        )

    def slope(self, x: float) -> complex:
        """Derivative at a place of a line."""
        (k,), (o,) = self.wavenumbers, self.origin
        return -k * self.amplitude * cmath.sin(k * (x - o))


def assert_rates(errors: Sequence[Mapping[str, tuple[float, float]]], degree: int) -> None:
    """Errors in L2 and H1 of several fields, of meshes twice as fine in turn, are optimal."""
    for name in errors[0]:
        table = np.array([each[name] for each in errors])
        rates = np.log2(table[:-1] / table[1:])
        assert rates[-1, 0] > degree + 0.9, f"L2 in {name}: errors {table[:, 0]}"
        assert rates[-1, 1] > degree - 0.1, f"H1 in {name}: errors {table[:, 1]}"
