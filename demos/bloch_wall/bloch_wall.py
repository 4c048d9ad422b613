# SPDX-License-Identifier: MIT
"""A superconducting film on a ferromagnetic one with a Bloch wall: Δ(x, y) where J turns.

The exchange field turns by φ(y) from +z over +x to −z, cos φ = −tanh(y/δ) and φ' = 1/(δ cosh(y/δ))
with y from the wall. Pairs that extend over the wall see fields of several directions, which split
their spins less, so that Δ is larger there; and triplets across the local J appear, which uniform
fields do not make. Far away both must be as in a film without a wall, which needs no second
dimension.

If the wall is wide, **M** turns with J and the rest is as in a uniform film. In the free energy

    2πT Σ_ω>0 ∫ ν a [(∇θ)² + (∇M0)² − (∇**M**)²] + …,    M0² = 1 + M²,

of Ivanov and Fominov's θ and **M** (ν/ν_S, a = D/D_S) |∂**M**/∂y| is then M φ', θ and M0 do not
change along y, and because the free energy is stationary nothing else counts in this order:

    F_wall − F_uniform = −K ∫ φ'² dy,    K = 2πT Σ_ω>0 ∫ ν a M² dx.

K, by which superconductivity lowers the stiffness of exchange, comes from the uniform film alone.
The energies of solved walls have to tend to it as those of a series in 1/δ².
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import typer
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.tri import Triangulation
from numpy.typing import NDArray
from scipy.integrate import simpson

import fem_sf as sf
from fem_sf.output import style

CASE = sf.load_case(Path(__file__).with_name("wall.toml"))
WIDTH = CASE.mesh.width
STRENGTH, NARROW = 8.0, 0.8
"""|J| in Tc and δ in ξ0 of the case."""
WIDE = (2.0, 3.0, 4.0)
"""δ of wide walls, in ξ0."""
ROOM = 8.0
"""Width of films with a wide wall over δ: φ' has ended then."""
COARSE = 0.4
"""Refinement of their meshes, on which everything varies slowly."""
FREQUENCIES = 60
"""Of the sum in K, whose terms fall off as a high power of ω."""

# --- films ----------------------------------------------------------------------------------------


def with_exchange(exchange: float | Callable[[NDArray], NDArray]) -> sf.Stack:
    """The films of the case with another exchange field."""
    s, f = CASE.stack.layers
    f = replace(f, material=replace(f.material, exchange=exchange))
    return sf.Stack([s, f], CASE.stack.interfaces)


def uniform(mesh: sf.MeshSettings, frequencies: tuple[float, ...] = ()) -> sf.UsadelResult:
    """Without a wall, in one dimension."""
    output = sf.OutputSettings(frequencies=frequencies)
    stack = with_exchange(STRENGTH)
    return sf.run_case(replace(CASE, stack=stack, mesh=mesh, output=output))


def on_a_line(refinement: float) -> sf.MeshSettings:
    """The columns of a rectangle's mesh."""
    return replace(CASE.mesh, dimension=1, width=None, refinement=refinement)


def wide_wall(delta: float) -> sf.UsadelResult:
    """With a wall of a width, in a film that is as much wider."""
    width = ROOM * delta

    def exchange(points: NDArray) -> NDArray:
        y = (points[:, 1] - width / 2) / delta
        return STRENGTH * np.stack([1 / np.cosh(y), 0 * y, -np.tanh(y)], axis=1)

    mesh = replace(CASE.mesh, width=width, refinement=COARSE)
    return sf.run_case(replace(CASE, stack=with_exchange(exchange), mesh=mesh))


# --- along a film ---------------------------------------------------------------------------------


def along(result: sf.UsadelResult, layer: str, x: float, column: str) -> tuple[NDArray, NDArray]:
    """Positions across and a column at one x, both ascending in y."""
    fields = result.layers[layer]
    there = np.isclose(fields.points[:, 0], x)
    order = np.argsort(fields.points[there, 1])
    return fields.points[there, 1][order], fields.values[column][there][order]


@dataclass(frozen=True)
class Approach:
    """How Δ becomes uniform away from the wall.

    Parameters
    ----------
    end, limit
        Δ at the vacuum end of the film and what it would be without the wall, in Tc.
    length
        Within which it does, in ξ0.
    """

    end: float
    limit: float
    length: float


def approach(y: NDArray, delta: NDArray) -> Approach:
    """From Δ at 0, h and 2h: Δ = limit + A cosh(y/length), the slowest mode before a vacuum end."""
    step = int(np.argmin(np.abs(y - 1.0)))
    first, second, third = delta[0], delta[step], delta[2 * step]
    cosh = (third - first) / (second - first) / 2 - 1
    amplitude = (second - first) / (cosh - 1)
    return Approach(first, first - amplitude, y[step] / math.acosh(cosh))


