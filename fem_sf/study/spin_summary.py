# SPDX-License-Identifier: MIT
"""The numbers of ``summary.json`` of spin transport from what was measured on a solution."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fem_sf.errors import InputError
from fem_sf.spin.closed_forms import decay_lengths
from fem_sf.spin.exact import InterfaceState, Side
from fem_sf.spin.materials import Ferromagnet, Material
from fem_sf.spin.model import Layer, Stack, Voltage, find_cautions
from fem_sf.spin.modes import decay_rates
from fem_sf.spin.settings import SpinCase
from fem_sf.study.versions import versions

FloatArray = NDArray[np.float64]

Directions = Mapping[str, tuple[FloatArray, FloatArray]]
"""By layer with a wall: p at its left and its right end."""

_SIDE_KEYS = {
    "mu": "chemical_potential",
    "m": "spin_potential",
    "V": "potential",
}


@dataclass(frozen=True)
class Measurement:
    """Numbers of one solution.

    Parameters
    ----------
    interfaces
        States by ``left|right``.
    left_end, right_end
        What enters and leaves at the contacts, or far inside a semi-infinite layer.
    drop
        V on the left minus V on the right, of a semi-infinite layer extrapolated to its face.
    dimension
        Of the mesh.
    extents, end_extents
        Length or area of every interface and of both contacts; 1 in one dimension.
    charge_gains
        By layer: charge per time that enters through its faces minus what leaves.
    entering
        Power that comes in at the contacts.
    heat
        Of layers and interfaces; ``None`` where α1 ≠ α2 leaves it undefined.
    directions
        By layer with a wall: p at its left and its right end.
    """

    interfaces: Mapping[str, InterfaceState]
    left_end: Side
    right_end: Side
    drop: float
    dimension: int
    extents: Mapping[str, float]
    end_extents: tuple[float, float]
    charge_gains: Mapping[str, float]
    entering: float
    heat: float | None
    directions: Directions


def has_energy(stack: Stack) -> bool:
    """Whether every layer has α1 = α2, so that power balances."""
    return all(layer.material.alpha1 == layer.material.alpha2 for layer in stack.layers)


def voltage_drop(
    stack: Stack, left_end: Side, right_end: Side, depths: tuple[float, float]
) -> float:
    """V on the left minus V on the right, of semi-infinite layers extrapolated to their faces.

    Parameters
    ----------
    stack
        Its outer layers.
    left_end, right_end
        Fields at the reservoirs, or somewhere in a semi-infinite layer.
    depths
        How far these places are from the faces of semi-infinite layers.
    """
    potentials = []
    for layer, side, depth, sign in (
        (stack.layers[0], left_end, depths[0], -1),
        (stack.layers[-1], right_end, depths[1], 1),
    ):
        if not layer.semi_infinite:
            potentials.append(side.potential)
            continue
        material = layer.material
        far = side.chemical_potential + material.spin_asymmetry * float(
            material.axis @ side.spin_potential
        )
        potentials.append(far + sign * side.current * depth / material.conductivity)
    return potentials[0] - potentials[1]


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
    interfaces = {}
    for interface in case.stack.interfaces:
        if interface.name not in fine.interfaces:
            continue
        numbers = interface_numbers(fine.interfaces[interface.name])
        if coarse is not None:
            other = interface_numbers(coarse.interfaces[interface.name])
            numbers["error"] = {key: _difference(numbers[key], other[key]) for key in other}
        interfaces[interface.name] = {
            "law": interface.law.kind,
            "extent": fine.extents[interface.name],
            **_plain(numbers),
        }
    kind = "voltage" if isinstance(case.drive, Voltage) else "current"
    drive: dict[str, Any] = {kind: case.drive.value}
    if case.wave_number:
        drive["wave_number"] = case.wave_number
    return {
        "kind": "spin",
        "title": case.title,
        "mode": "steady" if case.time is None else "transient",
        "drive": drive,
        "layers": {
            layer.name: _layer_summary(layer.material)
            | _turned(layer, fine.directions, None if coarse is None else coarse.directions)
            for layer in case.stack.layers
        },
        "interfaces": interfaces,
        **_conduction(fine, uniform=not case.wave_number),
        # in time charge is stored and power balances with it, so that a state does not tell
        "checks": {} if case.time else _checks(fine, uniform=not case.wave_number),
        "cautions": [each.message for each in find_cautions(case.stack)],
        "units": _units(case),
        "versions": versions(),
    }


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


def _difference(value: Any, other: Any) -> float | None:
    return None if value is None else float(np.max(np.abs(np.subtract(value, other))))


def _plain(numbers: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: each.tolist() if hasattr(each, "tolist") else each for key, each in numbers.items()
    }


def _layer_summary(material: Material) -> dict[str, Any]:
    summary: dict[str, Any] = {"material": material.kind, "lengths": _lengths(material)}
    if isinstance(material, Ferromagnet):
        summary["direction"] = material.axis.tolist()
    return summary


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


def _checks(fine: Measurement, *, uniform: bool) -> dict[str, Any]:
    """Balances that an exact solution obeys, over the largest term of each.

    Of a drive cos(qy) the current is conserved as a whole, not its amplitude, and is no check.
    """
    checks: dict[str, Any] = {}
    if uniform:
        ends = zip((fine.left_end, fine.right_end), fine.end_extents, strict=True)
        currents = [end.current * extent for end, extent in ends]
        lost = [*fine.charge_gains.values()]
        for name, state in fine.interfaces.items():
            currents.append(state.left.current * fine.extents[name])
            lost.append(currents[-1] - state.right.current * fine.extents[name])
        checks["charge"] = _relative(max(map(abs, lost)), currents)
    if fine.heat is not None:
        checks["power"], checks["heat"] = fine.entering, fine.heat
        balance = [fine.entering, fine.heat]
        checks["power_balance"] = _relative(fine.entering - fine.heat, balance)
    return checks


def _relative(difference: float, terms: list[float]) -> float:
    largest = max(abs(each) for each in terms)
    return float(difference) / largest if largest else 0.0


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
