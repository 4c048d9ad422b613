# SPDX-License-Identifier: MIT
"""Finds where the normal state of a stack becomes unstable, from its linear response to Δ.

For small Δ the Usadel equation is linear, θ = K_ω Δ, and the gap equation is an eigenvalue problem,

    Δ ln(T/Tc) = B(T) Δ,    B(T) = 2πT Σ [Re K_ω − 1/ω].

As in the gap, ln(T/Tc) is eliminated by the bulk solution, so that T = 0 is no special case: the
excess is the largest eigenvalue of 2πT Σ [Re K_ω − 1/√(ω² + Δ_b²)], positive where the normal state
is unstable. It is symmetric with the weight ν. The highest root is where a continuous transition
would be; whether it is one, the free energy of a Δ = εψ along the critical mode ψ tells there,
F = ε⁴ F_4 + O(ε⁶). Because the action is stationary, F_4 needs no more than θ = ε K_ω ψ.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from petsc4py import PETSc
from scipy.optimize import brentq, minimize_scalar

from fem_sf.signs import NO_SIGNS, Signs, signs_of
from fem_sf.solve.blocks import BlockMatrix, BlockVector
from fem_sf.solve.lanczos import largest_eigenpair
from fem_sf.solve.linear import direct_solver
from fem_sf.solve.newton import BlockNewton
from fem_sf.usadel.bulk import bulk_gap
from fem_sf.usadel.gap_equation import pairing_stiffness
from fem_sf.usadel.gap_mass import GapMass
from fem_sf.usadel.growth import LOPSIDED
from fem_sf.usadel.matsubara import FrequencySum
from fem_sf.usadel.observables import integrals
from fem_sf.usadel.system import UsadelSystem

SCAN = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.05, 0.02, 0.0)
"""Temperatures at which, from above, an unstable normal state is looked for."""

NO_EXCESS = 1e-11
"""An excess this small counts as zero; at the bulk's Tc nothing weakens the superconductor then."""

ROOT = 1e-11
"""To which T is found, in Tc."""

SLOPE_STEP = 1e-5
"""Least step in T for the slope of the excess, in Tc."""

EIGENVECTOR_TOLERANCE = 1e-7
"""Residual of the mode over its eigenvalue, whose relative error is of the order of its square."""

TILT = 0.1
"""Slope of the first guess of the mode along x, where no symmetry is wanted."""

AMPLITUDE = 0.01
"""Largest θ at which the quartic term of the action is read off, to the order of its square."""


@dataclass(frozen=True)
class Instability:
    """Where the normal state of a stack becomes unstable.

    Parameters
    ----------
    temperature
        In Tc of the bulk superconductor; 0 where the normal state is stable at all temperatures.
    sum_error
        Estimate of what the frequency sum misses.
    slope
        Derivative of the excess with respect to T; minus infinity without an instability.
    quartic
        F_4 of the critical mode over the same sum of the terms' magnitudes, between −1 and 1:
        negative where superconductivity sets in at once with a finite Δ. 1 without an instability.
    signs
        Of the critical mode by superconductor; empty without an instability.
    """

    temperature: float
    sum_error: float
    slope: float
    quartic: float
    signs: Signs = NO_SIGNS


