# SPDX-License-Identifier: MIT
"""Orders of convergence of spin transport against manufactured solutions, for every law.

Every layer has its own coefficients, none of them one, oblique p and w, and its own fields. Sources
come from the equations in strong form, in V, δn and δM; at planes the fluxes of the manufactured
solution less those of the law are given, with laws as matrices. A law without resistance only gets
its potentials to agree, and any fluxes that it transmits are left for it to supply.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import dolfinx
import numpy as np
import pytest
import ufl
from numpy.typing import NDArray
from petsc4py import PETSc
from scipy.integrate import quad

from fem_sf import compat
from fem_sf.mesh.geometry import Geometry
from fem_sf.mesh.layers import Plane
from fem_sf.solve.blocks import BlockVector
from fem_sf.spin import interfaces as laws
from fem_sf.spin import magnetization, materials, model
from fem_sf.spin.materials import normal_plane
from fem_sf.spin.settings import SpinSolverSettings
from fem_sf.spin.steady import Profile, SteadySolver
from fem_sf.spin.system import SpinSystem
from support import Wave, assert_rates, grid, interval, layered, uniform

FloatArray = NDArray[np.float64]
LEVELS = 3
COMPONENTS = ("mu", "m_x", "m_y", "m_z", "V")

LEFT = materials.Ferromagnet(
    1.3, 0.7, 1.9, 0.13, (0.4, -0.3, 0.8), 1.2, 0.9, 0.45, (0.3, 0.5, 0.9), 2.1
)
RIGHT = materials.Ferromagnet(
    0.8, 1.4, 0.6, 0.21, (-0.6, 0.2, 0.5), 0.8, 1.1, -0.35, (0.9, -0.2, 0.4), -1.7
)
NORMAL = materials.Normal(1.7, 1.2, 2.3, 0.3, (0.2, 0.7, -0.4), 1.4, 1.6)
LENGTHS = (1.0, 0.7)
VOLTAGE = 0.9


# --- manufactured fields ---


Field = tuple[Wave, ...]
"""A sum of waves."""


def evaluate(fields: Sequence[Field], x: FloatArray) -> FloatArray:
    """Fields at places of shape (dimension, n); shape (fields, n)."""
    return np.array([sum(wave(x) for wave in field).real for field in fields])


def expression(fields: Sequence[Field], mesh: dolfinx.mesh.Mesh):
    return ufl.as_vector([sum(wave.expression(mesh) for wave in field) for field in fields])


def field(
    start: float, length: float, ends: tuple[float, float], bump: float, across: tuple[float, ...]
) -> Field:
    """Of given values at both ends, with a bump between them; cos(ky), cos(2ky) along y.

    ``across`` is (k,) in two dimensions and empty on a line.
    """
    quarter, half = math.pi / (2 * length), math.pi / length
    zero = (0.0,) * len(across)
    twice = tuple(2 * k for k in across)
    return (
        Wave(0, ends[0], (quarter, *across), (start, *zero)),
        Wave(0, ends[1], (quarter, *across), (start + length, *zero)),
        Wave(0, bump, (half, *twice), (start + length / 2, *zero)),
    )


def fields(
    side: int, at_plane: FloatArray, bumps: Sequence[float], across: tuple[float, ...]
) -> list[Field]:
    """Potentials of a layer: zero at its contact, but μ = V = the voltage at the left one."""
    start, length = (0.0, LENGTHS[0]) if side == 0 else LENGTHS
    result = []
    for component, (value, bump) in enumerate(zip(at_plane, bumps, strict=True)):
        driven = VOLTAGE if component in (0, 4) else 0.0
        ends = (driven, value) if side == 0 else (value, 0.0)
        result.append(field(start, length, ends, bump, across))
    return result


def tilt(side: int, at_plane: Sequence[float], bumps: Sequence[float]) -> list[Field]:
    """Angles of a wall on a line, zero at its contact."""
    start, length = (0.0, LENGTHS[0]) if side == 0 else LENGTHS
    ends = ((0.0, each) if side == 0 else (each, 0.0) for each in at_plane)
    return [field(start, length, end, bump, ()) for end, bump in zip(ends, bumps, strict=True)]


# --- laws, as matrices on ψ = (μ, m) ---


@dataclass(frozen=True)
class Sides:
    """ψ of shape (4,), V and p on both sides of a place of a plane."""

    left: FloatArray
    right: FloatArray
    p_left: FloatArray
    p_right: FloatArray
    voltage: float


@dataclass(frozen=True)
class Fluxes:
    """(J, J_M) on both sides, shape (4,), and J_B, shape (3,)."""

    left: FloatArray
    right: FloatArray
    inside: FloatArray


def projector(p: FloatArray) -> FloatArray:
    result = np.zeros((4, 4))
    result[0, 0] = 1
    result[1:, 1:] = np.outer(p, p)
    return result


def conductance(law: laws.Tunnel | laws.TunnelVector, p: FloatArray, q: FloatArray) -> FloatArray:
    """G4 = g [[1 + P12 c, vᵀ], [v, (1 − P12 c) + P12 (q pᵀ + p qᵀ)]], v = P_L p + P_R q."""
    joint, cosine = law.joint_polarisation, p @ q
    result = np.empty((4, 4))
    result[0, 0] = 1 + joint * cosine
    result[0, 1:] = result[1:, 0] = law.polarisation_left * p + law.polarisation_right * q
    result[1:, 1:] = (1 - joint * cosine) * np.eye(3) + joint * (np.outer(q, p) + np.outer(p, q))
    return law.conductance * result


def factor(shape: laws.BarrierShape, difference: float, voltage: float) -> float:
    """B(Δ, V_b) of Eq. 2 by quadrature."""
    if shape.model == "fermi-level":
        near, slope = 1.0, abs(difference) / shape.height
    else:
        near, slope = 1 - difference / shape.height, voltage / shape.height
    zero = [near / slope] if 0 < near < slope else None
    integral, _ = quad(
        lambda t: math.sqrt(max(near - slope * t, 0.0)), 0, 1, points=zero, epsrel=1e-12
    )
    return math.exp(-shape.decay * (integral - 1))


def through_channels(law: laws.Tunnel, at: Sides) -> Fluxes:
    """Σ |R_ss'|² h_ss' Δ_ss' B, with s, s' and 1 as weights."""
    charge, left, right, inside = 0.0, 0.0, 0.0, np.zeros(3)
    for s in (1, -1):
        for t in (1, -1):
            difference = at.left @ [1, *(s * at.p_left)] - at.right @ [1, *(t * at.p_right)]
            h = 1 + s * law.polarisation_left + t * law.polarisation_right
            h = law.conductance / 2 * (h + s * t * law.joint_polarisation)
            if law.barrier is not None:
                h *= factor(law.barrier, difference, at.voltage)
            passing = (1 + s * t * (at.p_left @ at.p_right)) / 2 * h * difference
            charge, left, right = charge + passing, left + s * passing, right + t * passing
            inside += h * difference / 2 * (s * at.p_left + t * at.p_right)
    return Fluxes(
        np.array([charge, *left * at.p_left]), np.array([charge, *right * at.p_right]), inside
    )


def of_circuit(law: laws.Circuit, at: Sides) -> Fluxes:
    magnet_left = bool(at.p_left.any())
    p = at.p_left if magnet_left else at.p_right
    magnet, normal = (at.left, at.right) if magnet_left else (at.right, at.left)
    bias, spin = magnet[0] - normal[0], p @ (magnet[1:] - normal[1:])
    charge = law.conductance * (bias + law.polarisation * spin)
    along = law.conductance * (law.polarisation * bias + spin) * p
    transverse = normal[1:] - p * (p @ normal[1:])
    into = along - law.mixing_real * transverse - law.mixing_imaginary * np.cross(p, normal[1:])
    in_magnet, in_normal = np.array([charge, *along]), np.array([charge, *into])
    if magnet_left:
        return Fluxes(in_magnet, in_normal, into)
    return Fluxes(-in_normal, -in_magnet, -into)


def of_general(law: laws.General, at: Sides) -> Fluxes:
    """Eqs. 5 and 6 row by row, on μ_s = μ + s p·m."""
    left, right = (
        np.array([psi[0] + p @ psi[1:], psi[0] - p @ psi[1:]])
        for psi, p in ((at.left, at.p_left), (at.right, at.p_right))
    )
    charge = np.dot(law.charge_left, left) - np.dot(law.charge_right, right)
    spin_left = np.dot(law.spin_left_left, left) - np.dot(law.spin_left_right, right)
    spin_right = np.dot(law.spin_right_left, left) - np.dot(law.spin_right_right, right)
    return Fluxes(
        np.array([charge, *spin_left * at.p_left]),
        np.array([charge, *spin_right * at.p_right]),
        np.zeros(3),
    )


ANY_CHARGE, ANY_SPIN, ANY_FIELD = 0.37, np.array([0.53, -0.28, 0.44]), -0.19
"""Fluxes that laws without resistance transmit whatever they are."""


def expected_fluxes(law: laws.Law, at: Sides) -> Fluxes:
    """What flows by a law; of one without resistance, something that may."""
    p, q = at.p_left, at.p_right
    match law:
        case laws.Tunnel(barrier=None):
            inside = conductance(law, p, q) @ (projector(p) @ at.left - projector(q) @ at.right)
            return Fluxes(projector(p) @ inside, projector(q) @ inside, inside[1:])
        case laws.Tunnel():
            return through_channels(law, at)
        case laws.TunnelVector():
            flux = conductance(law, p, q) @ (at.left - at.right)
            return Fluxes(flux, flux, flux[1:])
        case laws.Circuit():
            return of_circuit(law, at)
        case laws.General():
            return of_general(law, at)
        case laws.Transparent():
            flux = np.array([ANY_CHARGE, *ANY_SPIN])
            return Fluxes(flux, flux, flux[1:])
    nu, other = ANY_SPIN[:2]
    along_left, along_right = {
        laws.Metallic: (p @ q * nu, nu),
        laws.MetallicReversed: (nu, p @ q * nu),
        laws.MetallicNoAccumulation: (nu, other),
    }[type(law)]
    return Fluxes(
        np.array([ANY_CHARGE, *along_left * p]),
        np.array([ANY_CHARGE, *along_right * q]),
        np.zeros(3),
    )


def agreeing(
    law: laws.Law,
    capacitance: float,
    left: FloatArray,
    right: FloatArray,
    p: FloatArray,
    q: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Values (μ, m, V) at a plane, changed so that they agree as the law wants."""
    left, right = left.copy(), right.copy()
    if math.isinf(capacitance):
        right[4] = left[4]

    def set_along(values: FloatArray, axis: FloatArray, wanted: float) -> None:
        values[1:4] += axis * (wanted - axis @ values[1:4])

    match law:
        case laws.Transparent():
            right[:4] = left[:4]
        case laws.Metallic():
            set_along(right, q, p @ q * (p @ left[1:4]))
        case laws.MetallicReversed():
            set_along(left, p, p @ q * (q @ right[1:4]))
        case laws.MetallicNoAccumulation():
            set_along(left, p, 0.0)
            set_along(right, q, 0.0)
    if isinstance(law, laws.Metallic | laws.MetallicReversed | laws.MetallicNoAccumulation):
        right[0] = left[0]
    return left, right


