# SPDX-License-Identifier: MIT
"""Turns a run in time into labelled arrays, and back."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr

from fem_sf.output.labels import Columns, Labels, owners_of, unstacked
from fem_sf.study.results import History

AT_TIME = "_at_time"
"""Ending of the variables at the times of the snapshots."""

AT_INTERFACE = "interface_"
"""Beginning of the variables at interfaces."""


def history_arrays(
    history: History, labels: Labels, layers: Sequence[str], probes: Sequence[str]
) -> xr.Dataset:
    """Label a run in time.

    Parameters
    ----------
    history
        The run.
    labels
        Of its quantities.
    layers, probes
        Names in the order of the dimensions ``node`` and ``probe``.

    Returns
    -------
    xarray.Dataset
        Along ``time``: ``drive``, ``energy``, ``total_current``. Along ``interface`` and ``time``:
        ``interface_J``, ``interface_JM_left_x``, …. Along ``snapshot_time`` and ``node`` or
        ``probe``, where profiles were kept: ``V_at_time``, ``probe_V_at_time``, ….
    """
    variables = labels.variables(
        {name: values for name, values in history.values.items() if "." not in name}, ("time",)
    )
    coordinates = labels.axis("time", history.times)
    at_interfaces = by_interface(history)
    if at_interfaces:
        coordinates["interface"] = ("interface", list(at_interfaces))
        joined = {
            name: np.stack([each[name] for each in at_interfaces.values()])
            for name in next(iter(at_interfaces.values()))
        }
        variables |= labels.variables(joined, ("interface", "time"), AT_INTERFACE)
    if len(history.snapshot_times):
        coordinates |= labels.axis("snapshot_time", history.snapshot_times)
        for kept, names, dimension, prefix in (
            (history.snapshots, layers, "node", ""),
            (history.probes, probes, "probe", "probe_"),
        ):
            if names and kept:
                owners = [kept[name] for name in names]
                dimensions = ("snapshot_time", dimension)
                variables |= labels.stacked(owners, AT_TIME, dimensions, prefix)
    return xr.Dataset(variables, coordinates)


def by_interface(history: History) -> dict[str, Columns]:
    """Values at interfaces, by ``left|right`` and then by quantity."""
    interfaces: dict[str, dict] = {}
    for name, values in history.values.items():
        interface, dot, quantity = name.rpartition(".")
        if dot:
            interfaces.setdefault(interface, {})[quantity] = values
    return dict(interfaces)


def time_columns(dataset: xr.Dataset) -> dict[str, np.ndarray]:
    """Columns along ``time``: common ones, then those of each interface as ``left|right.name``."""
    names = [str(name) for name in (*dataset.coords, *dataset.data_vars)]
    columns = {name: dataset[name].values for name in names if dataset[name].dims == ("time",)}
    at_interfaces = [name for name in names if dataset[name].dims == ("interface", "time")]
    for i, interface in enumerate(dataset["interface"].values if at_interfaces else ()):
        for name in at_interfaces:
            columns[f"{interface}.{name.removeprefix(AT_INTERFACE)}"] = dataset[name].values[i]
    return columns


def read_history(
    dataset: xr.Dataset, columns: Sequence[str], repeated: Sequence[str]
) -> History | None:
    """What `history_arrays` labelled; ``None`` where nothing was.

    Parameters
    ----------
    dataset
        The result.
    columns
        Names of the observables at nodes.
    repeated
        Names of the columns that repeat others in SI units.
    """
    if "time" not in dataset.dims:
        return None
    values = {
        name: each
        for name, each in time_columns(dataset).items()
        if name.rpartition(".")[2] not in ("time", *repeated)
    }
    kept = "snapshot_time" in dataset.dims
    snapshots, probes = (
        _snapshots(dataset, columns, label, prefix) if kept and label in dataset else {}
        for label, prefix in (("layer", ""), ("probe_layer", "probe_"))
    )
    return History(
        times=dataset["time"].values,
        values=values,
        snapshot_times=dataset["snapshot_time"].values if kept else np.empty(0),
        snapshots=snapshots,
        probes=probes,
    )


def _snapshots(
    dataset: xr.Dataset, columns: Sequence[str], label: str, prefix: str
) -> dict[str, dict[str, np.ndarray]]:
    return {
        name: unstacked(dataset, columns, AT_TIME, places, prefix)
        for name, places in owners_of(dataset, label).items()
    }
