# SPDX-License-Identifier: MIT
"""Hides what differs between dolfinx 0.9, 0.10 and 0.11, and checks that one is there.

The rest of the package never asks for a version. Assembly goes straight to dolfinx' compiled
functions, because the Python layer above them costs more than a one-dimensional assembly itself.
"""

from __future__ import annotations

import sysconfig
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fem_sf.errors import HOW_TO_GET, FemSFError, MissingDependency, reason_of
from fem_sf.kernels import kernel_folder, kernel_name, no_place

HOW_TO_CHOOSE = (
    "Where a complex build is installed, PETSC_DIR chooses it, "
    "on Debian PETSC_DIR=/usr/lib/petscdir/petsc-complex; spin transport runs with a real one too"
)

# a dolfinx from the Python package index, which has to be told where its libraries are
with suppress(ImportError):
    import dolfinx_solver  # noqa: F401

try:
    import dolfinx
    import dolfinx.fem.petsc
    import dolfinx.jit
    from petsc4py import PETSc
except ImportError as error:
    raise MissingDependency(
        "solving needs dolfinx with PETSc, which Python cannot import here; to get it: "
        f"{HOW_TO_GET}. {HOW_TO_CHOOSE}. The import failed with: {error}"
    ) from error

VERSION = tuple(int(part) for part in dolfinx.__version__.split(".")[:2])
if VERSION < (0, 9):
    raise MissingDependency(
        f"dolfinx 0.9 or newer is needed, and {dolfinx.__version__} is here; to get it: "
        f"{HOW_TO_GET}."
    )

_NAMED_ENTITY_MAPS = VERSION >= (0, 10)
_PARTITIONER_COUNTS_LINKS = VERSION >= (0, 11)
_SEVERAL_CELL_KINDS = VERSION >= (0, 11)
_DEFAULT_MATRIX = (None,) if VERSION >= (0, 10) else ()
_CELLS_PER_FACET = 2
_cpp = dolfinx.cpp


def require_complex() -> None:
    """Refuse a PETSc with real scalars, on which θ_+ cannot live.

    Raises
    ------
    MissingDependency
        Saying how to get or choose the complex build.
    """
    if not np.issubdtype(PETSc.ScalarType, np.complexfloating):
        raise MissingDependency(
            "Usadel's equations need PETSc with complex scalars, and the one here has real ones; "
            f"to get one: {HOW_TO_GET}. {HOW_TO_CHOOSE}."
        )


def create_mesh(comm: Any, cells: NDArray, points: NDArray, element: Any) -> dolfinx.mesh.Mesh:
    """Distribute a mesh with ghost cells across shared facets, as interface terms need them."""
    links = (_CELLS_PER_FACET,) if _PARTITIONER_COUNTS_LINKS else ()
    partitioner = dolfinx.mesh.create_cell_partitioner(dolfinx.mesh.GhostMode.shared_facet, *links)
    if _NAMED_ENTITY_MAPS:
        return dolfinx.mesh.create_mesh(comm, cells, element, points, partitioner)
    return dolfinx.mesh.create_mesh(comm, cells, points, element, partitioner)


def split_edges(
    mesh: dolfinx.mesh.Mesh, cells: NDArray[np.int32]
) -> tuple[dolfinx.mesh.Mesh, NDArray[np.int32]]:
    """Bisect the edges of some cells of a serial mesh; the cell that each new one comes from."""
    dimension = mesh.topology.dim
    mesh.topology.create_entities(1)
    mesh.topology.create_connectivity(dimension, 1)
    mesh.topology.create_connectivity(1, dimension)
    edges = dolfinx.mesh.compute_incident_entities(mesh.topology, cells, dimension, 1)
    option = dolfinx.mesh.RefinementOption.parent_cell
    finer, parents, _ = dolfinx.mesh.refine(mesh, edges, partitioner=None, option=option)
    return finer, parents[finer.topology.original_cell_index]


def cell_shapes(mesh: dolfinx.mesh.Mesh) -> tuple[NDArray[np.int32], Any]:
    """The geometry nodes of every cell, shape (cells, nodes), and the map of the reference cell."""
    geometry = mesh.geometry
    if _SEVERAL_CELL_KINDS:
        return geometry.dofmaps[0], geometry.cmaps[0]
    return geometry.dofmap, geometry.cmap


