# SPDX-License-Identifier: MIT
"""The critical temperature: independent numbers, closed forms, and the nonlinear gap."""

from __future__ import annotations

import math

import numpy as np
import pytest
from mpi4py import MPI
from scipy.optimize import brentq
from scipy.special import digamma

from fem_sf import (
    Ferromagnet,
    Interface,
    KupriyanovLukichev,
    Layer,
    MeshSettings,
    Normal,
    SolverSettings,
    Stack,
    Superconductor,
    UsadelCase,
    run_case,
)
from fem_sf.interfaces import Insulating, Transparent
from fem_sf.mesh.build import checked_geometry
from fem_sf.mesh.layers import LayeredMesh
from fem_sf.usadel.critical import SCAN, NormalState
from fem_sf.usadel.matsubara import frequency_sum
from fem_sf.usadel.system import UsadelSystem
from reference_cases import bilayer, ferromagnet, reference, solved, spin_valve

VALVES = reference("fsf_collinear")["tc"]
ZERO_DIMENSIONAL = reference("limits_checks")["Tc_0D"]


def summary(stack: Stack, temperature: float = 0.5, **options) -> dict:
    """Without a solve of the gap, unless one is asked for."""
    mesh = options.pop("mesh", MeshSettings())
    gap = options.pop("gap", 0.0)
    case = UsadelCase(
        stack=stack,
        temperature=temperature,
        gap=gap,
        critical_temperature=True,
        mesh=mesh,
        solver=SolverSettings(**{"error_estimate": False, **options}),
    )
    return run_case(case).summary


def critical(stack: Stack, **options) -> float:
    return summary(stack, **options)["critical_temperature"]


@pytest.mark.slow
@pytest.mark.parametrize("config", ("P", "AP"))
@pytest.mark.parametrize("row", VALVES, ids=lambda row: f"dF{row['dF']}-dS{row['dS']}")
def test_spin_valves(row, config):
    left = ferromagnet(row["rD"], row["ratio"], row["J"])
    right = ferromagnet(row["rD"], row["ratio"], row["J"] if config == "P" else -row["J"])
    valve = spin_valve(left, right, row["dF"], row["dS"], row["gF"])
    found = summary(valve, error_estimate=True)
    error = abs(found["critical_temperature"] - row[f"Tc_{config}"])
    assert error < 1e-8
    assert error <= 2 * found["critical_temperature_error"] + row[f"Tc_{config}_conv"]
    assert found["transition"] == "second order"
    assert found["critical_temperature_linear"] == found["critical_temperature"]
    assert found["note"] == "The stack is normal: its gap is given as zero."


@pytest.mark.slow
@pytest.mark.parametrize("row", VALVES, ids=lambda row: f"dF{row['dF']}-dS{row['dS']}")
def test_spin_valves_at_a_right_angle(row):
    left, right = (
        ferromagnet(row["rD"], row["ratio"], exchange)
        for exchange in ((0.0, 0.0, row["J"]), (row["J"], 0.0, 0.0))
    )
    valve = spin_valve(left, right, row["dF"], row["dS"], row["gF"])
    found = summary(valve, error_estimate=True)
    error = abs(found["critical_temperature"] - row["Tc_90deg"])
    assert error < 1e-8
    assert error <= 2 * found["critical_temperature_error"] + row["Tc_90deg_conv"]
    assert found["transition"] == "second order"


def test_only_the_angle_between_exchange_fields_matters():
    """Three layers in general directions, and all of them turned."""
    axes = np.linalg.qr(np.array([[0.3, 1.0, -0.2], [0.5, 0.1, 0.9], [-0.7, 0.4, 0.2]]))[0]
    axes *= np.linalg.det(axes)
    fields = np.array([[0.0, 0.0, 3.0], [2.0, 1.0, 0.5], [-1.0, 2.0, -2.0]])

    def stack(vectors: np.ndarray) -> Stack:
        a, b, c = (ferromagnet(0.5, 0.5, tuple(vector)) for vector in vectors)
        layers = [Layer("A", a, 0.1), Layer("S", Superconductor(), 2.0)]
        layers += [Layer("B", b, 0.2), Layer("C", c, 0.1)]
        names = [layer.name for layer in layers]
        law = KupriyanovLukichev(0.3, "B")
        laws = [KupriyanovLukichev(0.3, "A"), law, law]
        pairs = zip(names[:-1], names[1:], laws, strict=True)
        return Stack(layers, [Interface(*each) for each in pairs])

    first = critical(stack(fields))
    assert 0.3 < first < 0.9
    assert critical(stack(fields @ axes.T)) == pytest.approx(first, abs=1e-9)
    assert critical(stack(np.abs(fields))) != pytest.approx(first, abs=1e-6)


