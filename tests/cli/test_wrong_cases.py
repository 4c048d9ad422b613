# SPDX-License-Identifier: MIT
"""Every case of the tables in ``wrong/`` is refused with just the message beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from fem_sf.case import load_case
from fem_sf.case.sweeps import load_sweep
from fem_sf.errors import CaseError

from .wrong_cases import WrongCase, changed, wrong_cases

TABLES = {"usadel": load_case, "spin": load_case, "sweep": load_sweep}
NAME = "wrong.toml"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused(table: str, content: bytes) -> CaseError:
    """Why a file is refused."""
    Path(NAME).write_bytes(content)
    with pytest.raises(CaseError) as caught:
        TABLES[table](Path(NAME))
    assert caught.value.exit_status == 2
    return caught.value


@pytest.mark.parametrize(
    ("table", "case"),
    [
        pytest.param(table, case, id=f"{table}/{case.name}")
        for table in TABLES
        for case in wrong_cases(table)
    ],
)
def test_message(table: str, case: WrongCase) -> None:
    error = refused(table, case.text.encode())
    assert f"{error}\n" == case.message
    lines = [problem.line or 0 for problem in error.problems]
    assert lines == sorted(lines)


def test_lines_of_windows() -> None:
    """They are counted as any others."""
    case = next(each for each in wrong_cases("usadel") if each.name == "unknown_key_layer")
    error = refused("usadel", case.text.replace("\n", "\r\n").encode())
    assert f"{error}\n" == case.message


def test_another_encoding() -> None:
    error = refused("usadel", 'kind = "usadel"\ntitle = "Übergang"\n'.encode("latin-1"))
    assert str(error) == f"{NAME}: is not UTF-8 text: line 2 holds the byte 0xdc"


def test_a_change() -> None:
    """Lines leave and come in where a change says."""
    base = "a\nb\na\nc\n"
    assert changed(base, "- a\n+ d\n") == "d\nb\na\nc\n"
    assert changed(base, "  b\n  a\n+ d\n+ e\n") == "a\nb\na\nd\ne\nc\n"
    assert changed(base, "- a\n...\n- a\n+ d\n...\n+ e\n") == "b\nd\nc\ne\n"
    with pytest.raises(AssertionError, match="no \\['d'\\] from line 1 on"):
        changed(base, "- d\n")
