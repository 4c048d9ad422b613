# SPDX-License-Identifier: MIT
"""Declares all errors of fem_sf; each knows the exit status of the command that it ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from fem_sf.words import printable, shorten

_LONGEST_PROBLEM = 1000
"""Characters of a message about one problem."""

_LONGEST_MESSAGE = 3800
"""Bytes of a message about all of them, but for the last line that counts the rest."""

HOW_TO_GET = (
    "apt install python3-dolfinx-complex (Debian 13, Ubuntu 26.04), "
    "conda install -c conda-forge fenics-dolfinx 'petsc=*=complex*', "
    "pip install 'fem_sf[solver]' (Linux x86-64, Python 3.12 or later), "
    "or docker/run, which sets everything up with Docker, Podman or, on Debian as root, neither"
)
"""What gives a complex dolfinx, best known ways first."""


class FemSFError(Exception):
    """Base of all errors of fem_sf.

    Attributes
    ----------
    exit_status
        What the command line returns: 2 for a wrong case, 3 for a solve that did not
        converge, 1 for anything else.
    """

    exit_status = 1


class MissingDependency(FemSFError, ImportError):
    """A part of the FEniCSx environment is missing; the message says how to get it."""


class CannotWrite(FemSFError):
    """A file that cannot be written; the message says which, and why."""


def reason_of(error: BaseException) -> str:
    """Why a file cannot be read or written, in words and without numbers."""
    lines = str(error).splitlines() or [type(error).__name__]
    return getattr(error, "strerror", None) or lines[0]


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong in an input.

    Parameters
    ----------
    key
        Dotted path of the offending key, e.g. ``layers.F.thickness``; empty for the whole input.
    message
        What is wrong, what was expected and, where known, what to try.
    """

    key: str
    message: str

    def __str__(self) -> str:
        """Key and message."""
        return f"{self.key}: {self.message}" if self.key else self.message


@dataclass(frozen=True)
class MissingInterface(Problem):
    """That two touching layers have no law.

    Parameters
    ----------
    in_case
        What is said instead where the input is a case file, with the lines to add.
    """

    in_case: str = ""


@dataclass(frozen=True)
class LocatedProblem(Problem):
    """One thing that is wrong in a file, and where.

    Parameters
    ----------
    file
        The file as the user named it.
    line, column
        Counted from 1; ``None`` where the problem is the file as a whole.
    """

    file: str = ""
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        """Place, key and message, as a compiler writes it."""
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part)
        return f"{place}: {super().__str__()}"


class InputError(FemSFError, ValueError):
    """One or more things are wrong in what the user gave; all of them are told at once.

    Parameters
    ----------
    problems
        What is wrong.
    owner
        Of what class their keys are parameters, where it is one; messages begin with it.
    """

    exit_status = 2

    def __init__(self, problems: Sequence[Problem], owner: str = ""):
        self.problems = tuple(problems)
        self.owner = owner
        super().__init__("\n".join(_lines(self.problems, f"{owner}." if owner else "")))

    def __reduce__(self) -> tuple[type[InputError], tuple[tuple[Problem, ...], str]]:
        """Pickle by the problems, so that one rank can tell the others."""
        return type(self), (self.problems, self.owner)


def _lines(problems: Sequence[Problem], beginning: str) -> Iterator[str]:
    """As many problems as one reads, each without control characters, and how many more there are.

    Numbers and names in them come from files, so that neither their length nor what they would do
    to a terminal is known.
    """
    length = 0
    for told, problem in enumerate(problems):
        line = shorten(printable(f"{beginning}{problem}", but="\n"), _LONGEST_PROBLEM)
        length += len(line.encode("utf-8", "replace")) + 1
        if told and length > _LONGEST_MESSAGE:
            yield f"… and {len(problems) - told} more"
            return
        yield line


class StackError(InputError):
    """A stack of layers that makes no sense: wrong number, missing interface, unknown layer."""


class CaseError(InputError):
    """A case file that cannot be used; its problems are :class:`LocatedProblem`, by line."""


class MeshError(InputError):
    """A mesh that does not fit its stack: missing layer, undeclared pair, hanging nodes."""


class NotConverged(FemSFError):
    """A solve that gave up.

    Parameters
    ----------
    message
        What did not converge, what was tried and what to try next.
    history
        Residual norms of the iterations, in order.

    Attributes
    ----------
    partial
        A result as far as it was found, marked as not converged; ``None`` where there is none.
    """

    exit_status = 3

    def __init__(self, message: str, history: Sequence[float] = ()):
        self.history = tuple(history)
        self.partial: Any = None
        super().__init__(message)
