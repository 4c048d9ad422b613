# SPDX-License-Identifier: MIT
"""Finds the line of every key in a TOML text, which the standard reader does not tell."""

from __future__ import annotations

import bisect
import re
import tomllib
from functools import lru_cache

from fem_sf.words import printable, shorten

KeyPath = tuple[str | int, ...]
"""Where a value is in a document: table keys, and indices from 0 in arrays."""

_MOST_ELEMENTS = 1000
"""Elements of an array whose lines are kept; the others are found at that of the array."""

_LONGEST = 100
"""Characters of one part of a path in a message."""

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SPACE = re.compile(r"[ \t]*")
_BLANK = re.compile(r"(?:[\s]|#[^\n]*)*")
_KEY = re.compile(r"""[A-Za-z0-9_-]+|"(?:\\.|[^"\\])*"|'[^']*'""")
_DOT = re.compile(r"[ \t]*\.[ \t]*")
_STRING = re.compile(
    r'''"""(?:\\.|[^\\])*?""""{0,2}|\'\'\'.*?\'\'\''{0,2}|"(?:\\.|[^"\\])*"|'[^']*\'''', re.DOTALL
)
_OTHER_VALUE = re.compile(r"[^,\]}#\n]*")
_OTHER_VALUES = re.compile(r"[^\[\]{}\"'#]*")


def spell_key(where: KeyPath) -> str:
    """Write a path as ``layers[1].thickness``."""
    text = ""
    for part in where:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            part = shorten(part if _BARE_KEY.fullmatch(part) else f'"{printable(part)}"', _LONGEST)
            text += f".{part}" if text else part
    return text


@lru_cache(maxsize=1)
def find_lines(text: str) -> dict[KeyPath, int]:
    """Line, counted from 1, of every table header, key and array element of a TOML document.

    Parameters
    ----------
    text
        A document that ``tomllib`` accepts; the rules are not checked again here.

    Returns
    -------
    dict
        From the path of a value to the line where its key (or, in an array, the value itself)
        begins. A table that several lines add to is found at the first of them. Of long arrays
        only the first elements are there.
    """
    return _Scanner(text).scan()


class _Scanner:
    """One pass over a document, left to right."""

    def __init__(self, text: str):
        self.text = text
        self.line_ends = [match.start() for match in re.finditer("\n", text)]
        self.at = 0
        self.lines: dict[KeyPath, int] = {}
        self.last_entry: dict[KeyPath, int] = {}

    def scan(self) -> dict[KeyPath, int]:
        """Read the whole document."""
        table: KeyPath = ()
        self._skip(_BLANK)
        while self.at < len(self.text):
            table = self._header() if self._next("[") else self._key_and_value(table)
            self._skip(_BLANK)
        return self.lines

    def _next(self, token: str) -> bool:
        return self.text.startswith(token, self.at)

    def _skip(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        if match is None:
            return ""
        self.at = match.end()
        return match.group()

    def _record(self, path: KeyPath, start: int) -> None:
        self.lines.setdefault(path, bisect.bisect_left(self.line_ends, start) + 1)

    def _key(self) -> list[str]:
        """Read a dotted key, with every part unquoted."""
        parts = []
        while True:
            token = self._skip(_KEY)
            quoted = token[:1] in ('"', "'")
            parts.append(tomllib.loads(f"key = {token}")["key"] if quoted else token)
            if not self._skip(_DOT):
                return parts

    def _header(self) -> KeyPath:
        """``[table]`` or ``[[array of tables]]``; the path that the lines below it add to."""
        brackets = 2 if self._next("[[") else 1
        self.at += brackets
        self._skip(_SPACE)
        start = self.at
        path: KeyPath = ()
        for part in self._key():
            path = (*self._inside(path), part)
            self._record(path, start)
        if brackets == 2:
            self.last_entry[path] = self.last_entry.get(path, -1) + 1
        path = self._inside(path)
        self._record(path, start)
        self._skip(_SPACE)
        self.at += brackets
        return path

    def _inside(self, path: KeyPath) -> KeyPath:
        """Go to the last table so far, where the path is an array of tables."""
        return (*path, self.last_entry[path]) if path in self.last_entry else path

    def _key_and_value(self, table: KeyPath) -> KeyPath:
        start = self.at
        path = table
        for part in self._key():
            path = (*path, part)
            self._record(path, start)
        self._skip(_SPACE)
        self.at += len("=")
        self._skip(_SPACE)
        self._value(path)
        return table

    def _value(self, path: KeyPath) -> None:
        if self._next("["):
            self._array(path)
        elif self._next("{"):
            self._inline_table(path)
        elif not self._skip(_STRING):
            self._skip(_OTHER_VALUE)

    def _array(self, path: KeyPath) -> None:
        self.at += len("[")
        self._skip(_BLANK)
        index = 0
        while not self._next("]"):
            if index < _MOST_ELEMENTS:
                self._record((*path, index), self.at)
            self._value((*path, index))
            index += 1
            self._separator()
            if index >= _MOST_ELEMENTS:
                self._skip(_OTHER_VALUES)
        self.at += len("]")

    def _inline_table(self, path: KeyPath) -> None:
        self.at += len("{")
        self._skip(_BLANK)
        while not self._next("}"):
            self._key_and_value(path)
            self._separator()
        self.at += len("}")

    def _separator(self) -> None:
        self._skip(_BLANK)
        if self._next(","):
            self.at += 1
            self._skip(_BLANK)
