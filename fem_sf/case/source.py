# SPDX-License-Identifier: MIT
"""Reads a case file as text, parses it, and keeps the line of every key."""

from __future__ import annotations

import codecs
import re
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from fem_sf.case.positions import KeyPath, find_lines
from fem_sf.errors import CaseError, LocatedProblem
from fem_sf.words import nearest

_LARGEST_FILE = 1_000_000
"""Bytes of a case, which also bound what reading it costs."""

_MOST_PARTS = 8
"""Of a dotted key; what reading one costs grows with their square."""

_LONG_KEY = re.compile(
    r"""(?:^|[\[{,])[ \t]*+(?:(?:[A-Za-z0-9_-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+)"""
    rf"{{{_MOST_PARTS}}}",
    re.MULTILINE,
)

_DEEPEST = 12
"""How many tables and arrays are in each other."""

_TOO_DEEP = f"has more than {_DEEPEST} tables or arrays in each other; no case has"
_LARGEST_INTEGER = 10**1000
"""Far beyond what a double can be, and still quick to write."""

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

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
    spelled
        How keys are written that have another name in ``data``.
    """

    path: Path
    text: str
    data: dict[str, Any]
    spelled: dict[KeyPath, str] = field(default_factory=dict)

    def written(self, where: KeyPath) -> KeyPath:
        """Path of a key as the file writes it."""
        return tuple(self.spelled.get(where[: i + 1], part) for i, part in enumerate(where))

    def line(self, where: KeyPath) -> int:
        """Line of a key, or of the nearest table around it that is written out."""
        path, lines = self.written(where), find_lines(self.text)
        found = (path[:length] for length in range(len(path), 0, -1) if path[:length] in lines)
        return next((lines[each] for each in found), 1)

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
    long = _LONG_KEY.search(text)
    if long is not None:
        line = text.count("\n", 0, long.end()) + 1
        message = f"a key has more than {_MOST_PARTS} parts; no key of a case has"
        raise CaseError([LocatedProblem("", message, str(path), line)])
    try:
        data = parse(text)
    except RecursionError:
        raise _refused(path, _TOO_DEEP) from None
    except ValueError as error:
        raise CaseError([_syntax_problem(path, text, str(error))]) from None
    if not data:
        raise _refused(path, 'has no keys in it; a case begins with kind = "usadel"')
    problem = _data_problem(data)
    if problem:
        raise _refused(path, problem)
    return Source(path, text, data)


@lru_cache(maxsize=1)
def parse(text: str) -> dict[str, Any]:
    """What a TOML document says; not to be changed."""
    return tomllib.loads(text)


def _data_problem(data: dict[str, Any]) -> str:
    """What no case has, whatever its keys: deep nesting, and numbers of many digits."""
    level: list[Any] = [data]
    for _ in range(_DEEPEST + 1):
        inner: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                inner.extend(value.values())
            elif isinstance(value, list):
                inner.extend(value)
            elif isinstance(value, int) and not -_LARGEST_INTEGER <= value < _LARGEST_INTEGER:
                return "holds a whole number of more than 1000 digits"
        level = inner
    return _TOO_DEEP if level else ""


def _refused(path: Path, message: str) -> CaseError:
    return CaseError([LocatedProblem("", message, file=str(path))])


def _read_text(path: Path) -> str:
    try:
        content = _read_bytes(path)
    except FileNotFoundError:
        name = nearest(path.stem, [each.stem for each in _cases_in(path.parent)])
        hint = f"; did you mean {path.with_name(name + '.toml')}?" if name else ""
        raise _refused(path, f"no such file{hint}") from None
    except IsADirectoryError:
        inside = ", ".join(each.name for each in _cases_in(path))
        hint = f"; it holds {inside}" if inside else ""
        raise _refused(path, f"is a folder; expected a case file{hint}") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _refused(path, f"cannot be read: {reason}") from None
    if content is None:
        raise _refused(path, "is a device or a pipe; expected a case file")
    if len(content) > _LARGEST_FILE:
        raise _refused(path, f"is larger than {_LARGEST_FILE // 1000} kB; no case is")
    if content.startswith(_UTF_16):
        raise _refused(path, "is UTF-16 text; save it as UTF-8")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = f"is not UTF-8 text: line {line} holds the byte 0x{content[error.start]:02x}"
        raise _refused(path, message) from None


def _read_bytes(path: Path) -> bytes | None:
    """The beginning of a file, as long as a case may be and a byte more; ``None`` if it is none."""
    kind = path.stat().st_mode
    # opening a pipe waits for whoever writes to it, and a device has no end
    if not (stat.S_ISREG(kind) or stat.S_ISDIR(kind)):
        return None
    with path.open("rb") as file:
        return file.read(_LARGEST_FILE + 1)


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
