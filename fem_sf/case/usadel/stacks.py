# SPDX-License-Identifier: MIT
"""Makes the stack of a Usadel case."""

from __future__ import annotations

import dataclasses
import itertools

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
from fem_sf.interfaces import LAWS, KupriyanovLukichev, Law, Transparent
from fem_sf.materials import MATERIALS, Material, Normal
from fem_sf.stack import Interface, Layer, Stack
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
    if law is not KupriyanovLukichev:
        return law()
    assert table.between is not None
    gamma_of = table.between[0] if table.gamma_of is None else table.gamma_of
    gamma = table.gamma
    if gamma is None and table.resistance is not None and gamma_of in layers:
        gamma = gamma_from_resistance(table.resistance, layers[gamma_of], sigma, tables)
        if gamma is None:
            message = _SIGMA_MISSING.format(layer=spell(gamma_of))
            report.add(interface.key("resistance"), message)
    given = {} if gamma is None else {"gamma": gamma}
    anything = {"gamma": 1.0, "gamma_of": gamma_of}
    owner = f"interfaces.{'|'.join(table.between)}"
    return make(KupriyanovLukichev, given, owner, report, anything)
