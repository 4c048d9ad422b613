# SPDX-License-Identifier: MIT
"""Makes output safe where it is closed, full, or without Greek letters.

Whatever becomes of standard output and error, a solve goes on and its results are kept.
"""

from __future__ import annotations

import codecs
import json
import os
import re
import sys
import unicodedata
from typing import Any, TextIO, cast

_SPELLINGS = {
    "±": "+-",
    "×": "x",
    "·": "*",
    "−": "-",
    "–": "-",
    "…": "...",
    "√": "sqrt",
    "≤": "<=",
    "≥": ">=",
    "∫": "int ",
    "∇": "grad ",
    "∂": "d",
    "→": "->",
    "∞": "inf",
}
_CODEC = "fem_sf.spell"


class Forgiving:
    """A text stream that swallows what it cannot take any more, and remembers why.

    Parameters
    ----------
    stream
        What it is really written to; all else is asked there.

    Attributes
    ----------
    trouble
        Why something was not written; ``None`` where all was.
    """

    def __init__(self, stream: TextIO):
        self._stream = stream
        self.trouble: OSError | None = None

    def write(self, text: str) -> int:
        """Write, or do not."""
        try:
            return self._stream.write(text)
        except OSError as error:
            self._give_up(error)
            return len(text)

    def flush(self) -> None:
        """Write what waits, or do not."""
        try:
            self._stream.flush()
        except OSError as error:
            self._give_up(error)

    def _give_up(self, error: OSError) -> None:
        self.trouble = self.trouble or error
        # what still waits goes nowhere, instead of failing again and at the end of the process
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._stream.fileno())
        os.close(nowhere)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def forgive() -> None:
    """Let the streams of this process take everything that is written to them."""
    # a closed one would be the next file that is opened, and strangers write to these by number
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(number)
    codecs.register_error(_CODEC, _spelled)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name) or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors=_CODEC)
        setattr(sys, name, cast(TextIO, Forgiving(stream)))


def trouble() -> str:
    """Flush standard output, and say what was not written to it; empty if all was."""
    sys.stdout.flush()
    error = getattr(sys.stdout, "trouble", None)
    return "" if error is None else f"fem-sf: not all could be printed: {error.strerror}"


def fitting_json(text: str) -> str:
    """JSON as standard output can take it, with escapes where it cannot."""
    try:
        text.encode(sys.stdout.encoding or "utf-8")
        return text
    except UnicodeEncodeError:
        return re.sub(r"[^\x00-\x7f]", lambda match: json.dumps(match[0])[1:-1], text)


def _spelled(error: UnicodeError) -> tuple[str, int]:
    """What a terminal gets that has no such character: the name of a letter, or something alike."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end]
    return "".join(map(_spell, text)), error.end


def _spell(character: str) -> str:
    if character in _SPELLINGS:
        return _SPELLINGS[character]
    words = unicodedata.name(character, "").split()
    if words[:1] == ["GREEK"]:
        name = words[3] if len(words) > 3 else words[-1]
        return name if "CAPITAL" in words else name.lower()
    if words[:1] in (["SUPERSCRIPT"], ["SUBSCRIPT"]):
        return unicodedata.normalize("NFKC", character).replace("−", "-")
    return character.encode("ascii", "backslashreplace").decode()
