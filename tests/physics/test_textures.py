# SPDX-License-Identifier: MIT
"""Exchange fields that vary within a layer, against exact solutions, another solver, symmetries."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import solve_bvp
from scipy.linalg import expm
from scipy.spatial.transform import Rotation

from fem_sf import (
    Ferromagnet,
    Insulating,
    Interface,
    KupriyanovLukichev,
    Layer,
    MeshSettings,
    SolverSettings,
    Stack,
    Superconductor,
    Transparent,
    UsadelCase,
    run_case,
)
from fem_sf.errors import StackError
from fem_sf.mesh.geometry import stack_geometry
from fem_sf.usadel.matsubara import frequency_sum
from fem_sf.usadel.observables import IntegralForms
from fem_sf.usadel.spectra import values_of
from fem_sf.usadel.system import UsadelSystem
from support import layered, node_values, solve_frequency, solve_stack

S = Layer("S", Superconductor(1.2, 0.8), 2.0)
BARE = Ferromagnet(diffusivity=0.6, density_of_states=1.7)
THICKNESS, STRENGTH, PITCH, START = 1.3, 3.0, 2.4, 0.5
GAMMA = 0.4
"""Of F at the barrier; that of S follows."""

Texture = Callable[[NDArray], NDArray]


def helix(strength: float = STRENGTH, wavenumber: float = PITCH, start: float = START) -> Texture:
    """J in the xz plane, turning from +z towards +x along the stack."""

    def exchange(points: NDArray) -> NDArray:
        phase = wavenumber * points[:, 0] + start
        return strength * np.stack([np.sin(phase), 0 * phase, np.cos(phase)], axis=1)

    return exchange


def bilayer(exchange, *more: Layer) -> Stack:
    layers = [S, Layer("F", replace(BARE, exchange=exchange), THICKNESS), *more]
    names = [layer.name for layer in layers]
    interfaces = [Interface("S", "F", KupriyanovLukichev(GAMMA, "F"))]
    interfaces += [Interface("F", name, Insulating()) for name in names[2:]]
    return Stack(layers, interfaces)


def system_of(stack: Stack, degree: int = 4) -> UsadelSystem:
    return UsadelSystem(stack, layered(stack_geometry(stack, MeshSettings())), degree)


def theta_and_m(system: UsadelSystem, layer: str) -> tuple[NDArray, NDArray, NDArray]:
    """Positions from the layer's left end, θ and M as vectors, at the nodes, ascending."""
    theta = system.theta_of(layer)
    x = system.mesh.positions(layer, theta.function_space.tabulate_dof_coordinates())[:, 0]
    values, order = values_of(theta).real, np.argsort(x)
    return x[order], values[order, 0], system.frame.vectors(values[:, 1:])[order]


def linear_bilayer(omega: float, gap: float) -> Callable[[NDArray], NDArray]:
    """(θ, M·n, M·t) in F for a small Δ, from the left end of F; n turns with J and t = n'/Q.

    aθ'' = ωθ − J·M and aM'' = ωM + Jθ have constant coefficients in these components, because
    M'' = (m_n'' − 2Qm_t' − Q²m_n) n + (m_t'' + 2Qm_n' − Q²m_t) t. In S θ = Δ/ω + A cosh kx and
    M = B cosh kx with k² = ω/a; the barrier is linear too.
    """
    a, q, j = BARE.diffusivity, PITCH, STRENGTH
    identity, zero = np.eye(3), np.zeros((3, 3))
    stiffness = np.array([[omega, -j, 0], [j, omega, 0], [0, 0, omega]]) / a
    stiffness += np.diag([0, q * q, q * q])
    turning = np.array([[0, 0, 0], [0, 0, 2 * q], [0, -2 * q, 0]])
    generator = np.block([[zero, identity], [stiffness, turning]])
    slope = np.hstack([np.array([[0, 0, 0], [0, 0, -q], [0, q, 0]]), identity])
    k = math.sqrt(omega / S.material.diffusivity)
    cosh, sinh = math.cosh(k * S.thickness), math.sinh(k * S.thickness)
    gamma_s = GAMMA * S.material.conductivity / BARE.conductivity
    # unknowns: A and B of S, values and derivatives at the left end of F
    value = np.hstack([zero, identity, zero])
    value_s = np.hstack([cosh * identity, zero, zero])
    slope_f = np.hstack([zero, slope])
    slope_s = np.hstack([k * sinh * identity, zero, zero])
    bulk = np.array([gap / omega, 0, 0])
    matrix = np.vstack(
        [
            gamma_s * slope_s - value + value_s,
            GAMMA * slope_f - value + value_s,
            np.hstack([zero, slope @ expm(generator * THICKNESS)]),
        ]
    )
    found = np.linalg.solve(matrix, np.concatenate([-bulk, -bulk, np.zeros(3)]))
    return lambda x: np.array([(expm(generator * each) @ found[3:])[:3] for each in x])


