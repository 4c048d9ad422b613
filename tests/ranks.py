# SPDX-License-Identifier: MIT
"""Scripts under mpirun, from within a test."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SECONDS = 300
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

NEEDS_MPIRUN = [
    pytest.mark.skipif(shutil.which("mpirun") is None, reason="there is no mpirun"),
    pytest.mark.skipif(
        any(name.endswith("COMM_WORLD_SIZE") for name in os.environ),
        reason="these tests start ranks of their own",
    ),
]


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
