# SPDX-License-Identifier: MIT
"""Runs a sweep once in peace, and once with many kills; tells which files are the same.

python3 killed.py CASE.toml FOLDER KILLS
"""

from __future__ import annotations

import filecmp
import json
import os
import random
import signal
import sys
import time
from pathlib import Path

from mpi4py import MPI

from fem_sf.case.sweeps import load_sweep
from fem_sf.output.sweep.write import write_sweep
from fem_sf.study.sweep.run import run_sweep

FILES = ("sweep.nc", "sweep.csv", "sweep.png")


def main(case: str, folder: str, kills: int) -> None:
    """Sweep in peace, then under fire."""
    sweep, whole, killed = load_sweep(case), Path(folder, "whole"), Path(folder, "killed")

    def work(target: Path) -> None:
        run_sweep(sweep, target, MPI.COMM_SELF)
        write_sweep(sweep, target)

    work(whole)
    # a second time, when all forms are compiled
    start = time.monotonic()
    work(Path(folder, "again"))
    seconds = time.monotonic() - start
    chance = random.Random(1)
    count, progress = 0, []
    while count < kills:
        child = os.fork()
        if not child:
            try:
                work(killed)
            finally:
                os._exit(0)
        time.sleep(chance.uniform(0, 6 * seconds / kills))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        count += 1
        progress.append(len(list(killed.glob("points/*.json"))))
    work(killed)
    same = {name: filecmp.cmp(whole / name, killed / name, shallow=False) for name in FILES}
    starts = [each.name for each in killed.glob("points/*.npz")]
    drafts = [each.name for each in killed.rglob(".unfinished-*")]
    print(json.dumps({"same": same, "starts": starts, "drafts": drafts, "progress": progress}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
