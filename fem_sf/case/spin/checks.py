# SPDX-License-Identifier: MIT
"""Checks what keys of a spin-transport case must agree on with each other."""

from __future__ import annotations

import dataclasses
import itertools
import math
from typing import Any

from fem_sf.case.entries import Entry, add_missing
from fem_sf.case.meshes import check_mesh
from fem_sf.case.report import Report
from fem_sf.case.spin.schema import BarrierTable, InterfaceTable, LayerTable
from fem_sf.case.spin.tables import SpinTables
from fem_sf.spin.interfaces import LAWS, Law
from fem_sf.spin.materials import Normal
from fem_sf.spin.settings import TIMES_NOT_ASCENDING
from fem_sf.words import spell

_TRANSIENT = 'mode = "transient" in [spin]'


def check_tables(tables: SpinTables, report: Report) -> None:
    """Everything but the stack itself; what is wrong goes into the report."""
    for layer in tables.layers:
        _check_layer(layer, tables, report)
    for interface in tables.interfaces:
        _check_law(interface, report)
    for barrier in tables.barriers.values():
        _check_barrier(barrier, tables, report)
    _check_drive(tables, report)
    _check_waveform(tables, report)
    _check_time(tables, report)
    check_mesh(tables, report)


def parameters(law: type[Law]) -> dict[str, bool]:
    """The parameters of a law, each with whether it has to be given."""
    return {field.name: field.default is dataclasses.MISSING for field in dataclasses.fields(law)}


def _check_layer(layer: Entry[LayerTable], tables: SpinTables, report: Report) -> None:
    table = layer.table
    if not tables.has_mesh_file and "thickness" not in layer.meant:
        add_missing(layer, "thickness", report)
    elif tables.has_mesh_file and table.thickness == math.inf:
        report.add(layer.key("thickness"), "the mesh file says how thick this is; leave it out")
    for one, other in (("alpha1", "alpha2"), ("alpha2", "alpha1")):
        if one in layer.given and other not in layer.meant:
            message = f'missing key "{other}"; {one} and {other} go together, and alpha is both'
            report.add(layer.where, message)
    if {"angle", "direction"} <= layer.given:
        message = "direction and angle are both given; one says the other, so give one of them"
        report.add(layer.key("angle"), message)
    if table.material != Normal.kind:
        return
    for key in ("polarisation", "angle", "exchange_precession", "wall"):
        if key in layer.given and not (key == "polarisation" and table.polarisation == 0):
            report.add(layer.key(key), 'only a ferromagnet has this; the material here is "normal"')


def _check_law(interface: Entry[InterfaceTable], report: Report) -> None:
    law = interface.table.law
    if law is None:
        return
    own = parameters(LAWS[law])
    all_parameters = {key for each in LAWS.values() for key in parameters(each)}
    for key in interface.given:
        if key in all_parameters and key not in own:
            known = f"no such parameter; its own are {', '.join(own)}" if own else "no parameters"
            report.add(interface.key(key), f"the law {spell(law)} has {known}")
    for key, required in own.items():
        if required and key not in interface.meant:
            add_missing(interface, key, report)


def _check_barrier(barrier: Entry[BarrierTable], tables: SpinTables, report: Report) -> None:
    if {"decay", "thickness"} <= barrier.given:
        report.add(
            barrier.key("thickness"),
            "the decay and the thickness are both given; one follows from the other with the "
            "height, λ = 2√(2mU0)d/ħ, so give one of them",
        )
    elif not {"decay", "thickness"} & barrier.meant:
        report.add(
            barrier.where,
            'missing key "decay"; expected λ = 2√(2mU0)d/ħ, a number > 0, or instead the '
            'thickness d with its unit, as in thickness = "1 nm"',
        )
    if barrier.table.thickness is not None and tables.scales is None:
        report.add(
            barrier.key("thickness"),
            f"λ follows from it in SI only: {tables.context.add_units}; or give decay",
        )
    if "mass" in barrier.given and "thickness" not in barrier.meant:
        report.add(barrier.key("mass"), "only serves to find λ from the thickness of the barrier")


def _check_drive(tables: SpinTables, report: Report) -> None:
    drive = tables.drive
    if {"voltage", "current"} <= drive.given:
        report.add(drive.key("current"), "voltage and current are both given; give one of them")
    elif _is_table(drive, report) and not {"voltage", "current"} & drive.meant:
        report.add(
            drive.where,
            'missing key "voltage"; expected V of the left end minus V of the right end, or '
            "instead current, the current density from left to right",
        )
    contacts = drive.table.contacts
    if contacts is not None and not tables.has_mesh_file:
        report.add(
            drive.key("contacts"),
            "only a mesh from a file has contacts by name; here they are the two ends of the stack",
        )
    elif contacts is not None and contacts[0] == contacts[1]:
        report.add(drive.key("contacts"), f"expected two different groups, got {spell(contacts)}")


def _check_waveform(tables: SpinTables, report: Report) -> None:
    drive, waveform = tables.drive, tables.waveform
    if drive.table.waveform is not None and _mode(tables) == "steady":
        report.add(
            drive.key("waveform"), f"a steady state has none; leave it out, or add {_TRANSIENT}"
        )
    if waveform is None:
        return
    shape = waveform.table.shape
    for key, has_it in (("duration", "pulse"), ("frequency", "sine")):
        if shape == has_it and key not in waveform.meant:
            add_missing(waveform, key, report)
        elif shape not in (has_it, None) and key in waveform.given:
            report.add(waveform.key(key), f'only shape = "{has_it}" has this; leave it out')


def _check_time(tables: SpinTables, report: Report) -> None:
    mode, has_time = _mode(tables), "time" in tables.case.meant
    if mode == "steady" and _is_table(tables.time, report):
        report.add(("time",), f"a steady state has none; leave it out, or add {_TRANSIENT}")
    elif mode == "transient" and not has_time:
        message = 'missing key "time"; a run in time needs a table [time] with end = …'
        report.add((), message, at=("spin", "mode"))
    for i, (before, after) in enumerate(itertools.pairwise(tables.time.table.times)):
        if after <= before:
            report.add((*tables.time.key("times"), i + 1), TIMES_NOT_ASCENDING)


def _is_table(entry: Entry[Any], report: Report) -> bool:
    return isinstance(report.source.value(entry.where), dict)


def _mode(tables: SpinTables) -> str | None:
    """``None`` where it cannot be read, so that either would be a guess."""
    return None if "mode" in tables.spin.wrong else tables.spin.table.mode
