# SPDX-License-Identifier: MIT
"""Fills in uniform order parameters: given ones, or the start of a self-consistent one."""

from __future__ import annotations

import cmath
import math
from collections.abc import Mapping

import numpy as np

from fem_sf.signs import Signs
from fem_sf.stack import Stack
from fem_sf.usadel.system import UsadelSystem


def fill_gap(system: UsadelSystem, modulus: float, phases: Mapping[str, float]) -> None:
    """Put a |Δ| into the fields of a system, with a phase for every layer, else 0."""
    for name, field in system.gaps.items():
        delta = cmath.rect(modulus, phases.get(name, 0.0))
        components = system.parametrisation.gap_components(delta)
        field.x.array[:] = np.resize(components, len(field.x.array))


def first_phases(stack: Stack) -> dict[str, float]:
    """Phases to start from: those held, and in even steps from layer to layer between them."""
    places = [stack.names.index(name) for name in stack.phases] or [0]
    values = list(stack.phases.values()) or [0.0]
    everywhere = np.interp(range(len(stack.names)), places, values)
    return dict(zip(stack.names, everywhere.tolist(), strict=True))


def phases_of(signs: Signs) -> dict[str, float]:
    """Signs of a real Δ as phases, 0 and π."""
    return {name: math.pi for name, sign in signs.items() if sign < 0}
