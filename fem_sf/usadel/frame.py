# SPDX-License-Identifier: MIT
"""Chooses the axes in spin space that the exchange fields of a stack span.

Rotations of all spins together leave the Usadel equation as it is, so that magnetizations and
triplets only have components in the space of the exchange fields.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fem_sf.materials import Ferromagnet
from fem_sf.stack import Stack

SAME_DIRECTION = 1e-12
"""Sine of an angle between exchange fields that counts as rounding."""

_DIMENSION = 3


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

    @property
    def planes(self) -> tuple[tuple[int, int], ...]:
        """The pairs of axes in whose planes spins can turn; none along a single axis."""
        return tuple(combinations(range(len(self.axes)), 2))

    @property
    def normals(self) -> NDArray[np.float64]:
        """a_i × a_j of these pairs, about which spins turn from a_i to a_j; shape (planes, 3)."""
        return np.array([np.cross(self.axes[i], self.axes[j]) for i, j in self.planes]).reshape(
            -1, 3
        )

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


def spin_frame(
    stack: Stack, directions: Sequence[NDArray[np.float64]] = (), comm: Any = None
) -> SpinFrame:
    """The axes that the exchange fields of a stack span; collective.

    Parameters
    ----------
    stack
        The layers.
    directions
        J over the largest |J| of every layer whose exchange field varies, at points of this rank,
        shape (n, 3) each; such a layer is left out of what follows from the stack.
    comm
        The ranks that share the points.

    Returns
    -------
    SpinFrame
        A single axis points up (to +z; to +y, +x where it has no z, y); it is z where nothing has
        an exchange field. Of two or three axes the first is along the first exchange field; or,
        where fields vary within layers, they are those of the coordinates as far as possible.
    """
    axes: list[NDArray[np.float64]] = []
    for direction in _uniform_directions(stack):
        # twice is enough to be orthogonal to rounding
        rest = _orthogonal(_orthogonal(direction, axes), axes)
        if np.linalg.norm(rest) > SAME_DIRECTION:
            axes.append(rest / np.linalg.norm(rest))
    for several in directions:
        _extend(axes, several, comm)
    if not axes:
        return SpinFrame(np.array([[0.0, 0.0, 1.0]]))
    if len(axes) == 1:
        axes[0] *= np.sign(axes[0][np.flatnonzero(axes[0])[-1]])
    elif directions:
        axes = _aligned(axes)
    return SpinFrame(np.array(axes))


def _uniform_directions(stack: Stack) -> Iterable[NDArray[np.float64]]:
    """Unit vectors along the exchange fields that do not vary."""
    for layer in stack.ferromagnets:
        material = layer.material
        assert isinstance(material, Ferromagnet)
        if material.is_uniform and material.exchange_strength:
            yield np.array(material.exchange_vector) / material.exchange_strength


def _extend(axes: list[NDArray[np.float64]], vectors: NDArray[np.float64], comm: Any) -> None:
    """Add axes until some vectors, of size one at most, are in their space; collective."""
    while len(axes) < _DIMENSION:
        rest = vectors
        for _ in range(2):
            rest = rest - sum((np.outer(rest @ axis, axis) for axis in axes), np.zeros((1, 3)))
        sizes = np.linalg.norm(rest, axis=1)
        best = rest[np.argmax(sizes)] if len(rest) else np.zeros(3)
        candidates = np.array([best] if comm is None else comm.allgather(best))
        sizes = np.linalg.norm(candidates, axis=1)
        if sizes.max() <= SAME_DIRECTION:
            return
        axes.append(candidates[np.argmax(sizes)] / sizes.max())


def _aligned(axes: Sequence[NDArray[np.float64]]) -> list[NDArray[np.float64]]:
    """Axes of the same space, as much as possible along z, x and y, however it was found."""
    projector = sum(np.outer(axis, axis) for axis in axes)
    found: list[NDArray[np.float64]] = []
    for axis in np.eye(_DIMENSION)[[2, 0, 1]]:
        rest = _orthogonal(_orthogonal(projector @ axis, found), found)
        size = np.linalg.norm(rest)
        # of what is left at least one axis has a projection of 1/√3 or more
        if size > 0.5 and len(found) < len(axes):
            rest = np.where(np.abs(rest) > SAME_DIRECTION * size, rest, 0.0)
            found.append(rest / np.linalg.norm(rest))
    return found


def _orthogonal(vector: NDArray[np.float64], axes: list[NDArray[np.float64]]) -> NDArray:
    return vector - sum((axis @ vector * axis for axis in axes), np.zeros(3))
