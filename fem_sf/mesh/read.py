# SPDX-License-Identifier: MIT
"""Meshes from files, with layers by physical name or cell set, through meshio."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fem_sf.errors import MeshError, Problem
from fem_sf.mesh.geometry import Geometry

CELLS = {
    "line": ("interval", 1, [0, 1]),
    "triangle": ("triangle", 2, [0, 1, 2]),
    "quad": ("quadrilateral", 2, [0, 1, 3, 2]),
    "tetra": ("tetrahedron", 3, [0, 1, 2, 3]),
}
"""By meshio's name: dolfinx' name, topological dimension, and vertices in dolfinx' order."""

DIMENSIONS = {"vertex": 0, "line": 1, "triangle": 2, "quad": 2, "tetra": 3}
"""Topological dimension of the linear cells that a file may hold."""


def read_geometry(path: Path, names: Sequence[str], unit: float = 1.0) -> Geometry:
    """Read a mesh whose cells belong to named layers.

    Parameters
    ----------
    path
        Anything that meshio reads: Gmsh ``.msh`` (2.2 and 4.1), ``.med``, ``.inp``, ``.xdmf``, …
        Layers are physical groups (Gmsh) or cell sets of the highest dimension.
    names
        The layers of the stack, in order.
    unit
        Length of one unit of the file in ξ0.

    Returns
    -------
    Geometry
        With unused points dropped.

    Raises
    ------
    MeshError
        If the file cannot be read, holds cells other than linear ones of one kind, or its groups
        are not the stack's layers.
    """
    mesh = _read(path)
    kind = _cell_kind(path, mesh)
    name, dimension, order = CELLS[kind]
    cells = np.concatenate([block.data for block in mesh.cells if block.type == kind])
    groups = _groups(mesh, dimension)
    layer_of_cell = _layers(path, groups, names, len(cells))
    used, cells = np.unique(cells[:, order], return_inverse=True)
    points = _flat(path, mesh.points[used] * unit, dimension)
    return Geometry(
        name,
        points,
        cells.reshape(-1, len(order)).astype(np.int64),
        layer_of_cell,
        tuple(names),
        _facet_groups(mesh, dimension - 1, used),
    )


def _read(path: Path) -> Any:
    import meshio

    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            return meshio.read(path)
    except FileNotFoundError:
        message = "no such file"
    except (Exception, SystemExit) as error:
        # meshio ends the program on a format that it does not know
        reason = str(error).strip() or type(error).__name__
        message = f"meshio cannot read this file ({reason}); save it as Gmsh .msh, version 4.1"
    raise MeshError([Problem("mesh.file", f"{path}: {message}")])


def _cell_kind(path: Path, mesh: Any) -> str:
    """The one kind of cell of the highest dimension."""
    kinds = sorted({block.type for block in mesh.cells if len(block.data)})
    unknown = [kind for kind in kinds if kind not in DIMENSIONS]
    if unknown:
        raise _refuse(
            path,
            f"cells of kind {', '.join(unknown)}; expected straight triangles, quadrilaterals, "
            "tetrahedra or lines (in Gmsh: Mesh.ElementOrder = 1)",
        )
    dimension = max((DIMENSIONS[kind] for kind in kinds), default=0)
    highest = [kind for kind in kinds if DIMENSIONS[kind] == dimension]
    if dimension == 0:
        raise _refuse(path, "no cells, only points; mesh the layers before saving")
    if len(highest) > 1:
        raise _refuse(path, f"{' and '.join(highest)} cells together; use one kind")
    return highest[0]


def _groups(mesh: Any, dimension: int) -> dict[str, NDArray[np.bool_]]:
    """Named groups among the cells of one dimension: a mask over them, blocks in order."""
    chosen = [k for k, block in enumerate(mesh.cells) if DIMENSIONS.get(block.type) == dimension]
    sizes = [len(mesh.cells[k].data) for k in chosen]
    masks: dict[str, NDArray[np.bool_]] = {}
    for name, members in mesh.cell_sets.items():
        parts = [np.zeros(size, dtype=bool) for size in sizes]
        for part, k in zip(parts, chosen, strict=True):
            if members[k] is not None:
                part[np.asarray(members[k], dtype=np.int64)] = True
        mask = np.concatenate(parts) if parts else np.zeros(0, dtype=bool)
        if mask.any() and not name.startswith("gmsh:"):
            masks[name] = mask
    tags = mesh.cell_data.get("gmsh:physical")
    if tags is not None and chosen:
        tag = np.concatenate([np.asarray(tags[k]) for k in chosen])
        for name, (number, group_dimension) in mesh.field_data.items():
            if group_dimension == dimension and (tag == number).any():
                masks[name] = tag == number
    return masks


def _layers(
    path: Path, groups: dict[str, NDArray[np.bool_]], names: Sequence[str], count: int
) -> NDArray[np.int32]:
    layer_of_cell = np.full(count, -1, dtype=np.int32)
    if not groups:
        raise _refuse(
            path,
            f"no named groups of cells; give every layer ({', '.join(names)}) a physical name",
        )
    problems = [
        _problem(path, f"no group is called {name!r}; the groups are {', '.join(sorted(groups))}")
        for name in names
        if name not in groups
    ]
    for group, mask in groups.items():
        if group not in names:
            near = get_close_matches(group, names, 1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            expected = f"no layer is called {group!r}, as a group of cells is{hint}"
            problems.append(_problem(path, expected))
            continue
        if (layer_of_cell[mask] >= 0).any():
            problems.append(_problem(path, f"some cells of {group!r} are in another layer too"))
        layer_of_cell[mask] = list(names).index(group)
    if problems:
        raise MeshError(problems)
    return layer_of_cell


def _flat(path: Path, points: NDArray[np.float64], dimension: int) -> NDArray[np.float64]:
    """The first coordinates; the others must not vary."""
    extent = np.ptp(points, axis=0)
    if (extent[dimension:] > 1e-10 * extent.max(initial=0.0)).any():
        axes = "the x axis" if dimension == 1 else "a plane z = constant"
        raise _refuse(path, f"a {dimension}D mesh must lie in {axes}")
    return np.ascontiguousarray(points[:, :dimension], dtype=np.float64)


def _facet_groups(mesh: Any, dimension: int, used: NDArray) -> dict[str, NDArray[np.int64]]:
    blocks = [block.data for block in mesh.cells if DIMENSIONS.get(block.type) == dimension]
    groups = _groups(mesh, dimension)
    if not groups:
        return {}
    facets = np.searchsorted(used, np.concatenate(blocks))
    return {name: facets[mask].astype(np.int64) for name, mask in groups.items()}


def _problem(path: Path, message: str) -> Problem:
    return Problem("mesh.file", f"{path}: {message}")


def _refuse(path: Path, message: str) -> MeshError:
    return MeshError([_problem(path, message)])
