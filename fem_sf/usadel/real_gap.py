# SPDX-License-Identifier: MIT
"""What the parametrisations by θ have in common: with a real Δ, of either sign, J is symmetric."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def residual_order(frame_shape: tuple[int, ...]) -> None:
    """Each equation is the variation with respect to its own unknown."""
    return None


def gap_shape() -> tuple[int, ...]:
    """One number: a real Δ."""
    return ()


def gap_components(delta: complex) -> NDArray[np.float64]:
    """Δ itself."""
    return np.array(delta.real)


def gap_values(parts: NDArray[np.complex128]) -> NDArray[np.float64]:
    """Δ itself."""
    return parts.real


def gap_modulus(delta: Any) -> Any:
    """Δ itself, with its sign."""
    return delta


def largest_angle(theta: NDArray[np.complex128]) -> float:
    """Largest |Re θ| of some values."""
    return float(np.abs(theta.real).max(initial=0.0))
