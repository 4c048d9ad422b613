# SPDX-License-Identifier: MIT
"""Solves the steady state of a stack of homogeneous layers exactly, by matching modes.

Linear laws only: interfaces in linear response, layers with clamped magnetizations. All currents
and potentials are then proportional to the drive. With a lateral wave number q all fields are
amplitudes of cos(qx), fluxes their components along y.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from fem_sf.errors import InputError, Problem, StackError
from fem_sf.spin.coupling import Coupling, coupling
from fem_sf.spin.materials import FloatArray
from fem_sf.spin.model import Drive, Stack, Voltage
from fem_sf.spin.modes import ComplexArray, LayerSolution
from fem_sf.spin.precise import product, solve_exactly


@dataclass(frozen=True)
class Profile:
    """Fields at positions in a layer; n positions.

    Parameters
    ----------
    position
        y from the left face, shape (n,); ≤ 0 in a semi-infinite left layer.
    potential, displacement
        V and −ε V', shape (n,).
    charge
        δn, shape (n,).
    magnetization
        δM, shape (n, 3).
    chemical_potential, spin_potential
        μ = V + α1 (D/σ) δn, shape (n,), and m = (D/σ) δM, shape (n, 3).
    current, spin_current
        J, shape (n,), and J_M, shape (n, 3), along +y.
    """

    position: FloatArray
    potential: FloatArray
    displacement: FloatArray
    charge: FloatArray
    magnetization: FloatArray
    chemical_potential: FloatArray
    spin_potential: FloatArray
    current: FloatArray
    spin_current: FloatArray


class Side(NamedTuple):
    """Fields at one side of an interface, or at an outer end; names as in `Profile`."""

    chemical_potential: float
    spin_potential: FloatArray
    current: float
    spin_current: FloatArray
    potential: float
    displacement: float


@dataclass(frozen=True)
class InterfaceState:
    """What happens at one interface.

    Parameters
    ----------
    left, right
        The fields on both sides.
    barrier_current
        J_B, the spin current inside; ``None`` where the law does not say.
    """

    left: Side
    right: Side
    barrier_current: FloatArray | None

    @property
    def torque(self) -> FloatArray:
        """J_M^R − J_M^L, the paper's a μ_B t0: what clamps the magnetizations."""
        return self.right.spin_current - self.left.spin_current

    @property
    def torque_left(self) -> FloatArray | None:
        """J_M^L − J_B, angular momentum given to the lattice on the left."""
        if self.barrier_current is None:
            return None
        return self.left.spin_current - self.barrier_current

    @property
    def torque_right(self) -> FloatArray | None:
        """J_B − J_M^R, angular momentum given to the lattice on the right."""
        if self.barrier_current is None:
            return None
        return self.barrier_current - self.right.spin_current

    @property
    def dissipation(self) -> float:
        """ψ_L·F_L − ψ_R·F_R, power turned into heat at the interface."""
        return power(self.left) - power(self.right)


def clamped_current(
    current: FloatArray, left: Side, right: Side, axes: tuple[FloatArray, FloatArray]
) -> FloatArray:
    """J_B of a barrier that clamps: in the plane of both p, J_B·p_L = J_M^L·p_L, and J_B·p_R so.

    Where a barrier conducts well, J_B from the potentials is a small difference times a large
    conductance; what flows is known better, and says all of J_B unless both p are along one axis.

    Parameters
    ----------
    current
        J_B from the potentials.
    left, right
        Both sides.
    axes
        p on the left and on the right.
    """
    p_left, p_right = axes
    along_left, along_right = p_left @ left.spin_current, p_right @ right.spin_current
    cosine = float(p_left @ p_right)
    across = p_right - cosine * p_left
    sine = float(np.linalg.norm(across))
    if sine < _COLLINEAR:
        return along_left * p_left
    turned = along_right - cosine * along_left if sine > _TILTED else across @ current
    return along_left * p_left + turned / sine**2 * across


_COLLINEAR = 1e-12
"""Sine of the angle of two magnetizations that is rounding."""

_TILTED = 1e-5
"""Sine of an angle from which on the currents along both say J_B."""


def power(side: Side) -> float:
    """ψ·F along +y at a side, μ J + m·J_M."""
    return side.chemical_potential * side.current + float(side.spin_potential @ side.spin_current)


