# SPDX-License-Identifier: MIT
"""Computes densities of states: the Usadel equation at ω = η − iE, continued from large η.

Along one axis a spin s has ω̃ = η − i(E + sJ) and N_s = Re cos θ_s. Conjugation turns the equation
of θ_− at E into that of θ_+ at −E, for a real Δ, so that N_−(E) = N_+(−E): θ_+ alone is solved for,
at E and −E. Else N = Re[g_0 ± n·g_v] for spins along ±n, from (θ, M) or (γ, γ̃) at E.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import dolfinx
import numpy as np
from mpi4py import MPI
from numpy.typing import NDArray
from petsc4py import PETSc

from fem_sf.materials import Ferromagnet
from fem_sf.mesh.sampling import Sampling
from fem_sf.settings import SpectrumSettings
from fem_sf.solve.process_grid import whole
from fem_sf.stack import Layer
from fem_sf.usadel.continuation import Continuation, values_of
from fem_sf.usadel.frame import SAME_DIRECTION, SpinFrame
from fem_sf.usadel.observables import integrals
from fem_sf.usadel.solution import Progress, Solution
from fem_sf.usadel.system import UsadelSystem

EASY = 10.0
"""η in units of Tc or the largest Δ where the path to a spectrum begins, and θ = 0 is a start."""

FIRST_STEP = 0.5
"""Step in E over η, and step in ln η, that are tried first; the solution is analytic within η."""

FINEST = 1e-3
"""Distance of energies over η below which none is put between: N is smooth on the scale of η."""

DIGITS = 12
"""To which energies in Tc are told apart, so that E and −E match."""


@dataclass(frozen=True)
class Densities:
    """N(E)/N_normal of one layer by spin, in the order of `spins`.

    Parameters
    ----------
    mean
        Over the layer, shape (energies, spins); the same on every rank.
    points
        At points of this rank, one array of shape (points, energies, spins) for every sampling.
    """

    mean: NDArray[np.float64]
    points: tuple[NDArray[np.float64], ...]


def densities_of_states(
    solution: Solution,
    spectrum: SpectrumSettings,
    samplings: Mapping[str, Sequence[Sampling]],
    progress: Progress,
) -> tuple[NDArray[np.float64], dict[str, Densities]]:
    """N(E) of all layers by spin, at the Δ of a solution; collective.

    Parameters
    ----------
    solution
        A solved stack; in the normal state N = 1.
    spectrum
        Energies and broadening, and how far N may be from straight lines between the energies.
    samplings
        By layer, the points besides the mean, in the layer's own space.
    progress
        Told about every energy that is asked for.

    Returns
    -------
    tuple
        Energies, as asked for, or ascending with more between them; and N by layer.

    Raises
    ------
    NotConverged
        If the continuation in energy gets stuck.
    """
    system, asked = solution.sweep.system, np.asarray(spectrum.energies, dtype=float)
    reader, refined = _Reader(system, samplings), spectrum.interpolation_error is not None
    corners = asked
    if refined and asked.min() < 0 < asked.max():
        # where nothing tells the spins apart the energies are folded there
        corners = np.append(asked, 0.0)
    branches = _solved_at(system, corners)
    stops = np.unique(np.concatenate(branches))
    if solution.report.state == "superconducting":
        ranges = [(each.min(), each.max()) for each in branches] if refined else []
        # where energies are put between depends on the way, which all groups go together then
        grid = whole(system.layout.comm) if refined else solution.sweep.grid
        own = grid.stretch(stops)

        def walk() -> list[tuple[float, NDArray[np.float64]]]:
            found = []
            for node in _Walk(Continuation(solution), reader, spectrum).nodes(own, ranges):
                found.append((node.energy, node.reading))
                done = int(np.searchsorted(own, node.energy, side="right"))
                progress(done, len(own), f"density of states, broadening {spectrum.broadening:g}")
            return found

        found = grid.join(grid.in_each(walk))
    else:
        found = [(energy, reader.normal) for energy in stops]
    solved, readings = (np.array(each) for each in zip(*found, strict=True))
    energies = asked
    if refined:
        energies = _inside(np.append(solved, -solved) if system.one_spin else solved, asked)
    values = [_interpolated(solved, readings, each) for each in _solved_at(system, energies)]
    return energies, reader.by_layer(_by_spin(system.frame, values))


def spins(frame: SpinFrame) -> tuple[str, ...]:
    """What the spins are called: up and down along the one axis, or along x, y, z where needed."""
    if not frame.shape:
        return ("up", "down")
    return tuple(f"{spin}_{'xyz'[axis]}" for axis in _cartesian(frame) for spin in ("up", "down"))


def _cartesian(frame: SpinFrame) -> NDArray[np.intp]:
    """Which of x, y, z have components."""
    return np.flatnonzero(np.abs(frame.axes).max(axis=0) > SAME_DIRECTION)


def _solved_at(system: UsadelSystem, energies: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Energies at which the equation is solved: for spins up and down, or once for all spins."""
    here = np.round(energies, DIGITS) + 0.0
    if not system.one_spin:
        return [here]
    if any(_is_magnetic(layer) for layer in system.stack.layers):
        return [here, -here + 0.0]
    # N is even, and half of the energies do
    return [np.abs(here), np.abs(here)]


