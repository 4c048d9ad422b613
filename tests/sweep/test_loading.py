# SPDX-License-Identifier: MIT
"""What [sweep] makes of a case."""

from __future__ import annotations

from pathlib import Path

import pytest

from fem_sf import Sweep
from fem_sf.case import load_case
from fem_sf.case.sweeps import load_sweep
from fem_sf.cli import main
from fem_sf.errors import CaseError, InputError
from fem_sf.spin.interfaces import Tunnel
from fem_sf.spin.model import Current
from fem_sf.spin.settings import SpinCase

from .cases import BILAYER, EXACT, JUNCTION, write

UNITS = '[units]\ncritical_temperature = "10 K"\ndiffusivity = "5 cm^2/s"\n'


COMMAS = BILAYER.replace('"F"', '"F, a"').replace('"S"', '"S,b"').replace("{ F =", '{ "F, a" =')


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ('"layers.F, a.thickness" = [0.5, 1.0]', "layers.F, a.thickness"),
        ('"layers.S,b.diffusivity" = [0.5, 1.0]', "layers.S,b.diffusivity"),
        (
            '"layers.F, a.thickness , layers.S,b.thickness" = [0.5, 1.0]',
            "layers.F, a.thickness, layers.S,b.thickness",
        ),
        ('"interfaces.F, a|S,b.gamma,mesh.refinement" = [1.5]', None),
    ],
)
def test_names_with_commas(tmp_path: Path, line: str, name: str | None) -> None:
    (axis,) = load_sweep(write(tmp_path, COMMAS, line)).axes
    assert axis.name == (name or "interfaces.F, a|S,b.gamma, mesh.refinement")


def test_misspelt_keys_of_names_with_commas(tmp_path: Path) -> None:
    path = write(tmp_path, COMMAS, '"layers.F, a.thicknes, layer.S,b.thickness" = [0.5]')
    with pytest.raises(CaseError) as caught:
        load_sweep(path)
    assert [each.message.partition(":")[0] for each in caught.value.problems] == [
        '"layers.F, a.thicknes"',
        '"layer.S,b.thickness"',
    ]
    assert 'did you mean "layers.F, a.thickness"' in str(caught.value)


def test_every_error_of_case_and_sweep_at_once(tmp_path: Path) -> None:
    """Reading the case tells the sweep's errors too, whether it is solved or swept."""
    lines = (
        '"layers.F.thickness" = [-1.0, 0.5]',
        '"layers.G.thickness" = [1.0]',
        '"usadel.temperature" = "cold"',
    )
    path = write(tmp_path, BILAYER.replace("gamma = 0.3", "gamma = -0.3"), *lines)
    told = []
    for load in (load_case, load_sweep):
        with pytest.raises(CaseError) as caught:
            load(path)
        told.append(str(caught.value).splitlines())
    assert told[0] == told[1]
    words = ("γ = R_b σ/ξ0 > 0", "got -1.0", "no layer is called", "a list of values")
    assert len(told[0]) == len(words)
    assert all(word in line for word, line in zip(words, told[0], strict=True))


def test_every_combination_with_the_last_key_going_round_fastest(tmp_path: Path) -> None:
    lines = '"layers.F.thickness" = [0.5, 2.0]', '"usadel.temperature" = [0.1, 0.2, 0.3]'
    sweep = load_sweep(write(tmp_path, BILAYER, *lines))
    assert [axis.name for axis in sweep.axes] == ["layers.F.thickness", "usadel.temperature"]
    assert [axis.unit for axis in sweep.axes] == ["ξ0", "Tc"]
    assert sweep.shape == (2, 3)
    assert [(case.stack.layer("F").thickness, case.temperature) for case in sweep.cases] == [
        (thickness, temperature) for thickness in (0.5, 2.0) for temperature in (0.1, 0.2, 0.3)
    ]
    assert sweep.describe(4) == "layers.F.thickness = 2, usadel.temperature = 0.2"
    assert sweep.title == "A bilayer"


def test_a_point_is_the_case_with_the_value_in_its_text(tmp_path: Path) -> None:
    sweep = load_sweep(write(tmp_path, BILAYER, '"interfaces.F|S.gamma" = [0.7, 1.5]'))
    other = tmp_path / "case.toml"
    other.write_text(BILAYER.replace("gamma = 0.3", "gamma = 1.5"))
    assert sweep.cases[1].stack == load_case(other).stack


