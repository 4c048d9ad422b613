# SPDX-License-Identifier: MIT
"""The numbers of ``summary.json`` from what was measured on a solution."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fem_sf.materials import Ferromagnet
from fem_sf.settings import UsadelCase
from fem_sf.stack import Interface, Layer
from fem_sf.study.cautions import cautions_before
from fem_sf.study.checks import Check, least_errors, relative, size_of, with_verdict
from fem_sf.study.results import LayerSpectrum, Spectrum
from fem_sf.study.versions import versions
from fem_sf.usadel.frame import SpinFrame
from fem_sf.usadel.gap import GapReport
from fem_sf.usadel.observables import Integrals, Moment
from fem_sf.usadel.scales import Scale, number_scales

METASTABLE = (
    "The superconducting state that was found is metastable: the normal state has the lower free "
    "energy."
)
"""Said of a gap that costs more than it gains."""

_LEVELS = (1e-6, 1e-3)
"""Of the balances over the natural size of their terms: more is a caution; much more no solution.
"""

_NOTHING = 1e-8
"""Of what it can be at most, below which a moment or a current counts as next to nothing."""

_IN_LINE = 1e-6
"""Sine of the difference of two phases between which no current flows but for rounding."""

EndValues = dict[str, dict[str, tuple[Moment, Moment]]]
"""By layer, then ``magnetization`` or ``gap``: values at the left and the right end."""


@dataclass(frozen=True)
class Measurement:
    """Numbers of one solution.

    Parameters
    ----------
    frame
        The axes of its vectors.
    strengths
        |J| of every layer in Tc, the largest where it varies.
    integrals
        Over layers.
    ends
        At the layers' ends.
    action_at_zero
        A_+ at ω → 0, at T = 0 and for collinear stacks only.
    """

    frame: SpinFrame
    strengths: Mapping[str, float]
    integrals: Integrals
    ends: EndValues
    action_at_zero: complex | None


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
        errors = {key: factor * _size(value - others[key]) for key, value in values.items()}
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
        "frequency_sum_error": _sum_error(case, measured),
        "checks": _check_numbers(case, measured),
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


def scales_of(case: UsadelCase, volumes: Mapping[str, float]) -> dict[str, Scale]:
    """What the kinds of numbers of a case are measured by, see `number_scales`.

    Parameters
    ----------
    case
        What is solved.
    volumes
        Of its layers, in ξ0^dimension.
    """
    gap = None if isinstance(case.gap, str) else case.gap
    return number_scales(case.stack, case.temperature, volumes, case.mesh, gap)


def _sum_error(case: UsadelCase, measured: Measurement) -> float:
    """What frequency sums miss, over the largest number of a kind or what is natural for it."""
    found = measured.integrals
    scales = scales_of(case, found.volume)
    moments, torques = _natural_sizes(case, measured)
    numbers: dict[str, Iterable[Any]] = {
        "∫δM": moments,
        "free energy": [found.free_energy],
        "torque": torques,
        "spin current": [*found.spin_current.values(), *torques],
        "supercurrent": found.supercurrent.values(),
    }
    relative = [0.0]
    for kind, error in found.sum_errors.items():
        if error > scales[kind].rounding:
            largest = max(map(_size, numbers[kind]), default=0.0)
            relative.append(error / max(largest, scales[kind].natural))
    return max(relative)


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


def _size(value: NDArray[np.float64] | Moment) -> float:
    """Magnitude of a number or a vector."""
    return float(np.linalg.norm(np.atleast_1d(value)))


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
    unit = _unit(case, measured)
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


def _unit(case: UsadelCase, measured: Measurement) -> float:
    """2ν|J| of the reference layer in 2ν_S Tc; 1 where nothing has an exchange field."""
    if case.reference is None:
        return 1.0
    density = case.stack.layer(case.reference).material.density_of_states
    return density * measured.strengths[case.reference] or 1.0


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


def find_checks(case: UsadelCase, measured: Measurement) -> tuple[Check, ...]:
    """Balances of torques, spin and charge, and the total spin at T = 0.

    They are measured by what their terms are made of: by sums of |J ∫δM| and |∫δM|, which no
    symmetry makes zero, and supercurrents by the largest of them, unless all phases are in line.
    Terms that are nothing but rounding are measured by what δM and Δ can be at most.
    """
    integrals, interfaces = measured.integrals, [each.name for each in case.stack.interfaces]
    extents = [each for each in integrals.extents.values() if each]
    moments, torques = _natural_sizes(case, measured)
    torque = size_of(_total_torque(measured))
    torque_keys = tuple(f"{name}.torque" for name in integrals.torque)
    unbalanced = _spin_current_balance(case, integrals)
    checks = [
        Check(
            "torque_balance",
            "the balance of all torques",
            relative(torque, torques),
            *_LEVELS,
            amount=torque,
            bounds=torque_keys,
        ),
        Check(
            "spin_current_balance",
            "the balance of spin currents with torques",
            relative(unbalanced, [*torques, *integrals.spin_current.values()]),
            *_LEVELS,
            amount=unbalanced,
            bounds=(*torque_keys, *(f"{name}.spin_current" for name in interfaces)),
        ),
    ]
    if case.stack.phases:
        inflow = integrals.supercurrent_balance
        checks.append(
            Check(
                "supercurrent_balance",
                "the conservation of supercurrents",
                relative(inflow, _supercurrent_sizes(case, integrals)),
                *_LEVELS,
                amount=inflow / min(extents, default=1.0),
                bounds=tuple(f"{name}.supercurrent" for name in interfaces),
            )
        )
    if measured.action_at_zero is not None:
        missing = size_of(_total_magnetization(measured) - _from_action(case, measured))
        checks.append(
            Check(
                "total_magnetization",
                "the total spin, which at T = 0 follows from the action alone,",
                relative(missing, [sum(moments)]),
                *_LEVELS,
                amount=missing,
                bounds=tuple(f"{name}.integral" for name in integrals.magnetization),
            )
        )
    return tuple(checks)


def _natural_sizes(case: UsadelCase, measured: Measurement) -> tuple[list[float], list[float]]:
    """Of |∫δM| of every layer, and of the torque |J| ∫δN_M on it."""
    integrals, unit = measured.integrals, _unit(case, measured)
    moments, torques = [], []
    for layer in case.stack.layers:
        name = layer.name
        along = integrals.along_exchange.get(name, 0.0)
        least = _NOTHING * float(np.real(integrals.volume[name]))
        moments.append(max(_size(integrals.magnetization[name]), abs(along), least))
        torques.append(2 * unit * measured.strengths[name] * moments[-1])
    return moments, torques


def _supercurrent_sizes(case: UsadelCase, integrals: Integrals) -> list[float]:
    """Of all supercurrents as a whole; where symmetry forbids them, of ∫νΔ²."""
    condensed = [
        case.stack.layer(name).material.density_of_states
        * abs(gap) ** 2
        / np.real(integrals.volume[name])
        for name, gap in integrals.gap.items()
    ]
    phases = [*case.stack.phases.values()]
    if all(abs(math.sin(each - phases[0])) < _IN_LINE for each in phases):
        return condensed
    currents = [integrals.extents[name] * each for name, each in integrals.supercurrent.items()]
    return [*currents, _NOTHING * sum(condensed)]


def _total_magnetization(measured: Measurement) -> NDArray[np.float64]:
    """∫δM over the whole stack, in units of the reference."""
    moments = measured.integrals.magnetization.values()
    return np.sum([measured.frame.vectors(each) for each in moments], axis=0)


def _from_action(case: UsadelCase, measured: Measurement) -> NDArray[np.float64]:
    """The same at T = 0 from the action at ω → 0."""
    assert measured.action_at_zero is not None
    return measured.frame.vectors(measured.action_at_zero.imag / _unit(case, measured))


def _total_torque(measured: Measurement) -> NDArray[np.float64]:
    # adding zero makes −0 a 0
    return sum(map(np.asarray, measured.integrals.torque.values()), np.zeros(3)) + 0.0


def _check_numbers(case: UsadelCase, measured: Measurement) -> dict[str, Any]:
    """Identities that the exact solution obeys, as they are."""
    checks: dict[str, Any] = {
        "total_magnetization": _total_magnetization(measured).tolist(),
        "torque_balance": _total_torque(measured).tolist(),
        "spin_current_balance": _spin_current_balance(case, measured.integrals),
    }
    if case.stack.phases:
        checks["supercurrent_balance"] = measured.integrals.supercurrent_balance
    checks["metastable"] = measured.integrals.free_energy > 0
    if measured.action_at_zero is not None:
        checks["total_magnetization_from_action"] = _from_action(case, measured).tolist()
    return checks


def _spin_current_balance(case: UsadelCase, integrals: Integrals) -> float:
    """Largest torque on a layer that the spin currents into it do not account for."""
    rest = {layer.name: np.zeros(3) for layer in case.stack.layers}
    for name, torque in integrals.torque.items():
        rest[name] += torque
    for interface in case.stack.interfaces:
        rest[interface.left] += integrals.spin_current[interface.name]
        rest[interface.right] -= integrals.spin_current[interface.name]
    return max(_size(each) for each in rest.values())


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
