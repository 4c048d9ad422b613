# SPDX-License-Identifier: MIT
"""Interface laws as linear equations between potentials and fluxes on both sides.

ψ = (μ, m) are the four potentials on a side, m = (D/σ) δM a vector, and F = (J, J_M) the four
fluxes along +y. Every law is eight equations for the sixteen numbers x = (ψ_L, ψ_R, F_L, F_R):
what it says of each of the eight potentials alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from types import SimpleNamespace

import numpy as np

from fem_sf.spin.algebra import NUMBERS
from fem_sf.spin.interfaces import Flux, Law, Side
from fem_sf.spin.materials import FloatArray, Material, is_magnet, normal_plane

_MU_LEFT, _M_LEFT, _MU_RIGHT, _M_RIGHT = np.split(np.eye(8), [1, 4, 5], axis=1)
"""Eight states, in each of which one potential is 1."""

_OWN = slice(9, 12), slice(13, 16)
"""Places of J_M^L and J_M^R in x."""


@dataclass(frozen=True)
class Coupling:
    """The linear equations of one interface.

    Parameters
    ----------
    constraints
        C with C x = 0, shape (8, 16).
    barrier_current
        J_B = B x, the spin current in the middle of the interface, shape (3, 16): it fixes how the
        torque is shared between the sides. ``None`` where the law does not say.
    """

    constraints: FloatArray
    barrier_current: FloatArray | None = None


@lru_cache(maxsize=256)
def coupling(law: Law, left: Material, right: Material) -> Coupling:
    """The equations of a law in linear response between two materials.

    Parameters
    ----------
    law
        The law.
    left, right
        What is on the two sides.
    """
    law = law.linear
    numbers = {
        name: value if isinstance(value, float) else np.array(value)
        for name, value in law.numbers.items()
    }
    sides = (
        Side(_MU_LEFT, _M_LEFT, None, left.axis, is_magnet(left)),
        Side(_MU_RIGHT, _M_RIGHT, None, right.axis, is_magnet(right)),
    )
    flux = law.flux(SimpleNamespace(**numbers), *sides, NUMBERS)
    whole = middle_side(flux, law, left, right)
    how = whole, law.clamps(left, right), (left.axis, right.axis)
    constraints = np.zeros((8, 16))
    if flux is None:
        _agree(law.agreement(left, right), *how, constraints)
    else:
        _conduct(flux, *how, constraints)
    if whole is not None:
        return Coupling(constraints, np.eye(3, 16, _OWN[whole].start))
    if flux is None or flux.inside is None:
        return Coupling(constraints)
    return Coupling(constraints, np.hstack([flux.inside.T, np.zeros((3, 8))]))


def middle_side(flux: Flux | None, law: Law, left: Material, right: Material) -> int | None:
    """The side whose spin current is that in the middle, 0 or 1, by what a law says flows."""
    if flux is not None:
        sides = (flux.left, flux.right)
        return next((i for i, each in enumerate(sides) if each is flux.inside), None)
    agreement = law.agreement(left, right)
    continuous = len(agreement) == 4 and np.array_equal(agreement[:, :4], -agreement[:, 4:])
    return 0 if continuous else None


def _agree(
    agreement: FloatArray,
    whole: int | None,
    clamps: tuple[bool, bool],
    axes: tuple[FloatArray, FloatArray],
    constraints: FloatArray,
) -> None:
    """μ and J continuous; reactions (F_L, −F_R) do no work on what the law allows of m.

    Where it clamps, what is along p is kept apart from what is across, which may be much smaller.
    """
    count = len(agreement)
    constraints[:count, :8] = agreement
    constraints[count, [8, 12]] = 1, -1
    rows = constraints[count + 1 :]
    if whole is not None:
        rows[:, _OWN[0]], rows[:, _OWN[1]] = np.eye(3), -np.eye(3)
        return
    frames = [
        np.array([axis, *normal_plane(axis)]) if clamped else np.eye(3)
        for axis, clamped in zip(axes, clamps, strict=True)
    ]
    left, right = agreement[1:, 1:4] @ frames[0].T, agreement[1:, 5:] @ frames[1].T
    for seen, clamped in zip((left, right), clamps, strict=True):
        seen[:, 1:] *= not clamped
    allowed = np.linalg.qr(np.hstack([left, right]).T, mode="complete")[0].T[count - 1 :]
    rows[:, _OWN[0]], rows[:, _OWN[1]] = allowed[:, :3] @ frames[0], -allowed[:, 3:] @ frames[1]


def _conduct(
    flux: Flux,
    whole: int | None,
    clamps: tuple[bool, bool],
    axes: tuple[FloatArray, FloatArray],
    constraints: FloatArray,
) -> None:
    """J given by the potentials, and J_M on either side by them or by the other side.

    Between fluxes, large conductances round nothing.
    """
    equations = constraints.T
    equations[:8, :1] = -flux.charge
    constraints[[0, 1, 1], [8, 8, 12]] = 1, 1, -1
    for side, (spin, axis) in enumerate(zip((flux.left, flux.right), axes, strict=True)):
        rows = slice(2 + 3 * side, 5 + 3 * side)
        constraints[rows, _OWN[side]] = np.eye(3)
        if whole not in (None, side) and (clamps[side] or spin is flux.inside):
            part = np.outer(axis, axis) if clamps[side] else np.eye(3)
            constraints[rows, _OWN[1 - side]] = -part
        elif clamps[side]:
            equations[:8, rows.start] = -(spin @ axis)
            constraints[rows, _OWN[side]] = [axis, *normal_plane(axis)]
        else:
            equations[:8, rows] = -spin
