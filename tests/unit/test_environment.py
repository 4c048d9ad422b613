# SPDX-License-Identifier: MIT
"""The environment has what the project needs, and the project's descriptions of itself agree."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

import fem_sf

TREE = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((TREE / "pyproject.toml").read_text())["project"]


@pytest.mark.parametrize("requirement", PROJECT["dependencies"])
def test_dependency_is_there(requirement: str) -> None:
    name, _, floor = requirement.partition(">=")
    version = metadata.version(name)
    assert int(version.split(".")[0]) >= int(floor or 0)


def test_scalars_are_complex() -> None:
    dolfinx = pytest.importorskip("dolfinx")
    assert dolfinx.default_scalar_type(0).dtype.kind == "c"


@pytest.mark.ranks
@pytest.mark.skipif("FEM_SF_ENVIRONMENT" not in os.environ, reason="not the project's own image")
def test_more_ranks_than_cores_run_without_noise() -> None:
    ranks = (os.cpu_count() or 1) + 1
    program = "from mpi4py import MPI; print(MPI.COMM_WORLD.allreduce(1))"
    done = subprocess.run(
        ["mpirun", "-n", str(ranks), sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == [str(ranks)] * ranks
    assert done.stderr == ""


def test_form_compilation_waits_long_enough_for_many_ranks() -> None:
    jit = pytest.importorskip("dolfinx.jit")
    if "FEM_SF_ENVIRONMENT" not in os.environ:
        pytest.skip("not the project's own image")
    assert jit.get_options()["timeout"] >= 60


def test_versions_agree() -> None:
    citation = (TREE / "CITATION.cff").read_text()
    match = re.search(r"^version: (\S+)$", citation, flags=re.MULTILINE)
    assert match is not None
    assert match.group(1) == PROJECT["version"] == fem_sf.__version__
