# SPDX-License-Identifier: MIT
"""Spells values and suggestions in messages."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import Any

_LONGEST_VALUE = 60
_LONGEST_WORD = 100
_SHORTEST_BEGINNING = 3
_NOT_IN_NAMES = re.compile(
    r"""[|/\\:*?"<>\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]"""
)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Find the known word that begins with the given one or is most like it, if any is."""
    if len(word) > _LONGEST_WORD:
        return None
    by_lower = {each.lower(): each for each in known}
    matches = [each for each in by_lower if each == word.lower()]
    if not matches and len(word) >= _SHORTEST_BEGINNING:
        matches = [each for each in by_lower if each.startswith(word.lower())]
    matches = matches or difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[matches[0]] if matches else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """``; did you mean "…"?`` with the nearest known word, or nothing."""
    match = nearest(word, known)
    return f'; did you mean "{match}"?' if match else ""


def any_of(words: Iterable[str]) -> str:
    """Enumerate as ``"a", "b" or "c"``."""
    *most, last = (f'"{word}"' for word in words)
    return f"{', '.join(most)} or {last}" if most else last


def printable(text: str, but: str = "") -> str:
    """The same text with every character that a terminal would act on written as its escape.

    Parameters
    ----------
    text
        Any text.
    but
        Characters that are left as they are.
    """
    if text.isprintable():
        return text
    return "".join(
        each if each.isprintable() or each in but else ascii(each)[1:-1] for each in text
    )


def shorten(text: str, longest: int) -> str:
    """A text of at most so many characters, with an ellipsis where it is cut."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def all_of(words: Iterable[str]) -> str:
    """Enumerate as ``"a", "b" and "c"``."""
    *most, last = (f'"{word}"' for word in words)
    return f"{', '.join(most)} and {last}" if most else last


def spell(value: Any) -> str:
    """Write a value as a case would, cut where it is long, without control characters."""
    match value:
        case bool():
            text = str(value).lower()
        case str():
            text = f'"{printable(value[:_LONGEST_VALUE])}"'
        case list():
            text = f"[{', '.join(spell(each) for each in value[:_LONGEST_VALUE])}]"
        case dict():
            text = "a table"
        case _:
            text = str(value)
    return shorten(text, _LONGEST_VALUE)


def missing_law(left: str, right: str) -> str:
    """That two touching layers have no law."""
    return (
        f"layers {spell(left)} and {spell(right)} touch, but no law says what happens between "
        "them, and there is no default"
    )


def missing_interface(left: str, right: str, example_law: str) -> str:
    """That two touching layers of a case have no law, and the lines to add."""
    return (
        f"{missing_law(left, right)}; add, for example,\n"
        "    [[interfaces]]\n"
        f"    between = [{spell(left)}, {spell(right)}]\n"
        f"    law = {example_law}"
    )


def name_problem(name: str) -> str:
    """Why a layer cannot have a name; nothing where it can."""
    if not name.strip():
        return "expected a name, got an empty one"
    if name != name.strip() or name.startswith((".", "-")):
        return f"a name cannot begin with '.' or '-' or have a space at an end, got {spell(name)}"
    if len(name) > _LONGEST_WORD:
        return f"a name also names files; expected at most {_LONGEST_WORD} characters"
    wrong = _NOT_IN_NAMES.search(name)
    if wrong:
        return f"a name also names files, so it cannot have {wrong.group()!r} in it"
    return ""
