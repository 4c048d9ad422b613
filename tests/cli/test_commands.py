# SPDX-License-Identifier: MIT
"""What the commands print, store and return."""

from __future__ import annotations

import json
import re
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from fem_sf import __version__
from fem_sf.cli import main
from fem_sf.errors import MeshError, MissingDependency, NotConverged, Problem
from fem_sf.stopping import last_words

from .conftest import CASE, environment, pretended_result

MESH = """$MeshFormat
2.2 0 8
$EndMeshFormat
$PhysicalNames
2
2 1 "S"
2 2 "F"
$EndPhysicalNames
$Nodes
4
1 0 0 0
2 1 0 0
3 1 1 0
4 0 1 0
$EndNodes
$Elements
2
1 2 2 2 2 1 2 3
2 2 2 1 1 1 3 4
$EndElements
"""


def processor_seconds(*commands: list[str]) -> list[float]:
    """The least of five times of each, in turn, so that all meet the machine in the same moods."""
    rounds = [[processor_seconds_once(command) for command in commands] for _ in range(5)]
    return [min(seconds) for seconds in zip(*rounds, strict=True)]


def processor_seconds_once(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, env=environment(), capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def fem_sf(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run the program as a process of its own."""
    command = [sys.executable, "-m", "fem_sf", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment())


def solve(case, comm, progress, folder):
    """Pretend to solve."""
    progress.start(case.title)
    progress.update(1, 2, "sweep 1")
    progress.update(2, 2, "sweep 1")
    progress.finish("superconducting")
    return pretended_result(case)


class TestCheck:
    def test_right_case(self, case_path, capsys) -> None:
        assert main(["check", str(case_path)]) == 0
        said, wrong = capsys.readouterr()
        assert (said.splitlines()[-1], wrong) == ("bilayer.toml: no errors (S | F)", "")

    def test_all_errors_on_stderr(self, case_path, capsys) -> None:
        case_path.write_text(CASE.replace("0.5", "-1").replace("exchange", "exchnge"))
        assert main(["check", str(case_path)]) == 2
        assert capsys.readouterr() == (
            "",
            "bilayer.toml:4: usadel.temperature: expected T/Tc, a number ≥ 0, got -1\n"
            'bilayer.toml:13: layers[1].exchnge (layer "F"): unknown key; did you mean '
            '"exchange"?\n',
        )

    def test_mesh_file(self, case_path, capsys) -> None:
        Path("square.msh").write_text(MESH)
        mesh = '[mesh]\nfile = "square.msh"\nunit = "1 nm"\n'
        case = re.sub("thickness = .*\n", "", CASE) + mesh
        case_path.write_text(case)
        assert main(["check", str(case_path)]) == 0
        case_path.write_text(case.replace('"F"', '"G"'))
        assert main(["check", str(case_path)]) == 2
        assert 'layers[1] (layer "G"): ' in capsys.readouterr().err
        case_path.write_text(CASE + mesh)
        assert main(["check", str(case_path)]) == 2
        assert 'layers[0].thickness (layer "S"): no extent' in capsys.readouterr().err


class TestRun:
    def test_stores_and_prints_a_table(self, case_path, pretend, capsys) -> None:
        pretend(solve)
        assert main(["run", str(case_path)]) == 0
        out, err = capsys.readouterr()
        assert {"summary.json", "profiles.csv", "result.nc"} <= {
            path.name for path in Path("results/bilayer").iterdir()
        }
        rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in out.splitlines()]
        # ξ0 = √(ħ·5e-4 m²/s / 2 k_B·10 K) = 13.8189 nm and k_B·10 K = 0.861733 meV
        assert ["S", "∫δM", "-0.25", "1.0e-07", "(2ν|J| of F) ξ0"] in [row[:5] for row in rows]
        assert ["", "Δ mean", "1.5", "1.0e-06", "Tc", "1.2926 meV"] in rows
        assert ["all", "free energy", "-12.5", "", "ν_S Tc² ξ0", ""] in rows
        assert out.splitlines()[0].startswith("A bilayer (T = 0.5 Tc, superconducting)")
        assert out.splitlines()[-1] == "everything is in results/bilayer"
        assert err.splitlines() == [
            "A bilayer: start",
            "A bilayer: sweep 1 2/2",
            "A bilayer: superconducting",
        ]

    def test_json_is_the_stored_summary_and_nothing_else(self, case_path, pretend, capsys) -> None:
        pretend(solve)
        assert main(["run", str(case_path), "--json", "--out", "elsewhere/deep"]) == 0
        out = capsys.readouterr().out
        assert out == Path("elsewhere/deep/summary.json").read_text(encoding="utf-8")
        assert json.loads(out)["layers"]["S"]["gap"]["mean"] == 1.5

    def test_a_sweep_is_left_out_and_that_is_said(self, case_path, pretend, capsys) -> None:
        pretend(solve)
        case_path.write_text(CASE + '[sweep]\n"usadel.temperature" = [0.1, 0.2]\n')
        assert main(["run", str(case_path)]) == 0
        assert capsys.readouterr().out.startswith(
            "bilayer.toml is solved as it is written; fem-sf sweep bilayer.toml solves all its "
            "points\n"
        )
        assert json.loads(Path("results/bilayer/summary.json").read_text())["temperature"] == 0.5

    def test_wrong_case_computes_nothing(self, case_path, pretend) -> None:
        pretend(lambda *_: pytest.fail("computed"))
        case_path.write_text(CASE.replace("0.5", "-1"))
        assert main(["run", str(case_path)]) == 2
        assert not Path("results").exists()

    @pytest.mark.parametrize("out", ["taken", "taken/deeper"])
    def test_file_in_the_way(self, case_path, pretend, capsys, out: str) -> None:
        pretend(lambda *_: pytest.fail("computed"))
        Path("taken").write_text("precious")
        assert main(["run", str(case_path), "--out", out]) == 2
        assert capsys.readouterr().err == (
            f"--out: {out} cannot be a folder, because taken is a file\n"
        )
        assert Path("taken").read_text() == "precious"

    def test_folder_that_cannot_be_written_to(
        self, case_path, pretend, capsys, monkeypatch
    ) -> None:
        def refuse(**_: object) -> None:
            raise PermissionError(13, "Permission denied")

        pretend(lambda *_: pytest.fail("computed"))
        monkeypatch.setattr("tempfile.TemporaryFile", refuse)
        assert main(["run", str(case_path), "--out", "locked"]) == 2
        assert capsys.readouterr().err == (
            "--out: results cannot be written to locked: Permission denied\n"
        )

    @pytest.mark.parametrize(
        ("error", "status", "message"),
        [
            (NotConverged("the gap did not converge; try more sweeps"), 3, None),
            (MissingDependency("dolfinx is missing"), 1, None),
            (
                MeshError([Problem("layers.F", "no cell of the mesh belongs to it")]),
                2,
                'bilayer.toml:9: layers[1] (layer "F"): no cell of the mesh belongs to it',
            ),
        ],
    )
    def test_errors_of_the_solver(
        self, case_path, pretend, capsys, error: Exception, status: int, message: str | None
    ) -> None:
        def fail(case, comm, progress, folder):
            progress.start("A bilayer")
            raise error

        pretend(fail)
        assert main(["run", str(case_path)]) == status
        assert capsys.readouterr().err.splitlines() == [
            "A bilayer: start",
            "A bilayer: stopped",
            message or str(error),
        ]

    def test_interrupt_is_told_in_one_line(self, case_path, pretend, capsys) -> None:
        def interrupt(*_: object) -> None:
            raise KeyboardInterrupt

        pretend(interrupt)
        assert main(["run", str(case_path)]) == 130
        assert capsys.readouterr().err == last_words(signal.SIGINT) + "\n"

    def test_drafts_of_a_killed_run_are_removed(self, case_path, pretend) -> None:
        pretend(solve)
        for draft in (".unfinished-7-result.nc", ".unfinished-7-fields.bp/data.0"):
            path = Path("results/bilayer", draft)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        assert main(["run", str(case_path)]) == 0
        assert not list(Path("results/bilayer").glob(".*"))

    def test_unexpected_error_keeps_its_traceback(self, case_path, pretend, capsys) -> None:
        def fail(*_: object) -> None:
            raise ZeroDivisionError("division by zero")

        pretend(fail)
        assert main(["run", str(case_path)]) == 1
        first, second = capsys.readouterr().err.splitlines()
        assert first == "fem-sf: unexpected error: ZeroDivisionError: division by zero"
        file = Path(second.removeprefix("Its traceback is in ").partition(";")[0])
        assert "Traceback (most recent call last)" in file.read_text(encoding="utf-8")
        file.unlink()

    def test_debug_prints_the_traceback(self, case_path, pretend, capsys) -> None:
        def fail(*_: object) -> None:
            raise ZeroDivisionError("division by zero")

        pretend(fail)
        assert main(["run", str(case_path), "--debug"]) == 1
        assert "Traceback (most recent call last)" in capsys.readouterr().err


class TestPlot:
    def test_draws_again(self, case_path, pretend, capsys) -> None:
        pretend(solve)
        main(["run", str(case_path), "--out", "out"])
        for picture in Path("out").glob("*.png"):
            picture.unlink()
        capsys.readouterr()
        assert main(["plot", "out"]) == 0
        pictures = [Path(line) for line in capsys.readouterr().out.splitlines()]
        assert pictures
        assert all(picture.is_file() for picture in pictures)

    def test_folder_without_results(self, case_path) -> None:
        run = fem_sf("plot", "nothing")
        assert run.returncode != 0
        assert "nothing" in run.stderr
        assert "Traceback" not in run.stderr


class TestProgram:
    """In processes of their own, as a shell sees them."""

    def test_statuses(self, case_path) -> None:
        assert fem_sf("check", case_path).returncode == 0
        case_path.write_text(CASE.replace("0.5", "-1"))
        assert fem_sf("check", case_path).returncode == 2
        missing = fem_sf("check", "bilayr.toml")
        assert missing.returncode == 2
        assert missing.stderr == "bilayr.toml: no such file; did you mean bilayer.toml?\n"

    def test_version(self, case_path) -> None:
        run = fem_sf("--version")
        assert (run.returncode, run.stdout) == (0, f"fem_sf {__version__}\n")

    @pytest.mark.parametrize(
        "arguments", [["chek", "bilayer.toml"], ["run"], ["run", "bilayer.toml", "--jsn"]]
    )
    def test_wrong_usage(self, case_path, arguments: list[str]) -> None:
        run = fem_sf(*arguments)
        assert run.returncode == 2
        assert run.stderr.startswith("fem-sf: ")
        assert run.stderr.endswith(" --help\n")
        assert "Traceback" not in run.stderr

    def test_sweep_needs_a_table(self, case_path) -> None:
        run = fem_sf("sweep", case_path)
        assert run.returncode == 2
        assert run.stderr.startswith("bilayer.toml: has no [sweep]; add one")

    @pytest.mark.parametrize("arguments", [["--help"], ["check", "bilayer.toml"]])
    def test_starts_fast(self, case_path, arguments: list[str]) -> None:
        case_path.write_text(CASE.partition("[units]")[0])
        # processor time, and beside that of its libraries: other work on the machine slows both
        libraries = "import numpy, pydantic, rich.markdown, typer.rich_utils"
        imports, program = processor_seconds(
            [sys.executable, "-c", libraries], [sys.executable, "-m", "fem_sf", *arguments]
        )
        assert program < 1.8 * imports
