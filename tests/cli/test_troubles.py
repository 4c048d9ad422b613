# SPDX-License-Identifier: MIT
"""Full disks, closed pipes, terminals without Greek letters, damaged files: one sentence each."""

from __future__ import annotations

import errno
import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from fem_sf.cli import main
from fem_sf.errors import CannotWrite, FemSFError
from fem_sf.files import replacing
from fem_sf.output import netcdf
from fem_sf.output.dataset import load_result
from fem_sf.output.write import write_result

from .conftest import CASE, environment, pretended_result

PROGRAM = [sys.executable, "-m", "fem_sf"]


def shell(command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a line of a shell in which ``$F`` is the program."""
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        env={**environment(), "F": " ".join(PROGRAM), **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def solve(case, comm, progress, folder):
    """Pretend to solve."""
    return pretended_result(case)


@pytest.fixture
def result(case_path, pretend):
    """A result, and what the folder "out" holds after an earlier one was written there."""
    pretend(solve)
    assert main(["run", str(case_path), "--out", "out"]) == 0
    from fem_sf.case import load_case

    return pretended_result(load_case(case_path))


class TestTerminals:
    @pytest.mark.parametrize(
        ("command", "why"),
        [
            ("$F check bilayer.toml | true", "Broken pipe"),
            ("$F check bilayer.toml > /dev/full", "No space left on device"),
            ("$F --help | true", "Broken pipe"),
        ],
    )
    def test_what_cannot_be_printed_is_told(self, case_path, command: str, why: str) -> None:
        done = shell(command)
        assert done.returncode == 1
        assert done.stderr == f"fem-sf: not all could be printed: {why}\n"

    @pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&- <&-"])
    def test_closed_streams(self, case_path, closed: str) -> None:
        done = shell(f"$F check bilayer.toml {closed}")
        assert done.returncode == 0
        assert done.stderr == ""

    def test_messages_without_greek_letters(self, case_path) -> None:
        case_path.write_text(CASE.replace("0.5", "-1").replace("S", "ξ"), encoding="utf-8")
        done = shell("$F check bilayer.toml", PYTHONIOENCODING="ascii")
        assert done.returncode == 2
        assert "T/Tc, a number >= 0, got -1" in done.stderr
        case_path.write_text(CASE.replace('"S"', '"ξ²ä"'), encoding="utf-8")
        done = shell("$F check bilayer.toml", PYTHONIOENCODING="ascii")
        *cautions, last = done.stdout.splitlines()
        assert last == "bilayer.toml: no errors (xi2\\xe4 | F)"
        assert any("thickness = 2 means 2 xi0 = 27.6 nm" in each for each in cautions)

    def test_json_stays_what_it_is(self, monkeypatch) -> None:
        class Ascii:
            encoding = "ascii"

        from fem_sf.terminal import fitting_json

        text = json.dumps({"ξ𝒜": "ä²"}, ensure_ascii=False)
        assert fitting_json(text) == text
        monkeypatch.setattr(sys, "stdout", Ascii())
        assert fitting_json(text).isascii()
        assert json.loads(fitting_json(text)) == {"ξ𝒜": "ä²"}


class TestFullDisks:
    def fill(self, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
        """Let the system refuse to put more than some files in their places."""
        put, count = os.replace, [0]

        def replace(*places: object) -> None:
            count[0] += 1
            if count[0] > after:
                raise OSError(errno.ENOSPC, "No space left on device")
            put(*places)

        monkeypatch.setattr(os, "replace", replace)

    @pytest.mark.parametrize("after", [0, 1, 2, 4])
    def test_an_earlier_result_stays(self, result, monkeypatch, after: int) -> None:
        before = {path.name: path.read_bytes() for path in Path("out").iterdir()}
        self.fill(monkeypatch, after)
        message = "results cannot be written to out: No space left on device"
        with pytest.raises(CannotWrite, match=message):
            write_result(result, "out")
        assert {path.name: path.read_bytes() for path in Path("out").iterdir()} == before

    def test_the_command_says_so(self, case_path, result, monkeypatch, capsys) -> None:
        self.fill(monkeypatch, 1)
        capsys.readouterr()
        assert main(["run", str(case_path), "--out", "out"]) == 1
        assert capsys.readouterr().err == (
            "results cannot be written to out: No space left on device\n"
        )

    def test_any_other_trouble_with_files(self, case_path, pretend, capsys) -> None:
        def fail(*_: object) -> None:
            raise PermissionError(errno.EACCES, "Permission denied", "somewhere")

        pretend(fail)
        assert main(["run", str(case_path)]) == 1
        assert capsys.readouterr().err == "fem-sf: somewhere: Permission denied\n"

    def test_a_draft_goes(self, tmp_path: Path) -> None:
        with (
            pytest.raises(CannotWrite, match=r"table\.csv cannot be written: No space"),
            replacing(tmp_path / "table.csv") as draft,
        ):
            draft.touch()
            raise OSError(errno.ENOSPC, "No space left on device")
        assert list(tmp_path.iterdir()) == []


class TestDamagedFiles:
    def test_plot(self, result, capsys) -> None:
        whole = Path("out/result.nc").read_bytes()
        for content in (b"", b"no file of HDF5", whole[: len(whole) // 2]):
            Path("out/result.nc").write_bytes(content)
            assert main(["plot", "out"]) == 1
            message = "out/result.nc cannot be read: it is damaged, or none of fem_sf's files\n"
            assert capsys.readouterr().err == message

    def test_bytes_that_changed(self, result) -> None:
        whole, chance = Path("out/result.nc").read_bytes(), random.Random(5)
        for _ in range(6):
            content = bytearray(whole)
            for _ in range(20):
                content[chance.randrange(len(content))] = chance.randrange(256)
            Path("out/result.nc").write_bytes(content)
            try:
                load_result("out")
            except FemSFError as error:
                assert "out/result.nc" in str(error)

    def test_the_same_bytes_for_the_same_arrays(self, result) -> None:
        from fem_sf.output.dataset import load_dataset

        arrays = load_dataset("out")
        for name in ("a.nc", "b.nc"):
            netcdf.save(arrays, Path(name))
        assert Path("a.nc").read_bytes() == Path("b.nc").read_bytes()
        assert arrays.equals(netcdf.load(Path("a.nc")))

    def test_points_of_a_sweep_are_solved_again(self, tmp_path: Path) -> None:
        from fem_sf.study.sweep.points import Point, Points

        points, chance = Points(tmp_path), random.Random(3)
        points.prepare()
        kept = Point(True, summary={"gap": {"mean": 1.25, "error": 1e-9}, "ξ": [1, None, "ä"]})
        points.write("key", kept)
        assert points.read("key") == kept
        (file,) = (tmp_path / "points").iterdir()
        whole = file.read_bytes()
        damaged = [whole[:-1], b"", b"[]", b"{}", b'{"converged": true}', b"[" * 100_000]
        for _ in range(300):
            content = bytearray(whole)
            content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
            damaged.append(bytes(content))
        for content in damaged:
            file.write_bytes(content)
            assert points.read("key") in (None, kept)

    def test_starts_of_a_sweep_are_done_without(self, tmp_path: Path) -> None:
        from fem_sf.study.sweep.points import Points

        points = Points(tmp_path)
        points.prepare()
        for content in (b"", b"PK\x03\x04 no archive"):
            (tmp_path / "points" / "key.npz").write_bytes(content)
            assert points.read_start("key") is None

    def test_files_of_something_else(self, result, capsys) -> None:
        import xarray as xr

        for attributes in ({}, {"kind": "usadel"}, {"kind": ["usadel"]}, {"kind": "other"}):
            netcdf.save(xr.Dataset(attrs=attributes), Path("out/result.nc"))
            capsys.readouterr()
            assert main(["plot", "out"]) == 1
            assert capsys.readouterr().err.startswith("out/result.nc ")
            with pytest.raises(FemSFError, match=r"out/result\.nc"):
                load_result("out")


def test_long_names(case_path, pretend) -> None:
    pretend(solve)
    case = Path("c" * 245 + ".toml")
    text = CASE.replace('"F"', f'"{"F" * 100}"').replace("A bilayer", "B" * 200)
    case.write_text(text, encoding="utf-8")
    assert main(["run", str(case)]) == 0
    assert len(list(Path("results", case.stem).glob("fields_*.vtu"))) == 2


def test_a_title_with_a_nul_is_refused_or_written(case_path, pretend) -> None:
    pretend(solve)
    case_path.write_text(CASE.replace("A bilayer", "A\\u0000B"))
    assert main(["run", str(case_path)]) in (0, 2)
