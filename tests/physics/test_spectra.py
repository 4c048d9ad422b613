# SPDX-License-Identifier: MIT
"""Densities of states: independent numbers, closed forms, sum rules, symmetries."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from fem_sf import (
    Ferromagnet,
    Interface,
    KupriyanovLukichev,
    Layer,
    MeshSettings,
    Normal,
    OutputSettings,
    SolverSettings,
    Stack,
    Superconductor,
    UsadelCase,
    run_case,
)
from fem_sf.errors import InputError, NotConverged
from fem_sf.settings import SpectrumSettings
from fem_sf.study.results import Spectrum, UsadelResult
from fem_sf.usadel import continuation, spectra
from fem_sf.usadel.frame import SpinFrame
from reference_cases import bilayer, ferromagnet, reference, spin_valve

DOS = reference("dos")
ALONE = Stack([Layer("S", Superconductor(), 2.0)])
FIG1 = bilayer(10.0, ferromagnet(0.5, 0.5, 15.0), 1.0, 0.1)


def solved(
    stack: Stack,
    energies: Sequence[float],
    broadening: float,
    temperature: float = 0.1,
    gap: str | float = "self-consistent",
    probes: dict | None = None,
    interpolation_error: float | None = None,
    mesh: MeshSettings | None = None,
    **solver: object,
) -> UsadelResult:
    return run_case(
        UsadelCase(
            stack=stack,
            temperature=temperature,
            gap=gap,
            spectra=(
                SpectrumSettings(tuple(map(float, energies)), broadening, interpolation_error),
            ),
            mesh=mesh or MeshSettings(),
            solver=SolverSettings(**{"error_estimate": False, **solver}),
            output=OutputSettings(probes=probes or {}),
        )
    )


def spectrum(*arguments, **options) -> Spectrum:
    (found,) = solved(*arguments, **options).spectra
    return found


def row_name(row: dict) -> str:
    return f"J{row['J']}-dF{row['dF']}-gammaF{row['gammaF']}"


def from_row(row: dict, energies: Sequence[float], **options) -> UsadelResult:
    f = ferromagnet(row["rD"], row["ratio"], row["J"])
    stack = bilayer(row["dS"], f, row["dF"], row["gammaF"])
    return solved(stack, energies, row["eta"], row["T"], row["Delta"], **options)


@pytest.mark.parametrize("row", DOS, ids=row_name)
def test_reference(row):
    (found,) = from_row(row, row["E"]).spectra
    s, f = found.layers["S"], found.layers["F"]
    for values, key in (
        (s.left, "S_far"),
        (s.right, "S_if"),
        (f.left, "F_if"),
        (f.right, "F_vac"),
    ):
        expected = np.array(row["N_up"][key])
        np.testing.assert_allclose(values[:, 0], expected, rtol=0, atol=1e-5 * expected.max())
        # the energies of the reference are symmetric: N_down(E) = N_up(−E)
        assert row["E"] == [-energy for energy in reversed(row["E"])]
        np.testing.assert_allclose(values[:, 1], expected[::-1], rtol=0, atol=1e-5 * expected.max())


def test_error_estimates_bound_the_errors():
    row = DOS[1]
    summary = from_row(row, row["E"], error_estimate=True).summary
    layers = summary["spectra"][0]["layers"]
    better = from_row(row, row["E"], mesh=MeshSettings(degree=6, refinement=1.5)).spectra[0].layers
    for layer, place, key in (("S", "right", "S_if"), ("F", "left", "F_if")):
        exact = getattr(better[layer], place)[:, 0]
        error = np.abs(np.array(layers[layer][place]["up"]) - exact).max()
        assert error <= 2 * layers[layer]["error"][place]
        # `conv` is the difference of the reference's own two resolutions, and no bound
        assert np.abs(exact - row["N_up"][key]).max() <= 2 * row["conv"]


def test_minigap_of_a_thin_normal_layer():
    """N vanishes below E_g = ε_b √((Δ − E_g)/(Δ + E_g)), for a superconductor that is rigid."""
    rigid, thin = 1e-5, 0.01
    normal = Normal(density_of_states=rigid)
    gamma = 1 / (2.0 * thin)  # ε_b = a/(γ d) = 2
    stack = Stack(
        [Layer("S", Superconductor(), 5.0), Layer("N", normal, thin)],
        [Interface("S", "N", KupriyanovLukichev(gamma, "N"))],
    )
    delta, eta = 1.7638769660108669, 1e-4
    edge = DOS[0]["eq18_minigap_J0"]
    assert edge == pytest.approx(2 * math.sqrt((delta - edge) / (delta + edge)), rel=1e-9)
    found = spectrum(stack, (0.0, edge - 0.02, edge + 0.02), eta, gap=delta)
    inside, below, above = found.layers["N"].mean[:, 0]
    assert inside < 1e-3
    assert below < 0.02
    assert above > 1.0


def test_uniform_superconductor():
    """Re ω/√(ω² + Δ²) at ω = η − iE everywhere, for energies in any order and small η."""
    energies = (1.25, 0.3, -2.0, 1.2, 0.0, 5.0, 0.3)
    omega = 1e-3 - 1j * np.array(energies)
    expected = (omega / np.sqrt(omega**2 + 1.2**2)).real
    found = spectrum(ALONE, energies, 1e-3, gap=1.2, probes={"S": (0.7,)}).layers["S"]
    for values in (found.mean, found.left, found.right, found.probes[:, 0]):
        np.testing.assert_allclose(values, np.stack([expected, expected], axis=-1), rtol=1e-7)


def test_edges_move_with_the_exchange_field():
    """A thin F in good contact splits the edges to ±Δ − h, with h = J/2 the mean over both layers.

    Equal layers, much thinner than ξ0 and than γ allows to differ: Δ is halved as well.
    """
    d, exchange, eta = 0.02, 0.4, 1e-4
    stack = Stack(
        [Layer("S", Superconductor(), d), Layer("F", Ferromagnet(exchange=exchange), d)],
        [Interface("S", "F", KupriyanovLukichev(0.01, "F"))],
    )
    delta, field = 0.5, exchange / 2
    around = np.array([-delta - field, delta - field])
    asked = np.concatenate([around - 0.01, around + 0.01])
    found = spectrum(stack, asked, eta, gap=2 * delta)
    below_lower, below_upper, above_lower, above_upper = found.layers["F"].mean[:, 0]
    assert below_lower > 2 and above_upper > 2
    assert above_lower < 0.1 and below_upper < 0.1
    down = spectrum(stack, -asked, eta, gap=2 * delta).layers["F"].mean[:, 1]
    np.testing.assert_allclose(down, found.layers["F"].mean[:, 0], rtol=1e-9)


def test_states_are_only_moved():
    """∫(N − 1) dE = 0 for each spin and layer; beyond the range N − 1 falls as Δ²/2E²."""
    top, eta = 60.0, 0.2
    nodes, weights = np.polynomial.legendre.leggauss(120)
    inner = 4 * np.concatenate([nodes / 4 + shift for shift in (-0.75, -0.25, 0.25, 0.75)])
    outer = np.exp(math.log(4.0) + (nodes + 1) / 2 * math.log(top / 4.0))
    outer_weights = outer * weights / 2 * math.log(top / 4.0)
    energies = np.concatenate([inner, outer, -outer])
    all_weights = np.concatenate([np.tile(weights, 4), outer_weights, outer_weights])
    stack = spin_valve(
        ferromagnet(0.5, 0.5, 3.0), ferromagnet(0.5, 0.5, 5.0), 0.3, 2.0, gamma_f=0.5
    )
    found = spectrum(stack, energies, eta)
    for name, layer in found.layers.items():
        moved = all_weights @ np.abs(layer.mean - 1)
        left_over = all_weights @ (layer.mean - 1)
        tail = 2 * (layer.mean[[len(inner) + 119, -1]] - 1).mean(axis=0) * top
        assert (np.abs(left_over) < 0.02 * moved + 2 * np.abs(tail)).all(), name
    s = found.layers["S"].mean
    assert all_weights @ np.abs(s[:, 0] - 1) > 1.0


def farthest(found: Spectrum, energies: np.ndarray, expected: dict) -> float:
    """Error of straight lines between energies, over N or 1, at the worst place and spin."""
    return max(
        float(np.max(np.abs(np.interp(energies, found.energies, have) - want) / size))
        for name, layer in expected.items()
        for place, values in layer.items()
        for k, want in enumerate(values.T)
        for have in [getattr(found.layers[name], place)[:, k]]
        for size in [np.maximum(1, want)]
    )


@pytest.mark.parametrize("asked", ((-2.5, 2.5), (1.0, 2.0, 0.1, -1.5)))
def test_energies_gather_at_edges(asked):
    """Those at ±Δ of a uniform superconductor are found from two energies or a few."""
    found = solved(ALONE, asked, 1e-3, gap=1.2, interpolation_error=0.01).spectra[0]
    assert set(asked) <= set(found.energies)
    assert len(found.energies) < 200
    energies = np.concatenate([np.linspace(0, 2.5, 5001), 1.2 + np.linspace(-0.01, 0.01, 2001)])
    energies = np.concatenate([-energies, energies])
    energies = energies[(energies >= min(asked)) & (energies <= max(asked))]
    omega = 1e-3 - 1j * energies
    expected = (omega / np.sqrt(omega**2 + 1.2**2)).real[:, np.newaxis].repeat(2, axis=1)
    assert 0.005 < farthest(found, energies, {"S": {"mean": expected}}) < 0.0101


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fields", "asked"),
    (((0.6, 0.6), (0.2, 2.0)), (((0.0, 0.0, 0.6), (0.8, 0.0, 0.0)), (-1.6, -1.1))),
    ids=("along z", "at a right angle"),
)
def test_straight_lines_between_energies_are_good_for_all_spins_and_places(fields, asked):
    """An inner edge too, where the middle of an interval may lie on the line by chance."""
    stack = spin_valve(*(ferromagnet(0.5, 0.5, field) for field in fields), 0.1, 2.0, 2.0)
    energies = np.linspace(*asked, 401)
    exact = solved(stack, energies, 5e-3).spectra[0]
    expected = {
        name: {place: getattr(layer, place) for place in ("mean", "left", "right")}
        for name, layer in exact.layers.items()
    }
    found = solved(stack, asked, 5e-3, interpolation_error=0.02).spectra[0]
    assert np.all(np.diff(found.energies) > 0)
    assert len(found.energies) < 200
    assert farthest(found, energies, expected) < 0.021


def test_the_sum_of_both_spins_is_even():
    energies = np.linspace(-3, 3, 25)
    found = spectrum(FIG1, energies, 0.05, probes={"F": (0.0, 0.4)})
    for layer in found.layers.values():
        for values in (layer.mean, layer.left, layer.right, layer.probes):
            total = values.sum(axis=-1)
            np.testing.assert_allclose(total, total[::-1], rtol=1e-9)
    split = found.layers["F"].probes[:, 0]
    assert np.abs(split[:, 0] - split[:, 1]).max() > 0.01


def test_turning_all_magnetizations_exchanges_the_spins():
    energies = (-1.0, 0.2, 1.7)
    left, right = ferromagnet(0.5, 0.5, 3.0), ferromagnet(0.5, 0.5, -5.0)
    turned = [replace(each, exchange=-each.exchange) for each in (left, right)]
    first = spectrum(spin_valve(left, right, 0.3, 2.0, 0.5), energies, 0.02)
    second = spectrum(spin_valve(*turned, 0.3, 2.0, 0.5), energies, 0.02)
    for name, layer in first.layers.items():
        assert np.abs(layer.mean[:, 0] - layer.mean[:, 1]).max() > 1e-3
        np.testing.assert_allclose(layer.mean[:, ::-1], second.layers[name].mean, rtol=1e-8)


def test_spins_are_counted_along_the_exchange_field():
    """Turned to x all is the same."""
    along_z, along_x = (
        spectrum(bilayer(2.0, ferromagnet(0.5, 0.5, j), 0.3, 0.5), (-1.0, 0.2), 0.02)
        for j in (3.0, (3.0, 0.0, 0.0))
    )
    for name, layer in along_z.layers.items():
        np.testing.assert_allclose(layer.mean, along_x.layers[name].mean, rtol=1e-9)


# Exchange fields in several directions


VALVE = reference("dos_noncollinear")


def tilted_valve(fields: Sequence[Sequence[float]]) -> Stack:
    p = VALVE["params"]
    left, right = (ferromagnet(p["rD"], p["ratio"], tuple(field)) for field in fields)
    return spin_valve(left, right, p["dF"], p["dS"], p["gF"])


def of_valve(fields: Sequence[Sequence[float]], energies: Sequence[float]) -> Spectrum:
    return spectrum(tilted_valve(fields), energies, VALVE["eta"], gap=VALVE["Delta"])


def ends(found: Spectrum, spin: str) -> np.ndarray:
    """N of a spin at the reference's points, both ends of all layers, by energy."""
    k = found.spins.index(spin)
    sides = (side for layer in found.layers.values() for side in (layer.left, layer.right))
    return np.stack([side[:, k] for side in sides], axis=1)


