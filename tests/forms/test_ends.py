# SPDX-License-Identifier: MIT
"""Ends of layers are integrals over facets, whatever the mesh there."""

from __future__ import annotations

import itertools
from dataclasses import replace

import dolfinx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mpi4py import MPI

from fem_sf import (
    Ferromagnet,
    Interface,
    KupriyanovLukichev,
    Layer,
    MeshSettings,
    SolverSettings,
    SpectrumSettings,
    Stack,
    Superconductor,
    UsadelCase,
    run_case,
)
from fem_sf.formulas import Formula
from fem_sf.mesh.ends import ends_of_layer
from fem_sf.mesh.geometry import Geometry
from fem_sf.spin.magnetization import tilt_to_direction
from fem_sf.textures import FormulaTexture
from support import grid, interval, layered

UNEVEN = np.array([0.0, 0.02, 0.05, 0.3, 0.35, 0.9, 1.0])
"""Most of its points are where little of its length is."""

OF_NODES = {
    ("S", "left"): -0.0059928,
    ("S", "right"): -0.0128261,
    ("F", "left"): -0.0159672,
    ("F", "right"): -0.0168469,
}
"""Trapezoidal rule over y, at the 65 nodes of an end, of the case in `test_narrow_field`."""


def means(geometry: Geometry, layer: str, degree: int, function) -> np.ndarray:
    """Means over the left and the right end of a polynomial that the elements hold."""
    mesh = layered(geometry, MPI.COMM_SELF)
    space = dolfinx.fem.functionspace(mesh.part((layer,)).mesh, ("Lagrange", degree))
    ends = ends_of_layer(mesh, layer, space)
    return ends.means(mesh, ends.points.weights @ function(space.tabulate_dof_coordinates().T))


def box(y: np.ndarray, z: np.ndarray) -> Geometry:
    """Layers A and B of one row of cells along x each, of six tetrahedra in every cuboid."""
    x = np.array([0.0, 0.7, 1.0])
    axes = (x, y, z)
    points = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
    strides = np.array([len(y) * len(z), len(z), 1])
    cells, layers = [], []
    for corner in itertools.product(*(range(len(each) - 1) for each in axes)):
        for order in itertools.permutations(range(3)):
            cells.append(np.cumsum([strides @ corner, *strides[list(order)]]))
            layers.append(corner[0])
    return Geometry(
        "tetrahedron", points, np.array(cells), np.array(layers, dtype=np.int32), ("A", "B")
    )


@pytest.mark.parametrize("cell", ["quadrilateral", "triangle"])
@pytest.mark.parametrize("degree", [1, 4])
@settings(derandomize=True, deadline=None, max_examples=4)
@given(steps=st.lists(st.floats(0.01, 1.0), min_size=2, max_size=6))
def test_powers_along_an_uneven_end(cell: str, degree: int, steps: list[float]):
    """∫y^k dy/∫dy = w^k/(k + 1), and x is that of the end."""
    y = np.concatenate([[0.0], np.cumsum(steps)])
    x = np.array([0.0, 0.4, 1.0, 1.5])
    geometry = grid(cell, x, y, ("A", "B"), lambda x, y: (x > 1.0).astype(int))
    for layer, ends in (("A", (0.0, 1.0)), ("B", (1.0, 1.5))):
        found = means(geometry, layer, degree, lambda x: np.stack([x[0], x[1] ** degree], axis=1))
        assert found[:, 0] == pytest.approx(ends, abs=1e-13)
        assert found[:, 1] == pytest.approx(y[-1] ** degree / (degree + 1), rel=1e-12)


def test_in_space():
    geometry = box(UNEVEN, UNEVEN**2 / 2)
    for layer, ends in (("A", (0.0, 0.7)), ("B", (0.7, 1.0))):
        found = means(
            geometry, layer, 2, lambda x: np.stack([x[0], x[1] * x[2], x[2] ** 2], axis=1)
        )
        assert found[:, 0] == pytest.approx(ends, abs=1e-13)
        assert found[:, 1] == pytest.approx(1 / 8, rel=1e-12)
        assert found[:, 2] == pytest.approx(1 / 12, rel=1e-12)


def test_on_a_line():
    geometry = interval(("A", np.array([0.1, 0.9])), ("B", np.array([0.2, 0.3])))
    assert means(geometry, "A", 4, lambda x: x[0]) == pytest.approx((0.0, 1.0), abs=1e-14)
    assert means(geometry, "B", 4, lambda x: x[0]) == pytest.approx((1.0, 1.5), abs=1e-14)


