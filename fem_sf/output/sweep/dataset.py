# SPDX-License-Identifier: MIT
"""Makes ``sweep.nc``: the numbers of all points as labelled arrays over the axes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from fem_sf.errors import FemSFError
from fem_sf.output import netcdf
from fem_sf.output.kind import Kind
from fem_sf.output.kinds import KINDS
from fem_sf.output.quantities import Quantity
from fem_sf.output.summary import summary_text
from fem_sf.output.sweep.numbers import COMPONENTS, Variable, variables
from fem_sf.study.sweep.points import Point
from fem_sf.study.versions import versions
from fem_sf.sweeps import Axis, Sweep

FILE = "sweep.nc"
"""Its name in the folder of a sweep."""

_WHETHER = "converged"
_WHY = "message"
_LISTS = ("axes", "layers", "interfaces")
"""Attributes that are lists, also where they have one entry."""


def to_dataset(sweep: Sweep, points: Sequence[Point | None]) -> xr.Dataset:
    """Label the points of a sweep.

    Parameters
    ----------
    sweep
        Its axes and cases.
    points
        One for each case; ``None`` for one that is not there.

    Returns
    -------
    xarray.Dataset
        A dimension for every axis, called like it; variables as in `variables`, vectors with the
        dimension ``component``, probes as in ``probes.S.delta`` with their position. Numbers of
        points without a solution are NaN; ``converged`` and ``message`` tell which and why. The
        attributes hold the case's text, the versions, and the order of axes, layers and interfaces.
    """
    kind = KINDS[sweep.kind]
    names = tuple(axis.name for axis in sweep.axes)
    dataset = xr.Dataset(coords=_coordinates(sweep.axes))
    solved = [point is not None and point.converged for point in points]
    dataset[_WHETHER] = names, np.reshape(solved, sweep.shape)
    messages = ["not solved yet" if point is None else point.message for point in points]
    dataset[_WHY] = names, np.reshape(np.array(messages, dtype=object), sweep.shape)
    found = [variables(point.summary) if point and point.converged else {} for point in points]
    for name in dict.fromkeys(name for each in found for name in each):
        array = _array([each.get(name) for each in found], sweep.shape)
        if array is not None:
            dimensions, values = array
            attributes = _attributes(kind.summary_quantity(name, sweep.cases[0]))
            dataset[name] = (*names, *dimensions), values, attributes
    if "component" in dataset.dims:
        dataset = dataset.assign_coords(component=list(COMPONENTS))
    dataset = dataset.merge(_probes(sweep, kind, points))
    dataset.attrs = {
        "title": sweep.title,
        "name": sweep.name,
        "kind": sweep.kind,
        "axes": list(names),
        "layers": list(sweep.cases[0].stack.names),
        "interfaces": [each.name for each in sweep.cases[0].stack.interfaces],
        **_common([kind.attributes(case) for case in sweep.cases]),
        "case": sweep.text,
        "versions": summary_text(versions()),
    }
    return dataset


def _coordinates(axes: Sequence[Axis]) -> dict[str, Any]:
    """Numbers as they are, vectors and texts as labels; vectors by component, units as written."""
    coordinates: dict[str, Any] = {}
    for axis in axes:
        own = (axis.name,)
        unit = {"units": axis.unit}
        if axis.is_numeric:
            coordinates[axis.name] = own, np.array(axis.values, dtype=float), unit
        else:
            coordinates[axis.name] = own, np.array(axis.labels, dtype=object)
        if axis.is_vector:
            columns = np.array(axis.values, dtype=float).T
            for component, values in zip(COMPONENTS, columns, strict=True):
                coordinates[f"{axis.name}_{component}"] = own, values, unit
        if axis.written and axis.is_numeric:
            coordinates[f"{axis.name}_written"] = own, np.array(axis.written, dtype=object)
    return coordinates


def _array(
    found: Sequence[Variable | None], shape: tuple[int, ...]
) -> tuple[tuple[str, ...], Any] | None:
    """One variable at all points; ``None`` where these do not agree on what it is.

    Spectra may have found different energies: shorter ones end in NaN.
    """
    known = [each for each in found if each is not None]
    if any(isinstance(each.value, str) for each in known):
        texts = [each.value if each and isinstance(each.value, str) else "" for each in found]
        return (), np.reshape(np.array(texts, dtype=object), shape)
    # a number in the place of a vector is an unknown one
    sized = [each for each in known if each.dimensions]
    kinds = {each.dimensions for each in sized}
    if len(kinds) > 1 or all(np.all(np.isnan(each.value)) for each in known):
        return None
    inner = tuple(np.max([np.shape(each.value) for each in sized], axis=0)) if sized else ()
    values = np.full((len(found), *inner), np.nan)
    for i, each in enumerate(found):
        if each is not None:
            part: tuple[Any, ...] = tuple(map(slice, np.shape(each.value)))
            values[(i, *part)] = each.value
    return kinds.pop() if kinds else (), values.reshape(*shape, *inner)


def _probes(sweep: Sweep, kind: Kind, points: Sequence[Point | None]) -> xr.Dataset:
    """Observables at the asked positions by layer, where these are as many at all points."""
    dataset = xr.Dataset()
    names = tuple(axis.name for axis in sweep.axes)
    quantities = kind.quantities(sweep.cases[0])
    asked = [point.probes if point and point.converged else {} for point in points]
    for layer in dict.fromkeys(name for each in asked for name in each):
        own = [each.get(layer) for each in asked]
        positions = [each["positions"] for each in own if each]
        if any(each != positions[0] for each in positions):
            continue
        dimension = f"probes.{layer}.position"
        if not np.ndim(positions[0][0]):
            attributes = quantities["x"].attributes | {"long_name": "distance from the left end"}
            dataset = dataset.assign_coords({dimension: (dimension, positions[0], attributes)})
        for column in dict.fromkeys(key for each in own if each for key in each["values"]):
            blank = np.full(len(positions[0]), np.nan)
            values = [np.array(each["values"][column], float) if each else blank for each in own]
            array = np.reshape(values, (*sweep.shape, len(blank)))
            attributes = quantities[column].attributes
            dataset[f"probes.{layer}.{column}"] = (*names, dimension), array, attributes
    return dataset


def _attributes(quantity: Quantity) -> dict[str, str]:
    return {key: each for key, each in quantity.attributes.items() if each}


def _common(attributes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Those that are the same everywhere."""
    first, *others = attributes
    return {
        key: value for key, value in first.items() if all(each.get(key) == value for each in others)
    }


def write_dataset(dataset: xr.Dataset, folder: Path) -> None:
    """Write ``sweep.nc``, the same to the last byte for the same numbers.

    ``xarray.open_dataset`` reads it.
    """
    netcdf.save(dataset, folder / FILE)


def load_dataset(folder: Path) -> xr.Dataset:
    """Read ``sweep.nc`` into memory."""
    dataset = netcdf.load(folder / FILE)
    if not dataset.attrs.keys() >= {"kind", "title", *_LISTS}:
        raise FemSFError(f"{folder / FILE} is no sweep of fem_sf: it does not say what was swept")
    for name in _LISTS:
        dataset.attrs[name] = np.atleast_1d(dataset.attrs[name]).tolist()
    return dataset
