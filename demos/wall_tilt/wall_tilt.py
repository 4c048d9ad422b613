# SPDX-License-Identifier: MIT
"""Two magnetizations tilted by spin transfer, up to the drive that they cannot stand.

A current through a barrier between ferromagnets leaves angular momentum dep_L and dep_R on its two
sides, within the plane of p_L and p_R (x and z here). Exchange, which ties p to its easy axis over
the width of a wall, and anisotropy hold against it, but a magnetization answers a torque at right
angles:

* it tilts *out of* the plane, by ψ = |dep|/√(A_ex(K + K_d)) in first order (times tanh(L/d),
  d = √(A_ex/(K + K_d)), in a layer of thickness L whose far end is held), both sides the same way;
* within the plane it moves in second order only, away from the other. The paper's picture of one
  angle θ with sin δθ = |ΔJ_M|/√(A_ex K) is a tilt in the wrong direction.

Static magnetizations end at a fold: two of them, each growing with the drive, become one. Newton's
method steps the drive up to it; beyond, the script follows the branch along its length instead.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import typer
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from mpi4py import MPI
from numpy.typing import NDArray

import fem_sf as sf
from fem_sf.output import style
from fem_sf.spin import scalar_wall
from fem_sf.spin.fold import Branch, find_fold, follow
from fem_sf.spin.model import Voltage
from fem_sf.spin.nodal import end_directions
from fem_sf.spin.observables import Faces
from fem_sf.spin.steady import uniform
from fem_sf.study.spin_bench import distribute, new_solver

CASE = sf.load_case(Path(__file__).with_name("wall_tilt.toml"))
WALL = CASE.stack.layer("left").material.wall
THICKNESS = CASE.stack.layer("left").thickness
EASY = math.radians(30)
"""Of the right layer, θ from z towards x; the left one has the opposite."""

# What has to come out: (θ, ψ) of the faces at V = 2, and J, from
# tests/reference/spin/ref_wall.json; the fold, which is known to these digits, by the same code: an
# independent collocation of the equations and continuation in V.
TILTS = ((-0.6573652167944158, 0.2464441061990776), (0.6577534411535916, 0.25733061917912237))
CURRENT = 0.31662199523222856
FOLD = 2.469

SMALL = 1e-3
"""V at which the small tilts are compared with their law."""
LARGEST = 3.0
"""V up to which the branch is followed once it has turned twice."""

FloatArray = NDArray[np.float64]
Angles = tuple[float, float]

# --- angles and their laws -----------------------------------------------------------------------


def angles(direction: FloatArray) -> Angles:
    """θ in the plane, from z towards x, and ψ out of it, towards y."""
    return math.atan2(direction[0], direction[2]), math.asin(direction[1])


def small_tilt(torque: float) -> float:
    """ψ of a small torque, |dep| tanh(L/d)/√(A_ex(K + K_d))."""
    stiffest = WALL.anisotropy + WALL.hard_axis_anisotropy
    width = scalar_wall.wall_width(WALL.stiffness, stiffest)
    linear = scalar_wall.linear_tilt(torque, WALL.stiffness, stiffest)
    return linear * math.tanh(THICKNESS / width)


# --- solving -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class State:
    """A static state: V, (θ, ψ) of both faces, |dep| on both sides, |ΔJ_M|; does V still grow?"""

    voltage: float
    tilts: tuple[Angles, Angles]
    torques: tuple[float, float]
    jump: float
    rises: bool


def run_at(voltage: float) -> dict[str, Any]:
    """Summary of the case at a voltage."""
    return sf.run_case(replace(CASE, drive=Voltage(voltage))).summary


def tilts_of(summary: dict[str, Any]) -> tuple[Angles, Angles]:
    """(θ, ψ) of the left and the right face."""
    layers = summary["layers"]
    ends = layers["left"]["direction_right"], layers["right"]["direction_left"]
    return angles(np.array(ends[0])), angles(np.array(ends[1]))


def torques_of(summary: dict[str, Any]) -> tuple[float, float]:
    """|dep_L| and |dep_R|."""
    interface = summary["interfaces"]["left|right"]
    left, right = (np.linalg.norm(interface[f"torque_{side}"]) for side in ("left", "right"))
    return float(left), float(right)


def branch_and_fold() -> tuple[list[State], float]:
    """States along the branch from no drive on, and V at its first fold."""
    unit = replace(CASE, drive=Voltage(1.0))
    solver = new_solver(unit, distribute(unit, MPI.COMM_WORLD), degree=4)
    system = solver.system
    faces = Faces(system, solver.nodes, uniform)
    states: list[State] = []
    for point in follow(Branch(solver), longest=0.05):
        interface = faces.measure().interfaces["left|right"]
        torques = [np.linalg.norm(each) for each in (interface.torque_left, interface.torque_right)]
        states.append(
            State(
                voltage=point.load,
                tilts=(
                    angles(end_directions(system, "left")[1]),
                    angles(end_directions(system, "right")[0]),
                ),
                torques=(float(torques[0]), float(torques[1])),
                jump=float(np.linalg.norm(interface.torque)),
                rises=point.rise > 0,
            )
        )
        if point.load > LARGEST:
            break
    return states, find_fold(solver)


# --- the picture ---------------------------------------------------------------------------------

COLOURS = {"left": style.BLUE, "right": style.VERMILLION}
LINES = ({"lw": 1.8, "ls": "-"}, {"lw": 1.1, "ls": "--"}, {"lw": 1.1, "ls": "-"})
"""Of the branch up to its first fold, back to its second, and from there on."""


def draw(states: list[State], fold: float, torque_per_voltage: float) -> Figure:
    """Tilts out of the plane and within it, and the torques, against V."""
    figure = Figure(figsize=(8.4, 3.5), layout="constrained")
    out_of_plane, in_plane, torque = figure.subplots(1, 3)
    plot(out_of_plane, states, lambda each, i: math.degrees(each.tilts[i][1]))
    plot(in_plane, states, lambda each, i: math.degrees(abs(each.tilts[i][0]) - EASY))
    plot(torque, states, lambda each, i: each.torques[i])
    rising = states[: next(k for k, each in enumerate(states) if not each.rises)]
    voltages = np.array([0.0, *(each.voltage for each in rising)])
    law = np.degrees([small_tilt(torque_per_voltage * voltage) for voltage in voltages])
    formula = r"$|dep|\,/\sqrt{A_{ex}(K + K_d)}$"
    out_of_plane.plot(voltages, law, ":", color=style.BLACK, lw=1.4, label=formula)
    paper = [math.degrees(in_one_angle(each.jump)) for each in rising]
    in_plane.plot(voltages[1:], paper, ":", color=style.BLACK, lw=1.4)
    formula = "one angle:\n" r"$\sin\,\delta\theta = |\Delta J_M|\,/\sqrt{A_{ex}K}$"
    in_plane.text(0.1, 47, formula, fontsize=9)
    torque.plot(voltages, torque_per_voltage * voltages, ":", color=style.BLACK, lw=1.4)
    for panel, label in (
        (out_of_plane, r"tilt $\psi$ out of the plane (degrees)"),
        (in_plane, r"tilt $|\theta| - 30°$ within the plane (degrees)"),
        (torque, r"torque $|dep|\ (\hbar/2e\,\sigma_0 V_0/L_0)$"),
    ):
        panel.axvline(fold, color=style.GREY, lw=0.7)
        panel.set(xlim=(0, LARGEST), xlabel=r"voltage ($V_0$)", ylabel=label)
        panel.set_ylim(bottom=0)
    out_of_plane.legend(fontsize=8.5, loc="upper left", frameon=False)
    torque.text(fold - 0.05, 0.01, f"fold, {fold:.4f}", rotation=90, ha="right", color=style.GREY)
    return figure


def in_one_angle(jump: float) -> float:
    """δθ of the paper for a torque |ΔJ_M|."""
    return scalar_wall.tilt(jump, WALL.stiffness, WALL.anisotropy)


def plot(panel: Axes, states: list[State], value: Callable[[State, int], float]) -> None:
    """One number of each side along the branch, dashed where the drive decreases."""
    runs = [list(run) for _, run in groupby(states, key=lambda each: each.rises)]
    for before, run in pairwise(runs):
        run.insert(0, before[-1])
    for i, (side, colour) in enumerate(COLOURS.items()):
        label = f"{side} of the barrier"
        for run, line in zip(runs, LINES, strict=True):
            voltages = [each.voltage for each in run]
            values = [value(each, i) for each in run]
            panel.plot(voltages, values, color=colour, label=label, **line)
            label = "_same"


# --- the number ----------------------------------------------------------------------------------


def main(out: Path = Path("results/wall_tilt")) -> dict[str, float]:
    """Solve at V = 2 and at a small voltage, follow the branch, draw it."""
    summary = run_at(CASE.drive.value)
    tilts = tilts_of(summary)
    worst = float(np.abs(np.subtract(tilts, TILTS)).max())
    worst = max(worst, abs(summary["current"] - CURRENT))
    print(f"V = {CASE.drive.value:g}      θ          ψ          |dep|")
    for side, (theta, psi), torque in zip(COLOURS, tilts, torques_of(summary), strict=True):
        print(f"{side:6}  {theta:+.7f}  {psi:+.7f}  {torque:.7f}")
    print(f"these and J = {summary['current']:.7f} agree with the reference to {worst:.0e}\n")

    small = run_at(SMALL)
    torques = torques_of(small)
    ratios = [tilt[1] / small_tilt(t) for tilt, t in zip(tilts_of(small), torques, strict=True)]
    off = max(abs(each - 1) for each in ratios)
    print(f"V = {SMALL:g}: ψ √(A_ex(K + K_d))/(|dep| tanh(L/d)) differs from 1 by {off:.0e}")

    states, fold = branch_and_fold()
    turned = [each.voltage for each in states if not each.rises]
    print(f"static magnetizations end at V = {fold:.6f}")
    print(f"the branch goes back to V = {min(turned):.3f} and from there on up again")

    out.mkdir(parents=True, exist_ok=True)
    draw(states, fold, torques[0] / SMALL).savefig(out / "figure.png", dpi=140)
    print(f"picture: {out / 'figure.png'}")

    assert worst < 1e-8
    assert off < 1e-4
    assert abs(fold - FOLD) < 1e-3
    return {"worst": worst, "off": off, "fold": fold}


if __name__ == "__main__":
    typer.run(main)
