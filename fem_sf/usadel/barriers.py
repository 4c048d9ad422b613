# SPDX-License-Identifier: MIT
"""Planes between two conductors whose law has an action."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import dolfinx

from fem_sf.mesh.layers import Plane
from fem_sf.usadel.laws import Law
from fem_sf.usadel.parametrisation import Parametrisation


@dataclass(frozen=True)
class Barrier:
    """A plane between two conductors whose law conducts.

    Parameters
    ----------
    plane
        Its facets.
    left, right
        Indices of the conductors on the '+' and the '-' side.
    law
        What couples the two sides.
    turned
        Whether the interface names the layer on the '-' side first.
    numbers
        What the law's action takes, as constants.
    """

    plane: Plane
    left: int
    right: int
    law: type[Law]
    turned: bool
    numbers: Mapping[str, dolfinx.fem.Constant]

    def action(self, parametrisation: Parametrisation, left: Any, right: Any) -> Any:
        """Density of the action per spin, from the unknown on the '+' and on the '-' side."""
        written = parametrisation.barrier_actions.get(self.law)
        if written is not None:
            return written(left, right, **self.numbers)
        sides = (right, left) if self.turned else (left, right)
        return self.law.action(*map(parametrisation.green, sides), **self.numbers)