@pytest.mark.parametrize("omega", (0.4, 3.0))
def test_helix_in_the_linear_regime_is_a_matrix_exponential(omega: float):
    system = system_of(bilayer(helix()))
    gap = 1e-6
    system.gaps["S"].x.array[:] = gap
    solve_frequency(system, omega, 1e-19).select(0)
    x, theta, m = theta_and_m(system, "F")
    phase = PITCH * x + START
    n = np.stack([np.sin(phase), 0 * phase, np.cos(phase)], axis=1)
    t = np.stack([np.cos(phase), 0 * phase, -np.sin(phase)], axis=1)
    found = np.stack([theta, np.sum(m * n, axis=1), np.sum(m * t, axis=1)], axis=1)
    expected = linear_bilayer(omega, gap)(x)
    assert np.abs(expected).max(axis=0).min() > 0.01 * gap
    np.testing.assert_allclose(found / gap, expected / gap, rtol=0, atol=3e-7)


def test_helix_against_another_solver():
    """The nonlinear equations of both layers at once by collocation, each scaled to 0 < s < 1."""
    omega, gap = 0.7, 1.3
    system = system_of(bilayer(helix()))
    system.gaps["S"].x.array[:] = gap
    solve_frequency(system, omega).select(0)

    def layer(s: NDArray, y: NDArray, material, length: float, delta: float, j: float) -> NDArray:
        """(θ, M_x, M_z)' and ''."""
        (theta, mx, mz), (_, dx, dz) = y[:3], y[3:] / length
        phase = PITCH * length * s + START
        jx, jz = j * np.sin(phase), j * np.cos(phase)
        long, along = np.sqrt(1 + mx**2 + mz**2), jx * mx + jz * mz
        bending = material.diffusivity * (dx**2 + dz**2 - ((mx * dx + mz * dz) / long) ** 2)
        sine, cosine = np.sin(theta), np.cos(theta)
        bracket = (omega * cosine + delta * sine) * long + along * sine + bending
        curvatures = np.array(
            [
                (omega * sine - delta * cosine) * long - along * cosine,
                jx * sine + mx * bracket,
                jz * sine + mz * bracket,
            ]
        )
        return np.concatenate([y[3:], length**2 / material.diffusivity * curvatures])

    def equations(s: NDArray, y: NDArray) -> NDArray:
        superconductor = layer(s, y[:6], S.material, S.thickness, gap, 0.0)
        return np.concatenate([superconductor, layer(s, y[6:], BARE, THICKNESS, 0.0, STRENGTH)])

    def ends(left: NDArray, right: NDArray) -> NDArray:
        (theta_1, *m_1), (theta_2, *m_2) = right[:3], left[6:9]
        m_1, m_2 = np.array(m_1), np.array(m_2)
        w = math.sqrt((1 + m_1 @ m_1) * (1 + m_2 @ m_2)) - m_1 @ m_2
        cosine, sine = math.cos(theta_2 - theta_1), math.sin(theta_2 - theta_1)
        out = np.array([w * sine, *(cosine * (m_2 - w * m_1))])
        into = np.array([w * sine, *(cosine * (w * m_2 - m_1))])
        gamma_s = GAMMA * S.material.conductivity / BARE.conductivity
        barrier = [gamma_s * right[3:6] / S.thickness - out, GAMMA * left[9:] / THICKNESS - into]
        return np.concatenate([left[3:6], *barrier, right[9:]])

    grid = np.linspace(0, 1, 31)
    guess = np.zeros((12, len(grid)))
    guess[0], guess[6] = 0.8, 0.3
    found = solve_bvp(equations, ends, grid, guess, tol=1e-8, max_nodes=20000)
    assert found.success
    for name, first, length in (("S", 0, S.thickness), ("F", 6, THICKNESS)):
        x, theta, m = theta_and_m(system, name)
        expected = found.sol(x / length)[first : first + 3]
        np.testing.assert_allclose(theta, expected[0], rtol=0, atol=2e-7)
        np.testing.assert_allclose(m[:, [0, 2]], expected[1:].T, rtol=0, atol=2e-7)
        assert np.abs(expected).max(axis=1).min() > 0.02


