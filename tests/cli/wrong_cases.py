# SPDX-License-Identifier: MIT
"""Reads the tables of wrong cases in ``wrong/``: texts of cases, and the messages that refuse them.

A case is a base with a change, or a text of its own. In a change a line that begins with ``-``
leaves the base and one with ``+`` comes in. Other lines, before these, say where, as do those that
leave: at the first place after the last one that has them. What only comes in goes to the end. A
line ``...`` is between two places. The file of a case is called ``wrong.toml``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "wrong"


@dataclass(frozen=True)
class WrongCase:
    """A case and the whole message that refuses it."""

    name: str
    text: str
    message: str


def wrong_cases(table: str) -> Iterator[WrongCase]:
    """The cases of a table, in its order."""
    data = tomllib.loads((FOLDER / f"{table}.toml").read_text(encoding="utf-8"))
    for name, case in data["cases"].items():
        text = case.get("text")
        if text is None:
            text = changed(data["bases"][case["base"]]["text"], case.get("change", ""))
        yield WrongCase(name, text, case["message"])


def changed(base: str, change: str) -> str:
    """A text with a change."""
    lines, at = base.splitlines(), 0
    for where, gone, new in _hunks(change):
        known = [*where, *gone]
        at = _place(lines, known, at) + len(where) if known else len(lines)
        lines[at : at + len(gone)] = new
        at += len(new)
    return "".join(f"{line}\n" for line in lines)


def _hunks(change: str) -> Iterator[tuple[list[str], list[str], list[str]]]:
    """Lines that say where, that leave, that come in; of one place after the other."""
    for hunk in change.split("...\n"):
        lines = hunk.splitlines()
        marks = "", "-", "+"
        where, gone, new = ([each[2:] for each in lines if each[:1].strip() == k] for k in marks)
        yield where, gone, new


def _place(lines: list[str], wanted: list[str], start: int) -> int:
    for i in range(start, len(lines) - len(wanted) + 1):
        if lines[i : i + len(wanted)] == wanted:
            return i
    raise AssertionError(f"the base has no {wanted} from line {start + 1} on")