# --- equations ---


class LoadedVector(BlockVector):
    """Residuals less given loads on the first unknowns."""

    def __init__(self, functions: Sequence[dolfinx.fem.Function], load: NDArray):
        super().__init__(functions)
        self._load = load

    def assemble(self, forms, b):
        super().assemble(forms, b)
        b.getArray()[: len(self._load)] -= self._load


class Manufactured(SpinSystem):
    """A stack with sources in its layers and at its planes.

    Parameters
    ----------
    exact, past
        (μ, m, V) of every layer now and before.
    tilt
        Angles of every wall.
    rate
        1/time of the change from one to the other.
    """

    def __init__(
        self,
        stack: model.Stack,
        geometry: Geometry,
        degree: int,
        exact: dict[str, list[Field]],
        past: dict[str, list[Field]],
        tilts: dict[str, list[Field]],
        rate: float,
    ):
        mesh = layered(geometry)
        self.exact_values, self.tilt_values = exact, tilts
        self.exact = {name: expression(each, mesh.mesh) for name, each in exact.items()}
        self.exact_past = {name: expression(each, mesh.mesh) for name, each in past.items()}
        self.exact_tilt = {name: expression(each, mesh.mesh) for name, each in tilts.items()}
        self._numbers: dict[tuple[str, str], dolfinx.fem.Constant] = {}
        super().__init__(stack, model.Voltage(VOLTAGE), mesh, degree)
        self.set_rate(rate)
        for name, each in past.items():
            self.past[name].interpolate(
                lambda x, each=each: evaluate(each, x[: mesh.dimension]).astype(complex)
            )
        layers = BlockVector(list(self.fields.values()))
        load = layers.vector()
        layers.assemble([self.compile(self._load(name)) for name in self.fields], load)
        self.layout = self.solved = LoadedVector(self.layout.functions, load.getArray())

    def _number(self, owner: str, key: str, value):
        """A number of the test's own, whatever the product makes of it."""
        if (owner, key) not in self._numbers:
            array = np.asarray(value, dtype=PETSc.ScalarType)
            self._numbers[owner, key] = dolfinx.fem.Constant(self.mesh.mesh, array)
        return self._numbers[owner, key]

    def exact_direction(self, name: str):
        axis = self.stack.layer(name).material.axis
        if name not in self.exact_tilt:
            return self._number(name, "p", axis)
        first, second = (self._number(name, f"e{i}", e) for i, e in enumerate(normal_plane(axis)))
        a, b = self.exact_tilt[name]
        square = a**2 + b**2
        along = (1 - square) * self._number(name, "p", axis)
        return (2 * a * first + 2 * b * second + along) / (1 + square)

    def strong_form(self, name: str):
        """Sources of the five equations, and J, J_M and −ε∇V."""
        material = self.stack.layer(name).material

        def number(key: str):
            return self._number(name, key, getattr(material, key))

        sigma, D, tau = (
            number(f"{each}") for each in ("conductivity", "diffusivity", "relaxation_time")
        )
        beta, eps, w = number("spin_asymmetry"), number("permittivity"), number("precession")
        alpha1, alpha2 = number("alpha1"), number("alpha2")
        w0 = self._number(name, "w0", getattr(material, "exchange_precession", 0.0))
        p, rate = self.exact_direction(name), self.constant("time", "rate")

        def densities(u):
            return sigma * (u[0] - u[4]) / (alpha1 * D), sigma / D * ufl.as_vector(
                [u[1], u[2], u[3]]
            )

        u = self.exact[name]
        V, (dn, dM), (dn_past, dM_past) = u[4], densities(u), densities(self.exact_past[name])
        i, k = ufl.indices(2)
        J = -sigma * ufl.grad(V) - beta * D * ufl.dot(p, ufl.grad(dM)) - alpha1 * D * ufl.grad(dn)
        J_M = ufl.as_tensor(
            -beta * sigma * p[i] * ufl.grad(V)[k]
            - D * ufl.grad(dM)[i, k]
            - alpha2 * beta * D * p[i] * ufl.grad(dn)[k],
            (i, k),
        )
        displacement = -eps * ufl.grad(V)
        charge = rate * (dn - dn_past) + ufl.div(J)
        spin = rate * (dM - dM_past) + ufl.div(J_M) - ufl.cross(dM, w + w0 * p) + dM / tau
        return (charge, spin, ufl.div(displacement) - dn), (J, J_M, displacement)

    def _load(self, name: str):
        """Strong form in the layer, and at planes what leaves it less what the law takes."""
        test = ufl.TestFunction(self.fields[name].function_space)
        sources, currents = self.strong_form(name)
        terms = weighed(sources, test) * self.layer_measure(name)
        normal = ufl.FacetNormal(self.mesh.mesh)("+")
        for plane in self.planes_of(name):
            sign, side = (1, "+") if name == plane.left else (-1, "-")
            J, J_M, displacement = (each(side) for each in currents)
            leaving = (ufl.dot(J, normal), ufl.dot(J_M, normal), ufl.dot(displacement, normal))
            taken = self._law_flux(plane, name)(side)
            dS = self.plane_measure(name, plane)
            terms -= sign * weighed(leaving, test(side)) * dS
            terms += sign * ufl.inner(taken, test(side)) * dS
        return terms

    def _sides(self, plane: Plane, x: FloatArray) -> list[Sides]:
        left, right = (evaluate(self.exact_values[each], x).T for each in (plane.left, plane.right))
        p_left, p_right = (self._directions(each, x) for each in (plane.left, plane.right))
        return [
            Sides(a[:4], b[:4], p, q, a[4] - b[4])
            for a, b, p, q in zip(left, right, p_left, p_right, strict=True)
        ]

    def _directions(self, name: str, x: FloatArray) -> FloatArray:
        axis = self.stack.layer(name).material.axis
        if name not in self.tilt_values:
            return np.broadcast_to(axis, (x.shape[1], 3))
        tilts = evaluate(self.tilt_values[name], x)
        square = (tilts**2).sum(axis=0)
        along = np.multiply.outer(1 - square, axis)
        return (2 * tilts.T @ normal_plane(axis) + along) / (1 + square)[:, np.newaxis]

    def _law_flux(self, plane: Plane, name: str) -> dolfinx.fem.Function:
        """(J, J_M, displacement) by the law, on one side."""
        interface = self.interface(plane)

        def values(x: FloatArray) -> FloatArray:
            rows = []
            for at in self._sides(plane, x[: self.mesh.dimension]):
                fluxes = expected_fluxes(interface.law, at)
                flux = fluxes.left if name == plane.left else fluxes.right
                endless = math.isinf(interface.capacitance)
                rows.append([*flux, ANY_FIELD if endless else interface.capacitance * at.voltage])
            return np.array(rows).T

        return self._interpolated(name, 5, values)

    def _interpolated(self, name: str, size: int, values: Callable) -> dolfinx.fem.Function:
        part = self.mesh.part((name,)).mesh
        space = dolfinx.fem.functionspace(part, ("Lagrange", self.degree + 3, (size,)))
        function = dolfinx.fem.Function(space)
        function.interpolate(lambda x: values(x).astype(PETSc.ScalarType))
        return function

    def wall_residual(self, name: str, test):
        """With −h of the manufactured solution as a field, and its traction at planes."""
        material = self.stack.layer(name).material
        wall, p = material.wall, self.exact_direction(name)

        def number(key: str, value):
            return self._number(name, key, value)

        easy = number("p", material.axis)
        hard = number("hard", material.hard_axis)
        density = number("density", material.conductivity / material.diffusivity)
        dM = density * ufl.as_vector([self.exact[name][i] for i in (1, 2, 3)])
        stiffness = number("Aex", wall.stiffness)
        h = (
            stiffness * ufl.div(ufl.grad(p))
            + number("K", wall.anisotropy) * ufl.dot(p, easy) * easy
            - number("Kd", wall.hard_axis_anisotropy) * ufl.dot(p, hard) * hard
            + number("w0", material.exchange_precession) * dM
        )
        turn = magnetization.turned(self.magnetization(name), self.tilts[name], test)
        terms = super().wall_residual(name, test)
        terms += ufl.dot(h, turn) * self.layer_measure(name)
        normal = ufl.FacetNormal(self.mesh.mesh)("+")
        for plane in self.planes_of(name):
            sign, side = (1, "+") if name == plane.left else (-1, "-")
            pulling = sign * stiffness * ufl.dot(ufl.grad(p)(side), normal)
            given = pulling - self._torque(plane, name)(side)
            terms -= ufl.dot(given, turn(side)) * self.plane_measure(name, plane)
        return terms

    def _torque(self, plane: Plane, name: str) -> dolfinx.fem.Function:
        """dep × p on one side: dep_L = J_M^L − J_B, dep_R = J_B − J_M^R."""
        interface = self.interface(plane)

        def values(x: FloatArray) -> FloatArray:
            rows = []
            for at in self._sides(plane, x[: self.mesh.dimension]):
                fluxes = expected_fluxes(interface.law, at)
                if name == plane.left:
                    rows.append(np.cross(fluxes.left[1:] - fluxes.inside, at.p_left))
                else:
                    rows.append(np.cross(fluxes.inside - fluxes.right[1:], at.p_right))
            return np.array(rows).T

        return self._interpolated(name, 3, values)

    def error_forms(self, name: str) -> dict[str, tuple]:
        """Squares of the errors, in L2 and the H1 seminorm, of components chosen by weights."""
        pairs = {"u": (self.fields[name], self.exact[name])}
        if name in self.tilts:
            pairs["tilt"] = (self.tilts[name], self.exact_tilt[name])
        result = {}
        for key, (found, wanted) in pairs.items():
            weights = dolfinx.fem.Constant(
                self.mesh.mesh, np.zeros(found.ufl_shape, dtype=PETSc.ScalarType)
            )
            error = ufl.elem_mult(weights, found - wanted)
            squares = (ufl.inner(error, error), ufl.inner(ufl.grad(error), ufl.grad(error)))
            compiled = [self.compile(each * self.layer_measure(name)) for each in squares]
            result[key] = weights, compiled
        return result


