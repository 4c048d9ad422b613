# SPDX-License-Identifier: MIT
"""Finite-element solves of spin transport that several tests share, and how to look at them."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from fem_sf.mesh.build import checked_geometry
from fem_sf.mesh.geometry import Geometry
from fem_sf.mesh.layers import LayeredMesh
from fem_sf.settings import MeshSettings
from fem_sf.spin import exact, materials, model
from fem_sf.spin.conductors import steady_system
from fem_sf.spin.grading import SpinGrading
from fem_sf.spin.settings import SpinSolverSettings
from fem_sf.spin.steady import Profile, SteadySolver, uniform
from fem_sf.spin.system import SpinSystem
from fem_sf.spin.transport import SIZE
from support import layered

FloatArray = NDArray[np.float64]
DEGREE = 4


def default_mesh(stack: model.Stack, settings: MeshSettings | None = None) -> LayeredMesh:
    """The mesh that a case gets."""
    return layered(checked_geometry(stack, settings or MeshSettings(), SpinGrading()))


def steady(
    stack: model.Stack,
    drive: model.Drive,
    mesh: LayeredMesh | Geometry | None = None,
    degree: int = DEGREE,
    profile: Profile = uniform,
) -> SteadySolver:
    """The solver of a steady state, whose fields hold it."""
    if isinstance(mesh, Geometry):
        mesh = layered(mesh)
    system = steady_system(stack, drive, mesh or default_mesh(stack), degree)
    solver = SteadySolver(system, SpinSolverSettings(), profile)
    solver.solve()
    return solver


def node_places(system: SpinSystem, layer: str) -> FloatArray:
    """Distances from the left face of all nodes of a line's layer, from its right one if endless.

    Shape (n,), as `fem_sf.spin.exact.Solution.profile` wants them.
    """
    x = system.fields[layer].function_space.tabulate_dof_coordinates()[:, 0]
    stack = system.stack
    endless_left = layer == stack.names[0] and stack.layers[0].semi_infinite
    return x - (x.max() if endless_left else x.min())


def values_at(system: SpinSystem, layer: str, places: FloatArray, tilt: bool = False) -> FloatArray:
    """A layer's fields on a line, between nodes by their polynomials; shape (n, components)."""
    function = (system.tilts if tilt else system.fields)[layer]
    space = function.function_space
    cells = node_places(system, layer)[space.dofmap.list]
    left = cells[:, :2].min(axis=1)
    order = np.argsort(left)
    cell = order[np.clip(np.searchsorted(left[order], places, side="right") - 1, 0, None)]
    # the first two nodes of a cell are its vertices
    start, end = cells[cell, 0], cells[cell, 1]
    inside = ((places - start) / (end - start))[:, np.newaxis]
    basis = space.element.basix_element.tabulate(0, inside)[0, :, :, 0]
    values = function.x.array.real.reshape(-1, 2 if tilt else SIZE)
    return np.einsum("nj,njk->nk", basis, values[space.dofmap.list[cell]])


def dense_places(system: SpinSystem, layer: str, per_cell: int = 7) -> FloatArray:
    """Places all over the cells of a line's layer, ascending."""
    space = system.fields[layer].function_space
    ends = np.unique(node_places(system, layer)[space.dofmap.list[:, :2]])
    steps = np.linspace(0, 1, per_cell, endpoint=False)
    inner = (ends[:-1, np.newaxis] + np.diff(ends)[:, np.newaxis] * steps).ravel()
    return np.append(inner, ends[-1])


def observables(material: materials.Material, values: FloatArray) -> dict[str, FloatArray]:
    """V, δn and δM of potentials of shape (n, 5)."""
    density = material.conductivity / material.diffusivity
    return {
        "V": values[:, 4],
        "dn": density * (values[:, 0] - values[:, 4]) / material.alpha1,
        "dM": density * values[:, 1:4],
    }


def profile_errors(solver: SteadySolver) -> dict[str, float]:
    """Largest errors of V, δn and δM against the exact solution, over the largest in the stack."""
    system = solver.system
    solution = exact.solve(system.stack, system.drive)
    errors: dict[str, list[float]] = {"V": [], "dn": [], "dM": []}
    sizes: dict[str, list[float]] = {key: [] for key in errors}
    for layer in system.stack.layers:
        places = dense_places(system, layer.name)
        if not layer.semi_infinite:
            places = np.clip(places, 0, layer.extent)
        profile = solution.profile(layer.name, places)
        expected = {"V": profile.potential, "dn": profile.charge, "dM": profile.magnetization}
        for key, found in observables(
            layer.material, values_at(system, layer.name, places)
        ).items():
            errors[key].append(np.abs(found - expected[key]).max())
            sizes[key].append(np.abs(expected[key]).max())
    return {key: max(errors[key]) / max(sizes[key]) for key in errors}


# --- random stacks ---


def random_direction(random: np.random.Generator) -> tuple[float, ...]:
    vector = random.normal(size=3)
    return tuple(vector / np.linalg.norm(vector))


def random_layer(
    random: np.random.Generator,
    name: str,
    normal: bool = False,
    onsager: bool = True,
    screening: float | None = None,
    thickness: float | None = None,
) -> model.Layer:
    """A layer of any material, from a thousandth to fifty spin lengths thick.

    Parameters
    ----------
    normal
        Whether it is a normal metal.
    onsager
        Whether α1 = α2.
    screening, thickness
        Screening length and thickness over the spin length; any unless given.
    """

    def spread(decades: float) -> float:
        return 10 ** random.uniform(-decades, decades)

    sigma, D, tau, alpha = spread(0.5), spread(0.5), spread(0.5), spread(0.3)
    beta = 0.0 if normal else random.uniform(-0.9, 0.9)
    spin_length = math.sqrt((1 - beta**2) * D * tau)
    screening = screening or 10 ** random.uniform(-4, 0)
    turns = 10 ** random.uniform(-1, 3) / tau
    common = {
        "conductivity": sigma,
        "diffusivity": D,
        "relaxation_time": tau,
        "permittivity": (screening * spin_length) ** 2 * sigma / (alpha * D),
        "precession": tuple(turns * np.array(random_direction(random))),
        "alpha1": alpha,
        "alpha2": alpha if onsager else alpha * random.uniform(0.7, 1.2),
    }
    material = (
        materials.Normal(**common)
        if normal
        else materials.Ferromagnet(**common, polarisation=beta, direction=random_direction(random))
    )
    thickness = thickness or 10 ** random.uniform(-3, math.log10(50))
    return model.Layer(name, material, thickness * spin_length)