class NormalState:
    """The linear response of a stack in its normal state; uses the system's fields.

    Parameters
    ----------
    system
        Fields and forms; at least one layer is a superconductor.
    rule_at
        Frequencies and weights at a temperature.
    """

    def __init__(self, system: UsadelSystem, rule_at: Callable[[float], FrequencySum]):
        self._rule_at = rule_at
        self._mass = GapMass(system)
        self.layout = self._mass.layout
        system.layout.to_functions(system.layout.vector())
        self._static = _jacobian(system, 0.0)
        self._per_frequency = _jacobian(system, 1.0)
        self._per_frequency.axpy(-1.0, self._static, PETSc.Mat.Structure.SAME_NONZERO_PATTERN)
        self._pairs = BlockMatrix(system.compile_pair_jacobian())
        self._pairs.assemble()
        self._system, self._action = system, system.compile_action()
        self._delta, self._result = self.layout.vector(), self.layout.vector()
        self._source, self._theta = system.layout.vector(), system.layout.vector()
        self._total = system.layout.vector()
        self._solvers: list[PETSc.KSP] = []
        self._rule = rule_at(1.0)
        self._start = _tilted(system, self.layout)
        self._mode = self._start

    def excess(self, temperature: float) -> float:
        """Largest eigenvalue of 2πT Σ [Re K_ω − 1/√(ω² + Δ_b²)]; collective.

        Raises
        ------
        NotConverged
            If the eigenvalue is not found.
        """
        self._rule = self._rule_at(temperature)
        self._factorise()
        value, self._mode = largest_eigenpair(
            self._pairing,
            self._mass.weigh,
            self._mass.unweigh,
            self._mode + TILT * self._start,
            self.layout.comm,
            EIGENVECTOR_TOLERANCE,
        )
        return value - pairing_stiffness(self._rule)

    def sum_error(self) -> float:
        """Estimate of what the frequency sum of the last excess misses, from its mode."""
        bulk = bulk_gap(self._rule.temperature)
        norm = self._dot(self._mode, self._mass.weigh(self._mode))
        values = []
        for omega in self._responses():
            self._pairs.matrix.mult(self._theta, self._result)
            response = self._dot(self._mode, self._result.getArray(readonly=True).real)
            values.append(response / norm - 1 / math.hypot(omega, bulk))
        return float(self._rule.error(values))

    def signs(self) -> Signs:
        """Signs of the last excess' mode by superconductor; collective."""
        weighed, stack = self._mass.weigh(self._mode), self._system.stack
        names = list(self._system.gaps)
        sums = [self.layout.comm.allreduce(float(weighed[p].sum())) for p in self.layout.slices]
        return signs_of(stack, dict(zip(names, sums, strict=True)))

    def quartic(self) -> float:
        """F_4 = 2πT Σ 2 Re A_4 of the last excess' mode over 2πT Σ |2 Re A_4|.

        The action of εψ and ε K_ω ψ is ε² A_2 + ε⁴ A_4 + …, of which two ε give A_4.
        """
        values = []
        for omega in self._responses():
            self._system.set_frequency(omega)
            norms = (each.norm(PETSc.NormType.NORM_INFINITY) for each in (self._theta, self._delta))
            amplitude = AMPLITUDE / max(norms)
            whole, half = (self._action_at(amplitude * part) for part in (1.0, 0.5))
            values.append((whole - 4 * half) / (0.75 * amplitude**4))
        return float(self._rule.total(values) / self._rule.total(np.abs(values)))

    def _responses(self) -> Iterator[float]:
        """Every frequency, with the last excess' mode ψ and θ = K_ω ψ in place."""
        for omega, solver in zip(self._rule.frequencies, self._solvers, strict=False):
            self._set(self._mode)
            solver.solve(self._source, self._theta)
            yield float(omega)

    def _action_at(self, amplitude: float) -> float:
        """Re A_+ of the Δ and θ in place, both times an amplitude."""
        self.layout.to_functions(amplitude * self._delta)
        self._system.layout.to_functions(amplitude * self._theta)
        return float(np.sum(integrals(self._system, self._action)).real)

    def _factorise(self) -> None:
        """Put ∂R/∂θ at θ = 0 into the solver of every frequency."""
        for k, omega in enumerate(self._rule.frequencies):
            if k == len(self._solvers):
                matrix = self._static.duplicate()
                self._solvers.append(direct_solver(matrix, BlockNewton.PREFIX))
            matrix = self._solvers[k].getOperators()[0]
            self._static.copy(matrix, PETSc.Mat.Structure.SAME_NONZERO_PATTERN)
            matrix.axpy(omega, self._per_frequency, PETSc.Mat.Structure.SAME_NONZERO_PATTERN)

    def _set(self, delta: NDArray[np.float64]) -> None:
        """Put the source of a Δ, ∫νΔφ, in place."""
        self._delta.getArray()[:] = delta
        self._pairs.matrix.multTranspose(self._delta, self._source)

    def _pairing(self, delta: NDArray[np.float64]) -> NDArray[np.float64]:
        """2πT Σ ∫ν φ Re K_ω Δ."""
        self._set(delta)
        total = self._total.getArray()
        total[:] = 0
        for weight, solver in zip(self._rule.weights, self._solvers, strict=False):
            solver.solve(self._source, self._theta)
            total += weight * self._theta.getArray(readonly=True).real
        self._pairs.matrix.mult(self._total, self._result)
        return self._result.getArray(readonly=True).real.copy()

    def _dot(self, one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
        return float(self.layout.comm.allreduce(one @ other))


def highest_instability(state: NormalState) -> Instability:
    """Find the highest temperature at which the normal state becomes unstable; collective.

    Parameters
    ----------
    state
        Of the stack on its mesh.

    Raises
    ------
    NotConverged
        If an eigenvalue is not found.
    """
    found: dict[float, float] = {}

    def excess(temperature: float) -> float:
        if temperature not in found:
            value = state.excess(temperature)
            # the search ends at once where it is told that this is a root
            found[temperature] = value if abs(value) > NO_EXCESS else 0.0
        return found[temperature]

    temperature = 1.0
    if excess(SCAN[0]) < 0:
        bracket = _highest_change(excess)
        if bracket is None:
            return Instability(0.0, 0.0, -math.inf, 1.0, NO_SIGNS)
        temperature = float(brentq(excess, *bracket, xtol=ROOT))
    sum_error, quartic, signs = state.sum_error(), state.quartic(), state.signs()
    slope = _slope(excess, temperature, list(found))
    return Instability(temperature, sum_error / abs(slope), slope, quartic, signs)


def _highest_change(excess: Callable[[float], float]) -> tuple[float, float] | None:
    """Temperatures between which, from above, the normal state becomes unstable.

    It is stable from T down to T exp(excess(T)), which does not fall with T. Derivation: in x = 2πT
    the sum is Σ Re ψᵀM⁻¹ψ with M = n + ½ + L/x, where L is the normal state's operator without ω,
    and has no negative real part. Its derivative with respect to ln T is
    Σ Re [ψᵀM⁻¹ψ − (n + ½) ψᵀM⁻²ψ]. With u = M⁻¹ψ the first term is at least (n + ½)‖u‖², and
    ψᵀM⁻²ψ at most ‖u‖², because L is its own transpose, but for the signs of M against θ.

    Where it is stable at all of ``SCAN``, the excess is looked at between them too: near its
    largest value superconductivity may be confined to an interval of temperatures.
    """

    def stable_down_to(temperature: float) -> float:
        return temperature * math.exp(excess(temperature))

    known = [SCAN[0]]
    for below in SCAN[1:]:
        if below > stable_down_to(known[-1]):
            continue
        if excess(below) > 0:
            return below, known[-1]
        known.append(below)
    largest = int(np.argmax([excess(each) for each in known]))
    above = stable_down_to(known[max(largest - 1, 0)])
    if largest == len(known) - 1 or above < SCAN[-2]:
        return None
    bounds = known[largest + 1], above
    best = minimize_scalar(lambda each: -excess(float(each)), bounds=bounds, method="bounded")
    return (float(best.x), above) if -best.fun > 0 else None


def _slope(excess: Callable[[float], float], root: float, known: Sequence[float]) -> float:
    """Derivative of the excess at its root, to a few per cent, from the nearest that is known."""
    apart = [each for each in known if abs(each - root) > SLOPE_STEP]
    other = min(apart, key=lambda each: abs(each - root), default=root + SLOPE_STEP)
    return (excess(other) - excess(root)) / (other - root)


def _jacobian(system: UsadelSystem, omega: float) -> PETSc.Mat:
    """∂R/∂θ at ω with the θ that is in the fields."""
    system.set_frequency(omega)
    jacobian = BlockMatrix(system.jacobian_forms)
    jacobian.assemble()
    return jacobian.matrix


def _tilted(system: UsadelSystem, layout: BlockVector) -> NDArray[np.float64]:
    """A Δ without any symmetry: the mode may change its sign across a ferromagnet."""
    x = [gap.function_space.tabulate_dof_coordinates()[:, 0] for gap in system.gaps.values()]
    extent = max(layout.comm.allgather(max(float(np.abs(each).max(initial=0)) for each in x)))
    return np.concatenate(
        [
            LOPSIDED**number * (1 + TILT * each[:size] / extent)
            for number, (each, size) in enumerate(zip(x, layout.sizes, strict=True))
        ]
    )
