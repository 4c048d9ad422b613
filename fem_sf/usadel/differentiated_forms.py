# SPDX-License-Identifier: MIT
"""Residual and Jacobian from the action, differentiated by UFL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ufl
from ufl.algorithms.ad import expand_derivatives

from fem_sf import compat

if TYPE_CHECKING:
    from fem_sf.usadel.system import UsadelSystem


def residual(system: UsadelSystem, number: int) -> Any:
    """The variation of the action with respect to one conductor's unknown, compiled."""
    return compat.form(_residual(system, number), system.entity_maps)


def jacobian(system: UsadelSystem, row: int, column: int) -> Any:
    """The derivative of a residual, compiled; ``None`` where two conductors are not coupled."""
    if row == column:
        form = _residual(system, row)
    else:
        between = [each for each in system.barriers if {each.left, each.right} == {row, column}]
        if not between:
            return None
        form = _variation(system, system.barrier_action(between), row)
    derivative = ufl.derivative(form, system.conductors[column].theta)
    return compat.form(derivative, system.entity_maps)


def _residual(system: UsadelSystem, number: int) -> Any:
    touching = [each for each in system.barriers if number in (each.left, each.right)]
    action = system.bulk_action(system.conductors[number])
    if touching:
        action += system.barrier_action(touching)
    return _variation(system, action, number)


def _variation(system: UsadelSystem, action: Any, number: int) -> Any:
    """The derivative of an action, with the test function conjugated as UFL wants it."""
    theta = system.conductors[number].theta
    test = ufl.TestFunction(theta.function_space)
    derivative = expand_derivatives(ufl.derivative(action, theta, test))
    return ufl.replace(derivative, {test: ufl.conj(test)})
