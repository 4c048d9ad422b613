# SPDX-License-Identifier: MIT
"""A case of spin transport solved by matching modes: the exact answer, without dolfinx."""

from __future__ import annotations

from operator import sub
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fem_sf.spin.exact import Profile, Side, Solution, solve
from fem_sf.spin.grading import SpinGrading
from fem_sf.spin.model import Layer
from fem_sf.spin.settings import SpinCase
from fem_sf.study.progress import Clock
from fem_sf.study.results import SPIN_COLUMNS, LayerFields
from fem_sf.study.spin_summary import Measurement, summarise, voltage_drop

FloatArray = NDArray[np.float64]

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
    summary = summarise(case, _measurement(case, solution, layers), None)
    summary |= {"converged": True, "iterations": {"reason": "exact"}, "seconds": clock.seconds()}
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


def _measurement(case: SpinCase, solution: Solution, layers: dict[str, LayerFields]) -> Measurement:
    names = [interface.name for interface in case.stack.interfaces]
    ends, depths = [], []
    for number, (end, layer) in enumerate(
        ((solution.left_end, case.stack.layers[0]), (solution.right_end, case.stack.layers[-1]))
    ):
        x = layers[layer.name].points[:, 0]
        depths.append(float(np.ptp(x)))
        far = [-depths[-1], depths[-1]][number]
        ends.append(end if end is not None else _side(solution.profile(layer.name, far)))
    entering = [ends[0].current, *(each.right.current for each in solution.interfaces)]
    leaving = [*(each.left.current for each in solution.interfaces), ends[1].current]
    return Measurement(
        interfaces=dict(zip(names, solution.interfaces, strict=True)),
        left_end=ends[0],
        right_end=ends[1],
        drop=voltage_drop(case.stack, ends[0], ends[1], (depths[0], depths[1])),
        dimension=1,
        extents=dict.fromkeys(names, 1.0),
        end_extents=(1.0, 1.0),
        charge_gains=dict(zip(case.stack.names, map(sub, entering, leaving), strict=True)),
        entering=0.0,
        heat=None,
        directions={},
    )


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
