# SPDX-License-Identifier: MIT
"""Evaluates exchange fields at points, also those that vary within a layer.

Points are counted from the left end of the layer on meshes that are generated from a stack, so that
other layers can become thicker without changing this one; on all others they are those of the mesh.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fem_sf.errors import Problem, StackError
from fem_sf.formulas import COORDINATES, Formula
from fem_sf.materials import TWO_DIRECTIONS, Ferromagnet
from fem_sf.stack import Layer

_VECTOR = 3
_ALONG, _ACROSS = 401, 801
"""Points along and across a layer at which a field is looked at before there is a mesh."""


@dataclass(frozen=True)
class FormulaTexture:
    """An exchange field by formulas of the position.

    Parameters
    ----------
    components
        J_x, J_y, J_z in Tc; or a single one, along the axis of the ferromagnet.
    """

    components: tuple[Formula, ...]

    @property
    def coordinates(self) -> frozenset[str]:
        """Those of x, y, z that it depends on."""
        return frozenset().union(*(each.coordinates for each in self.components))

    def __call__(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """J at points of shape (n, dimension), shape (n, 3), or (n,) for a single component."""
        positions = dict(zip(COORDINATES, points.T, strict=False))
        values = np.empty((len(points), len(self.components)))
        for i, formula in enumerate(self.components):
            values[:, i] = formula(positions)
        return values if len(self.components) == _VECTOR else values[:, 0]


@dataclass(frozen=True)
class TextureScales:
    """What a mesh has to resolve of an exchange field.

    Parameters
    ----------
    strength
        Largest |J| in Tc.
    along
        Largest |J| over largest |∂J/∂x| in ξ0; infinite where it does not vary.
    across
        Largest |J| over |∂J/∂y|, the largest along the stack, between neighbours of the
        coordinates of `layer_samples`; empty in one dimension.
    """

    strength: float
    along: float
    across: NDArray[np.float64]


def exchange_values(layer: Layer, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """J of a layer in Tc at points of shape (n, dimension), shape (n, 3); zero unless it has one.

    Raises
    ------
    StackError
        If a field that varies is not finite somewhere, or has neither one nor three components.
    """
    material = layer.material
    if not isinstance(material, Ferromagnet):
        return np.zeros((len(points), _VECTOR))
    if not callable(material.exchange):
        return np.tile(material.exchange_vector, (len(points), 1))
    if isinstance(material.exchange, FormulaTexture):
        unknown = material.exchange.coordinates.difference(COORDINATES[: points.shape[1]])
        if unknown:
            raise _wrong(
                layer,
                f"{min(unknown)} is no coordinate of this stack, which has only "
                f"{' and '.join(COORDINATES[: points.shape[1]])}",
            )
    values = np.asarray(material.exchange(points), dtype=float)
    if values.shape == (len(points),):
        with np.errstate(invalid="ignore"):
            values = values[:, np.newaxis] * np.array(material.axis)
    elif values.shape != (len(points), _VECTOR):
        raise _wrong(
            layer,
            f"expected values of shape ({len(points)},) or ({len(points)}, 3) at {len(points)} "
            f"points, got {values.shape}",
        )
    elif material.angle:
        raise StackError([Problem(f"layers.{layer.name}.angle", TWO_DIRECTIONS)])
    wrong = np.flatnonzero(~np.isfinite(values).all(axis=1))
    if len(wrong):
        place = ", ".join(
            f"{name} = {value:.6g}"
            for name, value in zip(COORDINATES, points[wrong[0]], strict=False)
        )
        raise _wrong(layer, f"expected a finite J everywhere in the layer; at {place} it is not")
    return values


def layer_samples(layer: Layer, width: float | None) -> tuple[NDArray, NDArray]:
    """Coordinates along and across a layer at which to look at it before there is a mesh.

    Parameters
    ----------
    layer
        With a thickness.
    width
        Extent across; ``None`` in one dimension, where there are no coordinates across.
    """
    assert layer.thickness is not None
    along = np.linspace(0.0, layer.thickness, _ALONG)
    return along, np.empty(0) if width is None else np.linspace(0.0, width, _ACROSS)


def texture_scales(layer: Layer, width: float | None) -> TextureScales:
    """Strength and lengths of the exchange field of a layer that has a thickness.

    Parameters
    ----------
    layer, width
        As in `layer_samples`.
    """
    along, across = layer_samples(layer, width)
    grid = np.meshgrid(along, across, indexing="ij") if len(across) else [along]
    points = np.stack([each.ravel() for each in grid], axis=-1)
    values = exchange_values(layer, points).reshape(*grid[0].shape, _VECTOR)
    strength = float(np.linalg.norm(values, axis=-1).max())
    return TextureScales(
        strength,
        float(_lengths(strength, values, along).min()),
        _lengths(strength, np.swapaxes(values, 0, 1), across) if len(across) else across,
    )


def _lengths(
    strength: float, values: NDArray[np.float64], coordinates: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Strength over slope along the first axis, the smallest along all others."""
    slopes = np.linalg.norm(np.diff(values, axis=0), axis=-1) / coordinates[1]
    slopes = slopes.reshape(len(slopes), -1).max(axis=1)
    flat = _FLAT * strength / coordinates[-1]
    return np.divide(strength, slopes, out=np.full(len(slopes), np.inf), where=slopes > flat)


_FLAT = 1e-10
"""Change over a layer, relative to its largest value, that counts as none."""


def _wrong(layer: Layer, message: str) -> StackError:
    return StackError([Problem(f"layers.{layer.name}.exchange", message)])


def varying(layers: Sequence[Layer]) -> tuple[Layer, ...]:
    """The layers whose exchange field varies within them."""
    return tuple(
        layer
        for layer in layers
        if isinstance(layer.material, Ferromagnet) and not layer.material.is_uniform
    )
