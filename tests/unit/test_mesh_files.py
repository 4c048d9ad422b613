# SPDX-License-Identifier: MIT
"""The meshes that come with the project: sound, of the stated size, and rebuilt the same."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from fem_sf.interfaces import KupriyanovLukichev
from fem_sf.materials import Ferromagnet, Superconductor
from fem_sf.mesh.check import check_geometry, touching_pairs
from fem_sf.mesh.read import read_geometry
from fem_sf.spin import interfaces, materials, model
from fem_sf.stack import Interface, Layer, Stack

FOLDER = Path(__file__).parents[2] / "meshes"
SUPERCONDUCTING = Stack(
    [Layer("S", Superconductor()), Layer("F", Ferromagnet(exchange=15.0))],
    [Interface("S", "F", KupriyanovLukichev(0.1, "F"))],
)
FANS = model.Stack(
    [model.Layer(name, materials.Ferromagnet(), thickness=None) for name in ("FL", "FR")],
    [model.Interface("FL", "FR", interfaces.Tunnel(1.0))],
)


def fan_area() -> float:
    """∫ |dz/dw|² of the fan where z = c sinh w, w = u + iv from 0 to its contact, |v| < 60°."""
    focus, opening = 0.2 / math.sin(math.pi / 3), math.pi / 3
    end = math.acosh(3.0 / focus)
    return focus**2 * (
        opening * (end + math.sinh(2 * end) / 2) - end * (opening - math.sin(2 * opening) / 2)
    )


EXPECTED = {
    "bilayer": (SUPERCONDUCTING, [10.0, 1.0], 1.0, 1e-7),
    "island_on_film": (SUPERCONDUCTING, [16.0, 1.0], 2.0, 1e-7),
    "island_in_film": (SUPERCONDUCTING, [22.0, 2.0], 4.0, 1e-7),
    # straight cells along curves
    "point_contact": (FANS, [fan_area(), fan_area()], 0.4, 2e-3),
}
"""The stack, the areas of its layers, the length of their interface; how well cells have them."""


def test_every_mesh_is_expected():
    assert {path.stem for path in FOLDER.glob("*.msh")} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_areas_and_interface(name):
    path = FOLDER / f"{name}.msh"
    stack, areas, length, tolerance = EXPECTED[name]
    geometry = read_geometry(path, stack.names)
    check_geometry(geometry, stack)
    first, second = np.diff(geometry.points[geometry.cells], axis=1).swapaxes(0, 1)
    area = np.abs(first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]) / 2
    np.testing.assert_allclose(np.bincount(geometry.layer_of_cell, area), areas, rtol=tolerance)
    ends = geometry.points[touching_pairs(geometry)[frozenset(stack.names)]]
    np.testing.assert_allclose(np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1).sum(), length)
    assert path.stat().st_size <= 200_000


def test_rebuilding(tmp_path):
    """Another version of Gmsh may place points otherwise, but builds the same layers."""
    pytest.importorskip("gmsh")
    for folder in ("first", "second"):
        (tmp_path / folder).mkdir()
        command = [sys.executable, str(FOLDER / "make.py"), str(tmp_path / folder)]
        subprocess.run(command, check=True, capture_output=True)
    for name, (stack, *_) in EXPECTED.items():
        first, second = (tmp_path / folder / f"{name}.msh" for folder in ("first", "second"))
        assert first.read_bytes() == second.read_bytes()
        check_geometry(read_geometry(first, stack.names), stack)
