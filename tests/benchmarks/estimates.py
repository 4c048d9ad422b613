# SPDX-License-Identifier: MIT
"""True errors over their estimates, on random stacks of all laws at any temperature.

The truth is a solve with elements of degree 6 on a mesh twice as fine and with 80 nodes of the sum.
Numbers of a kind whose true error is what solvers leave do not count.

    docker/run env OMP_NUM_THREADS=1 python3 tests/benchmarks/estimates.py --stacks 70
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from fem_sf import (
    Ferromagnet,
    Insulating,
    Interface,
    KupriyanovLukichev,
    Layer,
    MeshSettings,
    Normal,
    SolverSettings,
    Stack,
    Superconductor,
    UsadelCase,
    run_case,
)
from fem_sf.errors import NotConverged
from fem_sf.interfaces import Transparent

FINE = MeshSettings(refinement=2.0, degree=6)
FINE_TAIL = 80
LEFT_OVER = 1e-9
"""Of the largest number of a kind: what solvers may leave, and no estimate is there to see."""


@dataclass(frozen=True)
class Problem:
    """A random stack at a temperature.

    Parameters
    ----------
    stack, temperature
        What is solved.
    transparent
        Whether a superconductor touches anything without a barrier.
    """

    stack: Stack
    temperature: float
    transparent: bool


@dataclass(frozen=True)
class Estimated:
    """A number of a summary: its value, its error, and what its kind is."""

    kind: str
    value: np.ndarray
    error: float | None


def problem(seed: int) -> Problem:
    """Two to four layers with at least one superconductor, a third of them without barriers."""
    random = np.random.default_rng(seed)

    def log_uniform(low: float, high: float) -> float:
        return float(math.exp(random.uniform(math.log(low), math.log(high))))

    count = int(random.integers(2, 5))
    first = int(random.integers(2))
    turned = random.random() < 0.25
    layers = []
    for number in range(count):
        diffusivity, density = log_uniform(0.3, 2.0), log_uniform(0.3, 3.0)
        if number % 2 == first:
            material: Any = Superconductor()
            if number > 1:
                material = Superconductor(diffusivity, density)
            layers.append(Layer(f"S{number}", material, float(random.uniform(2.0, 8.0))))
        elif random.random() < 0.15:
            layers.append(Layer(f"N{number}", Normal(diffusivity, density), log_uniform(0.1, 3.0)))
        else:
            strength = log_uniform(0.3, 30.0)
            angle = random.uniform(0, math.pi) if turned else math.pi * random.integers(2)
            exchange: Any = strength * math.cos(angle)
            if turned:
                exchange = (strength * math.sin(angle), 0.0, strength * math.cos(angle))
            material = Ferromagnet(diffusivity, density, exchange)
            layers.append(Layer(f"F{number}", material, log_uniform(0.1, 1.5)))
    interfaces, transparent = [], False
    for left, right in pairwise(layers):
        law: Any = KupriyanovLukichev(log_uniform(0.02, 5.0), left.name)
        kind = random.random()
        if kind < 0.4:
            law, transparent = Transparent(), True
        elif kind < 0.5:
            law = Insulating()
        interfaces.append(Interface(left.name, right.name, law))
    temperature = 0.0 if random.random() < 0.3 else float(random.uniform(0.02, 0.9))
    return Problem(Stack(layers, interfaces), temperature, transparent)


def summary(each: Problem, mesh: MeshSettings, **solver: Any) -> dict[str, Any]:
    """The summary of a solve."""
    case = UsadelCase(
        stack=each.stack,
        temperature=each.temperature,
        mesh=mesh,
        solver=SolverSettings(**solver),
    )
    return run_case(case).summary


def numbers(found: dict[str, Any]) -> Iterator[tuple[str, Estimated]]:
    """δM at the ends, ∫δM, the mean of Δ and the free energy."""
    energy = np.array(found["free_energy"])
    yield "free energy", Estimated("F", energy, found["free_energy_error"])
    for name, layer in found["layers"].items():
        moment = layer["magnetization"]
        errors = moment.get("error", {})
        for key in ("left", "right", "integral"):
            kind = "∫δM" if key == "integral" else "δM"
            yield f"{name} {kind} {key}", Estimated(kind, np.array(moment[key]), errors.get(key))
        if "gap" in layer:
            gap = layer["gap"]
            error = gap.get("error", {}).get("mean")
            yield f"{name} mean Δ", Estimated("Δ", np.array(gap["mean"]), error)


def ratios(each: Problem) -> dict[str, tuple[float, float, float]] | None:
    """By number, the true error, its estimate and the size; ``None`` where nothing is to compare.

    That is in the normal state, and where both solves end in different states.
    """
    usual = summary(each, MeshSettings())
    fine = summary(each, FINE, error_estimate=False, tail=FINE_TAIL, tolerance=1e-12)
    if "normal" in (usual["state"], fine["state"]):
        return None
    truth = dict(numbers(fine))
    if abs(usual["free_energy"] / fine["free_energy"] - 1) > 0.1:
        return None
    found = dict(numbers(usual))
    largest: dict[str, float] = {}
    for number in found.values():
        largest[number.kind] = max(size(number.value), largest.get(number.kind, 0.0))
    return {
        name: (size(number.value - truth[name].value), number.error or 0.0, largest[number.kind])
        for name, number in found.items()
    }


def size(value: np.ndarray) -> float:
    """Magnitude of a number or a vector."""
    return float(np.linalg.norm(value))


def ratio(error: float, estimate: float, scale: float) -> float:
    """The true error over its estimate, both beyond what solvers leave."""
    left = LEFT_OVER * scale
    return max(error - left, 0.0) / max(estimate, 1e-300) if error > left else 0.0


def main() -> None:
    """Print the worst number of every stack, and how ratios are distributed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stacks", type=int, default=70, help="how many (default 70)")
    parser.add_argument("--first", type=int, default=0, help="seed of the first (default 0)")
    parser.add_argument("--out", help="a file of JSON lines for all numbers")
    arguments = parser.parse_args()
    worst: list[tuple[float, bool]] = []
    below: list[float] = []
    seed, start = arguments.first, time.perf_counter()
    while len(worst) < arguments.stacks:
        each = problem(seed)
        try:
            found = ratios(each)
        except NotConverged as failure:
            print(f"{seed:4d} not converged: {failure}", flush=True)
            found = None
        if found:
            by_number = {name: ratio(*value) for name, value in found.items()}
            name = max(by_number, key=by_number.__getitem__)
            worst.append((by_number[name], each.transparent))
            below += [e / t for t, e, scale in found.values() if t > LEFT_OVER * scale]
            error, estimate, scale = found[name]
            print(
                f"{seed:4d} {'T' if each.transparent else ' '} {by_number[name]:9.3g} {name:22s} "
                f"{error:.1e} of {scale:.1e}, {estimate:.1e}",
                flush=True,
            )
            if arguments.out:
                with open(arguments.out, "a", encoding="utf-8") as file:
                    file.write(json.dumps({"seed": seed, "numbers": found}) + "\n")
        seed += 1
    for title, kept in (("barriers alone", False), ("transparent planes", True)):
        values = [value for value, transparent in worst if transparent == kept]
        if values:
            quantiles = np.quantile(values, [0.5, 0.9, 1.0])
            beyond = sum(value > 2 for value in values)
            print(f"{title}: {len(values)} stacks, worst true/estimate: median, 90 %, largest")
            print("   ", *(f"{value:.3g}" for value in quantiles), f"; {beyond} beyond 2")
    print("estimate/true of all numbers: 10, 50, 90 %:", np.quantile(below, [0.1, 0.5, 0.9]))
    print(f"{time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
