# SPDX-License-Identifier: MIT
"""Time of the Fig. 1 bilayer, self-consistent, beside a script with scipy.integrate.solve_bvp.

Both use the same frequencies and weights, so that neither has a cutoff the other lacks. The
reference is the independent collocation solver's; run it as

    docker/run python3 tests/benchmarks/fig1.py
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table
from scipy.integrate import solve_bvp, trapezoid

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
from fem_sf.usadel.bulk import bulk_gap
from fem_sf.usadel.matsubara import FrequencySum, frequency_sum

REFERENCE = Path(__file__).parents[1] / "reference" / "usadel" / "fig1.json"


@dataclass(frozen=True)
class Timing:
    """What one way of solving gave.

    Parameters
    ----------
    seconds
        Median over the repetitions.
    integrals
        ∫δM in S and F, in units of 2ν_F J ξ0.
    """

    seconds: float
    integrals: tuple[float, float]


def finite_elements(record: dict, repeat: int) -> Timing:
    """fem_sf's solve, kernels cached; the mesh and the forms are not counted, the gap is."""
    stack = Stack(
        [
            Layer("S", Superconductor(), 10.0),
            Layer("F", Ferromagnet(record["rD"], record["nuF_over_nuS"], 15.0), 1.0),
        ],
        [Interface("S", "F", KupriyanovLukichev(0.1, "F"))],
    )
    case = UsadelCase(
        stack=stack, temperature=record["T"], solver=SolverSettings(error_estimate=False)
    )
    summaries = [run_case(case).summary for _ in range(repeat + 1)][1:]
    layers = summaries[-1]["layers"]
    return Timing(
        statistics.median(summary["seconds"]["solve"] for summary in summaries),
        tuple(layers[name]["magnetization"]["integral"][2] for name in ("S", "F")),
    )


def shooting_script(record: dict) -> Timing:
    """What a user writes today: solve_bvp for each frequency, plain iteration of the gap."""
    rule = frequency_sum(record["T"])
    start = time.perf_counter()
    x_s = 10 - np.geomspace(1e-3, 10.001, 200)[::-1] + 1e-3
    x_s[0], x_s[-1] = 0.0, 10.0
    gap = np.full(len(x_s), bulk_gap(record["T"]))
    guesses: list = [None] * len(rule.frequencies)
    for _ in range(200):
        sines, guesses = _sweep(rule, x_s, gap, record, guesses)
        scale = np.sum(rule.weights / np.hypot(rule.frequencies, bulk_gap(record["T"])))
        new = rule.weights @ sines / scale
        change = np.abs(new - gap).max()
        gap = new
        if change < 1e-7:
            break
    moments = np.zeros((2, 400))
    grid = np.linspace(0, 1, 400)
    for weight, solution in zip(rule.weights, guesses, strict=True):
        values = solution.sol(grid)
        moments += weight * np.cos(values[[0, 2]]).imag
    unit = record["nuF_over_nuS"] * 15.0
    integrals = (
        float(10 * trapezoid(moments[0], grid)) / unit,
        float(trapezoid(moments[1], grid)) * record["nuF_over_nuS"] / unit,
    )
    return Timing(time.perf_counter() - start, integrals)


def _sweep(rule: FrequencySum, x_s: np.ndarray, gap: np.ndarray, record: dict, guesses: list):
    """Both layers on s ∈ (0, 1), y = (θ_S, θ_S', θ_F, θ_F'), derivatives in x."""
    a_f, gamma_f = record["rD"], 0.1
    gamma_s = gamma_f / (record["nuF_over_nuS"] * a_f)
    sines, solutions = [], [None] * len(rule.frequencies)
    last = None
    for k in reversed(range(len(rule.frequencies))):
        omega = rule.frequencies[k]

        def equations(s, y, omega=omega):
            delta = np.interp(10 * s, x_s, gap)
            return np.vstack(
                [
                    10 * y[1],
                    10 * (omega * np.sin(y[0]) - delta * np.cos(y[0])),
                    y[3],
                    (omega - 15j) * np.sin(y[2]) / a_f,
                ]
            )

        def conditions(left, right):
            jump = np.sin(left[2] - right[0])
            return np.array(
                [left[1], gamma_s * right[1] - jump, gamma_f * left[3] - jump, right[3]]
            )

        guess = guesses[k] or last
        mesh = np.linspace(0, 1, 60) if guess is None else guess.x
        start = np.zeros((4, len(mesh)), dtype=complex) if guess is None else guess.y
        last = solutions[k] = solve_bvp(
            equations, conditions, mesh, start, tol=1e-5, max_nodes=20000
        )
        sines.insert(0, np.sin(last.sol(x_s / 10)[0]).real)
    return np.array(sines), solutions


def main() -> None:
    """Print one row per run of the reference."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=5, help="timed solves per row (default 5)")
    parser.add_argument("--no-script", action="store_true", help="leave solve_bvp out")
    arguments = parser.parse_args()
    table = Table(title="Fig. 1 bilayer, self-consistent gap, one core")
    for heading in (
        "run",
        "fem_sf [s]",
        "error ∫δM S, F",
        "solve_bvp [s]",
        "error ∫δM S, F",
        "ratio",
    ):
        table.add_column(heading, justify="right")
    for record in json.loads(REFERENCE.read_text())["runs"]:
        if record["mode"] != "selfconsistent":
            continue
        exact = np.array([record["int_dM_S"], record["int_dM_F"]])
        ours = finite_elements(record, arguments.repeat)
        row = [f"{record['convention'][0]}, T = {record['T']}", f"{ours.seconds:.3f}"]
        row.append(_errors(ours, exact))
        if not arguments.no_script:
            theirs = shooting_script(record)
            row += [f"{theirs.seconds:.1f}", _errors(theirs, exact)]
            row.append(f"{theirs.seconds / ours.seconds:.0f}")
        table.add_row(*row)
    console = Console()
    console.print(table)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    console.print(f"peak memory of this process: {peak:.0f} MB")


def _errors(timing: Timing, exact: np.ndarray) -> str:
    return ", ".join(f"{each:.0e}" for each in np.abs(np.array(timing.integrals) / exact - 1))


if __name__ == "__main__":
    main()
