# SPDX-License-Identifier: MIT
"""Eqs. 7-10 of Chui et al. with Poisson's equation, as UFL: currents and the weak form of a layer.

Unknowns are μ = V + α1 (D/σ) δn, the vector m = (D/σ) δM, and V; both densities follow from them.
For α1 = α2 neither μ nor m knows of V. Written for one to three space dimensions: J is a vector,
J_M a tensor of three spin components times the space directions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ufl

SIZE = 5
"""Components of the unknown u = (μ, m_x, m_y, m_z, V) of a layer."""


@dataclass(frozen=True)
class Fields:
    """Potentials of a layer, or test functions in their places; UFL expressions.

    Parameters
    ----------
    mu, m, V
        μ, the vector m, V.
    """

    mu: Any
    m: Any
    V: Any

    @classmethod
    def of(cls, u: Any) -> Fields:
        """Parts of a field of five components."""
        return cls(u[0], ufl.as_vector([u[1], u[2], u[3]]), u[4])

    def __call__(self, side: str) -> Fields:
        """The traces on one side of an interface."""
        return Fields(self.mu(side), self.m(side), self.V(side))


@dataclass(frozen=True)
class LayerData:
    """Coefficients of a layer as UFL constants, and its magnetization.

    Parameters
    ----------
    sigma, D, beta, alpha1, alpha2, tau, eps
        σ, D, β, α1, α2, τ, ε.
    p
        Unit vector along the magnetization; a constant, or an expression of its angles.
    w
        Precession vector without the exchange field.
    w0
        γH0, the part of the precession along p.
    """

    sigma: Any
    D: Any
    beta: Any
    alpha1: Any
    alpha2: Any
    tau: Any
    eps: Any
    p: Any
    w: Any
    w0: Any


def charge_density(u: Fields, layer: LayerData) -> Any:
    """δn = σ(μ − V)/(α1 D)."""
    return layer.sigma * (u.mu - u.V) / (layer.alpha1 * layer.D)


def spin_density(u: Fields, layer: LayerData) -> Any:
    """δM = (σ/D) m."""
    return layer.sigma / layer.D * u.m


def charge_current(u: Fields, layer: LayerData) -> Any:
    """J = −σ(∇μ + β (∇m)·p), Eq. 8; p is not differentiated."""
    return -layer.sigma * (ufl.grad(u.mu) + layer.beta * ufl.dot(layer.p, ufl.grad(u.m)))


def spin_current(u: Fields, layer: LayerData) -> Any:
    """J_M = −σ(β p ⊗ ∇μ' + ∇m), μ' = V + α2 (D/σ) δn, Eq. 9; shape (3, dimension)."""
    # with α1 = α2 no V, which may be much larger than μ at the plates of a barrier
    ratio = layer.alpha2 / layer.alpha1
    potential = ratio * u.mu + (1 - ratio) * u.V
    i, k = ufl.indices(2)
    # not ufl.outer, which conjugates and could not be differentiated by p
    along = ufl.as_tensor(layer.p[i] * ufl.grad(potential)[k], (i, k))
    return -layer.sigma * (layer.beta * along + ufl.grad(u.m))


def displacement(u: Fields, layer: LayerData) -> Any:
    """−ε∇V."""
    return -layer.eps * ufl.grad(u.V)


def precession(u: Fields, layer: LayerData) -> Any:
    """δM × w of Eq. 7, the exchange field w0 p included."""
    return ufl.cross(spin_density(u, layer), layer.w + layer.w0 * layer.p)


def storage(u: Fields, test: Fields, layer: LayerData) -> Any:
    """δn η + δM·χ: what the time derivative acts on (Eqs. 7 and 10)."""
    return ufl.inner(charge_density(u, layer), test.mu) + ufl.inner(spin_density(u, layer), test.m)


def poisson(u: Fields, test: Fields, layer: LayerData) -> Any:
    """ε ∇V·∇v − δn v: the weak form of Poisson's equation."""
    return -ufl.inner(displacement(u, layer), ufl.grad(test.V)) - ufl.inner(
        charge_density(u, layer), test.V
    )


def steady(u: Fields, test: Fields, layer: LayerData) -> Any:
    """The weak form of Eqs. 7, 10 and Poisson's equation without their time derivatives.

    −J·∇η + (δM/τ − δM × w)·χ − J_M : ∇χ + ε ∇V·∇v − δn v.
    """
    dM = spin_density(u, layer)
    return (
        -ufl.inner(charge_current(u, layer), ufl.grad(test.mu))
        + ufl.inner(dM / layer.tau - precession(u, layer), test.m)
        - ufl.inner(spin_current(u, layer), ufl.grad(test.m))
        + poisson(u, test, layer)
    )


def free_energy(u: Fields, layer: LayerData) -> Any:
    """½ (α1 (D/σ) δn² + (D/σ)|δM|² + ε|∇V|²), for α1 = α2."""
    dn, dM, field = charge_density(u, layer), spin_density(u, layer), ufl.grad(u.V)
    scale = layer.D / layer.sigma
    return 0.5 * (
        layer.alpha1 * scale * ufl.inner(dn, dn)
        + scale * ufl.inner(dM, dM)
        + layer.eps * ufl.inner(field, field)
    )


def dissipation(u: Fields, layer: LayerData) -> Any:
    """−J·∇μ − J_M : ∇m + (D/στ)|δM|², the heat of a layer with α1 = α2."""
    dM = spin_density(u, layer)
    return (
        -ufl.inner(charge_current(u, layer), ufl.grad(u.mu))
        - ufl.inner(spin_current(u, layer), ufl.grad(u.m))
        + layer.D / (layer.sigma * layer.tau) * ufl.inner(dM, dM)
    )
