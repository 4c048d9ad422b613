# SPDX-License-Identifier: MIT
"""The JSON schema takes every right case, and refuses wrong keys, words and types."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from fem_sf.case.json_schema import json_schema
from fem_sf.case.usadel.schema import LayerTable
from fem_sf.cli import main

DEMOS = sorted((Path(__file__).parents[2] / "demos").rglob("*.toml"))
SCHEMA = json_schema()


TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
}
BOUNDS = {
    "minimum": lambda value, bound: value >= bound,
    "maximum": lambda value, bound: value <= bound,
    "exclusiveMinimum": lambda value, bound: value > bound,
    "exclusiveMaximum": lambda value, bound: value < bound,
}


def fits(value: Any, schema: dict[str, Any]) -> bool:
    """The part of JSON schema that is used here."""
    if "type" in schema:
        is_flag = isinstance(value, bool) and schema["type"] != "boolean"
        if is_flag or not isinstance(value, TYPES[schema["type"]]):
            return False
    bounds = {key: holds for key, holds in BOUNDS.items() if key in schema}
    is_number = isinstance(value, int | float)
    if is_number and not all(holds(value, schema[key]) for key, holds in bounds.items()):
        return False
    if isinstance(value, list) and not all(fits(each, schema.get("items", {})) for each in value):
        return False
    if isinstance(value, dict):
        known = schema.get("properties", {})
        others = schema.get("additionalProperties", True)
        if not set(schema.get("required", ())) <= value.keys():
            return False
        if others is False and not value.keys() <= known.keys():
            return False
        if not all(fits(each, known.get(key, {})) for key, each in value.items()):
            return False
    return (
        ("enum" not in schema or value in schema["enum"])
        and ("const" not in schema or value == schema["const"])
        and ("anyOf" not in schema or any(fits(value, each) for each in schema["anyOf"]))
        and ("if" not in schema or fits(value, schema[_branch(value, schema["if"])]))
    )


def _branch(value: Any, condition: dict[str, Any]) -> str:
    return "then" if fits(value, condition) else "else"


def is_right(text: str) -> bool:
    return fits(tomllib.loads(text), SCHEMA)


@pytest.mark.parametrize("demo", DEMOS, ids=lambda path: path.stem)
def test_demos(demo: Path) -> None:
    assert is_right(demo.read_text(encoding="utf-8"))


RIGHT = """
kind = "usadel"
usadel.temperature = "2 K"
layers = [{ name = "S", material = "superconductor", thickness = 1 }]
units = { critical_temperature = "9 K", diffusivity = "4 cm^2/s" }
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("usadel.temperature", "usadel.temprature"),
        ('"superconductor"', '"superconducter"'),
        ("thickness = 1", "thickness = true"),
        ('name = "S", ', ""),
        ('kind = "usadel"', 'kind = "spin"'),
        ('"9 K"', "9"),
    ],
)
def test_what_is_wrong_is_refused(old: str, new: str) -> None:
    assert old in RIGHT
    assert is_right(RIGHT)
    assert not is_right(RIGHT.replace(old, new))


def test_it_is_what_cases_are_read_with(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == SCHEMA
    layer = printed["else"]["properties"]["layers"]["items"]["properties"]
    assert layer.keys() == LayerTable.model_fields.keys()
    assert layer["material"]["enum"] == ["superconductor", "ferromagnet", "normal"]
    layer = printed["then"]["properties"]["layers"]["items"]["properties"]
    assert layer["wall"]["required"] == ["stiffness", "anisotropy"]
