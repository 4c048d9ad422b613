# SPDX-License-Identifier: MIT
"""A Josephson junction through a ferromagnet: from 0 to π.

Pairs that enter a ferromagnet gain a momentum, and their amplitude oscillates. Where it arrives
with the opposite sign, the ground state has a phase of π between the superconductors: the critical
current changes its sign with the thickness d_F of the ferromagnet (Buzdin), and F(0) and F(π)
change places. At weak pairing in F everything is linear,

    I = I_c sin φ,    I_c = 2πT Σ Re σk s²/[(γ²k² + c²) sinh kd + 2γkc cosh kd],

with k² = (ω − iJ)/a. Where that vanishes, something is left in the full equations: the second
harmonic, sin 2φ.

The current and the free energy come from different integrals, and are tied by j = ½ dF/dφ.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import typer
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy.optimize import brentq

import fem_sf as sf
from fem_sf.output import style
from fem_sf.usadel.bulk import bulk_gap
from fem_sf.usadel.josephson import weak_ferromagnet_current

CASE = sf.load_case(Path(__file__).with_name("sfs.toml"))
JOINT = "left|F"
GAMMA = CASE.stack.interface("left", "F").law.gamma

CROSSING = 0.2936
"""Thickness at which I(π/2) vanishes."""

SHOWN = (0.18, CROSSING, 0.4)
OTHERS = (0.06, 0.12, 0.22, 0.26, 0.32, 0.35, 0.46, 0.52)
NODES, WEIGHTS = np.polynomial.legendre.leggauss(8)
BETWEEN = tuple((math.pi / 2 * (1 + NODES)).tolist())
"""Nodes of Gauss' rule between 0 and π."""

PHASES = (0.0, *BETWEEN[:4], math.pi / 2, *BETWEEN[4:], math.pi)
OPAQUE = 100.0
"""Factor of γ, and part of ν_F, with which pairing in F and its effect on S are weak."""


# --- the junction --------------------------------------------------------------------------------


def junction(thickness: float, phase: float, opacity: float = 1.0) -> sf.UsadelCase:
    """The case with a thickness of F, a phase on the right and more opaque barriers."""
    left, ferromagnet, right = CASE.stack.layers
    layers = [
        left,
        replace(ferromagnet, material=material(opacity), thickness=thickness),
        replace(right, material=replace(right.material, phase=phase)),
    ]
    law = sf.KupriyanovLukichev(opacity * GAMMA, "F")
    interfaces = [replace(each, law=law) for each in CASE.stack.interfaces]
    return replace(
        CASE,
        stack=sf.Stack(layers, interfaces),
        mesh=sf.MeshSettings(degree=2, refinement=2.0),
        solver=sf.SolverSettings(error_estimate=False),
    )


def material(opacity: float) -> sf.Ferromagnet:
    """F with a density of states that does not disturb S through opaque barriers."""
    return replace(CASE.stack.layer("F").material, density_of_states=1 / opacity)


def opaque_current(thickness: float) -> float:
    """I_c with opaque barriers."""
    result = sf.run_case(junction(thickness, math.pi / 2, OPAQUE))
    return result.summary["interfaces"][JOINT]["supercurrent"]


def linear(thickness: float, opacity: float = 1.0) -> float:
    """I_c of the linear theory."""
    temperature, metal = CASE.temperature, material(opacity)
    return weak_ferromagnet_current(
        bulk_gap(temperature), temperature, metal, metal.exchange, thickness, opacity * GAMMA
    )


# --- the picture ---------------------------------------------------------------------------------

COLOURS = dict(zip(SHOWN, (style.BLUE, style.BLACK, style.VERMILLION), strict=True))
CURRENT = r"$\,/\,(10^{-3}\,\sigma_{\mathrm{S}}k_{\mathrm{B}}T_{\mathrm{c}}/e\xi_0)$"


