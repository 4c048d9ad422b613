# SPDX-License-Identifier: MIT
"""The minigap of a thin layer on a superconductor, and its splitting by an exchange field.

Electrons in a thin N on S take the time ħ/ε_b, ε_b = D_N/(2 γ_N d_N), to get through the contact,
and N has no states below a minigap that is smaller than Δ where ε_b is. With an S that N does not
disturb, Eq. 18 of Bergeret, Volkov and Efetov at real energies gives

    E_g = ε_b √((Δ − E_g)/(Δ + E_g)).

In F the edges of the two spins are at E ± J = ε_b √((Δ − E)/(Δ + E)), that is at E_g ∓ J where
ε_b ≪ Δ, until at J = ε_b the minigap has closed.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import typer
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy.optimize import brentq

import fem_sf as sf
from fem_sf.output import style
from fem_sf.settings import SpectrumSettings
from fem_sf.usadel.bulk import bulk_gap

CASE = sf.load_case(Path(__file__).with_name("minigap.toml"))
DELTA = bulk_gap(CASE.temperature)

REFERENCE = Path(__file__).parents[2] / "tests" / "reference" / "usadel" / "dos.json"
"""N by spin of four bilayers from an independent multidomain Chebyshev collocation solver."""
PLACES = {
    "S_far": ("S", "left"),
    "S_if": ("S", "right"),
    "F_if": ("F", "left"),
    "F_vac": ("F", "right"),
}
"""Its words for the ends of the layers."""

CONTACTS = np.geomspace(0.05, 20.0, 6)
"""ε_b in Tc."""
SHARP = 1e-3
"""Broadening over ε_b or Δ, whatever is smaller, at which edges are read off first."""
RIGID = 1e-4
"""ν_N/ν_S with which N does not disturb S."""

# --- stacks and spectra --------------------------------------------------------------------------


def formula(contact: float, exchange: float = 0.0) -> float:
    """Edge in Tc of spin up, for a rigid S, by ε_b and J; that of spin down has −J."""
    return brentq(lambda e: e + exchange - contact * np.sqrt((DELTA - e) / (DELTA + e)), 0.0, DELTA)


def bilayer(exchange: float, d_s: float, d_f: float, gamma: float, density: float) -> sf.Stack:
    """S|F with D_F = D_S."""
    return sf.Stack(
        [
            sf.Layer("S", sf.Superconductor(), d_s),
            sf.Layer("F", sf.Ferromagnet(density_of_states=density, exchange=exchange), d_f),
        ],
        [sf.Interface("S", "F", sf.KupriyanovLukichev(gamma, "F"))],
    )


def solve(stack: sf.Stack, spectrum: SpectrumSettings) -> sf.UsadelResult:
    """The spectrum of a stack at the temperature and gap of the case."""
    exact = sf.SolverSettings(error_estimate=False, tolerance=1e-11)
    case = replace(CASE, stack=stack, reference=None, spectra=(spectrum,), solver=exact)
    return sf.run_case(case)


def thin(contact: float, exchange: float = 0.0) -> sf.Stack:
    """A layer of 0.01 ξ0 with a given ε_b on an S that it leaves alone."""
    d_f = 0.01
    return bilayer(exchange, 1.0, d_f, 1 / (contact * d_f), RIGID)


def contact_of(stack: sf.Stack) -> float:
    """ε_b of a stack."""
    f = stack.layer("F")
    (interface,) = stack.interfaces
    return f.material.diffusivity / (interface.law.gamma * f.thickness)


def edge(stack: sf.Stack, spin: int, low: float, high: float) -> float:
    """The energy from which N of a spin rises, between two, for η → 0: off as η^(2/3)."""
    scale = min(contact_of(stack), DELTA)
    blurred, sharp = (rise(stack, spin, low, high, eta * scale) for eta in (SHARP, SHARP / 8))
    return sharp + (sharp - blurred) / 3


def rise(stack: sf.Stack, spin: int, low: float, high: float, broadening: float) -> float:
    """The energy at which N of a spin is 1/2."""
    spectrum = SpectrumSettings((low, high), broadening, interpolation_error=0.05)
    (found,) = solve(stack, spectrum).spectra
    density = found.layers["F"].mean[:, spin]
    above = int(np.argmax(density > 0.5))
    ends = slice(above - 1, above + 1)
    return float(np.interp(0.5, density[ends], found.energies[ends]))


def around(energy: float) -> tuple[float, float]:
    """Two energies with one between that is expected to be an edge."""
    return 0.9 * energy, 1.02 * energy


def off_reference() -> float:
    """Largest deviation from the collocation solver, over the largest N of each place."""
    worst = 0.0
    for row in json.loads(REFERENCE.read_text()):
        density = row["ratio"] / row["rD"]
        stack = bilayer(row["J"], row["dS"], row["dF"], row["gammaF"], density)
        result = solve(stack, SpectrumSettings(tuple(row["E"]), row["eta"]))
        for place, (layer, side) in PLACES.items():
            expected = np.array(row["N_up"][place])
            found = getattr(result.spectra[0].layers[layer], side)[:, 0]
            worst = max(worst, float(np.abs(found - expected).max() / expected.max()))
    return worst


# --- the picture ---------------------------------------------------------------------------------

COLOURS = {"up": style.VERMILLION, "down": style.BLUE, "N": style.BLACK}


def draw(case: sf.UsadelResult, edges: np.ndarray) -> Figure:
    """Densities of states of the thin F and of S on the left, E_g against ε_b on the right."""
    figure = Figure(figsize=(8.2, 4.2), layout="constrained")
    density, minigap = figure.subplots(1, 2, width_ratios=(1.3, 1))
    draw_densities(density, case)
    fine = np.geomspace(CONTACTS[0] / 1.5, CONTACTS[-1] * 1.5, 200)
    minigap.loglog(
        fine, [formula(each) for each in fine], color=style.GREY, label="rigid S, Eq. 18"
    )
    minigap.loglog(CONTACTS, edges, "o", color=style.BLACK, ms=5, label="fem_sf")
    minigap.axhline(DELTA, color=style.SKY, lw=1, ls="--")
    minigap.text(fine[0] * 1.1, 1.04 * DELTA, r"$\Delta$", color=style.SKY, va="bottom")
    minigap.set_ylim(None, 2.4)
    minigap.set_xlabel(r"$\epsilon_{\mathrm{b}}\,/\,k_{\mathrm{B}}T_{\mathrm{c}}$")
    minigap.set_ylabel(r"minigap $E_{\mathrm{g}}\,/\,k_{\mathrm{B}}T_{\mathrm{c}}$")
    minigap.legend(loc="lower right", frameon=False, fontsize=9)
    return figure


def draw_densities(panel: Axes, case: sf.UsadelResult) -> None:
    """Both spins in F and S at its far end, with the edges that the formula gives."""
    (found,) = case.spectra
    contact, exchange = contact_of(CASE.stack), CASE.stack.layer("F").material.exchange
    panel.plot(found.energies, found.layers["S"].left[:, 0], color=style.SKY, lw=1.2, label="S")
    for k, (spin, arrow) in enumerate((("up", r"\uparrow"), ("down", r"\downarrow"))):
        values = found.layers["F"].mean[:, k]
        panel.plot(found.energies, values, color=COLOURS[spin], lw=1.4, label=f"F, ${arrow}$")
        edges = formula(contact, exchange), -formula(contact, -exchange)
        for each in edges:
            panel.axvline(each if k == 0 else -each, color=COLOURS[spin], lw=0.8, ls=":")
    panel.set_ylim(0, 5)
    panel.set_xlim(-2.5, 2.5)
    panel.set_xlabel(r"$E\,/\,k_{\mathrm{B}}T_{\mathrm{c}}$   (dotted: edges by the formula)")
    panel.set_ylabel(r"$N\,/\,N_{\mathrm{n}}$")
    panel.legend(fontsize=9, loc=(0.66, 0.7), frameon=False)


# --- the number ----------------------------------------------------------------------------------


def main(out: Path = Path("results/minigap")) -> dict[str, float]:
    """Hold spectra against the reference and edges against the formula, and draw them."""
    worst = off_reference()
    print(f"N of four bilayers agrees with the reference to {worst:.0e} of its largest value")
    edges = np.array([edge(thin(each), 0, *around(formula(each))) for each in CONTACTS])
    exact = np.array([formula(each) for each in CONTACTS])
    print("\nε_b       E_g       formula")
    for row in zip(CONTACTS, edges, exact, strict=True):
        print("{:7.3f}  {:8.5f}  {:8.5f}".format(*row))
    contact, exchange = CONTACTS[0], 0.02
    expected = [formula(contact, sign * exchange) for sign in (1, -1)]
    split = [edge(thin(contact, exchange), k, *around(each)) for k, each in enumerate(expected)]
    print(f"\nJ = {exchange} Tc, ε_b = {contact:g} Tc: edges {split[0]:.5f} and {split[1]:.5f},")
    print(f"by the formula {expected[0]:.5f} and {expected[1]:.5f}")
    case = sf.run_case(CASE)

    out.mkdir(parents=True, exist_ok=True)
    draw(case, edges).savefig(out / "figure.png", dpi=140)
    print(f"picture: {out / 'figure.png'}")

    off = float(np.abs(edges / exact - 1).max())
    split_off = float(np.abs(np.subtract(split, expected)).max()) / exchange
    assert worst < 1e-5
    assert off < 1e-3
    assert split_off < 1e-3
    return {"worst": worst, "off": off, "split_off": split_off}


if __name__ == "__main__":
    typer.run(main)
