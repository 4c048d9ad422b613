# SPDX-License-Identifier: MIT
"""ΔJ_M of two half spaces by finite elements: Eq. 12 of Chui et al., over the whole grid."""

from __future__ import annotations

import math

import numpy as np
import pytest

from fem_sf.spin import interfaces, materials, model
from fem_sf.spin.observables import Faces
from fem_sf.spin.steady import uniform
from spin_cases import reference
from spin_solves import steady

ROWS = reference("ref_analytic")["eq12"]["rows"]
CURRENT = model.Current(1.0)


def junction(beta: float, ratio: float, angle: float, polarisation: float) -> model.Stack:
    """Two half spaces with λ = √(Dτ) = 1.3 and σ = 0.8, so that g = ξσ/λ."""
    common = {
        "conductivity": 0.8,
        "diffusivity": 1.3**2 / 0.7,
        "relaxation_time": 0.7,
        "permittivity": 0.02,
        "polarisation": beta,
        "exchange_precession": 15.0,
    }
    layers = [
        model.Layer("L", materials.Ferromagnet(**common)),
        model.Layer(
            "R", materials.Ferromagnet(**common, direction=(math.sin(angle), 0.0, math.cos(angle)))
        ),
    ]
    law = interfaces.Tunnel(ratio * 0.8 / 1.3, polarisation, polarisation)
    return model.Stack(layers, [model.Interface("L", "R", law, capacitance=0.4)])


def test_eq12():
    """Sixty solves on one mesh; without spin dependence of the barrier, and with P = 0.3."""
    solver = steady(junction(0.5, 1.0, 1.0, 0.0), CURRENT)
    faces = Faces(solver.system, solver.nodes, uniform)
    for beta, ratio, degrees, plain, polarised in ROWS:
        for polarisation, expected in ((0.0, plain), (0.3, polarised)):
            solver.set_stack(junction(beta, ratio, math.radians(degrees), polarisation), CURRENT)
            solver.solve()
            state = faces.measure().interfaces["L|R"]
            jump = float(np.linalg.norm(state.torque))
            assert jump == pytest.approx(expected, abs=1e-7), (beta, ratio, degrees, polarisation)
