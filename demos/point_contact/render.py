# SPDX-License-Identifier: MIT
"""Draw the point contact in ParaView: |δM|, its direction in spin space, and current lines.

Run with ParaView's own Python, after ``point_contact.py`` or ``fem-sf run``::

    docker/run --target paraview xvfb-run -a pvpython --force-offscreen-rendering \\
        demos/point_contact/render.py results/point_contact

opens ``results/point_contact/fields.pvd`` and leaves ``results/point_contact/paraview.png``.
"""

from __future__ import annotations

import sys
from pathlib import Path

from paraview import simple

HALF_WIDTH, HALF_HEIGHT = 1.9, 1.0
"""Of what is shown, in L0."""
WIDTH = 960
"""Of the picture, in pixels."""
BESIDE_NECK = 0.004
"""Distance from the neck at which current lines begin, on both sides."""
LINES = 13
"""Current lines; between neighbours flow equal parts of the current in the middle of the neck."""
ARROW, ROWS = 0.2, 9
"""Length of the longest arrow, and rows of arrows."""
DARK, RED = [0.25, 0.25, 0.25], [0.8, 0.3, 0.0]
NAMES = {"FL": [-1.8, 0.8, 0.1], "FR": [1.62, 0.8, 0.1]}
BLACK = [0.0, 0.0, 0.0]


def with_size(source):
    """The result with |δM|."""
    size = simple.Calculator(Input=source, ResultArrayName="size")
    size.Function = "sqrt(dM_x^2 + dM_y^2 + dM_z^2)"
    return size


def colour(display, view) -> None:
    """Colour by |δM|, pale where there is none, with a bar that says so."""
    simple.ColorBy(display, ("POINTS", "size"))
    table = simple.GetColorTransferFunction("size")
    table.ApplyPreset("GnBu", True)
    table.InvertTransferFunction()
    bar = simple.GetScalarBar(table, view)
    bar.Title, bar.ComponentTitle = "size of the spin accumulation", ""
    bar.TitleColor = bar.LabelColor = BLACK
    bar.TitleFontSize, bar.LabelFontSize = 17, 15
    bar.Orientation, bar.WindowLocation = "Horizontal", "Any Location"
    bar.Position, bar.ScalarBarLength, bar.ScalarBarThickness = [0.38, 0.06], 0.24, 12
    bar.AutomaticLabelFormat, bar.LabelFormat = 0, "%.3f"
    bar.UseCustomLabels, bar.CustomLabels = 1, [0.0, 0.01, 0.02]
    bar.AddRangeLabels = 0
    display.SetScalarBarVisibility(view, True)


def current_lines(source, view) -> None:
    """Lines of the current through the neck, on both of its sides."""
    for side in (-1, 1):
        lines = simple.StreamTracer(Input=source, SeedType="Line")
        lines.Vectors = ["POINTS", "J_vector"]
        lines.MaximumStreamlineLength = 8.0
        lines.SeedType.Point1 = [side * BESIDE_NECK, -0.19, 0.0]
        lines.SeedType.Point2 = [side * BESIDE_NECK, 0.19, 0.0]
        lines.SeedType.Resolution = LINES - 1
        display = simple.Show(lines, view)
        simple.ColorBy(display, ("POINTS", ""))
        display.AmbientColor = display.DiffuseColor = DARK
        display.LineWidth, display.Translation = 1.2, [0.0, 0.0, 0.01]


def arrows(source, view) -> None:
    """Arrows along δM, up for p_L = z and to the right for p_R = x; their area is |δM|."""
    grid = simple.Plane()
    grid.Origin = [-HALF_WIDTH, -HALF_HEIGHT, 0.0]
    grid.Point1, grid.Point2 = [HALF_WIDTH, -HALF_HEIGHT, 0.0], [-HALF_WIDTH, HALF_HEIGHT, 0.0]
    grid.XResolution, grid.YResolution = 2 * ROWS - 1, ROWS - 1
    places = simple.ResampleWithDataset(SourceDataArrays=source, DestinationMesh=grid)
    directions = simple.Calculator(Input=places, ResultArrayName="arrow")
    directions.Function = "(dM_x*iHat + dM_z*jHat)/sqrt(size + 1e-12)"
    glyph = simple.Glyph(Input=directions, GlyphType="2D Glyph", GlyphMode="All Points")
    glyph.GlyphType.GlyphType, glyph.GlyphType.Filled = "Arrow", 1
    glyph.OrientationArray = glyph.ScaleArray = ["POINTS", "arrow"]
    glyph.ScaleFactor = ARROW / source.PointData["size"].GetRange()[1] ** 0.5
    display = simple.Show(glyph, view)
    simple.ColorBy(display, ("POINTS", ""))
    display.AmbientColor = display.DiffuseColor = RED
    display.DisableLighting, display.Translation = 1, [0.0, 0.0, 0.02]


def write_names(view) -> None:
    """Write the name of each layer beside it."""
    for name, place in NAMES.items():
        display = simple.Show(simple.Text(Text=name), view)
        display.TextPropMode, display.BillboardPosition = "Billboard 3D Text", place
        display.FontSize, display.Color = 26, BLACK


def look(view) -> None:
    """From above, in parallel projection."""
    view.InteractionMode = "2D"
    view.CameraParallelProjection = 1
    view.CameraPosition, view.CameraFocalPoint = [0.0, -0.15, 10.0], [0.0, -0.15, 0.0]
    view.CameraViewUp = [0.0, 1.0, 0.0]
    view.CameraParallelScale = HALF_HEIGHT + 0.15


def render(folder: Path) -> Path:
    """Draw the result of a folder."""
    reader = simple.OpenDataFile(str(folder / "fields.pvd"))
    simple.UpdatePipeline(proxy=reader)
    size = [WIDTH, round(WIDTH * (HALF_HEIGHT + 0.15) / HALF_WIDTH)]
    view = simple.CreateRenderView(ViewSize=size, Background=[1.0, 1.0, 1.0])
    view.UseColorPaletteForBackground = 0
    view.OrientationAxesVisibility = 0
    source = with_size(reader)
    display = simple.Show(source, view)
    display.DisableLighting = 1
    colour(display, view)
    current_lines(reader, view)
    arrows(source, view)
    write_names(view)
    look(view)
    picture = folder / "paraview.png"
    simple.SaveScreenshot(str(picture), view, CompressionLevel="9")
    # left to the interpreter, its window outlives the display and ends the run with an X error
    simple.Delete(view)
    return picture


if __name__ == "__main__":
    print(render(Path(sys.argv[1])))
