# SPDX-License-Identifier: MIT
"""Right cases of spin transport become the expected plain data."""

from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path
from typing import Any

import pytest
from scipy import constants

import spin_cases
from fem_sf.case import load_case, locate_error
from fem_sf.errors import CaseError, Problem, StackError
from fem_sf.settings import MeshSettings, OutputSettings
from fem_sf.spin.interfaces import (
    BarrierShape,
    Circuit,
    General,
    Law,
    Metallic,
    MetallicNoAccumulation,
    MetallicReversed,
    Transparent,
    Tunnel,
    TunnelVector,
)
from fem_sf.spin.materials import Ferromagnet, Material, Normal, Wall
from fem_sf.spin.model import Current, Interface, Layer, Stack, Voltage, find_cautions
from fem_sf.spin.settings import SpinCase, SpinScales, SpinSolverSettings, TimeSettings, Waveform

FULL = """kind = "spin"
[spin]
mode = "steady"               # "steady", "transient"
# [solver] method = "exact": mode matching instead of finite elements
[drive]
voltage = 1.0                 # left minus right; or current = 1.0
[[layers]]
name = "FL"
material = "ferromagnet"      # "ferromagnet", "normal"
thickness = 3.0               # a number, or "semi-infinite" for an outer layer
conductivity = 1.0            # σ
diffusivity = 1.0             # D
polarisation = 0.5            # β
alpha = 1.0                   # α1 = α2; or alpha1, alpha2 (a warning says what that costs)
relaxation_time = 1.0         # τ
permittivity = 0.01           # ε
direction = [0, 0, 1]         # p
precession = [0, 0, 20]       # γH, a vector
[[layers]]
name = "FR"
material = "ferromagnet"
thickness = 2
conductivity = 2.0
diffusivity = 3.0
polarisation = -0.25
alpha = 1.5
relaxation_time = 4.0
permittivity = 0.02
direction = [0.6, 0, 0.8]
[[interfaces]]
between = ["FL", "FR"]
law = "tunnel"
conductance = 0.7             # g
polarisation_left = 0.0
polarisation_right = 0.0
capacitance = 0.5             # C_b
"""

LAYER = '[[layers]]\nname = "{}"\nmaterial = "{}"\nthickness = {}\n'
F = LAYER.format("F", "ferromagnet", 2)
G = LAYER.format("G", "ferromagnet", 3) + "direction = [1, 0, 0]\n"
N = LAYER.format("N", "normal", 1)
DRIVE = 'kind = "spin"\n[drive]\nvoltage = 1\n'
TUNNEL = '[[interfaces]]\nbetween = ["F", "G"]\nlaw = "tunnel"\nconductance = 0.7\n'
TRANSIENT = 'spin.mode = "transient"\n'


@pytest.fixture
def load(tmp_path: Path):
    """Load a case from its text."""

    def load_text(text: str) -> SpinCase:
        path = tmp_path / "some case.toml"
        path.write_text(text, encoding="utf-8")
        case = load_case(path)
        assert isinstance(case, SpinCase)
        return case

    return load_text


def joint(first: str, second: str, *lines: str) -> str:
    return "\n".join(["[[interfaces]]", f'between = ["{first}", "{second}"]', *lines, ""])


def test_full_example(load) -> None:
    assert load(FULL) == SpinCase(
        name="some case",
        title="some case",
        stack=Stack(
            [
                Layer(
                    "FL",
                    Ferromagnet(
                        conductivity=1.0,
                        diffusivity=1.0,
                        relaxation_time=1.0,
                        permittivity=0.01,
                        precession=(0.0, 0.0, 20.0),
                        alpha1=1.0,
                        alpha2=1.0,
                        polarisation=0.5,
                        direction=(0.0, 0.0, 1.0),
                    ),
                    3.0,
                ),
                Layer(
                    "FR",
                    Ferromagnet(
                        conductivity=2.0,
                        diffusivity=3.0,
                        relaxation_time=4.0,
                        permittivity=0.02,
                        alpha1=1.5,
                        alpha2=1.5,
                        polarisation=-0.25,
                        direction=(0.6, 0.0, 0.8),
                    ),
                    2.0,
                ),
            ],
            [Interface("FL", "FR", Tunnel(0.7), 0.5)],
        ),
        drive=Voltage(1.0),
        text=FULL,
    )


