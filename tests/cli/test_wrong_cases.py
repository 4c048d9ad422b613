# SPDX-License-Identifier: MIT
"""Every case in ``wrong/`` is refused with just the message beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from fem_sf.case import load_case
from fem_sf.errors import CaseError

WRONG = Path(__file__).parent / "wrong"


@pytest.mark.parametrize("name", sorted(path.stem for path in WRONG.glob("*.toml")))
def test_message(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(WRONG)
    with pytest.raises(CaseError) as caught:
        load_case(Path(f"{name}.toml"))
    assert f"{caught.value}\n" == Path(f"{name}.txt").read_text(encoding="utf-8")
    assert caught.value.exit_status == 2


def test_every_message_has_its_case() -> None:
    assert {path.stem for path in WRONG.glob("*.txt")} == {
        path.stem for path in WRONG.glob("*.toml")
    }


@pytest.mark.parametrize("name", sorted(path.stem for path in WRONG.glob("*.toml")))
def test_problems_come_in_the_order_of_lines(name: str) -> None:
    with pytest.raises(CaseError) as caught:
        load_case(WRONG / f"{name}.toml")
    lines = [problem.line or 0 for problem in caught.value.problems]
    assert lines == sorted(lines)
