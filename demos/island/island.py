# SPDX-License-Identifier: MIT
"""A ferromagnetic island on a superconducting film, from a mesh file.

The case beside this script takes its geometry from Gmsh: two physical groups of surfaces called S
and F, nothing else. The island ends in two corners on the film, where θ is singular; a layered
formula knows nothing of them, nor of the pairs that come in from the side.

There is no reference solution for this shape, but at T = 0 there is an exact number: for any
geometry, any barrier and any real Δ(x, y),

    Σ_layers ∫ δM/M_F0 dA = Im A_+(ω → 0)/J

with A_+ the stationary action of spin-up electrons (in units of ν_F): dA/dω = ∫ ν (1 − g_+), and at
T = 0 the sum over frequencies is an integral. On the left is an integral over space and frequency,
on the right a single solution at ω = 0.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import typer

import fem_sf as sf

CASE = sf.load_case(Path(__file__).with_name("island.toml"))
WIDTH, ISLAND_HEIGHT, FILM_HEIGHT = 2.0, 0.5, 2.0


def refined() -> sf.UsadelResult:
    """The case with cubic elements, on the same mesh."""
    mesh = replace(CASE.mesh, degree=3)
    return sf.run_case(replace(CASE, mesh=mesh, solver=sf.SolverSettings(error_estimate=False)))


def moments(result: sf.UsadelResult) -> tuple[float, float]:
    """∫δM over S and over F."""
    layers = result.summary["layers"]
    return tuple(layers[name]["magnetization"]["integral"][2] for name in ("S", "F"))


# --- what a layered structure would give ----------------------------------------------------------
# The same two materials as flat layers of the same heights, times the width of the island: all that
# differs is what happens at the island's ends.


def layered() -> tuple[float, float]:
    """∫δM over S and over F of a stack as wide as the island."""
    heights = {"S": FILM_HEIGHT, "F": ISLAND_HEIGHT}
    layers = [replace(layer, thickness=heights[layer.name]) for layer in CASE.stack.layers]
    stack = sf.Stack(layers, CASE.stack.interfaces)
    flat = moments(sf.run_case(replace(CASE, stack=stack, mesh=sf.MeshSettings())))
    return tuple(WIDTH * each for each in flat)


# --- the number ----------------------------------------------------------------------------------


def main(out: Path = Path("results/island")) -> dict[str, float]:
    """Solve the island, hold it against the identity, a better solution and flat layers."""
    result = sf.run_case(CASE)
    sf.write_result(result, out)
    checks = result.summary["checks"]
    total = checks["total_magnetization"][2]
    exact = checks["total_magnetization_from_action"][2]
    flat = layered()
    print("∫δM dA, M_F0 ξ0²         over S       over F       over all")
    print("island               {:+.7f}   {:+.7f}   {:+.10f}".format(*moments(result), total))
    print(f"  by the action at ω = 0                   {exact:+.10f}")
    print("flat layers          {:+.7f}   {:+.7f}   {:+.7f}".format(*flat, sum(flat)))
    print(f"the ends of the island change the total by {total / sum(flat) - 1:+.0%}\n")
    numbers = {"total": total, "exact": exact, "flat": sum(flat)}
    for name, value, better in zip(("S", "F"), moments(result), moments(refined()), strict=True):
        estimate = result.summary["layers"][name]["magnetization"]["error"]["integral"]
        error = abs(value - better)
        numbers |= {f"{name}_error": error, f"{name}_estimate": estimate}
        print(f"cubic elements, over {name}: {better:+.7f}; error {error:.0e} ≤ {estimate:.0e}")
        assert error < estimate
    print(f"for ParaView: {out / 'fields.pvd'}")

    assert abs(total - exact) < 1e-9
    assert total < sum(flat) < 0
    return numbers


if __name__ == "__main__":
    typer.run(main)
