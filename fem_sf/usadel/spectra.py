# SPDX-License-Identifier: MIT
"""Densities of states: the equations of the sums at ω = η − iE, continued from where they are easy.

Along one axis a spin s has ω̃ = η − i(E + sJ) and N_s = Re cos θ_s. Conjugation turns the equation
of θ_− at E into that of θ_+ at −E, for a real Δ, so that N_−(E) = N_+(−E): θ_+ alone is solved for,
at E and −E. Else N = Re[g_0 ± n·g_v] for spins along ±n, from (θ, M) or (γ, γ̃) at E.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import dolfinx
import numpy as np
from numpy.typing import NDArray
from petsc4py import PETSc

from fem_sf import compat
from fem_sf.errors import NotConverged
from fem_sf.materials import Ferromagnet
from fem_sf.mesh.sampling import Sampling
from fem_sf.settings import SpectrumSettings
from fem_sf.stack import Layer
from fem_sf.usadel.frame import SAME_DIRECTION, SpinFrame
from fem_sf.usadel.solution import Progress, Solution
from fem_sf.usadel.sweep import new_linearisation
from fem_sf.usadel.system import UsadelSystem

EASY = 10.0
"""η in units of Tc or the largest Δ where the path to a spectrum begins, and θ = 0 is a start."""

FIRST_STEP = 0.5
"""Step in E over η, and step in ln η, that are tried first; the solution is analytic within η."""

LARGEST_SURPRISE, SMALL_SURPRISE = 0.2, 0.02
"""Change of θ by the solve, from what was extrapolated: refused above, longer steps below."""

NEGATIVE = -1e-4
"""N below this is no density of states, but another branch of the equation."""

SHORTEST_STEP = 1e-6
"""Step over the first one at which the continuation is given up."""


Resolve = Callable[[NDArray[np.complex128]], NDArray[np.float64]]


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


class Continuation:
    """θ_+ along paths of complex frequencies, at the Δ of a solution.

    Parameters
    ----------
    solution
        A solved stack in the superconducting state.
    """

    def __init__(self, solution: Solution):
        sweep = solution.sweep
        self.system, self.newton = sweep.system, sweep.newton
        self._reservoirs = sweep.reservoirs
        self.theta = self.system.layout.vector()
        self._linearisation = new_linearisation(sweep)
        self._predicted = self.system.layout.vector()
        # at θ = 0 the residual is the source ∫νΔφ that drives everything
        self._tolerance = sweep.settings.tolerance * self.newton.residual_norm(self.theta)

    def follow(
        self, path: Callable[[float], complex], stops: Sequence[float], step: float
    ) -> Iterator[float]:
        """Solve at every stop of a path, from the θ that is there at the first.

        Parameters
        ----------
        path
            Frequency ω by a real parameter.
        stops
            Ascending parameters.
        step
            Change of the parameter that is tried first.

        Yields
        ------
        float
            Each stop, when the solution there is in the system's fields.

        Raises
        ------
        NotConverged
            Naming the frequency.
        """
        shortest, at = SHORTEST_STEP * step, stops[0]
        try:
            self._solve(path(at))
        except NotConverged as failure:
            raise _stuck(path(at)) from failure
        behind = deque([(at, self.theta.copy())], maxlen=3)
        yield at
        for stop in stops[1:]:
            while at < stop:
                trial = at + (stop - at) / math.ceil((stop - at) / step)
                surprise = self._try(path(trial), trial, behind)
                if surprise > LARGEST_SURPRISE:
                    step = (trial - at) / 2
                    if step < shortest:
                        raise _stuck(path(at))
                    continue
                if surprise < SMALL_SURPRISE:
                    step = max(step, 2 * (trial - at))
                at = trial
                behind.append((at, self.theta.copy()))
            yield stop

    def _try(self, omega: complex, at: float, behind: deque[tuple[float, PETSc.Vec]]) -> float:
        """Solve from an extrapolation; how far it was off, infinite if that gave no solution."""
        self.theta.zeroEntries()
        for weight, (_, theta) in zip(_extrapolation(at, behind), behind, strict=True):
            self.theta.axpy(weight, theta)
        self.theta.copy(self._predicted)
        try:
            self._solve(omega)
        except NotConverged:
            return math.inf
        if self._lowest_density() < NEGATIVE:
            return math.inf
        self._predicted.axpy(-1.0, self.theta)
        return float(self._predicted.norm(PETSc.NormType.NORM_INFINITY))

    def _lowest_density(self) -> float:
        """Of N at the nodes; of N_+ along one axis."""
        normal = self.system.parametrisation.normal_values
        lowest = min(
            float(normal(values_of(each.theta))[:, 0].real.min(initial=math.inf))
            for each in self.system.conductors
        )
        comm = self.system.mesh.comm
        return min(comm.allgather(lowest)) if comm.size > 1 else lowest

    def _solve(self, omega: complex) -> None:
        self.system.omega.value = omega
        self._reservoirs.hold(self.theta.getArray(), omega)
        linearisation = self._linearisation
        self.newton.solve(self.theta, linearisation.jacobian, linearisation.ksp, self._tolerance)


def densities_of_states(
    solution: Solution,
    spectrum: SpectrumSettings,
    samplings: Mapping[str, Sequence[Sampling]],
    progress: Progress,
) -> dict[str, Densities]:
    """N(E) of all layers by spin, at the Δ of a solution; collective.

    Parameters
    ----------
    solution
        A solved stack; in the normal state N = 1.
    spectrum
        Energies and broadening.
    samplings
        By layer, the points besides the mean, in the layer's own space.
    progress
        Told about every energy.

    Raises
    ------
    NotConverged
        If the continuation in energy gets stuck.
    """
    energies, resolve = _resolution(solution.sweep.system, spectrum.energies)
    reader = _Reader(solution, samplings, len(energies))
    if solution.report.state == "superconducting":
        total = len(energies)
        for k, _ in enumerate(_path(Continuation(solution), energies, spectrum.broadening)):
            reader.read(k)
            progress(k + 1, total, f"density of states, broadening {spectrum.broadening:g}")
    return reader.densities(resolve)


def _path(
    continuation: Continuation, energies: NDArray[np.float64], broadening: float
) -> Iterator[float]:
    """From a large η down at the lowest energy, then up in energy."""
    first = float(energies[0])
    gaps = continuation.system.gaps.values()
    largest = max(float(np.abs(gap.x.array).max(initial=0.0)) for gap in gaps)
    comm = continuation.system.mesh.comm
    start = max(broadening, EASY * max(1.0, *comm.allgather(largest)))

    def down(decay: float) -> complex:
        return complex(start * math.exp(-decay), -first)

    decay = math.log(start / broadening)
    list(continuation.follow(down, [0.0, decay] if decay else [0.0], FIRST_STEP))

    def along(energy: float) -> complex:
        return complex(broadening, -energy)

    yield from continuation.follow(along, energies.tolist(), FIRST_STEP * broadening)


def spins(frame: SpinFrame) -> tuple[str, ...]:
    """What the spins are called: up and down along the one axis, or along x, y, z where needed."""
    if not frame.shape:
        return ("up", "down")
    return tuple(f"{spin}_{'xyz'[axis]}" for axis in _cartesian(frame) for spin in ("up", "down"))


def _cartesian(frame: SpinFrame) -> NDArray[np.intp]:
    """Which of x, y, z have components."""
    return np.flatnonzero(np.abs(frame.axes).max(axis=0) > SAME_DIRECTION)


def _resolution(
    system: UsadelSystem, asked: Sequence[float]
) -> tuple[NDArray[np.float64], Resolve]:
    """Energies to solve at, and how normal functions there become N by spin at the asked ones.

    The latter takes shape (…, functions, energies) to (…, asked energies, spins).
    """
    here = np.round(np.asarray(asked, dtype=float), 12)
    frame = system.frame
    if not system.one_spin:
        energies, index = np.unique(here, return_inverse=True)
        axes = frame.axes[:, _cartesian(frame)] if frame.shape else np.ones((1, 1))

        def by_direction(values: NDArray[np.complex128]) -> NDArray[np.float64]:
            found = np.moveaxis(values.real[..., index], -2, -1)
            density, vector = found[..., :1], found[..., 1:] @ axes
            pairs = np.stack([density + vector, density - vector], axis=-1)
            return pairs.reshape(*vector.shape[:-1], 2 * vector.shape[-1])

        return energies, by_direction
    up, down = here, -here
    if not any(_is_magnetic(layer) for layer in system.stack.layers):
        # N is even, and half of the energies do
        up = down = np.abs(here)
    energies = np.unique(np.concatenate([up, down]))
    places = [np.searchsorted(energies, each) for each in (up, down)]

    def by_sign(values: NDArray[np.complex128]) -> NDArray[np.float64]:
        return np.stack([values.real[..., 0, place] for place in places], axis=-1)

    return energies, by_sign


def _is_magnetic(layer: Layer) -> bool:
    """Whether a layer has an exchange field."""
    return isinstance(layer.material, Ferromagnet) and layer.material.is_magnetic


def values_of(field: dolfinx.fem.Function) -> NDArray[np.complex128]:
    """Values of the unknown at the nodes of this rank, shape (nodes, *field)."""
    return field.x.array.reshape(-1, *field.ufl_shape)


class _Reader:
    """Collects the normal functions energy by energy; those of the normal state to begin with.

    Parameters
    ----------
    solution
        Whose fields are read.
    samplings
        Points by layer.
    count
        Number of energies.
    """

    def __init__(self, solution: Solution, samplings: Mapping[str, Sequence[Sampling]], count: int):
        system = self.system = solution.sweep.system
        self.samplings = samplings
        self._dofs = {layer: system.node_dofs(layer) for layer in samplings}
        self._integrals = {
            layer: [
                system.compile_integral(layer, function)
                for function in system.parametrisation.normal_functions(system.theta_of(layer))
            ]
            for layer in samplings
        }
        one = dolfinx.fem.Constant(system.mesh.mesh, PETSc.ScalarType(1.0))
        self._volumes = {
            layer: compat.assemble_scalar(system.compile_integral(layer, one)).real
            for layer in samplings
        }
        functions = len(next(iter(self._integrals.values())))
        normal = np.zeros((functions, count), dtype=complex)
        normal[0] = 1.0
        self._sums = {layer: normal * volume for layer, volume in self._volumes.items()}
        self._values = {
            layer: [np.tile(normal, (each.weights.shape[0], 1, 1)) for each in several]
            for layer, several in samplings.items()
        }

    def read(self, k: int) -> None:
        """Keep what is in the fields as that of the k-th energy."""
        normal = self.system.parametrisation.normal_values
        for layer, several in self.samplings.items():
            self._sums[layer][:, k] = [
                compat.assemble_scalar(each) for each in self._integrals[layer]
            ]
            nodes = values_of(self.system.theta_of(layer))[self._dofs[layer]]
            for kept, sampling in zip(self._values[layer], several, strict=True):
                kept[..., k] = normal(sampling.weights @ nodes)

    def densities(self, resolve: Resolve) -> dict[str, Densities]:
        """N by layer and spin."""
        comm = self.system.mesh.comm
        return {
            layer: Densities(
                resolve(comm.allreduce(self._sums[layer]) / comm.allreduce(volume)),
                tuple(resolve(each) for each in self._values[layer]),
            )
            for layer, volume in self._volumes.items()
        }


def _extrapolation(at: float, behind: Any) -> list[float]:
    """Lagrange's weights of the solutions behind."""
    places = [place for place, _ in behind]
    return [
        math.prod((at - other) / (place - other) for other in places if other != place)
        for place in places
    ]


def _stuck(omega: complex) -> NotConverged:
    return NotConverged(
        f"the density of states cannot be found from E = {-omega.imag:.6g} Tc, "
        f"η = {omega.real:.3g} Tc on. Try a larger broadening or a finer mesh ([mesh] refinement)"
    )
