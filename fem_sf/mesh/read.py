# SPDX-License-Identifier: MIT
"""Reads meshes from all files that meshio knows and that name their layers."""

from __future__ import annotations

import contextlib
import io
import mmap
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

import meshio
import numpy as np
from numpy.typing import NDArray

from fem_sf.errors import MeshError, Problem
from fem_sf.limits import LARGEST_MESH_FILE
from fem_sf.mesh.geometry import FROM_CYCLIC, Cell, Geometry
from fem_sf.words import shorten, spell

_CELLS: dict[str, Cell] = {
    "line": "interval",
    "triangle": "triangle",
    "quad": "quadrilateral",
    "tetra": "tetrahedron",
}
_GMSH_TAG = "gmsh:physical"
_MED_TAG = "cell_tags"
_NAME_SEPARATORS = "-_#+/"
"""What meshio joins names with that become the name of an array of numbers."""

_FARTHEST = 1e30
"""Coordinates whose powers are still numbers."""

_LONGEST_REASON = 300
"""Characters of what meshio says."""

_FLATNESS = 1e-9
"""How far points may lie off their plane or line, over the extent of the mesh."""

_PHYSICAL = "physical groups"
"""What messages call the numbers of Gmsh's groups."""

_SHOWN = 20
"""Integers that a message shows at most."""

Groups = dict[str, list[NDArray[np.bool_]]]
"""Named groups: for every block of cells, which of its cells belong to it."""

