# SPDX-License-Identifier: MIT
"""Compiled forms are found again, and nobody waits for what a killed process left behind."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
import ufl
from basix.ufl import element
from mpi4py import MPI

from fem_sf.kernels import HALF_MADE, kernel_folder, kernel_name

KILLED = """
import os, pathlib, signal, sys
from mpi4py import MPI
from fem_sf.kernels import kernel_folder
with kernel_folder(MPI.COMM_SELF, pathlib.Path(sys.argv[1]), "mass") as folder:
    (folder / "mass.c").touch()
    os.kill(os.getpid(), signal.SIGKILL)
"""


def mass(degree: int) -> ufl.Form:
    mesh = ufl.Mesh(element("Lagrange", "interval", 1, shape=(1,)))
    space = ufl.FunctionSpace(mesh, element("Lagrange", "interval", degree))
    return ufl.inner(ufl.TrialFunction(space), ufl.TestFunction(space)) * ufl.dx


def make(cache: Path, text: str) -> str:
    """What is in the folder of ``mass``, written first if there is nothing."""
    with kernel_folder(MPI.COMM_SELF, cache, "mass") as folder:
        source = folder / "mass.c"
        if not source.exists():
            source.write_text(text)
        return source.read_text()


def test_equal_forms_have_equal_names() -> None:
    names = {
        (degree, flags): {kernel_name(mass(degree), {"flags": flags}) for _ in range(2)}
        for degree in (1, 2)
        for flags in ("-O1", "-O2")
    }
    assert all(len(each) == 1 for each in names.values())
    assert len(set.union(*names.values())) == 4


def test_found_again(tmp_path: Path) -> None:
    assert [make(tmp_path, "first"), make(tmp_path, "second")] == ["first", "first"]
    assert [each.name for each in tmp_path.iterdir()] == ["mass"]


def test_the_faster_of_two_processes_is_kept(tmp_path: Path) -> None:
    with kernel_folder(MPI.COMM_SELF, tmp_path, "mass") as slow:
        (slow / "mass.c").write_text("slow")
        make(tmp_path, "fast")
    assert make(tmp_path, "third") == "fast"
    assert [each.name for each in tmp_path.iterdir()] == ["mass"]


@pytest.mark.parametrize("interruption", [ValueError, KeyboardInterrupt])
def test_an_interrupted_compilation_leaves_nothing(
    tmp_path: Path, interruption: type[BaseException]
) -> None:
    with pytest.raises(interruption), kernel_folder(MPI.COMM_SELF, tmp_path, "mass") as folder:
        (folder / "mass.c").touch()
        raise interruption
    assert list(tmp_path.iterdir()) == []


def test_a_killed_compilation_stops_nobody(tmp_path: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert [each.name.startswith(HALF_MADE) for each in tmp_path.iterdir()] == [True]
    assert make(tmp_path, "next") == "next"
    # and the next one to compile takes away what it left
    assert [each.name for each in tmp_path.iterdir()] == ["mass"]
