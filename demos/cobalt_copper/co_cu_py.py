# SPDX-License-Identifier: MIT
"""A Co/Cu/Py pillar in SI units: resistance, torque, and the charge at its interfaces.

The case beside this script holds textbook orders of magnitude. Lengths go from 0.1 nm, over which
charge is screened, to the 400 nm of spins in copper; the finite elements resolve all of them. Three
things are asked for:

* R(Φ) A and A ΔR, for which the two-channel model has a closed form in the two collinear states;
* the torque on each magnetization, (ħ/2e) times the transverse part of J_M that ends there;
* how far the torque turns cobalt at its face, by the energy of a wall of one angle:
  δθ = T/(2 √(A K_u)).

Currents are charge-like. Electrons run against J and carry their moment with them, so the torque on
the moments has the opposite sense: J from Co to Py, electrons from Py to Co, turns Py away from Co.
"""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import typer
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import fem_sf as sf
from fem_sf.output import style
from fem_sf.spin import closed_forms, exact, scalar_wall
from fem_sf.spin.model import Stack
from fem_sf.spin.settings import SpinSolverSettings

CASE = sf.load_case(Path(__file__).with_name("co_cu_py.toml"))
SCALES = CASE.scales
QUICK = SpinSolverSettings(error_estimate=False)

ANGLES = np.radians(np.linspace(0, 180, 13))
FINE_ANGLES = np.radians(np.linspace(0, 180, 181))
STIFFNESS, ANISOTROPY = 3e-11, 5e5
"""A in J/m and K_u in J/m³ of cobalt, of the energy A|∇θ|² + K_u sin²θ: orders of magnitude too."""

RESISTANCE_AREA = 1e15 * SCALES.length / SCALES.conductivity
"""fΩ m² in one unit of the case."""
TORQUE = 1e6 * SCALES.angular_momentum * SCALES.current_density
"""μJ/m² in one unit of the case."""

# --- one pillar ----------------------------------------------------------------------------------


def stack(angle: float) -> Stack:
    """The pillar with the magnetization of Py turned away from ẑ, that of Co."""
    *others, permalloy = CASE.stack.layers
    turned = replace(permalloy.material, direction=(math.sin(angle), 0.0, math.cos(angle)))
    return Stack([*others, replace(permalloy, material=turned)], CASE.stack.interfaces)


class Answer(NamedTuple):
    """Resistance × area in fΩ m² and the torques on both magnetizations in μJ/m²."""

    resistance: float
    on_cobalt: float
    on_permalloy: float


def solve(angle: float) -> sf.SpinResult:
    """By finite elements."""
    return sf.run_case(replace(CASE, stack=stack(angle), solver=QUICK))


def measured(result: sf.SpinResult) -> Answer:
    """What a run of the case says."""
    interfaces = result.summary["interfaces"]
    return Answer(
        RESISTANCE_AREA * result.summary["resistance_area"],
        TORQUE * float(np.linalg.norm(interfaces["Co|Cu"]["torque_left"])),
        TORQUE * float(np.linalg.norm(interfaces["Cu|Py"]["torque_right"])),
    )


def by_modes(angle: float) -> Answer:
    """By the exact solver, for lines."""
    solution = exact.solve(stack(angle), CASE.drive)
    left, right = solution.interfaces
    drop = solution.left_end.potential - solution.right_end.potential
    return Answer(
        RESISTANCE_AREA * drop / CASE.drive.value,
        TORQUE * float(np.linalg.norm(left.torque_left)),
        TORQUE * float(np.linalg.norm(right.torque_right)),
    )


def two_channels(*, parallel: bool) -> float:
    """Resistance × area in fΩ m² by the closed form of the collinear states."""
    cobalt, copper, permalloy = CASE.stack.layers
    left, right = (interface.law for interface in CASE.stack.interfaces)
    resistance = closed_forms.collinear_resistance(
        (cobalt, permalloy), copper, (left, right), parallel=parallel
    )
    return RESISTANCE_AREA * resistance


