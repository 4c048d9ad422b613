# SPDX-License-Identifier: MIT
"""Exchange fields that a mesh cannot follow are refused; those that it follows are let pass."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mpi4py import MPI

from fem_sf import (
    Ferromagnet,
    Insulating,
    Interface,
    Layer,
    MeshSettings,
    SolverSettings,
    Stack,
    Superconductor,
    UsadelCase,
    run_case,
)
from fem_sf.errors import StackError
from fem_sf.formulas import Formula
from fem_sf.mesh.geometry import Geometry, stack_geometry
from fem_sf.textures import FormulaTexture
from fem_sf.usadel.resolution import ROUGH, UNRESOLVED, misfit, resolution_cautions
from fem_sf.usadel.system import UsadelSystem
from support import grid, interval, layered, uniform


def stack_of(*exchange: object, thickness: float | None = 1.0) -> Stack:
    """A field alone, by formulas or a function."""
    texture = exchange[0]
    if isinstance(texture, str):
        texture = FormulaTexture(tuple(map(Formula, exchange)))
    layers = [
        Layer("S", Superconductor(), thickness),
        Layer("F", Ferromagnet(exchange=texture), thickness),
    ]
    return Stack(layers, [Interface("S", "F", Insulating())])


def system_of(stack: Stack, geometry: Geometry | None = None, degree: int = 4) -> UsadelSystem:
    mesh = layered(geometry or stack_geometry(stack, MeshSettings()), MPI.COMM_SELF)
    return UsadelSystem(stack, mesh, degree)


def plane(cell: str, count: int) -> Geometry:
    """A mesh as from a file: a rectangle of equal cells, the left half of S."""
    return grid(
        cell,
        np.linspace(0, 2, 2 * count + 1),
        np.linspace(0, 1, count + 1),
        ("S", "F"),
        lambda x, y: (x > 1).astype(int),
    )


@settings(derandomize=True, deadline=None, max_examples=6)
@given(exponent=st.floats(5.0, 12.0), start=st.floats(0, 6))
def test_a_tiny_period_is_refused(exponent: float, start: float):
    """Whatever the period, and whatever its values at the nodes."""
    stack = stack_of(f"15*sin({10**exponent}*x + {start})")
    with pytest.raises(StackError, match=r"layers\.F\.exchange: the mesh cannot follow this field"):
        resolution_cautions(system_of(stack))


@pytest.mark.parametrize("formula", ["15*sin(1e9*x)", "15*cos(800*pi*x)"])
@pytest.mark.parametrize("by", [str, lambda text: FormulaTexture((Formula(text),)).__call__])
def test_run_refuses(formula: str, by):
    """Also where all that is looked at before there is a mesh is zero, or the same."""
    case = UsadelCase(stack=stack_of(by(formula)), temperature=0.5, gap="bulk")
    with pytest.raises(StackError, match=r"off by \d+% of its size, most at x = "):
        run_case(case)


@pytest.mark.parametrize("cell", ["triangle", "quadrilateral"])
@pytest.mark.parametrize("formula", ["15*sin(1e7*y)", "15*sin(40*x)", "1/((y - 0.31)**2 + 1e-12)"])
def test_meshes_as_from_files(cell: str, formula: str):
    stack = stack_of(formula, thickness=None)
    with pytest.raises(StackError, match=r"off by \d+% of its size, most at x = .*, y = "):
        resolution_cautions(system_of(stack, plane(cell, 4), degree=2))


def test_a_narrow_peak_is_refused_or_bounded():
    """Where the peak is met it wants too many cells, where it is missed its flanks tell."""
    for place in (0.5, 0.5001, math.sqrt(0.2)):
        with pytest.raises(Exception, match=r"layers\.F|cells"):
            resolution_cautions(system_of(stack_of(f"15/((x-{place})**2+1e-20)")))


def test_one_component_of_three():
    with pytest.raises(StackError, match="cannot follow"):
        resolution_cautions(system_of(stack_of("3", "1e-9*x", "2*sin(1e8*x)")))


@pytest.mark.parametrize(
    "formula",
    ["15*sin(pi*x/2)", "10*exp(-((x-0.2)/0.05)**2)", "15*tanh((x-0.5)/0.02)", "0*x", "1e-12*x"],
)
def test_smooth_fields_pass(formula: str):
    assert resolution_cautions(system_of(stack_of(formula))) == []


def test_misfit_is_the_integral():
    """Of x² on linear elements of size h: ∫|J − J_h| = h²/6 · L, in the plane too."""
    count = 5
    line = interval(("S", uniform(1, 2)), ("F", uniform(1, count)))
    stack = stack_of("(x - 1)**2", thickness=None)
    found = misfit(system_of(stack, line, degree=1), "F")
    assert found.share == pytest.approx(3 / (6 * count**2), rel=0.1)
    assert found.size == pytest.approx(1 / count)
    for cell in ("triangle", "quadrilateral"):
        share = misfit(system_of(stack, plane(cell, count), degree=1), "F").share
        assert share == pytest.approx(3 / (6 * count**2), rel=0.3)


def test_a_jump_is_let_pass_with_a_caution_where_cells_are_large():
    """Its misfit is as small as the cells that have it."""
    stack = stack_of("5*sign(x - 1.37) + 6", thickness=None)
    shares = []
    for count in (10, 40, 160):
        line = interval(("S", uniform(1, 2)), ("F", uniform(1, count)))
        system = system_of(stack, line, degree=2)
        shares.append(misfit(system, "F").share)
        (caution,) = resolution_cautions(system) or [""]
        assert ("exchange field of F" in caution) == (shares[-1] > ROUGH)
    assert UNRESOLVED > shares[0] > 2 * shares[1] > 4 * shares[2]


def test_cautions_of_a_run():
    stack = stack_of(lambda points: np.where(points[:, 0] > 1.37, 4.0, 1.0), thickness=None)
    line = interval(("S", uniform(1, 2)), ("F", uniform(1, 10)))
    (caution,) = resolution_cautions(system_of(stack, line, degree=2))
    assert "most at x = 1.3" in caution
    case = UsadelCase(
        stack=stack_of("10*exp(-((x-0.2)/0.01)**2)"),
        temperature=0.5,
        gap="bulk",
        mesh=MeshSettings(refinement=0.6, degree=1),
        solver=SolverSettings(error_estimate=False),
    )
    cautions = run_case(case).summary["cautions"]
    assert any("exchange field of F is off by" in each for each in cautions)
    finer = replace(case, mesh=MeshSettings())
    assert not any("exchange field" in each for each in run_case(finer).summary["cautions"])
