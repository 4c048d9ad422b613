# SPDX-License-Identifier: MIT
"""Collects all problems of a case, so that one error lists them."""

from __future__ import annotations

from collections.abc import Sequence

from fem_sf.case.positions import KeyPath, spell_key
from fem_sf.case.source import Source
from fem_sf.errors import CaseError, LocatedProblem
from fem_sf.words import shorten, spell

MOST_PROBLEMS = 200
"""After so many the rest of a file is not looked at, so that a long one is refused quickly."""


_LONGEST_NAME = 60


class Report:
    """The problems of one case file.

    Parameters
    ----------
    source
        The file, for lines and for the names of layers.
    """

    def __init__(self, source: Source):
        self.source = source
        self.problems: list[LocatedProblem] = []
        self._known: set[LocatedProblem] = set()

    def add(self, where: KeyPath, message: str, *, at: KeyPath | None = None) -> None:
        """Add a problem with the key ``where``, shown at its line or at that of the key ``at``.

        Raises
        ------
        CaseError
            If there are so many that nobody reads more.
        """
        line = self.source.line(where if at is None else at)
        written = spell_key(self.source.written(where))
        key = " ".join(part for part in (written, self._label(where)) if part)
        problem = LocatedProblem(key, message, str(self.source.path), line)
        if problem not in self._known:
            self._known.add(problem)
            self.problems.append(problem)
        if len(self.problems) >= MOST_PROBLEMS:
            raise self.error()

    def close(self) -> None:
        """Raise what was found.

        Raises
        ------
        CaseError
            If anything was.
        """
        if self.problems:
            raise self.error()

    def error(self) -> CaseError:
        """Everything that was found, in the order of the lines."""
        self.problems.sort(key=lambda problem: problem.line or 0)
        return CaseError(self.problems)

    def _label(self, where: KeyPath) -> str:
        """Whose entry of an array of tables a key belongs to, by name."""
        value = self.source.value
        match where:
            case ("layers", int(index), *_):
                name = value(("layers", index, "name"))
                return f"(layer {spell(name)})" if isinstance(name, str) and name else ""
            case ("interfaces", int(index), *_):
                return _pair_label(value(("interfaces", index, "between")))
        return ""


def _pair_label(between: Sequence[object] | None) -> str:
    match between:
        case [str(left), str(right)]:
            return f"({shorten(left, _LONGEST_NAME)}|{shorten(right, _LONGEST_NAME)})"
    return ""