def test_reference_at_a_right_angle():
    found = of_valve((VALVE["Jvec_left"], VALVE["Jvec_right"]), VALVE["E"])
    assert found.spins == ("up_x", "down_x", "up_z", "down_z")
    density, vector = np.array(VALVE["N0"]), np.array(VALVE["N_vec_xyz"])
    for axis, name in ((0, "x"), (2, "z")):
        for sign, spin in ((1, "up"), (-1, "down")):
            expected = density + sign * vector[:, axis]
            np.testing.assert_allclose(
                ends(found, f"{spin}_{name}"), expected, rtol=0, atol=1e-5 * density.max()
            )


def test_a_rank_may_have_no_point():
    """Nor do its energies and spins get lost with it."""
    frame = SpinFrame(np.eye(3)[[0, 2]])
    assert spectra._by_spin(frame, [np.zeros((2, 0, 3))]).shape == (2, 0, 4)


def test_three_directions_that_are_nearly_one():
    """(θ, M) become θ_± of the collinear equation, at all energies and with both spins."""
    energies = np.linspace(-2.0, 2.0, 9)
    along = of_valve(((0.0, 0.0, 2.0), (0.0, 0.0, -2.0)), energies)
    nearly = of_valve(((0.0, 2e-7, 2.0), (2e-7, 0.0, -2.0)), energies)
    assert nearly.spins == ("up_x", "down_x", "up_y", "down_y", "up_z", "down_z")
    for spin in ("up", "down"):
        np.testing.assert_allclose(ends(nearly, f"{spin}_z"), ends(along, spin), atol=1e-5)
    np.testing.assert_allclose(ends(nearly, "up_x"), ends(nearly, "down_y"), atol=1e-5)


