# SPDX-License-Identifier: MIT
"""Spin transport on two-dimensional meshes from files, from the case to what its folder holds."""

from __future__ import annotations

import csv
import math
from dataclasses import replace
from pathlib import Path

import meshio
import numpy as np
import pytest

from fem_sf import load_case, load_result, run_case, write_result
from fem_sf.cli import main
from fem_sf.settings import MeshSettings, OutputSettings
from fem_sf.spin import interfaces as laws
from fem_sf.spin import materials, model
from fem_sf.spin.settings import SpinCase, SpinSolverSettings
from support import grid

DEMO = Path(__file__).parents[2] / "demos" / "point_contact"
CASE = load_case(DEMO / "point_contact.toml")
OPENING, NECK, REACH = math.radians(60), 0.4, 3.0
FOCUS = NECK / 2 / math.sin(OPENING)
END = math.acosh(REACH / FOCUS)
QUICK = SpinSolverSettings(error_estimate=False)

# --- a neck between two fans: layers that touch on a part of their boundary only ------------------


def without_accumulation() -> SpinCase:
    """Parallel magnetizations, nothing in the neck: V is linear in u of x + iy = c sinh(u + iv)."""
    left, right = CASE.stack.layers
    stack = model.Stack(
        [left, replace(right, material=left.material)],
        [model.Interface(left.name, right.name, laws.Transparent())],
    )
    places = ((-2.0, 1.0), (-0.5, 0.0), (-0.1, 0.15))
    mirrored = tuple((-x, y) for x, y in places)
    output = OutputSettings(probes={left.name: places, right.name: mirrored})
    return replace(CASE, stack=stack, output=output, solver=QUICK)


@pytest.fixture(scope="module")
def open_neck():
    return run_case(without_accumulation())


@pytest.fixture(scope="module")
def barrier():
    return run_case(CASE)


def test_probes_between_nodes_are_those_of_the_conformal_map(open_neck):
    beta = CASE.stack.layers[0].material.polarisation
    for fields in open_neck.probes.values():
        z = fields.points @ np.array([1, 1j])
        w = np.arcsinh(z / FOCUS)
        assert fields.values["V"] == pytest.approx(0.5 - w.real / (2 * END), abs=2e-4)
        # J = −σ grad V: along x and y the real part and minus the imaginary one of −dW/dz
        current = 1 / (2 * END * FOCUS * np.cosh(w))
        scale = np.abs(current)
        assert np.abs(fields.values["J"] - current.real) == pytest.approx(0, abs=0.02 * scale.max())
        across = fields.values["J_across"]
        assert np.abs(across + current.imag) == pytest.approx(0, abs=0.02 * scale.max())
        assert fields.values["JM_z"] == pytest.approx(beta * fields.values["J"], abs=1e-10)
        assert fields.values["JM_across_z"] == pytest.approx(beta * across, abs=1e-10)
        for name in ("dM_x", "dM_y", "dM_z", "JM_x", "JM_across_y"):
            assert np.abs(fields.values[name]).max() < 1e-10


def test_nothing_leaves_through_walls(open_neck):
    """∇V is along them; on a straight cell as far as its sides are."""
    fields = open_neck.layers["FR"]
    z = fields.points @ np.array([1, 1j])
    w = np.arcsinh(z / FOCUS)
    wall = (np.abs(np.abs(w.imag) - OPENING) < 1e-3) & (w.real > 0.3) & (w.real < 0.9 * END)
    assert np.count_nonzero(wall) > 20
    along = FOCUS * np.cosh(w[wall])
    along /= np.abs(along)
    current = fields.values["J"][wall] + 1j * fields.values["J_across"][wall]
    through = (current / along).imag
    assert np.abs(through).max() < 0.1 * np.abs(current).max()
    assert np.abs(through).mean() < 0.01 * np.abs(current).mean()


def test_currents_are_the_same_as_a_whole_not_per_length(barrier):
    summary = barrier.summary
    neck = summary["interfaces"]["FL|FR"]
    assert neck["extent"] == pytest.approx(NECK, rel=1e-12)
    current = summary["integrated_current"]
    assert neck["J"] * neck["extent"] == pytest.approx(current, rel=1e-11)
    assert summary["checks"]["charge"] < 1e-11
    assert abs(summary["checks"]["power_balance"]) < 1e-11
    assert summary["resistance"] == pytest.approx(1 / current, rel=1e-11)
    assert "resistance_area" not in summary
    # 1/(g a) in series with what spreads, less than a current that is uniform in the neck meets
    interface = CASE.stack.interfaces[0]
    assert summary["resistance"] > END / OPENING + 0.5 / (interface.law.conductance * NECK)


def test_symmetric_junction_has_symmetric_fields(barrier):
    """x → −x turns FL into FR with p_L and p_R exchanged, and the current around."""
    left, right = (barrier.layers[name] for name in ("FL", "FR"))
    assert left.values["dM_z"].max() == pytest.approx(-right.values["dM_x"].min(), rel=1e-3)
    numbers = barrier.summary["interfaces"]["FL|FR"]
    assert numbers["JM_left"][2] == pytest.approx(numbers["JM_right"][0], rel=1e-3)
    assert numbers["mu_left"] + numbers["mu_right"] == pytest.approx(1, abs=1e-3)


