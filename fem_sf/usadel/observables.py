# SPDX-License-Identifier: MIT
"""What is measured on a solved stack: magnetization, gap, pair amplitudes, free energy."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import dolfinx
import numpy as np
import ufl
from numpy.typing import NDArray
from petsc4py import PETSc

from fem_sf import compat
from fem_sf.errors import NotConverged
from fem_sf.materials import Ferromagnet
from fem_sf.mesh.sampling import Sampling
from fem_sf.stack import Stack
from fem_sf.usadel.bulk import bulk_gap
from fem_sf.usadel.gap import excess_temperature
from fem_sf.usadel.running_sum import RunningSum
from fem_sf.usadel.supercurrent import PlaneCurrents
from fem_sf.usadel.sweep import FrequencySweep, new_linearisation
from fem_sf.usadel.system import UsadelSystem

NEARLY_ZERO = 1e-8
"""ω over the lowest frequency of the sum at which ω → 0 is taken."""

Moment = float | list[float]
"""A vector in the spin frame: a number along its single axis, else one component for each axis."""


@dataclass(frozen=True)
class SampledFields:
    """Observables at some points of a layer; arrays of this rank's points.

    Vectors are given by components in the system's spin frame: shape (n,) along its single axis
    (z unless the exchange fields point elsewhere), else (n, axes).

    Parameters
    ----------
    delta
        Δ in Tc; complex with phases.
    magnetization
        δM in units of the reference.
    singlet, triplet
        f_s and the vector f_t/i at the lowest frequency: Re sin θ_+ and Im sin θ_+, or M0 sin θ
        and −M cos θ; complex with phases.
    """

    delta: NDArray
    magnetization: NDArray[np.float64]
    singlet: NDArray
    triplet: NDArray


@dataclass(frozen=True)
class Integrals:
    """Numbers of the whole stack.

    Parameters
    ----------
    magnetization
        ∫δM over each layer, in units of the reference times ξ0^dimension; a number along a single
        axis of the spin frame, else components.
    gap
        ∫Δ over each superconducting layer.
    volume
        Of each layer, ξ0^dimension.
    free_energy
        Relative to the normal state with the same J, in ν_S Tc² ξ0^dimension.
    magnetization_error, free_energy_error
        Estimates of what the frequency sums miss.
    supercurrent, supercurrent_error
        By interface, mean density of the current through it in σ_S k_BTc/(eξ0), positive along the
        stack where a small phase grows along it, and estimate of what the sums miss; empty without
        phases.
    supercurrent_mismatch
        Largest difference between the two sides of an interface; zero but for the solver's error.
    """

    magnetization: dict[str, Moment]
    gap: dict[str, float]
    volume: dict[str, float]
    free_energy: float
    magnetization_error: dict[str, Moment]
    free_energy_error: float
    supercurrent: dict[str, float]
    supercurrent_error: dict[str, float]
    supercurrent_mismatch: float


def magnetization_unit(stack: Stack, reference: str | None) -> float:
    """2ν|J| of the reference layer in 2ν_S Tc; 1 where nothing has an exchange field."""
    if reference is None:
        return 1.0
    material = stack.layer(reference).material
    assert isinstance(material, Ferromagnet)
    return material.density_of_states * material.exchange_strength or 1.0


def sample(
    sweep: FrequencySweep, reference: str | None, samplings: Mapping[str, Sampling]
) -> dict[str, SampledFields]:
    """Observables at points of several layers.

    δM/M_ref = (ν/ν_ref)(2πT/|J_ref|) Σ Im g_+ (Bergeret et al., Eq. 2), or Σ M sin θ.

    Parameters
    ----------
    sweep
        The solved frequencies.
    reference
        Layer whose 2ν|J| is the unit; ``None`` without ferromagnets.
    samplings
        Points by layer, in the layer's own space.
    """
    system = sweep.system
    unit = magnetization_unit(system.stack, reference)
    sums = {layer: RunningSum(sweep.frequency_sum) for layer in samplings}
    lowest: dict[str, NDArray] = {}
    for k, layer, theta in _theta_at(sweep, samplings):
        sums[layer].add(k, system.parametrisation.moment_values(theta))
        lowest[layer] = theta
    return {
        layer: SampledFields(
            _gap_values(system, layer, points),
            system.stack.layer(layer).material.density_of_states / unit * sums[layer].total,
            *system.parametrisation.amplitude_values(lowest[layer]),
        )
        for layer, points in samplings.items()
    }


def pair_amplitudes(
    sweep: FrequencySweep, samplings: Mapping[str, Sampling]
) -> dict[str, tuple[NDArray, NDArray]]:
    """Singlet and triplet vector f_t/i at points of several layers, by frequency.

    Parameters
    ----------
    sweep
        The solved frequencies.
    samplings
        Points by layer, in the layer's own space.

    Returns
    -------
    dict
        By layer, shapes (points of this rank, frequencies) and (points, frequencies, 3); complex
        with phases.
    """
    system = sweep.system
    kind = np.complex128 if system.stack.phases else np.float64
    amplitudes = {
        layer: (np.empty(shape, kind), np.empty((*shape, 3), kind))
        for layer, points in samplings.items()
        for shape in [(len(points.rows), len(sweep.theta))]
    }
    for k, layer, theta in _theta_at(sweep, samplings):
        singlet, triplet = amplitudes[layer]
        singlet[:, k], components = system.parametrisation.amplitude_values(theta)
        triplet[:, k] = system.frame.vectors(components)
    return amplitudes


def _theta_at(
    sweep: FrequencySweep, samplings: Mapping[str, Sampling]
) -> Iterator[tuple[int, str, NDArray[np.complex128]]]:
    """The unknown at points of several layers by frequency, the lowest last."""
    system = sweep.system
    dofs = {layer: system.node_dofs(layer) for layer in samplings}
    for k in reversed(range(len(sweep.theta))):
        sweep.select(k)
        for layer, points in samplings.items():
            theta = system.theta_of(layer)
            nodes = theta.x.array.reshape(-1, *theta.ufl_shape)
            yield k, layer, points.weights @ nodes[dofs[layer]]


class IntegralForms:
    """The compiled integrals of a system, made once.

    Parameters
    ----------
    system
        The stack's fields.
    """

    def __init__(self, system: UsadelSystem):
        self.system = system
        self._moments = [
            system.compile_integral(name, system.data[name].density_of_states * moment)
            for name in system.stack.names
            for moment in system.parametrisation.moments(system.theta_of(name))
        ]
        one = dolfinx.fem.Constant(system.mesh.mesh, PETSc.ScalarType(1.0))
        self._volume = {name: system.compile_integral(name, one) for name in system.stack.names}
        self._gap = {
            name: system.compile_integral(name, system.parametrisation.gap_modulus(gap))
            for name, gap in system.gaps.items()
        }
        self._gap_square = [
            system.compile_integral(name, system.data[name].density_of_states * ufl.inner(gap, gap))
            for name, gap in system.gaps.items()
        ]
        self._action = system.compile_action()
        self._currents = PlaneCurrents(system)

    def evaluate(self, sweep: FrequencySweep, reference: str | None) -> Integrals:
        """Integrals of the solution that a sweep holds; collective."""
        names, shape = self.system.stack.names, self.system.frame.shape
        unit = magnetization_unit(self.system.stack, reference)
        rule = sweep.frequency_sum
        gap_square = sum(self._integrals(self._gap_square))
        bulk = bulk_gap(rule.temperature)
        moments, energy, currents = RunningSum(rule), RunningSum(rule), RunningSum(rule)
        for k, omega in enumerate(rule.frequencies):
            sweep.select(k)
            moments.add(k, self._integrals(self._moments).real.reshape(len(names), *shape))
            action = sum(self._integrals(self._action))
            currents.add(k, self._over_ranks(self._currents.values()).real)
            energy.add(k, 2 * np.real(action) + np.real(gap_square) / math.hypot(omega, bulk))
        above = excess_temperature(rule.temperature)
        extents = self._over_ranks(self._currents.extents()).real[:, np.newaxis]
        current, current_error = currents.total / extents, currents.error / extents
        return Integrals(
            dict(zip(names, (moments.total / unit).tolist(), strict=True)),
            dict(zip(self._gap, self._real_integrals(self._gap.values()), strict=True)),
            dict(zip(names, self._real_integrals(self._volume.values()), strict=True)),
            float(energy.total + np.real(gap_square) * above),
            dict(zip(names, (moments.error / unit).tolist(), strict=True)),
            float(energy.error),
            dict(zip(self._currents.names, current.mean(axis=1).tolist(), strict=True)),
            dict(zip(self._currents.names, current_error.mean(axis=1).tolist(), strict=True)),
            float(np.abs(np.diff(current, axis=1)).max(initial=0.0)),
        )

    def action(self) -> complex:
        """The action per spin of what is in the system's fields; collective.

        A_+, whose real part is that of both spins together, or directly that real part.
        """
        return complex(sum(self._integrals(self._action)))

    def _real_integrals(self, forms: Iterable[Any]) -> list[float]:
        return self._integrals(forms).real.tolist()

    def _integrals(self, forms: Iterable[Any]) -> NDArray[np.complex128]:
        local = np.array([compat.assemble_scalar(each) for each in forms], dtype=np.complex128)
        return self._over_ranks(local)

    def _over_ranks(self, local: NDArray[np.complex128]) -> NDArray[np.complex128]:
        comm = self.system.mesh.comm
        return comm.allreduce(local) if comm.size > 1 else local


def _gap_values(system: UsadelSystem, layer: str, points: Sampling) -> NDArray:
    if layer not in system.gaps:
        return np.zeros(points.weights.shape[0])
    shape = system.parametrisation.gap_shape()
    components = system.gaps[layer].x.array.reshape(-1, *shape)
    return system.parametrisation.gap_values(points.weights @ components)


def action_at_zero(sweep: FrequencySweep, forms: IntegralForms) -> complex | None:
    """A_+ at ω → 0, whose imaginary part is the total spin at T = 0; ``None`` if not reached.

    From dA/dω = ∫ν(1 − g_+) and Eq. 2 of Bergeret et al.: Σ ∫δM dx = Im A_+(0)/(ν_ref |J_ref|).
    Only collinear stacks have this A_+.
    """
    linearisation = new_linearisation(sweep)
    theta = sweep.theta[0].copy()
    sweep.system.omega.value = NEARLY_ZERO * sweep.frequency_sum.frequencies[0]
    tolerance = sweep.settings.tolerance * sweep.newton.residual_norm(sweep.system.layout.vector())
    try:
        sweep.newton.solve(theta, linearisation.jacobian, linearisation.ksp, tolerance)
    except NotConverged:
        return None
    sweep.system.layout.to_functions(theta)
    return forms.action()
