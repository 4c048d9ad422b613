# SPDX-License-Identifier: MIT
"""PETSc options choose how to solve and nothing else, and each of them does something."""

from __future__ import annotations

from pathlib import Path

import pytest
from mpi4py import MPI

from fem_sf import SolverSettings
from fem_sf.cli import main
from fem_sf.errors import InputError
from fem_sf.solve.linear import use_options
from fem_sf.solve.options import unknown_options

CASE = """kind = "spin"
[drive]
voltage = 1.0
[[layers]]
name = "N"
material = "normal"
thickness = 1.0
[solver]
error_estimate = false
petsc = { OPTION }
"""


@pytest.mark.parametrize(
    "options",
    [
        {"snes_monitor": "residuals.txt"},
        {"ksp_view_mat": "binary:matrix"},
        {"ksp_view": "::ascii_info"},
        {"snes_view": "draw"},
        {"mat_mumps_ooc_tmpdir": "here"},
        {"pc_type": "python", "pc_python_type": "os.system"},
        {"pc_type": "../elsewhere"},
        {"log_view": "true"},
        {"options_file": "more"},
    ],
    ids=lambda options: next(iter(options)),
)
def test_files_and_code_are_refused(options: dict[str, str]) -> None:
    with pytest.raises(InputError, match=r"petsc.*(no file|begin with|true or false)"):
        SolverSettings(petsc=options)


def test_options_that_solvers_know() -> None:
    known = (
        "ksp_rtol ksp_max_it ksp_gmres_restart snes_max_it snes_linesearch_damping pc_factor_fill "
        "pc_factor_shift_amount pc_factor_levels pc_asm_overlap pc_gamg_threshold pc_mg_levels "
        "pc_type snes_monitor mat_mumps_icntl_14 mg_levels_ksp_type"
    )
    assert unknown_options(dict.fromkeys(known.split(), "1")) == []


@pytest.mark.parametrize("name", ["pc_typ", "ksp_rtoll", "snes_maxit"])
def test_options_that_none_knows(name: str) -> None:
    with pytest.raises(InputError, match=rf"solver\.petsc\.{name}: no solver of PETSc knows"):
        use_options({name: "1"}, "fem_sf_test_")


def run(folder: Path, option: str) -> int:
    case = folder / "case.toml"
    case.write_text(CASE.replace("OPTION", option), encoding="utf-8")
    return main(["run", str(case), "--out", str(folder / "out")])


def test_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert MPI.COMM_WORLD.size == 1
    assert run(tmp_path, 'ksp_view_mat = "ascii:matrix.txt"') == 2
    assert "case.toml:10: solver.petsc" in capsys.readouterr().err
    assert run(tmp_path, "ksp_rtoll = 1e-3") == 2
    assert "case.toml:10: solver.petsc.ksp_rtoll: no solver of PETSc" in capsys.readouterr().err
    assert run(tmp_path, "ksp_richardson_scale = 0.5") == 0
    assert "caution: PETSc has not used the option ksp_richardson_scale" in capsys.readouterr().out
    assert run(tmp_path, 'pc_type = "lu"') == 0
    assert "caution" not in capsys.readouterr().out
