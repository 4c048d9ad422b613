# SPDX-License-Identifier: MIT
"""A mesh whose stack does not lie along x is refused, or says itself where its ends are."""

from __future__ import annotations

import dataclasses

import meshio
import numpy as np
import pytest

import fem_sf as sf
from fem_sf.errors import MeshError
from fem_sf.mesh.orientation import check_ends, check_thicknesses
from fem_sf.spin import interfaces as laws
from fem_sf.spin import materials, model
from support import grid


def stack(thickness: float | None = None, phase: float | None = None) -> sf.Stack:
    layers = [
        sf.Layer("S", sf.Superconductor(phase=phase), thickness),
        sf.Layer("F", sf.Ferromagnet(exchange=1.0)),
    ]
    return sf.Stack(layers, [sf.Interface("S", "F", sf.Transparent())])


def halves(axis: int):
    points = np.linspace(0, 1, 5)
    return grid("triangle", points, points, ("S", "F"), lambda x, y: (x, y)[axis] > 0.5)


def test_along_x():
    check_ends(halves(0), stack())


def test_along_y():
    with pytest.raises(MeshError) as caught:
        check_ends(halves(1), stack())
    assert [each.key for each in caught.value.problems] == ["mesh.file"]
    assert 'the layers "S" and "F" lie along x, from its least' in str(caught.value)
    assert 'groups of facets that are its ends, "left" and "right"' in str(caught.value)


def test_one_layer_beside_two_and_one_on_another():
    """Both are stacks along x: of B and C side by side behind A, and of an island on a film."""
    x, y = np.linspace(0, 2, 9), np.linspace(0, 1, 5)

    def cut(layer_of, names):
        geometry = grid("triangle", x, y, names, lambda x, y: x > 1)
        middles = geometry.points[geometry.cells].mean(axis=1)
        return dataclasses.replace(geometry, layer_of_cell=layer_of(*middles.T).astype(np.int32))

    metals = [sf.Layer(name, sf.Superconductor()) for name in "ABC"]
    check_ends(cut(lambda x, y: (x > 1) + ((x > 1) & (y > 0.5)), tuple("ABC")), sf.Stack(metals))
    check_ends(cut(lambda x, y: (abs(x - 1) < 0.5) & (y > 0.5), ("S", "F")), stack())


def test_against_x():
    geometry = dataclasses.replace(halves(0), layers=("F", "S"))
    with pytest.raises(MeshError, match='run against x: "F" is at its least and "S" at its larg'):
        check_ends(geometry, stack())


@pytest.mark.parametrize("thickness", [0.5, 0.5002, 1.0])
def test_thicknesses_that_agree(thickness):
    """With an extent along any axis."""
    check_thicknesses(halves(0), stack(thickness))


def test_a_thickness_that_contradicts_the_mesh():
    with pytest.raises(MeshError, match=r"layers\.S\.thickness: no extent .* is 3 \(x 0\.5, y 1\)"):
        check_thicknesses(halves(0), stack(3.0))


def write(geometry, path, ends: bool):
    """A file of MSH 2.2, with the facets at the least and the largest y as groups."""
    y = geometry.points[:, 1]
    groups = {"S": (1, 2), "F": (2, 2)}
    cells, tags = [("triangle", geometry.cells)], [geometry.layer_of_cell + 1]
    if ends:
        for tag, (name, at) in enumerate((("left", y.min()), ("right", y.max())), 3):
            on_line = np.flatnonzero(abs(y - at) < 1e-9)
            on_line = on_line[np.argsort(geometry.points[on_line, 0])]
            cells.append(("line", np.column_stack([on_line[:-1], on_line[1:]])))
            tags.append(np.full(len(on_line) - 1, tag))
            groups[name] = (tag, 1)
    meshio.Mesh(
        np.column_stack([geometry.points, np.zeros(len(y))]),
        cells,
        cell_data={"gmsh:physical": tags, "gmsh:geometrical": tags},
        field_data={name: np.array(each) for name, each in groups.items()},
    ).write(path, file_format="gmsh22", binary=False)
    return path


def junction(file=None) -> sf.SpinCase:
    thickness = None if file else 0.5
    pair = (
        materials.Ferromagnet(polarisation=0.5),
        materials.Ferromagnet(polarisation=0.4, direction=(1, 0, 0)),
    )
    layers = [model.Layer(name, each, thickness) for name, each in zip("SF", pair, strict=True)]
    return sf.SpinCase(
        stack=model.Stack(layers, [model.Interface("S", "F", laws.Tunnel(0.7), 0.5)]),
        drive=model.Voltage(1.0),
        mesh=sf.MeshSettings(file=file, degree=3) if file else sf.MeshSettings(),
    )


def test_reservoirs_of_a_stack_along_y(tmp_path):
    """By their groups they are at its ends; without, they would be at its sides."""
    named = write(halves(1), tmp_path / "named.msh", ends=True)
    along_x = sf.run_case(junction())
    along_y = sf.run_case(junction(named))
    there, here = (each.summary["interfaces"]["S|F"] for each in (along_x, along_y))
    np.testing.assert_allclose(here["J"], there["J"], rtol=1e-6)
    np.testing.assert_allclose(here["torque"], there["torque"], rtol=1e-4)
    plain = write(halves(1), tmp_path / "plain.msh", ends=False)
    with pytest.raises(MeshError, match="lie along x"):
        sf.run_case(junction(plain))


def test_phases_need_ends_along_x(tmp_path):
    """They are held at the least and the largest x, whatever groups there are."""
    named = write(halves(1), tmp_path / "named.msh", ends=True)
    case = sf.UsadelCase(stack=stack(phase=0.5), temperature=0.5, mesh=sf.MeshSettings(file=named))
    with pytest.raises(MeshError, match="lie along x"):
        sf.run_case(case)