@pytest.mark.parametrize("cell", ["quadrilateral", "triangle"])
def test_an_end_around_a_corner(cell: str):
    """What is before B touches it along two sides, of lengths 1/2 and 1; the rest is outside."""
    x, y = np.linspace(0, 2, 5), np.array([0.0, 0.25, 0.5, 1.0])
    geometry = grid(cell, x, y, ("A", "B"), lambda x, y: ((x > 1.0) & (y > 0.5)).astype(int))
    around = (0.5 * np.array([1.0, 0.75]) + 1.0 * np.array([1.5, 0.5])) / 1.5
    a = means(geometry, "A", 2, lambda x: x[:2].T)
    b = means(geometry, "B", 2, lambda x: x[:2].T)
    assert a[1] == pytest.approx(around, rel=1e-12)
    assert b[0] == pytest.approx(around, rel=1e-12)
    assert a[0] == pytest.approx((0.0, 0.5), abs=1e-12)
    assert b[1] == pytest.approx((2.0, 0.75), rel=1e-12)


def test_a_slanted_end():
    """All of an outer face that looks to −x counts, by its projection; its other sides do not."""
    geometry = grid("triangle", UNEVEN, UNEVEN, ("A",), lambda x, y: np.zeros(len(x)))
    points = geometry.points.copy()
    points[:, 0] += 0.3 * points[:, 1] * (1 - points[:, 0])
    found = means(replace(geometry, points=points), "A", 1, lambda x: x[:2].T)
    assert found == pytest.approx(np.array([[0.15, 0.5], [1.0, 0.5]]), rel=1e-12)


def test_a_layer_inside_another():
    """What has neither a neighbour there nor an outer face is looked at from all sides."""
    x = np.linspace(0, 3, 7)

    def inside(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return ((abs(x - 1.5) < 0.5) & (abs(y - 1.5) < 0.5)).astype(int)

    geometry = grid("triangle", x, x, ("A", "B"), inside)
    found = means(geometry, "B", 1, lambda x: x[:2].T)
    assert found == pytest.approx(np.array([[1.5, 1.5], [2.0, 1.5]]), rel=1e-12)


def test_mean_of_a_direction_is_that_of_the_vector():
    """Of p, not of the tilt that it is made of."""
    geometry = grid("triangle", UNEVEN, UNEVEN, ("A",), lambda x, y: np.zeros(len(x)))
    mesh = layered(geometry, MPI.COMM_SELF)
    space = dolfinx.fem.functionspace(mesh.part(("A",)).mesh, ("Lagrange", 3))
    ends = ends_of_layer(mesh, "A", space)
    slope = ends.points.weights @ space.tabulate_dof_coordinates()[:, 1]
    tilts = np.stack([0.01 * slope, 0 * slope], axis=1)
    found = ends.means(mesh, tilt_to_direction(tilts, np.array([0.0, 0.0, 1.0])))
    # ∫ 2a/(1 + a²) da and ∫ (1 − a²)/(1 + a²) da over 0 < a < 0.01
    expected = np.log1p(1e-4) / 0.01, (2 * np.arctan(0.01) - 0.01) / 0.01
    assert np.linalg.norm(found[1, :2]) == pytest.approx(expected[0], rel=1e-12)
    assert found[1, 2] == pytest.approx(expected[1], rel=1e-12)


def narrow(dimension: int = 2, error_estimate: bool = True, **more) -> UsadelCase:
    field = FormulaTexture((Formula("10*exp(-((y-0.2)/0.05)**2)"),))
    layers = [
        Layer("S", Superconductor(), 1.0),
        Layer("F", Ferromagnet(exchange=field if dimension == 2 else 6.0), 0.3),
    ]
    return UsadelCase(
        stack=Stack(layers, [Interface("S", "F", KupriyanovLukichev(0.3, "F"))]),
        temperature=0.5,
        gap="bulk",
        mesh=MeshSettings(dimension=2, width=1.0),
        solver=SolverSettings(error_estimate=error_estimate),
        **more,
    )


@pytest.mark.slow
def test_narrow_field():
    """The nodes are where J varies: their mean is 19 % off, their trapezoidal rule 0.02 %."""
    layers = run_case(narrow()).summary["layers"]
    for (name, side), value in OF_NODES.items():
        magnetization = layers[name]["magnetization"]
        assert magnetization[side][2] == pytest.approx(value, rel=3e-4), (name, side)
        assert magnetization["error"][side] < 1e-7


@pytest.mark.slow
def test_what_does_not_vary_across_is_that_of_a_line():
    """δM, Δ and N at all ends of a rectangle, against the same stack on a line."""
    spectra = (SpectrumSettings((0.0, 1.2), 0.1),)
    wide = narrow(1, error_estimate=False, spectra=spectra)
    found = [run_case(replace(wide, mesh=mesh)) for mesh in (MeshSettings(), wide.mesh)]
    line, plane = (each.summary["layers"] for each in found)
    for name in ("S", "F"):
        for side in ("left", "right"):
            expected = line[name]["magnetization"][side]
            assert plane[name]["magnetization"][side] == pytest.approx(expected, rel=1e-8)
            one, other = (getattr(each.spectra[0].layers[name], side) for each in found)
            assert other == pytest.approx(one, rel=1e-7)
    for key in ("left", "right", "mean"):
        assert plane["S"]["gap"][key] == pytest.approx(line["S"]["gap"][key], rel=1e-10)