def test_shortest_case_has_the_defaults(load) -> None:
    text = 'kind = "spin"\ntitle = "A wire"\n[drive]\ncurrent = 2\n' + N
    assert load(text) == SpinCase(
        name="some case",
        title="A wire",
        stack=Stack([Layer("N", Normal(), 1.0)]),
        drive=Current(2.0),
        text=text,
    )


def test_every_setting(load) -> None:
    case = load(
        'kind = "spin"\n[drive]\nvoltage = -1\nwave_number = 0.5\n'
        f"{F}exchange_precession = -5\n{G}{TUNNEL}"
        "[mesh]\ndimension = 2\nwidth = 6.0\ndegree = 3\nrefinement = 2\n"
        '[solver]\nmethod = "finite-element"\ntolerance = 1e-8\nmax_iterations = 7\n'
        'first_load = 0.5\nerror_estimate = false\npetsc = { pc_type = "lu" }\n'
        "[output]\nvtx = true\nprobes = { F = [0, 2.0] }\n"
    )
    assert case.drive == Voltage(-1.0)
    assert case.wave_number == 0.5
    assert case.mesh == MeshSettings(dimension=2, width=6.0, degree=3, refinement=2.0)
    assert case.solver == SpinSolverSettings(
        method="finite-element",
        tolerance=1e-8,
        max_iterations=7,
        first_load=0.5,
        error_estimate=False,
        petsc={"pc_type": "lu"},
    )
    assert case.output == OutputSettings({"F": (0.0, 2.0)}, vtx=True)
    assert case.stack.layer("F").material == Ferromagnet(exchange_precession=-5.0)


def test_mesh_file(load, tmp_path: Path) -> None:
    (tmp_path / "cross.msh").write_text("")
    case = load(
        'kind = "spin"\n[drive]\ncurrent = 1\ncontacts = ["west", "east"]\n'
        + "".join(f'[[layers]]\nname = "{name}"\nmaterial = "ferromagnet"\n' for name in "ABC")
        + joint("A", "C", 'law = "transparent"')
        + '[mesh]\nfile = "cross.msh"\nunit = 2.0\n[output]\nprobes = { B = [[0.5, 9.0]] }\n'
    )
    assert case.contacts == ("west", "east")
    assert case.mesh == MeshSettings(file=tmp_path / "cross.msh", unit=2.0)
    assert case.output.probes == {"B": ((0.5, 9.0),)}
    assert [layer.thickness for layer in case.stack.layers] == [None] * 3
    assert [each.name for each in case.stack.interfaces] == ["A|C"]


@pytest.mark.parametrize(
    ("lines", "alphas"),
    [
        ("", (1.0, 1.0)),
        ("alpha = 2", (2.0, 2.0)),
        ("alpha1 = 1.3\nalpha2 = 0.7", (1.3, 0.7)),
        ("alpha2 = 0.7\nalpha1 = 1.3", (1.3, 0.7)),
    ],
)
def test_alpha(load, lines: str, alphas: tuple[float, float]) -> None:
    case = load(f"{DRIVE}{F}{lines}\n")
    material = case.stack.layer("F").material
    assert (material.alpha1, material.alpha2) == alphas
    assert bool(list(find_cautions(case.stack))) == (alphas[0] != alphas[1])


def test_what_means_nothing_in_a_normal_layer_hurts_nobody(load) -> None:
    case = load(f"{DRIVE}{N}polarisation = 0\ndirection = [0, 0, 1]\n")
    assert case.stack.layer("N").material == Normal()


def test_angle_is_a_direction(load) -> None:
    case = load(f"{DRIVE}{G.replace('direction = [1, 0, 0]', 'angle = -270')}")
    assert case.stack.layer("G").material == Ferromagnet(direction=(1.0, 0.0, 0.0))


WALL = Wall(0.3, 0.4, 0.1, (1.0, 0.0, 0.0))
WALL_KEYS = ["stiffness = 0.3", "anisotropy = 0.4", "hard_axis_anisotropy = 0.1"]


