# SPDX-License-Identifier: MIT
"""Checks the balances of a state of spin transport: charge, spin, energy, torque."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fem_sf.study.checks import Check, relative, size_of
from fem_sf.study.spin_measurement import Measurement

FloatArray = NDArray[np.float64]

_LEVELS = (1e-6, 1e-3)
"""Of the balances over their largest term: more is a caution; and much more no solution."""


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


def check_numbers(fine: Measurement, checks: tuple[Check, ...]) -> dict[str, Any]:
    """What ``summary.json`` says of the checks."""
    numbers = {each.name: each.value for each in checks}
    if fine.heat is not None:
        numbers |= {"power": fine.entering, "heat": fine.heat}
        if fine.flow is not None:
            numbers["stored_power"] = fine.flow.stored
    return numbers
