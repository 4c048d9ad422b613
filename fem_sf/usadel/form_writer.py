# SPDX-License-Identifier: MIT
"""Interface of what writes the residual and the Jacobian of a system."""

from __future__ import annotations

from typing import Any, Protocol

from fem_sf.usadel.barriers import Barrier
from fem_sf.usadel.fields import UsadelFields


class FormWriter(Protocol):
    """Where the compiled forms of Newton's method come from; several in a tuple are a sum."""

    def residual(self, system: UsadelFields, number: int, /) -> Any:
        """The variation of the action with respect to the unknown of one conductor."""

    def jacobian(self, system: UsadelFields, row: int, column: int, /) -> Any | None:
        """The derivative of a residual; ``None`` where two conductors are not coupled."""

    def layer_residual(self, system: UsadelFields, layer: str, /) -> Any:
        """Variation of the action of a layer and its barriers by the layer's own unknown.

        Its components are in the order of the unknown.
        """

    def turns(self, system: UsadelFields, barrier: Barrier, /) -> list[Any]:
        """Change of a barrier's action when all behind it turns in each way that it can."""
