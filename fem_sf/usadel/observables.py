# SPDX-License-Identifier: MIT
"""Measures a solved stack: magnetization, gap, pair amplitudes, free energy."""

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
from fem_sf.mesh.sampling import Sampling
from fem_sf.textures import varying
from fem_sf.usadel.bulk import bulk_gap
from fem_sf.usadel.currents import Currents, Torques
from fem_sf.usadel.gap_equation import excess_temperature
from fem_sf.usadel.physical import require_physical
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
    short_range, long_range
        Component of f_t/i along the local J, complex with phases, and size of what is left of it:
        all of it where there is no exchange field.
    """

    delta: NDArray
    magnetization: NDArray[np.float64]
    singlet: NDArray
    triplet: NDArray
    short_range: NDArray
    long_range: NDArray[np.float64]


@dataclass(frozen=True)
class PairAmplitudes:
    """Pair amplitudes at some points of a layer, by frequency; arrays of this rank's points.

    Parameters
    ----------
    singlet
        f_s, shape (n, frequencies); complex with phases.
    triplet
        The vector f_t/i, shape (n, frequencies, 3); complex with phases.
    short_range, long_range
        Its component along the local J and the size of the rest, shape (n, frequencies).
    """

    singlet: NDArray
    triplet: NDArray
    short_range: NDArray
    long_range: NDArray[np.float64]


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
    torque
        J × ∫δN_M of the ferromagnets, in ν_S Tc² ξ0^dimension.
    spin_current
        Through each interface as a whole, from the first to the second of its names, in the same
        unit.
    along_exchange
        ∫δM·J/|J| of the layers where J varies, in units of the reference times ξ0^dimension.
    exchange
        ∫|J| of these, in Tc ξ0^dimension.
    free_energy_error
        Estimate of what its frequency sum misses.
    sum_errors
        Estimates of what the frequency sums of ``∫δM``, ``free energy``, ``torque``, ``spin
        current`` and ``supercurrent`` miss, the largest of each kind in its unit.
    supercurrent
        By interface, mean density of the current through it from the first to the second of its
        names in σ_S k_BTc/(eξ0); empty without phases.
    supercurrent_balance
        Largest net current into a layer that is no superconductor, times its extent; zero but for
        the solver's error.
    extents
        By interface, its length or area; 1 in one dimension, 0 where nothing passes.
    """

    magnetization: dict[str, Moment]
    gap: dict[str, float]
    volume: dict[str, float]
    free_energy: float
    torque: dict[str, list[float]]
    spin_current: dict[str, list[float]]
    along_exchange: dict[str, float]
    exchange: dict[str, float]
    free_energy_error: float
    sum_errors: dict[str, float]
    supercurrent: dict[str, float]
    supercurrent_balance: float
    extents: dict[str, float]


def magnetization_unit(system: UsadelSystem, reference: str | None) -> float:
    """2ν|J| of the reference layer in 2ν_S Tc; 1 where nothing has an exchange field."""
    if reference is None:
        return 1.0
    density = system.stack.layer(reference).material.density_of_states
    return density * system.exchange.strengths[reference] or 1.0


