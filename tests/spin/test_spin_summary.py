# SPDX-License-Identifier: MIT
"""Numbers of the summary of spin transport against the exact solver and a solve by hand."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from fem_sf import run_case
from fem_sf.settings import MeshSettings
from fem_sf.spin import interfaces as laws
from fem_sf.spin import materials, model
from fem_sf.spin.exact import InterfaceState, Side
from fem_sf.spin.settings import SpinCase, SpinSolverSettings
from fem_sf.study.nodes import other_degree
from fem_sf.study.spin_checks import find_checks
from fem_sf.study.spin_measurement import Flow, Measurement
from fem_sf.study.spin_summary import bias_beyond_model, summarise

LEFT = materials.Ferromagnet(
    conductivity=1.3,
    diffusivity=0.7,
    relaxation_time=1.4,
    permittivity=0.03,
    polarisation=0.6,
    direction=(0.0, 0.0, 1.0),
    precession=(0.3, 0.0, 5.0),
)
MIDDLE = materials.Normal(
    conductivity=2.1, diffusivity=1.9, relaxation_time=4.0, precession=(0.0, 0.2, 0.1)
)
RIGHT = materials.Ferromagnet(
    conductivity=0.8,
    diffusivity=1.2,
    relaxation_time=0.9,
    permittivity=0.02,
    polarisation=0.4,
    direction=(math.sin(1.1), 0.0, math.cos(1.1)),
    precession=(2.0, 0.0, 1.0),
)


def valve(outer: float) -> model.Stack:
    return model.Stack(
        [
            model.Layer("L", LEFT, outer),
            model.Layer("N", MIDDLE, 0.8),
            model.Layer("R", RIGHT, outer),
        ],
        [
            model.Interface("L", "N", laws.Circuit(0.9, 0.3, 1.2, 0.4), capacitance=0.7),
            model.Interface("N", "R", laws.Circuit(1.1, 0.5, 1.7, -0.2), capacitance=0.4),
        ],
    )


CASES = {
    "reservoirs": SpinCase(stack=valve(2.5), drive=model.Voltage(1.5)),
    "half spaces": SpinCase(stack=valve(math.inf), drive=model.Current(0.8)),
}
NOT_OF_THE_STATE = ("seconds", "versions", "iterations", "unknowns", "error", "checks", "cautions")
OF_POWER = ("power", "heat")


def numbers(summary: Mapping[str, Any], head: str = "") -> Iterator[tuple[str, np.ndarray]]:
    """All numbers and vectors of a summary by dotted path."""
    for key, value in summary.items():
        if key in NOT_OF_THE_STATE:
            continue
        if isinstance(value, Mapping):
            yield from numbers(value, f"{head}{key}.")
        elif isinstance(value, int | float | list) and not isinstance(value, bool):
            yield f"{head}{key}", np.asarray(value)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_every_number_is_that_of_the_exact_solver(case: SpinCase) -> None:
    exact = replace(case, solver=SpinSolverSettings(method="exact"))
    found, expected = (dict(numbers(run_case(each).summary)) for each in (case, exact))
    assert set(found) >= set(expected) - {"checks"}
    for name in ("voltage", "current", "resistance_area", "interfaces.N|R.torque"):
        assert name in expected
    for name, value in expected.items():
        scale = max(1e-3, np.abs(value).max())
        np.testing.assert_allclose(found[name], value, rtol=0, atol=1e-7 * scale, err_msg=name)


def test_errors_are_the_differences_from_another_degree() -> None:
    """On a mesh so coarse that they are no rounding."""
    case = replace(CASES["reservoirs"], mesh=MeshSettings(refinement=0.15, degree=2))
    other = replace(case, mesh=replace(case.mesh, degree=other_degree(2)))
    summary, compared = (run_case(each).summary for each in (case, other))
    for name, interface in summary["interfaces"].items():
        for key, error in interface["error"].items():
            if error is None:
                assert interface[key] is None
                continue
            difference = np.subtract(interface[key], compared["interfaces"][name][key])
            assert error == pytest.approx(np.abs(difference).max(), rel=1e-6, abs=1e-12), key
    assert summary["interfaces"]["L|N"]["error"]["torque"] > 1e-6


def turned_by(left: float, right: float) -> Measurement:
    """What is measured on a layer along z whose ends are turned towards x, in radians."""
    end = Side(0.0, np.zeros(3), 0.8, np.zeros(3), 0.0, 0.0)
    ends = tuple(np.array([math.sin(each), 0.0, math.cos(each)]) for each in (left, right))
    return Measurement(
        interfaces={},
        left_end=end,
        right_end=end,
        drop=1.0,
        dimension=1,
        extents={},
        end_extents=(1.0, 1.0),
        imbalances={"L": np.zeros(4)},
        entering=0.8,
        heat=None,
        precession={"L": np.zeros(3)},
        directions={"L": ends},
    )


def test_tilts_and_their_errors_belong_to_their_ends() -> None:
    """Angles to the easy axis, and between two solves; of two directions 2 sin of the half."""
    stack = model.Stack([model.Layer("L", replace(LEFT, wall=materials.Wall(0.7, 0.4)), 2.5)], [])
    case = SpinCase(stack=stack, drive=model.Current(0.8))
    summary = summarise(case, turned_by(0.3, 0.7), turned_by(0.3 + 1e-3, 0.7 - 2e-5))
    layer = summary["layers"]["L"]
    for side, angle, change in (("left", 0.3, 1e-3), ("right", 0.7, 2e-5)):
        assert layer[f"direction_{side}"] == pytest.approx([math.sin(angle), 0, math.cos(angle)])
        assert layer[f"tilt_{side}"] == pytest.approx(math.degrees(angle), rel=1e-12)
        assert layer["direction_error"][side] == pytest.approx(2 * math.sin(change / 2), rel=1e-9)
        assert layer["tilt_error"][side] == pytest.approx(math.degrees(change), rel=1e-9)


def test_the_current_as_a_whole_is_that_of_the_left_contact_where_contacts_differ() -> None:
    """0.8 through 2 on the left and 0.4 through 4 on the right are 1.6, and 1.6 R is V."""
    measured = turned_by(0.0, 0.0)
    uneven = replace(
        measured,
        dimension=2,
        end_extents=(2.0, 4.0),
        right_end=measured.right_end._replace(current=0.4),
    )
    stack = model.Stack([model.Layer("L", replace(LEFT, wall=materials.Wall(0.7, 0.4)), 2.5)], [])
    summary = summarise(SpinCase(stack=stack, drive=model.Voltage(1.0)), uneven, None)
    assert summary["integrated_current"] == pytest.approx(1.6, rel=1e-12)
    assert summary["resistance"] == pytest.approx(1.0 / 1.6, rel=1e-12)
    assert "resistance_area" not in summary
    assert summary["checks"]["charge"] == 0


def test_charge_that_gets_lost_at_an_interface_counts_with_its_extent() -> None:
    """Where every layer conserves all: 3e-5 over an area of 0.5, of 0.8 through the contacts."""
    left = Side(0.0, np.zeros(3), 1.6, np.zeros(3), 0.0, 0.0)
    state = InterfaceState(left, left._replace(current=1.6 - 3e-5), None)
    measured = replace(turned_by(0.0, 0.0), interfaces={"L|R": state}, extents={"L|R": 0.5})
    (charge, _) = find_checks(measured)
    assert charge.name == "charge" and charge.fails and not charge.is_broken
    assert charge.value == pytest.approx(0.5 * 3e-5 / 0.8, rel=1e-9)
    # a density is off by as much as the smallest area makes of it
    assert charge.amount == pytest.approx(3e-5, rel=1e-9)


def test_lost_spin_is_a_density_by_the_smallest_extent() -> None:
    """3e-6 and 4e-6 of two components are 5e-6, over J_M of 0.1 through an area of 8."""
    side = Side(0.0, np.zeros(3), 0.2, np.array([0.0, 0.1, 0.0]), 0.0, 0.0)
    measured = replace(
        turned_by(0.0, 0.0),
        left_end=side,
        right_end=side,
        interfaces={"L|R": InterfaceState(side, side, None)},
        extents={"L|R": 8.0},
        end_extents=(0.5, 0.5),
        imbalances={"L": np.array([0.0, 3e-6, 0.0, 4e-6])},
    )
    (_, spin) = find_checks(measured)
    assert spin.name == "spin_balance"
    # J = 0.2 through the interface is the largest of all
    assert spin.value == pytest.approx(5e-6 / 1.6, rel=1e-9)
    assert spin.amount == pytest.approx(5e-6 / 0.5, rel=1e-9)


def test_in_time_balances_are_measured_by_the_whole_run() -> None:
    """Totals of contacts of 2 and 4 agree; power is 0.3 V times 5 J through 4, whatever is left."""
    now = Side(0.0, np.zeros(3), 0.0, np.zeros(3), 0.0, 0.0)
    flow = Flow((0.8, 0.4), stored=2e-6, largest_current=5.0, largest_voltage=0.3)
    measured = replace(
        turned_by(0.0, 0.0),
        left_end=now,
        right_end=now,
        end_extents=(2.0, 4.0),
        entering=9e-6,
        heat=3e-6,
        flow=flow,
    )
    charge, _, power = find_checks(measured)
    assert charge.value == 0
    assert power.value == pytest.approx((9e-6 - 3e-6 - 2e-6) / (0.3 * 5.0 * 4.0), rel=1e-9)
    leaking = replace(flow, total_currents=(0.8, 0.4 + 1e-5))
    charge, *_ = find_checks(replace(measured, flow=leaking))
    assert charge.value == pytest.approx(4e-5 / (5.0 * 4.0), rel=1e-6)


@pytest.mark.parametrize("turned", ["L", "R"])
def test_bias_of_every_channel_counts_along_its_own_magnetization(turned: str) -> None:
    """Δμ = 0.7 and m·p = 0.2 are 0.9 of the lower of two heights, which 0.4 of m exceeds."""
    directions = {"L": (0.0, 0.0, 1.0), "R": (1.0, 0.0, 0.0)}
    layers = [
        model.Layer(name, materials.Ferromagnet(direction=each), 1.0)
        for name, each in directions.items()
    ]
    shape = laws.BarrierShape("simmons", (1.0, 3.0), 8.0)
    stack = model.Stack(layers, [model.Interface("L", "R", laws.Tunnel(0.4, barrier=shape))])
    for along, across, beyond in ((0.2, 5.0, False), (0.4, 0.0, True)):
        m = np.roll([along, across, 0.0], 0 if turned == "R" else 2)
        sides = {
            name: Side(mu, m if name == turned else np.zeros(3), 0.0, np.zeros(3), 0.0, 0.0)
            for name, mu in (("L", 0.7), ("R", 0.0))
        }
        told = bias_beyond_model(stack, {"L|R": InterfaceState(sides["L"], sides["R"], None)})
        assert (told is not None) == beyond
    assert told is not None and "potentials differ by 1.1 V0" in told


def test_currents_in_the_plane_are_those_on_the_line_where_inverse_susceptibilities_differ() -> (
    None
):
    """α1 ≠ α2 enters J_M through δn, which only the plane takes from gradients."""
    stack = valve(2.5)
    layers = [
        replace(layer, material=replace(layer.material, alpha1=1.3, alpha2=0.8))
        for layer in stack.layers
    ]
    on_line = SpinCase(
        stack=model.Stack(layers, stack.interfaces),
        drive=model.Voltage(1.5),
        solver=SpinSolverSettings(error_estimate=False),
    )
    plane = replace(on_line, mesh=MeshSettings(dimension=2, width=0.5))
    line, plane_result = run_case(on_line), run_case(plane)
    for name, fields in line.layers.items():
        x = fields.points[:, 0]
        other = plane_result.layers[name]
        for column in ("JM_x", "JM_y", "JM_z", "J"):
            expected = np.interp(other.points[:, 0], x, fields.values[column])
            scale = np.abs(fields.values[column]).max()
            inside = np.abs(other.points[:, 0] - x.mean()) < 0.4 * np.ptp(x)
            np.testing.assert_allclose(
                other.values[column][inside],
                expected[inside],
                rtol=0,
                atol=3e-3 * scale,
                err_msg=f"{name} {column}",
            )


@pytest.mark.parametrize("method", ["finite-element", "exact"])
def test_resistance_of_half_spaces_is_what_the_barrier_adds(method: str) -> None:
    """Equal half spaces, parallel, P = 0: 1/g + 2β²/(2g + σ(1 − β²)/l_sf), from either side.

    m = ± a e^{-|y|/l_sf} with g·2a = βJ − σ(1 − β²) a/l_sf, and μ + βm is linear in each.
    """
    g, beta, sigma = 0.35, LEFT.polarisation, LEFT.conductivity
    along = replace(LEFT, precession=(0.0, 0.0, 0.0))
    length = math.sqrt((1 - beta**2) * along.diffusivity * along.relaxation_time)
    stack = model.Stack(
        [model.Layer(name, along, math.inf) for name in ("L", "R")],
        [model.Interface("L", "R", laws.Tunnel(g), capacitance=0.6)],
    )
    solver = SpinSolverSettings(method=method)
    summary = run_case(SpinCase(stack=stack, drive=model.Current(0.7), solver=solver)).summary
    expected = 1 / g + 2 * beta**2 / (2 * g + sigma * (1 - beta**2) / length)
    assert summary["resistance_area"] == pytest.approx(expected, rel=1e-8)
    assert summary["voltage"] == pytest.approx(0.7 * expected, rel=1e-8)
