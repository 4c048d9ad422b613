# SPDX-License-Identifier: MIT
"""Spin transport in time against independent solutions, and against what every run obeys."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from fem_sf.spin import model
from fem_sf.spin.observables import Faces, FaceStates
from fem_sf.spin.settings import TimeSettings
from fem_sf.spin.steady import uniform
from fem_sf.spin.system import SpinSystem
from spin_cases import reference, stack
from spin_runs import new_run
from spin_solves import observables, values_at

REFERENCE: Any = reference("ref_time")
AXES = "xyz"

# --- references ---


def probe(system: SpinSystem, states: FaceStates, where: dict[str, Any]) -> float:
    """One number as the references list it: along a layer, or of its left or right face."""
    layer, place, quantity = str(where["layer"]), where["y_local"], where["quantity"]
    if quantity in ("V", "dn") or quantity.startswith("dM"):
        found = observables(
            system.stack.layer(layer).material, values_at(system, layer, np.array([place]))
        )
        if quantity.startswith("dM"):
            return found["dM"][0, AXES.index(quantity[-1])]
        return found[quantity][0]
    assert layer == "0"
    face = states.left_end if place == 0 else states.interfaces["0|1"].left
    if quantity == "Disp":
        return face.displacement
    return face.current if quantity == "J" else face.spin_current[AXES.index(quantity[-1])]


@pytest.mark.parametrize("case", REFERENCE["T4_voltage_step"], ids=["clamped", "vector"])
def test_a_voltage_step_is_that_of_the_laplace_transform(case: dict[str, Any]) -> None:
    times = case["times"]
    settings = TimeSettings(end=times[-1], times=tuple(times[:-1]), tolerance=1e-8)
    run = new_run(stack(case["input"]), model.Voltage(1.0), settings, refinement=1.5)
    faces = Faces(run.system, run.steady.nodes, uniform)
    rows = []
    for state in run.steps():
        if state.time in times:
            states = faces.measure()
            rows.append([probe(run.system, states, each) for each in case["probes"]])
    expected = np.array(case["values"])
    assert np.shape(rows) == expected.shape
    kinds = [each["quantity"] for each in case["probes"]]
    for kind in set(kinds):
        columns = [i for i, each in enumerate(kinds) if each == kind]
        error = np.abs(np.array(rows) - expected)[:, columns].max()
        # what the references leave of a component that vanishes is rounding
        largest = max(np.abs(expected[:, columns]).max(), 1e-6)
        assert error < 1e-6 * largest, kind