def tilt(torque: float) -> float:
    """δθ at the face of cobalt under a torque in μJ/m², in rad."""
    return scalar_wall.linear_tilt(1e-6 * torque, 2 * STIFFNESS, 2 * ANISOTROPY)


# --- the picture ---------------------------------------------------------------------------------

DEGREES, FINE_DEGREES = np.degrees(ANGLES), np.degrees(FINE_ANGLES)
ZOOM = 0.6
"""nm on both sides of the interface that is shown enlarged."""


def draw(answers: list[Answer], right_angle: sf.SpinResult) -> Figure:
    """Against the angle in the upper row, along the pillar at 90° below."""
    figure = Figure(figsize=(8.6, 6.2), layout="constrained")
    (resistance, torque), (spins, charge) = figure.subplots(2, 2)
    lines = [by_modes(angle) for angle in FINE_ANGLES]
    draw_resistance(resistance, answers, lines)
    draw_torques(torque, answers, lines)
    for panel in (resistance, torque):
        panel.set_xlim(-4, 184)
        panel.set_xticks(range(0, 181, 45))
        panel.set_xlabel(r"angle $\Phi$ between Co and Py (degrees)")
    draw_spins(spins, right_angle)
    draw_charge(charge, right_angle)
    return figure


def draw_resistance(panel: Axes, answers: list[Answer], lines: list[Answer]) -> None:
    """R(Φ) A, and the two-channel model at both ends."""
    ends = [two_channels(parallel=True), two_channels(parallel=False)]
    panel.plot(FINE_DEGREES, [each.resistance for each in lines], color=style.BLUE, lw=1.4)
    points = [each.resistance for each in answers]
    panel.plot(DEGREES, points, "o", color=style.BLUE, ms=4, label="finite elements")
    label = f"two channels, $A\\,\\Delta R$ = {ends[1] - ends[0]:.3f} f$\\Omega$ m²"
    panel.plot([0, 180], ends, "s", color=style.BLACK, mfc="none", ms=9, label=label)
    panel.set_ylabel(r"resistance × area (f$\Omega$ m²)")
    panel.legend(fontsize=8.5, loc="upper left", frameon=False)


def draw_torques(panel: Axes, answers: list[Answer], lines: list[Answer]) -> None:
    """|T| on both, and the tilt of cobalt along the right edge."""
    for part, name, colour in (
        ("on_permalloy", "Py", style.VERMILLION),
        ("on_cobalt", "Co", style.GREEN),
    ):
        panel.plot(FINE_DEGREES, [getattr(each, part) for each in lines], color=colour, lw=1.4)
        points = [getattr(each, part) for each in answers]
        panel.plot(DEGREES, points, "o", color=colour, ms=4, label=f"on {name}")
    panel.set_ylim(0)
    panel.set_ylabel(r"torque at 10$^{11}$ A/m² ($\mu$J/m²)")
    panel.legend(fontsize=8.5, loc="upper left", frameon=False)
    edge = panel.secondary_yaxis("right", functions=style.conversion(1e3 * tilt(1.0)))
    edge.set_ylabel("tilt of Co at its face (mrad)")


def draw_spins(panel: Axes, result: sf.SpinResult) -> None:
    """The vector m = (D/σ) δM in μV along the pillar."""
    curves = style.vector_curves("dM", "m_{%s}")
    for name, fields in result.layers.items():
        layer = result.case.stack.layer(name)
        x = fields.points[:, 0]
        panel.axvspan(x[0], x[-1], color=style.SHADES[layer.material.kind], alpha=0.13, lw=0)
        panel.text(
            (x[0] + x[-1]) / 2, 0.94, name, transform=panel.get_xaxis_transform(), ha="center"
        )
        scale = 1e6 * SCALES.voltage * layer.material.diffusivity / layer.material.conductivity
        for column in ("dM_x", "dM_z"):
            curve = curves[column]
            label = curve.symbol if name == "Co" else None
            values = scale * fields.values[column]
            panel.plot(x, values, curve.dashes, color=curve.colour, lw=1.5, label=label)
    panel.axhline(0, color=style.GREY, lw=0.5)
    panel.margins(x=0)
    panel.set_ylim(-58, 54)
    panel.set_xlabel("$x$ (nm)")
    panel.set_ylabel(r"spin potential at 90° ($\mu$V)")
    panel.legend(fontsize=8.5, loc="lower left", frameon=False)


