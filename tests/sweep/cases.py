# SPDX-License-Identifier: MIT
"""Small sweeps of both kinds, as text."""

from __future__ import annotations

from pathlib import Path

BILAYER = """kind = "usadel"
title = "A bilayer"
[usadel]
temperature = 0.1
[[layers]]
name = "S"
material = "superconductor"
thickness = 4.0
[[layers]]
name = "F"
material = "ferromagnet"
thickness = 1.0
exchange = 15.0
[[interfaces]]
between = ["S", "F"]
law = "kupriyanov-lukichev"
gamma = 0.3
gamma_of = "F"
[output]
probes = { F = [0.0, 0.4] }
[solver]
error_estimate = false
"""

JUNCTION = """kind = "spin"
title = "A junction"
[drive]
voltage = 1.0
[[layers]]
name = "FL"
material = "ferromagnet"
thickness = 3.0
polarisation = 0.5
direction = [0, 0, 1]
[[layers]]
name = "FR"
material = "ferromagnet"
thickness = 2.0
polarisation = 0.4
direction = [1, 0, 0]
[[interfaces]]
between = ["FL", "FR"]
law = "tunnel"
g = 0.7
[output]
probes = { FR = [0.5] }
"""
EXACT = '[solver]\nmethod = "exact"\n'


def write(folder: Path, text: str, *lines: str) -> Path:
    """A case with these lines in its [sweep]."""
    path = folder / "case.toml"
    path.write_text(text + "\n".join(["[sweep]", *lines, ""]), encoding="utf-8")
    return path
