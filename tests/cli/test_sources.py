# SPDX-License-Identifier: MIT
"""Files that are not case files at all, and errors that are only found later."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from fem_sf.case import load_case, locate_error
from fem_sf.errors import CaseError, MeshError, Problem

CASE = """kind = "usadel"
[usadel]
temperature = 0.5
[[layers]]
name = "S"
material = "superconductor"
thickness = 2.0
[[layers]]
name = "N"
material = "normal"
thickness = 1.0
[[interfaces]]
between = ["S", "N"]
law = "transparent"
"""


def message(path: Path) -> str:
    with pytest.raises(CaseError) as caught:
        load_case(path)
    return str(caught.value)


def test_missing_file(tmp_path: Path) -> None:
    (tmp_path / "fig1.toml").write_text(CASE)
    assert message(tmp_path / "fig2.toml") == (
        f"{tmp_path}/fig2.toml: no such file; did you mean {tmp_path}/fig1.toml?"
    )
    assert message(tmp_path / "another.toml") == f"{tmp_path}/another.toml: no such file"
    assert message(tmp_path / "no" / "fig1.toml") == f"{tmp_path}/no/fig1.toml: no such file"


def test_folder(tmp_path: Path) -> None:
    assert message(tmp_path) == f"{tmp_path}: is a folder; expected a case file"
    (tmp_path / "fig1.toml").write_text(CASE)
    assert message(tmp_path).endswith("expected a case file; it holds fig1.toml")


def test_unreadable_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, mode: str) -> None:
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "fig1.toml"
    path.write_text(CASE)
    monkeypatch.setattr(Path, "open", refuse)
    assert message(path) == f"{path}: cannot be read: Permission denied"


def test_byte_order_mark_is_no_error(tmp_path: Path) -> None:
    path = tmp_path / "fig1.toml"
    path.write_bytes(b"\xef\xbb\xbf" + CASE.encode())
    assert load_case(path).name == "fig1"


def test_problems_found_later_get_their_line() -> None:
    error = MeshError(
        [
            Problem("interfaces.N|S", "the pair touches nowhere"),
            Problem("layers.N", "no such physical name"),
            Problem("layers.S.thickness", "too thin"),
            Problem("interfaces.S|X", "nobody declared this pair"),
        ]
    )
    located = locate_error(error, Path("fig1.toml"), CASE)
    assert str(located).splitlines() == [
        'fig1.toml:7: layers[0].thickness (layer "S"): too thin',
        'fig1.toml:8: layers[1] (layer "N"): no such physical name',
        "fig1.toml:12: interfaces[0] (S|N): the pair touches nowhere",
        'fig1.toml:12: interfaces."S|X": nobody declared this pair',
    ]


def test_the_longer_of_two_names_is_meant() -> None:
    text = CASE.replace('"N"', '"S.1"')
    error = MeshError([Problem("layers.S.1.thickness", "too thin")])
    assert str(locate_error(error, Path("a.toml"), text)).startswith("a.toml:11: layers[1].thick")


def test_errors_survive_the_way_to_another_process() -> None:
    error = CaseError([Problem("layers", "wrong"), Problem("mesh", "wrong too")])
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is CaseError
    assert (copy.problems, str(copy)) == (error.problems, str(error))
