# SPDX-License-Identifier: MIT
"""Describes what is measured on a state of spin transport, before it is summed up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fem_sf.spin.exact import InterfaceState, Side
from fem_sf.spin.model import Stack

FloatArray = NDArray[np.float64]

Directions = Mapping[str, tuple[FloatArray, FloatArray]]
"""By layer with a wall: p at its left and its right end."""


@dataclass(frozen=True)
class Measurement:
    """Numbers of one solution.

    Parameters
    ----------
    interfaces
        States by ``left|right``.
    left_end, right_end
        What enters and leaves at the contacts, or far inside a semi-infinite layer.
    drop
        V on the left minus V on the right, of a semi-infinite layer extrapolated to its face.
    dimension
        Of the mesh.
    extents, end_extents
        Length or area of every interface and of both contacts; 1 in one dimension.
    imbalances
        By layer, shape (4,): size of the charge and of the components of spin that get lost.
    entering
        Power that comes in at the contacts.
    heat
        Of layers and interfaces; ``None`` where α1 ≠ α2 leaves it undefined.
    precession
        By layer, ∫ δM × w, shape (3,).
    directions
        By layer with a wall: p at its left and its right end.
    flow
        ``None`` in a steady state.
    """

    interfaces: Mapping[str, InterfaceState]
    left_end: Side
    right_end: Side
    drop: float
    dimension: int
    extents: Mapping[str, float]
    end_extents: tuple[float, float]
    imbalances: Mapping[str, FloatArray]
    entering: float
    heat: float | None
    precession: Mapping[str, FloatArray]
    directions: Directions
    flow: Flow | None = None


@dataclass(frozen=True)
class Flow:
    """What a run in time has besides, at its end.

    Parameters
    ----------
    total_currents
        J + ∂_t(−εV') at both contacts.
    stored
        Power that goes into δn and δM.
    largest_current, largest_voltage
        Through the whole run, by which what has decayed since is measured.
    """

    total_currents: tuple[float, float]
    stored: float
    largest_current: float
    largest_voltage: float


def has_energy(stack: Stack) -> bool:
    """Whether every layer has α1 = α2, so that power balances."""
    return all(layer.material.alpha1 == layer.material.alpha2 for layer in stack.layers)


def voltage_drop(
    stack: Stack, left_end: Side, right_end: Side, depths: tuple[float, float]
) -> float:
    """V on the left minus V on the right, of semi-infinite layers extrapolated to their faces.

    Parameters
    ----------
    stack
        Its outer layers.
    left_end, right_end
        Fields at the reservoirs, or somewhere in a semi-infinite layer.
    depths
        How far these places are from the faces of semi-infinite layers.
    """
    potentials = []
    for layer, side, depth, sign in (
        (stack.layers[0], left_end, depths[0], -1),
        (stack.layers[-1], right_end, depths[1], 1),
    ):
        if not layer.semi_infinite:
            potentials.append(side.potential)
            continue
        material = layer.material
        far = side.chemical_potential + material.spin_asymmetry * float(
            material.axis @ side.spin_potential
        )
        potentials.append(far + sign * side.current * depth / material.conductivity)
    return potentials[0] - potentials[1]
