# SPDX-License-Identifier: MIT
"""Checks what keys of a Usadel case must agree on with each other."""

from __future__ import annotations

from fem_sf.case.entries import Entry, add_missing
from fem_sf.case.meshes import check_mesh
from fem_sf.case.names import find_layer
from fem_sf.case.report import Report
from fem_sf.case.usadel.conductivities import check_conductivities
from fem_sf.case.usadel.schema import InterfaceTable, LayerTable
from fem_sf.case.usadel.tables import UsadelTables
from fem_sf.errors import StackError
from fem_sf.interfaces import LAWS, Law, Resistive
from fem_sf.materials import TWO_DIRECTIONS, Ferromagnet, Superconductor
from fem_sf.settings import LOWEST_TEMPERATURE, NO_ESTIMATE, TOO_COLD
from fem_sf.stack import Layer
from fem_sf.usadel.laws.law import case_keys, required_keys
from fem_sf.words import all_of, spell


def check_tables(tables: UsadelTables, report: Report) -> None:
    """Everything but the stack itself; what is wrong goes into the report."""
    for layer in tables.layers:
        _check_layer(layer, tables, report)
    for interface in tables.interfaces:
        _check_law(interface, report)
    check_conductivities(tables, report)
    _check_superconductor(tables, report)
    check_mesh(tables, report)
    _check_reference(tables, report)
    _check_temperature(tables, report)
    _check_solver(tables, report)


def _check_layer(layer: Entry[LayerTable], tables: UsadelTables, report: Report) -> None:
    material = layer.table.material
    if not tables.has_mesh_file and "thickness" not in layer.meant:
        add_missing(layer, "thickness", report)
    if material == Ferromagnet.kind:
        if "exchange" not in layer.meant:
            add_missing(layer, "exchange", report)
        _check_exchange(layer, tables, report)
    elif material is not None:
        for key in ("exchange", "angle", "localized_moment"):
            if key in layer.given:
                message = f'only a ferromagnet has this; the material here is "{material}"'
                report.add(layer.key(key), message)
    if material not in (Superconductor.kind, None) and "phase" in layer.given:
        message = f'only a superconductor has this; the material here is "{material}"'
        report.add(layer.key("phase"), message)


def _check_exchange(layer: Entry[LayerTable], tables: UsadelTables, report: Report) -> None:
    """Whether a field that varies has a value everywhere, and none has two directions."""
    exchange, thickness = layer.table.exchange, layer.table.thickness
    if "angle" in layer.given and isinstance(exchange, tuple):
        report.add(layer.key("angle"), TWO_DIRECTIONS)
    if not callable(exchange) or tables.has_mesh_file or not thickness or not thickness > 0:
        return
    from fem_sf.textures import texture_scales

    width = tables.mesh.table.width if tables.mesh.table.dimension == 2 else None
    material = Ferromagnet(exchange=exchange, angle=layer.table.angle or 0.0)
    try:
        texture_scales(Layer(layer.table.name or "", material, thickness), width)
    except StackError as error:
        for problem in error.problems:
            report.add(layer.key(problem.key.rpartition(".")[2]), problem.message)


def _check_law(interface: Entry[InterfaceTable], report: Report) -> None:
    kind, given = interface.table.law, interface.given
    if kind is None:
        return
    law, own = LAWS[kind], _keys(LAWS[kind])
    for key in dict.fromkeys(key for each in LAWS.values() for key in _keys(each)):
        if key in given and key not in own:
            owners = all_of(each.kind for each in LAWS.values() if key in _keys(each))
            have = "has" if owners.count('"') == 2 else "have"
            report.add(
                interface.key(key),
                f'the law "{kind}" has no such parameter; only {owners} {have}',
            )
    for key in required_keys(law):
        if key not in required_keys(Resistive) and key not in interface.meant:
            add_missing(interface, key, report)
    if issubclass(law, Resistive):
        _check_resistance(interface, report)


def _keys(law: type[Law]) -> list[str]:
    """The keys of a law, with the one that may stand for γ."""
    return [*case_keys(law), *(["resistance"] if issubclass(law, Resistive) else [])]


def _check_resistance(interface: Entry[InterfaceTable], report: Report) -> None:
    given = interface.given
    if {"gamma", "resistance"} <= given:
        report.add(
            interface.key("resistance"),
            "gamma and resistance are both given; γ = R_b σ/ξ0, so give one of them",
        )
    elif "gamma" in given and "gamma_of" not in interface.meant:
        add_missing(interface, "gamma_of", report)
    elif not {"gamma", "resistance"} & interface.meant:
        add_missing(interface, "gamma", report)


def _check_superconductor(tables: UsadelTables, report: Report) -> None:
    materials = [layer.table.material for layer in tables.layers]
    if materials and None not in materials and Superconductor.kind not in materials:
        report.add(
            ("layers",),
            f'no layer has material = "{Superconductor.kind}", so there is nothing to compute',
        )


def _check_reference(tables: UsadelTables, report: Report) -> None:
    name = tables.reference.table.layer
    if name is None:
        return
    key = tables.reference.key("layer")
    layer = find_layer(name, key, tables, report)
    if layer is None:
        return
    if layer.table.material not in (Ferromagnet.kind, None):
        report.add(
            key, f'expected a ferromagnet; the layer {spell(name)} is a "{layer.table.material}"'
        )
    elif layer.table.exchange in (0, (0, 0, 0)):
        report.add(key, f"the layer {spell(name)} has exchange = 0, and 2ν|J| = 0 is no unit")


def _check_temperature(tables: UsadelTables, report: Report) -> None:
    temperature = tables.usadel.table.temperature
    if temperature is not None and 0 < temperature < LOWEST_TEMPERATURE:
        report.add(tables.usadel.key("temperature"), TOO_COLD.format(temperature))


def _check_solver(tables: UsadelTables, report: Report) -> None:
    if tables.solver.table.frequencies and tables.usadel.table.temperature == 0:
        report.add(
            tables.solver.key("frequencies"),
            "at T = 0 the frequencies are continuous and none can be summed alone; "
            "leave it out or write 0",
        )
    if tables.accuracy.given and tables.solver.table.error_estimate is False:
        report.add(tables.solver.key("error_estimate"), NO_ESTIMATE)
