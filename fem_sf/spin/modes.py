# SPDX-License-Identifier: MIT
"""The general steady solution inside one homogeneous layer, Eqs. 7-10 with Poisson's equation.

With ν = (D/σ) δn and m = (D/σ) δM the state u = (ν, m) obeys P ∇²u = Q u. Its four exponentials
carry no charge current, V = −α1 ν − β p·m in them; next to them stands a potential V_h, harmonic,
which carries all of J = −σ V_h'. For fields cos(qx) wave numbers become √(k² + q²), and V_h is
made of exp(±qy).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import expm, sqrtm

from fem_sf.spin.materials import FloatArray, Material
from fem_sf.spin.model import Layer

ComplexArray = NDArray[np.complex128]

_LARGEST_CONDITION = 100.0
"""Of the eigenvectors, beyond which modes count as merging: two digits are then lost."""


def transport_matrices(material: Material) -> tuple[FloatArray, FloatArray]:
    """P and Q of P ∇²u = Q u, shape (4, 4), from ∇²V = −δn/ε and div J = 0 put into Eq. 7.

    The charge row times β p is taken off the spin rows, which leaves P and Q block triangular for
    α1 = α2: the spin modes then do not know of screening, however short its length.
    """
    axis, beta = material.axis, material.spin_asymmetry
    alpha1, alpha2 = material.alpha1, material.alpha2
    gradient = np.zeros((4, 4))
    gradient[0, 0] = alpha1
    gradient[0, 1:] = beta * axis
    gradient[1:, 0] = (alpha2 - alpha1) * beta * axis
    gradient[1:, 1:] = np.eye(3) - beta**2 * np.outer(axis, axis)
    wx, wy, wz = material.whole_precession
    reaction = np.zeros((4, 4))
    reaction[0, 0] = material.conductivity / material.permittivity
    reaction[1:, 1:] = np.eye(3) / material.relaxation_time - np.array(
        [[0, wz, -wy], [-wz, 0, wx], [wy, -wx, 0]]
    )
    reaction /= material.diffusivity
    return gradient, reaction


@dataclass(frozen=True)
class Modes:
    """Exponentials with separate wave numbers.

    Parameters
    ----------
    vectors
        One column for every mode, shape (4, 4).
    rates
        Wave numbers k with Re k > 0, shape (4,).
    """

    vectors: ComplexArray
    rates: ComplexArray

    def across(self, y: FloatArray, thickness: float) -> tuple[ComplexArray, ComplexArray]:
        """Cosh k(y − L/2)/cosh(kL/2) and sinh k(y − L/2)/sinh(kL/2), written without overflow."""
        value, slope = even_and_odd(self.rates, y, thickness)
        vectors = np.hstack([self.vectors, self.vectors])
        return vectors * value[:, np.newaxis], vectors * slope[:, np.newaxis]

    def decaying(self, depth: FloatArray) -> tuple[ComplexArray, ComplexArray]:
        """e^{−kd}."""
        value = self.vectors * np.exp(-np.multiply.outer(depth, self.rates))[:, np.newaxis]
        return value, -value * self.rates


@dataclass(frozen=True)
class MergingModes:
    """The same by matrix functions, where modes merge and eigenvectors become parallel.

    Parameters
    ----------
    root
        R with R² = P⁻¹Q + q² and eigenvalues of positive real part, shape (4, 4).
    """

    root: ComplexArray

    def across(self, y: FloatArray, thickness: float) -> tuple[ComplexArray, ComplexArray]:
        """Cosh R(y − L/2)/cosh(RL/2) and sinh R(y − L/2)/sinh(RL/2)."""
        from_left, _ = self.decaying(y)
        from_right, _ = self.decaying(thickness - y)
        through = expm(-self.root * thickness)
        even = np.linalg.inv(np.eye(4) + through)
        odd = np.linalg.inv(np.eye(4) - through)
        total, difference = from_right + from_left, from_right - from_left
        value = np.concatenate([total @ even, difference @ odd], axis=-1)
        slope = np.concatenate([difference @ even, total @ odd], axis=-1)
        return value, self.root @ slope

    def decaying(self, depth: FloatArray) -> tuple[ComplexArray, ComplexArray]:
        """e^{−Rd}."""
        value = expm(-np.multiply.outer(depth, self.root))
        return value, -self.root @ value


def even_and_odd(
    rates: ComplexArray, y: FloatArray, thickness: float
) -> tuple[ComplexArray, ComplexArray]:
    """Cosh and sinh of k(y − L/2), each 1 at y = L, and their slopes; shape (n, 2m).

    Well conditioned for kL from 0 to ∞: they stay apart in thin layers, and become exponentials
    from either face in thick ones.
    """
    left = np.exp(-np.multiply.outer(y, rates))
    right = np.exp(-np.multiply.outer(thickness - y, rates))
    depth = np.minimum(y, thickness - y)
    nearer = np.exp(-np.multiply.outer(depth, rates))
    difference = np.sign(2 * y - thickness)[:, np.newaxis] * (
        -nearer * np.expm1(-np.multiply.outer(thickness - 2 * depth, rates))
    )
    even = 1 + np.exp(-rates * thickness)
    odd = -np.expm1(-rates * thickness)
    value = np.concatenate([(left + right) / even, difference / odd], axis=-1)
    slope = np.concatenate([rates * difference / even, rates * (left + right) / odd], axis=-1)
    return value, slope


@lru_cache(maxsize=256)
def modes(material: Material, wave_number: float = 0.0) -> Modes | MergingModes:
    """The exponentials of a material, for fields cos(qx) with q = `wave_number`."""
    gradient, reaction = transport_matrices(material)
    square = np.linalg.solve(gradient, reaction) + wave_number**2 * np.eye(4)
    values, vectors = np.linalg.eig(square)
    if np.linalg.cond(vectors) > _LARGEST_CONDITION:
        return MergingModes(np.asarray(sqrtm(square), dtype=complex))
    return Modes(vectors.astype(complex), np.sqrt(values.astype(complex)))


@lru_cache(maxsize=256)
def decay_rates(material: Material, wave_number: float = 0.0) -> ComplexArray:
    """Wave numbers k of the four exponentials with Re k > 0, of any field; 1/k are the lengths.

    For w along p these are the lengths of Eq. 11, see `closed_forms.decay_lengths`.
    """
    gradient, reaction = transport_matrices(material)
    square = np.linalg.eigvals(np.linalg.solve(gradient, reaction)) + wave_number**2
    return np.sqrt(square.astype(complex))


@dataclass(frozen=True)
class LayerSolution:
    """Every steady solution of a layer: columns that any coefficients may combine.

    Parameters
    ----------
    layer
        The layer.
    wave_number
        q ≥ 0 of fields cos(qx).
    on_the_left
        Whether a semi-infinite layer extends to the left of its face, not to the right.
    """

    layer: Layer
    wave_number: float
    on_the_left: bool

    @property
    def semi_infinite(self) -> bool:
        """Whether the layer has one face only."""
        return self.layer.semi_infinite

    @property
    def size(self) -> int:
        """Number of columns."""
        return 6 if self.semi_infinite else 10

    def state(self, y: FloatArray) -> tuple[ComplexArray, ComplexArray]:
        """U and u' of every exponential, shape (n, 4, size − 2).

        Parameters
        ----------
        y
            Distance from the left face, shape (n,); ≤ 0 from the only face of the left outer layer.
        """
        solutions = modes(self.layer.material, self.wave_number)
        if not self.semi_infinite:
            return solutions.across(y, self.layer.extent)
        if self.on_the_left:
            value, slope = solutions.decaying(-y)
            return value, -slope
        return solutions.decaying(y)

    def harmonic(self, y: FloatArray) -> tuple[ComplexArray, ComplexArray]:
        """V_h and V_h' of the last two columns, shape (n, 2).

        Constant and odd about the middle; in a semi-infinite layer, V_h at its face and J.
        """
        ones = np.ones_like(y)
        if self.semi_infinite:
            sigma = self.layer.material.conductivity
            value = np.stack([ones, -y / sigma], axis=-1)
            slope = np.stack([0 * ones, -ones / sigma], axis=-1)
        elif self.wave_number:
            return even_and_odd(np.array([self.wave_number]), y, self.layer.extent)
        else:
            thickness = self.layer.extent
            value = np.stack([ones, 2 * y / thickness - 1], axis=-1)
            slope = np.stack([0 * ones, 2 * ones / thickness], axis=-1)
        return value, slope

    def columns(self, y: FloatArray) -> ComplexArray:
        """ψ = (μ, m), F = (J, J_M), V, −ε V' and ν of every column, shape (n, 11, size)."""
        material = self.layer.material
        axis, beta, sigma = material.axis, material.spin_asymmetry, material.conductivity
        state, slope = self.state(y)
        harmonic, field = self.harmonic(y)
        count = state.shape[-1]
        columns = np.zeros((len(y), 11, self.size), dtype=complex)
        own = columns[..., :count]
        own[:, 0] = -beta * (axis @ state[:, 1:])
        own[:, 1:4] = state[:, 1:]
        own[:, 5:8] = -sigma * (transport_matrices(material)[0][1:] @ slope)
        own[:, 8] = own[:, 0] - material.alpha1 * state[:, 0]
        own[:, 9] = material.permittivity * (
            material.alpha1 * slope[:, 0] + beta * (axis @ slope[:, 1:])
        )
        own[:, 10] = state[:, 0]
        rest = columns[..., count:]
        rest[:, 0] = rest[:, 8] = harmonic
        rest[:, 4] = -sigma * field
        rest[:, 5:8] = -sigma * beta * axis[:, np.newaxis] * field[:, np.newaxis]
        rest[:, 9] = -material.permittivity * field
        return columns
