# SPDX-License-Identifier: MIT
"""Permittivities beside ``[units]``: by default those of a metal, else a caution."""

from __future__ import annotations

import dataclasses

import pytest

from fem_sf.case import load_case
from fem_sf.study.cautions import cautions_before

CASE = """\
kind = "spin"

[units]
length = "1 nm"

[drive]
voltage = "10 mV"

[[layers]]
name = "L"
material = "ferromagnet"
thickness = "{thickness}"
conductivity = "1e7 S/m"
diffusivity = "50 cm^2/s"
relaxation_time = "1 ps"
{permittivity}
"""


def layer(tmp_path, permittivity: str, thickness: str = "10 nm"):
    path = tmp_path / "case.toml"
    path.write_text(CASE.format(permittivity=permittivity, thickness=thickness))
    case = load_case(path)
    about = [each for each in cautions_before(case) if "screening length" in each]
    return case.stack.layers[0], about


def test_the_default_is_a_metal(tmp_path):
    found, cautions = layer(tmp_path, "")
    assert found.material.screening_length == pytest.approx(0.1, rel=1e-12)
    assert not cautions


def test_another_alpha_keeps_the_length(tmp_path):
    found, _ = layer(tmp_path, "alpha = 1.3")
    assert found.material.screening_length == pytest.approx(0.1, rel=1e-12)


@pytest.mark.parametrize(
    ("permittivity", "thickness", "sentence"),
    [
        ("1e-8 F/m", "100 nm", "2.24 nm"),
        ("1e-9 F/m", "5 nm", "more than a tenth of the layer"),
    ],
)
def test_what_is_hardly_a_metal_is_said(tmp_path, permittivity, thickness, sentence):
    _, (caution,) = layer(tmp_path, f'permittivity = "{permittivity}"', thickness)
    assert "layers.L.permittivity" in caution
    assert sentence in caution


def test_without_units_nothing_changes(tmp_path):
    path = tmp_path / "case.toml"
    text = CASE.format(permittivity="", thickness="10")
    for unit in ("S/m", "cm^2/s", "ps", "mV"):
        text = text.replace(f" {unit}", "")
    text = text.replace('[units]\nlength = "1 nm"\n', "").replace('"10"', "10.0")
    for key in ("conductivity", "diffusivity", "relaxation_time", "voltage"):
        lines = text.splitlines()
        text = "\n".join(f"{key} = 1.0" if each.startswith(key) else each for each in lines)
    path.write_text(text)
    case = load_case(path)
    assert case.stack.layers[0].material.permittivity == 0.01
    assert dataclasses.is_dataclass(case) and not cautions_before(case)
