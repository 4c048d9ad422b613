# SPDX-License-Identifier: MIT
"""A signal ends the program with one line and its own status, and takes away what is half made."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cli.conftest import environment
from fem_sf.stopping import SIGNALS, last_words, status_of

SECONDS = 10.0

WAITING = """
import pathlib, signal, subprocess, sys
from fem_sf.files import replacing
from fem_sf.stopping import answer_signals, answer_signals_still, half_made
# what a shell starts in the background ignores some
signal.signal(int(sys.argv[2]), signal.SIG_DFL)
answer_signals()
if "taken" in sys.argv:
    # as a library written in C does it
    import ctypes
    ctypes.CDLL(None).signal(int(sys.argv[2]), 1)
    answer_signals_still()
folder = pathlib.Path(sys.argv[1], "half-made")
with half_made(folder), replacing(folder.with_name("table.csv")) as draft:
    folder.mkdir()
    (folder / "form.c").touch()
    draft.touch()
    compiler = subprocess.Popen(["sh", "-c", "sleep 60 & echo $!; wait"], stdout=subprocess.PIPE)
    # a compiler is a process that starts others
    print(compiler.pid, int(compiler.stdout.readline()), flush=True)
    compiler.wait()
"""


@pytest.mark.parametrize("taken", [(), ("taken",)])
@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_leaves_nothing(tmp_path: Path, number: int, taken: tuple[str, ...]) -> None:
    words = [sys.executable, "-c", WAITING, str(tmp_path), str(int(number)), *taken]
    pipe = subprocess.PIPE
    process = subprocess.Popen(words, env=environment(), stdout=pipe, stderr=pipe, text=True)
    assert process.stdout is not None
    compilers = list(map(int, process.stdout.readline().split()))
    process.send_signal(number)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == status_of(number)
    assert errors == last_words(number) + "\n"
    assert list(tmp_path.iterdir()) == []
    end = time.monotonic() + SECONDS
    while any(map(is_running, compilers)) and time.monotonic() < end:
        time.sleep(0.01)
    assert len(compilers) == 2 and not any(map(is_running, compilers))


def is_running(process: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False


def test_a_signal_that_is_ignored_stays_so() -> None:
    ignoring = (
        "import os, signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "from fem_sf.stopping import answer_signals; answer_signals()\n"
        "os.kill(os.getpid(), signal.SIGHUP)\n"
    )
    done = subprocess.run([sys.executable, "-c", ignoring], env=environment(), check=False)
    assert done.returncode == 0


def test_statuses_are_those_of_shells() -> None:
    numbers = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)
    assert [status_of(number) for number in numbers] == [129, 130, 143]
