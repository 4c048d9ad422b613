# SPDX-License-Identifier: MIT
"""What a layer is made of. Energies in Tc of the bulk superconductor, lengths in ξ0."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Material:
    """What all materials have in common.

    Parameters
    ----------
    diffusivity
        D / D_S, diffusion coefficient over that of the reference superconductor.
    density_of_states
        ν / ν_S, normal density of states per spin over that of the reference superconductor.
    """

    diffusivity: float = 1.0
    density_of_states: float = 1.0

    kind: ClassVar[str] = "material"

    @property
    def conductivity(self) -> float:
        """σ / σ_S = (ν/ν_S)(D/D_S), from σ = 2e²νD."""
        return self.density_of_states * self.diffusivity


@dataclass(frozen=True)
class Superconductor(Material):
    """A diffusive s-wave superconductor; no exchange field."""

    kind: ClassVar[str] = "superconductor"


@dataclass(frozen=True)
class Normal(Material):
    """A normal metal: neither gap nor exchange field."""

    kind: ClassVar[str] = "normal"


@dataclass(frozen=True)
class Ferromagnet(Material):
    """A diffusive ferromagnet with exchange Hamiltonian −J n·σ (Bergeret et al., Eq. 7).

    Parameters
    ----------
    exchange
        J in Tc along +z; the sign matters (negative: antiferromagnetic coupling J1 < 0 to
        localized moments, Bergeret et al., Eq. 8).
    localized_moment
        Moment of the localized spins along +z in units of 2ν|J| of this layer, the size of the
        free electrons' moment; 0 for an itinerant ferromagnet. It does not enter the Usadel
        equation and is only added in the report of the total moment.
    """

    exchange: float = 0.0
    localized_moment: float = 0.0

    kind: ClassVar[str] = "ferromagnet"


MATERIALS: dict[str, type[Material]] = {
    material.kind: material for material in (Superconductor, Ferromagnet, Normal)
}
"""The materials by the name that a case gives them."""
