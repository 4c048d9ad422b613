# SPDX-License-Identifier: MIT
"""Long-range triplets: what reaches deep into a ferromagnet behind a thin, tilted one.

Deep in F the amplitudes are small and the equations linear, with a = D_F/D_S and J along z:

    a θ'' = ω θ − J M_z,    a M_z'' = ω M_z + J θ,    a M_x'' = ω M_x.

The first two are one equation for sin θ_+ = f_s + i f_tz, and its triplet part has opposite spins:

    a (sin θ_+)'' = (ω − iJ) sin θ_+,    sin θ_+ ∝ exp(−x √((ω − iJ)/a)).

It decays within some ξ_F and turns as it goes. Across J nothing breaks pairs, whose spins are
parallel there:

    f_tx ∝ exp(−x √(ω/a)),    as in a normal metal.

Singlets of S become triplets along J' in F', and what of these is across J goes on into F. There is
none where J' is parallel or antiparallel to J. Here both wave numbers are read off solutions of the
full nonlinear equations at several frequencies; the case itself is held against another solver.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import typer
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

import fem_sf as sf
from fem_sf.output import style

CASE = sf.load_case(Path(__file__).with_name("tilted.toml"))
QUICK = sf.SolverSettings(error_estimate=False)

# What has to come out of the case itself: ∫δM_x and ∫δM_z of each layer in M_F0 ξ0; θ, M_x and M_z
# at the lowest frequency at the left and the right end of F. From
# tests/reference/usadel/noncollinear.json, numbers of an independent multidomain Chebyshev
# collocation solver, good to 1e-9.
EXPECTED_MOMENTS = {
    "S": (-0.0200994109658, -0.0041842219270),
    "F'": (-0.0021997090973, -0.0005105235899),
    "F": (-0.0005105235899, -0.0002487480073),
}
EXPECTED_ENDS = (
    (0, 0.1022929736, -0.2215233086, -0.0663494186),
    (-1, -0.0001758133, -0.0789428751, 0.0029442400),
)

ANGLES = np.linspace(0.0, 180.0, 9)
THICK = 20.0
"""Of F where wave numbers are read off, in ξ0; from its far end nothing comes back."""
FREQUENCIES = tuple(np.geomspace(0.4, 10.0, 8))
LINEAR = (1e-4, 1e-3)
"""Of f_tx where they are read off; what the linear equations neglect is its square."""


def solve(angle: float, thickness: float, frequencies: tuple[float, ...] = ()) -> sf.UsadelResult:
    """The case with F' at an angle and F of a thickness."""
    s, tilted, f = CASE.stack.layers
    tilted = replace(tilted, material=replace(tilted.material, angle=angle))
    stack = sf.Stack([s, tilted, replace(f, thickness=thickness)], CASE.stack.interfaces)
    output = sf.OutputSettings(frequencies=frequencies)
    return sf.run_case(replace(CASE, stack=stack, output=output, solver=QUICK))


# --- against the other solver ---------------------------------------------------------------------


def deviation(result: sf.UsadelResult) -> float:
    """Largest difference from the expected numbers, each over the largest of its kind."""
    layers = result.summary["layers"]
    moments = np.array([layers[each]["magnetization"]["integral"] for each in EXPECTED_MOMENTS])
    errors = [relative(moments[:, [0, 2]], list(EXPECTED_MOMENTS.values()))]
    values = result.layers["F"].values
    for node, theta, m_x, m_z in EXPECTED_ENDS:
        found = [values[name][node] for name in ("singlet", "triplet_x", "triplet_z")]
        long = math.sqrt(1 + m_x**2 + m_z**2)
        expected = [long * math.sin(theta), -m_x * math.cos(theta), -m_z * math.cos(theta)]
        errors.append(relative(found, expected))
    return max(errors)


def relative(values: Any, expected: Any) -> float:
    """Largest deviation over the largest expected magnitude."""
    return float(np.abs(np.subtract(values, expected)).max() / np.abs(expected).max())


# --- wave numbers ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class WaveNumbers:
    """Those of the two kinds of pairs, in 1/ξ0; their real parts are inverse decay lengths.

    Parameters
    ----------
    across
        Of the triplet across J.
    along
        Of the singlet and the triplet along J, as sin θ_+.
    """

    across: float
    along: complex


