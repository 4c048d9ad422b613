# SPDX-License-Identifier: MIT
"""Reads meshes from all files that meshio knows and that name their layers."""

from __future__ import annotations

import contextlib
import io
import mmap
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path

import meshio
import numpy as np
from numpy.typing import NDArray

from fem_sf.errors import MeshError, Problem
from fem_sf.limits import LARGEST_MESH_FILE
from fem_sf.mesh.geometry import FROM_CYCLIC, Cell, Geometry
from fem_sf.mesh.groups import (
    GMSH_TAG,
    Groups,
    blocks_with,
    file_error,
    group_names,
    layers_of_cells,
    named_groups,
    without_cells,
)
from fem_sf.words import shorten

_CELLS: dict[str, Cell] = {
    "line": "interval",
    "triangle": "triangle",
    "quad": "quadrilateral",
    "tetra": "tetrahedron",
}
_FARTHEST = 1e30
"""Coordinates whose powers are still numbers."""

_LONGEST_REASON = 300
"""Characters of what meshio says."""

_FLATNESS = 1e-9
"""How far points may lie off their plane or line, over the extent of the mesh."""


def read_geometry(
    path: str | Path,
    stack_names: Sequence[str],
    unit: float = 1.0,
    names: Mapping[int, str] | None = None,
) -> Geometry:
    """Read a mesh whose named groups of cells are the layers of a stack.

    Groups are Gmsh's physical groups (MSH 2.2 and 4.1, text or binary; a group without a name goes
    by its number), cell or element sets (Abaqus and others), families (MED), and what meshio
    makes of sets in formats without them: an array of numbers called by the joined names, such as
    ``S-F``, in VTK and VTU files. Groups of facets are kept under their names. Groups of cells
    that are no layer count only where no layer is.

    Parameters
    ----------
    path
        The file; its ending says the format.
    stack_names
        Names of the layers, in the order of the stack.
    unit
        Length of one unit of the file in ξ0.
    names
        Of groups that the file only has numbers for: of Gmsh's physical groups without a name, or
        the integers of the one array of cells that a file has.

    Returns
    -------
    Geometry
        Points in ξ0; as many coordinates as the cells have dimensions. Unused points are left out.

    Raises
    ------
    MeshError
        If the file cannot be read, couples boundaries periodically, its cells are not all
        intervals, triangles, quadrilaterals or tetrahedra of first order, they are not in the x
        axis or the xy plane, one belongs to two layers, or a number with a name is not there.
        Whether layers, planes and stack agree :func:`fem_sf.mesh.check.check_geometry` sees.
    """
    path = Path(path)
    mesh = _read_file(path)
    kind = _cell_type(mesh, path)
    dimension = _dimension(mesh)
    if _has_section(path, "Periodic"):
        raise file_error(
            path,
            "it couples boundaries to each other ($Periodic), which would be open here; periodic "
            "stacks are not available, so save the mesh without (in Gmsh: no Periodic Curve)",
        )
    groups = named_groups(mesh, stack_names, names or {}, path)
    blocks = [i for i, block in enumerate(mesh.cells) if block.type == kind]
    cells = np.concatenate([mesh.cells[i].data for i in blocks]).astype(np.int64)
    if kind == "quad":
        cells = cells[:, FROM_CYCLIC]
    layers, layer_of_cell = layers_of_cells(
        mesh,
        {name: np.concatenate([flags[i] for i in blocks]) for name, flags in groups.items()},
        group_names(mesh, groups, dimension),
        stack_names,
        path,
    )
    used, cells = np.unique(cells, return_inverse=True)
    missing = [
        without_cells(name, layers, dimension, path) for name in stack_names if name not in layers
    ]
    points = _flat_points(mesh.points[used], dimension, path) * unit
    number = np.full(len(mesh.points), -1)
    number[used] = np.arange(len(used))
    return Geometry(
        _CELLS[kind],
        np.ascontiguousarray(points),
        cells.reshape(len(layer_of_cell), -1),
        layer_of_cell,
        layers,
        _facet_groups(mesh, groups, dimension, number, missing, path),
    )


def _check_file(path: Path) -> None:
    """Whether something can be read from there at all, and not without end."""
    try:
        status = path.stat()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise file_error(path, f"cannot be read: {reason}") from None
    if not stat.S_ISREG(status.st_mode):
        raise file_error(path, "is no file; expected a mesh file")
    if status.st_size > LARGEST_MESH_FILE:
        size = f"{status.st_size / 1e9:.3g} GB, expected at most {LARGEST_MESH_FILE / 1e9:g} GB"
        raise file_error(path, f"has {size}; make a coarser mesh")