@dataclass(frozen=True)
class SubMesh:
    """A part of a parent mesh and how their cells correspond.

    Parameters
    ----------
    mesh
        The part as a mesh of its own.
    parent_cells
        Parent cell of every cell of the part, shape (cells,).
    sub_cells
        Cell of the part for every parent cell, −1 outside, shape (parent cells,).
    entity_map
        dolfinx' own record of the same, where it has one.
    parent_nodes
        Node of the parent's geometry for every one of the part's, shape (nodes,).
    """

    mesh: dolfinx.mesh.Mesh
    parent_cells: NDArray[np.int32]
    sub_cells: NDArray[np.int32]
    entity_map: Any
    parent_nodes: NDArray[np.int32]


def create_submesh(parent: dolfinx.mesh.Mesh, cells: NDArray[np.int32]) -> SubMesh:
    """Make a mesh of some cells of a parent, ghosts included."""
    dimension = parent.topology.dim
    mesh, entity_map, _, parent_nodes = dolfinx.mesh.create_submesh(parent, dimension, cells)
    index_map = mesh.topology.index_map(dimension)
    count = index_map.size_local + index_map.num_ghosts
    if _NAMED_ENTITY_MAPS:
        parent_cells = entity_map.sub_topology_to_topology(
            np.arange(count, dtype=np.int32), inverse=False
        )
    else:
        parent_cells = np.asarray(entity_map, dtype=np.int32)
    parent_map = parent.topology.index_map(dimension)
    sub_cells = np.full(parent_map.size_local + parent_map.num_ghosts, -1, dtype=np.int32)
    sub_cells[parent_cells] = np.arange(count, dtype=np.int32)
    return SubMesh(mesh, parent_cells, sub_cells, entity_map, np.asarray(parent_nodes))


def entity_maps(parts: Sequence[SubMesh], facets: Sequence[NDArray[np.int32]]) -> Any:
    """Maps from the parent's cells to each part, in the form that ``form`` takes.

    Parameters
    ----------
    parts
        The meshes of all arguments and coefficients of a form.
    facets
        Integration entities of its interface integrals, each flat
        [cell+, facet+, cell−, facet−, …].

    Notes
    -----
    dolfinx 0.9 reads the map of a part also at the cell on the other side of an interface, where
    it is −1. The neighbour's entry stands in there (only where the entry is −1): the kernel adds
    zeros for it.
    """
    if _NAMED_ENTITY_MAPS:
        return [part.entity_map for part in parts]
    maps = {}
    for part in parts:
        padded = part.sub_cells.copy()
        for entities in facets:
            plus, minus = entities.reshape(-1, 4)[:, (0, 2)].T
            for inside, outside in ((plus, minus), (minus, plus)):
                fill = (part.sub_cells[inside] >= 0) & (part.sub_cells[outside] < 0)
                padded[outside[fill]] = part.sub_cells[inside[fill]]
        maps[part.mesh] = padded
    return maps


def form(expression: Any, maps: Any) -> Any:
    """Compile a UFL form whose arguments and coefficients live on parts of its mesh."""
    return _compiled(expression, maps, {})


def long_form(expression: Any, maps: Any) -> Any:
    """Compile a UFL form with thousands of operations at each quadrature point.

    Debugging information and the second level of optimisation take most of the time that it takes
    to compile one, and nothing of the time that it then runs.
    """
    return _compiled(
        expression,
        maps,
        {"cffi_extra_compile_args": ["-O1", "-g0", *_plain_complex_arithmetic()]},
    )


def _compiled(expression: Any, maps: Any, options: dict[str, Any]) -> Any:
    """Compile a form, or find it where it was kept when it was compiled before."""
    options = _jit_options(options)
    circumstances = {
        **options,
        "dolfinx": dolfinx.__version__,
        "scalar": np.dtype(PETSc.ScalarType).name,
        "python": sysconfig.get_config_var("SOABI"),
    }
    cache = Path(options["cache_dir"]) / "fem_sf"
    (domain,) = expression.subdomain_data()
    name = kernel_name(expression, circumstances)
    with kernel_folder(domain.ufl_cargo().comm, cache, name) as folder:
        options["cache_dir"] = folder
        try:
            compiled: Any = dolfinx.fem.form(expression, jit_options=options, entity_maps=maps)
        except OSError as error:
            raise no_place(cache, error) from error
    # dolfinx does not tell them again, and `block_matrix` asks
    compiled.entity_maps = maps
    return compiled


