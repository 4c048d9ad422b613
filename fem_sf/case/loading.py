# SPDX-License-Identifier: MIT
"""Loads a case file, or raises one error that lists all that is wrong with it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fem_sf.case.places import add_problems
from fem_sf.case.reading import new_report, read_case
from fem_sf.case.source import parse, parse_source, read_source
from fem_sf.errors import CaseError, InputError

if TYPE_CHECKING:
    from fem_sf.settings import UsadelCase
    from fem_sf.spin.settings import SpinCase


def load_case(path: Path) -> UsadelCase | SpinCase:
    """Read a case file.

    Parameters
    ----------
    path
        A TOML file in the format of the command line.

    Returns
    -------
    UsadelCase or SpinCase
        As its ``kind`` says, in reduced units, whatever units the file uses.

    Raises
    ------
    CaseError
        With everything that is wrong with the file, by line, its ``[sweep]`` included.
    """
    report = new_report(read_source(Path(path)))
    try:
        return read_case(report)
    except CaseError:
        if "sweep" not in report.source.data:
            raise
    from fem_sf.case.sweeps import load_sweep

    load_sweep(path)
    raise report.error()


def has_sweep(text: str) -> bool:
    """Whether the text of a right case has a ``[sweep]`` table."""
    return "sweep" in parse(text)


def locate_error(error: InputError, path: Path, text: str) -> CaseError:
    """Turn an error of a stack or a mesh into one of the case file that they come from.

    Parameters
    ----------
    error
        Its problems name layers and interfaces, as in ``interfaces.S|F``.
    path, text
        The case file and what it holds.
    """
    report = new_report(parse_source(path, text))
    add_problems(error, report)
    return report.error()
