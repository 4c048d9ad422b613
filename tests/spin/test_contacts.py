# SPDX-License-Identifier: MIT
"""Reservoirs: driven by a voltage or a current, across several layers, on parts of an edge."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from fem_sf import compat
from fem_sf.errors import MeshError
from fem_sf.mesh.geometry import Geometry
from fem_sf.solve.blocks import BlockVector
from fem_sf.spin import interfaces as laws
from fem_sf.spin import materials, model, transport
from fem_sf.spin.observables import Faces
from fem_sf.spin.settings import SpinSolverSettings
from fem_sf.spin.steady import SteadySolver, uniform
from fem_sf.spin.system import SpinSystem
from fem_sf.spin.transport import SIZE, Fields
from spin_solves import steady
from support import assembled, grid, layered

LEFT = materials.Ferromagnet(
    1.3, 0.7, 1.9, 0.13, (0.4, -0.3, 0.8), 1.2, 1.2, 0.45, (0.3, 0.5, 0.9), 2.1
)
RIGHT = materials.Ferromagnet(
    0.8, 1.4, 0.6, 0.21, (-0.6, 0.2, 0.5), 0.8, 0.8, -0.35, (0.9, -0.2, 0.4), -1.7
)
WIDTH = 0.8


def stack(law: laws.Law | None = None) -> model.Stack:
    between = model.Interface("L", "R", law or laws.Tunnel(0.9, 0.4, -0.3), 0.8)
    return model.Stack([model.Layer("L", LEFT, None), model.Layer("R", RIGHT, None)], [between])


def side_by_side(cell: str) -> Geometry:
    """R is the upper right corner of L: L is at both contacts, R at the right one."""
    return grid(
        cell,
        np.linspace(0, 1.2, 7),
        np.linspace(0, WIDTH, 5),
        ("L", "R"),
        lambda x, y: (x > 0.6) & (y > WIDTH / 2),
    )


def with_contacts(geometry: Geometry, **lines: tuple[float, float, float]) -> Geometry:
    """Name facets on x = c between two y, by (c, y, y)."""
    groups = {}
    for name, (at, low, high) in lines.items():
        on_line = np.flatnonzero(
            (abs(geometry.points[:, 0] - at) < 1e-9)
            & (geometry.points[:, 1] > low - 1e-9)
            & (geometry.points[:, 1] < high + 1e-9)
        )
        on_line = on_line[np.argsort(geometry.points[on_line, 1])]
        groups[name] = np.column_stack([on_line[:-1], on_line[1:]])
    return dataclasses.replace(geometry, facet_groups=groups)


def on_contact(system: SpinSystem, right: bool) -> np.ndarray:
    """(μ, m, V) at all nodes of a contact."""
    end = max(
        each.function_space.tabulate_dof_coordinates()[:, 0].max()
        for each in system.fields.values()
    )
    rows = []
    for function in system.fields.values():
        x = function.function_space.tabulate_dof_coordinates()[:, 0]
        values = function.x.array.real.reshape(-1, SIZE)
        rows.append(values[abs(x - (end if right else 0.0)) < 1e-9])
    return np.concatenate(rows)


def all_values(solver: SteadySolver) -> np.ndarray:
    return np.concatenate([each.x.array.real for each in solver.system.fields.values()])


@pytest.mark.parametrize("cell", ["quadrilateral", "triangle"])
@pytest.mark.parametrize("law", [laws.Tunnel(0.9, 0.4, -0.3), laws.Transparent()])
def test_a_floating_reservoir(cell: str, law: laws.Law):
    """All of it is at one potential, J × its width comes through, as by a voltage of its size."""
    current = 0.6
    floating = steady(stack(law), model.Current(current), side_by_side(cell), degree=2)
    states = Faces(floating.system, floating.nodes, uniform).measure()
    assert states.left_end.current == pytest.approx(current, rel=1e-12)
    assert states.right_end.current == pytest.approx(current, rel=1e-12)
    assert states.end_extents == pytest.approx((WIDTH, WIDTH), rel=1e-12)
    values = on_contact(floating.system, right=True)
    potential = values[0, 4]
    assert potential < -0.1
    assert values[:, [0, 4]] == pytest.approx(potential, rel=1e-12)
    assert np.abs(values[:, 1:4]).max() == 0
    assert np.abs(on_contact(floating.system, right=False)).max() == 0

    driven = steady(stack(law), model.Voltage(-potential), side_by_side(cell), degree=2)
    through = Faces(driven.system, driven.nodes, uniform).measure().left_end.current
    assert through == pytest.approx(current, rel=1e-11)
    shifted = all_values(driven).reshape(-1, SIZE)
    shifted[:, [0, 4]] += potential
    assert all_values(floating).reshape(-1, SIZE) == pytest.approx(shifted, abs=1e-11)


def charge_into(system: SpinSystem, at: float, low: float, high: float) -> float:
    """Charge per time that enters all layers through a part of x = `at`.

    The residual of the layers alone, tested with 1 there; what layers exchange cancels.
    """
    forms = list(system.bulk_forms().values())
    residuals = assembled(BlockVector(list(system.fields.values())), forms)
    total = 0.0
    for function, residual in zip(system.fields.values(), residuals, strict=True):
        x, y, _ = function.function_space.tabulate_dof_coordinates().T
        there = (abs(x - at) < 1e-9) & (y > low - 1e-9) & (y < high + 1e-9)
        total += float(residual.real.reshape(-1, SIZE)[there, 0].sum())
    return total


@pytest.mark.parametrize("law", [laws.Tunnel(0.9, 0.4, -0.3), laws.Transparent()])
def test_contacts_on_parts_of_the_edges(law: laws.Law):
    """The rest is insulated; the drain ends where both layers meet, on R alone."""
    geometry = with_contacts(
        side_by_side("triangle"), source=(0.0, 0.2, 0.6), drain=(1.2, 0.4, WIDTH)
    )
    layers = layered(geometry)
    by_voltage = SpinSystem(stack(law), model.Voltage(0.7), layers, 3, ("source", "drain"))
    solver = SteadySolver(by_voltage, SpinSolverSettings())
    solver.solve()
    entering = charge_into(by_voltage, 0.0, 0.2, 0.6)
    assert charge_into(by_voltage, 1.2, 0.4, WIDTH) == pytest.approx(-entering, rel=1e-11)
    assert entering > 0.1

    states = Faces(by_voltage, solver.nodes, uniform).measure()
    assert states.end_extents == pytest.approx((0.4, 0.4), rel=1e-12)
    assert states.left_end.current == pytest.approx(entering / 0.4, rel=1e-11)
    assert states.right_end.current == pytest.approx(entering / 0.4, rel=1e-11)
    assert max(each[0] for each in states.imbalances.values()) < 1e-11
    if isinstance(law, laws.Tunnel):
        through = states.interfaces["L|R"]
        assert through.left.current == pytest.approx(through.right.current, rel=1e-12)
        assert through.left.current * states.extents["L|R"] == pytest.approx(entering, rel=1e-11)
        assert heat_of(solver) == pytest.approx(states.entering - states.interface_heat, rel=1e-9)

    by_current = SpinSystem(
        stack(law), model.Current(entering / 0.4), layers, 3, ("source", "drain")
    )
    SteadySolver(by_current, SpinSolverSettings()).solve()
    for name in ("L", "R"):
        shifted = by_voltage.fields[name].x.array.real.reshape(-1, SIZE).copy()
        shifted[:, [0, 4]] -= 0.7
        found = by_current.fields[name].x.array.real.reshape(-1, SIZE)
        assert found == pytest.approx(shifted, abs=1e-11)


def heat_of(solver: SteadySolver) -> float:
    """Of all layers."""
    system = solver.system
    return sum(
        compat.assemble_scalar(
            system.compile(
                transport.dissipation(Fields.of(u), system.layer_data(name))
                * system.layer_measure(name)
            )
        ).real
        for name, u in system.fields.items()
    )


def test_contacts_that_touch():
    geometry = with_contacts(
        side_by_side("triangle"), source=(1.2, 0.0, 0.4), drain=(1.2, 0.4, WIDTH)
    )
    with pytest.raises(MeshError, match=r"'source' and 'drain' touch at \(1\.2, 0\.4\)"):
        SpinSystem(stack(), model.Voltage(1.0), layered(geometry), 1, ("source", "drain"))


def test_a_current_on_a_line():
    """Current and voltage that belong together give the same fields."""
    line = model.Stack(
        [model.Layer("L", LEFT, 1.1), model.Layer("R", RIGHT, 0.7)],
        [model.Interface("L", "R", laws.Tunnel(0.9, 0.4, -0.3), 0.8)],
    )
    driven = steady(line, model.Voltage(1.3))
    current = Faces(driven.system, driven.nodes, uniform).measure().left_end.current
    floating = steady(line, model.Current(current))
    shifted = all_values(driven).reshape(-1, SIZE)
    shifted[:, [0, 4]] -= 1.3
    assert all_values(floating).reshape(-1, SIZE) == pytest.approx(shifted, abs=1e-11)
    assert math.isclose(on_contact(floating.system, right=True)[0, 4], -1.3, rel_tol=1e-10)
