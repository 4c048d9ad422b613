# SPDX-License-Identifier: MIT
"""Solves a spin-transport case by matching modes: the exact answer, without dolfinx."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fem_sf.spin.exact import Profile, Side, Solution, power, solve
from fem_sf.spin.exact_integrals import integrate
from fem_sf.spin.grading import SpinGrading
from fem_sf.spin.model import Layer, Stack
from fem_sf.spin.settings import SpinCase
from fem_sf.study.progress import Clock
from fem_sf.study.results import SPIN_COLUMNS, LayerFields
from fem_sf.study.spin_measurement import Measurement, has_energy, voltage_drop
from fem_sf.study.spin_summary import summarise

FloatArray = NDArray[np.float64]

_DEEP = 36.0
"""Of its longest lengths, how far an endless layer is integrated; rounding is left beyond."""

_POINTS_PER_CELL = 4
"""Places at which a profile is given, for every cell that finite elements would have there."""


def run_exact(
    case: SpinCase,
) -> tuple[dict[str, LayerFields], dict[str, LayerFields], dict[str, Any]]:
    """Solve a case exactly.

    Returns
    -------
    tuple
        Observables by layer at places as close as the nodes of a mesh would be, the same at the
        probes, and the summary.
    """
    clock = Clock()
    solution = solve(case.stack, case.drive, case.wave_number)
    clock.lap("solve")
    grading = SpinGrading()
    starts = np.cumsum([0.0, *(_extent(layer) for layer in case.stack.layers[:-1])])
    layers, probes = {}, {}
    points = grading.layer_points(case.stack, case.mesh.refinement * _POINTS_PER_CELL)
    for number, (layer, start, own) in enumerate(
        zip(case.stack.layers, starts, points, strict=True)
    ):
        places = own - own[-1] if number == 0 and layer.semi_infinite else own
        layers[layer.name] = _fields(solution, layer, float(start), places)
        asked = case.output.probes.get(layer.name)
        if asked:
            probes[layer.name] = _fields(solution, layer, float(start), np.array(asked, float))
    clock.lap("output")
    summary = summarise(case, _measurement(case, solution), None)
    summary |= {"iterations": {"reason": "exact"}, "seconds": clock.seconds()}
    return layers, probes, summary


def _extent(layer: Layer) -> float:
    return 0.0 if layer.semi_infinite else layer.extent


def _fields(solution: Solution, layer: Layer, start: float, places: FloatArray) -> LayerFields:
    profile = solution.profile(layer.name, places)
    columns = np.column_stack(
        [
            profile.potential,
            profile.charge,
            profile.magnetization,
            profile.current,
            profile.spin_current,
        ]
    )
    number = np.arange(len(places) - 1)
    return LayerFields(
        points=(start + places)[:, np.newaxis],
        cells=np.column_stack([number, number + 1]),
        values=dict(zip(SPIN_COLUMNS, columns.T, strict=True)),
    )


def _measurement(case: SpinCase, solution: Solution) -> Measurement:
    stack = case.stack
    names = [interface.name for interface in stack.interfaces]
    places = _deep_places(stack)
    integrals = {
        name: integrate(solution, name, each, case.wave_number) for name, each in places.items()
    }
    first, last = places[stack.names[0]][0], places[stack.names[-1]][-1]
    left_end = solution.left_end or _side(solution.profile(stack.names[0], first))
    right_end = solution.right_end or _side(solution.profile(stack.names[-1], last))
    entering = [left_end, *(each.right for each in solution.interfaces)]
    leaving = [*(each.left for each in solution.interfaces), right_end]
    interface_heat = sum(each.dissipation for each in solution.interfaces)
    heat = interface_heat + sum(each.heat for each in integrals.values())
    return Measurement(
        interfaces=dict(zip(names, solution.interfaces, strict=True)),
        left_end=left_end,
        right_end=right_end,
        drop=voltage_drop(stack, left_end, right_end, (abs(first), abs(last))),
        dimension=1,
        extents=dict.fromkeys(names, 1.0),
        end_extents=(1.0, 1.0),
        imbalances={
            name: np.abs(_fluxes(first_side) - _fluxes(last_side) - each.taken)
            for (name, each), first_side, last_side in zip(
                integrals.items(), entering, leaving, strict=True
            )
        },
        entering=power(left_end) - power(right_end),
        heat=heat if has_energy(stack) else None,
        precession={name: each.precession for name, each in integrals.items()},
        directions={},
    )


def _fluxes(side: Side) -> FloatArray:
    """(J, J_M), shape (4,)."""
    return np.array([side.current, *side.spin_current])


def _deep_places(stack: Stack) -> dict[str, FloatArray]:
    """Places by layer that resolve its modes, of an endless one to where they have decayed."""
    points = dict(zip(stack.names, SpinGrading(far=_DEEP).layer_points(stack, 1.0), strict=True))
    first = stack.layers[0]
    if first.semi_infinite:
        points[first.name] = points[first.name] - points[first.name][-1]
    return points


def _side(profile: Profile) -> Side:
    """Fields at the only place of a profile."""
    return Side(
        chemical_potential=float(profile.chemical_potential[0]),
        spin_potential=profile.spin_potential[0],
        current=float(profile.current[0]),
        spin_current=profile.spin_current[0],
        potential=float(profile.potential[0]),
        displacement=float(profile.displacement[0]),
    )