@pytest.mark.parametrize(
    ("lines", "wall"),
    [
        (f"wall = {{ {', '.join(WALL_KEYS)}, hard_axis = [1, 0, 0] }}", WALL),
        ("[layers.wall]\nhard_axis = [1, 0, 0]\n" + "\n".join(WALL_KEYS), WALL),
        ("wall = { anisotropy = 2, stiffness = 1 }", Wall(1.0, 2.0, 0.0, (0.0, 1.0, 0.0))),
    ],
)
def test_walls(load, lines: str, wall: Wall) -> None:
    case = load(f"{DRIVE}{F}{lines}\n{G}{TUNNEL}")
    assert case.stack.layer("F").material == Ferromagnet(wall=wall)
    assert case.stack.layer("G").material == Ferromagnet(direction=(1.0, 0.0, 0.0))


# --- semi-infinite layers and time ---


def test_semi_infinite_layers(load) -> None:
    case = load(
        'kind = "spin"\n[drive]\ncurrent = 1\n'
        + LAYER.format("L", "ferromagnet", '"semi-infinite"')
        + N
        + LAYER.format("R", "ferromagnet", '"semi-infinite"')
        + joint("L", "N", 'law = "transparent"')
        + joint("N", "R", 'law = "transparent"')
        + "[output]\nprobes = { L = [-40.0, 0], N = [0, 1.0], R = [0, 40.0] }\n"
    )
    assert [layer.thickness for layer in case.stack.layers] == [math.inf, 1.0, math.inf]
    assert case.output.probes == {"L": (-40.0, 0.0), "N": (0.0, 1.0), "R": (0.0, 40.0)}


def test_run_in_time(load) -> None:
    case = load(
        f"{TRANSIENT}{DRIVE}"
        'waveform = { shape = "pulse", start = 0.5, duration = 2 }\n'
        f"{F}{G}{TUNNEL}"
        '[time]\nend = 5\ntolerance = 1e-4\nstep = 0.1\nscheme = "crank-nicolson"\n'
        'initial = "steady"\ntimes = [0, 1.5, 5]\ncheckpoint = 30\n'
    )
    assert case.time == TimeSettings(
        end=5.0,
        waveform=Waveform("pulse", start=0.5, duration=2.0),
        initial="steady",
        scheme="crank-nicolson",
        tolerance=1e-4,
        step=0.1,
        times=(0.0, 1.5, 5.0),
        checkpoint=30.0,
    )


@pytest.mark.parametrize(
    ("waveform", "expected"),
    [
        ("", Waveform()),
        ('waveform.shape = "step"', Waveform("step")),
        ('[drive.waveform]\nfrequency = 3\nshape = "sine"', Waveform("sine", frequency=3.0)),
    ],
)
def test_waveforms(load, waveform: str, expected: Waveform) -> None:
    case = load(f"{TRANSIENT}{DRIVE}{waveform}\n{F}[time]\nend = 5\n")
    assert case.time == TimeSettings(end=5.0, waveform=expected)


def test_no_checkpoints(load) -> None:
    case = load(f"{TRANSIENT}{DRIVE}{F}[time]\nend = 5\ncheckpoint = false\n")
    assert case.time is not None
    assert case.time.checkpoint is None


# --- laws, in both spellings ---

