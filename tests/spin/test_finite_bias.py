# SPDX-License-Identifier: MIT
"""Junctions at finite bias against modes matched with the conductances of every channel there."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from mpi4py import MPI
from scipy.integrate import quad

from fem_sf.errors import NotConverged, StackError
from fem_sf.spin import exact, materials, model
from fem_sf.spin import interfaces as laws
from fem_sf.spin.settings import SpinCase, SpinSolverSettings, TimeSettings
from fem_sf.study.progress import Silent
from fem_sf.study.results import SpinResult
from fem_sf.study.spin import run_spin
from fem_sf.study.spin_bench import SpinBench

BENCH = SpinBench(MPI.COMM_WORLD)
QUICK = SpinSolverSettings(error_estimate=False)


def run(case: SpinCase) -> SpinResult:
    return run_spin(case, BENCH, Silent())


def stack(law: laws.Law, angle: float = 1.1, beta: float = 0.5) -> model.Stack:
    left = materials.Ferromagnet(polarisation=beta, permittivity=0.04)
    right = replace(left, direction=(math.sin(angle), 0.0, math.cos(angle)), relaxation_time=0.7)
    return model.Stack(
        [model.Layer("L", left, 2.0), model.Layer("R", right, 1.5)],
        [model.Interface("L", "R", law, 0.5)],
    )


def wkb(u: float, decay: float) -> float:
    """Both integrals by quadrature, none in closed form."""

    def root(e: float) -> float:
        t = np.linspace(0, 1, 4001)
        return float(np.trapezoid(np.sqrt(np.maximum(0, 1 + u / 2 * (1 - 2 * t) - e)), t))

    value, _ = quad(lambda e: math.exp(-decay * (root(e) - 1)), -u / 2, u / 2, epsrel=1e-9)
    return value / u


def simmons(u: float, decay: float) -> float:
    def side(x: float) -> float:
        return (1 + x) * math.exp(-decay * (math.sqrt(1 + x) - 1))

    return (side(-u / 2) - side(u / 2)) / (u * (decay / 2 - 1))


FACTORS = {"wkb": wkb, "simmons": simmons}


def expected(law: laws.Tunnel, drive: model.Drive) -> exact.InterfaceState:
    """The exact solution with a linear law whose channels conduct as they do at that bias."""
    shape = law.barrier
    assert shape is not None
    plain = stack(replace(law, barrier=None))
    left, right = (layer.material.axis for layer in plain.layers)
    cosine = float(left @ right)
    state = exact.solve(plain, drive).interfaces[0]
    for _ in range(40):
        channels = {}
        for s, t in product((1, -1), repeat=2):
            difference = state.left.chemical_potential + s * state.left.spin_potential @ left
            difference -= state.right.chemical_potential + t * state.right.spin_potential @ right
            height = shape.heights[0 if s > 0 else 1]
            decay = shape.decay * math.sqrt(height / shape.heights[0])
            h = 1 + s * law.polarisation_left + t * law.polarisation_right
            h += s * t * law.joint_polarisation
            overlap = (1 + s * t * cosine) / 2
            factor = FACTORS[shape.model](abs(difference) / height, decay)
            channels[s, t] = law.conductance / 2 * h * overlap * factor
        state = exact.solve(stack(general(channels)), drive).interfaces[0]
    return state


def general(g: dict[tuple[int, int], float]) -> laws.General:
    """Eqs. 5 and 6 with the conductances of four channels."""
    spins = (1, -1)
    return laws.General(
        charge_left=tuple(sum(g[s, t] for t in spins) for s in spins),
        charge_right=tuple(sum(g[s, t] for s in spins) for t in spins),
        spin_left_left=tuple(s * sum(g[s, t] for t in spins) for s in spins),
        spin_left_right=tuple(sum(s * g[s, t] for s in spins) for t in spins),
        spin_right_left=tuple(sum(t * g[s, t] for t in spins) for s in spins),
        spin_right_right=tuple(t * sum(g[s, t] for s in spins) for t in spins),
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("shape", "drive"),
    [
        (laws.BarrierShape("wkb", 1.0, 8.0), model.Voltage(0.9)),
        (laws.BarrierShape("wkb", (1.2, 0.7), 6.0), model.Voltage(-1.4)),
        (laws.BarrierShape("simmons", 1.0, 8.0), model.Voltage(0.7)),
    ],
    ids=["wkb", "wkb by spin", "simmons"],
)
def test_against_matched_modes(shape: laws.BarrierShape, drive: model.Drive):
    law = laws.Tunnel(0.2, 0.4, 0.3, barrier=shape)
    numbers = run(SpinCase(stack=stack(law), drive=drive, solver=QUICK)).summary["interfaces"]
    state = expected(law, drive)
    found = numbers["L|R"]
    assert found["J"] == pytest.approx(state.left.current, rel=2e-6)
    assert found["JM_left"] == pytest.approx(state.left.spin_current, rel=2e-6, abs=1e-9)
    assert found["JM_right"] == pytest.approx(state.right.spin_current, rel=2e-6, abs=1e-9)
    assert found["torque_left"][0] != 0


def current(law: laws.Tunnel, voltage: float, angle: float = 1.1) -> float:
    case = SpinCase(stack=stack(law, angle), drive=model.Voltage(voltage), solver=QUICK)
    return run(case).summary["current"]


@pytest.mark.slow
def test_the_current_is_odd():
    law = laws.Tunnel(0.2, 0.4, 0.3, barrier=laws.BarrierShape("wkb", (1.2, 0.7), 8.0))
    for voltage in (1e-3, 0.8):
        assert current(law, -voltage) == pytest.approx(-current(law, voltage), rel=1e-11)


@pytest.mark.slow
@pytest.mark.parametrize(("heights", "sign"), [((2.0, 1.0), -1), ((1.0, 2.0), 1)])
def test_the_magnetoresistance_follows_the_lower_barrier(heights: tuple[float, float], sign: int):
    """Of spins s on the left a resistive barrier passes h B_s in each of both channels.

    With P on both sides and channels (1 + sP)(1 + s'P), TMR = [(1 + P)² B_+ + (1 − P)² B_-]
    / [(1 − P²)(B_+ + B_-)] − 1: it falls where the majority's barrier is the higher one.
    """
    P, decay, g, voltages = 0.5, 8.0, 1e-7, (1e-3, 0.4, 0.8)
    law = laws.Tunnel(g, P, P, barrier=laws.BarrierShape("wkb", heights, decay))
    ratios = []
    for voltage in voltages:
        parallel, opposite = (current(law, voltage, angle) for angle in (0.0, math.pi))
        ratios.append(parallel / opposite - 1)
        up, down = (wkb(voltage / each, decay * math.sqrt(each / heights[0])) for each in heights)
        closed = ((1 + P) ** 2 * up + (1 - P) ** 2 * down) / ((1 - P**2) * (up + down)) - 1
        assert ratios[-1] == pytest.approx(closed, rel=1e-5)
    assert ratios[0] == pytest.approx(2 * P**2 / (1 - P**2), rel=1e-4)
    assert sign * (ratios[1] - ratios[0]) > 0 and sign * (ratios[2] - ratios[1]) > 0


@pytest.mark.parametrize(
    ("kind", "largest"),
    [pytest.param("simmons", 1.0, marks=pytest.mark.slow), ("brinkman", 0.4)],
)
def test_a_model_is_not_used_beyond_its_bias(kind: str, largest: float):
    law = laws.Tunnel(1e-3, barrier=laws.BarrierShape(kind, 2.0, 5.0))
    assert current(law, 2.0 * largest * 0.98) > 0
    case = SpinCase(stack=stack(law), drive=model.Voltage(2.0 * largest * 1.02), solver=QUICK)
    with pytest.raises(
        NotConverged, match=rf"interfaces\.L\|R.*up to {2 * largest:g} V0"
    ) as caught:
        run(case)
    assert not caught.value.partial.summary["converged"]
    in_time = replace(case, time=TimeSettings(end=20.0, checkpoint=None))
    with pytest.raises(NotConverged, match=rf"interfaces\.L\|R.*up to {2 * largest:g} V0"):
        run(in_time)


@pytest.mark.parametrize(
    ("arguments", "key"),
    [
        (("simmons", 1.0, 2.0), "decay"),
        (("simmons", (4.0, 1.0), 4.0), "decay"),
        (("paper", (1.0, 2.0), 4.0), "height"),
        (("brinkman", (1.0, 2.0), 4.0), "height"),
        (("wkb", (1.0, -2.0), 4.0), "height"),
        (("wkb", (1.0, 2.0, 3.0), 4.0), "height"),
        (("wkb", 1.0, 4.0, 0.1), "asymmetry"),
    ],
)
def test_shapes_that_make_no_sense(arguments: tuple, key: str):
    with pytest.raises(StackError, match=key):
        laws.BarrierShape(*arguments)