def weighed(sources, test):
    """A scalar, a vector and a scalar against test functions of five components."""
    charge, spin, field_ = sources
    return (
        ufl.inner(charge, test[0])
        + ufl.inner(spin, ufl.as_vector([test[1], test[2], test[3]]))
        + ufl.inner(field_, test[4])
    )


def errors(system: Manufactured) -> dict[str, tuple[float, float]]:
    """Of every component in every layer."""
    result = {}
    for name in system.stack.names:
        for key, (weights, compiled) in system.error_forms(name).items():
            for component in range(len(weights.value)):
                weights.value = np.eye(len(weights.value))[component]
                squares = [compat.assemble_scalar(each).real for each in compiled]
                label = COMPONENTS[component] if key == "u" else f"tilt {component}"
                result[f"{label} of {name}"] = math.sqrt(squares[0]), math.sqrt(squares[1])
    return result


# --- problems ---


def waving(across: tuple[float, ...]) -> Profile:
    """Cos(ky) along a contact, 1 on a line."""
    return lambda points: math.prod(np.cos(k * points[:, 1]) for k in across) + 0 * points[:, 0]


@dataclass(frozen=True)
class Problem:
    """Two layers with their manufactured fields."""

    left: materials.Material
    right: materials.Material
    law: laws.Law
    capacitance: float = 0.85
    rate: float = 0.0

    def solved(
        self, geometry: Geometry, degree: int, across: tuple[float, ...]
    ) -> dict[str, tuple[float, float]]:
        random = np.random.default_rng(7)
        stack = model.Stack(
            [model.Layer("L", self.left, LENGTHS[0]), model.Layer("R", self.right, LENGTHS[1])],
            [model.Interface("L", "R", self.law, self.capacitance)],
        )
        values = agreeing(
            self.law,
            self.capacitance,
            *random.uniform(-1, 1, (2, 5)),
            self.left.axis,
            self.right.axis,
        )
        names = stack.names
        exact, past = (
            {
                name: fields(side, scale * values[side], random.uniform(-0.5, 0.5, 5), across)
                for side, name in enumerate(names)
            }
            for scale in (1.0, 0.3)
        )
        tilts = {
            layer.name: tilt(side, random.uniform(-0.4, 0.4, 2), random.uniform(-0.3, 0.3, 2))
            for side, layer in enumerate(stack.layers)
            if model.wall_of(layer.material) is not None
        }
        system = Manufactured(stack, geometry, degree, exact, past, tilts, self.rate)
        SteadySolver(system, SpinSolverSettings(), waving(across)).solve()
        return errors(system)


