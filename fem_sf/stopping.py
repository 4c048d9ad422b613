# SPDX-License-Identifier: MIT
"""Ends the program on a signal: one line, nothing half made left, status 128 + number.

The process leaves at once instead of raising an exception: one that is raised between any two
instructions may be swallowed by a destructor, or turned into pages of text by a library.
"""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

from fem_sf.parallel import launched_rank

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Those that end the program: Ctrl-C, what batch systems send, and a terminal that goes away."""

_SECONDS_FOR_THE_FIRST_RANK = 2.0
_SHOW_CURSOR = "\r\x1b[2K\x1b[?25h"

# a signal comes with no more than its number, so what is half made has to be known here
_half_made: set[Path] = set()


@contextmanager
def half_made(path: Path) -> Iterator[Path]:
    """Have a file or folder removed if a signal ends the program before the block does."""
    _half_made.add(path)
    try:
        yield path
    finally:
        _half_made.discard(path)


def status_of(number: int) -> int:
    """Exit status of a program that a signal ended, as shells have it."""
    return 128 + number


def last_words(number: int) -> str:
    """What is said at such an end."""
    name = signal.Signals(number).name
    return f"fem-sf: stopped by {name}; what was kept is whole, the same command goes on from it"


def answer_signals() -> None:
    """From now on end this process properly when a signal says so; one that is ignored stays so."""
    # else PETSc would answer signals with a page of text, and UCX wait for a debugger at SIGHUP
    options = os.environ.get("PETSC_OPTIONS", "")
    os.environ["PETSC_OPTIONS"] = f"-no_signal_handler {options}".strip()
    os.environ.setdefault("UCX_DEBUG_SIGNO", "SIGSYS")
    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _stop)


def answer_signals_still() -> None:
    """Take back what a library may have taken when it was loaded, where `answer_signals` was."""
    for number in SIGNALS:
        if signal.getsignal(number) is _stop:
            signal.signal(number, _stop)


def ignore_signals() -> None:
    """Let the process end as it will, now that all is done: Python drops its handlers before."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def _stop(number: int, frame: FrameType | None) -> None:
    ignore_signals()
    for process in _descendants(os.getpid()):
        with suppress(OSError):
            os.kill(process, signal.SIGTERM)
    for path in (*_half_made, *_shared_memory()):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with suppress(OSError):
                path.unlink()
    if launched_rank() > 0:
        # of ranks that are stopped together the first one speaks, and its launcher ends the others
        time.sleep(_SECONDS_FOR_THE_FIRST_RANK)
    with suppress(OSError):
        clear = _SHOW_CURSOR if os.isatty(2) else ""
        os.write(2, f"{clear}{last_words(number)}\n".encode())
    os._exit(status_of(number))


def _shared_memory() -> list[Path]:
    """Files through which MPI exchanges messages, which it removes only at a regular end."""
    with suppress(OSError):
        words = Path("/proc/self/maps").read_text().split()
        return [Path(each) for each in set(words) if each.startswith("/dev/shm/")]
    return []


def _descendants(parent: int) -> list[int]:
    """Processes that this one started, and those that they did: compilers; Linux tells them."""
    children: dict[int, list[int]] = {}
    for file in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError, IndexError):
            # the name in parentheses may hold anything
            _, above = file.read_text().rpartition(")")[2].split()[:2]
            children.setdefault(int(above), []).append(int(file.parent.name))
    found, todo = [], [parent]
    while todo:
        below = children.get(todo.pop(), [])
        found += below
        todo += below
    return found