GENERAL_ROWS = {
    "charge_left": (0.9, 0.5),
    "charge_right": (0.8, 0.6),
    "spin_left_left": (0.6, -0.35),
    "spin_left_right": (0.45, -0.2),
    "spin_right_left": (0.5, -0.15),
    "spin_right_right": (0.6, -0.25),
}
BARRIER_KEYS = {"conductance": 0.7, "polarisation_left": 0.4, "polarisation_right": 0.25}
CIRCUIT_KEYS = {
    "conductance": 2.0,
    "polarisation": 0.6,
    "mixing_real": 1.5,
    "mixing_imaginary": -0.2,
}
LAWS: list[tuple[str, Law, dict[str, Any]]] = [
    ("tunnel", Tunnel(0.7), {"conductance": 0.7}),
    (
        "tunnel",
        Tunnel(0.7, 0.4, 0.25, 0.1, BarrierShape("paper", 2.0, 8.0)),
        {
            **BARRIER_KEYS,
            "polarisation_product": 0.1,
            "barrier": {"model": "paper", "height": 2.0, "decay": 8.0},
        },
    ),
    (
        "tunnel",
        Tunnel(0.7, barrier=BarrierShape("wkb", 2.0, 8.0)),
        {"conductance": 0.7, "barrier": {"height": 2.0, "decay": 8.0}},
    ),
    ("tunnel-vector", TunnelVector(0.7, 0.4, 0.25), BARRIER_KEYS),
    ("metallic", Metallic(), {}),
    ("metallic-reversed", MetallicReversed(), {}),
    ("metallic-no-accumulation", MetallicNoAccumulation(), {}),
    ("transparent", Transparent(), {}),
    ("general", General(**GENERAL_ROWS), GENERAL_ROWS),
    ("circuit", Circuit(2.0, 0.6, 1.5), {**CIRCUIT_KEYS, "mixing_imaginary": 0.0}),
    ("circuit", Circuit(2.0, 0.6, 1.5, -0.2), CIRCUIT_KEYS),
]
SYMBOLS = {
    "conductance": "g",
    "polarisation": "P",
    "mixing_real": "Gr",
    "mixing_imaginary": "Gi",
    "polarisation_left": "PL",
    "polarisation_right": "P_right",
    "polarisation_product": "P12",
    "capacitance": "Cb",
    "charge_left": "q1",
    "charge_right": "q2",
    "spin_left_left": "rL1",
    "spin_left_right": "rL2",
    "spin_right_left": "rR1",
    "spin_right_right": "rR2",
    "height": "U0",
    "decay": "lambda",
}


def spell_value(value: Any) -> str:
    if isinstance(value, dict):
        inside = (f"{key} = {spell_value(each)}" for key, each in value.items())
        return f"{{ {', '.join(inside)} }}"
    return json.dumps(value)


def in_symbols(keys: dict[str, Any]) -> dict[str, Any]:
    return {
        SYMBOLS.get(key, key): in_symbols(value) if isinstance(value, dict) else value
        for key, value in keys.items()
    }


@pytest.mark.parametrize("symbols", [False, True], ids=["words", "symbols"])
@pytest.mark.parametrize(
    ("word", "law", "keys"), LAWS, ids=[f"{i}-{each[0]}" for i, each in enumerate(LAWS)]
)
def test_laws(load, word: str, law: Law, keys: dict[str, Any], symbols: bool) -> None:
    keys = {"capacitance": 0.5, **keys}
    if symbols:
        keys = in_symbols(keys)
        assert not keys.keys() & SYMBOLS.keys()
    lines = [f'law = "{word}"', *(f"{key} = {spell_value(each)}" for key, each in keys.items())]
    right, name = (N, "N") if word == "circuit" else (G, "G")
    case = load(f"{DRIVE}{F}{right}" + joint("F", name, *lines))
    assert case.stack.interfaces == (Interface("F", name, law, 0.5),)


@pytest.mark.parametrize("symbol", ["P_left", "PL"])
@pytest.mark.parametrize("decay", ["lam", "lambda"])
def test_more_spellings(load, symbol: str, decay: str) -> None:
    case = load(f"{DRIVE}{F}{G}{TUNNEL}{symbol} = 0.4\nbarrier = {{ U0 = 2.0, {decay} = 8.0 }}\n")
    law = case.stack.interfaces[0].law
    assert law == Tunnel(0.7, 0.4, barrier=BarrierShape("wkb", 2.0, 8.0))


def as_case(data: dict[str, Any]) -> str:
    """A case in symbols, from the input of the independent solvers."""
    kinds = {
        "tunnel": "tunnel",
        "tunnel_vector": "tunnel-vector",
        "metal_noaccum": "metallic-no-accumulation",
        "metal_vector": "transparent",
        "general": "general",
        "circuit": "circuit",
    }
    ((drive, value),) = data["drive"].items()
    text = f'kind = "spin"\n[drive]\n{ {"V": "voltage", "J": "current"}[drive] } = {value}\n'
    for i, each in enumerate(data["layers"]):
        thickness = '"semi-infinite"' if each["L"] == "inf" else each["L"]
        text += LAYER.format(i, "ferromagnet" if each["beta"] else "normal", thickness)
        text += f"conductivity = {each['sigma']}\ndiffusivity = {each['D']}\n"
        text += f"polarisation = {each['beta']}\nalpha1 = {each['a1']}\nalpha2 = {each['a2']}\n"
        text += f"relaxation_time = {each['tau']}\npermittivity = {each['eps']}\n"
        text += f"direction = {each['p']}\nprecession = {each['w']}\n"
    for i, each in enumerate(data["interfaces"]):
        word = kinds.get(each["type"])
        if each["type"] == "metal_paper":
            word = "metallic" if each["direction"] == "paper" else "metallic-reversed"
        names = ("g", "P", "Gr", "Gi", "PL", "PR", "P12", "q1", "q2", "rL1", "rL2", "rR1", "rR2")
        given = [f"{name} = {each[name]}" for name in (*names, "Cb") if each.get(name) is not None]
        text += joint(str(i), str(i + 1), f'law = "{word}"', *given)
    return text


