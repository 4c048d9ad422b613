# SPDX-License-Identifier: MIT
"""Superconductivity at a Bloch wall: S|F in two dimensions, the exchange field of F turns along y.

In the wall Cooper pairs see exchange fields of several directions, which average to less than one
of them alone: Δ is larger at the wall than beside it, and superconductivity lowers the energy of
the film with a wall by more than that of the film without. There too triplets across the local J
come about, on both sides of the middle, where symmetry forbids them. Far from the wall the film
does not know of it, and is the one-dimensional stack of one complex angle.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import typer
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

import fem_sf as sf
from fem_sf.output import style

CASE = sf.load_case(Path(__file__).with_name("bloch_wall.toml"))
MIDDLE, STRENGTH = 20.0, 4.0
SHOWN = 4.0
"""Half of what is drawn, in ξ0."""


def without_wall() -> sf.UsadelResult:
    """The stack far from the wall, in one dimension on the same points along x."""
    superconductor, ferromagnet = CASE.stack.layers
    uniform = replace(ferromagnet, material=replace(ferromagnet.material, exchange=STRENGTH))
    stack = sf.Stack([superconductor, uniform], CASE.stack.interfaces)
    return sf.run_case(replace(CASE, stack=stack, mesh=replace(CASE.mesh, dimension=1, width=None)))


def along_wall(
    result: sf.UsadelResult, layer: str, column: str, end: int
) -> tuple[NDArray, NDArray]:
    """Distance from the wall and a column, along the left (0) or the right (−1) end of a layer."""
    fields = result.layers[layer]
    x, y = fields.points.T
    edge = np.isclose(x, (x.min(), x.max())[end])
    order = np.argsort(y[edge])
    return y[edge][order] - MIDDLE, fields.values[column][edge][order]


# --- the picture ---------------------------------------------------------------------------------


def draw(wall: sf.UsadelResult, uniform: sf.UsadelResult) -> Figure:
    """The gain of Δ in S and the long-range triplet in F as maps, Δ at the interface as a line."""
    figure = Figure(figsize=(7.8, 6.0), layout="constrained")
    gap, triplet, line = figure.subplots(3, 1, height_ratios=(1.5, 1, 1.2), sharex=True)
    one = uniform.layers["S"]
    in_1d = np.interp(wall.layers["S"].points[:, 0], one.points[:, 0], one.values["delta"])
    gain = 100 * (wall.layers["S"].values["delta"] / in_1d - 1)
    draw_map(figure, gap, wall, "S", gain, "gain of $\\Delta$ (%)")
    values = wall.layers["F"].values["triplet_long_range"]
    draw_map(figure, triplet, wall, "F", values, "triplet across\nthe local $J$")
    draw_exchange(triplet)
    y, delta = along_wall(wall, "S", "delta", -1)
    line.plot(y, delta, "o-", color=style.BLACK, lw=1.4, ms=3, label="with the wall")
    far = uniform.summary["layers"]["S"]["gap"]["right"]
    line.axhline(far, color=style.GREY, ls="--", lw=1, label="without, in 1D")
    line.set_ylabel(r"$\Delta$ next to F $/\,T_{\mathrm{c}}$")
    line.set_xlabel(r"distance from the middle of the wall $/\,\xi_0$")
    line.set_xlim(-SHOWN, SHOWN)
    line.legend(fontsize=9, loc="upper left")
    return figure


def draw_map(
    figure: Figure, panel: Axes, result: sf.UsadelResult, name: str, values: NDArray, label: str
) -> None:
    """Values in one layer near the wall, the film lying flat with S above F."""
    x, y = (np.unique(np.round(each, 9)) for each in result.layers[name].points.T)
    near = np.abs(y - MIDDLE) < SHOWN + 1.5
    # nodes come in the order of x, then y
    rows = values.reshape(len(x), len(y))[:, near]
    drawn = panel.contourf(y[near] - MIDDLE, x, rows, levels=24, cmap="viridis")
    figure.colorbar(drawn, ax=panel, label=label)
    panel.text(-0.95 * SHOWN, x.mean(), name, color="white", va="center")
    panel.set_ylim(x.max(), x.min())
    panel.set_ylabel(style.POSITION)


def draw_exchange(panel: Axes) -> None:
    """J as arrows, z upwards."""
    y = np.linspace(-3.2, 3.2, 15)
    material, film = CASE.stack.layer("F").material, CASE.stack.layers[0].thickness
    exchange = material.exchange(np.stack([0 * y, y + MIDDLE], axis=1)) / STRENGTH
    depth = np.full_like(y, film + 0.2)
    arrows = {"color": "white", "pivot": "middle", "scale": 26, "width": 0.004}
    panel.quiver(y, depth, exchange[:, 0], exchange[:, 2], **arrows)


# --- the numbers ---------------------------------------------------------------------------------


def main(out: Path = Path("results/bloch_wall")) -> dict[str, float]:
    """Solve with and without the wall, and compare far from it and at it."""
    wall, uniform = sf.run_case(CASE), without_wall()
    sf.write_result(wall, out)
    ends = uniform.summary["layers"]["S"]["gap"]
    y, near_f = along_wall(wall, "S", "delta", -1)
    _, far_from_f = along_wall(wall, "S", "delta", 0)
    far = max(
        float(np.abs(values[[0, -1]] - ends[side]).max())
        for values, side in ((near_f, "right"), (far_from_f, "left"))
    )
    odd = float(np.abs(near_f - near_f[::-1]).max())
    gain = float(near_f[np.argmin(np.abs(y))]) / ends["right"] - 1
    width = CASE.mesh.width
    energy = wall.summary["free_energy"] - width * uniform.summary["free_energy"]
    _, collinear = along_wall(wall, "F", "triplet_long_range", -1)
    print(f"Δ next to F in the middle of the wall: {gain:+.2%}")
    print(f"20 ξ0 from it Δ is that of one dimension to {far:.0e} Tc")
    print(f"energy of the wall by superconductivity: {energy:+.5f} ν_S Tc² ξ0²")
    print(f"triplet across J in F: {collinear.max():.4f}, far from the wall {collinear[0]:.0e}")

    out.mkdir(parents=True, exist_ok=True)
    draw(wall, uniform).savefig(out / "figure.png", dpi=120)
    print(f"picture: {out / 'figure.png'}")

    assert far < 1e-6
    assert odd < 1e-7
    assert gain > 0.04
    assert energy < 0
    assert collinear[0] < 1e-6 < 1e-2 < collinear.max()
    return {"far": far, "gain": gain, "energy": energy, "triplet": float(collinear.max())}


if __name__ == "__main__":
    typer.run(main)
