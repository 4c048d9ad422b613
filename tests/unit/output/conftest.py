# SPDX-License-Identifier: MIT
"""Results with known numbers: made-up superconductors, exactly solved junctions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fem_sf.interfaces import KupriyanovLukichev
from fem_sf.materials import Ferromagnet, Superconductor
from fem_sf.settings import OutputSettings, PhysicalScales, UsadelCase
from fem_sf.spin import exact, model
from fem_sf.spin.interfaces import Circuit, Tunnel
from fem_sf.spin.materials import Ferromagnet as magnet
from fem_sf.spin.materials import Normal as normal
from fem_sf.spin.settings import SpinCase, SpinScales, TimeSettings
from fem_sf.stack import Interface, Layer, Stack
from fem_sf.study.results import (
    ACROSS_COLUMNS,
    AMPLITUDE_COLUMNS,
    SPIN_COLUMNS,
    USADEL_COLUMNS,
    History,
    LayerFields,
    LayerSpectrum,
    Spectrum,
    SpinResult,
    UsadelResult,
)

STACK = Stack(
    [Layer("S", Superconductor(), 3.0), Layer("F", Ferromagnet(exchange=15.0), 0.25)],
    [Interface("S", "F", KupriyanovLukichev(0.1, "F"))],
)


def fields(points, cells, **values):
    """A layer with the given columns; zero in the others."""
    zero = np.zeros(len(points))
    columns = {name: np.asarray(values.get(name, zero)) for name in USADEL_COLUMNS}
    return LayerFields(np.asarray(points, float), np.asarray(cells, np.int64), columns)


def line(x):
    """Points and cells of a line."""
    return np.asarray(x)[:, None], np.column_stack([np.arange(len(x) - 1), np.arange(1, len(x))])


def rectangle(x, y):
    """Points and quadrilaterals, vertices around each, of a rectangle."""
    points = np.array([(a, b) for b in y for a in x])
    number = np.arange(len(points)).reshape(len(y), len(x))
    corners = [number[:-1, :-1], number[:-1, 1:], number[1:, 1:], number[1:, :-1]]
    return points, np.stack(corners, axis=-1).reshape(-1, 4)


def result(layers, probes, **case):
    """A result of ``STACK``."""
    return UsadelResult(
        case=UsadelCase(
            name="made-up",
            title="A made-up bilayer",
            stack=STACK,
            temperature=0.1,
            reference="F",
            text='kind = "usadel"  # Δ, ξ₀\n',
            **case,
        ),
        layers=layers,
        probes=probes,
        summary={
            "versions": {"fem_sf": "0.0"},
            "seconds": {"setup": 1.0, "solve": 2.0},
            "kind": "usadel",
            "converged": True,
            "state": "superconducting",
            "layers": {
                "S": {"magnetization": {"integral": np.array([0.0, 0.0, -1 / 3])}},
                "F": {"magnetization": {"integral": [0.0, 0.0, float("nan")]}},
            },
            "free_energy": np.float64(-0.1) * 3,
        },
    )


@pytest.fixture
def bilayer():
    """On a line, with both sides of the interface at x = 3 and numbers that fill 17 digits."""
    left, right = np.linspace(0, 3, 8), 3 + np.linspace(0, 0.25, 5)
    layers = {
        "S": fields(*line(left), delta=np.sqrt(3.1 - left), dM_z=-0.01 * np.exp(left - 3)),
        "F": fields(*line(right), dM_z=-np.exp(-7 * (right - 3)) / 30, dM_x=0.01 * (right - 3)),
    }
    no_cells = np.empty((0, 2))
    probes = {
        "S": fields([[0.0], [1 / 3]], no_cells, delta=[1.7, 1.6]),
        "F": fields([[3.0]], no_cells, dM_z=[-1 / 30]),
    }
    return result(layers, probes)


@pytest.fixture
def bilayer_in_si(bilayer):
    """The same with known units: Tc = 9.2 K, D_S = 4.6 cm²/s."""
    scales = PhysicalScales(critical_temperature=9.2, diffusivity=4.6e-4)
    return result(bilayer.layers, bilayer.probes, scales=scales)


def with_amplitudes(made_up):
    """The same with amplitudes at three frequencies, all numbers different."""
    layers = {}
    for number, (name, each) in enumerate(made_up.layers.items()):
        shape = (3, len(each.points))
        amplitudes = {
            column: (number + np.arange(i, i + 3 * shape[1]).reshape(shape)) / 7
            for i, column in enumerate(AMPLITUDE_COLUMNS)
        }
        layers[name] = replace(each, amplitudes=amplitudes)
    output = OutputSettings(frequencies=(3.0, 1 / 3, 0.5))
    return result(layers, made_up.probes, scales=made_up.case.scales, output=output)


@pytest.fixture
def bilayer_at_frequencies(bilayer):
    """The bilayer on a line at chosen frequencies."""
    return with_amplitudes(bilayer)


@pytest.fixture
def bilayer_at_frequencies_in_si(bilayer_in_si):
    """The same with known units."""
    return with_amplitudes(bilayer_in_si)


@pytest.fixture
def plane_at_frequencies(plane):
    """The bilayer in a plane at chosen frequencies."""
    return with_amplitudes(plane)


@pytest.fixture
def plane():
    """In a plane: triangles in S, quadrilaterals in F."""
    points, quads = rectangle(np.linspace(0, 3, 7), np.linspace(0, 1, 4))
    triangles = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
    others, cells = rectangle(np.linspace(3, 3.25, 3), np.linspace(0, 1, 4))
    layers = {
        "S": fields(points, triangles, delta=np.cos(points[:, 0] / 3), dM_z=-0.01 * points[:, 0]),
        "F": fields(others, cells, dM_z=-0.05 - 0.01 * others[:, 1]),
    }
    return result(layers, {"S": fields([[0.5, 0.5]], np.empty((0, 2)), delta=[1.0])})


def with_spectra(made_up):
    """The same with two densities of states, of 2 and 3 energies, all numbers different."""
    spectra = []
    for number, energies in enumerate(([0.5, -1 / 3], [0.0, 1.0, 2.0])):
        layers = {}
        for name in made_up.layers:
            points = made_up.probes[name].points if name in made_up.probes else np.empty((0, 1))
            shape = (len(energies), 3 + len(points), 2)
            start = 100 * number + 50 * (name == "F")
            values = (start + np.arange(np.prod(shape)).reshape(shape)) / 70
            layers[name] = LayerSpectrum(*values[:, :3].swapaxes(0, 1), values[:, 3:], points)
        spectra.append(Spectrum(np.array(energies), 0.01 * (number + 1), ("up", "down"), layers))
    return replace(made_up, spectra=tuple(spectra))


@pytest.fixture
def bilayer_spectra(bilayer):
    """The bilayer on a line with densities of states."""
    return with_spectra(bilayer)


@pytest.fixture
def bilayer_spectra_in_si(bilayer_in_si):
    """The same with known units."""
    return with_spectra(bilayer_in_si)


# --- spin transport: exact steady states, and a run in time of simple curves ---


def tilted(angle):
    """A direction at an angle in degrees from z, in the x-z plane."""
    return (np.sin(np.radians(angle)), 0.0, np.cos(np.radians(angle)))


def junction_of(left, right):
    """F/I/F at 60°, with the names of its layers."""
    return model.Stack(
        [
            model.Layer(left, magnet(polarisation=0.5, direction=tilted(0)), 3.0),
            model.Layer(right, magnet(polarisation=0.5, direction=tilted(60)), 3.0),
        ],
        [model.Interface(left, right, Tunnel(0.7), capacitance=0.5)],
    )


JUNCTION = junction_of("FL", "FR")

SCALES = SpinScales(length=1e-9, time=1e-12, conductivity=1e6, voltage=1e-3)


def cobalt(angle):
    """Co at low temperature, in the units of ``SCALES``; D = 5e-3 m²/s, l_sf = 50 nm."""
    return magnet(
        conductivity=10.0,
        diffusivity=5000.0,
        relaxation_time=0.63,
        permittivity=8.85e-6,
        polarisation=0.46,
        direction=tilted(angle),
        exchange_precession=2000.0,
    )


COPPER = normal(conductivity=160.0, diffusivity=20000.0, relaxation_time=10.0, permittivity=8.85e-6)
VALVE = model.Stack(
    [
        model.Layer("Co1", cobalt(0), 40.0),
        model.Layer("Cu", COPPER, 10.0),
        model.Layer("Co2", cobalt(90), 15.0),
    ],
    [
        model.Interface("Co1", "Cu", Circuit(0.6, 0.77, 1.0)),
        model.Interface("Cu", "Co2", Circuit(0.6, 0.77, 1.0)),
    ],
)
"""Co/Cu/Co at 90°, a circuit-theory law at both interfaces."""


def exact_fields(solution, layer, left, distances):
    """A layer of an exact solution at distances from its left face, which is at x = ``left``."""
    profile = solution.profile(layer, distances)
    values = dict(
        zip(
            SPIN_COLUMNS,
            (
                profile.potential,
                profile.charge,
                *profile.magnetization.T,
                profile.current,
                *profile.spin_current.T,
            ),
            strict=True,
        )
    )
    points, cells = line(left + np.asarray(distances, dtype=float))
    return LayerFields(points, cells, values)


def graded(thickness):
    """Distances from a face, dense at both, with as good as nothing between the first two."""
    depth = np.geomspace(1e-4, 0.5, 60) * thickness
    return np.concatenate([[0.0], depth, (thickness - depth[::-1])[1:], [thickness]])


def exact_result(case, summary=None):
    """The steady state of a case, with a summary as a solve makes it."""
    solution = exact.solve(case.stack, case.drive)
    layers, probes, left = {}, {}, 0.0
    for layer in case.stack.layers:
        layers[layer.name] = exact_fields(solution, layer.name, left, graded(layer.extent))
        probes[layer.name] = exact_fields(solution, layer.name, left, [0.0, layer.extent / 3])
        left += layer.extent
    interfaces = {
        interface.name: interface_numbers(interface.law.kind, state)
        for interface, state in zip(case.stack.interfaces, solution.interfaces, strict=True)
    }
    lengths = {"screening": 0.1, "longitudinal": 0.87, "transverse": [0.2, 0.1]}
    decay = {"decay": [[0.1, 0.0], [0.5, 0.25], [0.5, -0.25], [0.87, 0.0]]}
    numbers = {
        "versions": {"fem_sf": "0.0"},
        "seconds": {"setup": 1.0, "solve": 2.0},
        "kind": "spin",
        "title": case.title,
        "converged": True,
        "mode": "steady",
        "drive": {"voltage": case.drive.value},
        "iterations": {"newton": 1},
        "layers": {
            each.name: {
                "material": each.material.kind,
                "lengths": lengths if each.material.kind == "ferromagnet" else decay,
            }
            for each in case.stack.layers
        },
        "interfaces": interfaces,
        "current": solution.interfaces[0].left.current,
        "resistance_area": case.drive.value / solution.interfaces[0].left.current,
        "cautions": ["layers.FL.alpha2: contradicts Onsager symmetry"],
    }
    return SpinResult(case, layers, probes, numbers | (summary or {}))


def interface_numbers(law, state):
    """What the summary says about an interface."""
    left, right = state.left, state.right
    return {
        "law": law,
        "J": left.current,
        "JM_left": left.spin_current.tolist(),
        "JM_right": right.spin_current.tolist(),
        "torque": state.torque.tolist(),
        "torque_left": None,
        "torque_right": None,
        "jump": float(np.linalg.norm(state.torque)),
        "mu_left": left.chemical_potential,
        "mu_right": right.chemical_potential,
        "m_left": left.spin_potential.tolist(),
        "m_right": right.spin_potential.tolist(),
        "V_left": left.potential,
        "V_right": right.potential,
        "displacement": left.displacement,
        "dissipation": state.dissipation,
        "error": {"J": 1e-9, "torque": 2e-9},
    }


def spin_case(stack=JUNCTION, voltage=1.0, **settings):
    """A case of spin transport."""
    return SpinCase(
        stack=stack,
        drive=model.Voltage(voltage),
        name="made-up",
        title="A made-up junction",
        text='kind = "spin"  # μ, Δ\n',
        **settings,
    )


@pytest.fixture
def junction():
    """F/I/F at 60° in reduced units."""
    return exact_result(spin_case())


@pytest.fixture
def valve_in_si():
    """Co/Cu/Co with known units."""
    return exact_result(spin_case(VALVE, voltage=0.5, scales=SCALES))


def relaxing(made_up):
    """The same as the end of a run in time: everything goes as 1 − e^{−t} from zero."""
    times = np.concatenate([[0.0], np.geomspace(1e-3, 20.0, 40)])
    growth = 1 - np.exp(-times)
    final = next(iter(made_up.summary["interfaces"].values()))["J"]
    values = {"drive": np.ones_like(times), "energy": 0.3 * growth**2}
    values["total_current"] = final * (1 + np.exp(-5 * times))
    for name, numbers in made_up.summary["interfaces"].items():
        for key in ("J", "V_left", "V_right"):
            values[f"{name}.{key}"] = numbers[key] * growth
        values[f"{name}.J_right"] = numbers["J"] * growth**2
        for side in ("left", "right"):
            for axis, component in zip("xyz", numbers[f"JM_{side}"], strict=True):
                values[f"{name}.JM_{side}_{axis}"] = component * growth
    kept = np.array([0.0, 1 / 3, 20.0])

    def snapshots(fields):
        return {
            name: {
                column: np.multiply.outer(1 - np.exp(-kept), numbers)
                for column, numbers in each.values.items()
            }
            for name, each in fields.items()
        }

    history = History(times, values, kept, snapshots(made_up.layers), snapshots(made_up.probes))
    time = TimeSettings(end=20.0, times=tuple(kept))
    case = replace(made_up.case, time=time)
    summary = {**made_up.summary, "mode": "transient", "iterations": {"steps": len(times) - 1}}
    return SpinResult(case, made_up.layers, made_up.probes, summary, history)


@pytest.fixture
def transient():
    """The junction after a step of the voltage; its layers are called ``F.L`` and ``F.R``."""
    return relaxing(exact_result(spin_case(junction_of("F.L", "F.R"))))


@pytest.fixture
def transient_in_si(valve_in_si):
    """Co/Cu/Co after a step of the voltage."""
    return relaxing(valve_in_si)


@pytest.fixture
def spin_plane(junction):
    """The junction in a plane: half of the current goes upwards too, and p turns."""
    layers = {}
    for name, each in junction.layers.items():
        x, width = each.points[::4, 0], np.linspace(0.0, 2.0, 5)
        points, quads = rectangle(x, width)
        row = {column: values[::4] for column, values in each.values.items()}
        values = {
            column: np.outer(1 + 0.1 * width, numbers).ravel() for column, numbers in row.items()
        }
        values |= {
            across: 0.5 * values[along]
            for across, along in zip(ACROSS_COLUMNS, ("J", "JM_x", "JM_y", "JM_z"), strict=True)
        }
        values |= {
            "p_x": np.sin(points[:, 0]),
            "p_y": 0 * points[:, 0],
            "p_z": np.cos(points[:, 0]),
        }
        layers[name] = LayerFields(points, quads, values)
    return SpinResult(junction.case, layers, {}, junction.summary)


@pytest.fixture
def turning(junction):
    """The junction where p of the right layer turns away from its easy axis."""
    for name, angle in (("FL", 0.0), ("FR", np.pi / 3)):
        each = junction.layers[name]
        tilt = angle + (0.2 * np.exp(3 - each.points[:, 0]) if name == "FR" else 0.0)
        p = {"p_x": np.sin(tilt), "p_y": 0 * each.points[:, 0], "p_z": np.cos(tilt)}
        each.values.update({key: p[key] * np.ones(len(each.points)) for key in p})
    junction.probes.clear()
    return junction