# Layers that are thin enough for θ to be uniform in each


def thin(d: float, e_s: float, e_f: float, exchange: float, thinner: float, d_ratio: float):
    """S|F with ε_S = a_S/γ_S d_S and ε_F = a_F/γ_F d_F; D_F/D_S is ``d_ratio``."""
    d_f = thinner * d
    gamma_s, gamma_f = 1 / (e_s * d), d_ratio / (e_f * d_f)
    return bilayer(d, ferromagnet(d_ratio, gamma_f / gamma_s, exchange), d_f, gamma_f)


def thin_excess(temperature: float, e_s: float, e_f: float, exchange: float) -> float:
    """2πT Σ [Re θ_S/Δ − 1/ω] − ln T, with θ_S/Δ = (ω + z)/[(ω + z)ω + ε_S(ω − iJ)], z = ε_F − iJ.

    In partial fractions the sum is one of digamma functions.
    """
    z = e_f - 1j * exchange
    poles = np.roots([1, z + e_s, -1j * e_s * exchange])
    residues = (poles + z) / (poles - poles[::-1])
    steps = digamma(0.5 - poles / (2 * math.pi * temperature))
    return float(digamma(0.5) - (residues @ steps).real - math.log(temperature))


@pytest.mark.parametrize("row", ZERO_DIMENSIONAL, ids=lambda row: f"dS{row['dS']}")
def test_thin_layers_of_the_reference(row):
    stack = thin(row["dS"], 1.0, 5.0, 1.0, thinner=0.2, d_ratio=0.5)
    assert critical(stack) == pytest.approx(row["solver"], abs=1e-8)


@pytest.mark.parametrize(
    ("e_s", "e_f", "exchange"), ((1.0, 5.0, 1.0), (0.5, 2.0, -3.0), (2.0, 20.0, 0.0))
)
def test_thin_layers_in_closed_form(e_s, e_f, exchange):
    """What the thickness changes is of second order, and is taken away."""
    expected = brentq(lambda T: thin_excess(T, e_s, e_f, exchange), 0.1, 1.0, xtol=1e-13)
    coarse, fine = (critical(thin(d, e_s, e_f, exchange, 1.0, 1.0)) for d in (0.01, 0.005))
    assert abs(fine - expected) < 1e-3
    assert (4 * fine - coarse) / 3 == pytest.approx(expected, abs=2e-7)


def test_how_far_an_excess_can_rise_as_the_temperature_falls():
    """T exp(excess) does not fall with T, whatever the exchange fields: the search relies on it."""
    stack = spin_valve(
        ferromagnet(0.5, 0.5, (0.0, 0.0, 5.0)),
        ferromagnet(0.5, 2.0, (9.0, 0.0, -3.0)),
        0.3,
        1.0,
        0.1,
    )
    mesh = LayeredMesh.distribute(MPI.COMM_SELF, checked_geometry(stack, MeshSettings()))
    state = NormalState(UsadelSystem(stack, mesh, 4), frequency_sum)
    temperatures = np.array([0.05, 0.2, 0.4, 0.7, 1.0])
    bounds = temperatures * np.exp([state.excess(T) for T in temperatures])
    assert np.all(np.diff(bounds) > 0)
    assert bounds[-1] < temperatures[-1]


@pytest.mark.slow
def test_superconductivity_in_an_interval_of_temperatures():
    """Close to its paramagnetic limit a film is normal at T = 0 and superconducting above."""
    e_s, e_f = 100.0, 1e5
    temperatures = np.linspace(0.1, 0.9, 801)

    def excess(exchange: float) -> np.ndarray:
        return np.array([thin_excess(T, e_s, e_f, exchange) for T in temperatures])

    # so strong that the interval is short, and between two of the temperatures looked at first
    exchange = brentq(lambda J: excess(J).max() - 1e-4, 900.0, 1300.0)
    values = excess(exchange)
    inside = temperatures[values > 0]
    assert all((each < inside[0]) or (each > inside[-1]) for each in SCAN)
    expected = brentq(lambda T: thin_excess(T, e_s, e_f, exchange), inside[-1], 0.9)
    d_s, d_f = 0.01, 1e-3
    stack = Stack(
        [
            Layer("S", Superconductor(), d_s),
            Layer("F", Ferromagnet(10.0, 0.01, exchange), d_f),
        ],
        [Interface("S", "F", KupriyanovLukichev(1 / (e_s * d_s), "S"))],
    )
    found = summary(stack)
    assert found["critical_temperature_linear"] == pytest.approx(expected, abs=2e-3)