def sample(
    sweep: FrequencySweep, reference: str | None, samplings: Mapping[str, Sampling]
) -> dict[str, SampledFields]:
    """Observables at points of several layers; collective.

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
    unit = magnetization_unit(system, reference)
    weights = sweep.frequency_sum.weights
    sums: dict[str, NDArray] = {}
    lowest: dict[str, NDArray] = {}
    for k, layer, theta in _theta_at(sweep, samplings):
        moment = weights[k] * system.parametrisation.moment_values(theta)
        sums[layer] = sums[layer] + moment if layer in sums else moment
        lowest[layer] = theta
    fields = {}
    for layer, points in samplings.items():
        singlet, triplet = system.parametrisation.amplitude_values(lowest[layer])
        fields[layer] = SampledFields(
            _gap_values(system, layer, points),
            system.stack.layer(layer).material.density_of_states / unit * sums[layer],
            singlet,
            triplet,
            *_ranges(system.frame.vectors(triplet), _exchange_directions(system, layer, points)),
        )
    return fields


def pair_amplitudes(
    sweep: FrequencySweep, samplings: Mapping[str, Sampling]
) -> dict[str, PairAmplitudes]:
    """Pair amplitudes at points of several layers, by frequency; collective.

    Parameters
    ----------
    sweep
        The solved frequencies.
    samplings
        Points by layer, in the layer's own space.
    """
    system = sweep.system
    shapes = {layer: (len(points.rows), len(sweep.theta)) for layer, points in samplings.items()}
    kind = np.complex128 if system.stack.phases else np.float64
    singlets = {layer: np.empty(shape, kind) for layer, shape in shapes.items()}
    triplets = {layer: np.empty((*shape, 3), kind) for layer, shape in shapes.items()}
    for k, layer, theta in _theta_at(sweep, samplings):
        singlets[layer][:, k], components = system.parametrisation.amplitude_values(theta)
        triplets[layer][:, k] = system.frame.vectors(components)
    amplitudes = {}
    for layer, points in samplings.items():
        directions = _exchange_directions(system, layer, points)[:, np.newaxis]
        ranges = _ranges(triplets[layer], directions)
        amplitudes[layer] = PairAmplitudes(singlets[layer], triplets[layer], *ranges)
    return amplitudes


def _exchange_directions(system: UsadelSystem, layer: str, points: Sampling) -> NDArray[np.float64]:
    """Unit vectors along the local J at points of a layer, shape (n, 3); zero without one."""
    nodes = system.layer_space(layer).tabulate_dof_coordinates()
    return system.exchange.directions(layer, points.weights @ nodes)


def _ranges(
    triplet: NDArray, direction: NDArray[np.float64]
) -> tuple[NDArray, NDArray[np.float64]]:
    """Component of vectors along a direction, and the size of the rest; last dimension 3."""
    along = np.sum(triplet * direction, axis=-1)
    return along, np.linalg.norm(triplet - along[..., np.newaxis] * direction, axis=-1)


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
        self._torques = Torques(system, tuple(layer.name for layer in varying(system.stack.layers)))
        self._currents = Currents(system)

    def evaluate(self, sweep: FrequencySweep, reference: str | None) -> Integrals:
        """Integrals of the solution that a sweep holds; collective."""
        names, shape = self.system.stack.names, self.system.frame.shape
        unit = magnetization_unit(self.system, reference)
        rule = sweep.frequency_sum
        gap_square = np.sum(integrals(self.system, self._gap_square))
        bulk = bulk_gap(rule.temperature)
        found = []
        for k in sweep.own:
            sweep.select(k)
            action = np.real(np.sum(integrals(self.system, self._action)))
            found.append(
                (
                    integrals(self.system, self._moments).real.reshape(len(names), *shape),
                    2 * action + np.real(gap_square) / math.hypot(rule.frequencies[k], bulk),
                    self._total(self._torques.local_along()),
                    2 * self._total(self._torques.local_torques()),
                    self._total(self._currents.local_values()),
                )
            )
        by_frequency = [sweep.of_all(np.array(each)) for each in zip(*found, strict=True)]
        moments, energy, along, torques, currents = (rule.total(each) for each in by_frequency)
        above = excess_temperature(rule.temperature)
        extents = self._total(self._currents.local_extents())[:, np.newaxis]
        return Integrals(
            magnetization=dict(zip(names, (moments / unit).tolist(), strict=True)),
            gap=dict(zip(self._gap, self._real_integrals(self._gap.values()), strict=True)),
            volume=dict(zip(names, self._real_integrals(self._volume.values()), strict=True)),
            free_energy=float(energy + np.real(gap_square) * above),
            torque=self._layer_torques(moments, torques),
            spin_current=self._spin_currents(currents),
            along_exchange=self._by_varying_layer(along / unit),
            exchange=self._by_varying_layer(self._total(self._torques.local_sizes())),
            free_energy_error=float(rule.error(by_frequency[1])),
            sum_errors=self._sum_errors([rule.error(each) for each in by_frequency], unit, extents),
            supercurrent=self._supercurrents(currents / extents),
            supercurrent_balance=self._largest_inflow(self._supercurrents(currents)),
            extents={
                name: abs(float(each[0])) for name, each in self._by_interface(extents).items()
            },
        )

    def _sum_errors(
        self, errors: list[NDArray[np.floating]], unit: float, extents: NDArray[np.float64]
    ) -> dict[str, float]:
        """Largest of each kind, of moments, energy, along, torques and currents as summed."""
        moments, energy, _, torques, currents = errors
        strengths = self.system.exchange.strengths
        turned = [
            2 * strengths[layer.name] * moments[self.system.stack.layer_index(layer.name)]
            for layer in self.system.stack.ferromagnets
            if self.system.frame.normals.size
        ]
        spins = len(self.system.frame.normals)
        found = {
            "∫δM": moments / unit,
            "free energy": energy,
            "torque": np.concatenate([*map(np.ravel, turned), torques.ravel()]),
            "spin current": currents[:, :spins],
            "supercurrent": currents[:, spins:] / extents / 2,
        }
        return {kind: float(np.max(each, initial=0.0)) for kind, each in found.items()}

    def _layer_torques(
        self, moments: NDArray[np.float64], varying_torques: NDArray[np.float64]
    ) -> dict[str, list[float]]:
        """J × ∫δN_M of the ferromagnets, from moments of all layers or as it was integrated."""
        system, torques = self.system, {}
        integrated = self._by_varying_layer(varying_torques)
        for layer in system.stack.ferromagnets:
            if layer.name in integrated:
                torque = np.asarray(integrated[layer.name]) @ system.frame.normals
            else:
                moment = system.frame.vectors(moments[system.stack.layer_index(layer.name)])
                torque = np.cross(layer.material.exchange_vector, 2 * moment)
            # adding zero makes −0 a 0
            torques[layer.name] = (torque + 0.0).tolist()
        return torques

    def _spin_currents(self, values: NDArray[np.float64]) -> dict[str, list[float]]:
        """By interface, from values of the planes that spin can pass."""
        normals = self.system.frame.normals
        return {
            name: (value[: len(normals)] @ normals + 0.0).tolist()
            for name, value in self._by_interface(values).items()
        }

    def _supercurrents(self, values: NDArray[np.float64]) -> dict[str, float]:
        """By interface, ½ ∂F/∂φ of what is behind it; nothing without phases."""
        if not self.system.stack.phases:
            return {}
        return {
            name: float(-value[-1] / 2 + 0.0) for name, value in self._by_interface(values).items()
        }

    def _largest_inflow(self, currents: dict[str, float]) -> float:
        """Largest net current into a layer without Δ, where none can get lost."""
        inflow = dict.fromkeys(self.system.stack.names, 0.0)
        for interface in self.system.stack.interfaces:
            inflow[interface.right] += currents.get(interface.name, 0.0)
            inflow[interface.left] -= currents.get(interface.name, 0.0)
        without = [abs(each) for name, each in inflow.items() if name not in self.system.gaps]
        return max(without, default=0.0)

    def _by_interface(self, values: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
        """Values of planes from the first to the second of the names; zero where nothing passes."""
        found = {}
        for interface in self.system.stack.interfaces:
            found[interface.name] = np.zeros(values.shape[1])
            for plane, value in zip(self._currents.planes, values, strict=True):
                if plane.pair == interface.pair:
                    sign = 1 if plane.left == interface.left else -1
                    found[interface.name] = sign * value
        return found

    def _by_varying_layer(self, values: NDArray[np.float64]) -> dict[str, Any]:
        return dict(zip(self._torques.layers, values.tolist(), strict=True))

    def action(self) -> complex:
        """The action per spin of what is in the system's fields; collective.

        A_+, whose real part is that of both spins together, or directly that real part.
        """
        return complex(sum(integrals(self.system, self._action)))

    def _real_integrals(self, forms: Iterable[Any]) -> list[float]:
        return integrals(self.system, forms).real.tolist()

    def _total(self, local: NDArray) -> NDArray:
        comm = self.system.mesh.comm
        return comm.allreduce(local) if comm.size > 1 else local


def integrals(system: UsadelSystem, forms: Iterable[Any]) -> NDArray[np.complex128]:
    """Values of some compiled integrals over the whole mesh; collective."""
    local = np.array([compat.assemble_scalar(each) for each in forms], dtype=np.complex128)
    comm = system.mesh.comm
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
    sweep.system.set_frequency(NEARLY_ZERO * sweep.frequency_sum.frequencies[0])
    tolerance = sweep.settings.tolerance * sweep.newton.residual_norm(sweep.system.layout.vector())
    try:
        sweep.newton.solve(theta, linearisation.jacobian, linearisation.ksp, tolerance)
        require_physical(sweep.system, theta.getArray(readonly=True))
    except NotConverged:
        return None
    sweep.system.layout.to_functions(theta)
    return forms.action()
