# SPDX-License-Identifier: MIT
"""Draw the island in ParaView: −δM_z as a height over the plane, with its jump at the interface.

Run with ParaView's own Python, after ``island.py`` or ``fem-sf run``::

    docker/run --target paraview xvfb-run -a pvpython --force-offscreen-rendering \\
        demos/island/render.py results/island

opens ``results/island/fields.pvd`` and leaves ``results/island/paraview.png``.
"""

from __future__ import annotations

import sys
from pathlib import Path

from paraview import simple

HEIGHT = 1.6
"""Height of the largest −δM_z in the picture, in ξ0."""
NAMES = {"S": [3.2, -0.6, 0.1], "F": [0.2, 1.0, -0.15]}
"""Where the layers' names are written."""


def warp(source, column: str):
    """The plane bent by a column, so that two values at one place are two heights."""
    low, high = source.PointData[column].GetRange()
    bent = simple.WarpByScalar(Input=source, Scalars=["POINTS", column])
    bent.ScaleFactor = -HEIGHT / max(abs(low), abs(high))
    return bent


def colour(display, column: str, title: str, view) -> None:
    """Colour by a column from dark at the most negative value, with a bar that says so."""
    simple.ColorBy(display, ("POINTS", column))
    table = simple.GetColorTransferFunction(column)
    table.ApplyPreset("Viridis (matplotlib)", True)
    bar = simple.GetScalarBar(table, view)
    bar.Title, bar.ComponentTitle = title, ""
    bar.TitleColor = bar.LabelColor = [0.0, 0.0, 0.0]
    bar.TitleFontSize, bar.LabelFontSize = 20, 18
    bar.Orientation, bar.WindowLocation = "Horizontal", "Any Location"
    bar.Position, bar.ScalarBarLength, bar.ScalarBarThickness = [0.06, 0.84], 0.32, 16
    bar.AutomaticLabelFormat, bar.LabelFormat, bar.RangeLabelFormat = 0, "%.2f", "%.2f"
    bar.UseCustomLabels, bar.CustomLabels = 1, [-0.03, -0.02, -0.01]
    bar.AddRangeLabels = 0
    display.SetScalarBarVisibility(view, True)


def write_names(view) -> None:
    """Write the name of each layer beside it."""
    for name, place in NAMES.items():
        display = simple.Show(simple.Text(Text=name), view)
        display.TextPropMode, display.BillboardPosition = "Billboard 3D Text", place
        display.FontSize, display.Color = 30, [0.0, 0.0, 0.0]


def look(view) -> None:
    """From the side of the island, a little from above."""
    view.CameraPosition = [6.0, 12.5, 7.0]
    view.CameraFocalPoint = [-0.1, -0.6, 0.75]
    view.CameraViewUp = [0.0, 0.0, 1.0]
    view.CameraViewAngle = 18.0


def render(folder: Path) -> Path:
    """Draw the result of a folder."""
    reader = simple.OpenDataFile(str(folder / "fields.pvd"))
    simple.UpdatePipeline(proxy=reader)
    view = simple.CreateRenderView(ViewSize=[1100, 520], Background=[1.0, 1.0, 1.0])
    view.UseColorPaletteForBackground = 0
    view.OrientationAxesVisibility = 0
    display = simple.Show(warp(reader, "dM_z"), view)
    display.SetRepresentationType("Surface With Edges")
    display.EdgeColor, display.EdgeOpacity = [0.2, 0.2, 0.2], 0.25
    colour(display, "dM_z", "change of the magnetization / M_F0", view)
    flat = simple.Show(reader, view)
    flat.SetRepresentationType("Feature Edges")
    flat.AmbientColor = flat.DiffuseColor = [0.0, 0.0, 0.0]
    flat.LineWidth = 2.0
    simple.ColorBy(flat, ("POINTS", ""))
    write_names(view)
    look(view)
    picture = folder / "paraview.png"
    simple.SaveScreenshot(str(picture), view, CompressionLevel="9")
    # left to the interpreter, its window outlives the display and ends the run with an X error
    simple.Delete(view)
    return picture


if __name__ == "__main__":
    print(render(Path(sys.argv[1])))