# Limits


@pytest.mark.parametrize("neighbour", (Ferromagnet(exchange=5.0), Normal()), ids=("F", "N"))
def test_nothing_weakens_an_insulated_superconductor(neighbour):
    alone = Stack([Layer("S", Superconductor(), 2.0)])
    beside = Stack(
        [Layer("S", Superconductor(2.0, 0.7), 2.0), Layer("X", neighbour, 1.0)],
        [Interface("S", "X", Insulating())],
    )
    for stack in (alone, beside):
        found = summary(stack, error_estimate=True)
        assert found["critical_temperature"] == 1.0
        assert found["critical_temperature_error"] < 1e-9


def test_no_critical_temperature_is_said():
    """S of 0.3 ξ0 on a thick strong F in good contact: the gap finds nothing at T → 0 either."""
    stack = bilayer(0.3, ferromagnet(0.5, 0.5, 15.0), 1.0, 0.01)
    found = summary(stack, error_estimate=True)
    assert found["critical_temperature"] == 0.0
    assert found["critical_temperature_error"] is None
    assert found["transition"] is None
    assert "no critical temperature" in found["note"]
    assert solved(stack, 0.01).summary["state"] == "normal"


def test_two_dimensions_and_transparent_planes():
    """A rectangle is its line; a plane that is not there is a barrier that vanishes."""
    layers = [Layer("S", Superconductor(), 2.0), Layer("F", Ferromagnet(0.5, 1.0, 3.0), 0.2)]
    transparent = Stack(layers, [Interface("S", "F", Transparent())])
    barriers = [
        critical(Stack(layers, [Interface("S", "F", KupriyanovLukichev(gamma, "F"))]))
        for gamma in (1e-4, 2e-4)
    ]
    line = critical(transparent)
    assert line == pytest.approx(2 * barriers[0] - barriers[1], abs=1e-5)
    mesh = MeshSettings(dimension=2, width=0.1)
    assert critical(transparent, mesh=mesh) == pytest.approx(line, abs=1e-8)


@pytest.mark.parametrize(("d_f", "pi"), ((0.1, False), (0.5, True)))
def test_the_better_of_equal_and_opposite_signs(d_f, pi):
    """Equal signs on both sides of F are a superconductor on half of it."""
    f = Ferromagnet(0.5, 1.0, 15.0)
    junction = Stack(
        [
            Layer("A", Superconductor(), 1.35),
            Layer("F", f, d_f),
            Layer("B", Superconductor(), 1.35),
        ],
        [Interface(side, "F", KupriyanovLukichev(0.05, "F")) for side in ("A", "B")],
    )
    half = bilayer(1.35, f, d_f / 2, 0.05)
    gain = critical(junction) - critical(half)
    assert gain > 1e-4 if pi else abs(gain) < 1e-8


# Against the nonlinear gap


BILAYER = bilayer(2.0, ferromagnet(0.5, 0.5, 5.0), 0.1, 0.3)


def test_the_gap_vanishes_there():
    t_c = critical(BILAYER)
    below, above = (solved(BILAYER, (1 + part) * t_c).summary for part in (-1e-5, 1e-5))
    assert below["state"] == "superconducting" and below["layers"]["S"]["gap"]["mean"] > 1e-3
    assert above["state"] == "normal"


def test_the_square_of_the_gap_is_linear_there():
    t_c = critical(BILAYER)
    squares = [
        solved(BILAYER, t_c - below).summary["layers"]["S"]["gap"]["mean"] ** 2
        for below in (1e-3, 2e-3)
    ]
    # an error of Tc of 1e-6 would change the ratio by 1e-3
    assert squares[1] / squares[0] == pytest.approx(2, abs=1e-2)
    assert 2 * squares[0] - squares[1] == pytest.approx(0, abs=1e-2 * squares[0])


def test_nothing_else_changes():
    plain = solved(BILAYER, 0.3).summary
    more = summary(BILAYER, temperature=0.3, gap="self-consistent")
    assert "critical_temperature" not in plain
    for key in ("state", "note", "layers", "free_energy"):
        assert more[key] == plain[key]
