# SPDX-License-Identifier: MIT
"""What a layer is made of. Energies in Tc of the bulk superconductor, lengths in ξ0."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from fem_sf.checked import (
    Checked,
    Read,
    Unexpected,
    finite,
    number,
    positive,
    vector,
)
from fem_sf.directions import polar_direction
from fem_sf.errors import Problem, StackError

Texture = Callable[[Any], Any]
"""An exchange field that varies: from points of shape (n, dimension) in ξ0 to J in Tc at them."""

_COMPONENTS = 3


TWO_DIRECTIONS = "the exchange field is a vector, which has a direction; leave the angle out"
"""Said of an angle beside a vector."""

NO_DIRECTION = (
    "the exchange field varies within this layer, where localized moments have no one direction "
    "to be counted along; leave it out"
)
"""Said of a localized moment where the exchange field varies."""


def _read_exchange(value: Any) -> float | tuple[float, ...] | Texture:
    """A number, a vector, or a function of points."""
    if callable(value) and not isinstance(value, type):
        return value
    expected = "a finite number, three, (J_x, J_y, J_z), or a function of points"
    for read in (number(), vector(expected)):
        try:
            return read(value)
        except Unexpected as error:
            refused = error
    raise refused


@dataclass(frozen=True)
class Material(Checked):
    """What all materials have in common.

    Parameters
    ----------
    diffusivity
        D / D_S, diffusion coefficient over that of the reference superconductor.
    density_of_states
        ν / ν_S, normal density of states per spin over that of the reference superconductor.
    """

    diffusivity: Annotated[float, positive("D/D_S")] = 1.0
    density_of_states: Annotated[float, positive("ν/ν_S")] = 1.0

    kind: ClassVar[str] = "material"
    error: ClassVar = StackError

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

    phase: Annotated[float | None, finite("a phase in radians")] = None

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
        J in Tc, a number or a vector (J_x, J_y, J_z). The sign of a number matters (negative:
        antiferromagnetic coupling J1 < 0 to localized moments, Bergeret et al., Eq. 8); a vector
        along z is taken to be that number. Or a function of points, for a field that varies within
        the layer: from an array of shape (n, dimension) to J there, of shape (n, 3) for vectors
        or (n,) for numbers. On meshes made for the stack x is counted from the layer's left end.
    localized_moment
        Moment of the localized spins in units of 2ν|J| of this layer, the size of the free
        electrons' moment, along `axis`. 0 for an itinerant ferromagnet. It does not enter the
        Usadel equation and is only added in the report of the total moment. Not where J varies.
    angle
        Of the axis along which J is, where it is a number: in degrees from +z towards +x.
    """

    exchange: Annotated[float | Sequence[float] | Texture, Read(_read_exchange)] = 0.0
    localized_moment: float = 0.0
    angle: Annotated[float, finite("a finite number of degrees")] = 0.0

    kind: ClassVar[str] = "ferromagnet"

    def __post_init__(self) -> None:
        """Take a vector along z for a number."""
        super().__post_init__()
        if isinstance(self.exchange, tuple) and not any(self.exchange[:2]) and not self.angle:
            object.__setattr__(self, "exchange", self.exchange[2])

    def find_problems(self) -> Iterator[Problem]:
        """Directions that are given twice, or not at all."""
        if self.localized_moment and not self.is_uniform:
            yield Problem("localized_moment", NO_DIRECTION)
        if self.angle and isinstance(self.exchange, Sequence):
            yield Problem("angle", TWO_DIRECTIONS)

    @property
    def is_uniform(self) -> bool:
        """Whether J is the same everywhere in the layer."""
        return not callable(self.exchange)

    @property
    def is_magnetic(self) -> bool:
        """Whether there is an exchange field at all; one that varies is taken to be one."""
        return callable(self.exchange) or self.exchange_strength > 0

    @property
    def exchange_vector(self) -> tuple[float, ...]:
        """J as a vector, in Tc, where it is the same everywhere.

        Raises
        ------
        StackError
            If it varies.
        """
        if callable(self.exchange):
            raise StackError([Problem("exchange", "this is for exchange fields that do not vary")])
        if isinstance(self.exchange, Sequence):
            return tuple(self.exchange)
        # adding zero makes −0 a 0
        return tuple(component * self.exchange + 0.0 for component in self.axis)

    @property
    def exchange_strength(self) -> float:
        """|J| in Tc, where it is the same everywhere."""
        return math.hypot(*self.exchange_vector)

    @property
    def axis(self) -> tuple[float, ...]:
        """Unit vector along which moments of this layer are counted: J if that is a vector."""
        if isinstance(self.exchange, Sequence):
            return tuple(component / self.exchange_strength for component in self.exchange)
        return polar_direction(self.angle)


MATERIALS: dict[str, type[Material]] = {
    material.kind: material for material in (Superconductor, Ferromagnet, Normal)
}
"""The materials by the name that a case gives them."""
