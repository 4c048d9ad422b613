# SPDX-License-Identifier: MIT
"""Where solving is not possible, the first sentence says what is missing and how to get it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from fem_sf.cli import main

FIG1 = Path(__file__).resolve().parents[2] / "demos" / "inverse_proximity" / "fig1.toml"
SPIN = """
kind = "spin"
[drive]
voltage = 1.0
[[layers]]
name = "N"
material = "normal"
thickness = 1.0
"""
SOURCES = ("apt install python3-dolfinx-complex", "conda-forge", "docker/run")


@pytest.fixture
def complaint(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Try to solve a case, by default of Usadel's equations; what is said instead."""

    def run(case: Path = FIG1) -> str:
        assert main(["run", str(case), "--out", str(tmp_path)]) == 1
        return capsys.readouterr().err

    return run


@pytest.fixture
def compat_imported_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fem_sf.compat", ModuleType("fem_sf.compat"))
    del sys.modules["fem_sf.compat"]


def check(complaint: str, *missing: str) -> None:
    first_sentence = complaint.partition(". ")[0]
    for each in (*missing, *SOURCES):
        assert each in first_sentence
    assert "Traceback" not in complaint


@pytest.mark.usefixtures("compat_imported_anew")
@pytest.mark.parametrize("absent", ["dolfinx", "dolfinx.fem.petsc", "petsc4py"])
def test_no_dolfinx(complaint, monkeypatch: pytest.MonkeyPatch, absent: str) -> None:
    if absent != "dolfinx":
        pytest.importorskip("dolfinx")
    monkeypatch.setitem(sys.modules, absent, None)
    text = complaint()
    check(text, "dolfinx", "Python cannot import")
    assert "PETSC_DIR=" in text
    assert f"import of {absent} halted" in text


@pytest.mark.usefixtures("compat_imported_anew")
@pytest.mark.parametrize("absent", ["dolfinx", "mpi4py"])
def test_spin_transport_without_dolfinx(complaint, monkeypatch, tmp_path, absent: str) -> None:
    for name in {absent, "dolfinx"}:
        monkeypatch.setitem(sys.modules, name, None)
    case = tmp_path / "case.toml"
    case.write_text(SPIN)
    text = complaint(case)
    check(text, "dolfinx with PETSc", "Python cannot import")
    assert "spin transport runs with a real one too" in text


@pytest.mark.usefixtures("compat_imported_anew")
def test_no_mpi_in_a_launched_process(complaint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMPI_COMM_WORLD_RANK", "0")
    monkeypatch.delitem(sys.modules, "mpi4py.MPI", raising=False)
    for absent in ("mpi4py", "dolfinx"):
        monkeypatch.setitem(sys.modules, absent, None)
    check(complaint(), "dolfinx", "Python cannot import")


@pytest.mark.usefixtures("compat_imported_anew")
def test_old_dolfinx(complaint, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("dolfinx", "dolfinx.fem", "dolfinx.fem.petsc", "petsc4py", "petsc4py.PETSc"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    monkeypatch.setattr(sys.modules["petsc4py"], "PETSc", None, raising=False)
    monkeypatch.setattr(sys.modules["dolfinx"], "__version__", "0.8.0", raising=False)
    check(complaint(), "dolfinx 0.9 or newer", "0.8.0 is here")


def test_real_scalars(complaint, monkeypatch: pytest.MonkeyPatch) -> None:
    compat = pytest.importorskip("fem_sf.compat", exc_type=ImportError)
    monkeypatch.setattr(compat.PETSc, "ScalarType", np.float64)
    text = complaint()
    check(text, "complex scalars", "has real ones")
    assert "PETSC_DIR=" in text
