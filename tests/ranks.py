# SPDX-License-Identifier: MIT
"""Scripts under mpirun, from within a test."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

ROOT = Path(__file__).parents[1]
SECONDS = 900
"""A rank that takes longer hangs; compiling all forms on a busy machine takes minutes."""
ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OMPI_ALLOW_RUN_AS_ROOT": "1",
    "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
    "OMPI_MCA_mpi_yield_when_idle": "1",
    "OMPI_MCA_rmaps_base_oversubscribe": "1",
    "PRTE_MCA_rmaps_default_mapping_policy": ":oversubscribe",
    "MPIEXEC_TIMEOUT": str(SECONDS),
    "PYTHONPATH": os.pathsep.join(
        [str(ROOT), str(ROOT / "tests"), os.environ.get("PYTHONPATH", "")]
    ),
}


def launch(script: Path, ranks: int, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a script on some ranks; an exception on one of them ends all."""
    command = ["mpirun", "-n", str(ranks), sys.executable, "-m", "mpi4py", str(script)]
    return subprocess.run(
        [*command, *arguments],
        env={**os.environ, **ENVIRONMENT},
        capture_output=True,
        text=True,
        timeout=SECONDS + 30,
        check=False,
    )


def solve(script: Path, ranks: int, out: Path) -> dict[str, Any]:
    """What a script writes to OUT as JSON."""
    done = launch(script, ranks, str(out))
    assert done.returncode == 0, f"exit status {done.returncode} on {ranks} ranks:\n{done.stderr}"
    return json.loads(out.read_text())


def assert_same(here: Any, there: Any, place: str) -> None:
    """Every number to 1e-9 of the largest in its array; everything else to the letter.

    Not where the cells are, nor error estimates, which are differences of nearly equal numbers.
    """
    if isinstance(here, dict):
        assert here.keys() == there.keys(), place
        for key in here:
            if key != "owned_cells" and not key.endswith("error"):
                assert_same(here[key], there[key], f"{place}.{key}")
    elif isinstance(here, (list, float)) and here:
        scale = np.abs(np.array(here, dtype=float)).max()
        assert np.array(here) == pytest.approx(np.array(there), rel=0, abs=1e-9 * scale), place
    else:
        assert here == there, place