# --- energy of a wall -----------------------------------------------------------------------------


def stiffness() -> float:
    """K in ν_S Tc² ξ0 · ξ0, with sinh of Im θ_+ = arcsin(f_s + i f_tz) for M."""
    frequencies = np.pi * CASE.temperature * (2 * np.arange(FREQUENCIES) + 1)
    result = uniform(sf.MeshSettings(), tuple(frequencies))
    total = 0.0
    for layer in CASE.stack.layers:
        fields = result.layers[layer.name]
        sine = fields.amplitudes["singlet"] + 1j * fields.amplitudes["triplet_z"]
        squares = np.sinh(np.arcsin(sine).imag) ** 2
        integrals = simpson(squares, x=fields.points[:, 0], axis=1)
        total += layer.material.conductivity * float(integrals.sum())
    return 2 * np.pi * CASE.temperature * total


def energy_over_turning(result: sf.UsadelResult, width: float, delta: float, flat: float) -> float:
    """(F_wall − F_uniform)/∫φ'² dy with ∫φ'² dy = (2/δ) tanh(width/2δ)."""
    turning = 2 / delta * math.tanh(width / (2 * delta))
    return (result.summary["free_energy"] - width * flat) / turning


def series_of(energies: dict[float, float]) -> np.polynomial.Polynomial:
    """Through the energies of the wide walls, in powers of 1/δ²."""
    inverse_squares = np.array(WIDE) ** -2
    values = [energies[delta] for delta in WIDE]
    return np.polynomial.Polynomial.fit(inverse_squares, values, len(WIDE) - 1)


# --- the picture ----------------------------------------------------------------------------------


def draw(wall: sf.UsadelResult, flat: sf.UsadelResult, energies: dict, limit: float) -> Figure:
    """J, Δ(x, y), Δ and triplets along the interface; energies of walls."""
    figure = Figure(figsize=(9.6, 5.4), layout="constrained")
    grid = figure.add_gridspec(4, 2, width_ratios=(1.45, 1), height_ratios=(0.3, 1, 1, 1))
    turns, gap_map, gap, triplets = (figure.add_subplot(grid[i, 0]) for i in range(4))
    draw_directions(turns)
    draw_map(figure, gap_map, wall)
    thickness = CASE.stack.layer("S").thickness
    for x, place, colour in ((thickness, "right", style.BLUE), (0.0, "left", style.GREEN)):
        y, values = along(wall, "S", x, "delta")
        far = flat.summary["layers"]["S"]["gap"][place]
        name = "at the interface" if place == "right" else "at the free surface"
        gap.plot(y - WIDTH / 2, values / far - 1, color=colour, lw=1.6, label=name)
    gap.axhline(0, color=style.GREY, lw=0.8, ls="--", label="no wall")
    gap.set_ylabel(r"$\Delta\,/\,\Delta_\mathrm{uniform} - 1$")
    for column, colour, name in (
        ("triplet_short_range", style.BLUE, r"along $\mathbf{J}$"),
        ("triplet_long_range", style.VERMILLION, r"across $\mathbf{J}$ (long-ranged), $\times 5$"),
    ):
        y, values = along(wall, "F", thickness, column)
        scale = 5 if column == "triplet_long_range" else 1
        triplets.plot(y - WIDTH / 2, scale * values, color=colour, lw=1.6, label=name)
    triplets.set_ylabel(r"$f_\mathrm{t}$ in F, $\omega = \pi T$")
    triplets.set_xlabel(r"$y\,/\,\xi_0$ from the wall")
    triplets.set_ylim(0, 0.72)
    gap.legend(fontsize=8, loc="upper left")
    triplets.legend(fontsize=8, loc="upper left", ncol=2)
    for panel in (gap_map, gap):
        panel.tick_params(labelbottom=False)
    for panel in (turns, gap_map, gap, triplets):
        panel.set_xlim(-WIDTH / 2, WIDTH / 2)
    draw_energies(figure.add_subplot(grid[1:, 1]), energies, limit)
    return figure


def draw_directions(panel: Axes) -> None:
    """J along the wall, z upwards."""
    y = np.linspace(-WIDTH / 2 + 0.5, WIDTH / 2 - 0.5, 31)
    across, up = 1 / np.cosh(y / NARROW), -np.tanh(y / NARROW)
    panel.quiver(y, 0 * y, across, up, pivot="mid", scale=36, width=0.004, color=style.ORANGE)
    panel.set_title(r"direction of $\mathbf{J}$ in F ($z$ upwards, $x$ to the right)", fontsize=9)
    panel.set_axis_off()


