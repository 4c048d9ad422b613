# SPDX-License-Identifier: MIT
"""Variations of any law's action in the Riccati parametrisation.

A law's scalar is differentiated by the components of ĝ = 2P − 1 only, and chained with the
variations of P that `fem_sf.usadel.riccati_algebra` has: to first order the scalar is −½ tr(H P)
with H made of its derivatives, and its curvature adds what is quadratic in

    δP = u X v̄ + v Y ū,    X = N δγ Ñ,    Y = Ñ δγ̃ N.

Differentiating through γ and γ̃ by UFL gives the same at ten to a hundred times the cost.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import ufl
from ufl.algorithms.apply_derivatives import apply_derivatives
from ufl.corealg.map_dag import map_expr_dag
from ufl.corealg.multifunction import MultiFunction

from fem_sf.usadel import riccati
from fem_sf.usadel import riccati_algebra as algebra
from fem_sf.usadel.laws.kupriyanov_lukichev import KupriyanovLukichev
from fem_sf.usadel.nambu import Nambu
from fem_sf.usadel.quaternion import Quaternion, quaternion
from fem_sf.usadel.riccati_algebra import NO_GRADIENTS, Amplitudes, Projections, Step

if TYPE_CHECKING:
    from fem_sf.usadel.barriers import Barrier

Action = Callable[[Nambu, Nambu], Any]
"""Density at a plane, of ĝ on the near and on the far side."""


@dataclass(frozen=True)
class WrittenVariations:
    """Those of Kupriyanov and Lukichev's law, written out.

    Parameters
    ----------
    here, there
        Amplitudes on the near and on the far side.
    conductance
        c.
    """

    here: Amplitudes
    there: Amplitudes
    conductance: Any

    def variation(self, step: Step) -> Any:
        """Change to first order in a step on the near side."""
        return algebra.variation(self.here, NO_GRADIENTS, self._projections, step)

    def second_variation(self, step: Step, other: Step) -> Any:
        """How that changes to first order in another step on the same side."""
        return algebra.second_variation(self.here, NO_GRADIENTS, self._projections, step, other)

    def mixed_variation(self, step: Step, other: Step) -> Any:
        """How that changes to first order in another step on the other side."""
        return algebra.mixed_variation(self.here, self.there, self.conductance, step, other)

    @property
    def _projections(self) -> Projections:
        return algebra.barrier_projections(self.here, self.there, self.conductance)


@dataclass(frozen=True)
class LawVariations:
    """Those of any density at a plane.

    Parameters
    ----------
    action
        The density.
    here, there
        Amplitudes on the near and on the far side.
    green_here, green_there
        ĝ there.
    """

    action: Action
    here: Amplitudes
    there: Amplitudes
    green_here: Nambu
    green_there: Nambu

    def variation(self, step: Step) -> Any:
        """Change to first order in a step on the near side."""
        return algebra.variation(self.here, NO_GRADIENTS, self._projections, step)

    def second_variation(self, step: Step, other: Step) -> Any:
        """How that changes to first order in another step on the same side."""
        bent = algebra.second_variation(self.here, NO_GRADIENTS, self._projections, step, other)
        change, other_change = (_change(self.here, each) for each in (step, other))
        return bent + _mixed_derivative(
            lambda s, t: self.action(
                self.green_here + change.times(s) + other_change.times(t), self.green_there
            )
        )

    def mixed_variation(self, step: Step, other: Step) -> Any:
        """How that changes to first order in another step on the other side."""
        change, other_change = _change(self.here, step), _change(self.there, other)
        return _mixed_derivative(
            lambda s, t: self.action(
                self.green_here + change.times(s), self.green_there + other_change.times(t)
            )
        )

    @cached_property
    def _slope(self) -> Nambu:
        """Derivatives by the components of ĝ on the near side."""
        here = _map(ufl.variable, self.green_here)
        value = self.action(here, self.green_there)
        return _map(lambda each: apply_derivatives(ufl.diff(value, each)), here)

    @cached_property
    def _projections(self) -> Projections:
        """Those of H: −½ tr(H δP) is the change of the scalar, from δĝ = 2 δP."""
        slope = self._slope
        h = Nambu(
            *(
                Quaternion(-2 * each.scalar, tuple(2 * part for part in each.vector))
                for each in (slope.particle, slope.pair_tilde, slope.pair, slope.hole)
            )
        )
        gamma, tilde = self.here.gamma, self.here.gamma_tilde
        a, b, c, d = h.particle, h.pair, h.pair_tilde, h.hole
        return Projections(
            a + b @ tilde + gamma @ c + gamma @ d @ tilde,
            tilde @ b + c @ gamma - d - tilde @ a @ gamma,
            b + gamma @ d - a @ gamma - gamma @ c @ gamma,
            c + d @ tilde - tilde @ a - tilde @ b @ tilde,
        )


Variations = WrittenVariations | LawVariations
"""Of the density at a plane, as one of its sides sees it."""


def plane_variations(barrier: Barrier, here: Any, there: Any, *, turned: bool) -> Variations:
    """Those of a barrier's action.

    Parameters
    ----------
    barrier
        The barrier.
    here, there
        The unknown on the near and on the far side.
    turned
        Whether its interface names the layer on the far side first.
    """
    amplitudes = riccati.amplitudes(here), riccati.amplitudes(there)
    if barrier.law is KupriyanovLukichev:
        return WrittenVariations(*amplitudes, **barrier.numbers)

    def action(near: Nambu, far: Nambu) -> Any:
        return barrier.law.action(*((far, near) if turned else (near, far)), **barrier.numbers)

    return LawVariations(action, *amplitudes, riccati.green(here), riccati.green(there))


def _change(at: Amplitudes, step: Step) -> Nambu:
    """δĝ = 2 δP."""
    x = (at.norm @ step.gamma @ at.norm_tilde).times(2)
    y = (at.norm_tilde @ step.gamma_tilde @ at.norm).times(2)
    return Nambu(
        (x @ at.gamma_tilde + at.gamma @ y).times(-1),
        x - at.gamma @ y @ at.gamma,
        y - at.gamma_tilde @ x @ at.gamma_tilde,
        at.gamma_tilde @ x + y @ at.gamma,
    )


def _mixed_derivative(value: Callable[[Any, Any], Any]) -> Any:
    """∂²/∂s∂t of an expression at s = t = 0."""
    s, t = ufl.variable(ufl.as_ufl(0)), ufl.variable(ufl.as_ufl(0))
    by_s = apply_derivatives(ufl.diff(value(s, t), s))
    return map_expr_dag(_WithoutVariables(), apply_derivatives(ufl.diff(by_s, t)))


class _WithoutVariables(MultiFunction):
    """Puts what they are in the place of variables, each common part once."""

    expr = MultiFunction.reuse_if_untouched

    def variable(self, _: Any, value: Any, __: Any) -> Any:
        return value


def _map(change: Callable[[Any], Any], matrix: Nambu) -> Nambu:
    """A matrix of what is made of its components; those that vanish by symmetry still do."""

    def block(of: Quaternion) -> Quaternion:
        parts = (of.scalar, *of.vector)
        return quaternion([0 if isinstance(each, int) else change(each) for each in parts])

    return Nambu(*map(block, (matrix.particle, matrix.pair, matrix.pair_tilde, matrix.hole)))
