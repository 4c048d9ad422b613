# SPDX-License-Identifier: MIT
"""Turns conductivities and resistances of a case into units of the reference superconductor.

From σ = 2e²νD (Bergeret et al., below Eq. 12) a conductivity and a diffusivity fix the density of
states, and a conductivity turns the resistance of an interface into γ = R_b σ/ξ0.
"""

from __future__ import annotations

from fem_sf.case.entries import Entry
from fem_sf.case.report import Report
from fem_sf.case.units import Physical
from fem_sf.case.usadel.schema import LayerTable
from fem_sf.case.usadel.tables import UsadelTables
from fem_sf.materials import Superconductor

_REFERENCE_NEEDED = (
    'needs the conductivity σ_S of the reference superconductor; add conductivity = "…" to [units]'
)


def reference_conductivity(tables: UsadelTables) -> float | None:
    """σ_S in S/m, as ``[units]`` or a layer gives it; ``None`` where nothing does."""
    if tables.units.table.conductivity is not None:
        return tables.units.table.conductivity
    layer = _fixing_layer(tables)
    if layer is None:
        return None
    conductivity = layer.table.conductivity
    assert isinstance(conductivity, Physical)
    density = layer.table.density_of_states or 1.0
    return conductivity.value / (density * _diffusivity(layer))


def density_of_states(
    layer: Entry[LayerTable], reference: float | None, report: Report
) -> float | None:
    """ν/ν_S of a layer, stated or from its conductivity; ``None`` where neither is there."""
    stated = layer.table.density_of_states
    conductivity = layer.table.conductivity
    if stated is not None or conductivity is None:
        return stated
    if not isinstance(conductivity, Physical):
        return conductivity / _diffusivity(layer)
    if reference is None:
        report.add(layer.key("conductivity"), _REFERENCE_NEEDED)
        return None
    return conductivity.value / reference / _diffusivity(layer)


def check_conductivities(tables: UsadelTables, report: Report) -> None:
    """Whether every layer says at most one of two things that fix each other."""
    fixing = _fixing_layer(tables)
    for layer in tables.layers:
        if layer is not fixing and {"conductivity", "density_of_states"} <= layer.given:
            report.add(
                layer.key("conductivity"),
                "conductivity and density_of_states are both given; with the diffusivity one "
                "determines the other (σ = 2e²νD), so give one of them",
            )


def gamma_from_resistance(
    resistance: Physical, layer: Entry[LayerTable], reference: float | None, tables: UsadelTables
) -> float | None:
    """γ = R_b σ/ξ0 with σ of a layer; ``None`` where no physical conductivity is known."""
    assert tables.scales is not None
    sigma = layer.table.conductivity
    if isinstance(sigma, Physical):
        return resistance.value * sigma.value / tables.scales.length
    if reference is None:
        return None
    relative = (
        sigma if sigma is not None else _diffusivity(layer) * (layer.table.density_of_states or 1.0)
    )
    return resistance.value * relative * reference / tables.scales.length


def _diffusivity(layer: Entry[LayerTable]) -> float:
    """D/D_S of a layer; 1 where it is missing or impossible, which is told elsewhere."""
    value = layer.table.diffusivity
    return value if value is not None and value > 0 else 1.0


def _fixing_layer(tables: UsadelTables) -> Entry[LayerTable] | None:
    """Find the layer whose conductivity in SI units fixes σ_S, where ``[units]`` does not.

    One that also states its density of states, or a superconductor that is the reference material.
    """
    if "conductivity" in tables.units.given:
        return None
    physical = [each for each in tables.layers if isinstance(each.table.conductivity, Physical)]
    complete = [each for each in physical if each.table.density_of_states is not None]
    same = [
        each
        for each in physical
        if each.table.material == Superconductor.kind and _diffusivity(each) == 1.0
    ]
    return next(iter([*complete, *same]), None)
