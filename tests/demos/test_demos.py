# SPDX-License-Identifier: MIT
"""Every demo runs, leaves its picture and proves the number that its README states.

Each script ends in assertions against references of its own; here the numbers of the READMEs are
held, and that no demo or file of one is forgotten.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from fem_sf import load_case, run_case

DEMOS = Path(__file__).parents[2] / "demos"
FOLDERS = sorted(path.name for path in DEMOS.iterdir() if path.is_dir())
CASES = sorted(DEMOS.glob("*/*.toml"))
CASE_NAMES = [f"{path.parent.name}/{path.name}" for path in CASES]
LONG_CASES = {"bloch_wall", "island"}
"""Folders whose case takes so long that only the test of its script runs it."""
LARGEST_PICTURE = 150_000


def script(path: str) -> Callable[..., dict[str, float]]:
    """The ``main`` of a script, by its path in the folder of demos."""
    spec = importlib.util.spec_from_file_location(f"demo_{Path(path).stem}", DEMOS / path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module.main


def test_fig1_linear_theory_overestimates_26_times(tmp_path):
    numbers = script("inverse_proximity/fig1.py")(tmp_path)
    assert (tmp_path / "figure.png").stat().st_size
    assert numbers["worst"] < 1e-7
    # ξ_F/γ_F = √(2·0.5/15)/0.1, and −0.33266 of the linear theory over −0.012594 of the reference
    assert numbers["opacity"] == pytest.approx(2.58, abs=0.005)
    assert numbers["overestimate"] == pytest.approx(0.33265658 / 0.01259444, rel=1e-5)


@pytest.mark.slow
def test_fig2_ten_per_cent_needs_a_rigid_superconductor(tmp_path):
    numbers = script("temperature_dependence/fig2.py")(tmp_path)
    assert (tmp_path / "figure.png").stat().st_size
    assert numbers["worst"] < 1e-8
    assert numbers["printed"] == pytest.approx(-0.010755215447, rel=1e-7)
    assert numbers["rigid"] == pytest.approx(-0.147094504756, rel=1e-7)
    assert numbers["small"] < -0.1


@pytest.mark.slow
def test_spin_valve_prefers_antiparallel(tmp_path):
    numbers = script("spin_valve/spin_valve.py")(tmp_path)
    assert (tmp_path / "figure.png").stat().st_size
    assert numbers["gain"] == pytest.approx(1.0994568087 - 0.9743209348, rel=1e-6)
    assert numbers["total"] == pytest.approx(0, abs=1e-10)


@pytest.mark.slow
def test_valve_has_the_critical_temperatures_of_the_reference(tmp_path):
    numbers = script("valve_critical_temperature/critical.py")(tmp_path)
    assert (tmp_path / "figure.png").stat().st_size
    assert numbers["worst"] < 1e-9
    assert numbers["switch"] == pytest.approx(0.68581338872 - 0.67925856508, abs=1e-9)
    # half a switch more than at 90° of the reference, over the switch
    middle = (0.68581338872 + 0.67925856508) / 2
    assert numbers["bend"] >= abs(0.68255071401 - middle) / numbers["switch"] - 1e-7
    assert numbers["bend"] < 0.005
    assert numbers["only_AP_to"] == 1.15


@pytest.mark.slow
def test_minigap_is_that_of_eq18(tmp_path):
    numbers = script("minigap/minigap.py")(tmp_path)
    assert (tmp_path / "figure.png").stat().st_size
    assert numbers["worst"] < 1e-7
    assert numbers["off"] < 5e-4
    assert numbers["split_off"] < 1e-3


@pytest.mark.slow
def test_pd_fe_film_loses_little(tmp_path):
    numbers = script("pd_fe/pd_fe.py")(tmp_path)
    assert (tmp_path / "figure.png").stat().st_size
    assert numbers["film"] < 0.02
    assert numbers["opaque_ratio"] == pytest.approx(1, abs=1e-3)


@pytest.mark.slow
def test_island_obeys_the_identity_of_zero_temperature_and_knows_its_error(tmp_path):
    numbers = script("island/island.py")(tmp_path)
    assert {"fields.pvd", "maps.png"} <= {path.name for path in tmp_path.iterdir()}
    assert numbers["total"] == pytest.approx(numbers["exact"], abs=1e-9)
    assert numbers["S_error"] < numbers["S_estimate"] < 1e-3


@pytest.mark.slow
def test_long_range_triplets_decay_as_in_a_normal_metal(tmp_path):
    numbers = script("long_range_triplet/long_range.py")(tmp_path)
    assert (tmp_path / "figure.png").stat().st_size
    assert numbers["worst"] < 1e-8
    assert numbers["wave_numbers"] < 1e-6
    assert numbers["collinear"] < 1e-12
    assert 90 <= numbers["largest"] < 120


@pytest.mark.slow
def test_bloch_wall_strengthens_superconductivity(tmp_path):
    numbers = script("bloch_wall/bloch_wall.py")(tmp_path)
    assert {"fields.pvd", "maps.png", "figure.png"} <= {path.name for path in tmp_path.iterdir()}
    assert numbers["far"] < 1e-6
    assert 0.05 < numbers["gain"] < 0.06
    assert numbers["energy"] < 0


@pytest.mark.slow
def test_josephson_junction_turns_to_pi_where_the_linear_theory_says(tmp_path):
    numbers = script("josephson/josephson.py")(tmp_path)
    assert (tmp_path / "figure.png").stat().st_size
    assert numbers["balance"] < 1e-8
    assert numbers["weak"] < 2e-4
    assert numbers["left"] < 1e-4
    assert numbers["crossing"] == pytest.approx(0.19033, abs=1e-5)


def test_jump_against_angle_is_that_of_eq12(tmp_path):
    numbers = script("jump_against_angle/jump.py")(tmp_path)
    assert (tmp_path / "figure.png").stat().st_size
    assert numbers["eq12_error"] < 1e-9
    assert numbers["exact_error"] < 1e-9
    # an error of second order in P, 0.1 against 0.3
    assert 4 < numbers["off_0.3"] / numbers["off_0.1"] < 10
    assert numbers["off_0.5"] == pytest.approx(7.4, abs=0.1)


@pytest.mark.slow
def test_wall_tilt_ends_at_the_fold_of_the_reference(tmp_path):
    numbers = script("wall_tilt/wall_tilt.py")(tmp_path)
    assert (tmp_path / "figure.png").stat().st_size
    assert numbers["worst"] < 1e-9
    assert numbers["off"] < 2e-5
    assert numbers["fold"] == pytest.approx(2.469, abs=1e-3)


@pytest.mark.slow
def test_cpp_spin_valve_is_valet_fert_at_its_ends_and_circuit_theory_between(tmp_path):
    numbers = script("cpp_spin_valve/valve.py")(tmp_path)
    assert (tmp_path / "figure.png").stat().st_size
    assert numbers["collinear"] < 1e-10
    assert numbers["between"] < 1e-10
    # |G|²/(Re G · Y) − 1 with G = 3 + 0.6 i and 1/Y = 1/(2·0.64) + 1/√0.75
    limit = (9 + 0.36) / 3 * (1 / 1.28 + 1 / 0.75**0.5) - 1
    assert numbers["thin"] + numbers["excess"] == pytest.approx(limit, abs=1e-5)


@pytest.mark.slow
def test_transparent_contact_keeps_the_potential_continuous(tmp_path):
    numbers = script("transparent_contact/contact.py")(tmp_path)
    assert (tmp_path / "figure.png").stat().st_size
    assert numbers["worst"] < 1e-9
    assert numbers["ratio"] == pytest.approx(2, abs=1e-9)
    assert numbers["off"] == pytest.approx(0.12, abs=0.005)


@pytest.mark.slow
def test_co_cu_py_has_the_resistance_of_two_channels(tmp_path):
    numbers = script("cobalt_copper/co_cu_py.py")(tmp_path)
    assert (tmp_path / "figure.png").stat().st_size
    assert numbers["ratio"] == pytest.approx(1, abs=1e-9)
    assert numbers["worst"] < 1e-9
    assert abs(numbers["charge"]) < 1e-6
    # the order of magnitude that J ħ/2e over 2√(A K_u) has at 1e11 A/m²
    assert 1e-3 < numbers["tilt"] < 1e11 * 3.29e-16 / (2 * (3e-11 * 5e5) ** 0.5)


@pytest.mark.slow
def test_point_contact_has_the_resistance_of_its_conformal_map(tmp_path):
    numbers = script("point_contact/point_contact.py")(tmp_path)
    assert {"fields.pvd", "maps.png"} <= {path.name for path in tmp_path.iterdir()}
    assert numbers["limit"] == pytest.approx(0, abs=5e-6)
    assert numbers["file"] == pytest.approx(0, abs=5e-4)
    assert numbers["charge"] < 1e-11
    assert numbers["power"] < 1e-11


def test_voltage_step_agrees_with_the_laplace_transform(tmp_path):
    numbers = script("voltage_step/voltage_step.py")(tmp_path)
    assert (tmp_path / "figure.png").stat().st_size
    assert numbers["worst"] < 1e-6
    assert numbers["off"] < 1e-6


@pytest.mark.parametrize("path", CASES, ids=CASE_NAMES)
def test_cases_are_read_without_complaint(path):
    assert load_case(path).title


@pytest.mark.parametrize("path", CASES, ids=CASE_NAMES)
def test_cases_run_and_balance(path):
    if path.parent.name in LONG_CASES:
        pytest.skip("its script's test runs it")
    result = run_case(load_case(path))
    assert result.summary["converged"]
    if result.summary.get("mode") == "transient":
        total = result.history.values["total_current"][-1]
        assert result.summary["current"] == pytest.approx(total, rel=1e-6)
    elif result.summary.get("kind") == "spin":
        assert result.summary["checks"]["charge"] < 1e-10
        assert abs(result.summary["checks"]["power_balance"]) < 1e-8
    else:
        assert result.summary["state"] == "superconducting"


@pytest.mark.parametrize("folder", FOLDERS)
def test_demos_tell_and_show_themselves(folder):
    text = (DEMOS / folder / "README.md").read_text(encoding="utf-8")
    picture = DEMOS / folder / "figure.png"
    assert picture.stat().st_size <= LARGEST_PICTURE
    assert "](figure.png)" in text
    assert f"docker/run fem-sf run demos/{folder}/" in text
    scripts = [path.name for path in (DEMOS / folder).glob("*.py")]
    assert scripts and all(f"demos/{folder}/{name}" in text for name in scripts)
    assert f"({folder}/README.md)" in (DEMOS / "README.md").read_text(encoding="utf-8")
