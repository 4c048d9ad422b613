# SPDX-License-Identifier: MIT
"""The files for ParaView; ``tests/paraview/check_fields.py`` tries them in ParaView itself."""

from __future__ import annotations

from xml.etree import ElementTree

import meshio
import numpy as np
import pytest

from fem_sf.output.paraview import write_fields


def blocks(folder):
    """(part, name, file) of the collection, as written."""
    sets = ElementTree.parse(folder / "fields.pvd").getroot().findall("Collection/DataSet")
    return [(each.get("part"), each.get("name"), each.get("file")) for each in sets]


def test_one_named_block_a_layer(tmp_path, bilayer):
    write_fields(bilayer.layers, tmp_path)
    assert blocks(tmp_path) == [("0", "S", "fields_0_S.vtu"), ("1", "F", "fields_1_F.vtu")]


def test_names_may_hold_anything(tmp_path, bilayer):
    layers = {"F'": bilayer.layers["S"], 'F"': bilayer.layers["F"], "a/<ν>": bilayer.layers["F"]}
    write_fields(layers, tmp_path)
    assert [name for _, name, _ in blocks(tmp_path)] == list(layers)
    files = [file for _, _, file in blocks(tmp_path)]
    assert len(set(files)) == 3
    assert all((tmp_path / file).is_file() for file in files)


@pytest.mark.parametrize(
    ("made_up", "types"), [("bilayer", ["line"] * 2), ("plane", ["triangle", "quad"])]
)
def test_values_cells_and_vectors(tmp_path, made_up, types, request):
    layers = request.getfixturevalue(made_up).layers
    write_fields(layers, tmp_path)
    for number, ((_, name, file), cell_type) in enumerate(
        zip(blocks(tmp_path), types, strict=True)
    ):
        layer, mesh = layers[name], meshio.read(tmp_path / file)
        dimension = layer.points.shape[1]
        np.testing.assert_array_equal(mesh.points[:, :dimension], layer.points)
        assert not mesh.points[:, dimension:].any()
        np.testing.assert_array_equal(mesh.cells_dict[cell_type], layer.cells)
        np.testing.assert_array_equal(mesh.cell_data["layer"][0], number)
        assert set(mesh.point_data) == {*layer.values, "dM", "triplet"}
        for column, values in layer.values.items():
            np.testing.assert_array_equal(mesh.point_data[column], values)
        np.testing.assert_array_equal(mesh.point_data["dM"][:, 2], layer.values["dM_z"])


def test_the_jump_is_a_jump(tmp_path, bilayer):
    write_fields(bilayer.layers, tmp_path)
    left, right = (meshio.read(tmp_path / file) for _, _, file in blocks(tmp_path))
    assert left.points[-1, 0] == right.points[0, 0] == 3.0
    assert left.point_data["dM_z"][-1] == -0.01
    assert right.point_data["dM_z"][0] == -1 / 30
