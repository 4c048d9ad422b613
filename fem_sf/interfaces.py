# SPDX-License-Identifier: MIT
"""Laws that couple two touching layers of a superconducting stack."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Law:
    """What all interface laws have in common."""

    kind: ClassVar[str] = "law"


@dataclass(frozen=True)
class KupriyanovLukichev(Law):
    """A barrier of resistance R_b: γ_i ∂_m θ_i = sin(θ_2 − θ_1) on both sides i.

    Parameters
    ----------
    gamma
        γ = R_b σ_i in units of ξ0, with σ_i the conductivity of the layer ``gamma_of``.
    gamma_of
        Name of the layer whose conductivity γ is stated with.

    References
    ----------
    Kupriyanov and Lukichev (1988); Bergeret et al., Eqs. 11-12 in linear form.
    """

    gamma: float
    gamma_of: str

    kind: ClassVar[str] = "kupriyanov-lukichev"


@dataclass(frozen=True)
class Transparent(Law):
    """The limit R_b → 0: the Green function and the current are continuous."""

    kind: ClassVar[str] = "transparent"


@dataclass(frozen=True)
class Insulating(Law):
    """The limit R_b → ∞: nothing passes."""

    kind: ClassVar[str] = "insulating"


LAWS: dict[str, type[Law]] = {
    law.kind: law for law in (KupriyanovLukichev, Transparent, Insulating)
}
"""The laws by the name that a case gives them."""
