# SPDX-License-Identifier: MIT
"""Makes the numbers of ``summary.json`` of Usadel cases from measurements."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fem_sf.materials import Ferromagnet
from fem_sf.settings import UsadelCase
from fem_sf.stack import Interface, Layer
from fem_sf.study.cautions import cautions_before
from fem_sf.study.checks import least_errors, with_verdict
from fem_sf.study.results import LayerSpectrum, Spectrum
from fem_sf.study.usadel_checks import check_numbers, find_checks, sum_error
from fem_sf.study.usadel_measurement import (
    EndValues,
    Measurement,
    magnetization_unit,
    moment_size,
)
from fem_sf.study.versions import versions
from fem_sf.usadel.frame import SpinFrame
from fem_sf.usadel.gap import GapReport
from fem_sf.usadel.observables import Integrals

METASTABLE = (
    "The superconducting state that was found is metastable: the normal state has the lower free "
    "energy."
)
"""Said of a gap that costs more than it gains."""


def normal_note(case: UsadelCase) -> str:
    """Why a stack is normal, in a sentence."""
    temperature = f"T = {case.temperature:.4g} Tc"
    if case.scales is not None:
        temperature += f" = {case.temperature * case.scales.critical_temperature:.3g} K"
    if case.gap == "self-consistent" and case.temperature < 1:
        if case.critical_temperature:
            return f"The stack is normal at {temperature}."
        return (
            f"The stack is normal: {temperature} is above its critical temperature, which is below "
            "that of the bulk superconductor; [critical_temperature] computes it."
        )
    if case.temperature >= 1:
        place = "above" if case.temperature > 1 else "at"
        return (
            f"The stack is normal: {temperature} is {place} the critical temperature of the bulk "
            "superconductor."
        )
    return "The stack is normal: its gap is given as zero."


def summarise(
    case: UsadelCase,
    report: GapReport,
    measured: Measurement,
    compared: Measurement | None,
    unknowns: int,
    factor: float = 1.0,
) -> dict[str, Any]:
    """All numbers of a result, with an error estimate for each.

    Parameters
    ----------
    case, report
        What was solved, and how it ended.
    measured
        Measured on the answer.
    compared
        Measured on a second solve, whose differences estimate errors. ``None`` gives none.
    unknowns
        Number of complex unknowns at one frequency.
    factor
        Of the differences.
    """
    values = _numbers(measured.frame, measured.integrals, measured.ends)
    estimated = compared is not None
    errors: dict[str, float] = {}
    if compared is not None:
        others = _numbers(compared.frame, compared.integrals, compared.ends)
        errors = {key: factor * moment_size(value - others[key]) for key, value in values.items()}
    ground = ground_state(case, report.state, measured.integrals.free_energy)
    notes = [
        report.note or (normal_note(case) if report.state == "normal" else ""),
        METASTABLE if is_metastable(report.state, ground) else "",
    ]
    checks = find_checks(case, measured)
    least = least_errors(checks)
    errors = {key: max(error, least.get(key, 0.0)) for key, error in errors.items()}
    summary = {
        "kind": "usadel",
        "title": case.title,
        "converged": True,
        "state": report.state,
        "ground_state": ground,
        "note": " ".join(filter(None, notes)),
        "cautions": cautions_before(case),
        "temperature": case.temperature,
        "reference": case.reference,
        "iterations": {
            "sweeps": report.sweeps,
            "gap_residuals": list(report.history),
            "reason": report.reason,
        },
        "unknowns": unknowns,
        "layers": {
            layer.name: _layer_summary(case, layer, measured, values, errors, estimated)
            for layer in case.stack.layers
        },
        "interfaces": {
            each.name: _interface_summary(case, each, values, errors, estimated)
            for each in case.stack.interfaces
        },
        "free_energy": measured.integrals.free_energy,
        "free_energy_error": errors["free_energy"] if estimated else None,
        "frequency_sum_error": sum_error(case, measured),
        "checks": check_numbers(case, measured),
        "units": _units(case),
        "versions": versions(),
    }
    return with_verdict(summary, checks)


def ground_state(case: UsadelCase, state: str, free_energy: float) -> str | None:
    """Whether the normal state has the lower free energy, or the superconducting one.

    Parameters
    ----------
    case, state, free_energy
        What was solved, in which state it is, and F relative to the normal state.

    Returns
    -------
    str or None
        ``None`` where Δ is given or held at a phase, so that the stack cannot choose.
    """
    if case.gap != "self-consistent" or case.stack.phases:
        return None
    return "normal" if free_energy > 0 else state


def is_metastable(state: str, ground: str | None) -> bool:
    """Whether a state that was found is not the ground state."""
    return ground is not None and state != ground


def spectra_summary(
    spectra: tuple[Spectrum, ...], compared: tuple[Spectrum, ...] | None, factor: float
) -> list[dict[str, Any]]:
    """Densities of states by layer, place and spin, as lists over the energies.

    Parameters
    ----------
    spectra
        As found.
    compared
        The same of a second solve; the largest difference over energies and spins estimates the
        error at each place. ``None`` gives no estimate.
    factor
        Of the differences.
    """
    return [
        {
            "broadening": spectrum.broadening,
            "energies": spectrum.energies,
            "layers": {
                name: _layer_spectrum(
                    layer,
                    compared[number].layers[name] if compared else None,
                    spectrum.spins,
                    factor,
                )
                for name, layer in spectrum.layers.items()
            },
        }
        for number, spectrum in enumerate(spectra)
    ]


def _layer_spectrum(
    layer: LayerSpectrum, compared: LayerSpectrum | None, spins: tuple[str, ...], factor: float
) -> dict[str, Any]:
    def by_spin(values: NDArray[np.float64]) -> dict[str, Any]:
        return dict(zip(spins, values.T, strict=True))

    places = ("mean", "left", "right")
    summary: dict[str, Any] = {place: by_spin(getattr(layer, place)) for place in places}
    summary["probes"] = [by_spin(each) for each in np.moveaxis(layer.probes, 1, 0)]
    if compared is not None:
        differences = {
            place: factor * np.abs(getattr(layer, place) - getattr(compared, place))
            for place in (*places, "probes")
        }
        summary["error"] = {
            place: float(each.max(initial=0.0)) for place, each in differences.items()
        }
    return summary


def _numbers(
    frame: SpinFrame, integrals: Integrals, ends: EndValues
) -> dict[str, NDArray[np.float64]]:
    """Every number and vector that gets an error estimate, under a flat key."""
    numbers: dict[str, Any] = {"free_energy": integrals.free_energy}
    for name, moment in integrals.magnetization.items():
        numbers[f"{name}.integral"] = frame.vectors(moment)
        for side, moment in zip(("left", "right"), ends[name]["magnetization"], strict=True):
            numbers[f"{name}.{side}"] = frame.vectors(moment)
    for name, torque in integrals.torque.items():
        numbers[f"{name}.torque"] = torque
    for name, gap in integrals.gap.items():
        numbers[f"{name}.gap.left"], numbers[f"{name}.gap.right"] = ends[name]["gap"]
        numbers[f"{name}.gap.mean"] = gap / integrals.volume[name]
    for name, current in integrals.spin_current.items():
        numbers[f"{name}.spin_current"] = current
    for name, current in integrals.supercurrent.items():
        numbers[f"{name}.supercurrent"] = current
    return {key: np.asarray(value) for key, value in numbers.items()}


def _layer_summary(
    case: UsadelCase,
    layer: Layer,
    measured: Measurement,
    values: dict[str, NDArray[np.float64]],
    errors: dict[str, float],
    estimated: bool,
) -> dict[str, Any]:
    name = layer.name
    volume = float(measured.integrals.volume[name])
    magnetization: dict[str, Any] = {
        key: values[f"{name}.{key}"].tolist() for key in ("integral", "left", "right")
    }
    magnetization["mean"] = (values[f"{name}.integral"] / volume).tolist()
    summary: dict[str, Any] = {
        "material": layer.material.kind,
        "volume": volume,
        "magnetization": magnetization,
    }
    if estimated:
        magnetization["error"] = {
            key: errors[f"{name}.{key}"] for key in ("integral", "left", "right")
        }
        magnetization["error"]["mean"] = errors[f"{name}.integral"] / volume
    if f"{name}.gap.mean" in values:
        found = {key: values[f"{name}.gap.{key}"] for key in ("left", "right", "mean")}
        summary["gap"] = _gap_summary(found)
        if estimated:
            error = {key: errors[f"{name}.gap.{key}"] for key in found}
            summary["gap"]["error"] = error | _phase_errors(found, error)
    if isinstance(layer.material, Ferromagnet):
        summary["moment"] = _moment(case, layer, layer.material, measured)
        summary["torque"] = values[f"{name}.torque"].tolist()
        summary["torque_error"] = errors[f"{name}.torque"] if estimated else None
    return summary


def _gap_summary(found: dict[str, NDArray]) -> dict[str, Any]:
    """Δ at the ends and its mean; where it is complex its modulus, and its phase at the ends."""
    ends = {key: value for key, value in found.items() if np.iscomplexobj(value)}
    numbers = {key: float(np.abs(found[key]) if key in ends else found[key]) for key in found}
    return numbers | {f"phase_{key}": float(np.angle(value)) for key, value in ends.items()}


def _phase_errors(found: dict[str, NDArray], error: dict[str, float]) -> dict[str, float]:
    """Errors of the phases of a complex Δ at its ends, at most π."""
    return {
        f"phase_{key}": min(math.pi, error[key] / abs(value)) if value else math.pi
        for key, value in found.items()
        if np.iscomplexobj(value)
    }


def _moment(
    case: UsadelCase, layer: Layer, material: Ferromagnet, measured: Measurement
) -> dict[str, float | None]:
    """Mean moment of a ferromagnet above Tc along its axis, and how much of it is lost.

    With antiferromagnetic coupling (J < 0) and a larger localized moment, δM is parallel to the
    total moment, which then grows below Tc (Bergeret et al., discussion of Eq. 8). Where J varies,
    all is along the local J.
    """
    integrals, volume = measured.integrals, measured.integrals.volume[layer.name]
    unit = magnetization_unit(case, measured)
    if material.is_uniform:
        moment = measured.frame.vectors(integrals.magnetization[layer.name])
        change = float(moment @ material.axis) / volume
        exchange = float(np.dot(material.exchange_vector, material.axis))
    else:
        change = integrals.along_exchange[layer.name] / volume
        exchange = integrals.exchange[layer.name] / volume
    electrons = material.density_of_states * exchange / unit
    localized = material.localized_moment * abs(electrons)
    total = electrons + localized
    return {
        "free_electrons": electrons,
        "localized": localized,
        "total": total,
        "relative_change": change / total if total else None,
    }


def _interface_summary(
    case: UsadelCase,
    interface: Interface,
    values: dict[str, NDArray[np.float64]],
    errors: dict[str, float],
    estimated: bool,
) -> dict[str, Any]:
    summary: dict[str, Any] = {"law": interface.law.kind}
    if interface.law.conducts():
        coupling = case.stack.coupling(interface)
        for side in (interface.left, interface.right):
            conductivity = case.stack.layer(side).material.conductivity
            summary[f"gamma_{side}"] = conductivity / coupling
    for quantity in ("spin_current", "supercurrent"):
        key = f"{interface.name}.{quantity}"
        if key in values:
            summary[quantity] = values[key].tolist()
            summary[f"{quantity}_error"] = errors[key] if estimated else None
    return summary


def _units(case: UsadelCase) -> dict[str, Any]:
    units: dict[str, Any] = {
        "length": "xi0 = sqrt(D_S / 2 Tc)",
        "energy": "Tc",
        "magnetization": (f"2 nu |J| of layer {case.reference}" if case.reference else "2 nu_S Tc"),
        "free_energy": "nu_S Tc^2 xi0^dimension",
        "spin_current": "nu_S Tc^2 xi0^dimension",
    }
    if case.stack.phases:
        units |= {"supercurrent": "sigma_S Tc/(e xi0)", "phase": "rad"}
    if case.scales is not None:
        units["length_in_m"] = case.scales.length
        units["energy_in_J"] = case.scales.energy
    return units
