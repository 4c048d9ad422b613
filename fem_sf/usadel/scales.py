# SPDX-License-Identifier: MIT
"""Scales of a stack: its smallest energy, its weak links, the size of its terms.

Energies in Tc, lengths in ξ0, conductivities in σ_S.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from fem_sf.materials import Ferromagnet, Superconductor
from fem_sf.settings import MeshSettings
from fem_sf.stack import Interface, Layer, Stack
from fem_sf.textures import texture_scales
from fem_sf.usadel.bulk import bulk_gap, free_energy
from fem_sf.usadel.matsubara import frequency_sum

WEAK = 1e-3
"""Share of the largest term below which the residual of a layer does not show in the whole one."""

ROUNDING = 1e-14
"""What sums of terms of the size of 1 are off by."""


@dataclass(frozen=True)
class Scale:
    """What a kind of number is measured by in one stack.

    Parameters
    ----------
    natural
        Its size where no symmetry and no crossing makes it small; 0 where only other numbers of
        this kind tell.
    rounding
        Errors up to this are rounding.
    """

    natural: float
    rounding: float


def smallest_energy(stack: Stack, mesh: MeshSettings) -> float:
    """The smallest energy at which solutions vary, below Δ, in Tc; infinite without a small one.

    D/L² of what lies between superconductors, its Thouless energy, or D/γL of one behind a barrier;
    but not where an exchange field cuts coherence off at ξ_F.

    Parameters
    ----------
    stack
        Layers without a thickness do not count.
    mesh
        How wide it is.
    """
    regions = _normal_regions(stack)
    return min((_thouless(stack, region, mesh) for region in regions), default=math.inf)


def has_weak_layers(stack: Stack) -> bool:
    """Whether the residual of some layer hardly shows, such as ν D/L² of a weak or a long one.

    Parameters
    ----------
    stack
        Where a layer has no thickness, only its density of states counts.
    """
    return any(
        layer.material.density_of_states * min(1.0, _thouless(stack, [layer], None)) < WEAK
        for layer in stack.layers
        if not _is_superconductor(layer)
    )


def critical_currents(
    stack: Stack, temperature: float, gap: float, mesh: MeshSettings
) -> dict[str, float]:
    """About the critical current density of the weak link that each interface belongs to.

    2πT Σ s²/R Π_layers |kd/sinh kd| with s² = Δ²/(ω² + Δ²), k² = (ω − iJ)/a and R of all layers and
    barriers between two superconductors: a tunnel barrier's, a bridge's and that of a long weak
    link to a factor of order one, and without the zeros at crossings to a π junction.

    Parameters
    ----------
    stack
        With a thickness for every layer, else there are none.
    temperature, gap
        T, and Δ of the superconductors.
    mesh
        How wide it is.

    Returns
    -------
    dict
        By interface, in σ_S k_BTc/(eξ0); what is behind the outermost superconductors is not in it.
    """
    found: dict[str, float] = {}
    if any(layer.thickness is None for layer in stack.layers):
        return found
    places = [k for k, each in enumerate(stack.layers) if _is_superconductor(each)]
    for left, right in pairwise(places):
        inside = stack.layers[left + 1 : right]
        planes = [
            plane
            for one, other in pairwise(stack.layers[left : right + 1])
            if (plane := stack.interface(one.name, other.name)) is not None
        ]
        current = _critical_current(stack, inside, planes, temperature, gap, mesh)
        found |= {plane.name: current for plane in planes}
    return found


def number_scales(
    stack: Stack,
    temperature: float,
    volumes: Mapping[str, float],
    mesh: MeshSettings,
    gap: float | None = None,
) -> dict[str, Scale]:
    """Scales of the kinds of numbers of a summary.

    Parameters
    ----------
    stack, temperature
        What is solved, and T.
    volumes
        Of its layers, in ξ0^dimension.
    mesh
        How wide it is.
    gap
        Δ of its superconductors, that of the bulk by default.

    Returns
    -------
    dict
        By kind: ``δM``, ``∫δM``, ``gap``, ``free energy``, ``torque``, ``spin current`` and
        ``supercurrent``, the latter also followed by the name of an interface.
    """
    gap = bulk_gap(temperature) if gap is None else gap
    superconductors = sum(
        layer.material.density_of_states * volumes[layer.name]
        for layer in stack.layers
        if _is_superconductor(layer)
    )
    condensation = superconductors * abs(free_energy(gap, temperature))
    exchange = sum(
        2 * layer.material.density_of_states * volumes[layer.name] * _exchange(layer, mesh)
        for layer in stack.ferromagnets
    )
    links = critical_currents(stack, temperature, gap, mesh)
    strongest = max(links.values(), default=0.0)
    terms = max((layer.material.conductivity for layer in stack.layers), default=0.0)
    scales = {
        "δM": Scale(0.0, ROUNDING),
        "∫δM": Scale(0.0, ROUNDING * sum(volumes.values())),
        "gap": Scale(0.0, ROUNDING),
        "free energy": Scale(condensation, ROUNDING * superconductors),
        "torque": Scale(0.0, ROUNDING * exchange),
        "spin current": Scale(0.0, ROUNDING * exchange),
        "supercurrent": Scale(strongest, 0.0 if strongest else ROUNDING * terms),
    }
    for name, current in links.items():
        scales[f"supercurrent {name}"] = Scale(
            current or strongest, scales["supercurrent"].rounding
        )
    return scales


def _critical_current(
    stack: Stack,
    inside: tuple[Layer, ...],
    planes: list[Interface],
    temperature: float,
    gap: float,
    mesh: MeshSettings,
) -> float:
    resistance = sum(_thickness(layer) / layer.material.conductivity for layer in inside)
    for plane in planes:
        if plane.law.blocks:
            return 0.0
        if plane.law.conducts():
            resistance += 1 / stack.coupling(plane)
    # of two superconductors in contact each gives at least a coherence length
    resistance = max(resistance, 1.0)
    lengths = min((_energy(layer, mesh) for layer in inside), default=math.inf)
    rule = frequency_sum(temperature, lowest=lengths)
    passed = (gap / np.hypot(rule.frequencies, gap)) ** 2
    for layer in inside:
        k = np.sqrt((rule.frequencies - 1j * _exchange(layer, mesh)) / layer.material.diffusivity)
        kd = k * _thickness(layer)
        # divided by the exponential, which overflows
        passed = passed * np.abs(2 * kd * np.exp(-kd) / -np.expm1(-2 * kd))
    return float(rule.total(passed)) / resistance


def _normal_regions(stack: Stack) -> Iterator[list[Layer]]:
    """Neighbours that are no superconductors, as far as they touch."""
    region: list[Layer] = []
    for layer in stack.layers:
        if _is_superconductor(layer):
            if region:
                yield region
            region = []
        else:
            region.append(layer)
    if region:
        yield region


def _thouless(stack: Stack, region: list[Layer], mesh: MeshSettings | None) -> float:
    if any(layer.thickness is None for layer in region):
        return math.inf
    length = sum(map(_thickness, region))
    diffusivity = min(layer.material.diffusivity for layer in region)
    names = {layer.name for layer in region}
    barriers = [
        layer.material.conductivity / stack.coupling(each)
        for each in stack.interfaces
        if each.law.conducts()
        for layer in region
        if layer.name in (each.left, each.right) and not {each.left, each.right} <= names
    ]
    energy = 2 * diffusivity / (length * max(length, min(barriers, default=0.0)))
    return max(energy, *(_exchange(layer, mesh) for layer in region))


def _energy(layer: Layer, mesh: MeshSettings) -> float:
    return max(2 * layer.material.diffusivity / _thickness(layer) ** 2, _exchange(layer, mesh))


def _exchange(layer: Layer, mesh: MeshSettings | None) -> float:
    """|J|, the largest where it varies over a stack of known extent; 0 without one."""
    material = layer.material
    if not isinstance(material, Ferromagnet):
        return 0.0
    if material.is_uniform:
        return material.exchange_strength
    if mesh is None or mesh.file is not None or layer.thickness is None:
        return 0.0
    return texture_scales(layer, mesh.width).strength


def _is_superconductor(layer: Layer) -> bool:
    return isinstance(layer.material, Superconductor)


def _thickness(layer: Layer) -> float:
    assert layer.thickness is not None
    return layer.thickness