def of_linear_equations(omega: float) -> WaveNumbers:
    """√(ω/a) and √((ω − iJ)/a)."""
    material = CASE.stack.layer("F").material
    a, j = material.diffusivity, material.exchange
    return WaveNumbers(math.sqrt(omega / a), complex(np.sqrt((omega - 1j * j) / a)))


@dataclass(frozen=True)
class Profiles:
    """Amplitudes in F at one frequency, by distance from F', all of shape (n,).

    Parameters
    ----------
    x
        Distances, ξ0.
    across
        |f_tx|.
    along
        sin θ_+ = f_s + i f_tz.
    """

    x: NDArray[np.float64]
    across: NDArray[np.float64]
    along: NDArray[np.complex128]


def profiles(result: sf.UsadelResult) -> list[Profiles]:
    """At each frequency that was asked for."""
    fields = result.layers["F"]
    x = fields.points[:, 0] - fields.points[0, 0]
    names = ("singlet", "triplet_short_range", "triplet_long_range")
    columns = (fields.amplitudes[name] for name in names)
    return [
        Profiles(x, across, singlet + 1j * along)
        for singlet, along, across in zip(*columns, strict=True)
    ]


def read_off(found: Profiles) -> WaveNumbers:
    """Slopes of the logarithms where the equations are linear."""
    near = (found.across > LINEAR[0]) & (found.across < LINEAR[1])
    x, across, along = found.x[near], found.across[near], found.along[near]
    decay, turns = np.log(np.abs(along)), np.unwrap(np.angle(along))
    slopes = [np.polyfit(x, curve, 1)[0] for curve in (np.log(across), decay, turns)]
    return WaveNumbers(-slopes[0], complex(-slopes[1], -slopes[2]))


# --- the picture ----------------------------------------------------------------------------------

ACROSS, ALONG = style.VERMILLION, style.BLUE