def draw_map(figure: Figure, panel: Axes, wall: sf.UsadelResult) -> None:
    """Δ over the superconducting film."""
    fields = wall.layers["S"]
    x, y = fields.points.T
    mesh = Triangulation(y - WIDTH / 2, x)
    colours = panel.tripcolor(mesh, fields.values["delta"], shading="gouraud", cmap="viridis")
    figure.colorbar(colours, ax=panel, label=r"$\Delta\,/\,k_{\mathrm{B}}T_{\mathrm{c}}$")
    panel.set_ylabel(r"$x\,/\,\xi_0$ in S")


def draw_energies(panel: Axes, energies: dict[float, float], limit: float) -> None:
    """Energies of walls by width, and that of the limit of wide ones."""
    widths = np.array(list(energies))
    fine = np.linspace(0, 0.3, 50)
    panel.plot(
        fine,
        series_of(energies)(fine),
        color=style.GREY,
        lw=0.9,
        ls="--",
        label="through wide ones",
    )
    panel.plot(widths**-2, list(energies.values()), "o", color=style.VERMILLION, label="solved")
    panel.plot(0, limit, "D", color="black", label=r"$-K$ of a film without wall", clip_on=False)
    for delta, energy in energies.items():
        place = {"xytext": (7, -9), "textcoords": "offset points", "fontsize": 8}
        panel.annotate(rf"$\delta = {delta:g}\,\xi_0$", (delta**-2, energy), **place)
    panel.set_xlim(0, 1.35 * widths.min() ** -2)
    panel.set_xlabel(r"$(\xi_0/\delta)^2$")
    panel.set_ylabel(
        r"$(F_\mathrm{wall} - F_\mathrm{uniform})\,/\int\!\varphi'^2\mathrm{d}y$"
        r"   in $\nu_S T_\mathrm{c}^2\xi_0^3$"
    )
    panel.set_title("energy of walls by width", fontsize=9)
    panel.legend(fontsize=8, loc="upper left")


# --- the number -----------------------------------------------------------------------------------


def main(out: Path = Path("results/bloch_wall")) -> dict[str, float]:
    """Solve the wall and wider ones, hold them against uniform films, draw."""
    wall, flat = sf.run_case(CASE), uniform(on_a_line(CASE.mesh.refinement))
    sf.write_result(wall, out)
    thickness = CASE.stack.layer("S").thickness
    numbers: dict[str, float] = {"far": 0.0, "limit": 0.0}
    for x, place in ((0.0, "left"), (thickness, "right")):
        y, delta = along(wall, "S", x, "delta")
        without, found = flat.summary["layers"]["S"]["gap"][place], approach(y, delta)
        numbers[f"enhanced_{place}"] = float(delta.max()) / without - 1
        numbers["far"] = max(numbers["far"], abs(found.end / without - 1))
        numbers["limit"] = max(numbers["limit"], abs(found.limit / without - 1))
        print(
            f"Δ at x = {x}: no wall {without:.5f}, wall {delta.max():.5f}, at the end of the film "
            f"{found.end:.5f} → {found.limit:.5f} within {found.length:.2f} ξ0"
        )
    _, across = along(wall, "F", thickness, "triplet_long_range")
    numbers["long_range_far"] = across[0] / across.max()
    print(f"triplets across J: up to {across.max():.4f}, at the end of the film {across[0]:.5f}")
    checks = wall.summary["checks"]
    numbers["balance"] = max(
        float(np.abs(checks["torque_balance"]).max()), checks["spin_current_balance"]
    )

    free_energy = flat.summary["free_energy"]
    energies = {NARROW: energy_over_turning(wall, WIDTH, NARROW, free_energy)}
    coarse = uniform(on_a_line(COARSE)).summary["free_energy"]
    for delta in WIDE:
        energies[delta] = energy_over_turning(wide_wall(delta), ROOM * delta, delta, coarse)
    stiff = stiffness()
    limit = float(series_of(energies)(0.0))
    numbers |= {"stiffness": stiff, "wide": abs(limit / -stiff - 1)}
    for delta, energy in energies.items():
        print(f"δ = {delta} ξ0: energy of the wall over ∫φ'² {energy:.5f}")
    print(f"extrapolated to wide walls {limit:.5f}, −K of a film without {-stiff:.5f}")

    out.mkdir(parents=True, exist_ok=True)
    draw(wall, flat, energies, -stiff).savefig(out / "figure.png", dpi=110)
    print(f"picture: {out / 'figure.png'}")

    assert numbers["far"] < 2e-3
    assert numbers["limit"] < 5e-4
    assert numbers["long_range_far"] < 0.02
    assert numbers["balance"] < 1e-12
    assert numbers["wide"] < 5e-3
    assert numbers["enhanced_right"] > numbers["enhanced_left"] > 0.02
    return numbers


if __name__ == "__main__":
    typer.run(main)
