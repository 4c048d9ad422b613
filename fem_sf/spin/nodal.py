# SPDX-License-Identifier: MIT
"""Measures directions and currents at the nodes of a solved stack."""

from __future__ import annotations

import dolfinx
import numpy as np
import ufl
from numpy.typing import NDArray
from petsc4py import PETSc

from fem_sf import compat
from fem_sf.mesh.ends import ends_of_layer
from fem_sf.solve.blocks import BlockMatrix, BlockVector
from fem_sf.spin.magnetization import tilt_to_direction
from fem_sf.spin.system import SpinSystem
from fem_sf.spin.transport import SIZE

FloatArray = NDArray[np.float64]


def sinks(system: SpinSystem, name: str) -> FloatArray:
    """What takes charge and spin out of J and J_M at the local nodes of a layer, shape (n, 4).

    −div J = ∂_t δn, and −div J_M = ∂_t δM + δM/τ − δM × w.
    """
    material = system.stack.layer(name).material
    u, past = (
        each.x.array.real.reshape(-1, SIZE) for each in (system.fields[name], system.past[name])
    )
    rate = float(np.real(system.constant("time", "rate").value))
    density = material.conductivity / material.diffusivity
    spin = density * u[:, 1:4]
    w = np.asarray(material.precession, dtype=float) + (
        getattr(material, "exchange_precession", 0.0) * directions(system, name)
    )
    change = rate * (u - past)
    charge = density / material.alpha1 * (change[:, 0] - change[:, 4])
    relaxing = density * change[:, 1:4] + spin / material.relaxation_time - np.cross(spin, w)
    return np.column_stack([charge, relaxing])


def directions(system: SpinSystem, name: str) -> FloatArray:
    """Unit vector p at the local nodes of a layer, shape (n, 3)."""
    axis = system.stack.layer(name).material.axis
    if name in system.tilts:
        return tilt_to_direction(system.tilts[name].x.array.real.reshape(-1, 2), axis)
    nodes = len(system.fields[name].x.array) // SIZE
    return np.broadcast_to(axis, (nodes, 3))


def extent(system: SpinSystem, name: str) -> tuple[float, float]:
    """Least and largest x of a layer on the mesh."""
    from mpi4py import MPI

    x = system.fields[name].function_space.tabulate_dof_coordinates()[:, 0]
    comm = system.mesh.comm
    low = comm.allreduce(x.min(initial=np.inf), op=MPI.MIN)
    return low, comm.allreduce(x.max(initial=-np.inf), op=MPI.MAX)


def end_directions(system: SpinSystem, name: str) -> tuple[FloatArray, FloatArray]:
    """Direction of ∫p dS over the left and over the right end of a layer; collective."""
    ends = ends_of_layer(system.mesh, name, system.tilts[name].function_space)
    tilts = ends.points.weights @ system.tilts[name].x.array.real.reshape(-1, 2)
    means = ends.means(
        system.mesh, tilt_to_direction(tilts, system.stack.layer(name).material.axis)
    )
    left, right = means / np.linalg.norm(means, axis=1, keepdims=True)
    return left, right


def integrated_currents(
    x: FloatArray, sink: FloatArray, start: FloatArray, degree: int
) -> FloatArray:
    """J and J_M at the nodes of a line from their values at its left end and what takes them out.

    Parameters
    ----------
    x
        Nodes of all cells in a row, ascending, shape (n,).
    sink
        −div of the currents there, shape (n, 4).
    start
        J and J_M at x[0], shape (4,).
    degree
        Of the elements: every cell has degree + 1 nodes, shared at its ends.

    Returns
    -------
    ndarray
        Shape (n, 4). Integrated exactly in every cell, so that the right end obeys the balance.
    """
    cells = np.arange(0, len(x) - 1, degree)[:, np.newaxis] + np.arange(degree + 1)
    places = x[cells]
    sizes = places[:, -1] - places[:, 0]
    reference = (places[0] - places[0, 0]) / sizes[0]
    # ∫₀^ξ of the polynomial through values at the nodes: integrate monomials
    powers = np.arange(degree + 1)
    vandermonde = reference[:, np.newaxis] ** powers
    integrals = reference[:, np.newaxis] ** (powers + 1) / (powers + 1)
    matrix = np.linalg.solve(vandermonde.T, integrals.T).T
    gained = sizes[:, np.newaxis, np.newaxis] * np.einsum("ij,cjk->cik", matrix, sink[cells])
    begin = np.concatenate([np.zeros((1, 4)), np.cumsum(gained[:, -1], axis=0)[:-1]])
    currents = np.empty_like(sink)
    currents[cells] = start - begin[:, np.newaxis] - gained
    return currents


class NodalGradients:
    """∇u at the nodes of a layer, projected on the continuous elements of the layer.

    The projection evens out that gradients of elements are best at some places within each cell.

    Parameters
    ----------
    system
        The fields.
    name
        The layer.
    """

    def __init__(self, system: SpinSystem, name: str):
        u = system.fields[name]
        self._space = u.function_space
        mesh = self._space.mesh
        self._dimension = mesh.geometry.dim
        trial, test = ufl.TrialFunction(self._space), ufl.TestFunction(self._space)
        self._layout = BlockVector([dolfinx.fem.Function(self._space)])
        mass = BlockMatrix([[compat.form(ufl.inner(trial, test) * ufl.dx(mesh), None)]])
        mass.assemble()
        self._ksp = PETSc.KSP().create(mesh.comm)
        self._ksp.setOperators(mass.matrix)
        self._ksp.setType("cg")
        self._ksp.getPC().setType("jacobi")
        self._ksp.setTolerances(rtol=1e-13)
        self._forms = [
            compat.form(ufl.inner(u.dx(k), test) * ufl.dx(mesh), None)
            for k in range(self._dimension)
        ]

    def __call__(self) -> FloatArray:
        """Shape (local nodes, 5, dimension)."""
        gradients = []
        for form in self._forms:
            right, solution = self._layout.vector(), self._layout.vector()
            self._layout.assemble([form], right)
            self._ksp.solve(right, solution)
            self._layout.to_functions(solution)
            gradients.append(self._layout.functions[0].x.array.real.reshape(-1, SIZE).copy())
        return np.stack(gradients, axis=-1)


def gradient_currents(system: SpinSystem, name: str, gradients: FloatArray) -> FloatArray:
    """J and J_M of Eqs. 8 and 9 at local nodes from ∇u there; shape (n, 4, dimension)."""
    material = system.stack.layer(name).material
    p = directions(system, name)
    beta, sigma = material.spin_asymmetry, material.conductivity
    mu, m, V = gradients[:, 0], gradients[:, 1:4], gradients[:, 4]
    ratio = material.alpha2 / material.alpha1
    potential = ratio * mu + (1 - ratio) * V
    J = -sigma * (mu + beta * np.einsum("ni,nik->nk", p, m))
    JM = -sigma * (beta * p[:, :, np.newaxis] * potential[:, np.newaxis] + m)
    return np.concatenate([J[:, np.newaxis], JM], axis=1)
