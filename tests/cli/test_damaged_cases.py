# SPDX-License-Identifier: MIT
"""A damaged case is read or refused: no other error, no waiting, no long or acting message."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from damage import damaged_case
from fem_sf.case import has_sweep, load_case
from fem_sf.case.sweeps import check_sweep
from fem_sf.errors import InputError
from fem_sf.study.size import bytes_needed

SECONDS, LONGEST = 2.0, 4096


def misbehaviour(path: Path, content: bytes) -> str:
    """What a case does that no case may do; nothing if it behaves."""
    path.write_bytes(content)
    start, message = time.process_time(), ""
    try:
        case = load_case(path)
        bytes_needed(case)
        if has_sweep(case.text):
            check_sweep(path)
    except InputError as error:
        message = str(error)
    except BaseException as error:
        return f"{type(error).__name__}: {error}"
    seconds = time.process_time() - start
    if seconds > SECONDS:
        return f"takes {seconds:.1f} s"
    if len(message.encode()) > LONGEST:
        return f"a message of {len(message.encode())} bytes"
    if not all(each.isprintable() or each == "\n" for each in message):
        return f"a message with control characters: {message!r}"
    return ""


def all_misbehaviours(folder: Path, seeds: range) -> dict[int, str]:
    path = folder / "case.toml"
    found = {seed: misbehaviour(path, damaged_case(seed)) for seed in seeds}
    return {seed: what for seed, what in found.items() if what}


@pytest.mark.filterwarnings("error")
def test_some(tmp_path: Path) -> None:
    assert all_misbehaviours(tmp_path, range(250)) == {}


@pytest.mark.slow
@pytest.mark.filterwarnings("error")
def test_many(tmp_path: Path) -> None:
    assert all_misbehaviours(tmp_path, range(1000, 3000)) == {}
