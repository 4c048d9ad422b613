# SPDX-License-Identifier: MIT
"""Every balance of a result of superconductors fires on a solution that is spoiled."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from fem_sf.cli import main
from fem_sf.errors import NotConverged
from fem_sf.interfaces import Insulating, KupriyanovLukichev, Transparent
from fem_sf.materials import Ferromagnet, Normal, Superconductor
from fem_sf.settings import MeshSettings, SolverSettings, UsadelCase
from fem_sf.stack import Interface, Layer, Stack
from fem_sf.study import usadel
from fem_sf.study.run import run_case
from fem_sf.usadel.sweep import FrequencySweep

BARRIER = KupriyanovLukichev(0.4, "S")
COLLINEAR = Stack(
    [Layer("S", Superconductor(), 1.5), Layer("F", Ferromagnet(0.7, 1.2, 4.0), 0.3)],
    [Interface("S", "F", BARRIER)],
)
TURNED = Stack(
    [
        Layer("F", Ferromagnet(0.7, 1.2, (0.0, 0.0, 4.0)), 0.3),
        Layer("S", Superconductor(), 1.5),
        Layer("G", Ferromagnet(0.9, 1.0, (3.0, 0.0, 0.0)), 0.4),
    ],
    [Interface("F", "S", BARRIER), Interface("S", "G", BARRIER)],
)
JOSEPHSON = Stack(
    [
        Layer("S", Superconductor(phase=0.0), 1.0),
        Layer("N", Normal(), 0.6),
        Layer("R", Superconductor(phase=1.2), 1.0),
    ],
    [Interface("S", "N", BARRIER), Interface("N", "R", Transparent())],
)


def case(stack: Stack, temperature: float) -> UsadelCase:
    return UsadelCase(
        stack=stack,
        temperature=temperature,
        gap=1.4,
        mesh=MeshSettings(refinement=0.5),
        solver=SolverSettings(error_estimate=False),
    )


def spoil(monkeypatch: pytest.MonkeyPatch, conductor: int, component: int, by: float) -> None:
    """Multiply a component of the unknown of one conductor at every frequency."""
    solve = usadel.solve

    def spoiled(*arguments: Any) -> Any:
        solution = solve(*arguments)
        sweep: FrequencySweep = solution.sweep
        for k in sweep.own:
            sweep.select(k)
            theta = sweep.system.conductors[conductor].theta
            theta.x.array.reshape(-1, *(theta.ufl_shape or (1,)))[:, component] *= 1 + by
            sweep.system.layout.from_functions(sweep.theta[k])
        return solution

    monkeypatch.setattr(usadel, "solve", spoiled)


@pytest.mark.parametrize(
    ("stack", "temperature"), [(COLLINEAR, 0.0), (TURNED, 0.3), (JOSEPHSON, 0.3)]
)
def test_a_solution_has_no_cautions(stack: Stack, temperature: float):
    summary = run_case(case(stack, temperature)).summary
    assert summary["converged"] and summary["cautions"] == []


@pytest.mark.parametrize(
    ("stack", "temperature", "component", "name"),
    [
        (COLLINEAR, 0.0, 0, "total_magnetization"),
        (TURNED, 0.3, 2, "torque_balance"),
        (TURNED, 0.3, 1, "spin_current_balance"),
        (JOSEPHSON, 0.3, 0, "supercurrent_balance"),
    ],
)
def test_a_spoiled_solution_is_told(
    monkeypatch: pytest.MonkeyPatch,
    stack: Stack,
    temperature: float,
    component: int,
    name: str,
):
    good = run_case(case(stack, temperature)).summary
    spoil(monkeypatch, 0, component, 1e-4)
    summary = told(case(stack, temperature))
    assert any(f"checks.{name}" in each for each in summary["cautions"])
    assert np.abs(np.subtract(summary["checks"][name], good["checks"][name])).max() > 1e-9
    monkeypatch.undo()
    spoil(monkeypatch, 0, component, 0.3)
    with pytest.raises(NotConverged, match="the equations are not solved") as caught:
        run_case(case(stack, temperature))
    assert caught.value.partial.layers.keys() == set(stack.names)


@pytest.mark.parametrize("by", (1e-4, -1e-4))
def test_what_gets_lost_of_a_supercurrent_is_measured_by_the_current(
    monkeypatch: pytest.MonkeyPatch, by: float
):
    """What enters the middle less what leaves it, of either sign, over the larger of both."""
    spoil(monkeypatch, 0, 0, by)
    summary = told(case(JOSEPHSON, 0.3))
    left, right = (each["supercurrent"] for each in summary["interfaces"].values())
    assert min(left, right) > 0.05 and abs(left - right) > 1e-8
    assert summary["checks"]["supercurrent_balance"] == pytest.approx(abs(left - right), rel=1e-9)
    share = abs(left - right) / max(left, right)
    assert any(
        f"supercurrents holds only to {share:.1e} of its terms" in each
        for each in summary["cautions"]
    )


def told(case: UsadelCase) -> dict[str, Any]:
    try:
        return run_case(case).summary
    except NotConverged as failure:
        return failure.partial.summary


@pytest.mark.parametrize(
    ("stack", "where"),
    [
        (TURNED, ("layers", "torque")),
        pytest.param(JOSEPHSON, ("interfaces", "supercurrent"), marks=pytest.mark.slow),
    ],
)
def test_what_is_missing_is_in_the_errors(
    monkeypatch: pytest.MonkeyPatch, stack: Stack, where: tuple[str, str]
):
    """Both solves are spoiled alike, so that their difference does not know of it."""
    estimated = replace(case(stack, 0.3), solver=SolverSettings())
    good = run_case(estimated).summary
    spoil(monkeypatch, 0, 1 if stack is TURNED else 0, 1e-4)
    summary = told(estimated)
    group, key = where
    for name, each in summary[group].items():
        if key in each:
            true = good[group][name][key]
            assert each[f"{key}_error"] > np.abs(np.subtract(each[key], true)).max() / 30
            assert each[f"{key}_error"] > 10 * good[group][name][f"{key}_error"]


def test_what_sums_miss_of_a_torque_is_measured_by_the_moment_where_there_is_none():
    """One field is turned, but behind an insulator: each torque is zero, their sums' error not."""
    stack = Stack(
        [
            Layer("S", Superconductor(1.02, 0.67), 0.65),
            Layer("F", Ferromagnet(0.76, 0.38, (-1.25, -0.5, 0.77)), 0.08),
            Layer("F2", Ferromagnet(0.36, 0.36, (-0.19, -0.09, -0.12)), 1.06),
        ],
        [
            Interface("S", "F", KupriyanovLukichev(0.05, "F")),
            Interface("F", "F2", Insulating()),
        ],
    )
    summary = run_case(UsadelCase(stack=stack, temperature=0.54)).summary
    layers = summary["layers"]
    assert all(np.linalg.norm(layers[name]["torque"]) < 1e-15 for name in ("F", "F2"))
    assert np.linalg.norm(layers["F"]["magnetization"]["integral"]) > 1e-3
    assert 0 < summary["frequency_sum_error"] < 1e-9