def line(refinement: int) -> Geometry:
    counts = (3 * refinement, 2 * refinement)
    return interval(*((n, uniform(*each)) for n, *each in zip("LR", LENGTHS, counts, strict=True)))


def plane(cell: str, refinement: int) -> Geometry:
    ends = np.cumsum([0.0, *LENGTHS])
    x = [np.linspace(*ends[i : i + 2], n * refinement + 1) for i, n in enumerate((3, 2))]
    return grid(
        cell,
        np.concatenate([x[0], x[1][1:]]),
        np.linspace(0, 1, 3 * refinement + 1),
        ("L", "R"),
        lambda x, y: x > LENGTHS[0],
    )


def barrier(kind: str) -> laws.Tunnel:
    return laws.Tunnel(0.9, 0.4, -0.3, 0.1, laws.BarrierShape(kind, 1.1, 2.3))


CIRCUIT = laws.Circuit(0.9, 0.4, 1.1, 0.3)
CLAMPED = {
    "tunnel": Problem(LEFT, RIGHT, laws.Tunnel(0.9, 0.4, -0.3, 0.1)),
    "tunnel, Fermi level": Problem(LEFT, RIGHT, barrier("fermi-level")),
    "tunnel, paper": Problem(LEFT, RIGHT, barrier("paper")),
    "tunnel-vector": Problem(LEFT, RIGHT, laws.TunnelVector(0.9, 0.4, -0.3, 0.1)),
    "tunnel-vector, N": Problem(NORMAL, RIGHT, laws.TunnelVector(0.9, 0.0, -0.3), math.inf),
    "metallic": Problem(LEFT, RIGHT, laws.Metallic(), math.inf),
    "metallic with a capacitance": Problem(LEFT, RIGHT, laws.Metallic()),
    "metallic-reversed": Problem(LEFT, RIGHT, laws.MetallicReversed(), math.inf),
    "metallic-no-accumulation": Problem(LEFT, RIGHT, laws.MetallicNoAccumulation(), math.inf),
    "transparent": Problem(LEFT, RIGHT, laws.Transparent(), math.inf),
    "general": Problem(
        LEFT,
        RIGHT,
        laws.General((0.9, 0.6), (0.7, 0.8), (0.5, -0.3), (0.3, -0.1), (0.4, -0.2), (0.5, -0.3)),
    ),
    "circuit, magnet left": Problem(LEFT, NORMAL, CIRCUIT),
    "circuit, magnet right": Problem(NORMAL, RIGHT, CIRCUIT),
}


