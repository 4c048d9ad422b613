# SPDX-License-Identifier: MIT
"""Triplet pairs that reach far into a ferromagnet: S|F'|F with the exchange field of F' turned.

Pairs of opposite spins, singlets and triplets along J, lose their phase within ξ_F = √(D_F/J). A
thin layer F' with another direction makes triplets across the J of F, whose spins are equal along
J: to them F is a normal metal. Far from F' both are small, and the Usadel equation of F is linear,

    (D_F/2) f'' = (ω − iJ) f          for f_s + i f_t along J,
    (D_F/2) f_t'' = ω f_t             across J,

so that at the lowest frequency, ω = πT, they decay over 1/Re √(2(ω − iJ)/D_F), somewhat less than
ξ_F, and over √(D_F/2ω).
"""

from __future__ import annotations

import cmath
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import typer
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

import fem_sf as sf
from fem_sf.output import style

CASE = sf.load_case(Path(__file__).with_name("long_range_triplet.toml"))
FERROMAGNET = CASE.stack.layer("F").material
OMEGA = math.pi * CASE.temperature

# ∫δM over F' and F along x and z in units of 2νJ of F times ξ0, from
# tests/reference/usadel/noncollinear.json ("S|F'|F long-range triplet"), numbers of an independent
# multidomain Chebyshev collocation solver, good to 4e-11.
EXPECTED = {
    "F'": (-0.002199709097, -0.000510523590),
    "F": (-0.000510523590, -0.000248748007),
}

THICK = 9.0
"""Of a ferromagnet whose end is not felt where lengths are read off, in ξ0."""
ANGLES = (0.0, 15.0, 30.0, 45.0, 60.0, 75.0, 90.0, 105.0, 120.0, 135.0, 150.0, 165.0, 180.0)
FAR = 3.0
"""Where in F the long-range triplet is compared between angles, in ξ0."""


def solve(thickness: float, angle: float) -> sf.UsadelResult:
    """The case with another thickness of F and another angle of F'."""
    layers = [
        replace(layer, thickness=thickness if layer.name == "F" else layer.thickness)
        if layer.name != "F'"
        else replace(layer, material=replace(layer.material, angle=angle))
        for layer in CASE.stack.layers
    ]
    stack = sf.Stack(layers, CASE.stack.interfaces)
    output = sf.OutputSettings(probes={"F": (FAR,)})
    quick = sf.SolverSettings(error_estimate=False, tolerance=1e-12)
    return sf.run_case(replace(CASE, stack=stack, output=output, solver=quick))


def amplitudes(result: sf.UsadelResult) -> tuple[NDArray, NDArray, NDArray]:
    """Depth in F, what dies within ξ_F (with its phase), and the long-range triplet."""
    layer = result.layers["F"]
    x = layer.points[:, 0] - layer.points[0, 0]
    short = layer.values["singlet"] + 1j * layer.values["triplet_short_range"]
    return x, short, layer.values["triplet_long_range"]


def decay_length(x: NDArray, amplitude: NDArray, window: tuple[float, float]) -> float:
    """Of a straight line through the logarithm of an amplitude within a window."""
    inside = (x >= window[0]) & (x <= window[1])
    return -1 / np.polyfit(x[inside], np.log(np.abs(amplitude[inside])), 1)[0]


def expected_lengths() -> tuple[float, float]:
    """Of what is along J, 1/Re √(2(ω − iJ)/D_F), and across it, √(D_F/2ω); D_S = 2 in ξ0² Tc."""
    a = FERROMAGNET.diffusivity
    short = 1 / cmath.sqrt((OMEGA - 1j * FERROMAGNET.exchange) / a).real
    return short, math.sqrt(a / OMEGA)


# --- the picture ---------------------------------------------------------------------------------