def draw_charge(panel: Axes, result: sf.SpinResult) -> None:
    """δn on both sides of Cu|Py, with the nodes of the finite elements."""
    face = result.layers["Py"].points[0, 0]
    for name in ("Cu", "Py"):
        fields = result.layers[name]
        x = fields.points[:, 0] - face
        charge = 1e-3 * SCALES.charge_density * fields.values["dn"]
        near = np.abs(x) <= 1.3 * ZOOM
        panel.plot(x[near], charge[near], ".-", color=style.BLACK, ms=4, lw=1.2)
    for left, right, kind in ((-ZOOM, 0, "normal"), (0, ZOOM, "ferromagnet")):
        panel.axvspan(left, right, color=style.SHADES[kind], alpha=0.13, lw=0)
    panel.axvline(0, color=style.GREY, lw=0.6)
    panel.set_xlim(-ZOOM, ZOOM)
    panel.set_xlabel("distance from Cu|Py (nm)")
    panel.set_ylabel(r"charge $e\,\delta n$ at 90° (kC/m³)")


# --- the number ----------------------------------------------------------------------------------


def main(out: Path = Path("results/cobalt_copper")) -> dict[str, float]:
    """Solve all angles, hold the ends against the closed form and the rest against exact modes."""
    results = [solve(angle) for angle in ANGLES]
    answers = [measured(result) for result in results]
    worst = max(
        float(np.abs(np.subtract(each, by_modes(angle))).max())
        for angle, each in zip(ANGLES, answers, strict=True)
    )
    ends = two_channels(parallel=True), two_channels(parallel=False)
    ratio = (answers[-1].resistance - answers[0].resistance) / (ends[1] - ends[0])
    middle = len(ANGLES) // 2
    right_angle = answers[middle]
    exact_charge = exact.solve(stack(ANGLES[middle]), CASE.drive).profile("Py", [0.0]).charge[0]
    charge = results[middle].layers["Py"].values["dn"][0] / exact_charge - 1
    print(f"A R_P = {ends[0]:.4f} fΩ m², A R_AP = {ends[1]:.4f} fΩ m² by two channels")
    print(f"A ΔR = {ends[1] - ends[0]:.6f} fΩ m²; finite elements differ by {ratio - 1:+.0e} of it")
    print(f"fΩ m² and μJ/m² at all angles are those of exact modes to {worst:.0e}")
    print(f"charge at the face of Py, screened over 0.1 nm: off by {charge:+.0e}")
    print(f"at 90° and 1e11 A/m² the torque on Py is {right_angle.on_permalloy:.2f} μJ/m²,")
    print(f"on Co {right_angle.on_cobalt:.2f} μJ/m², which tilts its face by", end=" ")
    print(f"{1e3 * tilt(right_angle.on_cobalt):.2f} mrad")

    out.mkdir(parents=True, exist_ok=True)
    draw(answers, results[middle]).savefig(out / "figure.png", dpi=120)
    print(f"picture: {out / 'figure.png'}")

    assert abs(ratio - 1) < 1e-8
    assert worst < 1e-8
    assert abs(charge) < 1e-4
    return {
        "ratio": ratio,
        "worst": worst,
        "charge": charge,
        "change": ends[1] - ends[0],
        "tilt": tilt(right_angle.on_cobalt),
    }


if __name__ == "__main__":
    typer.run(main)
