# SPDX-License-Identifier: MIT
"""A run in time that is killed goes on where it was and ends as one that was not."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fem_sf.cli import main

from .conftest import environment

CASE = """kind = "spin"
[spin]
mode = "transient"
[drive]
voltage = 1.0
waveform = { shape = "pulse", start = 0.1, duration = 0.5 }
[time]
end = 1.5
times = [0.05, 0.4]
tolerance = 1e-8
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
polarisation_left = 0.3
capacitance = 0.5
[output]
probes = { FL = [0.5] }
"""
SECONDS = 120.0


@pytest.mark.slow
def test_killed_run_ends_as_one_that_was_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    Path("pulse.toml").write_text(CASE, encoding="utf-8")
    assert main(["run", "pulse.toml", "--out", "whole"]) == 0
    command = [sys.executable, "-m", "fem_sf", "run", "pulse.toml", "--out", "killed"]
    checkpoint = Path("killed/checkpoint.npz")
    kills = 0
    for patience in (0.0, 0.15, 0.3):
        process = subprocess.Popen(
            command, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        before = checkpoint.stat().st_mtime_ns if checkpoint.exists() else 0
        end = time.monotonic() + SECONDS
        while process.poll() is None and time.monotonic() < end:
            if checkpoint.exists() and checkpoint.stat().st_mtime_ns != before:
                time.sleep(patience)
                process.send_signal(signal.SIGKILL)
                break
            time.sleep(0.002)
        kills += process.wait() == -signal.SIGKILL
    assert kills
    assert not Path("killed/summary.json").exists()
    assert main(["run", "pulse.toml", "--out", "killed"]) == 0
    for name in ("history.csv", "profiles.csv", "probes.csv"):
        assert Path("killed", name).read_bytes() == Path("whole", name).read_bytes(), name
    assert not checkpoint.exists()
    steps = [
        json.loads(Path(each, "summary.json").read_text())["iterations"]["steps"]
        for each in ("whole", "killed")
    ]
    assert steps[0] == steps[1]


def test_checkpoint_of_another_case_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
):
    monkeypatch.chdir(tmp_path)
    quick = CASE.replace("1e-8", "1e-3")
    Path("pulse.toml").write_text(quick, encoding="utf-8")
    failing = quick.replace("end = 1.5", "end = 1.5\nstep = 0.7").replace(
        "conductance = 0.7", "g = 7"
    )
    from fem_sf.spin import transient

    taken = transient.TransientSolver.steps

    def stopping(self):
        for number, state in enumerate(taken(self)):
            yield state
            time.sleep(0.01)
            if number == 5:
                raise KeyboardInterrupt

    monkeypatch.setattr(transient.TransientSolver, "steps", stopping)
    assert main(["run", "pulse.toml", "--out", "shared"]) == 130
    assert Path("shared/checkpoint.npz").exists()
    monkeypatch.undo()
    monkeypatch.chdir(tmp_path)
    capsys.readouterr()
    Path("pulse.toml").write_text(failing, encoding="utf-8")
    assert main(["run", "pulse.toml", "--out", "shared"]) == 2
    message = capsys.readouterr().err
    assert "cannot go on from shared/checkpoint.npz" in message
    assert "interfaces" in message
    assert "Remove it to begin anew" in message