def draw(thick: sf.UsadelResult, by_angle: dict[float, float]) -> Figure:
    """Amplitudes against the depth in F, with the two lengths; at one depth against the angle."""
    figure = Figure(figsize=(7.8, 3.6), layout="constrained")
    depth, turn = figure.subplots(1, 2, width_ratios=(1.4, 1))
    draw_depth(depth, thick)
    angles = np.linspace(0, 180, 181)
    turn.plot(angles, by_angle[90.0] * np.sin(np.radians(angles)), color=style.GREY, lw=1)
    turn.plot(by_angle.keys(), by_angle.values(), "o", color=style.VERMILLION, ms=4)
    turn.set_xlabel("angle of F' (degrees)")
    turn.set_ylabel(f"long-range triplet at {FAR:g} $\\xi_0$ in F")
    turn.set_xlim(0, 180)
    turn.set_xticks((0, 45, 90, 135, 180))
    turn.set_ylim(0, 1.15 * max(by_angle.values()))
    turn.text(0.5, 0.1, r"line: $\propto\sin\alpha$", transform=turn.transAxes, ha="center")
    return figure


def draw_depth(panel: Axes, thick: sf.UsadelResult) -> None:
    """Both kinds of amplitude on a logarithmic scale."""
    x, short, long = amplitudes(thick)
    shown = x <= 6
    for amplitude, colour, label, length, at in (
        (short, style.BLUE, "singlet and triplet along $J$", expected_lengths()[0], 1.5),
        (long, style.VERMILLION, "triplet across $J$", expected_lengths()[1], 3.0),
    ):
        panel.semilogy(x[shown], np.abs(amplitude[shown]), color=colour, lw=1.8, label=label)
        start = np.interp(at, x, np.log(np.abs(amplitude)))
        line = np.exp(start - (x[shown] - at) / length)
        panel.semilogy(x[shown], line, color=style.BLACK, lw=1.1, ls="--")
    panel.set_xlim(0, 6)
    panel.set_ylim(1e-7, 2)
    panel.set_xlabel(r"depth in F $/\,\xi_0$")
    panel.set_ylabel(r"amplitude at $\omega = \pi T$")
    panel.legend(fontsize=9, title="dashed: lengths of the linear theory", title_fontsize=9)


# --- the numbers ---------------------------------------------------------------------------------


def main(out: Path = Path("results/long_range_triplet")) -> dict[str, float]:
    """Compare with the reference, read off both lengths, turn F'."""
    layers = solve(1.5, 90.0).summary["layers"]
    worst = 0.0
    for name, expected in EXPECTED.items():
        integral = np.array(layers[name]["magnetization"]["integral"])[[0, 2]]
        print(f"∫δM over {name:2}: {integral[0]:+.10f} along x, {integral[1]:+.10f} along z")
        worst = max(worst, float(np.abs(integral - expected).max()))
    print(f"which the reference has to {worst:.0e}\n")

    thick = solve(THICK, 90.0)
    x, short, long = amplitudes(thick)
    found = decay_length(x, short, (1.5, 3.5)), decay_length(x, long, (3.0, 5.5))
    expected_short, expected_long = expected_lengths()
    exchange_length = math.sqrt(2 * FERROMAGNET.diffusivity / FERROMAGNET.exchange)
    print(f"ξ_F = {exchange_length:.3f} ξ0; lengths of decay, and those of the linear theory:")
    print(f"along J  {found[0]:.5f} ξ0, {expected_short:.5f}")
    print(f"across J {found[1]:.5f} ξ0, {expected_long:.5f}\n")

    by_angle = {}
    for angle in ANGLES:
        probe = solve(THICK, angle).probes["F"]
        by_angle[angle] = float(probe.values["triplet_long_range"][0])
        print(f"F' at {angle:3.0f}°: {by_angle[angle]:.6f} at {FAR:g} ξ0 in F")

    out.mkdir(parents=True, exist_ok=True)
    draw(thick, by_angle).savefig(out / "figure.png", dpi=140)
    print(f"picture: {out / 'figure.png'}")

    errors = abs(found[0] / expected_short - 1), abs(found[1] / expected_long - 1)
    assert worst < 1e-9
    assert max(errors) < 1e-3
    assert by_angle[0.0] < 1e-12 > by_angle[180.0]
    return {
        "worst": worst,
        "short": found[0],
        "long": found[1],
        "short_error": errors[0],
        "long_error": errors[1],
        "largest": max(by_angle, key=by_angle.__getitem__),
    }


if __name__ == "__main__":
    typer.run(main)
