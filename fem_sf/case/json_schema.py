# SPDX-License-Identifier: MIT
"""Makes a JSON schema of case files for editors, from the tables that read them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from fem_sf.case import schema
from fem_sf.case.schema import Table
from fem_sf.case.spin import schema as spin
from fem_sf.case.usadel import schema as usadel

_RECORDS = ("layers", "interfaces", "spectra")
"""Tables of which a case has several."""


def json_schema() -> dict[str, Any]:
    """What a case file may hold, as a JSON schema (draft 7).

    Returns
    -------
    dict
        One of two kinds of cases, each with its tables: keys, types, words, bounds, descriptions.
        A number that has a unit may be text. What tables must agree on is left to
        ``fem-sf check``.
    """
    kinds: dict[str, tuple[type[Table], dict[str, type[Table]], str]] = {
        "usadel": (
            usadel.CaseTable,
            {
                "usadel": usadel.UsadelTable,
                "layers": usadel.LayerTable,
                "interfaces": usadel.interface_table(),
                "units": usadel.UnitsTable,
                "mesh": schema.MeshTable,
                "reference": usadel.ReferenceTable,
                "spectra": usadel.SpectrumTable,
                "critical_temperature": usadel.CriticalTemperatureTable,
                "solver": usadel.SolverTable,
                "accuracy": usadel.AccuracyTable,
                "output": usadel.OutputTable,
            },
            "ξ0",
        ),
        "spin": (
            spin.CaseTable,
            {
                "spin": spin.SpinTable,
                "drive": spin.DriveTable,
                "time": spin.TimeTable,
                "layers": spin.LayerTable,
                "interfaces": spin.interface_table(),
                "units": spin.UnitsTable,
                "mesh": schema.MeshTable,
                "solver": spin.SolverTable,
                "output": schema.OutputTable,
            },
            "L0",
        ),
    }
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "fem_sf case",
        "type": "object",
        # editors mark one wrong key so, and the whole file where one of several must fit
        "if": {"properties": {"kind": {"const": "spin"}}, "required": ["kind"]},
        "then": _case("spin", *kinds["spin"]),
        "else": _case("usadel", *kinds["usadel"]),
    }


def schema_text() -> str:
    """The same as text."""
    return json.dumps(json_schema(), indent=1, ensure_ascii=False)


_INNER: Mapping[tuple[str, str], type[Table]] = {
    ("drive", "waveform"): spin.WaveformTable,
    ("layers", "wall"): spin.WallTable,
    ("interfaces", "barrier"): spin.BarrierTable,
}
"""Tables within tables."""


def _case(
    kind: str, case: type[Table], tables: Mapping[str, type[Table]], length: str
) -> dict[str, Any]:
    whole = _table(case, length)
    properties = whole["properties"]
    properties["kind"] = {"const": kind, "description": properties["kind"].get("description", "")}
    properties["sweep"] = {"type": "object", "description": "values by the path of a key"}
    for name, table in tables.items():
        found = _table(table, length)
        for (outer, key), inner in _INNER.items():
            if outer == name and key in found["properties"]:
                found["properties"][key] = _table(inner, length)
        properties[name] = {"type": "array", "items": found} if name in _RECORDS else found
    return whole


def _table(table: type[Table], length: str) -> dict[str, Any]:
    """One table: only its keys, those that it must have, and their other names."""
    made = table.model_json_schema()
    properties = {key: _value(value, length) for key, value in made["properties"].items()}
    said = {
        "type": "object",
        "description": (table.__doc__ or "").strip(),
        "properties": properties,
        "additionalProperties": False,
    }
    others = {name: keys for name, keys in table.other_names.items() if name not in properties}
    properties.update({name: properties[keys[0]] for name, keys in others.items()})
    named = {key for keys in others.values() for key in keys}
    required = [key for key in table.required if key not in named]
    return said | ({"required": required} if required else {})


def _value(value: Any, length: str) -> Any:
    """Without ``null``, which TOML does not have, nor titles; with the unit of length by name."""
    if isinstance(value, list):
        return [_value(each, length) for each in value]
    if isinstance(value, str):
        return value.replace("{length}", length)
    if not isinstance(value, dict):
        return value
    kept = {k: _value(v, length) for k, v in value.items() if k not in ("title", "default")}
    if "anyOf" in kept:
        some = [each for each in kept["anyOf"] if each != {"type": "null"}]
        kept |= {"anyOf": some} if len(some) > 1 else some[0] | {"anyOf": None}
    return {k: v for k, v in kept.items() if v is not None}
