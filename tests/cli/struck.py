# SPDX-License-Identifier: MIT
"""Runs a command once in peace, then strikes it with signals at random moments until it is done.

In tests/: python3 -m cli.struck SIGNAL COUNT FOLDER COMMAND CASE.toml

Prints as JSON how the struck processes ended, what they said and left, and which files of the
folder differ from those of peace.
"""

from __future__ import annotations

import json
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from cli.conftest import environment

_NOT_OF_THE_CASE = ("seconds", "versions")
_SECONDS_BETWEEN_LOOKS = 0.005


def start(command: str, case: Path, folder: Path) -> subprocess.Popen[str]:
    """Begin a process of its own, which hears Ctrl-C even if this one was told not to."""
    words = [sys.executable, "-m", "fem_sf", command, str(case), "--out", str(folder)]
    pipe = subprocess.PIPE
    return subprocess.Popen(
        words,
        env=environment(),
        stdout=pipe,
        stderr=pipe,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def wait_until_it_listens(process: subprocess.Popen[str]) -> None:
    """Wait until Python is there and the program has taken the signals."""
    status, bit = Path(f"/proc/{process.pid}/status"), 1 << (signal.SIGTERM - 1)
    while process.poll() is None:
        lines = status.read_text().splitlines()
        caught = next(line for line in lines if line.startswith("SigCgt"))
        if int(caught.split()[1], 16) & bit:
            return
        time.sleep(_SECONDS_BETWEEN_LOOKS)


def strike(process: subprocess.Popen[str], number: int, patience: float) -> dict[str, Any]:
    """Send a signal after some time; how the process ended, and what it said but progress."""
    wait_until_it_listens(process)
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.send_signal(number)
    _, errors = process.communicate()
    said = [line for line in errors.splitlines() if line.startswith("fem-sf") or ": " not in line]
    return {"status": process.returncode, "said": said}


def numbers(path: Path) -> Any:
    """What a file holds, without times of day and seconds that it took."""
    if path.suffix == ".json":
        read = json.loads(path.read_text(encoding="utf-8"))
        return {key: each for key, each in read.items() if key not in _NOT_OF_THE_CASE}
    if path.suffix == ".nc":
        with xr.load_dataset(path, engine="h5netcdf") as dataset:
            return {name: each.values.tobytes() for name, each in dataset.variables.items()}
    if path.suffix == ".npz":
        with np.load(path, allow_pickle=False) as file:
            return {name: file[name].tobytes() for name in file.files}
    return path.read_bytes()


def different(whole: Path, struck: Path) -> list[str]:
    """Files that are not the same in two folders."""
    names = {
        str(file.relative_to(folder))
        for folder in (whole, struck)
        for file in folder.rglob("*")
        if file.is_file()
    }
    return sorted(
        name
        for name in names
        if not ((whole / name).exists() and (struck / name).exists())
        or numbers(whole / name) != numbers(struck / name)
    )


def broken(folder: Path) -> list[str]:
    """Files that cannot be read, of those that are kept for a reader."""
    found = []
    for file in folder.rglob("[!.]*"):
        try:
            if file.is_file():
                numbers(file)
        except Exception:
            found.append(str(file.relative_to(folder)))
    return found


def main(name: str, count: int, folder: Path, command: str, case: Path) -> None:
    """Run in peace, then under fire."""
    number, chance = getattr(signal, name), random.Random(f"{name} {command}")
    whole, struck = folder / "whole", folder / "struck"
    ends: list[dict[str, Any]] = []
    differences: list[str] = []
    for _ in range(2):
        # the second time all forms are compiled
        begin = time.monotonic()
        shutil.rmtree(whole, ignore_errors=True)
        process = start(command, case, whole)
        _, errors = process.communicate()
        assert process.returncode == 0, errors
        seconds = time.monotonic() - begin
    while len(ends) < count:
        end = strike(start(command, case, struck), number, chance.uniform(0, seconds))
        if end["status"] == 0:
            # it was done before the blow
            differences += different(whole, struck)
            shutil.rmtree(struck)
            continue
        drafts = [each.name for each in struck.rglob(".unfinished-*")]
        ends.append({**end, "drafts": drafts, "broken": broken(struck)})
    start(command, case, struck).communicate()
    differences += different(whole, struck)
    drafts = [each.name for each in struck.rglob(".unfinished-*")]
    print(json.dumps({"ends": ends, "different": differences, "drafts": drafts}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]), sys.argv[4], Path(sys.argv[5]))
