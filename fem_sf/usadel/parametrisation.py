# SPDX-License-Identifier: MIT
"""What a parametrisation of the Green function has to say; each is a module of these functions.

A parametrisation says what ĝ is in its unknowns. The action is stated once as UFL densities, from
which residual, Jacobian and free energy follow by differentiation; only holomorphic operations
appear, so that the derivative is the complex one. Where a density stands for a real quantity, its
real part is meant.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray


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

    def layer_action(self, theta: Any, data: LayerData, omega: Any, delta: Any | None, /) -> Any:
        """Density of the action per spin in a layer; zero in the normal state."""

    def barrier_action(self, left: Any, right: Any, coupling: Any, /) -> Any:
        """Density of the action per spin at a Kupriyanov-Lukichev barrier."""

    def pair_amplitude(self, theta: Any, /) -> Any:
        """The singlet amplitude, minus the derivative of the action by νΔ."""

    def moments(self, theta: Any, /) -> list[Any]:
        """Components of what sums up to δM/2ν: minus the derivative of the action by νJ."""

    def moment_values(self, theta: NDArray[np.complex128], /) -> NDArray[np.float64]:
        """The same from values of the unknown, shape (n, *field), as (n, *frame)."""

    def amplitude_values(
        self, theta: NDArray[np.complex128], /
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Singlet, shape (n,), and triplet vector f_t/i, shape (n, *frame)."""

    def components(self, vector: Any, /) -> list[Any]:
        """Components of a vector in the spin frame, such as J."""

    def turns(self, theta: Any, /) -> list[Any]:
        """Change of the unknown when spins turn, about each normal of the frame: none collinear."""

    def turn_values(self, theta: NDArray[np.complex128], /) -> NDArray[np.complex128]:
        """The same from values of the unknown, shape (n, *field), as (n, turns, *field)."""

    def normal_functions(self, theta: Any) -> list[Any]:
        """What densities of states are made of: g_+ of one spin, or g_0 and components of g_v."""

    def normal_values(self, theta: NDArray[np.complex128]) -> NDArray[np.complex128]:
        """The same from values of the unknown, shape (n, *field), as (n, functions)."""
