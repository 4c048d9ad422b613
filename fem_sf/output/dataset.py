# SPDX-License-Identifier: MIT
"""Writes and reads ``result.nc``: all of a result as labelled arrays."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from fem_sf.errors import FemSFError
from fem_sf.output import netcdf
from fem_sf.output.history import history_arrays, read_history
from fem_sf.output.kinds import KINDS
from fem_sf.output.labels import Labels, owners_of, unstacked
from fem_sf.output.spectra import read_spectra, spectra_arrays
from fem_sf.output.summary import summary_text
from fem_sf.study.results import (
    AMPLITUDE_COLUMNS,
    IMAGINARY_COLUMNS,
    History,
    LayerFields,
    Spectrum,
    SpinResult,
    UsadelResult,
)

FILE = "result.nc"
"""Its name in the folder of a result."""

AT_OMEGA = "_at_omega"
"""Ending of the variables at chosen frequencies."""

_NO_VERTEX = -1


@dataclass(frozen=True)
class StoredResult:
    """What a folder says about a solved case.

    Parameters
    ----------
    title
        What pictures and tables are headed with.
    text
        The case file as it was read; empty for a case that was made in Python.
    layers, probes
        Observables by layer, at the nodes and at the asked positions, as in the result.
    summary
        What was in the summary when the fields were written.
    frequencies
        ω in Tc of the layers' amplitudes.
    kind
        Of the case.
    history
        Of a run in time, else ``None``.
    spectra
        Densities of states.
    """

    title: str
    text: str
    layers: dict[str, LayerFields]
    probes: dict[str, LayerFields]
    summary: dict[str, Any]
    frequencies: tuple[float, ...] = ()
    kind: str = "usadel"
    history: History | None = None
    spectra: tuple[Spectrum, ...] = ()


def to_dataset(result: UsadelResult | SpinResult) -> xr.Dataset:
    """Label a result as one flat dataset.

    Returns
    -------
    xarray.Dataset
        Dimension ``node`` holds the nodes of all layers one after the other, so that both sides
        of an interface appear; coordinates ``layer``, ``x`` (and ``y``) tell which is which.
        ``cells`` (cell, vertex) are the linear cells as positions along ``node``, filled up with
        −1. The amplitudes at chosen frequencies are variables such as ``singlet_at_omega``
        (omega, node). Probes are variables ``probe_…`` along ``probe``. ``material`` is labelled by
        ``layer_name``. Densities of states add what `spectra_arrays` makes, a run in time what
        `history_arrays` makes. With the SI scales known, columns such as ``x_nm`` are appended. The
        attributes hold the case's text and the summary and versions as JSON.
    """
    case, kind = result.case, KINDS[result.case.kind]
    labels = Labels(kind.quantities(case), kind.si_columns, case.scales)
    dataset = _points(result.layers, labels, "node", "")
    dataset["cells"] = (("cell", "vertex"), _join_cells(result.layers))
    dataset["cells"].attrs["long_name"] = "positions along node of the vertices of each cell"
    amplitudes = [each.amplitudes for each in result.layers.values()]
    if any(amplitudes):
        dataset = dataset.assign_coords(labels.axis("omega", case.output.frequencies))
        dataset = dataset.assign(labels.stacked(amplitudes, AT_OMEGA, ("omega", "node")))
    if result.probes:
        dataset = dataset.merge(_points(result.probes, labels, "probe", "probe_"))
    if result.spectra:
        dataset = dataset.merge(spectra_arrays(result.spectra, result.layers, labels))
    if result.history is not None:
        owners = list(result.layers), list(result.probes)
        dataset = dataset.merge(history_arrays(result.history, labels, *owners))
    names = list(result.layers)
    materials = [case.stack.layer(name).material.kind for name in names]
    dataset = dataset.assign_coords(layer_name=names)
    dataset["material"] = ("layer_name", materials)
    dataset.attrs = {
        "title": case.title,
        "name": case.name,
        "kind": case.kind,
        **kind.attributes(case),
        "case": case.text,
        "summary": summary_text(result.summary),
        "versions": summary_text(result.summary.get("versions", {})),
    }
    return dataset


def _points(
    layers: Mapping[str, LayerFields], labels: Labels, dimension: str, prefix: str
) -> xr.Dataset:
    """Positions and observables of all layers along one dimension."""
    fields = list(layers.values())
    points = np.concatenate([each.points for each in fields])
    columns = {axis: points[:, i] for i, axis in enumerate("xyz"[: points.shape[1]])}
    coordinates = {f"{prefix}layer", *(f"{prefix}{axis}" for axis in columns)}
    for name in fields[0].values:
        columns[name] = np.concatenate([each.values[name] for each in fields])
    owners = [name for name, each in layers.items() for _ in range(len(each.points))]
    variables: dict[str, Any] = {f"{prefix}layer": (dimension, owners, {"long_name": "layer"})}
    variables |= labels.variables(columns, (dimension,), prefix)
    return xr.Dataset(variables).set_coords(coordinates)


def _join_cells(layers: Mapping[str, LayerFields]) -> np.ndarray:
    """Cells of all layers with vertices counted through; shape (cells, most vertices of a cell)."""
    width = max(each.cells.shape[1] for each in layers.values())
    joined, offset = [], 0
    for each in layers.values():
        padding = ((0, 0), (0, width - each.cells.shape[1]))
        joined.append(np.pad(each.cells + offset, padding, constant_values=_NO_VERTEX))
        offset += len(each.points)
    return np.concatenate(joined)


def layer_fields(dataset: xr.Dataset) -> dict[str, LayerFields]:
    """Layers of a dataset as they were in the result, without the SI columns."""
    return _split(dataset, "layer", "", dataset["cells"].values)


def probe_fields(dataset: xr.Dataset) -> dict[str, LayerFields]:
    """Probes of a dataset as they were in the result, without the SI columns."""
    if "probe" not in dataset.dims:
        return {}
    return _split(dataset, "probe_layer", "probe_", np.empty((0, 1), dtype=np.int64))


def _split(
    dataset: xr.Dataset, label: str, prefix: str, cells: np.ndarray
) -> dict[str, LayerFields]:
    axes = [axis for axis in "xyz" if prefix + axis in dataset]
    columns = [name for name in KINDS[dataset.attrs["kind"]].columns if prefix + name in dataset]
    amplitudes = (*AMPLITUDE_COLUMNS, *IMAGINARY_COLUMNS)
    fields = {}
    for name, nodes in owners_of(dataset, label).items():
        own = cells[(cells[:, 0] >= nodes[0]) & (cells[:, 0] <= nodes[-1])]
        fields[name] = LayerFields(
            points=np.column_stack([dataset[prefix + axis].values[nodes] for axis in axes]),
            cells=own[:, (own != _NO_VERTEX).all(axis=0)] - nodes[0],
            values={column: dataset[prefix + column].values[nodes] for column in columns},
            amplitudes=unstacked(dataset, amplitudes, AT_OMEGA, nodes, prefix),
        )
    return fields


def write_dataset(dataset: xr.Dataset, folder: Path) -> None:
    """Write ``result.nc``; ``xarray.open_dataset`` reads it."""
    netcdf.save(dataset, folder / FILE)


def load_dataset(folder: Path | str) -> xr.Dataset:
    """Read the labelled arrays of a folder into memory.

    Parameters
    ----------
    folder
        Where a result was written to.

    Raises
    ------
    FemSFError
        If there is no result in the folder, or a damaged one.
    """
    path = Path(folder) / FILE
    if not path.is_file():
        raise FemSFError(
            f"{folder} holds no result: {FILE} is missing; run the case with --out {folder} first"
        )
    dataset = netcdf.load(path)
    if dataset.attrs.get("kind") not in KINDS:
        raise FemSFError(f"{path} is no result of fem_sf: it says nothing of a kind of case")
    return dataset


def load_result(folder: Path | str) -> StoredResult:
    """Read what a folder says about a solved case.

    Parameters
    ----------
    folder
        Where a result was written to.

    Raises
    ------
    FemSFError
        If there is no result in the folder, or a damaged one.
    """
    dataset = load_dataset(folder)
    with netcdf.damage_told(Path(folder) / FILE):
        return _stored(dataset)


def _stored(dataset: xr.Dataset) -> StoredResult:
    frequencies = dataset["omega"].values if "omega" in dataset else np.empty(0)
    kind = KINDS[dataset.attrs["kind"]]
    return StoredResult(
        title=dataset.attrs["title"],
        text=dataset.attrs["case"],
        layers=layer_fields(dataset),
        probes=probe_fields(dataset),
        summary=json.loads(dataset.attrs["summary"]),
        frequencies=tuple(map(float, frequencies)),
        kind=kind.name,
        spectra=read_spectra(dataset),
        history=read_history(dataset, kind.columns, [each.name for each in kind.si_columns]),
    )
