# SPDX-License-Identifier: MIT
"""What asks for too much is refused by an estimate, and reading any file is quick and small."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fem_sf.case import load_case
from fem_sf.case.sweeps import check_sweep, load_sweep
from fem_sf.errors import InputError, Problem
from fem_sf.study.physics import PHYSICS
from fem_sf.study.size import bytes_needed, memory_problems
from fem_sf.sweeps import Sweep

from .conftest import CASE, environment

SPIN = """kind = "spin"
[spin]
mode = "transient"
[drive]
voltage = 1.0
[time]
end = 10.0
[[layers]]
name = "F"
material = "ferromagnet"
thickness = 1.0
"""
SECONDS, MEGABYTES, LONGEST = 2.0, 300, 4096


def refusal(path: Path, text: str | bytes) -> str:
    """What is said of a file, within the bounds of any message."""
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    start = time.process_time()
    with pytest.raises(InputError) as caught:
        (check_sweep if b"[sweep]" in path.read_bytes() else load_case)(path)
    assert time.process_time() - start < SECONDS
    message = str(caught.value)
    assert len(message.encode()) <= LONGEST
    assert all(each.isprintable() or each == "\n" for each in message)
    return message


HOSTILE = {
    "nested arrays": ("a = " + "[" * 3000 + "]" * 3000 + "\n" + CASE, "in each other"),
    "nested tables": ("a = " + "{a=" * 300 + "1" + "}" * 300 + "\n" + CASE, "in each other"),
    "dotted key": (".".join("a" * 100_000) + " = 1\n" + CASE, "more than 8 parts"),
    "long array": (CASE + "[output]\nfrequencies = [" + "1," * 450_000 + "]", "at most 10000"),
    "many headers": (CASE + "".join(f"[a{i}]\n" for i in range(90_000)), "no table has more"),
    "many options": (
        CASE + "[solver.petsc]\n" + "".join(f"a{i} = [1]\n" for i in range(60_000)),
        "solver.petsc: has 60000 keys; no table has more than 200",
    ),
    "many layers": (CASE + "[[layers]]\n" * 80_000, "expected at most 1000"),
    "many wrong layers": (CASE + "[[layers]]\n" * 900, "… and 1"),
    "long name": (CASE.replace('"S"', f'"{"S" * 200_000}"'), "at most 100 characters"),
    "long key": ("x" * 900_000 + " = 1\n" + CASE, "unknown key"),
    "long number": (CASE.replace("= 3.0", "= 0x" + "f" * 9000), "1000 digits"),
    "long unit": (CASE.replace('"10 K"', f'"10 {"m*" * 9000}K"'), "expected a temperature"),
    "powers of numbers": (CASE.replace('"10 K"', '"10 K*9**9**9**9"'), "cannot be read as a unit"),
    "long formula": (CASE.replace("= 3.0", f'= "{"x+" * 9000}x"'), "at most 1000 characters"),
    "large file": (CASE + "#" * 1_000_000, "is larger than 1000 kB"),
    "NUL": (CASE + "\0", "not valid TOML"),
    "control characters in a key": (CASE + '["\\u001b[31m"]\n', r"\x1b[31m"),
    "control characters in a title": (CASE.replace("A bil", "A\\u0000bil"), "control characters"),
    "UTF-16": (CASE.encode("utf-16"), "is UTF-16 text; save it as UTF-8"),
    "not UTF-8": (CASE.encode() + b"\xff", "is not UTF-8 text"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_any_file_is_refused_quickly_and_briefly(tmp_path: Path, name: str) -> None:
    text, expected = HOSTILE[name]
    assert expected in refusal(tmp_path / "case.toml", text)


@pytest.mark.parametrize("ending", ["\r\n", "\n"])
def test_line_ends_make_no_difference(tmp_path: Path, ending: str) -> None:
    path = tmp_path / "case.toml"
    path.write_bytes(CASE.replace("\n", ending).encode())
    assert load_case(path).stack.names == ("S", "F")


def test_pipes_and_devices_are_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    for path in (tmp_path / "pipe.toml", Path("/dev/zero"), Path("/dev/null")):
        with pytest.raises(InputError, match="is a device or a pipe; expected a case file"):
            load_case(path)


TOO_MUCH = {
    "refinement": (CASE + "[mesh]\nrefinement = 1e6", "mesh.refinement: expected a number > 0, at"),
    "energies": (
        CASE + "[[spectra]]\nbroadening = 0.1\nenergies = { start=0, stop=1, count=1000000000 }",
        "expected at most 20000 energies, got 1000000000",
    ),
    "frequencies": (CASE + "[solver]\nfrequencies = 100000", "a whole number from 0 to 10000"),
    "points": (
        CASE + '[sweep]\n"layers.F.thickness" = { start=1, stop=2, count=10000 }\n'
        '"usadel.temperature" = { start=0.1, stop=0.2, count=10000 }',
        "10000 × 10000 are 1e+08 points, expected at most 100000",
    ),
    "huge": (CASE.replace("= 2.0", "= 1e300"), "a size between 1e-100 and 1e+100, got 1e+300"),
    "tiny": (CASE.replace("= 2.0", "= 1e-300"), "a size between 1e-100 and 1e+100, got 1e-300"),
    "units": (CASE.replace('"10 K"', '"1e-200 K"'), "between 1e-30 and 1e+30 K"),
    "time step": (SPIN.replace("end =", "step = 1e-12\nend ="), "about 1.0e+13 steps up to 10"),
    "periods": (
        SPIN.replace("[time]", 'waveform = { shape = "sine", frequency = 1e12 }\n[time]'),
        "1.0e+13 periods are about 1.0e+15 steps up to 10, expected at most 1e+07",
    ),
}


@pytest.mark.parametrize("name", TOO_MUCH)
def test_too_much_is_refused_when_read(tmp_path: Path, name: str) -> None:
    text, expected = TOO_MUCH[name]
    assert expected in refusal(tmp_path / "case.toml", text)


TOO_MANY_CELLS = {
    "exchange": (CASE.replace("= 3.0", "= 1e18"), 'layers[1] (layer "F"): this layer wants about'),
    "thickness": (CASE.replace("= 2.0", "= 1e90"), 'layers[0] (layer "S"): this layer wants about'),
    "width": (CASE + "[mesh]\ndimension = 2\nwidth = 1e9", "mesh.width: across this width there"),
    "rectangle": (
        CASE + "[mesh]\ndimension = 2\nwidth = 4e4\nrefinement = 10",
        "cells, expected at most 1e+07",
    ),
    "far apart": (
        CASE.replace("= 1.0", "= 1e-30"),
        "so thin beside the whole stack that its cells have no size",
    ),
    "spin": (SPIN.replace("thickness = 1.0", "thickness = 1e30"), "this layer wants about"),
}


@pytest.mark.parametrize("name", TOO_MANY_CELLS)
def test_too_many_cells_are_refused_before_there_are_any(tmp_path: Path, name: str) -> None:
    text, expected = TOO_MANY_CELLS[name]
    path = tmp_path / "case.toml"
    path.write_text(text)
    command = [sys.executable, "-m", "fem_sf", "check", str(path)]
    limited = ["bash", "-c", 'ulimit -v 2000000 -t 10; exec "$@"', "bash", *command]
    done = subprocess.run(limited, capture_output=True, text=True, check=False, env=environment())
    assert done.returncode == 2, done.stderr
    assert expected in done.stderr


def test_memory_is_estimated_from_cells_and_frequencies(tmp_path: Path) -> None:
    path = tmp_path / "case.toml"
    path.write_text(CASE + "[solver]\nfrequencies = 83\ntail = 17")
    case = load_case(path)
    (cells,) = PHYSICS[case.kind].cells(case)
    assert bytes_needed(case) == pytest.approx(4 * cells * 100 * 1.2e3)


@pytest.mark.parametrize(("text", "exponent"), [(CASE, 1), (SPIN, 1), (CASE, 2), (SPIN, 2)])
def test_memory_grows_with_the_power_of_the_dimension(
    tmp_path: Path, text: str, exponent: int
) -> None:
    """Cells half as large are twice as many on a line, and four times in the plane."""
    path, needed = tmp_path / "case.toml", []
    for refinement in (4, 8):
        mesh = f"\n[mesh]\nrefinement = {refinement}\n"
        path.write_text(text + mesh + ("dimension = 2\nwidth = 3.0" if exponent == 2 else ""))
        needed.append(bytes_needed(load_case(path)))
    assert needed[1] / needed[0] == pytest.approx(2**exponent, rel=0.05)


def test_what_does_not_fit_in_this_machine_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "case.toml"
    path.write_text(CASE)
    case = load_case(path)
    assert list(memory_problems(case)) == []
    monkeypatch.setattr("fem_sf.study.size.memory_of_this_machine", lambda: 1e6)
    (problem,) = memory_problems(case)
    assert "and this machine has 0.001 GB; use fewer cells" in problem.message


def test_a_large_sweep_is_checked_in_parts(tmp_path: Path) -> None:
    path = tmp_path / "case.toml"
    grid = '[sweep]\n"layers.F.thickness" = { start = 1, stop = 2, count = 200 }\n'
    path.write_text(CASE + grid + '"usadel.temperature" = { start = 0.1, stop = 0.2, count = 200 }')
    checked = check_sweep(path)
    assert checked.points == 40_000
    assert sum(map(len, checked.axes)) <= checked.looked_at < 2000


def test_a_small_sweep_is_checked_as_it_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "case.toml"
    path.write_text(CASE + '[sweep]\n"layers.F.thickness" = [1, 2, 3]')
    assert check_sweep(path).looked_at == len(load_sweep(path).cases) == 3


def test_a_sweep_from_python_is_bounded_too() -> None:
    with pytest.raises(InputError, match="expected at most 100000; give fewer values"):
        Sweep.over({"a": range(1000), "b": range(1000)}, lambda a, b: pytest.fail("made a case"))


def test_messages_are_bounded_and_printable() -> None:
    error = InputError([Problem(f"\x1b[31m{i}", "x" * 5000) for i in range(1000)])
    assert len(str(error).encode()) <= LONGEST
    assert "\x1b" not in str(error)
    assert str(error).endswith("more")
    assert len(error.problems) == 1000
