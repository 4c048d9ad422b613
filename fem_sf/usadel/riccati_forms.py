# SPDX-License-Identifier: MIT
"""Residual and Jacobian of the Riccati parametrisation, written out with the product rule.

Differentiating the action by UFL gives the same at a hundred times the cost. The components of
residuals are in the order of `fem_sf.usadel.riccati.residual_order`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import ufl

from fem_sf import compat
from fem_sf.usadel import riccati_algebra as algebra
from fem_sf.usadel.barriers import Barrier
from fem_sf.usadel.fields import UsadelFields
from fem_sf.usadel.riccati import (
    amplitudes,
    conjugate_pair,
    derivatives,
    field_gradients,
    layer_frequency,
)
from fem_sf.usadel.riccati_algebra import Step
from fem_sf.usadel.riccati_laws import Variations, plane_variations


def residual(system: UsadelFields, number: int) -> tuple[Any, ...]:
    """The variation of the action with respect to one conductor's unknown, compiled.

    Layers and each side of a barrier for themselves: then they are the same in other stacks, and
    compiled only once.
    """
    test = _test(system, number)
    forms = [_layers_variation(system, system.conductors[number].layers, _step(test).mirrored)]
    for side in _sides(system, number):
        step = _at_plane(test(side.near)).mirrored
        forms.append(side.variations.variation(step) * side.measure)
    return _compiled(system, forms)


def jacobian(system: UsadelFields, row: int, column: int) -> tuple[Any, ...] | None:
    """The derivative of a residual, compiled; ``None`` where two conductors are not coupled."""
    test = _test(system, row)
    trial = ufl.TrialFunction(system.conductors[column].theta.function_space)
    forms = [_layers_jacobian(system, row, test, trial)] if row == column else []
    for side in _sides(system, row):
        step = _at_plane(test(side.near)).mirrored
        if row == column:
            other = _at_plane(trial(side.near))
            forms.append(side.variations.second_variation(step, other) * side.measure)
        if side.neighbour == column:
            density = side.variations.mixed_variation(step, _at_plane(trial(side.far)))
            if density != 0:
                forms.append(density * side.measure)
    return _compiled(system, forms) or None


def layer_residual(system: UsadelFields, layer: str) -> tuple[Any, ...]:
    """Variation of the action of a layer and its barriers by the layer's own unknown, compiled.

    Its components are in the order of the unknown.
    """
    number = system.conductor_of(layer)
    test = _test(system, number)
    forms = [_layers_variation(system, (layer,), _step(test))]
    for side in _sides(system, number):
        if side.layer == layer:
            step = _at_plane(test(side.near))
            forms.append(side.variations.variation(step) * side.measure)
    return _compiled(system, forms)


def turns(system: UsadelFields, barrier: Barrier) -> list[Any]:
    """Change of a barrier's action when all behind it turns, in each way of the parametrisation."""
    behind = system.conductors[barrier.right].theta
    side = next(
        each
        for each in _sides(system, barrier.right)
        if each.near == "-" and each.barrier is barrier
    )
    return [
        compat.form(
            side.variations.variation(_at_plane(change(side.near))) * side.measure,
            system.entity_maps,
        )
        for change in system.parametrisation.turns(behind)
    ]


def _compiled(system: UsadelFields, forms: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(compat.long_form(each, system.entity_maps) for each in forms)


def _layers_variation(system: UsadelFields, layers: tuple[str, ...], step: Step) -> Any:
    """The variation of the action of some layers of one conductor, without barriers."""
    dx = system.layer_measure(layers)
    return sum(
        system.data[name].density_of_states
        * algebra.variation(*_layer_terms(system, name), step)
        * dx(k)
        for k, name in enumerate(layers)
    )


def phase_flux(system: UsadelFields, layer: str) -> Any:
    """Density of the current of particles along x in a layer."""
    theta, data = system.theta_of(layer), system.data[layer]
    along_x = algebra.phase_fluxes(amplitudes(theta), field_gradients(theta, data))[0]
    return data.density_of_states * along_x


def _layers_jacobian(system: UsadelFields, number: int, test: Any, trial: Any) -> Any:
    layers = system.conductors[number].layers
    dx = system.layer_measure(layers)
    return sum(
        system.data[name].density_of_states
        * algebra.second_variation(*_layer_terms(system, name), _step(test).mirrored, _step(trial))
        * dx(k)
        for k, name in enumerate(layers)
    )


def _layer_terms(system: UsadelFields, name: str) -> tuple[Any, ...]:
    """What a layer's variations are made of."""
    theta, data = system.theta_of(name), system.data[name]
    here = amplitudes(theta)
    frequency = layer_frequency(data, system.omega)
    projections = algebra.layer_projections(here, frequency, *conjugate_pair(system.gaps.get(name)))
    return here, field_gradients(theta, data), projections


@dataclass(frozen=True)
class _Side:
    """A barrier as one of its sides sees it.

    Parameters
    ----------
    near, far
        '+' and '-', or the reverse.
    barrier
        The barrier.
    layer
        The layer on the near side.
    neighbour
        The conductor on the far side.
    variations
        Those of the law's action.
    measure
        Integrates over the barrier.
    """

    near: str
    far: str
    barrier: Barrier
    layer: str
    neighbour: int
    variations: Variations
    measure: Any


def _sides(system: UsadelFields, number: int) -> Iterator[_Side]:
    """All sides of barriers that a conductor is on."""
    touching = [each for each in system.barriers if number in (each.left, each.right)]
    for each in touching:
        dS = system.plane_measure([each.plane])
        for near, far, own, other, layer in (
            ("+", "-", each.left, each.right, each.plane.left),
            ("-", "+", each.right, each.left, each.plane.right),
        ):
            if own == number:
                fields = system.conductors[own].theta(near), system.conductors[other].theta(far)
                variations = plane_variations(each, *fields, turned=(near == "-") != each.turned)
                yield _Side(near, far, each, layer, other, variations, dS(0))


def _test(system: UsadelFields, number: int) -> Any:
    """A test function, conjugated as UFL wants it: what is varied is holomorphic."""
    return ufl.conj(ufl.TestFunction(system.conductors[number].theta.function_space))


def _step(direction: Any) -> Step:
    """A direction as a variation in a layer."""
    values = _at_plane(direction)
    return Step(values.gamma, values.gamma_tilde, *derivatives(direction))


def _at_plane(direction: Any) -> Step:
    """A direction as a variation of the values only."""
    values = amplitudes(direction)
    return Step(values.gamma, values.gamma_tilde)