@dataclass(frozen=True)
class Solution:
    """The steady state of a stack.

    Parameters
    ----------
    stack
        The stack.
    interfaces
        From left to right, as in the stack.
    left_end, right_end
        Fields at the reservoirs; ``None`` where a layer is semi-infinite.
    intercept_drop
        V extrapolated from far inside to the left-most interface, minus the same from the right;
        ``None`` unless both outer layers are semi-infinite.
    """

    stack: Stack
    interfaces: tuple[InterfaceState, ...]
    left_end: Side | None
    right_end: Side | None
    intercept_drop: float | None
    _parts: tuple[tuple[LayerSolution, ComplexArray], ...]

    def interface(self, left: str, right: str) -> InterfaceState:
        """The state at the interface of two neighbours, named from left to right."""
        for interface, state in zip(self.stack.interfaces, self.interfaces, strict=True):
            if (interface.left, interface.right) == (left, right):
                return state
        names = ", ".join(each.name for each in self.stack.interfaces)
        raise StackError([Problem("", f"no interface {left}|{right}; there are {names}")])

    def profile(self, layer: str, position: ArrayLike) -> Profile:
        """Fields in a layer.

        Parameters
        ----------
        layer
            Its name.
        position
            y from its left face, shape (n,); ≤ 0, from its only face, in a semi-infinite left
            layer.

        Raises
        ------
        InputError
            For positions outside the layer.
        """
        part, coefficients = self._parts[self.stack.layer_index(layer)]
        y = np.atleast_1d(np.asarray(position, dtype=float))
        low, high = _extent(part)
        if not ((y >= low) & (y <= high)).all():
            raise InputError([Problem(f"layers.{layer}", f"positions go from {low:g} to {high:g}")])
        values = (part.columns(y) @ coefficients.sum(axis=0)).real
        material = part.layer.material
        density = material.conductivity / material.diffusivity
        return Profile(
            position=y,
            potential=values[:, 8],
            displacement=values[:, 9],
            charge=density * values[:, 10],
            magnetization=density * values[:, 1:4],
            chemical_potential=values[:, 0],
            spin_potential=values[:, 1:4],
            current=values[:, 4],
            spin_current=values[:, 5:8],
        )


def _extent(part: LayerSolution) -> tuple[float, float]:
    if part.semi_infinite:
        return (-math.inf, 0.0) if part.on_the_left else (0.0, math.inf)
    return 0.0, part.layer.extent


def solve(stack: Stack, drive: Drive, wave_number: float = 0.0) -> Solution:
    """Solve a stack in linear response.

    Parameters
    ----------
    stack
        The stack.
    drive
        Voltage between the two reservoirs, or current.
    wave_number
        q ≥ 0, all fields and the drive being amplitudes of cos(qx).

    Raises
    ------
    InputError
        If the drive cannot be applied to the stack.
    """
    problems = _drive_problems(stack, drive, wave_number)
    if problems:
        raise InputError(problems)
    last = len(stack.layers) - 1
    parts = [
        LayerSolution(layer, wave_number, on_the_left=i == 0 and i < last)
        for i, layer in enumerate(stack.layers)
    ]
    faces = [_faces(part) for part in parts]
    couplings = [
        coupling(interface.law, left.material, right.material)
        for interface, (left, right) in zip(stack.interfaces, pairwise(stack.layers), strict=True)
    ]
    rows, constants = _equations(stack, couplings, drive, parts, faces)
    ends = np.cumsum([part.size for part in parts])
    steps, measured = ends - 2, _measured(faces)
    if not wave_number:
        # constants of V from differences between neighbours: only these are in the laws
        for each in (rows, measured):
            each[..., steps] = each[..., steps] @ np.tri(len(ends))
    found = solve_exactly(rows, constants, steps, measured, _KINDS)[:, : ends[-1]]
    if not wave_number:
        found[:, steps] = found[:, steps].cumsum(axis=1)
    coefficients = np.split(found, ends[:-1], axis=1)
    sides = [product(face, own).real for face, own in zip(faces, coefficients, strict=True)]
    states = tuple(
        _interface_state(stack, i, couplings[i], left[-1], right[0])
        for i, (left, right) in enumerate(pairwise(sides))
    )
    first, final = parts[0].semi_infinite, parts[-1].semi_infinite
    return Solution(
        stack=stack,
        interfaces=states,
        left_end=None if first else _side(sides[0][0]),
        right_end=None if final else _side(sides[-1][-1]),
        intercept_drop=(
            -float(found[:, [ends[0] - 2, ends[-1] - 2]].sum(axis=0).real @ [-1, 1])
            if first and final
            else None
        ),
        _parts=tuple(zip(parts, coefficients, strict=True)),
    )


def _drive_problems(stack: Stack, drive: Drive, wave_number: float) -> list[Problem]:
    problems = []
    endless = [each.name for each in stack.layers if each.semi_infinite]
    if not math.isfinite(drive.value):
        problems.append(Problem("drive", f"expected a finite number, got {drive.value!r}"))
    if isinstance(drive, Voltage) and endless:
        problems.append(
            Problem(
                "drive.voltage",
                f"layer {endless[0]!r} is semi-infinite and takes any voltage without a current; "
                "drive by a current, or make it finite",
            )
        )
    if not (math.isfinite(wave_number) and wave_number >= 0):
        problems.append(Problem("wave_number", f"expected q ≥ 0, got {wave_number!r}"))
    elif wave_number and endless:
        problems.append(
            Problem(
                "wave_number",
                f"a current cos(qx) does not come from infinity; make layer {endless[0]!r} finite",
            )
        )
    return problems


def _faces(part: LayerSolution) -> ComplexArray:
    """Columns at the left and the right face, or at the only one; shape (1 or 2, 11, size)."""
    return part.columns(np.array([0.0] if part.semi_infinite else [0.0, part.layer.extent]))


