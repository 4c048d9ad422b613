# SPDX-License-Identifier: MIT
"""Keeps compiled forms in a cache, each in a folder of its own that is complete or not there.

dolfinx keeps all of them in one folder, lists it for every form, and takes the source file that a
killed process left behind for one that is still being compiled, for which it waits in vain.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fem_sf.errors import CannotWrite, reason_of
from fem_sf.parallel import on_first_rank
from fem_sf.stopping import half_made

if TYPE_CHECKING:
    import ufl
    from mpi4py import MPI

HALF_MADE = "half-made-"
"""How the names of folders begin that belong to a process which still compiles, or was killed."""


_DAY = 86400.0


def kernel_name(form: ufl.Form, circumstances: Mapping[str, Any]) -> str:
    """A name for a form's compiled code, the same for equal forms in equal circumstances."""
    text = repr((form.signature(), sorted(circumstances.items())))
    return hashlib.sha256(text.encode()).hexdigest()[:40]


@contextmanager
def kernel_folder(comm: MPI.Comm, cache: Path, name: str) -> Iterator[Path]:
    """The folder of a compiled form, or one to compile it in, which takes its place at the end.

    Parameters
    ----------
    comm
        Ranks that compile the form together; all of them enter and leave.
    cache
        Where the folders are; made if it is not there.
    name
        What `kernel_name` says.

    Raises
    ------
    CannotWrite
        If nothing can be kept there.
    """
    first = comm.rank == 0
    kept = cache / name
    found, folder = on_first_rank(comm, lambda: _find(cache, kept))
    if found:
        yield folder
        return
    with half_made(folder) if first else nullcontext():
        try:
            yield folder
            comm.Barrier()
            if first:
                with suppress(OSError):  # another process may have been faster
                    folder.rename(kept)
        finally:
            if first:
                shutil.rmtree(folder, ignore_errors=True)


def _find(cache: Path, kept: Path) -> tuple[bool, Path]:
    try:
        if kept.is_dir():
            return True, kept
        cache.mkdir(parents=True, exist_ok=True)
        for folder in cache.glob(f"{HALF_MADE}*"):
            if _is_left_behind(folder):
                shutil.rmtree(folder, ignore_errors=True)
        prefix = f"{HALF_MADE}{platform.node()}+{os.getpid()}+"
        return False, Path(tempfile.mkdtemp(prefix=prefix, dir=cache))
    except OSError as error:
        raise no_place(cache, error) from error


def no_place(cache: Path, error: Exception) -> CannotWrite:
    """What to say where compiled forms cannot be kept."""
    return CannotWrite(
        f"compiled forms cannot be kept in {cache}: {reason_of(error)}; "
        "XDG_CACHE_HOME names another folder"
    )


def _is_left_behind(folder: Path) -> bool:
    """Whether nobody compiles there any more: a process of this machine is gone, or a day is."""
    machine, _, process = folder.name.removeprefix(HALF_MADE).partition("+")
    try:
        if machine == platform.node():
            os.kill(int(process.partition("+")[0]), 0)
            return False
        return time.time() - folder.stat().st_mtime > _DAY
    except ProcessLookupError:
        return True
    except (OSError, ValueError):
        return False
