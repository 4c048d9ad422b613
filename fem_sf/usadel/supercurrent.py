# SPDX-License-Identifier: MIT
"""Computes the density of the supercurrent in layers, as a field.

With γ = |γ|e^{iχ}, γ̃ = |γ̃|e^{−iχ}, the current density along x in σ_S k_BTc/(eξ0) is
2πT Σ Re ∂A/∂(∂χ/∂x), as in `fem_sf.usadel.currents`. It has derivatives of the unknown, and is only
as well conserved as the mesh allows.
"""

from __future__ import annotations

from typing import Any

import dolfinx
import numpy as np
import ufl

from fem_sf.solve.blocks import BlockMatrix, BlockVector
from fem_sf.solve.linear import direct_solver
from fem_sf.usadel import riccati_forms
from fem_sf.usadel.sweep import FrequencySweep
from fem_sf.usadel.system import UsadelSystem


def supercurrent_density(sweep: FrequencySweep) -> dict[str, dolfinx.fem.Function]:
    """The density along x by layer, as the closest field of its space; none without phases.

    Parameters
    ----------
    sweep
        The solved frequencies.
    """
    system = sweep.system
    if not system.stack.phases:
        return {}
    densities = {
        name: dolfinx.fem.Function(system.layer_space(name), name="supercurrent")
        for name in system.stack.names
    }
    layout = BlockVector(list(densities.values()))
    fluxes = [_flux_form(system, name, field) for name, field in densities.items()]
    mass = BlockMatrix(
        [
            [_mass_form(system, name, field) if name == other else None for other in densities]
            for name, field in densities.items()
        ]
    )
    mass.assemble()
    at_frequency, result = layout.vector(), layout.vector()
    total = np.zeros(at_frequency.getLocalSize())
    for k, weight in enumerate(sweep.frequency_sum.weights):
        sweep.select(k)
        layout.assemble(fluxes, at_frequency)
        total += weight * at_frequency.getArray(readonly=True).real
    at_frequency.getArray()[:] = total
    direct_solver(mass.matrix, "fem_sf_projection_").solve(at_frequency, result)
    layout.to_functions(result)
    return densities


def _flux_form(system: UsadelSystem, layer: str, field: dolfinx.fem.Function) -> Any:
    test = ufl.TestFunction(field.function_space)
    flux = riccati_forms.phase_flux(system, layer)
    return system.compile_integral(layer, ufl.inner(flux, test))


def _mass_form(system: UsadelSystem, layer: str, field: dolfinx.fem.Function) -> Any:
    space = field.function_space
    mass = ufl.inner(ufl.TrialFunction(space), ufl.TestFunction(space))
    return system.compile_integral(layer, mass)
