# SPDX-License-Identifier: MIT
"""Formulas compute what they say, and can say nothing but numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest

from fem_sf.formulas import Formula, FormulaError

X, Y = np.linspace(-1.0, 2.0, 7), np.linspace(0.5, 3.0, 7)


@pytest.mark.parametrize(
    ("text", "value"),
    (
        ("15*sin(pi*x/2)", 15 * np.sin(math.pi * X / 2)),
        (" -x**2 + 3 ", 3 - X**2),
        ("1e-3*exp(-(x - 1)**2) - +2", 1e-3 * np.exp(-((X - 1) ** 2)) - 2),
        ("minimum(abs(x), y)*sign(x)", np.minimum(np.abs(X), Y) * np.sign(X)),
        ("arctan2(y, x)/sqrt(y)", np.arctan2(Y, X) / np.sqrt(Y)),
        ("7", 7.0),
    ),
)
def test_value(text: str, value):
    np.testing.assert_allclose(Formula(text)({"x": X, "y": Y}), value, rtol=1e-15)


def test_coordinates():
    assert Formula("x*y + pi").coordinates == {"x", "y"}
    assert Formula("2").coordinates == frozenset()


@pytest.mark.parametrize("text", ("1/x", "log(-1)", "1/(pi - pi)", "9**9**9**9"))
def test_what_has_no_value_is_not_finite(text: str):
    assert not np.isfinite(Formula(text)({"x": np.zeros(1)})).all()


@pytest.mark.parametrize(
    ("text", "message"),
    (
        ("15 tanh(x)", "expected a formula in reduced units"),
        ("", "expected a formula in reduced units"),
        ("sin", "sin is a function; write sin"),
        ("sin(x, 2)", "sin has one argument, got 2"),
        ("arctan2(x)", "arctan2 has 2 arguments, got 1"),
        ("max(x, 1)", 'unknown function "max"; did you mean "maximum"'),
        ("sinn(x)", 'did you mean "sin"'),
        ("t + 1", 'unknown name "t"; a formula knows x, y, z, pi'),
        ("x^2", "powers are written with \\*\\*"),
        ("x.real", '"x.real" is no part of a formula'),
        ("__import__('os')", 'unknown function "__import__"'),
        ("(lambda: 1)()", "is no part of a formula"),
        ("sin(x=1)", "is no part of a formula"),
        ("'x'", "is no part of a formula"),
        ("True", "is no part of a formula"),
        ("1j*x", "is no part of a formula"),
        ("[x][0]", "is no part of a formula"),
        ("x if y else 1", "is no part of a formula"),
        pytest.param("1" + 400 * "0", "too large", id="large"),
        pytest.param("-" * 3000 + "x", "nested too deeply|expected a formula", id="nested"),
    ),
)
def test_what_is_no_formula(text: str, message: str):
    with pytest.raises(FormulaError, match=message):
        Formula(text)
