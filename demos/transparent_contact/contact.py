# SPDX-License-Identifier: MIT
"""What is continuous at a transparent contact: the spin potential, not the accumulation.

Electrons cross a contact without resistance until their electrochemical potentials μ ± m agree on
both sides, m = (D/σ) δM. The accumulation δM, a density, jumps where D/σ does, that is by the ratio
of the densities of states; a code whose finite elements for δM are continuous across a contact
solves another problem. Both are compared here by the magnetoresistance of F/N/F, whose value with
continuous m is that of Valet and Fert.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import typer
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import fem_sf as sf
from fem_sf.output import style
from fem_sf.spin import closed_forms
from fem_sf.spin.materials import Material
from fem_sf.spin.model import Stack
from fem_sf.spin.settings import SpinSolverSettings

CASE = sf.load_case(Path(__file__).with_name("antiparallel.toml"))
QUICK = SpinSolverSettings(error_estimate=False)
FERROMAGNET, NORMAL = (CASE.stack.layer(name).material for name in ("L", "N"))
THICKNESS = CASE.stack.layer("N").extent

THICKNESSES = (0.5, 1.0, 2.0, THICKNESS, 5.0, 8.0, 14.0, 20.0)
FINE_THICKNESSES = np.linspace(0.01, 22, 200)

# --- by finite elements --------------------------------------------------------------------------


def solve(thickness: float, *, parallel: bool) -> sf.SpinResult:
    """The case with N of another thickness."""
    left, normal, right = CASE.stack.layers
    if parallel:
        aligned = replace(right.material, direction=left.material.direction)
        right = replace(right, material=aligned)
    stack = Stack([left, replace(normal, thickness=thickness), right], CASE.stack.interfaces)
    return sf.run_case(replace(CASE, stack=stack, solver=QUICK))


def magnetoresistance(thickness: float) -> float:
    """A ΔR = A (R_AP − R_P)."""
    parallel, antiparallel = (
        solve(thickness, parallel=each).summary["resistance_area"] for each in (True, False)
    )
    return antiparallel - parallel


# --- by closed forms -----------------------------------------------------------------------------


def valet_fert(thickness: float) -> float:
    """A ΔR, exact."""
    parallel, antiparallel = (
        closed_forms.valet_fert_extra_resistance(FERROMAGNET, NORMAL, thickness, parallel=each)
        for each in (True, False)
    )
    return antiparallel - parallel


class Wrong(NamedTuple):
    """The same stack with δM continuous instead of m: not what a contact does.

    ``in_ferromagnet`` and ``in_normal`` are the spin potentials on both sides of the left contact;
    ``resistance`` is A R without the layers in series.
    """

    in_ferromagnet: float
    in_normal: float
    resistance: float


def density(material: Material) -> float:
    """σ/D, by which δM = (σ/D) m."""
    return material.conductivity / material.diffusivity


def with_continuous_accumulation(thickness: float, *, parallel: bool) -> Wrong:
    """J_M = βJ − G_F m_F = G_N m_N with (σ/D)_F m_F = (σ/D)_N m_N; the voltage is 2β m_F."""
    length = math.sqrt(NORMAL.diffusivity * NORMAL.relaxation_time)
    half = math.tanh(thickness / (2 * length))
    drain = closed_forms.spin_conductance(NORMAL) * (1 / half if parallel else half)
    ratio = density(FERROMAGNET) / density(NORMAL)
    beta, current = FERROMAGNET.polarisation, CASE.drive.value
    potential = beta * current / (closed_forms.spin_conductance(FERROMAGNET) + ratio * drain)
    return Wrong(potential, ratio * potential, 2 * beta * potential / current)


def wrong_magnetoresistance(thickness: float) -> float:
    """A ΔR with continuous δM."""
    parallel, antiparallel = (
        with_continuous_accumulation(thickness, parallel=each).resistance for each in (True, False)
    )
    return antiparallel - parallel


# --- the picture ---------------------------------------------------------------------------------

REACH = 3.0
"""How much of the ferromagnets is shown."""


def draw(result: sf.SpinResult, solved: list[float]) -> Figure:
    """Potential and accumulation along the stack on the left, ΔR against thickness on the right."""
    figure = Figure(figsize=(8.6, 4.2), layout="constrained")
    grid = figure.add_gridspec(2, 2, width_ratios=(1.15, 1))
    potential = figure.add_subplot(grid[0, 0])
    accumulation = figure.add_subplot(grid[1, 0], sharex=potential)
    draw_profiles(potential, accumulation, result)
    draw_magnetoresistance(figure.add_subplot(grid[:, 1]), solved)
    return figure


def draw_profiles(potential: Axes, accumulation: Axes, result: sf.SpinResult) -> None:
    """m and δM; the answer with continuous δM dashed."""
    for name, fields in result.layers.items():
        x, spin = fields.points[:, 0], fields.values["dM_z"]
        potential.plot(x, spin / density(CASE.stack.layer(name).material), color=style.BLUE, lw=1.6)
        accumulation.plot(x, spin, color=style.BLUE, lw=1.6)
    for material, x, values in wrong_profile():
        potential.plot(x, values, "--", color=style.VERMILLION, lw=1.4)
        accumulation.plot(x, density(material) * values, "--", color=style.VERMILLION, lw=1.4)
    for panel in (potential, accumulation):
        for face in (0, THICKNESS):
            panel.axvline(face, color=style.GREY, lw=0.6)
        for left, right, kind in (
            (-REACH, 0, "ferromagnet"),
            (0, THICKNESS, "normal"),
            (THICKNESS, THICKNESS + REACH, "ferromagnet"),
        ):
            panel.axvspan(left, right, color=style.SHADES[kind], alpha=0.13, lw=0)
        panel.set_xlim(-REACH, THICKNESS + REACH)
        panel.set_ylim(0)
    potential.tick_params(labelbottom=False)
    potential.set_title("along the antiparallel stack", fontsize=10)
    potential.set_ylabel(r"$m_z = (D/\sigma)\,\delta M_z$  ($J\lambda/\sigma_F$)")
    accumulation.set_ylabel(r"$\delta M_z$  ($J\lambda/D_F$)")
    accumulation.set_xlabel(r"$x/\lambda$")


def wrong_profile() -> Iterator[tuple[Material, np.ndarray, np.ndarray]]:
    """m of the antiparallel stack with continuous δM, by layer."""
    wrong = with_continuous_accumulation(THICKNESS, parallel=False)
    outside, inside = np.linspace(0, REACH, 100), np.linspace(0, THICKNESS, 100)
    short = FERROMAGNET.conductivity * (1 - FERROMAGNET.polarisation**2)
    short /= closed_forms.spin_conductance(FERROMAGNET)
    long = math.sqrt(NORMAL.diffusivity * NORMAL.relaxation_time)
    decay = wrong.in_ferromagnet * np.exp(-outside / short)
    middle = np.cosh((inside - THICKNESS / 2) / long) / math.cosh(THICKNESS / 2 / long)
    yield FERROMAGNET, -outside, decay
    yield NORMAL, inside, wrong.in_normal * middle
    yield FERROMAGNET, THICKNESS + outside, decay


def draw_magnetoresistance(panel: Axes, solved: list[float]) -> None:
    """Finite elements on Valet and Fert's line, and the other line."""
    right = [valet_fert(each) for each in FINE_THICKNESSES]
    other = [wrong_magnetoresistance(each) for each in FINE_THICKNESSES]
    panel.plot(
        FINE_THICKNESSES, right, color=style.BLUE, lw=1.6, label="Valet-Fert: $m$ continuous"
    )
    label = r"wrong: $\delta M$ continuous"
    panel.plot(FINE_THICKNESSES, other, "--", color=style.VERMILLION, lw=1.4, label=label)
    panel.plot(THICKNESSES, solved, "o", color=style.BLUE, ms=5, label="finite elements")
    ends = valet_fert(THICKNESS), wrong_magnetoresistance(THICKNESS)
    panel.annotate("", (THICKNESS, ends[1]), (THICKNESS, ends[0]), arrowprops={"arrowstyle": "->"})
    percent = f"{100 * (ends[1] / ends[0] - 1):+.0f} %"
    panel.text(THICKNESS + 0.5, ends[1] + 0.005, percent, fontsize=10)
    panel.set_xlim(0, FINE_THICKNESSES[-1])
    panel.set_ylim(0)
    panel.set_xlabel(r"thickness of N, $d_N/\lambda$")
    panel.set_ylabel(r"$A\,\Delta R = A\,(R_{\mathrm{AP}} - R_{\mathrm{P}})$  ($\lambda/\sigma_F$)")
    panel.set_title(r"$D/\sigma$ of N twice that of F", fontsize=10)
    panel.legend(fontsize=8.5, loc="upper right", frameon=False)


