# SPDX-License-Identifier: MIT
"""What a parametrisation of the Green function has to say; each is a module of these functions.

A parametrisation says what ĝ is in its unknowns. The action is stated once as UFL densities, from
which residual, Jacobian and free energy follow by differentiation; only holomorphic operations
appear, so that the derivative is the complex one. Where a density stands for a real quantity, its
real part is meant.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from fem_sf.usadel.laws import Law
    from fem_sf.usadel.nambu import Nambu


def lowest_of_spins(normal: NDArray[np.complex128]) -> float:
    """Least Re g_0 − |Re g_v| of values of ``normal_functions``, at any frequency."""
    densities = normal[:, 0].real - np.linalg.norm(normal[:, 1:].real, axis=1)
    return float(densities.min(initial=math.inf))


@dataclass(frozen=True)
class LayerData:
    """Coefficients of one layer for its forms.

    Parameters
    ----------
    density_of_states
        ν in ν_S.
    diffusivity
        a = D/D_S, which is D/2 in units of ξ0² Tc.
    exchange
        Components of J in Tc along the axes of the stack's spin frame, a scalar along one axis: a
        constant, or where J varies its interpolation.
    """

    density_of_states: Any
    diffusivity: Any
    exchange: Any


class Parametrisation(Protocol):
    """The functions that forms, sweeps, gap and observables need of a parametrisation."""

    def field_shape(self, frame_shape: tuple[int, ...], /) -> tuple[int, ...]:
        """Shape of the unknown at one point, from that of vectors in the spin frame."""

    def residual_order(self, frame_shape: tuple[int, ...], /) -> NDArray[np.intp] | None:
        """With respect to which component of the unknown each component of residuals is varied.

        ``None`` where it is the same component.
        """

    def gap_shape(self) -> tuple[int, ...]:
        """Shape of what stands for Δ at one point; its components are real."""

    def gap_components(self, delta: complex, /) -> NDArray[np.float64]:
        """What stands for a Δ, of that shape."""

    def gap_values(self, parts: NDArray[np.complex128], /) -> NDArray:
        """Δ from values of what stands for it, shape (n, *gap), as (n,); real or complex."""

    def gap_modulus(self, delta: Any, /) -> Any:
        """|Δ|; of a real Δ itself, with its sign."""

    def layer_action(self, theta: Any, data: LayerData, omega: Any, delta: Any | None, /) -> Any:
        """Density of the action per spin in a layer; zero in the normal state."""

    @property
    def barrier_actions(self) -> Mapping[type[Law], Callable[..., Any]]:
        """Densities per spin at barriers, of the unknown, that have more digits than `green`.

        By law; each takes the unknown on both sides and the law's numbers by name.
        """

    def green(self, theta: Any, /) -> Nambu:
        """ĝ, or its part of one spin, from which the other densities at barriers are."""

    def pair_amplitude(self, theta: Any, /) -> Any:
        """The singlet amplitude, minus the derivative of the action by what stands for νΔ."""

    def moments(self, theta: Any, /) -> list[Any]:
        """Components of what sums up to δM/2ν: minus the derivative of the action by νJ."""

    def moment_values(self, theta: NDArray[np.complex128], /) -> NDArray[np.float64]:
        """The same from values of the unknown, shape (n, *field), as (n, *frame)."""

    def amplitude_values(self, theta: NDArray[np.complex128], /) -> tuple[NDArray, NDArray]:
        """Singlet, shape (n,), and triplet vector f_t/i, shape (n, *frame); real or complex."""

    def components(self, vector: Any, /) -> list[Any]:
        """Components of a vector in the spin frame, such as J."""

    def turns(self, theta: Any, /) -> list[Any]:
        """Change of the unknown when spins turn, about each normal of the frame: none collinear.

        Where Δ is complex, the last one is its change when the phase turns.
        """

    def turn_values(self, theta: NDArray[np.complex128], /) -> NDArray[np.complex128]:
        """The same from values of the unknown, shape (n, *field), as (n, turns, *field)."""

    def normal_functions(self, theta: Any) -> list[Any]:
        """What densities of states are made of: g_+ of one spin, or g_0 and components of g_v."""

    def normal_values(self, theta: NDArray[np.complex128]) -> NDArray[np.complex128]:
        """The same from values of the unknown, shape (n, *field), as (n, functions)."""

    def lowest_density(self, theta: NDArray[np.complex128], /) -> float:
        """Least Re g of any spin in values at Matsubara frequencies, or a bound above zero."""
