# SPDX-License-Identifier: MIT
"""Residual and Jacobian from the action, differentiated by UFL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ufl
from ufl.algorithms.ad import expand_derivatives

from fem_sf import compat
from fem_sf.usadel.barriers import Barrier
from fem_sf.usadel.fields import UsadelFields


def residual(system: UsadelFields, number: int) -> Any:
    """The variation of the action with respect to one conductor's unknown, compiled."""
    return compat.form(_residual(system, number), system.entity_maps)


def jacobian(system: UsadelFields, row: int, column: int) -> Any:
    """The derivative of a residual, compiled; ``None`` where two conductors are not coupled."""
    theta = system.conductors[column].theta
    if row == column:
        return compat.form(ufl.derivative(_residual(system, row), theta), system.entity_maps)
    between = [each for each in system.barriers if {each.left, each.right} == {row, column}]
    if not between:
        return None
    form = variation(system, system.barrier_action(between), row)
    derivative = ufl.derivative(form, theta)
    if expand_derivatives(derivative).empty():
        return None
    return compat.form(derivative, system.entity_maps)


def layer_residual(system: UsadelFields, layer: str) -> Any:
    """Derivative of the action of one layer and its barriers by the layer's own unknown."""
    number = system.conductor_of(layer)
    conductor = system.conductors[number]
    action = system.layer_action(conductor, conductor.layers.index(layer))
    touching = [each for each in system.barriers if layer in (each.plane.left, each.plane.right)]
    if touching:
        action += system.barrier_action(touching)
    return compat.form(variation(system, action, number), system.entity_maps)


def turns(system: UsadelFields, barrier: Barrier) -> list[Any]:
    """Change of a barrier's action when all behind it turns, in each way of the parametrisation."""
    behind = system.conductors[barrier.right].theta
    action = system.barrier_action([barrier])
    return [
        compat.form(expand_derivatives(ufl.derivative(action, behind, change)), system.entity_maps)
        for change in system.parametrisation.turns(behind)
    ]


def _residual(system: UsadelFields, number: int) -> Any:
    touching = [each for each in system.barriers if number in (each.left, each.right)]
    action = system.bulk_action(system.conductors[number])
    if touching:
        action += system.barrier_action(touching)
    return variation(system, action, number)


def variation(
    system: UsadelFields, action: Any, number: int, order: Sequence[int] | None = None
) -> Any:
    """The derivative of an action, with the test function conjugated as UFL wants it.

    Its components are varied in an order of those of the unknown.
    """
    theta = system.conductors[number].theta
    test = ufl.TestFunction(theta.function_space)
    direction = test if order is None else ufl.as_vector([test[int(i)] for i in order])
    derivative = expand_derivatives(ufl.derivative(action, theta, direction))
    return ufl.replace(derivative, {test: ufl.conj(test)})
