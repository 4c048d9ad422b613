# SPDX-License-Identifier: MIT
"""Tests that start several ranks run while no other test does.

Ranks wait for one another by spinning. Where one of them shares its core with another program, each
of their thousands of meetings takes the time slice of that program: seconds become a quarter of an
hour.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID")
"""Names the tests that run at the same time in several processes."""


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("ranks") is None:
        return
    if shutil.which("mpirun") is None:
        pytest.skip("there is no mpirun")
    if any(name.endswith("COMM_WORLD_SIZE") for name in os.environ):
        pytest.skip("these tests start ranks of their own")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    if RUN is None:
        return (yield)
    with _turn(RUN, alone=item.get_closest_marker("ranks") is not None):
        return (yield)


@contextmanager
def _turn(run: str, *, alone: bool) -> Iterator[None]:
    """Enter a room; who waits to be alone in it keeps the door shut for all that follow."""
    path = Path(tempfile.gettempdir()) / f"fem_sf_tests_{run}"
    with path.with_suffix(".door").open("w") as door, path.with_suffix(".room").open("w") as room:
        fcntl.flock(door, fcntl.LOCK_EX)
        fcntl.flock(room, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        fcntl.flock(door, fcntl.LOCK_UN)
        yield
