# SPDX-License-Identifier: MIT
"""Time of one steady state of an F|I|F junction by three ways, and of a sweep of angle and barrier.

Finite elements with kernels cached and the mesh standing, the exact solver, and a script with
scipy.integrate.solve_bvp as a user writes it today; errors are those of V, δn and δM anywhere, over
the largest value of each, against the exact solver. Run it as

    docker/run python3 tests/benchmarks/spin.py
"""

from __future__ import annotations

import argparse
import math
import statistics
import time
from collections.abc import Callable
from itertools import product

import numpy as np
from mpi4py import MPI
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from scipy.integrate import solve_bvp

from fem_sf.mesh.build import checked_geometry
from fem_sf.mesh.layers import LayeredMesh
from fem_sf.settings import MeshSettings
from fem_sf.spin import exact
from fem_sf.spin.conductors import steady_system
from fem_sf.spin.grading import SpinGrading
from fem_sf.spin.interfaces import Tunnel
from fem_sf.spin.materials import Ferromagnet
from fem_sf.spin.model import Interface, Layer, Stack, Voltage
from fem_sf.spin.settings import SpinSolverSettings
from fem_sf.spin.steady import SteadySolver

FloatArray = NDArray[np.float64]

DRIVE = Voltage(1.0)
CAPACITANCE = 0.5
SCREENING = (0.2, 1e-3)
"""Screening lengths over the spin-diffusion length."""
SCRIPT_TOLERANCE = 1e-5
"""What gives profiles to 1e-6 by solve_bvp."""


def junction(angle: float, ratio: float, screening: float = 0.2) -> Stack:
    """Two ferromagnets of different make; ``ratio`` is g λ/σ of the left one, ξ of Eq. 12."""
    beta = 0.5
    permittivity = screening**2 * (1 - beta**2)
    right = (math.sin(angle), 0.0, math.cos(angle))
    return Stack(
        [
            Layer("L", Ferromagnet(polarisation=beta, permittivity=permittivity), 3.0),
            Layer(
                "R",
                Ferromagnet(1.5, 0.8, 1.25, 1.5 * permittivity, polarisation=0.4, direction=right),
                4.0,
            ),
        ],
        [Interface("L", "R", Tunnel(ratio), CAPACITANCE)],
    )


# --- three ways ---


class FiniteElements:
    """What stands while stacks of one structure are solved one after another."""

    def __init__(self, stack: Stack):
        start = time.perf_counter()
        geometry = checked_geometry(stack, MeshSettings(), SpinGrading())
        mesh = LayeredMesh.distribute(MPI.COMM_SELF, geometry)
        self.system = steady_system(stack, DRIVE, mesh, degree=4)
        self.solver = SteadySolver(self.system, SpinSolverSettings())
        self.solver.solve()
        self.preparation = time.perf_counter() - start

    def solve(self, stack: Stack) -> None:
        """Another stack of the same structure; the fields then hold its solution."""
        self.solver.set_stack(stack, DRIVE)
        self.solver.solve()

    def fields(self, name: str) -> tuple[FloatArray, FloatArray]:
        """Positions in a layer and (μ, m, V) there, shape (n, 5)."""
        function = self.system.fields[name]
        x = function.function_space.tabulate_dof_coordinates()[:, 0]
        origin = 0.0 if name == "L" else self.system.stack.layer("L").extent
        return x - origin, function.x.array.real.reshape(-1, 5)


def script(stack: Stack, screening: float) -> Callable[[str], tuple[FloatArray, FloatArray]]:
    """Both layers on s ∈ (0, 1) away from the barrier, ten unknowns in each.

    (μ, m, V) and their derivatives by s; returned is what `FiniteElements.fields` does.
    """
    layers = [(layer.material, layer.extent) for layer in stack.layers]
    law = stack.interfaces[0].law
    p_left, p_right = (material.axis for material, _ in layers)
    cosine, g = float(p_left @ p_right), law.conductance

    def equations(s, y):
        slopes = []
        for (material, length), own in zip(layers, np.split(y, 2), strict=True):
            mu, m, V = own[0], own[1:4], own[4]
            p, beta = material.axis[:, np.newaxis], material.polarisation
            decay = length**2 / (material.diffusivity * material.relaxation_time)
            # div J = 0 and div J_M = −(σ/D) m/τ: μ'' = −β p·m'', m'' + β p μ'' = m/(Dτ)
            along = decay * (p * m).sum(axis=0) / (1 - beta**2)
            bent = decay * m + beta**2 * along * p
            screened = length**2 * material.conductivity
            screened /= material.diffusivity * material.permittivity
            slopes += [*own[5:], -beta * along, *bent, screened * (V - mu)]
        return np.vstack(slopes)

    def conditions(face, far):
        flux = []
        for (material, length), own, away in zip(layers, np.split(face, 2), (-1, 1), strict=True):
            p, beta = material.axis, material.polarisation
            slope = away * own[5:] / length
            current = -material.conductivity * (slope[0] + beta * p @ slope[1:4])
            spin = -material.conductivity * (beta * p * slope[0] + slope[1:4])
            flux.append((current, spin, -material.permittivity * slope[4]))
        left, right = np.split(face, 2)
        m_left, m_right = p_left @ left[1:4], p_right @ right[1:4]
        drop, charge = left[4] - right[4], g * (left[0] - right[0])
        return np.concatenate(
            [
                [flux[0][0] - charge, flux[1][0] - charge],
                flux[0][1] - g * (m_left - cosine * m_right) * p_left,
                flux[1][1] - g * (cosine * m_left - m_right) * p_right,
                [flux[0][2] - CAPACITANCE * drop, flux[1][2] - CAPACITANCE * drop],
                far[:5] - np.array([DRIVE.value, 0, 0, 0, DRIVE.value]),
                far[10:15],
            ]
        )

    nodes = np.concatenate([[0.0], np.geomspace(0.1 * screening, 1.0, 60)])
    # start: the potentials of a junction without spins and without screening
    start = np.zeros((20, len(nodes)))
    start[[0, 4]] = DRIVE.value
    solution = solve_bvp(equations, conditions, nodes, start, tol=SCRIPT_TOLERANCE)
    assert solution.success, solution.message

    def fields(name: str) -> tuple[FloatArray, FloatArray]:
        number = stack.layer_index(name)
        length = stack.layers[number].extent
        # from the left face, as everywhere else
        y = np.linspace(0, 1, 2001) ** 2
        values = solution.sol(y)[10 * number : 10 * number + 5].T
        return (length * (1 - y) if number == 0 else length * y), values

    return fields


