# SPDX-License-Identifier: MIT
"""Made-up results with known numbers: a bilayer on a line, and one in a plane."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fem_sf.interfaces import KupriyanovLukichev
from fem_sf.materials import Ferromagnet, Superconductor
from fem_sf.settings import OutputSettings, PhysicalScales, UsadelCase
from fem_sf.stack import Interface, Layer, Stack
from fem_sf.study.results import AMPLITUDE_COLUMNS, USADEL_COLUMNS, LayerFields, UsadelResult

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