DEGREES = [pytest.param(1, marks=pytest.mark.slow), 2, pytest.param(3, marks=pytest.mark.slow)]


@pytest.mark.slow
@pytest.mark.parametrize("degree", DEGREES)
@pytest.mark.parametrize("law", CLAMPED)
def test_line(law: str, degree: int):
    measured = [CLAMPED[law].solved(line(2 * 2**level), degree, ()) for level in range(LEVELS)]
    assert_rates(measured, degree)


@pytest.mark.parametrize("degree", DEGREES)
def test_change_in_time(degree: int):
    """The rate times what is stored less what was, with other fields before."""
    problem = dataclasses.replace(CLAMPED["tunnel"], rate=1.7)
    measured = [problem.solved(line(2 * 2**level), degree, ()) for level in range(LEVELS)]
    assert_rates(measured, degree)


# --- magnetizations that turn ---


TURNING_LEFT = dataclasses.replace(LEFT, wall=materials.Wall(0.7, 0.4, 0.25, (0.2, 1.0, -0.3)))
TURNING_RIGHT = dataclasses.replace(RIGHT, wall=materials.Wall(1.2, 0.6, 0.35, (1.0, 0.1, 0.4)))
TURNING = {
    "tunnel": Problem(TURNING_LEFT, TURNING_RIGHT, laws.Tunnel(0.9, 0.4, -0.3, 0.1)),
    "tunnel, right one clamped": Problem(TURNING_LEFT, RIGHT, laws.Tunnel(0.9, 0.4, -0.3, 0.1)),
    "tunnel-vector": Problem(TURNING_LEFT, TURNING_RIGHT, laws.TunnelVector(0.9, 0.4, -0.3, 0.1)),
    "transparent": Problem(TURNING_LEFT, TURNING_RIGHT, laws.Transparent(), math.inf),
    "circuit, magnet left": Problem(TURNING_LEFT, NORMAL, CIRCUIT),
    "circuit, magnet right": Problem(NORMAL, TURNING_RIGHT, CIRCUIT),
}