def observables(stack: Stack) -> dict[str, dict[str, NDArray]]:
    """At the nodes of F and as a whole, with vectors as vectors."""
    mesh = layered(stack_geometry(stack, MeshSettings()))
    solution = solve_stack(stack, mesh, 0.4, 1.3, 3, rule=frequency_sum(0.4, tail=5))
    frame = solution.sweep.system.frame
    found = {
        name: {
            "delta": values.delta,
            "magnetization": frame.vectors(values.magnetization),
            "triplet": frame.vectors(values.triplet),
            "short_range": values.short_range,
            "long_range": values.long_range,
        }
        for name, (_, values) in node_values(solution, "F").items()
    }
    integrals = IntegralForms(solution.sweep.system).evaluate(solution.sweep, "F")
    found["all"] = {
        "free_energy": np.array(integrals.free_energy),
        "torque": np.array(list(integrals.torque.values())),
    }
    return found


@pytest.mark.slow
def test_rotation_of_all_spins():
    rotation = Rotation.from_rotvec([0.7, -1.1, 0.4])
    tilted = Layer("T", replace(BARE, exchange=(1.5, 0.0, 2.0)), 0.4)
    turned = replace(tilted, material=replace(BARE, exchange=tuple(rotation.apply([1.5, 0, 2.0]))))
    plain = helix()
    here = observables(joined(plain, tilted))
    there = observables(joined(lambda points: rotation.apply(plain(points)), turned))
    for name, expected in here.items():
        for quantity, values in expected.items():
            vectors = quantity in ("magnetization", "triplet", "torque")
            wanted = rotation.apply(values) if vectors else values
            assert there[name][quantity] == pytest.approx(wanted, abs=1e-10), (name, quantity)
    assert np.abs(here["all"]["torque"]).max() > 5e-5


def joined(exchange, *more: Layer) -> Stack:
    """S|F(exchange)|…, the rest in perfect contact with F."""
    stack = bilayer(exchange, *more)
    contacts = [Interface("F", layer.name, Transparent()) for layer in more]
    return Stack(stack.layers, [stack.interfaces[0], *contacts])


@pytest.mark.slow
def test_two_halves_are_the_whole():
    """Each half counts from its own left end; both are in one conductor."""
    whole = observables(bilayer(helix()))
    half = Layer("F", replace(BARE, exchange=helix()), THICKNESS / 2)
    rest = helix(start=START + PITCH * THICKNESS / 2)
    other = Layer("G", replace(BARE, exchange=rest), THICKNESS / 2)
    halves = observables(
        Stack(
            [S, half, other],
            [
                Interface("S", "F", KupriyanovLukichev(GAMMA, "F")),
                Interface("F", "G", Transparent()),
            ],
        )
    )
    energy = whole["all"]["free_energy"]
    assert halves["all"]["free_energy"] == pytest.approx(energy, rel=1e-7)
    for place, layer in ((0, "F"), (-1, "G")):
        for quantity, values in whole["F"].items():
            found = halves[layer][quantity][place]
            assert found == pytest.approx(values[place], abs=1e-7), quantity
    # what one half is turned by, the other resists
    np.testing.assert_allclose(halves["all"]["torque"].sum(axis=0), 0, atol=1e-10)


