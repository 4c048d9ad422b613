# SPDX-License-Identifier: MIT
"""Solves a problem for all combinations of some numbers."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fem_sf.api.changes import changed
from fem_sf.api.problems import SpinTransport, Usadel
from fem_sf.errors import FemSFError
from fem_sf.sweeps import Sweep

if TYPE_CHECKING:
    import xarray as xr


def scan(
    problem: Usadel | SpinTransport, folder: Path | str | None = None, **axes: Any
) -> xr.Dataset:
    """Solve a problem for all combinations of some numbers; collective.

    Parameters
    ----------
    problem
        Everything else is as here.
    folder
        Where points are kept, so that an interrupted scan resumes where it stopped, and where
        ``sweep.nc``, ``sweep.csv`` and ``sweep.png`` go; by default nothing is kept.
    **axes
        Values by the name of a setting, or by layer or interface: ``temperature = [0.1, 0.2]``,
        ``thickness = {"F": [0.5, 1.0]}``.

    Returns
    -------
    xarray.Dataset
        All numbers of the summaries over the axes, which are called ``temperature`` or
        ``thickness.F``. Points without a solution are NaN; ``message`` says why.

    Raises
    ------
    InputError
        If there is no such number, or it does not take a value.
    FemSFError
        On ranks but the first after all have solved.
    """
    from mpi4py import MPI

    from fem_sf.output.sweep.write import read_points, write_sweep
    from fem_sf.study.sweep.run import run_sweep

    paths = dict(_axes(axes))
    sweep = Sweep.over(
        {name: values for name, (_, values) in paths.items()},
        lambda **values: _case_at(problem, paths, values),
        name="scan",
    )
    comm = MPI.COMM_WORLD
    with tempfile.TemporaryDirectory() as temporary:
        kept = comm.bcast(str(folder or temporary))
        run_sweep(sweep, Path(kept), comm)
        if comm.rank:
            raise FemSFError("what a scan found is on rank 0; ask there")
        return write_sweep(sweep, kept) if folder else read_points(sweep, Path(kept))


Path_ = tuple[str, ...]


def _axes(axes: Mapping[str, Any]) -> Iterator[tuple[str, tuple[Path_, Sequence[Any]]]]:
    """Each axis by its name: where its number is, and the values that it takes."""
    for name, values in axes.items():
        if isinstance(values, Mapping):
            for owner, each in values.items():
                yield f"{name}.{owner}", ((name, owner), each)
        else:
            yield name, ((name,), values)


def _case_at(problem: Any, paths: Mapping[str, Any], values: Mapping[str, Any]) -> Any:
    changes: dict[str, Any] = {}
    for axis, value in values.items():
        name, *owner = paths[axis][0]
        if owner:
            changes.setdefault(name, {})[owner[0]] = value
        else:
            changes[name] = value
    return changed(problem.case, changes)
