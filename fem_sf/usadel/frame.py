# SPDX-License-Identifier: MIT
"""The axes in spin space along which a stack has components: no more than its exchange fields span.

Rotations of all spins together leave the Usadel equation as it is, so that magnetizations and
triplets only have components in the space of the exchange fields.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fem_sf.materials import Ferromagnet
from fem_sf.stack import Stack

SAME_DIRECTION = 1e-12
"""Sine of an angle between exchange fields that counts as rounding."""


@dataclass(frozen=True, eq=False)
class SpinFrame:
    """One, two or three axes in spin space.

    Components along them have a last dimension of that many, but none along a single axis.

    Parameters
    ----------
    axes
        Orthonormal, shape (n, 3).
    """

    axes: NDArray[np.float64]

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the components of one vector: () along one axis, else (n,)."""
        return () if len(self.axes) == 1 else (len(self.axes),)

    def components(self, vectors: ArrayLike) -> NDArray[np.float64]:
        """Components of vectors of shape (…, 3), shape (…, *shape)."""
        found = np.asarray(vectors) @ self.axes.T
        return found.reshape(found.shape[:-1] + self.shape)

    def vectors(self, components: ArrayLike) -> NDArray[np.float64]:
        """Vectors of shape (…, 3) from components of shape (…, *shape)."""
        values = np.asarray(components)
        leading = values.shape[: values.ndim - len(self.shape)]
        # adding zero makes −0 a 0
        return values.reshape(*leading, len(self.axes)) @ self.axes + 0.0


def spin_frame(stack: Stack) -> SpinFrame:
    """The axes that the exchange fields of a stack span.

    Parameters
    ----------
    stack
        The layers.

    Returns
    -------
    SpinFrame
        A single axis points up (to +z; to +y, +x where it has no z, y); it is z where nothing has
        an exchange field. Of two or three axes the first is along the first exchange field.
    """
    axes: list[NDArray[np.float64]] = []
    for layer in stack.ferromagnets:
        assert isinstance(layer.material, Ferromagnet)
        strength = layer.material.exchange_strength
        if not strength:
            continue
        direction = np.array(layer.material.exchange_vector) / strength
        # twice is enough to be orthogonal to rounding
        rest = _orthogonal(_orthogonal(direction, axes), axes)
        if np.linalg.norm(rest) > SAME_DIRECTION:
            axes.append(rest / np.linalg.norm(rest))
    if not axes:
        return SpinFrame(np.array([[0.0, 0.0, 1.0]]))
    if len(axes) == 1:
        axes[0] *= np.sign(axes[0][np.flatnonzero(axes[0])[-1]])
    return SpinFrame(np.array(axes))


def _orthogonal(vector: NDArray[np.float64], axes: list[NDArray[np.float64]]) -> NDArray:
    return vector - sum((axis @ vector * axis for axis in axes), np.zeros(3))
