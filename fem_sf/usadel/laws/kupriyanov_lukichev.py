# SPDX-License-Identifier: MIT
"""The law of Kupriyanov and Lukichev."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from fem_sf.usadel.laws.law import Resistive
from fem_sf.usadel.nambu import Nambu


@dataclass(frozen=True)
class KupriyanovLukichev(Resistive):
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

    kind: ClassVar[str] = "kupriyanov-lukichev"

    @staticmethod
    def action(left: Nambu, right: Nambu, *, conductance: Any) -> Any:
        """The density c [1 − mean ĝ_1ĝ_2] = (c/2) mean (ĝ_2 − ĝ_1)²."""
        jump = right - left
        return conductance / 2 * (jump @ jump).mean
