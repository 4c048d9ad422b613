# SPDX-License-Identifier: MIT
"""Finds which cells of a mesh file belong to which layer, by the groups of its format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

import meshio
import numpy as np
from numpy.typing import NDArray

from fem_sf.errors import MeshError, Problem
from fem_sf.words import spell

GMSH_TAG = "gmsh:physical"
_MED_TAG = "cell_tags"

_NAME_SEPARATORS = "-_#+/"
"""What meshio joins names with that become the name of an array of numbers."""

_PHYSICAL = "physical groups"
"""What messages call the numbers of Gmsh's groups."""

_SHOWN = 20
"""Integers that a message shows at most."""

Numbers = dict[str, list[NDArray[np.int64]]]
"""Arrays of integers of cells that have no names, by block."""

Groups = dict[str, list[NDArray[np.bool_]]]
"""Named groups: for every block of cells, which of its cells belong to it."""


def file_error(path: Path, message: str) -> MeshError:
    """What is wrong with a mesh file."""
    return MeshError([Problem("mesh.file", f"{path}: {message}")])


def named_groups(
    mesh: meshio.Mesh, stack_names: Sequence[str], names: Mapping[int, str], path: Path
) -> Groups:
    """All groups of cells and facets that have a name, in the file or from ``names``.

    Raises
    ------
    MeshError
        If a number with a name is not there, or groups cannot be told apart.
    """
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
        if key in (GMSH_TAG, _MED_TAG) or any(values.dtype.kind not in "iu" for values in arrays):
            continue
        joined = _joined_names(key, arrays, stack_names)
        for i, name in enumerate(joined):
            yield name, [values == i for values in arrays]
        if not joined and not key.startswith("gmsh:"):
            numbers[key] = [np.ravel(values) for values in arrays]


def _physical_groups(
    mesh: meshio.Mesh, numbers: Numbers
) -> Iterator[tuple[str, list[NDArray[np.bool_]]]]:
    tags = mesh.cell_data.get(GMSH_TAG)
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


def group_names(mesh: meshio.Mesh, groups: Groups, dimension: int) -> list[str]:
    """Names of all groups of cells, also of empty ones; groups of facets are not among them."""
    of_cells = [
        name
        for name, flags in groups.items()
        if any(block.dim == dimension and each.any() for block, each in blocks_with(mesh, flags))
        or not any(each.any() for each in flags)
    ]
    declared = [name for name, (_, dim) in mesh.field_data.items() if dim == dimension]
    return list(dict.fromkeys([*of_cells, *declared]))


def blocks_with(
    mesh: meshio.Mesh, flags: Sequence[NDArray[np.bool_]]
) -> Iterator[tuple[meshio.CellBlock, NDArray[np.bool_]]]:
    """Blocks of cells, each with which of its cells belong to a group."""
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


def without_cells(name: str, layers: Sequence[str], dimension: int, path: Path) -> Problem:
    """That a layer has no group of cells, where groups of facets seem to have its outline."""
    kind = ("point", "line", "surface", "volume")[dimension]
    return Problem(
        f"layers.{name}",
        f"{path}: no group of {kind}s is called {spell(name)}; its groups of {kind}s: "
        f"{', '.join(layers) or 'none'}; give the layer one (in Gmsh: a Physical "
        f"{kind.capitalize()})",
    )


def layers_of_cells(
    mesh: meshio.Mesh,
    members: dict[str, NDArray[np.bool_]],
    group_names: Sequence[str],
    stack_names: Sequence[str],
    path: Path,
) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    """Names of the layers and other groups, and the one that each cell belongs to."""
    if not members:
        raise file_error(path, f"it names no groups of cells; {_how_to_name(mesh, stack_names)}")
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