@pytest.mark.parametrize("name", spin_cases.LINEAR_CASES)
def test_cases_of_the_independent_solvers(load, name: str) -> None:
    data = spin_cases.LINEAR_CASES[name]["input"]
    case = load(as_case(data))
    assert case.stack == spin_cases.stack(data)
    assert case.drive == spin_cases.drive(data)


# --- units ---

WITH_UNITS = """kind = "spin"
spin.mode = "transient"
[drive]
current = "1e11 A/m^2"
waveform = { shape = "sine", start = "2 ps", frequency = "1 GHz" }
[[layers]]
name = "F"
material = "ferromagnet"
thickness = "3 nm"
conductivity = "1.3e7 S/m"
diffusivity = "5 cm^2/s"
relaxation_time = "40 fs"
permittivity = "8.85e-12 F/m"
precession = ["1e12 rad/s", 0.5, "-2e12 /s"]
exchange_precession = "1e15 rad/s"
[[layers]]
name = "N"
material = "normal"
thickness = 10.0
conductivity = "75 nohm m"
[[layers]]
name = "G"
material = "ferromagnet"
thickness = "0.1 µm"
[[layers]]
name = "H"
material = "ferromagnet"
thickness = "3 nm"
direction = [1, 0, 0]
[[interfaces]]
between = ["F", "N"]
law = "circuit"
conductance = "0.5 fohm m^2"
polarisation = 0.77
mixing_real = "0.5e15 S/m^2"
mixing_imaginary = "-0.04 1/(ohm um^2)"
[[interfaces]]
between = ["N", "G"]
law = "tunnel-vector"
g = "2 ohm um^2"
[[interfaces]]
between = ["G", "H"]
law = "tunnel"
conductance = 3.0
capacitance = "1 uF/cm^2"
barrier = { height = "2 eV", thickness = "1.5 nm", mass = 0.4 }
[units]
length = "2 nm"
time = "10 fs"
conductivity = "5e6 S/m"
voltage = "4 mV"
[mesh]
refinement = 2
[time]
end = "1 ns"
step = "1 ps"
times = ["1 ps", 1000, "0.02 ns"]
[output]
probes = { F = ["1 nm", 1.5] }
"""
LENGTH, TIME, SIGMA, VOLT = 2e-9, 1e-14, 5e6, 4e-3


