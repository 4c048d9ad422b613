# SPDX-License-Identifier: MIT
"""Problems and states of a Python session give the numbers of a run, and keep what they can."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import fem_sf as sf
from fem_sf.errors import FemSFError, InputError, StackError
from fem_sf.usadel.system import UsadelSystem


def bilayer(**changes: Any) -> sf.Usadel:
    film = sf.Stack(
        sf.Layer("S", sf.Superconductor(), 4.0),
        sf.KupriyanovLukichev(0.3, gamma_of="F"),
        sf.Layer("F", sf.Ferromagnet(exchange=6.0, diffusivity=0.5), 1.0),
    )
    return sf.Usadel(film, temperature=0.3).with_(**changes)


def junction() -> sf.SpinTransport:
    along_z = sf.spin.Ferromagnet(polarisation=0.5)
    along_x = sf.spin.Ferromagnet(polarisation=0.5, direction=(1, 0, 0))
    left, right = sf.spin.Layer("L", along_z, 3.0), sf.spin.Layer("R", along_x, 3.0)
    return sf.SpinTransport(sf.spin.Stack(left, sf.spin.Tunnel(0.7), right), voltage=1.0)


@pytest.fixture(scope="module")
def state() -> sf.State:
    return bilayer().solve()


def test_the_numbers_of_a_run(state: sf.State) -> None:
    run = sf.run_case(bilayer().case)
    found = state.number("magnetization", "F")
    expected = run.summary["layers"]["F"]["magnetization"]
    assert np.array_equal(found.value, expected["integral"])
    assert found.error == expected["error"]["integral"]
    assert found.unit == "(2ν|J| of F) ξ0"
    assert float(state.number("gap.right", "S")) == run.summary["layers"]["S"]["gap"]["right"]
    assert float(state.number("gap", "S")) == run.summary["layers"]["S"]["gap"]["mean"]
    assert float(state.number("free_energy")) == run.summary["free_energy"]
    assert str(state.number("free_energy")).endswith("ν_S Tc² ξ0")
    for name, layer in run.layers.items():
        of_layer = state["gap"].layer == name
        assert np.array_equal(state["gap"][of_layer], layer.values["delta"])
        assert np.array_equal(state["gap"].x[of_layer], layer.points[:, 0])


def test_vectors_and_units(state: sf.State) -> None:
    moment = state["magnetization"]
    assert moment.dims == ("component", "x")
    assert np.array_equal(moment.sel(component="z"), state["dM_z"])
    assert state["gap"].attrs["units"] == "k_B Tc"


def test_another_temperature_keeps_the_forms(
    state: sf.State, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = bilayer()
    first = problem.solve()
    made = []
    make = UsadelSystem.__init__
    monkeypatch.setattr(
        UsadelSystem, "__init__", lambda *each, **more: made.append(make(*each, **more))
    )
    warmer = problem.with_(temperature=0.35, exchange={"F": 6.5}, gamma={"S|F": 0.4})
    found = warmer.solve(start=first)
    assert not made
    alone = bilayer(temperature=0.35, exchange={"F": 6.5}, gamma={"S|F": 0.4}).solve()
    assert made
    assert float(found.number("free_energy")) == pytest.approx(
        float(alone.number("free_energy")), rel=1e-9
    )
    np.testing.assert_allclose(found["gap"], alone["gap"], rtol=0, atol=1e-8)
    assert abs(float(found.number("free_energy")) - float(state.number("free_energy"))) > 1e-2


def test_a_scan_is_its_points(tmp_path: Path) -> None:
    axes = {"temperature": [0.3, 0.4], "thickness": {"F": [0.5, 1.0]}}
    found = sf.scan(bilayer(), folder=tmp_path, **axes)
    assert found["free_energy"].dims == ("temperature", "thickness.F")
    one = bilayer(temperature=0.4, thickness={"F": 0.5}).solve()
    there = found["free_energy"].sel({"temperature": 0.4, "thickness.F": 0.5})
    assert float(there) == pytest.approx(float(one.number("free_energy")), rel=1e-9)
    assert (tmp_path / "sweep.nc").is_file()
    assert sf.scan(bilayer(), **axes).identical(found)


def test_critical_temperature_without_a_gap() -> None:
    found = bilayer().critical_temperature()
    run = sf.run_case(replace(bilayer().case, critical_temperature=True)).summary
    expected, error = run["critical_temperature"], run["critical_temperature_error"]
    assert 0.3 < expected < 1
    assert float(found) == pytest.approx(expected, rel=0, abs=error + found.error)
    assert 0 < found.error < 1e-6
    assert found.unit == "Tc"


def test_densities_of_states(state: sf.State) -> None:
    energies = [0.0, 0.5, 1.5]
    found = state.density_of_states(energies, broadening=0.05)
    asked = sf.SpectrumSettings(tuple(energies), 0.05)
    (spectrum,) = sf.run_case(replace(bilayer().case, spectra=(asked,))).spectra
    for name, layer in spectrum.layers.items():
        np.testing.assert_allclose(found.sel(layer=name, place="mean"), layer.mean, atol=1e-7)
        np.testing.assert_allclose(found.sel(layer=name, place="right"), layer.right, atol=1e-7)


def test_saved_and_read(state: sf.State, tmp_path: Path) -> None:
    state.save(tmp_path)
    again = sf.load_state(tmp_path)
    assert again["gap"].identical(state["gap"])
    assert float(again.number("free_energy")) == float(state.number("free_energy"))
    assert again.number("free_energy").unit == ""
    with pytest.raises(FemSFError, match="from a folder already"):
        again.save(tmp_path)
    with pytest.raises(FemSFError, match="from a state that Usadel solved"):
        again.density_of_states([0.0])
    with pytest.raises(InputError, match="solved in this session"):
        bilayer().solve(start=again)


def test_what_a_notebook_shows(state: sf.State) -> None:
    assert "superconducting" in repr(state)
    assert len(repr(state)) < 4000
    html = state._repr_html_()
    assert html.startswith("<pre>")
    assert '<img src="data:image/png;base64,iVBOR' in html


def test_mistakes_are_told(state: sf.State) -> None:
    with pytest.raises(InputError, match='did you mean "gap"'):
        state["gapp"]
    with pytest.raises(InputError, match="S has no number 'magnetisation'; did you mean"):
        state.number("magnetisation", "S")
    with pytest.raises(InputError, match=r"a layer or an interface, S, F, S\|F; got 'G'"):
        state.number("gap", "G")
    with pytest.raises(InputError, match='did you mean "temperature"'):
        bilayer(temprature=0.2)
    with pytest.raises(InputError, match="there is no such number"):
        bilayer(spin={"F": 1.0})
    with pytest.raises(InputError, match="got 'G'"):
        bilayer(thickness={"G": 1.0})
    with pytest.raises(StackError, match="diffusivity"):
        bilayer(diffusivity={"F": -1.0})
    with pytest.raises(StackError, match="layer law layer …; got layer layer"):
        sf.Stack(sf.Layer("S", sf.Superconductor(), 1.0), sf.Layer("F", sf.Ferromagnet(), 1.0))
    normal = sf.Stack(sf.Layer("N", sf.Normal(), 1.0))
    with pytest.raises(InputError, match="none of them is a superconductor"):
        sf.Usadel(normal, temperature=0.1).critical_temperature()
    with pytest.raises(InputError, match="a voltage or a current"):
        sf.SpinTransport(junction().case.stack)


def test_spin_transport() -> None:
    problem = junction()
    state = problem.solve()
    run = sf.run_case(problem.case)
    torque = state.number("torque", "L|R")
    assert np.array_equal(torque.value, run.summary["interfaces"]["L|R"]["torque"])
    assert torque.error == run.summary["interfaces"]["L|R"]["error"]["torque"]
    assert torque.unit
    assert np.array_equal(state["spin_accumulation"].sel(component="x"), state["dM_x"])
    twice = problem.with_(voltage=2.0).solve().number("torque", "L|R")
    np.testing.assert_allclose(twice.value, 2 * torque.value, rtol=0, atol=1e-12)
    better = problem.with_(conductance={"L|R": 1.4}, polarisation={"L": 0.3}).solve()
    assert not math.isclose(float(better.number("J", "L|R")), float(state.number("J", "L|R")))
    assert "torque" in repr(state)