def draw(relations: xr.DataArray, critical: xr.DataArray, energies: xr.DataArray) -> Figure:
    """Current against phase; critical current and F(π) − F(0) against thickness."""
    figure = Figure(figsize=(7.8, 4.6), layout="constrained")
    grid = figure.add_gridspec(2, 2, width_ratios=(1, 1.15))
    places = (grid[:, 0], grid[0, 1], grid[1, 1])
    relation, strength, energy = (figure.add_subplot(place) for place in places)
    for thickness, colour in COLOURS.items():
        factor = 10 if thickness == CROSSING else 1
        label = rf"$d_{{\mathrm{{F}}}} = {thickness}\,\xi_0$" + (" (×10)" if factor > 1 else "")
        values = 1e3 * factor * relations.sel(thickness=thickness)
        phases = relations["phase"] / math.pi
        relation.plot(phases, values, "o-", ms=3.5, lw=1.4, color=colour, label=label)
    relation.set(xlabel=r"$\varphi\,/\,\pi$", ylabel=f"$j$ {CURRENT}", xlim=(0, 1), ylim=(-60, 180))
    relation.legend(fontsize=9, loc="upper center")
    fine = np.linspace(OTHERS[0], OTHERS[-1], 400)
    dots = {"ms": 4, "color": style.BLACK}
    strength.plot(critical["thickness"], 1e3 * critical, "o", label="full", **dots)
    values = [1e3 * linear(each) for each in fine]
    strength.plot(fine, values, ":", color=style.VERMILLION, label="linear")
    strength.set_ylabel(rf"$j(\pi/2)$ {CURRENT}")
    strength.legend(fontsize=9)
    energy.plot(energies["thickness"], 1e3 * energies, "o-", lw=1, **dots)
    energy.set_ylabel(r"$[F(\pi) - F(0)]\,/\,10^{-3}\nu_{\mathrm{S}}T_{\mathrm{c}}^2\xi_0$")
    for panel in (strength, energy):
        panel.set_xlabel(r"$d_{\mathrm{F}}\,/\,\xi_0$")
        enlarge(panel)
    for panel in (relation, strength, energy):
        panel.axhline(0, color=style.GREY, lw=0.5)
    return figure


def enlarge(panel: Axes) -> None:
    """Powers of both signs on one scale, linear about zero."""
    panel.set_yscale("symlog", linthresh=1.0)


# --- the numbers ---------------------------------------------------------------------------------


def solve(
    thicknesses: Sequence[float], phases: Sequence[float], folder: Path
) -> tuple[xr.DataArray, xr.DataArray]:
    """Currents and free energies over thicknesses and phases."""
    axes = {"thickness": thicknesses, "phase": phases}
    sweep = sf.Sweep.over(axes, junction, units={"thickness": "ξ0", "phase": "rad"})
    sf.run_sweep(sweep, folder)
    dataset = sf.write_sweep(sweep, folder)
    return dataset[f"interfaces.{JOINT}.supercurrent"], dataset["free_energy"]


def main(out: Path = Path("results/josephson")) -> dict[str, float]:
    """Solve the junction, draw it, compare it with the linear theory and with its own energies."""
    relations, several = solve(SHOWN, PHASES, out / "relations")
    others, more = solve(OTHERS, (0.0, math.pi / 2, math.pi), out / "thicknesses")
    critical, energies = (
        xr.concat(each, "thickness", join="inner").sortby("thickness")
        for each in ((relations, others), (several, more))
    )
    critical = critical.sel(phase=math.pi / 2)
    energies = energies.sel(phase=math.pi) - energies.sel(phase=0.0)
    work = math.pi * (relations.sel(phase=list(BETWEEN)) * WEIGHTS).sum("phase")
    difference = work - energies.sel(thickness=list(SHOWN))
    balance = float(abs(difference).max() / abs(energies).max())
    crossing = float(brentq(linear, 0.1, 0.4, args=(OPAQUE,)))
    weak = max(
        abs(opaque_current(each) / linear(each, OPAQUE) - 1)
        for each in (0.5 * crossing, 1.5 * crossing)
    )
    left = abs(opaque_current(crossing) / opaque_current(0.5 * crossing))
    harmonic = relations.sel(thickness=CROSSING)
    print(f"j dφ from 0 to π is half of F(π) − F(0), to {balance:.0e} of the largest")
    print(f"opaque barriers: I_c is that of the linear theory to {weak:.0e}; where that vanishes,")
    print(f"at d_F = {crossing:.5f} ξ0, {left:.0e} of I_c at half of it is left")
    print(f"at d_F = {CROSSING} ξ0 the second harmonic is left, up to {float(harmonic.max()):.4f}")

    out.mkdir(parents=True, exist_ok=True)
    draw(relations, critical, energies).savefig(out / "figure.png", dpi=140)
    print(f"picture: {out / 'figure.png'}")

    assert balance < 1e-8
    assert weak < 2e-3
    assert left < 1e-4
    assert critical[0] > 0 > critical[-1]
    assert energies[0] > 0 > energies[-1]
    return {"balance": balance, "weak": weak, "left": left, "crossing": crossing}


if __name__ == "__main__":
    typer.run(main)
