# SPDX-License-Identifier: MIT
"""Whole cases of spin transport, from stack to result, against the independent solvers."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import fem_sf as sf
from fem_sf.settings import MeshSettings, OutputSettings
from fem_sf.spin.model import Stack, Voltage
from fem_sf.spin.settings import SpinCase, SpinSolverSettings
from fem_sf.study.results import SpinResult
from spin_cases import CASES, FINITE_BIAS_CASES, WALL_CASES, drive, stack, wall_stack

AT_INTERFACES, OF_PROFILES = 1e-7, 1e-6
"""What numbers may be off by, and profiles over their largest value."""

ON_A_LINE = [name for name, case in CASES.items() if "q" not in case["input"]]
IN_A_PLANE = [name for name in CASES if name not in ON_A_LINE]
EXACT = [name for name in CASES if name not in FINITE_BIAS_CASES]

INTERFACE_KEYS = {
    "J": "J",
    "JM_left": "JM_L",
    "JM_right": "JM_R",
    "torque": "torque_total_R_minus_L",
    "mu_left": "muL",
    "mu_right": "muR",
    "m_left": "muM_L",
    "m_right": "muM_R",
    "V_left": "V_L",
    "V_right": "V_R",
    "displacement": "Disp",
    "dissipation": "dissipation",
    "torque_left": "deposit_L",
    "torque_right": "deposit_R",
}
COLUMNS = {
    "V": ("V",),
    "dn": ("dn",),
    "dM": ("dM_x", "dM_y", "dM_z"),
    "J": ("J",),
    "JM": ("JM_x", "JM_y", "JM_z"),
    "p": ("p_x", "p_y", "p_z"),
}
"""Quantities that share a scale."""


def probes(profiles: list[dict[str, Any]], of: Stack) -> OutputSettings:
    """The positions of reference profiles."""
    places = {
        name: tuple(row[0] for row in profile["rows"])
        for name, profile in zip(of.names, profiles, strict=True)
    }
    return OutputSettings(probes=places)


def profile_errors(
    result: SpinResult, profiles: list[dict[str, Any]], factor: float = 1.0
) -> Iterator[tuple[str, float]]:
    """Deviation of every quantity at the probes over its largest value in the stack."""
    names = result.case.stack.names
    tables = [
        {
            column.replace("x", "_x").replace("y", "_y").replace("z", "_z"): values
            for column, values in zip(
                profile["columns"], np.array(profile["rows"], dtype=float).T, strict=True
            )
        }
        for profile in profiles
    ]
    for quantity, columns in COLUMNS.items():
        known = [each for each in columns if each in tables[0]]
        if not known:
            continue
        scale = max(float(np.abs(table[column]).max()) for table in tables for column in known)
        if scale < 1e-30:
            continue
        for name, table in zip(names, tables, strict=True):
            for column in known:
                found = factor * result.probes[name].values[column]
                yield f"{quantity} in {name}", float(np.abs(found - table[column]).max()) / scale


def check_interfaces(result: SpinResult, references: list[dict[str, Any]], tolerance: float):
    for interface, expected in zip(result.case.stack.interfaces, references, strict=True):
        found = result.summary["interfaces"][interface.name]
        for key, name in INTERFACE_KEYS.items():
            if expected.get(name) is None or found[key] is None:
                continue
            assert found[key] == pytest.approx(expected[name], abs=tolerance), (interface.name, key)


@pytest.mark.parametrize("name", ON_A_LINE)
def test_line(name: str):
    reference = CASES[name]
    of = stack(reference["input"])
    profiles = reference["result"]["profiles"]
    case = SpinCase(
        stack=of,
        drive=drive(reference["input"]),
        solver=SpinSolverSettings(error_estimate=False),
        output=probes(profiles, of),
    )
    result = sf.run_case(case)
    check_interfaces(result, reference["result"]["interfaces"], AT_INTERFACES)
    for quantity, error in profile_errors(result, profiles):
        assert error < OF_PROFILES, quantity
    assert result.summary["checks"]["charge"] < 1e-10
    if all(layer.material.alpha1 == layer.material.alpha2 for layer in of.layers):
        assert abs(result.summary["checks"]["power_balance"]) < 1e-9


@pytest.mark.slow
@pytest.mark.parametrize("name", IN_A_PLANE)
def test_plane(name: str):
    """Fields cos(qy) of one period; probes are halfway up, where the cosine is −1.

    Twice as fine as by default, for currents at nodes, which in a plane come from gradients.
    """
    reference = CASES[name]
    of = stack(reference["input"])
    profiles = reference["result"]["profiles"]
    case = SpinCase(
        stack=of,
        drive=drive(reference["input"]),
        wave_number=reference["input"]["q"],
        mesh=MeshSettings(dimension=2, width=2 * math.pi / reference["input"]["q"], refinement=2.0),
        solver=SpinSolverSettings(error_estimate=False),
        output=probes(profiles, of),
    )
    result = sf.run_case(case)
    check_interfaces(result, reference["result"]["interfaces"], AT_INTERFACES)
    for quantity, error in profile_errors(result, profiles, factor=-1.0):
        assert error < OF_PROFILES, quantity


@pytest.mark.parametrize("name", EXACT)
def test_exact(name: str):
    reference = CASES[name]
    of = stack(reference["input"])
    profiles = reference["result"]["profiles"]
    case = SpinCase(
        stack=of,
        drive=drive(reference["input"]),
        wave_number=reference["input"].get("q", 0.0),
        solver=SpinSolverSettings(method="exact"),
        output=probes(profiles, of),
    )
    result = sf.run_case(case)
    check_interfaces(result, reference["result"]["interfaces"], 1e-12)
    for quantity, error in profile_errors(result, profiles):
        assert error < 1e-12, quantity


@pytest.mark.slow
@pytest.mark.parametrize("name", WALL_CASES)
def test_wall(name: str):
    reference = WALL_CASES[name]
    of = wall_stack(reference["input"])
    profiles = reference["result"]["profiles"]
    case = SpinCase(
        stack=of, drive=Voltage(reference["input"]["drive"]["V"]), output=probes(profiles, of)
    )
    result = sf.run_case(case)
    expected = reference["result"]["interface"]
    found = result.summary["interfaces"]["L|R"]
    for key, of_reference in (
        ("J", "J"),
        ("JM_left", "JM_L"),
        ("JM_right", "JM_R"),
        ("m_left", "muM_L"),
        ("m_right", "muM_R"),
        ("V_left", "V_L"),
        ("V_right", "V_R"),
    ):
        assert found[key] == pytest.approx(expected[of_reference], abs=1e-7), key
    middle = np.add(found["JM_left"], np.negative(found["torque_left"]))
    assert middle == pytest.approx(np.array(expected["J_B"]), abs=1e-7)
    assert result.summary["layers"]["L"]["direction_right"] == pytest.approx(
        expected["pL"], abs=1e-7
    )
    assert result.summary["layers"]["R"]["direction_left"] == pytest.approx(
        expected["pR"], abs=1e-7
    )
    for quantity, error in profile_errors(result, profiles):
        assert error < OF_PROFILES, quantity
    assert abs(result.summary["checks"]["power_balance"]) < 1e-9