def _read_file(path: Path) -> meshio.Mesh:
    _check_file(path)
    # meshio prints what is wrong and then leaves the interpreter
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(io.StringIO()):
            return meshio.read(path)
    except SystemExit:
        reason = said.getvalue().strip()
    except Exception as error:  # its readers raise whatever goes wrong in them
        reason = str(error)
    if GMSH_TAG in reason:
        raise file_error(
            path,
            "some cells belong to no physical group; put every layer into one, and save only "
            "these (in Gmsh: Mesh.SaveAll = 0)",
        )
    if "parametric" in reason:
        raise file_error(
            path, "parametric nodes cannot be read; save without them (Mesh.SaveParametric = 0)"
        )
    if _has_section(path, "PartitionedEntities"):
        raise file_error(
            path,
            "a mesh in partitions cannot be read; save it in one piece, it is distributed when it "
            "is solved (in Gmsh: Unpartition, or do not call partition)",
        )
    if "one grid" in reason:
        raise file_error(
            path,
            "an XDMF file of several grids, as DOLFINx writes a mesh with its tags, cannot be "
            "read; save the mesh and the tags of its cells in one grid (meshio.Mesh(points, cells, "
            "cell_data) written as .vtu or .xdmf), or keep the .msh file that it came from",
        )
    detail = f" ({shorten(reason, _LONGEST_REASON)})" if reason else ""
    raise file_error(
        path,
        f"this is no mesh that can be read{detail}; Gmsh's .msh (4.1 or 2.2, in one piece, of "
        "straight cells) can",
    )


def _has_section(path: Path, name: str) -> bool:
    """Whether a file of Gmsh has a section, which meshio may leave out without a word."""
    if path.suffix != ".msh" or not path.is_file() or not path.stat().st_size:
        return False
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return content.find(f"\n${name}".encode()) >= 0


def _dimension(mesh: meshio.Mesh) -> int:
    return max((block.dim for block in mesh.cells if len(block)), default=0)


def _cell_type(mesh: meshio.Mesh, path: Path) -> str:
    """Meshio's name of the cells of highest dimension."""
    dimension = _dimension(mesh)
    types = sorted({block.type for block in mesh.cells if len(block) and block.dim == dimension})
    if dimension == 0:
        raise file_error(
            path,
            "there are no cells in it; mesh the layers before saving, and give each a physical "
            "group of surfaces (2D) or volumes (3D)",
        )
    if len(types) > 1:
        raise file_error(
            path,
            f"it mixes {' and '.join(types)} cells; all cells of a mesh have to be of one kind "
            "(in Gmsh: recombine all surfaces or none)",
        )
    (kind,) = types
    if kind in _CELLS:
        return kind
    if kind.rstrip("0123456789") in _CELLS:
        raise file_error(
            path,
            f"its cells ({kind}) are of higher order; save straight ones "
            "(in Gmsh: Mesh.ElementOrder = 1), the degree of the solution is set in the case",
        )
    raise file_error(
        path,
        f"{kind} cells are not supported; a mesh consists of lines, triangles, quadrilaterals or "
        "tetrahedra",
    )


def _flat_points(points: NDArray, dimension: int, path: Path) -> NDArray[np.float64]:
    """The first coordinates; the others have to be the same for all points."""
    if not (np.abs(points) <= _FARTHEST).all():
        raise file_error(path, f"some coordinates are no numbers, or larger than {_FARTHEST:g}")
    extent = np.ptp(points, axis=0)
    if (extent[dimension:] > _FLATNESS * extent.max()).any():
        what, where, higher = (
            ("lines", "along the x axis", "a group of surfaces")
            if dimension == 1
            else ("surfaces", "in the xy plane", "a group of volumes")
        )
        raise file_error(
            path,
            f"its cells are {what} that do not lie {where}; turn the mesh there, or, if layers "
            f"are missing, give each {higher}",
        )
    return np.asarray(points[:, :dimension], dtype=np.float64)


def _facet_groups(
    mesh: meshio.Mesh,
    groups: Groups,
    dimension: int,
    number: NDArray[np.int64],
    missing: Sequence[Problem],
    path: Path,
) -> dict[str, NDArray[np.int64]]:
    facets: dict[str, NDArray[np.int64]] = {}
    for name, flags in groups.items():
        parts = [
            number[block.data[each]]
            for block, each in blocks_with(mesh, flags)
            if block.dim == dimension - 1 and each.any()
        ]
        if not parts:
            continue
        facets[name] = np.concatenate(parts)
        if (facets[name] < 0).any() and missing:
            raise MeshError(missing)
        if (facets[name] < 0).any():
            raise file_error(
                path,
                f'the group "{name}" has facets that belong to no cell; mesh the layers '
                "together with their boundaries",
            )
    return facets
