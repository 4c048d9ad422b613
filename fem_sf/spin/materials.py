# SPDX-License-Identifier: MIT
"""Materials of spin transport; units as in `fem_sf.spin.model`."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, ClassVar

import numpy as np
from numpy.typing import NDArray

from fem_sf.checked import Checked, Expected, Read, not_negative, positive
from fem_sf.checked import vector as read_vector
from fem_sf.errors import Problem, StackError

FloatArray = NDArray[np.float64]
Vector = Annotated[tuple[float, float, float], Read(read_vector())]
Direction = Annotated[tuple[float, float, float], Read(read_vector(is_zero=False))]


def normal_plane(axis: FloatArray) -> FloatArray:
    """Two unit vectors normal to a unit vector and to each other, shape (2, 3)."""
    # in plain numbers, of which there are few
    x, y, z = map(float, axis)
    sizes = [abs(x), abs(y), abs(z)]
    a, b, c = ((0.0, z, -y), (-z, 0.0, x), (y, -x, 0.0))[sizes.index(min(sizes))]
    size = math.sqrt(a * a + b * b + c * c)
    a, b, c = a / size, b / size, c / size
    return np.array([[a, b, c], [y * c - z * b, z * a - x * c, x * b - y * a]])


@dataclass(frozen=True)
class Material(Checked):
    """What ferromagnets and normal metals have in common; a layer of it is homogeneous.

    Parameters
    ----------
    conductivity
        σ > 0.
    diffusivity
        D > 0, in length²/time.
    relaxation_time
        τ > 0 of the spin accumulation δM.
    permittivity
        ε > 0 in σ·time; sets the screening length, l_scr² = α ε D/σ.
    precession
        w = γH in 1/time. Enters as ∂_t δM = δM × w + … (Eq. 7), with the large exchange field of
        the local moments as well as any external field.
    alpha1, alpha2
        Coefficients of ∇δn in J and J_M (Eqs. 8 and 9). Only α1 = α2 agrees with Onsager and a free
        energy; see `find_cautions`.
    """

    conductivity: Annotated[float, positive("σ")] = 1.0
    diffusivity: Annotated[float, positive("D")] = 1.0
    relaxation_time: Annotated[float, positive("τ")] = 1.0
    permittivity: Annotated[float, positive("ε")] = 0.01
    precession: Vector = (0.0, 0.0, 0.0)
    alpha1: Annotated[float, positive("α1")] = 1.0
    alpha2: float = 1.0

    kind: ClassVar[str] = "material"
    error: ClassVar = StackError

    def find_problems(self) -> Iterator[Problem]:
        """Densities that would grow by diffusing."""
        least = self.alpha2 * self.spin_asymmetry**2
        if not self.alpha1 > least:
            yield Problem(
                "alpha1",
                f"expected α1 > α2 β² = {least:g}, got {self.alpha1!r}; "
                "otherwise some densities would grow by diffusing",
            )

    @property
    def screening_length(self) -> float:
        """√(α1 ε D/σ)."""
        square = self.alpha1 * self.permittivity * self.diffusivity / self.conductivity
        return math.sqrt(square)

    @property
    def spin_asymmetry(self) -> float:
        """β of Eqs. 8 and 9."""
        return 0.0

    @cached_property
    def whole_precession(self) -> FloatArray:
        """All of w, the exchange field of a clamped magnetization included."""
        return np.asarray(self.precession, dtype=float)

    @cached_property
    def axis(self) -> FloatArray:
        """Unit vector p, zero where there is no magnetization."""
        return np.zeros(3)


@dataclass(frozen=True)
class Normal(Material):
    """A normal metal: β = 0, and no direction of its own."""

    kind: ClassVar[str] = "normal"


@dataclass(frozen=True)
class Wall(Checked):
    """What holds a magnetization that may turn away from its direction.

    Its energy is ∫ (A_ex/2)|∇p|² − (K/2)(p·e)² + (K_d/2)(p·n)², e the layer's direction.

    Parameters
    ----------
    stiffness
        A_ex = γ M0 J > 0; A_ex ∇p is a spin current, in J_M × length.
    anisotropy
        K = γ M0 K_i > 0 of the easy axis, in J_M/length.
    hard_axis_anisotropy
        K_d ≥ 0, in J_M/length.
    hard_axis
        n; its length has no meaning, nor has its part along the layer's direction: without a drive
        p = e.
    """

    stiffness: Annotated[float, positive("A_ex")]
    anisotropy: Annotated[float, positive("K")]
    hard_axis_anisotropy: Annotated[float, not_negative("K_d")] = 0.0
    hard_axis: Direction = (0.0, 1.0, 0.0)

    error: ClassVar = StackError


_ASYMMETRY = Expected(
    "|β| < 1", lambda beta: abs(beta) < 1, lambda _: "; otherwise currents would gain energy"
)


@dataclass(frozen=True)
class Ferromagnet(Material):
    """A ferromagnet; its magnetization is clamped unless it has a wall.

    Parameters
    ----------
    polarisation
        β = (σ_+ − σ_-)/(σ_+ + σ_-), |β| < 1.
    direction
        p, direction of the magnetization; its length has no meaning. With a wall, the easy axis
        and the direction at the reservoir.
    exchange_precession
        γH0 of the exchange field of the local moments, in 1/time: the part of w along p, in
        addition to ``precession``; it turns with p.
    wall
        What holds the magnetization where it may turn; ``None`` clamps it everywhere.
    """

    polarisation: Annotated[float, _ASYMMETRY] = 0.0
    direction: Direction = (0.0, 0.0, 1.0)
    exchange_precession: float = 0.0
    wall: Wall | None = None

    kind: ClassVar[str] = "ferromagnet"

    @property
    def spin_asymmetry(self) -> float:
        """β of Eqs. 8 and 9."""
        return self.polarisation

    @cached_property
    def whole_precession(self) -> FloatArray:
        """All of w, the exchange field of a clamped magnetization included."""
        return np.asarray(self.precession) + self.exchange_precession * self.axis

    @cached_property
    def axis(self) -> FloatArray:
        """Unit vector p."""
        direction = np.asarray(self.direction, dtype=float)
        return direction / np.linalg.norm(direction)

    @property
    def hard_axis(self) -> FloatArray:
        """Unit vector along the part of the wall's hard axis that is normal to p.

        Any normal to p where there is none; `fem_sf.spin.model.Stack` refuses that unless K_d = 0.
        """
        normal = self._normal_to_axis()
        length = np.linalg.norm(normal)
        return normal / length if length > PARALLEL else normal_plane(self.axis)[0]

    @property
    def hard_axis_tilt(self) -> float:
        """Angle by which the wall's hard axis is off the plane normal to p, in rad."""
        return float(np.arccos(np.clip(np.linalg.norm(self._normal_to_axis()), 0, 1)))

    def _normal_to_axis(self) -> FloatArray:
        assert self.wall is not None
        hard = np.asarray(self.wall.hard_axis, dtype=float)
        hard = hard / np.linalg.norm(hard)
        return np.asarray(hard - (hard @ self.axis) * self.axis)


PARALLEL = 1e-6
"""Sine of an angle between two axes below which they are one."""


MATERIALS: dict[str, type[Material]] = {each.kind: each for each in (Ferromagnet, Normal)}
"""The materials by the name that a case gives them."""


def is_magnet(material: Material) -> bool:
    """Whether a material has a magnetization of its own."""
    return isinstance(material, Ferromagnet)


def wall_of(material: Material) -> Wall | None:
    """The wall of a material whose magnetization may turn, else ``None``."""
    return material.wall if isinstance(material, Ferromagnet) else None
