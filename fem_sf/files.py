# SPDX-License-Identifier: MIT
"""Writes files that are either complete or not there."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from fem_sf.errors import CannotWrite, reason_of
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

    Raises
    ------
    CannotWrite
        If the block or the file system cannot write.
    """
    draft = _draft_of(path)
    with half_made(draft):
        try:
            yield draft
            os.replace(draft, path)
        except OSError as error:
            raise CannotWrite(f"{path} cannot be written: {reason_of(error)}") from error
        finally:
            draft.unlink(missing_ok=True)


@contextmanager
def replacing_many(folder: Path, last: str, stale: Iterable[str]) -> Iterator[Path]:
    """Give a folder to write to, and move all files from there to ``folder`` at the end.

    Parameters
    ----------
    folder
        Where they go.
    last
        The file that marks them as complete: it is away while the others are moved.
    stale
        Patterns of files that are removed where there is no new one.

    Raises
    ------
    CannotWrite
        If the disk is full or nothing can be written; what was there before stays as it was. After
        any other failure of the block, of a picture say, what it has written is moved.
    """
    draft = _draft_of(folder / "files")
    with half_made(draft):
        try:
            draft.mkdir()
            yield draft
            _move(draft, folder, last, stale)
        except (OSError, CannotWrite) as error:
            reason = reason_of(error.__cause__ or error)
            raise CannotWrite(f"results cannot be written to {folder}: {reason}") from error
        except Exception:
            _move(draft, folder, last, stale)
            raise
        finally:
            shutil.rmtree(draft, ignore_errors=True)


def _move(draft: Path, folder: Path, last: str, stale: Iterable[str]) -> None:
    (folder / last).unlink(missing_ok=True)
    new = sorted(os.listdir(draft), key=lambda name: name == last)
    for old in {path for pattern in stale for path in folder.glob(pattern)}:
        if old.name not in new:
            old.unlink()
    for name in new:
        os.replace(draft / name, folder / name)


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
