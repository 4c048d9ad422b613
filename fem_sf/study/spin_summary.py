# SPDX-License-Identifier: MIT
"""Makes the numbers of ``summary.json`` of spin transport from measurements."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fem_sf.errors import InputError
from fem_sf.spin.closed_forms import decay_lengths
from fem_sf.spin.exact import InterfaceState
from fem_sf.spin.materials import Ferromagnet, Material
from fem_sf.spin.model import Layer, Stack, Voltage, find_cautions
from fem_sf.spin.modes import decay_rates
from fem_sf.spin.settings import SpinCase
from fem_sf.study.cautions import cautions_before
from fem_sf.study.checks import least_errors, with_verdict
from fem_sf.study.spin_checks import check_numbers, find_checks
from fem_sf.study.spin_measurement import Directions, Measurement
from fem_sf.study.versions import versions

FloatArray = NDArray[np.float64]

_SIDE_KEYS = {
    "mu": "chemical_potential",
    "m": "spin_potential",
    "V": "potential",
}


def interface_numbers(state: InterfaceState) -> dict[str, Any]:
    """What ``summary.json`` says of one interface, without errors."""
    numbers: dict[str, Any] = {
        "J": state.left.current,
        "JM_left": state.left.spin_current,
        "JM_right": state.right.spin_current,
        "torque": state.torque,
        "torque_left": state.torque_left,
        "torque_right": state.torque_right,
        "jump": float(np.linalg.norm(state.torque)),
    }
    for key, name in _SIDE_KEYS.items():
        numbers[f"{key}_left"] = getattr(state.left, name)
        numbers[f"{key}_right"] = getattr(state.right, name)
    numbers["displacement"] = state.left.displacement
    numbers["dissipation"] = state.dissipation
    return numbers


def bias_beyond_model(stack: Stack, states: Mapping[str, InterfaceState]) -> str | None:
    """Tell where potentials differ by more than a law holds for."""
    for interface in stack.interfaces:
        if interface.name not in states:
            continue
        state = states[interface.name]
        largest = abs(state.left.chemical_potential - state.right.chemical_potential)
        for name, side in ((interface.left, state.left), (interface.right, state.right)):
            largest += abs(float(stack.layer(name).material.axis @ side.spin_potential))
        for problem in interface.law.find_excess(largest):
            return f"interfaces.{interface.name}.{problem.key}: {problem.message}"
    return None


def summarise(case: SpinCase, fine: Measurement, coarse: Measurement | None) -> dict[str, Any]:
    """All numbers of a result, with an error estimate for each.

    Parameters
    ----------
    case
        What was solved.
    fine
        Measured on the solution.
    coarse
        Measured on the solve of another polynomial degree; the difference estimates the mesh error.
    """
    checks = find_checks(fine)
    least = least_errors(checks)
    interfaces = {}
    for interface in case.stack.interfaces:
        if interface.name not in fine.interfaces:
            continue
        numbers = interface_numbers(fine.interfaces[interface.name])
        if coarse is not None:
            other = interface_numbers(coarse.interfaces[interface.name])
            numbers["error"] = {
                key: _error(numbers[key], other[key], least.get(key, 0.0)) for key in other
            }
        interfaces[interface.name] = {
            "law": interface.law.kind,
            "extent": fine.extents[interface.name],
            **_plain(numbers),
        }
    kind = "voltage" if isinstance(case.drive, Voltage) else "current"
    drive: dict[str, Any] = {kind: case.drive.value}
    if case.wave_number:
        drive["wave_number"] = case.wave_number
    summary = {
        "kind": "spin",
        "title": case.title,
        "converged": True,
        "mode": "steady" if case.time is None else "transient",
        "drive": drive,
        "layers": {
            layer.name: _layer_summary(layer.material)
            | _torque_summary(case.stack, layer.name, fine, coarse, least)
            | _turned(layer, fine.directions, None if coarse is None else coarse.directions)
            for layer in case.stack.layers
        },
        "interfaces": interfaces,
        **_conduction(fine, uniform=not case.wave_number),
        "checks": check_numbers(fine, checks),
        "cautions": [
            *(each.message for each in find_cautions(case.stack)),
            *cautions_before(case),
        ],
        "units": _units(case),
        "versions": versions(),
    }
    beyond = bias_beyond_model(case.stack, fine.interfaces)
    if beyond is not None:
        summary |= {"converged": False, "note": beyond}
    return with_verdict(summary, checks)


def _conduction(fine: Measurement, *, uniform: bool) -> dict[str, Any]:
    """Current, voltage and their ratios; of a drive cos(qy) the amplitudes."""
    current, extent = fine.left_end.current, fine.end_extents[0]
    resistance = fine.drop / current if current else None
    numbers: dict[str, Any] = {"current": current, "voltage": fine.drop}
    if not uniform or _is_straight(fine):
        numbers["resistance_area"] = resistance
    if uniform and fine.dimension > 1:
        numbers["integrated_current"] = current * extent
        numbers["resistance"] = None if resistance is None else resistance / extent
    return numbers


def _is_straight(fine: Measurement) -> bool:
    """Whether all interfaces and contacts have the same extent, so that J is the same at all."""
    extents = [*fine.extents.values(), *fine.end_extents]
    return math.isclose(min(extents), max(extents), rel_tol=1e-9)


def _error(value: Any, other: Any, least: float) -> float | None:
    """Largest difference of two solves, but at least what a failed check says."""
    return None if value is None else max(float(np.abs(np.subtract(value, other)).max()), least)


def _plain(numbers: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: each.tolist() if hasattr(each, "tolist") else each for key, each in numbers.items()
    }


def _layer_summary(material: Material) -> dict[str, Any]:
    summary: dict[str, Any] = {"material": material.kind, "lengths": _lengths(material)}
    if isinstance(material, Ferromagnet):
        summary["direction"] = material.axis.tolist()
    return summary


def layer_torque(stack: Stack, name: str, measured: Measurement) -> FloatArray | None:
    """What clamps the magnetization of a layer: ∫ δM × w and what its faces add.

    That is J_M out minus in plus what relaxes, from the middle of one interface to that of the
    next. ``None`` beside a law that does not say what each side takes.
    """
    torque = measured.precession[name]
    for interface in stack.interfaces:
        state = measured.interfaces.get(interface.name)
        if state is None or name not in interface.pair:
            continue
        taken = state.torque_left if name == interface.left else state.torque_right
        if taken is None:
            return None
        torque = torque - measured.extents[interface.name] * taken
    # adding zero makes −0 a 0
    return torque + 0.0


def _torque_summary(
    stack: Stack,
    name: str,
    fine: Measurement,
    coarse: Measurement | None,
    least: Mapping[str, float],
) -> dict[str, Any]:
    torque = layer_torque(stack, name, fine)
    if torque is None:
        return {"torque": None, "torque_error": None}
    error = None
    if coarse is not None:
        error = _error(torque, layer_torque(stack, name, coarse), least.get("torque", 0.0))
    return {"torque": torque.tolist(), "torque_error": error}


def _turned(layer: Layer, fine: Directions, coarse: Directions | None) -> dict[str, Any]:
    """Directions at the ends of a layer with a wall, and their angles to its easy axis."""
    summary: dict[str, Any] = {}
    for number, side in enumerate(("left", "right") if layer.name in fine else ()):
        direction = fine[layer.name][number]
        summary[f"direction_{side}"] = direction.tolist()
        summary[f"tilt_{side}"] = _angle(direction, layer.material.axis)
        if coarse is not None:
            other = coarse[layer.name][number]
            errors = summary.setdefault("direction_error", {})
            errors[side] = float(np.linalg.norm(direction - other))
            tilts = summary.setdefault("tilt_error", {})
            tilts[side] = _angle(direction, other)
    return summary


def _angle(first: FloatArray, second: FloatArray) -> float:
    """Between two unit vectors in degrees, with all digits of small ones."""
    return math.degrees(2 * math.asin(min(float(np.linalg.norm(first - second)) / 2, 1.0)))


def _lengths(material: Material) -> dict[str, Any]:
    """The lengths of Eq. 11 by name where the field is along p, else those of the four modes."""
    try:
        lengths = decay_lengths(material)
    except InputError:
        return {"decay": [[each.real, each.imag] for each in 1 / decay_rates(material)]}
    named = {
        "screening": lengths.screening,
        "longitudinal": lengths.longitudinal,
        "transverse": lengths.transverse,
    }
    return {
        key: [each.real, each.imag] if complex(each).imag else complex(each).real
        for key, each in named.items()
    }


def _units(case: SpinCase) -> dict[str, Any]:
    units: dict[str, Any] = {
        "voltage": "V0",
        "length": "L0",
        "time": "t0",
        "conductivity": "sigma0",
        "current density": "sigma0 V0 / L0",
        "density": "sigma0 V0 t0 / L0^2",
    }
    if case.scales is not None:
        units |= {
            "length_in_m": case.scales.length,
            "time_in_s": case.scales.time,
            "conductivity_in_S_per_m": case.scales.conductivity,
            "voltage_in_V": case.scales.voltage,
        }
    return units