Numbers = dict[str, list[NDArray[np.int64]]]
"""Arrays of integers of cells that have no names, by block."""


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
        raise _error(
            path,
            "it couples boundaries to each other ($Periodic), which would be open here; periodic "
            "stacks are not available, so save the mesh without (in Gmsh: no Periodic Curve)",
        )
    groups = _named_groups(mesh, stack_names, names or {}, path)
    blocks = [i for i, block in enumerate(mesh.cells) if block.type == kind]
    cells = np.concatenate([mesh.cells[i].data for i in blocks]).astype(np.int64)
    if kind == "quad":
        cells = cells[:, FROM_CYCLIC]
    layers, layer_of_cell = _layers(
        mesh,
        {name: np.concatenate([flags[i] for i in blocks]) for name, flags in groups.items()},
        _group_names(mesh, groups, dimension),
        stack_names,
        path,
    )
    used, cells = np.unique(cells, return_inverse=True)
    missing = [
        _without_cells(name, layers, dimension, path) for name in stack_names if name not in layers
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


def _error(path: Path, message: str) -> MeshError:
    return MeshError([Problem("mesh.file", f"{path}: {message}")])


def _check_file(path: Path) -> None:
    """Whether something can be read from there at all, and not without end."""
    try:
        status = path.stat()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _error(path, f"cannot be read: {reason}") from None
    if not stat.S_ISREG(status.st_mode):
        raise _error(path, "is no file; expected a mesh file")
    if status.st_size > LARGEST_MESH_FILE:
        size = f"{status.st_size / 1e9:.3g} GB, expected at most {LARGEST_MESH_FILE / 1e9:g} GB"
        raise _error(path, f"has {size}; make a coarser mesh")


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
    if _GMSH_TAG in reason:
        raise _error(
            path,
            "some cells belong to no physical group; put every layer into one, and save only "
            "these (in Gmsh: Mesh.SaveAll = 0)",
        )
    if "parametric" in reason:
        raise _error(
            path, "parametric nodes cannot be read; save without them (Mesh.SaveParametric = 0)"
        )
    if _has_section(path, "PartitionedEntities"):
        raise _error(
            path,
            "a mesh in partitions cannot be read; save it in one piece, it is distributed when it "
            "is solved (in Gmsh: Unpartition, or do not call partition)",
        )
    if "one grid" in reason:
        raise _error(
            path,
            "an XDMF file of several grids, as DOLFINx writes a mesh with its tags, cannot be "
            "read; save the mesh and the tags of its cells in one grid (meshio.Mesh(points, cells, "
            "cell_data) written as .vtu or .xdmf), or keep the .msh file that it came from",
        )
    detail = f" ({shorten(reason, _LONGEST_REASON)})" if reason else ""
    raise _error(
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
        raise _error(
            path,
            "there are no cells in it; mesh the layers before saving, and give each a physical "
            "group of surfaces (2D) or volumes (3D)",
        )
    if len(types) > 1:
        raise _error(
            path,
            f"it mixes {' and '.join(types)} cells; all cells of a mesh have to be of one kind "
            "(in Gmsh: recombine all surfaces or none)",
        )
    (kind,) = types
    if kind in _CELLS:
        return kind
    if kind.rstrip("0123456789") in _CELLS:
        raise _error(
            path,
            f"its cells ({kind}) are of higher order; save straight ones "
            "(in Gmsh: Mesh.ElementOrder = 1), the degree of the solution is set in the case",
        )
    raise _error(
        path,
        f"{kind} cells are not supported; a mesh consists of lines, triangles, quadrilaterals or "
        "tetrahedra",
    )


def _named_groups(
    mesh: meshio.Mesh, stack_names: Sequence[str], names: Mapping[int, str], path: Path
) -> Groups:
    groups: Groups = {}
    numbers: Numbers = {}
    for name, members in chain(
        _memberships(mesh, stack_names, numbers), _numbered_groups(mesh, names, numbers, path)
    ):
        known = groups.get(name)
        groups[name] = [a | b for a, b in zip(known, members, strict=True)] if known else members
    return groups


def _numbered_groups(
    mesh: meshio.Mesh, names: Mapping[int, str], numbers: Numbers, path: Path
) -> Iterator[tuple[str, list[NDArray[np.bool_]]]]:
    """Groups of which the file has only numbers, once these have names."""
    if not names:
        return
    values: dict[str, set[int]] = {
        key: set(map(int, np.unique(np.concatenate(arrays)))) for key, arrays in numbers.items()
    }
    fitting = [key for key, each in values.items() if names.keys() <= each]
    if len(fitting) != 1:
        there = "; ".join(
            f"{key} has {', '.join(map(str, sorted(each)[:_SHOWN]))}"
            for key, each in values.items()
        )
        found = f"the integers of its cells: {there}" if there else "no cells have integers"
        many = "more than one array has" if fitting else "no array of integers has"
        wanted = ", ".join(map(str, sorted(names)))
        raise MeshError([Problem("mesh.names", f"{path}: {many} all of {wanted}; {found}")])
    (key,) = fitting
    for tag in sorted(values[key] - {0} if key == _PHYSICAL else values[key]):
        yield names.get(int(tag), str(tag)), [each == tag for each in numbers[key]]


def _some(tags: Iterable[int]) -> str:
    first = sorted(tags)[: _SHOWN + 1]
    return ", ".join(map(str, first[:_SHOWN])) + (", …" if len(first) > _SHOWN else "")


def _memberships(
    mesh: meshio.Mesh, stack_names: Sequence[str], numbers: Numbers
) -> Iterator[tuple[str, list[NDArray[np.bool_]]]]:
    """Named groups from every place where formats keep them; a name can come several times.

    Arrays of integers without names go into ``numbers``.
    """
    for name, members in mesh.cell_sets.items():
        if not name.startswith("gmsh:"):
            yield (
                name,
                [
                    _flags(len(block), indices)
                    for block, indices in zip(mesh.cells, members, strict=True)
                ],
            )
    yield from _physical_groups(mesh, numbers)
    for tag, names in getattr(mesh, _MED_TAG, {}).items():
        for name in names:
            yield name.strip("\x00 "), [tags == tag for tags in mesh.cell_data[_MED_TAG]]
    for key, arrays in mesh.cell_data.items():
        if key in (_GMSH_TAG, _MED_TAG) or any(values.dtype.kind not in "iu" for values in arrays):
            continue
        joined = _joined_names(key, arrays, stack_names)
        for i, name in enumerate(joined):
            yield name, [values == i for values in arrays]
        if not joined and not key.startswith("gmsh:"):
            numbers[key] = [np.ravel(values) for values in arrays]


def _physical_groups(
    mesh: meshio.Mesh, numbers: Numbers
) -> Iterator[tuple[str, list[NDArray[np.bool_]]]]:
    tags = mesh.cell_data.get(_GMSH_TAG)
    if tags is None:
        return
    names = {(int(dim), int(tag)): name for name, (tag, dim) in mesh.field_data.items()}
    if not names:
        numbers[_PHYSICAL] = [np.abs(values) for values in tags]
    for dim in {block.dim for block in mesh.cells}:
        # the sign of a physical tag is the orientation of a curve or surface
        of_dim = [
            np.where(block.dim == dim, np.abs(values), 0)
            for block, values in zip(mesh.cells, tags, strict=True)
        ]
        for tag in np.unique(np.concatenate(of_dim)):
            if tag:
                name = names.get((dim, int(tag)), str(tag))
                yield name, [values == tag for values in of_dim]


def _flags(count: int, indices: NDArray | None) -> NDArray[np.bool_]:
    flags = np.zeros(count, dtype=bool)
    if indices is not None:
        flags[np.asarray(indices, dtype=np.int64)] = True
    return flags


def _joined_names(key: str, arrays: Sequence[NDArray], stack_names: Sequence[str]) -> Sequence[str]:
    """Names whose places in ``key`` the numbers are; none if these are other numbers."""
    values = np.concatenate(arrays)
    for separator in _NAME_SEPARATORS:
        names = key.split(separator)
        if set(names) & set(stack_names) and values.min() >= -1 and values.max() < len(names):
            return names
    return ()


def _group_names(mesh: meshio.Mesh, groups: Groups, dimension: int) -> list[str]:
    """Names of all groups of cells, also of empty ones; groups of facets are not among them."""
    of_cells = [
        name
        for name, flags in groups.items()
        if any(block.dim == dimension and each.any() for block, each in _pairs(mesh, flags))
        or not any(each.any() for each in flags)
    ]
    declared = [name for name, (_, dim) in mesh.field_data.items() if dim == dimension]
    return list(dict.fromkeys([*of_cells, *declared]))


def _pairs(
    mesh: meshio.Mesh, flags: Sequence[NDArray[np.bool_]]
) -> Iterator[tuple[meshio.CellBlock, NDArray[np.bool_]]]:
    return zip(mesh.cells, flags, strict=True)


def _how_to_name(mesh: meshio.Mesh, stack_names: Sequence[str]) -> str:
    if mesh.field_data:
        return (
            f"it declares {', '.join(mesh.field_data)} and no cell is in one of these, as Gmsh "
            "saves with Mesh.SaveAll = 1; save it with Mesh.SaveAll = 0"
        )
    for key, arrays in mesh.cell_data.items():
        tags = np.unique(np.concatenate([np.ravel(each) for each in arrays]))
        if tags.dtype.kind in "iu" and len(tags) <= _SHOWN and not key.startswith("gmsh:"):
            return (
                f"its cells have the integers {', '.join(map(str, tags))} ({key}); say which are "
                f'those of which layer, as in names = {{ {tags[0]} = "{stack_names[0]}" }}'
            )
    return f"give each layer a physical group with its name ({', '.join(stack_names)})"


def _without_cells(name: str, layers: Sequence[str], dimension: int, path: Path) -> Problem:
    """That a layer has no group of cells, where groups of facets seem to have its outline."""
    kind = ("point", "line", "surface", "volume")[dimension]
    return Problem(
        f"layers.{name}",
        f"{path}: no group of {kind}s is called {spell(name)}; its groups of {kind}s: "
        f"{', '.join(layers) or 'none'}; give the layer one (in Gmsh: a Physical "
        f"{kind.capitalize()})",
    )


def _layers(
    mesh: meshio.Mesh,
    members: dict[str, NDArray[np.bool_]],
    group_names: Sequence[str],
    stack_names: Sequence[str],
    path: Path,
) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    """Names of the layers and other groups, and the one that each cell belongs to."""
    if not members:
        raise _error(path, f"it names no groups of cells; {_how_to_name(mesh, stack_names)}")
    count = len(next(iter(members.values())))
    nowhere = np.zeros(count, dtype=bool)
    layers = [name for name in stack_names if name in group_names]
    layer_of_cell = np.full(count, -1, dtype=np.int32)
    problems = []
    for i, name in enumerate(layers):
        of_layer = members.get(name, nowhere)
        for other in np.unique(layer_of_cell[of_layer & (layer_of_cell >= 0)]):
            shared = np.count_nonzero(of_layer & (layer_of_cell == other))
            message = f'cells in both layers "{layers[other]}" and "{name}": {shared}'
            problems.append(Problem("mesh.file", f"{path}: {message}; a cell belongs to one layer"))
        layer_of_cell[of_layer] = i
    if problems:
        raise MeshError(problems)
    for name in group_names:
        rest = members.get(name, nowhere) & (layer_of_cell < 0)
        if rest.any():
            layer_of_cell[rest] = len(layers)
            layers.append(name)
    return tuple(layers), layer_of_cell


def _flat_points(points: NDArray, dimension: int, path: Path) -> NDArray[np.float64]:
    """The first coordinates; the others have to be the same for all points."""
    if not (np.abs(points) <= _FARTHEST).all():
        raise _error(path, f"some coordinates are no numbers, or larger than {_FARTHEST:g}")
    extent = np.ptp(points, axis=0)
    if (extent[dimension:] > _FLATNESS * extent.max()).any():
        what, where, higher = (
            ("lines", "along the x axis", "a group of surfaces")
            if dimension == 1
            else ("surfaces", "in the xy plane", "a group of volumes")
        )
        raise _error(
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
            for block, each in _pairs(mesh, flags)
            if block.dim == dimension - 1 and each.any()
        ]
        if not parts:
            continue
        facets[name] = np.concatenate(parts)
        if (facets[name] < 0).any() and missing:
            raise MeshError(missing)
        if (facets[name] < 0).any():
            raise _error(
                path,
                f'the group "{name}" has facets that belong to no cell; mesh the layers '
                "together with their boundaries",
            )
    return facets