def _is_magnetic(layer: Layer) -> bool:
    """Whether a layer has an exchange field."""
    return isinstance(layer.material, Ferromagnet) and layer.material.is_magnetic


def _inside(energies: NDArray[np.float64], asked: NDArray[np.float64]) -> NDArray[np.float64]:
    """Energies within the range of the asked ones, these among them, ascending."""
    here = np.round(asked, DIGITS) + 0.0
    all_of_them = np.unique(np.append(here, energies))
    return all_of_them[(all_of_them >= here.min()) & (all_of_them <= here.max())]


def _interpolated(
    nodes: NDArray[np.float64], readings: NDArray[np.float64], energies: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Readings at some energies, along straight lines between those at ascending nodes."""
    right = np.searchsorted(nodes, energies).clip(max=len(nodes) - 1)
    left = np.maximum(right - 1, 0)
    width = np.where(right > left, nodes[right] - nodes[left], 1.0)
    part = ((nodes[right] - energies) / width)[:, np.newaxis, np.newaxis]
    return readings[right] + part * (readings[left] - readings[right])


def _by_spin(frame: SpinFrame, values: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    """N by spin, shape (energies, places, spins), from readings for each of `_solved_at`."""
    if len(values) > 1:
        return np.stack([each[..., 0] for each in values], axis=-1)
    (found,) = values
    axes = frame.axes[:, _cartesian(frame)] if frame.shape else np.ones((1, 1))
    density, vector = found[..., :1], found[..., 1:] @ axes
    pairs = np.stack([density + vector, density - vector], axis=-1)
    return pairs.reshape(*vector.shape[:-1], 2 * vector.shape[-1])


@dataclass(frozen=True)
class _Node:
    """A solution on the way: E, θ and what was read there."""

    energy: float
    theta: PETSc.Vec
    reading: NDArray[np.float64]


@dataclass(frozen=True)
class _Walk:
    """The way along the energies of a spectrum, looking around where N bends.

    Parameters
    ----------
    continuation, reader
        What solves and what reads.
    spectrum
        Broadening, and how far N may be from straight lines.
    """

    continuation: Continuation
    reader: _Reader
    spectrum: SpectrumSettings

    def nodes(
        self, stops: NDArray[np.float64], ranges: Sequence[tuple[float, float]]
    ) -> Iterator[_Node]:
        """Solve at ascending energies: all stops, and within ranges wherever N bends."""
        if not len(stops):
            return
        self._descend(float(stops[0]))
        wanted = set(stops.tolist())
        last: _Node | None = None
        first_step = FIRST_STEP * self.spectrum.broadening
        for energy in self.continuation.follow(
            self._along, stops.tolist(), first_step, self._descend
        ):
            near = last is not None and any(
                low <= last.energy and energy <= high for low, high in ranges
            )
            if near or energy in wanted:
                node = _Node(energy, self.continuation.theta.copy(), self.reader.read())
                if near:
                    yield from self._between(last, node)
                yield node
                last = node

    def _between(self, left: _Node, right: _Node) -> Iterator[_Node]:
        """As many nodes between two as make straight lines good enough.

        They are looked at a third and two thirds of the way, for in the middle a line may meet an
        edge by chance.
        """
        if right.energy - left.energy < FINEST * self.spectrum.broadening:
            return
        left.theta.copy(self.continuation.theta)
        step = (right.energy - left.energy) / 3
        thirds = [left.energy + step, left.energy + 2 * step]
        between = [
            _Node(energy, self.continuation.theta.copy(), self.reader.read())
            for energy in self.continuation.go_on(
                self._along, left.energy, thirds, step, self._descend
            )
            if energy in thirds
        ]
        if self._bend(left, between, right) > self.spectrum.interpolation_error:
            for first, second in pairwise([left, *between, right]):
                yield from self._between(first, second)
                yield second

    def _bend(self, left: _Node, between: Sequence[_Node], right: _Node) -> float:
        """How far N is from a straight line, over N or 1, at the worst place and for any spin.

        A parabola is 9/8 times as far from it in the middle as at the thirds.
        """
        worst = 0.0
        for node in between:
            part = (node.energy - left.energy) / (right.energy - left.energy)
            line = left.reading + part * (right.reading - left.reading)
            off = np.abs(node.reading - line).sum(axis=-1)
            worst = max(worst, *(off / np.maximum(1.0, node.reading[:, 0])))
        return 9 / 8 * self.reader.comm.allreduce(worst, op=MPI.MAX)

    def _descend(self, energy: float) -> None:
        """From a large η, where θ is small, to that of the spectrum."""
        self.continuation.theta.zeroEntries()
        broadening = self.spectrum.broadening
        start = max(broadening, EASY * max(1.0, self.continuation.largest_gap()))
        decay = math.log(start / broadening)

        def down(parameter: float) -> complex:
            return complex(start * math.exp(-parameter), -energy)

        stops = [0.0, decay] if decay else [0.0]
        for _ in self.continuation.follow(down, stops, FIRST_STEP):
            pass

    def _along(self, energy: float) -> complex:
        """ω = η − iE."""
        return complex(self.spectrum.broadening, -energy)


class _Reader:
    """Reads the normal functions off the fields: a row a place, a column a function.

    Places are the means of the layers, then the points of this rank layer by layer.

    Parameters
    ----------
    system
        Whose fields are read.
    samplings
        Points by layer.

    Attributes
    ----------
    normal
        A reading of the normal state.
    """

    def __init__(self, system: UsadelSystem, samplings: Mapping[str, Sequence[Sampling]]):
        self.samplings, self.comm, self._system = samplings, system.mesh.comm, system
        self._dofs = {layer: system.node_dofs(layer) for layer in samplings}
        functions = {
            layer: system.parametrisation.normal_functions(system.theta_of(layer))
            for layer in samplings
        }
        self._integrals = [
            system.compile_integral(layer, each) for layer in samplings for each in functions[layer]
        ]
        one = dolfinx.fem.Constant(system.mesh.mesh, PETSc.ScalarType(1.0))
        volumes = [system.compile_integral(layer, one) for layer in samplings]
        self._volumes = integrals(system, volumes).real
        self._counts = [each.weights.shape[0] for several in samplings.values() for each in several]
        places = len(samplings) + sum(self._counts)
        self.normal = np.zeros((places, len(self._integrals) // len(samplings)))
        self.normal[:, 0] = 1.0

    def read(self) -> NDArray[np.float64]:
        """Real parts of what is in the fields."""
        means = integrals(self._system, self._integrals).real.reshape(len(self.samplings), -1)
        rows = [means / self._volumes[:, np.newaxis]]
        for layer, several in self.samplings.items():
            nodes = values_of(self._system.theta_of(layer))[self._dofs[layer]]
            rows += [
                self._system.parametrisation.normal_values(each.weights @ nodes).real
                for each in several
            ]
        return np.concatenate(rows)

    def by_layer(self, values: NDArray[np.float64]) -> dict[str, Densities]:
        """Take values at the places apart, shape (energies, places, spins)."""
        count = len(self.samplings)
        ends = count + np.cumsum(self._counts)
        points = iter(np.split(np.swapaxes(values, 0, 1), [count, *ends[:-1]])[1:])
        return {
            layer: Densities(values[:, k], tuple(next(points) for _ in several))
            for k, (layer, several) in enumerate(self.samplings.items())
        }
