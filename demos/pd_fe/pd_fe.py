# SPDX-License-Identifier: MIT
"""The Pd-Fe estimate of Bergeret, Volkov and Efetov, carried through.

The paper ends with numbers for an experiment: a Pd-Fe film with D_F/d_F² = 1000 K at d_F = 20 Å, an
exchange field between 90 and 250 K, and an interface of unknown resistance R_b, for which it
guesses a transmission coefficient

    T_tr ≈ (R_F/R_b)(d_F/ξ_F) = d_F/γ_F,        γ_F = R_b σ_F,

"from very small values to a value of the order 1". From Eq. 18 it expects the magnetization to drop
by 10 % and more. The case file beside this script holds these numbers in SI units, with niobium as
the superconductor. Here R_b and J are varied, Eq. 18 is drawn beside the full solution, and two
things are told apart: the moment of the Pd-Fe film itself, and that of the whole sample, to which
the moment that spreads over ξ_S in niobium belongs too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import typer
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from scipy.constants import Boltzmann
from scipy.integrate import trapezoid

import fem_sf as sf
from fem_sf.output import style
from fem_sf.usadel import closed_forms
from fem_sf.usadel.bulk import bulk_gap
from fem_sf.usadel.matsubara import frequency_sum

CASE = sf.load_case(Path(__file__).with_name("pd_fe.toml"))

EXCHANGES = (90.0, 150.0, 250.0)
"""J in K."""
RESISTANCES = np.logspace(-1.5, 1.5, 13)
FINE_RESISTANCES = np.logspace(-1.5, 1.5, 121)
"""R_b in fΩ m² for the full solution and for Eq. 18."""
CASE_RESISTANCE = 1.0
"""R_b of the case file in fΩ m²."""

# --- from kelvin and ohms to the case -------------------------------------------------------------


def stack(exchange: float, resistance: float) -> sf.Stack:
    """The stack of the case file with another J (K) and R_b (fΩ m²); γ is proportional to R_b."""
    niobium, film = CASE.stack.layers
    (interface,) = CASE.stack.interfaces
    ferromagnet = replace(film.material, exchange=exchange * Boltzmann / CASE.scales.energy)
    law = replace(interface.law, gamma=interface.law.gamma * resistance / CASE_RESISTANCE)
    return sf.Stack([niobium, replace(film, material=ferromagnet)], [replace(interface, law=law)])


@dataclass(frozen=True)
class Reduction:
    """How much smaller a moment gets, over the moment of the film above Tc.

    ``film`` is the Pd-Fe film alone, ``sample`` the film and niobium together.
    """

    film: float
    sample: float


def solve(exchange: float, resistance: float) -> Reduction:
    """From the full solution with the self-consistent gap."""
    quick = sf.SolverSettings(error_estimate=False)
    result = sf.run_case(replace(CASE, stack=stack(exchange, resistance), solver=quick))
    layers = result.summary["layers"]
    film = layers["PdFe"]["magnetization"]["mean"][2]
    total = result.summary["checks"]["total_magnetization"][2]
    return Reduction(-film, -total / CASE.stack.layer("PdFe").thickness)


def rigid(exchange: float, resistance: float) -> Reduction:
    """From Eq. 18: a film of uniform Green functions on niobium that keeps its bulk values."""
    bilayer = closed_forms.Bilayer.from_stack(stack(exchange, resistance))
    gap, rule = bulk_gap(CASE.temperature), frequency_sum(CASE.temperature)
    film = closed_forms.thin_moment_in_ferromagnet(bilayer, gap, rule)
    depth = np.linspace(0, 20, 2001)
    density = closed_forms.thin_moment_in_superconductor(bilayer, gap, rule, depth)
    return Reduction(-film, -film - trapezoid(density, depth) / bilayer.ferromagnet_thickness)


# --- the picture ---------------------------------------------------------------------------------

Reductions = dict[float, list[Reduction]]
COLOURS = dict(zip(EXCHANGES, (style.BLUE, style.VERMILLION, style.GREEN), strict=True))


def draw(full: Reductions, formula: Reductions) -> Figure:
    """The film on the left, the whole sample on the right, in per cent against R_b."""
    figure = Figure(figsize=(7.8, 4.4), layout="constrained")
    axes = figure.subplots(1, 2, sharey=True)
    titles = {"film": "moment of the Pd-Fe film", "sample": "moment of the whole sample"}
    for panel, (part, title) in zip(axes, titles.items(), strict=True):
        for exchange, colour in COLOURS.items():
            solved, rough = (
                [100 * getattr(each, part) for each in reductions[exchange]]
                for reductions in (full, formula)
            )
            panel.loglog(RESISTANCES, solved, "o-", color=colour, ms=3.5, lw=1.6)
            panel.loglog(FINE_RESISTANCES, rough, "--", color=colour, lw=1.2)
        panel.set_title(title, fontsize=10)
        decorate(panel)
    axes[0].set_ylabel("reduction below $T_{\\mathrm{c}}$ (%)")
    lines = [Line2D([], [], color=c, label=f"$J$ = {j:g} K") for j, c in COLOURS.items()]
    lines += [
        Line2D([], [], color=style.GREY, marker="o", ms=3.5, label="full, self-consistent"),
        Line2D([], [], color=style.GREY, ls="--", label="Eq. 18, rigid Nb"),
    ]
    figure.legend(handles=lines, loc="outside lower center", ncols=5, fontsize=8.5, frameon=False)
    return figure


def decorate(panel: Axes) -> None:
    """The 10 % line, labels, and T_tr along the upper edge."""
    panel.axhline(10, color=style.GREY, lw=0.8, ls=":")
    panel.text(0.9 * RESISTANCES[-1], 10.8, "10 %", color=style.GREY, fontsize=8.5, ha="right")
    panel.set_xlim(RESISTANCES[0], RESISTANCES[-1])
    panel.set_ylim(0.01, 150)
    panel.set_xlabel(r"$R_{\mathrm{b}}$ (f$\Omega\,$m$^2$)")
    upper = panel.twiny()
    upper.set_xscale("log")
    upper.set_xlim(transmission(RESISTANCES[0]), transmission(RESISTANCES[-1]))
    upper.set_xlabel(r"$T_{\mathrm{tr}} \approx d_F/\gamma_F$")


def transmission(resistance: float) -> float:
    """The paper's T_tr ≈ d_F/γ_F at a resistance in fΩ m²."""
    bilayer = closed_forms.Bilayer.from_stack(stack(EXCHANGES[0], resistance))
    return bilayer.ferromagnet_thickness / bilayer.gamma


