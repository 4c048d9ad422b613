# SPDX-License-Identifier: MIT
"""Prints the fields of some junctions as JSON, for `test_real_build` with another PETSc."""

from __future__ import annotations

import json

import dolfinx
import numpy as np
from petsc4py import PETSc

import spin_cases
from spin_solves import steady

LINEAR = "E_FIF_precession_w2"
FINITE_BIAS = "G_finite_bias_simmons_V+1.5"
WALL = "W2_tunnel_asym_090"


def answers() -> dict[str, dict[str, list[float]]]:
    """All unknowns of three junctions, by case and field."""
    solved = {
        name: steady(spin_cases.stack(case["input"]), spin_cases.drive(case["input"]))
        for name, case in spin_cases.CASES.items()
        if name in (LINEAR, FINITE_BIAS)
    }
    wall = spin_cases.WALL_CASES[WALL]["input"]
    solved[WALL] = steady(spin_cases.wall_stack(wall), spin_cases.drive(wall))
    return {
        name: {
            **{layer: of(field) for layer, field in solver.system.fields.items()},
            **{f"wall of {layer}": of(tilt) for layer, tilt in solver.system.tilts.items()},
        }
        for name, solver in solved.items()
    }


def of(field: dolfinx.fem.Function) -> list[float]:
    """Its numbers."""
    return np.real(field.x.array).tolist()


if __name__ == "__main__":
    print(json.dumps({"scalars": np.dtype(PETSc.ScalarType).kind, "answers": answers()}))