def _jit_options(options: dict[str, Any]) -> dict[str, Any]:
    """Options of dolfinx' compiler, which may come from a file of the user's."""
    try:
        return dolfinx.jit.get_options(options)
    except OSError as error:
        raise FemSFError(
            f"the options of dolfinx' compiler cannot be read from {error.filename}: "
            f"{reason_of(error)}; XDG_CONFIG_HOME names another folder"
        ) from error


def _plain_complex_arithmetic() -> list[str]:
    """What tells GCC not to look for infinities in every complex product."""
    compiler = sysconfig.get_config_var("CC") or ""
    return ["-fcx-limited-range"] if "gcc" in compiler else []


def parts_of(compiled: Any) -> Sequence[Any]:
    """The forms whose sum is meant: one, or several in a tuple."""
    return compiled if isinstance(compiled, tuple) else (compiled,)


def block_matrix(blocks: Sequence[Sequence[Any]]) -> PETSc.Mat:
    """A PETSc matrix with the sparsity of a rectangular array of compiled bilinear forms.

    The assembly of dolfinx does not look at what PETSc answers, so that an entry which PETSc
    refused would be lost without a word. It makes room for them instead, and counts how often.
    """
    reach = [[None if each is None else _reach(parts_of(each)) for each in row] for row in blocks]
    # the Python layer above it, whose name depends on the version, does no more
    matrix = _cpp.fem.petsc.create_matrix_block(reach, *_DEFAULT_MATRIX)
    matrix.setOption(PETSc.Mat.Option.NEW_NONZERO_ALLOCATION_ERR, False)
    return matrix


def _reach(forms: Sequence[Any]) -> Any:
    """A form without kernels that couples what any of some forms with the same arguments does.

    None of them need reach wherever the others do: two barriers may join the same two conductors,
    and what is missing behind a barrier counts as the first node from dolfinx 0.10 on.
    """
    first, *others = (each._cpp_object for each in forms)
    if not others:
        return first
    integrals: dict[Any, list[tuple[int, int, NDArray, NDArray]]] = {}
    nothing = np.empty(0, dtype=np.int8)
    for each in (first, *others):
        for kind in each.integral_types:
            found = integrals.setdefault(kind, [])
            for i in _integrals_of(each, kind):
                entities = np.ascontiguousarray(each.domains(kind, i).ravel())
                found.append((len(found), 0, entities, nothing))
    maps = forms[0].entity_maps
    if _NAMED_ENTITY_MAPS:
        plain = [each._cpp_object for each in maps]
    else:
        plain = {mesh._cpp_object: each for mesh, each in maps.items()}
    return type(first)(first.function_spaces, integrals, [], [], False, plain, first.mesh)


def _integrals_of(form: Any, kind: Any) -> Sequence[int]:
    """By which numbers a form knows its integrals of one kind."""
    if _NAMED_ENTITY_MAPS:
        return range(form.num_integrals(kind, 0))
    return list(form.integral_ids(kind))


def block_index_sets(spaces: Sequence[Any]) -> list[PETSc.IS]:
    """Local index sets of the blocks in a matrix or vector made of these spaces."""
    maps = [(space.dofmap.index_map, space.dofmap.index_map_bs) for space in spaces]
    return _cpp.la.petsc.create_index_sets(maps)


def assemble_matrix(matrix: PETSc.Mat, compiled: Any) -> None:
    """Add a bilinear form, or several, into a (sub)matrix."""
    for each in parts_of(compiled):
        handle = each._cpp_object
        _cpp.fem.petsc.assemble_matrix(
            matrix,
            handle,
            _cpp.fem.pack_constants(handle),
            _cpp.fem.pack_coefficients(handle),
            [],
            True,
        )


def assemble_vector(array: NDArray, compiled: Any) -> None:
    """Add a linear form, or several, into a local array, ghosts included."""
    for each in parts_of(compiled):
        handle = each._cpp_object
        _cpp.fem.assemble_vector(
            array, handle, _cpp.fem.pack_constants(handle), _cpp.fem.pack_coefficients(handle)
        )


def assemble_scalar(compiled: Any) -> complex:
    """The part of an integral that is this rank's."""
    handle = compiled._cpp_object
    return _cpp.fem.assemble_scalar(
        handle, _cpp.fem.pack_constants(handle), _cpp.fem.pack_coefficients(handle)
    )
