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


def test_spin_vectors_and_currents_in_a_plane(tmp_path, spin_plane):
    write_fields(spin_plane.layers, tmp_path)
    for (_, name, file), layer in zip(blocks(tmp_path), spin_plane.layers.values(), strict=True):
        mesh = meshio.read(tmp_path / file)
        assert name in file
        vectors = {"dM", "JM", "JM_across", "p", "J_vector"}
        assert set(mesh.point_data) == {*layer.values, *vectors}
        for vector in vectors - {"J_vector"}:
            columns = [layer.values[f"{vector}_{axis}"] for axis in "xyz"]
            np.testing.assert_array_equal(mesh.point_data[vector], np.column_stack(columns))
        current = mesh.point_data["J_vector"]
        np.testing.assert_array_equal(current[:, 0], layer.values["J"])
        np.testing.assert_array_equal(current[:, 1], layer.values["J_across"])
        assert not current[:, 2].any()


def test_the_spin_current_jumps_where_the_charge_current_does_not(tmp_path, junction):
    write_fields(junction.layers, tmp_path)
    left, right = (meshio.read(tmp_path / file) for _, _, file in blocks(tmp_path))
    assert left.points[-1, 0] == right.points[0, 0] == 3.0
    assert "J_vector" not in left.point_data
    jump = right.point_data["JM"][0] - left.point_data["JM"][-1]
    torque = junction.summary["interfaces"]["FL|FR"]["torque"]
    np.testing.assert_allclose(jump, torque, atol=1e-14)
    assert right.point_data["J"][0] == pytest.approx(left.point_data["J"][-1], rel=1e-12)


def test_snapshots_are_time_steps_and_the_end_is_the_last(tmp_path, transient):
    write_fields(transient.layers, tmp_path, transient.history)
    sets = ElementTree.parse(tmp_path / "fields.pvd").getroot().findall("Collection/DataSet")
    steps = [(float(each.get("timestep")), each.get("name")) for each in sets]
    # the snapshot at the end is the end itself
    assert steps == [(time, name) for time in (0.0, 1 / 3, 20.0) for name in ("F.L", "F.R")]
    for number, name in enumerate(transient.layers):
        early, late = (meshio.read(tmp_path / sets[i + number].get("file")) for i in (2, 4))
        snapshots, layer = transient.history.snapshots[name], transient.layers[name]
        for column in ("dM_x", "dM_z", "V"):
            np.testing.assert_array_equal(early.point_data[column], snapshots[column][1])
            np.testing.assert_array_equal(late.point_data[column], layer.values[column])
        np.testing.assert_array_equal(early.points, late.points)


def test_time_steps_of_an_earlier_run_go(tmp_path, transient, junction):
    write_fields(transient.layers, tmp_path, transient.history)
    write_fields(junction.layers, tmp_path)
    assert {path.name for path in tmp_path.glob("*.vtu")} == {"fields_0_FL.vtu", "fields_1_FR.vtu"}
    assert len(blocks(tmp_path)) == 2
