# SPDX-License-Identifier: MIT
"""A law that is one class of a user's own: in cases, by finite elements and by matched modes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from fem_sf.case import load_case
from fem_sf.errors import CaseError, StackError
from fem_sf.spin import exact, materials, model
from fem_sf.spin import interfaces as laws
from fem_sf.spin.settings import SpinCase, SpinSolverSettings
from fem_sf.study.results import SpinResult
from fem_sf.study.run import run_case

LAW = """law = "spin-filter"
g = 0.7
P = 0.6
Gr = 1.5
mixing_imaginary = 0.4
direction = [1, 1, 0]
"""
CASE = """kind = "spin"
[drive]
voltage = 1.0
[[layers]]
name = "F"
material = "ferromagnet"
thickness = 1.0
polarisation = 0.5
direction = [0, 0, 1]
[[layers]]
name = "N"
material = "normal"
thickness = 0.8
relaxation_time = 3.0
precession = [0.3, 0.0, 0.2]
[[layers]]
name = "M"
material = "normal"
thickness = 1.2
conductivity = 1.4
[[interfaces]]
between = ["F", "N"]
law = "transparent"
[[interfaces]]
between = ["N", "M"]
capacitance = 0.8
"""
BALANCES = ("charge", "spin_balance", "power_balance")


@pytest.fixture(scope="module")
def own() -> Iterator[ModuleType]:
    """The module with the law, which is forgotten afterwards."""
    import spin_filter

    yield spin_filter
    del laws.LAWS["spin-filter"], sys.modules["spin_filter"]


def load(folder: Path, text: str) -> SpinCase:
    path = folder / "case.toml"
    path.write_text(text, encoding="utf-8")
    case = load_case(path)
    assert isinstance(case, SpinCase)
    return case


def run(case: SpinCase, method: str = "finite-element") -> SpinResult:
    result = run_case(replace(case, solver=SpinSolverSettings(method=method)))
    assert isinstance(result, SpinResult)
    return result


def test_a_case_knows_it(own, tmp_path: Path):
    law = load(tmp_path, CASE + LAW).stack.interfaces[1].law
    assert law == own.SpinFilter(0.7, 0.6, 1.5, (1, 1, 0), 0.4)
    with pytest.raises(CaseError) as caught:
        load(tmp_path, CASE + LAW.replace("direction", "# ").replace("Gr = 1.5", "Gr = -1"))
    assert 'missing key "direction"; expected the direction n of the film' in str(caught.value)
    with pytest.raises(CaseError, match=r"interfaces\[1\].Gr .*expected Gr ≥ 0, got -1"):
        load(tmp_path, CASE + LAW.replace("Gr = 1.5", "Gr = -1"))
    with pytest.raises(CaseError, match="'spin-filter' joins two normal layers"):
        load(tmp_path, CASE.replace('law = "transparent"', LAW) + LAW)
    with pytest.raises(StackError, match=r"SpinFilter\.mixing_real: expected Gr ≥ 0"):
        own.SpinFilter(0.7, 0.6, -1.0, (1, 1, 0))


@pytest.mark.parametrize("conductance", [1e-9, 0.7, 1e6])
def test_finite_elements_and_matched_modes_agree(own, tmp_path: Path, conductance: float):
    text = CASE + LAW.replace("0.7", str(conductance)) + "[mesh]\ndegree = 4\nrefinement = 4\n"
    found = run(load(tmp_path, text))
    expected = run(load(tmp_path, CASE + LAW.replace("0.7", str(conductance))), "exact")
    for key in ("J", "JM_left", "JM_right", "mu_left", "mu_right", "dissipation"):
        one, other = (
            np.array([result.summary["interfaces"][name][key] for name in ("F|N", "N|M")])
            for result in (found, expected)
        )
        assert one == pytest.approx(other, abs=1e-10 * np.abs(other).max()), key
    for result in (found, expected):
        assert not result.summary["cautions"]
        checks = result.summary["checks"]
        assert max(checks[name] for name in BALANCES) < 1e-11, checks


def test_a_thin_ferromagnet_between_two_interfaces_is_the_same(own):
    """Of circuit theory each: conductances in series, and each face takes up its own spins."""
    direction = (1.0, 2.0, 0.5)
    left = model.Layer("L", materials.Ferromagnet(polarisation=0.5), 1.0)
    middle = model.Layer("N", materials.Normal(precession=(0.3, 0.0, 0.2)), 0.8)
    right = model.Layer("M", materials.Normal(1.4), 1.2)
    film = model.Layer("film", materials.Ferromagnet(1e3, 1e3, direction=direction), 1e-8)
    first = model.Interface("L", "N", laws.Transparent())
    law = own.SpinFilter(0.7, 0.6, 1.5, direction, 0.4)
    face = laws.Circuit(1.4, 0.6, 1.5, 0.4)
    faces = [model.Interface("N", "film", face), model.Interface("film", "M", face)]
    drive = model.Voltage(1.0)
    thin = exact.solve(model.Stack([left, middle, film, right], [first, *faces]), drive)
    plane = exact.solve(
        model.Stack([left, middle, right], [first, model.Interface("N", "M", law)]), drive
    )
    found = plane.interface("N", "M")
    before, after = thin.interface("N", "film").left, thin.interface("film", "M").right
    for side, expected in ((found.left, before), (found.right, after)):
        assert side.current == pytest.approx(expected.current, rel=1e-7)
        assert side.spin_current == pytest.approx(expected.spin_current, abs=1e-7)
        assert side.spin_potential == pytest.approx(expected.spin_potential, abs=1e-7)
    assert np.abs(found.torque).max() > 1e-3
