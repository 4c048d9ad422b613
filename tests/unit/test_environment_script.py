# SPDX-License-Identifier: MIT
"""`docker/run` finds its way in, mounts what is needed and stays out of the way of its command."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

TREE = Path(__file__).resolve().parents[2]
SCRIPT = TREE / "docker" / "run"

ENGINE = """#!/bin/sh
# A stand-in for an engine: says what it was asked for, and "runs" by exiting with a given status.
echo "$*" >> "{calls}"
case "$1" in
  info | --version) [ -e "{state}/down" ] && {{ echo "no daemon" >&2; exit 1; }}; echo "27.0" ;;
  image) [ -e "{state}/built" ] ;;
  build) echo "building noise"; touch "{state}/built" ;;
  run) [ -e "{state}/no-containers" ] && {{ echo "rlimit refused" >&2; exit 126; }}
       echo "answer"; exit 3 ;;
esac
"""

PYTHON_WITHOUT_DOLFINX = """#!/bin/sh
echo "Python has no dolfinx"
"""


@dataclass(frozen=True)
class Machine:
    """A machine whose engines are stand-ins: ``folder`` holds programs, states and the cache."""

    folder: Path

    def install(self, name: str, text: str) -> None:
        program = self.folder / "bin" / name
        program.write_text(text)
        program.chmod(0o755)

    def engine(self, name: str, *state: str) -> None:
        """Install the engine ``name``, in a state such as "built" or "down"."""
        (self.folder / name).mkdir()
        for flag in state:
            (self.folder / name / flag).touch()
        text = ENGINE.format(calls=self.folder / name / "calls", state=self.folder / name)
        self.install(name, text)

    def calls(self, name: str, verb: str) -> list[str]:
        """Return what the engine ``name`` was asked that begins with ``verb``."""
        lines = (self.folder / name / "calls").read_text().splitlines()
        return [line for line in lines if line.split()[0] == verb]

    def run(
        self, *arguments: str, way: str | None = None, folder: Path = TREE
    ) -> subprocess.CompletedProcess[str]:
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("FEM_SF_", "SUDO_"))
        }
        environment["PATH"] = f"{self.folder / 'bin'}:{environment['PATH']}"
        environment["XDG_CACHE_HOME"] = str(self.folder / "cache")
        if way is not None:
            environment["FEM_SF_ENGINE"] = way
        return subprocess.run(
            [str(SCRIPT), *arguments],
            env=environment,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    if shutil.which("bash") is None:
        pytest.skip("there is no bash")
    (tmp_path / "bin").mkdir()
    return Machine(tmp_path)


def test_command_runs_in_the_container_with_the_tree_mounted(machine: Machine) -> None:
    machine.engine("docker", "built")
    done = machine.run("fem-sf", "run", "case.toml", way="docker", folder=TREE / "docker")
    (call,) = machine.calls("docker", "run")
    assert call.endswith(" fem-sf run case.toml")
    assert f"source={TREE},target=/fem_sf" in call
    assert "--workdir /fem_sf/docker" in call
    assert f"--user {os.getuid()}:{os.getgid()}" in call
    assert done.returncode == 3
    assert done.stdout == "answer\n"
    assert machine.calls("docker", "build") == []


def test_first_use_builds_once_and_keeps_stdout_clean(machine: Machine) -> None:
    machine.engine("docker")
    first = machine.run("true", way="docker")
    second = machine.run("true", way="docker")
    (build,) = machine.calls("docker", "build")
    assert "--target environment" in build
    assert first.stdout == second.stdout == "answer\n"
    assert "building" in first.stderr
    assert second.stderr == ""


def test_paraview_is_an_image_of_its_own(machine: Machine) -> None:
    machine.engine("docker")
    machine.run("--target", "paraview", "pvpython", "x.py", way="docker")
    (build,) = machine.calls("docker", "build")
    (call,) = machine.calls("docker", "run")
    assert "--target paraview" in build
    assert " fem_sf:paraview-" in call
    assert call.endswith(" pvpython x.py")


def test_folders_of_absolute_paths_are_mounted_but_never_system_folders(machine: Machine) -> None:
    machine.engine("docker", "built")
    elsewhere = machine.folder / "cases"
    elsewhere.mkdir()
    case = elsewhere / "case.toml"
    case.touch()
    machine.run("cat", str(case), "/etc/passwd", f"--out={machine.folder}/new/out", way="docker")
    (call,) = machine.calls("docker", "run")
    assert f"source={elsewhere},target={elsewhere} " in call
    assert f"source={machine.folder},target={machine.folder} " in call
    assert "target=/etc" not in call


def test_a_folder_outside_the_tree_stays_the_current_one(machine: Machine) -> None:
    machine.engine("docker", "built")
    machine.run("pwd", way="docker", folder=machine.folder)
    (call,) = machine.calls("docker", "run")
    assert f"--workdir {machine.folder} " in call
    assert f"source={machine.folder},target={machine.folder} " in call


def test_podman_is_next_when_docker_does_not_answer(machine: Machine) -> None:
    machine.install("python3", PYTHON_WITHOUT_DOLFINX)
    machine.engine("docker", "down")
    machine.engine("podman", "built")
    done = machine.run("true")
    assert done.returncode == 3
    assert machine.calls("docker", "run") == []
    assert len(machine.calls("podman", "run")) == 1


@pytest.mark.parametrize(
    ("way", "state", "said"),
    [("docker", "down", "no daemon"), ("podman", "no-containers", "rlimit refused")],
)
def test_an_engine_that_was_asked_for_but_does_not_work_is_named(
    machine: Machine, way: str, state: str, said: str
) -> None:
    machine.engine(way, state)
    done = machine.run("true", way=way)
    assert done.returncode == 125
    assert done.stdout == ""
    assert f"{way}: " in done.stderr
    assert said in done.stderr


def test_native_runs_the_working_tree_without_installation(machine: Machine) -> None:
    machine.install("python3", '#!/bin/sh\n[ "$1" = - ] || echo "$PYTHONPATH" "$@"\n')
    done = machine.run("fem-sf", "check", "case.toml", way="native")
    assert done.returncode == 0, done.stderr
    path, _, command = done.stdout.strip().partition(" ")
    assert path.split(":")[0] == str(TREE)
    assert command == "-m fem_sf check case.toml"


def test_help_and_mistakes(machine: Machine) -> None:
    asked = machine.run("--help")
    assert asked.returncode == 0
    assert "FEM_SF_ENGINE" in asked.stdout
    for arguments in ([], ["--unknown", "true"], ["--target", "moon", "true"]):
        done = machine.run(*arguments)
        assert done.returncode == 125
        assert done.stdout == ""
        assert done.stderr != ""
