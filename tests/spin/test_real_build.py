# SPDX-License-Identifier: MIT
"""Spin transport needs no complex numbers: a real PETSc gives the same answers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import dolfinx
import numpy as np
import pytest

from fem_sf.cli import main

from .real_build import FINITE_BIAS, LINEAR, WALL, answers

ROOT = Path(__file__).parents[2]
REAL_PETSC = Path("/usr/lib/petscdir/petsc-real")
"""Debian's name for it, whatever the architecture."""
RUNNING = Path(dolfinx.__file__).resolve()
USADEL_CASE = ROOT / "demos" / "inverse_proximity" / "fig1.toml"
SPIN_CASE = """
kind = "spin"
[drive]
voltage = 0.8
[[layers]]
name = "F"
material = "ferromagnet"
thickness = 1.5
polarisation = 0.4
direction = [0, 0, 1]
precession = [0, 0, 3]
[[layers]]
name = "N"
material = "normal"
thickness = 2.0
conductivity = 2.0
precession = [1, 0, 0]
[[interfaces]]
between = ["F", "N"]
law = "circuit"
conductance = 0.7
polarisation = 0.5
mixing_real = 0.8
mixing_imaginary = 0.2
capacitance = 0.5
"""

pytestmark = pytest.mark.skipif(
    not (REAL_PETSC / "lib" / "python3" / "dist-packages" / "dolfinx").is_dir()
    or not RUNNING.is_relative_to(REAL_PETSC.resolve().parents[1]),
    reason="this is not Debian's dolfinx, or there is none with a real PETSc beside it",
)


def run_with_real_petsc(*arguments: object) -> subprocess.CompletedProcess[str]:
    paths = [str(ROOT), str(ROOT / "tests"), os.environ.get("PYTHONPATH", "")]
    environment = {"PETSC_DIR": str(REAL_PETSC), "PYTHONPATH": os.pathsep.join(paths)}
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_same_fields() -> None:
    done = run_with_real_petsc(Path(__file__).with_name("real_build.py"))
    assert done.returncode == 0, done.stderr
    real = json.loads(done.stdout)
    assert real["scalars"] == "f"
    expected = answers()
    assert expected.keys() == {LINEAR, FINITE_BIAS, WALL}
    assert {name: found.keys() for name, found in real["answers"].items()} == {
        name: found.keys() for name, found in expected.items()
    }
    for name, fields in expected.items():
        for block, values in fields.items():
            found = np.array(real["answers"][name][block])
            largest = np.abs(values).max()
            assert largest > 1e-3
            assert np.abs(found - values).max() < 1e-11 * largest, (name, block)


@pytest.mark.slow
def test_same_summary_of_a_case(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "case.toml"
    path.write_text(SPIN_CASE)
    arguments = ["run", str(path), "--json", "--out"]
    done = run_with_real_petsc("-m", "fem_sf", *arguments, tmp_path / "real")
    assert done.returncode == 0, done.stderr
    assert main([*arguments, str(tmp_path / "complex")]) == 0
    real, expected = json.loads(done.stdout), json.loads(capsys.readouterr().out)
    ours, theirs = (each["interfaces"]["F|N"] for each in (expected, real))
    for key in ("J", "JM_left", "JM_right", "torque", "mu_left", "mu_right"):
        assert np.asarray(theirs[key]) == pytest.approx(np.asarray(ours[key]), rel=1e-11, abs=1e-13)


def test_usadel_is_refused(tmp_path: Path) -> None:
    done = run_with_real_petsc("-m", "fem_sf", "run", USADEL_CASE, "--out", tmp_path)
    assert done.returncode == 1
    assert "need PETSc with complex scalars, and the one here has real ones" in done.stderr
    assert "Traceback" not in done.stderr
    assert not any(tmp_path.iterdir())
