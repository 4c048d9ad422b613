# SPDX-License-Identifier: MIT
"""2×2 matrices in spin space as q_0 + i q·σ, with components of any kind: numbers, arrays or UFL.

In these components everything is real on the Matsubara axis for a real gap. Components that vanish
by symmetry are the integer 0, so that UFL drops whatever is multiplied with them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

_DIMENSION = 3


@dataclass(frozen=True)
class Quaternion:
    """The matrix q_0 + i q·σ.

    Parameters
    ----------
    scalar
        q_0, half of the trace.
    vector
        The three components of q.
    """

    scalar: Any
    vector: tuple[Any, Any, Any]

    def __add__(self, other: Quaternion) -> Quaternion:
        """The sum."""
        sums = (a + b for a, b in zip(self.vector, other.vector, strict=True))
        return Quaternion(self.scalar + other.scalar, tuple(sums))

    def __sub__(self, other: Quaternion) -> Quaternion:
        """The difference."""
        differences = (a - b for a, b in zip(self.vector, other.vector, strict=True))
        return Quaternion(self.scalar - other.scalar, tuple(differences))

    def __matmul__(self, other: Quaternion) -> Quaternion:
        """The product of matrices, from (p·σ)(q·σ) = p·q + i(p×q)·σ."""
        (p0, p), (q0, q) = (self.scalar, self.vector), (other.scalar, other.vector)
        cross = (
            p[1] * q[2] - p[2] * q[1],
            p[2] * q[0] - p[0] * q[2],
            p[0] * q[1] - p[1] * q[0],
        )
        return Quaternion(
            half_trace(self, other),
            tuple(p0 * q[k] + q0 * p[k] - cross[k] for k in range(_DIMENSION)),
        )

    def times(self, factor: Any) -> Quaternion:
        """The product with a number."""
        return Quaternion(
            factor * self.scalar, tuple(factor * component for component in self.vector)
        )

    def inverse(self) -> Quaternion:
        """The inverse matrix, (q_0 − i q·σ)/(q_0² + q²)."""
        square = self.scalar * self.scalar + sum(each * each for each in self.vector)
        factor = 1 / square
        return Quaternion(
            factor * self.scalar, tuple(-(factor * component) for component in self.vector)
        )


ONE = Quaternion(1, (0, 0, 0))
"""The unit matrix."""


def quaternion(components: Sequence[Any]) -> Quaternion:
    """A quaternion from its scalar and as many components of its vector as do not vanish."""
    scalar, *vector = components
    return Quaternion(scalar, tuple([*vector, 0, 0, 0][:_DIMENSION]))


def half_trace(one: Quaternion, other: Quaternion) -> Any:
    """½ tr of a product, p_0 q_0 − p·q."""
    return one.scalar * other.scalar - sum(
        a * b for a, b in zip(one.vector, other.vector, strict=True)
    )
