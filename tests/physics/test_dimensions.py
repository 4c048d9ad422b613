# SPDX-License-Identifier: MIT
"""A stack that is uniform along y is the same in two dimensions as in one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fem_sf import Interface, Layer, MeshSettings, Normal, Stack, Superconductor, Transparent
from reference_cases import bilayer, ferromagnet, magnetization, solved

MESHES = Path(__file__).parents[2] / "meshes"
WIDTH = 0.7


def film() -> Stack:
    """S|N|S, one contact transparent: two layers share a field, and two have a gap."""
    return Stack(
        [
            Layer("A", Superconductor(), 1.5),
            Layer("N", Normal(2.0, 0.7), 0.6),
            Layer("B", Superconductor(0.5, 1.3), 1.1),
        ],
        [Interface("A", "N", Transparent()), Interface("N", "B", Transparent())],
    )


STACKS = {"bilayer": bilayer(2.0, ferromagnet(0.5, 0.8, 7.0), 0.4, 0.3), "transparent": film()}


@pytest.mark.slow
@pytest.mark.parametrize("stack", STACKS.values(), ids=STACKS)
def test_rectangle_equals_line(stack: Stack):
    probes = {layer.name: (0.0, 0.3 * layer.thickness, layer.thickness) for layer in stack.layers}
    line = solved(stack, 0.4, probes=probes)
    rectangle = solved(stack, 0.4, probes=probes, mesh=MeshSettings(dimension=2, width=WIDTH))
    for layer in stack.names:
        for column, values in line.probes[layer].values.items():
            found = rectangle.probes[layer].values[column]
            np.testing.assert_allclose(found, values, rtol=1e-8, atol=1e-10, err_msg=column)
        integral = magnetization(rectangle, layer, "integral")
        expected = WIDTH * magnetization(line, layer, "integral")
        assert integral == pytest.approx(expected, rel=1e-8, abs=1e-12)
    energy = rectangle.summary["free_energy"]
    assert energy == pytest.approx(WIDTH * line.summary["free_energy"], rel=1e-8)


@pytest.mark.slow
def test_unstructured_strip_from_a_file_approaches_the_line():
    """Fig. 1's bilayer on triangles: within its own error estimate of the line's answer."""
    stack = bilayer(10.0, ferromagnet(0.5, 0.5, 15.0), 1.0, 0.1)
    line = solved(stack, 0.5)
    mesh = MeshSettings(file=MESHES / "bilayer.msh", degree=2)
    strip = solved(stack, 0.5, mesh=mesh, error_estimate=True)
    for layer in stack.names:
        found = strip.summary["layers"][layer]["magnetization"]
        difference = abs(found["integral"][2] - magnetization(line, layer, "integral"))
        assert difference <= found["error"]["integral"]
        assert difference < 1e-4 * abs(found["integral"][2])