# --- the number ----------------------------------------------------------------------------------


def main(out: Path = Path("results/transparent_contact")) -> dict[str, float]:
    """Solve all thicknesses, and hold ΔR against both closed forms."""
    solved = [magnetoresistance(thickness) for thickness in THICKNESSES]
    print("d_N/λ    A ΔR, finite elements   Valet-Fert    with δM continuous")
    worst = 0.0
    for thickness, value in zip(THICKNESSES, solved, strict=True):
        right, wrong = valet_fert(thickness), wrong_magnetoresistance(thickness)
        worst = max(worst, abs(value / right - 1))
        print(f"{thickness:5.1f}    {value:.10f}            {right:.10f}", end="")
        print(f"  {wrong:.4f}, {wrong / right - 1:+.0%}")
    result = solve(THICKNESS, parallel=False)
    contact = result.summary["interfaces"]["L|N"]
    step = contact["m_right"][2] - contact["m_left"][2]
    ratio = result.layers["L"].values["dM_z"][-1] / result.layers["N"].values["dM_z"][0]
    off = wrong_magnetoresistance(THICKNESS) / valet_fert(THICKNESS) - 1
    print(f"\nA ΔR is that of Valet and Fert to {worst:.0e}")
    print(f"at the left contact m jumps by {step:.0e}, δM by a factor of {ratio:.6f}")
    print(f"continuous δM would give {off:+.2%} at d_N = {THICKNESS:g} λ")

    out.mkdir(parents=True, exist_ok=True)
    draw(result, solved).savefig(out / "figure.png", dpi=140)
    print(f"picture: {out / 'figure.png'}")

    assert worst < 1e-8
    assert abs(step) < 1e-12
    assert abs(ratio - 2) < 1e-9
    assert off > 0.1
    return {"worst": worst, "step": step, "ratio": ratio, "off": off}


if __name__ == "__main__":
    typer.run(main)