@pytest.mark.parametrize("eta", (0.1, 1e-3))
def test_an_energy_alone_is_the_same_as_among_others(eta):
    """The branch does not depend on the way: through the edges, or from large η at the place."""
    energies = np.linspace(0.0, 2.5, 51)
    together = spectrum(FIG1, energies, eta)
    for k in (3, 33, 36, 50):
        alone = spectrum(FIG1, energies[k : k + 1], eta)
        for name, layer in alone.layers.items():
            np.testing.assert_allclose(layer.mean[0], together.layers[name].mean[k], rtol=1e-6)


@pytest.mark.parametrize("interpolation_error", (None, 0.01))
def test_normal_state(interpolation_error):
    result = solved(
        FIG1,
        (0.0, 1.0),
        0.01,
        temperature=1.2,
        probes={"S": (1.0,)},
        interpolation_error=interpolation_error,
    )
    np.testing.assert_array_equal(result.spectra[0].energies, (0.0, 1.0))
    assert result.summary["state"] == "normal"
    for layer in result.spectra[0].layers.values():
        for values in (layer.mean, layer.left, layer.right, layer.probes):
            np.testing.assert_allclose(values, np.ones(values.shape), rtol=1e-14)


def test_nothing_else_changes():
    plain = run_case(
        UsadelCase(stack=FIG1, temperature=0.3, solver=SolverSettings(error_estimate=False))
    )
    more = solved(FIG1, (0.5,), 0.01, temperature=0.3)
    assert more.summary["layers"] == plain.summary["layers"]
    assert plain.spectra == () and "spectra" not in plain.summary
    for name, fields in plain.layers.items():
        for column, values in fields.values.items():
            np.testing.assert_array_equal(more.layers[name].values[column], values)


