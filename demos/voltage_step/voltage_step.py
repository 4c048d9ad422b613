# SPDX-License-Identifier: MIT
"""A voltage step on two ferromagnets with a barrier between them, which is a capacitor too.

At first the field is that of three capacitors in series, and most of the voltage drops in the
layers. The current that it drives there charges their faces at the barrier until C_b (V_L − V_R) is
what screening in the steady state leaves. What is the same everywhere at any time is the total
current J + ∂_t(−εV'): more than J through the barrier, which charges, and less than J at a contact,
where the field decreases.

The current through the barrier is spin polarised. δM builds up on both sides, precesses about the
magnetization there, and settles. The barrier clamps nothing: J_M is continuous through it and gets
a component normal to both magnetizations.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import typer
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

import fem_sf as sf
from fem_sf.output import style
from fem_sf.study.results import SpinResult

CASE = sf.load_case(Path(__file__).with_name("voltage_step.toml"))
CAPACITANCE = CASE.stack.interfaces[0].capacitance

# What has to come out, at five times: Talbot inversion of the exact Laplace transform, which agrees
# with collocation and the method of lines to 7e-13.
REFERENCE = json.loads(
    (Path(__file__).parents[2] / "tests/reference/spin/ref_time.json").read_text(encoding="utf-8")
)["T4_voltage_step"][1]
COLUMNS = {"dMx": "dM_x", "dMy": "dM_y", "dMz": "dM_z", "JMx": "JM_x", "JMy": "JM_y", "JMz": "JM_z"}
"""What the reference calls differently."""

BETWEEN = np.geomspace(1e-3, 2.9, 60)
"""Times at which profiles are kept besides, for the curves."""

FloatArray = NDArray[np.float64]

# --- solving -------------------------------------------------------------------------------------


def solve() -> SpinResult:
    """The case, with profiles at the times of the reference and between."""
    times = sorted({*REFERENCE["times"], *map(float, BETWEEN)})
    quick = replace(CASE.solver, error_estimate=False)
    return sf.run_case(replace(CASE, time=replace(CASE.time, times=tuple(times)), solver=quick))


def probe(result: SpinResult, layer: str, place: float, column: str) -> FloatArray:
    """A column at a probe, at all times of profiles."""
    number = list(CASE.output.probes[layer]).index(place)
    return result.history.probes[layer][column][:, number]


def charge(result: SpinResult) -> FloatArray:
    """C_b (V_L − V_R) at every step."""
    values = result.history.values
    return CAPACITANCE * (values["FL|FR.V_left"] - values["FL|FR.V_right"])


# --- comparing -----------------------------------------------------------------------------------


def computed(result: SpinResult, probed: dict[str, Any]) -> FloatArray:
    """The values of one probe of the reference."""
    layer = CASE.stack.names[probed["layer"]]
    kept = np.searchsorted(result.history.snapshot_times, np.array(REFERENCE["times"]) - 1e-9)
    if probed["quantity"] == "Disp":
        steps = np.searchsorted(result.history.times, np.array(REFERENCE["times"]) - 1e-9)
        return charge(result)[steps]
    column = COLUMNS.get(probed["quantity"], probed["quantity"])
    return probe(result, layer, probed["y_local"], column)[kept]


def worst_error(result: SpinResult) -> float:
    """Largest difference from the reference, over all times and probes."""
    expected = np.array(REFERENCE["values"]).T
    found = [computed(result, each) for each in REFERENCE["probes"]]
    return float(np.abs(np.array(found) - expected).max())


def current_balance(result: SpinResult) -> float:
    """∫ (total current at the contact − J through the barrier) dt is the charge of the barrier."""
    values, times = result.history.values, result.history.times
    excess = values["total_current"] - values["FL|FR.J"]
    # from the first step on: what the step itself brings is there at once
    gained = np.cumsum(np.diff(times[1:]) * (excess[2:] + excess[1:-1]) / 2)
    return float(np.abs(charge(result)[2:] - charge(result)[1] - gained).max())


# --- the picture ---------------------------------------------------------------------------------

COMPONENTS = {"x": style.VERMILLION, "y": style.GREEN, "z": style.BLUE}
START = 1e-3
"""First time in the picture."""


def draw(result: SpinResult) -> Figure:
    """Currents, spin currents through the barrier, and δM on its left, against time."""
    figure = Figure(figsize=(8.4, 3.4), layout="constrained")
    current, spin_current, accumulation = figure.subplots(1, 3)
    draw_currents(current, result)
    for axis, colour in COMPONENTS.items():
        line = {"color": colour, "lw": 1.5, "label": f"${axis}$"}
        values = result.history.values[f"FL|FR.JM_left_{axis}"]
        spin_current.plot(result.history.times, values, **line)
        mark(spin_current, f"JM{axis}", 1.0, colour)
        values = probe(result, "FL", 1.0, f"dM_{axis}")
        accumulation.plot(result.history.snapshot_times, values, **line)
        mark(accumulation, f"dM{axis}", 1.0, colour)
    for panel, label in (
        (current, r"current $(\sigma_0 V_0/L_0)$, charge"),
        (spin_current, r"$\mathbf{J}_M$ in the barrier $(\sigma_0 V_0/L_0)$"),
        (accumulation, r"$\delta\mathbf{M}$ left of it $(\sigma_0 V_0 t_0/L_0^2)$"),
    ):
        panel.axhline(0, color=style.GREY, lw=0.6)
        panel.set(xscale="log", xlim=(START, CASE.time.end * 1.1), ylabel=label)
        panel.set_xlabel(r"time $(t_0)$")
        panel.legend(fontsize=8.5, frameon=False, loc="upper left")
    return figure


def draw_currents(panel: Axes, result: SpinResult) -> None:
    """What is the same everywhere, what enters, what tunnels, and the charge of the barrier."""
    times, values = result.history.times, result.history.values
    panel.plot(times, values["total_current"], "--", color=style.BLACK, lw=1.3, label="total")
    entering = probe(result, "FL", 0.0, "J")
    kept = result.history.snapshot_times
    panel.plot(kept, entering, color=style.ORANGE, lw=1.5, label="$J$ at the left contact")
    mark(panel, "J", 0.0, style.ORANGE)
    panel.plot(times, values["FL|FR.J"], color=style.BLUE, lw=1.5, label="$J$ in the barrier")
    mark(panel, "J", 1.0, style.BLUE)
    panel.plot(times, charge(result), color=style.GREEN, lw=1.5, label="$C_b(V_L - V_R)$")
    mark(panel, "Disp", 1.0, style.GREEN)
    panel.set_ylim(-0.02, 0.75)


def mark(panel: Axes, quantity: str, place: float, colour: str) -> None:
    """Points of the reference in FL."""
    wanted = {"layer": 0, "quantity": quantity}
    number = next(
        i
        for i, each in enumerate(REFERENCE["probes"])
        if wanted.items() <= each.items() and each["y_local"] == place
    )
    values = [row[number] for row in REFERENCE["values"]]
    panel.plot(REFERENCE["times"], values, "o", color=colour, ms=4)


# --- the number ----------------------------------------------------------------------------------


def main(out: Path = Path("results/voltage_step")) -> dict[str, float]:
    """Run, compare with the reference, check that the total current is the same everywhere."""
    result = solve()
    worst, off = worst_error(result), current_balance(result)
    count = len(REFERENCE["times"]) * len(REFERENCE["probes"])
    print(f"{len(result.history.times) - 1} steps")
    print(f"{count} values agree with the reference to {worst:.0e}")
    print(f"total current minus what tunnels charges the barrier, to {off:.0e}")

    out.mkdir(parents=True, exist_ok=True)
    draw(result).savefig(out / "figure.png", dpi=140)
    print(f"picture: {out / 'figure.png'}")

    assert worst < 1e-5
    assert off < 1e-5
    return {"worst": worst, "off": off}


if __name__ == "__main__":
    typer.run(main)
