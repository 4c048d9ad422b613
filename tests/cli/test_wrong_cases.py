# SPDX-License-Identifier: MIT
"""Every case in ``wrong/`` and ``wrong_spin/`` is refused with just the message beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from fem_sf.case import load_case
from fem_sf.errors import CaseError

FOLDERS = [Path(__file__).parent / name for name in ("wrong", "wrong_spin")]
CASES = [
    pytest.param(path, id=f"{path.parent.name}/{path.stem}")
    for folder in FOLDERS
    for path in sorted(folder.glob("*.toml"))
]


@pytest.mark.parametrize("path", CASES)
def test_message(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(path.parent)
    with pytest.raises(CaseError) as caught:
        load_case(Path(path.name))
    assert f"{caught.value}\n" == path.with_suffix(".txt").read_text(encoding="utf-8")
    assert caught.value.exit_status == 2


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_message_has_its_case(folder: Path) -> None:
    assert {path.stem for path in folder.glob("*.txt")} == {
        path.stem for path in folder.glob("*.toml")
    }


@pytest.mark.parametrize("path", CASES)
def test_problems_come_in_the_order_of_lines(path: Path) -> None:
    with pytest.raises(CaseError) as caught:
        load_case(path)
    lines = [problem.line or 0 for problem in caught.value.problems]
    assert lines == sorted(lines)
