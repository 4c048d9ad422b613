# SPDX-License-Identifier: MIT
"""Reads the ``[mesh]`` table of a case."""

from __future__ import annotations

from typing import Any

from fem_sf.case.report import Report
from fem_sf.case.source import Source
from fem_sf.case.tables import Tables
from fem_sf.settings import IN_THE_FILE, MeshSettings
from fem_sf.words import spell


def check_mesh(tables: Tables[Any, Any, Any], report: Report) -> None:
    """What the keys of the table must agree on; what is wrong goes into the report."""
    mesh, table = tables.mesh, tables.mesh.table
    if tables.has_mesh_file:
        for key in ("dimension", "width", "refinement"):
            if key in mesh.given:
                report.add(mesh.key(key), IN_THE_FILE)
        if tables.context.scales is not None and "unit" not in mesh.meant:
            report.add(
                mesh.where,
                'missing key "unit"; beside [units] the mesh file needs the length of one of its '
                'units, as in unit = "1 nm"',
            )
        for tag in table.names or {}:
            if not tag.isdecimal():
                report.add((*mesh.key("names"), tag), f"expected a number ≥ 0, got {spell(tag)}")
        if table.file is not None:
            file = report.source.path.parent / table.file
            if not file.is_file():
                what = "is a folder, not a mesh" if file.is_dir() else "no such file"
                report.add(mesh.key("file"), f"{what}: {file}")
        return
    if "unit" in mesh.given:
        report.add(mesh.key("unit"), "only a mesh from a file has a unit of its own")
    if "names" in mesh.given:
        report.add(mesh.key("names"), "only a mesh from a file has groups with numbers")
    if table.dimension > 2:
        report.add(
            mesh.key("dimension"),
            f"expected 1 or 2, got {table.dimension}; more dimensions are not available in this "
            "version",
        )
    elif table.dimension == 2 and "width" not in mesh.meant:
        report.add(mesh.where, 'missing key "width"; a rectangle (dimension = 2) needs one')
    elif table.dimension == 1 and "width" in mesh.given:
        report.add(mesh.key("width"), "only a rectangle has a width; add dimension = 2")


def mesh_settings(tables: Tables[Any, Any, Any], source: Source) -> MeshSettings:
    """The table as settings, the file relative to the case; without what `check_mesh` tells."""
    table = tables.mesh.table
    if table.file is not None:
        values = table.model_dump(exclude_none=True, include={"unit", "names", "degree"})
        return MeshSettings(file=source.path.parent / table.file, **values)
    values = table.model_dump(exclude_none=True, include={"degree", "refinement"})
    if table.dimension == 2 and table.width is not None:
        values |= {"dimension": 2, "width": table.width}
    return MeshSettings(**values)
