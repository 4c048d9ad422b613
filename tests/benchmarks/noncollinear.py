# SPDX-License-Identifier: MIT
"""Time of a self-consistent F/S/F valve at three angles, beside that of a parallel one.

The reference is the independent collocation solver's; run it as

    docker/run python3 tests/benchmarks/noncollinear.py
"""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from fem_sf import (
    Ferromagnet,
    Interface,
    KupriyanovLukichev,
    Layer,
    SolverSettings,
    Stack,
    Superconductor,
    UsadelCase,
    run_case,
)

REFERENCE = Path(__file__).parents[1] / "reference" / "usadel" / "noncollinear.json"


def valve(parameters: dict, angle: float) -> Stack:
    """L|S|R, exchange fields along z and turned from it towards x."""
    exchange, barrier = parameters["J"], parameters["gF"]
    layers = [Layer("S", Superconductor(), parameters["dS"])]
    for name, turned, place in (("L", 0.0, 0), ("R", angle, 2)):
        vector = (exchange * math.sin(turned), 0.0, exchange * math.cos(turned))
        density = parameters["ratio"] / parameters["rD"]
        f = Ferromagnet(parameters["rD"], density, vector)
        layers.insert(place, Layer(name, f, parameters["dF"]))
    return Stack(
        layers,
        [
            Interface("L", "S", KupriyanovLukichev(barrier, "L")),
            Interface("S", "R", KupriyanovLukichev(barrier, "R")),
        ],
    )


def solved(stack: Stack, temperature: float, tolerance: float, repeat: int) -> tuple[float, list]:
    """Shortest solve, kernels cached and the mesh and the forms not counted, and all ∫δM."""
    case = UsadelCase(
        stack=stack,
        temperature=temperature,
        solver=SolverSettings(error_estimate=False, tolerance=tolerance),
    )
    summaries = [run_case(case).summary for _ in range(repeat + 1)][1:]
    layers = summaries[-1]["layers"]
    return (
        min(summary["seconds"]["solve"] for summary in summaries),
        [layers[name]["magnetization"]["integral"] for name in stack.names],
    )


def main() -> None:
    """Print one row per angle and tolerance."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=5, help="timed solves per row (default 5)")
    repeat = parser.parse_args().repeat
    table = Table(title="F/S/F with its gap, one core")
    for heading in (
        "angle",
        "d_F [ξ0]",
        "tolerance",
        "solve [s]",
        "largest error of ∫δM / largest ∫δM",
    ):
        table.add_column(heading, justify="right")
    rows = [each for each in json.loads(REFERENCE.read_text()) if "alpha" in each]
    for tolerance in (1e-6, 1e-10):
        for row in rows:
            stack = valve(row["params"], row["alpha"])
            seconds, found = solved(stack, row["T"], tolerance, repeat)
            exact = np.array([row["layers"][f"layer{i}"]["int_dM"] for i in range(3)])
            error = np.abs(found - exact).max() / np.abs(exact).max()
            angle = f"{math.degrees(row['alpha']):.0f}°"
            thickness = f"{row['params']['dF']}"
            table.add_row(angle, thickness, f"{tolerance:.0e}", f"{seconds:.3f}", f"{error:.0e}")
        parameters = rows[0]["params"]
        seconds, _ = solved(valve(parameters, 0.0), rows[0]["T"], tolerance, repeat)
        table.add_row("0°", f"{parameters['dF']}", f"{tolerance:.0e}", f"{seconds:.3f}", "")
    Console().print(table)


if __name__ == "__main__":
    main()
