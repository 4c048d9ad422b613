# SPDX-License-Identifier: MIT
"""The jump of the magnetization current at a barrier against the angle of the magnetizations.

J_M is along p_L on the left of a barrier and along p_R on the right: as a vector it cannot be
continuous unless these are parallel. For two equal half spaces Chui et al. give the modulus of the
jump, and with it the torque on the magnetizations, in closed form: Eq. 12, with the conductance g
of the barrier in ξ = gλ/σ, λ = √(Dτ), and two constants A1 and A2.

* For the barrier of the paper's Eq. 2, which does not depend on spin, A1 = A2 = 0, and Eq. 12 is
  exact. A resistive barrier (small ξ) lets little J_M through, a perfect one 2βJ sin(Φ/2).
* For a barrier of polarisation P, A1 = A2 = 2(P/β)(1 − β²) is right to first order in P only.

Points are finite-element solutions, all from one solver on one mesh that is given other angles and
barriers; lines are formulas.
"""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import typer
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from mpi4py import MPI
from numpy.typing import NDArray

import fem_sf as sf
from fem_sf.output import style
from fem_sf.spin import closed_forms
from fem_sf.spin.model import Stack
from fem_sf.spin.observables import Faces
from fem_sf.spin.steady import uniform
from fem_sf.study.spin_bench import distribute, new_solver

CASE = sf.load_case(Path(__file__).with_name("junction.toml"))
BETA = CASE.stack.layer("L").material.polarisation

RATIOS = (0.1, 1.0, 10.0, 100.0)
"""ξ of barriers without polarisation."""
POLARISATIONS = (0.1, 0.3, 0.5)
"""P of barriers with ξ = 1."""
ANGLES = np.radians(np.linspace(0, 180, 13))
FINE_ANGLES = np.radians(np.linspace(0, 180, 361))

FloatArray = NDArray[np.float64]

# --- by finite elements --------------------------------------------------------------------------


def stack(angle: float, ratio: float, polarisation: float) -> Stack:
    """The junction with another angle between p_L and p_R and another barrier."""
    left, right = CASE.stack.layers
    (interface,) = CASE.stack.interfaces
    turned = replace(right.material, direction=(math.sin(angle), 0.0, math.cos(angle)))
    barrier = replace(
        interface.law,
        conductance=ratio,
        polarisation_left=polarisation,
        polarisation_right=polarisation,
    )
    return Stack([left, replace(right, material=turned)], [replace(interface, law=barrier)])


class Junction:
    """The junction on its mesh, solved again and again."""

    def __init__(self) -> None:
        self._solver = new_solver(CASE, distribute(CASE, MPI.COMM_WORLD), degree=4)
        self._faces = Faces(self._solver.system, self._solver.nodes, uniform)

    def jump(self, angle: float, ratio: float, polarisation: float = 0.0) -> float:
        """|ΔJ_M|/J."""
        self._solver.set_stack(stack(angle, ratio, polarisation), CASE.drive)
        self._solver.solve()
        state = self._faces.measure().interfaces["L|R"]
        return float(np.linalg.norm(state.torque)) / state.left.current

    def jumps(self, ratio: float, polarisation: float = 0.0) -> FloatArray:
        """|ΔJ_M|/J at all angles."""
        return np.array([self.jump(angle, ratio, polarisation) for angle in ANGLES])


# --- by formulas ---------------------------------------------------------------------------------


def first_order(angle: FloatArray, polarisation: float) -> FloatArray:
    """Eq. 12 at ξ = 1 with the constants that are right to first order in P."""
    constant = closed_forms.eq12_constant(BETA, polarisation)
    return closed_forms.eq12(BETA, 1.0, angle, constant, constant)


def exact(angle: FloatArray, polarisation: float) -> FloatArray:
    """What holds for any P, at ξ = 1."""
    return closed_forms.tunnel_spin_current_jump(BETA, 1.0, angle, polarisation)


def percent_off(polarisation: float) -> FloatArray:
    """Error of Eq. 12 in per cent of the largest |ΔJ_M|, at the fine angles."""
    right = exact(FINE_ANGLES, polarisation)
    return 100 * (first_order(FINE_ANGLES, polarisation) - right) / right.max()


# --- the picture ---------------------------------------------------------------------------------

Jumps = dict[float, FloatArray]
COLOURS = (style.BLUE, style.VERMILLION, style.GREEN, style.ORANGE)
DEGREES, FINE_DEGREES = np.degrees(ANGLES), np.degrees(FINE_ANGLES)


