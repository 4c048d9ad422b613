# SPDX-License-Identifier: MIT
"""Files that are either complete or not there at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from fem_sf.stopping import half_made

if TYPE_CHECKING:
    from mpi4py import MPI

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
    draft = _draft_of(path)
    with half_made(draft):
        try:
            yield draft
            os.replace(draft, path)
        finally:
            draft.unlink(missing_ok=True)


@contextmanager
def replacing_together(comm: MPI.Comm, path: Path) -> Iterator[Path]:
    """The same for a folder that all ranks write; collective.

    Parameters
    ----------
    comm
        The ranks.
    path
        The folder to make or to replace.
    """
    first = comm.rank == 0
    draft = comm.bcast(_draft_of(path) if first else None)
    with half_made(draft) if first else nullcontext():
        try:
            yield draft
            comm.Barrier()
            if first:
                shutil.rmtree(path, ignore_errors=True)
                os.replace(draft, path)
        finally:
            if first:
                shutil.rmtree(draft, ignore_errors=True)


def _draft_of(path: Path) -> Path:
    return path.with_name(DRAFTS.replace("*", f"{os.getpid()}-{path.name}"))


def remove_drafts(folder: Path) -> None:
    """Remove what killed processes left half written in a folder."""
    for draft in folder.glob(DRAFTS):
        if draft.is_dir():
            shutil.rmtree(draft, ignore_errors=True)
        else:
            draft.unlink(missing_ok=True)
