# SPDX-License-Identifier: MIT
"""Spin transport in time against independent solutions, and against what every run obeys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from mpi4py import MPI
from numpy.typing import NDArray

from fem_sf.mesh.layers import LayeredMesh
from fem_sf.settings import MeshSettings
from fem_sf.solve.elimination import Condition
from fem_sf.spin import conditions, materials, model
from fem_sf.spin.face_states import FaceStates
from fem_sf.spin.observables import Faces
from fem_sf.spin.relaxation import relaxation_rates
from fem_sf.spin.settings import SpinSolverSettings, TimeSettings
from fem_sf.spin.steady import Profile, uniform
from fem_sf.spin.system import SpinSystem
from fem_sf.spin.transient import TransientSolver, TransientState
from fem_sf.spin.transport import SIZE
from spin_cases import material, reference, stack
from spin_runs import new_run
from spin_solves import node_places, observables, steady, values_at
from support import interval
from support import uniform as uniform_cells

FloatArray = NDArray[np.float64]
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
    run = new_run(
        stack(case["input"]), model.Voltage(1.0), settings, mesh=MeshSettings(refinement=1.5)
    )
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


# --- closed slabs: nothing flows out, V is known up to a constant ---


def closed_slab(
    layer: model.Layer,
    times: tuple[float, ...],
    initial: Callable[[FloatArray], FloatArray],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[tuple[float, FloatArray, FloatArray]]:
    """Time, places and (δn, δM) at each of the times, from such densities at the places."""

    def gauge(system: SpinSystem, nodes: conditions.FaceNodes, profile: Profile) -> list[Condition]:
        left = nodes.of_facets(layer.name, mesh.facet_entities(mesh.end_facets(right=False)))
        potential, zero = np.eye(SIZE)[-1:], np.zeros(1)
        return [Condition((left,), potential, potential, zero, zero, zero)]

    monkeypatch.setattr(conditions, "find", gauge)
    mesh = LayeredMesh.distribute(
        MPI.COMM_WORLD, interval((layer.name, uniform_cells(layer.extent, 16)))
    )
    system = SpinSystem(model.Stack([layer]), model.Voltage(0.0), mesh, 4)
    system.contacts = ()
    settings = TimeSettings(end=times[-1], times=times, tolerance=1e-9)
    run = TransientSolver(system, SpinSolverSettings(), settings)
    u = system.fields[layer.name]
    places, density = node_places(system, layer.name), layer.material
    densities = initial(places)
    per_density = density.diffusivity / density.conductivity
    values = u.x.array.reshape(-1, SIZE)
    values[:, 0] = density.alpha1 * per_density * densities[:, 0]
    values[:, 1:4] = per_density * densities[:, 1:]
    # V is not known yet: the drive, of 0, steps at once, and V follows from the densities
    run.resume(TransientState(0.0, 0.0, wanted=1e-6 * times[0]))
    for state in run.steps():
        if state.time in times:
            found = observables(layer.material, u.x.array.real.reshape(-1, SIZE))
            yield state.time, places, np.column_stack([found["dn"], found["dM"]])


def test_spins_of_a_closed_slab_precess_and_relax(monkeypatch: pytest.MonkeyPatch) -> None:
    case = REFERENCE["T1_precession"]
    slab = model.Layer(
        "slab",
        materials.Normal(1.7, 0.4, case["tau"], permittivity=0.3, precession=case["w"]),
        2.0,
    )
    start = np.array([0.0, *case["dM0"]])
    rows = closed_slab(
        slab, tuple(case["times"]), lambda places: np.tile(start, (len(places), 1)), monkeypatch
    )
    for (_, _, found), expected in zip(rows, case["dM"], strict=True):
        np.testing.assert_allclose(found[:, 1:], np.tile(expected, (len(found), 1)), atol=1e-6)
        assert np.abs(found[:, 0]).max() < 1e-12


@pytest.mark.parametrize("case", REFERENCE["T2_closed_slab"], ids=["onsager", "any", "normal"])
def test_waves_in_a_closed_slab_decay_with_their_modes(
    case: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = case["layer"]
    slab = model.Layer("slab", material(data, data["beta"] == 0), data["L"])

    def wave(places: FloatArray) -> FloatArray:
        return np.cos(case["k"] * places)[:, np.newaxis] * np.array(case["u0"])

    rows = closed_slab(slab, tuple(case["times"]), wave, monkeypatch)
    largest = np.abs(case["u0"]).max()
    for (_, places, found), amplitudes in zip(rows, case["u"], strict=True):
        expected = np.cos(case["k"] * places)[:, np.newaxis] * np.array(amplitudes)
        np.testing.assert_allclose(found, expected, atol=1e-6 * largest)


@pytest.mark.parametrize("case", REFERENCE["T3_decay_rates"], ids=["clamped", "vector"])
def test_deviations_from_rest_decay_with_the_roots_of_mode_matching(case: dict[str, Any]) -> None:
    solver = steady(stack(case["input"]), model.Voltage(1.0))
    expected = [complex(*each) for each in case["rates_re_im"]]
    found = relaxation_rates(solver, len(expected))
    np.testing.assert_allclose(found, expected, rtol=1e-7)
