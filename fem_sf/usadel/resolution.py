# SPDX-License-Identifier: MIT
"""Checks that the elements of a mesh follow an exchange field that varies.

Elements hold a field by its values at their nodes. What it does between them is looked at in every
cell at points that no regular mesh or formula has in common with them: a sine of a tiny period has
values at the nodes as good as any, and is not what the elements hold.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fem_sf.errors import Problem, StackError
from fem_sf.formulas import COORDINATES
from fem_sf.mesh.layers import LayeredMesh
from fem_sf.textures import varying
from fem_sf.usadel.system import UsadelSystem

UNRESOLVED, ROUGH = 0.3, 1e-3
"""∫|J − J_h|/∫|J| that is refused, and above which a result has a caution.

A jump is off in the cells that have it, by less the smaller they are; what is unresolved is off
everywhere, whatever their size.
"""

_POINTS = 8
"""Looked at in every cell, times its dimension."""

_RATIOS = (1.618033988749895, 1.324717957244746, 1.2207440846057596)
"""Golden ratios of one to three dimensions, x^(d + 1) = x + 1: their powers are incommensurate."""


@dataclass(frozen=True)
class Misfit:
    """How far the elements are from a field in one layer.

    Parameters
    ----------
    share
        ∫|J − J_h|/∫|J|.
    place
        Position in the layer of the worst cell.
    size
        Extent of that cell in ξ0.
    """

    share: float
    place: tuple[float, ...]
    size: float

    @property
    def where(self) -> str:
        """The worst cell in words."""
        place = ", ".join(
            f"{name} = {value:.4g}" for name, value in zip(COORDINATES, self.place, strict=False)
        )
        return f"most at {place}, where cells are {self.size:.2g} ξ0 long"


def resolution_cautions(system: UsadelSystem) -> list[str]:
    """Sentences on fields that the elements of a system follow poorly; collective.

    Raises
    ------
    StackError
        If they do not follow one at all.
    """
    misfits = {layer.name: misfit(system, layer.name) for layer in varying(system.stack.layers)}
    problems = [
        Problem(
            f"layers.{name}.exchange",
            "the mesh cannot follow this field: between their nodes elements are off by "
            f"{each.share:.0%} of its size, {each.where}; expected a field that is smooth on that "
            "scale. Try smaller cells (a larger [mesh] refinement of a mesh that is not from a "
            "file), a smoother field, or a layer of its own for what is narrow",
        )
        for name, each in misfits.items()
        # what is no number is not resolved either
        if not each.share <= UNRESOLVED
    ]
    if problems:
        raise StackError(problems)
    return [
        f"the exchange field of {name} is off by {each.share:.1%} of its size on this mesh, "
        f"{each.where}; estimates of errors know only what the mesh holds of it: try smaller "
        "cells (a larger [mesh] refinement of a mesh that is not from a file)"
        for name, each in misfits.items()
        if each.share > ROUGH
    ]


def misfit(system: UsadelSystem, layer: str) -> Misfit:
    """What the elements of a layer leave of its exchange field; collective."""
    mesh, field = system.mesh, system.data[layer].exchange
    space = field.function_space
    cells = mesh.part((layer,)).sub_cells[mesh.owned_cells(layer)]
    dofs = space.dofmap.list[cells]
    element = space.element.basix_element
    basis = element.tabulate(0, _inner_points(mesh))[0, :, :, 0]
    nodes = space.tabulate_dof_coordinates()[dofs]
    points = np.einsum("pn,cnk->cpk", basis, nodes)
    components = field.x.array.real.reshape(-1, *system.frame.shape)[dofs]
    held = np.einsum("pn,cn...->cp...", basis, components)
    exact = system.exchange.at(layer, points.reshape(-1, 3)).reshape(*points.shape)
    off = np.linalg.norm(system.frame.vectors(held) - exact, axis=-1).mean(axis=1)
    size = np.linalg.norm(exact, axis=-1).mean(axis=1)
    extents = np.ptp(nodes, axis=1)[:, : mesh.dimension]
    volumes = extents.prod(axis=1)
    totals = mesh.comm.allreduce(np.array([volumes @ off, volumes @ size]))
    worst = (-1.0, (), 0.0)
    if len(cells):
        cell = int(np.argmax(volumes * off))
        place = mesh.positions(layer, points[cell].mean(axis=0, keepdims=True))[0]
        worst = (float(volumes[cell] * off[cell]), tuple(place.tolist()), extents[cell].max())
    _, place, extent = max(mesh.comm.allgather(worst), key=lambda each: each[0])
    return Misfit(float(totals[0] / totals[1]) if totals[1] else 0.0, place, float(extent))


def _inner_points(mesh: LayeredMesh) -> NDArray[np.float64]:
    """Points spread over the reference cell, shape (n, dimension)."""
    dimension = mesh.dimension
    powers = _RATIOS[dimension - 1] ** -np.arange(1.0, dimension + 1)
    points = (0.5 + np.arange(1, dimension * _POINTS + 1)[:, np.newaxis] * powers) % 1
    if mesh.mesh.topology.cell_name() == "quadrilateral":
        return points
    # gaps between numbers in order are spread evenly over a simplex
    return np.diff(np.sort(points, axis=1), axis=1, prepend=0.0)