def draw(deep: list[Profiles], found: list[WaveNumbers], by_angle: NDArray[np.float64]) -> Figure:
    """Amplitudes by depth, decay lengths by frequency, amplitudes at the end of F by angle."""
    figure = Figure(figsize=(9.6, 3.5), layout="constrained")
    by_depth, by_frequency, turned = figure.subplots(1, 3, width_ratios=(1.15, 1, 1))
    draw_depth(by_depth, deep[0], of_linear_equations(FREQUENCIES[0]))
    draw_lengths(by_frequency, found)
    turned.plot(ANGLES, by_angle, "o", color=ACROSS, ms=5, label="solved")
    fine = np.linspace(0, 180, 181)
    sine = by_angle[len(ANGLES) // 2] * np.sin(np.radians(fine))
    turned.plot(fine, sine, color=style.GREY, lw=0.9, ls="--", label=r"$\propto\,\sin\alpha$")
    turned.set_xlabel(r"angle $\alpha$ of $J'$ from $J$  (degrees)")
    end = CASE.stack.layer("F").thickness
    turned.set_ylabel(rf"$|f_{{\mathrm{{t}}x}}|$ at the far end of F, $x = {end}\,\xi_0$")
    turned.set_xticks(range(0, 181, 45))
    turned.set_ylim(0)
    turned.legend(fontsize=8, loc="lower center")
    return figure


def draw_depth(panel: Axes, deep: Profiles, linear: WaveNumbers) -> None:
    """Both amplitudes at one frequency, and the slopes of the linear equations."""
    lines = (
        (deep.across, linear.across, ACROSS, r"across $J$:  $|f_{\mathrm{t}x}|$"),
        (
            np.abs(deep.along),
            linear.along.real,
            ALONG,
            r"along $J$:  $(f_\mathrm{s}^2 + f_{\mathrm{t}z}^2)^{1/2}$",
        ),
    )
    for amplitude, decay, colour, label in lines:
        panel.plot(deep.x, amplitude, color=colour, lw=1.8, label=label)
        exact = amplitude[np.searchsorted(deep.x, 3.0)] * np.exp(-decay * (deep.x - 3.0))
        panel.plot(deep.x, exact, color="black", lw=0.8, ls=":")
    panel.plot([], [], color="black", lw=0.8, ls=":", label="linear equations")
    panel.set_yscale("log")
    panel.set_xlim(0, 6)
    panel.set_ylim(1e-8, 3)
    panel.set_xlabel(r"depth in F,  $x\,/\,\xi_0$")
    panel.set_ylabel(rf"pair amplitudes at $\omega = {FREQUENCIES[0]:g}\,T_\mathrm{{c}}$")
    panel.legend(fontsize=8, loc="upper right")


def draw_lengths(panel: Axes, found: list[WaveNumbers]) -> None:
    """Decay lengths by frequency, read off and exact."""
    fine = np.geomspace(0.3, 13.0, 100)
    exact = [of_linear_equations(omega) for omega in fine]
    for numbers, frequencies, mark in ((found, FREQUENCIES, "o"), (exact, fine, "")):
        line = {"marker": mark, "ls": "" if mark else "-", "lw": 0.9, "ms": 5}
        panel.plot(frequencies, [1 / each.across for each in numbers], color=ACROSS, **line)
        panel.plot(frequencies, [1 / each.along.real for each in numbers], color=ALONG, **line)
    panel.text(1.0, 0.95, r"$\sqrt{a_F/\omega}$", color=ACROSS)
    panel.text(0.32, 0.2, r"$1\,/\,\mathrm{Re}\sqrt{(\omega - iJ)/a_F}$", color=ALONG)
    panel.set_xscale("log")
    panel.set_yscale("log")
    panel.set_xlabel(r"$\omega\,/\,k_{\mathrm{B}}T_{\mathrm{c}}$")
    panel.set_ylabel(r"decay length $/\,\xi_0$")
    panel.set_yticks([0.2, 0.5, 1.0], ["0.2", "0.5", "1"])
    panel.set_yticks([], minor=True)
    panel.set_title("points: read off, lines: linear equations", fontsize=8)


# --- the number -----------------------------------------------------------------------------------


def main(out: Path = Path("results/long_range_triplet")) -> dict[str, float]:
    """Solve the case at all angles and with a thick F, draw and compare."""
    thickness = CASE.stack.layer("F").thickness
    turned = [solve(angle, thickness) for angle in ANGLES]
    by_angle = np.array([each.layers["F"].values["triplet_long_range"][-1] for each in turned])
    worst = deviation(turned[len(ANGLES) // 2])
    print(f"at 90 degrees the case agrees with the reference to {worst:.0e}")
    print("angle    Δ at F'    f_tx at the far end of F")
    for angle, result, amplitude in zip(ANGLES, turned, by_angle, strict=True):
        gap = result.summary["layers"]["S"]["gap"]["right"]
        print(f"{angle:5.1f}    {gap:.4f}    {amplitude:.6f}")

    deep = profiles(solve(90.0, THICK, FREQUENCIES))
    found = [read_off(each) for each in deep]
    errors = []
    print("\nω / Tc   √(ω/a)    read off    √((ω − iJ)/a)         read off")
    for omega, each in zip(FREQUENCIES, found, strict=True):
        exact = of_linear_equations(omega)
        print(f"{omega:6.3f}  {exact.across:8.5f}  {each.across:8.5f}  ", end="")
        print(f"{exact.along:20.5f}  {each.along:20.5f}")
        errors += [each.across / exact.across - 1, abs(each.along / exact.along - 1)]
    wave_numbers = float(np.abs(errors).max())
    print(f"wave numbers agree to {wave_numbers:.0e}")

    out.mkdir(parents=True, exist_ok=True)
    draw(deep, found, by_angle).savefig(out / "figure.png", dpi=140)
    print(f"picture: {out / 'figure.png'}")

    largest = float(ANGLES[by_angle.argmax()])
    assert worst < 1e-8
    assert wave_numbers < 1e-6
    assert max(by_angle[0], by_angle[-1]) < 1e-12
    assert 60 < largest < 120
    return {
        "worst": worst,
        "wave_numbers": wave_numbers,
        "collinear": float(max(by_angle[0], by_angle[-1])),
        "largest": largest,
    }


if __name__ == "__main__":
    typer.run(main)