# --- the number ----------------------------------------------------------------------------------


def opaque_ratio(exchange: float, resistance: float = 1e4) -> float:
    """Full solution over the linear theory at a nearly opaque interface, δM on the Nb side."""
    case = replace(CASE, stack=stack(exchange, resistance))
    full = sf.run_case(case).summary["layers"]["Nb"]["magnetization"]["right"][2]
    bilayer = closed_forms.Bilayer.from_stack(case.stack)
    gap, rule = bulk_gap(case.temperature), frequency_sum(case.temperature)
    linear = closed_forms.linear_moment_in_superconductor(bilayer, gap, rule, np.zeros(1))
    return full / float(linear[0])


def main(out: Path = Path("results/pd_fe")) -> dict[str, float]:
    """Solve all exchange fields and resistances, draw them, and judge the 10 %."""
    full = {j: [solve(j, r) for r in RESISTANCES] for j in EXCHANGES}
    formula = {j: [rigid(j, r) for r in FINE_RESISTANCES] for j in EXCHANGES}
    largest = {}
    print("largest reduction at any R_b     film: full   Eq. 18   sample: full   Eq. 18")
    for exchange in EXCHANGES:
        row = [
            max(getattr(each, part) for each in reductions[exchange])
            for part in ("film", "sample")
            for reductions in (full, formula)
        ]
        largest[exchange] = row
        print("J = {:3.0f} K {:33.2%} {:8.2%} {:14.1%} {:8.1%}".format(exchange, *row))
    bilayer = closed_forms.Bilayer.from_stack(CASE.stack)
    pull = closed_forms.rigidity(bilayer, bulk_gap(CASE.temperature))
    ratio = opaque_ratio(EXCHANGES[1])
    print(f"\nξ0 = {CASE.scales.length * 1e9:.1f} nm, T_tr = {transmission(1.0):.2g} at 1 fΩ m²")
    print(f"(ν_F/ν_S) J d_F = {pull:.1f} √(D_S Δ)/2 at J = 150 K; Eq. 18 wants it ≪ 1")
    print(f"R_b = 1e4 fΩ m²: full solution/linear theory = {ratio:.4f}")

    out.mkdir(parents=True, exist_ok=True)
    draw(full, formula).savefig(out / "figure.png", dpi=140)
    print(f"picture: {out / 'figure.png'}")

    assert abs(ratio - 1) < 0.01
    assert all(row[0] < 0.02 for row in largest.values())
    assert largest[90.0][1] > 0.1
    return {"film": largest[90.0][0], "sample": largest[90.0][2], "opaque_ratio": ratio}


if __name__ == "__main__":
    typer.run(main)
