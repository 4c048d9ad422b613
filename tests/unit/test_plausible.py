# SPDX-License-Identifier: MIT
"""Doubtful numbers are told with what they are and why they are doubtful; usual ones are not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from fem_sf.case import load_case
from fem_sf.cli import main
from fem_sf.plausible import REDUCED_USADEL, SPIN, USADEL, implausible
from fem_sf.settings import UsadelCase
from fem_sf.study.cautions import cautions_before
from fem_sf.study.run import run_case
from fem_sf.study.usadel_summary import normal_note

DEMOS = sorted((Path(__file__).parents[2] / "demos").rglob("*.toml"))
NIOBIUM = """kind = "usadel"
[usadel]
temperature = "4.2 K"
[[layers]]
name = "S"
material = "superconductor"
thickness = "50 nm"
[[layers]]
name = "F"
material = "ferromagnet"
thickness = "5 nm"
exchange = "150 K"
diffusivity = "5 cm^2/s"
[[interfaces]]
between = ["S", "F"]
law = "kupriyanov-lukichev"
resistance = "1e-15 ohm m^2"
[units]
critical_temperature = "9.2 K"
diffusivity = "4.6 cm^2/s"
conductivity = "1.4e7 S/m"
"""
VALVE = """kind = "spin"
[drive]
voltage = "1 mV"
[units]
length = "1 nm"
[[layers]]
name = "F"
material = "ferromagnet"
thickness = 10
conductivity = "1e7 S/m"
diffusivity = "50 cm^2/s"
relaxation_time = "1 ps"
"""


def cautions(folder: Path, text: str) -> list[str]:
    path = folder / "case.toml"
    path.write_text(text)
    return cautions_before(load_case(path))


@pytest.mark.parametrize("path", DEMOS, ids=lambda path: path.stem)
def test_the_demos_are_plausible(path: Path) -> None:
    assert list(implausible(load_case(path))) == []


def test_usual_numbers_are_not_doubted(tmp_path: Path) -> None:
    assert cautions(tmp_path, NIOBIUM) == []


SLIPS = {
    "thin": ('"5 nm"', '"0.05 nm"', "layers.F.thickness: 0.05 nm is hardly meant: atoms are 0.2"),
    "iron": ('"150 K"', '"12000 K"', "layers.F.exchange: 1.2e+04 K is hardly meant: the Usadel"),
    "metres": ('"5 cm^2/s"', '"5 m^2/s"', "layers.F.diffusivity: 5e+04 cm²/s is hardly meant"),
    "ohms": ('"1e-15 ohm', '"0.5 ohm', "interfaces.S|F.resistance: 5e+11 Ω µm² is hardly meant"),
    "hot": ('"9.2 K"', '"920 K"', "units.critical_temperature: 920 K is hardly meant"),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_slips_are_told_once(tmp_path: Path, slip: str) -> None:
    old, new, expected = SLIPS[slip]
    told = cautions(tmp_path, NIOBIUM.replace(old, new))
    assert sum(each.startswith(expected) for each in told) == 1


SPIN_SLIPS = {
    "diffusivity": ('"50 cm^2/s"', '"50 m^2/s"', "layers.F.diffusivity: 5e+05 cm²/s is hardly"),
    "voltage": ('"1 mV"', '"1 kV"', "drive.voltage: 1e+03 V is hardly meant"),
    "thickness": ("= 10", '= "10 pm"', "layers.F.thickness: 0.01 nm is hardly meant"),
    "time": ('"1 ps"', '"1 s"', "layers.F.relaxation_time: 1e+12 ps is hardly meant"),
}


@pytest.mark.parametrize("slip", SPIN_SLIPS)
def test_slips_of_spin_transport(tmp_path: Path, slip: str) -> None:
    old, new, expected = SPIN_SLIPS[slip]
    told = cautions(tmp_path, VALVE.replace(old, new))
    # a layer of 10 pm is also too thin for its screening, which is told besides
    assert sum(each.startswith(expected) for each in told) == 1


def test_reduced_numbers_have_ranges_too(tmp_path: Path) -> None:
    text = NIOBIUM[: NIOBIUM.index("[units]")]
    for old, new in (
        ('"4.2 K"', "0.5"),
        ('"50 nm"', "5"),
        ('"5 nm"', "1e-6"),
        ('"150 K"', "15"),
        ('"5 cm^2/s"', "1"),
        ('resistance = "1e-15 ohm m^2"', 'gamma = 0.3\ngamma_of = "F"'),
    ):
        text = text.replace(old, new)
    (told,) = cautions(tmp_path, text)
    assert told.startswith("layers.F.thickness: 1e-06 ξ0 is hardly meant")


def test_bare_numbers_beside_units_are_echoed(tmp_path: Path) -> None:
    """9.2 K times 4.2 are 38.64 K; √(ħ D/2 k_B Tc) = 13.82 nm of niobium times 8 are 110.6 nm."""
    text = NIOBIUM.replace('"4.2 K"', "4.2").replace('"50 nm"', "8")
    assert cautions(tmp_path, text) == [
        'usadel.temperature: temperature = 4.2 means 4.2 Tc = 38.6 K; write "38.6 K" to say the '
        'same, or "4.2 K" if that is meant',
        'layers.S.thickness: thickness = 8 means 8 ξ0 = 111 nm; write "111 nm" to say the same, or '
        '"8 nm" if that is meant',
    ]


def test_units_that_are_said_are_known(tmp_path: Path) -> None:
    """A length in units that the case states is no surprise; one in default units is."""
    assert cautions(tmp_path, VALVE) == []
    (told,) = cautions(tmp_path, VALVE.replace('length = "1 nm"', 'time = "1 ps"'))
    assert told.startswith("layers.F.thickness: thickness = 10 means 10 L0 = 10 nm")


BARE_SPIN = """kind = "spin"
[spin]
mode = "transient"
[drive]
voltage = 2
[time]
end = 4
step = 0.5
[mesh]
dimension = 2
width = 30
[units]
[[layers]]
name = "F"
material = "ferromagnet"
thickness = 20
conductivity = 3
diffusivity = "50 cm^2/s"
relaxation_time = 7
"""


def test_every_bare_number_of_spin_transport_is_in_the_unit_people_use(tmp_path: Path) -> None:
    """Default units are 1 nm, 1 ps, 1e6 S/m and 1 mV."""
    found = [each for each in cautions(tmp_path, BARE_SPIN) if " means " in each]
    told = {each.partition(":")[0]: each for each in found}
    expected = {
        "drive.voltage": "2 V0 = 2 mV;",
        "time.end": "4 t0 = 4 ps;",
        "time.step": "0.5 t0 = 0.5 ps;",
        "mesh.width": "30 L0 = 30 nm;",
        "layers.F.thickness": "20 L0 = 20 nm;",
        "layers.F.conductivity": "3 σ0 = 3e+06 S/m;",
        "layers.F.relaxation_time": "7 t0 = 7 ps;",
    }
    assert told.keys() == expected.keys()
    for key, words in expected.items():
        assert f"means {words}" in told[key]


def test_check_tells_them_by_line(tmp_path: Path, capsys) -> None:
    path = tmp_path / "case.toml"
    path.write_text(NIOBIUM.replace('"5 nm"', '"0.05 nm"'))
    assert main(["check", str(path)]) == 0
    first, *_ = capsys.readouterr().out.splitlines()
    assert first.startswith(f'caution: {path}:11: layers[1].thickness (layer "F"): 0.05 nm is')


@pytest.mark.parametrize("ranges", [USADEL, REDUCED_USADEL, SPIN])
def test_every_range_has_a_reason(ranges) -> None:
    for each in ranges:
        assert each.low < each.high
        assert len(each.why) > 20
        assert not each.why.endswith(".")


def test_a_solved_normal_stack_says_so(tmp_path: Path) -> None:
    """12 K is above 9.2 K, and the bare 8 that stands for 110 nm is told in the summary too."""
    path = tmp_path / "case.toml"
    path.write_text(NIOBIUM.replace('"4.2 K"', '"12 K"').replace('"50 nm"', "8"))
    summary = run_case(load_case(path)).summary
    assert summary["state"] == "normal"
    assert "12 K is above the critical temperature of the bulk" in summary["note"]
    assert any("thickness = 8 means 8 ξ0" in each for each in summary["cautions"])


def test_a_normal_stack_says_why(tmp_path: Path) -> None:
    path = tmp_path / "case.toml"
    path.write_text(NIOBIUM)
    case = load_case(path)
    assert isinstance(case, UsadelCase)
    assert normal_note(case).startswith("The stack is normal: T = 0.4565 Tc = 4.2 K is above its")
    path.write_text(NIOBIUM.replace('"4.2 K"', '"12 K"'))
    case = load_case(path)
    assert isinstance(case, UsadelCase)
    assert "T = 1.304 Tc = 12 K is above the critical temperature of the bulk" in normal_note(case)
    at_it = replace(case, temperature=1.0)
    assert "T = 1 Tc = 9.2 K is at the critical temperature of the bulk" in normal_note(at_it)
    computed = replace(case, temperature=0.5, critical_temperature=True)
    assert "[critical_temperature]" not in normal_note(computed)


def test_a_bare_gamma_is_usual(tmp_path: Path) -> None:
    """γ = R_b σ/ξ0 is a number by its definition, as in a case of README."""
    text = (
        (Path(__file__).parents[2] / "README.md").read_text().split("```toml\n")[2].split("```")[0]
    )
    path = tmp_path / "case.toml"
    path.write_text(text)
    assert "gamma = 0.3" in text
    assert cautions_before(load_case(path)) == []