def draw(plain: Jumps, polarised: Jumps) -> Figure:
    """Without polarisation on the left, with it on the right, and how far off Eq. 12 is below."""
    figure = Figure(figsize=(8.2, 4.4), layout="constrained")
    grid = figure.add_gridspec(2, 2, height_ratios=(2.2, 1))
    left, right = figure.add_subplot(grid[:, 0]), figure.add_subplot(grid[0, 1])
    below = figure.add_subplot(grid[1, 1], sharex=right)
    draw_plain(left, plain)
    draw_polarised(right, polarised)
    draw_deviation(below)
    for panel in (left, below):
        panel.set_xlabel(r"angle $\Phi$ between $\mathbf{p}_L$ and $\mathbf{p}_R$ (degrees)")
    for panel, top in ((left, 1.05), (right, 0.8)):
        panel.set_ylabel(r"$|\Delta \mathbf{J}_M|\,/\,J$")
        panel.set_ylim(0, top)
        panel.set_xlim(0, 180)
        panel.set_xticks(range(0, 181, 30))
    right.tick_params(labelbottom=False)
    return figure


def draw_plain(panel: Axes, jumps: Jumps) -> None:
    """A barrier that does not depend on spin: Eq. 12 is exact."""
    for (ratio, values), colour in zip(jumps.items(), COLOURS, strict=True):
        line = closed_forms.eq12(BETA, ratio, FINE_ANGLES)
        panel.plot(FINE_DEGREES, line, color=colour, lw=1.4, label=rf"$\xi = {ratio:g}$")
        panel.plot(DEGREES, values, "o", color=colour, ms=4)
    limit = closed_forms.no_accumulation_jump(BETA, FINE_ANGLES)
    panel.plot(FINE_DEGREES, limit, ":", color=style.BLACK, lw=1.4, label=r"$2\beta\sin(\Phi/2)$")
    panel.set_title(r"$P = 0$, $\beta = 0.5$; lines: Eq. 12, points: finite elements", fontsize=9.5)
    panel.legend(fontsize=8.5, loc="upper left", frameon=False)


def draw_polarised(panel: Axes, jumps: Jumps) -> None:
    """A polarised barrier: Eq. 12 is a fit."""
    for (polarisation, values), colour in zip(jumps.items(), COLOURS[1:], strict=True):
        label = f"$P = {polarisation:g}$"
        panel.plot(FINE_DEGREES, exact(FINE_ANGLES, polarisation), color=colour, lw=1.4)
        rough = first_order(FINE_ANGLES, polarisation)
        panel.plot(FINE_DEGREES, rough, "--", color=colour, lw=1.2, label=label)
        panel.plot(DEGREES, values, "o", color=colour, ms=4)
    panel.set_title(r"$\xi = 1$; lines: exact, dashed: Eq. 12, first order in $P$", fontsize=9.5)
    panel.legend(fontsize=8.5, loc="upper left", frameon=False)


def draw_deviation(panel: Axes) -> None:
    """Eq. 12 minus the exact formula."""
    for polarisation, colour in zip(POLARISATIONS, COLOURS[1:], strict=True):
        panel.plot(FINE_DEGREES, percent_off(polarisation), color=colour, lw=1.4)
    panel.axhline(0, color=style.GREY, lw=0.6)
    panel.set_ylabel("Eq. 12 − exact\n(% of largest)", fontsize=9)


# --- the number ----------------------------------------------------------------------------------


def main(out: Path = Path("results/jump_against_angle")) -> dict[str, float]:
    """Solve for all angles and barriers, and hold the jumps against the formulas."""
    junction = Junction()
    plain = {ratio: junction.jumps(ratio) for ratio in RATIOS}
    polarised = {p: junction.jumps(1.0, p) for p in POLARISATIONS}
    eq12_error = max(
        float(np.abs(values - closed_forms.eq12(BETA, ratio, ANGLES)).max())
        for ratio, values in plain.items()
    )
    exact_error = max(float(np.abs(v - exact(ANGLES, p)).max()) for p, v in polarised.items())
    print(f"P = 0: |ΔJ_M|/J of finite elements and Eq. 12 differ by {eq12_error:.0e} at most")
    print(f"P > 0: by {exact_error:.0e} from the formula that is exact for any P")
    off = {p: float(np.abs(percent_off(p)).max()) for p in POLARISATIONS}
    for polarisation, percent in off.items():
        print(f"P = {polarisation}: Eq. 12 is off by up to {percent:.2f} % of the largest |ΔJ_M|")

    out.mkdir(parents=True, exist_ok=True)
    draw(plain, polarised).savefig(out / "figure.png", dpi=140)
    print(f"picture: {out / 'figure.png'}")

    assert eq12_error < 1e-7
    assert exact_error < 1e-7
    assert off[0.5] > 5
    return {
        "eq12_error": eq12_error,
        "exact_error": exact_error,
        **{f"off_{polarisation}": percent for polarisation, percent in off.items()},
    }


if __name__ == "__main__":
    typer.run(main)
