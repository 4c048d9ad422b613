# SPDX-License-Identifier: MIT
"""The stack of a case: its layers, its interfaces, and which pairs touch."""

from __future__ import annotations

import dataclasses
import itertools
import re

from fem_sf.case.conductivities import (
    density_of_states,
    gamma_from_resistance,
    reference_conductivity,
)
from fem_sf.case.entries import Entry
from fem_sf.case.places import add_problems, stand_in
from fem_sf.case.positions import KeyPath
from fem_sf.case.report import Report
from fem_sf.case.schema import InterfaceTable, LayerTable
from fem_sf.case.tables import Tables
from fem_sf.errors import StackError
from fem_sf.interfaces import LAWS, KupriyanovLukichev, Law, Transparent
from fem_sf.materials import MATERIALS, Material
from fem_sf.stack import Interface, Layer, Stack
from fem_sf.words import did_you_mean, missing_interface, spell

_NOT_IN_NAMES = re.compile(r"""[|/\\:*?"<>\x00-\x1f\x7f]""")
_SIGMA_MISSING = (
    "a resistance needs a conductivity: give the layer {layer} a conductivity with its unit, "
    'or add conductivity = "…" of the bulk superconductor to [units]'
)

Pairs = dict[tuple[str, str], Entry[InterfaceTable]]


def build_stack(tables: Tables, report: Report) -> Stack | None:
    """Build the stack of a case.

    What is wrong goes into the report. The stack then has stand-ins in the place of what is wrong,
    so that the rest of it is still checked, or is ``None``.
    """
    if not tables.layers and report.source.value(("layers",)) != []:
        return None
    names = _layer_names(tables.layers, report)
    named = dict(zip(names, tables.layers, strict=True))
    sigma = reference_conductivity(tables)
    layers = [
        Layer(name, _material(entry, sigma, report), entry.table.thickness)
        for name, entry in named.items()
    ]
    pairs = _pairs(tables, names, report)
    interfaces = [
        Interface(*pair, _law(entry, named, sigma, tables, report)) for pair, entry in pairs.items()
    ]
    if not tables.has_mesh_file and isinstance(report.source.data.get("interfaces", []), list):
        _check_touching(tables, names, pairs, report)
    try:
        return Stack(layers, interfaces)
    except StackError as error:
        add_problems(error, report)
    return None


def _layer_names(layers: list[Entry[LayerTable]], report: Report) -> list[str]:
    """Names of the layers, each different; a stand-in where a name cannot be used."""
    names: dict[str, Entry[LayerTable]] = {}
    for layer in layers:
        name = layer.table.name
        if name is not None:
            problem = _name_problem(name)
            if name in names:
                line = report.source.line(names[name].key("name"))
                problem = f"the layer in line {line} is called {spell(name)} too"
            if problem:
                report.add(layer.key("name"), problem)
                name = None
        names[stand_in(layer.where) if name is None else name] = layer
    return list(names)


def _name_problem(name: str) -> str:
    if not name.strip():
        return "expected a name, got an empty one"
    if name != name.strip() or name.startswith((".", "-")):
        return f"a name cannot begin with '.' or '-' or have a space at an end, got {spell(name)}"
    wrong = _NOT_IN_NAMES.search(name)
    if wrong:
        return f"a name also names files, so it cannot have {wrong.group()!r} in it"
    return ""


def _material(layer: Entry[LayerTable], sigma: float | None, report: Report) -> Material:
    kind = MATERIALS.get(layer.table.material or "", Material)
    values = {
        field.name: getattr(layer.table, field.name)
        for field in dataclasses.fields(kind)
        if field.name != "density_of_states"
    }
    values["density_of_states"] = density_of_states(layer, sigma, report)
    return kind(**{name: value for name, value in values.items() if value is not None})


def _pairs(tables: Tables, names: list[str], report: Report) -> Pairs:
    """Sort the interfaces by the layers that they join, where these exist and have no other law."""
    pairs: Pairs = {}
    for interface in tables.interfaces:
        between = interface.table.between
        if between is None:
            continue
        for i, name in enumerate(between):
            find_layer(name, (*interface.key("between"), i), tables, report)
        left, right = between
        first = pairs.get((left, right)) or pairs.get((right, left))
        if first:
            line = report.source.line(first.where)
            report.add(interface.where, f"the interface in line {line} joins the same two layers")
        elif left in names and right in names:
            pairs[left, right] = interface
    return pairs


def find_layer(
    name: str, where: KeyPath, tables: Tables, report: Report
) -> Entry[LayerTable] | None:
    """Find the layer that the key ``where`` names; if there is none, that goes into the report."""
    names = [layer.table.name for layer in tables.layers]
    if name in names:
        return tables.layers[names.index(name)]
    known = [each for each in names if each is not None and not _name_problem(each)]
    # A layer whose own name is missing or wrong may be the one that is meant.
    if len(set(known)) == len(names):
        hint = did_you_mean(name, known) or f"; the layers are {', '.join(known)}"
        report.add(where, f"no layer is called {spell(name)}{hint}")
    return None


def _law(
    interface: Entry[InterfaceTable],
    layers: dict[str, Entry[LayerTable]],
    sigma: float | None,
    tables: Tables,
    report: Report,
) -> Law:
    table = interface.table
    law = LAWS.get(table.law or "", Transparent)
    if law is not KupriyanovLukichev:
        return law()
    assert table.between is not None
    gamma_of = table.gamma_of or table.between[0]
    gamma = table.gamma
    if gamma is None and table.resistance is not None and gamma_of in layers:
        gamma = gamma_from_resistance(table.resistance, layers[gamma_of], sigma, tables)
        if gamma is None:
            message = _SIGMA_MISSING.format(layer=spell(gamma_of))
            report.add(interface.key("resistance"), message)
    return KupriyanovLukichev(1.0 if gamma is None else gamma, gamma_of)


def _check_touching(tables: Tables, names: list[str], pairs: Pairs, report: Report) -> None:
    """Whether just those pairs have a law that are neighbours in the list of layers."""
    touching = {frozenset(pair): pair for pair in itertools.pairwise(names)}
    declared = {frozenset(pair) for pair in pairs}
    for (left, right), interface in pairs.items():
        if left != right and frozenset((left, right)) not in touching:
            report.add(
                interface.key("between"),
                f"layers {spell(left)} and {spell(right)} do not touch; neighbours in the list of "
                "layers do",
            )
    # An interface that cannot be understood may be the one that seems to be missing.
    clear = [each for (left, right), each in pairs.items() if left != right]
    unclear = [each.table.between or names for each in tables.interfaces if each not in clear]
    named_there = set(itertools.chain.from_iterable(unclear))
    own_names = {layer.table.name for layer in tables.layers}
    for pair, (left, right) in touching.items():
        if pair <= own_names and pair not in declared and not pair & named_there:
            layer = ("layers", names.index(right))
            report.add(("interfaces",), missing_interface(left, right), at=layer)
