# SPDX-License-Identifier: MIT
"""``fields.pvd``: a result for ParaView, one named block a layer, with true jumps between them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from xml.etree import ElementTree

import meshio
import numpy as np
from numpy.typing import NDArray

from fem_sf.output.files import replacing
from fem_sf.study.results import LayerFields

_CELL_TYPES = {(1, 2): "line", (2, 3): "triangle", (2, 4): "quad", (3, 4): "tetra"}
"""Names by (dimension, vertices)."""


def write_fields(layers: Mapping[str, LayerFields], folder: Path) -> None:
    """Write ``fields_<number>_<layer>.vtu`` for every layer, and ``fields.pvd`` that joins them.

    Every column is a real array at the points; columns that are components (``dM_x``, …) are
    there as a vector (``dM``) too. The number of the layer is the cell array ``layer``.
    """
    files = {}
    for number, (name, fields) in enumerate(layers.items()):
        files[name] = f"fields_{number}_{_file_safe(name)}.vtu"
        with replacing(folder / files[name]) as draft:
            # named, because a draft's name is no place to guess the format from
            meshio.write(draft, layer_mesh(fields, number), file_format="vtu")
    with replacing(folder / "fields.pvd") as draft:
        _collection(files.items()).write(draft, encoding="utf-8", xml_declaration=True)
    for stale in set(folder.glob("fields_*.vtu")) - {folder / file for file in files.values()}:
        stale.unlink()


def _file_safe(name: str) -> str:
    """Rid a layer's name of what file systems and ParaView's path handling dislike."""
    return re.sub(r"[^A-Za-z0-9.-]", "_", name)


def layer_mesh(fields: LayerFields, number: int) -> meshio.Mesh:
    """One layer in meshio's terms: points in 3D, linear cells, arrays at the points."""
    dimension = fields.points.shape[1]
    points = np.zeros((len(fields.points), 3))
    points[:, :dimension] = fields.points
    cell_type = _CELL_TYPES[dimension, fields.cells.shape[1]]
    return meshio.Mesh(
        points,
        [(cell_type, fields.cells)],
        point_data={**fields.values, **_vectors(fields.values)},
        cell_data={"layer": [np.full(len(fields.cells), number, dtype=np.int32)]},
    )


def _vectors(values: Mapping[str, NDArray[np.float64]]) -> dict[str, NDArray[np.float64]]:
    """Arrays of shape (n, 3) for all columns that come as ``name_x, name_y, name_z``."""
    names = [name.removesuffix("_x") for name in values if name.endswith("_x")]
    return {name: np.column_stack([values[f"{name}_{axis}"] for axis in "xyz"]) for name in names}


def _collection(files: Iterable[tuple[str, str]]) -> ElementTree.ElementTree:
    """XML of a ParaView collection, from (name, file) of its blocks."""
    root = ElementTree.Element(
        "VTKFile", type="Collection", version="0.1", byte_order="LittleEndian"
    )
    collection = ElementTree.SubElement(root, "Collection")
    for part, (name, file) in enumerate(files):
        ElementTree.SubElement(
            collection, "DataSet", timestep="0", part=str(part), name=name, file=file
        )
    tree = ElementTree.ElementTree(root)
    ElementTree.indent(tree)
    return tree