def test_slow_helix_becomes_uniform_as_the_square_of_its_wave_number():
    """Q and −Q are mirror images, so that what does not turn is even in Q."""
    energies = [
        float(observables(bilayer(helix(wavenumber=q)))["all"]["free_energy"])
        for q in (0.0, 0.025, 0.05, 0.1)
    ]
    changes = np.array(energies[1:]) - energies[0]
    rates = np.log2(changes[1:] / changes[:-1])
    assert rates == pytest.approx(2.0, abs=0.02)


@pytest.mark.slow
def test_modulation_along_one_axis_needs_one_complex_angle():
    """And agrees with θ and M, which an insulated bystander across makes necessary."""

    def modulated(points: NDArray) -> NDArray:
        return STRENGTH * np.tanh(3 * (points[:, 0] - 0.6))

    def along(material: Ferromagnet) -> Stack:
        stack = bilayer(0.0, Layer("B", replace(BARE, exchange=(0.0, 1.0, 0.0)), 0.2))
        return Stack(
            [S, replace(stack.layers[1], material=material), stack.layers[2]], stack.interfaces
        )

    material = replace(BARE, exchange=modulated, angle=30.0)
    stack = Stack(along(material).layers[:2], along(material).interfaces[:1])
    assert system_of(stack).frame.shape == ()
    assert system_of(along(material)).frame.shape == (2,)
    expected, found = observables(stack), observables(along(material))
    for name in ("S", "F"):
        for quantity, values in expected[name].items():
            assert found[name][quantity] == pytest.approx(values, abs=1e-8), (name, quantity)
    np.testing.assert_allclose(expected["F"]["long_range"], 0, atol=1e-15)
    # a number of either sign, and the vector at 30 degrees that it stands for
    assert np.ptp(expected["F"]["short_range"]) > 1e-3


def test_field_that_only_seems_to_vary_is_the_uniform_one():
    """All numbers of a whole case, the critical temperature among them."""
    vector = (1.8, 0.0, 2.4)

    def summary(exchange) -> dict:
        stack = joined(exchange, Layer("T", replace(BARE, exchange=2.0), 0.4))
        case = UsadelCase(
            stack=stack,
            temperature=0.3,
            critical_temperature=True,
            mesh=MeshSettings(degree=3),
            solver=SolverSettings(tolerance=1e-12, error_estimate=False),
        )
        return run_case(case).summary

    uniform, seeming = (
        summary(each) for each in (vector, lambda points: np.tile(vector, (len(points), 1)))
    )
    for key in ("free_energy", "critical_temperature"):
        assert seeming[key] == pytest.approx(uniform[key], rel=1e-10)
    for name, layer in uniform["layers"].items():
        other = seeming["layers"][name]
        for key in ("integral", "left", "right"):
            expected = layer["magnetization"][key]
            assert other["magnetization"][key] == pytest.approx(expected, abs=1e-11)
        if name != "S":
            assert other["torque"] == pytest.approx(layer["torque"], abs=1e-11)
            assert other["moment"] == pytest.approx(layer["moment"], abs=1e-11)
    for name, interface in uniform["interfaces"].items():
        current = seeming["interfaces"][name]["spin_current"]
        assert current == pytest.approx(interface["spin_current"], abs=1e-11)


def test_field_without_a_value_names_layer_and_place():
    stack = bilayer(lambda points: np.where(points[:, 0] < THICKNESS, 1.0, np.nan))
    with pytest.raises(StackError, match=r"layers\.F\.exchange: expected a finite J .* x = 1\.3 "):
        stack_geometry(stack, MeshSettings())
    with pytest.raises(StackError, match=r"layers\.F\.exchange: expected values of shape"):
        stack_geometry(bilayer(lambda points: points[:1, 0]), MeshSettings())


def test_localized_moment_needs_one_direction():
    with pytest.raises(StackError, match=r"localized_moment: the exchange field varies"):
        Stack([Layer("F", Ferromagnet(exchange=helix(), localized_moment=1.0), 1.0)])
