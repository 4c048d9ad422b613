# SPDX-License-Identifier: MIT
"""Describes Usadel results for files, tables and pictures."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from fem_sf.output import style, usadel_sweeps
from fem_sf.output.kind import Kind, Row
from fem_sf.output.panels import (
    Curve,
    Map,
    OtherUnit,
    Panel,
    Positions,
    panels_of,
    significant,
)
from fem_sf.output.quantities import Quantity, SIColumn
from fem_sf.output.spectra import DENSITY
from fem_sf.output.sweep.headlines import Headline
from fem_sf.settings import PhysicalScales, UsadelCase
from fem_sf.signs import spell_signs
from fem_sf.study.results import (
    AMPLITUDE_COLUMNS,
    IMAGINARY_COLUMNS,
    PHASE_COLUMNS,
    USADEL_COLUMNS,
    LayerFields,
)

if TYPE_CHECKING:
    import xarray as xr

_GAP = Curve("delta", r"$\Delta$", "#000000", "-")
_MOMENT = style.vector_curves("dM", r"\delta M_%s")
_GAP_LABEL = r"$\Delta\,/\,k_{\mathrm{B}}T_{\mathrm{c}}$"
_PHASE = Curve("phase", r"$\varphi$", style.BLACK, "-")
_PHASE_LABEL = r"phase of $\Delta$ (rad)"
_CURRENT = Curve("supercurrent", r"$j$", style.BLACK, "-")
_NEGLIGIBLE = 1e-9
_POWERS = {1: "", 2: "²", 3: "³"}


def _length_nm(scales: PhysicalScales) -> float:
    """ξ0 in nm."""
    return scales.length / 1e-9


def _energy_mev(scales: PhysicalScales) -> float:
    """k_B Tc in meV."""
    from scipy.constants import electron_volt

    return scales.energy / (1e-3 * electron_volt)


class UsadelKind(Kind):
    """Equilibrium of superconductor/ferromagnet multilayers."""

    name = "usadel"
    columns = (*USADEL_COLUMNS, *PHASE_COLUMNS)
    si_columns = (
        SIColumn("x", "nm", "nm", _length_nm),
        SIColumn("y", "nm", "nm", _length_nm),
        SIColumn("delta", "meV", "meV", _energy_mev),
        SIColumn("supercurrent", "A/m^2", "A_per_m2", attrgetter("current_density")),
        SIColumn("omega", "meV", "meV", _energy_mev),
        SIColumn("energy", "meV", "meV", _energy_mev),
    )
    owners = "layer"

    def quantities(self, case: UsadelCase) -> dict[str, Quantity]:
        """Describe coordinates, observables, amplitudes at chosen frequencies, spectra."""
        moment = f"2ν|J| of layer {case.reference}" if case.reference else "1"
        change = "change of the magnetization by superconductivity, δM, component along"
        return {
            "x": Quantity("position along the stack", "ξ0"),
            "y": Quantity("position across the stack", "ξ0"),
            "delta": Quantity("order parameter Δ", "k_B Tc"),
            "phase": Quantity("phase of the order parameter", "rad"),
            "supercurrent": Quantity(
                "supercurrent density along the stack", usadel_sweeps.CURRENT_UNIT
            ),
            **{f"dM_{axis}": Quantity(f"{change} {axis}", moment) for axis in "xyz"},
            **_amplitudes("at the first Matsubara frequency"),
            "omega": Quantity("frequency ω", "k_B Tc"),
            **{
                f"{name}_at_omega": quantity
                for name, quantity in _amplitudes("at the frequency omega").items()
            },
            "energy": Quantity("energy E from the Fermi level", "k_B Tc"),
            "broadening": Quantity("broadening η of the energy", "k_B Tc"),
            DENSITY: Quantity("local density of states of a spin over the normal one", "1"),
        }

    def attributes(self, case: UsadelCase) -> dict[str, str | float]:
        """Temperature and reference, and the scales where they are known."""
        conditions: dict[str, str | float] = {
            "temperature": case.temperature,
            "reference": case.reference or "",
        }
        if case.scales:
            conditions |= {"xi0_nm": _length_nm(case.scales), "kTc_meV": _energy_mev(case.scales)}
        return conditions

    def facts(self, summary: Mapping[str, Any]) -> Iterator[str]:
        """Temperature and state."""
        if summary.get("temperature") is not None:
            yield f"T = {summary['temperature']:g} Tc"
        if summary.get("state") is not None:
            yield _state(summary)
        if len(summary.get("branches", ())) > 1 and any(summary["signs"].values()):
            yield spell_signs(summary["signs"])

    def rows(
        self, summary: Mapping[str, Any], scales: PhysicalScales | None = None, dimension: int = 1
    ) -> Iterator[Row]:
        """Yield δM and Δ layer by layer, the critical temperature and the free energy."""
        length = _length_nm(scales) if scales else None
        energy = _energy_mev(scales) if scales else None
        reference = summary.get("reference")
        moment = f"2ν|J| of {reference}" if reference else "2 ν_S Tc"
        power = _POWERS[dimension]
        for name, layer in summary["layers"].items():
            magnetization = layer["magnetization"]
            errors = magnetization.get("error", {})
            yield Row(
                name,
                "∫δM",
                f"({moment}) ξ0{power}",
                _along_z(magnetization["integral"]),
                errors.get("integral"),
                length**dimension if length else None,
                f"({moment}) nm{power}",
            )
            for place in ("left", "right"):
                value = _along_z(magnetization[place])
                yield Row(name, f"δM {place}", moment, value, errors.get(place))
            gap = layer.get("gap")
            for place in ("left", "mean", "right") if gap else ():
                error = gap.get("error", {}).get(place)
                yield Row(name, f"Δ {place}", "Tc", gap[place], error, energy, "meV")
        current = scales.current_density if scales else None
        for name, interface in summary.get("interfaces", {}).items():
            if "supercurrent" in interface:
                value, error = interface["supercurrent"], interface["supercurrent_error"]
                yield Row(
                    name, "supercurrent", usadel_sweeps.CURRENT_UNIT, value, error, current, "A/m²"
                )
        critical = summary.get("critical_temperature")
        if critical is not None:
            error = summary.get("critical_temperature_error")
            kelvin = scales.critical_temperature if scales else None
            first = summary.get("transition") == "first order"
            what = "critical temperature" + (", first order" if first else "")
            yield Row("all", what, "Tc", critical, error, kelvin, "K")
            if first:
                linear = summary["critical_temperature_linear"]
                error = summary["critical_temperature_linear_error"]
                yield Row("all", "normal state unstable", "Tc", linear, error, kelvin, "K")
        if summary.get("free_energy") is not None:
            error = summary.get("free_energy_error")
            yield Row("all", "free energy", f"ν_S Tc² ξ0{power}", summary["free_energy"], error)
        for branch in _others(summary):
            if branch["free_energy"] is not None:
                what = f"free energy of the state {spell_signs(branch['signs'])}"
                yield Row("all", what, f"ν_S Tc² ξ0{power}", branch["free_energy"])

    def notes(self, summary: Mapping[str, Any]) -> Iterator[str]:
        """Tell what the solver has to say about the state."""
        if summary.get("note"):
            yield summary["note"]
        missing = [each["signs"] for each in _others(summary) if each["free_energy"] is None]
        if missing:
            listed = "; ".join(map(spell_signs, missing))
            yield f"No superconducting state was found with these signs of Δ: {listed}."
        accuracy = summary.get("accuracy")
        if accuracy and accuracy["reached"] and accuracy["largest_error_of"]:
            yield (
                f"All numbers are accurate to {accuracy['tolerance']:g} of their size, at worst "
                f"{accuracy['largest_error']:.1e} ({accuracy['largest_error_of']})."
            )

    def conditions(self, dataset: xr.Dataset) -> str:
        """Tell temperature, state and scale."""
        summary = json.loads(dataset.attrs["summary"])
        temperature = dataset.attrs["temperature"]
        unit = r"\,T_{\mathrm{c}}" if temperature else ""
        parts = [f"$T = {temperature:g}{unit}$"]
        if "state" in summary:
            parts.append(f"{_state(summary)} state")
        if "xi0_nm" in dataset.attrs:
            parts.append(rf"$\xi_0 = {dataset.attrs['xi0_nm']:.3g}$ nm")
        return "    ".join(parts)

    def footnote(self, dataset: xr.Dataset) -> list[str]:
        """Tell ∫δM of each layer, and what it is divided by."""
        layers = json.loads(dataset.attrs["summary"]).get("layers", {})
        curves = _moment_curves(dataset)
        parts = []
        for name, numbers in layers.items():
            integral = numbers.get("magnetization", {}).get("integral")
            if integral is not None and curves:
                kept = [integral["xyz".index(curve.column[-1])] for curve in curves]
                values = ", ".join(style.number(each) for each in kept)
                parts.append(f"{style.escaped(name)}: {values}")
        if not parts:
            return []
        symbols = ", ".join(curve.symbol for curve in curves)
        unit = r"$\xi_0^2$" if "y" in dataset.coords else r"$\xi_0$"
        return [
            rf"Integrals of {symbols} in {unit}$M_{{\mathrm{{ref}}}}$",
            *parts,
            rf"$M_{{\mathrm{{ref}}}} = 2\nu|J|$ of {style.escaped(dataset.attrs['reference'])}",
        ]

    def positions(self, dataset: xr.Dataset) -> Positions:
        """Label positions in ξ0, and in nm where it is known."""
        others = None
        if "xi0_nm" in dataset.attrs:
            along, across = (OtherUnit(f"${x}$ (nm)", dataset.attrs["xi0_nm"]) for x in "xy")
            others = (along, across)
        return Positions(style.POSITION, style.POSITION_ACROSS, others)

    def drawn_layers(
        self, dataset: xr.Dataset, layers: Mapping[str, LayerFields]
    ) -> dict[str, LayerFields]:
        """Layers as they are: reduced units are those that theory is written in."""
        return dict(layers)

    def panels(self, dataset: xr.Dataset, layers: Mapping[str, LayerFields]) -> list[Panel]:
        """Choose Δ of the superconductors and δM of all layers, magnified where it is small."""
        panels = []
        gapped = _layers_of(dataset, layers, ("superconductor",))
        if gapped:
            low, top = _extremes(gapped)
            other = None
            if "kTc_meV" in dataset.attrs:
                other = OtherUnit("Δ (meV)", dataset.attrs["kTc_meV"])
            bounds = (1.12 * low, 1.12 * top or 1.0)
            panels.append(Panel(_GAP_LABEL, (_GAP,), gapped, bounds, other=other))
        if "supercurrent" in dataset:
            panels += panels_of(_PHASE_LABEL, [_PHASE], gapped)
            panels += panels_of(usadel_sweeps.CURRENT_LABEL, [_CURRENT], layers)
        curves = _moment_curves(dataset)
        if curves:
            active = _layers_of(dataset, layers, ("superconductor", "ferromagnet"))
            panels += panels_of(_moment_label(curves), curves, layers, active)
        return panels

    def maps(self, dataset: xr.Dataset, layers: Mapping[str, LayerFields]) -> list[Map]:
        """Choose Δ in the superconductors and the components of δM that are not negligible."""
        maps = []
        gapped = _layers_of(dataset, layers, ("superconductor",))
        if gapped:
            low, top = _extremes(gapped)
            bounds = (low, top or 1.0)
            maps.append(Map(_GAP_LABEL, "delta", gapped, bounds))
        if "supercurrent" in dataset:
            maps.append(Map(usadel_sweeps.CURRENT_LABEL, "supercurrent", dict(layers)))
        for curve in _moment_curves(dataset):
            maps.append(Map(_moment_label([curve]), curve.column, dict(layers)))
        return maps

    def summary_quantity(self, name: str, case: UsadelCase) -> Quantity:
        """Describe a number of the summary by its dotted path."""
        return usadel_sweeps.summary_quantity(name, case)

    def headlines(self, dataset: xr.Dataset) -> list[Headline]:
        """Choose the critical temperature, Δ and the magnetization of ferromagnets."""
        return usadel_sweeps.headlines(dataset)


def _amplitudes(where: str) -> dict[str, Quantity]:
    """Describe ``AMPLITUDE_COLUMNS`` and ``IMAGINARY_COLUMNS`` at a frequency, in words."""
    described = {}
    *real, long_range = AMPLITUDE_COLUMNS
    for part, names in (("", real), ("imaginary part of the ", IMAGINARY_COLUMNS)):
        singlet, *triplet, short_range = names
        described[singlet] = Quantity(f"{part}singlet pair amplitude {where}", "1")
        words = f"{part}triplet pair amplitude {where}, component along"
        described |= {name: Quantity(f"{words} {name[-1]}", "1") for name in triplet}
        described[short_range] = Quantity(f"{words} the local exchange field", "1")
    size = f"triplet pair amplitude {where}, size across the local exchange field"
    return described | {long_range: Quantity(size, "1")}


def _state(summary: Mapping[str, Any]) -> str:
    """The state that was found, and whether another one has the lower free energy."""
    ground = summary.get("ground_state")
    metastable = ground is not None and summary["state"] != ground
    return f"{'metastable ' if metastable else ''}{summary['state']}"


def _extremes(gapped: Mapping[str, LayerFields]) -> tuple[float, float]:
    """Least and largest Δ, with zero among them."""
    deltas = [each.values["delta"] for each in gapped.values()]
    return (
        min(0.0, *(float(each.min()) for each in deltas)),
        max(0.0, *(float(each.max()) for each in deltas)),
    )


def _others(summary: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Patterns of signs that were looked for besides that of the state."""
    return [each for each in summary.get("branches", ()) if each["signs"] != summary["signs"]]


def _along_z(vector: Sequence[float]) -> float | Sequence[float]:
    """A vector, or its component along z where it has no others."""
    x, y, z = vector
    return vector if x or y else z


def _layers_of(
    dataset: xr.Dataset, layers: Mapping[str, LayerFields], wanted: Sequence[str]
) -> dict[str, LayerFields]:
    """Layers of some kinds of material."""
    kinds = style.materials(dataset)
    return {name: each for name, each in layers.items() if kinds[name] in wanted}


def _moment_curves(dataset: xr.Dataset) -> list[Curve]:
    """Components of δM that are not negligible; z if all are; none without a ferromagnet."""
    if "ferromagnet" not in style.materials(dataset).values():
        return []
    names = significant(dataset, list(_MOMENT), _NEGLIGIBLE) or ["dM_z"]
    return [_MOMENT[name] for name in names]


def _moment_label(curves: Sequence[Curve]) -> str:
    """Axis label of one or more components of δM."""
    symbol = curves[0].symbol if len(curves) == 1 else r"$\delta\mathbf{M}$"
    return symbol + r"$\,/\,M_{\mathrm{ref}}$"
