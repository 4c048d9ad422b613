# SPDX-License-Identifier: MIT
"""The meshes that come with the project: sound, of the stated size, and rebuilt the same."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from fem_sf.interfaces import KupriyanovLukichev
from fem_sf.materials import Ferromagnet, Superconductor
from fem_sf.mesh.check import check_geometry, touching_pairs
from fem_sf.mesh.read import read_geometry
from fem_sf.stack import Interface, Layer, Stack

FOLDER = Path(__file__).parents[2] / "meshes"
STACK = Stack(
    [Layer("S", Superconductor()), Layer("F", Ferromagnet(exchange=15.0))],
    [Interface("S", "F", KupriyanovLukichev(0.1, "F"))],
)
EXPECTED = {
    "bilayer": ([10.0, 1.0], 1.0),
    "island_on_film": ([16.0, 1.0], 2.0),
    "island_in_film": ([22.0, 2.0], 4.0),
}
"""Areas of S and F, and the length of their interface."""


def test_every_mesh_is_expected():
    assert {path.stem for path in FOLDER.glob("*.msh")} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_areas_and_interface(name):
    path = FOLDER / f"{name}.msh"
    geometry = read_geometry(path, STACK.names)
    check_geometry(geometry, STACK)
    first, second = np.diff(geometry.points[geometry.cells], axis=1).swapaxes(0, 1)
    area = np.abs(first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]) / 2
    areas, length = EXPECTED[name]
    np.testing.assert_allclose(np.bincount(geometry.layer_of_cell, area), areas)
    ends = geometry.points[touching_pairs(geometry)[frozenset(STACK.names)]]
    np.testing.assert_allclose(np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1).sum(), length)
    assert path.stat().st_size <= 200_000


def test_rebuilding(tmp_path):
    """Another version of Gmsh may place points otherwise, but builds the same layers."""
    pytest.importorskip("gmsh")
    for folder in ("first", "second"):
        (tmp_path / folder).mkdir()
        command = [sys.executable, str(FOLDER / "make.py"), str(tmp_path / folder)]
        subprocess.run(command, check=True, capture_output=True)
    for name in EXPECTED:
        first, second = (tmp_path / folder / f"{name}.msh" for folder in ("first", "second"))
        assert first.read_bytes() == second.read_bytes()
        check_geometry(read_geometry(first, STACK.names), STACK)
