# SPDX-License-Identifier: MIT
"""Writes all files of a result into its folder, in order."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from fem_sf.files import replacing_many
from fem_sf.output import dataset, netcdf, paraview, plots, summary, tables
from fem_sf.output.folder import RESULT_FILES
from fem_sf.output.sweep import dataset as sweep_dataset
from fem_sf.output.sweep import picture
from fem_sf.spin.settings import CHECKPOINT
from fem_sf.study.results import SpinResult, UsadelResult


def write_result(result: UsadelResult | SpinResult, folder: Path | str) -> dict[str, Any]:
    """Write everything that a result becomes: tables, arrays, ParaView files, pictures, summary.

    Where they cannot be written, what was there before stays as it was. ``summary.json`` marks a
    complete folder.

    Parameters
    ----------
    result
        A solved case. Where it has no layers (all ranks but the first) nothing is written.
    folder
        Where to; made if needed. Other files in it are left alone.

    Returns
    -------
    dict
        The summary as it was written: with ``seconds.output``, which ``seconds.total`` then
        includes.

    Raises
    ------
    CannotWrite
        If the disk is full, or nothing can be written there.
    """
    if not result.layers:
        return dict(result.summary)
    start = time.perf_counter()
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    with replacing_many(target, summary.FILE, RESULT_FILES) as draft:
        arrays = dataset.to_dataset(result)
        dataset.write_dataset(arrays, draft)
        tables.write_tables(arrays, draft)
        paraview.write_fields(result.layers, draft, result.history)
        plots.write_pictures(arrays, draft)
        numbers = _with_output_time(result.summary, time.perf_counter() - start)
        summary.write_summary(numbers, draft)
    if numbers.get("converged", True):
        # nothing is left to go on from
        (target / CHECKPOINT).unlink(missing_ok=True)
    return numbers


def _with_output_time(summary: dict[str, Any], output: float) -> dict[str, Any]:
    parts = {name: each for name, each in summary.get("seconds", {}).items() if name != "total"}
    parts["output"] = parts.get("output", 0.0) + output
    return {**summary, "seconds": {**parts, "total": sum(parts.values())}}


def plot_folder(folder: Path | str) -> list[Path]:
    """Draw the pictures of a result, of a sweep or of both again from what is stored.

    Parameters
    ----------
    folder
        Where they were written to.

    Returns
    -------
    list of pathlib.Path
        The pictures.

    Raises
    ------
    FemSFError
        If there is nothing of this in the folder.
    """
    target = Path(folder)
    pictures = []
    if (target / sweep_dataset.FILE).is_file():
        swept = sweep_dataset.load_dataset(target)
        with netcdf.damage_told(target / sweep_dataset.FILE):
            pictures = picture.write_picture(swept, target)
        if not (target / dataset.FILE).is_file():
            return pictures
    arrays = dataset.load_dataset(target)
    with netcdf.damage_told(target / dataset.FILE):
        return plots.write_pictures(arrays, target) + pictures
