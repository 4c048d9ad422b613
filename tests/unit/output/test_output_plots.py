# SPDX-License-Identifier: MIT
"""Pictures show the numbers that they are drawn from."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.colors import SymLogNorm

from fem_sf.materials import Ferromagnet, Normal, Superconductor
from fem_sf.output.dataset import to_dataset
from fem_sf.output.maps import outline, signed_norm, triangles
from fem_sf.output.plots import draw
from fem_sf.output.stack_scale import StackScale
from fem_sf.output.write import plot_folder, write_result
from fem_sf.stack import Layer, Stack
from fem_sf.study.results import UsadelResult


def panels(result):
    """Axes of the picture by the label of their vertical axis."""
    (figure,) = draw(to_dataset(result)).values()
    return {axes.get_ylabel(): axes for axes in figure.axes}


def texts(result):
    """All text of the picture outside its axes."""
    (figure,) = draw(to_dataset(result)).values()
    return " ".join(text.get_text() for text in figure.texts)


def test_lines_end_at_interfaces_with_the_values_of_their_side(bilayer):
    bilayer.layers["F"].values["dM_x"][:] = 0.0
    (label,) = (label for label in panels(bilayer) if "delta M_z" in label)
    lines = [line for line in panels(bilayer)[label].lines if line.get_linestyle() == "-"]
    curves = [line.get_xydata() for line in lines if len(line.get_xydata()) > 2]
    for curve, layer in zip(curves, bilayer.layers.values(), strict=True):
        np.testing.assert_array_equal(curve[:, 0], layer.points[:, 0])
        np.testing.assert_array_equal(curve[:, 1], layer.values["dM_z"])


def test_components_that_vanish_are_not_drawn(bilayer):
    assert any("mathbf{M}" in label for label in panels(bilayer))
    bilayer.layers["F"].values["dM_x"][:] = 1e-14
    assert not any("mathbf{M}" in label for label in panels(bilayer))


def test_small_layers_are_magnified_only_when_needed(bilayer):
    assert not any("magnified" in label for label in panels(bilayer))
    bilayer.layers["F"].values["dM_z"][:] *= 10
    (label,) = (label for label in panels(bilayer) if "magnified" in label)
    low, high = panels(bilayer)[label].get_ylim()
    assert -0.02 < low < -0.01 and 0 <= high < 0.005


def test_a_normal_state_can_be_drawn(tmp_path, bilayer):
    for layer in bilayer.layers.values():
        for values in layer.values.values():
            values[:] = 0.0
    write_result(bilayer, tmp_path)
    assert (tmp_path / "profiles.png").stat().st_size > 10_000


@pytest.mark.parametrize(
    ("material", "pictures"),
    [
        (Superconductor(), ["profiles.png"]),
        (Ferromagnet(exchange=1.0), ["profiles.png"]),
        (Normal(), []),
    ],
)
def test_one_layer_of_anything_can_be_drawn(tmp_path, bilayer, material, pictures):
    alone = {"S": bilayer.layers["S"]}
    case = replace(bilayer.case, stack=Stack([Layer("S", material, 3.0)]), reference=None)
    write_result(UsadelResult(case, alone, summary=bilayer.summary), tmp_path)
    assert [path.name for path in tmp_path.glob("*.png")] == pictures


def test_text_tells_conditions_integrals_and_doubt(bilayer):
    assert "A made-up bilayer" in texts(bilayer)
    assert "T = 0.1" in texts(bilayer)
    assert "S: 0, −0.33333" in texts(bilayer)
    assert "F: 0, –" in texts(bilayer)
    assert "not converged" not in texts(bilayer)
    bilayer.summary["converged"] = False
    assert "not converged" in texts(bilayer)


def test_known_units_give_second_axes(bilayer_in_si):
    (figure,) = draw(to_dataset(bilayer_in_si)).values()
    assert any(axes.get_xlabel() == "$x$ (nm)" for axes in figure.axes)
    assert "nm" in " ".join(text.get_text() for text in figure.texts)


@pytest.mark.parametrize("made_up", ["bilayer", "bilayer_in_si", "plane"])
def test_the_same_picture_from_what_is_stored(tmp_path, made_up, request):
    write_result(request.getfixturevalue(made_up), tmp_path)
    (path,) = tmp_path.glob("*.png")
    first = path.read_bytes()
    path.unlink()
    assert plot_folder(tmp_path) == [path]
    assert path.read_bytes() == first


def test_dollars_in_names_are_no_formulas(tmp_path, bilayer):
    object.__setattr__(bilayer.case, "title", r"$\nonsense$ for 5$")
    write_result(bilayer, tmp_path)
    assert r"$\nonsense$" in texts(bilayer)


def test_scale_is_true_where_all_layers_can_be_read():
    scale = StackScale.of([2.0, 1.0, 1.0], 0.0)
    assert scale.to_scale
    np.testing.assert_allclose(scale.shares, [0.5, 0.25, 0.25])


@pytest.mark.parametrize("thicknesses", [[10, 1], [0.01, 5, 0.02], [1.0] * 12 + [0.01]])
def test_thin_layers_can_be_read(thicknesses):
    scale = StackScale.of(thicknesses, -3.0)
    assert not scale.to_scale
    assert scale.shares.sum() == pytest.approx(1.0)
    assert scale.shares.min() > 0.5 / len(thicknesses) * 0.5
    x = np.linspace(scale.edges[0], scale.edges[-1], 101)
    np.testing.assert_allclose(scale.inverse(scale.forward(x)), x, atol=1e-12)
    positions = scale.forward(np.array(scale.ticks()))
    assert np.diff(positions).min() > 0.04
    assert scale.edges[0] <= scale.ticks()[0] and scale.ticks()[-1] <= scale.edges[-1] + 1e-9


def test_quadrilaterals_are_covered_by_triangles():
    square = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    corners = square[triangles(np.array([[0, 1, 2, 3]]))]
    first, second = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    areas = 0.5 * (first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0])
    np.testing.assert_array_equal(areas, [0.5, 0.5])


def test_outline_is_the_perimeter(plane):
    for layer, perimeter in zip(plane.layers.values(), (8.0, 2.5), strict=True):
        sides = outline(layer)
        lengths = np.linalg.norm(sides[:, 1] - sides[:, 0], axis=1)
        assert lengths.sum() == pytest.approx(perimeter)


def test_colours_of_a_map_are_symmetric_and_logarithmic_when_layers_differ_much(plane):
    norm = signed_norm(plane.layers, "dM_z")
    assert norm.vmin == -norm.vmax
    assert norm.vmax == pytest.approx(0.06, rel=1e-14)
    assert not isinstance(norm, SymLogNorm)
    plane.layers["F"].values["dM_z"][:] *= 100
    assert isinstance(signed_norm(plane.layers, "dM_z"), SymLogNorm)
