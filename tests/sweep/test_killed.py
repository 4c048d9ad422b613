# SPDX-License-Identifier: MIT
"""A sweep that is killed again and again ends as one that was not."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cli.conftest import environment

from .cases import BILAYER, write

KILLS = 20


@pytest.mark.slow
def test_twenty_kills(tmp_path: Path) -> None:
    lines = (
        '"layers.F.exchange" = [15, -5]',
        '"usadel.temperature" = { start = 0.05, stop = 0.95, count = 10 }',
    )
    path = write(tmp_path, BILAYER, *lines)
    script = Path(__file__).with_name("killed.py")
    done = subprocess.run(
        [sys.executable, str(script), str(path), str(tmp_path), str(KILLS)],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout.splitlines()[-1])
    assert all(found["same"].values()), found
    assert found["starts"] == found["drafts"] == []
    assert 0 < found["progress"][KILLS // 2] < 20, "the kills came too early or too late"
