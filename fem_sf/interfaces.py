# SPDX-License-Identifier: MIT
"""Laws that couple two touching layers of a superconducting stack."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from fem_sf.checked import Checked, positive
from fem_sf.errors import StackError
from fem_sf.multilayer import unknown_law


@dataclass(frozen=True)
class Law(Checked):
    """What all interface laws have in common."""

    kind: ClassVar[str] = "law"
    error: ClassVar = StackError


def _perfect_contact(gamma: float) -> str:
    return "" if gamma else '; for a perfect contact take the law "transparent"'


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

    gamma: Annotated[float, positive("γ = R_b σ/ξ0", _perfect_contact)]
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


def conducts(law: Law) -> bool:
    """Whether a law is a barrier with a conductance, which adds to the action.

    Raises
    ------
    StackError
        If no equations are known for it.
    """
    match law:
        case KupriyanovLukichev():
            return True
        case Transparent() | Insulating():
            return False
    raise unknown_law(law)


LAWS: dict[str, type[Law]] = {
    law.kind: law for law in (KupriyanovLukichev, Transparent, Insulating)
}
"""The laws by the name that a case gives them."""
