# SPDX-License-Identifier: MIT
"""Makes the stack of a Usadel case."""

from __future__ import annotations

import dataclasses
import itertools
from typing import Any

from fem_sf.case.entries import Entry
from fem_sf.case.names import check_touching, name_layers, pair_interfaces
from fem_sf.case.places import add_problems, make
from fem_sf.case.report import Report
from fem_sf.case.usadel.conductivities import (
    density_of_states,
    gamma_from_resistance,
    reference_conductivity,
)
from fem_sf.case.usadel.schema import InterfaceTable, LayerTable
from fem_sf.case.usadel.tables import UsadelTables
from fem_sf.errors import StackError
from fem_sf.interfaces import LAWS, Law, Resistive, Transparent
from fem_sf.materials import MATERIALS, Material, Normal
from fem_sf.stack import Interface, Layer, Stack
from fem_sf.usadel.laws.law import case_keys, required_keys
from fem_sf.words import spell

_SIGMA_MISSING = (
    "a resistance needs a conductivity: give the layer {layer} a conductivity with its unit, "
    'or add conductivity = "…" of the bulk superconductor to [units]'
)


def build_stack(tables: UsadelTables, report: Report) -> Stack | None:
    """Build the stack of a case.

    What is wrong goes into the report. The stack then has stand-ins in the place of what is wrong,
    so that the rest of it is still checked, or is ``None``.
    """
    if not tables.layers and report.source.value(("layers",)) != []:
        return None
    named = name_layers(tables, report)
    names = list(named)
    sigma = reference_conductivity(tables)
    layers = [_layer(name, entry, sigma, report) for name, entry in named.items()]
    pairs = pair_interfaces(tables, names, report)
    interfaces = [
        Interface(*pair, _law(entry, named, sigma, tables, report)) for pair, entry in pairs.items()
    ]
    check_touching(tables, names, pairs, Stack.example_law, report)
    if not tables.has_mesh_file:
        declared = {each.pair: each for each in interfaces}
        interfaces = [each for each in interfaces if each.left == each.right] + [
            declared.get(frozenset(pair), Interface(*pair, Transparent()))
            for pair in itertools.pairwise(names)
        ]
    try:
        return Stack(layers, interfaces)
    except StackError as error:
        add_problems(error, report)
    return None


def _layer(name: str, entry: Entry[LayerTable], sigma: float | None, report: Report) -> Layer:
    anything = {"name": name, "material": _material(name, entry, sigma, report)}
    given = {"thickness": entry.table.thickness}
    return make(Layer, given, f"layers.{name}", report, anything)


def _material(name: str, layer: Entry[LayerTable], sigma: float | None, report: Report) -> Material:
    kind = MATERIALS.get(layer.table.material or "", Normal)
    values = {
        field.name: getattr(layer.table, field.name)
        for field in dataclasses.fields(kind)
        if field.name != "density_of_states"
    }
    values["density_of_states"] = density_of_states(layer, sigma, report)
    given = {key: value for key, value in values.items() if value is not None}
    return make(kind, given, f"layers.{name}", report, {})


def _law(
    interface: Entry[InterfaceTable],
    layers: dict[str, Entry[LayerTable]],
    sigma: float | None,
    tables: UsadelTables,
    report: Report,
) -> Law:
    table = interface.table
    law = LAWS.get(table.law or "", Transparent)
    values = {name: table.parameter(name) for name in case_keys(law)}
    stand_ins: dict[str, Any] = dict.fromkeys(required_keys(law), 1.0)
    assert table.between is not None
    if issubclass(law, Resistive):
        gamma_of = values.pop("gamma_of")
        stand_ins["gamma_of"] = table.between[0] if gamma_of is None else gamma_of
        if values["gamma"] is None:
            values["gamma"] = _gamma(
                interface, stand_ins["gamma_of"], layers, sigma, tables, report
            )
    given = {name: value for name, value in values.items() if value is not None}
    owner = f"interfaces.{'|'.join(table.between)}"
    try:
        return make(law, given, owner, report, stand_ins)
    except StackError:  # a number that stands in for one which is wrong is none of the law's
        return Transparent()


def _gamma(
    interface: Entry[InterfaceTable],
    gamma_of: str,
    layers: dict[str, Entry[LayerTable]],
    sigma: float | None,
    tables: UsadelTables,
    report: Report,
) -> float | None:
    """γ of a resistance, where there is one."""
    resistance = interface.table.parameter("resistance")
    if resistance is None or gamma_of not in layers:
        return None
    gamma = gamma_from_resistance(resistance, layers[gamma_of], sigma, tables)
    if gamma is None:
        message = _SIGMA_MISSING.format(layer=spell(gamma_of))
        report.add(interface.key("resistance"), message)
    return gamma
