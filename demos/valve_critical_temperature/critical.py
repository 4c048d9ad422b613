# SPDX-License-Identifier: MIT
"""Critical temperature of a superconducting spin valve against its angle and its thicknesses.

In F/S/F the exchange fields on both sides of S weaken superconductivity. Antiparallel (AP) they
cancel partly for a Cooper pair that feels both, parallel (P) they add up, so that

    Tc_P < Tc(α) < Tc_AP,

and between Tc_P and Tc_AP the resistance is switched by turning one magnetization. A pair feels
both where S is not much thicker than ξ0. There Tc is lowest as well, down to where parallel fields
leave no superconductivity at any temperature, and antiparallel ones do. At an angle the triplets
of one ferromagnet are not along the exchange field of the other, and the linearised Usadel equation
is one for θ and M.
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

CASE = sf.load_case(Path(__file__).with_name("valve.toml"))

# What has to come out, by d_F, d_S, J, γ_F, γ_F/γ_S, D_F/D_S: Tc at 0°, 90° and 180°. From
# tests/reference/usadel/fsf_collinear.json, numbers of an independent multidomain Chebyshev
# collocation solver, good to 1e-9.
EXPECTED = {
    (0.1, 2.0, 5.0, 0.3, 0.5, 0.5): (0.67925856508, 0.68255071401, 0.68581338872),
    (0.1, 1.0, 5.0, 1.0, 0.5, 0.5): (0.49589583189, 0.50969396979, 0.52357461951),
    (0.5, 2.0, 10.0, 0.3, 0.5, 0.5): (0.26544899335, 0.26906922022, 0.27323413943),
    (0.3, 2.5, 6.0, 0.4, 0.6, 1.0): (0.63572586707, 0.63703746277, 0.63835714418),
}

ANGLES = np.linspace(0.0, 180.0, 19)
FERROMAGNETS = np.array([0.02, 0.05, 0.1, 0.17, 0.25, 0.35, 0.5, 0.7])
SUPERCONDUCTORS = np.array([0.8, 1.0, 1.15, 1.16, 1.2, 1.3, 1.5, 2.0, 3.0])
"""d_F and d_S in ξ0; the other one is that of the case."""
NOTHING = 0.0
"""Tc where there is none."""

# --- one valve -----------------------------------------------------------------------------------


def critical_temperature(stack: sf.Stack) -> float:
    """Tc of a stack alone, without the gap at any temperature."""
    quick = sf.SolverSettings(error_estimate=False)
    return sf.run_case(replace(CASE, stack=stack, gap=0.0, solver=quick)).summary[
        "critical_temperature"
    ]


def turned(angle: float, d_f: float | None = None, d_s: float | None = None) -> sf.Stack:
    """The valve of the case at another angle in degrees, and with other thicknesses."""
    left, s, right = CASE.stack.layers
    right = replace(right, material=replace(right.material, angle=angle))
    left, right = (replace(each, thickness=d_f or each.thickness) for each in (left, right))
    return sf.Stack([left, replace(s, thickness=d_s or s.thickness), right], CASE.stack.interfaces)


def of_reference(row: tuple[float, ...], angle: float) -> sf.Stack:
    """A valve by the numbers of the reference."""
    d_f, d_s, exchange, gamma, ratio, diffusivity = row
    materials = (sf.Ferromagnet(diffusivity, ratio / diffusivity, exchange) for _ in range(2))
    left, right = (
        sf.Layer(name, material, d_f)
        for name, material in zip(("left", "right"), materials, strict=True)
    )
    right = replace(right, material=replace(right.material, angle=angle))
    barriers = [
        sf.Interface("left", "S", sf.KupriyanovLukichev(gamma, "left")),
        sf.Interface("S", "right", sf.KupriyanovLukichev(gamma, "right")),
    ]
    return sf.Stack([left, sf.Layer("S", sf.Superconductor(), d_s), right], barriers)


# --- the picture ---------------------------------------------------------------------------------

Curves = dict[str, list[float]]
COLOURS = {"P": style.VERMILLION, "AP": style.BLUE}
MARKERS = {"P": "s", "AP": "o"}
NAMES = {"P": "parallel (P)", "AP": "antiparallel (AP)"}


def draw(by_angle: np.ndarray, by_ferromagnet: Curves, by_superconductor: Curves) -> Figure:
    """Tc against the angle on the left; the switch against d_F, Tc against d_S on the right."""
    figure = Figure(figsize=(8.2, 4.4), layout="constrained")
    grid = figure.add_gridspec(2, 2, width_ratios=(1.25, 1))
    places = (grid[:, 0], grid[0, 1], grid[1, 1])
    angle, ferromagnet, superconductor = (figure.add_subplot(place) for place in places)
    draw_angles(angle, by_angle)
    switch = 1e3 * np.subtract(by_ferromagnet["AP"], by_ferromagnet["P"])
    ferromagnet.plot(FERROMAGNETS, switch, "o-", color=style.BLACK, ms=4, lw=1.4)
    ferromagnet.set_ylim(0, None)
    ferromagnet.set_xlabel(r"$d_F\,/\,\xi_0$   ($d_S = 2\,\xi_0$)")
    ferromagnet.set_ylabel(
        "$10^3\\,(T_{\\mathrm{c,AP}} - T_{\\mathrm{c,P}})\\,/\\,T_{\\mathrm{c}0}$"
    )
    for state, values in by_superconductor.items():
        line = MARKERS[state] + "-"
        superconductor.plot(SUPERCONDUCTORS, values, line, color=COLOURS[state], ms=4, lw=1.4)
    only = SUPERCONDUCTORS[np.array(by_superconductor["P"]) == NOTHING]
    superconductor.axvspan(only[0], only[-1], color=style.BLUE, alpha=0.12, lw=0)
    superconductor.text(
        np.mean(only[[0, -1]]), 0.72, "AP alone", color=COLOURS["AP"], ha="center", fontsize=9
    )
    superconductor.set_ylim(-0.03, 0.9)
    superconductor.set_xlabel(r"$d_S\,/\,\xi_0$   ($d_F = 0.1\,\xi_0$)")
    superconductor.set_ylabel(r"$T_{\mathrm{c}}\,/\,T_{\mathrm{c}0}$")
    return figure


def draw_angles(panel: Axes, found: np.ndarray) -> None:
    """Tc between P and AP, the numbers of the reference, and a cosine between them."""
    expected = EXPECTED[next(iter(EXPECTED))]
    fine = np.linspace(0, 180, 181)
    panel.plot(
        fine, cosine(fine, expected), color=style.GREY, lw=1, label="cosine between P and AP"
    )
    panel.plot(ANGLES, found, "o", color=style.BLACK, ms=4, label="fem_sf")
    panel.plot(
        (0, 90, 180), expected, "o", color=style.ORANGE, ms=10, mfc="none", label="collocation"
    )
    for value, state, place in ((expected[0], "P", "bottom"), (expected[2], "AP", "top")):
        panel.axhline(value, color=COLOURS[state], lw=0.8, ls=":")
        panel.text(90, value, NAMES[state], color=COLOURS[state], va=place, ha="center", fontsize=9)
    panel.set_xlabel(r"angle between the exchange fields $\alpha$ (degrees)")
    panel.set_xticks(range(0, 181, 30))
    panel.set_ylabel(r"$T_{\mathrm{c}}(\alpha)\,/\,T_{\mathrm{c}0}$")
    panel.legend(fontsize=8.5, loc=(0.45, 0.25), frameon=False)


def cosine(angles: np.ndarray, expected: tuple[float, float, float]) -> np.ndarray:
    """A cosine of the angle (degrees) that is right at 0° and 180°."""
    parallel, _, antiparallel = expected
    share = (1 - np.cos(np.radians(angles))) / 2
    return parallel + (antiparallel - parallel) * share


# --- the number ----------------------------------------------------------------------------------


def main(out: Path = Path("results/valve_critical_temperature")) -> dict[str, float]:
    """Find all critical temperatures, draw them, compare them with the reference."""
    worst = 0.0
    print("d_F  d_S   J   γ_F   Tc(0°)         Tc(90°)        Tc(180°)       off by")
    for row, expected in EXPECTED.items():
        found = [critical_temperature(of_reference(row, angle)) for angle in (0.0, 90.0, 180.0)]
        off = float(np.abs(np.subtract(found, expected)).max())
        print("{:3.1f}  {:3.1f}  {:2.0f}  {:4.1f}".format(*row[:4]), end="")
        print("  {:.11f}  {:.11f}  {:.11f}  {:.0e}".format(*found, off))
        worst = max(worst, off)
    by_angle = np.array([critical_temperature(turned(angle)) for angle in ANGLES])
    by_ferromagnet, by_superconductor = ({state: [] for state in NAMES} for _ in range(2))
    for state, angle in (("P", 0.0), ("AP", 180.0)):
        by_ferromagnet[state] = [critical_temperature(turned(angle, d_f=d)) for d in FERROMAGNETS]
        by_superconductor[state] = [
            critical_temperature(turned(angle, d_s=d)) for d in SUPERCONDUCTORS
        ]
    bend = float(np.abs(by_angle - cosine(ANGLES, EXPECTED[next(iter(EXPECTED))])).max())
    switch = by_angle[-1] - by_angle[0]
    print(f"\nTc agrees with the reference to {worst:.0e}")
    print(f"Tc(α) rises by {switch:.6f} from P to AP, off a cosine by {bend / switch:.1%} at most")

    out.mkdir(parents=True, exist_ok=True)
    draw(by_angle, by_ferromagnet, by_superconductor).savefig(out / "figure.png", dpi=140)
    print(f"picture: {out / 'figure.png'}")

    assert worst < 1e-7
    assert np.all(np.diff(by_angle) > 0)
    assert all(
        np.all(np.array(curves["AP"]) >= curves["P"])
        for curves in (by_ferromagnet, by_superconductor)
    )
    only = SUPERCONDUCTORS[np.array(by_superconductor["P"]) == NOTHING]
    assert np.all(np.array(by_superconductor["AP"]) > NOTHING)
    return {"worst": worst, "switch": switch, "bend": bend / switch, "only_AP_to": only[-1]}


if __name__ == "__main__":
    typer.run(main)
