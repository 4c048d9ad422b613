# SPDX-License-Identifier: MIT
"""Densities of states: the equations of the sums at ω = η − iE, continued from where they are easy.

A spin s has ω̃ = η − i(E + sJ) and N_s = Re cos θ_s. Conjugation turns the equation of θ_− at E into
that of θ_+ at −E, for collinear fields and a real Δ, so that N_−(E) = N_+(−E): θ_+ alone is solved
for, at E and −E.
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
from fem_sf.stack import Stack
from fem_sf.usadel.solution import Progress, Solution
from fem_sf.usadel.sweep import new_linearisation

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


@dataclass(frozen=True)
class Densities:
    """N(E)/N_normal of one layer by spin, up and down along the axis of the exchange fields.

    Parameters
    ----------
    mean
        Over the layer, shape (energies, 2); the same on every rank.
    points
        At points of this rank, one array of shape (points, energies, 2) for every sampling.
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
        cosines = np.cos(self.theta.getArray(readonly=True)).real
        if self._lowest(cosines) < NEGATIVE:
            return math.inf
        self._predicted.axpy(-1.0, self.theta)
        return float(self._predicted.norm(PETSc.NormType.NORM_INFINITY))

    def _lowest(self, values: NDArray[np.float64]) -> float:
        lowest = float(values.min(initial=math.inf))
        comm = self.system.mesh.comm
        return min(comm.allgather(lowest)) if comm.size > 1 else lowest

    def _solve(self, omega: complex) -> None:
        self.system.omega.value = omega
        linearisation = self._linearisation
        self.newton.solve(self.theta, linearisation.jacobian, linearisation.ksp, self._tolerance)


def densities_of_states(
    solution: Solution,
    spectrum: SpectrumSettings,
    samplings: Mapping[str, Sequence[Sampling]],
    progress: Progress,
) -> dict[str, Densities]:
    """N(E) of all layers for both spins, at the Δ of a solution; collective.

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
    system = solution.sweep.system
    energies, up, down = _energies_of_plus(system.stack, spectrum.energies)
    reader = _Reader(solution, samplings, len(energies))
    if solution.report.state == "superconducting":
        total = len(energies)
        for k, _ in enumerate(_path(Continuation(solution), energies, spectrum.broadening)):
            reader.read(k)
            progress(k + 1, total, f"density of states, broadening {spectrum.broadening:g}")
    return reader.densities([up, down])


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


def _energies_of_plus(
    stack: Stack, asked: Sequence[float]
) -> tuple[NDArray[np.float64], NDArray[np.intp], NDArray[np.intp]]:
    """Energies at which θ_+ is needed, and where among them N_+ and N_− of each asked one are.

    Without exchange fields N is even, and half of them do.
    """
    up = np.round(np.asarray(asked, dtype=float), 12)
    magnets = [each.material for each in stack.layers if isinstance(each.material, Ferromagnet)]
    if not any(material.exchange_strength for material in magnets):
        up = np.abs(up)
        energies, index = np.unique(up, return_inverse=True)
        return energies, index, index
    energies = np.unique(np.concatenate([up, -up]))
    return energies, np.searchsorted(energies, up), np.searchsorted(energies, -up)


class _Reader:
    """Collects g_+ = cos θ_+ energy by energy; 1 where nothing is read.

    Means are those of 1 − g_+, which is −i times the moment of a frequency.

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
        self._means = {
            layer: system.compile_integral(layer, -1j * moment)
            for layer in samplings
            for moment in system.parametrisation.moments(system.theta_of(layer))
        }
        one = dolfinx.fem.Constant(system.mesh.mesh, PETSc.ScalarType(1.0))
        self._volumes = {layer: system.compile_integral(layer, one) for layer in samplings}
        self._missing = {layer: np.zeros(count, dtype=complex) for layer in samplings}
        self._theta = {
            layer: [np.zeros((each.weights.shape[0], count), dtype=complex) for each in several]
            for layer, several in samplings.items()
        }

    def read(self, k: int) -> None:
        """Keep what is in the fields as that of the k-th energy."""
        for layer, several in self.samplings.items():
            self._missing[layer][k] = compat.assemble_scalar(self._means[layer])
            nodes = self.system.theta_of(layer).x.array[self._dofs[layer]]
            for kept, sampling in zip(self._theta[layer], several, strict=True):
                kept[:, k] = sampling.weights @ nodes

    def densities(self, spins: Sequence[NDArray[np.intp]]) -> dict[str, Densities]:
        """N by layer; each spin's energies are given by their places among those read."""
        comm = self.system.mesh.comm
        result = {}
        for layer in self.samplings:
            volume = comm.allreduce(compat.assemble_scalar(self._volumes[layer])).real
            mean = 1 - comm.allreduce(self._missing[layer]).real / volume
            points = [np.cos(theta).real for theta in self._theta[layer]]
            result[layer] = Densities(
                np.stack([mean[index] for index in spins], axis=-1),
                tuple(np.stack([each[:, index] for index in spins], axis=-1) for each in points),
            )
        return result


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
