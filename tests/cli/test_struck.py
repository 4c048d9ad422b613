# SPDX-License-Identifier: MIT
"""Signals at random moments: one line, the right status, nothing half written, the same answer."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from fem_sf.stopping import SIGNALS, last_words, status_of

from .conftest import environment

BLOWS = 2

BILAYER = """kind = "usadel"
[usadel]
temperature = 0.3
[[layers]]
name = "S"
material = "superconductor"
thickness = 2.0
[[layers]]
name = "F"
material = "ferromagnet"
thickness = 0.5
exchange = 5.0
[[interfaces]]
between = ["S", "F"]
law = "kupriyanov-lukichev"
gamma = 0.3
gamma_of = "F"
[sweep]
"usadel.temperature" = { start = 0.05, stop = 0.95, count = 19 }
"""

PULSE = """kind = "spin"
[spin]
mode = "transient"
[drive]
voltage = 1.0
waveform = { shape = "pulse", start = 0.1, duration = 0.5 }
[time]
end = 1.5
times = [0.05, 0.4]
tolerance = 1e-6
checkpoint = 0.02
[solver]
error_estimate = false
[[layers]]
name = "FL"
material = "ferromagnet"
thickness = 1.0
polarisation = 0.5
permittivity = 0.04
precession = [0, 0, 6]
[[layers]]
name = "FR"
material = "ferromagnet"
thickness = 0.8
polarisation = 0.3
permittivity = 0.05
direction = [1, 0, 1]
[[interfaces]]
between = ["FL", "FR"]
law = "tunnel"
conductance = 0.7
capacitance = 0.5
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "text", "name"),
    [
        ("run", BILAYER, "SIGINT"),
        ("sweep", BILAYER, "SIGTERM"),
        ("run", PULSE, "SIGHUP"),
        ("run", PULSE, "SIGKILL"),
    ],
)
def test_blows(tmp_path: Path, command: str, text: str, name: str) -> None:
    case = tmp_path / "case.toml"
    case.write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "cli.struck", name, str(BLOWS), str(tmp_path), command, str(case)],
        cwd=Path(__file__).parents[1],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout.splitlines()[-1])
    number = signal.Signals[name]
    answered = number in SIGNALS
    for end in found["ends"]:
        assert end["status"] == (status_of(number) if answered else -number), end
        assert end["said"] == ([last_words(number)] if answered else []), end
        assert not (end["drafts"] and answered), end
        assert end["broken"] == [], end
    assert found["different"] == found["drafts"] == []
