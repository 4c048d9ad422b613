# SPDX-License-Identifier: MIT
"""Checks the balances of a solved stack: spin, charge, torque, and the moment from the action."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fem_sf.settings import UsadelCase
from fem_sf.study.checks import Check, relative, size_of
from fem_sf.study.usadel_measurement import (
    Measurement,
    magnetization_unit,
    moment_size,
    scales_of,
)
from fem_sf.usadel.observables import Integrals

_LEVELS = (1e-6, 1e-3)
"""Of the balances over the natural size of their terms: more is a caution; much more no solution.
"""

_NOTHING = 1e-8
"""Of what it can be at most, below which a moment or a current counts as next to nothing."""

_IN_LINE = 1e-6
"""Sine of the difference of two phases between which no current flows but for rounding."""


def find_checks(case: UsadelCase, measured: Measurement) -> tuple[Check, ...]:
    """Balances of torques, spin and charge, and the total spin at T = 0.

    They are measured by what their terms are made of: by sums of |J ∫δM| and |∫δM|, which no
    symmetry makes zero, and supercurrents by the largest of them, unless all phases are in line.
    Terms that are nothing but rounding are measured by what δM and Δ can be at most.
    """
    integrals, interfaces = measured.integrals, [each.name for each in case.stack.interfaces]
    extents = [each for each in integrals.extents.values() if each]
    moments, torques = _natural_sizes(case, measured)
    torque = size_of(_total_torque(measured))
    torque_keys = tuple(f"{name}.torque" for name in integrals.torque)
    unbalanced = _spin_current_balance(case, integrals)
    checks = [
        Check(
            "torque_balance",
            "the balance of all torques",
            relative(torque, torques),
            *_LEVELS,
            amount=torque,
            bounds=torque_keys,
        ),
        Check(
            "spin_current_balance",
            "the balance of spin currents with torques",
            relative(unbalanced, [*torques, *integrals.spin_current.values()]),
            *_LEVELS,
            amount=unbalanced,
            bounds=(*torque_keys, *(f"{name}.spin_current" for name in interfaces)),
        ),
    ]
    if case.stack.phases:
        inflow = integrals.supercurrent_balance
        checks.append(
            Check(
                "supercurrent_balance",
                "the conservation of supercurrents",
                relative(inflow, _supercurrent_sizes(case, integrals)),
                *_LEVELS,
                amount=inflow / min(extents, default=1.0),
                bounds=tuple(f"{name}.supercurrent" for name in interfaces),
            )
        )
    if measured.action_at_zero is not None:
        missing = size_of(_total_magnetization(measured) - _from_action(case, measured))
        checks.append(
            Check(
                "total_magnetization",
                "the total spin, which at T = 0 follows from the action alone,",
                relative(missing, [sum(moments)]),
                *_LEVELS,
                amount=missing,
                bounds=tuple(f"{name}.integral" for name in integrals.magnetization),
            )
        )
    return tuple(checks)


def _natural_sizes(case: UsadelCase, measured: Measurement) -> tuple[list[float], list[float]]:
    """Of |∫δM| of every layer, and of the torque |J| ∫δN_M on it."""
    integrals, unit = measured.integrals, magnetization_unit(case, measured)
    moments, torques = [], []
    for layer in case.stack.layers:
        name = layer.name
        along = integrals.along_exchange.get(name, 0.0)
        least = _NOTHING * float(np.real(integrals.volume[name]))
        moments.append(max(moment_size(integrals.magnetization[name]), abs(along), least))
        torques.append(2 * unit * measured.strengths[name] * moments[-1])
    return moments, torques


def _supercurrent_sizes(case: UsadelCase, integrals: Integrals) -> list[float]:
    """Of all supercurrents as a whole; where symmetry forbids them, of ∫νΔ²."""
    condensed = [
        case.stack.layer(name).material.density_of_states
        * abs(gap) ** 2
        / np.real(integrals.volume[name])
        for name, gap in integrals.gap.items()
    ]
    phases = [*case.stack.phases.values()]
    if all(abs(math.sin(each - phases[0])) < _IN_LINE for each in phases):
        return condensed
    currents = [integrals.extents[name] * each for name, each in integrals.supercurrent.items()]
    return [*currents, _NOTHING * sum(condensed)]


def _total_magnetization(measured: Measurement) -> NDArray[np.float64]:
    """∫δM over the whole stack, in units of the reference."""
    moments = measured.integrals.magnetization.values()
    return np.sum([measured.frame.vectors(each) for each in moments], axis=0)


def _from_action(case: UsadelCase, measured: Measurement) -> NDArray[np.float64]:
    """The same at T = 0 from the action at ω → 0."""
    assert measured.action_at_zero is not None
    return measured.frame.vectors(measured.action_at_zero.imag / magnetization_unit(case, measured))


def _total_torque(measured: Measurement) -> NDArray[np.float64]:
    # adding zero makes −0 a 0
    return sum(map(np.asarray, measured.integrals.torque.values()), np.zeros(3)) + 0.0


def check_numbers(case: UsadelCase, measured: Measurement) -> dict[str, Any]:
    """Identities that the exact solution obeys, as they are."""
    checks: dict[str, Any] = {
        "total_magnetization": _total_magnetization(measured).tolist(),
        "torque_balance": _total_torque(measured).tolist(),
        "spin_current_balance": _spin_current_balance(case, measured.integrals),
    }
    if case.stack.phases:
        checks["supercurrent_balance"] = measured.integrals.supercurrent_balance
    checks["metastable"] = measured.integrals.free_energy > 0
    if measured.action_at_zero is not None:
        checks["total_magnetization_from_action"] = _from_action(case, measured).tolist()
    return checks


def _spin_current_balance(case: UsadelCase, integrals: Integrals) -> float:
    """Largest torque on a layer that the spin currents into it do not account for."""
    rest = {layer.name: np.zeros(3) for layer in case.stack.layers}
    for name, torque in integrals.torque.items():
        rest[name] += torque
    for interface in case.stack.interfaces:
        rest[interface.left] += integrals.spin_current[interface.name]
        rest[interface.right] -= integrals.spin_current[interface.name]
    return max(moment_size(each) for each in rest.values())


def sum_error(case: UsadelCase, measured: Measurement) -> float:
    """What frequency sums miss, over the largest number of a kind or what is natural for it."""
    found = measured.integrals
    scales = scales_of(case, found.volume)
    moments, torques = _natural_sizes(case, measured)
    numbers: dict[str, Iterable[Any]] = {
        "∫δM": moments,
        "free energy": [found.free_energy],
        "torque": torques,
        "spin current": [*found.spin_current.values(), *torques],
        "supercurrent": found.supercurrent.values(),
    }
    relative = [0.0]
    for kind, error in found.sum_errors.items():
        if error > scales[kind].rounding:
            largest = max(map(moment_size, numbers[kind]), default=0.0)
            relative.append(error / max(largest, scales[kind].natural))
    return max(relative)