def test_units(load) -> None:
    case = load(WITH_UNITS)
    exactly = pytest.approx

    def same(value: float, si: float, unit: float) -> None:
        assert value == exactly(si / unit, rel=1e-12)

    assert case.scales is not None
    given = dataclasses.astuple(case.scales)
    assert given == exactly((LENGTH, TIME, SIGMA, VOLT), rel=1e-12)

    ferromagnet, normal, other = (case.stack.layer(name) for name in ("F", "N", "G"))
    same(ferromagnet.extent, 3e-9, LENGTH)
    same(other.extent, 1e-7, LENGTH)
    assert normal.extent == 10.0
    material = ferromagnet.material
    assert isinstance(material, Ferromagnet)
    same(material.conductivity, 1.3e7, SIGMA)
    same(normal.material.conductivity, 1 / 75e-9, SIGMA)
    same(material.diffusivity, 5e-4, LENGTH**2 / TIME)
    same(material.relaxation_time, 4e-14, TIME)
    same(material.permittivity, 8.85e-12, SIGMA * TIME)
    assert material.precession == exactly((1e12 * TIME, 0.5, -2e12 * TIME), rel=1e-12)
    same(material.exchange_precession, 1e15, 1 / TIME)

    circuit, vector, tunnel = (each.law for each in case.stack.interfaces)
    assert isinstance(circuit, Circuit)
    assert isinstance(vector, TunnelVector)
    assert isinstance(tunnel, Tunnel)
    same(circuit.conductance, 1 / 0.5e-15, SIGMA / LENGTH)
    same(circuit.mixing_real, 0.5e15, SIGMA / LENGTH)
    same(circuit.mixing_imaginary, -0.04e12, SIGMA / LENGTH)
    same(vector.conductance, 1 / 2e-12, SIGMA / LENGTH)
    assert tunnel.conductance == 3.0
    same(case.stack.interfaces[2].capacitance, 1e-6 / 1e-4, SIGMA * TIME / LENGTH)
    assert tunnel.barrier is not None
    same(tunnel.barrier.height, 2.0, VOLT)
    wave_number = math.sqrt(2 * 0.4 * constants.m_e * 2 * constants.eV) / constants.hbar
    same(tunnel.barrier.decay, 2 * wave_number * 1.5e-9, 1)

    assert isinstance(case.drive, Current)
    same(case.drive.value, 1e11, SIGMA * VOLT / LENGTH)
    assert case.time is not None
    same(case.time.waveform.start, 2e-12, TIME)
    assert case.time.waveform.frequency == exactly(1e9 * TIME, rel=1e-12)
    same(case.time.end, 1e-9, TIME)
    assert case.time.step == exactly(1e-12 / TIME, rel=1e-12)
    assert case.time.times == exactly((1e-12 / TIME, 1000, 2e-11 / TIME), rel=1e-12)
    assert case.output.probes["F"] == exactly((1e-9 / LENGTH, 1.5), rel=1e-12)


def test_units_of_walls_voltages_and_wave_numbers(load) -> None:
    case = load(
        'kind = "spin"\n[drive]\nvoltage = "-3 mV"\nwave_number = "1e7 /m"\n'
        f"{F}[layers.wall]\n"
        'stiffness = "3e-11 J/m"\nanisotropy = "5e5 J/m^3"\nhard_axis_anisotropy = "1 MJ/m^3"\n'
        f"{G}{TUNNEL}"
        '[units]\nlength = "2 nm"\ntime = "10 fs"\nconductivity = "0.2 µohm m"\nvoltage = "4 mV"\n'
        '[mesh]\ndimension = 2\nwidth = "1 µm"\n'
    )
    # (ħ/2e) times a charge-like current density J_M is an angular momentum per area and time
    area_energy = constants.hbar / (2 * constants.e) * SIGMA * VOLT / LENGTH
    material = case.stack.layer("F").material
    assert isinstance(material, Ferromagnet)
    assert material.wall is not None
    assert material.wall.stiffness == pytest.approx(3e-11 / (area_energy * LENGTH), rel=1e-12)
    assert material.wall.anisotropy == pytest.approx(5e5 / (area_energy / LENGTH), rel=1e-12)
    assert material.wall.hard_axis_anisotropy == pytest.approx(1e6 * LENGTH / area_energy)
    assert isinstance(case.drive, Voltage)
    assert case.drive.value == pytest.approx(-3e-3 / VOLT, rel=1e-12)
    assert case.wave_number == pytest.approx(1e7 * LENGTH, rel=1e-12)
    assert case.mesh.width == pytest.approx(1e-6 / LENGTH, rel=1e-12)


def test_units_have_defaults(load) -> None:
    case = load(DRIVE + F + "[units]\n")
    assert case.scales == SpinScales()
    case = load(DRIVE.replace("1\n", '"2 mV"\n') + F + '[units]\ntime = "1 ns"\n')
    assert case.scales.time == pytest.approx(1e-9)
    assert dataclasses.replace(case.scales, time=1e-12) == SpinScales()
    assert case.drive.value == pytest.approx(2.0)


def test_height_of_a_barrier_as_number_or_quantity(load) -> None:
    def barrier(height: str) -> BarrierShape:
        keys = f"barrier = {{ height = {height}, thickness = 1.0 }}\n"
        law = load(f'{DRIVE}{F}{G}{TUNNEL}{keys}[units]\nvoltage = "1 V"\n').stack.interfaces[0].law
        assert isinstance(law, Tunnel)
        assert law.barrier is not None
        return law.barrier

    decay = 2 * math.sqrt(2 * constants.m_e * 2 * constants.eV) * 1e-9 / constants.hbar
    for height in ("2.0", '"2 eV"', '"2 V"', '"3.204353268e-19 J"'):
        assert barrier(height).height == pytest.approx(2.0, rel=1e-12)
        assert barrier(height).decay == pytest.approx(decay, rel=1e-12)


