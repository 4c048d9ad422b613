# SPDX-License-Identifier: MIT
"""Reads the text of a case into the plain data of its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fem_sf.case.report import Report
from fem_sf.case.source import Source, with_usual_names
from fem_sf.words import any_of, did_you_mean, nearest, spell

if TYPE_CHECKING:
    from fem_sf.case.fields import Context
    from fem_sf.case.schema import Schemas
    from fem_sf.settings import UsadelCase
    from fem_sf.spin.settings import SpinCase

_USADEL = "usadel"
_SPIN = "spin"
_KINDS = (_USADEL, _SPIN)


def new_report(source: Source) -> Report:
    """An empty report on a case file, whose keys have their usual names."""
    if _meant_kind(source.data) == _SPIN:
        from fem_sf.case.spin.schema import other_names

        source = with_usual_names(source, other_names())
    return Report(source)


def read_case(report: Report) -> UsadelCase | SpinCase:
    """Read the case of a report.

    Raises
    ------
    CaseError
        With everything that is wrong with it.
    """
    kind = report.source.data.get("kind")
    if kind is not None and kind not in _KINDS:
        hint = did_you_mean(str(kind), _KINDS) or f"; expected {any_of(_KINDS)}"
        report.add(("kind",), f"unknown kind {spell(kind)}{hint}")
    # what a kind needs is imported with it: numbers alone are checked without NumPy
    if _meant_kind(report.source.data) == _SPIN:
        from fem_sf.case.spin.loading import read_spin_case

        return read_spin_case(report)
    from fem_sf.case.usadel.loading import read_usadel_case

    return read_usadel_case(report)


def tables_of(report: Report) -> tuple[Schemas, Context]:
    """The tables that a case of this kind may have, and what its values are read with."""
    # problems of the tables are told by whoever reads the case
    aside = Report(report.source)
    if _meant_kind(report.source.data) == _SPIN:
        from fem_sf.case.spin import schema as spin_schema
        from fem_sf.case.spin import tables as spin_tables

        return spin_schema.schemas(), spin_tables.read_all(aside).context
    from fem_sf.case.usadel import schema, tables

    return schema.schemas(), tables.read_all(aside).context


def _meant_kind(data: dict[str, Any]) -> str:
    """The kind of a case; the likeliest one where it is wrong or missing."""
    near = nearest(str(data.get("kind", "")), _KINDS)
    return near or (_SPIN if {"spin", "drive"} & data.keys() else _USADEL)
