# SPDX-License-Identifier: MIT
"""Checks the names of layers, and finds which pairs of layers have a law."""

from __future__ import annotations

import itertools
from typing import Any

from fem_sf.case.entries import Entry
from fem_sf.case.places import stand_in
from fem_sf.case.positions import KeyPath
from fem_sf.case.report import Report
from fem_sf.case.tables import InterfaceEntries, LayerEntries, Output, Tables
from fem_sf.words import did_you_mean, missing_interface, name_problem, shorten, spell


def name_layers(
    tables: Tables[LayerEntries, InterfaceEntries, Output], report: Report
) -> dict[str, Entry[LayerEntries]]:
    """The layers by name, from left to right; a stand-in where a name cannot be used."""
    named: dict[str, Entry[LayerEntries]] = {}
    for layer in tables.layers:
        name = layer.table.name
        if name is not None:
            problem = name_problem(name)
            if name in named:
                line = report.source.line(named[name].key("name"))
                problem = f"the layer in line {line} is called {spell(name)} too"
            if problem:
                report.add(layer.key("name"), problem)
                name = None
        named[stand_in(layer.where) if name is None else name] = layer
    return named


def find_layer(
    name: str, where: KeyPath, tables: Tables[LayerEntries, Any, Any], report: Report
) -> Entry[LayerEntries] | None:
    """Find the layer that the key ``where`` names; if there is none, that goes into the report."""
    names = [layer.table.name for layer in tables.layers]
    if name in names:
        return tables.layers[names.index(name)]
    known = [each for each in names if each is not None and not name_problem(each)]
    # A layer whose own name is missing or wrong may be the one that is meant.
    if len(set(known)) == len(names):
        hint = did_you_mean(name, known) or f"; the layers are {shorten(', '.join(known), 300)}"
        report.add(where, f"no layer is called {spell(name)}{hint}")
    return None


def pair_interfaces(
    tables: Tables[LayerEntries, InterfaceEntries, Output], names: list[str], report: Report
) -> dict[tuple[str, str], Entry[InterfaceEntries]]:
    """The interfaces by the layers that they join, where these exist and have no other law."""
    pairs: dict[tuple[str, str], Entry[InterfaceEntries]] = {}
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


def check_touching(
    tables: Tables[Any, InterfaceEntries, Any],
    names: list[str],
    pairs: dict[tuple[str, str], Entry[InterfaceEntries]],
    example_law: str,
    report: Report,
) -> None:
    """Whether just those pairs have a law that are neighbours in the list of layers."""
    if tables.has_mesh_file or not isinstance(report.source.data.get("interfaces", []), list):
        return
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
            report.add(("interfaces",), missing_interface(left, right, example_law), at=layer)
