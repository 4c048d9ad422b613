# SPDX-License-Identifier: MIT
"""Solve junctions with phases on the ranks that run this, and write their numbers as JSON."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from problems import S2, TEMPERATURE, F, N, S, barrier, case, solve_all, solved

from fem_sf.interfaces import Transparent
from fem_sf.mesh.geometry import Geometry
from fem_sf.stack import Interface, Layer, Stack
from support import interval, uniform


def with_phase(layer: Layer, phase: float) -> Layer:
    return replace(layer, material=replace(layer.material, phase=phase))


def junction() -> tuple[Stack, Geometry]:
    """S|F N|S' with held ends, in perfect contact between F and N; a single cell at the right."""
    stack = Stack(
        [with_phase(S, 0.2), F, N, with_phase(S2, 1.1)],
        [barrier("S", "F", 0.9), Interface("F", "N", Transparent()), barrier("N", "S2", 1.1)],
    )
    sizes = (uniform(3.0, 6), uniform(0.5, 1), uniform(0.6, 2), uniform(2.0, 1))
    return stack, interval(*zip(stack.names, sizes, strict=True))


PROBLEMS = {
    "junction": lambda: solved(*junction(), 2),
    "case": lambda: case(1, TEMPERATURE, with_phase(S2, 1.1), first=with_phase(S, 0.2)),
}


if __name__ == "__main__":
    solve_all(PROBLEMS, Path(sys.argv[1]))
