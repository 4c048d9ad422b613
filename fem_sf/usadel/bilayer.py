# SPDX-License-Identifier: MIT
"""Describes an S|F bilayer in the symbols of the closed formulas."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from fem_sf.errors import Problem, StackError
from fem_sf.interfaces import KupriyanovLukichev
from fem_sf.materials import Ferromagnet, Superconductor
from fem_sf.stack import Stack


@dataclass(frozen=True)
class Bilayer:
    """A ferromagnet on a thick superconductor, as the closed formulas see it.

    Parameters
    ----------
    ferromagnet_thickness
        d_F in ξ0; ``math.inf`` for a semi-infinite F.
    exchange
        J in Tc along an axis, of either sign.
    gamma
        γ_F = R_b σ_F in ξ0.
    conductivity
        σ_F/σ_S = γ_F/γ_S.
    diffusivity
        D_F/D_S = a_F.
    """

    ferromagnet_thickness: float
    exchange: float
    gamma: float
    conductivity: float = 1.0
    diffusivity: float = 1.0

    @classmethod
    def from_stack(cls, stack: Stack) -> Bilayer:
        """Describe a stack S|F or F|S with a Kupriyanov-Lukichev barrier.

        Raises
        ------
        StackError
            If the stack is anything else, or S is not the reference superconductor.
        """
        materials = [layer.material for layer in stack.layers]
        interface = stack.interface(*stack.names) if len(stack.layers) == 2 else None
        if interface is None or {type(each) for each in materials} != {Superconductor, Ferromagnet}:
            raise StackError([Problem("layers", "the closed forms are for one S and one F layer")])
        if not isinstance(interface.law, KupriyanovLukichev):
            raise StackError(
                [Problem(f"interfaces.{interface.name}", "the closed forms are for a barrier")]
            )
        ferromagnet = stack.ferromagnets[0]
        material = ferromagnet.material
        assert isinstance(material, Ferromagnet)
        superconductor = next(each for each in stack.layers if each is not ferromagnet)
        if superconductor.material != Superconductor():
            raise StackError(
                [
                    Problem(
                        f"layers.{superconductor.name}",
                        "the closed forms take D_S and ν_S of this layer as units; expected "
                        "diffusivity = density_of_states = 1",
                    )
                ]
            )
        return cls(
            math.inf if ferromagnet.thickness is None else ferromagnet.thickness,
            float(np.dot(material.exchange_vector, material.axis)),
            material.conductivity / stack.coupling(interface),
            material.conductivity,
            material.diffusivity,
        )

    @property
    def gamma_superconductor(self) -> float:
        """γ_S = R_b σ_S in ξ0."""
        return self.gamma / self.conductivity

    @property
    def density_of_states(self) -> float:
        """ν_F/ν_S."""
        return self.conductivity / self.diffusivity

    @property
    def escape_energy(self) -> float:
        """ε_bF = D_F/(2 γ_F d_F) in Tc (below Eq. 18), the rate of escape from F into S."""
        return self.diffusivity / (self.gamma * self.ferromagnet_thickness)