@pytest.mark.slow
@pytest.mark.parametrize("degree", [1, 2, 3])
@pytest.mark.parametrize("law", TURNING)
def test_walls(law: str, degree: int):
    measured = [TURNING[law].solved(line(2 * 2**level), degree, ()) for level in range(LEVELS)]
    assert_rates(measured, degree)


# --- two dimensions ---


@pytest.mark.slow
@pytest.mark.parametrize("degree", [1, 2])
@pytest.mark.parametrize("cell", ["quadrilateral", "triangle"])
@pytest.mark.parametrize(
    "law", ["tunnel", "metallic", "transparent", "circuit, magnet left", "circuit, magnet right"]
)
def test_plane(law: str, cell: str, degree: int):
    measured = [
        CLAMPED[law].solved(plane(cell, 2 * 2**level), degree, (math.pi,))
        for level in range(LEVELS)
    ]
    assert_rates(measured, degree)


THIRD = materials.Ferromagnet(
    1.1, 0.9, 1.3, 0.17, (0.1, 0.5, -0.7), 1.3, 1.1, 0.25, (-0.4, 0.6, 0.5), 0.9
)


def junction(cell: str, refinement: int) -> Geometry:
    return grid(
        cell,
        np.linspace(0, 1.5, 3 * refinement + 1),
        np.linspace(0, 1, 2 * refinement + 1),
        ("L", "R", "T"),
        lambda x, y: np.where(x < 1, 0, np.where(y < 0.5, 1, 2)),
    )


