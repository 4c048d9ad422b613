# SPDX-License-Identifier: MIT
"""Makes the stack of a spin-transport case."""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Mapping
from typing import Any, get_type_hints

from fem_sf.case.entries import Entry
from fem_sf.case.names import check_touching, name_layers, pair_interfaces
from fem_sf.case.places import add_problems, make
from fem_sf.case.report import Report
from fem_sf.case.spin.checks import parameters
from fem_sf.case.spin.schema import BarrierTable, InterfaceTable, LayerTable
from fem_sf.case.spin.tables import SpinTables
from fem_sf.directions import polar_direction
from fem_sf.errors import StackError
from fem_sf.spin.interfaces import LAWS, BarrierShape, Law, Transparent
from fem_sf.spin.materials import MATERIALS, Ferromagnet, Material, Wall
from fem_sf.spin.model import Interface, Layer, Stack, wall_of
from fem_sf.spin.settings import SpinScales
from fem_sf.words import spell

_ANY = 1.0
"""Stands in for a number that is missing or wrong, so that the rest is still checked."""
_ANY_DECAY = 10.0


def build_stack(tables: SpinTables, report: Report) -> Stack | None:
    """Build the stack of a case.

    What is wrong goes into the report. The stack then has stand-ins in the place of what is wrong,
    so that the rest of the case is still checked, or is ``None`` if there are no layers.
    """
    if not tables.layers and report.source.value(("layers",)) != []:
        return None
    named = name_layers(tables, report)
    names = list(named)
    layers = [_layer(name, entry, tables, report) for name, entry in named.items()]
    pairs = pair_interfaces(tables, names, report)
    check_touching(tables, names, pairs, Stack.example_law, report)
    interfaces = []
    for (left, right), entry in pairs.items():
        if names.index(left) > names.index(right):
            report.add(
                entry.key("between"),
                f"expected the order of the stack, [{spell(right)}, {spell(left)}]; left and right "
                "have a meaning here",
            )
        elif tables.has_mesh_file or names.index(right) - names.index(left) <= 1:
            known = all(named[name].table.material is not None for name in (left, right))
            law = _law(entry, tables, report) if known else Transparent()
            anything = {"left": left, "right": right, "law": law}
            given = _given(entry.table, ["capacitance"])
            interfaces.append(make(Interface, given, _owner(entry), report, anything))
    if not tables.has_mesh_file:
        joined = {each.pair for each in interfaces}
        interfaces += [
            Interface(*pair, Transparent())
            for pair in itertools.pairwise(names)
            if frozenset(pair) not in joined
        ]
    try:
        return Stack(layers, interfaces)
    except StackError as error:
        add_problems(error, report)
    return _plain_stack(layers, interfaces)


def _layer(name: str, entry: Entry[LayerTable], tables: SpinTables, report: Report) -> Layer:
    thickness = entry.table.thickness
    if tables.has_mesh_file and thickness == math.inf:
        thickness = None
    material = _material(f"layers.{name}", entry, tables, report)
    anything = {"name": name, "material": material, "thickness": None}
    given = {} if thickness is None else {"thickness": thickness}
    return make(Layer, given, f"layers.{name}", report, anything)


def _material(owner: str, entry: Entry[LayerTable], tables: SpinTables, report: Report) -> Material:
    kind = MATERIALS.get(entry.table.material or "", Ferromagnet)
    values = _given(entry.table, [field.name for field in dataclasses.fields(kind)])
    values.pop("wall", None)
    if tables.scales is not None and "permittivity" not in values:
        values["permittivity"] = _screening_permittivity(kind, values, tables.scales)
    if entry.table.angle is not None and kind is Ferromagnet:
        values["direction"] = polar_direction(entry.table.angle)
    wall = tables.walls.get(entry.where)
    if wall is not None and kind is Ferromagnet:
        names = [field.name for field in dataclasses.fields(Wall)]
        anything = {"stiffness": _ANY, "anisotropy": _ANY}
        given = _given(wall.table, names)
        values["wall"] = make(Wall, given, f"{owner}.wall", report, anything)
    return make(kind, values, owner, report, {})


