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
from fem_sf.study.cautions import cautions_before
from fem_sf.study.checks import Check, least_errors, relative, size_of, with_verdict
from fem_sf.study.versions import versions

FloatArray = NDArray[np.float64]

Directions = Mapping[str, tuple[FloatArray, FloatArray]]
"""By layer with a wall: p at its left and its right end."""

_LEVELS = (1e-6, 1e-3)
"""Of the balances over their largest term: more is a caution; and much more no solution."""

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
    imbalances
        By layer, shape (4,): size of the charge and of the components of spin that get lost.
    entering
        Power that comes in at the contacts.
    heat
        Of layers and interfaces; ``None`` where α1 ≠ α2 leaves it undefined.
    precession
        By layer, ∫ δM × w, shape (3,).
    directions
        By layer with a wall: p at its left and its right end.
    flow
        ``None`` in a steady state.
    """

    interfaces: Mapping[str, InterfaceState]
    left_end: Side
    right_end: Side
    drop: float
    dimension: int
    extents: Mapping[str, float]
    end_extents: tuple[float, float]
    imbalances: Mapping[str, FloatArray]
    entering: float
    heat: float | None
    precession: Mapping[str, FloatArray]
    directions: Directions
    flow: Flow | None = None


@dataclass(frozen=True)
class Flow:
    """What a run in time has besides, at its end.

    Parameters
    ----------
    total_currents
        J + ∂_t(−εV') at both contacts.
    stored
        Power that goes into δn and δM.
    largest_current, largest_voltage
        Through the whole run, by which what has decayed since is measured.
    """

    total_currents: tuple[float, float]
    stored: float
    largest_current: float
    largest_voltage: float


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
        "checks": _check_numbers(fine, checks),
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


def find_checks(fine: Measurement) -> tuple[Check, ...]:
    """Balances of charge, spin and power.

    Currents are measured by the largest of J and J_M, because symmetry may forbid the latter; of a
    run in time by the largest of the whole run.
    """
    extent = max(fine.end_extents)
    imbalances = np.array(list(fine.imbalances.values()))
    charges, spins = imbalances[:, 0], imbalances[:, 1:]
    currents = _currents(fine)
    lost = [*charges, *_lost_at_interfaces(fine)]
    if fine.flow is not None:
        first, second = fine.flow.total_currents
        lost.append(first * fine.end_extents[0] - second * fine.end_extents[1])
        currents.append(fine.flow.largest_current * extent)
    missing = max(map(abs, lost))
    spin_missing = max(map(size_of, spins))
    spin_currents: list[float | FloatArray] = [*currents, *_spin_currents(fine)]
    least = min([*fine.extents.values(), *fine.end_extents])
    checks = [
        Check(
            "charge",
            "the conservation of charge",
            relative(missing, currents),
            *_LEVELS,
            amount=missing / least,
            bounds=("J", "dissipation"),
        ),
        Check(
            "spin_balance",
            "the balance of spin currents with relaxation and precession",
            relative(spin_missing, spin_currents),
            *_LEVELS,
            amount=spin_missing / least,
            bounds=("JM_left", "JM_right", "torque", "jump", "torque_left", "torque_right"),
        ),
    ]
    if fine.heat is not None:
        taken = fine.heat
        powers = [fine.entering, fine.heat]
        if fine.flow is not None:
            taken += fine.flow.stored
            powers.append(fine.flow.largest_current * fine.flow.largest_voltage * extent)
        rest = fine.entering - taken
        checks.append(
            Check(
                "power_balance",
                "the balance of power and heat",
                relative(rest, powers),
                *_LEVELS,
                amount=abs(rest) / least,
                bounds=("dissipation",),
            )
        )
    return tuple(checks)


def _currents(fine: Measurement) -> list[float]:
    """J at all faces, as totals."""
    ends = zip((fine.left_end, fine.right_end), fine.end_extents, strict=True)
    through = [state.left.current * fine.extents[name] for name, state in fine.interfaces.items()]
    return [*(end.current * extent for end, extent in ends), *through]


def _spin_currents(fine: Measurement) -> list[FloatArray]:
    """J_M on both sides of all interfaces, as totals."""
    return [
        side.spin_current * fine.extents[name]
        for name, state in fine.interfaces.items()
        for side in (state.left, state.right)
    ]


def _lost_at_interfaces(fine: Measurement) -> list[float]:
    return [
        (state.left.current - state.right.current) * fine.extents[name]
        for name, state in fine.interfaces.items()
    ]


def _check_numbers(fine: Measurement, checks: tuple[Check, ...]) -> dict[str, Any]:
    """What ``summary.json`` says of the checks."""
    numbers = {each.name: each.value for each in checks}
    if fine.heat is not None:
        numbers |= {"power": fine.entering, "heat": fine.heat}
        if fine.flow is not None:
            numbers["stored_power"] = fine.flow.stored
    return numbers


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
