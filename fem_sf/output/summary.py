# SPDX-License-Identifier: MIT
"""Writes ``summary.json``: the numbers of a result that fit a screen."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fem_sf.files import replacing
from fem_sf.plain import plain

FILE = "summary.json"
"""Its name; it is written last, so that a folder which has it is complete."""

_FIRST = (
    "kind",
    "title",
    "converged",
    "state",
    "temperature",
    "critical_temperature",
    "critical_temperature_error",
    "transition",
    "critical_temperature_linear",
    "critical_temperature_linear_error",
    "mode",
    "drive",
)
_LAST = ("checks", "iterations", "seconds", "units", "versions")


def summary_text(summary: Mapping[str, Any]) -> str:
    """Write a summary as JSON.

    Parameters
    ----------
    summary
        Numbers (NumPy ones too), strings, lists and dictionaries.

    Returns
    -------
    str
        Indented; what a reader wants first comes first, bookkeeping last; floats with all their
        digits; ``null`` for what is not finite; lists of numbers on one line each.
    """
    names = [name for name in _FIRST if name in summary]
    names += [name for name in summary if name not in (*_FIRST, *_LAST)]
    names += [name for name in _LAST if name in summary]
    ordered = plain({name: summary[name] for name in names})
    text = json.dumps(ordered, indent=2, ensure_ascii=False, allow_nan=False)
    return re.sub(
        r'\[\n\s+([^][{}"]+?)\n\s*\]', lambda match: f"[{' '.join(match[1].split())}]", text
    )


def write_summary(summary: Mapping[str, Any], folder: Path) -> None:
    """Write ``summary.json``."""
    with replacing(folder / FILE) as draft:
        draft.write_text(summary_text(summary) + "\n", encoding="utf-8")