def test_keys_that_the_file_does_not_have(tmp_path: Path) -> None:
    lines = '"layers.S.density_of_states" = [2.0]', '"mesh.refinement" = [1.5]'
    (case,) = load_sweep(write(tmp_path, BILAYER, *lines)).cases
    assert case.stack.layer("S").material.density_of_states == 2.0
    assert case.mesh.refinement == 1.5


def test_one_value_for_several_keys(tmp_path: Path) -> None:
    line = '"layers.S.thickness,  layers.F.thickness" = [1.0, 2.0]'
    sweep = load_sweep(write(tmp_path, BILAYER, line))
    assert [axis.name for axis in sweep.axes] == ["layers.S.thickness, layers.F.thickness"]
    assert [[layer.thickness for layer in case.stack.layers] for case in sweep.cases] == [
        [1.0, 1.0],
        [2.0, 2.0],
    ]


def test_vectors_and_a_number_among_them(tmp_path: Path) -> None:
    line = '"layers.F.exchange" = [[0, 0, 5], [3, 0, 4], -5]'
    sweep = load_sweep(write(tmp_path, BILAYER, line))
    assert sweep.axes[0].values == ((0, 0, 5), (3, 0, 4), (0, 0, -5))
    assert [case.stack.layer("F").material.exchange for case in sweep.cases] == [5, (3, 0, 4), -5]


def test_units(tmp_path: Path) -> None:
    line = '"usadel.temperature" = ["2 K", "5 K"]'
    axis, *_ = load_sweep(write(tmp_path, BILAYER + UNITS, line)).axes
    assert axis.values == pytest.approx((0.2, 0.5), rel=1e-12)
    assert axis.written == ("2 K", "5 K")


def test_words(tmp_path: Path) -> None:
    axis, *_ = load_sweep(write(tmp_path, BILAYER, '"usadel.gap" = ["bulk", 1.5]')).axes
    assert axis.values == ("bulk", "1.5")


def test_a_range_has_both_ends_and_short_numbers(tmp_path: Path) -> None:
    line = '"usadel.temperature" = { start = 0.05, stop = 0.95, count = 19 }'
    axis, *_ = load_sweep(write(tmp_path, BILAYER, line)).axes
    assert axis.values == tuple(round(0.05 * i, 2) for i in range(1, 20))


def test_whole_ends_make_whole_numbers(tmp_path: Path) -> None:
    line = '"mesh.degree" = { start = 1, stop = 3, count = 3 }'
    sweep = load_sweep(write(tmp_path, BILAYER, line))
    assert [case.mesh.degree for case in sweep.cases] == [1, 2, 3]


def test_symbols_of_spin_transport(tmp_path: Path) -> None:
    lines = '"interfaces.FL|FR.g" = [0.1, 0.2]', '"layers.FL.alpha" = [0.5]'
    sweep = load_sweep(write(tmp_path, JUNCTION + EXACT, *lines))
    assert [case.stack.interfaces[0].law.conductance for case in sweep.cases] == [0.1, 0.2]
    material = sweep.cases[0].stack.layer("FL").material
    assert (material.alpha1, material.alpha2) == (0.5, 0.5)


def test_check_counts_the_points(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, BILAYER, '"usadel.temperature" = [0.1, 0.2]')
    assert main(["check", str(path)]) == 0
    assert capsys.readouterr().out == (
        f"{path}: no errors (S | F), 2 points of usadel.temperature (2)\n"
    )


def junction(conductance: float, angle: str) -> SpinCase:
    from fem_sf.spin.materials import Ferromagnet
    from fem_sf.spin.model import Interface, Layer, Stack

    layers = [Layer(name, Ferromagnet(), 1.0) for name in ("L", "R")]
    return SpinCase(
        stack=Stack(layers, [Interface("L", "R", Tunnel(conductance))]), drive=Current(1.0)
    )


def test_from_python() -> None:
    sweep = Sweep.over(
        {"conductance": [0.1, 0.2], "angle": ["small", "large"]},
        junction,
        units={"conductance": "σ0/L0"},
    )
    assert sweep.shape == (2, 2)
    assert sweep.axes[0].unit == "σ0/L0"
    assert [case.stack.interfaces[0].law.conductance for case in sweep.cases] == [
        0.1,
        0.1,
        0.2,
        0.2,
    ]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([], "at least one value"),
        ([0.1, 0.1], "the value 0.1 appears twice"),
        ([0.1, "large"], "all numbers, all vectors or all texts"),
        ([float("nan")], "got nan"),
    ],
)
def test_wrong_values_from_python(values: list, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Sweep.over({"conductance": values, "angle": ["x"]}, junction)
