# SPDX-License-Identifier: MIT
"""A case on disk, and a solver that only pretends."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import fem_sf
from fem_sf.settings import UsadelCase
from fem_sf.study.progress import Progress
from fem_sf.study.results import USADEL_COLUMNS, LayerFields, UsadelResult

CASE = """kind = "usadel"
title = "A bilayer"
[usadel]
temperature = 0.5
[[layers]]
name = "S"
material = "superconductor"
thickness = 2.0
[[layers]]
name = "F"
material = "ferromagnet"
thickness = 1.0
exchange = 3.0
[[interfaces]]
between = ["S", "F"]
law = "transparent"
[units]
critical_temperature = "10 K"
diffusivity = "5 cm^2/s"
"""


@pytest.fixture
def case_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A right case in an otherwise empty working folder."""
    monkeypatch.chdir(tmp_path)
    path = Path("bilayer.toml")
    path.write_text(CASE, encoding="utf-8")
    return path


def pretended_result(case: UsadelCase) -> UsadelResult:
    """A result with made-up numbers."""
    ends = {"integral": [0.0, 0.0, -0.25], "left": [0.0, 0.0, -0.5], "right": [0.0, 0.0, 0.125]}
    layers = {}
    fields = {}
    for layer in case.stack.layers:
        magnetization = {**ends, "error": dict.fromkeys(ends, 1e-7)}
        layers[layer.name] = {"material": layer.material.kind, "magnetization": magnetization}
        fields[layer.name] = LayerFields(
            points=np.array([[0.0], [1.0]]),
            cells=np.array([[0, 1]]),
            values={name: np.array([0.5, 1.5]) for name in USADEL_COLUMNS},
        )
    gap = {"left": 1.75, "mean": 1.5, "right": 1.25}
    layers["S"]["gap"] = {**gap, "error": dict.fromkeys(gap, 1e-6)}
    summary = {
        "kind": "usadel",
        "title": case.title,
        "converged": True,
        "state": "superconducting",
        "temperature": case.temperature,
        "reference": case.reference,
        "layers": layers,
        "free_energy": -12.5,
        "free_energy_error": None,
        "seconds": {"setup": 0.5, "solve": 1.0},
    }
    return UsadelResult(case, fields, {}, summary)


def environment() -> dict[str, str]:
    """The environment in which a process of its own finds the package, installed or not."""
    root = str(Path(fem_sf.__file__).parents[1])
    paths = [root, os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in paths if path)}


Solver = Callable[[UsadelCase, object, Progress, Path], UsadelResult]


@pytest.fixture
def pretend(monkeypatch: pytest.MonkeyPatch) -> Callable[[Solver], None]:
    """Put a function in the place of the solver."""

    def replace(solver: Solver) -> None:
        world = SimpleNamespace(rank=0, size=1)
        modules = {
            "mpi4py": SimpleNamespace(MPI=SimpleNamespace(COMM_WORLD=world)),
            "fem_sf.compat": SimpleNamespace(require_complex=lambda: None),
            "fem_sf.study.run": SimpleNamespace(run_case=solver),
        }
        for name, module in modules.items():
            monkeypatch.setitem(sys.modules, name, module)
        monkeypatch.delitem(sys.modules, "mpi4py.MPI", raising=False)

    return replace
