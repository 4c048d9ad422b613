# SPDX-License-Identifier: MIT
"""Pictures show the numbers that they are drawn from."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from itertools import pairwise

import numpy as np
import pytest
from matplotlib.colors import SymLogNorm

from fem_sf.materials import Ferromagnet, Normal, Superconductor
from fem_sf.output import style
from fem_sf.output.dataset import to_dataset
from fem_sf.output.maps import lay_out, outline, signed_norm, triangles
from fem_sf.output.panels import Positions
from fem_sf.output.plots import draw
from fem_sf.output.stack_scale import StackScale
from fem_sf.output.write import plot_folder, write_result
from fem_sf.spin.interfaces import Transparent
from fem_sf.spin.materials import Normal as SpinNormal
from fem_sf.spin.model import Current
from fem_sf.spin.model import Interface as Joint
from fem_sf.spin.model import Layer as SpinLayer
from fem_sf.spin.model import Stack as SpinStack
from fem_sf.spin.settings import SpinSolverSettings
from fem_sf.stack import Layer, Stack
from fem_sf.study.results import SPIN_COLUMNS, LayerFields, SpinResult, UsadelResult


def panels(result, name=None):
    """Axes of the picture, of that name or the only one, by the label of their vertical axis."""
    return {axes.get_ylabel(): axes for axes in picture(result, name).axes}


def texts(result, name=None):
    """All text of the picture outside its axes."""
    return " ".join(text.get_text() for text in picture(result, name).texts)


def picture(result, name):
    figures = draw(to_dataset(result))
    return figures[name or next(iter(figures))]


def curves(axes, colour, dashes=None):
    """What is drawn in a colour (and dashes), dots left out."""
    return [
        line.get_xydata()
        for line in axes.lines
        if line.get_color() == colour
        and line.get_marker() == "None"
        and dashes in (None, line.get_linestyle())
    ]


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


def test_the_second_axis_of_the_gap_is_in_millielectronvolts(bilayer_in_si):
    (axes,) = (each for each in panels(bilayer_in_si).values() if each.child_axes)
    (right,) = axes.child_axes
    assert right.get_ylabel() == "Δ (meV)"
    # k_B Tc of 9.2 K
    axes.figure.savefig(BytesIO())  # sets its limits
    expected = 0.792795 * np.array(axes.get_ylim())
    np.testing.assert_allclose(right.get_ylim(), expected, rtol=1e-5)


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


def test_integrals_have_the_unit_of_their_dimension(bilayer, plane):
    """Over a line a length, over a plane an area, in units of the moment of F."""
    for made_up, unit in ((bilayer, r"$\xi_0$"), (plane, r"$\xi_0^2$")):
        assert rf"in {unit}$M_{{\mathrm{{ref}}}}$" in texts(made_up)


def test_known_units_give_second_axes(bilayer_in_si):
    (figure,) = draw(to_dataset(bilayer_in_si)).values()
    assert any(axes.get_xlabel() == "$x$ (nm)" for axes in figure.axes)
    assert "nm" in " ".join(text.get_text() for text in figure.texts)


@pytest.mark.parametrize(
    "made_up", ["bilayer", "bilayer_in_si", "plane", "valve_in_si", "transient", "spin_plane"]
)
def test_the_same_pictures_from_what_is_stored(tmp_path, made_up, request):
    write_result(request.getfixturevalue(made_up), tmp_path)
    first = {path: path.read_bytes() for path in tmp_path.glob("*.png")}
    assert first
    for path in first:
        path.unlink()
    assert set(plot_folder(tmp_path)) == set(first)
    assert {path: path.read_bytes() for path in first} == first


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


CURRENTS = r"$J,\ \mathbf{J}_M$ $(\sigma_0V_0/L_0)$"


def test_the_spin_current_ends_at_the_interface_with_the_values_of_its_side(junction):
    axes = panels(junction)[CURRENTS]
    along_x = curves(axes, style.VERMILLION)
    numbers = junction.summary["interfaces"]["FL|FR"]
    assert along_x[0][-1] == pytest.approx([3.0, numbers["JM_left"][0]], abs=1e-14)
    assert along_x[1][0] == pytest.approx([3.0, numbers["JM_right"][0]], abs=1e-14)
    assert numbers["JM_right"][0] - numbers["JM_left"][0] > 0.1 * np.ptp(axes.get_ylim())
    # J is there beside it, a dashed line
    assert all(np.ptp(each[:, 1]) < 1e-12 for each in curves(axes, style.BLACK, "--"))
    assert {text.get_text() for text in axes.get_legend().get_texts()} == {
        "$J_{Mx}$",
        "$J_{Mz}$",
        "$J$",
    }


def test_spin_axes_have_the_units_of_the_case(junction):
    labels = set(panels(junction))
    density = r"$(\sigma_0V_0t_0/L_0^2)$"
    assert {"$V$ $(V_0)$", CURRENTS, rf"$\delta\mathbf{{M}}$ {density}"} <= labels
    assert rf"$\delta n$ {density}" in labels
    assert any(axes.get_xlabel() == "$x$ $(L_0)$" for axes in panels(junction).values())


def test_spin_axes_in_si(valve_in_si):
    drawn = panels(valve_in_si)
    labels = {"$V$ (mV)", r"$J,\ \mathbf{J}_M$ (A/m²)", r"$\delta\mathbf{M}$ (C/m³)"}
    assert labels <= set(drawn)
    (along_x, *_) = curves(drawn[r"$J,\ \mathbf{J}_M$ (A/m²)"], style.VERMILLION)
    layer = valve_in_si.layers["Co1"]
    np.testing.assert_allclose(along_x[:, 1], 1e12 * layer.values["JM_x"], rtol=1e-14)
    assert "V_0 = 1$ mV" in texts(valve_in_si) and r"\sigma_0 = 10^{6}$ S/m" in texts(valve_in_si)


def test_spin_captions_tell_drive_mode_and_jump(junction, valve_in_si, transient):
    assert r"$V_L - V_R =$ $1\,V_0$    steady state" in texts(junction)
    jump = junction.summary["interfaces"]["FL|FR"]["jump"]
    assert rf"FL|FR: ${jump:.4g}\,\sigma_0V_0/L_0$" in texts(junction)
    assert "$V_L - V_R =$ $0.5$ mV" in texts(valve_in_si)
    assert r"step from equilibrium    end at $t =$ $20\,t_0$" in texts(transient)
    case = replace(junction.case, drive=Current(-1e-12), scales=valve_in_si.case.scales)
    assert "$J =$ $-1$ A/m²" in texts(replace(junction, case=case))


def test_screening_is_drawn_close_to_the_interfaces(valve_in_si):
    close = [axes for axes in picture(valve_in_si, None).axes if "delta n" in axes.get_ylabel()]
    assert [axes.get_title() for axes in close] == ["Co1|Cu", "Cu|Co2"]
    # l_scr² = ε D/σ: some lengths of it to the left and to the right
    for axes, place, lengths in zip(
        close, (40.0, 50.0), ((0.0665, 0.0333), (0.0333, 0.0665)), strict=True
    ):
        left, right = axes.get_xlim()
        for reach, length in zip((place - left, right - place), lengths, strict=True):
            assert 3 * length < reach < 10 * length


def test_charge_that_is_nothing_beside_the_spin_is_not_drawn(valve_in_si):
    for layer in valve_in_si.layers.values():
        layer.values["dn"][:] *= 1e-6
    assert not any("delta n" in label for label in panels(valve_in_si))


def test_charge_far_from_thin_is_drawn_over_the_stack(junction):
    for layer in junction.layers.values():
        layer.values["dn"] = 1 + layer.points[:, 0]
    (axes,) = (each for label, each in panels(junction).items() if "delta n" in label)
    assert axes.get_xlim() == (0.0, 6.0)


def test_directions_are_drawn_where_they_are_unknown(turning):
    (along_x, _) = curves(panels(turning)[r"$\mathbf{p}$"], style.VERMILLION)
    np.testing.assert_array_equal(along_x[:, 1], turning.layers["FL"].values["p_x"])
    for layer in turning.layers.values():
        for column in ("p_x", "p_y", "p_z"):
            del layer.values[column]
    assert r"$\mathbf{p}$" not in panels(turning)


def test_a_stack_in_equilibrium_can_be_drawn(tmp_path, junction):
    for layer in junction.layers.values():
        for values in layer.values.values():
            values[:] = 0.0
    write_result(junction, tmp_path)
    assert (tmp_path / "profiles.png").stat().st_size > 10_000


def test_maps_of_a_spin_plane(spin_plane):
    figure = picture(spin_plane, "maps.png")
    bars = figure.axes[1::2]
    symbols = ("$V$", r"$|\mathbf{J}|$", r"$\delta M_x$", r"$\delta M_z$")
    for axes, symbol in zip(bars, symbols, strict=True):
        assert axes.get_ylabel().startswith(f"{symbol} $(")
    # 0.5 across for 1 along, and 1.2 times as much at the upper edge
    current = spin_plane.layers["FL"].values["J"].max()
    assert bars[1].get_ylim() == pytest.approx((0.0, np.hypot(1, 0.5) * current))


def test_history_shows_both_sides_of_every_interface(transient_in_si):
    drawn = panels(transient_in_si, "history.png")
    assert list(drawn) == [
        "$J$ (A/m²)",
        "$\\mathbf{J}_M$ (A/m²)\nCo1|Cu",
        "$\\mathbf{J}_M$ (A/m²)\nCu|Co2",
    ]
    axes = drawn["$\\mathbf{J}_M$ (A/m²)\nCu|Co2"]
    assert axes.get_xlabel() == "$t$ (ps)"
    legend = [text.get_text() for text in axes.get_legend().get_texts()]
    assert legend == ["$J_{Mx}$ left", "$J_{Mz}$ left", "$J_{Mx}$ right"]
    values = transient_in_si.history.values
    (left,) = curves(axes, style.VERMILLION, "-")
    np.testing.assert_allclose(left[:, 1], 1e12 * values["Cu|Co2.JM_left_x"], rtol=1e-14)
    (right,) = curves(axes, style.VERMILLION, "--")
    np.testing.assert_allclose(right[:, 1], 1e12 * values["Cu|Co2.JM_right_x"], rtol=1e-14)
    (total,) = curves(drawn["$J$ (A/m²)"], style.BLACK, "--")
    np.testing.assert_allclose(total[:, 1], 1e12 * values["total_current"], rtol=1e-14)


def test_time_is_logarithmic_where_most_of_it_passes_early(transient):
    axes = next(iter(panels(transient, "history.png").values()))
    assert axes.get_xscale() == "log"
    times = transient.history.times
    even = replace(transient.history, times=np.linspace(0.0, 20.0, len(times)))
    axes = next(iter(panels(replace(transient, history=even), "history.png").values()))
    assert axes.get_xscale() == "linear"
    assert axes.get_xlim() == (0.0, 20.0)


def test_a_drive_that_changes_is_drawn(transient):
    assert "drive" not in panels(transient, "history.png")
    drive = transient.history.values["drive"]
    drive[len(drive) // 2 :] = 0.0
    (line,) = curves(panels(transient, "history.png")["drive"], style.BLACK)
    np.testing.assert_array_equal(line[:, 1], drive)


def test_the_largest_components_are_mapped(spin_plane):
    for layer in spin_plane.layers.values():
        layer.values["dM_y"] = 3 * layer.values["dM_z"]
    labels = [axes.get_ylabel() for axes in picture(spin_plane, "maps.png").axes[1::2]]
    assert [label.partition(" $")[0] for label in labels[2:]] == [
        r"$\delta M_y$",
        r"$\delta M_z$",
    ]


def test_a_wave_number_is_told(junction):
    case = replace(junction.case, wave_number=0.5, solver=SpinSolverSettings(method="exact"))
    told = texts(replace(junction, case=case))
    assert r"amplitudes of $\cos qy$, $q =$ $0.5\,L_0^{-1}$" in told


def test_a_wave_number_in_si(valve_in_si):
    """0.5/L0 with L0 = 1 nm."""
    solver = SpinSolverSettings(method="exact")
    case = replace(valve_in_si.case, wave_number=0.5, solver=solver)
    assert "$q =$ $0.5$ /nm" in texts(replace(valve_in_si, case=case))


def test_a_normal_wire_is_drawn_with_potential_and_current(spin_plane):
    x = np.linspace(0.0, 2.0, 5)
    values = dict.fromkeys(SPIN_COLUMNS, np.zeros(5)) | {"V": 1 - x / 2, "J": np.full(5, 0.5)}
    cells = np.column_stack([np.arange(4), np.arange(1, 5)])
    wire = LayerFields(x[:, None], cells, values)
    case = replace(spin_plane.case, stack=SpinStack([SpinLayer("N", SpinNormal(), 2.0)]))
    summary = {**spin_plane.summary, "interfaces": {}}
    result = SpinResult(case, {"N": wire}, summary=summary)
    assert set(panels(result)) == {"", "$V$ $(V_0)$", r"$J$ $(\sigma_0V_0/L_0)$"}
    assert "Jump" not in texts(result)


def test_close_ups_show_the_interfaces_with_most_charge(junction):
    """Six copies of a layer with a sheet of charge at its left face, smaller at two of them."""
    layer = junction.layers["FR"]
    sizes = {"A": 1.0, "B": 2.0, "C": 0.1, "D": 2.0, "E": 2.0, "F": 2.0}
    layers = {}
    for number, (name, size) in enumerate(sizes.items()):
        distance = layer.points[:, 0] - 3.0
        values = {**layer.values, "dn": size * np.exp(-distance / 0.1)}
        layers[name] = replace(layer, points=(3.0 * number + distance)[:, None], values=values)
    materials = [SpinLayer(name, junction.case.stack.layer("FR").material, 3.0) for name in layers]
    faces = [Joint(*pair, Transparent()) for pair in pairwise(layers)]
    case = replace(junction.case, stack=SpinStack(materials, faces))
    figure = picture(replace(junction, case=case, layers=layers, probes={}), None)
    titles = [axes.get_title() for axes in figure.axes if "delta n" in axes.get_ylabel()]
    assert titles == ["A|B", "C|D", "D|E", "E|F"]


@pytest.mark.parametrize(
    ("size", "columns"),
    [((8.0, 2.0), 1), ((6.0, 5.0), 2), ((5.0, 5.0), 2), ((2.0, 8.0), 4)],
    ids=["wide", "almost square", "square", "tall"],
)
def test_four_maps_fit_a_page(size, columns):
    corners = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]) * size
    layers = {"F": LayerFields(corners, np.array([[0, 1, 2]]), {})}
    figure, frames = lay_out(layers, 4, Positions("x", "y"))
    lefts = {round(axes.get_position().x0, 6) for axes, _ in frames}
    bottoms = {round(axes.get_position().y0, 6) for axes, _ in frames}
    assert (len(lefts), len(bottoms)) == (columns, 4 // columns)
    assert min(bottoms) * figure.get_size_inches()[1] < 2
