# SPDX-License-Identifier: MIT
"""Pair amplitudes at chosen frequencies: independent numbers, closed forms, symmetries."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from fem_sf import (
    Layer,
    OutputSettings,
    SolverSettings,
    Stack,
    Superconductor,
    UsadelCase,
    run_case,
)
from fem_sf.errors import InputError
from fem_sf.study.results import AMPLITUDE_COLUMNS, UsadelResult
from reference_cases import bilayer, ferromagnet, reference

TEMPERATURE = 0.3


def solved_at(
    frequencies: tuple[float, ...], stack: Stack, temperature: float, gap: str | float
) -> UsadelResult:
    return run_case(
        UsadelCase(
            stack=stack,
            temperature=temperature,
            gap=gap,
            solver=SolverSettings(error_estimate=False),
            output=OutputSettings(frequencies=frequencies),
        )
    )


def bilayer_of(row: dict) -> Stack:
    f = ferromagnet(row["rD"], row["ratio"], row["J"])
    return bilayer(row["dS"], f, row["dF"], row["gammaF"])


@pytest.mark.parametrize("row", reference("unit_single_omega"))
def test_amplitudes_at_the_ends_of_both_layers(row):
    result = solved_at((row["omega"],), bilayer_of(row), 0.1, row["Delta"])
    for layer, ends in {"S": ("S_vac", "S_if"), "F": ("F_if", "F_vac")}.items():
        amplitudes = result.layers[layer].amplitudes
        expected = np.sin([complex(*row["theta_plus"][end]) for end in ends])
        np.testing.assert_allclose(
            amplitudes["singlet"][0, [0, -1]], expected.real, rtol=0, atol=1e-7
        )
        np.testing.assert_allclose(
            amplitudes["triplet_z"][0, [0, -1]], expected.imag, rtol=0, atol=1e-7
        )


def test_triplets_need_an_exchange_field():
    """Without J there are none at any frequency; the other two components need another axis."""
    row = reference("unit_single_omega")[0]
    without = solved_at((0.2, 5.0), bilayer_of({**row, "J": 0.0}), 0.1, 1.7)
    for fields in without.layers.values():
        assert fields.amplitudes["singlet"].min() > 0
        assert np.abs(fields.amplitudes["triplet_z"]).max() < 1e-14
    with_field = solved_at((0.2, 5.0), bilayer_of(row), 0.1, 1.7)
    for fields in with_field.layers.values():
        assert np.abs(fields.amplitudes["triplet_z"]).max(axis=1).min() > 1e-3
        assert not fields.amplitudes["triplet_x"].any()
        assert not fields.amplitudes["triplet_y"].any()


def test_lowest_matsubara_frequency_gives_the_standard_columns():
    lowest = math.pi * TEMPERATURE
    # the next number is not a frequency of the sum, and is reached from the one above it
    stack = bilayer_of(reference("unit_single_omega")[0])
    asked = (lowest, math.nextafter(lowest, math.inf))
    result = solved_at(asked, stack, TEMPERATURE, "self-consistent")
    for fields in result.layers.values():
        for column in AMPLITUDE_COLUMNS:
            assert fields.amplitudes[column].shape == (2, len(fields.points))
            for values in fields.amplitudes[column]:
                np.testing.assert_allclose(values, fields.values[column], rtol=0, atol=1e-9)


def test_uniform_superconductor_at_any_frequency_in_the_order_asked():
    """Δ/√(ω² + Δ²), within, below and above the frequencies of the sum."""
    asked = (2.0, 1e-6, 1e8, 0.7, 2.0)
    stack = Stack([Layer("S", Superconductor(), 2.0)])
    result = solved_at(asked, stack, TEMPERATURE, 1.2)
    singlet = result.layers["S"].amplitudes["singlet"]
    expected = 1.2 / np.hypot(asked, 1.2)
    np.testing.assert_allclose(
        singlet, np.broadcast_to(expected[:, None], singlet.shape), rtol=1e-9
    )


def test_nothing_in_the_normal_state():
    stack = bilayer_of(reference("unit_single_omega")[0])
    result = solved_at((0.5,), stack, 1.2, "self-consistent")
    assert result.summary["state"] == "normal"
    for fields in result.layers.values():
        assert list(fields.amplitudes) == list(AMPLITUDE_COLUMNS)
        assert not any(values.any() for values in fields.amplitudes.values())


def test_nothing_else_changes():
    stack = bilayer_of(reference("unit_single_omega")[3])
    plain = solved_at((), stack, TEMPERATURE, "self-consistent")
    more = solved_at((0.1, 2.0), stack, TEMPERATURE, "self-consistent")
    assert more.summary["layers"] == plain.summary["layers"]
    assert more.summary["free_energy"] == plain.summary["free_energy"]
    for name, fields in plain.layers.items():
        assert fields.amplitudes == {}
        for column, values in fields.values.items():
            np.testing.assert_array_equal(more.layers[name].values[column], values)


@pytest.mark.parametrize("omega", (0.0, -0.5, math.nan, math.inf))
def test_wrong_frequencies(omega):
    case = UsadelCase(stack=Stack([Layer("S", Superconductor(), 2.0)]), temperature=0.5)
    with pytest.raises(InputError, match=r"output\.frequencies\[1\]: expected ω > 0 in Tc"):
        replace(case, output=OutputSettings(frequencies=(1.0, omega)))
