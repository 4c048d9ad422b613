# SPDX-License-Identifier: MIT
"""From a case file to a :class:`~fem_sf.settings.UsadelCase`, or to all that is wrong with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fem_sf.case.checks import check_tables
from fem_sf.case.places import add_problems
from fem_sf.case.probes import read_probes
from fem_sf.case.report import Report
from fem_sf.case.source import Source, parse_source, read_source
from fem_sf.case.stacks import build_stack
from fem_sf.case.tables import Tables, read_all
from fem_sf.errors import CaseError, InputError
from fem_sf.settings import MeshSettings, OutputSettings, SolverSettings, UsadelCase
from fem_sf.stack import Stack
from fem_sf.words import did_you_mean, spell

_KIND = "usadel"
_LATER_KINDS = ("spin",)


def load_case(path: Path) -> UsadelCase:
    """Read a case file.

    Parameters
    ----------
    path
        A TOML file in the format of the command line.

    Returns
    -------
    UsadelCase
        In reduced units, whatever units the file uses.

    Raises
    ------
    CaseError
        With everything that is wrong with the file, by line.
    """
    source = read_source(Path(path))
    report = Report(source)
    _check_kind(source.data.get("kind"), report)
    tables = read_all(report)
    stack = build_stack(tables, report)
    check_tables(tables, report)
    probes = read_probes(tables, report)
    report.close()
    assert stack is not None
    return _case(tables, stack, probes, source)


def locate_error(error: InputError, path: Path, text: str) -> CaseError:
    """Turn an error of a stack or a mesh into one of the case file that they come from.

    Parameters
    ----------
    error
        Its problems name layers and interfaces, as in ``interfaces.S|F``.
    path, text
        The case file and what it holds.
    """
    report = Report(parse_source(path, text))
    add_problems(error, report)
    return report.error()


def _check_kind(kind: Any, report: Report) -> None:
    """Refuse the kinds of problem that have other keys at once, without reading on."""
    if kind in _LATER_KINDS:
        report.add(("kind",), f"{spell(kind)} is not available in this version")
        report.close()
    if kind is not None and kind != _KIND:
        hint = did_you_mean(str(kind), [_KIND, *_LATER_KINDS]) or f'; expected "{_KIND}"'
        report.add(("kind",), f"unknown kind {spell(kind)}{hint}")


def _case(
    tables: Tables, stack: Stack, probes: dict[str, tuple[Any, ...]], source: Source
) -> UsadelCase:
    mesh = tables.mesh.table.model_dump(exclude_none=True)
    if tables.mesh.table.file is not None:
        mesh["file"] = source.path.parent / tables.mesh.table.file
    temperature = tables.usadel.table.temperature
    assert temperature is not None
    return UsadelCase(
        name=source.path.stem,
        title=tables.case.table.title or source.path.stem,
        stack=stack,
        temperature=temperature,
        gap=tables.usadel.table.gap,
        reference=tables.reference.table.layer,
        mesh=MeshSettings(**mesh),
        solver=SolverSettings(**tables.solver.table.model_dump()),
        output=OutputSettings(
            probes, tables.output.table.vtx, tuple(tables.output.table.frequencies)
        ),
        scales=tables.scales,
        text=source.text,
    )
