# SPDX-License-Identifier: MIT
"""One solver for many stacks of a structure: every answer is that of the exact solver."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from mpi4py import MPI

from fem_sf.mesh.build import checked_geometry
from fem_sf.mesh.layers import LayeredMesh
from fem_sf.settings import MeshSettings
from fem_sf.spin import exact, materials, model
from fem_sf.spin import interfaces as laws
from fem_sf.spin.grading import SpinGrading
from fem_sf.spin.settings import SpinSolverSettings
from fem_sf.spin.steady import SteadySolver
from fem_sf.spin.system import SpinSystem


def trilayer(law: laws.Law, angle: float, *capacitances: float) -> model.Stack:
    directions = [(0.0, 0.0, 1.0), (math.sin(angle), 0.0, math.cos(angle)), (1.0, 0.0, 0.0)]
    layers = [
        model.Layer(
            name,
            materials.Ferromagnet(
                1.0 + 0.3 * i, polarisation=0.5 - 0.1 * i, direction=p, permittivity=0.05
            ),
            1.0 + i / 2,
        )
        for i, (name, p) in enumerate(zip("ABC", directions, strict=True))
    ]
    pairs = zip(itertools.pairwise("ABC"), capacitances, strict=True)
    return model.Stack(layers, [model.Interface(*pair, law, each) for pair, each in pairs])


def solver(stack: model.Stack, drive: model.Drive) -> SteadySolver:
    mesh = LayeredMesh.distribute(
        MPI.COMM_SELF, checked_geometry(stack, MeshSettings(), SpinGrading())
    )
    return SteadySolver(SpinSystem(stack, drive, mesh, degree=4), SpinSolverSettings())


def worst(steady: SteadySolver, stack: model.Stack, drive: model.Drive) -> float:
    """Error of μ, m and V at all nodes."""
    steady.solve()
    right, start, errors = exact.solve(stack, drive), 0.0, []
    for layer in stack.layers:
        function = steady.system.fields[layer.name]
        x = function.function_space.tabulate_dof_coordinates()[:, 0] - start
        profile = right.profile(layer.name, np.clip(x, 0.0, layer.extent))
        fields = [profile.chemical_potential, *profile.spin_potential.T, profile.potential]
        errors.append(np.abs(function.x.array.real.reshape(-1, 5) - np.column_stack(fields)).max())
        start += layer.extent
    return max(errors)


@pytest.mark.parametrize("kind", [model.Voltage, model.Current])
@pytest.mark.parametrize(
    "law", [laws.Tunnel(0.7, 0.2, 0.1), laws.Metallic(), laws.MetallicNoAccumulation()]
)
def test_angles_and_drives_one_after_another(law, kind):
    first = trilayer(law, 1.0, math.inf, 0.5)
    steady = solver(first, kind(1.0))
    assert worst(steady, first, kind(1.0)) < 1e-7
    for angle, value in [(1.0, 0.6), (0.3, 0.6), (2.0, 1.5), (2.0, 1.5)]:
        stack = trilayer(law, angle, math.inf, 0.5)
        steady.set_stack(stack, kind(value))
        assert worst(steady, stack, kind(value)) < 1e-7


def test_a_condition_that_moves_to_another_interface():
    drive, barrier = model.Voltage(1.0), laws.Tunnel(0.7)
    first, second = (trilayer(barrier, 1.0, *each) for each in ((math.inf, 0.2), (0.2, math.inf)))
    steady = solver(first, drive)
    for stack in (first, second, first):
        steady.set_stack(stack, drive)
        assert worst(steady, stack, drive) < 1e-7


def test_another_kind_of_drive():
    stack = trilayer(laws.Tunnel(0.7), 1.0, 0.3, 0.3)
    steady = solver(stack, model.Voltage(1.0))
    for drive in (model.Current(0.4), model.Voltage(0.4)):
        steady.set_stack(stack, drive)
        assert worst(steady, stack, drive) < 1e-7