def test_a_spectrum_that_cannot_be_found_names_its_energy_and_costs_nothing_else(monkeypatch):
    """The first energy is found at a large η, and from there no step is."""
    monkeypatch.setattr(continuation, "LARGEST_SURPRISE", 0.0)
    with pytest.raises(NotConverged, match=r"from E = 0\.5 Tc, η = .* larger broadening") as caught:
        solved(ALONE, (0.5,), 0.01, gap=1.2)
    kept = caught.value.partial
    assert kept.summary["converged"] is False and kept.summary["note"] == str(caught.value)
    assert kept.layers["S"].values["delta"] == pytest.approx(1.2)


@pytest.mark.parametrize(
    ("energies", "broadening", "complaint"),
    (
        ((), 0.1, r"SpectrumSettings\.energies: expected at least one"),
        ((1.0, math.nan), 0.1, r"SpectrumSettings\.energies\[1\]: expected E in Tc, got nan"),
        ((1.0,), 0.0, r"SpectrumSettings\.broadening: expected η > 0 in Tc, got 0.0"),
        ((1.0,), math.inf, r"SpectrumSettings\.broadening: expected η > 0"),
    ),
)
def test_wrong_spectra(energies, broadening, complaint):
    with pytest.raises(InputError, match=complaint):
        SpectrumSettings(energies, broadening)