def _equations(
    stack: Stack,
    couplings: Sequence[Coupling],
    drive: Drive,
    parts: Sequence[LayerSolution],
    faces: Sequence[ComplexArray],
) -> tuple[ComplexArray, FloatArray]:
    """Rows for the coefficients of all layers, then for the fluxes on both sides of interfaces.

    In one sum with what a law has of the potentials, fluxes would be rounded at a barrier that
    conducts well.
    """
    starts = np.cumsum([0, *(part.size for part in parts)])
    size = int(starts[-1]) + 8 * len(stack.interfaces)
    rows = np.zeros((size, size), dtype=complex)
    constants = np.zeros(size)
    top = 0
    for i, interface in enumerate(stack.interfaces):
        left, right = faces[i][-1], faces[i + 1][0]
        block, fluxes = rows[top : top + 18], int(starts[-1]) + 8 * i
        _match(
            couplings[i].constraints,
            interface.capacitance,
            left,
            right,
            block[:, starts[i] : starts[i + 1]],
            block[:, starts[i + 1] : starts[i + 2]],
            block[:, fluxes : fluxes + 8],
        )
        top += 18
    left_rows, left_constant = _outer_end(parts[0], faces[0][0], _left_condition(drive))
    right_rows, right_constant = _outer_end(parts[-1], faces[-1][-1], _right_condition(drive))
    middle = top + len(left_rows)
    rows[top:middle, : starts[1]] = left_rows
    rows[middle:, starts[-2] : starts[-1]] = right_rows
    constants[middle - 1] = left_constant
    constants[-1] = right_constant
    return rows, constants


_KINDS = np.array([0, 1, 1, 1, 2, 2, 2, 2, 0, 3, 0])
"""Which of the rows of columns are of one size: potentials, m, currents, displacement."""


def _measured(faces: Sequence[ComplexArray]) -> ComplexArray:
    """All that is measured at faces from all unknowns, shape (faces, 11, unknowns)."""
    sizes = [face.shape[-1] for face in faces]
    ends = np.cumsum(sizes)
    count = int(ends[-1]) + 8 * (len(faces) - 1)
    seen = np.zeros((sum(map(len, faces)), 11, count), dtype=complex)
    row = 0
    for face, end, size in zip(faces, ends, sizes, strict=True):
        seen[row : row + len(face), :, end - size : end] = face
        row += len(face)
    return seen


def _match(
    constraints: FloatArray,
    capacitance: float,
    left: ComplexArray,
    right: ComplexArray,
    left_block: ComplexArray,
    right_block: ComplexArray,
    fluxes: ComplexArray,
) -> None:
    """At an interface its law, the displacement, V or the capacitor, and what the fluxes are."""
    left_block[:8] = constraints[:, :4] @ left[:4]
    right_block[:8] = constraints[:, 4:8] @ right[:4]
    fluxes[:8] = constraints[:, 8:]
    left_block[10:14], right_block[14:] = left[4:8], right[4:8]
    fluxes[10:] = -np.eye(8)
    left_block[8] = left[9]
    right_block[8] = -right[9]
    left_block[9] = left[8] - left[9] / capacitance
    right_block[9] = -right[8]


def _left_condition(drive: Drive) -> tuple[int, float]:
    """Row of the columns and its value at the left end: V is given, or zero under a current."""
    return 8, drive.value if isinstance(drive, Voltage) else 0.0


def _right_condition(drive: Drive) -> tuple[int, float]:
    """Row of the columns and its value at the right end: V = 0, or J."""
    return (8, 0.0) if isinstance(drive, Voltage) else (4, drive.value)


def _outer_end(
    part: LayerSolution, face: ComplexArray, condition: tuple[int, float]
) -> tuple[ComplexArray, float]:
    """Equations of a reservoir, or of what a semi-infinite layer comes to far inside."""
    row, value = condition
    if part.semi_infinite:
        far = np.zeros((1, part.size), dtype=complex)
        far[0, -1 if row == 4 else -2] = 1
        return far, value
    return face[[10, 1, 2, 3, row]], value


def _side(values: FloatArray) -> Side:
    return Side(
        chemical_potential=float(values[0]),
        spin_potential=values[1:4],
        current=float(values[4]),
        spin_current=values[5:8],
        potential=float(values[8]),
        displacement=float(values[9]),
    )


def _interface_state(
    stack: Stack, index: int, law: Coupling, left: FloatArray, right: FloatArray
) -> InterfaceState:
    sides = _side(left), _side(right)
    barrier = None
    if law.barrier_current is not None:
        everything = np.concatenate([left[:4], right[:4], left[4:8], right[4:8]])
        barrier = law.barrier_current @ everything
        one, other = (layer.material for layer in stack.layers[index : index + 2])
        if all(stack.interfaces[index].law.clamps(one, other)):
            barrier = clamped_current(barrier, *sides, (one.axis, other.axis))
    return InterfaceState(*sides, barrier)
