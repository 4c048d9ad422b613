# SPDX-License-Identifier: MIT
"""Every balance of a spin-transport result fires on a solution that is spoiled, and only then."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mpi4py import MPI

from fem_sf.cli import main
from fem_sf.errors import NotConverged
from fem_sf.spin import interfaces as laws
from fem_sf.spin import materials, model
from fem_sf.spin.settings import SpinCase, SpinSolverSettings, TimeSettings
from fem_sf.spin.steady import SteadySolver
from fem_sf.spin.transient import TransientSolver
from fem_sf.spin.transport import SIZE
from fem_sf.study import spin_exact
from fem_sf.study.progress import Silent
from fem_sf.study.results import SpinResult
from fem_sf.study.spin import run_spin
from fem_sf.study.spin_bench import SpinBench

FERROMAGNET = materials.Ferromagnet(
    polarisation=0.5, direction=(0.6, 0.0, 0.8), precession=(0.0, 0.3, 0.0), permittivity=0.04
)
STACK = model.Stack(
    [
        model.Layer("L", FERROMAGNET, 2.0),
        model.Layer("N", materials.Normal(conductivity=2.0, relaxation_time=5.0), 1.5),
        model.Layer("R", replace(FERROMAGNET, direction=(0.0, 1.0, 1.0)), 2.5),
    ],
    [
        model.Interface("L", "N", laws.Circuit(1.4, 0.6, 1.5, 0.2)),
        model.Interface("N", "R", laws.Transparent()),
    ],
)
CASE = SpinCase(stack=STACK, drive=model.Voltage(1.0))
MU, M_Y = 0, 2
Run = Callable[[SpinCase], SpinResult]
BALANCES = ("charge", "spin_balance", "power_balance")


@pytest.fixture(scope="module")
def run() -> Run:
    """Solve cases on one bench, which keeps their forms."""
    bench = SpinBench(MPI.COMM_WORLD)
    return lambda case: run_spin(case, bench, Silent())


def spoil(
    monkeypatch: pytest.MonkeyPatch, layer: str, component: int, size: float, whole: bool = False
) -> None:
    """Change a field of a solved layer, at its middle node or everywhere."""
    solve = SteadySolver.solve

    def spoiled(self: SteadySolver, *arguments: Any) -> Any:
        report = solve(self, *arguments)
        change(self, layer, component, size, whole)
        return report

    monkeypatch.setattr(SteadySolver, "solve", spoiled)


def change(solver: SteadySolver, layer: str, component: int, size: float, whole: bool) -> None:
    system = solver.system
    x = system.fields[layer].function_space.tabulate_dof_coordinates()[:, 0]
    node = slice(None) if whole else np.argsort(x)[len(x) // 2]
    for functions in (system.fields, system.deviations, system.traces):
        functions[layer].x.array.reshape(-1, SIZE)[node, component] += size


def test_a_solution_has_no_cautions(run: Run):
    summary = run(CASE).summary
    assert summary["cautions"] == [] and summary["converged"]
    assert all(abs(summary["checks"][key]) < 1e-10 for key in BALANCES)


@pytest.mark.parametrize(
    ("layer", "component", "size", "whole", "name", "bounded"),
    [
        ("N", MU, 3e-7, False, "charge", "J"),
        ("R", MU, 3e-7, False, "charge", "J"),
        ("N", M_Y, 3e-7, False, "spin_balance", "JM_left"),
        ("R", M_Y, 3e-7, False, "spin_balance", "torque"),
        # a layer as a whole at another potential conserves all, but its barrier says otherwise
        ("L", MU, 1e-5, True, "power_balance", "dissipation"),
    ],
)
def test_a_spoiled_solution_is_told(
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    layer: str,
    component: int,
    size: float,
    whole: bool,
    name: str,
    bounded: str,
):
    good = run(CASE).summary
    with monkeypatch.context() as patch:
        spoil(patch, layer, component, size, whole)
        doubtful = run(CASE).summary
    assert doubtful["converged"]
    assert any(f"checks.{name}" in each for each in doubtful["cautions"])
    missing = abs(doubtful["checks"][name])
    assert 1e-6 < missing < 5e-4
    # the spoiled number is bounded by its error now, although both solves are spoiled alike
    numbers, true = (each["interfaces"]["L|N"] for each in (doubtful, good))
    error = np.abs(np.subtract(numbers[bounded], true[bounded])).max()
    assert numbers["error"][bounded] >= max(error, true["error"][bounded])
    assert numbers["error"][bounded] > 1e-8

    with monkeypatch.context() as patch:
        spoil(patch, layer, component, 2 * size, whole)
        twice = run(CASE).summary["checks"][name]
    assert abs(twice) == pytest.approx(2 * missing, rel=1e-3)

    spoil(monkeypatch, layer, component, size * (0.01 / missing), whole)
    with pytest.raises(NotConverged, match="refinement") as caught:
        run(CASE)
    assert not caught.value.partial.summary["converged"]
    assert set(caught.value.partial.layers) == set(STACK.names)


def test_what_no_symmetry_allows_is_measured_by_the_current(run: Run):
    """Without any spin current the spin balance is rounding, and no caution."""
    metal = materials.Normal()
    stack = model.Stack(
        [model.Layer("A", metal, 1.0), model.Layer("B", metal, 1.0)],
        [model.Interface("A", "B", laws.TunnelVector(0.3))],
    )
    for drive in (model.Current(1e-9), model.Voltage(0.0)):
        summary = run(SpinCase(stack=stack, drive=drive)).summary
        assert summary["cautions"] == []
        assert summary["checks"]["spin_balance"] < 1e-12


# --- the exact solver ---


EXACT = replace(CASE, solver=SpinSolverSettings(method="exact"))


@pytest.mark.parametrize("wave_number", (0.0, 0.8))
def test_the_exact_solution_balances(run: Run, wave_number: float):
    summary = run(replace(EXACT, wave_number=wave_number)).summary
    assert summary["cautions"] == []
    assert all(summary["checks"][key] < 1e-13 for key in BALANCES)
    assert summary["checks"]["power"] == pytest.approx(summary["checks"]["heat"], rel=1e-12)


@pytest.mark.parametrize(
    ("field", "by", "name"),
    [
        ("current", 1e-5, "charge"),
        ("spin_current", np.array([0.0, 1e-5, 0.0]), "spin_balance"),
        ("chemical_potential", 1e-4, "power_balance"),
    ],
)
def test_a_spoiled_exact_solution_is_told(
    run: Run, monkeypatch: pytest.MonkeyPatch, field: str, by: Any, name: str
):
    solve = spin_exact.solve

    def spoiled(*arguments: Any) -> Any:
        solution = solve(*arguments)
        first, *rest = solution.interfaces
        left = first.left._replace(**{field: getattr(first.left, field) + by})
        return replace(solution, interfaces=(replace(first, left=left), *rest))

    monkeypatch.setattr(spin_exact, "solve", spoiled)
    summary = run(EXACT).summary
    assert any(f"checks.{name}" in each for each in summary["cautions"])
    assert summary["checks"][name] > 1e-6


# --- in time ---

IN_TIME = replace(
    CASE,
    time=TimeSettings(end=0.2, step=0.02, checkpoint=None),
    solver=SpinSolverSettings(error_estimate=False),
)


@pytest.mark.parametrize("drive", [model.Voltage(1.0), model.Current(0.3)], ids=["V", "J"])
def test_a_run_in_time_balances(run: Run, drive: model.Drive):
    summary = run(replace(IN_TIME, drive=drive)).summary
    assert summary["cautions"] == []
    assert all(abs(summary["checks"][key]) < 1e-9 for key in BALANCES)
    # all three terms count
    checks = summary["checks"]
    assert min(checks[key] for key in ("power", "heat", "stored_power")) > 1e-3
    total = checks["heat"] + checks["stored_power"]
    assert checks["power"] == pytest.approx(total, rel=1e-9)


@pytest.mark.parametrize(
    ("layer", "component", "name"),
    [("N", MU, "charge"), ("N", M_Y, "spin_balance"), ("R", 4, "charge")],
)
def test_a_spoiled_run_in_time_is_told(
    run: Run, monkeypatch: pytest.MonkeyPatch, layer: str, component: int, name: str
):
    """V at the right contact's layer counts too: what charges it is a current."""
    steps = TransientSolver.steps

    def spoiled(self: TransientSolver) -> Any:
        yield from steps(self)
        x = self.system.fields[layer].function_space.tabulate_dof_coordinates()[:, 0]
        values = self.system.fields[layer].x.array.reshape(-1, SIZE)
        where = np.argsort(x)[len(x) // 2] if component < 4 else np.argsort(x)[-2]
        values[where, component] += 1e-5

    monkeypatch.setattr(TransientSolver, "steps", spoiled)
    summary = spoiled_summary(run)
    assert any(f"checks.{name}" in each for each in summary["cautions"])
    assert summary["checks"][name] > 1e-6


def spoiled_summary(run: Run) -> dict[str, Any]:
    try:
        return run(IN_TIME).summary
    except NotConverged as failure:
        return failure.partial.summary


# --- from the command line ---

FILE = """kind = "spin"
[drive]
voltage = 1.0
[[layers]]
name = "N"
material = "normal"
thickness = 1.0
"""


def test_the_command_ends_with_3_and_keeps_the_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    case, folder = tmp_path / "wire.toml", tmp_path / "results"
    case.write_text(FILE, encoding="utf-8")
    spoil(monkeypatch, "N", MU, 0.1)
    assert main(["run", str(case), "--out", str(folder)]) == 3
    assert "the conservation of charge holds only to" in capsys.readouterr().err
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert not summary["converged"] and summary["cautions"]
    assert (folder / "profiles.csv").is_file()
