# SPDX-License-Identifier: MIT
"""Two ferromagnetic films that touch in a narrow neck, from a mesh file and on own meshes.

All sides of the films are lines of constant u or v of z = c sinh(u + iv): walls are the hyperbolas
v = ±v₀, contacts the ellipses u = ±U, the neck is u = 0. Such a map leaves Laplace's equation as it
is, so that without accumulation the resistance is that of a rectangle,

    R = U/(σ v₀)    per length,

the spreading resistance of Maxwell's problem in two dimensions. With parallel magnetizations and
nothing in the neck, J_M = βJ everywhere and no spin accumulates: there this is exact whatever β.

The case itself, at right angles and with a barrier, has no formula. Its currents and its heat have
to balance, and its resistance has to be the limit of ever finer meshes.
"""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import typer
from mpi4py import MPI

import fem_sf as sf
from fem_sf.mesh.build import checked_geometry
from fem_sf.mesh.geometry import Geometry
from fem_sf.mesh.layers import LayeredMesh
from fem_sf.spin.interfaces import Transparent
from fem_sf.spin.model import Interface, Stack
from fem_sf.spin.observables import Faces
from fem_sf.spin.steady import SteadySolver, uniform
from fem_sf.spin.system import SpinSystem

CASE = sf.load_case(Path(__file__).with_name("point_contact.toml"))
NECK, REACH, OPENING = 0.4, 3.0, math.radians(60)
"""Width of the neck, distance to the contacts, and v₀: as in meshes/make.py."""
FOCUS = NECK / 2 / math.sin(OPENING)
END = math.acosh(REACH / FOCUS)
"""U; the contacts are highest at a distance REACH."""

ROWS = (8, 16, 32)
"""Cells across the neck of meshes that follow u and v."""
DEGREE = 2

# --- what is solved ------------------------------------------------------------------------------


def parallel() -> Stack:
    """The films with parallel magnetizations and nothing in the neck."""
    left, right = CASE.stack.layers
    aligned = replace(right, material=left.material)
    return Stack([left, aligned], [Interface(left.name, right.name, Transparent())])


def fan(rows: int) -> Geometry:
    """Quadrilaterals between lines of u and v, nearly squares."""
    columns = math.ceil(END / (2 * OPENING / rows))
    u = np.linspace(-END, END, 2 * columns + 1)
    v = np.linspace(-OPENING, OPENING, rows + 1)
    z = FOCUS * np.sinh(u[:, np.newaxis] + 1j * v)
    number = np.arange(z.size).reshape(z.shape)
    corners = (number[:-1, :-1], number[1:, :-1], number[:-1, 1:], number[1:, 1:])
    ends = {"left": number[0], "right": number[-1]}
    return Geometry(
        cell="quadrilateral",
        points=np.column_stack([z.real.ravel(), z.imag.ravel()]),
        cells=np.stack(corners, axis=-1).reshape(-1, 4),
        layer_of_cell=np.repeat(np.arange(2, dtype=np.int32), columns * rows),
        layers=CASE.stack.names,
        facet_groups={name: np.column_stack([line[:-1], line[1:]]) for name, line in ends.items()},
    )


def resistance(stack: Stack, geometry: Geometry) -> float:
    """Voltage over current as a whole."""
    mesh = LayeredMesh.distribute(MPI.COMM_WORLD, geometry)
    solver = SteadySolver(SpinSystem(stack, CASE.drive, mesh, DEGREE), CASE.solver)
    solver.solve()
    states = Faces(solver.system, solver.nodes, uniform).measure()
    return CASE.drive.value / (states.left_end.current * states.end_extents[0])


def limit(values: list[float]) -> float:
    """Of values on meshes each twice as fine, with an error of second order: straight cells."""
    return values[-1] + (values[-1] - values[-2]) / 3


# --- the numbers ---------------------------------------------------------------------------------


def balances(summary: dict) -> dict[str, float]:
    """Relative differences of the currents through contacts and neck, and of heat and power."""
    neck = summary["interfaces"]["FL|FR"]
    through_neck = neck["J"] * neck["extent"]
    current = summary["integrated_current"]
    return {
        "charge": max(abs(through_neck / current - 1), summary["checks"]["charge"]),
        "power": abs(summary["checks"]["power_balance"]),
    }


def compare(expected: float, from_file: float, finer: list[float]) -> None:
    """Print the resistances on all meshes beside the expected one."""
    print(f"  from the file        {from_file:.6f}  ({from_file / expected - 1:+.1e})")
    for rows, value in zip(ROWS, finer, strict=True):
        print(f"  {rows:2} cells on the neck {value:.6f}  ({value / expected - 1:+.1e})")


def main(out: Path = Path("results/point_contact")) -> dict[str, float]:
    """Solve the case, check its balances, and compare resistances with formula and limit."""
    result = sf.run_case(CASE)
    sf.write_result(result, out)
    numbers = balances(result.summary)
    print("current through contacts and neck differs by {charge:.0e}".format(**numbers))
    print("power and heat differ by {power:.0e}\n".format(**numbers))

    fans = list(map(fan, ROWS))
    together = parallel()
    exact = END / OPENING / CASE.stack.layers[0].material.conductivity
    from_file = resistance(together, checked_geometry(together, CASE.mesh))
    finer = [resistance(together, each) for each in fans]
    print(f"parallel and open: U/(σ v₀) = {exact:.6f}")
    compare(exact, from_file, finer)
    numbers |= {"file": from_file / exact - 1, "limit": limit(finer) / exact - 1}
    print(f"  their limit is off by {numbers['limit']:+.0e}\n")

    finer = [resistance(CASE.stack, each) for each in fans]
    print(f"at right angles with a barrier: limit {limit(finer):.6f}")
    compare(limit(finer), result.summary["resistance"], finer)
    numbers["file_turned"] = result.summary["resistance"] / limit(finer) - 1
    print(f"\nfor ParaView: {out / 'fields.pvd'}")

    assert numbers["charge"] < 1e-9
    assert numbers["power"] < 1e-9
    assert abs(numbers["limit"]) < 1e-5
    assert max(abs(numbers["file"]), abs(numbers["file_turned"])) < 1e-3
    return numbers


if __name__ == "__main__":
    typer.run(main)
