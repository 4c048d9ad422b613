# SPDX-License-Identifier: MIT
"""What layers are made of in spin drift-diffusion; units as in `fem_sf.spin.model`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Vector = tuple[float, float, float]


@dataclass(frozen=True)
class Material:
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

    conductivity: float = 1.0
    diffusivity: float = 1.0
    relaxation_time: float = 1.0
    permittivity: float = 0.01
    precession: Vector = (0.0, 0.0, 0.0)
    alpha1: float = 1.0
    alpha2: float = 1.0

    kind: ClassVar[str] = "material"

    def __post_init__(self) -> None:
        """Take any sequence for a vector."""
        object.__setattr__(self, "precession", tuple(self.precession))

    @property
    def spin_asymmetry(self) -> float:
        """β of Eqs. 8 and 9."""
        return 0.0

    @cached_property
    def axis(self) -> FloatArray:
        """Unit vector p, zero where there is no magnetization."""
        return np.zeros(3)


@dataclass(frozen=True)
class Normal(Material):
    """A normal metal: β = 0, and no direction of its own."""

    kind: ClassVar[str] = "normal"


@dataclass(frozen=True)
class Ferromagnet(Material):
    """A ferromagnet with a clamped magnetization.

    Parameters
    ----------
    polarisation
        β = (σ_+ − σ_-)/(σ_+ + σ_-), |β| < 1.
    direction
        p, direction of the magnetization; its length has no meaning.
    """

    polarisation: float = 0.0
    direction: Vector = (0.0, 0.0, 1.0)

    kind: ClassVar[str] = "ferromagnet"

    def __post_init__(self) -> None:
        """Take any sequence for a vector."""
        super().__post_init__()
        object.__setattr__(self, "direction", tuple(self.direction))

    @property
    def spin_asymmetry(self) -> float:
        """β of Eqs. 8 and 9."""
        return self.polarisation

    @cached_property
    def axis(self) -> FloatArray:
        """Unit vector p."""
        direction = np.asarray(self.direction, dtype=float)
        return direction / np.linalg.norm(direction)


MATERIALS: dict[str, type[Material]] = {each.kind: each for each in (Ferromagnet, Normal)}
"""The materials by the name that a case gives them."""
