# SPDX-License-Identifier: MIT
"""Closed formulas of spin drift-diffusion against tables, and against the exact solver."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from fem_sf.errors import InputError
from fem_sf.spin import closed_forms, exact, materials, model, modes
from fem_sf.spin import interfaces as laws
from spin_cases import LINEAR_CASES, reference, stack

TABLES = reference("ref_analytic")
FERROMAGNET = materials.Ferromagnet(polarisation=0.5)
VALET_FERT_FERROMAGNET = materials.Ferromagnet(2.0, 1.5, polarisation=0.6)
VALET_FERT_NORMAL = materials.Normal(5.0, 4.0, 20.0)
HANLE_NORMAL = materials.Normal(conductivity=2.0, diffusivity=2.0, relaxation_time=4.0)
HANLE_LAW = laws.Circuit(0.01, 0.4, 0.01)
"""What these two tables were made with; their file gives the results only."""


def half_spaces(beta: float, xi: float, angle: float, polarisation: float = 0.0) -> model.Stack:
    right = (math.sin(angle), 0.0, math.cos(angle))
    return model.Stack(
        [
            model.Layer("L", materials.Ferromagnet(polarisation=beta)),
            model.Layer("R", materials.Ferromagnet(polarisation=beta, direction=right)),
        ],
        [model.Interface("L", "R", laws.Tunnel(xi, polarisation, polarisation))],
    )


@pytest.mark.parametrize("row", TABLES["eq12"]["rows"])
def test_eq12_table(row):
    beta, xi, degrees, plain, polarised = row
    angle = math.radians(degrees)
    jump = closed_forms.tunnel_spin_current_jump
    assert jump(beta, xi, angle) == pytest.approx(plain, rel=1e-12)
    assert closed_forms.eq12(beta, xi, angle) == pytest.approx(plain, rel=1e-12)
    assert jump(beta, xi, angle, 0.3) == pytest.approx(polarised, rel=1e-12)


@pytest.mark.parametrize("row", TABLES["eq12"]["rows"][::7])
def test_eq12_table_by_the_solver(row):
    beta, xi, degrees, plain, polarised = row
    for barrier, expected in ((0.0, plain), (0.3, polarised)):
        junction = half_spaces(beta, xi, math.radians(degrees), barrier)
        state = exact.solve(junction, model.Current(1.0)).interfaces[0]
        assert np.linalg.norm(state.torque) == pytest.approx(expected, rel=1e-12)


def test_eq12_constants_are_the_slope_in_the_barrier_polarisation():
    beta, xi, angle, step = 0.4, 0.8, 1.1, 1e-4

    def deviation(p: float) -> float:
        constant = closed_forms.eq12_constant(beta, p)
        fitted = closed_forms.eq12(beta, xi, angle, constant, constant)
        return float(closed_forms.tunnel_spin_current_jump(beta, xi, angle, p) - fitted)

    assert abs(deviation(step)) < 3 * step**2
    assert deviation(2 * step) == pytest.approx(4 * deviation(step), rel=1e-2)


def test_no_accumulation_is_the_limit_of_eq12():
    angle = np.linspace(0.2, 3.0, 8)
    limit = closed_forms.no_accumulation_jump(0.5, angle)
    assert closed_forms.eq12(0.5, 1e9, angle) == pytest.approx(limit, rel=1e-6)


@pytest.mark.parametrize("row", TABLES["metal_literal_symmetric"])
def test_metallic_half_spaces(row):
    left, right = closed_forms.metallic_spin_currents(0.5, math.radians(row["Phi"]))
    assert left == pytest.approx(0.5 * row["JML_over_betaJ"], rel=1e-12)
    assert right == pytest.approx(0.5 * row["JMR_over_betaJ"], rel=1e-12)


@pytest.mark.parametrize("row", TABLES["valet_fert"])
def test_valet_fert(row):
    parallel = row["config"] == "P"
    left, normal = VALET_FERT_FERROMAGNET, VALET_FERT_NORMAL
    right = dataclasses.replace(left, direction=(0.0, 0.0, 1.0 if parallel else -1.0))
    extra = closed_forms.valet_fert_extra_resistance(left, normal, row["tN"], parallel=parallel)
    assert extra == pytest.approx(row["valet_fert"], rel=1e-12)
    spin_valve = model.Stack(
        [model.Layer("L", left), model.Layer("N", normal, row["tN"]), model.Layer("R", right)],
        [
            model.Interface("L", "N", laws.Transparent()),
            model.Interface("N", "R", laws.Transparent()),
        ],
    )
    drop = exact.solve(spin_valve, model.Current(1.0)).intercept_drop
    assert drop - row["tN"] / normal.conductivity == pytest.approx(
        row["extra_resistance_modematch"], abs=1e-12
    )


def collinear_trilayer(
    outer: tuple[model.Layer, model.Layer], spacing: model.Layer, between: tuple[laws.Law, laws.Law]
) -> model.Stack:
    (left, right), names = outer, [outer[0].name, spacing.name, outer[1].name]
    pairs = zip(names[:-1], names[1:], between, strict=True)
    return model.Stack([left, spacing, right], [model.Interface(*each) for each in pairs])


@pytest.mark.parametrize("parallel", [True, False])
@pytest.mark.parametrize(
    ("between", "thicknesses"),
    [
        ((laws.Transparent(), laws.Transparent()), (math.inf, math.inf)),
        ((laws.Circuit(0.7, 0.6, 1.0, 0.2), laws.Transparent()), (0.8, math.inf)),
        ((laws.Circuit(0.7, 0.6, 1.0, 0.2), laws.Circuit(3.0, -0.3, 4.0)), (0.3, 2.0)),
    ],
)
def test_two_channels_of_a_collinear_trilayer(between, thicknesses, parallel):
    up, down = (0.0, 0.0, 1.0), (0.0, 0.0, -1.0)
    right = materials.Ferromagnet(0.8, 0.6, polarisation=0.3, direction=up if parallel else down)
    outer = (
        model.Layer("L", VALET_FERT_FERROMAGNET, thicknesses[0]),
        model.Layer("R", right, thicknesses[1]),
    )
    spacing = model.Layer("N", VALET_FERT_NORMAL, 1.4)
    solution = exact.solve(collinear_trilayer(outer, spacing, between), model.Current(1.0))
    drop = 0.0
    faces = (solution.interfaces[0].left, solution.interfaces[1].right)
    for layer, face, sign in zip(outer, faces, (1, -1), strict=True):
        # μ + βm is linear up to where nothing has accumulated
        spin = layer.material.polarisation * float(layer.material.axis @ face.spin_potential)
        bulk = 0.0 if layer.semi_infinite else layer.extent / layer.material.conductivity
        drop += sign * (face.chemical_potential + spin) + bulk
    resistance = closed_forms.collinear_resistance(outer, spacing, between, parallel=parallel)
    assert resistance == pytest.approx(drop, rel=1e-11)


def test_two_channels_of_equal_ferromagnets_are_those_of_valet_and_fert():
    outer = (model.Layer("L", VALET_FERT_FERROMAGNET), model.Layer("R", VALET_FERT_FERROMAGNET))
    spacing, both = model.Layer("N", VALET_FERT_NORMAL, 3.0), (laws.Transparent(),) * 2
    for parallel in (True, False):
        resistance = closed_forms.collinear_resistance(outer, spacing, both, parallel=parallel)
        extra = closed_forms.valet_fert_extra_resistance(
            VALET_FERT_FERROMAGNET, VALET_FERT_NORMAL, 3.0, parallel=parallel
        )
        assert resistance == pytest.approx(3.0 / VALET_FERT_NORMAL.conductivity + extra, rel=1e-12)


def test_two_channels_know_no_tunnel_barrier():
    layer = model.Layer("L", VALET_FERT_FERROMAGNET)
    spacing = model.Layer("N", VALET_FERT_NORMAL, 1.0)
    with pytest.raises(InputError, match="Circuit or Transparent, got 'tunnel'"):
        closed_forms.collinear_resistance(
            (layer, layer), spacing, (laws.Transparent(), laws.Tunnel(1.0)), parallel=True
        )


@pytest.mark.parametrize("row", TABLES["hanle"])
def test_hanle(row):
    across, along = row["muN_analytic_xz"]
    found = closed_forms.hanle_accumulation(FERROMAGNET, HANLE_NORMAL, HANLE_LAW, row["w"])
    assert found == pytest.approx(complex(along, across), abs=1e-12)


@pytest.mark.parametrize("row", TABLES["hanle"])
def test_hanle_by_the_solver(row):
    normal = materials.Normal(2.0, 2.0, 4.0, precession=(0.0, row["w"], 0.0))
    junction = model.Stack(
        [model.Layer("F", FERROMAGNET), model.Layer("N", normal)],
        [model.Interface("F", "N", HANLE_LAW)],
    )
    state = exact.solve(junction, model.Current(1.0)).interfaces[0]
    assert state.right.spin_potential == pytest.approx(np.array(row["muN_modematch"]), abs=1e-12)


def test_hanle_keeps_to_its_plane():
    with pytest.raises(InputError, match="mixing_imaginary"):
        closed_forms.hanle_accumulation(
            FERROMAGNET, HANLE_NORMAL, laws.Circuit(1.0, 0.4, 1.0, 0.1), 1.0
        )


@pytest.mark.parametrize("row", TABLES["vector_to_clamped_convergence"]["rows"])
def test_precession_clamps(row):
    """Nothing clamped, but a precession so fast that only spins along p survive."""
    frequency, along_left, deviation = row
    angle, layers = math.radians(60), []
    for direction in ((0.0, 0.0, 1.0), (math.sin(angle), 0.0, math.cos(angle))):
        field = tuple(frequency * each for each in direction)
        layers.append(
            materials.Ferromagnet(polarisation=0.5, direction=direction, precession=field)
        )
    junction = model.Stack(
        [model.Layer("L", layers[0]), model.Layer("R", layers[1])],
        [model.Interface("L", "R", laws.TunnelVector(0.7))],
    )
    state = exact.solve(junction, model.Current(1.0)).interfaces[0]
    assert state.barrier_current[2] == pytest.approx(along_left, abs=1e-12)
    clamped = closed_forms.tunnel_spin_current(0.5, 0.7, angle)
    assert state.barrier_current[2] - clamped == pytest.approx(deviation, abs=1e-12)


@pytest.mark.parametrize(
    "material",
    [
        materials.Ferromagnet(polarisation=0.5, precession=(0.0, 0.0, 20.0)),
        materials.Ferromagnet(
            1.6, 0.8, 2.0, 1e-9, (3.0, 0.0, 4.0), 1.25, 1.25, 0.3, (6.0, 0.0, 8.0)
        ),
        materials.Ferromagnet(alpha1=1.4, alpha2=0.7, polarisation=0.5, permittivity=0.04),
        materials.Ferromagnet(alpha1=0.8, alpha2=1.3, polarisation=0.3, permittivity=5.0),
        materials.Ferromagnet(alpha1=1.4, alpha2=0.7, polarisation=0.5, permittivity=0.535),
        materials.Normal(precession=(1.0, 2.0, 2.0)),
    ],
)
def test_four_lengths(material):
    lengths = closed_forms.decay_lengths(material)
    expected = [lengths.screening, lengths.longitudinal]
    expected += [lengths.transverse, np.conj(lengths.transverse)]
    found = 1 / modes.decay_rates(material)
    assert np.sort_complex(np.round(found, 9)) == pytest.approx(
        np.sort_complex(np.round(expected, 9)), abs=1e-8
    )


def test_lengths_of_the_references():
    for case in LINEAR_CASES.values():
        for data, pairs in zip(
            stack(case["input"]).layers, case["result"]["layer_decay"], strict=True
        ):
            rates = [complex(*pair) for pair in pairs]
            found = modes.decay_rates(data.material)
            for rate in rates:
                assert np.abs(found - rate).min() < 1e-12 * abs(rate)


def test_an_oblique_field_has_no_lengths_of_its_own():
    oblique = materials.Ferromagnet(precession=(1.0, 0.0, 1.0))
    with pytest.raises(InputError, match="along the magnetization"):
        closed_forms.decay_lengths(oblique)
