# SPDX-License-Identifier: MIT
"""What a layer is made of. Energies in Tc of the bulk superconductor, lengths in ξ0."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

_Z_AXIS = (0.0, 0.0, 1.0)


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
    """A diffusive s-wave superconductor; no exchange field.

    Parameters
    ----------
    phase
        Phase in radians that the order parameter is given: of a given Δ throughout the layer, of a
        self-consistent one at its outer face. ``None`` leaves it to the rest of the stack.
    """

    phase: float | None = None

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
        J in Tc, a number along +z or a vector (J_x, J_y, J_z). The sign of a number matters
        (negative: antiferromagnetic coupling J1 < 0 to localized moments, Bergeret et al., Eq. 8);
        a vector along z is taken to be that number.
    localized_moment
        Moment of the localized spins in units of 2ν|J| of this layer, the size of the free
        electrons' moment, along `axis`: +z, or J where that is a vector. 0 for an itinerant
        ferromagnet. It does not enter the Usadel equation and is only added in the report of the
        total moment.
    """

    exchange: float | Sequence[float] = 0.0
    localized_moment: float = 0.0

    kind: ClassVar[str] = "ferromagnet"

    def __post_init__(self) -> None:
        if not isinstance(self.exchange, Iterable):
            return
        vector = tuple(float(component) for component in self.exchange)
        along_z = len(vector) == len(_Z_AXIS) and not any(vector[:2])
        object.__setattr__(self, "exchange", vector[2] if along_z else vector)

    @property
    def exchange_vector(self) -> tuple[float, ...]:
        """J as a vector, in Tc."""
        if isinstance(self.exchange, Sequence):
            return tuple(self.exchange)
        return tuple(component * self.exchange for component in _Z_AXIS)

    @property
    def exchange_strength(self) -> float:
        """|J| in Tc."""
        return math.hypot(*self.exchange_vector)

    @property
    def axis(self) -> tuple[float, ...]:
        """Unit vector along which moments of this layer are counted: +z, or J if it is a vector."""
        if isinstance(self.exchange, Sequence):
            return tuple(component / self.exchange_strength for component in self.exchange)
        return _Z_AXIS


MATERIALS: dict[str, type[Material]] = {
    material.kind: material for material in (Superconductor, Ferromagnet, Normal)
}
"""The materials by the name that a case gives them."""
