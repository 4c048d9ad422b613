# SPDX-License-Identifier: MIT
"""Resistance and torque of an F/N/F spin valve against the angle of its magnetizations.

Parallel and antiparallel, spin drift-diffusion is the two-channel model of Valet and Fert, which
has a closed form. In between, the accumulation in N is not along either magnetization, and its part
across p enters the ferromagnet with the mixing conductance. For N much thinner than its
spin-diffusion length circuit theory gives

    (R(Φ) − R_P)/(R_AP − R_P) = (1 − cos Φ)/(χ (1 + cos Φ) + 2),    1 + χ = |G|²/(Re G · Y)

with G = 2 G_↑↓ and Y the conductance of m along p from N into F. χ = 0 makes R linear in cos Φ.
The torque on the right magnetization is in the plane of the two, towards p_L. One along p_L × p_R,
of Im G_↑↓, needs spins that relax in N: without them that part of the spin current would have to
go from one interface to the other, and in equal ones it has the same sign.

Points are finite-element solutions, lines the exact solver, squares the closed form.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import typer
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

import fem_sf as sf
from fem_sf.output import style
from fem_sf.spin import closed_forms, exact
from fem_sf.spin.model import Stack
from fem_sf.spin.settings import SpinSolverSettings

CASE = sf.load_case(Path(__file__).with_name("valve.toml"))
QUICK = SpinSolverSettings(error_estimate=False)
(LAW, _) = (interface.law for interface in CASE.stack.interfaces)

THICKNESSES = (0.1, 3.0, 10.0)
"""Of the normal metal, whose spin-diffusion length is 10."""
ANGLES = np.radians(np.linspace(0, 180, 13))
FINE_ANGLES = np.radians(np.linspace(0, 180, 181))
FINE_THICKNESSES = np.geomspace(0.01, 50, 60)

FloatArray = NDArray[np.float64]

# --- one valve -----------------------------------------------------------------------------------


def stack(thickness: float, angle: float) -> Stack:
    """The valve with N of another thickness and p_R turned away from p_L = ẑ, towards x̂."""
    left, normal, right = CASE.stack.layers
    turned = replace(right.material, direction=(math.sin(angle), 0.0, math.cos(angle)))
    layers = [left, replace(normal, thickness=thickness), replace(right, material=turned)]
    return Stack(layers, CASE.stack.interfaces)


@dataclass(frozen=True)
class Answer:
    """Resistance × area between the faces of the ferromagnets, and the torque on the right one."""

    resistance: float
    in_plane: float
    out_of_plane: float


def answer(angle: float, resistance: float, torque: FloatArray) -> Answer:
    """Torque per J towards p_L, and along p_L × p_R, which is ŷ."""
    towards_left = np.array([-math.cos(angle), 0.0, math.sin(angle)])
    return Answer(resistance, float(torque @ towards_left), float(torque[1]))


def by_finite_elements(thickness: float, angle: float) -> Answer:
    """A whole run of the case."""
    case = replace(CASE, stack=stack(thickness, angle), solver=QUICK)
    summary = sf.run_case(case).summary
    torque = np.array(summary["interfaces"]["N|R"]["torque_right"])
    return answer(angle, summary["resistance_area"], torque / CASE.drive.value)


def by_modes(thickness: float, angle: float) -> Answer:
    """The exact solver, for lines."""
    solution = exact.solve(stack(thickness, angle), CASE.drive)
    torque = solution.interface("N", "R").torque_right
    current = CASE.drive.value
    return answer(angle, solution.intercept_drop / current, torque / current)


def valet_fert(thickness: float, *, parallel: bool) -> float:
    """The two-channel model."""
    left, normal, right = stack(thickness, 0.0).layers
    return closed_forms.collinear_resistance((left, right), normal, (LAW, LAW), parallel=parallel)


# --- how far from linear in cos Φ ----------------------------------------------------------------


def asymmetry(thickness: float) -> float:
    """χ, from the resistance at 90°: there the ratio is 1/(χ + 2)."""
    low, middle, high = (
        by_modes(thickness, angle).resistance for angle in (0.0, math.pi / 2, math.pi)
    )
    return (high - low) / (middle - low) - 2


def thin_asymmetry() -> float:
    """χ of a normal metal without any thickness."""
    ferromagnet = CASE.stack.layer("L").material
    contact = LAW.conductance * (1 - LAW.polarisation**2)
    along = 1 / (1 / contact + 1 / closed_forms.spin_conductance(ferromagnet))
    return (LAW.mixing_real**2 + LAW.mixing_imaginary**2) / (LAW.mixing_real * along) - 1


# --- the picture ---------------------------------------------------------------------------------

Answers = dict[float, list[Answer]]
COLOURS = dict(zip(THICKNESSES, (style.BLUE, style.VERMILLION, style.GREEN), strict=True))
DEGREES, FINE_DEGREES = np.degrees(ANGLES), np.degrees(FINE_ANGLES)


def draw(points: Answers) -> Figure:
    """Resistance, torque, and the asymmetry against thickness."""
    figure = Figure(figsize=(10.6, 3.9), layout="constrained")
    resistance, torque, chi = figure.subplots(1, 3)
    lines = {t: [by_modes(t, angle) for angle in FINE_ANGLES] for t in THICKNESSES}
    draw_resistance(resistance, points, lines)
    draw_torque(torque, points, lines)
    for panel in (resistance, torque):
        panel.set_xlim(-4, 184)
        panel.set_xticks(range(0, 181, 45))
        panel.set_xlabel(r"angle $\Phi$ between $\mathbf{p}_L$ and $\mathbf{p}_R$ (degrees)")
    draw_asymmetry(chi)
    return figure


def draw_resistance(panel: Axes, points: Answers, lines: Answers) -> None:
    """R(Φ) − R_P, with the closed form at both ends."""
    for thickness, colour in COLOURS.items():
        parallel, antiparallel = (valet_fert(thickness, parallel=each) for each in (True, False))
        solved, fine = (
            [each.resistance - parallel for each in answers[thickness]]
            for answers in (points, lines)
        )
        label = rf"$d_N = {thickness:g}\,\lambda$"
        panel.plot(FINE_DEGREES, fine, color=colour, lw=1.4, label=label)
        panel.plot(DEGREES, solved, "o", color=colour, ms=4)
        panel.plot([0, 180], [0, antiparallel - parallel], "s", color=colour, mfc="none", ms=9)
    panel.plot([], [], "s", color=style.GREY, mfc="none", ms=8, label="Valet-Fert")
    panel.set_ylabel(r"$A\,[R(\Phi) - R_{\mathrm{P}}]$  ($\lambda/\sigma$)")
    panel.set_title("resistance", fontsize=10)
    panel.legend(fontsize=8.5, loc="upper left", frameon=False)


def draw_torque(panel: Axes, points: Answers, lines: Answers) -> None:
    """What turns the right magnetization towards the left one."""
    for thickness, colour in COLOURS.items():
        solved, fine = (
            [each.in_plane for each in answers[thickness]] for answers in (points, lines)
        )
        panel.plot(FINE_DEGREES, fine, color=colour, lw=1.4)
        panel.plot(DEGREES, solved, "o", color=colour, ms=4)
    panel.set_ylabel(r"torque on R towards $\mathbf{p}_L$  ($\hbar J/2e$)")
    panel.set_title("torque on the right magnetization", fontsize=10)


def draw_asymmetry(panel: Axes) -> None:
    """χ against thickness, and its limit."""
    panel.semilogx(
        FINE_THICKNESSES, [asymmetry(t) for t in FINE_THICKNESSES], color=style.BLACK, lw=1.4
    )
    for thickness, colour in COLOURS.items():
        panel.plot(thickness, asymmetry(thickness), "D", color=colour, ms=6)
    panel.axhline(thin_asymmetry(), color=style.GREY, ls=":", lw=1.2)
    panel.set_xlim(FINE_THICKNESSES[0], FINE_THICKNESSES[-1])
    panel.set_xlabel(r"thickness of N, $d_N/\lambda$")
    panel.set_ylabel(r"$\chi = (R_{\mathrm{AP}} - R_{\mathrm{P}})/(R_{90°} - R_{\mathrm{P}}) - 2$")
    panel.set_title("asymmetry; dotted: no thickness", fontsize=10)


# --- the number ----------------------------------------------------------------------------------


def main(out: Path = Path("results/cpp_spin_valve")) -> dict[str, float]:
    """Solve all thicknesses and angles, and hold both ends against the closed form."""
    points = {t: [by_finite_elements(t, angle) for angle in ANGLES] for t in THICKNESSES}
    collinear = between = 0.0
    print("d_N/λ     A R_P       A R_AP      A ΔR       χ")
    for thickness, answers in points.items():
        ends = answers[0].resistance, answers[-1].resistance
        expected = (valet_fert(thickness, parallel=each) for each in (True, False))
        collinear = max(collinear, *(abs(a - b) for a, b in zip(ends, expected, strict=True)))
        for angle, each in zip(ANGLES, answers, strict=True):
            right = by_modes(thickness, angle)
            between = max(
                between,
                abs(each.in_plane - right.in_plane),
                abs(each.out_of_plane - right.out_of_plane),
            )
        print(f"{thickness:5.1f}  {ends[0]:.8f}  {ends[1]:.8f}  {ends[1] - ends[0]:.6f}", end="")
        print(f"  {asymmetry(thickness):.4f}")
    thin = thin_asymmetry()
    excess = asymmetry(1e-6) - thin
    print(f"\nR_P and R_AP are those of Valet and Fert to {collinear:.0e} λ/σ")
    field_like = max(abs(each.out_of_plane) for answers in points.values() for each in answers)
    print(f"the torque out of the plane is {field_like:.4f} ħJ/2e at most")
    print(f"torques are those of the exact solver to {between:.0e} J")
    print(f"χ of a thin normal metal is {thin:.6f} in circuit theory; here {excess:+.0e} more")

    out.mkdir(parents=True, exist_ok=True)
    draw(points).savefig(out / "figure.png", dpi=130)
    print(f"picture: {out / 'figure.png'}")

    assert collinear < 1e-9
    assert between < 1e-9
    assert abs(excess) < 1e-5
    return {"collinear": collinear, "between": between, "thin": thin, "excess": excess}


if __name__ == "__main__":
    typer.run(main)
