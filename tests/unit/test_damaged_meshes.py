# SPDX-License-Identifier: MIT
"""A damaged mesh is read or refused: no other error, no waiting, no long or acting message."""

from __future__ import annotations

import time
from itertools import combinations
from pathlib import Path

import pytest

from damage import MESHES, damaged_mesh
from fem_sf import interfaces
from fem_sf.errors import InputError, MeshError
from fem_sf.materials import Normal, Superconductor
from fem_sf.mesh.check import check_geometry
from fem_sf.mesh.read import read_geometry
from fem_sf.stack import Interface, Layer, Stack

SECONDS, LONGEST = 2.0, 4096


def stacks() -> list[Stack]:
    """One for each set of names that the meshes of the repository have."""
    names = {read_geometry(path, ()).layers for path in MESHES}
    return [
        Stack(
            [Layer(each, Normal() if i else Superconductor()) for i, each in enumerate(sorted(of))],
            [Interface(*pair, interfaces.Transparent()) for pair in combinations(sorted(of), 2)],
        )
        for of in sorted(names)
    ]


def misbehaviour(path: Path, content: bytes, stack: Stack) -> str:
    """What a mesh does that no mesh may do; nothing if it behaves."""
    path.write_bytes(content)
    start, message = time.process_time(), ""
    try:
        check_geometry(read_geometry(path, stack.names), stack)
    except InputError as error:
        message = str(error)
    except BaseException as error:
        return f"{type(error).__name__}: {error}"
    seconds = time.process_time() - start
    if seconds > SECONDS:
        return f"takes {seconds:.1f} s"
    if len(message.encode()) > LONGEST:
        return f"a message of {len(message.encode())} bytes"
    if not all(each.isprintable() or each == "\n" for each in message):
        return f"a message with control characters: {message!r}"
    return ""


def all_misbehaviours(folder: Path, seeds: range) -> dict[int, str]:
    path, known = folder / "mesh.msh", stacks()
    found = {
        seed: misbehaviour(path, damaged_mesh(seed), known[seed % len(known)]) for seed in seeds
    }
    return {seed: what for seed, what in found.items() if what}


@pytest.mark.filterwarnings("error")
def test_some(tmp_path: Path) -> None:
    assert all_misbehaviours(tmp_path, range(60)) == {}


@pytest.mark.slow
@pytest.mark.filterwarnings("error")
def test_many(tmp_path: Path) -> None:
    assert all_misbehaviours(tmp_path, range(1000, 1300)) == {}


@pytest.mark.parametrize("number", ["nan", "inf", "1e200"])
def test_coordinates_that_are_none(tmp_path: Path, number: str) -> None:
    path = tmp_path / "mesh.msh"
    path.write_text(TRIANGLE.replace("1 1 0 0", f"1 {number} 0 0"))
    with pytest.raises(MeshError, match="some coordinates are no numbers, or larger than 1e"):
        read_geometry(path, ("S",))


def test_too_large_a_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "mesh.msh"
    with path.open("wb") as file:
        file.truncate(3_000_000_000)
    with pytest.raises(MeshError, match="has 3 GB, expected at most 2 GB; make a coarser mesh"):
        read_geometry(path, ("S",))


def test_devices_are_not_read() -> None:
    with pytest.raises(MeshError, match="/dev/zero: is no file; expected a mesh file"):
        read_geometry("/dev/zero", ("S",))


TRIANGLE = """$MeshFormat
2.2 0 8
$EndMeshFormat
$PhysicalNames
1
2 1 "S"
$EndPhysicalNames
$Nodes
3
1 1 0 0
2 0 0 0
3 0 1 0
$EndNodes
$Elements
1
1 2 2 1 1 1 2 3
$EndElements
"""