def test_the_natural_size_of_a_varying_field_is_not_zero():
    """∫δM vanishes by symmetry where J changes its sign in the middle of a layer."""

    def exchange(points: NDArray) -> NDArray:
        return 6 * (points[:, :1] - 0.4) * np.array([0.0, 0.0, 1.0])

    wall = Ferromagnet(1.0, 1.0, exchange)
    stack = Stack(
        [
            Layer("S", Superconductor(), 1.0),
            Layer("F", wall, 0.8),
            Layer("R", Superconductor(), 1.0),
        ],
        [Interface("S", "F", BARRIER), Interface("F", "R", KupriyanovLukichev(0.4, "R"))],
    )
    summary = run_case(case(stack, 0.0)).summary
    assert abs(summary["checks"]["total_magnetization"][2]) < 1e-10
    assert summary["cautions"] == []


FILE = """kind = "usadel"
[usadel]
temperature = 0.0
gap = 1.4
[[layers]]
name = "S"
material = "superconductor"
thickness = 1.0
[[layers]]
name = "F"
material = "ferromagnet"
thickness = 0.3
exchange = 4.0
[[interfaces]]
between = ["S", "F"]
law = "kupriyanov-lukichev"
gamma = 0.4
gamma_of = "S"
[solver]
error_estimate = false
"""


def test_the_command_ends_with_3_and_keeps_the_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    file, folder = tmp_path / "bilayer.toml", tmp_path / "results"
    file.write_text(FILE, encoding="utf-8")
    spoil(monkeypatch, 0, 0, 0.3)
    assert main(["run", str(file), "--out", str(folder)]) == 3
    assert "the total spin" in capsys.readouterr().err
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert not summary["converged"] and summary["cautions"]
    assert (folder / "profiles.csv").is_file()
