# SPDX-License-Identifier: MIT
"""Files that are either complete or not there at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

DRAFTS = ".unfinished-*"
"""Files that a killed process may leave behind."""


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a path to write to, and put what was written in the place of ``path`` at the end.

    Parameters
    ----------
    path
        The file to make or to replace; its folder exists.

    Yields
    ------
    pathlib.Path
        A path in the same folder with the same ending. If the block raises, it is removed and
        whatever ``path`` was before stays.
    """
    draft = path.with_name(DRAFTS.replace("*", f"{os.getpid()}-{path.name}"))
    try:
        yield draft
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)
