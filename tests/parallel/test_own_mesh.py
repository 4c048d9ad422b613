# SPDX-License-Identifier: MIT
"""A user's own dolfinx mesh instead of one that fem_sf generates or reads."""

from __future__ import annotations

import re
from pathlib import Path

import dolfinx
import numpy as np
import pytest
from mpi4py import MPI

from fem_sf.errors import MeshError
from fem_sf.mesh.layers import LayeredMesh
from fem_sf.settings import SolverSettings
from fem_sf.usadel.matsubara import frequency_sum
from fem_sf.usadel.observables import IntegralForms
from fem_sf.usadel.solution import solve
from fem_sf.usadel.system import UsadelSystem
from ranks import launch
from reference_cases import bilayer, ferromagnet, magnetization, solved

SCRIPT = Path(__file__).parent / "own_mesh.py"
STACK = bilayer(2.0, ferromagnet(0.5, 0.5, 4.0), 1.0, 0.5)


def own_mesh(names: tuple[str, ...] = ("S", "F")) -> LayeredMesh:
    """S from 0 to 2 and F from 2 to 3, in 120 equal cells."""
    mesh = dolfinx.mesh.create_interval(MPI.COMM_SELF, 120, [0.0, 3.0])
    number = np.arange(mesh.topology.index_map(1).size_local, dtype=np.int32)
    middle = dolfinx.mesh.compute_midpoints(mesh, 1, number)[:, 0]
    return LayeredMesh(mesh, (middle > 2.0).astype(np.int32), names)


def test_same_answer_as_on_the_generated_mesh():
    system = UsadelSystem(STACK, own_mesh(), degree=3)
    solution = solve(
        system, frequency_sum(0.3), "self-consistent", SolverSettings(), lambda *_: None
    )
    found = IntegralForms(system).evaluate(solution.sweep, "F").magnetization
    expected = solved(STACK, 0.3)
    for layer in STACK.names:
        assert found[layer] == pytest.approx(magnetization(expected, layer, "integral"), rel=1e-5)


def test_touching_layers_without_a_law():
    with pytest.raises(MeshError, match='"S" and "G" touch, but no law says'):
        UsadelSystem(STACK, own_mesh(("S", "G")), degree=1)


def test_layer_without_cells():
    with pytest.raises(MeshError, match=r"layers\.N: no cell of the mesh belongs to this layer"):
        own_mesh(("S", "F", "N"))


@pytest.mark.parametrize("ranks", (2, 3))
class TestGhosts:
    pytestmark = pytest.mark.ranks

    def test_missing(self, ranks: int):
        done = launch(SCRIPT, ranks)
        assert done.returncode == 0, done.stderr
        assert re.fullmatch(
            r"mesh: \d+ facets between two ranks have no ghost cell; make the mesh with "
            r"create_cell_partitioner\(GhostMode\.shared_facet\)\n",
            done.stdout,
        )