# --- places ---


def test_problems_found_later_get_their_line() -> None:
    lines = (
        'kind = "spin"',  # 1
        'spin.mode = "transient"',
        "[[interfaces]]",
        "barrier = { U0 = 1, lam = 2 }",
        "g = 0.7",  # 5
        "",
        'between = ["L", "R"]',
        'law = "tunnel"',
        "[time]",
        "end = 3",  # 10
        "times = [",
        "  0, 1,",
        "  2,",
        "]",
        "[[layers]]",  # 15
        "alpha = 1",
        'name = "L"',
        "[layers.wall]",
        "anisotropy = 1",
        "stiffness = 1",  # 20
        "[[layers]]",
        'name = "R"',
        "[drive]",
        "voltage = 1",
    )
    keys = {
        "interfaces.L|R.barrier.height": (4, "interfaces[0].barrier.U0 (L|R)"),
        "interfaces.L|R.barrier.decay": (4, "interfaces[0].barrier.lam (L|R)"),
        "interfaces.L|R.conductance": (5, "interfaces[0].g (L|R)"),
        "interfaces.L|R.capacitance": (3, "interfaces[0].capacitance (L|R)"),
        "time.times[2]": (13, "time.times[2]"),
        "layers.L.alpha1": (16, 'layers[0].alpha (layer "L")'),
        "layers.L.alpha2": (16, 'layers[0].alpha (layer "L")'),
        "layers.L.wall.stiffness": (20, 'layers[0].wall.stiffness (layer "L")'),
        "layers.R.alpha1": (21, 'layers[1].alpha1 (layer "R")'),
        "drive.voltage": (24, "drive.voltage"),
        "solver.method": (1, "solver.method"),
    }
    for key, (line, written) in keys.items():
        error = locate_error(StackError([Problem(key, "wrong")]), Path("a.toml"), "\n".join(lines))
        assert isinstance(error, CaseError)
        assert str(error) == f"a.toml:{line}: {written}: wrong"


def test_order_of_tables_and_spellings_makes_no_difference(load) -> None:
    usual = load(
        f"{TRANSIENT}{DRIVE}{F}alpha1 = 2\nalpha2 = 2\n{N}"
        + joint("F", "N", 'law = "circuit"', "conductance = 1", "polarisation = 0.5")
        + "mixing_real = 1\ncapacitance = 2\n[time]\nend = 1\n"
    )
    shuffled = load(
        "time.end = 1\ndrive = { voltage = 1 }\n"
        'interfaces = [{ Cb = 2, P = 0.5, Gr = 1, g = 1, law = "circuit", between = ["F", "N"] }]\n'
        f"{TRANSIENT}[[layers]]\nalpha = 2\nmaterial = 'ferromagnet'\n"
        f'thickness = 2\n"name" = "F"\n{N}'.replace("spin.mode", 'kind = "spin"\nspin.mode')
    )
    assert dataclasses.replace(shuffled, text="") == dataclasses.replace(usual, text="")


def test_every_material_key_is_read(load) -> None:
    """A key that the schema knows but the stack does not would be dropped in silence."""
    values = {"relaxation_time": 3.0, "permittivity": 0.2, "conductivity": 4.0, "diffusivity": 5.0}
    lines = "".join(f"{key} = {value}\n" for key, value in values.items())
    for text, kind in ((F, Ferromagnet), (N, Normal)):
        material: Material = (
            load(f"{DRIVE}{text}{lines}precession = [1, 2, 3]\n").stack.layers[0].material
        )
        assert material == kind(**values, precession=(1.0, 2.0, 3.0))


def test_example_of_the_documentation(load) -> None:
    document = Path(__file__).parents[2] / "docs" / "case-format.md"
    _, _, section = document.read_text(encoding="utf-8").partition("## Spin transport")
    lines = [line[4:] for line in section.splitlines() if line.startswith("    ")]
    case = load("\n".join(lines))
    assert case.stack.names == ("FL", "FR")
    assert case.stack.interfaces == (Interface("FL", "FR", Tunnel(0.7), 0.5),)