@pytest.mark.slow
@pytest.mark.parametrize("cell", ["quadrilateral", "triangle"])
@pytest.mark.parametrize("degree", [1, 2])
def test_three_layers_in_a_point(cell: str, degree: int):
    """Two contacts without resistance and a barrier; all potentials are continuous."""
    stack = model.Stack(
        [
            model.Layer(name, material, None)
            for name, material in (("L", LEFT), ("R", RIGHT), ("T", THIRD))
        ],
        [
            model.Interface("L", "R", laws.Transparent()),
            model.Interface("L", "T", laws.Transparent()),
            model.Interface("R", "T", laws.Tunnel(0.9, 0.4, -0.3, 0.1), 0.85),
        ],
    )
    bumps = np.random.default_rng(7).uniform(-1, 1, 5)
    everywhere = [
        field(0.0, 1.5, (VOLTAGE if i in (0, 4) else 0.0, 0.0), bump, (math.pi,))
        for i, bump in enumerate(bumps)
    ]
    exact = dict.fromkeys(stack.names, everywhere)
    measured = []
    for level in range(LEVELS):
        system = Manufactured(stack, junction(cell, 2 * 2**level), degree, exact, exact, {}, 0.0)
        SteadySolver(system, SpinSolverSettings(), waving((math.pi,))).solve()
        measured.append(errors(system))
    assert_rates(measured, degree)
