# SPDX-License-Identifier: MIT
"""Evaluates the exchange fields of a stack on its mesh: values, strength, variation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import dolfinx
import numpy as np
from mpi4py import MPI
from numpy.typing import NDArray

from fem_sf.errors import StackError
from fem_sf.materials import Ferromagnet
from fem_sf.mesh.layers import LayeredMesh
from fem_sf.stack import Layer, Stack
from fem_sf.textures import exchange_values, varying
from fem_sf.usadel.frame import SpinFrame, spin_frame

_SAMPLES = 4
"""Degree of the elements whose nodes say how strong a field is, whatever that of the solution."""


@dataclass(frozen=True, eq=False)
class ExchangeFields:
    """The exchange fields of a stack.

    Parameters
    ----------
    mesh
        The mesh of the stack.
    layers
        By name.
    strengths
        |J| of every layer in Tc, 0 where there is none; the largest where it varies.
    frame
        The axes that they span.
    """

    mesh: LayeredMesh
    layers: Mapping[str, Layer]
    strengths: Mapping[str, float]
    frame: SpinFrame

    def at(self, layer: str, coordinates: NDArray[np.float64]) -> NDArray[np.float64]:
        """J of a layer in Tc at points of the mesh, shape (n, 3) → (n, 3); collective.

        Raises
        ------
        StackError
            On every rank, if it has no value somewhere on one of them.
        """
        return _values(self.mesh, self.layers[layer], coordinates)

    def directions(self, layer: str, coordinates: NDArray[np.float64]) -> NDArray[np.float64]:
        """Unit vectors along J at points, shape (n, 3) → (n, 3); zero where J is; collective."""
        values = self.at(layer, coordinates)
        sizes = np.linalg.norm(values, axis=1, keepdims=True)
        there = sizes > np.finfo(float).eps * self.strengths[layer]
        return np.divide(values, sizes, out=np.zeros_like(values), where=there)


def exchange_fields(stack: Stack, mesh: LayeredMesh) -> ExchangeFields:
    """Look at the exchange fields of a stack everywhere on its mesh; collective.

    Raises
    ------
    StackError
        If one that varies has no value somewhere.
    """
    samples = {
        layer.name: _values(mesh, layer, _sample_points(mesh, layer.name))
        for layer in varying(stack.layers)
    }
    largest = {
        name: mesh.comm.allreduce(float(np.linalg.norm(values, axis=1).max(initial=0.0)), MPI.MAX)
        for name, values in samples.items()
    }
    strengths = {
        layer.name: largest[layer.name] if layer.name in largest else _strength(layer)
        for layer in stack.layers
    }
    layers = {layer.name: layer for layer in stack.layers}
    directions = [
        values / strengths[name] for name, values in samples.items() if strengths[name] > 0
    ]
    return ExchangeFields(mesh, layers, strengths, spin_frame(stack, directions, mesh.comm))


def _strength(layer: Layer) -> float:
    """|J| of a layer where it does not vary."""
    material = layer.material
    return material.exchange_strength if isinstance(material, Ferromagnet) else 0.0


def _sample_points(mesh: LayeredMesh, layer: str) -> NDArray[np.float64]:
    space = dolfinx.fem.functionspace(mesh.part((layer,)).mesh, ("Lagrange", _SAMPLES))
    return space.tabulate_dof_coordinates()


def _values(
    mesh: LayeredMesh, layer: Layer, coordinates: NDArray[np.float64]
) -> NDArray[np.float64]:
    positions = mesh.positions(layer.name, coordinates)
    if not varying([layer]):
        return exchange_values(layer, positions)
    failure, values = None, np.empty((0, 3))
    try:
        values = exchange_values(layer, positions)
    except StackError as error:
        failure = error
    failures = [each for each in mesh.comm.allgather(failure) if each is not None]
    if failures:
        raise failures[0]
    return values
