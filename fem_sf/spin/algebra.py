# SPDX-License-Identifier: MIT
"""What formulas need beyond operators, for numbers; the module ``ufl`` is the same for UFL.

A formula that takes an `Algebra` is written once for both. Of numbers there may be many at a time:
scalars then have shape (n, 1) and vectors (n, 3), so that operators alone combine them.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np


class Algebra(Protocol):
    """Products of vectors, and functions."""

    def dot(self, a: Any, b: Any) -> Any:
        """Scalar product."""

    def cross(self, a: Any, b: Any) -> Any:
        """Vector product."""

    def sqrt(self, x: Any) -> Any:
        """Square root."""

    def exp(self, x: Any) -> Any:
        """Exponential."""

    def sinh(self, x: Any) -> Any:
        """Hyperbolic sine."""

    def cosh(self, x: Any) -> Any:
        """Hyperbolic cosine."""


class _Numbers:
    cross = staticmethod(np.cross)
    sqrt, exp, sinh, cosh = np.sqrt, np.exp, np.sinh, np.cosh

    @staticmethod
    def dot(a: Any, b: Any) -> Any:
        products = np.multiply(a, b)
        return np.add.reduce(products, axis=-1, keepdims=products.ndim > 1)


NUMBERS: Algebra = _Numbers()
