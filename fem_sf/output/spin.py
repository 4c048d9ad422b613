# SPDX-License-Identifier: MIT
"""Describes results of spin transport for files, tables and pictures."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import cycle, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fem_sf.output import spin_sweeps, style
from fem_sf.output.kind import Kind, Row
from fem_sf.output.panels import (
    CloseUp,
    Curve,
    Map,
    Panel,
    Positions,
    TimePanel,
    Trace,
    panels_of,
    peak,
    significant,
)
from fem_sf.output.quantities import Quantity, SIColumn
from fem_sf.output.spin_units import (
    CURRENT_DENSITY,
    DENSITY,
    LENGTH,
    TIME,
    UNITS,
    VOLTAGE,
    WAVE_NUMBER,
    quantities,
    scale_attributes,
    scales_of,
)
from fem_sf.output.sweep.headlines import Headline
from fem_sf.spin.model import Voltage
from fem_sf.spin.settings import SpinCase, SpinScales
from fem_sf.study.results import ACROSS_COLUMNS, DIRECTION_COLUMNS, SPIN_COLUMNS, LayerFields

if TYPE_CHECKING:
    import xarray as xr

_NEGLIGIBLE = 1e-6
"""Part of the largest component below which another one is a flat line at zero."""
_ROUNDING = 1e-12
"""Of the current, what a torque that vanishes is computed to be."""
_NEGLIGIBLE_MAP, _MOST_MAPS = 1e-3, 4
_NEGLIGIBLE_CHARGE = 1e-3
"""Part of δM below which δn says nothing."""
_THIN, _DEPTHS = 0.12, 6.0
"""Part of a layer below which a sheet of charge needs a close-up; depths that this shows."""
_MOST_CLOSE_UPS, _MOST_INTERFACES = 4, 4
_LENGTHS = ("screening", "longitudinal", "transverse")

_POTENTIAL = Curve("V", "$V$", style.BLACK, "-")
_CHARGE = Curve("dn", r"$\delta n$", style.BLACK, "-")
_CURRENT = Curve("J", "$J$", style.BLACK, "--")
_ACCUMULATION = style.vector_curves("dM", r"\delta M_%s")
_SPIN_CURRENT = style.vector_curves("JM", "J_{M%s}")
_DIRECTION = style.vector_curves("p", "p_%s")
_SIZE = "J_size"
"""Column of |J| in a plane, only drawn."""
_DRIVE = Curve("drive", "drive", style.BLACK, "-")
_COLOURS = (style.BLUE, style.VERMILLION, style.GREEN, style.ORANGE, style.SKY)


class SpinKind(Kind):
    """Spin drift-diffusion through junctions."""

    name = "spin"
    columns = (*SPIN_COLUMNS, *ACROSS_COLUMNS, *DIRECTION_COLUMNS)
    si_columns = tuple(
        SIColumn(source, unit.si, unit.ending, unit.factor) for source, unit in UNITS.items()
    )
    owners = "where"

    def quantities(self, case: SpinCase) -> dict[str, Quantity]:
        """Describe coordinates, observables and what there is of a run in time."""
        return quantities()

    def attributes(self, case: SpinCase) -> dict[str, str | float]:
        """Drive and mode, and the scales where they are known."""
        conditions: dict[str, str | float] = {
            "mode": "steady" if case.time is None else "transient",
            "drive": "voltage" if isinstance(case.drive, Voltage) else "current",
            "drive_value": case.drive.value,
            "wave_number": case.wave_number,
        }
        if case.time is not None:
            conditions |= {"waveform": case.time.waveform.shape, "end": case.time.end}
            conditions["initial"] = case.time.initial
        if case.scales:
            conditions |= scale_attributes(case.scales)
        return conditions

    def facts(self, summary: Mapping[str, Any]) -> Iterator[str]:
        """Mode and drive."""
        yield str(summary["mode"])
        for name, value in summary["drive"].items():
            yield f"{name} = {value:g}" if isinstance(value, int | float) else f"{name} {value}"

    def rows(
        self, summary: Mapping[str, Any], scales: SpinScales | None = None, dimension: int = 1
    ) -> Iterator[Row]:
        """Yield currents, torques and potentials of interfaces, lengths of layers, resistance."""
        for name, numbers in summary["interfaces"].items():
            yield from _interface_rows(name, numbers, scales)
        for name, layer in summary["layers"].items():
            yield from _torque_rows(name, layer, scales, dimension, summary["current"])
            yield from _length_rows(name, layer.get("lengths", {}), scales)
        yield from _resistance_rows(summary, scales, dimension)
        if "steps" in summary.get("iterations", {}):
            yield Row("all", "time steps", "", summary["iterations"]["steps"])

    def conditions(self, dataset: xr.Dataset) -> str:
        """Tell drive and mode."""
        facts, scales = dataset.attrs, scales_of(dataset)
        if facts["drive"] == "voltage":
            parts = [f"$V_L - V_R =$ {VOLTAGE.tell(facts['drive_value'], scales)}"]
        else:
            parts = [f"$J =$ {CURRENT_DENSITY.tell(facts['drive_value'], scales)}"]
        if facts["wave_number"]:
            wave_number = WAVE_NUMBER.tell(facts["wave_number"], scales)
            what = "" if "y" in dataset.coords else "amplitudes of "
            parts.append(rf"{what}$\cos qy$, $q =$ {wave_number}")
        if facts["mode"] == "steady":
            return "    ".join([*parts, "steady state"])
        change = f"{facts['waveform']} from equilibrium"
        if facts["initial"] == "steady":
            change = f"steady state minus a {facts['waveform']}"
        end = f"end at $t =$ {TIME.tell(facts['end'], scales)}"
        return "    ".join([*parts, change, end])

    def footnote(self, dataset: xr.Dataset) -> list[str]:
        """Tell how much J_M jumps at every interface, and the scales where they are known."""
        summary, scales = json.loads(dataset.attrs["summary"]), scales_of(dataset)
        jumps = [
            f"{style.escaped(name)}: {CURRENT_DENSITY.tell(numbers['jump'], scales)}"
            for name, numbers in summary.get("interfaces", {}).items()
            if numbers.get("jump") is not None
        ]
        parts = [r"Jump $|\Delta\mathbf{J}_M|$", *jumps] if jumps else []
        if scales:
            parts += [
                f"$L_0 = {style.formula(scales.length / 1e-9)}$ nm",
                f"$t_0 = {style.formula(scales.time / 1e-12)}$ ps",
                rf"$\sigma_0 = {style.formula(scales.conductivity)}$ S/m",
                f"$V_0 = {style.formula(scales.voltage / 1e-3)}$ mV",
            ]
        return parts

    def positions(self, dataset: xr.Dataset) -> Positions:
        """Label positions in the unit of the case, or in nm where it is known."""
        scales = scales_of(dataset)
        return Positions(LENGTH.label("$x$", scales), LENGTH.label("$y$", scales))

    def drawn_layers(
        self, dataset: xr.Dataset, layers: Mapping[str, LayerFields]
    ) -> dict[str, LayerFields]:
        """Layers in SI units where they are known; in a plane with |J|."""
        scales = scales_of(dataset)
        drawn = {}
        for name, each in layers.items():
            values = {
                column: _in_drawn_unit(column, numbers, scales)
                for column, numbers in each.values.items()
            }
            if "J_across" in values:
                values[_SIZE] = np.hypot(values["J"], values["J_across"])
            points = _in_drawn_unit("x", each.points, scales)
            drawn[name] = replace(each, points=points, values=values)
        return drawn

    def panels(self, dataset: xr.Dataset, layers: Mapping[str, LayerFields]) -> list[Panel]:
        """Choose V, the currents, the accumulations that are not negligible, and directions."""
        scales = scales_of(dataset)
        panels = panels_of(VOLTAGE.label(_POTENTIAL.symbol, scales), [_POTENTIAL], layers)
        currents = significant(dataset, ["J", *_SPIN_CURRENT], _NEGLIGIBLE)
        curves = [curve for name, curve in _SPIN_CURRENT.items() if name in currents]
        symbol = r"$J,\ \mathbf{J}_M$" if curves else _CURRENT.symbol
        panels += panels_of(CURRENT_DENSITY.label(symbol, scales), [*curves, _CURRENT], layers)
        curves = _curves_of(dataset, _ACCUMULATION)
        if curves:
            symbol = curves[0].symbol if len(curves) == 1 else r"$\delta\mathbf{M}$"
            panels += panels_of(DENSITY.label(symbol, scales), curves, layers, layers)
        if _has_charge(dataset) and not self.close_ups(dataset, layers):
            panels += panels_of(DENSITY.label(_CHARGE.symbol, scales), [_CHARGE], layers)
        if "p_x" in dataset:
            turning = {
                name: each for name, each in layers.items() if peak([each], list(_DIRECTION))
            }
            panels += panels_of(r"$\mathbf{p}$", _curves_of(dataset, _DIRECTION), turning)
        return panels

    def close_ups(self, dataset: xr.Dataset, layers: Mapping[str, LayerFields]) -> list[CloseUp]:
        """Choose δn at the interfaces with most of it, where it is screened in thin sheets."""
        if not _has_charge(dataset):
            return []
        label = DENSITY.label(_CHARGE.symbol, scales_of(dataset))
        largest = peak(layers.values(), ["dn"])
        close_ups, charges = [], {}
        for sides in pairwise(layers.items()):
            left, right = (each for _, each in sides)
            sheets = _sheet(left, slice(None, None, -1)), _sheet(right, slice(None))
            thin = any(
                0 < depth < _THIN * float(np.ptp(each.points))
                for (_, depth), each in zip(sheets, (left, right), strict=True)
            )
            charge = max(height for height, _ in sheets)
            if thin and charge > _NEGLIGIBLE_CHARGE * largest:
                close_up = CloseUp(label, _CHARGE, dict(sides), _reach(left, right, sheets))
                close_ups.append(close_up)
                charges[close_up.name] = charge
        kept = _largest(charges, _MOST_CLOSE_UPS)
        return [each for each in close_ups if each.name in kept]

    def maps(self, dataset: xr.Dataset, layers: Mapping[str, LayerFields]) -> list[Map]:
        """Choose V, |J| and the largest components of δM and J_M."""
        scales, everything = scales_of(dataset), dict(layers)
        voltages = np.concatenate([each.values["V"] for each in layers.values()])
        bounds = float(voltages.min()), float(voltages.max())
        maps = [Map(VOLTAGE.label("$V$", scales), "V", everything, bounds)]
        bounds = (0.0, peak(layers.values(), [_SIZE]))
        label = CURRENT_DENSITY.label(r"$|\mathbf{J}|$", scales)
        maps.append(Map(label, _SIZE, everything, bounds))
        for unit, curves in ((DENSITY, _ACCUMULATION), (CURRENT_DENSITY, _SPIN_CURRENT)):
            names = significant(dataset, list(curves), _NEGLIGIBLE_MAP)
            sizes = {name: peak(layers.values(), [name]) for name in names}
            for name in _largest(sizes, _MOST_MAPS - len(maps)):
                maps.append(Map(unit.label(curves[name].symbol, scales), name, everything))
        return maps

    def summary_quantity(self, name: str, case: SpinCase) -> Quantity:
        """Describe a number of the summary by its dotted path."""
        return spin_sweeps.summary_quantity(name, case)

    def headlines(self, dataset: xr.Dataset) -> list[Headline]:
        """Choose the resistance, J, the jump of J_M and tilts."""
        return spin_sweeps.headlines(dataset)

    def time_panels(self, dataset: xr.Dataset) -> tuple[str, NDArray[np.float64], list[TimePanel]]:
        """Choose the currents at all interfaces, J_M on both sides of each, and the drive."""
        scales = scales_of(dataset)
        names = list(map(str, dataset["interface"].values)) if "interface" in dataset else []
        panels = [_current_traces(dataset, names, scales)]
        at_interfaces = [_spin_current_traces(dataset, name, scales) for name in names]
        at_interfaces = [each for each in at_interfaces if each.traces]
        panels += at_interfaces[:_MOST_INTERFACES]
        drive = dataset["drive"].values
        # that of a step is only off before it begins, which no axis of time shows
        if np.ptp(drive[1:]):
            panels.append(TimePanel("drive", (Trace(drive, _DRIVE),)))
        times = _in_drawn_unit("time", dataset["time"].values, scales)
        return TIME.label("$t$", scales), times, panels


def _largest(sizes: Mapping[str, float], count: int) -> list[str]:
    """Names of the largest of some numbers, in their order."""
    kept = sorted(sizes, key=lambda name: -sizes[name])[:count]
    return [name for name in sizes if name in kept]


def _in_drawn_unit(
    column: str, values: NDArray[np.float64], scales: SpinScales | None
) -> NDArray[np.float64]:
    unit = UNITS.get(column)
    return values * unit.factor(scales) if scales and unit else values


def _curves_of(dataset: xr.Dataset, curves: Mapping[str, Curve]) -> list[Curve]:
    """Components that are not negligible."""
    return [curves[name] for name in significant(dataset, list(curves), _NEGLIGIBLE)]


def _has_charge(dataset: xr.Dataset) -> bool:
    """Whether δn is to be seen beside δM."""
    return "dn" in significant(dataset, ["dn", *_ACCUMULATION], _NEGLIGIBLE_CHARGE)


def _sheet(fields: LayerFields, order: slice) -> tuple[float, float]:
    """Height of δn in the half of a layer next to a face, and its mean depth from there.

    Parameters
    ----------
    fields
        The layer.
    order
        Of its nodes, from the face on.
    """
    from scipy.integrate import trapezoid

    distance = np.abs(fields.points[order, 0] - fields.points[order, 0][0])
    near = distance <= 0.5 * distance[-1]
    charge = np.abs(fields.values["dn"][order][near])
    height = float(charge.max())
    if not height:
        return 0.0, 0.0
    return height, float(trapezoid(charge, distance[near])) / height


def _reach(
    left: LayerFields, right: LayerFields, sheets: Sequence[tuple[float, float]]
) -> tuple[float, float]:
    """Where a picture of charge at an interface begins and ends."""
    deepest = max(depth for _, depth in sheets)
    before, after = (
        min(_DEPTHS * max(depth, deepest / 4), 0.5 * float(np.ptp(each.points)))
        for (_, depth), each in zip(sheets, (left, right), strict=True)
    )
    return float(left.points[-1, 0]) - before, float(right.points[0, 0]) + after


def _current_traces(
    dataset: xr.Dataset, interfaces: Sequence[str], scales: SpinScales | None
) -> TimePanel:
    """J at all interfaces and the total current."""
    total = Curve("total_current", "total", style.BLACK, "--")
    traces = [
        Trace(dataset["interface_J"].values[i], Curve("J", _at(name, "J"), colour, "-"))
        for i, (name, colour) in enumerate(zip(interfaces, cycle(_COLOURS), strict=False))
    ]
    traces.append(Trace(dataset["total_current"].values, total))
    scaled = [replace(each, values=_in_drawn_unit("J", each.values, scales)) for each in traces]
    return TimePanel(CURRENT_DENSITY.label("$J$", scales), tuple(scaled))


def _spin_current_traces(
    dataset: xr.Dataset, interface: str, scales: SpinScales | None
) -> TimePanel:
    """J_M on the left and on the right of an interface."""
    here = dataset.sel(interface=interface)
    columns = [f"interface_JM_{side}_{axis}" for side in ("left", "right") for axis in "xyz"]
    traces = []
    for column in significant(here, columns, _NEGLIGIBLE):
        side, axis = column.split("_")[-2:]
        values = _in_drawn_unit("J", here[column].values, scales)
        component = _SPIN_CURRENT[f"JM_{axis}"]
        symbol = f"{component.symbol} {side}"
        curve = Curve(column, symbol, component.colour, "-" if side == "left" else "--")
        traces.append(Trace(values, curve))
    label = CURRENT_DENSITY.label(r"$\mathbf{J}_M$", scales)
    return TimePanel(f"{label}\n{style.escaped(interface)}", tuple(traces))


def _at(interface: str, symbol: str) -> str:
    return f"${symbol}$ at {style.escaped(interface)}"


def _interface_rows(
    name: str, numbers: Mapping[str, Any], scales: SpinScales | None
) -> Iterator[Row]:
    """Currents, torque and potentials of one interface."""
    errors = numbers.get("error") or {}
    current = CURRENT_DENSITY.factor(scales) if scales else None
    torque = scales.angular_momentum * current if scales and current else None
    voltage = VOLTAGE.factor(scales) if scales else None
    density, angular = CURRENT_DENSITY.words, f"ħ/2e {CURRENT_DENSITY.words}"
    for key, quantity, unit, factor, si_unit in (
        ("J", "J", density, current, "A/m²"),
        ("JM_left", "J_M left", density, current, "A/m²"),
        ("JM_right", "J_M right", density, current, "A/m²"),
        ("jump", "|ΔJ_M|", density, current, "A/m²"),
        ("torque", "torque", angular, torque, "J/m²"),
        ("mu_left", "μ left", VOLTAGE.words, voltage, "mV"),
        ("mu_right", "μ right", VOLTAGE.words, voltage, "mV"),
    ):
        yield Row(name, quantity, unit, numbers[key], errors.get(key), factor, si_unit)


def _resistance_rows(
    summary: Mapping[str, Any], scales: SpinScales | None, dimension: int
) -> Iterator[Row]:
    """Resistance per area; in two or three dimensions what flows as a whole."""
    if summary.get("resistance_area") is not None:
        factor = 1 / scales.conductance if scales else None
        value = summary["resistance_area"]
        yield Row("all", "resistance × area", "L0/σ0", value, None, factor, "Ω m²")
    if dimension == 1:
        return
    current, ohm = ("σ0 V0", "1/σ0") if dimension == 2 else ("σ0 V0 L0", "1/(σ0 L0)")
    si_current, si_ohm = ("A/m", "Ω m") if dimension == 2 else ("A", "Ω")
    extent = scales.length ** (dimension - 1) if scales else 1.0
    if summary.get("integrated_current") is not None:
        factor = scales.current_density * extent if scales else None
        value = summary["integrated_current"]
        yield Row("all", "current", current, value, None, factor, si_current)
    if summary.get("resistance") is not None:
        factor = 1 / (scales.conductance * extent) if scales else None
        yield Row("all", "resistance", ohm, summary["resistance"], None, factor, si_ohm)


def _torque_rows(
    name: str,
    layer: Mapping[str, Any],
    scales: SpinScales | None,
    dimension: int,
    current: float,
) -> Iterator[Row]:
    """Torque on one layer as a whole, where its laws say it and it is more than rounding."""
    torque = layer.get("torque")
    if torque is None or max(map(abs, torque)) <= _ROUNDING * abs(current):
        return
    unit = ("σ0 V0/L0", "σ0 V0", "σ0 V0 L0")[dimension - 1]
    si_unit = ("J/m²", "J/m", "J")[dimension - 1]
    factor = None
    if scales:
        extent = scales.length ** (dimension - 1)
        factor = scales.angular_momentum * scales.current_density * extent
    error = layer.get("torque_error")
    yield Row(name, "torque", f"ħ/2e {unit}", torque, error, factor, si_unit)


def _length_rows(name: str, lengths: Mapping[str, Any], scales: SpinScales | None) -> Iterator[Row]:
    """Decay lengths of one layer."""
    factor = LENGTH.factor(scales) if scales else None
    decay = enumerate(lengths.get("decay", ()), 1)
    named = {f"l {key}": lengths[key] for key in _LENGTHS if key in lengths}
    for quantity, length in {**named, **{f"l {i}": each for i, each in decay}}.items():
        real, imaginary = length if isinstance(length, Sequence) else (length, 0.0)
        value = complex(real, imaginary) if imaginary else real
        yield Row(name, quantity, LENGTH.words, value, None, factor, "nm")
