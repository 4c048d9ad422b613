# SPDX-License-Identifier: MIT
"""Fig. 1 of Bergeret, Volkov and Efetov: how far does its linear theory hold?

A superconductor S fills -d_S < x < 0, a ferromagnet F 0 < x < d_F; between them is a barrier with
γ_F = R_b σ_F. Below Tc the pairs that reach into F leave a moment opposite to J behind in S,

    δM(x)/M_F0 = (ν(x)/ν_F) (2πT/J) Σ_{ω>0} Im g_+(x, ω),        M_F0 = 2ν_F J        (Eq. 2)

The paper draws Fig. 1 from the linear solution, θ_F(0) = s/(γ_F κ_+) with s = Δ/√(ω² + Δ²), which
takes θ_F for small: ξ_F/γ_F ≪ 1 with ξ_F = √(D_F/J). Here the full Usadel equation is solved beside
it, with the uniform bulk gap that the paper assumes and with the gap that the equation asks for.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import typer
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import fem_sf as sf
from fem_sf.output import style
from fem_sf.usadel import closed_forms
from fem_sf.usadel.bulk import bulk_gap
from fem_sf.usadel.matsubara import frequency_sum

CASE = sf.load_case(Path(__file__).with_name("fig1.toml"))

TEMPERATURES = (0.1, 0.5)
GAPS = ("bulk", "self-consistent")

# What has to come out: ∫δM over S and over F in units of M_F0 ξ0, by gap and T/Tc. From
# tests/reference/usadel/fig1.json (convention A), numbers of an independent multidomain Chebyshev
# collocation solver, good to 1e-10.
EXPECTED = {
    ("bulk", 0.1): (-0.012104422133, -0.001111881989),
    ("bulk", 0.5): (-0.008941185829, -0.000905409242),
    ("self-consistent", 0.1): (-0.008171133938, -0.000458062334),
    ("self-consistent", 0.5): (-0.004012260951, -0.000260056665),
}

# --- the full solution ---------------------------------------------------------------------------
# One case file describes the structure; what varies is replaced.


def solve(gap: str, temperature: float) -> sf.UsadelResult:
    """The structure of the case file with another gap or temperature."""
    return sf.run_case(replace(CASE, gap=gap, temperature=temperature))


def integrals(result: sf.UsadelResult) -> tuple[float, float]:
    """∫δM over S and over F."""
    layers = result.summary["layers"]
    return tuple(layers[name]["magnetization"]["integral"][2] for name in ("S", "F"))


def surface_moment(result: sf.UsadelResult) -> float:
    """δM_S on the S side of the interface, at its right end."""
    return result.summary["layers"]["S"]["magnetization"]["right"][2]


# --- the linear theory ---------------------------------------------------------------------------
# Eqs. 9-17 with a plus in Eq. 16, as Eq. 11 gives it and the sign of Fig. 1 needs it.


def linear_theory(temperature: float, x: np.ndarray) -> np.ndarray:
    """δM(x)/M_F0 of the linear theory for F of finite thickness; x = 0 is the interface."""
    bilayer = closed_forms.Bilayer.from_stack(CASE.stack)
    rule, gap = frequency_sum(temperature), bulk_gap(temperature)
    if x[0] < 0:
        return closed_forms.linear_moment_in_superconductor(bilayer, gap, rule, -x)
    return closed_forms.linear_moment_in_ferromagnet(bilayer, gap, rule, x)


# --- the picture ---------------------------------------------------------------------------------

COLOURS = dict(zip(TEMPERATURES, (style.BLUE, style.VERMILLION), strict=True))
DASHES = {"bulk": "--", "self-consistent": "-"}
REACH = 4.0
POSITIONS = (np.linspace(-REACH, -1e-9, 200), np.linspace(0, 1, 200))


def draw(results: dict[tuple[str, float], sf.UsadelResult]) -> Figure:
    """Full solutions in the upper row, the linear theory on its own scale below."""
    figure = Figure(figsize=(7.5, 5.4), layout="constrained")
    axes = figure.subplots(2, 2, sharex="col", sharey="row", width_ratios=(1.6, 1))
    for (gap, temperature), result in results.items():
        label = rf"$T = {temperature}\,T_\mathrm{{c}}$, {gap} $\Delta$"
        draw_profile(axes[0], result, color=COLOURS[temperature], ls=DASHES[gap], label=label)
        if gap == "bulk":
            draw_profile(axes[1], result, color=COLOURS[temperature], ls=DASHES[gap])
    for temperature, colour in COLOURS.items():
        for panel, x in zip(axes[1], POSITIONS, strict=True):
            label = rf"$T = {temperature}\,T_\mathrm{{c}}$"
            panel.plot(x, linear_theory(temperature, x), ":", color=colour, lw=2, label=label)
    decorate(axes)
    return figure


def draw_profile(row: np.ndarray, result: sf.UsadelResult, **line: str) -> None:
    """δM in S and in F beside each other, with x = 0 at the interface."""
    interface = CASE.stack.layer("S").thickness
    for panel, fields in zip(row, result.layers.values(), strict=True):
        panel.plot(fields.points[:, 0] - interface, fields.values["dM_z"], lw=1.6, **line)


def decorate(axes: np.ndarray) -> None:
    """Shades of the two materials, limits, labels."""
    for column, (name, limits) in enumerate({"S": (-REACH, 0), "F": (0, 1)}.items()):
        shade = style.SHADES[CASE.stack.layer(name).material.kind]
        for panel in axes[:, column]:
            panel.set_facecolor((shade, 0.13))
            panel.axhline(0, color=style.GREY, lw=0.5)
            panel.set_xlim(limits)
        axes[0, column].set_title(name)
        axes[1, column].set_xlabel(style.POSITION)
    axes[1, 0].set_xticks(np.arange(-REACH, 0))
    for panel in axes[:, 0]:
        panel.set_ylabel(r"$\delta M\,/\,M_{\mathrm{F}0}$")
    title_legend(axes[0, 0], "full Usadel equation")
    title_legend(axes[1, 0], "linear theory (dashed: full, as above)")


def title_legend(panel: Axes, title: str) -> None:
    """A legend that says what the row shows."""
    panel.legend(fontsize=8.5, title=title, title_fontsize=9, loc="lower left", alignment="left")


# --- the number ----------------------------------------------------------------------------------


def main(out: Path = Path("results/inverse_proximity")) -> dict[str, float]:
    """Solve the four cases, draw them, and hold the integrals against the reference."""
    results = {(gap, t): solve(gap, t) for t in TEMPERATURES for gap in GAPS}
    opacity = closed_forms.opacity(closed_forms.Bilayer.from_stack(CASE.stack))
    print(f"ξ_F/γ_F = {opacity:.2f}; the linear theory wants it ≪ 1\n")
    print("gap              T/Tc   ∫δM over S     ∫δM over F     δM_S(0)    linear theory")
    worst = 0.0
    for (gap, temperature), result in results.items():
        values = integrals(result)
        linear = linear_theory(temperature, np.array([-1e-12]))[0]
        print(f"{gap:15}  {temperature:4.1f}  {values[0]:+.6e}  {values[1]:+.6e}", end="")
        print(f"  {surface_moment(result):+.6f}  {linear:+.6f}")
        error = np.abs(np.divide(values, EXPECTED[gap, temperature]) - 1).max()
        worst = max(worst, float(error))
    cold = surface_moment(results["bulk", 0.1])
    overestimate = float(linear_theory(0.1, np.array([-1e-12]))[0]) / cold
    print(f"\n∫δM agree with the reference to {worst:.0e}")
    print(f"at T = 0.1 Tc the linear theory overestimates δM_S(0) {overestimate:.1f} times")

    out.mkdir(parents=True, exist_ok=True)
    draw(results).savefig(out / "figure.png", dpi=140)
    print(f"picture: {out / 'figure.png'}")

    assert worst < 1e-7
    assert overestimate > 20
    return {"opacity": opacity, "worst": worst, "overestimate": overestimate}


if __name__ == "__main__":
    typer.run(main)
