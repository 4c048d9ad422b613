# SPDX-License-Identifier: MIT
"""Writes ``fields.pvd`` for ParaView: a named block for each layer, with jumps between them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from xml.etree import ElementTree

import meshio
import numpy as np
from numpy.typing import NDArray

from fem_sf.files import replacing
from fem_sf.study.results import History, LayerFields

_CELL_TYPES = {(1, 2): "line", (2, 3): "triangle", (2, 4): "quad", (3, 4): "tetra"}
"""Names by (dimension, vertices)."""


def write_fields(
    layers: Mapping[str, LayerFields], folder: Path, history: History | None = None
) -> None:
    """Write ``fields_<number>_<layer>.vtu`` for every layer, and ``fields.pvd`` that joins them.

    Every column is a real array at the points; columns that are components (``dM_x``, …) are
    there as a vector (``dM``) too, and those along and across the stack (``J``, ``J_across``) as
    ``J_vector``. The number of the layer is the cell array ``layer``.

    Parameters
    ----------
    layers
        By name; of a run in time, at its end.
    folder
        Where to.
    history
        Of a run in time: ``fields_<number>_<layer>_<snapshot>.vtu`` are its earlier snapshots.
    """
    blocks: list[Block] = []
    for number, (name, fields) in enumerate(layers.items()):
        file = f"fields_{number}_{_file_safe(name)}"
        for step, (time, values) in enumerate(_snapshots(history, name)):
            block = Block(time, number, name, f"{file}_{step}.vtu")
            _write_block(replace(fields, values=values), block, folder)
            blocks.append(block)
        end = float(history.times[-1]) if history else 0.0
        blocks.append(Block(end, number, name, f"{file}.vtu"))
        _write_block(fields, blocks[-1], folder)
    with replacing(folder / "fields.pvd") as draft:
        _collection(blocks).write(draft, encoding="utf-8", xml_declaration=True)
    for stale in set(folder.glob("fields_*.vtu")) - {folder / block.file for block in blocks}:
        stale.unlink()


@dataclass(frozen=True)
class Block:
    """A layer at a time, and the file that it is in."""

    time: float
    number: int
    layer: str
    file: str


def _snapshots(
    history: History | None, layer: str
) -> Iterator[tuple[float, dict[str, NDArray[np.float64]]]]:
    """Times and columns of a layer at the snapshots before the end."""
    if history is None:
        return
    for step, time in enumerate(history.snapshot_times):
        if time < history.times[-1]:
            columns = history.snapshots[layer].items()
            yield float(time), {name: values[step] for name, values in columns}


def _write_block(fields: LayerFields, block: Block, folder: Path) -> None:
    with replacing(folder / block.file) as draft:
        # named, because a draft's name is no place to guess the format from
        meshio.write(draft, layer_mesh(fields, block.number), file_format="vtu")


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
    """Arrays of shape (n, 3) of spin vectors, ``name_x, …``, and of ``name, name_across``."""
    spin = [name.removesuffix("_x") for name in values if name.endswith("_x")]
    space = [name for name in values if f"{name}_across" in values]
    return {
        **{name: np.column_stack([values[f"{name}_{axis}"] for axis in "xyz"]) for name in spin},
        **{
            f"{name}_vector": np.column_stack(
                [values[name], values[f"{name}_across"], np.zeros(len(values[name]))]
            )
            for name in space
        },
    }


def _collection(blocks: Iterable[Block]) -> ElementTree.ElementTree:
    """XML of a ParaView collection."""
    root = ElementTree.Element(
        "VTKFile", type="Collection", version="0.1", byte_order="LittleEndian"
    )
    collection = ElementTree.SubElement(root, "Collection")
    for block in sorted(blocks, key=lambda each: (each.time, each.number)):
        ElementTree.SubElement(
            collection,
            "DataSet",
            timestep=f"{block.time:.17g}",
            part=str(block.number),
            name=block.layer,
            file=block.file,
        )
    tree = ElementTree.ElementTree(root)
    ElementTree.indent(tree)
    return tree
