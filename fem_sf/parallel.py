# SPDX-License-Identifier: MIT
"""Makes several ranks act as one program: one message, one exit status, no rank left waiting."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar, cast

if TYPE_CHECKING:
    from mpi4py import MPI

Value = TypeVar("Value")

_RANK_VARIABLES = ("OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK", "MV2_COMM_WORLD_RANK")
_SECONDS_TO_MEET = 10.0


def launched_rank() -> int:
    """Rank of this process as its launcher says it, without loading MPI; 0 without a launcher."""
    return next((int(os.environ[name]) for name in _RANK_VARIABLES if name in os.environ), 0)


def is_launched() -> bool:
    """Whether an MPI launcher started this process."""
    return any(name in os.environ for name in _RANK_VARIABLES)


def world() -> MPI.Comm | None:
    """All ranks, or ``None`` where this process is alone or knows of no others without mpi4py."""
    if not is_launched() and "mpi4py.MPI" not in sys.modules:
        return None
    try:
        from mpi4py import MPI
    except ImportError:
        return None
    return MPI.COMM_WORLD if MPI.COMM_WORLD.size > 1 else None


def on_first_rank(comm: MPI.Comm | None, work: Callable[[], Value]) -> Value:
    """Do something on rank 0 and give its value to all.

    Parameters
    ----------
    comm
        The ranks; ``None`` for this process alone.
    work
        What to do. If it raises, the same error is raised on every rank.
    """
    value = only_first_rank(comm, work)
    value = value if comm is None else comm.bcast(value)
    return cast(Value, value)


def only_first_rank(comm: MPI.Comm | None, work: Callable[[], Value]) -> Value | None:
    """Do something on rank 0, which alone gets its value; the others get ``None``.

    Parameters
    ----------
    comm, work
        As in `on_first_rank`.
    """
    if comm is None:
        return work()
    value: Value | None = None
    failure: Exception | None = None
    if comm.rank == 0:
        try:
            value = work()
        except Exception as error:
            failure = error
    failure = comm.bcast(failure)
    if failure is not None:
        raise failure
    return value


def end_together(status: int, message: Callable[[], str] | None = None) -> int:
    """End a command on all ranks with one message and one exit status.

    Parameters
    ----------
    status
        How it ended on this rank, 0 for well.
    message
        Makes what is said about it on stderr, by the first of the ranks with the highest status.

    Returns
    -------
    int
        The highest status of all ranks. If the others do not come here too because they still wait
        for this rank in the middle of their work, the whole program is aborted instead.
    """
    comm = world()
    if comm is None:
        _say(message)
        return status
    # the highest status wins, and among equals the lowest rank
    mine = status * comm.size + (comm.size - 1 - comm.rank)
    highest = _maximum(comm, mine, patience=_SECONDS_TO_MEET if status else None)
    if highest is None:
        _say(message)
        comm.Abort(status)
    if mine == highest:
        _say(message)
    # nobody leaves before the message is out: a launcher may end the others when one has left
    comm.Barrier()
    return highest // comm.size


def _say(message: Callable[[], str] | None) -> None:
    if message is not None:
        print(message(), file=sys.stderr, flush=True)


def _maximum(comm: MPI.Comm, value: int, patience: float | None) -> int | None:
    """Find the maximum over all ranks; ``None`` if not all are there within some seconds."""
    from array import array

    from mpi4py import MPI

    sent, received = array("q", [value]), array("q", [0])
    request = comm.Iallreduce(sent, received, op=MPI.MAX)
    end = None if patience is None else time.monotonic() + patience
    while not request.Test():
        if end is not None and time.monotonic() > end:
            return None
        time.sleep(0.005)
    return received[0]