def test_folder_of_a_plane_from_a_file(barrier, tmp_path):
    write_result(barrier, tmp_path)
    files = {path.name for path in tmp_path.iterdir()}
    assert {"maps.png", "fields.pvd", "fields_0_FL.vtu", "fields_1_FR.vtu"} <= files
    with (tmp_path / "profiles.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == sum(len(each.points) for each in barrier.layers.values())
    assert {"x", "y", "V", "dM_x", "J", "J_across", "JM_across_z"} <= rows[0].keys()
    block = meshio.read(tmp_path / "fields_1_FR.vtu")
    current = block.point_data["J_vector"]
    assert np.abs(current[:, 0] - barrier.layers["FR"].values["J"]).max() < 1e-12
    assert np.abs(current[:, 1] - barrier.layers["FR"].values["J_across"]).max() < 1e-12
    again = load_result(tmp_path)
    assert np.array_equal(again.layers["FL"].values["dM_z"], barrier.layers["FL"].values["dM_z"])


def test_check_knows_the_contacts_of_a_mesh(tmp_path, capsys):
    path = DEMO / "point_contact.toml"
    text = path.read_text(encoding="utf-8")
    text = text.replace("../../meshes", str(DEMO.parents[1] / "meshes"))
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(text.replace("[drive]", '[drive]\ncontacts = ["left", "rigth"]'))
    assert main(["check", str(wrong)]) == 2
    message = capsys.readouterr().err
    assert message.startswith(f"{wrong}:7: drive.contacts: ")
    assert "called 'rigth'; did you mean \"right\"?" in message


# --- three layers that meet in one point ----------------------------------------------------------

LENGTH, WIDTH = 1.5, 0.8
METAL = materials.Normal(conductivity=1.4, diffusivity=0.9, permittivity=0.05)


def three_layers(
    folder: Path, contact: laws.Law, between: laws.Law, upper: materials.Material
) -> SpinCase:
    """A on the left, B above C on the right; without groups of facets in the file."""
    geometry = grid(
        "triangle",
        np.linspace(0, LENGTH, 9),
        np.linspace(0, WIDTH, 7),
        ("A", "B", "C"),
        lambda x, y: np.where(x < LENGTH / 2, 0, np.where(y > WIDTH / 2, 1, 2)),
    )
    points = np.column_stack([geometry.points, np.zeros(len(geometry.points))])
    mesh = meshio.Mesh(
        points, {"triangle": geometry.cells}, cell_data={"A-B-C": [geometry.layer_of_cell]}
    )
    mesh.write(folder / "three.vtu")
    stack = model.Stack(
        [
            model.Layer("A", METAL, None),
            model.Layer("B", upper, None),
            model.Layer("C", METAL, None),
        ],
        [
            model.Interface("A", "B", contact),
            model.Interface("A", "C", contact),
            model.Interface("B", "C", between),
        ],
    )
    return SpinCase(
        stack=stack,
        drive=model.Voltage(0.6),
        mesh=MeshSettings(file=str(folder / "three.vtu")),
        solver=QUICK,
    )


def test_transparent_layers_that_meet_in_a_point_are_one_conductor(tmp_path):
    result = run_case(three_layers(tmp_path, laws.Transparent(), laws.Transparent(), METAL))
    expected = LENGTH / (METAL.conductivity * WIDTH)
    assert result.summary["resistance"] == pytest.approx(expected, rel=1e-11)
    through = {name: each["J"] for name, each in result.summary["interfaces"].items()}
    assert through["A|B"] == pytest.approx(0.6 / LENGTH * METAL.conductivity, rel=1e-11)
    assert through["A|C"] == pytest.approx(through["A|B"], rel=1e-11)
    assert through["B|C"] == pytest.approx(0, abs=1e-11)
    for fields in result.layers.values():
        x = fields.points[:, 0]
        assert fields.values["V"] == pytest.approx(0.6 * (1 - x / LENGTH), abs=1e-12)


@pytest.mark.parametrize("contact", [laws.TunnelVector(5.0), laws.Transparent()])
def test_two_layers_at_one_contact_share_the_current(tmp_path, contact):
    """A ferromagnet and a metal side by side, parted by barriers: all of it is conserved."""
    magnet = materials.Ferromagnet(
        conductivity=0.7, permittivity=0.05, polarisation=0.4, direction=(0.0, 0.6, 0.8)
    )
    between = laws.TunnelVector(0.3, 0.5, 0.0)
    result = run_case(three_layers(tmp_path, contact, between, magnet))
    interfaces = result.summary["interfaces"]
    into = {name: each["J"] * each["extent"] for name, each in interfaces.items()}
    assert into["A|B"] + into["A|C"] == pytest.approx(
        result.summary["integrated_current"], rel=1e-11
    )
    assert into["A|C"] > into["A|B"] > 0
    assert abs(into["B|C"]) > 1e-6
    assert result.summary["checks"]["charge"] < 1e-11
    assert abs(result.summary["checks"]["power_balance"]) < 1e-11
