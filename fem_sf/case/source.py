# SPDX-License-Identifier: MIT
"""A case file as text: read, decoded, parsed, and every key with its line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from fem_sf.case.positions import KeyPath, find_lines
from fem_sf.errors import CaseError, LocatedProblem
from fem_sf.words import nearest

_TOML_PLACE = re.compile(
    r"(?P<what>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end.*)\)"
)
_PLAIN_WORDS = {
    "Invalid value": "this is not a value; text must be in quotes, numbers use a decimal point",
    "Cannot overwrite a value": "this key has a value already",
    "Expected '=' after a key in a key/value pair": "expected key = value",
    "Invalid statement": "expected key = value, [table] or [[table]]",
    "Unclosed array": "an array is opened by '[' but never closed by ']'",
    "Expected newline or end of document after a statement": "expected the line to end here",
}


@dataclass(frozen=True)
class Source:
    """A case file that is valid TOML.

    Parameters
    ----------
    path
        The file as the user named it.
    text
        What it holds.
    data
        The same, parsed.
    lines
        Line of every key as it is written, counted from 1.
    spelled
        How keys are written that have another name in ``data``.
    """

    path: Path
    text: str
    data: dict[str, Any]
    lines: dict[KeyPath, int]
    spelled: dict[KeyPath, str] = field(default_factory=dict)

    def written(self, where: KeyPath) -> KeyPath:
        """Path of a key as the file writes it."""
        return tuple(self.spelled.get(where[: i + 1], part) for i, part in enumerate(where))

    def line(self, where: KeyPath) -> int:
        """Line of a key, or of the nearest table around it that is written out."""
        path = self.written(where)
        for length in range(len(path), 0, -1):
            if path[:length] in self.lines:
                return self.lines[path[:length]]
        return 1

    def value(self, where: KeyPath) -> Any:
        """Look up what the file says there; ``None`` where it says nothing."""
        value: Any = self.data
        for part in where:
            try:
                value = value[part]
            except (KeyError, IndexError, TypeError):
                return None
        return value


OtherNames = Mapping[tuple[str, ...], Mapping[str, tuple[str, ...]]]
"""By the keys that lead to a table: its other names of keys, each with the keys that it gives."""


def with_usual_names(source: Source, other_names: OtherNames) -> Source:
    """Give every key its usual name; one whose value is given twice is left as it is."""
    spelled: dict[KeyPath, str] = {}

    def rename(value: Any, where: KeyPath, table: tuple[str, ...]) -> Any:
        if isinstance(value, list):
            return [rename(each, (*where, i), table) for i, each in enumerate(value)]
        if not isinstance(value, dict):
            return value
        renamed: dict[str, Any] = {}
        for written, inner in value.items():
            names = other_names.get(table, {}).get(written, (written,))
            if any(name in value or name in renamed for name in names):
                names = (written,)
            for name in names:
                if name != written:
                    spelled[*where, name] = written
                renamed[name] = rename(inner, (*where, name), (*table, name))
        return renamed

    return replace(source, data=rename(source.data, (), ()), spelled=spelled)


def read_source(path: Path) -> Source:
    """Read and parse a case file.

    Raises
    ------
    CaseError
        If it is missing, unreadable, not UTF-8, empty or not TOML.
    """
    return parse_source(path, _read_text(path))


def parse_source(path: Path, text: str) -> Source:
    """Parse the text of a case file."""
    try:
        data = tomllib.loads(text)
    except ValueError as error:
        raise CaseError([_syntax_problem(path, text, str(error))]) from None
    if not data:
        raise _refused(path, 'has no keys in it; a case begins with kind = "usadel"')
    return Source(path, text, data, find_lines(text))


def _refused(path: Path, message: str) -> CaseError:
    return CaseError([LocatedProblem("", message, file=str(path))])


def _read_text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        name = nearest(path.stem, [each.stem for each in _cases_in(path.parent)])
        hint = f"; did you mean {path.with_name(name + '.toml')}?" if name else ""
        raise _refused(path, f"no such file{hint}") from None
    except IsADirectoryError:
        inside = ", ".join(each.name for each in _cases_in(path))
        hint = f"; it holds {inside}" if inside else ""
        raise _refused(path, f"is a folder; expected a case file{hint}") from None
    except OSError as error:
        raise _refused(path, f"cannot be read: {error.strerror}") from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = f"is not UTF-8 text: line {line} holds the byte 0x{content[error.start]:02x}"
        raise _refused(path, message) from None


def _cases_in(folder: Path) -> list[Path]:
    try:
        return sorted(folder.glob("*.toml"))
    except OSError:
        return []


def _syntax_problem(path: Path, text: str, message: str) -> LocatedProblem:
    match = _TOML_PLACE.fullmatch(message)
    what = match["what"] if match else message
    if match and match["line"]:
        line, column = int(match["line"]), int(match["column"])
    else:
        lines = text.rstrip().split("\n")
        line, column = len(lines), len(lines[-1]) + 1
    sentence = _PLAIN_WORDS.get(what, what[:1].lower() + what[1:])
    return LocatedProblem("", f"not valid TOML: {sentence}", str(path), line, column)