_SCREENING = 1e-10
"""Screening length in m that is taken beside ``[units]`` where ε is not given: that of metals."""


def _screening_permittivity(
    kind: type[Material], values: Mapping[str, Any], scales: SpinScales
) -> float:
    """Ε of that length, l² = α1 ε D/σ."""
    defaults: dict[str, Any] = {field.name: field.default for field in dataclasses.fields(kind)}
    defaults |= values
    length = _SCREENING / scales.length
    ratio = defaults["conductivity"] / (defaults["alpha1"] * defaults["diffusivity"])
    return length**2 * ratio if 0 < ratio < math.inf else kind.permittivity


def _given(table: Any, names: list[str]) -> dict[str, Any]:
    """What a table says of some keys; the rest has its default elsewhere."""
    values = {name: getattr(table, name) for name in names}
    return {name: value for name, value in values.items() if value is not None}


def _owner(interface: Entry[InterfaceTable]) -> str:
    assert interface.table.between is not None
    return f"interfaces.{'|'.join(interface.table.between)}"


def _law(entry: Entry[InterfaceTable], tables: SpinTables, report: Report) -> Law:
    law = LAWS.get(entry.table.law or "", Transparent)
    own = parameters(law)
    values = _given(entry.table, list(own))
    missing = [name for name, required in own.items() if required and name not in values]
    kinds = get_type_hints(law)
    if any(kinds[name] is not float for name in missing):
        return Transparent()
    barrier = tables.barriers.get(entry.where)
    if "barrier" in values and barrier is not None:
        values["barrier"] = _barrier(f"{_owner(entry)}.barrier", barrier, tables.scales, report)
    anything = dict.fromkeys((name for name, required in own.items() if required), _ANY)
    try:
        return make(law, values, _owner(entry), report, anything)
    except StackError:
        return Transparent()


def _barrier(
    owner: str, barrier: Entry[BarrierTable], scales: SpinScales | None, report: Report
) -> BarrierShape:
    table = barrier.table
    height = _ANY if table.height is None else table.height
    decay = _ANY_DECAY if table.decay is None else table.decay
    first = height[0] if isinstance(height, tuple) else height
    if table.thickness is not None and scales is not None and first > 0:
        mass = _ANY if table.mass is None else table.mass
        decay = _decay(first * scales.voltage, table.thickness * scales.length, mass)
    anything = {"model": table.model, "height": _ANY, "decay": _ANY_DECAY}
    values = {"height": height, "decay": decay, "asymmetry": table.asymmetry}
    return make(BarrierShape, values, owner, report, anything)


def _decay(height: float, thickness: float, mass: float) -> float:
    """λ = 2√(2 m U0) d/ħ from eV, m and electron masses."""
    from scipy.constants import electron_mass, elementary_charge, hbar

    momentum = math.sqrt(2 * mass * electron_mass * elementary_charge * height)
    return 2 * momentum * thickness / hbar


def _plain_stack(layers: list[Layer], interfaces: list[Interface]) -> Stack | None:
    """Make a stack of which only that is kept which other tables have to fit."""
    if not layers:
        return None
    ends = (layers[0], layers[-1]) if len(layers) > 1 else ()
    plain_layers = []
    for layer in layers:
        has_wall = wall_of(layer.material) is not None
        endless = layer.semi_infinite and layer in ends and not has_wall
        thickness = math.inf if endless else None if layer.thickness is None else _ANY
        material = Ferromagnet(wall=Wall(_ANY, _ANY) if has_wall else None)
        plain_layers.append(Layer(layer.name, material, thickness))
    plain_interfaces = [
        Interface(each.left, each.right, _plain_law(each.law))
        for each in interfaces
        if each.left != each.right
    ]
    return Stack(plain_layers, plain_interfaces)


def _plain_law(law: Law) -> Law:
    """Keep what is not linear, for which there is no exact solution, where it fits anything."""
    turning = Ferromagnet(wall=Wall(_ANY, _ANY))
    fits = not any(law.problems_between(turning, turning))
    return law if law.nonlinearity and fits else Transparent()
