# SPDX-License-Identifier: MIT
"""Writes and reads labelled arrays, safely on full disks and from damaged files.

HDF5 survives neither: what fails halfway ends the process later, in its memory.
"""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import h5netcdf
import numpy as np
import xarray as xr

from fem_sf.errors import FemSFError
from fem_sf.files import replacing

_PROBE = """
import sys, h5py
with h5py.File(sys.argv[1]) as file:
    def read(name, each):
        dict(each.attrs)
        if isinstance(each, h5py.Dataset):
            each[()]
    dict(file.attrs)
    file.visititems(read)
"""
_SECONDS = 300.0
_ORDER = "variable_order"
"""Attribute with the names of all variables."""


def save(dataset: xr.Dataset, path: Path) -> None:
    """Write a dataset, the same to the last byte for the same arrays.

    Raises
    ------
    CannotWrite
        If the disk is full, or nothing can be written there.
    """
    image = io.BytesIO()
    ordered = dataset.assign_attrs({_ORDER: [str(name) for name in dataset.variables]})
    # where HDF5 keeps the order of variables, it keeps the time of writing too
    with h5netcdf.File(image, "w", track_order=False) as file:
        ordered.dump_to_store(xr.backends.H5NetCDFStore(file))
    with image.getbuffer() as content, replacing(path) as draft:
        draft.write_bytes(content)


def load(path: Path) -> xr.Dataset:
    """Read a dataset into memory.

    Raises
    ------
    FemSFError
        If the file cannot be read.
    """
    try:
        # a process of its own reads it first: some damaged files end the one that reads them
        probe = [sys.executable, "-c", _PROBE, str(path)]
        subprocess.run(probe, check=True, capture_output=True, timeout=_SECONDS)
        return _in_order(xr.load_dataset(path, engine="h5netcdf"))
    except Exception as error:
        raise _damaged(path) from error


def _in_order(dataset: xr.Dataset) -> xr.Dataset:
    """With variables in the order in which they were when the file was written."""
    attributes = dict(dataset.attrs)
    kept = np.atleast_1d(attributes.pop(_ORDER, [str(name) for name in dataset.variables]))
    names = [str(name) for name in kept]
    arrays = {name: dataset[name].variable for name in names}
    coordinates = {name: each for name, each in arrays.items() if name in dataset.coords}
    data = {name: each for name, each in arrays.items() if name not in coordinates}
    return xr.Dataset(data, coordinates, attributes)


@contextmanager
def damage_told(path: Path) -> Iterator[None]:
    """Say of a file that can be read, but does not hold what it should, that it is damaged."""
    try:
        yield
    except (KeyError, ValueError, IndexError, TypeError, AttributeError) as error:
        raise _damaged(path) from error


def _damaged(path: Path) -> FemSFError:
    return FemSFError(f"{path} cannot be read: it is damaged, or none of fem_sf's files")
