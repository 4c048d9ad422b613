# SPDX-License-Identifier: MIT
"""Whether ParaView shows a result as it was computed.

Run inside an environment with ParaView, after ``fem-sf run``::

    pvpython --force-offscreen-rendering tests/paraview/check_fields.py FOLDER

(with ``xvfb-run -a`` before it where there is no display and ParaView was built for X, as Debian's)
opens ``FOLDER/fields.pvd`` as a double click does and compares every block with
``FOLDER/profiles.csv``: names and number of the blocks, positions, every column at every node, the
vectors, and the jumps where two layers touch. Of a run in time these are the blocks at the last
time step, which has to be the last time in ``FOLDER/history.csv``. Leaves
``FOLDER/fields_paraview.png``. Exit status 1 with a message if anything differs; what was compared
is told before the picture is drawn.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np
from vtkmodules.util.numpy_support import vtk_to_numpy

from paraview import servermanager, simple

TOLERANCE = 1e-12
SI_ENDINGS = ("_nm", "_meV", "_mV", "_C_per_m3", "_A_per_m2")
MOMENTS = ("dM_x", "dM_y", "dM_z")


class Mismatch(Exception):
    """ParaView shows something else than the table holds."""


def read_table(path: Path) -> dict[str, dict[str, np.ndarray]]:
    """Columns of a table by layer, in the order of the layers."""
    layers: dict[str, list[dict[str, str]]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            layers.setdefault(row.pop("layer"), []).append(row)
    return {
        name: {column: np.array([float(row[column]) for row in rows]) for column in rows[0]}
        for name, rows in layers.items()
    }


def only_piece(name: str, block):
    """The grid of a block, which a collection wraps in a list of pieces."""
    while block is not None and block.IsA("vtkMultiBlockDataSet"):
        if block.GetNumberOfBlocks() != 1:
            raise Mismatch(f"block {name!r} has {block.GetNumberOfBlocks()} pieces, expected 1")
        block = block.GetBlock(0)
    if block is None or not block.GetNumberOfCells():
        raise Mismatch(f"block {name!r} is empty")
    return block


def read_blocks(data) -> dict[str, dict[str, np.ndarray]]:
    """Positions and point arrays by block name, as ParaView holds them."""
    if not data.IsA("vtkMultiBlockDataSet"):
        raise Mismatch(f"expected a data set of blocks, ParaView made a {data.GetClassName()}")
    blocks = {}
    for number in range(data.GetNumberOfBlocks()):
        name = data.GetMetaData(number).Get(data.NAME())
        block = only_piece(name, data.GetBlock(number))
        points = vtk_to_numpy(block.GetPoints().GetData())
        arrays = {"points": points}
        point_data = block.GetPointData()
        for index in range(point_data.GetNumberOfArrays()):
            arrays[point_data.GetArrayName(index)] = vtk_to_numpy(point_data.GetArray(index))
        if block.GetCellData().GetArray("layer") is None:
            raise Mismatch(f"block {name!r} lacks the cell array 'layer'")
        if np.any(vtk_to_numpy(block.GetCellData().GetArray("layer")) != number):
            raise Mismatch(f"the cell array 'layer' of block {name!r} is not {number}")
        blocks[name] = arrays
    return blocks


def compare(what: str, seen: np.ndarray, expected: np.ndarray) -> None:
    """Raise unless two arrays agree to rounding, relative to the largest expected value."""
    if seen.shape != expected.shape:
        raise Mismatch(f"{what}: {seen.shape} in ParaView, {expected.shape} in the table")
    difference = np.abs(seen - expected).max()
    if not difference <= TOLERANCE * np.abs(expected).max():
        raise Mismatch(f"{what}: differs by {difference:.3g}")


def vectors(table: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """What ParaView should have besides the columns: spin vectors, and currents in a plane."""
    found = {}
    for column, values in table.items():
        name = column.removesuffix("_x")
        if name != column:
            found[name] = np.column_stack([table[f"{name}_{axis}"] for axis in "xyz"])
        if f"{column}_across" in table:
            across = table[f"{column}_across"]
            found[f"{column}_vector"] = np.column_stack([values, across, np.zeros(len(values))])
    return found


def compare_layer(name: str, block: dict[str, np.ndarray], table: dict[str, np.ndarray]) -> int:
    """Compare all columns of a layer, and vectors with their components; number of columns."""
    columns = {key: each for key, each in table.items() if not key.endswith(SI_ENDINGS)}
    axes = [column for column in columns if column in ("x", "y", "z")]
    for index, axis in enumerate(axes):
        compare(f"{axis} of layer {name!r}", block["points"][:, index], table[axis])
    if np.any(block["points"][:, len(axes) :]):
        raise Mismatch(f"layer {name!r} does not lie in its line or plane")
    expected = {key: each for key, each in columns.items() if key not in axes}
    expected |= vectors(expected)
    for column, values in expected.items():
        if column not in block:
            raise Mismatch(f"layer {name!r} lacks the array {column!r}")
        compare(f"{column} of layer {name!r}", block[column], values)
    extra = sorted(set(block) - {"points", *expected})
    if extra:
        raise Mismatch(f"layer {name!r} has arrays that the table lacks: {', '.join(extra)}")
    return len(columns)


def time_steps(reader, folder: Path) -> list[float]:
    """Times that ParaView has; the last one is the end of the run."""
    times = [float(each) for each in reader.TimestepValues or []]
    history = folder / "history.csv"
    if history.is_file():
        with history.open(encoding="utf-8", newline="") as file:
            end = [float(row["time"]) for row in csv.DictReader(file)][-1]
        if not times or times[-1] != end:
            raise Mismatch(f"time steps are {times}, the run ends at {end}")
    elif len(times) > 1:
        raise Mismatch(f"there is no {history.name}, but there are time steps: {times}")
    return times


def largest_jump(blocks: dict[str, dict[str, np.ndarray]], column: str) -> tuple[int, float]:
    """Pairs of nodes of two layers at one place, and how much a column differs there at most."""
    here: dict[tuple[float, ...], float] = {}
    pairs, jump = 0, 0.0
    for block in blocks.values():
        keys = [tuple(each) for each in np.round(block["points"], 9).tolist()]
        for key, value in zip(keys, block[column], strict=True):
            if key in here:
                pairs += 1
                jump = max(jump, abs(float(value) - here[key]))
        here |= dict(zip(keys, block[column].tolist(), strict=True))
    return pairs, jump


def render(reader, column: str, line: bool, path: Path) -> None:
    """Draw a component of δM: as a height over a line, as colours of a plane."""
    view = simple.CreateRenderView(ViewSize=[1200, 600], Background=[1.0, 1.0, 1.0])
    view.UseColorPaletteForBackground = 0
    view.OrientationAxesVisibility = 0
    bounds = reader.GetDataInformation().GetBounds()
    shown = reader
    if line:
        least, most = reader.PointData[column].GetRange()
        shown = simple.WarpByScalar(Input=reader, Scalars=["POINTS", column], Normal=[0, 1, 0])
        shown.UseNormal = 1
        shown.ScaleFactor = 0.4 * (bounds[1] - bounds[0]) / ((most - least) or 1.0)
    display = simple.Show(shown, view)
    display.LineWidth = 3.0
    simple.ColorBy(display, ("POINTS", column))
    display.SetScalarBarVisibility(view, True)
    bar = simple.GetScalarBar(simple.GetColorTransferFunction(column), view)
    bar.TitleColor = bar.LabelColor = [0.0, 0.0, 0.0]
    view.CameraParallelProjection = 1
    simple.ResetCamera(view)
    left, right, low, high, *_ = shown.GetDataInformation().GetBounds()
    view.CameraParallelScale = 0.65 * max(high - low, 0.5 * (right - left))
    simple.SaveScreenshot(str(path), view)
    # left to the interpreter, its window outlives the display and ends the run with an X error
    simple.Delete(view)
    if not path.stat().st_size:
        raise Mismatch(f"{path} is empty")


def check(folder: Path) -> None:
    """Compare a folder's ParaView files with its table, say what was found, draw a picture."""
    table = read_table(folder / "profiles.csv")
    reader = simple.OpenDataFile(str(folder / "fields.pvd"))
    if reader is None:
        raise Mismatch(f"ParaView does not open {folder / 'fields.pvd'}")
    times = time_steps(reader, folder)
    if times:
        simple.GetAnimationScene().UpdateAnimationUsingDataTimeSteps()
        simple.GetAnimationScene().AnimationTime = times[-1]
        simple.UpdatePipeline(times[-1], proxy=reader)
    blocks = read_blocks(servermanager.Fetch(reader))
    if list(blocks) != list(table):
        raise Mismatch(f"blocks are {list(blocks)}, layers are {list(table)}")
    columns = max(compare_layer(name, blocks[name], table[name]) for name in table)
    nodes = sum(len(block["points"]) for block in blocks.values())
    jumps = {column: largest_jump(blocks, column) for column in MOMENTS}
    column = max(jumps, key=lambda each: jumps[each][1])
    pairs, jump = jumps[column]
    if len(blocks) > 1 and not pairs:
        raise Mismatch("no two layers share a place: the two sides of an interface are missing")
    print(
        f"{len(blocks)} blocks ({', '.join(blocks)}), {max(len(times), 1)} time steps, {nodes} "
        f"nodes, {columns} columns as in the table; {pairs} pairs of nodes across interfaces, "
        f"largest jump of {column} {jump:.6g}",
        flush=True,
    )
    line = "y" not in next(iter(table.values()))
    render(reader, column, line, folder / "fields_paraview.png")


def main(arguments: list[str]) -> int:
    """Check the folder that the command line names."""
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        check(Path(arguments[0]))
    except (Mismatch, OSError) as problem:
        print(f"ParaView: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