# --- what is measured ---


def profile_error(stack: Stack, fields: Callable[[str], tuple[FloatArray, FloatArray]]) -> float:
    """The worst of V, δn and δM, over the largest of each anywhere, against `exact.solve`."""
    solution = exact.solve(stack, DRIVE)
    worst = np.zeros(3)
    largest = np.zeros(3)
    for layer in stack.layers:
        position, found = fields(layer.name)
        right = solution.profile(layer.name, np.clip(position, 0.0, layer.extent))
        density = layer.material.conductivity / layer.material.diffusivity
        pairs = (
            (found[:, 4], right.potential),
            (density * (found[:, 0] - found[:, 4]), right.charge),
            (density * found[:, 1:4], right.magnetization),
        )
        worst = np.maximum(worst, [np.abs(ours - theirs).max() for ours, theirs in pairs])
        largest = np.maximum(largest, [np.abs(theirs).max() for _, theirs in pairs])
    return float((worst / largest).max())


def median_time(call: Callable[[], object], repeat: int) -> float:
    """Seconds of one call, after one that is not counted."""
    call()
    seconds = []
    for _ in range(repeat):
        start = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def one_solve(repeat: int) -> Table:
    """A row per screening length."""
    table = Table(title="One steady F|I|F junction, Φ = 60°")
    headings = ("l_scr/l_sf", "way", "time [ms]", "error of profiles")
    for heading in headings:
        table.add_column(heading, justify="right")
    for screening in SCREENING:
        stack = junction(math.radians(60), 0.7, screening)
        other = junction(math.radians(50), 0.9, screening)
        elements = FiniteElements(stack)
        pairs = iter([other, stack] * (repeat + 1))
        seconds = median_time(lambda: elements.solve(next(pairs)), 2 * repeat)  # noqa: B023
        elements.solve(stack)
        label = f"finite elements (first: {1e3 * elements.preparation:.0f} ms)"
        error = profile_error(stack, elements.fields)
        table.add_row(f"{screening:g}", label, f"{1e3 * seconds:.2f}", f"{error:.0e}")
        seconds = median_time(lambda: exact.solve(stack, DRIVE), repeat)  # noqa: B023
        table.add_row("", "exact", f"{1e3 * seconds:.2f}", "")
        seconds = median_time(lambda: script(stack, screening), max(repeat // 10, 3))  # noqa: B023
        error = profile_error(stack, script(stack, screening))
        table.add_row("", "solve_bvp", f"{1e3 * seconds:.1f}", f"{error:.0e}")
    return table


def sweep(side: int) -> Table:
    """``side``² points of (Φ, ξ), and how long 10⁴ take at that pace."""
    angles = np.linspace(0.0, math.pi, side)
    ratios = np.geomspace(1e-2, 1e2, side)
    stacks = [junction(*point) for point in product(angles, ratios)]
    elements = FiniteElements(stacks[0])
    ways: dict[str, Callable[[Stack], object]] = {
        "finite elements": elements.solve,
        "exact": lambda stack: exact.solve(stack, DRIVE),
    }
    table = Table(title=f"{len(stacks)} points of (Φ, ξ)")
    for heading in ("way", "time [s]", "for 10⁴ points [s]"):
        table.add_column(heading, justify="right")
    for name, solve in ways.items():
        start = time.perf_counter()
        for stack in stacks:
            solve(stack)
        seconds = time.perf_counter() - start
        table.add_row(name, f"{seconds:.2f}", f"{seconds * 1e4 / len(stacks):.1f}")
    return table


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=50, help="timed solves each (default 50)")
    parser.add_argument("--full", action="store_true", help="all 10⁴ points, not 484 of them")
    arguments = parser.parse_args()
    console = Console()
    console.print(one_solve(arguments.repeat))
    console.print(sweep(100 if arguments.full else 22))


if __name__ == "__main__":
    main()
