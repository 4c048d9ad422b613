# SPDX-License-Identifier: MIT
"""A superconducting spin valve: F/S/F with parallel (P) and antiparallel (AP) exchange fields.

Each ferromagnet leaves a moment opposite to its own in the superconductor. In P the two add up; in
AP the structure turns into itself under a reflection and a spin flip, so that δM(x) is odd about
the middle and the total moment vanishes at every temperature. The exchange fields that a Cooper
pair sees on its two ends cancel better in AP. Hence

    F_AP < F_P   and   Tc_AP > Tc_P:

the layers prefer to be antiparallel, the "strong interaction between the ferromagnetic layers in
F/S/F structures" of Bergeret, Volkov and Efetov's abstract, and between the two critical
temperatures the resistance is switched by turning one magnetization.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import typer
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import fem_sf as sf
from fem_sf.output import style

PARALLEL = sf.load_case(Path(__file__).with_name("parallel.toml"))

# What has to come out at T = 0.1 Tc: free energy in ν_S Tc² ξ0 (relative to the normal state), ∫δM
# over S and over the left F in M_F0 ξ0; and the two critical temperatures. From
# tests/reference/usadel/fsf_collinear.json, numbers of an independent multidomain Chebyshev
# collocation solver, good to 1e-10.
EXPECTED = {
    "P": (-0.9743209348, -0.1316241212, -0.0139172266),
    "AP": (-1.0994568087, 0.0, -0.0130519894),
}
CRITICAL = {"P": 0.6792585651, "AP": 0.6858133887}

COLD, BETWEEN = 0.1, 0.6825
NEAR = (0.66, 0.665, 0.67, 0.674, 0.678, BETWEEN, 0.685, 0.69)
APART = (0.02, COLD, 0.2, 0.3, 0.4, 0.5, 0.58, NEAR[0], NEAR[-1])
TEMPERATURES = sorted({*APART, *NEAR})

# --- the two configurations ----------------------------------------------------------------------


def antiparallel(case: sf.UsadelCase) -> sf.UsadelCase:
    """The case with the exchange field of the right layer reversed."""
    *others, right = case.stack.layers
    flipped = replace(right, material=replace(right.material, exchange=-right.material.exchange))
    return replace(case, stack=sf.Stack([*others, flipped], case.stack.interfaces))


CASES = {"P": PARALLEL, "AP": antiparallel(PARALLEL)}


def solve(configuration: str, temperature: float) -> sf.UsadelResult:
    """One configuration at one temperature."""
    quick = sf.SolverSettings(error_estimate=False)
    return sf.run_case(replace(CASES[configuration], temperature=temperature, solver=quick))


def mean_gap(result: sf.UsadelResult) -> float:
    """Δ averaged over S."""
    return result.summary["layers"]["S"]["gap"]["mean"]


def numbers(result: sf.UsadelResult) -> tuple[float, float, float]:
    """Free energy, ∫δM over S and over the left ferromagnet."""
    layers = result.summary["layers"]
    moments = (layers[name]["magnetization"]["integral"][2] for name in ("S", "left"))
    return result.summary["free_energy"], *moments


# --- the picture ---------------------------------------------------------------------------------

COLOURS = {"P": style.VERMILLION, "AP": style.BLUE}
MARKERS = {"P": "s", "AP": "o"}
NAMES = {"P": "parallel (P)", "AP": "antiparallel (AP)"}


def draw(results: dict[str, dict[float, sf.UsadelResult]]) -> Figure:
    """Profiles of δM at T = 0.1 Tc; free energies against T; the gap near the transitions."""
    figure = Figure(figsize=(7.8, 4.6), layout="constrained")
    grid = figure.add_gridspec(2, 2, width_ratios=(1.2, 1))
    places = (grid[:, 0], grid[0, 1], grid[1, 1])
    moment, energy, gap = (figure.add_subplot(place) for place in places)
    shade_layers(moment)
    for configuration, by_temperature in results.items():
        line = {"color": COLOURS[configuration], "lw": 1.6}
        points = {"marker": MARKERS[configuration], "ms": 4}
        draw_moment(moment, by_temperature[COLD], label=NAMES[configuration], **line)
        energies = [by_temperature[t].summary["free_energy"] for t in APART]
        energy.plot(APART, energies, **line, **points)
        squares = [mean_gap(result) ** 2 for result in by_temperature.values()]
        gap.plot(by_temperature.keys(), squares, **line, **points)
        gap.axvline(CRITICAL[configuration], color=COLOURS[configuration], lw=0.8, ls=":")
    moment.legend(fontsize=9, title=rf"$T = {COLD}\,T_\mathrm{{c}}$", loc="upper center")
    energy.set_ylabel(r"$(F_\mathrm{s} - F_\mathrm{n})\,/\,\nu_S T_\mathrm{c}^2 \xi_0$")
    energy.set_xlabel(r"$T\,/\,T_{\mathrm{c}}$")
    gap.set_ylabel(r"$\langle\Delta\rangle^2\,/\,(k_{\mathrm{B}}T_{\mathrm{c}})^2$")
    gap.set_xlabel(r"$T\,/\,T_{\mathrm{c}}$   (dotted: $T_{\mathrm{c,P}}$, $T_{\mathrm{c,AP}}$)")
    gap.set_xlim(0.658, 0.692)
    gap.set_ylim(-0.01, 0.22)
    for panel in (energy, gap):
        panel.axhline(0, color=style.GREY, lw=0.5)
    return figure


def shade_layers(panel: Axes) -> None:
    """The stack as shades, one for each kind of material."""
    left = 0.0
    for layer in PARALLEL.stack.layers:
        shade = style.SHADES[layer.material.kind]
        panel.axvspan(left, left + layer.thickness, color=shade, alpha=0.2, lw=0)
        left += layer.thickness
    panel.set_xlim(0, left)
    panel.axhline(0, color=style.GREY, lw=0.5)
    panel.set_xlabel(style.POSITION)
    panel.set_ylabel(r"$\delta M\,/\,M_{\mathrm{F}0}$")


def draw_moment(panel: Axes, result: sf.UsadelResult, label: str, **line: Any) -> None:
    """δM of all layers, with jumps at the interfaces."""
    for fields in result.layers.values():
        panel.plot(fields.points[:, 0], fields.values["dM_z"], label=label, **line)
        label = "_same"


# --- the number ----------------------------------------------------------------------------------


def main(out: Path = Path("results/spin_valve")) -> dict[str, float]:
    """Solve both configurations, draw them, compare them with the reference."""
    results = {each: {t: solve(each, t) for t in TEMPERATURES} for each in CASES}
    cold = {each: results[each][COLD] for each in CASES}
    worst = 0.0
    print("T = 0.1 Tc   free energy    ∫δM over S     over the left F   over all")
    for each, result in cold.items():
        values = numbers(result)
        total = result.summary["checks"]["total_magnetization"][2]
        print("{:11}  {:.8f}  {:+.8f}   {:+.8f}     {:+.1e}".format(each, *values, total))
        worst = max(worst, float(np.abs(np.subtract(values, EXPECTED[each])).max()))
    states = {each: results[each][BETWEEN].summary["state"] for each in CASES}
    print(f"\nthe numbers agree with the reference to {worst:.0e}")
    print(f"T = {BETWEEN} Tc: P is {states['P']}, AP is {states['AP']}")

    out.mkdir(parents=True, exist_ok=True)
    draw(results).savefig(out / "figure.png", dpi=140)
    print(f"picture: {out / 'figure.png'}")

    total = cold["AP"].summary["checks"]["total_magnetization"][2]
    gain = cold["P"].summary["free_energy"] - cold["AP"].summary["free_energy"]
    assert worst < 1e-8
    assert abs(total) < 1e-10
    assert gain > 0
    assert states == {"P": "normal", "AP": "superconducting"}
    return {"gain": gain, "total": total, "worst": worst}


if __name__ == "__main__":
    typer.run(main)
